"""Text as people type it → the plain form in which words are looked for, with the way back.

The plain form is lower-case, half-width (NFKC, sign by sign), simplified, without control signs and
without blanks inside Chinese; a blank between two longer stretches of Chinese stands for a comma, a
line end for a full stop, an emoji for a comma; repeated punctuation counts once. Every sign of the
plain form knows which sign of the original it comes from, so evidence is cut from what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import msgspec

from engine.triage.hanzi import SIMPLE

LIMIT = 8_000  # signs of the original that are read: a report is rarely longer than 100
CLAUSE_ENDS = frozenset(",。;!?:、\"'“”‘’()[]{}<>《》「」【】~|—")
SENTENCE_ENDS = frozenset("。;!?")
_BLANK = " "
_memo: dict[str, str] = {}
_traditional = SIMPLE.keys()


class Evidence(msgspec.Struct, frozen=True, order=True):
    """A stretch of the original text: `original[start:end] == text`."""

    start: int
    end: int
    text: str


class Text(msgspec.Struct, frozen=True):
    """A normalised text. `origin[i]`: the place in `original` of the sign `plain[i]`."""

    original: str
    plain: str
    origin: tuple[int, ...]
    note: str = ""

    def cut(self, start: int, end: int) -> Evidence:
        """The stretch of the original from which `plain[start:end]` comes."""
        first, last = self.origin[start], self.origin[end - 1] + 1
        return Evidence(first, last, self.original[first:last])

    def clause_start(self, at: int) -> int:
        """Where the clause that contains `at` begins."""
        return _clauses(self.plain)[at]

    def sentence_start(self, at: int) -> int:
        """Where the sentence that contains `at` begins."""
        while at > 0 and self.plain[at - 1] not in SENTENCE_ENDS:
            at -= 1
        return at

    def sentence_end(self, at: int) -> int:
        """Where the sentence that contains `at` ends."""
        while at < len(self.plain) and self.plain[at] not in SENTENCE_ENDS:
            at += 1
        return at


@lru_cache(maxsize=4)
def _clauses(plain: str) -> list[int]:
    """For every place of a text, and its end, where its clause begins."""
    begins, begin = [0], 0
    for at, sign in enumerate(plain, 1):
        if sign in CLAUSE_ENDS:
            begin = at
        begins.append(begin)
    return begins


def _fold(sign: str) -> str:
    """One sign in plain form; empty when it says nothing."""
    if sign in "\r\n\x0b\x0c\u2028\u2029":
        return "。"
    if sign.isspace():
        return _BLANK
    out = []
    for one in unicodedata.normalize("NFKC", sign).lower():
        kind = unicodedata.category(one)
        if one in SIMPLE:
            out.append(SIMPLE[one])
        elif kind in ("So", "Sk", "Cs", "Co", "Cn"):
            out.append(",")  # emoji, half a surrogate pair, unassigned: no word goes across
        elif one == "…":
            out.append(",")
        elif one.isspace():
            out.append(_BLANK)
        elif kind[0] not in "CM":
            out.append(one)
    folded = "".join(out)
    return "," if folded.strip(".") == "" and len(folded) > 1 else folded


def fold(sign: str) -> str:
    """`_fold`, remembered."""
    known = _memo.get(sign)
    if known is None:
        known = _memo[sign] = _fold(sign)
    return known


def is_han(sign: str) -> bool:
    """A Chinese character."""
    return "\u3400" <= sign <= "\u9fff" or "\U00020000" <= sign <= "\U0003ffff"


def never_else(sign: str) -> bool:
    """A sign that stands for itself in plain form, and for nothing else: nearly all in words to look for."""
    return "\u4e00" <= sign <= "\u9fff" and sign not in SIMPLE


def tells(plain: str) -> bool:
    """The text has at least two Chinese characters: with less the weights are not asked."""
    return (is_han(plain[:1]) and is_han(plain[1:2])) or sum(map(is_han, plain)) > 1


def _stretch(signs: list[str], at: int, step: int) -> int:
    """How many Chinese characters (at most three) follow each other from `at` on."""
    length = 0
    while 0 <= at < len(signs) and length < 3 and is_han(signs[at]):
        at += step
        length += 1
    return length


_REPEATED = re.compile(f"([{re.escape(''.join(sorted(CLAUSE_ENDS)))}])\\1")
_simple: set[str] = set()  # signs met whose plain form is one sign, no blank: most texts have no others
_table: dict[int, str] = {}


def _is_simple(sign: str) -> bool:
    plain = fold(sign)
    if len(plain) == 1 and plain != _BLANK:
        _table[ord(sign)] = plain
        return True
    return False


def normalise(text: str) -> Text:
    """The plain form of (the first LIMIT signs of) `text`."""
    note = ""
    if len(text) > LIMIT:
        note = f"文字太长（{len(text)}字），只看了前{LIMIT}字"
    if not note:
        if _simple.issuperset(text):
            whole = text.translate(_table)
            if not _REPEATED.search(whole):
                return Text(text, whole, tuple(range(len(whole))))
        else:
            _simple.update(sign for sign in set(text) if _is_simple(sign))
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text[:LIMIT]):
        for one in fold(sign):
            repeated = bool(signs) and one == signs[-1] and (one == _BLANK or one in CLAUSE_ENDS)
            if not repeated:
                signs.append(one)
                places.append(place)
    plain: list[str] = []
    origin: list[int] = []
    for at, one in enumerate(signs):
        if one == _BLANK:
            one = _blank(signs, at)
            if not one:
                continue
        plain.append(one)
        origin.append(places[at])
    return Text(text, "".join(plain), tuple(origin), note)


def _blank(signs: list[str], at: int) -> str:
    """What a blank stands for: nothing, a comma, or a blank between Latin words."""
    before = signs[at - 1] if at else ""
    behind = signs[at + 1] if at + 1 < len(signs) else ""
    if not before or not behind or before in CLAUSE_ENDS or behind in CLAUSE_ENDS:
        return ""
    if is_han(before) and is_han(behind):
        return "," if _stretch(signs, at - 1, -1) > 2 and _stretch(signs, at + 1, 1) > 2 else ""
    return "" if is_han(before) or is_han(behind) else _BLANK


def plain_word(word: str) -> tuple[str, ...]:
    """A word of a signal as pieces in plain form: `跟…吵` has two, with a gap between them."""
    # nearly every word is plain as it is written: 0.5 µs instead of 5
    plain = _traditional.isdisjoint(word) and word.isalnum() and word == word.lower()
    if plain and unicodedata.is_normalized("NFKC", word):
        return (word,)
    pieces = (normalise(piece).plain.strip(",") for piece in word.replace("...", "…").split("…"))
    return tuple(piece for piece in pieces if piece)
