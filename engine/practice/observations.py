"""The four observations of an interview, apart from the points: 0 to 10 each, with reasons.

情绪稳定, 思维敏捷, 考虑周全, 有效可行. Every reason says what it gave or took and quotes the answer. The
profile never changes the mark. Talk that names nothing of the scene is capped in all four.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.practice.answer import Answer
from engine.practice.model import Fault, Point, Question
from engine.practice.structure import blamed_first, branches, opening, quote, words
from engine.triage.text import Evidence

BANDS = ((8, "好"), (6, "中"), (0, "差"))
PHASES = {
    "control": "控场",
    "understand": "了解",
    "communicate": "沟通",
    "resolve": "处置",
    "improve": "改进",
}
UNBOUND = 3.0  # at most, for talk that reaches no point
THIN = 6.0  # at most, for an answer that reaches less than THIN_SHARE of the weights
THIN_SHARE = 0.25


class Reason(msgspec.Struct, frozen=True):
    """Why marks were given or taken: `gave` may be 0, then it says what was missing."""

    text: str
    gave: float
    evidence: Evidence | None = None


class Observation(msgspec.Struct, frozen=True):
    """One observation: 0 to 10."""

    name: str
    score: float
    reasons: tuple[Reason, ...]

    @property
    def band(self) -> str:
        """好, 中 or 差."""
        return next(name for least, name in BANDS if self.score >= least)


class Profile(msgspec.Struct, frozen=True):
    """All four; the branches named; what is to be said of the order."""

    observations: tuple[Observation, ...]
    branches: tuple[Evidence, ...] = ()
    order: tuple[Reason, ...] = ()
    capped: str = ""


class Seen(msgspec.Struct, frozen=True):
    """What the marker found: points reached in full and faults made, with their places."""

    points: tuple[tuple[Point, Evidence], ...]
    faults: tuple[tuple[Fault, Evidence], ...]

    def of(self, *phases: str) -> list[Evidence]:
        """Where points of some phases were reached."""
        return [evidence for point, evidence in self.points if point.phase in phases]


def observe(question: Question, answer: Answer, seen: Seen) -> Profile:
    """The profile of an answer."""
    named = tuple(branches(answer))
    order = tuple(_order(answer, seen))
    reached = sum(point.weight for point, _ in seen.points)
    cap, why = 10.0, ""
    if not seen.points:
        cap, why = UNBOUND, "没有落到这道题的人和事上：各项最多 3 分"
    elif reached < THIN_SHARE * sum(point.weight for point in question.points):
        cap, why = THIN, "落到这道题上的内容太少：各项最多 6 分"
    made = (
        _scored("情绪稳定", _calm(answer, seen, order), cap),
        _scored("思维敏捷", _quick(answer, seen, named), cap),
        _scored("考虑周全", _complete(question, answer, seen, named), cap),
        _scored("有效可行", _feasible(question, answer, seen), cap),
    )
    return Profile(made, named, order, why)


def _scored(name: str, reasons: Sequence[Reason], cap: float) -> Observation:
    total = max(0.0, min(10.0, sum(reason.gave for reason in reasons)))
    return Observation(name, round(min(cap, total), 1), tuple(reasons))


def _calm(answer: Answer, seen: Seen, order: Sequence[Reason]) -> list[Reason]:
    """Steadies people first, speaks kindly, makes no fault, is not carried away."""
    found = []
    early = [e for e in seen.of("control") if e.start <= opening(answer)]
    if early:
        found.append(Reason("一上来就先稳住人和场面", 3, early[0]))
    else:
        found.append(Reason("开头没有先稳住人和场面", 0))
    kind = words(answer, "care")
    if kind:
        found.append(Reason("话里有体谅和尊重", min(3, 1 + len(kind)), quote(answer, kind[0])))
    else:
        found.append(Reason("没有一句体谅人的话", 0))
    if not seen.faults and seen.points:
        found.append(Reason("没有失当的做法", 3))
    found += [Reason(f"失当：{fault.text}", -2, evidence) for fault, evidence in seen.faults]
    found += [Reason("带着火气或没了主意", -2, quote(answer, w)) for w in words(answer, "anger")[:2]]
    if seen.of("control") and not any(reason.gave < 0 for reason in order):
        found.append(Reason("先稳后断，不急着追责", 1))
    return found


def _quick(answer: Answer, seen: Seen, named: Sequence[Evidence]) -> list[Reason]:
    """Acts at once, sees the cases, tells them in order."""
    found = []
    early = [evidence for _, evidence in seen.points if evidence.start <= opening(answer)]
    if early:
        found.append(Reason("开头就有实在的动作", 3, early[0]))
    else:
        found.append(Reason("开头都是铺垫，没有动作", 0))
    for evidence in named[:2]:
        found.append(Reason("分情况想到了下一步", 2, evidence))
    if not named:
        found.append(Reason("没有分情况：可以说“如果…就…”", 0))
    ordered = words(answer, "order")
    if len(ordered) >= 3:
        found.append(Reason("条理分明，先后清楚", 2, quote(answer, ordered[0])))
    elif ordered:
        found.append(Reason("有先后，可以再清楚些", 1, quote(answer, ordered[0])))
    at_once = words(answer, "at_once")
    if at_once:
        found.append(Reason("反应快", 1, quote(answer, at_once[0])))
    return found


def _complete(question: Question, answer: Answer, seen: Seen, named: Sequence[Evidence]) -> list[Reason]:
    """Every phase, most points, the others in the hall, the time after."""
    wanted = [phase for phase in PHASES if any(point.phase == phase for point in question.points)]
    held = [phase for phase in wanted if seen.of(phase)]
    found = []
    if held:
        told = "、".join(PHASES[phase] for phase in held)
        found.append(Reason(f"说到了{told}", round(5 * len(held) / len(wanted), 1), seen.of(held[0])[0]))
    lacking = [PHASES[phase] for phase in wanted if phase not in held]
    if lacking:
        found.append(Reason(f"没说到{'、'.join(lacking)}", 0))
    full = sum(point.weight for point in question.points)
    reached = sum(point.weight for point, _ in seen.points)
    if reached:
        found.append(Reason(f"采分点说到 {100 * reached // full}%", round(3 * reached / full, 1)))
    others = words(answer, "others")
    if others:
        found.append(Reason("顾到了在场的其他人", 1, quote(answer, others[0])))
    if named:
        found.append(Reason("想到了不同的情况", 1, named[0]))
    return found


def _feasible(question: Question, answer: Answer, seen: Seen) -> list[Reason]:
    """Who, when, by what means; the matter itself settled; looked after later."""
    found = []
    for kind, most, told, lacks in (
        ("who", 2, "写明了谁去做", "没说谁去做"),
        ("when", 2, "有时间、有数", "没有时间和数"),
        ("means", 2, "办法具体", "没有具体办法"),
    ):
        hits = words(answer, kind)
        if hits:
            text = f"{told}：{'、'.join(hit.word for hit in hits[:3])}"
            found.append(Reason(text, float(min(most, len(hits))), quote(answer, hits[0])))
        else:
            found.append(Reason(lacks, 0))
    solving = [point for point in question.points if point.phase in ("resolve", "communicate")]
    solved = [point for point, _ in seen.points if point.phase in ("resolve", "communicate")]
    if solved:
        share = len(solved) / len(solving)
        found.append(Reason("事情本身有着落", round(3 * share, 1), seen.of("resolve", "communicate")[0]))
    closing = words(answer, "closing")
    if closing:
        found.append(Reason("有收尾的办法", 1, quote(answer, closing[0])))
    else:
        found.append(Reason("没有收尾：回访、复盘、改进", 0))
    found += [Reason(f"行不通：{fault.text}", -2, evidence) for fault, evidence in seen.faults]
    return found


def _order(answer: Answer, seen: Seen) -> list[Reason]:
    """Safety and control before blame; the time after at the end."""
    controlled = seen.of("control")
    word = blamed_first(answer, controlled)
    found = []
    if word is not None:
        told = "先追责，后控场：先稳住人和场面，再分是非" if controlled else "只追责，没有控场"
        found.append(Reason(told, -1, quote(answer, word)))
    last = max((e.start for e in seen.of("control", "understand")), default=None)
    early = [e for e in seen.of("improve") if last is not None and e.start < last]
    if early and len(early) == len(seen.of("improve")):
        found.append(Reason("改进说在了前头：先把眼前的事办好", -1, early[0]))
    return found


def profile_data(profile: Profile) -> dict[str, object]:
    """The extra fields of `--json`: observations, branches, order."""
    return {
        "observations": [
            {
                "name": o.name,
                "score": o.score,
                "band": o.band,
                "reasons": [_reason_data(reason) for reason in o.reasons],
            }
            for o in profile.observations
        ],
        "branches": [evidence.text for evidence in profile.branches],
        "order": [_reason_data(reason) for reason in profile.order],
        "capped": profile.capped,
    }


def _reason_data(reason: Reason) -> dict[str, object]:
    return {
        "text": reason.text,
        "gave": reason.gave,
        "evidence": reason.evidence.text if reason.evidence else "",
    }
