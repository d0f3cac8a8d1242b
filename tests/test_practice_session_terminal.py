"""The sitting at a terminal of 80×24: countdown, typing, pasting, kill -9, a set, reviews."""

import io
import os
import re
import signal

import pexpect
import pytest

from engine.console import practice_keys
from engine.console.practice_take import Wishes, take
from engine.console.terminal import Terminal
from engine.console.wrap import columns
from engine.errors import BadData
from tests.walking import Officer, emitted

termios = pytest.importorskip("termios")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
WROTE = "我先扶老人到休息室坐下。"


@pytest.fixture
def home(tmp_path):
    """Empty folders."""
    return tmp_path


def sits(home, *arguments, **extra):
    """A learner at the terminal."""
    return Officer(home, "practice", *arguments, **extra)


def begun(officer):
    """Wait for a row with the time before it; what was shown."""
    officer.child.expect(r"[剩超用][ \d]\d:\d\d> |[剩超用] ?\d+:\d\d> ")
    return str(officer.child.before) + str(officer.child.after)


def through(officer, most=30):
    """Press Enter at every pause, q at the question asked after; everything shown up to the end."""
    shown = ""
    for _ in range(most):
        found = officer.child.expect([r"回车[^\n>]{2,20}> ", r"追问\r?\n[\s\S]*?剩[ \d:]+> ", pexpect.EOF])
        shown += str(officer.child.before) + (str(officer.child.after) if found < 2 else "")
        if found == 2:
            return shown
        officer.child.sendline("q" if found else "")
    raise AssertionError(f"never came to its end: {shown}")


def saved(home, signs):
    """Wait until so much is in the record: at the first pause; how long that takes is not asserted."""
    for _ in range(200):
        if [one["signs"] for one in drafted(home)] == [signs]:
            return
    raise AssertionError(f"{drafted(home)}")


def drafted(home):
    """The drafts in the record, as JSON tells them."""
    return emitted(home, "practice", "--json")["drafts"]


def test_whole_sitting(home):
    """Question, countdowns, an answer of several lines, the marks: gaps before the answer and the outline."""
    learner = sits(home, "start", "E1", "--learner", "小王")
    learner.sees("下雨天")
    learner.child.expect(r"思考，回车就开始作答 剩 [01]:\d\d")
    learner.child.expect(r"\r思考，回车就开始作答 剩 0:[0-5]\d")  # it runs
    learner.child.sendline("")
    begun(learner)
    learner.child.sendline(WROTE)
    learner.child.sendline("我听他说完，问清要办什么业务、缺哪几样材料。")
    learner.sees("缺哪几样材料。")
    learner.child.sendline("")
    shown = through(learner)
    assert learner.ends() == 0
    for earlier, later in (
        ("/10 点", "没说到的"),
        ("没说到的", "我先扶"),
        ("我先扶", "答题提纲"),
    ):
        assert shown.index(earlier) < shown.index(later)
    assert "情绪稳定" in shown
    assert "zhiban practice review" in shown
    assert drafted(home) == []
    assert emitted(home, "practice", "progress", "--json")["answers"] == 1


def test_every_row_fits(home):
    """Long lines are broken as they are typed; no row is too wide or begins with a closing mark."""
    learner = sits(home, "start", "E1", "--think", "0", columns=60)
    begun(learner)
    learner.child.send("先稳住老人，再弄清情况，" * 12)
    learner.child.sendline("")
    learner.child.sendline("")
    shown = through(learner)
    shown = re.sub(r"(回车[^\n>]{2,20}> )", "\\1\n", shown)  # where Enter is not echoed
    for line in shown.replace("\r\n", "\n").split("\n"):
        row = line.rsplit("\r", 1)[-1]
        assert columns(row) <= 60
        text = re.sub(r"^[剩超用][ \d:]+> ", "", row)
        assert not text.strip() or text.strip()[0] not in "，。、；：！？）”"


