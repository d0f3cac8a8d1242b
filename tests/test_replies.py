"""What officers type and what it means."""

from datetime import datetime

import pytest

from engine.clock import BEIJING
from engine.conditions import OPEN, UNSURE, Answer
from engine.console import numerals, replies
from engine.console.replies import Chosen, Command, Empty, Mark, Marks, Picked, Report, Unclear
from engine.model import Choice, Duration, Fact
from engine.walk import options

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=BEIJING)  # a Monday
YES, NO = Answer("known", True), Answer("known", False)
CHOICES = (Choice("slow", "能办但很慢"), Choice("partial", "要靠手工"), Choice("total", "全停了"))
BOOL = Fact("quarrel", "bool", "争吵", "还在争吵吗？")
WAITED = Fact("back", "bool", "恢复", "恢复了吗？", recheck=Duration(10))
ASKED = Fact("ok", "bool", "同意", "领导同意先开吗？（没给准话答说不清）")
DENIES = Fact("denies", "bool", "不同意", "他不同意吗？（同意答否）")
CHOICE = Fact("kind", "choice", "程度", "能办到什么程度？", choices=CHOICES)
MANY = Fact("lacks", "many", "缺什么", "缺什么？", choices=CHOICES)
NUMBER = Fact("minutes", "number", "几分钟", "还要几分钟？", unit="分钟")
PEOPLE = Fact("people", "number", "人数", "多少人？", unit="人")
TIME = Fact("since", "time", "几点", "几点开始的？")
TEXT = Fact("name", "text", "叫什么", "他叫什么？")


def at(hour: int, minute: int) -> datetime:
    """A time of that morning."""
    return NOW.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Empty()),
        ("1", Mark((1,), "done")),
        ("１", Mark((1,), "done")),
        ("1 2", Mark((1, 2), "done")),
        ("1、3", Mark((1, 3), "done")),
        ("1,2，3", Mark((1, 2, 3), "done")),
        ("1好了", Mark((1,), "done")),
        ("全", Mark((1, 2, 3), "done")),
        ("1h", Mark((1,), "handed")),
        ("1 H", Mark((1,), "handed")),
        ("2 交", Mark((2,), "handed")),
        ("1 2 交代了", Mark((1, 2), "handed")),
        ("1x", Mark((1,), "no_way")),
        ("1 不行 没人接", Mark((1,), "no_way", "没人接")),
        ("3办不了，钥匙不在", Mark((3,), "no_way", "钥匙不在")),
        ("1 跳过 已由别人做了", Mark((1,), "skipped", "已由别人做了")),
        ("2 跳过", Mark((2,), "skipped")),
        ("1 9:12", Mark((1,), "done", "", at(9, 12))),
        ("1 9：12", Mark((1,), "done", "", at(9, 12))),
        ("1 9点半", Mark((1,), "done", "", at(9, 30))),
        ("1 交 9:12", Mark((1,), "handed", "", at(9, 12))),
        ("1 2h 3x", Marks((Mark((1,), "done"), Mark((2,), "handed"), Mark((3,), "no_way")))),
        ("1不行 3", Marks((Mark((1,), "no_way"), Mark((3,), "done")))),
        ("1、2交，3不行 没人会写", Marks((Mark((1, 2), "handed"), Mark((3,), "no_way", "没人会写")))),
        ("１好了，２跳过：不用", Marks((Mark((1,), "done"), Mark((2,), "skipped", "不用")))),
        ("1 不行 没人接 2 楼没人", Mark((1,), "no_way", "没人接 2 楼没人")),
        ("都办好了", Mark((1, 2, 3), "done")),
        ("全都交代了", Mark((1, 2, 3), "handed")),
        ("办好了", Unclear("哪一件？前面加号，如 1 2；全办好了打 全")),
        ("q 离开", Command("quit")),
        ("退出", Command("quit")),
        ("b", Command("back")),
        ("?", Command("help")),
        ("？", Command("help")),
        ("W 1", Command("why", "1")),
        ("w1", Command("why", "1")),
        ("n 大爷姓王", Command("note", "大爷姓王")),
        ("n大爷姓王", Command("note", "大爷姓王")),
        ("列", Command("list")),
        ("why-not open-lobby", Command("why_not", "open-lobby")),
        ("what-if can_shelter=no", Command("what_if", "can_shelter=no")),
        ("有人晕倒了", Report("有人晕倒了")),
        ("120已经来了", Report("120已经来了")),
        ("3个人受伤了", Report("3个人受伤了")),
        ("hello world", Report("hello world")),
        ("quarrel again", Report("quarrel again")),
    ],
)
def test_steps(typed, meant):
    """Marks, commands and reports on a screen of three steps."""
    if isinstance(meant, Mark):
        meant = Marks((meant,))
    found = replies.steps(typed, 3, NOW)
    assert type(found) is type(meant)
    assert found == meant


@pytest.mark.parametrize("typed", ["4", "0", "1 9", "1 10:30", "1 25:10", "x", "哦", "..", "1 blah", "99"])
def test_steps_unclear(typed):
    """What makes no sense gets a hint, never a guess."""
    assert isinstance(replies.steps(typed, 3, NOW), Unclear)


