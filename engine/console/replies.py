"""What was typed → what is meant. Pure functions: no session, no terminal.

At every prompt a sentence is a report; letters are the same everywhere; numbers belong to the screen.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, NamedTuple
from unicodedata import category

from engine.conditions import OPEN, UNSURE, Answer
from engine.console.numerals import clock_time, hour_minute, number, plain_form
from engine.model import Fact
from engine.triage.pattern import Pattern

LIMIT = 2000  # characters of one report; what is pasted beyond is cut
COMMANDS = {
    "b": "back", "u": "undo", "w": "why", "n": "note", "t": "clocks", "d": "document", "r": "list",
    "列": "list", "f": "facts", "o": "playbooks", "h": "handover", "c": "close", "?": "help", "q": "quit",
    "why-not": "why_not", "what-if": "what_if",
}  # fmt: skip
_SPELT = {
    "help": "help", "帮助": "help", "quit": "quit", "exit": "quit", "退出": "quit", "undo": "undo",
    "撤销": "undo",
}  # fmt: skip
_TAILS = {
    "b": ("返回", "回上一问"), "u": ("撤销",), "h": ("交班", "交班页"), "c": ("结束", "结束事件"),
    "q": ("离开", "退出", "保存", "保存离开", "先放着"),
}  # fmt: skip
_YES = frozenset(
    ("是", "是的", "是啊", "有", "有的", "有啊", "对", "对的", "对啊", "嗯", "嗯嗯", "好", "好的", "没错",
     "能", "可以", "会", "行", "在", "y", "yes", "ok")
)  # fmt: skip
_NO = frozenset(
    ("否", "不", "不是", "不是的", "没有", "没有啊", "没", "无", "不能", "不可以", "不会", "不行", "不在",
     "不对", "no")
)  # fmt: skip
_NOT_SO_FAR = frozenset(("没有", "没有啊", "没", "无"))  # of what is awaited: not yet
_UNSURE = frozenset(("s", "说不清", "不清楚", "不知道", "不确定", "不好说", "不详"))
_OPEN = frozenset(("还没有", "还没", "还没呢", "没呢", "等着", "还在等"))
_NONE = frozenset(("都没有", "都不是", "没有", "无"))
_HANDED = frozenset(("h", "交", "交代", "交代了", "交代好了", "已交代", "已交代了", "已交"))
_BLOCKED = ("办不了", "没办成", "行不通", "不行", "不成", "x")
_SKIPPED = ("跳过", "不用办", "不用", "k")
_DONE = frozenset(
    ("好", "好了", "完成", "完成了", "已办", "已办好", "办了", "办好", "办好了", "办完", "办完了", "做了",
     "做好了", "做完了", "搞定", "搞定了", "完", "done")
)  # fmt: skip
_ALL = Pattern(r"(?:全都|全部?|都)(?:已经?)?(?P<verb>.*)")
_VERB = "|".join(sorted((*_HANDED, *_DONE, *_BLOCKED, *_SKIPPED), key=len, reverse=True))
_NEXT = Pattern(rf"[\s,;、。]+(?=\d{{1,2}}\s*(?:{_VERB}|[\s,;、。]|$))")
_CLAUSE = Pattern(rf"(?P<number>\d{{1,2}})\s*(?:(?P<verb>{_VERB})[\s,:;。]*(?P<reason>.*))?")
_ECHO = Pattern(
    r"(?P<so>还没有?|没有?|未|不|已经?|都)?"
    r"(?P<word>同意|认可|接受|恢复|修好|改好|找到|答应|解决|满意|开门|肯|到|停|开|好)(?:了|的|啊|呢)*"
)
_STEP_MARK = Pattern(r"\d{1,2}\s*(h|x|k|交|不行|办不了|没办成|不成|跳过|不用办|好了|办好)")
_HAN = Pattern(r"[\u3400-\u9fff]")


class Mark(NamedTuple):
    """Some steps of the screen and what became of them; `outcome` `no_way`: this way does not work."""

    numbers: tuple[int, ...]
    outcome: Literal["done", "handed", "no_way", "skipped"]
    reason: str = ""
    since: datetime | None = None


class Marks(NamedTuple):
    """What was said about the steps of the screen."""

    marks: tuple[Mark, ...]


class Command(NamedTuple):
    """A letter command with what follows it."""

    name: str
    rest: str = ""


class Report(NamedTuple):
    """A sentence: something new."""

    text: str


class Chosen(NamedTuple):
    """An answer to a question; `also`: more was said in the same breath."""

    answer: Answer
    also: str = ""


class Picked(NamedTuple):
    """Numbers from a list."""

    numbers: tuple[int, ...]


class Empty(NamedTuple):
    """Just Enter."""


class Unclear(NamedTuple):
    """What cannot be understood, with the hint that helps."""

    hint: str


Reply = Marks | Command | Report | Chosen | Picked | Empty | Unclear


def clean(typed: str) -> tuple[str, bool]:
    """What was typed without control characters and undecodable bytes, and whether it had to be cut."""
    text = "".join(
        " " if c in "\r\n\t" else c for c in typed[: LIMIT * 4] if c in "\r\n\t" or category(c)[0] != "C"
    )
    text = text.strip()
    return text[:LIMIT].rstrip(), len(text) > LIMIT or len(typed) > LIMIT * 4


def command(text: str) -> Command | None:
    """A command that is the same at every prompt."""
    plain = plain_form(text)
    for word in ("why-not", "what-if"):
        if plain.startswith(word):
            return Command(COMMANDS[word], text.strip()[len(word) :].strip())
    if plain in _SPELT:
        return Command(_SPELT[plain])
    head, rest = plain[:1], text.strip()[1:].strip()
    if head not in COMMANDS:
        return None
    if not rest or rest in _TAILS.get(head, ()):
        return Command(COMMANDS[head])
    if head == "n" and (text[1:2].isspace() or _HAN.match(rest)):
        return Command("note", rest)
    if head in "wdtf" and re.fullmatch(r"[\d\s]+", plain_form(rest)):
        return Command(COMMANDS[head], plain_form(rest))
    return None


def is_report(text: str) -> bool:
    """Whether this is a sentence and not a slip: two or more Chinese characters, or a longer text."""
    return len(_HAN.findall(text)) >= 2 or sum(c.isalpha() for c in text) >= 6


def numbers(text: str) -> tuple[int, ...] | None:
    """`1 2`, `1,2`, `1、2`: the numbers; None when it is anything else."""
    parts = [part for part in re.split(r"[\s,，、和;；]+", plain_form(text)) if part]
    if not parts or not all(re.fullmatch(r"\d{1,3}", part) for part in parts):
        return None
    return tuple(dict.fromkeys(int(part) for part in parts))


# ---- steps ------------------------------------------------------------------------------------


def steps(text: str, count: int, now: datetime) -> Reply:
    """The reply to a screen of `count` numbered steps: marks, a command, a report or nothing."""
    if not text.strip():
        return Empty()
    found = command(text)
    if found is not None:
        return found
    plain = plain_form(text)
    said = _unnumbered(plain, count)
    if said is not None:
        return said
    tight = [part for part in re.split(r"[\s,、]+", plain) if part]
    if len(tight) > 1 and all(re.fullmatch(r"\d{1,2}(h|x|交|好)?", part) for part in tight):
        marks = _grouped(tight)
        bad = [n for mark in marks for n in mark.numbers if not 1 <= n <= count]
        return _range(bad, count) if bad else Marks(marks)
    several = _several(plain)
    if several:
        bad = [n for mark in several for n in mark.numbers if not 1 <= n <= count]
        return _range(bad, count) if bad else Marks(several)
    match = re.match(
        r"(?P<numbers>\d{1,2}(?:[\s,、和]+\d{1,2}(?![\d:点时]))*)(?![\d:])\s*(?P<rest>.*)$", plain
    )
    if match is None:
        return Report(text) if is_report(text) else _step_hint(count)
    picked = tuple(dict.fromkeys(int(n) for n in re.findall(r"\d+", match["numbers"])))
    bad = [n for n in picked if not 1 <= n <= count]
    if bad and (len(match["rest"]) > 1 and is_report(text)):
        return Report(text)  # `120已经来了` is no step number
    if bad:
        return _range(bad, count)
    return _verb(picked, match["rest"], text, now)


def _grouped(parts: list[str]) -> tuple[Mark, ...]:
    """`1 2 3h 4x`: a mark a kind."""
    kinds: dict[str, list[int]] = {}
    for part in parts:
        number, verb = re.fullmatch(r"(\d+)(\D*)", part).groups()  # type: ignore[union-attr]
        kinds.setdefault({"h": "handed", "交": "handed", "x": "no_way"}.get(verb, "done"), []).append(
            int(number)
        )
    return tuple(Mark(tuple(dict.fromkeys(found)), kind) for kind, found in kinds.items())  # type: ignore[arg-type]


def _outcome(verb: str) -> Literal["done", "handed", "no_way", "skipped"]:
    if verb in _HANDED:
        return "handed"
    return "no_way" if verb in _BLOCKED else "skipped" if verb in _SKIPPED else "done"


def _unnumbered(plain: str, count: int) -> Reply | None:
    """`全`, `都办好了`, `都交代了`: every step of the screen; `办好了` alone: the one that is there."""
    every = _ALL.fullmatch(plain)
    if every and (every["verb"] in ("", *_DONE, *_HANDED) and plain != "都"):
        return Marks((Mark(tuple(range(1, count + 1)), _outcome(every["verb"])),))
    if len(plain) > 1 and plain in (*_DONE, *_HANDED, *_BLOCKED):
        if count == 1:
            return Marks((Mark((1,), _outcome(plain)),))
        return Unclear("哪一件？前面加号，如 1 2；全办好了打 全" if count else "现在没有要记的步骤；? 看帮助")
    return None


def _several(plain: str) -> tuple[Mark, ...]:
    """`1不行 3`, `1、2交，3不行 没人会写`: marks of several kinds in one line; empty when it is none.

    Numbers without a word belong to the word that follows; at the end they are done.
    """
    marks: list[Mark] = []
    bare: list[int] = []
    for part in _NEXT.split(plain):
        clause = _CLAUSE.fullmatch(part)
        if clause is None:
            return ()
        bare.append(int(clause["number"]))
        if clause["verb"]:
            outcome, reason = _outcome(clause["verb"]), (clause["reason"] or "").strip(" ,:;。")
            if reason and outcome in ("done", "handed"):
                return ()
            marks.append(Mark(tuple(dict.fromkeys(bare)), outcome, reason))
            bare = []
    if marks and bare:
        marks.append(Mark(tuple(dict.fromkeys(bare)), "done"))
    return tuple(marks) if len(marks) > 1 else ()


def _verb(picked: tuple[int, ...], rest: str, text: str, now: datetime) -> Reply:
    """The part behind the numbers: outcome, reason, an earlier time."""
    since = None
    at = re.search(r"(?:^|\s|(?<=[h交了好]))(\d{1,2}\s*[:点时]\s*(?:\d{1,2}分?|半)?)\s*$", rest)
    if at:
        since = clock_time(at[1], now)
        if since is None:
            return Unclear("时间写成 9:12 这样，不能晚于现在")
        rest = rest[: at.start()].strip()
    if rest == "" or rest in _DONE:
        return Marks((Mark(picked, "done", "", since),))
    if rest in _HANDED:
        return Marks((Mark(picked, "handed", "", since),))
    for words, outcome in ((_BLOCKED, "no_way"), (_SKIPPED, "skipped")):
        for word in words:
            if rest.startswith(word):
                reason = rest[len(word) :].strip(" ，,：:。")
                return Marks((Mark(picked, outcome, reason, since),))  # type: ignore[arg-type]
    if is_report(text):
        return Report(text)
    return Unclear("数字后面可以写：交（已交代别人）、不行 原因、跳过 原因、9:12（几点办的）")


def _range(bad: list[int], count: int) -> Unclear:
    return Unclear(f"没有 {'、'.join(map(str, bad))} 号" + (f"，可选 1 到 {count}" if count else ""))


def _step_hint(count: int) -> Unclear:
    return Unclear(
        "办好了就打它的号，没办好直接按 Enter；新情况用一句话说" if count else "新情况用一句话说；? 看帮助"
    )


# ---- questions --------------------------------------------------------------------------------


def question(text: str, fact: Fact, offered: list[tuple[str, Answer]], now: datetime) -> Reply:
    """The reply to a question whose numbered answers are `offered` (see `walk.options`)."""
    if not text.strip():
        return Empty()
    plain = plain_form(text)
    if plain in _UNSURE:
        return Chosen(UNSURE)
    if plain in _OPEN and (fact.recheck is not None or fact.kind == "bool"):
        return Chosen(OPEN if fact.recheck is not None else Answer("known", False))
    found = command(text)
    if found is not None:
        return found
    if fact.kind == "bool" and (echoed := _echo(plain, fact)):
        return Chosen(echoed)
    said = _unnumbered(plain, 0) if fact.kind not in ("text", "bool") or plain not in _YES | _NO else None
    if fact.kind != "text" and (_STEP_MARK.match(plain) or said):
        return Unclear("这里的号是这一问的答案；要记步骤先按 r")
    reader = {"number": _number, "time": _time, "text": _text, "many": _many}.get(fact.kind, _choice)
    return reader(text, fact, offered, now)


def _echo(plain: str, fact: Fact) -> Answer | None:
    """`同意`, `不肯`, `还没到`: the question's own verb as the answer."""
    match, ask = _ECHO.fullmatch(plain), re.sub(r"（[^）]*）", "", fact.ask)
    if match is None:
        return None
    word, so = match["word"], match["so"] or ""
    heard = word if len(word) > 1 or word == "肯" else f"{word}了"
    if heard not in ask or re.search(rf"[不没未]{word}", ask):
        return None
    if so in ("", "已", "已经", "都"):
        return Answer("known", True)
    return OPEN if fact.recheck is not None and so != "不" else Answer("known", False)


