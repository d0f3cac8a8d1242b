"""What a trainee's act does in the drill, and what comes back of it. Called by `fold` alone.

The docstrings list what the act's data holds beside role, kind, id and text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from engine.drill import reference, triggers
from engine.drill.state import Doing, DrillState, Harmed
from engine.model import Event

_Data = dict[str, Any]


def take_in(state: DrillState, data: _Data, doing: Doing) -> None:
    """Take an act in; one of another kind changes nothing."""
    handler = _ACTS.get(data["kind"])
    if handler is not None:
        handler(state, data, doing)


def _step(state: DrillState, data: _Data, doing: Doing) -> None:
    """result: done | handed | blocked (reason) | ahead | again; way: the one tried; words: of the result"""
    step, result = data["id"], data["result"]
    if result == "again":
        return
    state.tries[step] = state.tries.get(step, 0) + 1
    if result == "blocked":
        reference.no_way(state, step, data.get("reason", ""))
        triggers.happen(state, "blocked", step, doing.seq)
    elif result == "handed":
        state.handed[step] = doing
        seconds = state.takes[step].seconds
        triggers.schedule(
            state, "returned", step, state.at + timedelta(seconds=seconds), "returned",
            {"step": step, "outcome": "done"}, doing.seq,
        )  # fmt: skip
        if reference.runs(state, step) or _failed(state, step):
            reference.mark(state, step, "handed")
            state.done[step] = doing
            triggers.evidence(state, "steps", step, doing.role, doing.seq)
    else:
        _done(state, step, doing)


def _done(state: DrillState, step: str, doing: Doing, seq: int = 0) -> None:
    """A step has come to an end; it counts now or when the plan wants it."""
    if reference.runs(state, step) or _failed(state, step):
        reference.mark(state, step, "done")
        state.done[step] = doing
        triggers.happen(state, "done", step, seq or doing.seq)
        triggers.evidence(state, "steps", step, doing.role, doing.seq)
    else:
        state.ahead[step] = doing
        if step in state.done:  # it was wanted when it was handed over
            triggers.happen(state, "done", step, seq or doing.seq)
    declared = state.steps.get(step)
    if declared is not None and declared.issue:  # who does the step has made out its paper
        _issued(state, declared.issue, doing)
    for fact in declared.finds if declared is not None else ():
        if fact in state.truth:
            state.found.setdefault(fact, doing)
            triggers.evidence(state, "facts", fact, doing.role, doing.seq)
            triggers.tell(state, fact, 0, "found", seq or doing.seq)


def _failed(state: DrillState, step: str) -> bool:
    """Whether the step was given up in the plan: it may still be done after all."""
    live = state.session.state.steps.get(step)
    return live is not None and live.outcome == "blocked"


def returned(state: DrillState, data: _Data, event: Event) -> None:
    """step, outcome: done, words: what comes back"""
    state.pending.pop(("returned", data["step"]), None)
    doing = state.handed.pop(data["step"])
    _done(state, data["step"], doing, event.seq)


def _ask(state: DrillState, data: _Data, doing: Doing) -> None:
    """id: the fact; its answer comes as `told`"""
    fact = data["id"]
    truth = state.truth.get(fact)
    state.found.setdefault(fact, doing)
    triggers.happen(state, "asked", fact, doing.seq)
    triggers.evidence(state, "facts", fact, doing.role, doing.seq)
    triggers.tell(state, fact, truth.delay if truth else 0, "asked", doing.seq)


def _say(state: DrillState, data: _Data, doing: Doing) -> None:
    """reached: expectation → the words that reach it; points, faults: of practice questions → words"""
    for id in data.get("reached", {}):
        triggers.happen(state, "said", id, doing.seq)
        triggers.evidence(state, "said", id, doing.role, doing.seq)


def _issue(state: DrillState, data: _Data, doing: Doing) -> None:
    """id: the document"""
    _issued(state, data["id"], doing)


def _issued(state: DrillState, document: str, doing: Doing) -> None:
    state.documents.setdefault(document, doing)
    triggers.evidence(state, "documents", document, doing.role, doing.seq)


def _harm(state: DrillState, data: _Data, doing: Doing) -> None:
    """id: the harmful act; said: the words in which it lay, where it was said"""
    early = bool(reference.out_of_control(state))
    state.harms.append(Harmed(data["id"], state.at, doing.seq, doing.role, early))
    triggers.happen(state, "harmed", data["id"], doing.seq)
    triggers.harmed(state, data["id"], doing.seq)


_ACTS: dict[str, Callable[[DrillState, _Data, Doing], None]] = {
    "step": _step,
    "ask": _ask,
    "say": _say,
    "issue": _issue,
    "harm": _harm,
}
