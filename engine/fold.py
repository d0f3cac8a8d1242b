"""Events become state here and nowhere else: live sessions and replays both apply them one by one.

An act of the officer has its own seq as `cause`; its consequences (`opened`, `withdrawn`, `overdue`
…) carry the seq of the act. Each handler's docstring lists the data of its kind of event.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.clock import parse
from engine.conditions import Answer
from engine.model import Event
from engine.state import SETTLED, Change, State, decode

# what `u` takes back
UNDOABLE = frozenset(
    {"answered", "marked", "way", "noted", "reported", "activated", "declined", "ended", "deferred"}
)


def apply(state: State, event: Event) -> None:
    """Take one event in. Unknown kinds leave the state as it is but advance `seq`."""
    at = parse(event.at)
    handler = _HANDLERS.get(event.kind)
    if handler is not None:
        handler(state, event.data, at, event)
    if event.cause == event.seq and event.kind in UNDOABLE:
        state.acts.append((event.seq, event.kind))
    state.seq = event.seq
    state.at = at


def fold(events: Iterable[Event]) -> State:
    """The state after the events; what was undone counts only for its seq."""
    listed = list(events)
    standing = {event.seq for event in kept(listed)}
    state = State()
    for event in listed:
        if event.seq in standing:
            apply(state, event)
        else:
            state.seq = event.seq
    return state


def kept(events: Iterable[Event]) -> list[Event]:
    """The events without the acts that a later `undone` names and all that they had caused."""
    listed = list(events)
    dropped: set[object] = set()
    for event in reversed(listed):
        if event.kind == "undone" and event.cause not in dropped:
            dropped.add(event.data["act"])
    return [event for event in listed if event.cause not in dropped]


_Data = dict[str, Any]


def _begun(state: State, data: _Data, at: datetime, event: Event) -> None:
    """mode, title, text, playbooks, values, profile, known (by the profile), heard (answers)"""
    state.begun = at
    state.mode, state.title, state.text = data["mode"], data["title"], data.get("text", "")
    state.active = list(data["playbooks"])
    state.opening = data


def _clock(state: State, data: _Data, at: datetime, event: Event) -> None:
    """facts: key → value, None when it can no longer be told (known from the clock or the profile)"""
    for key, value in data["facts"].items():
        if value is None:
            state.facts.pop(key, None)
        else:
            state.facts[key] = Answer("known", value)
            state.fact_at[key] = at


def _answered(state: State, data: _Data, at: datetime, event: Event) -> None:
    """fact, state, value, how: asked | reported | corrected | changed"""
    key, answer = data["fact"], decode(data)
    how = data.get("how", "asked")
    since = parse(data["since"]) if data.get("since") else at
    state.changes.append(Change(key, state.facts.get(key), answer, how, since, event.seq))
    state.facts[key] = answer
    state.fact_at[key] = since
    if how == "reported":
        state.heard.add(key)
    if answer.state == "open":
        state.open_since.setdefault(key, since)
        state.checked[key] = since
    else:
        state.open_since.pop(key, None)
        state.checked.pop(key, None)
        state.happened.discard(("overdue", key))
        _settled(state, "fact", key)


def _activated(state: State, data: _Data, at: datetime, event: Event) -> None:
    """playbook"""
    if data["playbook"] not in state.active:
        state.active.append(data["playbook"])
    state.declined.discard(data["playbook"])
    state.ended.discard(data["playbook"])


def _declined(state: State, data: _Data, at: datetime, event: Event) -> None:
    """playbook"""
    state.declined.add(data["playbook"])


def _ended(state: State, data: _Data, at: datetime, event: Event) -> None:
    """playbook"""
    if data["playbook"] in state.active and len(state.active) > 1:
        state.active.remove(data["playbook"])
    state.ended.add(data["playbook"])
    state.declined.add(data["playbook"])


def _opened(state: State, data: _Data, at: datetime, event: Event) -> None:
    """step, why"""
    key = data["step"]
    step = state.step(key)
    step.opened, step.withdrawn, step.outcome, step.at = at, False, "", None
    step.reason, step.overdue, step.presented, step.way = "", False, False, 0
    step.occurrence += 1
    step.why = data.get("why", "")
    for kind in ("blocked", "overdue", "handed"):
        state.happened.discard((kind, key))


def _withdrawn(state: State, data: _Data, at: datetime, event: Event) -> None:
    """step, notify"""
    state.step(data["step"]).withdrawn = True


def _held(state: State, data: _Data, at: datetime, event: Event) -> None:
    """step"""
    state.held.setdefault(data["step"], at)


def _unheld(state: State, data: _Data, at: datetime, event: Event) -> None:
    """step: a correction showed that its condition never held"""
    state.held.pop(data["step"], None)


def _presented(state: State, data: _Data, at: datetime, event: Event) -> None:
    """steps"""
    for key in data["steps"]:
        state.step(key).presented = True


def _overdue(state: State, data: _Data, at: datetime, event: Event) -> None:
    """step or fact"""
    key = data.get("step") or data["fact"]
    if "step" in data:
        step = state.step(key)
        if not step.running:
            return  # what opened it was undone since
        step.overdue, step.presented = True, False  # it comes back to the top
    elif key not in state.open_since:
        return
    state.happened.add(("overdue", key))


def _marked(state: State, data: _Data, at: datetime, event: Event) -> None:
    """step, outcome, reason, since"""
    key, outcome = data["step"], data["outcome"]
    step = state.step(key)
    if step.opened is None:
        step.opened, step.occurrence = at, 1
    if step.outcome == "done" and outcome != "done":
        state.happened.discard(("done", key))  # it was marked by mistake
    # an outcome settles a withdrawn step too: it is not asked for again when its reason returns
    step.outcome, step.reason, step.withdrawn = outcome, data.get("reason", ""), False
    step.at = parse(data["since"]) if data.get("since") else at
    step.presented = True
    if outcome in SETTLED:
        _settled(state, "step", key)
        step.overdue = False
        state.happened.discard(("overdue", key))
    if outcome != "blocked":
        state.happened.discard(("blocked", key))
    if outcome != "skipped":
        state.happened.add((outcome, key))


def _way(state: State, data: _Data, at: datetime, event: Event) -> None:
    """step, way, reason"""
    state.step(data["step"]).way = data["way"]


def _noted(state: State, data: _Data, at: datetime, event: Event) -> None:
    """text"""
    state.notes.append((at, event.kind, data["text"]))


def _issued(state: State, data: _Data, at: datetime, event: Event) -> None:
    """document, title, step, draft, text"""
    state.documents.append({**data, "at": at})


def _follow_up(state: State, data: _Data, at: datetime, event: Event) -> None:
    """id, step, what, who, due, evidence, check, origin"""
    state.follow_ups.append(data)


def _deferred(state: State, data: _Data, at: datetime, event: Event) -> None:
    """step or fact, what, who, name, due, evidence: left open, with an owner and a date"""
    kind = "step" if "step" in data else "fact"
    _settled(state, kind, data[kind])  # deferred again: once, with the later owner and date
    state.deferred.append(data)
    if kind == "step":
        live = state.step(data["step"])
        live.outcome, live.at, live.reason, live.overdue = "skipped", at, "转后续跟进", False
        state.happened.discard(("overdue", data["step"]))


def _settled(state: State, kind: str, key: str) -> None:
    """What was left to a follow-up has come after all."""
    state.deferred = [entry for entry in state.deferred if entry.get(kind) != key]


def _paused(state: State, data: _Data, at: datetime, event: Event) -> None:
    state.status = "paused"


def _resumed(state: State, data: _Data, at: datetime, event: Event) -> None:
    state.status, state.closing = "open", False
    for step in state.steps.values():  # what is still to do is shown again
        if step.outcome == "":
            step.presented = False


def _closing(state: State, data: _Data, at: datetime, event: Event) -> None:
    state.closing = True


def _closed(state: State, data: _Data, at: datetime, event: Event) -> None:
    state.status, state.closing = "closed", False


_HANDLERS = {
    "begun": _begun,
    "clock": _clock,
    "answered": _answered,
    "activated": _activated,
    "declined": _declined,
    "ended": _ended,
    "opened": _opened,
    "withdrawn": _withdrawn,
    "held": _held,
    "unheld": _unheld,
    "presented": _presented,
    "overdue": _overdue,
    "marked": _marked,
    "way": _way,
    "noted": _noted,
    "reported": _noted,
    "handover": _noted,
    "issued": _issued,
    "follow_up": _follow_up,
    "deferred": _deferred,
    "paused": _paused,
    "resumed": _resumed,
    "closing": _closing,
    "closed": _closed,
}
