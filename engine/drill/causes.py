"""Why marks were lost, read from the record of a run: each loss has one cause, with its evidence.

Causes come in a fixed order of asking, as one loss may have several: an act that should not be comes first,
then what pulled the trainee away, a way that was blocked, a fact nobody asked, words, documents, the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from engine.clock import parse
from engine.drill.chronicle import plain
from engine.drill.model import Expectation
from engine.drill.perform import what
from engine.drill.scoring import Line, Score
from engine.drill.state import DrillState
from engine.drill.times import spoken
from engine.drill.unasked import label, missing
from engine.model import Event

KINDS = {
    "harmful": "做了不该做的",
    "distracted": "被干扰带偏",
    "stuck": "受阻后没换办法",
    "unasked": "情况没问清",
    "off": "话没说到点上",
    "silent": "没有说话",
    "unissued": "文书没发",
    "late": "做晚了",
    "omitted": "该做没做",
    "needless": "用不着的做得太多",
}
LEAST = 0.5  # marks; what costs less is not told
AFTER = timedelta(seconds=90)  # how long after a red herring an act may be its doing
_QUOTES = 2  # of what was said


class Loss(NamedTuple):
    """One loss: `id` of the expectation or harmful act, `kind` as in KINDS, `told`: what happened."""

    kind: str
    id: str
    what: str
    marks: float  # lost, above 0
    told: str
    events: tuple[int, ...]
    critical: bool = False


class Cause(NamedTuple):
    """All losses of one kind, the worst first."""

    kind: str
    title: str
    marks: float
    losses: tuple[Loss, ...]


def losses(state: DrillState, score: Score) -> tuple[Loss, ...]:
    """What lost marks in a run that has ended, hints apart: the worst first."""
    found = []
    for line in score.lines:
        lost = round(line.of - line.marks, 1)
        if line.kind == "hint" or not line.counts or lost < LEAST:
            continue
        found.append(_of(state, line, lost) if line.kind == "expectation" else _of_act(line, lost))
    return tuple(sorted(found, key=lambda loss: -loss.marks))


def causes(found: Iterable[Loss]) -> tuple[Cause, ...]:
    """The losses by cause, the costliest cause first."""
    by_kind: dict[str, list[Loss]] = {}
    for loss in found:
        by_kind.setdefault(loss.kind, []).append(loss)
    made = [
        Cause(kind, KINDS[kind], round(sum(loss.marks for loss in some), 1), tuple(some))
        for kind, some in by_kind.items()
    ]
    return tuple(sorted(made, key=lambda cause: -cause.marks))


def _of_act(line: Line, lost: float) -> Loss:
    if line.kind == "needless":
        return Loss("needless", line.id, line.what, lost, line.why, line.events)
    return Loss("harmful", line.id, line.what, lost, f"做了（{line.why}）", line.events)


def _of(state: DrillState, line: Line, lost: float) -> Loss:
    entry = state.expectations[line.id]
    kind, told, seqs = _reason(state, entry)
    events = tuple(sorted({*line.events, *seqs}))
    return Loss(kind, entry.id, entry.what, lost, told, events, entry.critical)


def _reason(state: DrillState, entry: Expectation) -> tuple[str, str, tuple[int, ...]]:
    """(kind, what happened in words, further events)."""
    live = state.expected[entry.id]
    if entry.never:
        if not live.evidence:
            return "omitted", "从头到尾没有行动", ()
        return "harmful", plain(str(state.event(live.evidence[0]).data["text"])), ()
    if live.unasked:
        return "unasked", f"没问：{label(state, entry.since.name)}", ()
    if live.outcome == "met":  # the controller gave less
        return "omitted", "主持人改了分", ()
    if entry.critical and (pulled := _pulled(state, entry)) is not None:
        return pulled
    if live.outcome == "late":
        return "late", _by_how_much(state, entry), ()
    if entry.steps:
        return _undone(state, entry)
    if entry.facts:
        labels = "、".join(label(state, fact) for fact in entry.facts)
        late = [state.found[fact].seq for fact in entry.facts if fact in state.found]
        return ("late", f"问得太晚：{labels}", (late[0],)) if late else ("unasked", f"没问：{labels}", ())
    if entry.documents:
        return _unissued(state, entry)
    return _unsaid(state, entry)


def _deadline(state: DrillState, entry: Expectation) -> datetime:
    """Until when it gave full marks."""
    live = state.expected[entry.id]
    end = live.at or state.at
    return min(end, (live.opened or end) + timedelta(seconds=entry.within)) if entry.within else end


def _by_how_much(state: DrillState, entry: Expectation) -> str:
    live = state.expected[entry.id]
    assert live.at is not None
    assert live.opened is not None
    used = int((live.at - live.opened).total_seconds())
    return f"用了 {spoken(used)}，晚了 {spoken(max(0, used - entry.within))}"


def _undone(state: DrillState, entry: Expectation) -> tuple[str, str, tuple[int, ...]]:
    """None of the steps was done in time: after it, blocked, not known to be wanted, or just not done."""
    after = [state.done[step] for step in entry.steps if step in state.done]
    if after:
        outside = entry.roles and after[0].role not in entry.roles
        told = "不是要求的岗位办的" if outside else "到了时限之后才办"
        return "late", told, (after[0].seq,)
    tried = [event for event in _acts(state, "step") if event.data["id"] in entry.steps]
    blocked = [event for event in tried if event.data["result"] == "blocked"]
    if blocked:
        times = f"试了 {len(blocked)} 次" if len(blocked) > 1 else "试了一次"
        why = str(blocked[-1].data.get("reason", ""))
        told = f"{times}没办成{f'（{plain(why)}）' if why else ''}，没有再想办法"
        return "stuck", told, tuple(event.seq for event in blocked)
    wanted = [step for step in entry.steps if _came_up(state, step)]
    unknown = [] if wanted else missing(state, entry.steps, _deadline(state, entry))
    if unknown:
        asked = "没及时问" if unknown[0] in state.told else "没问"
        told = f"{asked}“{label(state, unknown[0])}”，这一步就没有提上来"
        if any(step in state.ahead for step in entry.steps):
            told = f"办了，但没问“{label(state, unknown[0])}”，不知道该不该办"
        return "unasked", told, ()
    return "omitted", "没有办", ()


def _came_up(state: DrillState, step: str) -> bool:
    live = state.session.state.steps.get(step)
    return live is not None and live.opened is not None


def _unissued(state: DrillState, entry: Expectation) -> tuple[str, str, tuple[int, ...]]:
    late = [state.documents[name] for name in entry.documents if name in state.documents]
    if late:
        return "late", "到了时限之后才发", (late[0].seq,)
    steps = [
        state.done[key]
        for key, step in state.steps.items()
        if step.issue in entry.documents and key in state.done
    ]
    if steps:
        return "unissued", "这一步办了，文书本身没有发", (steps[0].seq,)
    return "unissued", "没有发", ()


def _unsaid(state: DrillState, entry: Expectation) -> tuple[str, str, tuple[int, ...]]:
    opened = state.expected[entry.id].opened
    said = [event for event in _acts(state, "say") if opened is not None and parse(event.at) >= opened]
    if not said:
        return "silent", "一句话也没有说", ()
    texts = dict.fromkeys(plain(str(event.data["text"]), 40) for event in said)
    quoted = "；".join(f"“{text}”" for text in list(texts)[:_QUOTES])
    return "off", f"说了{quoted}，没有说到", tuple(event.seq for event in said)


def _pulled(state: DrillState, entry: Expectation) -> tuple[str, str, tuple[int, ...]] | None:
    """The red herring after which the trainees did something else while this was open: the first act."""
    live = state.expected[entry.id]
    assert live.opened is not None
    wants = [other.id for other in state.drill.expectations if not other.never]
    useful = {seq for id in wants for seq in state.expected[id].evidence}
    useful |= {doing.seq for doing in state.done.values()}  # the plan wanted it
    until = live.at or state.at
    for event in state.of_kind("injected"):
        inject = state.injects[str(event.data["inject"])]
        came = parse(event.at)
        # what was late already when it came is not its doing
        if not inject.red_herring or not live.opened <= came <= _deadline(state, entry):
            continue
        after = (
            act for act in _acts(state) if act.seq > event.seq and parse(act.at) <= min(came + AFTER, until)
        )
        act = next(after, None)
        if act is not None and act.seq not in useful and act.data["kind"] in ("harm", "step", "say"):
            told = f"“{plain(inject.tell, 24)}”一来，先去做了“{plain(str(act.data['text']), 24)}”"
            told += "，这一条一直没做" if live.outcome == "missed" else f"；{_by_how_much(state, entry)}"
            return "distracted", told, (event.seq, act.seq)
    return None


def _acts(state: DrillState, kind: str = "") -> Iterator[Event]:
    return (event for event in state.of_kind("act") if not kind or event.data["kind"] == kind)


def steps_in_words(state: DrillState, steps: Iterable[str]) -> tuple[str, ...]:
    """Steps as they are shown."""
    return tuple(plain(what(state, step)) for step in steps)
