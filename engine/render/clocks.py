"""What a report reckons: its numbers, and the promises made to the public with their clocks."""

from __future__ import annotations

from datetime import datetime

from engine.render.history import History
from engine.render.lines import person
from engine.render.structure import Entry, FactLine, Numbers, Promise, StepLine
from engine.render.times import clean
from engine.session import Session

_URGENT = ("safety", "control")
_LIVE = ("", "handed")


def numbers(
    history: History,
    entries: tuple[Entry, ...],
    steps: tuple[StepLine, ...],
    facts: tuple[FactLine, ...],
    questions: int,
    documents: int,
    follow_ups: int,
) -> Numbers:
    """Counts, and the times to the first action, to control and to the close."""
    state = history.state
    begun = state.begun
    assert begun is not None
    acts = [entry.at for entry in entries if entry.kind in ("done", "handed")]
    closed = state.at if state.status == "closed" else None

    def since(at: datetime | None) -> int | None:
        return None if at is None else max(0, int((at - begun).total_seconds()))

    return Numbers(
        first_action=since(min(acts, default=None)),
        to_control=since(_controlled(steps)),
        to_close=since(closed),
        steps=sum(step.outcome != "withdrawn" for step in steps),
        done=sum(step.outcome == "done" for step in steps),
        open=sum(step.outcome in _LIVE for step in steps) if closed is None else 0,
        blocked=sum(step.outcome == "blocked" for step in steps),
        overdue=sum(step.late > 0 for step in steps),
        unverified=sum(not fact.established for fact in facts) + questions,
        documents=documents,
        follow_ups=follow_ups,
    )


def _controlled(steps: tuple[StepLine, ...]) -> datetime | None:
    """When the last required step of safety and control was first done; None while one is not."""
    urgent = [
        s
        for s in steps
        if s.phase in _URGENT and not s.optional and s.outcome not in ("withdrawn", "skipped")
    ]
    first: dict[str, datetime] = {}
    for step in urgent:
        if step.outcome == "done" and step.ended is not None:
            first.setdefault(step.key, step.ended)
    if not first or any(step.key not in first for step in urgent):
        return None
    return max(first.values())


def promises(
    session: Session, history: History, steps: tuple[StepLine, ...], now: datetime
) -> tuple[Promise, ...]:
    """Steps with words for the public and a clock: the latest occurrence of each.

    What was said stays a promise; `next` is when the words are due, or due again. Withdrawn and skipped
    words were never said.
    """
    latest: dict[str, StepLine] = {step.key: step for step in steps}
    said: dict[str, StepLine] = {s.key: s for s in steps if s.outcome == "done"}
    words = {
        item.key: item.say for item in history.occurrences if item.say and item.outcome in ("done", *_LIVE)
    }
    found = []
    for key, say in words.items():
        step, last = history.ruleset.steps[key], latest[key]
        if step.within is None and step.every is None:
            continue
        running = last.outcome in _LIVE and session.state.status != "closed"
        before = said.get(key)
        if before is None and not running:
            continue
        due = last.due if running else None
        if not running and step.every is not None and key in session.plan.wanted and before and before.ended:
            due = session.time.after(before.ended, step.every)
        keeps = tuple(
            other.what
            for other in latest.values()
            if other.outcome in _LIVE
            and session.state.status != "closed"
            and (declared := history.ruleset.steps.get(other.key)) is not None
            and declared.within is not None
            and declared.within.origin == key
        )
        found.append(
            Promise(
                key=key,
                what=last.what,
                say=clean(say),
                who=person(history, key),
                said=before.ended if before else None,
                next=due,
                late=max(0, int((now - due).total_seconds())) if due else 0,
                keeps=keeps,
            )
        )
    far = now.replace(year=9999)
    return tuple(sorted(found, key=lambda promise: (promise.next or far, promise.said or far)))
