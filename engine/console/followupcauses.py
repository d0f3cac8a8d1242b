"""`zhiban followup proposals`, `accept`, `decline`: what keeps coming back calls for something standing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.console import followupview, record
from engine.console.followupdesk import Desk, ahead, opened, told
from engine.console.followupview import Roles
from engine.console.terminal import terminal
from engine.errors import NotFound, UsageError

if TYPE_CHECKING:
    from engine.followups.causes import Proposal
    from engine.journal import Mode

HINTS = 3  # proposals named under the list
_QUICK = 100_000  # imported orders that are counted for them
_STANDING = {"who": "head", "due": "30天", "check": "90天", "evidence": "成文的办法和试行记录"}


def _proposals(found: Desk, mode: Mode) -> list[Proposal]:
    from engine.followups import causes
    from engine.orders.scheme import read_schemes

    now, entries = found.ledger.clock.now(), found.ledger.listed(mode)
    rule = read_schemes().at(now.date()).same_cause
    answered = causes.covered(found.ledger, entries, mode)
    return causes.propose(causes.seen(found.records, entries, mode), answered, rule.times, rule.days, now)


def hinted(found: Desk, mode: Mode) -> list[Proposal]:
    """All proposals; without those of orders where it would take long to count them."""
    from engine.orders.batches import Batches

    journal = found.ledger.journal
    if sum(batch.rows for batch in Batches(journal).listed) > _QUICK:
        return _proposals(found, mode)
    return _all_proposals(found, mode, HINTS)


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
        told(entry, ledger, roles, "已采纳，列入后续", json=json)


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
