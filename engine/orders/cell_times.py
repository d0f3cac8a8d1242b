"""A column of texts → moments: the usual forms all at once, the others one by one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from engine.orders.cell_words import NOTHING
from engine.orders.complaints import tell
from engine.orders.mapping import Column
from engine.orders.moments import moment
from engine.orders.problems import Problems

if TYPE_CHECKING:
    import polars as pl

_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S")


def times(
    column: Column,
    series: pl.Series,
    rows: pl.Series,
    problems: Problems,
    *,
    now: datetime,
    since_1904: bool,
) -> pl.Series:
    """Moments of a column of texts; null where there is none, or none that can be read (which is told).

    `rows`: the numbers of the rows; `now` (wall time): what has happened cannot lie behind it.
    """
    import polars as pl

    parsed = pl.Series(series.name, [None], dtype=pl.Datetime("ms")).new_from_index(0, len(series))
    left = series.is_not_null()
    for form in _FORMATS:
        if not left.any():
            break
        first = series.filter(left).head(1)
        if first.str.strptime(pl.Datetime("ms"), form, strict=False).null_count():
            continue
        more = series.str.strptime(pl.Datetime("ms"), form, strict=False)
        parsed = more if parsed.null_count() == len(parsed) else parsed.zip_with(parsed.is_not_null(), more)
        left = series.is_not_null() & parsed.is_null()
    if left.any():
        _leftover(column, series.filter(left), rows.filter(left), problems, since_1904=since_1904)
        texts = series.filter(left).unique().to_list()
        found = [read.at if (read := moment(text, since_1904=since_1904)) else None for text in texts]
        values = pl.Series(found, dtype=pl.Datetime("ms"))
        more = series.replace_strict(pl.Series(texts), values, default=None, return_dtype=pl.Datetime("ms"))
        parsed = parsed.zip_with(parsed.is_not_null(), more)
    _implausible(column, parsed, series, rows, problems, now)
    return parsed


def _leftover(
    column: Column, series: pl.Series, rows: pl.Series, problems: Problems, *, since_1904: bool
) -> None:
    """Tell of the texts that no usual form of a moment fits."""
    sorts: dict[str, list[tuple[int, str]]] = {"bad": [], "day": [], "serial": []}
    read: dict[str, str] = {}
    for row, text in zip(rows, series, strict=True):
        if text not in read:
            found = moment(text, since_1904=since_1904)
            nothing = found is None and text.casefold() in NOTHING
            read[text] = "nothing" if nothing else found.remark if found else "bad"
        if read[text] in sorts:
            sorts[read[text]].append((row, text))
    tell(
        problems,
        "error",
        "time",
        column,
        sorts["bad"],
        "看不懂这个时间",
        "写成 2026-11-16 09:05（年-月-日 时:分）",
    )
    serials = [
        (row, f"{text} → {found.at:%Y-%m-%d %H:%M}")
        for row, text in sorts["serial"]
        if (found := moment(text, since_1904=since_1904)) is not None
    ]
    tell(
        problems,
        "warning",
        "serial",
        column,
        serials,
        "日期存成了数字，按表格的日期序号读",
        "核对几行；不对就把这一列设为日期格式再导出",
    )
    if sorts["day"] and column.field != "due":
        number = len(sorts["day"])
        tell(
            problems,
            "warning",
            "day-only",
            column,
            sorts["day"][:1],
            f"有 {number} 格只有日期没有钟点，按 0 时算",
            "要按小时算时限，就导出带钟点的时间",
            number,
        )


def _implausible(
    column: Column, parsed: pl.Series, series: pl.Series, rows: pl.Series, problems: Problems, now: datetime
) -> None:
    """Tell of moments of another century or of the future."""
    early = parsed < datetime(2000, 1, 1)  # noqa: DTZ001
    late = parsed > now
    limits = [(early, "年份不对")]
    if column.field == "due":
        late = parsed.dt.year() > now.year + 10
        limits.append((late, "年份不对"))
    else:
        limits.append((late, f"比现在（{now:%Y-%m-%d %H:%M}）还晚"))
    for mask, message in limits:
        if mask.any():
            cells = zip(rows.filter(mask), series.filter(mask), strict=True)
            tell(problems, "error", "time-range", column, cells, message, "核对这一格")
