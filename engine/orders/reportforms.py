"""The report in its forms: Markdown, a self-contained page with drawn charts, Word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.exports import Paper, Shaded, Table, word
from engine.model import Frozen
from engine.orders import charts
from engine.orders.figures import heat_hours, heat_map, percent
from engine.orders.listings import BLANK, GROUPS
from engine.orders.statistics import Statistics
from engine.render import heat
from engine.render.templates import fill


class Drawing(Frozen, frozen=True):
    """A chart under the section of that title; `svg` is safe as it stands."""

    section: str
    caption: str
    svg: str


def drawings(found: Statistics) -> list[Drawing]:
    """The charts of the page."""
    caption = charts.of_days(found.days)
    made = [Drawing("总的情况", caption, charts.daily(caption, found.days))]
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
