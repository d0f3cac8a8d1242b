"""What orders of a period come to: by time, kind, place and unit, what is frequent, when and where it is hot.

Excluded orders are counted, shown apart, and left out of every share and rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from engine.clock import BEIJING
from engine.errors import UsageError
from engine.model import Frozen
from engine.orders import columns, privacy
from engine.orders.model import Scheme
from engine.orders.rules import Ranked, Tally, added, lost, ranking
from engine.orders.scheme import Schemes

if TYPE_CHECKING:
    import polars as pl

Span = Literal["week", "month", "quarter", "year", "all"]
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
BLANK = "（没写）"
TOP = 20  # lines of a list that could be endless
_MAP = 12  # rows and columns of the map unit × kind
# field → what a list by it is called
GROUPS = {"claim": "诉求类型", "kind": "类别", "place": "地点", "subject": "被反映方", "channel": "渠道"}


class Share(Frozen, frozen=True):
    """One line of a list: `count` orders after exclusion, of `received`; `share` of all after exclusion."""

    name: str
    count: int
    received: int
    share: float


class Frequent(Frozen, frozen=True):
    """Orders of one kind about one subject or place."""

    kind: str
    about: str
    count: int
    share: float
    repeated: int  # those with earlier calls about the same matter


class Period(NamedTuple):
    """Orders received from `first` to `last`, both days included; `title` in words."""

    first: date
    last: date
    title: str


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


def period(span: Span, day: date) -> Period:
    """The week (Monday to Sunday), month, quarter or year in which a day lies."""
    if span == "week":
        first = day - timedelta(days=day.weekday())
        return Period(first, first + timedelta(days=6), week_title(first))
    months = _MONTHS[span]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = first
    for _ in range(months):
        after = (after + timedelta(days=32)).replace(day=1)
    words = {
        "month": f"{first.month}月",
        "quarter": f"第{'一二三四'[(first.month - 1) // 3]}季度",
        "year": "",
    }
    return Period(first, after - timedelta(days=1), f"{first.year}年{words[span]}")


def earlier(about: Period) -> Period:
    """The week, month, quarter or year before."""
    months = about.last.month - about.first.month + 1
    span: Span = next((span for span in ("month", "quarter", "year") if _MONTHS[span] == months), "month")
    return period(span if _long(about) else "week", about.first - timedelta(days=1))


def is_year(about: Period) -> bool:
    """Whether a period is a whole year: that by which honours are judged."""
    return about == period("year", about.first)


def week_title(monday: date) -> str:
    """`2026年第47周（11月16日—22日）`, by ISO 8601."""
    year, week, _ = monday.isocalendar()
    sunday = monday + timedelta(days=6)
    until = f"{sunday.day}日" if sunday.month == monday.month else f"{sunday.month}月{sunday.day}日"
    return f"{year}年第{week}周（{monday.month}月{monday.day}日—{until}）"


def within(rows: pl.DataFrame, about: Period) -> pl.DataFrame:
    """The orders received in a period."""
    first = datetime(about.first.year, about.first.month, about.first.day, tzinfo=BEIJING)
    after = about.last + timedelta(days=1)
    return columns.between(rows, first, datetime(after.year, after.month, after.day, tzinfo=BEIJING))


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
    lists = _lists(rows)
    groups, others = _groups(lists, total.analysed)
    map_units, map_kinds, grid = _map(lists["unit,kind"])
    calls = scheme.repeats.calls - 1
    return Statistics(
        about, scheme, total, _ranked(units, scheme, "month" if _long(about) else "week"),
        groups, others, _frequent(lists["frequent"], total.analysed, scheme), _hours(lists["hours"]),
        map_units, map_kinds, grid, _days(lists["days"], about),
        _parts(weekly, schemes, "week"), _parts(monthly, schemes, "month"),
        rows.filter(pl.col("repeats") >= calls).height, lost(total, scheme),
        frozenset(
            id for id, rate in scheme.rates.items()
            if rate.over == "all" and (rate.good in never or (total.analysed and not total.over.get(id)))
        ),
    )  # fmt: skip


def _long(about: Period) -> bool:
    return (about.last - about.first).days > 7


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


def _lists(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """All plain counts in one go. `n`: orders after exclusion, `all`: all of them."""
    import polars as pl

    lazy, kept = rows.lazy(), pl.col("excluded") == ""
    numbers = [kept.sum().alias("n"), pl.len().alias("all")]
    received = pl.col("received")
    about = pl.when(pl.col("subject") != "").then("subject").otherwise("place").alias("about")
    asked = {name: lazy.group_by(name).agg(numbers) for name in GROUPS}
    asked["unit,kind"] = lazy.group_by("unit", "kind").agg(numbers)
    asked["frequent"] = (
        lazy.filter(kept).group_by("kind", about)
        .agg(pl.len().alias("n"), (pl.col("repeats") > 0).sum().alias("repeated"))
        .filter(pl.col("n") > 1, (pl.col("kind") != "") | (pl.col("about") != ""))
        .sort("n", "kind", "about", descending=[True, False, False]).head(TOP)
    )  # fmt: skip
    asked["hours"] = lazy.group_by(
        received.dt.weekday().alias("weekday"), received.dt.hour().alias("hour")
    ).agg(pl.len())
    asked["days"] = lazy.group_by(received.dt.date().alias("day")).agg(pl.len())
    return dict(zip(asked, pl.collect_all(asked.values()), strict=True))


def _groups(
    lists: Mapping[str, pl.DataFrame], analysed: int
) -> tuple[dict[str, tuple[Share, ...]], dict[str, int]]:
    import polars as pl

    groups, others = {}, {}
    for field in GROUPS:
        found = lists[field].sort("n", pl.col(field) == "", field, descending=[True, False, False])
        if found.height == 1 and found[field][0] == "":
            continue  # the column is empty
        groups[field] = tuple(
            Share(privacy.masked(name) or BLANK, n, every, n / analysed if analysed else 0.0)
            for name, n, every in found.head(TOP).iter_rows()
        )
        others[field] = max(0, found.height - TOP)
    return groups, others


def _frequent(found: pl.DataFrame, analysed: int, scheme: Scheme) -> tuple[Frequent, ...]:
    return tuple(
        Frequent(privacy.masked(kind) or BLANK, privacy.masked(about) or BLANK, n, n / analysed, repeated)
        for kind, about, n, repeated in found.select("kind", "about", "n", "repeated").iter_rows()
        if n >= scheme.same_cause.times
    )


def _hours(found: pl.DataFrame) -> tuple[tuple[int, ...], ...]:
    grid = [[0] * 24 for _ in WEEKDAYS]
    for weekday, hour, number in found.iter_rows():
        grid[weekday - 1][hour] = number
    return tuple(map(tuple, grid))


def _days(found: pl.DataFrame, about: Period) -> tuple[tuple[date, int], ...]:
    """Every day of the period, also those without an order."""
    numbers = dict(found.iter_rows())
    length = (about.last - about.first).days + 1
    return tuple(
        (day, numbers.get(day, 0)) for day in (about.first + timedelta(days=n) for n in range(length))
    )


def _map(found: pl.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[int, ...], ...]]:
    cells = {(unit or BLANK, kind or BLANK): n for unit, kind, n, _ in found.iter_rows() if n}

    def greatest(place: int) -> tuple[str, ...]:
        sums: dict[str, int] = {}
        for key, n in cells.items():
            sums[key[place]] = sums.get(key[place], 0) + n
        return tuple(name for name, _ in _most(sums.items()))

    units, kinds = greatest(0), greatest(1)
    grid = tuple(tuple(cells.get((unit, kind), 0) for kind in kinds) for unit in units)
    return tuple(map(privacy.masked, units)), tuple(map(privacy.masked, kinds)), grid


def _most(items: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(items, key=lambda item: (-item[1], item[0]))[:_MAP]