def test_over_time_is_told_and_counted(home):
    """After the time the learner writes on; it is told and counted."""
    learner = sits(home, "start", "E1", "--think", "0", "--limit", "1")
    learner.sees("剩 0:0")
    learner.child.send(WROTE)
    learner.sees("超 0:0")
    learner.child.sendline("")
    learner.child.sendline(".")
    shown = through(learner)
    assert "超时" in shown
    assert emitted(home, "practice", "progress", "--json")["late"] == 1


def test_kill_while_typing(home):
    """kill -9 in the middle of a line: the next start offers the text, and goes on with it."""
    learner = sits(home, "start", "E1", "--think", "0", "--learner", "小王")
    begun(learner)
    learner.child.sendline(WROTE)
    learner.child.send("第二句还没有写完")
    saved(home, len(WROTE) + 1 + 8)
    learner.child.kill(9)
    learner.child.expect(r"$")
    learner.child.close()
    again = sits(home)
    screen = again.at_prompt()
    assert "E1 没有写完" in screen
    assert "21 字" in screen
    again.child.sendline("")
    screen = again.sees("第二句还没有写完")
    assert WROTE in screen
    again.child.send("，现在写完了。")
    again.child.sendline("")
    again.child.sendline("")
    through(again)
    [answer] = emitted(home, "practice", "export", "--json")["entries"]
    assert answer["text"] == f"{WROTE}\n第二句还没有写完，现在写完了。"
    assert drafted(home) == []


def test_draft_is_put_away(home):
    """n puts a draft away and the wanted question comes; q at the answer keeps it."""
    learner = sits(home, "start", "E1", "--think", "0")
    begun(learner)
    learner.child.sendline(WROTE)
    learner.child.sendline("q")
    learner.sees("已存下（12 字）")
    assert learner.ends() == 0
    again = sits(home, "start", "E2", "--think", "0")
    again.at_prompt()
    again.types("什么")
    again.child.sendline("n")
    screen = begun(again)
    assert "E2" in screen
    again.child.sendline("q")
    again.sees("没有写")
    assert again.ends() == 0
    assert drafted(home) == []


def test_editing(home):
    """Backspace goes back over rows and lines; Ctrl-U clears a line; arrows do nothing."""
    learner = sits(home, "start", "E1", "--think", "0", TERM="xterm", columns=60)
    begun(learner)
    learner.child.send("甲乙丙" * 10 + "\x7f" * 7)
    learner.child.send("\n丁\x7f\x7f戊\x1b[A\x1b[D\x1bOA")
    learner.child.send("\n不要了\x15请坐")
    learner.sees("请坐")
    learner.child.sendline("")
    learner.child.sendline("q")
    learner.sees("已存下")
    again = sits(home)
    again.at_prompt()
    again.child.sendline("")
    screen = again.sees("请坐")
    rows = [row.rsplit("\r", 1)[-1].partition("> ")[2] for row in screen.replace("\r\n", "\n").split("\n")]
    assert [row.strip() for row in rows][-2:] == ["甲乙丙" * 7 + "甲乙戊", "请坐"]


def test_paste_with_blank_lines(home):
    """A pasted answer with blank lines is one answer, with brackets round the paste and without."""
    text = "我先扶老人坐下。\n\n我听他说完，问清办什么业务、缺哪几样材料。"
    for term, sent in (("xterm", f"\x1b[200~{text}\x1b[201~"), ("dumb", text)):
        learner = sits(home, "start", "E1", "--think", "0", TERM=term)
        begun(learner)
        learner.child.send(sent)
        learner.sees("缺哪几样材料。")
        learner.child.sendline("")
        learner.child.sendline("")
        assert re.search(r"说到 [2-9]/10 点", through(learner))


def test_paste_without_its_end(home):
    """A paste whose end was lost on the line does not keep the answer from being finished."""
    learner = sits(home, "start", "E1", "--think", "0", TERM="xterm")
    begun(learner)
    learner.child.send(f"\x1b[200~{WROTE}\r\r")
    learner.sees("剩 2:56")  # on the clock seconds pass without a key
    learner.child.send("\r")
    learner.sees("没说到的")


