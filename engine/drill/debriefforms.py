"""The debrief in its forms: a self-contained page with the drawn course, Markdown, Word."""

from __future__ import annotations

from typing import Any

from engine.drill.debrief import Debrief
from engine.drill.debriefpaper import COURSE, LOG, Label, paper
from engine.drill.picture import picture
from engine.drill.scoring import RATED
from engine.drill.state import DrillState
from engine.drill.times import spoken
from engine.drill.view import DRILL
from engine.exports import Paper, Section, Shaded, Table, word
from engine.render.templates import fill


def html(made: Debrief, state: DrillState, role: Label) -> str:
    """The page; nothing is loaded from elsewhere, and no script runs."""
    from markupsafe import Markup  # the drawing escapes what it shows

    report = paper(made, role)
    values = _values(report) | {
        "title": report.title.removeprefix(DRILL),
        "mode": "演练",
        "numbers": _numbers(made),
        "drawing": Markup(picture(state, made.score)),
        "ratings": [
            {
                "letter": rating.rating or "—", "what": rating.what, "percent": rating.percent,
                "said": RATED[rating.rating], "why": rating.why,
            }
            for rating in made.ratings
        ],
        "course": COURSE,
        "log": LOG,
    }  # fmt: skip
    return fill("drill", "html", values)


def markdown(made: Debrief, role: Label) -> str:
    """The report in Markdown."""
    return fill("orders", "md", _values(paper(made, role)))


def docx(made: Debrief, role: Label) -> bytes:
    """The report as a Word document, through the hall's or the shipped template; the course is a table."""
    return word(paper(made, role))


def _numbers(made: Debrief) -> list[tuple[str, str]]:
    score = made.score
    met = sum(rating.rating in ("P", "S") for rating in made.ratings)
    return [
        (f"{score.total}", "总分"),
        (f"{met}/{len(made.ratings)}", "目标达到"),
        (spoken(score.first_action) if score.first_action is not None else "没有", "第一个动作"),
        (spoken(score.control) if score.control is not None else "没有", "控制住现场"),
        (f"{score.path.percent}%", "最佳路径"),
        (f"{len(made.harms)}", "有害的动作"),
    ]


def _values(made: Paper) -> dict[str, Any]:
    return {
        "title": made.title,
        "lead": made.lead,
        "foot": made.foot,
        "sections": [_section(section) for section in made.sections],
        "mode": "",
        "draft": "",
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "name": section.title.partition("、")[2],
        "paragraphs": list(section.paragraphs),
        "charts": [],
        "tables": [_table(table) for table in section.tables],
    }


def _table(table: Table) -> dict[str, Any]:
    rows = [[cell.text if isinstance(cell, Shaded) else cell for cell in row] for row in table.rows]
    return {"caption": table.caption, "columns": list(table.columns), "rows": rows}
