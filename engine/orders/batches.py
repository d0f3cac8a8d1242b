"""Imported orders: one immutable file a batch (`batchfiles`), and one journalled event that counts.

The file is complete on the disk before the event is written: a batch is there whole or not at all, and a
file that no event names is nothing. Batches are numbered, so of two imports at once the second conflicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import paths
from engine.clock import stamp
from engine.errors import Conflict
from engine.journal import Journal
from engine.model import Event
from engine.orders import batchfiles, columns
from engine.orders.model import Order
from engine.orders.openrows import OpenRows

if TYPE_CHECKING:
    import polars as pl

PREFIX = "b-"


class Batch(NamedTuple):
    """One import. `source`: the file; `mapping`: header → field; `updates`: rows that replace."""

    id: str
    at: str
    sha256: str
    rows: int
    updates: int
    source: str
    mapping: Mapping[str, str]


class Batches:
    """All imports of a journal; the rows are read when they are first wanted. One per process and journal.

    `folder`: where the files are, by default beside the ledger. Satisfies `register.Rows`.
    """

    def __init__(self, journal: Journal, folder: Path | None = None, cache: Path | None = None) -> None:
        """`cache`: a file of unfinished rows that spares reading all; it may be deleted at any time."""
        self._journal = journal
        self._folder = folder or paths.data_dir() / "orders"
        self._open = OpenRows(cache)

    @cached_property
    def listed(self) -> Sequence[Batch]:
        """Every import, oldest first."""
        found = []
        for id, events in sorted(self._journal.events_under(PREFIX).items()):
            data: dict[str, Any] = events[0].data
            rows, updates = int(data["rows"]), int(data["updates"])
            batch = Batch(id, events[0].at, data["sha256"], rows, updates, data["source"], data["mapping"])
            found.append(batch)
        return found

    @cached_property
    def frame(self) -> pl.DataFrame:
        """Every imported order once, as its last import says. BadData: a file is gone or was changed."""
        import polars as pl

        frames = [
            columns.known_by(batchfiles.load(file, batch.source), batch.mapping.values())
            for batch, file in zip(self.listed, self._checked, strict=True)
        ]
        if not frames:
            return columns.frame(())
        whole = pl.concat(frames) if len(frames) > 1 else frames[0]
        if any(batch.updates for batch in self.listed):
            whole = whole.unique("no", keep="last", maintain_order=True)
        return whole

    @cached_property
    def _checked(self) -> Sequence[Path]:
        """The files of all batches, each with the content that its event names. BadData as `frame`."""
        return [batchfiles.checked(self._folder, batch.sha256, batch.source) for batch in self.listed]

    @cached_property
    def _kept(self) -> Sequence[Order] | None:
        """The unfinished rows as kept beside the ledger, if they are those of these very files."""
        return self._open.read(self._names) if self._checked else None

    @property
    def _names(self) -> list[str]:
        """What the rows depend on."""
        return [f"{b.sha256} {b.updates} {' '.join(b.mapping.values())}" for b in self.listed]

    # ---- register.Rows -------------------------------------------------------------------------

    def find(self, no: str) -> Order | None:
        """The imported order of that number."""
        if not self.listed:  # spares the import of polars
            return None
        for row in self._kept or ():
            if row.no == no:
                return row
        import polars as pl

        return next(iter(columns.orders(self.frame.filter(pl.col("no") == no))), None)

    def unfinished(self) -> Iterable[Order]:
        """Imported orders that are neither called back nor excluded, or were sent back."""
        if not self.listed:
            return ()
        if self._kept is not None:
            return self._kept
        import polars as pl

        done = pl.col("called_back").is_not_null() & ~pl.col("returned")
        found = columns.orders(self.frame.filter(~done & (pl.col("excluded") == "")))
        self._open.write(self._names, found)
        return found

    def all(self) -> Iterable[Order]:
        """Every imported order."""
        return columns.orders(self.frame) if self.listed else ()

    def of_caller(self, phone: str) -> Iterable[Order]:
        """Imported orders whose telephone number has the same digits, a country's prefix apart."""
        digits = "".join(char for char in phone if char.isdigit())[-11:]
        if not self.listed or not digits:
            return ()
        import polars as pl

        column = pl.col("phone").str.replace_all("[^0-9]", "")
        return columns.orders(self.frame.filter(column.str.ends_with(digits)))

    # ---- writing -------------------------------------------------------------------------------

    def add(
        self, rows: pl.DataFrame, *, source: str, mapping: Mapping[str, str], updates: int, now: datetime
    ) -> Batch:
        """Import rows, all or none. Conflict: another terminal was faster. BadData: disk or rights."""
        number = len(self.listed) + 1
        known = columns.known_by(rows, mapping.values())
        sha256 = batchfiles.write(self._folder, known.select(*columns.FIELDS, "untold"))
        batch = Batch(
            f"{PREFIX}{number:06d}", stamp(now), sha256, rows.height, updates, source, dict(mapping)
        )
        data = {name: value for name, value in batch._asdict().items() if name not in ("id", "at")}
        try:
            event = Event(1, "imported", batch.at, 1, data)
            self._journal.create(batch.id, "real", {}, [event], f"导入 {source}")
        except Conflict as error:
            # the file stays, though no event of ours names it: of the same sheet at two terminals at once
            # both have this very file, and one of them counts
            raise Conflict("另一个终端刚导入过工单，这一次没有写入", "再运行一次，会重新对照台账") from error
        for name in ("listed", "_checked", "_kept", "frame"):
            self.__dict__.pop(name, None)
        return batch


def current(journal: Journal, batches: Batches) -> pl.DataFrame:
    """Every order as it stands now: imported rows, and those that somebody acted on or entered."""
    from engine.orders.register import PREFIX as ORDERS
    from engine.orders.standing import fold

    standings = (fold(events) for events in journal.events_under(ORDERS).values())
    return columns.overlaid(batches.frame, [standing.order for standing in standings if standing])
