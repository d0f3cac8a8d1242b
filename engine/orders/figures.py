"""Figures in words, the same on the screen and in reports."""

from __future__ import annotations

from datetime import datetime

from engine.orders.listings import WEEKDAYS
from engine.orders.periods import is_year
from engine.orders.rules import Tally
from engine.orders.statistics import Statistics
from engine.render import heat


def percent(share: float | None) -> str:
    """`91.3%`, and — where there is nothing to take a share of."""
    return "—" if share is None else f"{share:.1%}"


def signed(points: float) -> str:
    """Points with their sign: `+1`, `-0.5`, `0`."""
    return f"{points:+g}" if points else "0"


def heat_hours(found: Statistics) -> heat.Heat:
    """Orders received by weekday and hour."""
    hours = tuple(str(hour) for hour in range(24))
    return heat.Heat("星期和钟点（受理件数）", WEEKDAYS, hours, found.hours, "件", "时")


def heat_map(found: Statistics) -> heat.Heat:
    """Orders after exclusion by unit and kind."""
    return heat.Heat("单位和类别（剔除后件数）", found.map_units, found.map_kinds, found.map)


def counts(found: Statistics) -> str:
    """How many came, were left out, are analysed."""
    total = found.total
    return (
        f"受理 {total.received} 件，剔除 {total.received - total.analysed} 件，纳入统计 {total.analysed} 件"
    )


def rates(tally: Tally, found: Statistics) -> list[tuple[str, str, str]]:
    """(label, share, how many of how many) of every rate of the scheme."""

    def of(id: str) -> str:
        unknown = found.unknown(tally, id)
        more = f"，另 {unknown} 件没有记录" if unknown else ""
        return f"{tally.good.get(id, 0)}/{tally.over.get(id, 0)}{more}"

    return [
        (rate.label, "没有数据", "没有这一列的记录")
        if id in found.blind
        else (rate.label, percent(tally.rate(id)), of(id))
        for id, rate in found.scheme.rates.items()
    ]


def honours_lost(found: Statistics, who: str, today: datetime) -> str:
    """Who has fewer points than honours need; it is the whole year's sum that decides (H4.05, H4.06)."""
    below = f"合计低于 {found.scheme.honours.lost_below:g} 分的：{who}"
    if not is_year(found.period):
        return f"本期{below}（评优按全年合计定）。"
    over = found.period.last < today.date()
    return f"全年{below}，取消评优资格。" if over else f"今年到现在{below}；到年底还是这样，取消评优资格。"


def money(yuan: float) -> str:
    """`+1,200`, `-300`, `0`."""
    return f"{yuan:+,.0f}" if yuan else "0"
