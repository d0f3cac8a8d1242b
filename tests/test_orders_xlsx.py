"""Rows of a worksheet: our streaming reader gives what openpyxl's gives, whatever is written."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from typing import Any
from xml.parsers.expat import ExpatError

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.orders.xlsx_rows import values

WIDTH = 6
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData>'
TAIL = "</sheetData></worksheet>"
NASTY = {
    "texts by number": '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>',
    "numbers": '<row r="1"><c r="A1"><v>12</v></c><c r="B1"><v>1.50</v></c><c r="C1"><v>1E+3</v></c>'
    '<c r="D1" t="n"><v>123456789012345678</v></c><c r="E1"><v>-0.5e-2</v></c></row>',
    "nothing": '<row r="1"><c r="A1"/><c r="B1"><v></v></c><c r="C1" t="s"/><c r="D1" t="inlineStr"/></row>',
    "kinds": '<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c>'
    '<c r="C1" t="str"><f>A1</f><v>甲&amp;乙</v></c><c r="D1" t="d"><v>2026-02-09T07:30:00</v></c></row>',
    "inline": '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> 甲 </t></is></c>'
    '<c r="B1" t="inlineStr"><is><r><rPr><b/></rPr><t>粗</t></r><r><t>细</t></r></is></c>'
    '<c r="C1" t="inlineStr"><is><t>音</t><rPh sb="0" eb="1"><t>yin</t></rPh></is></c></row>',
    "no places": "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>",
    "gaps": '<row r="2"><c r="B2"><v>1</v></c><c r="E2"><v>2</v></c></row>'
    '<row r="5"><c r="A5"><v>3</v></c></row>',
    "backwards": '<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>2</v></c></row>'
    '<row r="2"><c r="A2"><v>3</v></c></row><row r="3"><c r="A3"><v>4</v></c></row>'
    '<row r="4"><c r="A4"><v>5</v></c></row>',
    "beyond": '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>',
    "twice": '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
    "days": '<row r="1"><c r="A1" s="1"><v>46062.3125</v></c><c r="B1" s="1"><v>0.25</v></c>'
    '<c r="C1" s="2"><v>1.5</v></c><c r="D1" s="1"><v>99999999</v></c><c r="E1" s="0"><v>46062</v></c></row>',
    "formula without a value": '<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v>2</v></c></row>',
    "long text": f'<row r="1"><c r="A1" t="str"><v>{"停水&lt;" * 30000}</v></c></row>',
}  # fmt: skip


def _book(rows: str) -> Any:
    """A workbook whose sheet is written as given; styles: 0 none, 1 a moment, 2 hours; texts 甲, 乙."""
    made, out, book = io.BytesIO(), io.BytesIO(), openpyxl.Workbook()
    page = book.active
    page["A1"], page["B1"] = datetime(2026, 2, 9), timedelta(hours=30)  # noqa: DTZ001 as in a sheet
    page["A1"].number_format, page["B1"].number_format = "yyyy-mm-dd hh:mm", "[h]:mm"
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            sheet = part.filename == "xl/worksheets/sheet1.xml"
            new.writestr(part.filename, rows if sheet else old.read(part))
    read = openpyxl.load_workbook(out, read_only=True, data_only=True)
    read.worksheets[0]._shared_strings = ["甲", "乙"]
    return read


def _both(rows: str) -> tuple[list[list[Any]], list[list[Any]]]:
    page = _book(HEAD + rows + TAIL).worksheets[0]
    page.reset_dimensions()
    theirs = [list(row) for row in page.iter_rows(max_col=WIDTH, values_only=True)]
    ours: list[list[Any]] = []
    for number, row in values(page, WIDTH):
        ours += [[None] * WIDTH] * (number - 1 - len(ours)) + [row]
    return ours, theirs


@pytest.mark.filterwarnings("ignore:Cell .* is marked as a date")
@pytest.mark.parametrize("name", NASTY)
def test_as_openpyxl_reads(name: str) -> None:
    """Every way to write a cell gives the value, of the type, that openpyxl gives."""
    ours, theirs = _both(NASTY[name])
    assert ours == theirs
    assert [[type(v) for v in row] for row in ours] == [[type(v) for v in row] for row in theirs]
    assert any(value is not None for row in ours for value in row) or name == "nothing"


_cells = st.tuples(
    st.sampled_from(["", "n", "s", "b", "str"]), st.sampled_from(["", "0", "1", "2"]), st.sampled_from("01")
)


@given(st.lists(st.lists(_cells, max_size=WIDTH + 2), max_size=5), st.booleans())
def test_any_rows(rows: list[list[tuple[str, str, str]]], placed: bool) -> None:
    """Rows of any mixture of kinds and styles, with and without places written, are read alike."""
    text = ""
    for number, row in enumerate(rows, 1):
        text += f'<row r="{number}">' if placed else "<row>"
        for i, (kind, style, value) in enumerate(row):
            place = f' r="{chr(65 + i)}{number}"' if placed else ""
            kind, style = kind and f' t="{kind}"', style and f' s="{style}"'
            text += f"<c{place}{kind}{style}><v>{value}</v></c>"
        text += "</row>"
    ours, theirs = _both(text)
    assert ours == theirs


def test_a_damaged_sheet_is_no_short_one() -> None:
    """A sheet that breaks off raises; its first rows are not taken for all."""
    page = _book(HEAD + "<row><c><v>1</v></c></row>").worksheets[0]
    with pytest.raises(ExpatError):
        list(values(page, WIDTH))
