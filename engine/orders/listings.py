"""Orders counted by what they say: by kind, place and unit, by hour and day; what is frequent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from engine.model import Frozen
from engine.orders import columns, privacy
from engine.orders.model import Scheme
from engine.orders.periods import Period

if TYPE_CHECKING:
    import polars as pl

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


def lists(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """All plain counts in one go. `n`: orders after exclusion, `all`: all of them."""
    import polars as pl

    lazy, kept = rows.lazy(), pl.col("excluded") == ""
    numbers = [kept.sum().alias("n"), pl.len().alias("all")]
    received = pl.col("received")
    about = columns.about().alias("about")
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


def groups(
    lists: Mapping[str, pl.DataFrame], analysed: int
) -> tuple[dict[str, tuple[Share, ...]], dict[str, int]]:
    """By each of `GROUPS` the greatest, and how many more there are. `analysed`: orders after exclusion."""
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


def frequent(found: pl.DataFrame, analysed: int, scheme: Scheme) -> tuple[Frequent, ...]:
    """Kinds and places that come back often enough by the scheme."""
    return tuple(
        Frequent(privacy.masked(kind) or BLANK, privacy.masked(about) or BLANK, n, n / analysed, repeated)
        for kind, about, n, repeated in found.select("kind", "about", "n", "repeated").iter_rows()
        if n >= scheme.same_cause.times
    )


def hours(found: pl.DataFrame) -> tuple[tuple[int, ...], ...]:
    """Orders received by weekday and hour."""
    grid = [[0] * 24 for _ in WEEKDAYS]
    for weekday, hour, number in found.iter_rows():
        grid[weekday - 1][hour] = number
    return tuple(map(tuple, grid))


def days(found: pl.DataFrame, about: Period) -> tuple[tuple[date, int], ...]:
    """Every day of the period, also those without an order."""
    numbers = dict(found.iter_rows())
    length = (about.last - about.first).days + 1
    return tuple(
        (day, numbers.get(day, 0)) for day in (about.first + timedelta(days=n) for n in range(length))
    )


def grid(found: pl.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """The units and kinds with the most orders, and how many of each kind each unit has."""
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
