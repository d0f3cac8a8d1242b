"""The walk as an officer sees it: a pseudo-terminal of 80×24."""

import os
import re
import signal

import pytest

from engine.console.wrap import columns
from tests.walking import END, RAIN, Officer, emitted, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")


def reply_to(screen: str) -> str:
    """What a willing officer types at a screen."""
    if "答> " in screen:
        return "1" if "打一个数" not in screen else "20"
    if "1 办好了" in screen:
        return "1"
    if "办好打号" in screen:
        return "全"
    return ""


def walk_on(officer: Officer, screen: str, until: str = END, most: int = 60) -> str:
    """Go on until something is shown; returns that screen."""
    for _ in range(most):
        if until in screen:
            return screen
        screen = officer.types(reply_to(screen))
    raise AssertionError(f"never saw {until}: {screen}")


@pytest.fixture
def home(tmp_path):
    """Empty folders for one officer."""
    return tmp_path


def test_whole_walk(home):
    """From the sentence to the close: actions before any question, follow-ups at the end."""
    officer = Officer(home, "respond", RAIN)
    screen = officer.at_prompt()
    assert "未开门避雨★" in screen
    screen = officer.types("")
    assert "【控制现场】" in screen
    assert "问 " not in screen
    assert 1 <= len(re.findall(r"(?m)^ \d ", screen)) <= 3
    screen = walk_on(officer, screen)
    assert "后续跟进" in screen
    assert officer.ends() == 0
    [listed] = emitted(home, "incident", "list", "--json")
    assert listed["status"] == "closed"
    assert run(home, "incident", "verify").returncode == 0
    assert run(home, "incident", "replay").returncode == 0


def test_report_in_the_middle(home):
    """有人晕倒了 at a question: 120 at once, then the same question is asked again."""
    officer = Officer(home, "respond", RAIN)
    officer.at_prompt()
    officer.types("")
    screen = officer.types("全")
    asked = re.search(r"问 (.+)", screen)[1].strip()
    screen = officer.types("有人晕倒了")
    assert "【人身安全】" in screen
    assert "120" in screen
    screen = officer.types("全")
    while "【人身安全】" in screen:
        screen = officer.types("全")
    for _ in range(5):
        if asked in screen:
            break
        screen = officer.types("全" if "办好打号" in screen else "")
    assert asked in screen


def test_report_on_a_steps_screen(home):
    """Danger typed among actions comes first; what was left of the screen returns."""
    officer = Officer(home, "respond", RAIN)
    officer.at_prompt()
    officer.types("")
    officer.types("1")
    screen = officer.types("着火了")
    assert "119" in screen
    screen = officer.types("")
    while "【人身安全】" in screen:
        screen = officer.types("")
    assert "回到刚才" in screen
    assert "站到双方中间" in screen


def test_confirmed_report(home):
    """Other news waits for one Enter; 0 only notes it."""
    officer = Officer(home, "respond", RAIN)
    officer.at_prompt()
    officer.types("")
    screen = officer.types("雨停了")
    assert "雨停了：是" in screen
    officer.types("0")
    officer.types("有记者来采访")
    officer.types("")
    officer.types("q")
    shown = emitted(home, "incident", "show", "--json")
    assert shown["facts"]["media"] == {"state": "known", "value": True}
    assert "rain-before-opening.rain_over" not in shown["facts"]
    assert shown["status"] == "paused"


def test_back_undo_and_letters(home):
    """b asks again and tells correction from change, u takes back, w t r h ? never lose the place."""
    officer = Officer(home, "respond", RAIN)
    officer.at_prompt()
    officer.types("")
    screen = officer.types("全")
    assert "雷" in screen
    officer.types("2")
    screen = officer.types("")
    screen = officer.types("b")
    assert "重新回答" in screen
    assert "雷" in screen
    assert "2 否★" in screen
    screen = officer.types("1")
    assert "1 更正" in screen
    screen = officer.types("2")
    shown = emitted(home, "incident", "show", "--json")
    assert shown["facts"]["rain-before-opening.storm"]["value"] is True
    [event] = [e for e in shown["events"] if e.get("how") == "changed"]
    assert event["fact"] == "rain-before-opening.storm"
    screen = officer.types("u")
    assert "已撤销" in screen
    for letter, expected in (
        ("?", "撤销"),
        ("t", "前，还有"),
        ("w", "规则" if "答> " not in screen else "为"),
    ):
        assert expected in officer.types(letter)
    assert "交班页" in officer.types("h")
    officer.types("")
    assert "记下了" in officer.types("n 大爷姓王")
    officer.types("q")
    shown = emitted(home, "incident", "show", "--json")
    assert shown["facts"]["rain-before-opening.storm"]["value"] is False


