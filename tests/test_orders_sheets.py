"""Sheets of orders, good and bad: read whole or refused, every fault told by cell, nothing half-imported."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cli import main
from engine.clock import BEIJING, RealClock
from engine.errors import BadData, Conflict, NotFound, UsageError, ZhibanError
from engine.journal import Journal
from engine.orders import batchfiles, columns, importing, mapping
from engine.orders.batches import Batches
from engine.orders.moments import moment
from engine.orders.problems import Problems, index, letter
from engine.orders.scheme import read_schemes, shipped_file
from engine.orders.sheets import read

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=BEIJING)
WALL = datetime(2026, 11, 16, 15, 5, tzinfo=BEIJING).replace(tzinfo=None)  # as sheets have it
SCHEMES = read_schemes(shipped_file().with_name("none.yaml"))
HEAD = ("工单编号", "受理时间", "电话", "类别", "承办单位", "是否解决", "满意度")
ROWS = (
    ("20261116001", "2026-11-16 09:05:00", "13900000001", "停车", "城管", "是", "满意"),
    ("20261116002", "2026-11-16 09:10:00", "13900000002", "物业，含逗号", "住建", "否", "不满意"),
)


class Hall:
    """A ledger in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal(folder / "ledger.db")
        self.batches = Batches(self.journal, folder / "orders")

    def check(self, path, acted=(), **wants):
        return importing.check(path, importing.Known(self.batches, acted, SCHEMES), NOW, **wants)

    def bring(self, path, **wants):
        return importing.commit(self.check(path, **wants), self.batches, NOW)

    def held(self):
        """What a new process finds: events and rows."""
        batches = Batches(self.journal, self.folder / "orders")
        return columns.orders(batches.frame)

    def nothing(self):
        """No event and no file that counts."""
        files = list((self.folder / "orders").glob("*")) if (self.folder / "orders").exists() else []
        return not self.journal.list() and not files


@pytest.fixture
def hall(tmp_path):
    """An empty ledger."""
    made = Hall(tmp_path)
    yield made
    made.journal.close()


def _text(rows=ROWS, head=HEAD, separator=","):
    def cell(value):
        text = str(value)
        return f'"{text}"' if separator in text or "\n" in text else text

    return "".join(separator.join(map(cell, row)) + "\r\n" for row in (head, *rows))


def _csv(folder, rows=ROWS, head=HEAD, separator=",", encoding="utf-8", name="表.csv"):
    path = folder / name
    path.write_bytes(_text(rows, head, separator).encode(encoding))
    return path


def _xlsx(folder, rows=ROWS, head=HEAD, change=None, name="表.xlsx"):
    book = openpyxl.Workbook()
    page = book.active
    for row in (head, *rows):
        page.append(row)
    if change:
        change(page)
    path = folder / name
    book.save(path)
    return path


def _told(checked, level="error"):
    return [(p.place, p.code, p.value) for p in checked.problems.sorted() if p.level == level]


# ---- what can be read -----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_in_every_dress_is_the_same_table(hall, tmp_path, encoding, separator):
    """UTF-8 with and without a mark, GBK, GB18030 and UTF-16, three separators: the same orders."""
    path = _csv(tmp_path, encoding=encoding, separator=separator)
    assert hall.bring(path).rows == 2
    first, second = hall.held()
    assert (first.no, first.kind, second.kind) == ("20261116001", "停车", "物业，含逗号")
    assert first.received == datetime(2026, 11, 16, 9, 5, tzinfo=BEIJING)
    assert (first.resolved, second.resolved, first.satisfied) == (True, False, "满意")


def test_xlsx_gives_what_csv_gives(hall, tmp_path):
    """A workbook with dates, numbers and numbers as text: the same orders as the CSV."""
    rows = [
        (20261116001, WALL.replace(hour=9), 13900000001, "停车", "城管", True, "满意"),
        ("20261116002", "2026-11-16 09:10", "13900000002", "物业，含逗号", "住建", "否", "不满意"),
    ]
    (tmp_path / "b").mkdir()
    other = Hall(tmp_path / "b")
    hall.bring(_xlsx(tmp_path, rows))
    other.bring(_csv(tmp_path))
    assert hall.held() == other.held()
    other.journal.close()


def test_titles_above_and_lines_within_do_not_shift_rows(hall, tmp_path):
    """A title above the headers, blank lines and a line break in a cell: rows keep their numbers."""
    rows = [
        ("1", "2026-11-16 09:05", "", "停车\n第二行", "城管", "", ""),
        ("",) * 7,
        ("3", "坏的", *[""] * 5),
    ]
    title = "某区热线工单汇总表,,,,,,\r\n\r\n"
    path = tmp_path / "表.csv"
    path.write_bytes((title + _text(rows)).encode())
    checked = hall.check(path)
    assert checked.table.header_row == 3
    assert _told(checked) == [("B6", "time", "坏的")]


