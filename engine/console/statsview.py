"""The figures of orders: on the screen, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from engine.console import tables
from engine.console.terminal import Terminal
from engine.console.wrap import clip
from engine.console.wrap import columns as wide

if TYPE_CHECKING:
    from datetime import datetime

    from engine.orders.comparison import Compared
    from engine.orders.statistics import Statistics

_LINES = 10  # of a list on the screen
_PLACE, _POINTS = 5, 16  # columns for the place before a unit and its points at the end, with blanks


def show(screen: Terminal, found: Statistics, now: datetime, compared: str = "") -> None:
    """The figures in 80 columns."""
    from engine.orders import figures
    from engine.orders.listings import GROUPS
    from engine.orders.periods import is_year
    from engine.render import heat

    total, scheme = found.total, found.scheme
    screen.line(f"{found.period.title}：{figures.counts(found)}", "title")
    tables.table(screen, figures.rates(total, found))
    if compared:
        screen.line(compared)
    if total.excluded:
        labels = {id: reason.label for id, reason in scheme.excluded.items()}
        screen.line("剔除：" + "，".join(f"{labels.get(id, id)} {n} 件" for id, n in total.excluded.items()))
    scores = [
        f"{scheme.points[id].label} {n} 件" for id, n in total.scores.items() if n and id in scheme.points
    ]
    if scores:
        worth = f"计分 {figures.signed(total.points)} 分，折 {figures.money(total.money)} 元："
        screen.line(worth + "，".join(scores))
    for field, shares in found.groups.items():
        screen.line(f"【按{GROUPS[field]}】", "title")
        tables.table(screen, [(s.name, f"{s.count:>6}", figures.percent(s.share)) for s in shares[:_LINES]])
        if (rest := len(shares) + found.others[field] - _LINES) > 0:
            screen.line(f"另有 {rest} 种", "quiet")
    if found.units:
        screen.line("【承办单位排名】", "title")
        taken = sum(wide(scheme.rates[id].label) + 2 for id in scheme.rates)
        room = max(16, screen.width - taken - _PLACE - _POINTS)
        heads = ("", "单位", *(scheme.rates[id].label for id in scheme.rates), "得分")
        rows = [
            (str(e.place or "—"), clip(e.name, room),
             *(figures.percent(found.rate(e.tally, id)) for id in scheme.rates),
             figures.signed(e.tally.points) + ("（负分）" if e.lost else ""))
            for e in found.units[:_LINES * 2]
        ]  # fmt: skip
        tables.table(screen, [heads, *rows])
        if len(found.units) > len(rows):
            screen.line(f"另有 {len(found.units) - len(rows)} 个单位，见报告", "quiet")
        if is_year(found.period) and (lost := [e.name for e in found.units if e.lost]):
            screen.line(figures.honours_lost(found, "、".join(lost), now), "late")
    if found.frequent:
        screen.line("【高频问题】", "title")
        rows = [(f"{e.count:>5} 件", f"{e.kind}：{e.about}") for e in found.frequent[:_LINES]]
        tables.table(screen, rows)
    for map in (figures.heat_hours(found), figures.heat_map(found)):
        screen.blank()
        for line in heat.lines(map, screen.width):
            screen.line(line)


def as_json(found: Statistics, against: Compared | None = None) -> dict[str, Any]:
    """The contract of `order stats --json`."""

    def counts(tally: Any) -> dict[str, Any]:
        return {
            "received": tally.received, "analysed": tally.analysed, "excluded": tally.excluded,
            "rates": {id: found.rate(tally, id) for id in found.scheme.rates}, "scores": tally.scores,
            "points": tally.points, "money": tally.money,
            "unknown": {id: n for id in found.scheme.rates if (n := found.unknown(tally, id))},
        }  # fmt: skip

    def ranked(entries: Any) -> list[dict[str, Any]]:
        return [{"place": e.place, "unit": e.name, "lost": e.lost, **counts(e.tally)} for e in entries]

    def parts(listed: Any) -> list[dict[str, Any]]:
        return [
            {"begin": p.begin.isoformat(), "title": p.title, **counts(p.total), "units": ranked(p.ranking)}
            for p in listed
        ]

    return {
        "period": {
            "first": found.period.first.isoformat(), "last": found.period.last.isoformat(),
            "title": found.period.title,
        },
        "scheme": found.scheme.scheme,
        **counts(found.total),
        "compared": asdict(against) if against else None,
        "units": ranked(found.units),
        "groups": {field: [asdict(share) for share in shares] for field, shares in found.groups.items()},
        "others": found.others,
        "frequent": [asdict(entry) for entry in found.frequent],
        "hours": found.hours,
        "map": {"units": found.map_units, "kinds": found.map_kinds, "counts": found.map},
        "days": [[day.isoformat(), number] for day, number in found.days],
        "weeks": parts(found.weeks),
        "months": parts(found.months),
        "repeated": found.repeated,
    }  # fmt: skip
