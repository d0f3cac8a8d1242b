"""Orders as columns: the frame of many orders, and the rules of `rules` over all of them at once (polars).

Times in a frame are Beijing's wall time without a zone; a missing value is null, an empty text "".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from engine.clock import BEIJING
from engine.orders.model import Order, Scheme
from engine.orders.rules import Tally, added, verdicts, worth
from engine.orders.scheme import Schemes

if TYPE_CHECKING:
    import polars as pl

# what a sheet of orders has; `untold` comes from what is known about the sheet
FIELDS: tuple[str, ...] = tuple(name for name in Order.__struct_fields__ if name != "untold")
TOLD = ("responded", "closed")  # without a record of these a rate does not know, rather than counts a "no"


def _kinds() -> dict[str, str]:
    kinds = {}
    for field in msgspec.structs.fields(Order):
        named = str(field.type)
        kinds[field.name] = (
            "time"
            if "datetime" in named
            else "bool"
            if "bool" in named
            else "int"
            if "int" in named
            else "text"
        )
    return kinds


KINDS: dict[str, str] = _kinds()  # field → time, bool, int or text
TIMES: tuple[str, ...] = tuple(name for name, kind in KINDS.items() if kind == "time")
# what a field is where nothing is said: the order's own default
BLANK: dict[str, Any] = {
    field.name: None if field.required else field.default for field in msgspec.structs.fields(Order)
}


@lru_cache(maxsize=1)
def schema() -> dict[str, pl.DataType]:
    """Field → type of its column; `untold` is not among them."""
    import polars as pl

    types = {"time": pl.Datetime("ms"), "bool": pl.Boolean(), "int": pl.Int32(), "text": pl.String()}
    return {name: types[KINDS[name]] for name in FIELDS}


def frame(orders: Iterable[Order]) -> pl.DataFrame:
    """Orders as columns."""
    import polars as pl

    listed = list(orders)
    data: dict[str, list[Any]] = {name: [getattr(order, name) for order in listed] for name in FIELDS}
    for name in TIMES:
        data[name] = [at and at.astimezone(BEIJING).replace(tzinfo=None) for at in data[name]]
    untold = pl.Series("untold", [order.untold for order in listed], dtype=pl.String)
    return pl.DataFrame(data, schema=schema()).with_columns(untold)


def known_by(rows: pl.DataFrame, told: Iterable[str]) -> pl.DataFrame:
    """Columns with `untold`: each row's own, else by its sheet, which had the fields `told` (none: all)."""
    import polars as pl

    if "untold" in rows.columns:
        return rows
    had = set(told)
    untold = " ".join(name for name in TOLD if name not in had) if had else ""
    return rows.with_columns(pl.lit(untold).alias("untold"))


def untold(tests: Mapping[str, pl.Expr]) -> pl.Expr:
    """The column `untold` of those of `TOLD` for which the test holds."""
    import polars as pl

    names = [pl.when(test).then(pl.lit(name)) for name, test in tests.items()]
    return pl.concat_str(names, separator=" ", ignore_nulls=True).alias("untold")


def is_untold(name: str, column: str = "untold") -> pl.Expr:
    """Whether nobody knows that moment of an order."""
    import polars as pl

    return pl.col(column).fill_null("").str.contains(name, literal=True)


def orders(rows: pl.DataFrame) -> list[Order]:
    """Columns as orders; every one as `frame` got it."""
    columns = []
    for name in Order.__struct_fields__:
        values: list[Any] = rows[name].to_list()
        if name in TIMES:
            values = [at and at.replace(tzinfo=BEIJING) for at in values]
        columns.append(values)
    return [Order(*row) for row in zip(*columns, strict=True)]


def overlaid(rows: pl.DataFrame, changed: Sequence[Order]) -> pl.DataFrame:
    """`rows` with these orders put in the place of those with their numbers, new ones at the end."""
    import polars as pl

    if not changed:
        return rows
    numbers = [order.no for order in changed]
    return pl.concat([rows.filter(~pl.col("no").is_in(numbers)), frame(changed)])


def about() -> pl.Expr:
    """What an order of some kind is about: its subject, else its place."""
    import polars as pl

    return pl.when(pl.col("subject") != "").then("subject").otherwise("place")


def between(rows: pl.DataFrame, first: datetime | None, last: datetime | None) -> pl.DataFrame:
    """Orders received from `first` on and before `last` (aware; None: no bound)."""
    import polars as pl

    for bound, keep in ((first, pl.col("received").__ge__), (last, pl.col("received").__lt__)):
        if bound is not None:
            rows = rows.filter(keep(bound.astimezone(BEIJING).replace(tzinfo=None)))
    return rows


