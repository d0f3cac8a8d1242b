"""One line of a report → the words of one row, ready to print."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from engine.render.lines import HOW, OUTCOMES
from engine.render.structure import FactLine, FollowUp, Promise, StepLine, Wait
from engine.render.times import at_minute, full_date, span

UNVERIFIED = "待核实"


def step(step: StepLine, near: datetime) -> dict[str, Any]:
    """A step for the tables."""
    words = OUTCOMES[step.outcome]
    if step.outcome == "handed" and step.handed:
        words = f"{at_minute(step.handed, near)} 交办"
    if step.waits and step.outcome == "":
        words = f"先要：{'；'.join(step.waits)}"
    return {
        "what": step.what + (f"（第{step.occurrence}次）" if step.occurrence > 1 else ""),
        "who": step.who,
        "opened": at_minute(step.opened, near),
        "due": at_minute(step.due, near) if step.due else "—",
        "ended": at_minute(step.ended, near) if step.ended else "—",
        "state": words + (f"：{step.reason}" if step.reason else ""),
        "late": f"▲逾期{span(step.late)}" if step.late else "",
        "optional": step.optional,
    }


def wait(wait: Wait, near: datetime) -> dict[str, Any]:
    """An awaited fact."""
    return {
        "label": wait.label,
        "since": at_minute(wait.since, near),
        "next": at_minute(wait.next, near) if wait.next else "—",
        "due": at_minute(wait.due, near) if wait.due else "—",
        "late": f"▲逾期{span(wait.late)}" if wait.late else "",
    }


def fact(fact: FactLine, near: datetime) -> dict[str, Any]:
    """A fact, marked 待核实 while it is not established."""
    past = [f"{at_minute(change.at, near)} {change.value}" for change in fact.history]
    source = "时钟或本厅资料" if fact.how == "clock" else HOW.get(fact.how, "查明")
    source = source if fact.established else "问过"
    return {
        "label": fact.label,
        "value": fact.value if fact.established else f"{UNVERIFIED}（{fact.value}）",
        "established": fact.established,
        "how": f"{at_minute(fact.at, near)} {source}",
        "history": " → ".join(past) if len(past) > 1 else "",
    }


def follow_up(item: FollowUp, number: int, near: datetime) -> dict[str, Any]:
    """A follow-up; dates are told as seen from `near`."""
    return {
        "number": number,
        "what": item.what,
        "who": item.who,
        "due": _day(item.due, near) if item.due else item.note or "结束时定",
        "evidence": item.evidence or "—",
        "check": _day(item.check, near) if item.check else "—",
        "note": item.note if item.due else "",
    }


def _day(at: datetime, near: datetime) -> str:
    """A date that is far off needs no minute."""
    if at - near < timedelta(days=3):
        return f"{at_minute(at, near)} 前"
    return f"{full_date(at) if at.year != near.year else f'{at.month}月{at.day}日'}前"


def promise(item: Promise, near: datetime) -> dict[str, Any]:
    """Words for the public and their clock."""
    clock = "—"
    if item.next is not None:
        clock = f"{at_minute(item.next, near)} 前{'再说' if item.said else '要说'}"
    elif item.keeps:
        clock = f"还要办：{'；'.join(item.keeps)}"
    return {
        "said": at_minute(item.said, near) if item.said else "还没说",
        "what": item.what,
        "say": item.say,
        "who": item.who,
        "clock": clock,
        "late": f"▲逾期{span(item.late)}" if item.late else "",
    }


def late(step: StepLine, near: datetime) -> str:
    """One overdue step in a sentence."""
    assert step.due is not None
    ended = f"{at_minute(step.ended, near)} {OUTCOMES[step.outcome]}" if step.ended else "至今未办"
    return f"{step.what}（{step.who}）：应于 {at_minute(step.due, near)} 前，{ended}，逾期{span(step.late)}"
