"""What leaves the program: sheets, calendars, Word documents and heat maps, opened again and compared."""

import csv as lines
import io
import re
from datetime import UTC, date, datetime, timedelta
from unicodedata import east_asian_width

import pytest
from docx import Document
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import load_workbook

from engine.clock import BEIJING
from engine.errors import BadData
from engine.exports import (
    Column,
    Paper,
    Section,
    Shaded,
    Sheet,
    Table,
    Todo,
    calendar,
    csv,
    neutral,
    original,
    word,
    xlsx,
)
from engine.exports.documents import template
from engine.render.heat import MARKS, Heat, legend, peaks, shade, step, svg
from engine.render.heat import lines as heat_lines

AT = datetime(2026, 2, 14, 9, 30, tzinfo=BEIJING)
RISKY = ["=1+1", "+86 138", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠x"]


def sheet(*texts):
    """A sheet of one text column."""
    return Sheet("表", (Column("文字"),), [(text,) for text in texts])


def read_csv(data):
    """Rows of a CSV file, without its heads."""
    return list(lines.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]


def read_xlsx(data):
    """The sheets of a workbook."""
    return load_workbook(io.BytesIO(data)).worksheets


class TestCsv:
    """CSV as spreadsheet programs open it."""

    def test_bytes(self):
        """A byte order mark, CRLF, Beijing's time, 是/否, nothing for nothing."""
        columns = (
            Column("名"),
            Column("数", "number"),
            Column("时", "moment"),
            Column("日", "date"),
            Column("否"),
        )
        row = ("雨伞,雨衣", -3, AT.astimezone(UTC), date(2026, 2, 14), None)
        data = csv(Sheet("表", columns, [row, ("", 0.5, None, None, True)]))
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.count(b"\r\n") == 3
        assert read_csv(data) == [
            ["雨伞,雨衣", "-3", "2026-02-14 09:30", "2026-02-14", ""],
            ["", "0.5", "", "", "是"],
        ]

    @pytest.mark.parametrize("text", RISKY)
    def test_formulas(self, text):
        """What a program could take for a formula begins with an apostrophe; so do heads."""
        [[cell]] = read_csv(csv(sheet(text)))
        assert cell == f"'{text}"
        heads = csv(Sheet("表", (Column(text),), ())).decode("utf-8-sig")
        assert heads.lstrip('"').startswith("'")

    @pytest.mark.parametrize("text", ["雨伞=伞", "13812345678", "a-b", "'引号'", "", "（=1）"])
    def test_plain_texts(self, text):
        """Everything else stays as it is."""
        assert neutral(text) == text

    @given(st.text())
    @example("'=1")
    @example("''=1")
    def test_back(self, text):
        """What was neutralised is got back, whatever it was; and nothing dangerous is left in front."""
        assert original(neutral(text)) == text
        assert not re.match(r"\s*[=+\-@＝＋－＠]", neutral(text))

    @given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=5))
    def test_round_trip(self, texts):
        """Any text comes back, but for characters that no file can hold."""
        kept = [[re.sub(r"[^\t\n\r -~\u4e00-\u9fff]", "", original(cell)) for cell in row]
                for row in read_csv(csv(sheet(*texts, "")))]  # fmt: skip
        asked = [[re.sub(r"[^\t\n\r -~\u4e00-\u9fff]", "", text)] for text in (*texts, "")]
        # a lone empty cell and an empty line are one thing in CSV
        assert [row or [""] for row in kept] == asked


