"""`zhiban followup …`: what was left to be done later, at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine import paths
from engine.clock import Clock, RealClock
from engine.console import desk, followupview, record
from engine.console.followupview import Roles
from engine.console.terminal import terminal
from engine.errors import NotFound, UsageError, ZhibanError
from engine.followups.ledger import Ledger
from engine.followups.model import FollowUp
from engine.journal import Journal

if TYPE_CHECKING:
    from engine.followups.causes import Proposal
    from engine.journal import Mode
    from engine.model import Duration

_HINTS = 3  # proposals named under the list
_QUICK = 100_000  # imported orders that are counted for them
FORMS = ("xlsx", "csv", "ics")
_STANDING = {"who": "head", "due": "30天", "check": "90天", "evidence": "成文的办法和试行记录"}


class Desk(NamedTuple):
    """The ledger, brought up to date with the incidents, and the incidents themselves."""

    ledger: Ledger
    records: Journal


@contextmanager
def opened(*, write: bool, clock: Clock | None = None) -> Iterator[Desk]:
    """The ledger with everything that incidents and orders have left. To read, a copy does where the file
    cannot be written; to write, that is BadData.
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


def _journal(write: bool) -> Journal:
    from engine.orders.ledger import ledger_file

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
    from engine.followups.intake import take_over

    unread = [*take_over(records, ledger).unread, *take_over(ledger.journal, ledger).unread]
    if unread:
        desk.warn(f"注意：{'、'.join(unread[:3])} 的记录读不出，留下的后续没有列进来")


# ---- reading --------------------------------------------------------------------------------------


def listing(*, mode: Mode, every: bool, overdue: bool, mine: str, unmask: str | None, json: bool) -> None:
    """What is still to be done, the most urgent first; then what keeps coming back."""
    _unmasked("followup list", unmask)
    roles = Roles()
    with opened(write=False) as found:
        now = found.ledger.clock.now()
        entries = _picked(found.ledger, mode, roles, every=every, overdue=overdue, mine=mine)
        if json:
            record.emit([followupview.as_json(entry, now, roles, hide=unmask is None) for entry in entries])
            return
        screen = terminal()
        followupview.listing(screen, entries, now, roles, hide=unmask is None, some=overdue or bool(mine))
        back = [] if overdue or mine else _hinted(found, mode)
        if back:
            some = "、".join(f"“{roles.cause(p.cause)}”{p.times} 次" for p in back[:_HINTS])
            more = "等" if len(back) >= _HINTS else ""
            screen.line(f"一再发生：{some}{more}。看提议：zhiban followup proposals", "soon")


def show(name: str, *, unmask: str | None, json: bool) -> None:
    """One follow-up and what was done to it."""
    _unmasked(f"followup show {name}", unmask)
    with opened(write=False) as found:
        ledger, roles = found.ledger, Roles()
        entry = ledger.get(name)
        events, now = ledger.journal.events(entry.id), ledger.clock.now()
        if ledger.journal.verify(entry.id):
            desk.warn(f"注意：后续 {name} 的记录被改过或不完整；从备份恢复 ledger.db")
        if json:
            record.emit(followupview.as_json(entry, now, roles, events, hide=unmask is None))
        else:
            followupview.show(terminal(), entry, events, now, roles, hide=unmask is None)


def _picked(
    ledger: Ledger, mode: Mode, roles: Roles, *, every: bool, overdue: bool, mine: str
) -> list[FollowUp]:
    now, who = ledger.clock.now(), roles.find(mine) if mine else ""
    return [
        entry
        for entry in ledger.listed(mode)
        if (every or entry.status != "closed")
        and (not overdue or entry.late(now))
        and (not mine or who in (entry.who, roles.person(entry)))
    ]


def _unmasked(what: str, why: str | None) -> None:
    if why is not None:
        from engine.console import orders

        with orders.opened(write=True) as register:
            register.note_unmasked(what, why)


# ---- acting ---------------------------------------------------------------------------------------


def add(
    what: str, *, who: str, name: str, due: str, check: str, evidence: str, cause: str, mode: Mode, json: bool
) -> None:
    """A follow-up given out by hand."""
    roles = Roles()
    with opened(write=True) as found:
        ledger, now = found.ledger, found.ledger.clock.now()
        until = ahead(due, now)
        after = ahead(check, until) if check else None
        entry = ledger.add(
            what, roles.find(who), until, mode=mode, name=name, evidence=evidence, check=after, cause=cause
        )
        _told(entry, ledger, roles, "已记下", json=json)


