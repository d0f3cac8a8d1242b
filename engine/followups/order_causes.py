"""What hotline orders are about again and again: kind and subject (else place).

A cause of orders is `o:KIND/SUBJECT`. There can be a million orders: they are counted as columns, and once a
proposal was answered, only orders received afterwards count.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine.clock import BEIJING
from engine.followups.causes import Occurrence, Proposal
from engine.orders import columns

if TYPE_CHECKING:
    import polars as pl

MARK = "o:"
TOP = 10  # proposals in a list
SHOWN = 5  # orders named behind one


def propose_orders(
    rows: pl.DataFrame,
    answered: Mapping[str, datetime],
    times: int,
    days: int,
    now: datetime,
    most: int = TOP,
) -> list[Proposal]:
    """The causes with at least `times` orders in the last `days` days (0: ever), at most `most`, the most
    frequent first. `rows`: orders as columns; excluded ones do not count. `answered`: cause → when.
    """
    import polars as pl

    received = pl.col("received")
    cause = pl.concat_str(pl.lit(MARK), pl.col("kind"), pl.lit("/"), columns.about()).alias("cause")
    counts = (pl.col("excluded") == "") & (received <= _local(now)) & (cause != f"{MARK}/")
    if days:
        counts &= received >= _local(now - timedelta(days=days))
    for name, when in answered.items():
        counts &= (cause != name) | (received > _local(when))
    latest = pl.struct("no", "kind", "received").top_k_by("received", SHOWN).alias("last")
    found = (
        rows.lazy().filter(counts).group_by(cause)
        .agg(pl.len().alias("n"), latest)
        .filter(pl.col("n") >= max(1, times))
        .sort("n", "cause", descending=[True, False]).head(most).collect()
    )  # fmt: skip
    return [
        Proposal(
            name,
            tuple(
                Occurrence(name, one["no"], f"工单 {one['kind']}", one["received"].replace(tzinfo=BEIJING))
                for one in sorted(last, key=lambda one: (one["received"], one["no"]))
            ),
            n,
        )
        for name, n, last in found.select("cause", "n", "last").iter_rows()
    ]


def _local(at: datetime) -> datetime:
    return at.astimezone(BEIJING).replace(tzinfo=None)