def listed(offered: list[tuple[str, Answer]]) -> list[tuple[str, Answer]]:
    """The answers that get a number, in order: all but 说不清, which is 0."""
    return [entry for entry in offered if entry[1].state != "unsure"]


def _choice(text: str, fact: Fact, offered: list[tuple[str, Answer]], now: datetime) -> Reply:
    plain, shown = plain_form(text), listed(offered)
    picked = numbers(text)
    if picked is not None:
        if picked == (0,):
            return Chosen(UNSURE)
        if len(picked) == 1 and picked[0] <= len(shown):
            return Chosen(shown[picked[0] - 1][1])
        return Unclear(f"选一个号：1 到 {len(shown)}，说不清按 0")
    for label, answer in shown:
        if plain == plain_form(label) or (answer.state == "known" and plain == str(answer.value)):
            return Chosen(answer)
    if fact.kind == "bool":
        said = re.match(r"([^\s,，。；]+)[\s,，。；]*(.*)$", text.strip())
        head, also = (plain_form(said[1]), said[2]) if said else (plain, "")
        if head in _YES | _NO and (not also or is_report(also)):
            if fact.recheck is not None and head in _NOT_SO_FAR and "有没有" not in fact.ask:
                return Chosen(OPEN, also)
            return Chosen(Answer("known", head in _YES), also)
    if is_report(text):
        return Report(text)
    return Unclear(f"选一个号：1 到 {len(shown)}，说不清按 0")


