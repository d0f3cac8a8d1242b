"""`zhiban followup …`: what was left to be done later, at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.console import desk, followupview, record
from engine.console.followupcauses import HINTS, hinted
from engine.console.followupdesk import ahead, opened, picked, told, unmasked
from engine.console.followupview import Roles
from engine.console.terminal import terminal
from engine.errors import UsageError

if TYPE_CHECKING:
    from engine.journal import Mode


# ---- reading --------------------------------------------------------------------------------------


def listing(*, mode: Mode, every: bool, overdue: bool, mine: str, unmask: str | None, json: bool) -> None:
    """What is still to be done, the most urgent first; then what keeps coming back."""
    unmasked("followup list", unmask)
    roles = Roles()
    with opened(write=False) as found:
        now = found.ledger.clock.now()
        entries = picked(found.ledger, mode, roles, every=every, overdue=overdue, mine=mine)
        if json:
            record.emit([followupview.as_json(entry, now, roles, hide=unmask is None) for entry in entries])
            return
        screen = terminal()
        followupview.listing(screen, entries, now, roles, hide=unmask is None, some=overdue or bool(mine))
        back = [] if overdue or mine else hinted(found, mode)
        if back:
            some = "、".join(f"“{roles.cause(p.cause)}”{p.times} 次" for p in back[:HINTS])
            more = "等" if len(back) >= HINTS else ""
            screen.line(f"一再发生：{some}{more}。看提议：zhiban followup proposals", "soon")


def show(name: str, *, unmask: str | None, json: bool) -> None:
    """One follow-up and what was done to it."""
    unmasked(f"followup show {name}", unmask)
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
        told(entry, ledger, roles, "已记下", json=json)


def done(name: str, evidence: str, cause: str, *, json: bool) -> None:
    """Done, with the evidence."""
    roles = Roles()
    with opened(write=True) as found:
        by = roles.person(found.ledger.get(name))
        told(
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
        told(entry, ledger, Roles(), "见效，办结" if worked else "没见效，重新办", json=json)


def reopen(name: str, due: str, reason: str, *, json: bool) -> None:
    """Open again what was done."""
    with opened(write=True) as found:
        entry = found.ledger.reopen(name, ahead(due, found.ledger.clock.now()), reason)
        told(entry, found.ledger, Roles(), "重新办", json=json)


def postpone(name: str, due: str, reason: str, *, json: bool) -> None:
    """Another date."""
    with opened(write=True) as found:
        entry = found.ledger.postpone(name, ahead(due, found.ledger.clock.now()), reason)
        told(entry, found.ledger, Roles(), "已改期", json=json)
