"""What happens sets up what is to come: injects, expectations and their deadlines, in `pending`.

Called by `fold` alone; `conduct` turns what is pending into events when its moment has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from engine.clock import stamp
from engine.drill.model import Drill, Expectation, Trigger
from engine.drill.state import Doing, DrillState, Expected, Happening, Pending

# at one moment: what acts bring comes before what the drill brings, met before missed, the end last
RANKS = {"returned": 0, "told": 1, "met": 2, "injected": 3, "turn": 4, "unmet": 5, "lost": 6, "ended": 9}


def schedule(
    state: DrillState, slot: str, name: str, moment: datetime, kind: str, data: dict[str, Any], cause: int
) -> None:
    """Set something up, unless it is set up already."""
    if (slot, name) not in state.pending:
        state.serial += 1
        state.pending[slot, name] = Pending(moment, RANKS[slot], state.serial, kind, data, cause)


def begin(state: DrillState) -> None:
    """Set up what is bound to the clock: injects, expectations from the start, the end."""
    for inject in state.drill.injects:
        if inject.when.at is not None:
            _inject(state, inject.id, _later(state.begun, inject.when.at), state.seq + 1)
    for entry in state.drill.expectations:
        if entry.since.at is not None:
            _open(state, entry, _later(state.begun, entry.since.at))
        elif could_ask(state.drill, entry):
            schedule(state, "lost", entry.id, state.end, "expected", {"expectation": entry.id}, 0)
    schedule(state, "ended", "", state.end, "ended", {"why": "time"}, 0)


def happen(state: DrillState, on: str, name: str, seq: int, value: object = None) -> None:
    """Something happened now that injects or expectations may wait for."""
    moment = state.at
    state.happened.setdefault((on, name), []).append(Happening(moment, seq, value))
    for inject in state.drill.injects:
        if _answers_to(inject.when, on, name, value):
            _inject(state, inject.id, _later(moment, inject.when.delay), seq)
    for entry in state.drill.expectations:
        if state.expected[entry.id].opened is None and _answers_to(entry.since, on, name, value):
            _open(state, entry, _later(moment, entry.since.delay))


def tell(state: DrillState, fact: str, delay: int, how: str, seq: int) -> None:
    """A fact is to be told after `delay` seconds. `how`: asked, found, inject, waited."""
    schedule(state, "told", fact, _later(state.at, delay), "told", {"fact": fact, "by": how}, seq)


def prevented(state: DrillState, triggers: Iterable[Trigger], moment: datetime) -> int | None:
    """The seq of what had happened by `moment` and answers to one of the triggers; None: nothing."""
    for trigger in triggers:
        if trigger.at is not None and _later(state.begun, trigger.at) <= moment:
            return 1
        for (on, name), seen in state.happened.items():
            for one in seen:
                if _answers_to(trigger, on, name, one.value) and _later(one.moment, trigger.delay) <= moment:
                    return one.seq
    return None


def evidence(state: DrillState, of: str, name: str, role: str, seq: int) -> None:
    """A trainee did something now that expectations may wait for. `of`: steps, facts, documents, said."""
    for entry in state.drill.expectations:
        opened = state.expected[entry.id].opened
        names = (entry.id,) if of == "said" else getattr(entry, of)
        if name not in names or opened is None or not _may(entry, role):
            continue
        if state.at >= opened:
            _meet(state, entry, state.at, seq)
        elif of != "said":  # done before its time: that is good; words are lost on nobody
            _meet(state, entry, opened, seq)


def look_back(state: DrillState) -> None:
    """Expectations that have just been opened are met by what was done before, as far as it still counts.

    What an inject tells comes with it and may want a step anew, so that is waited for.
    """
    if any(slot == "told" and entry.moment <= state.at for (slot, _), entry in state.pending.items()):
        return
    for id in state.opened:
        entry, opened = state.expectations[id], state.expected[id].opened
        for done in _earlier(state, entry):
            if opened is not None and _may(entry, done.role):
                _meet(state, entry, max(opened, state.at), done.seq)
    state.opened.clear()


def harmed(state: DrillState, harm: str, seq: int) -> None:
    """A harmful act was done now: expectations that it should not are missed."""
    for entry in state.drill.expectations:
        opened = state.expected[entry.id].opened
        if harm in entry.never and opened is not None and opened <= state.at:
            data = {"expectation": entry.id, "outcome": "missed", "share": 0, "evidence": [seq]}
            if not state.expected[entry.id].outcome:
                schedule(state, "met", entry.id, state.at, "expected", data, seq)


def share_of(entry: Expectation, opened: datetime, moment: datetime) -> int:
    """Percent of the marks for doing it at `moment`: all in time, then fading to nothing."""
    late = (moment - opened).total_seconds() - entry.within
    if not entry.within or late <= 0:
        return 100
    return max(0, round(100 * (1 - late / (entry.late or entry.within))))


def could_ask(drill: Drill, entry: Expectation) -> bool:
    """Whether an expectation waits for an answer that is there for the asking from the start: who never
    asks does not get away with it."""
    if entry.since.on not in ("answered", "asked") or entry.never:
        return False
    value = entry.since.value
    return any(
        truth.fact == entry.since.name and not truth.open_ and value in (None, truth.value)
        for truth in drill.truth
    )


def lost(state: DrillState, id: str, moment: datetime, why: str = "time") -> dict[str, Any]:
    """The data of `expected` for an expectation whose time is over at `moment`, or that ends there.

    One that waits for an answer nobody asked for is missed as well. One that the end cuts off before its
    time was up is `open` and does not count, unless the trainee ended the drill.
    """
    entry, live = state.expectations[id], state.expected[id]
    if live.opened is None:
        return {"expectation": id, "outcome": "missed", "share": 0, "evidence": [], "unasked": True}
    opened = live.opened
    outcome, share, seqs = "missed", 0, [state.first_act.seq] if state.first_act else []
    if entry.never and state.first_act is not None:
        outcome, share = "met", 100
    elif why != "trainee" and entry.within and moment < _later(opened, entry.within):
        outcome = "open"
    found = seqs if outcome == "met" else []
    return {"expectation": id, "outcome": outcome, "share": share, "evidence": found}


def _answers_to(trigger: Trigger, on: str, name: str, value: object) -> bool:
    if trigger.on != on or (trigger.name and trigger.name != name):
        return False
    return trigger.value is None or trigger.value == value


def _inject(state: DrillState, id: str, moment: datetime, seq: int) -> None:
    if id not in state.fired and id not in state.skipped:
        moment = max(_later(moment, state.delays.get(id, 0)), state.at)
        schedule(state, "injected", id, moment, "injected", {"inject": id}, seq)


def _open(state: DrillState, entry: Expectation, moment: datetime) -> None:
    """From `moment` on an expectation is waited for."""
    live = state.expected[entry.id]
    live.opened = moment
    state.pending.pop(("lost", entry.id), None)  # that of never having asked
    name = {"expectation": entry.id}
    end = state.end
    if entry.within and not entry.never:
        schedule(state, "unmet", entry.id, _later(moment, entry.within), "passed", name, 0)
        end = min(end, _later(moment, entry.within + (entry.late or entry.within)))
    elif entry.within:
        end = min(end, _later(moment, entry.within))
    schedule(state, "lost", entry.id, end, "expected", name, 0)
    state.opened.append(entry.id)


def _earlier(state: DrillState, entry: Expectation) -> Iterable[Doing]:
    """What was done before anybody waited for it, as far as it still counts."""
    for step in entry.steps:
        live = state.session.state.steps.get(step)
        again = live is not None and live.running and live.outcome != "handed"
        if step in state.done and not again:
            yield state.done[step]
    yield from (state.found[fact] for fact in entry.facts if fact in state.found)
    yield from (state.documents[name] for name in entry.documents if name in state.documents)


def _meet(state: DrillState, entry: Expectation, moment: datetime, seq: int) -> None:
    live: Expected = state.expected[entry.id]
    if live.outcome or entry.never or live.opened is None:
        return
    turn = max(moment, state.turns.get(seq, moment))  # who does ten things at once, does them one by one
    share = share_of(entry, live.opened, turn)
    data = {
        "expectation": entry.id,
        "outcome": "met" if share == 100 else "late",
        "share": share,
        "evidence": [seq],
    }
    if turn > moment and share < 100:
        data["turn"] = stamp(turn)
    schedule(state, "met", entry.id, moment, "expected", data, seq)


def _may(entry: Expectation, role: str) -> bool:
    return not entry.roles or role in entry.roles


def _later(moment: datetime, seconds: int) -> datetime:
    return moment + timedelta(seconds=seconds)
