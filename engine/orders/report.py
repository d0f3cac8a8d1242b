"""The report on a period's orders: one structure, written as Markdown, a self-contained page or Word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from engine.exports import Paper, Section, Shaded, Table, word
from engine.model import Frozen
from engine.orders import charts
from engine.orders.rules import Ranked, Tally
from engine.orders.statistics import BLANK, GROUPS, WEEKDAYS, Statistics, is_year
from engine.render import heat
from engine.render.templates import fill
from engine.words import moment

_NUMERALS = "一二三四五六七八九十"
_MANY_WEEKS = 26


class Drawing(Frozen, frozen=True):
    """A chart under the section of that title; `svg` is safe as it stands."""

    section: str
    caption: str
    svg: str


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


class Compared(Frozen, frozen=True):
    """What changed since the period before, which is `title`.

    `received`: more orders (or fewer), `growth` their share of those before; `rates`: rate → percentage
    points, where both have one; `kinds`: those that grew most, by how many; `complete`: whether the period
    is over.
    """

    title: str
    received: int
    growth: float
    rates: dict[str, float]
    kinds: tuple[tuple[str, int], ...]
    complete: bool


def compare(found: Statistics, before: Statistics, today: datetime) -> Compared:
    """A period against the one before; `today` tells whether it is over."""
    now, then = found.total.received, before.total.received
    points = {}
    for id in found.scheme.rates:
        new = found.rate(found.total, id)
        old = before.rate(before.total, id) if id in before.scheme.rates else None
        if new is not None and old is not None:
            points[id] = round((new - old) * 100, 6)
    earlier = {share.name: share.count for share in before.groups.get("kind", ())}
    shares = found.groups.get("kind", ())
    # a kind that is not in the other list may be among those cut off there
    whole = not before.others.get("kind")
    more = [(s.name, s.count - earlier.get(s.name, 0)) for s in shares if whole or s.name in earlier]
    grown = tuple((name, n) for name, n in sorted(more, key=lambda one: -one[1])[:3] if n > 0)
    over = found.period.last < today.date()
    return Compared(before.period.title, now - then, (now - then) / then, points, grown, over)


def compared(found: Statistics, before: Statistics, today: datetime) -> str:
    """`compare` in words: `比2026年9月：受理 +12 件（+3%），解决率 -2.1 个百分点，…`."""
    made = compare(found, before, today)
    parts = [f"受理 {made.received:+d} 件（{made.growth:+.0%}）"]
    parts += [f"{found.scheme.rates[id].label} {points:+.1f} 个百分点" for id, points in made.rates.items()]
    so_far = "" if made.complete else "（本期还没有完）"
    grown = "、".join(f"{name} {n:+d} 件" for name, n in made.kinds)
    return f"比{made.title}{so_far}：{'，'.join(parts)}" + (f"；多得最多的：{grown}" if grown else "")


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
        f"热线工单分析（{found.period.title}）",
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


def drawings(found: Statistics) -> list[Drawing]:
    """The charts of the page."""
    made = [
        Drawing("总的情况", "每天受理件数", charts.daily("每天受理件数", found.days)),
    ]
    for field, shares in found.groups.items():
        bars = [
            (share.name, share.count, f"{share.count} 件 {percent(share.share)}") for share in shares[:12]
        ]
        label = GROUPS[field]
        made.append(Drawing(f"按{label}", f"按{label}的件数和占比", charts.bars(f"按{label}", bars)))
    made.append(Drawing("哪里热、什么时候热", heat_hours(found).title, heat.svg(heat_hours(found))))
    if found.map_units != (BLANK,) and found.map_kinds != (BLANK,):
        made.append(Drawing("哪里热、什么时候热", heat_map(found).title, heat.svg(heat_map(found))))
    return made


def markdown(made: Paper) -> str:
    """The report in Markdown."""
    return fill("orders", "md", _values(made, ()))


def html(made: Paper, found: Statistics) -> str:
    """The report as one page with its charts drawn: nothing is loaded from anywhere."""
    return fill("orders", "html", _values(made, drawings(found)))


def docx(made: Paper) -> bytes:
    """The report as a Word document, through the hall's or the shipped template."""
    return word(made)


def _values(made: Paper, drawn: Iterable[Drawing]) -> dict[str, Any]:
    from markupsafe import Markup  # the drawings escape what they show

    by_section: dict[str, list[dict[str, Any]]] = {}
    for drawing in drawn:
        entry = {"caption": drawing.caption, "svg": Markup(drawing.svg)}
        by_section.setdefault(drawing.section, []).append(entry)
    sections = []
    for section in made.sections:
        charts_here = by_section.get(section.title.partition("、")[2], [])
        titles = {entry["caption"] for entry in charts_here}
        sections.append(
            {
                "title": section.title,
                "paragraphs": list(section.paragraphs),
                "charts": charts_here,
                # a map that is drawn is not printed as a table too
                "tables": [_table(table) for table in section.tables if table.caption not in titles],
            }
        )
    return {
        "title": made.title,
        "lead": made.lead,
        "foot": made.foot,
        "sections": sections,
        "mode": "",
        "draft": "",
    }


def _table(table: Table) -> dict[str, Any]:
    def text(cell: str | Shaded) -> str:
        return cell if isinstance(cell, str) else cell.text

    rows: Sequence[Sequence[str]] = [[text(cell) for cell in row] for row in table.rows]
    return {"caption": table.caption, "columns": list(table.columns), "rows": rows}
