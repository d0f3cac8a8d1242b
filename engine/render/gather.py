"""A session → one `Report`: the only place where reports learn what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from engine.clock import parse
from engine.conditions import needs
from engine.durations import describe
from engine.model import PHASES
from engine.render.clocks import numbers, promises
from engine.render.history import History, Occurrence
from engine.render.lines import Lines, owner, person, value
from engine.render.structure import (
    TITLES,
    Document,
    FactChange,
    FactLine,
    FollowUp,
    Head,
    Kind,
    Note,
    Question,
    Report,
    StepLine,
    Wait,
)
from engine.render.times import clean
from engine.ruleset import Ruleset
from engine.session import Session
from engine.words import BLANK

STATUS = {"open": "处置中", "paused": "已暂停", "closed": "已结束"}
_PEOPLE = ("人", "名", "位")


def build(session: Session, kind: Kind) -> Report:
    """Everything that a report of this kind tells. Does not change the session."""
    state = session.state
    now = state.at if state.status == "closed" and state.at else session.clock.now()
    history, record = _walked(session)
    steps = _steps(session, history, now)
    facts = _facts(history)
    questions = _questions(session)
    waits = _waits(session, history, now)
    documents = tuple(_document(data) for data in state.documents)
    follow_ups = _follow_ups(session, history)
    promised = promises(session, history, steps, now)
    told = record.sorted()
    return Report(
        head=_head(session, history, kind, now),
        numbers=numbers(history, told, steps, facts, len(questions), len(documents), len(follow_ups)),
        entries=told,
        steps=steps,
        waits=waits,
        facts=facts,
        questions=questions,
        documents=documents,
        notes=tuple(Note(at, kind_, clean(text)) for at, kind_, text in state.notes),
        follow_ups=follow_ups,
        promises=promised,
    )


def _walked(session: Session) -> tuple[History, Lines]:
    active: list[str] = []
    for event in session.events:
        if event.kind == "begun":
            active += msgspec.convert(event.data["playbooks"], list[str])
        elif event.kind == "activated":
            active.append(str(event.data["playbook"]))
    known = {playbook.id: playbook.title for playbook in session.library.playbooks}
    values = session.state.opening.get("values", {})
    ruleset = Ruleset(session.library, [name for name in active if name in known], values)
    record = Lines(known)
    history = History(ruleset, session.time, session.id)
    history.walk(session.events, record.see)
    return history, record


def _head(session: Session, history: History, kind: Kind, now: datetime) -> Head:
    state = session.state
    sent = [data for data in state.documents if data.get("document") == f"report-{kind}"]
    reports = [data["at"] for data in state.documents if str(data.get("document", "")).startswith("report-")]
    title = clean(state.title, 60)
    closed = state.at if state.status == "closed" else None
    wanted = {"final": "处置尚未结束", "summary": "处置尚未结束"}.get(kind, "")
    number = len(sent) + 1
    assert state.begun is not None
    established = [fact for fact in _facts(history) if fact.established]
    counts = [history.ruleset.facts[fact.key] for fact in established if fact.key in history.ruleset.facts]
    shown = {fact.key: fact.value for fact in established}
    dangers = _danger_facts(history)
    return Head(
        kind=kind,
        number=number,
        title=TITLES[kind].format(title, n=number),
        draft="" if closed else wanted,
        incident=session.id,
        event=title,
        mode=state.mode,
        hall=clean(session.profile.name) or BLANK,
        place=clean(state.opening.get("values", {}).get("hall_address", "")),
        text=clean(state.text),
        playbooks=tuple(
            p.title for p in history.ruleset.playbooks if p.id != "always" or p.id in state.active
        ),
        status="收尾中" if state.closing else STATUS[state.status],
        duty=owner(history, "duty"),
        opened=state.begun,
        at=now,
        closed=closed,
        since=max(reports) if kind == "progress" and reports else None,
        people=tuple(f"{f.label}{shown[f.key]}" for f in counts if f.kind == "number" and f.unit in _PEOPLE),
        dangers=tuple(history.label(k) for k in dangers if (a := state.facts.get(k)) and a.value is True),
    )


def _danger_facts(history: History) -> list[str]:
    """The yes/no facts that safety rules read."""
    read = [
        key
        for bound in history.ruleset.rules.values()
        if bound.rule.phase == "safety"
        for key in needs(bound.when)
        if not history.ruleset.facts[key].ask and history.ruleset.facts[key].kind == "bool"
    ]
    return list(dict.fromkeys(read))


def _steps(session: Session, history: History, now: datetime) -> tuple[StepLine, ...]:
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


def _facts(history: History) -> tuple[FactLine, ...]:
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


def _waits(session: Session, history: History, now: datetime) -> tuple[Wait, ...]:
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


def _questions(session: Session) -> tuple[Question, ...]:
    """What still matters and was never answered; nothing once the incident is closed."""
    if session.state.status == "closed":
        return ()
    now, _, waiting = session.questions()
    keys = dict.fromkeys([*(key for _, key in now), *waiting])
    facts = (session.ruleset.facts[key] for key in keys if key not in session.state.facts)
    return tuple(Question(fact.key, fact.label or fact.ask, fact.ask) for fact in facts)


def _document(data: dict[str, Any]) -> Document:
    pending = tuple(clean(name) for name in data.get("pending", ()))
    title = clean(data.get("title", "文书"))
    return Document(str(data.get("document", "")), title, data["at"], bool(data.get("draft")), pending)


def _follow_ups(session: Session, history: History) -> tuple[FollowUp, ...]:
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
