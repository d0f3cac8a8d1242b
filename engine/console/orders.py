"""`zhiban order …`: the ledger of hotline orders at the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from engine import paths
from engine.clock import BEIJING, Clock, RealClock, stamp
from engine.console import orderlist, record
from engine.console.terminal import terminal, warn
from engine.errors import UsageError, ZhibanError

if TYPE_CHECKING:
    from engine.orders.ledger import Ledger
    from engine.orders.standing import Standing


@contextmanager
def opened(*, write: bool, clock: Clock | None = None) -> Iterator[Ledger]:
    """The hall's ledger. BadData when the file, the scheme or a calendar is unusable."""
    from engine.hall import read_profile
    from engine.journal import Journal
    from engine.orders.batches import Batches
    from engine.orders.ledger import Ledger
    from engine.orders.register import ledger_file
    from engine.orders.scheme import read_schemes
    from engine.workdays import is_workday

    schemes = read_schemes()
    profile, findings = read_profile()
    if findings:
        warn(f"注意：hall.yaml 有 {len(findings)} 处写得不对，对应的内容先空着；zhiban doctor 看详情")
    if write:
        journal = Journal(ledger_file())
    elif paths.missing(ledger_file()):
        journal = Journal(None)
    else:
        journal, warning = Journal.open_to_read(ledger_file())
        if warning:
            warn(f"注意：{warning}")
    with journal:
        working = partial(is_workday, profile=profile)
        folded, kept = (
            (paths.cache_dir() / name if journal.path else None)
            for name in ("orders.json", "open-orders.json")
        )
        batches = Batches(journal, cache=kept)
        ledger = Ledger(journal, schemes, working, clock or RealClock(), batches, folded)
        if walks := journal.of_kind("walked"):
            from engine.console.orderwork import catch_up

            try:
                catch_up(ledger, walks)
            except ZhibanError as error:
                # an order can be seen and dealt with though what its incident brought cannot be entered now
                warn(f"注意：{error.message}；处置记录里新近办的还没有列进来")
        yield ledger


def warn_of_changes(ledger: Ledger, no: str | None = None) -> None:
    """Say on standard error which orders' records (of one: `no`) were changed by hand."""
    found = ledger.changed(no)
    if found:
        some = "、".join(found[:5]) + ("等" if len(found) > 5 else "")
        what = (
            f"{len(found)} 件工单的记录被改过或不完整：{some}"
            if no is None
            else f"工单 {no} 的记录被改过或不完整"
        )
        warn(f"注意：{what}；从备份恢复 ledger.db")


def moment(text: str, now: datetime) -> datetime:
    """`9:12`, `昨天 9:12`, `2026-02-14 09:12`; UsageError for anything else."""
    from engine.console.numerals import clock_time

    plain = text.strip().replace("/", "-").replace("T", " ")
    if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?", plain):
        day, _, time = plain.partition(" ")
        try:
            year, month, date = map(int, day.split("-"))
            clock = [*([int(part) for part in time.split(":")] if time else []), 0, 0, 0]
            return datetime(year, month, date, clock[0], clock[1], clock[2], tzinfo=BEIJING)
        except ValueError:
            pass
    found = clock_time(text, now)
    if found is None:
        raise UsageError(f"看不懂时刻 `{text}`", "写成 9:12 或 2026-02-14 09:12")
    return found


# ---- acting ---------------------------------------------------------------------------------------


def add(no: str, fields: dict[str, Any], *, json: bool) -> None:
    """Enter one order by hand."""
    from engine.orders.model import Order

    no = no.strip()
    if not no or len(no) > 64 or any(ord(char) < 32 for char in no):
        raise UsageError("工单编号要有 1 到 64 个字", "照平台上的编号写")
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    with opened(write=True) as ledger:
        now = ledger.clock.now()
        received = moment(given.pop("received"), now) if "received" in given else now
        if "due" in given:
            given["due"] = moment(given["due"], now)
        standing = ledger.receive(Order(no, received, **given))
        _told(ledger, standing, "已登记", json=json)


def act(no: str, kind: str, data: dict[str, Any], at: str | None, *, json: bool) -> None:
    """Record one act on an order; refused with all that is missing when it cannot be."""
    from engine.orders.acts import VERBS

    with opened(write=True) as ledger:
        when = moment(at, ledger.clock.now()) if at else None
        if kind == "extended":
            data = {**data, "by": _length(str(data.get("by", "")))}
        if kind == "follow_up":
            from engine.console.followupdesk import ahead
            from engine.console.followupview import Roles

            due = ahead(str(data["due"]), ledger.clock.now()) if data.get("due") else None
            who = Roles().find(str(data["who"])) if data.get("who") else ""
            data = {**data, "due": stamp(due) if due else "", "who": who}
        elif data.get("due"):
            data = {**data, "due": stamp(moment(str(data["due"]), ledger.clock.now()))}
        before = len(ledger.events(no))
        standing = ledger.act(no, kind, data, at=when)
        if standing.incident and not standing.done:
            from engine.console.orderwork import retry

            standing = retry(ledger, standing)
        new = [e.kind for e in ledger.events(no)[before:] if e.kind not in ("adopted", "walked")]
        follows = [VERBS[name].removeprefix("记") for name in new[1:]]
        more = f"（随即：{'、'.join(follows)}）" if follows else ""
        _told(ledger, standing, f"已记：{VERBS[kind].removeprefix('记')}{more}", json=json)


def _length(text: str) -> dict[str, Any]:
    from engine.durations import parse_duration

    found = parse_duration(text)
    if found is None:
        raise UsageError(f"看不懂延多久 `{text}`", "写成 3wd（工作日）、2d（天）、4h（小时）")
    return {"amount": found.amount, "unit": found.unit}


def _told(ledger: Ledger, standing: Standing, what: str, *, json: bool) -> None:
    now, watches = ledger.clock.now(), ledger.watches(standing)
    if json:
        record.emit(orderlist.as_json(standing, watches, now, masked=True))
        return
    screen = terminal()
    screen.line(f"{standing.order.no} {what}。", "good")
    if standing.raised is not None:
        screen.line(f"提级：{standing.raised_why}", "soon")
    if standing.done:
        screen.line("这一单了结了。", "good")
        return
    from engine.orders.agenda import next_of

    todo = next_of(standing, watches, now)
    screen.line(f"下一步：{orderlist.pressing(todo.watch, now)}{todo.what}（{todo.command}）")


# ---- showing --------------------------------------------------------------------------------------


def listing(*, every: bool, late: bool, unit: str, limit: int | None, unmask: str | None, json: bool) -> None:
    """Orders by receipt; in full only with a reason, which is journalled."""
    if limit is not None and limit < 0:
        raise UsageError("--limit 不能小于 0", "0 是全列")
    with opened(write=unmask is not None) as ledger:
        if unmask is not None:
            ledger.note_unmasked("order list", unmask)
        orderlist.listing(ledger, every=every, late=late, unit=unit, limit=limit, unmask=unmask, json=json)


def following(*, count: int, json: bool) -> None:
    """What to do now, the most urgent first."""
    with opened(write=False) as ledger:
        orderlist.following(ledger, count=count, json=json)


def show(no: str, *, unmask: str | None, json: bool) -> None:
    """Everything about an order."""
    from engine.console import orderview

    with opened(write=unmask is not None) as ledger:
        warn_of_changes(ledger, no)
        orderview.show(ledger, no, unmask=unmask, json=json)
