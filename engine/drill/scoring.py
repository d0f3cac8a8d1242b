"""The marks of a run: a pure function of its state; every line says why, with the events behind it.

Rules: expectations whose time began share out 100 marks by their weights; a harmful act costs its marks the
first time and half of them each further time, putting blame before the scene is under control costs BLAME
more; a hint costs what the drill says; acts that nobody needed cost marks beyond a few. A
total may be negative. What the controller overrode says so.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.drill import attention, reference
from engine.drill.model import Expectation
from engine.drill.state import DrillState, Expected
from engine.drill.times import spoken
from engine.drill.unasked import label

BLAME = 5  # marks, for blame before safety and control
FLOORS = {"P": 90, "S": 70, "M": 50, "U": 0}  # percent of an objective's marks, at least
RATED = {"P": "做到", "S": "做到，有小问题", "M": "勉强做到", "U": "没做到", "": "没有评定"}
_OUTCOMES = {
    "met": "按时做到",
    "late": "做到但晚了",
    "missed": "没做到",
    "open": "没到时间，不计",
    "": "还在等",
}


class Line(NamedTuple):
    """One line of the marks. `kind`: expectation, harm, blame, hint, needless; `id`: of the expectation
    or harm."""

    kind: str
    id: str
    what: str
    marks: float  # may be negative
    of: float  # the most it could give; 0 for what only costs
    why: str
    events: tuple[int, ...]  # seqs
    counts: bool = True  # an expectation whose time never came does not


class Rating(NamedTuple):
    """How an objective was met. `percent` None: none of its expectations counted."""

    objective: str
    what: str
    rating: str  # P S M U, "" when nothing counted
    percent: int | None
    why: str
    events: tuple[int, ...]
    overridden: bool = False


class Path(NamedTuple):
    """The run beside the playbooks' best path: required steps that they asked for, or would have asked for
    of somebody who had found out everything (`unseen`: never came up, as nobody asked)."""

    done: tuple[str, ...]
    open_: tuple[str, ...]  # wanted, not done
    unseen: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Share done."""
        total = len(self.done) + len(self.open_) + len(self.unseen)
        return round(100 * len(self.done) / total) if total else 100


class Score(NamedTuple):
    """The marks of a run. `first_action`: seconds from the start; `control`: see `_control`; None: never."""

    total: int
    lines: tuple[Line, ...]
    ratings: tuple[Rating, ...]
    first_action: int | None
    control: int | None
    path: Path
    hints: int
    ended: bool


def score(state: DrillState) -> Score:
    """The marks as things stand; final once the drill has ended."""
    lines = (*_expectations(state), *_harms(state), *_hints(state))
    lines += tuple(_needless(state, sum(line.marks for line in lines if line.counts)))
    first = state.first_act
    total = round(sum(line.marks for line in lines if line.counts))
    return Score(
        total,
        lines,
        tuple(_ratings(state, lines)),
        state.seconds(first.moment) if first is not None else None,
        _control(state),
        _path(state),
        len(state.of_kind("hint")),
        state.status in ("ended", "closed"),
    )


def times(found: Score) -> str:
    """Time to the first act and to control, in words."""
    first = found.first_action
    acted = f"第一个动作在开始后 {spoken(first)}" if first is not None else "没有一个该做的动作"
    control = f"控制住现场用了 {spoken(found.control)}" if found.control is not None else "没有控制住现场"
    return f"{acted}，{control}"


def _expectations(state: DrillState) -> list[Line]:
    counted = [entry for entry in state.drill.expectations if _counts(state.expected[entry.id])]
    whole = sum(entry.weight for entry in counted)
    found = []
    for entry in state.drill.expectations:
        live = state.expected[entry.id]
        counts = entry in counted
        most = 100 * entry.weight / whole if counts and whole else 0.0
        share, why, seqs = live.share, _why(state, entry, live), tuple(live.evidence)
        if live.outcome and entry.id in state.overrides:
            share, reason, seq = state.overrides[entry.id]
            why, seqs = f"主持人改为 {share}%：{reason}（原来：{why}）", (*seqs, seq)
        seqs += tuple(
            event.seq
            for event in state.events
            if event.kind in ("expected", "observed") and event.data.get("expectation") == entry.id
        )
        marks = round(most * share / 100, 1)
        found.append(
            Line("expectation", entry.id, entry.what, marks, round(most, 1), why, tuple(sorted(seqs)), counts)
        )
    return found


def _counts(live: Expected) -> bool:
    return live.outcome not in ("", "open")


