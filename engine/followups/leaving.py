"""Follow-ups laid out for other programs: rows of a sheet, entries of a calendar. Telephone and identity
numbers in texts are masked unless `hide` lets them stand.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from engine.clock import stamp
from engine.exports import Column, Sheet, Todo
from engine.followups.ledger import PREFIX
from engine.followups.model import ORIGINS, FollowUp
from engine.orders.privacy import masked

Owner = Callable[[FollowUp], str]
Hide = Callable[[str], str]
_SPACE = uuid.UUID(
    "6f0c1c4e-8a57-5c0e-9d0f-3b1a7e2d4c55"
)  # ours, chosen once; a new one would break every UID
NAMES = {"real": "后续跟进", "drill": "后续跟进（演练）", "practice": "后续跟进（练习）"}
COLUMNS = (
    Column("编号", width=24),
    Column("做什么", width=42),
    Column("责任人", width=18),
    Column("期限", "moment"),
    Column("状态", width=14),
    Column("剩余天数", "number"),
    Column("要的凭据", width=22),
    Column("办理凭据", width=30),
    Column("办好时间", "moment"),
    Column("效果检查", "moment"),
    Column("见效", "yesno"),
    Column("延期次数", "number"),
    Column("重开次数", "number"),
    Column("由来", width=12),
    Column("来自", width=24),
    Column("事件", width=36),
    Column("原因", width=18),
    Column("说明", width=30),
)


def state_of(entry: FollowUp, now: datetime) -> str:
    """The state in a word or two."""
    late = entry.late(now)
    if entry.status == "open":
        return "已过期" if late else "重新办" if entry.reopened else "待办"
    if entry.status == "done":
        return "效果待查" if late else "已办待查效果"
    return "已办结"


def days_left(entry: FollowUp, now: datetime) -> int | None:
    """Days of the calendar until something is to be done, negative when that is over; None: no date."""
    return None if entry.next is None else (entry.next.date() - now.date()).days


def sheet(
    entries: Iterable[FollowUp], now: datetime, owner: Owner, mode: str = "real", hide: Hide = masked
) -> Sheet:
    """One row a follow-up. `owner`: the role and the person in words."""
    rows = [
        (
            entry.id.removeprefix(PREFIX),
            hide(entry.what),
            owner(entry),
            entry.due,
            state_of(entry, now),
            days_left(entry, now),
            hide(entry.evidence),
            hide(entry.shown),
            entry.done_at,
            entry.check,
            entry.worked,
            entry.postponed,
            entry.reopened,
            ORIGINS.get(entry.origin, entry.origin),
            entry.source,
            hide(entry.title),
            "" if entry.origin == "standing" else hide(entry.cause),
            hide(entry.note),
        )
        for entry in entries
    ]
    return Sheet(NAMES[mode], COLUMNS, rows)


def todos(entries: Iterable[FollowUp], owner: Owner, mode: str = "real", hide: Hide = masked) -> list[Todo]:
    """An entry a follow-up, and one for the check of its effect, which belongs to it."""
    found: list[Todo] = []
    for entry in entries:
        found += _todos(entry, owner, mode, hide)
    return found


def uid(entry: FollowUp) -> str:
    """The same for a follow-up wherever and whenever it is exported; other halls' differ."""
    made = stamp(entry.created) if entry.created else ""
    return f"{uuid.uuid5(_SPACE, f'{entry.id} {made} {entry.what}')}@zhiban"


def _todos(entry: FollowUp, owner: Owner, mode: str, hide: Hide) -> list[Todo]:
    assert entry.created is not None
    assert entry.last is not None
    who, title = owner(entry), hide(entry.title)
    told = (
        f"责任人：{who}" if who else "",
        f"凭据：{hide(entry.evidence)}" if entry.evidence else "",
        f"来自：{title}（{entry.source}）" if entry.source else "",
        f"办理凭据：{hide(entry.shown)}" if entry.shown else "",
        hide(entry.note),
        f"编号：{entry.id.removeprefix(PREFIX)}",
    )
    work = Todo(
        uid(entry),
        hide(entry.what),
        entry.created,
        entry.last,
        state="NEEDS-ACTION" if entry.status == "open" else "COMPLETED",
        sequence=entry.seq - 1,
        description="\n".join(line for line in told if line),
        due=entry.due,
        completed=entry.done_at,
        categories=(NAMES[mode], ORIGINS.get(entry.origin, entry.origin)),
        alarms=(timedelta(days=3), timedelta(days=1)),
    )
    if entry.check is None:
        return [work]
    check = Todo(
        f"check-{work.uid}",
        f"检查效果：{work.summary}",
        entry.created,
        entry.last,
        state="COMPLETED" if entry.status == "closed" else "NEEDS-ACTION",
        sequence=entry.seq - 1,
        description=f"看看管不管用，再记下：zhiban followup check {entry.id.removeprefix(PREFIX)} yes 或 no",
        due=entry.check,
        completed=entry.last,
        parent=work.uid,
        categories=work.categories,
    )
    return [work, check]