def test_ways_of_writing_moments():
    """Moments as halls write them; what could be two days is not read."""
    same = WALL
    for text in (
        "2026-11-16 15:05", "2026/11/16 15:05:00", "2026年11月16日 15时05分", "2026.11.16 15:05",
        "2026-11-16T15:05:00+08:00", "2026-11-16T07:05:00Z", "20261116 1505", "202611161505",
        "2026年11月16日（星期一）下午3时5分", "２０２６－１１－１６　１５：０５", "2026-11-16 15:05:00.000",
    ):  # fmt: skip
        found = moment(text)
        assert found is not None, text
        assert (found.at, found.remark) == (same, ""), text
    assert moment("2026-11-16").remark == "day"
    assert moment("2024-02-29").at == WALL.replace(2024, 2, 29, 0, 0)
    assert moment("2026-11-16 24:00").at == WALL.replace(day=17, hour=0, minute=0)
    serial = moment("46342.628472222219")
    assert (serial.at, serial.remark) == (WALL, "serial")
    for text in (
        "11/16/2026",
        "2026-02-29",
        "2026-11-31",
        "2026-11-16 25:00",
        "昨天",
        "1763276700",
        "12345",
        "",
    ):
        assert moment(text) is None, text


def test_letters_of_columns():
    """Spreadsheet letters both ways."""
    assert [letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert all(index(letter(n)) == n for n in range(0, 18000, 7))
    assert index("单号") is None


# ---- the list of bad sheets -----------------------------------------------------------------------


def test_missing_columns_are_named_with_a_suggestion(hall, tmp_path):
    """Without a number or a time nothing is imported; the near column is proposed; --map repairs it."""
    head = ("办件编码", "受理日", "电话", "类别", "承办单位", "是否解决", "满意度")
    path = _csv(tmp_path, head=head)
    checked = hall.check(path)
    assert [(p.code, p.header) for p in checked.problems.sorted() if p.level == "error"] == [
        ("no-column", "工单编号"), ("no-column", "受理时间")
    ]  # fmt: skip
    assert any("--map" in p.help and "受理日" in p.help for p in checked.problems.sorted())
    with pytest.raises(BadData):
        importing.commit(checked, hall.batches, NOW)
    assert hall.nothing()
    by_hand = mapping.said(["办件编码=工单编号", "B=受理时间"])
    assert hall.bring(path, by_hand=by_hand).rows == 2


def test_a_missing_column_for_figures_is_a_warning(hall, tmp_path):
    """Without units there is no ranking: that is said, and the rest is imported."""
    path = _csv(tmp_path, [row[:2] for row in ROWS], HEAD[:2])
    checked = hall.check(path)
    assert not checked.problems.errors
    assert {p.header for p in checked.problems.sorted()} >= {"承办单位", "满意度"}
    assert importing.commit(checked, hall.batches, NOW).rows == 2


def test_merged_cells(hall, tmp_path):
    """Merged cells over data or headers are errors; a merged title above, or an unused column, is none."""

    def merge(page):
        page["E3"] = None
        page.merge_cells("E2:E3")

    checked = hall.check(_xlsx(tmp_path, change=merge))
    assert _told(checked) == [("E2", "merged", "E2:E3")]

    def head(page):
        page.insert_rows(1)
        page["A1"] = "汇总表"
        page.merge_cells("A1:G1")
        page.merge_cells("D2:D3")

    assert _told(hall.check(_xlsx(tmp_path, change=head))) == [("D2", "merged", "D2:D3")]

    def harmless(page):
        page.insert_rows(1)
        page["A1"] = "汇总表"
        page.merge_cells("A1:G1")
        page["I2"], page["I3"] = "备忘", "x"
        page.merge_cells("I3:I4")

    checked = hall.check(_xlsx(tmp_path, change=harmless))
    assert _told(checked) == []
    assert importing.commit(checked, hall.batches, NOW).rows == 2


def test_dates_as_numbers_are_read_and_said(hall, tmp_path):
    """A spreadsheet's day number is read as its day, and every cell is told; other numbers are errors."""
    rows = [("1", 46342.5, "", "停车", "城管", "", ""), ("2", 1763276700, "", "停车", "城管", "", "")]
    for path in (_xlsx(tmp_path, rows), _csv(tmp_path, rows)):
        checked = hall.check(path)
        assert _told(checked) == [("B3", "time", "176*****00")]  # might be a telephone
        assert ("B2", "serial", "46342.5 → 2026-11-16 12:00") in _told(checked, "warning")


def test_a_workbook_that_counts_days_from_1904(hall, tmp_path):
    """Dates and day numbers of such a workbook are the days that it shows, not four years earlier."""
    rows = [("1", datetime(2026, 11, 16, 9), *[""] * 5), ("2", 44880.5, *[""] * 5)]  # noqa: DTZ001

    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (HEAD, *rows):
        book.active.append(row)
    book.save(tmp_path / "mac.xlsx")
    hall.bring(tmp_path / "mac.xlsx")
    assert [f"{o.received:%m-%d %H:%M}" for o in hall.held()] == ["11-16 09:00", "11-16 12:00"]


def test_text_numbers_and_lost_digits(hall, tmp_path):
    """Numbers stored as text are the number; a long number stored as a number has lost digits: an error."""
    rows = [
        ("'20261116001", "2026-11-16 09:05", "１３９００００００１", "停车", "城管", "", ""),
        ('="20261116002"', "2026-11-16 09:05", "13900000002.0", "停车", "城管", "", ""),
    ]
    path = tmp_path / "a.csv"
    path.write_text(",".join(HEAD) + "\n" + "\n".join(",".join(row) for row in rows), "utf-8")
    hall.bring(path)
    assert [(o.no, o.phone) for o in hall.held()] == [
        ("20261116001", "1390000001"), ("20261116002", "13900000002")
    ]  # fmt: skip
    long = [(202611160010012345, "2026-11-16 09:05", "", "停车", "城管", "", "")]
    checked = hall.check(_xlsx(tmp_path, long))
    assert [entry[:2] for entry in _told(checked)] == [("A2", "digits-lost")]
    science = [("2.02611E+17", "2026-11-16 09:05", "", "停车", "城管", "", "")]
    assert ("A2", "digits-lost", "2.02611E+17") in _told(hall.check(_csv(tmp_path, science)))


def test_a_hundred_columns(hall, tmp_path):
    """Of 100 columns the known ones are used wherever they stand, the others are listed."""
    other = [f"列{n}" for n in range(93)]
    head = [*other[:50], *HEAD, *other[50:]]
    rows = [[*"x" * 50, *row, *"y" * 43] for row in ROWS]
    for path in (_csv(tmp_path, rows, head), _xlsx(tmp_path, rows, head)):
        checked = hall.check(path)
        assert len(checked.columns.unused) == 93
        assert checked.columns.by_field()["no"].at == 50
        assert not checked.problems.errors
    wide = _csv(tmp_path, [["x"] * 1001], [f"列{n}" for n in range(1001)], name="宽.csv")
    with pytest.raises(BadData, match="太宽"):
        read(wide, Problems())


def test_wrong_encoding(hall, tmp_path):
    """Bytes that fit no encoding are told with their cell; nothing is replaced by question marks."""
    good = _text().encode()
    broken = tmp_path / "坏.csv"
    broken.write_bytes(good.replace("住建".encode(), b"\xe4\xbd\xff"))
    with pytest.raises(BadData, match=r"第 3 行 E 列有.*UTF-8.*e4 bd ff"):
        hall.check(broken)
    broken.write_bytes(_text().encode("gbk").replace("住建".encode("gbk"), b"\xff\xff"))
    with pytest.raises(BadData, match=r"第 3 行 E 列有.*GBK"):
        hall.check(broken)
    rows = [(*ROWS[0][:3], "分两行\n写的", *ROWS[0][4:]), ROWS[1]]
    broken.write_bytes(_text(rows).encode().replace("住建".encode(), b"\xe4\xbd\xff"))
    with pytest.raises(BadData, match=r"第 3 行 E 列（文件第 4 行）有"):
        hall.check(broken)
    broken.write_bytes(bytes(range(256)) * 4)
    with pytest.raises(BadData, match="不是文本"):
        hall.check(broken)
    assert hall.nothing()


def test_macro_files_are_read_without_macros(hall, tmp_path):
    """An .xlsm gives its data and a remark; the macros are neither run nor kept."""
    path = _xlsx(tmp_path)
    macro = tmp_path / "表.xlsm"
    macro.write_bytes(path.read_bytes())
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"not run")
    checked = hall.check(macro)
    assert [p.code for p in checked.problems.sorted() if p.level == "info"] == ["macros"]
    assert importing.commit(checked, hall.batches, NOW).rows == 2


