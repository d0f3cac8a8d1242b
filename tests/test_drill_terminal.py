"""Drills at terminals: controller and trainee on one run, a killed one comes back, nothing hidden shows."""

import json
import re
import signal

import pytest

from engine.drill.reading import load
from engine.journal import Journal
from engine.reader import load_library
from tests.walking import Officer, program, run

RAIN = "rain-ten-minutes"
TELL = "台阶上滑倒一位老太太"
PERSON = {"TERM": "xterm"}  # with the line editor


class Player(Officer):
    """A person at a drill; what was shown is kept without its control sequences."""

    def __init__(self, home, *arguments, **extra):
        super().__init__(home, "drill", *arguments, **extra)
        self.shown = ""

    def sees(self, *texts):
        self.shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b=|\x1b>", "", super().sees(*texts))
        return self.shown

    def kill(self):
        """Kill −9, and wait until it is gone."""
        self.child.kill(signal.SIGKILL)
        return self.ends()


def begun(home, *arguments, **extra):
    """A trainee whose clock runs, and the id of the run."""
    trainee = Player(home, "run", RAIN, *arguments, **extra)
    shown = trainee.sees("回车开始计时", "回车开始。")
    trainee.sees("未开始>")
    trainee.child.send("\r")
    trainee.sees("剩")
    return trainee, re.search(r"编号 (\S+?)）", shown)[1]


def hidden(id, home):
    """Texts that only the controller may see: notes, expectations, truths not asked for."""
    drill = load(load_library(hall=False), RAIN).drill
    texts = [inject.note for inject in drill.injects if inject.note]
    texts += [entry.what for entry in drill.expectations]
    texts += [truth.told for truth in drill.truth if truth.told]
    return [text for text in texts if len(text) > 5]


def test_an_inject_fired_by_the_controller_shows_while_a_line_is_typed(tmp_path):
    """The typed text stands on its line again below the inject, and is taken whole; nothing hidden shows."""
    trainee, id = begun(tmp_path, "--name", "张三", **PERSON)
    controller = Player(tmp_path, "control", id, **PERSON)
    controller.sees("要来的情况")
    controller.sees("剩")
    trainee.child.send("说 大家对不起，我是值班的")
    trainee.sees("我是值班的")
    controller.child.send("放 3\r")
    controller.sees("情况 3 出了（你放的）")
    trainee.sees(TELL)
    trainee.sees("我是值班的")
    trainee.child.send("，三分钟内请进来避雨\r")
    trainee.sees("你：大家对不起，我是值班的，三分钟内请进来避雨")
    controller.sees("√ 要求 2 按时")
    trainee.child.send("打120\r")
    trainee.sees("回车＝1")
    trainee.child.send("\r")
    trainee.sees("→ 办了")
    controller.sees("√ 要求 9 按时")
    assert [text for text in hidden(id, tmp_path) if text in trainee.shown] == []
    controller.child.send("结束\r")
    controller.sees("演练结束")
    trainee.sees("主持人结束演练")
    trainee.sees(f"zhiban drill score {id}")
    assert trainee.ends() == 0
    controller.child.send("q\r")
    assert controller.ends() == 0


def test_a_killed_trainee_and_a_killed_controller_come_back(tmp_path):
    """Kill −9 of either side: what was done stands, the last open run is offered, the run goes on."""
    trainee, id = begun(tmp_path, "--name", "张三", **PERSON)
    controller = Player(tmp_path, "control", id, **PERSON)
    controller.sees("要来的情况")
    trainee.child.send("让保安退后\r")
    trainee.sees("回车＝1")
    trainee.child.send("\r")
    trainee.sees("→ 办了")
    controller.sees("√ 要求 3 按时")
    assert trainee.kill() == -signal.SIGKILL
    assert controller.kill() == -signal.SIGKILL
    again = Player(tmp_path, "run", **PERSON)
    again.sees(f"上次没完：【演练】开门前十分钟的雨（{id}）")
    again.sees("> ")
    again.child.send("\r")
    again.sees("接着上次练")
    again.sees("手不碰人、不顶嘴 → 办了")
    again.sees("剩")
    controller = Player(tmp_path, "control", **PERSON)
    controller.sees("√ 让保安退后")
    controller.child.send("fire 3\r")
    again.sees(TELL)
    again.child.send("完\r")
    again.sees("再写一次")
    again.child.send("完\r")
    again.sees("参演人结束演练")
    assert again.ends() == 0
    controller.sees("演练结束")
    controller.child.send("q\r")
    assert controller.ends() == 0
    with Journal(tmp_path / "data" / "drills.db") as journal:
        assert not list(journal.verify(id))


