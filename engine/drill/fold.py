"""The events of a drill become its state here and nowhere else, in a running drill and in every later look.

Each handler's docstring lists the data of its kind of event. `at` is drill time. What an act does to the
session inside the drill is done here at that moment, so the session needs no record of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from engine.clock import parse
from engine.drill import attention, deeds, reference, triggers
from engine.drill.model import Drill, Truth
from engine.drill.state import Anchor, Doing, DrillState
from engine.model import Event, Library
from engine.state import decode

FIRST = ("step", "say", "issue", "ask")  # kinds of acts that count as acting
_Data = dict[str, Any]


def fold(drill: Drill, library: Library, events: Iterable[Event]) -> DrillState:
    """The state after the events of one drill. `drill` and `library` are those pinned with it."""
    state = DrillState(drill, library)
    for event in events:
        apply(state, event)
    return state


def apply(state: DrillState, event: Event) -> None:
    """Take one event in. Unknown kinds change nothing but `seq` and `at`."""
    at = parse(event.at)
    if event.kind != "begun":
        reference.move(state, at)
    state.at = at
    state.events.append(event)
    handler = _HANDLERS.get(event.kind)
    if handler is not None:
        handler(state, event.data, event)
        _settle(state, event)
        triggers.look_back(state)
    state.seq = event.seq


def _settle(state: DrillState, event: Event) -> None:
    """What was done before its time may count now; whether the scene is under control."""
    for step in reference.settle(state, changed=_news(state, event)):
        doing = state.done.setdefault(step, state.handed.get(step, Doing(state.at, event.seq, "")))
        if step not in state.handed:
            triggers.happen(state, "done", step, event.seq)
        triggers.evidence(state, "steps", step, doing.role, doing.seq)
    if state.first_act and not state.controlled and not reference.out_of_control(state):
        state.controlled = Doing(state.at, event.seq, "")


def _news(state: DrillState, event: Event) -> bool:
    """Whether a fact is told that an inject has just made so: nobody can have acted on it before."""
    if event.kind != "told" or event.data["by"] != "inject":
        return False
    cause = state.event(event.cause)
    return cause.kind == "injected" and event.data["fact"] in state.injects[str(cause.data["inject"])].sets


def _begun(state: DrillState, data: _Data, event: Event) -> None:
    """real (stamp), drill, title, version, playbooks, seed, people (role → name), hints, solo, profile,
    scripted (who)"""
    state.begun, state.opening, state.status = state.at, data, "open"
    state.end = state.begun + timedelta(minutes=state.drill.minutes)
    state.people = dict(data.get("people", {}))
    state.names = dict(state.people)
    reference.begin(state)
    triggers.begin(state)


def _clock(state: DrillState, data: _Data, event: Event) -> None:
    """real (ms since 1970), speed (0: stands), why: go, pause, speed, step, resumed"""
    state.anchor = Anchor(state.at, data["real"], data["speed"])
    state.paused = data.get("why") == "pause"


def _joined(state: DrillState, data: _Data, event: Event) -> None:
    """role, name"""
    state.people[data["role"]] = state.names[data["role"]] = data.get("name", "")


def _left(state: DrillState, data: _Data, event: Event) -> None:
    """role"""
    state.people.pop(data["role"], None)


def _set(state: DrillState, data: _Data, event: Event) -> None:
    """facts: key → value: what is so from now on, hidden"""
    _change(state, {key: _value(value) for key, value in data["facts"].items()}, event.seq)


def _change(state: DrillState, facts: dict[str, Any], seq: int, told: Iterable[str] = ()) -> None:
    """The world changes; who was told 还没有 hears of it, and everybody what is `told`."""
    for fact, value in facts.items():
        old = state.truth.get(fact)
        state.truth[fact] = Truth(fact, value, delay=old.delay if old else 0)
        if fact not in told and fact in state.told and state.told[fact].state == "open":
            triggers.tell(state, fact, 0, "waited", seq)
    for fact in told:
        if fact in state.truth:
            triggers.tell(state, fact, 0, "inject", seq)


def _injected(state: DrillState, data: _Data, event: Event) -> None:
    """inject, tell (its words, filled in), by: plan | controller"""
    inject = state.injects[data["inject"]]
    state.pending.pop(("injected", inject.id), None)
    state.fired[inject.id] = state.at
    _change(state, dict(inject.sets), event.seq, inject.reveals)
    triggers.happen(state, "fired", inject.id, event.seq)


def _skipped(state: DrillState, data: _Data, event: Event) -> None:
    """inject, by: controller | unless"""
    state.pending.pop(("injected", data["inject"]), None)
    state.skipped[data["inject"]] = data["by"]


def _delayed(state: DrillState, data: _Data, event: Event) -> None:
    """inject, seconds (negative: earlier, but never before now)"""
    slot = ("injected", data["inject"])
    if slot in state.pending:
        moment = state.pending[slot].moment + timedelta(seconds=data["seconds"])
        state.pending[slot] = state.pending[slot]._replace(moment=max(moment, state.at))
    else:
        state.delays[data["inject"]] = state.delays.get(data["inject"], 0) + data["seconds"]


def _act(state: DrillState, data: _Data, event: Event) -> None:
    """role, kind, id, text, and by kind: see `deeds`"""
    doing = Doing(state.at, event.seq, data["role"])
    if data["kind"] in FIRST and state.first_act is None:
        state.first_act = doing
    attention.take_turn(state, event)
    deeds.take_in(state, data, doing)


def _told(state: DrillState, data: _Data, event: Event) -> None:
    """fact, state: known | unsure | open, value, words, by: asked | found | inject | waited"""
    fact, answer = data["fact"], decode(data)
    state.pending.pop(("told", fact), None)
    reference.tell(state, fact, answer)
    triggers.happen(state, "answered", fact, event.seq, answer.value)


def _passed(state: DrillState, data: _Data, event: Event) -> None:
    """expectation: its time for full marks is up; or late: time takes effect in the plan"""
    if "expectation" not in data:
        for step in reference.tick(state):
            triggers.happen(state, "missed", step, event.seq)
        return
    state.pending.pop(("unmet", data["expectation"]), None)
    triggers.happen(state, "unmet", data["expectation"], event.seq)


def _expected(state: DrillState, data: _Data, event: Event) -> None:
    """expectation, outcome: met | late | missed | open, share (percent), evidence (seqs), turn: when the
    turn of the act came, where that made it late, unasked: the answer it waited for was never asked for"""
    id = data["expectation"]
    live = state.expected[id]
    live.outcome, live.share, live.at = data["outcome"], data["share"], state.at
    live.evidence = list(data["evidence"])
    live.unasked = bool(data.get("unasked"))
    live.opened = live.opened or state.at
    live.turn = parse(data["turn"]) if "turn" in data else None
    unmet = state.pending.pop(("unmet", id), None)
    for slot in ("met", "lost"):
        state.pending.pop((slot, id), None)
    if live.outcome in ("met", "late"):
        triggers.happen(state, "met", id, event.seq)
    elif live.outcome == "missed" and (unmet is not None or not state.expectations[id].within):
        triggers.happen(state, "unmet", id, event.seq)


def _rated(state: DrillState, data: _Data, event: Event) -> None:
    """objective, rating: P | S | M | U, reason"""
    state.ratings[data["objective"]] = (data["rating"], data.get("reason", ""), event.seq)


def _override(state: DrillState, data: _Data, event: Event) -> None:
    """expectation, share (percent), reason"""
    state.overrides[data["expectation"]] = (data["share"], data["reason"], event.seq)


def _ended(state: DrillState, data: _Data, event: Event) -> None:
    """why: time | controller | trainee"""
    state.status, state.ended_at = "ended", state.at
    state.pending.clear()


def _follow_up(state: DrillState, data: _Data, event: Event) -> None:
    """what, who, name, due, evidence, origin: drill, cause: the objective"""
    state.follow_ups.append(data)


def _closed(state: DrillState, data: _Data, event: Event) -> None:
    """nothing: the report is complete"""
    state.status = "closed"


def _value(value: Any) -> Any:
    return frozenset(value) if isinstance(value, list) else value


_HANDLERS: dict[str, Callable[[DrillState, _Data, Event], None]] = {
    "begun": _begun,
    "clock": _clock,
    "joined": _joined,
    "left": _left,
    "set": _set,
    "injected": _injected,
    "skipped": _skipped,
    "delayed": _delayed,
    "act": _act,
    "returned": deeds.returned,
    "told": _told,
    "passed": _passed,
    "expected": _expected,
    "rated": _rated,
    "override": _override,
    "ended": _ended,
    "follow_up": _follow_up,
    "closed": _closed,
}
