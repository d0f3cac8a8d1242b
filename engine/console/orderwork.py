"""`zhiban order work`: an order dealt with by the playbook, as an incident linked with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.console import desk
from engine.console.orders import opened
from engine.console.respond import by_script, go, interactive, terminal, welcome_back
from engine.errors import NotFound, UsageError
from engine.orders import privacy, walked
from engine.orders.register import order_of

if TYPE_CHECKING:
    from engine.journal import Journal
    from engine.model import Event
    from engine.orders.ledger import Ledger, Wanted
    from engine.orders.standing import Standing
    from engine.session import Session

    Refused = tuple[Wanted, UsageError]


def work(no: str, answers: Path | None, *, json: bool) -> int:
    """Walk the playbook with what the order tells; afterwards the order knows what was done."""
    shelf = desk.shelf()
    desk.known(shelf.library, walked.PLAYBOOK)
    given = None
    if answers is not None:
        from engine.console.answers import read

        given = read(answers, shelf.library)
    with opened(write=True) as ledger, desk.journal_to_write() as journal:
        standing = ledger.get(no)
        if standing.incident:
            # what an interrupted walk left; what it could not enter is said when this one is left
            standing, left = _flown(ledger, journal, no, standing.incident)
            _finished(journal, standing, left)
        if standing.done:
            raise UsageError(f"工单 {no} 已经了结", f"要重办：zhiban order reopen {no} --why 原因")
        session, again = _session(shelf, ledger, journal, standing)
        try:
            if given is None and not json and interactive():
                screen = terminal()
                return welcome_back(session, screen) if again else go(session, screen)
            if again:
                session.perform("resumed")
            return by_script(session, given, json=json)
        finally:
            flow_back(ledger, session.journal, no, session.id)


def _session(shelf: desk.Shelf, ledger: Ledger, journal: Journal, standing: Standing) -> tuple[Session, bool]:
    """The order's incident if it is not closed, else a new one linked with the order."""
    if standing.incident:
        try:
            session = desk.load(journal, standing.incident)
            if session.state.status != "closed":
                return session, True
        except NotFound:
            desk.warn(f"注意：找不到处置记录 {standing.incident}，另开一份")
    order, now = standing.order, ledger.clock.now()
    heard = walked.facts(standing, ledger.watches(standing), now)
    about = privacy.masked(order.content or order.subject or order.kind)
    text = f"工单 {order.no}" + (f"：{about}" if about else "")
    session = desk.begin(shelf, journal, [walked.PLAYBOOK], text, heard.items(), ledger.clock)
    # the link first: a walk that dies here is found again by its order
    ledger.act(order.no, "walked", {"incident": session.id, "seq": session.state.seq})
    for step, at in walked.done_steps(standing).items():
        item = session.plan.wanted.get(step)
        if item is not None and not item.waits:
            session.mark(step, "done", reason="台账已记", since=at)
    return session, False


def _finished(journal: Journal, standing: Standing, left: Sequence[Refused]) -> None:
    """UsageError: the walk is over and the order only waits for what it left; another one would lose that."""
    if not left or standing.done:
        return
    with suppress(NotFound):
        if desk.load(journal, standing.incident).state.status == "closed":
            first = left[0][1]
            raise UsageError(
                f"处置记录 {standing.incident} 已经办完，只差几样没有记进工单；{first.message}", first.help
            )


def flow_back(ledger: Ledger, journal: Journal, no: str, incident: str, *, say: bool = True) -> Standing:
    """Enter in the order what the incident brought; `say` on standard error what cannot be yet."""
    standing, left = _flown(ledger, journal, no, incident)
    for _, error in left if say else ():
        desk.warn(f"没有记进工单：{error.message}" + (f"（{error.help}）" if error.help else ""))
    return standing


def _flown(ledger: Ledger, journal: Journal, no: str, incident: str) -> tuple[Standing, list[Refused]]:
    """The order with what the incident brought, and what it could not take."""
    standing = ledger.get(no)
    left: list[Refused] = []
    try:
        events = journal.events(incident)
    except NotFound:
        return standing, left
    while True:
        scheme = ledger.scheme(standing.order)
        wanted = walked.flowing(standing, incident, events, ledger.events(no), scheme)
        if wanted[-1].data["seq"] == standing.walked and standing.incident == incident:
            wanted.pop()
        rounds = standing.reopened
        standing, refused = ledger.act_all(no, wanted)
        left += refused
        for one in wanted:
            if one.kind == "noted":  # put right in the incident, but the order cannot follow by itself
                desk.warn(f"注意：{one.data['text']}")
        if standing.reopened == rounds:
            break  # else a dissatisfied answer was entered: the redo comes next
    # a shut file waits for nothing: a callback of one that was set aside, say
    return standing, [] if standing.done else left


def catch_up(ledger: Ledger, walks: Mapping[str, Sequence[Event]]) -> None:
    """Enter in the orders what their incidents have brought since, wherever those were dealt with.

    `walks`: stream → its `walked` events.
    """
    with desk.journal_to_read() as records:
        heads = records.heads("")
        for stream, events in walks.items():
            walk: dict[str, Any] = events[-1].data
            incident = str(walk["incident"])
            if heads.get(incident, (0, ""))[0] > walk["seq"]:
                flow_back(ledger, records, order_of(stream), incident, say=False)


def retry(ledger: Ledger, standing: Standing) -> Standing:
    """Enter what the incident brought and the order could not take yet: something more is known now."""
    with desk.journal_to_read() as records:
        return flow_back(ledger, records, standing.order.no, standing.incident, say=False)
