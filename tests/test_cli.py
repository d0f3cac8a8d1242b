"""Every command without a terminal: what it says, its JSON, its exit code."""

import errno
import json
import sqlite3
import subprocess
import sys

import click
import pytest

from cli import main
from engine.errors import reason
from tests.walking import RAIN, ROOT, emitted, environment, program, run

RAIN_ID = "rain-before-opening"
FULL = """\
facts:
  quarrel: yes
  storm: no
  can_shelter: 是
  may_open: self
  lead_ok: yes
  frail_present: 说不清
  cold_wet: no
  rain_over: 还没有
  opened: yes
  office_hours: no
  minutes_to_opening: 三十
steps:
  '*': done
  supplies: {blocked: 柜子锁着}
playbooks: {staff-dispute: no, recording-threat: no}
"""


@pytest.fixture
def home(tmp_path):
    """Empty folders."""
    return tmp_path


@pytest.fixture
def closed(home):
    """Folders with one closed incident."""
    (home / "a.yaml").write_text(FULL, "utf-8")
    emitted(home, "respond", RAIN, "--answers", "a.yaml", "--json")
    return home


def test_no_terminal(home):
    """Alone and without a terminal: help that says how to script it."""
    done = run(home)
    assert done.returncode == 0
    assert "--answers" in done.stdout
    assert run(home, "--version").stdout.startswith("zhiban ")


def test_first_screen(home):
    """One to three actions with who and by when, no question; the incident can be resumed."""
    done = run(home, "respond", RAIN, "--first-screen")
    assert done.returncode == 0
    assert "谁：" in done.stdout
    assert "问 " not in done.stdout
    assert 1 <= sum(line[1:2].isdigit() and line[2:3] == " " for line in done.stdout.splitlines()) <= 3
    [listed] = emitted(home, "incident", "list", "--json")
    assert listed["status"] == "open"


def test_first_screen_as_json(home):
    """The same as one JSON document: the plan, with what was shown."""
    shown = emitted(home, "respond", RAIN, "--first-screen", "--json")
    assert shown["plan"]["control"]
    assert [event["kind"] for event in shown["events"]][-1] == "presented"


def test_scripted_walk(closed):
    """The answers file takes an incident to its close; the JSON tells everything."""
    shown = emitted(closed, "incident", "show", "--json")
    assert shown["status"] == "closed"
    assert shown["playbooks"] == [RAIN_ID]
    assert {"id", "plan", "outcomes", "facts", "documents", "follow_ups", "events"} <= set(shown)
    assert set(shown["plan"]) == {"safety", "control", "understand", "resolve", "communicate", "improve"}
    assert shown["outcomes"][f"{RAIN_ID}.supplies"]["reason"] == "柜子锁着"
    assert shown["facts"]["frail_present"] == {"state": "unsure"}
    assert shown["facts"]["minutes_to_opening"]["value"] == 30
    assert shown["follow_ups"]
    assert [event["seq"] for event in shown["events"]] == list(range(1, len(shown["events"]) + 1))


def test_missing_answer(home):
    """What is missing is named with its question and the line to add; the incident waits and goes on."""
    (home / "a.yaml").write_text(FULL.replace("  can_shelter: 是\n", ""), "utf-8")
    done = run(home, "respond", RAIN, "--answers", "a.yaml", "--json")
    assert done.returncode == 3
    assert "can_shelter" in done.stderr
    assert "前厅" in done.stderr
    assert "facts:" in done.stderr
    shown = json.loads(done.stdout)
    assert shown["status"] == "paused"
    assert shown["needs"][0]["name"] == f"{RAIN_ID}.can_shelter"
    (home / "a.yaml").write_text(FULL, "utf-8")
    again = emitted(home, "resume", shown["id"], "--answers", "a.yaml", "--json")
    assert again["id"] == shown["id"]
    assert again["status"] == "closed"


def test_missing_step(home):
    """A required step without an outcome stops the script before the close."""
    (home / "a.yaml").write_text(FULL.replace("  '*': done\n", ""), "utf-8")
    done = run(home, "respond", RAIN, "--answers", "a.yaml")
    assert done.returncode == 3
    assert "步骤" in done.stderr
    assert "done、handed" in done.stderr