@pytest.mark.parametrize(
    ("fact", "typed", "meant"),
    [
        (BOOL, "", Empty()),
        (BOOL, "1", Chosen(YES)),
        (BOOL, "2", Chosen(NO)),
        (BOOL, "0", Chosen(UNSURE)),
        (BOOL, "s", Chosen(UNSURE)),
        (BOOL, "说不清", Chosen(UNSURE)),
        (BOOL, "是", Chosen(YES)),
        (BOOL, "没有", Chosen(NO)),
        (BOOL, "有，三个老人在哭", Chosen(YES, "三个老人在哭")),
        (BOOL, "没有人受伤", Report("没有人受伤")),
        (WAITED, "3", Chosen(OPEN)),
        (WAITED, "还没有", Chosen(OPEN)),
        (WAITED, "没有", Chosen(OPEN)),
        (WAITED, "否", Chosen(NO)),
        (WAITED, "还没恢复", Chosen(OPEN)),
        (WAITED, "恢复了", Chosen(YES)),
        (BOOL, "是啊，还在吵", Chosen(YES, "还在吵")),
        (BOOL, "还没", Chosen(NO)),
        (ASKED, "同意", Chosen(YES)),
        (ASKED, "不同意", Chosen(NO)),
        (DENIES, "同意", Report("同意")),
        (BOOL, "都办好了", Unclear("这里的号是这一问的答案；要记步骤先按 r")),
        (BOOL, "q 离开", Command("quit")),
        (CHOICE, "3", Chosen(Answer("known", "total"))),
        (CHOICE, "全停了", Chosen(Answer("known", "total"))),
        (CHOICE, "记者来了", Report("记者来了")),
        (MANY, "1 3", Chosen(Answer("known", frozenset({"slow", "total"})))),
        (MANY, "4", Chosen(Answer("known", frozenset()))),
        (MANY, "都没有", Chosen(Answer("known", frozenset()))),
        (MANY, "要靠手工、全停了", Chosen(Answer("known", frozenset({"partial", "total"})))),
        (NUMBER, "30", Chosen(Answer("known", 30))),
        (NUMBER, "0", Chosen(Answer("known", 0))),
        (NUMBER, "三十", Chosen(Answer("known", 30))),
        (NUMBER, "半小时", Chosen(Answer("known", 30))),
        (NUMBER, "一个半小时", Chosen(Answer("known", 90))),
        (NUMBER, "大概20分钟", Chosen(Answer("known", 20))),
        (NUMBER, "s", Chosen(UNSURE)),
        (PEOPLE, "二十多人", Report("二十多人")),
        (PEOPLE, "两百五", Chosen(Answer("known", 250))),
        (PEOPLE, "一百零五人", Chosen(Answer("known", 105))),
        (TIME, "9:12", Chosen(Answer("known", "9:12"))),
        (TIME, "下午3点半", Chosen(Answer("known", "15:30"))),
        (TIME, "刚才", Chosen(Answer("known", "9:30"))),
        (TEXT, "王建国", Chosen(Answer("known", "王建国"))),
        (TEXT, "q", Command("quit")),
    ],
)
def test_questions(fact, typed, meant):
    """Answers of every kind of fact, and what is not an answer."""
    found = replies.question(typed, fact, options(fact), NOW)
    assert type(found) is type(meant)
    assert found == meant


@pytest.mark.parametrize(
    ("fact", "typed"),
    [(BOOL, "3"), (BOOL, "1x"), (BOOL, "1 2"), (CHOICE, "9"), (MANY, "7"), (NUMBER, "x"), (TIME, "25:00")],
)
def test_questions_unclear(fact, typed):
    """A wrong number or slip gets a hint."""
    assert isinstance(replies.question(typed, fact, options(fact), NOW), Unclear)


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("十", "", 10), ("十五", "", 15), ("二十", "", 20), ("三千二百", "", 3200), ("一二三", "", 123),
        ("两个", "", 2),
        ("2小时10分", "分钟", 130), ("一刻钟", "分钟", 15), ("1小时", "分钟", 60), ("45 分钟", "分钟", 45),
        ("很多", "", None), ("", "", None), ("-3", "", None), ("3.5", "", None),
    ],
)  # fmt: skip
def test_numbers(typed, unit, value):
    """Digits and simple Chinese numerals."""
    assert numerals.number(typed, unit) == value


@pytest.mark.parametrize(
    ("typed", "month", "day"),
    [
        ("3天", 6, 4),
        ("明天", 6, 2),
        ("两周", 6, 15),
        ("下周一", 6, 8),
        ("6月20日", 6, 20),
        ("2026-07-01", 7, 1),
    ],
)
def test_days(typed, month, day):
    """Days that a follow-up is due."""
    found = numerals.day(typed, NOW)
    assert found is not None
    assert (found.month, found.day, found.hour) == (month, day, 18)


@pytest.mark.parametrize("typed", ["", "昨天", "2月30日", "2026-01-01", "99999天", "周末再说"])
def test_no_days(typed):
    """What is no day to come is refused."""
    assert numerals.day(typed, NOW) is None


def test_pick():
    """Short lists: one number, several where allowed, 0 for none of them."""
    assert replies.pick("2", 3) == Picked((2,))
    assert replies.pick("0", 3) == Picked((0,))
    assert replies.pick("1 3", 3, several=True) == Picked((1, 3))
    assert isinstance(replies.pick("1 3", 3), Unclear)
    assert isinstance(replies.pick("4", 3), Unclear)
    assert replies.pick("记者来了", 3) == Report("记者来了")


def test_clean():
    """Control characters go, a megabyte is cut with notice, nothing else changes."""
    assert replies.clean("有人\x1b[31m晕倒\x00了\r\n") == ("有人[31m晕倒了", False)
    text, cut = replies.clean("吵" * 1_000_000)
    assert cut
    assert len(text) == replies.LIMIT
    assert replies.clean("  下雨  ") == ("下雨", False)


def test_yesterday_evening():
    """Just after midnight an evening hour is yesterday's; in the day a later hour is none."""
    night = NOW.replace(hour=0, minute=20)
    found = numerals.clock_time("23:50", night)
    assert found is not None
    assert found.day == 31
    assert numerals.clock_time("10:00", NOW) is None
