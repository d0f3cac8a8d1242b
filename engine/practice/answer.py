"""An answer as it is looked through: plain text, clauses, and which stretches the learner disowns."""

from __future__ import annotations

import re
from functools import cached_property

from engine.practice.polarity import Scope, disowned
from engine.practice.sounds import sounds
from engine.triage.text import Evidence, Text, normalise

SPARSE = 70  # more signs than this between two marks: written down from speech
_ENDS = re.compile(r"[,。;!?:、]")
_STOP = re.compile(r"[。;]")
# words with which a new thought begins in speech; a mark is set before them
_TURN = re.compile(
    r"首先|其次|然后|接着|接下来|最后|另外|同时|第[一二三四五六七八]|如果|要是|还有就是|还有|但是|这样就?|嗯|呃"
)
_FILLER = re.compile(r"嗯+|呃+|那个(?=[^人同])|就是说|呢(?=[^,。])|啊(?=[^,。])")

# plain words of the street → those of the question bank; the first sign keeps its place, as does the rest
DIALECT = {
    "咱们": "我们", "咱": "我", "俺": "我", "啥时候": "什么时候", "啥": "什么", "咋": "怎么", "瞅瞅": "看看", "瞅": "看",
    "瞧瞧": "看看", "瞧": "看", "唠唠": "说说", "唠": "说", "叨咕": "说", "念叨": "说", "掰扯": "讲清", "撂": "说",
    "俩人": "两人", "俩": "两", "甭": "不用", "头儿": "领导", "掌柜": "领导", "老爷子": "老人", "老大爷": "老人",
    "大伙儿": "大家", "大伙": "大家", "乡亲": "群众", "老乡": "群众", "老百姓": "群众", "探头": "监控", "画押": "签字",
    "画个押": "签字", "口儿": "窗口", "赶明儿": "以后", "麻溜儿": "马上", "麻溜": "马上", "立马": "马上",
    "拾掇": "整顿", "闺女": "女儿", "丫头": "姑娘", "打头儿": "开头", "划拉": "记", "机子": "机器", "里屋": "休息室",
    "板凳": "椅子", "凳子": "椅子", "捎": "送", "拨个电话": "打电话", "挂个电话": "打电话", "跟前": "面前",
}  # fmt: skip
_DIALECT = re.compile("|".join(sorted(DIALECT, key=len, reverse=True)))


class Answer:
    """A learner's answer. `plain[i]` comes from `original[origin[i]]`."""

    def __init__(self, text: str) -> None:
        """`text`: as typed; signs beyond the limit of `normalise` are not read (`note` says so)."""
        self.text = _usual(_spoken(normalise(text)))
        self.plain = self.text.plain
        self.note = self.text.note

    @cached_property
    def spoken(self) -> bool:
        """Written down from speech: hardly any marks, signs that only sound right."""
        return _sparse(self.text.original)

    @cached_property
    def heard(self) -> str:
        """The plain text by its sounds, sign for sign."""
        return sounds(self.plain)

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """The stretches that the learner says he would not do."""
        return disowned(self.plain)

    @cached_property
    def stops(self) -> list[int]:
        """Where sentences end."""
        return [found.start() for found in _STOP.finditer(self.plain)]

    @cached_property
    def clauses(self) -> list[str]:
        """The pieces between marks, without empty ones."""
        return [piece for piece in _ENDS.split(self.plain) if piece]

    def cut(self, start: int, end: int) -> Evidence:
        """The whole clauses around `plain[start:end]`, as typed."""
        while start > 0 and self.plain[start - 1] not in ",。;!?":
            start -= 1
        while end < len(self.plain) and self.plain[end] not in ",。;!?":
            end += 1
        return self.text.cut(start, end)


def _sparse(original: str) -> bool:
    signs = len(original.strip())
    marks = len(re.findall(r"[，。；！？：、,.;!?:\n]", original))
    return signs > SPARSE and signs > SPARSE * (marks + 1)


def _spoken(text: Text) -> Text:
    """Marks set in a text that has none, fillers left out; another text as it is."""
    if not _sparse(text.original):
        return text
    turns = {found.start() for found in _TURN.finditer(text.plain)}
    gone = {i for found in _FILLER.finditer(text.plain) for i in range(*found.span())}
    plain: list[str] = []
    origin: list[int] = []
    for at, sign in enumerate(text.plain):
        if at in turns and plain and plain[-1] != "。":
            plain.append("。" if text.plain[at] in "首其然接最第" else ",")
            origin.append(text.origin[at])
        if at not in gone:
            plain.append(sign)
            origin.append(text.origin[at])
    return Text(text.original, "".join(plain), tuple(origin), text.note)


def _usual(text: Text) -> Text:
    """The text in usual words; every sign of a replacement comes from the first sign replaced."""
    plain: list[str] = []
    origin: list[int] = []
    done = 0
    for found in _DIALECT.finditer(text.plain):
        start, end = found.span()
        plain.append(text.plain[done:start])
        origin += text.origin[done:start]
        word = DIALECT[found.group()]
        plain.append(word)
        origin += [text.origin[start]] * (len(word) - 1) + [text.origin[end - 1]]
        done = end
    plain.append(text.plain[done:])
    origin += text.origin[done:]
    return Text(text.original, "".join(plain), tuple(origin), text.note)