def test_no_answers_no_terminal(home):
    """Without a file the first thing that would be asked is named."""
    assert run(home, "respond", RAIN, "--json").returncode == 3


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("facts:\n  can_shelter: 也许\n", "a.yaml:2:16", "可以写：yes、no、说不清"),
        ("facts:\n  can_sheltr: yes\n", "a.yaml:2:3", "是否想写 `can_shelter`"),
        ("facts: {may_open: everybody}\n", "a.yaml:1:19", "self（我可以定）"),
        ("steps:\n  to-door: maybe\n", "a.yaml:2:12", "{blocked: 原因}"),
        ("steps:\n  to-door: {skipped: }\n", "a.yaml:2:12", "跳过要写原因"),
        ("steps: {to-dor: done}\n", "a.yaml:1:9", "是否想写 `to-door`"),
        ("fact: {}\n", "a.yaml:1:1", "是否想写 `facts`"),
        ("facts: {quarrel: yes, quarrel: no}\n", "a.yaml:1:", "quarrel"),
        ("facts: [1, 2\n", "a.yaml:", "方括号"),
        ("playbooks: {rain-before-opening: 3}\n", "a.yaml:1:34", "yes 或 no"),
        ("facts: {minutes_to_opening: 很久}\n", "a.yaml:1:29", "整数"),
    ],
)
def test_wrong_answers(home, text, place, says):
    """A wrong answers file: place, choices, exit 4, and nothing was opened."""
    (home / "a.yaml").write_text(text, "utf-8")
    done = run(home, "respond", RAIN, "--answers", "a.yaml", "--json")
    assert done.returncode == 4
    assert place in done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert emitted(home, "incident", "list", "--json") == []


def test_json_answers(home):
    """The same in JSON."""
    data = {"facts": {"quarrel": "yes"}, "close": False, "reports": ["有人晕倒了"], "steps": {"*": "done"}}
    (home / "a.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    done = run(home, "respond", "--playbook", RAIN_ID, "--answers", "a.json", "--json")
    assert done.returncode == 3
    shown = json.loads(done.stdout)
    assert shown["facts"]["hurt"] == {"state": "known", "value": True}
    assert shown["plan"]["safety"]


def test_incident_commands(closed):
    """list, show, verify, replay, export, report, handover and the explanations of one incident."""
    assert run(closed, "incident", "list").returncode == 0
    assert "未开门避雨" in run(closed, "incident", "show").stdout
    assert emitted(closed, "incident", "verify", "--json")["ok"] is True
    assert emitted(closed, "incident", "replay", "--json")["same"] is True
    lines = run(closed, "incident", "export").stdout.splitlines()
    assert json.loads(lines[0])["format"] == 1
    assert "总结报告" in run(closed, "incident", "report").stdout
    assert "<html" in run(closed, "incident", "report", "--html").stdout
    assert "交班页" in run(closed, "incident", "handover").stdout
    reasons = emitted(closed, "incident", "why", "last", "open-lobby", "--json")
    assert reasons[0]["place"].startswith("playbooks/rain-before-opening.yaml:")
    assert "不成立" in run(closed, "incident", "why-not", "last", "umbrellas").stdout
    effect = emitted(closed, "incident", "what-if", "last", "opened=no", "--json")
    assert effect["steps_added"]


def test_export_never_overwrites(closed):
    """A file that is there stays."""
    assert run(closed, "incident", "export", "-o", "x.jsonl").returncode == 0
    assert run(closed, "incident", "export", "-o", "x.jsonl").returncode == 4


def test_tampering_is_found(closed):
    """An event edited by hand: verify says where, exit 4."""
    with sqlite3.connect(closed / "data" / "journal.db") as db:
        db.execute(
            "UPDATE events SET data = replace(data, 'true', 'false') WHERE kind = 'answered' AND seq > 5"
        )
    db.close()
    done = run(closed, "incident", "verify")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "edit",
    [
        "DELETE FROM events WHERE seq = 1",
        "DELETE FROM events WHERE seq > 4",
        "UPDATE events SET at = 'gestern' WHERE seq = 6",
        "UPDATE events SET data = '{}' WHERE kind = 'marked'",
        """UPDATE events SET data = '{"step": [], "why": 3}' WHERE kind = 'opened'""",
        "UPDATE events SET data = json_set(data, '$.profile', 7) WHERE seq = 1",
        "UPDATE events SET kind = 'begun' WHERE seq = 9",
    ],
)
def test_edited_journal(home, edit):
    """A record edited by hand: every command says so and ends in order."""
    (home / "a.yaml").write_text(FULL + "close: no\n", "utf-8")
    emitted(home, "respond", RAIN, "--answers", "a.yaml", "--json")
    with sqlite3.connect(home / "data" / "journal.db") as db:
        db.execute(edit)
    db.close()
    assert run(home, "incident", "list").returncode == 0
    assert run(home, "incident", "verify").returncode == 4
    for command in (["incident", "show"], ["incident", "report"], ["resume", "--answers", "a.yaml"]):
        done = run(home, *command)
        assert done.returncode in (0, 3, 4), done.stderr
        assert "被改过" in done.stderr
        assert "Traceback" not in done.stderr