def _packed(path, replace):
    """The workbook at `path` with some parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, replace.get(part.filename, old.read(part)))
    path.write_bytes(out.getvalue())
    return path


def test_zip_bombs_are_not_opened(hall, tmp_path):
    """What unpacks out of proportion is refused by what it declares; a false declaration is found out."""
    sheet = "xl/worksheets/sheet1.xml"
    bomb = _packed(_xlsx(tmp_path), {sheet: b" " * (40 << 20)})
    assert bomb.stat().st_size < 100_000
    with pytest.raises(BadData, match="压缩炸弹"):
        hall.check(bomb)
    data = bytearray(bomb.read_bytes())
    size = (40 << 20).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (1000).to_bytes(4, "little")
    bomb.write_bytes(bytes(data))
    with pytest.raises(BadData, match="损坏"):
        hall.check(bomb)
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    with pytest.raises(BadData, match="DOCTYPE"):
        hall.check(_packed(_xlsx(tmp_path), {sheet: entity}))
    assert hall.nothing()


def test_a_false_dimension_does_no_harm(hall, tmp_path):
    """A sheet as large as a sheet can be, with a cell in the last row, is read as it is."""

    def far(page):
        page["A1048576"] = "9"
        page["B1048576"] = "2026-11-16 10:00"

    checked = hall.check(_xlsx(tmp_path, change=far))
    assert checked.rows == 3
    assert checked.new["row"].to_list() == [2, 3, 1048576]


def test_no_rows(hall, tmp_path):
    """Headers alone, an empty file and an empty workbook are each said to be so."""
    for path in (_csv(tmp_path, ()), _xlsx(tmp_path, ())):
        with pytest.raises(BadData, match="没有工单"):
            hall.check(path)
    empty = tmp_path / "空.csv"
    for content in (b"", b"\r\n\r\n", b"\xef\xbb\xbf"):
        empty.write_bytes(content)
        with pytest.raises(BadData, match=r"空文件|没有内容"):
            hall.check(empty)
    with pytest.raises(BadData, match="没有内容"):
        hall.check(_xlsx(tmp_path, (), ()))


def test_duplicate_numbers(hall, tmp_path):
    """A number twice in the sheet is told with both rows; against the ledger same rows pass, others not."""
    twice = [*ROWS, (ROWS[0][0], *ROWS[1][1:])]
    checked = hall.check(_csv(tmp_path, twice))
    assert _told(checked) == [("A4", "twice", "20261116001")]
    assert "第 2 行" in checked.problems.sorted()[0].message
    hall.bring(_csv(tmp_path))
    more = ("20261116003", *ROWS[1][1:])
    other = ("20261116002", *ROWS[1][1:6], "满意")
    checked = hall.check(_csv(tmp_path, [ROWS[0], other, more]))
    assert _told(checked) == [("A3", "in-ledger", "20261116002")]
    assert "满意度" in checked.problems.sorted()[0].message
    assert checked.same == 1
    assert hall.check(_csv(tmp_path)).new.height == 0
    batch = hall.bring(_csv(tmp_path, [ROWS[0], other, more]), update=True)
    assert (batch.rows, batch.updates) == (2, 1)
    assert [(o.no, o.satisfied) for o in sorted(hall.held(), key=lambda o: o.no)] == [
        ("20261116001", "满意"), ("20261116002", "满意"), ("20261116003", "不满意")
    ]  # fmt: skip


def test_orders_that_somebody_acted_on_are_not_overwritten(hall, tmp_path):
    """A row that differs from an order in hand is refused even with --update, unless such rows are to be
    passed over; the same row passes.
    """
    hall.bring(_csv(tmp_path))
    changed = [(*ROWS[0][:6], "不满意")]
    checked = hall.check(_csv(tmp_path, changed), acted=["20261116001"], update=True)
    assert _told(checked) == [("A2", "in-ledger", "20261116001")]
    assert not hall.check(_csv(tmp_path), acted=["20261116001"], update=True).problems.errors
    more = [*changed, ("20261116009", *ROWS[1][1:])]
    checked = hall.check(_csv(tmp_path, more), acted=["20261116001"], skip_acted=True)
    assert _told(checked) == []
    assert _told(checked, "info") == [("A2", "in-ledger", "20261116001")]
    assert checked.new["no"].to_list() == ["20261116009"]


def test_an_update_keeps_what_the_sheet_does_not_say(hall, tmp_path):
    """Columns that are not in the new sheet, and numbers that come back masked, keep the ledger's values."""
    hall.bring(_csv(tmp_path))
    head = ("工单编号", "受理时间", "电话", "办结时间")
    rows = [(ROWS[0][0], ROWS[0][1], "139******01", "2026-11-17 09:00")]
    hall.bring(_csv(tmp_path, rows, head), update=True)
    order = next(o for o in hall.held() if o.no == ROWS[0][0])
    assert (order.phone, order.satisfied, order.unit) == ("13900000001", "满意", "城管")
    assert order.closed == datetime(2026, 11, 17, 9, 0, tzinfo=BEIJING)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_unknown_stays_so_through_a_sheet(tmp_path, monkeypatch, form):
    """A sheet without 响应时间 and 办结时间 goes out and comes back with one cell changed: the rates stand.

    In another hall it is as unknown; seconds survive; what is filled in is known of that order alone.
    """
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path / "home"))
    early = (RealClock().now() - timedelta(days=1)).strftime("%Y-%m-%d 09:00:")
    rows = [(f"U{n}", early + f"{n:02}", "", "停车", "城管", "是", "满意") for n in range(4)]
    assert _run("import", _csv(tmp_path, rows)).exit_code == 0
    out = tmp_path / f"导出.{form}"
    _run("export", "-o", out)
    assert "4 行台账里已有且相同" in _run("import", out).output

    def rates():
        lines = _run("stats", "--all").output.splitlines()
        return [line for line in lines if line.startswith(("响应", "办结"))]

    def changed(old, new):
        if form == "csv":
            out.write_bytes(out.read_bytes().replace(old.encode(), new.encode(), 1))
            return
        book = openpyxl.load_workbook(out)
        cell = next(cell for row in book.active for cell in row if cell.value == old)
        cell.value = new or None
        book.save(out)

    before = rates()
    assert "没有数据" in "".join(before)
    changed("停车", "停水")
    assert "其中 1 行替换" in _run("import", out, "--update").output
    assert rates() == before
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path / "other"))
    assert _run("import", out).exit_code == 0
    assert rates() == before
    changed("不知道", early + "59")
    assert "其中 1 行替换" in _run("import", out, "--update").output
    assert "另 3 件没有记录" in "".join(rates())


