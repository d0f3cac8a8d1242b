"""A `Report` → the words and rows that templates print. Everything is reckoned here, nothing in templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.model import PHASE_TITLES
from engine.render import rows
from engine.render.rows import UNVERIFIED
from engine.render.structure import MODES, Entry, FactLine, Report, StepLine
from engine.render.times import at_minute, full, full_date, span

MOST = 40  # lines of a course of action; the record tells all
NOTES = 30  # notes beside the record
_LIVE = ("", "handed")
_NOTES = {"noted": "记录", "reported": "接报", "handover": "交接"}
Rows = list[dict[str, Any]]


def view(report: Report) -> dict[str, Any]:
    """Everything that the templates of any kind name."""
    head, numbers = report.head, report.numbers
    near = head.opened
    course, omitted = _course(report)
    return {
        "kind": head.kind,
        "title": head.title,
        "mode": MODES.get(head.mode, ""),
        "draft": head.draft,
        "incident": head.incident,
        "event": head.event,
        "hall": head.hall,
        "place": "，".join(filter(None, (head.hall, head.place))),
        "text": head.text,
        "playbooks": "、".join(head.playbooks),
        "status": head.status,
        "duty": head.duty,
        "time": _time(report),
        "at": full(head.at),
        "day": full_date(head.at),
        "people": "、".join(head.people) or UNVERIFIED,
        "safety": f"接到报告：{'；'.join(head.dangers)}" if head.dangers else "没有接到人员受伤或遇险的报告",
        "since": at_minute(head.since, near) if head.since else "",
        "course": course,
        "omitted": omitted,
        "now": _now(report),
        "next": _next(report),
        "numbers": [
            ("首个行动", _since(numbers.first_action)),
            ("控制住现场", _since(numbers.to_control)),
            ("全程", _since(numbers.to_close)),
            ("办结／要办", f"{numbers.done}／{numbers.steps}"),
            ("逾期", f"{numbers.overdue}项"),
            (UNVERIFIED, f"{numbers.unverified}项"),
        ],
        "entries": [
            {"at": at_minute(e.at, near), "text": e.text, "late": e.kind == "overdue"} for e in report.entries
        ],
        "phases": _phases(report),
        "open": [rows.step(step, near) for step in _by_urgency(report.steps)],
        "waiting": [rows.wait(wait, near) for wait in report.waits if wait.ended is None],
        "facts": [rows.fact(fact, near) for fact in report.facts],
        "questions": [{"label": item.label, "ask": item.ask} for item in report.questions],
        "documents": [
            {"title": d.title, "at": at_minute(d.at, near), "draft": d.draft, "pending": "、".join(d.pending)}
            for d in report.documents
        ],
        "notes": [
            {"at": at_minute(n.at, near), "kind": _NOTES[n.kind], "text": n.text}
            for n in report.notes[-NOTES:]
        ],
        "earlier": max(0, len(report.notes) - NOTES),
        "follow_ups": [
            rows.follow_up(item, number, head.at) for number, item in enumerate(report.follow_ups, 1)
        ],
        "promises": [rows.promise(item, near) for item in report.promises],
        "lates": [rows.late(step, near) for step in report.steps if step.late],
    }


def _time(report: Report) -> str:
    head = report.head
    told = f"{full(head.opened)} 接报"
    return f"{told}，{at_minute(head.closed, head.opened)} 处置结束" if head.closed else told


def _since(seconds: int | None) -> str:
    return "—" if seconds is None else span(seconds)


def _course(report: Report) -> tuple[Rows, int]:
    """What was done, minute by minute; of a long course the beginning and the end, and how much between."""
    head = report.head
    told: list[tuple[str, list[str]]] = []
    for entry in _told(report.entries, head.since):
        at = at_minute(entry.at, head.opened)
        if told and told[-1][0] == at:
            told[-1][1].append(entry.short)
        else:
            told.append((at, [entry.short]))
    lines = [{"at": at, "text": "".join(f"{text.rstrip('。')}。" for text in texts)} for at, texts in told]
    if len(lines) <= MOST:
        return lines, 0
    return lines[: MOST // 4] + lines[-(MOST - MOST // 4) :], len(lines) - MOST


def _told(entries: tuple[Entry, ...], since: datetime | None) -> list[Entry]:
    return [entry for entry in entries if entry.short and (since is None or entry.at > since)]


def _now(report: Report) -> list[str]:
    """How things stand, a sentence a line."""
    head, numbers = report.head, report.numbers
    spent = span(int(((head.closed or head.at) - head.opened).total_seconds()))
    counts = [f"办结{numbers.done}项"]
    counts += [f"在办{numbers.open}项"] if numbers.open else []
    counts += [f"未办成{numbers.blocked}项"] if numbers.blocked else []
    counts += [f"逾期{numbers.overdue}项"] if numbers.overdue else []
    told = [f"{head.status}，历时{spent}；{'，'.join(counts)}。"]
    known = [_said(fact) for fact in report.facts if fact.established and not fact.background]
    if known:
        told.append(f"已查明：{'；'.join(known)}。")
    open_facts = [f"{fact.label}（{fact.value}）" for fact in report.facts if not fact.established]
    open_facts += [item.label for item in report.questions]
    if open_facts:
        told.append(f"{UNVERIFIED}：{'；'.join(open_facts)}。")
    late = [step.what for step in report.steps if step.late and step.outcome in _LIVE]
    if late and head.closed is None:
        told.append(f"逾期未办：{'；'.join(late)}。")
    return told


def _said(fact: FactLine) -> str:
    return f"{fact.label}：{fact.value}"


def _next(report: Report) -> list[str]:
    """What comes next: open steps by urgency, awaited results; after the close the follow-ups."""
    head, near = report.head, report.head.opened
    if head.closed:
        dated = [rows.follow_up(item, 0, head.at) for item in report.follow_ups]
        return [f"{row['who']}：{row['what']}（{row['due']}）" for row in dated]
    told = []
    for step in _by_urgency(report.steps):
        limit = f"{at_minute(step.due, near)} 前" if step.due else "尽快"
        told.append(f"{step.who}：{step.what}（{'已逾期' if step.late else limit}）")
    for wait in report.waits:
        if wait.ended is None:
            again = f"，{at_minute(wait.next, near)} 再问" if wait.next else ""
            told.append(f"等结果：{wait.label}{again}")
    return told


def _by_urgency(steps: tuple[StepLine, ...]) -> list[StepLine]:
    """The open steps: late ones first, then by deadline, optional ones last."""
    live = [step for step in steps if step.outcome in _LIVE]
    order = {id(step): number for number, step in enumerate(live)}

    def urgency(step: StepLine) -> tuple[bool, float, int]:
        return step.optional, step.due.timestamp() if step.due else float("inf"), order[id(step)]

    return sorted(live, key=urgency)


def _phases(report: Report) -> Rows:
    groups: dict[str, Rows] = {}
    for step in report.steps:
        groups.setdefault(step.phase, []).append(rows.step(step, report.head.opened))
    return [{"title": PHASE_TITLES[phase], "steps": rows} for phase, rows in groups.items()]
