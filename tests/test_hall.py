"""The hall profile: what can be read is used, every fault has its place, nothing stops an incident."""

from __future__ import annotations

import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import BEIJING
from engine.errors import BadData, Conflict
from engine.hall import hall_values, read_profile
from engine.hall.hours import days, hours
from engine.hall.profile import parse
from engine.hall.template import template, write_template
from engine.model import (
    Choice,
    Duration,
    Fact,
    Finding,
    HallValue,
    Profile,
    Role,
    Vocabulary,
)
from engine.workdays import clock_facts

ROOT = Path(__file__).parent.parent
VOCABULARY = Vocabulary(
    roles=(Role("duty", "值班负责人"), Role("lead", "值班领导"), Role("it", "信息技术部门")),
    hall=(
        HallValue("soon_minutes", "多少分钟以内算“短时能修好”", "number", 30, "分钟"),
        HallValue("shelter_area", "可先开放避雨的非办公区", "text"),
        HallValue("quiet_room", "谈话用的安静房间", "text", "接待室"),
        HallValue("reply_time", "答复时限", "duration", Duration(2, "h")),
        HallValue("has_guard", "有保安驻守", "bool", True),
    ),
    facts=(
        Fact("has_canopy", "bool", "门口有雨棚", known_from="hall"),
        Fact(
            "gate",
            "choice",
            "大门",
            choices=(Choice("glass", "玻璃门"), Choice("roll", "卷帘门")),
            known_from="hall",
        ),
        Fact("opens", "time", "开门时刻", known_from="hall"),
        Fact("quarrel", "bool", "争吵"),
    ),
)
GOOD = """\
# 本厅
hall: 和平区政务服务中心
hours: {mon-fri: "9:00-12:00 13:30-17:00", sat: 9:00-12:00}
people:
  lead: {name: 王敏, phone: 01012345}
  it: {phone: 12345 转 6}
values: {soon_minutes: 20, shelter_area: 前厅, reply_time: 3h, has_guard: no}
facts:
  has_canopy: yes
  gate: glass
  opens: 9:00
calendar: {2027-02-10: off, 2027-02-07: work}
calendar_source: {2027: 国办通知}
"""
FULL = (("09:00", "12:00"), ("13:30", "17:00"))


def read(text: str | bytes, vocabulary: Vocabulary | None = VOCABULARY) -> tuple[Profile, list[Finding]]:
    """The profile of a text."""
    return parse("hall.yaml", text.encode() if isinstance(text, str) else text, vocabulary, ())


def told(findings: list[Finding]) -> list[str]:
    """Each finding as `line:column code`."""
    return [f"{f.span.line}:{f.span.column} {f.code}" for f in findings]


def test_good_profile() -> None:
    """Every section is read by its declared type: 9:00 stays a time, 01012345 keeps its zero."""
    profile, findings = read(GOOD)
    assert findings == []
    assert profile == Profile(
        name="和平区政务服务中心",
        hours={**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), FULL), "sat": FULL[:1], "sun": ()},
        people={"lead": ("王敏", "01012345"), "it": ("", "12345 转 6")},
        values={
            "soon_minutes": 20,
            "shelter_area": "前厅",
            "reply_time": "3h",
            "has_guard": False,
            "has_canopy": True,
            "gate": "glass",
            "opens": "09:00",
        },
        workdays={"2027-02-10": False, "2027-02-07": True},
        calendar_sources={"2027": "国办通知"},
    )


def test_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is an empty profile and no fault; the default place is the hall file."""
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
    assert read_profile() == (Profile(), [])
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "hall.yaml").write_text("hall: 某厅", encoding="utf-8")
    assert read_profile() == (Profile(name="某厅"), [])


def test_unreadable_file(tmp_path: Path) -> None:
    """A file that cannot be read is a finding with the system's reason, not an error."""
    profile, findings = read_profile(tmp_path)
    assert (profile, told(findings)) == (Profile(), ["1:1 unreadable"])


def test_missing_file_costs_no_yaml(tmp_path: Path) -> None:
    """Without a file yaml is not even imported."""
    code = (
        "import sys; from pathlib import Path; from engine.hall import read_profile\n"
        f"read_profile(Path({str(tmp_path / 'none')!r})); print('yaml' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# 说明\n  # 说明\n", "hall:\nhours:\npeople:\n  lead: {name: , phone: }\n"]
)
def test_blank_profiles(text: str) -> None:
    """Blanks are no faults."""
    assert read(text) == (Profile(), [])