def _many(text: str, fact: Fact, offered: list[tuple[str, Answer]], now: datetime) -> Reply:
    picked = numbers(text)
    count = len(fact.choices)
    if picked == (0,):
        return Chosen(UNSURE)
    if picked == (count + 1,) or plain_form(text) in _NONE:
        return Chosen(Answer("known", frozenset()))
    if fact.recheck is not None and picked == (count + 2,):
        return Chosen(OPEN)
    if picked is not None and all(1 <= n <= count for n in picked):
        return Chosen(Answer("known", frozenset(fact.choices[n - 1].id for n in picked)))
    words = [part for part in re.split(r"[\s,，、]+", text.strip()) if part]
    ids = {name: c.id for c in fact.choices for name in (plain_form(c.label), c.id)}
    if words and all(plain_form(word) in ids for word in words):
        return Chosen(Answer("known", frozenset(ids[plain_form(word)] for word in words)))
    if picked is None and is_report(text):
        return Report(text)
    return Unclear(f"可选几个号，中间空格，如 1 2；都没有按 {count + 1}，说不清按 0")


def _number(text: str, fact: Fact, offered: list[tuple[str, Answer]], now: datetime) -> Reply:
    value = number(text, fact.unit)
    if value is not None and value <= 10**9:
        return Chosen(Answer("known", value))
    if is_report(text):
        return Report(text)
    return Unclear(f"打一个数{'（' + fact.unit + '）' if fact.unit else ''}，说不清按 s")


