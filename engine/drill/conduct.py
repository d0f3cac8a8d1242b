"""What the drill brings by itself: a pure function of state and drill time.

Each event is written with the moment at which it was due, one at a time, so that a slow terminal, a fast
one and a script leave the same record.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from engine.conditions import UNSURE, Answer
from engine.drill import triggers
from engine.drill.state import DrillState, Pending
from engine.plan import Timekeeper
from engine.state import encode
from engine.words import shown

NOBODY = "没人说得清"
_MINUTE = timedelta(minutes=1)


class New(NamedTuple):
    """An event to be written. `cause`: seq of what it follows from, 0: it stands for itself."""

    kind: str
    data: dict[str, Any]
    at: datetime
    cause: int = 0


def next_due(state: DrillState, now: datetime) -> New | None:
    """The one event that is due next, at or before `now`; None: nothing is."""
    if state.status != "open":
        return None
    first = min(state.pending.values(), key=_order, default=None)
    limit = now if first is None else min(now, first.moment)
    turn = _turn(state, limit)
    if turn is not None and (first is None or (turn, triggers.RANKS["turn"]) < (first.moment, first.rank)):
        return New("passed", {"late": _late(state, turn)}, turn)
    if first is None or first.moment > now:
        return None
    if first.kind == "injected":
        id = first.data["inject"]
        seq = triggers.prevented(state, state.injects[id].unless, first.moment)
        if seq is not None:
            return New("skipped", {"inject": id, "by": "unless"}, first.moment, seq)
    return New(first.kind, _data(state, first), first.moment, first.cause)


def due(state: DrillState, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """(kind, data) of what is due next, at or before `now`: at most one, as each may change the next."""
    found = next_due(state, now)
    return [(found.kind, found.data)] if found is not None else []


def upcoming(state: DrillState) -> list[tuple[datetime, str, dict[str, Any]]]:
    """What is set up, in its order, for the controller: (moment, kind, data); injects come as `injected`.

    Injects that wait for something are not among them.
    """
    listed = sorted(state.pending.values(), key=_order)
    return [(entry.moment, entry.kind, entry.data) for entry in listed]


def finish(state: DrillState, now: datetime, why: str) -> list[New]:
    """The events that end the drill now. `why`: controller, trainee."""
    ends = [
        New("expected", triggers.lost(state, id, now, why), now)
        for id, live in state.expected.items()
        if not live.outcome and _over(state, id, now, why)
    ]
    return [*ends, New("ended", {"why": why}, now)]


def _over(state: DrillState, id: str, now: datetime, why: str) -> bool:
    """Whether an end now settles an expectation: it has begun, or the trainee ended without asking."""
    opened = state.expected[id].opened
    if opened is None:
        return why == "trainee" and triggers.could_ask(state.drill, state.expectations[id])
    return opened <= now


def _order(entry: Pending) -> tuple[datetime, int, int]:
    return entry.moment, entry.rank, entry.serial


def _data(state: DrillState, entry: Pending) -> dict[str, Any]:
    """What the event of something that is due says, as things stand now."""
    data = dict(entry.data)
    if entry.kind == "injected":
        return injected(state, data["inject"], entry.moment)
    if entry.kind == "told":
        return data | _answer(state, data["fact"], data["by"])
    if entry.kind == "returned":
        takes = state.takes.get(data["step"])
        return data | {"words": takes.told if takes is not None else ""}
    if entry.kind == "expected" and "outcome" not in data:
        return triggers.lost(state, data["expectation"], entry.moment)
    return data


def injected(state: DrillState, id: str, moment: datetime, by: str = "plan") -> dict[str, Any]:
    """The data of `injected`, its words filled in with what the trainees know."""
    inject = state.injects[id]
    words = state.session.words(moment).fill(inject.tell, state.drill.playbooks[0])
    return {"inject": id, "tell": words, "by": by}


def _answer(state: DrillState, fact: str, by: str) -> dict[str, Any]:
    """What the world says about a fact, and in which words; none where an inject's words say it."""
    truth, declared = state.truth.get(fact), state.facts.get(fact)
    if truth is not None:
        answer = Answer("known", truth.value) if truth.value is not None else UNSURE
        answer = Answer("open") if truth.open_ else answer
        words = truth.told
    else:
        answer = state.told.get(fact) or state.session.state.facts.get(fact) or UNSURE
        words = ""
    if by == "inject":
        words = ""  # its own words tell it
    elif not words:
        label = (declared.label or declared.ask) if declared is not None else fact
        said = NOBODY if answer.state == "unsure" else shown(declared, answer) if declared else answer.value
        words = f"{label}：{said}"
    return {**encode(answer), "words": words}


# ---- time in the plan -----------------------------------------------------------------------------


def _turn(state: DrillState, until: datetime) -> datetime | None:
    """The first moment up to `until` at which time takes effect in the plan: a deadline passes, a step
    comes back, or (looked at on whole minutes) what the clock says makes other rules hold."""
    session = state.session
    ticked = None  # the last time, if nothing is new since then
    if state.ticked is not None and state.ticked[0] == session.state.seq:
        ticked = state.ticked[1]
    known = state.turn if state.turn is not None and state.turn[0] == state.seq else None
    if known is None:
        known = (state.seq, state.at, _deadline(state, ticked))
    seen, found = known[1], known[2]
    if session.ruleset.outside and session.profile.hours:
        minute = seen.replace(second=0) + _MINUTE
        stop = until if found is None else min(until, found)
        while minute <= stop:
            if session.turned(minute) and minute != ticked:
                state.turn = (state.seq, seen, minute)
                return minute
            seen, minute = minute, minute + _MINUTE
    state.turn = (state.seq, seen, found)
    return found if found is not None and found <= until else None


def _deadline(state: DrillState, ticked: datetime | None) -> datetime | None:
    session = state.session
    times = [
        watch.due
        for watch in session.watches()
        if watch.due is not None and ("overdue", watch.name) not in session.state.happened
    ]
    times += [
        back
        for key in session.ruleset.recurring
        if key in session.plan.wanted and (back := _back(state, key, session.time)) is not None
    ]
    times = [max(moment, state.at) for moment in times]
    return min((moment for moment in times if ticked is None or moment > ticked), default=None)


def _back(state: DrillState, key: str, time: Timekeeper) -> datetime | None:
    live, step = state.session.state.steps.get(key), state.session.ruleset.steps[key]
    if live is None or live.outcome != "done" or live.at is None or step.every is None:
        return None
    return time.after(live.at, step.every)


def _late(state: DrillState, moment: datetime) -> list[str]:
    watches = state.session.watches()
    done = state.session.state.happened
    return [w.name for w in watches if w.due and w.due <= moment and ("overdue", w.name) not in done]
