"""What orders of a period come to: totals and units, ranked; weeks and months; and the lists of `listings`.

Excluded orders are counted, shown apart, and left out of every share and rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import UsageError
from engine.model import Frozen
from engine.orders import columns, listings, privacy
from engine.orders.listings import Frequent, Share
from engine.orders.model import Scheme
from engine.orders.periods import Period, is_long, period, within
from engine.orders.rules import Ranked, Tally, added, lost, ranking
from engine.orders.scheme import Schemes

if TYPE_CHECKING:
    import polars as pl


class Part(Frozen, frozen=True):
    """A week or a month and how units stand in it."""

    begin: date
    title: str
    total: Tally
    ranking: tuple[Ranked, ...]


class Statistics(Frozen, frozen=True):
    """Everything a report needs. `groups`: field → list, the greatest first, `others` → how many are cut off.

    `hours[w][h]`: orders received on a weekday in an hour; `map`: orders by unit and kind. `blind`: rates of
    which nobody ever recorded what they count; that they come to 0 says nothing.
    """

    period: Period
    scheme: Scheme
    total: Tally
    units: tuple[Ranked, ...]
    groups: dict[str, tuple[Share, ...]]
    others: dict[str, int]
    frequent: tuple[Frequent, ...]
    hours: tuple[tuple[int, ...], ...]
    map_units: tuple[str, ...]
    map_kinds: tuple[str, ...]
    map: tuple[tuple[int, ...], ...]
    days: tuple[tuple[date, int], ...]
    weeks: tuple[Part, ...]
    months: tuple[Part, ...]
    repeated: int  # orders that are at least the scheme's number of calls
    lost: bool
    blind: frozenset[str] = frozenset()

    def rate(self, counts: Tally, id: str) -> float | None:
        """A rate of some of these orders, 0 … 1; None where nothing is counted or nothing is known."""
        return None if id in self.blind else counts.rate(id)

    def unknown(self, counts: Tally, id: str) -> int:
        """Of some of these orders those of which nobody knows whether they count in a rate over all."""
        rate = self.scheme.rates[id]
        if rate.over != "all" or id in self.blind:
            return 0
        return counts.analysed - counts.over.get(id, 0)


def statistics(rows: pl.DataFrame, schemes: Schemes, about: Period | None = None) -> Statistics:
    """Figures of the orders of a period (None: of all). UsageError: there is no order in it."""
    import polars as pl

    # a sheet without such a column: of no order at all is it known
    never = {field for field in ("responded", "closed") if rows[field].null_count() == rows.height}
    if about is not None:
        rows = within(rows, about)
    if not rows.height:
        where = f"{about.title}没有" if about is not None else "台账里还没有"
        raise UsageError(
            f"{where}受理的工单", "zhiban order import 导入；或换一段时间（--week、--month、--all）"
        )
    day = pl.col("received").dt.date()
    if about is None:
        first, last = rows.select(day.min().alias("a"), day.max().alias("b")).row(0)
        about = Period(first, last, f"{first}至{last}")
    scheme = schemes.at(rows.select(day.max()).item())
    keys = {"unit": pl.col("unit"), "week": day.dt.truncate("1w"), "month": day.dt.month_start()}
    weekly, monthly = columns.Counted(rows, schemes, keys).by("unit,week", "unit,month")
    units = _sums(monthly)
    total = added(units.values())
    lists = listings.lists(rows)
    groups, others = listings.groups(lists, total.analysed)
    map_units, map_kinds, grid = listings.grid(lists["unit,kind"])
    calls = scheme.repeats.calls - 1
    return Statistics(
        about, scheme, total, _ranked(units, scheme, "month" if is_long(about) else "week"),
        groups, others, listings.frequent(lists["frequent"], total.analysed, scheme),
        listings.hours(lists["hours"]),
        map_units, map_kinds, grid, listings.days(lists["days"], about),
        _parts(weekly, schemes, "week"), _parts(monthly, schemes, "month"),
        rows.filter(pl.col("repeats") >= calls).height, lost(total, scheme),
        frozenset(
            id for id, rate in scheme.rates.items()
            if rate.over == "all" and (rate.good in never or (total.analysed and not total.over.get(id)))
        ),
    )  # fmt: skip


def _sums(parts: Mapping[tuple[Any, ...], Tally]) -> dict[str, Tally]:
    """Counts by the first part of the key."""
    grouped: dict[str, list[Tally]] = {}
    for key, counts in parts.items():
        grouped.setdefault(key[0], []).append(counts)
    return {key: added(listed) for key, listed in grouped.items()}


def _ranked(units: Mapping[str, Tally], scheme: Scheme, by: str) -> tuple[Ranked, ...]:
    """Units in their places; orders that no unit has yet are not ranked."""
    if by not in scheme.rankings:
        by = next(iter(scheme.rankings))
    placed = ranking({name: counts for name, counts in units.items() if name}, scheme, by)
    return tuple(entry._replace(name=privacy.masked(entry.name)) for entry in placed)


def _parts(
    parts: Mapping[tuple[Any, ...], Tally], schemes: Schemes, span: Literal["week", "month"]
) -> tuple[Part, ...]:
    """By the first day of each part; ranked by what holds on its last."""
    begins: dict[date, dict[tuple[Any, ...], Tally]] = {}
    for key, counts in parts.items():
        begins.setdefault(key[1], {})[key] = counts
    made = []
    for begin, some in sorted(begins.items()):
        units, about = _sums(some), period(span, begin)
        ranked = _ranked(units, schemes.at(about.last), span)
        made.append(Part(begin, about.title, added(units.values()), ranked))
    return tuple(made)
