"""The script of a drill as a sheet: out, edited by a person, in again; a faulty sheet changes nothing."""

import csv
import json

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from cli import main
from engine.drill.reading import files, load
from engine.drill.script import run_script
from engine.reader import load_library
from tests.test_drill_files import placeless

DRILL = "rain-ten-minutes"
NAMES = [file.stem for file in files()]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A home of this module: playbooks are parsed once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def home(cache, monkeypatch):
    """Nothing of this machine's user is read or written."""
    monkeypatch.setenv("ZHIBAN_HOME", str(cache))


def zhiban(*words):
    """A command in this process."""
    return CliRunner().invoke(main, ["drill", *map(str, words)])


def exported(tmp_path, name=DRILL):
    """The sheet of a drill as CSV rows, and the file."""
    file = tmp_path / "script.csv"
    assert zhiban("export", name, "-o", file).exit_code == 0
    return list(csv.reader(file.read_text("utf-8-sig").splitlines())), file


def written(rows, file):
    """CSV rows put into a file."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def edited(tmp_path, id, title, value):
    """The sheet with one cell changed."""
    rows, file = exported(tmp_path)
    row = next(row for row in rows if row[0] == id)
    row[rows[0].index(title)] = value
    return written(rows, file)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_round_trip_changes_nothing(tmp_path, name, form):
    """A sheet that nobody edited gives the same drill, in either format."""
    sheet, out = tmp_path / f"script.{form}", tmp_path / f"{name}.yaml"
    assert zhiban("export", name, "-o", sheet).exit_code == 0
    result = zhiban("import", name, sheet, "-o", out)
    assert result.exit_code == 0, result.output
    before, after = load(load_library(hall=False), name).drill, load(load_library(hall=False), str(out)).drill
    assert after.version == before.version + 1
    key = {inject.id: placeless(inject) for inject in before.injects}
    assert {inject.id: placeless(inject) for inject in after.injects} == key
    assert placeless(after.expectations) == placeless(before.expectations)


def test_the_run_follows_an_edited_time(tmp_path):
    """A time changed in the spreadsheet program is when the inject comes in the next run."""
    sheet, out = tmp_path / "script.xlsx", tmp_path / f"{DRILL}.yaml"
    assert zhiban("export", DRILL, "-o", sheet).exit_code == 0
    book = load_workbook(sheet)
    page = book.active
    titles = [cell.value for cell in page[1]]
    row = next(row for row in page.iter_rows(min_row=2) if row[0].value == "fall")
    assert row[titles.index("时刻")].value == "D+0 H+0 M+04"
    row[titles.index("时刻")].value = "T+5m30s"
    row[titles.index("渠道")].value = "微信"
    book.save(sheet)
    result = zhiban("import", DRILL, sheet, "-o", out)
    assert "fall 从 D+0 H+0 M+04 改到 D+0 H+0 M+05 S+30" in result.output
    library = load_library(hall=False)
    state = run_script(load(library, str(out)).drill, library, "silent").state
    (event,) = [event for event in state.of_kind("injected") if event.data["inject"] == "fall"]
    assert event.at == "2026-06-01T08:25:30+08:00"
    assert next(i for i in state.drill.injects if i.id == "fall").channel == "wechat"


def test_rows_can_be_added_and_taken_out(tmp_path):
    """A new row with a time is a new inject; a row taken out is gone."""
    rows, file = exported(tmp_path)
    rows = [row for row in rows if row[0] != "post"]
    new = dict.fromkeys(rows[0], "") | {
        "编号": "kid",
        "时刻": "T+3m",
        "渠道": "现场",
        "内容": "一个孩子哭着找厕所",
    }
    rows.append([new[title] for title in rows[0]])
    out = tmp_path / f"{DRILL}.yaml"
    result = zhiban("import", DRILL, written(rows, file), "-o", out)
    assert result.exit_code == 0, result.output
    drill = load(load_library(hall=False), str(out)).drill
    assert "加了 kid、删了 post" in result.output
    assert "post" not in [inject.id for inject in drill.injects]
    assert next(i for i in drill.injects if i.id == "kid").when.at == 180


FAULTS = {
    "看不懂这个时刻": ("fall", "时刻", "四分钟后"),
    "在结束以后": ("fall", "时刻", "T+10m"),
    "内容空着": ("fall", "内容", ""),
    "没有这种渠道": ("fall", "渠道", "电报"),
    "没有人担任": ("fall", "给谁", "大厅主任"),
    "不能在表里改": ("fall", "实情变为", "有人受伤：否"),
    "不能写时刻": ("shout", "时刻", "T+1m"),
    "编号写了两次": ("fall", "编号", "post"),
    "编号写法不对": ("post", "编号", "发帖"),
    "要写 是 或 否": ("fall", "干扰", "也许"),
    "而要求 call要等它": ("fall", "编号", "fell"),
}


@pytest.mark.parametrize("said", FAULTS)
def test_faulty_cells_are_told(tmp_path, said):
    """Each faulty cell is told with its place; no file is written."""
    out = tmp_path / f"{DRILL}.yaml"
    result = zhiban("import", DRILL, edited(tmp_path, *FAULTS[said]), "-o", out)
    assert result.exit_code == 4, result.output
    assert said in result.output.replace("\n", "").replace("  ", "")
    assert not out.exists()


def test_faulty_sheets_are_told(tmp_path):
    """No columns, no rows, merged cells, another kind of file: each is told, nothing is written."""
    rows, file = exported(tmp_path)
    out = tmp_path / f"{DRILL}.yaml"
    assert "没有“内容”这一列" in zhiban("import", DRILL, written([["编号", "说明"], ["a", "b"]], file)).output
    assert zhiban("import", DRILL, written(rows[:1], file), "-o", out).exit_code == 4
    book_file = tmp_path / "merged.xlsx"
    zhiban("export", DRILL, "-o", book_file)
    book = load_workbook(book_file)
    book.active.merge_cells("B2:B3")
    book.save(book_file)
    assert "合并" in zhiban("import", DRILL, book_file, "-o", out).output
    file.write_bytes(b"%PDF-1.4")
    assert zhiban("import", DRILL, file, "-o", out).exit_code == 4
    assert zhiban("import", DRILL, tmp_path / "absent.csv").exit_code == 5
    assert not out.exists()


def test_json_tells_cells(tmp_path):
    """With --json the problems come as data, with their cells."""
    result = zhiban("import", DRILL, edited(tmp_path, "fall", "时刻", "随时"), "--json")
    assert result.exit_code == 4
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["header"], problem["value"], problem["column"]) == ("时刻", "随时", "B")


def test_existing_files_are_kept(tmp_path):
    """Neither export nor import writes over a file unless it is said."""
    _, file = exported(tmp_path)
    assert zhiban("export", DRILL, "-o", file).exit_code == 4
    assert zhiban("export", DRILL, "-o", file, "--force").exit_code == 0
    assert zhiban("export", DRILL, "--xlsx").exit_code == 2