def test_broken_journal(closed):
    """A journal that is no database: a clear message, exit 4; a new incident still opens, in memory."""
    file = closed / "data" / "journal.db"
    for extra in closed.glob("data/journal.db-*"):
        extra.unlink()
    file.write_bytes(file.read_bytes()[:700] + b"garbage" * 100)
    done = run(closed, "incident", "list")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    done = run(closed, "respond", RAIN, "--first-screen")
    assert done.returncode == 0
    assert "内存" in done.stderr
    assert "马上到门口" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["resume"], 5),
        (["incident", "show"], 5),
        (["incident", "show", "20260101-0000-ab"], 5),
        (["respond", "下雨", "--playbook", "rain-befor-opening"], 5),
        (["respond", "下雨", "--answers", "none.yaml"], 5),
        (["respond"], 2),
        (["respnd"], 2),
        (["respond", "--bogus"], 2),
        (["simulate"], 2),
        (["simulate", "nothing"], 5),
        (["triage"], 2),
        (["triage", "--batch", "none.jsonl"], 5),
        (["playbook", "show", "nothing"], 5),
        (["playbook", "check", "none.yaml"], 5),
        (["incident", "why"], 2),
    ],
)
def test_exit_codes(home, arguments, code):
    """Usage 2, not found 5; the message is Chinese and no traceback."""
    done = run(home, *arguments)
    assert done.returncode == code, done.stderr
    assert "错误：" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_suggestion(home):
    """A mistyped playbook gets a suggestion."""
    assert "rain-before-opening" in run(home, "respond", "下雨", "--playbook", "rain-befor-opening").stderr


def test_triage(home):
    """The contract of triage, alone and in a batch."""
    found = emitted(home, "triage", "有人晕倒了，系统也崩了", "--json")
    assert found["safety"]["kind"] == "medical"
    assert found["safety"]["do_first"]
    assert found["primary"] in found["active"]
    (home / "b.jsonl").write_text(
        '{"id":"1","text":"下雨了保安不让进"}\n{"id":"2","text":"今天天气不错"}\n', "utf-8"
    )
    lines = [
        json.loads(line) for line in run(home, "triage", "--batch", "b.jsonl", "--json").stdout.splitlines()
    ]
    assert [line["id"] for line in lines] == ["1", "2"]
    assert lines[0]["primary"] == RAIN_ID
    (home / "b.jsonl").write_text('{"id":"1"}\n', "utf-8")
    assert run(home, "triage", "--batch", "b.jsonl").returncode == 4


def test_simulate(home):
    """The contract of simulate; nothing is written."""
    found = emitted(home, "simulate", RAIN_ID, "--seed", "3", "--json")
    assert found["closed"] is True
    kinds = {event["kind"] for event in found["events"]}
    assert {"presented", "asked"} <= kinds
    assert found == emitted(home, "simulate", RAIN_ID, "--seed", "3", "--json")
    assert emitted(home, "incident", "list", "--json") == []


def test_playbooks(home):
    """list, show, schema."""
    listed = emitted(home, "playbook", "list", "--json")
    assert {"id", "title", "version", "origin"} == set(listed[0])
    assert RAIN_ID in [entry["id"] for entry in listed]
    assert "控制现场" in run(home, "playbook", "show", RAIN_ID).stdout
    assert emitted(home, "playbook", "schema")["$schema"].startswith("https://json-schema.org")


def test_playbook_check(home):
    """A broken file: exit 4 with its place; a sound one by name: the numbers."""
    (home / "x.yaml").write_text("playbook: x\ntitle: 测试\nrules: {contrl: []}\n", "utf-8")
    done = run(home, "playbook", "check", "x.yaml")
    assert done.returncode == 4
    assert "x.yaml:3:" in done.stdout
    [report] = emitted(home, "playbook", "check", RAIN_ID, "--json")
    assert {"playbook", "states", "paths", "shortest", "longest", "questions_max", "findings"} <= set(report)
    assert isinstance(report["paths"], str)