def test_quit_and_resume(home):
    """q saves; `zhiban` alone offers to go on, and what was done is not shown again."""
    officer = Officer(home, "respond", RAIN)
    officer.at_prompt()
    officer.types("")
    officer.types("1")
    officer.child.sendline("q")
    officer.sees("zhiban resume")
    assert officer.ends() == 0
    officer = Officer(home)
    screen = officer.at_prompt()
    assert "未开门避雨" in screen
    screen = officer.types("")
    assert "已办 1 件" in screen
    assert "站到双方中间" in screen
    assert "马上到门口" not in screen
    walk_on(officer, screen)


def test_forty_columns(home):
    """A narrow window: every line fits, none begins with a closing mark."""
    officer = Officer(home, "respond", RAIN, columns=40)
    screen = officer.at_prompt() + officer.types("")
    for line in screen.replace("\r", "").split("\n"):
        assert columns(line) <= 40
        assert not line.strip() or line.strip()[0] not in "，。、；：！？）”"


def test_gbk_console(home):
    """A GBK console shows the same words."""
    officer = Officer(
        home, "respond", "--playbook", "rain-before-opening", PYTHONIOENCODING="gbk", PYTHONUTF8="0"
    )
    screen = officer.at_prompt()
    assert "马上到门口" in screen
    assert "?" not in screen.replace("; ?", "").replace("；?", "")
    assert "【人身安全】" in officer.types("有人晕倒了")


def test_long_paste_and_control_characters(home):
    """A megabyte and stray control characters: a message, no crash, the place is kept."""
    officer = Officer(home, "respond", "--playbook", "rain-before-opening")
    officer.at_prompt()
    screen = officer.types("群众在吵" * 2000)
    assert "太长了" in screen
    screen = officer.types("")
    officer.types("大厅\x07里\x02很乱")
    officer.types("")
    officer.types("q")
    shown = emitted(home, "incident", "show", "--json")
    texts = [event["text"] for event in shown["events"] if event["kind"] == "reported"]
    assert any(text.startswith("群众在吵群众") and len(text) == 2000 for text in texts)
    assert all(char.isprintable() for text in texts for char in text)


def test_two_terminals(home):
    """Two terminals on one incident: the second writer is told, sees where things stand, goes on."""
    first = Officer(home, "respond", "--playbook", "rain-before-opening")
    first.at_prompt()
    second = Officer(home, "resume")
    second.at_prompt()
    second.types("1")
    screen = first.types("2")
    assert "另一个终端" in screen
    screen = first.types("2")
    assert "已办好" in screen
    shown = emitted(home, "incident", "show", "--json")
    done = {key for key, step in shown["outcomes"].items() if step["outcome"] == "done"}
    assert {"rain-before-opening.to-door", "separate"} <= done or len(done) == 2
    assert run(home, "incident", "verify").returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals(home, number, code):
    """A shutdown or a lost line ends in order; the record can be resumed."""
    officer = Officer(home, "respond", "--playbook", "rain-before-opening")
    officer.at_prompt()
    officer.types("1")
    officer.child.kill(number)
    assert officer.ends() == code
    assert "已办 1 件" in Officer(home, "resume").at_prompt()


def test_interrupt_and_end_of_input(home):
    """Ctrl-C ends with 130, Ctrl-D with 0; both say how to go on."""
    for send, code in (("sendintr", 130), ("sendeof", 0)):
        officer = Officer(home, "respond", "--playbook", "rain-before-opening")
        officer.at_prompt()
        getattr(officer.child, send)()
        officer.sees("zhiban resume")
        assert officer.ends() == code


