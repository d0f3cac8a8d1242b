"""Reading the ledger of orders: how an order stands, and all of them. `ledger` adds the acts.

An order is its imported row until somebody acts on it; then its stream begins with that row and alone
tells how it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote

from engine import paths
from engine.clock import BEIJING, Clock
from engine.errors import NotFound
from engine.journal import Journal
from engine.model import Event
from engine.orders import acts
from engine.orders.clocks import Calendar, Watch
from engine.orders.ground import watched
from engine.orders.model import Order, Scheme
from engine.orders.scheme import Schemes
from engine.orders.snapshot import Snapshot
from engine.orders.standing import Standing, fold, standing_of

PREFIX = "o-"


class Rows(Protocol):
    """The imported rows."""

    def find(self, no: str) -> Order | None:
        """The row of that number."""
        ...

    def unfinished(self) -> Iterable[Order]:
        """Rows that are not called back and not excluded."""
        ...

    def all(self) -> Iterable[Order]:
        """Every row."""
        ...

    def of_caller(self, phone: str) -> Iterable[Order]:
        """Rows with that telephone number as written."""
        ...


class NoRows:
    """Nothing was imported."""

    def find(self, no: str) -> Order | None:
        return None

    def unfinished(self) -> Iterable[Order]:
        return ()

    def all(self) -> Iterable[Order]:
        return ()

    def of_caller(self, phone: str) -> Iterable[Order]:
        return ()


def ledger_file() -> Path:
    """The one file of orders, imports and follow-ups."""
    return paths.data_dir() / "ledger.db"


def stream_of(no: str) -> str:
    """The stream of an order number."""
    return PREFIX + quote(no, safe="")


def order_of(stream: str) -> str:
    """The order number of a stream."""
    return unquote(stream.removeprefix(PREFIX))


class Register:
    """The orders of a hall, to be read. `working`: what a working day is, by the hall's profile."""

    def __init__(
        self,
        journal: Journal,
        schemes: Schemes,
        working: Calendar,
        clock: Clock,
        rows: Rows | None = None,
        cache: Path | None = None,
    ) -> None:
        """`cache`: a file of folded orders that spares folding them again; it may be deleted at any time."""
        self.journal, self.schemes, self.working, self.clock = journal, schemes, working, clock
        self.rows: Rows = rows or NoRows()
        self._snapshot = Snapshot(cache)

    def scheme(self, order: Order) -> Scheme:
        """What is in force for an order: by the day on which it was received. BadData: nothing is."""
        return self.schemes.at(order.received.astimezone(BEIJING).date())

    def find(self, no: str) -> Standing | None:
        """How an order stands; None: no such order."""
        try:
            events = self.journal.events(stream_of(no))
        except NotFound:
            row = self.rows.find(no)
            return self._row(row) if row is not None else None
        return fold(events)

    def get(self, no: str) -> Standing:
        """`find`, or NotFound with the nearest number."""
        standing = self.find(no)
        if standing is None:
            from engine.reader.report import suggest

            numbers = [order_of(id) for id in self.journal.heads(PREFIX)]
            raise NotFound(f"台账里没有工单 `{no}`", suggest(no, numbers) or "zhiban order list 看有哪些")
        return standing

    def events(self, no: str) -> list[Event]:
        """What was done; empty for an imported row on which nobody acted."""
        try:
            return self.journal.events(stream_of(no))
        except NotFound:
            return []

    def changed(self, no: str | None = None) -> list[str]:
        """Numbers of orders (of one: `no`) whose record was changed after the fact, by their hash chains."""
        streams = self.journal.heads(PREFIX) if no is None else [stream_of(no)] if self.events(no) else []
        return [order_of(stream) for stream in streams if self.journal.verify(stream)]

    def standings(self, *, every: bool = False) -> Iterator[Standing]:
        """Orders in the order of receipt; only unfinished ones unless `every`."""
        acted = self._acted()
        found = list(acted.values())
        numbers = {standing.order.no for standing in found}
        for row in self.rows.all() if every else self.rows.unfinished():
            if row.no not in numbers:
                found.append(self._row(row))
        found.sort(key=lambda standing: (standing.order.received, standing.order.no))
        yield from (standing for standing in found if every or not standing.done)

    def _row(self, row: Order) -> Standing:
        """How a row stands on which nobody has acted; the third call and the answer sent back are raised."""
        standing = standing_of(row)
        if (row.repeats or row.returned) and (why := acts.calls_for_more(standing, self.scheme(row))):
            standing.raised, standing.raised_why = row.received, why
        return standing

    def _acted(self) -> dict[str, Standing]:
        """Stream → order, of all that somebody acted on."""
        return self._snapshot.standings(self.journal, PREFIX)

    def watches(self, standing: Standing, *, running: bool = False) -> list[Watch]:
        """The clocks of an order; `running`: only those not stopped yet."""
        return watched(standing, self.scheme(standing.order), self.working, running=running)