def test_playbook_check_in_a_folder_named_like_ours(home):
    """`playbooks/x.yaml` is checked like any other path: never silence and exit 0."""
    (home / "playbooks").mkdir()
    text = "playbook: x\ntitle: 测试\nbogus: 1\nends_in: [a]\nrules:\n  control:\n  - do: {a: {what: 做甲}}\n"
    (home / "playbooks" / "x.yaml").write_text(text, "utf-8")
    for path in ("playbooks/x.yaml", "./playbooks/x.yaml", "playbooks"):
        done = run(home, "playbook", "check", path)
        assert done.returncode == 4
        assert "bogus" in done.stdout
    fine = text.replace("bogus: 1\n", "")
    (home / "playbooks" / "x.yaml").write_text(fine, "utf-8")
    [report] = emitted(home, "playbook", "check", "playbooks/x.yaml", "--json", code=4)
    assert report["playbook"] == "x"


def test_init_and_doctor(home):
    """init writes the profile once; doctor tells what is there."""
    assert emitted(home, "init", "--json")["written"].endswith("hall.yaml")
    assert run(home, "init").returncode == 6
    told = emitted(home, "doctor", "--json")
    assert {point["name"] for point in told["points"]} >= {"Python", "durable-rules", "记录目录", "工作日历"}


def test_hostile_sentence(home):
    """A megabyte of text and control characters: cut, clean, no crash."""
    done = run(home, "respond", "群众在吵\x1b[31m\x07" + "吵" * 30_000, "--first-screen")
    assert done.returncode == 0
    assert "太长" in done.stderr
    shown = emitted(home, "incident", "show", "--json")
    assert len(shown["text"]) == 2000
    assert "\x1b" not in shown["text"]


def test_narrow_and_plain(home):
    """40 columns, NO_COLOR, a GBK locale: every line fits, no escape codes, readable."""
    done = run(home, "respond", RAIN, "--first-screen", COLUMNS="40", NO_COLOR="1")
    assert "\x1b" not in done.stdout
    from engine.console.wrap import columns

    assert all(columns(line) <= 40 for line in done.stdout.splitlines())


def test_closed_incident_stays(closed):
    """A closed incident cannot be resumed."""
    done = run(closed, "resume")
    assert done.returncode == 2
    assert "已经结束" in done.stderr


def test_playbook_test(home):
    """The rule tests run by file; a failing expectation is exit 4 with its place."""
    case = "cases:\n- {name: 错的, given: {}, expect: {not: [to-door], only: []}}\n"
    (home / "rain-before-opening.yaml").write_text(f"# a case that cannot pass\n{case}", "utf-8")
    done = run(home, "playbook", "test", "rain-before-opening.yaml")
    assert done.returncode == 4
    assert "rain-before-opening.yaml:3:3 rain-before-opening：错的" in done.stdout
    assert "通过 0 个，不通过 1 个" in done.stdout
    assert done.stderr == ""


def test_playbook_test_measures(home):
    """Poor cases are only remarked on, unless --strict asks for more; --mutants tells what would do."""
    (home / "rain-before-opening.yaml").write_text(
        "cases:\n- {name: 不多, given: {}, expect: {wanted: [to-door]}}\n", "utf-8"
    )
    done = run(home, "playbook", "test", "rain-before-opening.yaml")
    assert done.returncode == 0
    assert "rain-before-opening：用例 1 个，规则" in done.stdout
    assert "加 --mutants 看漏了什么" in done.stdout
    told = run(home, "playbook", "test", "rain-before-opening.yaml", "--mutants")
    assert told.returncode == 0
    assert "没有一例成立" in told.stdout
    assert "      given: {" in told.stdout
    assert "      expect: {wanted: [" in told.stdout
    strict = run(home, "playbook", "test", "rain-before-opening.yaml", "--strict", "--json")
    assert strict.returncode == 4
    document = json.loads(strict.stdout)
    assert document["ok"]
    assert document["coverage"][0]["score"] < 0.9
    # a playbook's id stands for its shipped cases
    assert "recording-threat：用例" in run(home, "playbook", "test", "recording-threat").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("playbook", "export", "staff-dispute"), "缺少选项：--cacao"),
        (("playbook", "show", "--htm", "staff-dispute"), "没有这个选项：--htm；相近的有 --html"),
        (("playbook", "show", "a", "b"), "参数太多：b"),
        (("playbook", "lst"), "没有这个命令：lst；相近的有 list"),
        (("simulate", "--seed", "x", "staff-dispute"), "值不对：--seed、x"),
    ],
)
def test_usage_is_said_in_chinese(home, arguments, said):
    """A wrong command line is answered in Chinese: what is wrong with which part, and nothing in English."""
    done = run(home, *arguments)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == f"错误：{said}"


