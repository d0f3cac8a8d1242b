"""CSV files: encoding, separator and headers are found out, the rest is polars' work.

What polars cannot read (rows wider than the headers, odd quotes) is read again row by row, so that the
row at fault can be named.
"""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadData
from engine.orders import privacy
from engine.orders.mapping import recognised
from engine.orders.problems import Problems, letter
from engine.orders.sheets import HEAD, Table, header_place, or_first, trimmed

if TYPE_CHECKING:
    import polars as pl

_SAMPLE = 256 << 10
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAID = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8（有 BOM）", "gb18030": "GBK/GB18030", "utf-16": "UTF-16"}
_SEPARATORS = {",": "逗号", ";": "分号", "\t": "制表符", "|": "竖线"}
_SAVE = "在 Excel 或 WPS 里打开，另存为“CSV UTF-8”或 .xlsx 再导入"
csv.field_size_limit(1 << 24)  # a long complaint is no fault


def read_csv(path: Path, problems: Problems) -> Table:
    """The table of a CSV file. BadData: no text, unknown encoding, unmatched quotes, nothing but blanks."""
    import polars as pl

    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    encoding = _encoding(path, sample)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample, final=False).lstrip("\ufeff")
    separator, head = _separator(text, whole=len(sample) < _SAMPLE, name=path.name)
    if not any(cell.strip() for row, _ in head for cell in row):
        raise BadData(f"{path.name} 里没有内容", "重新导出一次")
    place = or_first([row for row, _ in head])
    headers = trimmed(head[place][0])
    skipped = head[place - 1][1] if place else 0
    source: Path | bytes = path
    if encoding not in ("utf-8", "utf-8-sig"):
        source = _decoded(path, encoding, separator).encode()
    options = {"separator": separator, "has_header": True, "skip_lines": skipped, "infer_schema": False}
    try:
        rows = pl.read_csv(source, **options)  # type: ignore[arg-type]
        rows = rows.rename({name: f"c{i}" for i, name in enumerate(rows.columns)})
        rows = rows.with_row_index("row", offset=place + 2)
        if rows.width < len(headers) + 1:
            raise pl.exceptions.ComputeError("fewer columns than headers")
    except pl.exceptions.NoDataError:
        rows = pl.DataFrame(schema={"row": pl.UInt32} | {f"c{i}": pl.String for i in range(len(headers))})
    except pl.exceptions.PolarsError:
        rows = _carefully(path, encoding, separator, place, headers, problems)
    cells = [name for name in rows.columns if name != "row"]
    rows = rows.filter(pl.any_horizontal(pl.col(cells).is_not_null()))
    headers += [""] * (len(cells) - len(headers))
    form = f"{_SAID[encoding]}，{_SEPARATORS[separator]}分隔"
    return Table(path.name, form, tuple(headers), place + 1, rows)


def _encoding(path: Path, sample: bytes) -> str:
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if b"\0" in sample:
        raise BadData(f"{path.name} 不是文本表格", "要 .xlsx 或 .csv")
    fits = [name for name in ("utf-8", "gb18030") if _fits(sample, name)]
    if len(fits) == 1:
        return fits[0]
    if not fits:  # a fault in the first part: whose headers can be read decides about whom it is told
        fits = ["utf-8", "gb18030"]
        known = [recognised(sample.decode(name, "replace").replace(",", "\n").split()) for name in fits]
        return fits[known.index(max(known))]
    # a later part may still be no UTF-8: then the whole file decides
    return "utf-8" if not sample.isascii() or _whole(path, "utf-8") else "gb18030"


def _fits(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _whole(path: Path, encoding: str) -> bool:
    try:
        path.read_bytes().decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(path: Path, encoding: str, separator: str) -> str:
    """The whole text. BadData with the cell of the first byte that does not fit."""
    data = path.read_bytes()
    try:
        return data.decode(encoding).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        place = _cell(data[: error.start].decode(encoding, "replace"), separator)
        bad = data[error.start : error.start + 4].hex(" ")
        raise BadData(
            f"{path.name} {place}有不属于{_SAID[encoding]}的字节（{bad}），文件的编码不对或已损坏", _SAVE
        ) from error


def _cell(text: str, separator: str) -> str:
    """Where a text ends that begins a sheet: its row and column, and its line if that is another."""
    # what comes next belongs to the same cell
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff") + "?", newline=""), delimiter=separator)
    row, number = [""], 0
    try:
        for number, row in enumerate(reader, 1):  # noqa: B007 - the last one is wanted
            pass
    except csv.Error:
        return f"第 {text.count(chr(10)) + 1} 行"
    line = text.count("\n") + 1
    return f"第 {number} 行 {letter(len(row) - 1)} 列" + (f"（文件第 {line} 行）" if line != number else "")


def _separator(text: str, whole: bool, name: str) -> tuple[str, list[tuple[list[str], int]]]:
    """The separator by which most headers are known, else most columns; the first rows (cells, lines)."""
    lines = text if whole else text[: text.rfind("\n") + 1] or text
    best: tuple[tuple[int, int], str, list[tuple[list[str], int]]] | None = None
    for separator in _SEPARATORS:
        reader, head = csv.reader(io.StringIO(lines), delimiter=separator), []
        try:
            for row in reader:
                head.append((row, reader.line_num))
                if len(head) > HEAD:
                    break
        except csv.Error as error:
            raise BadData(f"{name} 第 {reader.line_num} 行读不出：一格太长或换行乱了", _SAVE) from error
        cells = [row for row, _ in head]
        place = header_place(cells)
        score = (0 if place is None else recognised(cells[place]), max(map(len, cells), default=0))
        if best is None or score > best[0]:
            best = score, separator, head
    assert best is not None
    return best[1], best[2]


def _carefully(
    path: Path, encoding: str, separator: str, place: int, headers: list[str], problems: Problems
) -> pl.DataFrame:
    """The rows as Python's reader sees them; what stands beyond the last header is reported by cell."""
    import polars as pl

    reader = csv.reader(
        io.StringIO(_decoded(path, encoding, separator), newline=""), delimiter=separator, strict=True
    )
    width, number, line = len(headers), 0, 0
    found: list[tuple[object, ...]] = []
    beyond: list[tuple[int, int, str]] = []
    try:
        for number, row in enumerate(reader, 1):
            line = reader.line_num
            if number <= place + 1:
                continue
            beyond += [(number, i, cell) for i, cell in enumerate(row[width:], width) if cell.strip()]
            cells = [cell or None for cell in row[:width]]
            found.append((number, *cells, *[None] * (width - len(cells))))
    except csv.Error as error:
        raise BadData(
            f"{path.name} 第 {line + 1} 行起读不出：引号不配对，或一格太长",
            f"补上或去掉多出的引号；或{_SAVE}",
        ) from error
    for number, i, cell in beyond:
        problems.add(
            "error",
            "beyond",
            "这一格在表头之外：这一行多出了分隔符",
            "内容里有分隔符的，整格加英文双引号；或另存为 .xlsx",
            cells=[(number, privacy.masked(cell))],
            column=letter(i),
        )
    schema = {"row": pl.UInt32} | {f"c{i}": pl.String for i in range(width)}
    return pl.DataFrame(found, schema=schema, orient="row")