class TestXlsx:
    """Workbooks, opened again by openpyxl."""

    def test_cells(self):
        """Numbers are numbers, times are dates of the sheet, heads stay in sight and can be filtered."""
        columns = (
            Column("名"),
            Column("数", "number"),
            Column("时", "moment"),
            Column("日", "date"),
            Column("是"),
        )
        [page] = read_xlsx(xlsx([Sheet("后续", columns, [("甲", 7, AT, date(2026, 2, 14), True)])]))
        assert [cell.value for cell in page[1]] == ["名", "数", "时", "日", "是"]
        assert [cell.value for cell in page[2]] == [
            "甲", 7, datetime(2026, 2, 14, 9, 30), datetime(2026, 2, 14), "是",  # noqa: DTZ001
        ]  # fmt: skip
        assert (page[2][2].is_date, page[2][2].number_format) == (True, "yyyy-mm-dd hh:mm")
        assert (page.title, page.freeze_panes, page.auto_filter.ref) == ("后续", "A2", "A1:E2")

    @pytest.mark.parametrize("text", [*RISKY, '=HYPERLINK("http://x")', "#N/A", "#REF!"])
    def test_formulas(self, text):
        """A text is never a formula nor an error, and is not changed either."""
        [page] = read_xlsx(xlsx([sheet(text)]))
        cell = page["A2"]
        assert cell.data_type == "s"
        assert cell.value == text
        assert cell.quotePrefix is not text.startswith("#")

    def test_what_the_format_cannot_hold(self):
        """Controls and marks that turn the writing go; a very long text is cut and says so."""
        [page] = read_xlsx(xlsx([sheet("雨\x00伞\x0b\udc80\u202e了", "长" * 40_000)]))
        assert page["A2"].value == "雨伞了"
        assert page["A3"].value.endswith("……（共40000字）")
        assert len(page["A3"].value) <= 32_767

    def test_sheet_names(self):
        """Names are made fit: marks, length, and no two the same."""
        titles = ["一/二:三", "长" * 40, "长" * 40, "", "A", "a"]
        pages = read_xlsx(xlsx([Sheet(title, (Column("名"),), ()) for title in titles]))
        names = [page.title for page in pages]
        assert names[:2] == ["一-二-三", "长" * 31]
        assert len({name.casefold() for name in names}) == len(titles)
        assert all(len(name) <= 31 for name in names)

    def test_too_many_rows(self, monkeypatch):
        """More rows than a sheet can hold are refused with a way out, never cut."""
        monkeypatch.setattr("engine.exports.sheets._ROWS", 3)
        assert len(list(read_xlsx(xlsx([sheet("a", "b")]))[0].rows)) == 3
        with pytest.raises(BadData, match="装不下") as refused:
            xlsx([sheet("a", "b", "c")])
        assert "CSV" in refused.value.help


class TestCalendar:
    """iCalendar, read by icalendar."""

    def todo(self, **fields):
        """An entry with defaults."""
        return Todo(**{"uid": "u1@zhiban", "summary": "写预案", "created": AT, "stamp": AT, **fields})

    def read(self, *todos):
        """The entries of the file, by UID."""
        read = Calendar.from_ical(calendar(list(todos), "后续"))
        assert read["X-WR-CALNAME"] == "后续"
        return {str(entry["UID"]): entry for entry in read.walk("VTODO")}

    def test_open(self):
        """Due in UTC, alarms before it, related to its parent, long Chinese text whole."""
        text = "凭据：演练记录；照片,\\反斜杠\n第二行" + "很长的说明" * 40
        due = AT + timedelta(days=9)
        todo = self.todo(
            due=due, description=text, parent="u0@zhiban", categories=("后续", "甲,乙"), sequence=3
        )
        entry = self.read(todo)["u1@zhiban"]
        assert (str(entry["SUMMARY"]), str(entry["DESCRIPTION"])) == ("写预案", text)
        assert entry.decoded("DUE") == due
        assert entry["DUE"].to_ical().endswith(b"Z")
        assert (str(entry["STATUS"]), entry["SEQUENCE"]) == ("NEEDS-ACTION", 3)
        assert (str(entry["RELATED-TO"]), entry["RELATED-TO"].params["RELTYPE"]) == ("u0@zhiban", "PARENT")
        assert entry["CATEGORIES"].cats == ["后续", "甲,乙"]
        [alarm] = entry.walk("VALARM")
        assert (alarm.decoded("TRIGGER"), alarm["TRIGGER"].params["RELATED"]) == (timedelta(days=-1), "END")

    def test_done(self):
        """Completed entries have their moment and ring no more."""
        entry = self.read(self.todo(state="COMPLETED", due=AT, completed=AT + timedelta(hours=1)))[
            "u1@zhiban"
        ]
        assert (str(entry["STATUS"]), entry["PERCENT-COMPLETE"]) == ("COMPLETED", 100)
        assert entry.decoded("COMPLETED") == AT + timedelta(hours=1)
        assert entry.walk("VALARM") == []

    def test_no_date(self):
        """Without a date there is nothing to ring before."""
        entry = self.read(self.todo())["u1@zhiban"]
        assert "DUE" not in entry
        assert entry.walk("VALARM") == []

    def test_lines(self):
        """Every line has at most 75 octets; no text can bring in a property of its own."""
        data = calendar(
            [self.todo(summary="甲\r\nUID:x\nSTATUS:COMPLETED", description="很长" * 99)], "名\r\nX:1"
        )
        assert max(map(len, data.split(b"\r\n"))) <= 75
        assert data.count(b"\r\nUID:") == 1
        assert b"\r\nSTATUS:COMPLETED" not in data
        assert data == calendar(
            [self.todo(summary="甲 UID:x STATUS:COMPLETED", description="很长" * 99)], "名\r\nX:1"
        )