def _time(text: str, fact: Fact, offered: list[tuple[str, Answer]], now: datetime) -> Reply:
    if plain_form(text) in ("0", "9"):
        return Chosen(UNSURE) if plain_form(text) == "0" else Unclear("时间写成 9:12 这样")
    if plain_form(text) in ("现在", "刚才", "刚刚"):
        return Chosen(Answer("known", f"{now.hour}:{now.minute:02d}"))
    read = hour_minute(text)
    if read is not None:
        return Chosen(Answer("known", f"{read[0]}:{read[1]:02d}"))
    return Report(text) if is_report(text) else Unclear("时间写成 9:12 这样，说不清按 s")


def _text(text: str, fact: Fact, offered: list[tuple[str, Answer]], now: datetime) -> Reply:
    if plain_form(text) == "0":
        return Chosen(UNSURE)
    return Chosen(Answer("known", text.strip()))


# ---- lists and choices ------------------------------------------------------------------------


def pick(text: str, count: int, *, several: bool = False) -> Reply:
    """The reply to a short list numbered from 1; 0 is none of them."""
    if not text.strip():
        return Empty()
    found = command(text)
    if found is not None:
        return found
    picked = numbers(text)
    if picked is not None:
        if (
            all(n <= count for n in picked)
            and (several or len(picked) == 1)
            and (0 not in picked or len(picked) == 1)
        ):
            return Picked(picked)
        return Unclear(f"选 1 到 {count}" + ("，可以几个，中间空格" if several else "") + "；都不是按 0")
    return Report(text) if is_report(text) else Unclear(f"选 1 到 {count}；? 看帮助")
