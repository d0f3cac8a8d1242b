"""Words that a way of saying something accepts: the first alternatives of its groups, put together."""

from __future__ import annotations

from itertools import product

from engine.practice.answer import Answer
from engine.practice.finding import Finder
from engine.practice.model import Way

_TRIES = 200
_SPECIAL = set("()[]{}|?*+\\^$.")


def sentence(way: Way, usual: dict[str, str] | None = None) -> str:
    """A sentence that the way is found in; empty when none was found among the first alternatives."""
    options = [_words(group.pattern) for group in way.groups]
    if not all(options):
        return ""
    for number, chosen in enumerate(product(*options)):
        if number >= _TRIES:
            break
        for text in ("".join(chosen), "，".join(chosen), "，".join(reversed(chosen))):
            if Finder(Answer(text + "。", usual)).any((way,)) is not None:
                return text + "。"
    return ""


def _words(pattern: str, most: int = 12) -> list[str]:
    """The first texts of a pattern, in its order."""
    found: list[str] = []
    for text in _Reader(pattern).alternatives():
        if text and text not in found:
            found.append(text)
        if len(found) >= most:
            break
    return found


class _Reader:
    """Reads the regular expressions that question files give: alternatives, groups, sets, repeats.

    What it cannot read (looking ahead, signs escaped by class) makes that alternative empty.
    """

    def __init__(self, pattern: str) -> None:
        self._text, self._at = pattern, 0

    def alternatives(self) -> list[str]:
        """The texts of everything up to the end or the closing bracket."""
        found: list[str] = []
        while True:
            found += self._sequence()
            if self._peek() != "|":
                return found
            self._at += 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _sequence(self) -> list[str]:
        texts = [""]
        while self._peek() not in ("", "|", ")"):
            piece = self._repeated(self._piece())
            texts = [text + more for text in texts[:4] for more in piece[:4]]
        return texts

    def _piece(self) -> list[str]:
        sign = self._peek()
        self._at += 1
        if sign == "(":
            looking = self._text.startswith(("?=", "?!", "?<"), self._at)
            if self._text.startswith("?", self._at):
                self._at += 3 if self._text.startswith("?<", self._at) else 2
            inner = self.alternatives()
            self._at += 1  # the closing bracket
            return [""] if looking else inner
        if sign == "[":
            stop = self._text.index("]", self._at + 1)
            inside, self._at = self._text[self._at : stop], stop + 1
            return ["的"] if inside.startswith("^") else [inside[0]]
        if sign == "\\":
            self._at += 1
            return [{"d": "3", "w": "人", "s": " "}.get(self._text[self._at - 1], self._text[self._at - 1])]
        return {".": ["的"], "^": [""], "$": [""]}.get(sign, [sign])

    def _repeated(self, piece: list[str]) -> list[str]:
        while self._peek() in ("?", "*", "+", "{") and self._peek():
            sign = self._peek()
            self._at += 1
            if sign == "{":
                stop = self._text.index("}", self._at)
                least = self._text[self._at : stop].partition(",")[0]
                self._at = stop + 1
                piece = [text * int(least or 0) for text in piece]
            elif sign in "?*":
                piece = ["", *piece]
            if self._peek() == "?":  # as few as can be: the same words
                self._at += 1
        return piece