def test_an_update_without_the_column_does_not_make_it_unknown(hall, tmp_path):
    """A sheet with 响应时间, empty, then one without it changes another cell: still a "not yet"."""
    head, row = (*HEAD, "响应时间", "办结时间"), (*ROWS[0], "", "")
    hall.bring(_csv(tmp_path, [row], head))
    hall.bring(_csv(tmp_path, [(*ROWS[0][:6], "不满意")]), update=True)
    assert [(order.satisfied, order.untold) for order in hall.held()] == [("不满意", "")]


def test_formulas(hall, tmp_path):
    """A formula counts by its stored value; without one, or with an error value, its cell is told."""

    def formulas(page):
        page["F2"] = '=IF(TRUE,"是","否")'
        page["E3"] = "#N/A"

    checked = hall.check(_xlsx(tmp_path, change=formulas))
    assert ("F2", "formula", '=IF(TRUE,"是","否")') in _told(checked)
    assert ("E3", "error-value", "#N/A") in _told(checked)
    cached = _xlsx(tmp_path, change=formulas)
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(cached) as archive:
        text = archive.read(sheet).decode()
    start = text.index('<c r="F2"')
    end = text.index("</c>", start)
    value = '<c r="F2" t="str"><f>IF(TRUE,"是","否")</f><v>是</v>'
    checked = hall.check(_packed(cached, {sheet: (text[:start] + value + text[end:]).encode()}))
    assert [entry[0] for entry in _told(checked)] == ["E3"]
    assert checked.new["resolved"].to_list() == [True, False]
    assert any(p.code == "formulas" for p in checked.problems.sorted())
    plain = [("1", "2026-11-16 09:05", "", "=A1+B1", "城管", "", "")]
    assert _told(hall.check(_csv(tmp_path, plain))) == [("D2", "formula", "=A1+B1")]