@pytest.mark.parametrize(
    ("line", "place", "help"),
    [
        ("hal: 某厅", "2:1 unknown-field", "`hall`"),
        ("hall: [某厅]", "2:7 wrong-type", ""),
        ("hall: 某厅\nhall: 另一厅", "3:1 duplicate-key", "第 2 行"),
        ("hours: 9:00-17:00", "2:8 wrong-type", "缩进"),
        ("hours: {mom-fri: 9:00-17:00}", "2:9 bad-day", "`mon-fri`"),
        ("hours: {mon: 9-17}", "2:14 bad-hours", "9:00-12:00"),
        ("hours: {mon: 9:00-25:00}", "2:14 bad-hours", ""),
        ("hours: {mon: 17:00-9:00}", "2:14 bad-hours", ""),
        ("hours: {mon: 9:00-12:00 11:00-17:00}", "2:14 bad-hours", ""),
        ("hours: {mon-fri: 9:00-12:00, fri: off}", "2:30 duplicate-day", ""),
        ("people: {leader: {name: 王敏}}", "2:10 unknown-role", "`lead`"),
        ("people: {lead: 王敏}", "2:16 wrong-type", "{name: 王敏"),
        ("people: {lead: {nam: 王敏}}", "2:17 unknown-field", "`name`"),
        ("values: {soon_minutes: 二十}", "2:24 wrong-type", "半角"),
        ("values: {reply_time: 3小时}", "2:22 bad-duration", "`3h`"),
        ("values: {has_guard: maybe}", "2:21 wrong-type", ""),
        ("values: {son_minutes: 20}", "2:10 unknown-value", "`soon_minutes`"),
        ("facts: {gate: wood}", "2:15 wrong-type", "glass"),
        ("facts: {opens: 9点}", "2:16 wrong-type", "9:30"),
        ("facts: {quarrel: yes}", "2:9 unknown-value", ""),
        ("calendar: {2027-2-10: off}", "2:12 bad-date", "2027-02-10"),
        ("calendar: {2027-02-30: off}", "2:12 bad-date", ""),
        ("calendar: {2027-02-10: 大概}", "2:24 wrong-type", ""),
        ("calendar_source: 国办通知", "2:18 wrong-type", "{2027:"),
        ("calendar_source: {2027: 国办通知}", "2:19 no-dates", "列全"),
        ("facts: {gate: *door}", "2:15 alias", "加引号"),
        ("people: &x {}", "2:9 anchor", ""),
    ],
)
def test_faults(line: str, place: str, help: str) -> None:
    """Every fault names its line and column and what was perhaps meant; the rest is read."""
    other = "hall: 某厅" if line.startswith("values") else "values: {quiet_room: 二楼}"
    profile, findings = read(f"# 本厅\n{line}\n{other}\n")
    assert told(findings)[0] == place
    assert help in findings[0].help
    assert profile.name == "某厅" or profile.values["quiet_room"] == "二楼"


def test_broken_section_costs_only_itself() -> None:
    """A slip in the notation is reported where it is; the other sections are used."""
    text = GOOD.replace("  it: {phone: 12345 转 6}", "  it: {phone: 12345 转 6").replace(
        "gate: glass", "gate: ["
    )
    profile, findings = read(text)
    assert [f.code for f in findings] == ["yaml-syntax", "yaml-syntax"]
    assert [f.span.line for f in findings] == [6, 11]
    expected, _ = read(GOOD)
    assert (profile.name, profile.hours, profile.workdays) == (
        expected.name,
        expected.hours,
        expected.workdays,
    )
    assert (profile.people, profile.values["reply_time"]) == ({}, "3h")


def test_gbk_file() -> None:
    """A file saved in GBK by an old editor is read, with a remark; a BOM is nothing special."""
    profile, findings = read(GOOD.encode("gbk"))
    assert (profile.name, told(findings)) == ("和平区政务服务中心", ["1:3 encoding"])
    assert read(GOOD.encode("utf-8-sig")) == read(GOOD)


def test_without_vocabulary() -> None:
    """Names are not checked then, and values are typed by their look."""
    profile, findings = read(
        'people: {boss: {name: 李}}\nvalues: {a: 20, b: yes, c: "20", d: 020, e: 2h}\n', None
    )
    assert findings == []
    assert profile.people == {"boss": ("李", "")}
    assert profile.values == {"a": 20, "b": True, "c": "20", "d": "020", "e": "2h"}


def test_values_of_playbooks(tmp_path: Path) -> None:
    """Hall values that only a playbook declares are known when they are passed."""
    path = tmp_path / "hall.yaml"
    path.write_text("values: {lobby_limit: 二十}", encoding="utf-8")
    own = HallValue("lobby_limit", "前厅容量", "number")
    assert [f.code for f in read_profile(path, VOCABULARY, [own])[1]] == ["wrong-type"]
    assert [f.code for f in read_profile(path, VOCABULARY)[1]] == ["unknown-value"]


@pytest.mark.parametrize(
    "hours_line", ["hours: {mon-fri: 9:00-17:00, sat: 9-12}", "hours: {mon-fri: 9:00-17:00, sa: 9:00-12:00}"]
)
def test_faulty_hours_close_no_day(hours_line: str) -> None:
    """With a fault in the hours, days not understood are unknown, not closed; good ones count."""
    profile, _ = read(hours_line)
    saturday, monday = (datetime(2026, 6, day, 10, tzinfo=BEIJING) for day in (6, 8))
    assert "office_hours" not in clock_facts(saturday, profile)
    assert clock_facts(monday, profile)["office_hours"] is True