PAPER = Paper(
    "热线工单周报",
    "2026年11月16日至22日",
    (
        Section("一、总体情况", ("本周受理436件。", "{{ title }} <b>&amp; {% for %}")),
        Section("二、统计", (), (
            Table("表1 各单位", ("单位", "件数"), (("甲<&>", "3"), ("乙", Shaded("4", "F6AB7B")))),
            Table("表2 热力", ("", *map(str, range(24))), (("周一", *["0"] * 24),)),
        )),
    ),
    "依据：C.12",
)  # fmt: skip


class TestWord:
    """Documents through the shipped template, opened by python-docx."""

    def test_text_and_tables(self):
        """Title, headings, paragraphs, captions and tables stand there as given, whatever they contain."""
        made = Document(io.BytesIO(word(PAPER)))
        texts = [p.text for p in made.paragraphs if p.text.strip()]
        assert texts == [
            "热线工单周报", "2026年11月16日至22日", "一、总体情况", "本周受理436件。",
            "{{ title }} <b>&amp; {% for %}",
            "二、统计", "表1 各单位", "表2 热力", "依据：C.12",
        ]  # fmt: skip
        assert [p.text for p in made.paragraphs if p.style.name == "Heading 1"] == [
            "一、总体情况",
            "二、统计",
        ]
        units, heat = made.tables
        assert [[c.text for c in row.cells] for row in units.rows] == [
            ["单位", "件数"],
            ["甲<&>", "3"],
            ["乙", "4"],
        ]
        assert 'w:fill="F6AB7B"' in units.rows[2].cells[1]._tc.xml
        assert len(heat.columns) == 25

    def test_dark_cells(self):
        """A text on a dark ground is printed white, any other in the document's own colour."""
        rows = tuple((Shaded("7", shade(value, 60)),) for value in (0, 10, 60))
        table = Table("", ("件数",), rows)
        [found] = Document(io.BytesIO(word(Paper("周报", "", (Section("一", (), (table,)),))))).tables
        inks = [
            [r.font.color.rgb for r in row.cells[0].paragraphs[0].runs if r.text] for row in found.rows[1:]
        ]
        assert [str(ink) for [ink] in inks] == ["None", "None", "FFFFFF"]

    def test_columns_are_as_wide_as_their_texts(self):
        """A number keeps a narrow column whole, sentences share the rest; the table's width stays."""
        table = Table("", ("号", "说明", "处理"), (("12", "很长的一句话" * 4, "另一句" * 3),))
        alike = Table("", ("甲", "乙", "丙"), (("一", "二", "三"),))
        made = Document(io.BytesIO(word(Paper("表", "", (Section("一", (), (table, alike)),)))))
        widths = [[cell.width for cell in found.rows[1].cells] for found in made.tables]
        assert widths[0][0] < widths[0][2] < widths[0][1]
        assert len(set(widths[1])) == 1
        assert abs(sum(widths[0]) - sum(widths[1])) < 5_000  # of a unit of which a millimetre has 36 000

    def test_empty(self):
        """A report without anything but a title."""
        made = Document(io.BytesIO(word(Paper("空"))))
        assert [p.text for p in made.paragraphs if p.text.strip()] == ["空"]
        assert not made.tables

    def test_own_template(self, tmp_path, monkeypatch):
        """A hall's own template in its configuration folder goes before the shipped one."""
        monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
        (tmp_path / "config").mkdir()
        own = Document()
        own.add_paragraph("本厅抬头 {{ title }}")
        own.save(tmp_path / "config" / "report.docx")
        made = Document(io.BytesIO(word(PAPER)))
        assert [p.text for p in made.paragraphs] == ["本厅抬头 热线工单周报"]

    @pytest.mark.parametrize("text", ["{{ nothing }}", "{% for x in %}", "{{ title.__class__.__mro__ }}"])
    def test_bad_template(self, tmp_path, text):
        """A template that asks for what is not there, is miswritten or reaches out is refused by name."""
        own = Document()
        own.add_paragraph(text)
        own.save(tmp_path / "own.docx")
        with pytest.raises(BadData, match=r"own\.docx"):
            word(PAPER, tmp_path / "own.docx")

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", None])
    def test_no_template(self, tmp_path, content):
        """What is no Word file, or not there, is said plainly."""
        if content is not None:
            (tmp_path / "own.docx").write_bytes(content)
        with pytest.raises(BadData, match="Word"):
            word(PAPER, tmp_path / "own.docx")

    def test_shipped_template_names_no_maker(self):
        """The shipped template carries no machine's or person's name."""
        core = Document(template()).core_properties
        assert (core.author, core.last_modified_by) == ("zhiban", "zhiban")