def done(name: str, evidence: str, cause: str, *, json: bool) -> None:
    """Done, with the evidence."""
    roles = Roles()
    with opened(write=True) as found:
        by = roles.person(found.ledger.get(name))
        _told(
            found.ledger.done(name, evidence, cause, by), found.ledger, roles, "办好了，凭据已记下", json=json
        )


def check(name: str, answer: str, note: str, due: str, *, early: bool, json: bool) -> None:
    """Whether it worked; without a name: what is to be checked."""
    with opened(write=bool(name)) as found:
        ledger, now = found.ledger, found.ledger.clock.now()
        if not name:
            waiting = [entry for entry in ledger.listed() if entry.status == "done"]
            if json:
                record.emit([followupview.as_json(entry, now, Roles()) for entry in waiting])
            else:
                followupview.listing(terminal(), waiting, now, Roles(), some=True)
            return
        worked = {"yes": True, "y": True, "是": True, "有效": True, "no": False, "n": False, "否": False,
                  "没有": False, "无效": False}.get(answer.strip().lower())  # fmt: skip
        if worked is None:
            raise UsageError("要说见没见效", f"zhiban followup check {name} yes 或 no")
        until = ahead(due, now) if due and not worked else None
        entry = ledger.check(name, worked, note, until, early)
        _told(entry, ledger, Roles(), "见效，办结" if worked else "没见效，重新办", json=json)


def reopen(name: str, due: str, reason: str, *, json: bool) -> None:
    """Open again what was done."""
    with opened(write=True) as found:
        entry = found.ledger.reopen(name, ahead(due, found.ledger.clock.now()), reason)
        _told(entry, found.ledger, Roles(), "重新办", json=json)


def postpone(name: str, due: str, reason: str, *, json: bool) -> None:
    """Another date."""
    with opened(write=True) as found:
        entry = found.ledger.postpone(name, ahead(due, found.ledger.clock.now()), reason)
        _told(entry, found.ledger, Roles(), "已改期", json=json)


def _told(entry: FollowUp, ledger: Ledger, roles: Roles, what: str, *, json: bool) -> None:
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


# ---- what keeps coming back -----------------------------------------------------------------------


def _proposals(found: Desk, mode: Mode) -> list[Proposal]:
    from engine.followups import causes
    from engine.orders.scheme import read_schemes

    now, entries = found.ledger.clock.now(), found.ledger.listed(mode)
    rule = read_schemes().at(now.date()).same_cause
    answered = causes.covered(found.ledger, entries, mode)
    return causes.propose(causes.seen(found.records, entries, mode), answered, rule.times, rule.days, now)


def _hinted(found: Desk, mode: Mode) -> list[Proposal]:
    """All proposals; without those of orders where it would take long to count them."""
    from engine.orders.batches import Batches

    journal = found.ledger.journal
    if sum(batch.rows for batch in Batches(journal).listed) > _QUICK:
        return _proposals(found, mode)
    return _all_proposals(found, mode, _HINTS)


def _all_proposals(found: Desk, mode: Mode, most: int) -> list[Proposal]:
    """Those of `_proposals`, then those of hotline orders, which are all real."""
    listed, journal = _proposals(found, mode), found.ledger.journal
    if mode != "real" or not (journal.heads("b-") or journal.heads("o-")):
        return listed
    from engine.followups import causes, order_causes
    from engine.orders.batches import Batches, current
    from engine.orders.scheme import read_schemes

    now = found.ledger.clock.now()
    rule = read_schemes().at(now.date()).same_cause
    rows = current(journal, Batches(journal))
    before = causes.answered(found.ledger, found.ledger.listed(mode), mode)
    return listed + order_causes.propose_orders(rows, before, rule.times, rule.days, now, most)