def test_a_file_that_cannot_be_written(home, tmp_path):
    """Why the system refuses a file is said in Chinese."""
    place = tmp_path / "none" / "x.json"
    done = run(home, "playbook", "export", "--cacao", "staff-dispute", "-o", str(place))
    assert done.returncode == 4
    assert done.stderr.splitlines()[0] == f"错误：写不了文件 {place}：没有这个文件或文件夹"
    assert reason(OSError(errno.ENOSPC, "No space left on device")) == "磁盘满了"
    assert reason(OSError(99999, "Something odd")) == "系统错误 99999"


def test_a_reader_that_leaves(home):
    """Output that nobody reads to its end (`| head -1`) is no failure: nothing is said, the code is 0."""
    command = [sys.executable, str(ROOT / "cli.py"), "playbook", "show", "system-failure"]
    with subprocess.Popen(
        command, env=environment(home), cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("name", ["", "playbook", "playbook export", "order"])
def test_help_is_chinese(home, name):
    """Nothing that click writes by itself stays English."""
    shown = run(home, *name.split(), "--help").stdout
    assert shown.startswith("用法：")
    for english in ("Usage", "Options", "OPTIONS", "Commands", "COMMAND", "ARGS", "required", "Show"):
        assert english not in shown


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("staff-dispute+staff-dispute", 2, "剧本 `staff-dispute` 写了两次"),
        ("staff-dispute+", 2, "`+` 旁边少了一个剧本"),
        ("staff-dispute+nix", 5, "没有剧本 `nix`"),
        ("", 2, "文件名是空的"),
    ],
)
def test_what_check_cannot_take(home, given, code, said):
    """Names that say nothing to be checked are refused with what is wrong with them."""
    done = run(home, "playbook", "check", given)
    assert done.returncode == code
    assert said in done.stderr


def test_export_of_a_file(home):
    """`playbook export` takes a file as `show` and `diff` do."""
    text = (
        "playbook: own-x\ntitle: 试\nends_in: [a]\nrules:\n  control:\n  - do: {a: {what: 甲, source: own}}\n"
    )
    (home / "x.yaml").write_text(text, "utf-8")
    assert emitted(home, "playbook", "export", "--cacao", "x.yaml")["name"] == "试"


# what a command is given that only looks; the others are asked for their help
LOOKING = {
    "incident list": (),
    "incident show": (),
    "incident why": ("last", "open-lobby"),
    "incident why-not": ("last", "umbrellas"),
    "incident what-if": ("last", "opened=no"),
    "incident replay": (),
    "incident verify": (),
    "incident export": (),
    "incident handover": (),
    "incident report": (),
    "resume": (),
    "triage": ("有人晕倒了",),
    "simulate": (RAIN_ID, "--seed", "3"),
    "drill list": (),
    "order list": (),
    "followup list": (),
    "playbook list": (),
    "playbook show": (RAIN_ID,),
    "playbook check": (RAIN_ID,),
    "playbook test": ("recording-threat",),
    "playbook diff": ("long-queue", "queue-disorder"),
    "playbook export": ("--cacao", "viral-photo"),
    "playbook sources": (),
    "playbook schema": (),
}


def commands(group, *names):
    """The names of every command below a group."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield " ".join((*names, name))


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """Folders with one closed incident, for those who only look."""
    home = tmp_path_factory.mktemp("used")
    (home / "a.yaml").write_text(FULL, "utf-8")
    emitted(home, "respond", RAIN, "--answers", "a.yaml", "--json")
    return home


@pytest.mark.parametrize("name", list(commands(main)))
def test_programs(used, name):
    """Every command as a program of its own does what it does in the tests' process."""
    arguments = (*name.split(), *LOOKING.get(name, ("--help",)))
    alone, here = program(used, *arguments), run(used, *arguments)
    assert (alone.returncode, alone.stdout, alone.stderr) == (here.returncode, here.stdout, here.stderr)
    assert alone.stdout or alone.stderr