def test_read_only_folder(home):
    """Where nothing can be kept the officer is warned and helped all the same."""
    blocked = home / "data"
    blocked.write_text("not a folder")
    officer = Officer(home, "respond", "--playbook", "rain-before-opening")
    screen = officer.at_prompt()
    assert "内存" in screen
    assert "马上到门口" in screen
    assert "已办好" in officer.types("1")


def test_deadline_is_announced_while_typing(home):
    """A clock that runs out interrupts the prompt; what was typed by then stays."""
    script = home / "officer.py"
    script.write_text(
        "import sys\nsys.path.insert(0, sys.argv[1])\n"
        "from engine.console.terminal import Terminal\n"
        "calls = iter([(0.6, []), (None, ['时间到了：打给值班领导'])])\n"
        "print('got', repr(Terminal().read('> ', lambda: next(calls))))\n"
    )
    import sys

    import pexpect

    from tests.walking import ROOT, environment

    child = pexpect.spawn(
        sys.executable, [str(script), str(ROOT)], env=environment(home), encoding="utf-8", timeout=10
    )
    child.expect_exact("> ")
    child.send("abc")
    child.expect_exact("时间到了")
    child.expect_exact("> abc")
    child.sendline("d")
    child.expect_exact("got 'abcd'")


def test_closing_with_open_things(home):
    """c: every open thing is settled, skipped with a reason or handed to a follow-up with its day."""
    officer = Officer(home, "respond", "--playbook", "rain-before-opening")
    officer.at_prompt()
    officer.types("")
    screen = officer.types("c")
    assert "收尾" in screen
    while "答> " in screen:
        screen = officer.types("s")
    for _ in range(40):
        if END in screen:
            break
        if "结束前还有一件" in screen:
            screen = officer.types("3")
            if "原因> " in screen:
                screen = officer.types("别人已办")
        elif "几时前办完" in screen:
            screen = officer.types("3天")
        elif "答> " in screen and "还在等一个消息" not in screen:
            screen = officer.types("s")
        else:
            screen = officer.types("")
    assert END in screen
    shown = emitted(home, "incident", "show", "--json")
    assert shown["status"] == "closed"
    assert any(step["reason"] == "别人已办" for step in shown["outcomes"].values())


def test_words_are_never_mistaken(home):
    """More said before the playbook is picked is read too; a letter is no reason; danger is always heard."""
    officer = Officer(home)
    officer.at_prompt()
    screen = officer.types(RAIN)
    assert "看来是" in screen
    assert "先保人" in officer.types("有人晕倒了")
    assert "打120" in officer.types("")
    for _ in range(9):
        screen = officer.types("c")
        if "结束前还有一件" in screen:
            break
    assert "要有个说法" in officer.types("")
    assert "原因> " in officer.types("2")
    assert "这里写字" in officer.types("c")
    assert "点名换一个人" in officer.types("电话占线")
    assert "结束前还有一件" in officer.types("")
    assert "几时前办完" in officer.types("4")
    assert "有人动手" in officer.types("有人打起来了")


def test_one_reason_for_the_rest(home):
    """Many steps left at the close need one reason, not one each."""
    officer = Officer(home, "respond", "--playbook", "viral-photo")
    officer.at_prompt()
    screen = officer.types("c")
    while "答> " in screen:
        screen = officer.types("s")
    assert "都不用办了" in screen
    assert "原因> " in officer.types("5")
    officer.types("误报")
    shown = emitted(home, "incident", "show", "--json")
    assert sum(step["reason"] == "误报" for step in shown["outcomes"].values()) > 2


def test_lists(home):
    """r marks what is open, f corrects an answer, o activates a playbook, d shows a document."""
    officer = Officer(home, "respond", "--playbook", "system-failure")
    officer.at_prompt()
    officer.types("")
    screen = officer.types("r")
    assert " 1 " in screen
    assert "已办好" in officer.types("1")
    screen = officer.types("s")
    screen = officer.types("f")
    assert "说不清" in screen
    assert "重新回答" in officer.types("1")
    officer.types("1")
    screen = officer.types("o")
    number = re.search(r"(\d+) ○ 未开门避雨", screen)[1]
    assert "已启用" in officer.types(number)
    officer.types("q")
    shown = emitted(home, "incident", "show", "--json")
    assert shown["playbooks"] == ["system-failure", "rain-before-opening"]
    assert "done" in {step["outcome"] for step in shown["outcomes"].values()}