def test_terminal_goes_away(home):
    """A line that breaks while somebody types: the text is kept, and nothing is written as a crash."""
    learner = sits(home, "start", "E1", "--think", "0")
    begun(learner)
    learner.child.send(WROTE)
    learner.sees("坐下。")
    learner.child.close(force=False)
    saved(home, len(WROTE))
    assert not list(home.rglob("crash.txt"))


def test_question_is_shown_again(home):
    """A line with ? shows the question once more; it is no part of the answer, and in a line it is."""
    learner = sits(home, "start", "E1", "--think", "0")
    begun(learner)
    learner.child.sendline(WROTE)
    learner.sees("坐下。")
    learner.child.sendline("?")
    learner.sees("下雨天")
    begun(learner)
    learner.child.sendline("怎么办？")
    learner.child.sendline("q")
    learner.sees("已存下（17 字）")
    assert learner.ends() == 0
    assert [one["signs"] for one in drafted(home)] == [17]


def test_thinking_is_over_when_one_begins_to_type(home):
    """What is typed while there is time to think is the beginning of the answer."""
    learner = sits(home, "start", "E1")
    learner.sees("思考")
    learner.child.send("我先")
    begun(learner)
    learner.sees("我先")
    learner.child.sendline("扶老人坐下")
    learner.child.sendline("")
    assert re.search(r"【1\S* 我先扶老人坐下】", through(learner))


