"""The report on a period's orders: one structure; `reportforms` writes it."""

from __future__ import annotations

from datetime import datetime

from engine.exports import Paper, Section, Shaded, Table
from engine.orders.comparison import compared
from engine.orders.figures import (
    counts,
    heat_hours,
    heat_map,
    honours_lost,
    money,
    percent,
    rates,
    signed,
)
from engine.orders.listings import BLANK, GROUPS
from engine.orders.rules import Ranked
from engine.orders.statistics import Statistics
from engine.render import heat
from engine.words import moment

_NUMERALS = "一二三四五六七八九十"
_MANY_WEEKS = 26


def paper(found: Statistics, hall: str, now: datetime, before: Statistics | None = None) -> Paper:
    """The whole report; `hall`: its name or ""; `now` (aware): when it is made; `before`: what was before."""
    sections = [
        _overview(found, before, now),
        *_distributions(found),
        _standing(found, now),
        _hot(found),
        _frequent(found),
        _trend(found),
    ]
    numbered = [
        section._replace(title=f"{_NUMERALS[number]}、{section.title}")
        for number, section in enumerate(section for section in sections if section is not None)
    ]
    who = f"{hall}　" if hall else ""
    return Paper(
        f"热线工单分析：{found.period.title}",
        f"{who}{found.period.first}至{found.period.last}受理　{moment(now)}生成",
        tuple(numbered),
        _foot(found),
    )


def _foot(found: Statistics) -> str:
    scheme = found.scheme
    cited = dict.fromkeys(
        source
        for group in (scheme.rates, scheme.rankings, scheme.points, scheme.excluded, scheme.scales)
        for item in (*group.values(), *((scheme.money, scheme.honours) if group is scheme.points else ()))
        for source in item.source
    )
    own = "，另有自拟的部分" if cited.pop("own", cited) is None else ""
    return (
        f"口径：{scheme.title}，按工单受理当天有效的一版。依据：{'、'.join(cited)}{own}。"
        "率的分母先去掉剔除的工单；解决率、满意率以回访时答了这一问的为分母。"
    )


def _overview(found: Statistics, before: Statistics | None, today: datetime) -> Section:
    total, scheme = found.total, found.scheme
    texts = [f"{counts(found)}。"]
    if before is not None:
        texts.append(f"{compared(found, before, today)}。")
    if found.repeated:
        texts.append(f"同一人同一事来电满{scheme.repeats.calls}次的 {found.repeated} 件，应提级办理。")
    tables = [Table("几项率", ("指标", "数值", "件数"), tuple(rates(total, found)))]
    if any(total.scores.values()):
        rows = [
            (score.label, signed(score.points), str(total.scores.get(id, 0)))
            for id, score in scheme.points.items()
        ]
        worth = f"合计 {signed(total.points)} 分，折 {money(total.money)} 元"
        tables.append(Table(f"计分：{worth}", ("项目", "每件", "件数"), tuple(rows)))
    if total.excluded:
        labels = {id: reason.label for id, reason in scheme.excluded.items()}
        gone = sorted(total.excluded.items(), key=lambda item: -item[1])
        caption = "剔除的工单（不在各项率里）"
        tables.append(Table(caption, ("原因", "件数"), tuple((labels.get(id, id), str(n)) for id, n in gone)))
    return Section("总的情况", tuple(texts), tuple(tables))


def _distributions(found: Statistics) -> list[Section]:
    sections = []
    for field, shares in found.groups.items():
        rows = tuple((share.name, str(share.count), percent(share.share)) for share in shares)
        more = (f"另有 {found.others[field]} 种没有列出。",) if found.others[field] else ()
        table = Table("占比以纳入统计的工单为分母", (GROUPS[field], "件数", "占比"), rows)
        sections.append(Section(f"按{GROUPS[field]}", more, (table,)))
    return sections


def _standing(found: Statistics, today: datetime) -> Section | None:
    if not found.units:
        return None
    labels = [rate.label for rate in found.scheme.rates.values()]
    rows = tuple(_place(entry, found) for entry in found.units)
    by = found.scheme.rankings["month" if (found.period.last - found.period.first).days > 7 else "week"]
    order = "、".join(found.scheme.rates[id].label for id in by.by)
    texts = [f"先后比{order}；率相同的名次相同。"]
    if unknown := [found.scheme.rates[id].label for id in by.by if id in found.blind]:
        texts.append(f"{'、'.join(unknown)}没有数据，没有参与比较。")
    if partly := [found.scheme.rates[id].label for id in by.by if found.unknown(found.total, id)]:
        texts.append(
            f"{'、'.join(partly)}只比有记录的工单（有的表没有这一列）；一件记录也没有的单位排在有记录的后面。"
        )
    if lost := [entry.name for entry in found.units if entry.lost]:
        texts.append(honours_lost(found, "、".join(lost), today))
    columns = ("名次", "单位", "受理", *labels, "得分", "金额")
    return Section("承办单位排名", tuple(texts), (Table("", columns, rows),))


def _place(entry: Ranked, found: Statistics) -> tuple[str, ...]:
    shares = [percent(found.rate(entry.tally, id)) for id in found.scheme.rates]
    place = str(entry.place) if entry.place else "—"
    points = signed(entry.tally.points)
    return place, entry.name, str(entry.tally.received), *shares, points, money(entry.tally.money)


def _shaded(map: heat.Heat, corner: str) -> Table:
    rows: list[tuple[str | Shaded, ...]] = []
    for name, values in zip(map.rows, map.values, strict=True):
        cells = [Shaded(f"{value:g}" if value else "", heat.shade(value, map.most)) for value in values]
        rows.append((name, *cells))
    return Table(map.title, (corner, *map.columns), tuple(rows))


def _hot(found: Statistics) -> Section:
    hours, both = heat_hours(found), heat_map(found)
    top = "、".join(f"{row}{column}时（{value:g}件）" for row, column, value in heat.peaks(hours))
    texts = [f"来得最多的钟点：{top}。"] if top else []
    tables = [_shaded(hours, "")]
    if found.map_units != (BLANK,) and found.map_kinds != (BLANK,) and both.most:
        most = "、".join(f"{unit}的{kind}（{value:g}件）" for unit, kind, value in heat.peaks(both))
        texts.append(f"最集中的：{most}。")
        tables.append(_shaded(both, "单位"))
    return Section("哪里热、什么时候热", tuple(texts), tuple(tables))


def _frequent(found: Statistics) -> Section | None:
    if not found.frequent:
        return None
    rows = tuple(
        (entry.kind, entry.about, str(entry.count), percent(entry.share), str(entry.repeated))
        for entry in found.frequent
    )
    text = f"同类同处 {found.scheme.same_cause.times} 件以上的，宜在下一件之前去办（未诉先办）。"
    columns = ("类别", "被反映方或地点", "件数", "占比", "其中重复来电")
    return Section("高频问题", (text,), (Table("", columns, rows),))


def _trend(found: Statistics) -> Section | None:
    parts = found.weeks if len(found.weeks) <= _MANY_WEEKS else found.months
    if len(parts) < 2:
        return None
    labels = [rate.label for rate in found.scheme.rates.values()]
    rows = []
    for part in parts:
        first = "、".join(entry.name for entry in part.ranking if entry.place == 1)
        shares = [percent(found.rate(part.total, id)) for id in found.scheme.rates]
        rows.append((part.title, str(part.total.received), *shares, first if len(first) < 40 else "多家并列"))
    caption = "周" if parts is found.weeks else "月"
    return Section(f"逐{caption}", (), (Table("", (caption, "受理", *labels, "第一名"), tuple(rows)),))