def test_a_role_is_played_by_one(tmp_path):
    """A second terminal in a role is refused, so is another name; the role is free after its player left."""
    trainee, id = begun(tmp_path, "--name", "张三", "--team")
    taken = program(tmp_path, "drill", "join", id, "--role", "duty", stdin="q\n")
    assert taken.returncode == 6
    assert "正在另一个终端上" in taken.stderr
    guide = program(tmp_path, "drill", "join", id, "--role", "引导员", "--name", "李四", stdin="打120\n\nq\n")
    assert guide.returncode == 0
    assert "→ 办了" in guide.stdout
    trainee.sees("引导员（李四） 来了")
    trainee.sees("引导员（李四）：打120")
    trainee.sees("走了")
    assert "没有岗位" in program(tmp_path, "drill", "join", id, "--role", "x", stdin="q\n").stderr
    trainee.kill()
    other = program(tmp_path, "drill", "join", id, "--role", "duty", "--name", "王五", stdin="q\n")
    assert other.returncode == 6
    assert "已由 张三 担任" in other.stderr
    same = program(tmp_path, "drill", "join", id, "--role", "duty", "--name", "张三", stdin="q\n")
    assert same.returncode == 0
    assert "接着上次练" in same.stdout


@pytest.mark.parametrize("extra", [{"NO_COLOR": "1"}, {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}])
def test_plain_and_gbk_terminals(tmp_path, extra):
    """Without colour and on a GBK console the same words are shown and taken, none is replaced."""
    trainee, _ = begun(tmp_path, **PERSON, **extra)
    trainee.child.send("到门口去\r")
    trainee.sees("1 马上到门口")
    trainee.child.send("1\r")
    trainee.sees("→ 办了")
    trainee.child.send("r\r")
    trainee.sees("办过的")
    trainee.child.send("q\r")
    trainee.sees("接着练：zhiban drill run")
    assert trainee.ends() == 0
    assert "?" not in trainee.shown.replace("?=", "").replace("?＝", "")
    assert "�" not in trainee.shown
    assert "\x1b[1" not in trainee.shown
    assert "演练 08:2" in trainee.shown


def test_a_pipe_plays_line_by_line(tmp_path):
    """Without a terminal lines are taken one by one; the end of input leaves the run open."""
    done = program(
        tmp_path, "drill", "run", RAIN, "--name", "张三", stdin="说 对不起，马上安排大家进来避雨\nr\nt\n"
    )
    assert done.returncode == 0
    assert "你：对不起，马上安排大家进来避雨" in done.stdout
    assert "先到这里" in done.stdout
    [kept] = json.loads(run(tmp_path, "drill", "runs", "--json").stdout)
    assert kept["status"] == "open"
    assert kept["mode"] == "drill"
    assert kept["people"] == {"duty": "张三"}
    assert program(tmp_path, "drill", "score", kept["id"]).returncode == 2
    more = program(tmp_path, "drill", "run", kept["id"], stdin="完\n完\n")
    assert more.returncode == 0
    assert "分" in more.stdout
    score = json.loads(run(tmp_path, "drill", "score", kept["id"], "--json").stdout)
    words = next(line for line in score["lines"] if line["id"] == "words")
    assert score["ended"]
    assert words["marks"] == words["of"]
    assert words["events"]
    assert program(tmp_path, "drill", "run", kept["id"], stdin="q\n").returncode == 2
    assert program(tmp_path, "drill", "run", RAIN).returncode == 3


def test_clocks_that_stand_and_go_by_steps(tmp_path):
    """Paused nobody acts until `p`; in a stepped drill an empty line and `等` go on; a pause is kept."""
    lines = "“大家好”\np\n“大家好”\np\nq\n"
    done = program(tmp_path, "drill", "run", RAIN, "--paused", stdin=lines).stdout
    assert done.count("演练暂停中") == 1
    assert done.index("演练暂停中") < done.index("接着走") < done.index("你：大家好") < done.index("停住了")
    assert "演练 08:20:00 暂停" in program(tmp_path, "drill", "run", stdin="t\n").stdout
    stepped = program(tmp_path, "drill", "run", RAIN, "--step", stdin="\n等 2m30s\nt\n").stdout
    assert "演练 08:20:15" in stepped
    assert "演练 08:22:45" in stepped
    assert "本地群里有人发了" in stepped


def test_a_shutdown_ends_a_terminal_in_order(tmp_path):
    """SIGTERM while a line is typed: the code says so, no traceback, what was done stands."""
    trainee, id = begun(tmp_path, **PERSON)
    trainee.child.send("说 大家")
    trainee.sees("大家")
    trainee.child.kill(signal.SIGTERM)
    assert trainee.ends() == 128 + signal.SIGTERM
    assert "Traceback" not in trainee.child.before
    with Journal(tmp_path / "data" / "drills.db") as journal:
        assert [event.kind for event in journal.events(id)][:2] == ["begun", "joined"]