def _why(state: DrillState, entry: Expectation, live: Expected) -> str:
    if live.opened is None:
        return "要等的情况没有出现，不计"
    if live.unasked:
        return f"没有问到“{label(state, entry.since.name)}”，该做的就没有做"
    said = _OUTCOMES[live.outcome]
    if live.outcome == "met" and entry.never:
        return "全程没有做"
    if live.outcome == "missed" and entry.never:
        return "做了不该做的事" if live.evidence else "什么都没做，不算做到"
    if live.outcome in ("met", "late") and live.at is not None:
        used = int(((live.turn or live.at) - live.opened).total_seconds())
        limit = f"，要求 {spoken(entry.within)}内" if entry.within else ""
        said += f"（用了 {spoken(max(0, used))}{limit}）"
        said += "，同时做得太多，按一件一件轮到的时候算" if live.turn else ""
        return said + (f"，得 {live.share}%" if live.outcome == "late" else "")
    return said + (f"（要求 {spoken(entry.within)}内）" if entry.within else "")


def _harms(state: DrillState) -> list[Line]:
    found: list[Line] = []
    known = {harm.id: harm for harm in state.drill.harms}
    times: dict[str, int] = {}
    for done in state.harms:
        harm = known[done.id]
        again = times[done.id] = times.get(done.id, 0) + 1
        minus = harm.minus if again == 1 else harm.minus / 2
        why = f"开始后 {spoken(state.seconds(done.moment))}" + (
            "" if again == 1 else f"，第 {again} 次，减半扣"
        )
        found.append(Line("harm", done.id, harm.what, -minus, 0, why, (done.seq,)))
        if harm.blame and done.early and again == 1:
            why = "还没有保住人身安全、控制住现场，就先追究责任"
            found.append(Line("blame", done.id, "先后颠倒", -BLAME, 0, why, (done.seq,)))
    return found


def _hints(state: DrillState) -> list[Line]:
    """What was told costs once; that there is nothing to do costs nothing."""
    found, told = [], set()
    for event in state.of_kind("hint"):
        what = (event.data.get("step"), event.data.get("fact"))
        free = "眼下没有要提示的，不扣" if not any(what) else "同一条已经提示过，不扣" if what in told else ""
        told.add(what)
        cost = 0 if free else state.drill.hint_costs
        found.append(Line("hint", "", str(event.data["text"]), -cost, 0, free or "要了提示", (event.seq,)))
    return found


def _needless(state: DrillState, earned: float) -> list[Line]:
    """What nobody needed costs attention; it takes away at most what was earned."""
    acts, free = attention.needless(state), attention.free(state)
    if len(acts) <= free:
        return []
    cost = min(attention.COST * (len(acts) - free), max(0.0, round(earned, 1)))
    why = f"{len(acts)} 件事这场里没有用，{free} 件以内不扣，多出的每件扣 {attention.COST} 分，最多扣到 0"
    seqs = tuple(event.seq for event in acts)
    return [Line("needless", "", "用不着的事做得太多", -cost, 0, why, seqs)]


def _control(state: DrillState) -> int | None:
    """Seconds to control: the longest that a critical expectation took from the moment on which it was
    expected. Where none is critical, the time until no required safety or control step of the plan was left
    that nobody had begun. None: it never came to that."""
    critical = [state.expected[e.id] for e in state.drill.expectations if e.critical and not e.never]
    critical = [live for live in critical if live.opened is not None and live.outcome != "open"]
    if not critical:
        return state.seconds(state.controlled.moment) if state.controlled is not None else None
    took = 0
    for live in critical:
        if live.outcome not in ("met", "late") or live.at is None or live.opened is None:
            return None
        took = max(took, int((live.at - live.opened).total_seconds()))
    return took


def _path(state: DrillState) -> Path:
    session = state.session
    done, open_ = [], []
    for key, live in session.state.steps.items():
        step = session.ruleset.steps.get(key)
        if step is None or step.optional or live.opened is None:
            continue
        if live.outcome in ("done", "handed"):
            done.append(key)
        elif not live.withdrawn:
            open_.append(key)
    seen = {*done, *open_}
    unseen = [key for key in reference.wanted_in_truth(state) if key not in seen]
    return Path(tuple(done), tuple(open_), tuple(unseen))


def _ratings(state: DrillState, lines: tuple[Line, ...]) -> list[Rating]:
    owner = {entry.id: entry.objective for entry in state.drill.expectations}
    found = []
    for objective in state.drill.objectives:
        mine = [line for line in lines if line.kind == "expectation" and owner[line.id] == objective.id]
        mine = [line for line in mine if line.counts]
        most = sum(line.of for line in mine)
        percent = round(100 * sum(line.marks for line in mine) / most) if most else None
        rating = next((r for r, floor in FLOORS.items() if percent is not None and percent >= floor), "")
        why = f"{len(mine)} 条要求得 {percent}%" if percent is not None else "没有一条要求到了时候"
        seqs = tuple(sorted({seq for line in mine for seq in line.events}))
        overridden = objective.id in state.ratings
        if overridden:
            given, reason, seq = state.ratings[objective.id]
            why, rating, seqs = f"主持人评定：{reason}（原来：{rating or '无'}，{why}）", given, (*seqs, seq)
        found.append(Rating(objective.id, objective.what, rating, percent, why, seqs, overridden))
    return found
