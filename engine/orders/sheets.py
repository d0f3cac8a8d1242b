"""A sheet as a table of texts, every row with its number: CSV and XLSX come out alike.

Nothing is judged here but whether the file can be read whole; what cells mean is `cells`' matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import BadData, NotFound, reason
from engine.orders.mapping import recognised
from engine.orders.problems import Problems

if TYPE_CHECKING:
    import polars as pl

HEAD = 15  # rows in which the headers are looked for: titles and dates may stand above them
MAX_COLUMNS = 1000  # no sheet of orders is wider; spreadsheets end at 16,384
MAX_BYTES = 4 << 30
_AS_XLSX = "在 Excel 或 WPS 里打开，另存为 .xlsx（Excel 工作簿）再导入"


class Merge(NamedTuple):
    """A merged range: rows from 1, columns from 0, ends included; `ref`: as the sheet writes it."""

    ref: str
    top: int
    left: int
    bottom: int
    right: int


class Table(NamedTuple):
    """What was read. `rows`: columns `row` (number in the sheet) and `c0`, `c1` … (text or null)."""

    file: str
    form: str  # in words: encoding and separator, or the sheet's name
    headers: tuple[str, ...]
    header_row: int
    rows: pl.DataFrame
    merges: tuple[Merge, ...] = ()
    lossy: tuple[tuple[int, int, str], ...] = ()  # (row, column, value): numbers too long for a spreadsheet
    uncached: tuple[tuple[int, int, str], ...] = ()  # formulas without a value
    faulty: tuple[tuple[int, int, str], ...] = ()  # error values such as #N/A
    since_1904: bool = False  # days are counted as old Macs did


def read(path: Path, problems: Problems, sheet: str = "") -> Table:
    """The table in a file; remarks go to `problems`.

    `sheet`: name of the sheet of a workbook, "": the first with known headers. NotFound: no such file.
    BadData: not a table, damaged, protected, beyond the limits, or in an unknown encoding.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except FileNotFoundError:
        raise NotFound(f"没有文件 {path}", "检查文件名和所在的文件夹") from None
    except OSError as error:
        raise BadData(f"读不了 {path}：{reason(error)}", "检查它是不是文件、有没有权限") from error
    if not size:
        raise BadData(f"{path.name} 是空文件", "重新导出一次")
    if size > MAX_BYTES:
        raise BadData(f"{path.name} 有 {size >> 30} GB，太大", "按月份拆成几个文件")
    _refuse(path, start)
    if start[:2] == b"PK":
        from engine.orders.sheets_xlsx import read_xlsx

        table = read_xlsx(path, problems, sheet)
    else:
        from engine.orders.sheets_csv import read_csv

        table = read_csv(path, problems)
    if len(table.headers) > MAX_COLUMNS:
        raise BadData(f"{path.name} 有 {len(table.headers)} 列，太宽", "只留要导入的列")
    return table


def _refuse(path: Path, start: bytes) -> None:
    """BadData for files that are something else, whatever they are called."""
    name = path.name
    if start[:8] == bytes.fromhex("D0CF11E0A1B11AE1"):
        # an encrypted .xlsx is wrapped in the old container
        locked = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()[: 4 << 20]
        if locked:
            raise BadData(f"{name} 有打开密码", "在 Excel 里打开，去掉密码后另存再导入")
        raise BadData(f"{name} 是旧格式（.xls），不能直接读", _AS_XLSX)
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<meta")):
        raise BadData(f"{name} 其实是网页（有的系统导出的“Excel”是网页）", _AS_XLSX)
    if head.startswith(
        (b"%pdf", b"{\\rtf", b"rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x89png", b"\xff\xd8\xff")
    ):
        raise BadData(f"{name} 不是表格文件", "要 .xlsx 或 .csv")


def header_place(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows holds the headers: the one with the most known names; None: none is known."""
    known = [recognised(row) for row in rows[:HEAD]]
    best = max(known, default=0)
    return known.index(best) if best else None


def or_first(rows: Sequence[Sequence[str]]) -> int:
    """`header_place`, else the first row with two cells filled."""
    place = header_place(rows)
    if place is not None:
        return place
    return next((i for i, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) > 1), 0)


def trimmed(headers: Sequence[str]) -> list[str]:
    """Headers on one line each, without the empty ones at the end."""
    kept = [" ".join(str(header).split()) for header in headers]
    while kept and not kept[-1]:
        kept.pop()
    return kept