def proposals(*, mode: Mode, json: bool) -> None:
    """What came back so often that something standing is called for, with what is behind it."""
    from engine.followups.order_causes import MARK, TOP

    with opened(write=False) as found:
        roles, listed = Roles(), _all_proposals(found, mode, TOP)
        if json:
            record.emit([followupview.proposal_json(proposal, roles) for proposal in listed])
        else:
            screen = terminal()
            followupview.proposals(screen, listed, roles, found.ledger.clock.now())
            if sum(proposal.cause.startswith(MARK) for proposal in listed) == TOP:
                screen.line(f"工单只列次数最多的 {TOP} 项；全部看 zhiban order stats", "quiet")


def accept(cause: str, *, mode: Mode, what: str, who: str, due: str, json: bool) -> None:
    """Make a proposal a follow-up."""
    from engine.followups import causes

    with opened(write=True) as found:
        ledger, roles = found.ledger, Roles()
        proposal = _proposal(found, mode, cause, roles)
        until = ahead(due or _STANDING["due"], ledger.clock.now())
        label = roles.cause(proposal.cause)
        data = {
            "what": " ".join(what.split()) or f"“{label}”一再发生：查清共同的原因，立常备办法，定人演练",
            "who": roles.find(who or _STANDING["who"]),
            "evidence": _STANDING["evidence"],
            "due": followupview.stamped(until),
            "check": followupview.stamped(ahead(_STANDING["check"], until)),
            "title": f"{label}，{proposal.times} 次",
        }
        before = [e for e in ledger.listed(mode) if e.origin == "standing" and e.cause == proposal.cause]
        entry = causes.accept(ledger, proposal, mode, len(before), data)
        _told(entry, ledger, roles, "已采纳，列入后续", json=json)


def decline(cause: str, reason: str, *, mode: Mode, json: bool) -> None:
    """Turn a proposal down."""
    from engine.followups import causes

    if not reason.strip():
        raise UsageError("不采纳要写原因", "加上 --reason 文字")
    with opened(write=True) as found:
        roles = Roles()
        proposal = _proposal(found, mode, cause, roles)
        causes.decline(found.ledger, proposal, mode, " ".join(reason.split()))
        if json:
            record.emit(followupview.proposal_json(proposal, roles))
        else:
            terminal().line("已记下不采纳；再发生到次数会重新提。", "good")


def _proposal(found: Desk, mode: Mode, name: str, roles: Roles) -> Proposal:
    from engine.reader.report import suggest

    listed = _all_proposals(found, mode, 1_000_000)
    names = {spelt: p for p in listed for spelt in (p.cause[2:], roles.cause(p.cause), p.cause)}
    if name.strip() not in names:
        near = suggest(name.strip(), list(names))
        raise NotFound(f"没有关于 `{name}` 的提议", near or "zhiban followup proposals 看有哪些")
    return names[name.strip()]


# ---- exports --------------------------------------------------------------------------------------


def export(
    forms: tuple[str, ...], output: Path | None, *, mode: Mode, current: bool, overdue: bool, mine: str,
    force: bool, unmask: str | None,
) -> None:  # fmt: skip
    """All follow-ups (`current`: without the closed) as a sheet or a calendar."""
    from engine import exports
    from engine.console.incidents import write
    from engine.followups import leaving
    from engine.orders.privacy import masked

    form = _form(forms, output)
    if output is None and form != "csv":
        raise UsageError("要写导出到哪个文件", f"加上 -o 后续.{form}")
    _unmasked(f"followup export {output or form}", unmask)
    roles = Roles()
    with opened(write=False) as found:
        entries = _picked(found.ledger, mode, roles, every=not current, overdue=overdue, mine=mine)
        hide = masked if unmask is None else str
        if form == "ics":
            todos = leaving.todos(entries, roles.owner, mode, hide)
            data = exports.calendar(todos, leaving.NAMES[mode])
        else:
            sheet = leaving.sheet(entries, found.ledger.clock.now(), roles.owner, mode, hide)
            data = exports.csv(sheet) if form == "csv" else exports.xlsx([sheet])
    write(data, output, force=force)


def _form(forms: tuple[str, ...], output: Path | None) -> str:
    if len(forms) > 1:
        raise UsageError("一次只能导出一种", "在 --xlsx、--csv、--ics 里选一个")
    if forms:
        return forms[0]
    ending = output.suffix.lower().lstrip(".") if output is not None else ""
    if ending not in FORMS:
        raise UsageError("要写导出成什么", "在 --xlsx（表格）、--csv、--ics（日历待办）里选一个")
    return ending
