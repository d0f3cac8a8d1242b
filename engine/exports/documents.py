"""Reports as Word documents, through a template that a hall can change in Word itself.

The template is `templates/reports/report.docx`; docs/followups.md says what can stand in it. A hall's own
is used instead when it lies in the configuration folder as `report.docx`.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import east_asian_width

from engine import paths
from engine.errors import BadData, reason
from engine.exports.cells import printable

TEMPLATE = "report.docx"
_FITTED = 8  # columns at most of a table whose widths are fitted
_SHORT, _WIDEST = 7, 28  # characters of a column: kept as wide as they are; counted at most
_CHARACTER, _MARGIN = 210, 1.6  # twips of a character; characters of a cell's margins
_DARK = 128  # below this brightness of its ground (0-255) a text is printed white


class Shaded(NamedTuple):
    """A cell with a background, `shade`: RRGGBB."""

    text: str
    shade: str = ""


class Table(NamedTuple):
    """A table with a caption; every row has as many cells as `columns`."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Shaded, ...], ...]


class Section(NamedTuple):
    """A heading with paragraphs, then tables."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


class Paper(NamedTuple):
    """A whole document. `lead`: one line under the title, `foot`: one line at its end (sources, dates)."""

    title: str
    lead: str = ""
    sections: tuple[Section, ...] = ()
    foot: str = ""

    def tables(self) -> list[Table]:
        """All tables, in their order."""
        return [table for section in self.sections for table in section.tables]


def template() -> Path:
    """The hall's own template, else the shipped one."""
    own = paths.config_dir() / TEMPLATE
    return own if own.is_file() else paths.shipped("templates") / "reports" / TEMPLATE


def word(paper: Paper, file: Path | None = None) -> bytes:
    """The document as DOCX. `file`: a template, default `template()`.

    BadData when the template cannot be read or asks for what a report does not have.
    """
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    file = file or template()
    try:
        made = DocxTemplate(io.BytesIO(file.read_bytes()))
        made.init_docx()
    except OSError as error:
        raise BadData(f"读不了 Word 模板 {file}（{reason(error)}）", "检查文件和权限") from error
    except Exception as error:  # whatever a damaged package makes the library raise
        raise BadData(f"{file} 不是能用的 Word 模板", "用 Word 另存为 .docx，或移走它改用自带的") from error
    # a template is somebody's file: it may fill in and repeat, not reach into the program
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        made.render(_values(paper), environment)
    except (TemplateError, SyntaxError) as error:
        message = getattr(error, "message", None) or str(error)
        shipped = paths.shipped("templates") / "reports" / TEMPLATE
        raise BadData(f"Word 模板 {file} 有写错的地方：{message}", f"以自带的 {shipped} 为底改") from error
    _fit(made.docx.element.body, paper)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _fit(body: Any, paper: Paper) -> None:
    """Columns as wide as what stands in them asks for, in the tables that are known by their heads.

    A template repeats one cell, so all columns come out alike: a number takes as much room as a sentence.
    """
    from docx.oxml.ns import qn

    known = {tuple(_clean(name) for name in table.columns): table for table in paper.tables() if _fits(table)}
    for drawn in body.iter(qn("w:tbl")):
        rows = [list(row.iter(qn("w:tc"))) for row in drawn.iter(qn("w:tr"))]
        head = tuple(
            "".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in next(iter(rows), [])
        )
        grid = list(drawn.iter(qn("w:gridCol")))
        table = known.get(head)
        if table is None or len(grid) != len(head):
            continue
        whole = sum(int(column.get(qn("w:w")) or 0) for column in grid)
        widths = _widths(table, whole)
        for column, width in zip(grid, widths, strict=True):
            column.set(qn("w:w"), str(width))
        for row in rows:
            for cell, width in zip(row, widths, strict=False):
                for size in cell.iter(qn("w:tcW")):
                    size.set(qn("w:w"), str(width))


def _fits(table: Table) -> bool:
    return 2 <= len(table.columns) <= _FITTED


def _widths(table: Table, whole: int) -> list[int]:
    """Widths in twips: short columns get what they need, long ones share the rest by their longest text."""
    texts = [[_plain(cell) for cell in row] for row in table.rows]
    wanted = [
        min(_WIDEST, max(map(_length, [name, *(row[n] for row in texts)])) + _MARGIN)
        for n, name in enumerate(table.columns)
    ]
    short = [size for size in wanted if size <= _SHORT]
    room = whole / _CHARACTER - sum(short)
    rest = sum(wanted) - sum(short)
    if not rest or room < rest / 4:  # nothing to share, or too many short ones: all alike by their length
        return [round(whole * size / sum(wanted)) for size in wanted]
    return [round(_CHARACTER * (size if size <= _SHORT else room * size / rest)) for size in wanted]


def _length(text: str) -> float:
    """In Chinese characters."""
    return sum(1 if east_asian_width(char) in "WFA" else 0.55 for char in text)


def _plain(cell: str | Shaded) -> str:
    return cell if isinstance(cell, str) else cell.text


def _values(paper: Paper) -> dict[str, object]:
    return {
        "title": _clean(paper.title),
        "lead": _clean(paper.lead),
        "foot": _clean(paper.foot),
        "sections": [
            {
                "title": _clean(section.title),
                "paragraphs": [_clean(text) for text in section.paragraphs],
                "tables": [_table(table) for table in section.tables],
            }
            for section in paper.sections
        ],
    }


def _table(table: Table) -> dict[str, object]:
    return {
        "caption": _clean(table.caption),
        "columns": [_clean(name) for name in table.columns],
        "width": len(table.columns),
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
    }


def _cell(cell: str | Shaded) -> dict[str, object]:
    made = Shaded(cell) if isinstance(cell, str) else cell
    ground = made.shade or "FFFFFF"
    red, green, blue = (int(ground[at : at + 2], 16) for at in (0, 2, 4))
    dark = 0.299 * red + 0.587 * green + 0.114 * blue < _DARK
    return {"text": _clean(made.text), "shade": ground, "dark": dark}


def _clean(text: str) -> str:
    return printable(text).replace("\t", " ")
