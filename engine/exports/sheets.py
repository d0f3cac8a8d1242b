"""Tables as CSV and XLSX."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from engine.clock import BEIJING
from engine.errors import BadData
from engine.exports.cells import Cell, Sheet, neutral, printable, risky

_ROWS, _LETTERS = 1_048_576, 32_767  # what one XLSX sheet and one cell can hold
_WIDTHS = {"text": 18.0, "number": 10.0, "date": 12.0, "moment": 17.0, "yesno": 6.0}
_FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")


def csv(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark (for spreadsheet programs), CRLF, formulas neutralised."""
    import csv as lines

    text = io.StringIO()
    writer = lines.writer(text)
    writer.writerow([neutral(printable(column.title)) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_written(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case datetime():
            here = cell.astimezone(BEIJING)  # seconds decide about a clock: they stay where there are any
            return f"{here:%Y-%m-%d %H:%M:%S}" if here.second else f"{here:%Y-%m-%d %H:%M}"
        case date():
            return cell.isoformat()
        case str():
            return neutral(printable(cell))
    return cell


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook; times are dates of the sheet (Beijing's), text is text even when it looks like a formula.

    BadData when a sheet has more rows than the format can hold.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    try:
        _pages(book, sheets)
    except Exception:
        book.save(io.BytesIO())  # the only way by which the library clears its temporary files
        raise
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _pages(book: Any, sheets: Sequence[Sheet]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    bold, tint = Font(bold=True), PatternFill("solid", fgColor="DDE6F0")
    titles: set[str] = set()
    for sheet in sheets:
        page = book.create_sheet(_title(sheet.title, titles))
        page.freeze_panes = "A2"
        for number, column in enumerate(sheet.columns, 1):
            page.column_dimensions[get_column_letter(number)].width = column.width or _WIDTHS[column.kind]
        heads = []
        for column in sheet.columns:
            head = _cell(page, column.title, "")
            head.font, head.fill = bold, tint
            head.alignment = Alignment(wrap_text=True, vertical="center")
            heads.append(head)
        page.append(heads)
        formats = [_FORMATS.get(column.kind, "") for column in sheet.columns]
        count = _fill(page, sheet, formats)
        if sheet.columns:
            page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count}"


def _fill(page: Any, sheet: Sheet, formats: Sequence[str]) -> int:
    """Append the rows; returns how many lines the page has."""
    count = 1
    for row in sheet.rows:
        count += 1
        if count > _ROWS:
            raise BadData(
                f"表 `{sheet.title}` 超过 {_ROWS - 1} 行，XLSX 装不下", "改用 CSV，或缩小时间范围分几次导出"
            )
        page.append(list(_shown(page, row, formats)))
    return count


def _shown(page: Any, row: Iterable[Cell], formats: Sequence[str]) -> Iterable[Any]:
    for cell, form in zip(row, formats, strict=True):
        match cell:
            case None | "":
                yield None
            case bool():
                yield "是" if cell else "否"
            case str():
                text = printable(cell)
                if len(text) > _LETTERS:
                    text = text[: _LETTERS - 20] + f"……（共{len(text)}字）"
                yield _cell(page, text, "") if risky(text) or text in _ERRORS else text
            case datetime():
                yield _cell(page, cell.astimezone(BEIJING).replace(tzinfo=None), form or _FORMATS["moment"])
            case date():
                yield _cell(page, cell, form or _FORMATS["date"])
            case _:
                yield cell


def _cell(page: Any, value: Any, form: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(page, value)
    if form:
        made.number_format = form
    if isinstance(value, str):
        made.data_type = "s"
        made.quotePrefix = risky(value)  # it stays text when somebody edits the cell
    return made


def _title(wanted: str, taken: set[str]) -> str:
    """A sheet's name as the format allows it: 31 letters, some marks not, none twice (case apart)."""
    base = _NOT_IN_TITLES.sub("-", printable(wanted)).strip("' ") or "表"
    name, number = base[:31], 1
    while name.casefold() in taken:
        number += 1
        tail = f"（{number}）"
        name = base[: 31 - len(tail)] + tail
    taken.add(name.casefold())
    return name
