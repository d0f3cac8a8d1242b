"""Weeks, months, quarters and years, and the orders received in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.clock import BEIJING
from engine.orders import columns

if TYPE_CHECKING:
    import polars as pl

Span = Literal["week", "month", "quarter", "year", "all"]
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}


class Period(NamedTuple):
    """Orders received from `first` to `last`, both days included; `title` in words."""

    first: date
    last: date
    title: str


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
    return period(span if is_long(about) else "week", about.first - timedelta(days=1))


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


def is_long(about: Period) -> bool:
    """Whether it is longer than a week: then units are ranked as for a month."""
    return (about.last - about.first).days > 7
