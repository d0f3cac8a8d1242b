"""The parts of a report: steps, facts, waits, questions, documents and follow-ups as lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.clock import parse
from engine.durations import describe
from engine.model import PHASES
from engine.render.history import History
from engine.render.lines import owner, person, value
from engine.render.spans import Occurrence
from engine.render.structure import Document, FactChange, FactLine, FollowUp, Question, StepLine, Wait
from engine.render.times import clean
from engine.session import Session


def steps(session: Session, history: History, now: datetime) -> tuple[StepLine, ...]:
    """Every occurrence of every step, by phase and opening."""
    made = [_step(session, history, item, now) for item in history.occurrences]
    return tuple(sorted(made, key=lambda step: (PHASES.index(step.phase), step.opened)))


def _step(session: Session, history: History, item: Occurrence, now: datetime) -> StepLine:
    due = item.due
    waits: tuple[str, ...] = ()
    if item.ended is None and (planned := session.plan.wanted.get(item.key)) is not None:
        due = planned.due or due
        waits = tuple(history.what(name) for name in planned.waits)
    late = int(((item.ended or now) - due).total_seconds()) if due else 0
    step = history.ruleset.steps.get(item.key)
    return StepLine(
        key=item.key,
        what=clean(item.what),
        who=person(history, item.key),
        phase=item.phase,
        occurrence=item.number,
        opened=item.opened,
        due=due,
        handed=item.handed,
        ended=item.ended,
        outcome=item.outcome,
        reason=clean(item.reason),
        late=max(0, late),
        optional=bool(step and step.optional),
        waits=waits,
    )


def facts(history: History) -> tuple[FactLine, ...]:
    """What was asked, reported or known, in the order of asking, with what was said before."""
    state = history.state
    changes: dict[str, list[FactChange]] = {}
    for change in state.changes:
        told = FactChange(change.at, value(history, change.fact, change.answer), change.how)
        changes.setdefault(change.fact, []).append(told)
    place = {key: index for index, key in enumerate(history.ruleset.order)}
    found = []
    for key in sorted(state.facts, key=lambda key: place.get(key, len(place))):
        answer = state.facts[key]
        past = changes.get(key, [])
        found.append(
            FactLine(
                key=key,
                label=history.label(key),
                value=value(history, key, answer),
                established=answer.state == "known",
                at=state.fact_at[key],
                how=past[-1].how if past else "clock",
                background=bool((fact := history.ruleset.facts.get(key)) and fact.known_from),
                history=tuple(past),
            )
        )
    return tuple(found)


def waits(session: Session, history: History, now: datetime) -> tuple[Wait, ...]:
    """The awaited facts, by the time of the first 还没有."""
    watches = (
        {} if session.state.status == "closed" else {w.name: w for w in session.watches() if w.of == "fact"}
    )
    found = []
    for item in history.waits:
        watch = watches.get(item.key) if item.ended is None else None
        ended = item.ended or (now if session.state.status == "closed" else None)
        late = int(((ended or now) - item.due).total_seconds()) if item.due else 0
        again = watch.next if watch else None
        found.append(
            Wait(item.key, history.label(item.key), item.since, ended, item.due, again, max(0, late))
        )
    return tuple(found)


def questions(session: Session) -> tuple[Question, ...]:
    """What still matters and was never answered; nothing once the incident is closed."""
    if session.state.status == "closed":
        return ()
    now, _, waiting = session.questions()
    keys = dict.fromkeys([*(key for _, key in now), *waiting])
    facts = (session.ruleset.facts[key] for key in keys if key not in session.state.facts)
    return tuple(Question(fact.key, fact.label or fact.ask, fact.ask) for fact in facts)


def document(data: dict[str, Any]) -> Document:
    """What was issued, from its event."""
    pending = tuple(clean(name) for name in data.get("pending", ()))
    title = clean(data.get("title", "文书"))
    return Document(str(data.get("document", "")), title, data["at"], bool(data.get("draft")), pending)


def follow_ups(session: Session, history: History) -> tuple[FollowUp, ...]:
    """What remains; before the close the required ones that are sure to come and those handed on."""
    state = session.state
    if state.status == "closed":
        return tuple(_follow_up(history, data, planned=False) for data in state.follow_ups)
    found: list[FollowUp] = []
    for key in state.held:
        step = history.ruleset.steps.get(key)
        if step is not None and not step.optional:
            note = f"结束后{describe(step.within.due)}内" if step.within and not step.within.due.hall else ""
            what = clean(history.what(key))
            name = f"f{len(found) + 1}"
            found.append(FollowUp(name, what, person(history, key), None, step.evidence, None, note, True))
    deferred = ({**data, "id": f"f{len(found) + n}"} for n, data in enumerate(state.deferred, 1))
    return (*found, *(_follow_up(history, data, planned=True) for data in deferred))


def _follow_up(history: History, data: dict[str, Any], *, planned: bool) -> FollowUp:
    return FollowUp(
        id=str(data.get("id", "")),
        what=clean(data["what"]),
        who=owner(history, str(data.get("who", "")), str(data.get("name", ""))),
        due=parse(data["due"]) if data.get("due") else None,
        evidence=clean(data.get("evidence", "")),
        check=parse(data["check"]) if data.get("check") else None,
        note=clean(data.get("note", "")),
        planned=planned,
    )
