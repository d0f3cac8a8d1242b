"""A session → one `Report`: the only place where reports learn what happened."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.conditions import needs
from engine.render import parts
from engine.render.clocks import numbers, promises
from engine.render.history import History
from engine.render.lines import Lines, owner
from engine.render.structure import (
    TITLES,
    FactLine,
    Head,
    Kind,
    Note,
    Report,
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
    steps = parts.steps(session, history, now)
    facts = parts.facts(history)
    questions = parts.questions(session)
    waits = parts.waits(session, history, now)
    documents = tuple(parts.document(data) for data in state.documents)
    follow_ups = parts.follow_ups(session, history)
    promised = promises(session, history, steps, now)
    told = record.sorted()
    return Report(
        head=_head(session, history, kind, now, facts),
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


def _head(session: Session, history: History, kind: Kind, now: datetime, facts: tuple[FactLine, ...]) -> Head:
    state = session.state
    sent = [data for data in state.documents if data.get("document") == f"report-{kind}"]
    reports = [data["at"] for data in state.documents if str(data.get("document", "")).startswith("report-")]
    title = clean(state.title, 60)
    closed = state.at if state.status == "closed" else None
    wanted = {"final": "处置尚未结束", "summary": "处置尚未结束"}.get(kind, "")
    number = len(sent) + 1
    assert state.begun is not None
    established = [fact for fact in facts if fact.established]
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