def test_files_that_are_something_else(tmp_path):
    """Old workbooks, protected ones, web pages, archives and nothing at all: each told what to do."""
    path = tmp_path / "表.xlsx"
    old = bytes.fromhex("D0CF11E0A1B11AE1")
    for content, told in (
        (old + b"x" * 600, "旧格式"),
        (old + b"x" * 600 + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"<html><table><tr><td>x</td></tr></table>", "网页"),
        (b"PK\x03\x04 not a zip", "损坏"),
        (b"%PDF-1.7", "不是表格"),
    ):
        path.write_bytes(content)
        with pytest.raises(BadData, match=told):
            read(path, Problems())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(BadData, match="压缩包"):
        read(path, Problems())
    cut = _xlsx(tmp_path).read_bytes()
    path.write_bytes(cut[: len(cut) // 2])
    with pytest.raises(BadData, match="损坏"):
        read(path, Problems())
    with pytest.raises(NotFound):
        read(tmp_path / "没有.csv", Problems())


def test_rows_wider_than_the_headers_and_quotes(hall, tmp_path):
    """An extra separator in a row is told by cell; an unmatched quote by line."""
    rows = [ROWS[0], (*ROWS[1], "多出来的")]
    checked = hall.check(_csv(tmp_path, rows))
    assert _told(checked) == [("H3", "beyond", "多出来的")]
    path = tmp_path / "引号.csv"
    path.write_text(_text() + '20261116003,2026-11-16 09:05,"没有合上,停车,城管,是,满意\r\n', "utf-8")
    with pytest.raises(BadData, match=r"第 4 行起.*引号"):
        hall.check(path)


def test_values_that_cannot_be_are_told_by_cell(hall, tmp_path):
    """No number, a future time, an end before its beginning, unknown words: every cell, all at once."""
    head = (*HEAD, "办结时间", "剔除原因")
    rows = [
        ("", "2026-11-16 09:05", "", "停车", "城管", "大概", "还行", "2026-11-15 09:00", "心情"),
        ("2", "2027-01-01 09:05", "", "停车", "城管", "", "", "", ""),
        ("3", "1926-11-16 09:05", "", "停车", "城管", "", "", "", "查实恶意"),
        ("4", "2018-11-16 09:05", "", "停车", "城管", "", "", "", ""),
    ]
    checked = hall.check(_csv(tmp_path, rows, head))
    assert {entry[:2] for entry in _told(checked)} == {
        ("A2", "empty"), ("F2", "word"), ("G2", "word"), ("H2", "before"), ("I2", "word"),
        ("B3", "time-range"), ("B4", "time-range"), ("B5", "before-scheme"),
    }  # fmt: skip
    with pytest.raises(BadData):
        importing.commit(checked, hall.batches, NOW)
    assert hall.nothing()


# ---- repeat callers, storage, the mapping ---------------------------------------------------------


def test_repeat_callers_are_found_across_imports(hall, tmp_path):
    """H2.11, C.22: calls of one number about one matter, spread over two sheets."""
    head = ("工单编号", "受理时间", "电话", "类别", "被反映方")

    def call(no, day, phone="139-0000-0001", subject="甲小区"):
        return (no, f"2026-{day} 09:00", phone, "停车", subject)

    hall.bring(_csv(tmp_path, [call("1", "09-01"), call("2", "10-25"), call("3", "11-01")], head))
    assert [o.repeats for o in hall.held()] == [0, 1, 2]
    rows = [call("4", "11-10", "+8613900000001"), call("5", "11-11", subject="乙小区"), call("6", "11-30")]
    checked = hall.check(_csv(tmp_path, rows[:2], head))
    assert checked.new["repeats"].to_list() == [3, 0]
    told = [(c.phone, c.subject, c.calls, c.last) for c in checked.callers]
    assert told == [("139******01", "甲小区", 4, "4")]


def test_an_empty_number_of_repeats_is_counted(hall, tmp_path):
    """Empty cells in a column 重复次数: the calls are counted; a number that is there, also 0, stands."""
    head = ("工单编号", "受理时间", "电话", "类别", "重复次数")
    rows = [
        (str(n), f"2026-11-0{n} 09:00", "13900000001", "停车", told)
        for n, told in enumerate(("", "", 0, ""), 1)
    ]
    hall.bring(_csv(tmp_path, rows, head))
    assert [o.repeats for o in hall.held()] == [0, 1, 0, 3]
    again = hall.check(_csv(tmp_path, rows, head))
    assert (again.same, again.problems.errors) == (4, 0)


def test_a_batch_is_there_whole_or_not_at_all(hall, tmp_path):
    """A file without its event counts for nothing; one that was changed or is gone is refused, loudly."""
    batch = hall.bring(_csv(tmp_path))
    file = tmp_path / "orders" / f"{batch.sha256}.arrow"
    (tmp_path / "orders" / "x.part").write_bytes(b"half")
    (tmp_path / "orders" / ("0" * 64 + ".arrow")).write_bytes(b"nobody names it")
    assert len(hall.held()) == 2
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"\x00")
    with pytest.raises(BadData, match="被改动"):
        hall.held()
    file.unlink()
    with pytest.raises(BadData, match="不见了"):
        hall.held()


def test_of_two_imports_at_once_the_second_conflicts(hall, tmp_path):
    """Both were checked against the same ledger: the later one is refused and changes nothing."""
    other = Batches(hall.journal, tmp_path / "orders")
    known = importing.Known(other, (), SCHEMES)
    checked = importing.check(_csv(tmp_path, [("9", *ROWS[0][1:])], name="b.csv"), known, NOW)
    hall.bring(_csv(tmp_path))
    with pytest.raises(Conflict):
        importing.commit(checked, other, NOW)
    assert len(hall.held()) == 2


def test_the_same_sheet_at_two_terminals_at_once(hall, tmp_path, monkeypatch):
    """Both make the very same file: the one that is refused leaves it to the other, whose import counts."""
    ours, theirs = (Batches(hall.journal, tmp_path / "orders") for _ in range(2))
    path = _csv(tmp_path)
    ready = [importing.check(path, importing.Known(b, (), SCHEMES), NOW) for b in (ours, theirs)]
    write = batchfiles.write

    def overtaken(folder, rows):
        monkeypatch.setattr(batchfiles, "write", write)
        made = write(folder, rows)
        importing.commit(ready[1], theirs, NOW)
        return made

    monkeypatch.setattr(batchfiles, "write", overtaken)
    with pytest.raises(Conflict):
        importing.commit(ready[0], ours, NOW)
    assert len(hall.held()) == 2


@pytest.mark.skipif(os.name == "nt", reason="no kill -9")
@pytest.mark.parametrize("place", ["os.replace", "Journal.create"])
@pytest.mark.parametrize("after", [False, True])
def test_an_import_killed_anywhere_is_whole_or_nothing(hall, tmp_path, place, after):
    """kill -9 before and after the file has its name, and before and after the event: none or all of the
    rows are there, and the next import works and brings all of them.
    """
    program = f"""
import os, signal, sys
from pathlib import Path
from engine.journal import Journal
from engine.orders import importing
from engine.orders.batches import Batches
from tests.test_orders_sheets import NOW, SCHEMES
holder, name = ({{"os": os, "Journal": Journal}}[{place.split(".")[0]!r}], {place.split(".")[1]!r})
real = getattr(holder, name)
def dies(*given, **named):
    if {after}:
        real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(holder, name, dies)
folder = Path(sys.argv[1])
batches = Batches(Journal(folder / "ledger.db"), folder / "orders")
importing.commit(importing.check(folder / "表.csv", importing.Known(batches, (), SCHEMES), NOW), batches, NOW)
"""
    path = _csv(tmp_path)
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    there = place == "Journal.create" and after
    assert len(hall.held()) == (2 if there else 0)
    brought = hall.bring(path)
    assert (brought is None) == there
    assert len(hall.held()) == 2


def test_the_mapping_is_kept_for_the_hall(tmp_path, monkeypatch):
    """What was said once is used again; `-` leaves a column out; nonsense is refused with what to write."""
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
    problems = Problems()
    head = ["办件号", "来的时候", "编号"]
    found = mapping.mapped(head, mapping.said(["办件号=工单编号", "B=受理时间"]), {}, problems)
    assert {c.field: c.how for c in found.columns} == {"no": "said", "received": "said"}
    assert next(p.code for p in problems.listed if p.level == "warning") == "two-columns"
    mapping.save(found)
    again = mapping.mapped(head, {}, mapping.load(), Problems())
    assert {c.header: c.how for c in again.columns} == {"办件号": "saved", "来的时候": "saved"}
    without = mapping.mapped(["电话"], mapping.said(["电话=-"]), {}, Problems())
    assert without.columns == ()
    for wrong in ("办件号", "=工单编号", "办件号=没有的字段"):
        with pytest.raises(UsageError):
            mapping.said([wrong])
    with pytest.raises(UsageError, match="没有"):
        mapping.mapped(head, mapping.said(["别的=工单编号"]), {}, Problems())
    mapping.file().write_text("- 1\n", "utf-8")
    with pytest.raises(ZhibanError):
        mapping.load()


def test_synonyms_of_headers_name_one_field_each():
    """No two fields claim the same header, and every field of an order can be mapped."""
    fields = mapping.words()["fields"]
    assert set(fields) == set(columns.FIELDS)
    claimed: dict[str, str] = {}
    for field, entry in fields.items():
        for name in (entry["label"], *entry["names"]):
            assert claimed.setdefault(mapping.plain(name), field) == field, name


def test_many_problems_are_counted_and_some_listed(hall, tmp_path):
    """Of very many bad cells the number is exact and the list bounded."""
    rows = [(f"{n}", "坏", "", "停车", "城管", "", "") for n in range(12_000)]
    checked = hall.check(_csv(tmp_path, rows))
    assert checked.problems.errors == 12_000
    assert len(checked.problems.listed) < 11_000
    assert checked.problems.unlisted >= 2000


# ---- the commands ---------------------------------------------------------------------------------


def _run(*words):
    return CliRunner().invoke(main, ["order", *map(str, words)])


def test_the_commands_from_sheet_to_sheet(tmp_path, monkeypatch):
    """Dry run writes nothing, a bad sheet leaves with 4, a good one comes in, goes out masked, comes back."""
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path / "home"))
    now = RealClock().now()
    early = (now - timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    rows = [(no, early, *rest) for no, _, *rest in ROWS]
    good, bad = _csv(tmp_path, rows), _csv(tmp_path, [("1", "坏", *ROWS[0][2:])], name="坏.csv")
    dry = _run("import", good, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "可以导入 2 行" in dry.output
    told = tmp_path / "问题.csv"
    refused = _run("import", bad, "--problems", told)
    assert refused.exit_code == 4
    assert "B2" in refused.output
    assert "B2" in told.read_text("utf-8-sig")
    assert not (tmp_path / "home" / "data" / "orders").exists()
    assert "已导入 2 行" in _run("import", good).output
    assert "没有新工单" in _run("import", good).output
    out = tmp_path / "导出.csv"
    assert _run("export", "-o", out).exit_code == 0
    assert "13900000001" not in out.read_text("utf-8-sig")
    assert "2 行台账里已有且相同" in _run("import", out).output
    assert _run("export", "-o", out).exit_code == 4
    assert "--force" in _run("stats", "--all", "-o", out, "--md").output
    for command in (("export", "-o", out), ("stats", "--all", "-o", out, "--md")):
        assert _run(*command, "--force").exit_code == 0
    assert "受理" in out.read_text("utf-8")
    assert "路径中间有一个文件" in _run("export", "-o", out / "x.csv").output
    open_ = tmp_path / "全.xlsx"
    assert _run("export", "-o", open_, "--unmask", "上门核实").exit_code == 0
    cells = [cell for row in openpyxl.load_workbook(open_).active.values for cell in row]
    assert "13900000001" in cells
    shown = _run("stats", "--all")
    assert "受理 2 件" in shown.output
    assert all(len(line.encode("gbk", "replace")) <= 80 for line in shown.output.splitlines())


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_told_never_a_traceback(hall, tmp_path, seed):
    """Bytes changed, cut out and put in at random, in the file or inside the workbook's parts."""
    chance = random.Random(seed)
    book, text = _xlsx(tmp_path).read_bytes(), _text().encode()
    refused = 0
    for number in range(60):
        damaged = (
            _damaged_part(book, chance) if number % 3 == 0 else _damaged(chance, (book, text)[number % 2])
        )
        path = tmp_path / "损.dat"
        path.write_bytes(damaged)
        try:
            checked = hall.check(path)
            refused += checked.problems.errors > 0
        except ZhibanError:
            refused += 1
    assert refused > 20
    assert hall.nothing()


def _damaged(chance, data):
    data = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place, kind = chance.randrange(len(data)), chance.random()
        if kind < 0.5:
            data[place] = chance.randrange(256)
        elif kind < 0.7:
            del data[place : place + chance.randint(1, 30)]
        else:
            data[place:place] = chance.choice([b'"', b",", b"\n", b"\0", b"\xff", b"=", b";"])
    return bytes(data)


def _damaged_part(book, chance):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            data = bytearray(old.read(part))
            if chance.random() < 0.5:
                data[chance.randrange(len(data))] = chance.choice(b'<>="0123456789/ aZ')
            new.writestr(part.filename, bytes(data))
    return out.getvalue()


def test_what_could_be_written_names_no_as_well_as_yes(tmp_path):
    """A word that is not known is told words of every value, not only the first ones."""
    path = tmp_path / "a.csv"
    path.write_text("工单编号,受理时间,是否解决\n1,2026-11-16 09:00,也许\n", "utf-8")
    with Journal(None) as journal:
        known = importing.Known(Batches(journal, tmp_path / "orders"), (), SCHEMES)
        checked = importing.check(path, known, NOW)
    [problem] = [p for p in checked.problems.sorted() if p.place == "C2"]
    assert {"是", "否"} <= set(problem.help.removeprefix("可以写：").split("、"))
