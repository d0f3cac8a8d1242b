"""Opening the ledger of follow-ups, and what its commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from engine import paths
from engine.clock import Clock, RealClock
from engine.console import desk, followupview, record
from engine.console.followupview import Roles
from engine.console.terminal import terminal
from engine.errors import UsageError, ZhibanError
from engine.followups.ledger import Ledger
from engine.followups.model import FollowUp
from engine.journal import Journal

if TYPE_CHECKING:
    from engine.journal import Mode
    from engine.model import Duration


class Desk(NamedTuple):
    """The ledger, brought up to date with the incidents, and the incidents themselves."""

    ledger: Ledger
    records: Journal


@contextmanager
def opened(*, write: bool, clock: Clock | None = None) -> Iterator[Desk]:
    """The ledger with everything that incidents, orders and drills have left. To read, a copy does where the
    file cannot be written; to write, that is BadData.
    """
    with _incidents() as records, _journal(write) as journal:
        ledger = Ledger(journal, clock or RealClock())
        try:
            _take_over(ledger, records)
        except ZhibanError as error:
            if write:
                raise
            desk.warn(f"注意：{error.message}；下面是现有的记录")
            with journal.in_memory() as copy:
                ledger = Ledger(copy, ledger.clock)
                _take_over(ledger, records)
                yield Desk(ledger, records)
            return
        yield Desk(ledger, records)


def _incidents() -> Journal:
    """The incidents; none, with a warning, when their file is unusable: the ledger is still there."""
    try:
        return desk.journal_to_read()
    except ZhibanError as error:
        desk.warn(f"注意：{error.message}；新近事件留下的后续可能没有列进来")
        return Journal(None)


def _drills() -> Journal:
    """The runs of drills, whose debriefs leave real work; none, with a warning, when they are unusable."""
    if paths.missing(paths.drills_file()):
        return Journal(None)
    try:
        journal, warning = Journal.open_to_read(paths.drills_file())
    except ZhibanError as error:
        desk.warn(f"注意：{error.message}；演练留下的改进可能没有列进来")
        return Journal(None)
    if warning:
        desk.warn(f"注意：{warning}")
    return journal


def _journal(write: bool) -> Journal:
    from engine.orders.register import ledger_file

    if write:
        return Journal(ledger_file())
    if paths.missing(paths.data_dir()):
        return Journal(None)
    try:
        journal, warning = Journal.open_to_read(ledger_file())
    except ZhibanError as error:
        if not paths.missing(ledger_file()):
            raise
        # nothing was kept yet and nothing can be: what the incidents left is shown all the same
        journal, warning = Journal(None), error.message
    if warning:
        desk.warn(f"注意：{warning}")
    return journal


def _take_over(ledger: Ledger, records: Journal) -> None:
    from engine.followups.intake import take_over, take_over_drills

    unread = [*take_over(records, ledger).unread, *take_over(ledger.journal, ledger).unread]
    with _drills() as runs:
        unread += take_over_drills(runs, ledger).unread
    if unread:
        desk.warn(f"注意：{'、'.join(unread[:3])} 的记录读不出，留下的后续没有列进来")


def picked(
    ledger: Ledger, mode: Mode, roles: Roles, *, every: bool, overdue: bool, mine: str
) -> list[FollowUp]:
    """Follow-ups of a mode: the open ones unless `every`; late ones only; of one role or person only."""
    now, who = ledger.clock.now(), roles.find(mine) if mine else ""
    return [
        entry
        for entry in ledger.listed(mode)
        if (every or entry.status != "closed")
        and (not overdue or entry.late(now))
        and (not mine or who in (entry.who, roles.person(entry)))
    ]


def unmasked(what: str, why: str | None) -> None:
    """Journal why numbers are shown in full; nothing without a reason given. UsageError: an empty one."""
    if why is not None:
        from engine.console import orders

        with orders.opened(write=True) as register:
            register.note_unmasked(what, why)


def told(entry: FollowUp, ledger: Ledger, roles: Roles, what: str, *, json: bool) -> None:
    """Say what was done to a follow-up, and how it stands now."""
    now = ledger.clock.now()
    if json:
        record.emit(followupview.as_json(entry, now, roles))
    else:
        screen = terminal()
        screen.line(f"{what}。", "good")
        followupview.entry(screen, entry, now, roles)


def ahead(text: str, now: datetime) -> datetime:
    """A date typed by somebody: `15天`, `下周一`, `2026-12-31`, `5wd`; UsageError for none or one gone by."""
    from engine.console.numerals import day
    from engine.durations import parse_duration

    span = parse_duration(text)
    if span is not None:
        return _after(now, span)
    found = day(text, now)
    if found is None:
        raise UsageError(
            f"`{text}` 不是今后的日期" if text.strip() else "要写期限",
            "写今后的日期，如 15天、下周一、2026-12-31、5wd（工作日）",
        )
    return found


def _after(now: datetime, span: Duration) -> datetime:
    from engine.durations import add as plus
    from engine.hall import read_profile
    from engine.workdays import is_workday

    profile = read_profile()[0]
    try:
        return plus(now, span, lambda at: is_workday(at, profile), lambda name: span)
    except OverflowError:
        raise UsageError("期限太远", "写 10 年以内的日期") from None
