"""The report after a drill, from its record alone: what was to be shown, what happened, why, what follows.

Nothing is typed by hand but the controller's own remarks; texts are masked and on one line each.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from engine.clock import parse
from engine.drill.causes import Cause, Loss, causes, losses, steps_in_words
from engine.drill.chronicle import Entry, chronicle, numbers, plain
from engine.drill.improvement import Plan, open_plans, plans
from engine.drill.particulars import Head, head
from engine.drill.scoring import Line, Rating, Score, score, times
from engine.drill.state import DrillState
from engine.drill.times import spoken
from engine.drill.unasked import label
from engine.drill.view import who


class Strength(NamedTuple):
    """An expectation that was met in time."""

    id: str
    what: str
    told: str
    marks: float
    critical: bool
    events: tuple[int, ...]


class Gap(NamedTuple):
    """A loss beside what was expected."""

    loss: Loss
    expected: str


class Harm(NamedTuple):
    """A harmful act with the scene's reaction."""

    clock: str
    who: str
    what: str
    said: str
    reaction: str
    early: bool
    marks: float
    seq: int


class Reaction(NamedTuple):
    """An inject and the next act."""

    number: int
    clock: str
    channel: str
    text: str
    red_herring: bool
    next: str
    after: int | None  # seconds; None: nobody did anything any more


class Debrief(NamedTuple):
    """The whole report."""

    head: Head
    overview: tuple[str, ...]
    score: Score
    ratings: tuple[Rating, ...]
    strengths: tuple[Strength, ...]
    gaps: tuple[Gap, ...]
    causes: tuple[Cause, ...]
    done: tuple[str, ...]
    undone: tuple[str, ...]
    unseen: tuple[str, ...]
    harms: tuple[Harm, ...]
    reactions: tuple[Reaction, ...]
    remarks: tuple[Entry, ...]  # of the controller
    hot_wash: tuple[str, ...]
    plan: tuple[Plan, ...]
    lacking: tuple[Plan, ...]  # what keeps the report open
    log: tuple[Entry, ...]


def debrief(state: DrillState, id: str) -> Debrief:
    """The report on a run that has ended."""
    found = score(state)
    lost = losses(state, found)
    made = plans(state, found, lost)
    log, path = chronicle(state), found.path
    return Debrief(
        head=head(state, id),
        overview=tuple(_overview(state, found)),
        score=found,
        ratings=found.ratings,
        strengths=_strengths(state, found),
        gaps=tuple(Gap(loss, _expected(state, loss)) for loss in lost),
        causes=causes(lost),
        done=steps_in_words(state, path.done),
        undone=steps_in_words(state, path.open_),
        unseen=steps_in_words(state, path.unseen),
        harms=_harms(state, found),
        reactions=_reactions(state),
        remarks=tuple(entry for entry in log if _remark(state, entry)),
        hot_wash=state.drill.hot_wash,
        plan=made,
        lacking=open_plans(made),
        log=log,
    )


def _overview(state: DrillState, found: Score) -> list[str]:
    acts = state.of_kind("act")
    counted = [line for line in found.lines if line.kind == "expectation" and line.counts]
    outcomes = [state.expected[line.id].outcome for line in counted]
    herrings = sum(
        state.injects[str(event.data["inject"])].red_herring for event in state.of_kind("injected")
    )
    told = f"来了 {len(state.fired)} 条情况" + (f"（其中 {herrings} 条是干扰）" if herrings else "")
    first = [
        f"{told}；参演人做了 {len(acts)} 个动作，其中有害的 {len(state.harms)} 个。",
        f"计分的要求 {len(counted)} 条：按时 {outcomes.count('met')} 条，晚了 {outcomes.count('late')} 条，"
        f"没做到 {outcomes.count('missed')} 条。合计 {found.total} 分（满分 100）。",
        f"{times(found)}。",
    ]
    path = found.path
    first.append(
        f"剧本的最佳路径上 {len(path.done) + len(path.open_) + len(path.unseen)} 步，走了 {len(path.done)} 步"
        f"（{path.percent}%）"
        + (f"；{len(path.unseen)} 步从没提上来，因为要紧的情况没有问到。" if path.unseen else "。")
    )
    if found.hints:
        first.append(f"要了 {found.hints} 次提示。")
    return first


def _strengths(state: DrillState, found: Score) -> tuple[Strength, ...]:
    made = [
        Strength(line.id, line.what, line.why, line.marks, state.expectations[line.id].critical, line.events)
        for line in found.lines
        if line.kind == "expectation" and line.counts and line.of and _full(line)
    ]
    return tuple(sorted(made, key=lambda one: (not one.critical, -one.marks)))


def _full(line: Line) -> bool:
    return line.marks >= line.of - 0.05


def _expected(state: DrillState, loss: Loss) -> str:
    entry = state.expectations.get(loss.id)
    if loss.kind == "needless":
        return "只做用得着的"
    if entry is None:
        return "只做用得着的" if loss.kind == "needless" else "任何时候都不做"
    if entry.never:
        return "全程不做"
    since = "" if entry.since.at == 0 else f"从{_since(state, loss.id)}起，"
    return since + (f"{spoken(entry.within)}内" if entry.within else "演练结束前")


def _since(state: DrillState, id: str) -> str:
    """From when an expectation's time ran, by what brought it."""
    since, order = state.expectations[id].since, numbers(state)
    if since.on == "fired" and since.name in order:
        return f"情况{order[since.name]}"
    if state.expected[id].unasked:
        return f"问到“{label(state, since.name)}”"
    opened = state.expected[id].opened
    return f"{opened:%H:%M:%S}" if opened is not None else "那时"


def _harms(state: DrillState, found: Score) -> tuple[Harm, ...]:
    tells = {harm.id: (harm.what, harm.tell) for harm in state.drill.harms}
    marks: dict[int, float] = {}
    for line in found.lines:
        if line.kind in ("harm", "blame"):
            marks[line.events[0]] = marks.get(line.events[0], 0) + line.marks
    made = []
    for one in state.harms:
        what, tell = tells[one.id]
        said = plain(str(state.event(one.seq).data.get("said", "")))
        made.append(
            Harm(
                f"{one.moment:%H:%M:%S}", who(state, one.role), what, said, tell, one.early,
                marks.get(one.seq, 0), one.seq,
            )
        )  # fmt: skip
    return tuple(made)


def _reactions(state: DrillState) -> tuple[Reaction, ...]:
    """Every inject with what the trainees did next."""
    from engine.drill.model import CHANNELS

    acts, order, made = state.of_kind("act"), numbers(state), []
    for event in state.of_kind("injected"):
        inject, came = state.injects[str(event.data["inject"])], parse(event.at)
        act = next((act for act in acts if act.seq > event.seq), None)
        after = parse(act.at) - came if act is not None else timedelta(0)
        made.append(
            Reaction(
                order[inject.id], f"{came:%H:%M:%S}",
                CHANNELS[inject.channel] + (f"·{inject.sender}" if inject.sender else ""),
                plain(str(event.data["tell"])), inject.red_herring,
                plain(str(act.data["text"])) if act is not None else "没有动作",
                int(after.total_seconds()) if act is not None else None,
            )
        )  # fmt: skip
    return tuple(made)


def _remark(state: DrillState, entry: Entry) -> bool:
    return state.event(entry.seq).kind in (
        "note",
        "observed",
        "rated",
        "override",
        "skipped",
        "delayed",
        "set",
    )