@pytest.mark.parametrize("fault", ["2027-02-7: work", "2027-02-07: *x", "2027-02-07: maybe"])
def test_faulty_calendar_is_not_complete(fault: str) -> None:
    """A calendar with a fault does not make its year known."""
    profile, findings = read(f"calendar: {{2027-02-10: off, {fault}}}\ncalendar_source: {{2027: 国办通知}}\n")
    assert profile.calendar_sources == {}
    assert profile.workdays == {"2027-02-10": False}
    assert [f.level for f in findings] == ["error", "warning"]


def test_hall_values() -> None:
    """The hall's own value, else the default; blank without either, and on a wrong type."""
    profile = Profile(
        values={"soon_minutes": 20, "shelter_area": 3, "reply_time": "soon", "has_guard": False}
    )
    assert hall_values(VOCABULARY.hall, profile) == {
        "soon_minutes": 20,
        "shelter_area": "3",
        "quiet_room": "接待室",
        "reply_time": "2h",
        "has_guard": False,
    }
    defaults = {"soon_minutes": 30, "quiet_room": "接待室", "reply_time": "2h", "has_guard": True}
    assert hall_values(VOCABULARY.hall, Profile()) == defaults
    mixed = Profile(values={"soon_minutes": True, "shelter_area": True, "has_guard": 1})
    assert hall_values(VOCABULARY.hall, mixed) == defaults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon", ["mon"]),
        ("Mon-Wed", ["mon", "tue", "wed"]),
        ("sat,sun", ["sat", "sun"]),
        ("sat，mon", ["sat", "mon"]),
        ("sun-tue", ["sun", "mon", "tue"]),
        ("makeup", ["makeup"]),
        ("monday", None),
        ("mon-", ["mon"]),
        ("", None),
    ],
)
def test_days(text: str, expected: list[str] | None) -> None:
    """Days, ranges over the week's end, lists."""
    assert days(text) == expected


@pytest.mark.parametrize(
    "text", ["9:00-12:00 13:30-17:00", "09：00—12：00、13：30—17：00", "9:00 - 12:00, 13:30至17:00"]
)
def test_hours(text: str) -> None:
    """The ways in which people write the same hours."""
    assert hours(text) == FULL
    assert hours("休息") == ()


def test_template_is_a_blank_profile(tmp_path: Path) -> None:
    """The template names every role and value, is private, and reads back without a fault."""
    path = tmp_path / "config" / "hall.yaml"
    write_template(path, VOCABULARY)
    assert read_profile(path, VOCABULARY) == (Profile(), [])
    text = path.read_text("utf-8")
    ids = [*(r.id for r in VOCABULARY.roles), *(v.id for v in VOCABULARY.hall), "has_canopy", "gate"]
    assert [name for name in ids if f" {name}:" not in text] == []
    assert "quarrel" not in text
    assert [stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent)] == [0o600, 0o700]


def test_template_uncommented_is_read() -> None:
    """With the `#` of every example and default deleted, and nothing else, it is a valid profile."""
    lines = template(VOCABULARY).splitlines()
    text = "\n".join(line.removeprefix("#") if line.startswith("#  ") else line for line in lines)
    profile, findings = read(text)
    assert findings == []
    assert profile.hours["fri"] == FULL
    assert profile.calendar_sources.keys() == {"2027"}
    assert profile.values == hall_values(VOCABULARY.hall, Profile())


def test_template_of_the_shipped_vocabulary() -> None:
    """The real vocabulary makes a template that reads back without a fault."""
    from engine.reader import load_library

    vocabulary = load_library(hall=False, cache=False).vocabulary
    assert vocabulary.roles
    assert read(template(vocabulary), vocabulary) == (Profile(), [])


def test_template_never_overwrites(tmp_path: Path) -> None:
    """What exists is left alone; a folder that cannot be made is said."""
    path = tmp_path / "hall.yaml"
    path.write_text("hall: 我的", encoding="utf-8")
    with pytest.raises(Conflict, match="没有改动"):
        write_template(path, VOCABULARY)
    assert path.read_text("utf-8") == "hall: 我的"
    with pytest.raises(BadData):
        write_template(path / "x" / "hall.yaml", VOCABULARY)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_text_breaks_it(data: st.DataObject) -> None:
    """Whatever is done to the file, the answer is a profile and findings with places."""
    text = GOOD
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 9)))
        text = text[:start] + data.draw(st.text("[]{}:#-'\"*&!|>\n\t 9某a", max_size=4)) + text[end:]
    profile, findings = read(text)
    assert isinstance(profile, Profile)
    assert all(f.span.line >= 1 and f.message for f in findings)


@given(st.binary(max_size=200))
def test_no_bytes_break_it(content: bytes) -> None:
    """Not even what is no text at all."""
    profile, _ = read(content)
    assert isinstance(profile, Profile)