HOURS = Heat(
    "诉求热力图", tuple(f"周{day}" for day in "一二三四五六日"), tuple(map(str, range(24))),
    tuple(tuple((d * 5 + h * h) % 23 if 8 <= h < 18 else 0 for h in range(24)) for d in range(7)),
    after="时",
)  # fmt: skip
UNITS = Heat(
    "单位×类别",
    ("市场监管一所", "城关镇"),
    ("消费纠纷", "物业管理", "停车"),
    ((120, 0, 3), (7, 60.5, 1)),
    "件",
)


def wide(text):
    """Columns on a Chinese console."""
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


class TestHeat:
    """Heat maps."""

    @pytest.mark.parametrize(
        ("value", "expected"), [(0, 0), (1, 1), (10, 1), (11, 2), (50, 5), (51, 6), (60, 6)]
    )
    def test_steps(self, value, expected):
        """Equal steps up to the greatest value; only nothing is blank."""
        assert step(value, 60) == expected

    @pytest.mark.parametrize("width", [79, 60, 40, 20])
    @pytest.mark.parametrize("heat", [HOURS, UNITS])
    def test_terminal(self, heat, width):
        """No line is wider than asked; every character is one that GBK has, and aligned on any console."""
        found = heat_lines(heat, width)
        body = [line for line in found if not line.startswith(heat.title)]
        assert max(map(wide, body)) <= width
        assert "\n".join(found).encode("gbk")
        assert not any(east_asian_width(char) == "A" for line in body for char in line if char != "；")

    def test_hours(self):
        """The mark of an hour stands under its hour; the peaks are told in words."""
        found = heat_lines(HOURS)
        head = next(line for line in found if line.lstrip().startswith("0 1"))
        row = next(line for line in found if line.startswith("周三"))
        cells = list(row[3 : 3 + 24])
        assert cells == [MARKS[step(value, HOURS.most)] for value in HOURS.values[2]]
        assert head.index("8") == 5 + 2 * 8
        day, hour, most = peaks(HOURS)[0]
        assert sum(line.startswith("最多：") for line in found) == 1
        assert f"{day} {hour}时（{most:g}件）" in "".join(found)

    def test_numbers(self):
        """With few columns each cell shows its number and mark."""
        text = "\n".join(heat_lines(UNITS))
        assert "120＠" in text
        assert "60.5＊" in text or "60.5＋" in text
        assert legend(UNITS)[-1] == (6, "120")

    def test_nothing(self):
        """No data is said, not drawn."""
        empty = Heat("空", ("甲",), ("乙",), ((0,),))
        assert heat_lines(empty) == ["空", "（没有数据）"]
        assert "<svg" in svg(empty)
        assert heat_lines(Heat("空", (), (), ())) == ["空", "（没有数据）"]

    def test_svg(self):
        """One rectangle and number a cell, nothing from outside, names escaped, dark cells in white."""
        from xml.etree import ElementTree

        drawn = svg(UNITS._replace(rows=("<script>", "城&关")))
        root = ElementTree.fromstring(drawn)
        rects = [e for e in root.iter() if e.tag.endswith("}rect")]
        assert [rect.get("fill") for rect in rects] == [
            f"#{shade(value, 120)}" for row in UNITS.values for value in row
        ]
        assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
        assert "<script>" not in drawn
        assert 'fill="#fff">120<' in drawn

    def test_slanted_names_are_whole(self):
        """A long name over the last column ends inside the drawing."""
        from xml.etree import ElementTree

        long = "新华街道阳光花园三期物业管理"
        root = ElementTree.fromstring(svg(Heat("图", ("甲",), ("停水", long), ((1, 2),))))
        width = float(str(root.get("viewBox")).split()[2])
        [name] = [e for e in root.iter() if e.text == long]
        assert float(str(name.get("x"))) + 12 * len(long) * 0.7072 < width
