"""An incident as JSON: the contract of `respond --json` and `incident show --json`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from engine.clock import stamp
from engine.model import PHASES

if TYPE_CHECKING:  # commands that only emit JSON need not wait for the session
    from engine.session import Session


def emit(data: Any) -> None:
    """One JSON document to standard output, in UTF-8 whatever the console."""
    import msgspec

    raw(msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n")


def emit_line(data: Any) -> None:
    """One line of JSON Lines to standard output."""
    import msgspec

    raw(msgspec.json.encode(data) + b"\n")


def raw(data: bytes) -> None:
    """Bytes to standard output, whatever its encoding."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(data.decode())
    else:
        sys.stdout.flush()
        stream.write(data)
    sys.stdout.flush()


def incident(session: Session) -> dict[str, Any]:
    """Everything about an incident; keys of facts and steps, moments as stamps."""
    from engine.state import encode

    state = session.state
    return {
        "id": session.id,
        "title": state.title,
        "text": state.text,
        "mode": state.mode,
        "status": state.status,
        "begun": stamp(state.begun) if state.begun else None,
        "playbooks": list(state.active),
        "plan": plan(session),
        "outcomes": {
            key: {
                "outcome": step.outcome or ("withdrawn" if step.withdrawn else "open"),
                "at": stamp(step.at) if step.at else None,
                "reason": step.reason,
                "overdue": step.overdue or ("overdue", key) in state.happened,
            }
            for key, step in state.steps.items()
            if step.opened is not None
        },
        "facts": {key: encode(answer) for key, answer in state.facts.items()},
        "clocks": [
            {
                "name": watch.name,
                "of": watch.of,
                "due": stamp(watch.due) if watch.due else None,
                "next": stamp(watch.next) if watch.next else None,
            }
            for watch in (session.watches() if state.status != "closed" else ())
        ],
        "documents": [{**document, "at": stamp(document["at"])} for document in state.documents],
        "follow_ups": state.follow_ups,
        "events": [
            {"seq": event.seq, "kind": event.kind, "at": event.at, "cause": event.cause, **event.data}
            for event in session.events
        ],
    }


def plan(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Phase → its wanted steps in order."""
    from engine.walk import owner_of

    words, people = session.words(), session.profile.people
    phases: dict[str, list[dict[str, Any]]] = {phase: [] for phase in PHASES}
    for key, item in session.plan.wanted.items():
        step, live = item.step, session.state.steps.get(key)
        entry: dict[str, Any] = {
            "step": key,
            "what": words.fill(step.what, owner_of(key)),
            "who": step.who or "duty",
            "name": people.get(step.who or "duty", ("", ""))[0],
            "to": step.to,
            "say": words.fill(step.say, owner_of(key)),
            "due": stamp(item.due) if item.due else None,
            "waits": list(item.waits),
            "rules": list(item.rules),
            "optional": step.optional,
            "source": list(step.source),
            "outcome": (live.outcome or "open") if live is not None and live.opened is not None else "",
        }
        if step.to:
            entry["to_name"], entry["phone"] = people.get(step.to, ("", ""))
        if step.issue:
            entry["issue"] = step.issue
        phases[item.phase].append(entry)
    return phases