def test_gbk_console(home):
    """A GBK console shows and takes the same signs."""
    learner = sits(home, "start", "E1", "--think", "0", PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    begun(learner)
    learner.child.sendline(WROTE)
    learner.child.sendline("")
    shown = through(learner)
    assert re.search(r"【1\S* 我先扶老人到休息室坐下】", shown)


def test_interrupt(home):
    """Ctrl-C ends with 130 and says how to go on; the text is kept."""
    learner = sits(home, "start", "E1", "--think", "0")
    begun(learner)
    learner.child.send(WROTE)
    learner.sees("坐下。")
    learner.child.sendintr()
    learner.sees("zhiban practice 接着写")
    assert learner.ends() == 130
    assert [one["signs"] for one in drafted(home)] == [12]


def test_set_goes_on_after_a_kill(home):
    """A set: one paper, one clock, marked together; killed in the middle, it goes on where it was."""
    learner = sits(home, "start", "--set", "--limit", "600", "--think", "5")
    screen = learner.sees("审题，回车")
    assert [id for id in ("E1", "E2", "E3") if f"{id}　" in screen] == ["E1", "E2", "E3"]
    learner.child.sendline("")
    learner.sees("第 1 道")
    learner.sees("> ")
    learner.child.sendline(WROTE)
    learner.child.sendline("")
    learner.sees("第 2 道")
    learner.sees("> ")
    learner.child.kill(9)
    learner.child.close()
    again = sits(home, "start", "--set")
    screen = again.at_prompt()
    assert "答了 1 道" in screen
    again.child.sendline("")
    again.sees("第 2 道")
    screen = again.sees("> ")
    assert re.search(r"剩( 9:5\d|10:00)> ", screen)  # of ten minutes, not of the usual twenty
    again.child.sendline("请年轻人消消气。")
    again.child.sendline("")
    again.sees("第 3 道")
    again.sees("> ")
    again.child.sendline("马上告诉大家系统坏了，请体谅。")
    again.child.sendline("")
    shown = through(again)
    assert re.search(r"E1：\d+ 分.*用时 0:\d\d", shown)  # what was answered before the kill keeps its time
    assert "这一套：E1 " in shown
    assert "平均" in shown
    assert emitted(home, "practice", "progress", "--json")["tried"] == 3


def test_set_without_a_clock(home):
    """--limit 0 takes the clock away from a set, too: nothing is over time."""
    learner = sits(home, "start", "--set", "E1", "E2", "E3", "--limit", "0", "--think", "0")
    learner.sees("不限时")
    for place in (1, 2, 3):
        learner.sees(f"第 {place} 道")
        learner.child.expect(r"用 0:\d\d> ")
        learner.child.sendline(WROTE)
        learner.sees("坐下。")
        learner.child.sendline("")
    assert "超时" not in through(learner)
    assert emitted(home, "practice", "progress", "--json")["late"] == 0


def test_reviews(home, tmp_path):
    """Each missed point by itself: the scene, the phase, one line; told at once, and when it comes back."""
    file = tmp_path / "a.txt"
    file.write_text(WROTE, "utf-8")
    emitted(home, "practice", "start", "E1", "--answer", str(file), "--json")
    learner = sits(home, "review", "--ahead", "--count", "2")
    screen = learner.sees("> ")
    assert "下雨天" in screen
    assert "控制现场" in screen
    assert re.search(r"该练的点 \d 个，先练 2 个", screen)
    assert "对老人表示体谅" in screen  # what was reached in this phase is told
    learner.child.sendline("拿毛巾，倒热水")
    screen = learner.sees("再考：")
    assert "说到了：【拿毛巾" in screen
    learner.sees("2/2")
    learner.sees("> ")
    learner.child.sendline("q")
    learner.child.expect(r"练了 1 个点，说到 1 个，还有 \d 个。")
    assert learner.ends() == 0


def test_without_single_keys(monkeypatch):
    """Where keys cannot be read one by one (Windows), lines are: the same ends, the same saving."""
    monkeypatch.setattr(practice_keys, "possible", lambda out: False)
    kept = []
    for typed, expected in (
        ("\n第一行\n第二行\n\n不算\n", ("第一行\n第二行", "done")),
        ("第一行\n.\n", ("第一行", "done")),
        ("第一行\nq\n", ("第一行", "left")),
        ("第一行\n", ("第一行", "done")),
        ("", ("", "left")),
    ):
        out = io.StringIO()
        screen = Terminal(out, io.StringIO(typed), 80)
        taken = take(screen, Wishes(60, 180), lambda text, think, spent: kept.append(text))
        assert (taken.text, taken.ended) == expected
        assert "剩 2:59> " in out.getvalue() or "剩 3:00> " in out.getvalue()
    assert kept[:2] == ["第一行", "第一行\n第二行"]


def test_what_cannot_be_saved_is_told_once(capsys):
    """A full disk while somebody types: one warning, and the typing goes on."""

    def full(text, think, spent):
        raise BadData("磁盘已满", "清理磁盘")

    screen = Terminal(io.StringIO(), io.StringIO("一\n二\n三\n\n"), 80)
    assert take(screen, Wishes(0, 0), full).text == "一\n二\n三"
    assert capsys.readouterr().err.count("磁盘已满") == 1


def test_question_asked_after(home):
    """One question after the answer, which changes something; killed in the reply, it goes on."""
    learner = sits(home, "start", "E1", "--think", "0")
    begun(learner)
    learner.child.sendline(WROTE)
    learner.child.sendline("")
    while learner.child.expect([r"回车[^\n>]{2,20}> ", r"追问\r?\n[\s\S]*?剩[ \d:]+> "]) == 0:
        learner.child.sendline("")
    learner.child.send("我马上")
    saved(home, 3)
    learner.child.kill(9)
    learner.child.close()
    again = sits(home)
    assert "追问没有答完" in again.at_prompt()
    again.child.sendline("")
    again.sees("我马上")
    again.child.sendline("请领导过来，安抚老人。")
    again.child.sendline("")
    again.sees("单独计")
    assert again.ends() == 0
    seen = emitted(home, "practice", "progress", "--json")
    assert (seen["answers"], seen["replies"]) == (1, 1)
    assert drafted(home) == []


def test_goes_on_after_being_stopped(home):
    """Ctrl-Z and fg: the shell has set the terminal to its own mode; single keys come again."""
    learner = sits(home, "start", "E1", "--think", "0")
    begun(learner)
    learner.child.kill(signal.SIGSTOP)
    mode = termios.tcgetattr(learner.child.child_fd)
    mode[3] |= termios.ICANON | termios.ECHO
    termios.tcsetattr(learner.child.child_fd, termios.TCSANOW, mode)
    learner.child.kill(signal.SIGCONT)
    learner.sees("\r")  # drawn anew: it runs
    learner.child.send("我先")  # without Enter
    saved(home, 2)
    learner.child.sendline("")
    learner.child.sendline("q")
    learner.sees("已存下")
