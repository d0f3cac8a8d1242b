"""XLSX and XLSM workbooks: values only, no macro is run or kept; bombs are refused before they are opened."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from engine.errors import BadData, NotFound
from engine.orders import privacy
from engine.orders.mapping import recognised
from engine.orders.problems import Problems, index, letter
from engine.orders.sheets import HEAD, MAX_COLUMNS, Merge, Table, header_place, or_first, trimmed
from engine.orders.xlsx_guard import SAVE_AGAIN, guard, has_macros
from engine.orders.xlsx_rows import values

_BEYOND = 8  # columns right of the last header that are looked at
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]{0,80}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"))
_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number


def read_xlsx(path: Path, problems: Problems, sheet: str) -> Table:
    """The table of a workbook's sheet.

    BadData: damaged, protected, a bomb, no table in it. NotFound: no such sheet.
    """
    guard(path)
    if path.suffix.lower() in (".xlsm", ".xltm") or has_macros(path):
        problems.add("info", "macros", "工作簿带宏：只读数据，宏没有运行，也不保存")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl on drawings and styles that are none of ours
            return _read(path, problems, sheet)
    except (BadData, NotFound, MemoryError):
        raise
    except Exception as error:  # openpyxl and expat raise anything at all for a damaged file
        raise BadData(f"{path.name} 已损坏，读不出来（{type(error).__name__}）", SAVE_AGAIN) from error


def _read(path: Path, problems: Problems, wanted: str) -> Table:
    import openpyxl
    import polars as pl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheets = [ws for ws in book.worksheets if wanted or ws.sheet_state == "visible"]
        if wanted:
            sheets = [ws for ws in sheets if ws.title == wanted]
            if not sheets:
                raise NotFound(f"{path.name} 里没有工作表“{wanted}”", f"有：{'、'.join(book.sheetnames)}")
        heads = [_head(ws, path.name) for ws in sheets]
        if not any(heads):
            raise BadData(f"{path.name} 里没有内容", "重新导出一次")
        known = [recognised(rows[header_place(rows) or 0]) if rows else -1 for rows in heads]
        chosen = known.index(max(known))
        ws, rows = sheets[chosen], heads[chosen]
        others = [other.title for other in sheets if other is not ws and heads[sheets.index(other)]]
        if others:
            problems.add(
                "info",
                "sheets",
                f"读的是工作表“{ws.title}”，没读“{'”“'.join(others)}”",
                "要读别的加 --sheet 名称",
            )
        place = or_first(rows)
        headers = trimmed(rows[place])
        width = len(headers)
        lossy: list[tuple[int, int, str]] = []
        faulty: list[tuple[int, int, str]] = []
        beyond: list[tuple[int, int, str]] = []

        def texts() -> Iterator[tuple[object, ...]]:
            for number, cells in values(ws, width + _BEYOND):
                if number <= place + 1 or all(cell is None for cell in cells):
                    continue
                row: list[str | None] = []
                for i, cell in enumerate(cells):
                    text = _text(cell)
                    if text is not None and not isinstance(cell, str | datetime):
                        if isinstance(cell, int | float) and abs(cell) >= _EXACT:
                            lossy.append((number, i, text))
                    elif text in _ERRORS:
                        faulty.append((number, i, text))
                        text = None
                    row.append(text)
                beyond.extend((number, i, text) for i, text in enumerate(row[width:], width) if text)
                yield (number, *row[:width], *[None] * (width - len(row)))

        schema = {"row": pl.UInt32} | {f"c{i}": pl.String for i in range(width)}
        frame = pl.DataFrame(list(texts()), schema=schema, orient="row")
        for number, i, text in beyond:
            problems.add(
                "error", "beyond", "这一格在表头之外，没有列名", "补上列名，或删掉这一格",
                cells=[(number, privacy.masked(text))], column=letter(i),
            )  # fmt: skip
        merges, formulas = _scan(path, ws)
        since_1904 = book.epoch.year == 1904
        title = ws.title
    finally:
        book.close()
    uncached = _uncached(path, title, place + 1, width, frame, problems) if formulas else ()
    if width > 50:
        problems.add("info", "wide", f"表有 {width} 列，只用认得出的列")
    return Table(
        path.name,
        f"工作表“{title}”",
        tuple(headers),
        place + 1,
        frame,
        merges,
        tuple(lossy),
        uncached,
        tuple(faulty),
        since_1904,
    )


def _rows(ws: Any, width: int | None) -> Iterable[tuple[Any, ...]]:
    ws.reset_dimensions()  # what the file says of its size may be wrong, or meant to do harm
    found: Iterable[tuple[Any, ...]] = ws.iter_rows(max_col=width, values_only=True)
    return found


def _head(ws: Any, name: str) -> list[list[str]]:
    found: list[list[str]] = []
    for row in _rows(ws, MAX_COLUMNS + 1):
        found.append([_text(cell) or "" for cell in row])
        if sum(map(bool, found[-1])) > MAX_COLUMNS:
            raise BadData(f"{name} 的列太多（超过 {MAX_COLUMNS}）", "只留要导入的列")
        if len(found) > HEAD:
            break
    return found if any(cell.strip() for row in found for cell in row) else []


def _text(cell: Any) -> str | None:
    """A cell as text: moments as `2026-06-01 08:10:00`, whole numbers without `.0`."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(
        cell, datetime
    ):  # a spreadsheet's fractions of a day end a hair before or behind the second
        return (cell + timedelta(milliseconds=500)).isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _scan(path: Path, ws: Any) -> tuple[tuple[Merge, ...], bool]:
    """Merged ranges, and whether there is a formula: openpyxl's reader of big sheets tells neither."""
    merges: list[Merge] = []
    formulas, rest = False, b""
    with zipfile.ZipFile(path) as archive, archive.open(ws._worksheet_path) as file:
        while chunk := file.read(1 << 20):
            data = rest + chunk
            formulas = formulas or _FORMULA.search(data) is not None
            end = 0
            for found in _MERGE.finditer(data):
                left, top, right, bottom = (part.decode() for part in found.groups())
                ref = f"{left}{top}:{right}{bottom}"
                merges.append(Merge(ref, int(top), index(left) or 0, int(bottom), index(right) or 0))
                end = found.end()
            rest = data[max(end, len(data) - 200) :]
    return tuple(merges), formulas


def _uncached(
    path: Path, title: str, header_row: int, width: int, frame: Any, problems: Problems
) -> tuple[tuple[int, int, str], ...]:
    """Formulas that were never reckoned: they stand there, but no value does."""
    import openpyxl

    held = {row[0]: row[1:] for row in frame.iter_rows()}
    found: list[tuple[int, int, str]] = []
    number_of = 0
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        for number, cells in enumerate(_rows(book[title], width), 1):
            for i, cell in enumerate(cells if number > header_row else ()):
                if (isinstance(cell, str) and cell.startswith("=")) or hasattr(cell, "ref"):
                    number_of += 1
                    if number not in held or held[number][i] is None:
                        found.append((number, i, str(getattr(cell, "text", None) or cell)))
    finally:
        book.close()
    if number_of > len(found):
        problems.add("info", "formulas", f"有 {number_of - len(found)} 格是公式，用的是文件里存下的结果")
    return tuple(found)