def test_orders_of_a_controller_without_a_terminal(tmp_path):
    """`--do` does one thing, `--json` shows where all stands; nonsense is told and changes nothing."""
    done = program(tmp_path, "drill", "run", RAIN, "--step", stdin="等 30s\n")
    assert done.returncode == 0

    def do(*orders, code=0):
        found = run(tmp_path, "drill", "control", *[word for one in orders for word in ("--do", one)])
        assert found.returncode == code, found.stderr
        return found.stdout + found.stderr

    assert "推迟" in do("推迟 2 2m")
    assert "不来了" in do("skip 5")
    assert "出了（你放的）" in do("fire fall")
    do("记 来得快", "看 1 站出来了", "评 calm S 话说得好", "改分 1 50 只到了一半", "实情 can_shelter=否")
    assert "没有情况" in do("fire 99", code=2)
    assert "已经放出来" in do("放 3", code=2)
    assert "不认识" in do("xyz", code=2)
    assert "没有 `X` 这一档" in do("评 1 X 理由", code=2)
    assert "要写理由" in do("评 1 P", code=2)
    assert "不合这一项" in do("实情 can_shelter=7", code=2)
    shown = json.loads(run(tmp_path, "drill", "control", "--json").stdout)
    assert shown["passed"] == 30
    assert shown["title"].startswith("【演练】")
    by = {entry["id"]: entry for entry in shown["injects"]}
    assert by["post"]["at"] == 150 + 120
    assert by["bystander"]["state"] == "skipped"
    assert by["fall"]["state"] == "fired"
    assert next(e for e in shown["expectations"] if e["id"] == "door")["override"] == 50
    assert shown["objectives"][1]["rated"] == "S"
    do("步 9m30s")
    assert "已经结束" in do("结束", code=2)
    assert json.loads(run(tmp_path, "drill", "control", "--json").stdout)["status"] == "ended"


def test_an_answers_file_plays_in_drill_time(tmp_path):
    """Lines act at their times, also from JSON; unclear lines are all named before anything begins."""
    file = tmp_path / "a.txt"
    file.write_text("# 好\nT+10s 到门口去\nT+2m @guide 说 对不起大家，马上进来避雨\nT+241s 打120\n", "utf-8")
    found = run(tmp_path, "drill", "run", RAIN, "--answers", str(file), "--name", "张三", "--json")
    score = json.loads(found.stdout)
    met = {line["id"] for line in score["lines"] if line["counts"] and line["marks"] == line["of"]}
    assert found.returncode == 0
    assert {"door", "words", "call"} <= met
    assert score["first_action"] == 10
    file.write_text(
        json.dumps([{"at": "T+10s", "do": "到门口去"}, {"at": "T+20s", "say": "抱歉，马上进来"}]), "utf-8"
    )
    assert json.loads(run(tmp_path, "drill", "run", RAIN, "--answers", str(file), "--json").stdout)["ended"]
    file.write_text("T+10s 问老人\nT+20s qwerty\n", "utf-8")
    unclear = run(tmp_path, "drill", "run", RAIN, "--answers", str(file))
    assert unclear.returncode == 3
    assert f"{file}:1" in unclear.stderr
    assert f"{file}:2" in unclear.stderr
    file.write_text("十秒 打120\n", "utf-8")
    assert run(tmp_path, "drill", "run", RAIN, "--answers", str(file)).returncode == 4
    assert len(json.loads(run(tmp_path, "drill", "runs", "--json").stdout)) == 2


def test_scripted_runs_say_so_and_stay_apart(tmp_path):
    """`--as` marks the run; drills stand in no list and no statistics of real records."""
    done = run(tmp_path, "drill", "run", RAIN, "--as", "perfect", "--json")
    score = json.loads(done.stdout)
    assert score["total"] == 100
    assert score["scripted"] == "perfect"
    assert score["title"].startswith("【演练】")
    assert "脚本" in run(tmp_path, "drill", "runs").stdout
    assert json.loads(run(tmp_path, "incident", "list", "--all", "--json").stdout) == []
    assert json.loads(run(tmp_path, "followup", "list", "--json").stdout) in ([], {"follow_ups": []})
    assert "没完" not in run(tmp_path, "drill", "runs").stdout


def test_what_is_wrong_is_told(tmp_path):
    """Unknown names, no record, a damaged and a changed record: a sentence, a code, no traceback."""
    assert run(tmp_path, "drill", "score").returncode == 5
    assert run(tmp_path, "drill", "run", "rain-ten-minute", stdin="q\n").returncode == 5
    done = run(tmp_path, "drill", "run", RAIN, "--as", "silent", "--json")
    id = json.loads(done.stdout)["id"]
    assert run(tmp_path, "drill", "control", "nope", "--json").returncode == 5
    assert "没有岗位" in run(tmp_path, "drill", "run", RAIN, "--as", "silent", "--role", "x").stderr
    file = tmp_path / "data" / "drills.db"
    import sqlite3

    with sqlite3.connect(file) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE events SET data = '{}' WHERE kind = 'expected'")
    database.close()
    changed = run(tmp_path, "drill", "score", id)
    assert changed.returncode == 4
    assert "被改过" in changed.stderr
    assert "Traceback" not in changed.stderr
    for beside in file.parent.glob("drills.db*"):
        beside.unlink()
    file.write_bytes(b"x" * 5000)
    assert run(tmp_path, "drill", "runs").returncode == 4
