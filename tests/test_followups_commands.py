"""`zhiban followup …`: what it says, its JSON, its exit codes, its files."""

import csv
import io
import json
import sys

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

import cli
from engine.console.wrap import columns
from engine.errors import BadData
from engine.journal import Journal
from tests.test_followups_ledger import closed_incident
from tests.walking import emitted, run

HALL = "hall: 区政务大厅\npeople:\n  head: {name: 王敏, phone: 87654321}\n"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """One folder of parsed playbooks for all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def home(tmp_path, cache):
    """Folders with a profile and three closed incidents of one kind that left two follow-ups each."""
    (tmp_path / "cache").symlink_to(cache)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "hall.yaml").write_text(HALL, "utf-8")
    with Journal(tmp_path / "data" / "journal.db") as journal:
        from engine.clock import RealClock

        for number in ("aa", "bb", "cc"):
            closed_incident(journal, number, left=2, at=RealClock().now())
    return tmp_path


class Ran:
    """What a command in this process came to."""

    def __init__(self, code, out, err, raw):
        self.code, self.out, self.err, self.raw = code, out, err, raw

    @property
    def json(self):
        """Its JSON document."""
        return json.loads(self.out)


@pytest.fixture
def zhiban(home, monkeypatch, capfdbinary):
    """Runs `zhiban followup …` in this process: a command costs a few milliseconds."""
    monkeypatch.setenv("ZHIBAN_HOME", str(home))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(home)

    def perform(*arguments):
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main(args=["followup", *arguments], prog_name="zhiban")
        sys.stdout.flush()
        sys.stderr.flush()
        out, err = capfdbinary.readouterr()
        return Ran(left.value.code, out.decode("utf-8", "replace"), err.decode(), out)

    return perform


def first(zhiban):
    """The short id of the most urgent one."""
    return zhiban("list", "--json").json[0]["id"].removeprefix("f-")


def test_nothing(tmp_path):
    """Without any record nothing is made up, and no folder is made."""
    done = run(tmp_path, "followup", "list")
    assert (done.returncode, done.stdout) == (0, "没有要跟进的事。\n")
    assert not (tmp_path / "data").exists()
    assert emitted(tmp_path, "followup", "list", "--json") == []


def test_list(zhiban):
    """What incidents left is there by itself: what, who by name, days left, evidence; 80 columns, GBK."""
    done = zhiban("list")
    assert done.code == 0
    rows = done.out.splitlines()
    assert rows[0] == "后续 6 项"
    assert rows[1].startswith("● 还剩 30 天  第1件")
    assert "大厅主任 王敏" in rows[2]
    assert "要：演练记录" in rows[2]
    assert max(map(columns, rows)) < 80
    assert done.out.encode("gbk")
    assert rows[-1].startswith("一再发生：“业务系统故障”3 次")
    assert zhiban("list").out == done.out


def test_mine_and_overdue(zhiban):
    """By role id, role label or person; nobody of that name is a usage error with the nearest one."""
    assert {len(zhiban("list", "--mine", name, "--json").json) for name in ("head", "大厅主任", "王敏")} == {
        6
    }
    assert zhiban("list", "--mine", "it", "--json").json == []
    wrong = zhiban("list", "--mine", "大厅主")
    assert (wrong.code, "大厅主任" in wrong.err) == (2, True)
    assert zhiban("list", "--overdue").out == "没有这样的后续。\n"


def test_whole_way(zhiban):
    """done → check no → done → check yes --early: closed, out of the list, in `--all`, the chain unbroken."""
    name = first(zhiban)
    assert zhiban("done", name, "--evidence", "预案第 3 号，问 13812345678").code == 0
    assert name in zhiban("check").out
    assert zhiban("check", name, "no", "--note", "没人会用", "--due", "15天").code == 0
    assert "第2次办" in zhiban("list").out
    zhiban("done", name, "--evidence", "培训签到")
    closed = zhiban("check", name, "是", "--early", "--note", "演练三次都行", "--json").json
    assert (closed["status"], closed["worked"], closed["by"]) == ("closed", True, "王敏")
    listed, every = zhiban("list", "--json").json, zhiban("list", "--all", "--json").json
    assert (len(listed), len(every)) == (5, 6)
    shown = zhiban("show", name)
    assert [word in shown.out for word in ("没见效，没人会用", "凭据：培训签到", "13812345678")] == [
        True,
        True,
        False,
    ]
    assert shown.err == ""


def test_unmasked(zhiban, home):
    """Numbers show in full only with a reason, which goes on record."""
    name = first(zhiban)
    zhiban("done", name, "--evidence", "问 13812345678")
    assert zhiban("show", name, "--unmask", "").code == 2
    assert "13812345678" in zhiban("show", name, "--unmask", "要联系本人").out
    with Journal(home / "data" / "ledger.db") as journal:
        [events] = journal.events_under("u-").values()
    assert events[0].data["why"] == "要联系本人"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", "20990101-0000-zz"), 5, "没有编号为"),
        (("done", "ID"), 2, "要的凭据：演练记录"),
        (("check", "ID", "yes"), 2, "还没有办好"),
        (("check", "ID", "maybe"), 2, "见没见效"),
        (("reopen", "ID", "--due", "5天", "--reason", "x"), 2, "没有办结"),
        (("postpone", "ID", "--due", "2020-01-01", "--reason", "x"), 2, "不是今后的日期"),
        (("postpone", "ID", "--due", "改天吧", "--reason", "x"), 2, "不是今后的日期"),
        (("postpone", "ID", "--due", "5天"), 2, "写原因"),
        (("postpone", "ID", "--due", "", "--reason", "x"), 2, "要写期限"),
        (("postpone", "ID", "--due", "9999wd", "--reason", "x"), 4, "放假和调休"),
        (("add", "甲", "--who", "nobody", "--due", "5天"), 2, "没有岗位"),
        (("add", "甲", "--who", "head", "--due", "昨天"), 2, "不是今后的日期"),
        (("accept", "没有的"), 5, "没有关于"),
        (("decline", "system-failure"), 2, "写原因"),
        (("export",), 2, "--xlsx"),
        (("export", "--xlsx"), 2, "-o"),
        (("export", "--xlsx", "--csv", "-o", "a"), 2, "只能导出一种"),
        (("export", "-o", "no-such-folder/a.csv"), 4, "写不了"),
        (("export", "-o", "config"), 2, "--xlsx"),
        (("export", "--csv", "-o", "config"), 4, "已经存在"),
        (("list", "--mode", "test"), 2, "值不对"),
    ],
)
def test_refused(zhiban, arguments, code, words):
    """What, what to do about it, the right exit code; no traceback and nothing written."""
    name = first(zhiban)
    done = zhiban(*(name if part == "ID" else part for part in arguments))
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "→" in done.err
    assert "Traceback" not in done.err
    assert len(zhiban("show", name, "--json").json["events"]) == 1


def test_near_miss(zhiban):
    """A mistyped id is answered with what was probably meant."""
    name = first(zhiban)
    assert f"`{name}`" in zhiban("done", name.replace("0900", "0800"), "--evidence", "x").err


def test_added_by_hand(zhiban):
    """A follow-up given out by hand: role, person, working days, evidence, check, cause."""
    made = zhiban(
        "add", "清运垃圾点", "--who", "村（社区）", "--name", "李强", "--due", "5wd", "--check", "30天",
        "--evidence", "照片", "--cause", "垃圾清运", "--json",
    ).json  # fmt: skip
    assert (made["who"], made["owner"], made["cause"]) == ("community", "村（社区） 李强", "垃圾清运")
    assert 5 <= made["days_left"] <= 20
    assert made["check"] > made["due"]
    assert zhiban("list", "--mine", "community", "--json").json[0]["id"] == made["id"]


def test_drills_apart(zhiban, home):
    """What drills left is listed, counted and exported only when asked for."""
    with Journal(home / "data" / "journal.db") as journal:
        closed_incident(journal, "dd", mode="drill")
    assert len(zhiban("list", "--json").json) == 6
    [drill] = zhiban("list", "--mode", "drill", "--json").json
    assert drill["mode"] == "drill"
    zhiban("export", "-o", "real.csv")
    assert drill["id"].removeprefix("f-") not in (home / "real.csv").read_text("utf-8-sig")
    assert zhiban("proposals", "--mode", "drill", "--json").json == []


def test_proposals(zhiban):
    """Three incidents of a kind are proposed with their ids; accepted by title it is a follow-up."""
    [proposal] = zhiban("proposals", "--json").json
    assert (proposal["cause"], len(proposal["behind"])) == ("system-failure", 3)
    assert "zhiban followup accept system-failure" in zhiban("proposals").out
    made = zhiban("accept", "业务系统故障", "--who", "it", "--due", "20天", "--json").json
    assert (made["who"], made["origin"], made["days_left"]) == ("it", "standing", 20)
    assert sorted(made["sources"]) == [one["id"] for one in proposal["behind"]]
    assert zhiban("proposals").out == "没有一再发生到要立常备办法的事。\n"


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        ("停水", "", "停水（没写哪里）"),
        ("", "幸福小区", "幸福小区（没写类别）"),
        ("停水", "幸福小区", "停水/幸福小区"),
        ("停水", "张 13812345678", '"停水/张 138******78"'),
    ],
)
def test_proposals_of_orders(tmp_path, kind, subject, words):
    """What orders are about is told in words, masked; the command that is shown accepts it."""
    from tests.ordering import zhiban as run

    sheet = tmp_path / "a.csv"
    rows = [f"{n},2026-02-1{n} 09:00,{kind},{subject}" for n in range(3)]
    sheet.write_text("\n".join(["工单编号,受理时间,类别,被反映方", *rows]), "utf-8")
    assert run(tmp_path, "order", "import", str(sheet)).returncode == 0
    out = run(tmp_path, "followup", "proposals").stdout
    assert f"zhiban followup accept {words}\n" in out
    assert "13812345678" not in out
    accepted = run(
        tmp_path, "followup", "accept", words.strip('"'), "--who", "lead", "--due", "30d", "--json"
    )
    assert accepted.returncode == 0, accepted.stderr


def test_declined(zhiban):
    """Turned down with a reason, it is not proposed again."""
    assert zhiban("decline", "system-failure", "--reason", "同一次停电").code == 0
    assert zhiban("proposals", "--json").json == []


def test_xlsx(zhiban, home):
    """The workbook holds a row a follow-up, dates as dates, and nothing that runs."""
    zhiban("add", "=HYPERLINK(1)", "--who", "head", "--due", "1天")
    done = zhiban("export", "--xlsx", "-o", "后续.xlsx")
    assert (done.code, done.out) == (0, "")
    page = load_workbook(home / "后续.xlsx").active
    rows = list(page.iter_rows(min_row=2))
    assert (page.title, len(rows)) == ("后续跟进", 7)
    assert (rows[0][1].value, rows[0][1].data_type) == ("=HYPERLINK(1)", "s")
    assert rows[0][3].is_date


def test_csv(zhiban, home):
    """To a file or the screen: the same bytes, with a byte order mark, formulas neutralised."""
    zhiban("add", "=1+1", "--who", "head", "--due", "1天")
    data = zhiban("export", "--csv").raw
    zhiban("export", "--csv", "-o", "a.csv")
    assert (home / "a.csv").read_bytes() == data
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert (len(rows), rows[0]["做什么"], rows[0]["责任人"]) == (7, "'=1+1", "大厅主任 王敏")


def test_ics(zhiban, home):
    """Exported before and after an act: the same UIDs, the state moved on; checks belong to works."""
    name = first(zhiban)
    zhiban("export", "-o", "a.ics")
    before = {str(e["UID"]): e for e in Calendar.from_ical((home / "a.ics").read_bytes()).walk("VTODO")}
    zhiban("done", name, "--evidence", "记录")
    assert zhiban("export", "-o", "a.ics").code == 4
    assert zhiban("export", "-o", "a.ics", "--force").code == 0
    after = {str(e["UID"]): e for e in Calendar.from_ical((home / "a.ics").read_bytes()).walk("VTODO")}
    assert before.keys() == after.keys()
    assert len(after) == 12
    changed = [uid for uid in after if after[uid]["STATUS"] != before[uid]["STATUS"]]
    assert [str(after[uid]["STATUS"]) for uid in changed] == ["COMPLETED"]
    assert after[changed[0]]["SEQUENCE"] > before[changed[0]]["SEQUENCE"]
    parents = {str(entry["RELATED-TO"]) for entry in after.values() if "RELATED-TO" in entry}
    assert parents == {uid for uid in after if not uid.startswith("check-")}


def test_files_are_kept(zhiban, home):
    """An existing file is not written over without --force, and stays when writing fails."""
    (home / "a.csv").write_text("旧的", "utf-8")
    refused = zhiban("export", "-o", "a.csv")
    assert (refused.code, "--force" in refused.err) == (4, True)
    (home / ".a.csv.part").mkdir()
    assert zhiban("export", "-o", "a.csv", "--force").code == 4
    assert (home / "a.csv").read_text("utf-8") == "旧的"


def test_read_only(zhiban, home, monkeypatch):
    """Where nothing can be written the list still shows what incidents left; acts are refused."""
    from engine.journal import store

    real = store.connect

    def refuse(path, timeout):
        if path is not None and path.parent == home / "data":
            raise BadData(f"记录文件只能读不能写：{path}", "检查文件和文件夹的权限")
        return real(path, timeout)

    monkeypatch.setattr(store, "connect", refuse)
    listed = zhiban("list", "--json")
    assert (listed.code, len(listed.json)) == (0, 6)
    assert "只能读" in listed.err
    refused = zhiban("done", listed.json[0]["id"], "--evidence", "x")
    assert (refused.code, refused.out) == (4, "")
    assert not (home / "data" / "ledger.db").exists()


def test_damaged_incidents(zhiban, home):
    """An unusable file of incidents costs only what was not taken over yet."""
    zhiban("list")
    (home / "data" / "journal.db").write_bytes(b"no database" * 400)
    for suffix in ("-wal", "-shm"):
        (home / "data" / f"journal.db{suffix}").unlink(missing_ok=True)
    listed = zhiban("list", "--json")
    assert (listed.code, len(listed.json), "注意" in listed.err) == (0, 6, True)


def test_real_incident(tmp_path):
    """An incident walked to its end by an answers file: its follow-ups are in the ledger with its words."""
    from tests.test_cli import FULL

    (tmp_path / "a.yaml").write_text(FULL, "utf-8")
    incident = emitted(
        tmp_path, "respond", "--playbook", "rain-before-opening", "--answers", "a.yaml", "--json"
    )
    listed = emitted(tmp_path, "followup", "list", "--json")
    assert {(e["what"], e["due"], e["source"]) for e in listed} == {
        (left["what"], left["due"], incident["id"]) for left in incident["follow_ups"]
    }


def test_orders_of_one_kind(zhiban, home):
    """Three imported orders of a kind at a place are proposed; accepted, they are proposed no more."""
    from engine.clock import RealClock

    day = f"{RealClock().now():%Y-%m-%d} 00:00"
    lines = [f"G{n},{day},停车,城关镇,13812345678 停不下\n" for n in range(3)]
    (home / "a.csv").write_text("工单编号,受理时间,类别,地点,内容\n" + "".join(lines), "utf-8")
    assert run(home, "order", "import", "a.csv").returncode == 0
    found = {one["cause"]: one for one in zhiban("proposals", "--json").json}
    assert (found["停车/城关镇"]["times"], [one["id"] for one in found["停车/城关镇"]["behind"]]) == (
        3, ["G0", "G1", "G2"],
    )  # fmt: skip
    assert "城关" in zhiban("accept", "停车/城关").err
    assert zhiban("accept", "停车/城关镇", "--json").json["title"] == "停车/城关镇，3 次"
    assert "停车/城关镇" not in zhiban("proposals").out
    assert zhiban("proposals", "--mode", "drill", "--json").json == []