def flags(scheme: Scheme) -> dict[str, pl.Expr]:
    """Name → whether an order counts there: `s:` score, `o:` and `g:` rate (over, good)."""
    import polars as pl

    meaning = verdicts(scheme)
    level, resolved = pl.col("satisfied"), pl.col("resolved")
    levels = {what: [name for name, said in meaning.items() if said == what] for what in ("good", "bad")}
    kept = pl.col("excluded") == ""
    yes, no = resolved.fill_null(False), ~resolved.fill_null(True)
    happy, unhappy = level.is_in(levels["good"]), level.is_in(levels["bad"])
    holds = {
        "missing_evidence": ~pl.col("evidence").fill_null(True),
        "both_no": no & unhappy,
        "one_no": no ^ unhappy,
        "both_yes": yes & happy,
        "opinion": pl.col("opinion"),
    }
    goods = {
        "responded": pl.col("responded").is_not_null(),
        "resolved": yes,
        "satisfied": happy,
        "closed": pl.col("closed").is_not_null(),
    }
    answers = {"resolved": resolved.is_not_null(), "satisfied": level.is_in(list(meaning))}
    found = {f"s:{id}": kept & holds.get(id, pl.lit(False)) for id in scheme.points}
    for id, rate in scheme.rates.items():
        whom = {
            "all": pl.lit(True),
            "closed": goods["closed"],
            "called_back": answers.get(rate.good, pl.col("called_back").is_not_null()),
        }[rate.over]
        if rate.good in TOLD:
            whom &= goods[rate.good] | ~is_untold(rate.good)
        found[f"o:{id}"] = kept & whom
        found[f"g:{id}"] = kept & whom & goods[rate.good]
    return found


class Counted:
    """Orders with a yes/no column for every flag: reckoned once, summed in many groupings.

    `keys`: name → expression of a text by which they will be grouped; other columns are let go.
    `schemes` as for `rules.tally`; BadData like there.
    """

    def __init__(self, rows: pl.DataFrame, schemes: Schemes, keys: Mapping[str, pl.Expr]) -> None:
        self._parts: list[tuple[Scheme, pl.DataFrame]] = []
        for scheme, part in by_scheme(rows, schemes):
            ready = part.lazy().select(excluded="excluded", **keys, **flags(scheme)).collect()
            self._parts.append((scheme, ready))

    def by(self, *names: str) -> list[dict[tuple[Any, ...], Tally]]:
        """For each `name` (several: joined by a comma) the counts by the values of these keys."""
        found: list[dict[tuple[Any, ...], list[Tally]]] = [{} for _ in names]
        for scheme, ready in self._parts:
            for groups, into in zip(self._sums(ready, scheme, names), found, strict=True):
                for key, counts in groups.items():
                    into.setdefault(key, []).append(counts)
        return [{key: added(parts) for key, parts in groups.items()} for groups in found]

    def total(self) -> Tally:
        """The counts of all."""
        return self.by("")[0].get((), Tally())

    def _sums(
        self, ready: pl.DataFrame, scheme: Scheme, names: Sequence[str]
    ) -> list[dict[tuple[Any, ...], Tally]]:
        import polars as pl

        lazy, asked = ready.lazy(), []
        sums = [pl.len().alias("received"), *(pl.col(name).sum() for name in flags(scheme))]
        for name in names:
            keys = [key for key in name.split(",") if key]
            out = lazy.filter(pl.col("excluded") != "").group_by([*keys, "excluded"]).agg(pl.len())
            asked += [lazy.group_by(keys).agg(sums) if keys else lazy.select(sums), out]
        made = pl.collect_all(asked)
        results = []
        for name, groups, gone in zip(names, made[::2], made[1::2], strict=True):
            width = len([key for key in name.split(",") if key])
            excluded: dict[tuple[str, ...], dict[str, int]] = {}
            for row in gone.iter_rows():
                excluded.setdefault(row[:width], {})[row[width]] = row[width + 1]
            result = {}
            for row in groups.iter_rows():
                key, counts = row[:width], dict(zip(groups.columns[width:], row[width:], strict=True))
                result[key] = _tally(counts, excluded.get(key, {}), scheme)
            results.append(result)
        return results


def _tally(row: Mapping[str, int], excluded: dict[str, int], scheme: Scheme) -> Tally:
    def picked(mark: str, names: Iterable[str]) -> dict[str, int]:
        return {id: row[mark + id] for id in names if row[mark + id]}

    overs = picked("o:", scheme.rates)
    goods = {id: row["g:" + id] for id in overs}
    return worth(Tally(row["received"], excluded, goods, overs, picked("s:", scheme.points)), scheme)


def by_scheme(rows: pl.DataFrame, schemes: Schemes) -> Iterator[tuple[Scheme, pl.DataFrame]]:
    """Orders by the scheme that was in force when they were received."""
    import polars as pl

    first, last = rows["received"].min(), rows["received"].max()
    if first is None or last is None:
        return
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    days = [first.date(), *(day for day in schemes.changes if first.date() < day <= last.date())]
    if len(days) == 1:
        yield schemes.at(days[0]), rows
        return
    day = pl.col("received").dt.date()
    for begin, end in zip(days, [*days[1:], None], strict=True):
        part = rows.filter((day >= begin) if end is None else (day >= begin) & (day < end))
        if part.height:
            yield schemes.at(begin), part
