"""An answer as it is looked through: plain text, clauses, and which stretches the learner disowns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property

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


class Answer:
    """A learner's answer. `plain[i]` comes from `original[origin[i]]`."""

    def __init__(self, text: str, usual: Mapping[str, str] | None = None) -> None:
        """`text`: as typed; signs beyond the limit of `normalise` are not read (`note` says so).

        `usual`: words of the street and those that the question bank uses for them.
        """
        spoken = _spoken(normalise(text))
        self.text = _usual(spoken, usual) if usual else spoken
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


@cache
def _any_of(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))))


def _usual(text: Text, usual: Mapping[str, str]) -> Text:
    """The text in usual words; every sign of a replacement comes from the first sign replaced."""
    plain: list[str] = []
    origin: list[int] = []
    done = 0
    for found in _any_of(frozenset(usual)).finditer(text.plain):
        start, end = found.span()
        plain.append(text.plain[done:start])
        origin += text.origin[done:start]
        word = usual[found.group()]
        plain.append(word)
        origin += [text.origin[start]] * (len(word) - 1) + [text.origin[end - 1]]
        done = end
    plain.append(text.plain[done:])
    origin += text.origin[done:]
    return Text(text.original, "".join(plain), tuple(origin), text.note)
