"""The stretches of an answer that the learned weights look at: clauses that follow each other in a sentence.

A stretch is described by its grams: signs, pairs of signs and the meanings (playbooks/practice/said/
meanings.txt) that its words have. What the learner disowns (`polarity`) has grams of its own, written with
a `!`, so that 不批评 does not speak for what 批评 speaks for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from engine import paths
from engine.practice.answer import Answer

MOST = 4  # clauses in a stretch
LONGEST = 64  # signs in a stretch of more than one clause
LEAST = 4  # signs
_CLAUSE = re.compile(r"[^,。;!?:]+")
_STOPS = "。;!?"
_MARKS = frozenset("、\"'“”‘’()《》<> |")
_EDGE = "|"


class Window(NamedTuple):
    """A stretch `plain[start:end]` and its grams."""

    start: int
    end: int
    grams: frozenset[str]


def windows(answer: Answer, *, later: bool = True) -> list[Window]:
    """All stretches of an answer, in order. `later`: whether what is put off is disowned as well."""
    plain = answer.plain
    denied = bytearray(len(plain) + 1)
    for scope in answer.scopes:
        if later or not scope.later:
            denied[scope.start : scope.end] = b"\1" * (scope.end - scope.start)
    pieces = [(*found.span(), _grams(plain, *found.span(), denied)) for found in _CLAUSE.finditer(plain)]
    out = []
    for first, (start, end, grams) in enumerate(pieces):
        if end - start >= LEAST:
            out.append(Window(start, end, grams))
        for next_start, next_end, more in pieces[first + 1 : first + MOST]:
            if next_end - start > LONGEST or any(plain[at] in _STOPS for at in range(end, next_start)):
                break
            end, grams = next_end, grams | more
            if end - start >= LEAST:
                out.append(Window(start, end, grams))
    return out


def _grams(plain: str, start: int, end: int, denied: bytearray) -> frozenset[str]:
    """The grams of one clause."""
    found = set()
    before = _EDGE
    for at in range(start, end):
        sign = plain[at]
        if sign in _MARKS:
            sign = _EDGE
        elif "0" <= sign <= "9":
            if before == "0":
                continue
            sign = "0"
        if denied[at]:
            found.add(f"!{sign}")
            found.add(f"!{before}{sign}")
        else:
            found.add(sign)
            found.add(before + sign)
        before = sign
    found.add(before + _EDGE)
    found.discard(_EDGE)
    known = _meanings()
    for at in range(start, end):
        for word, meaning in known.get(plain[at], ()):
            if plain.startswith(word, at, end):
                found.add(f"!{meaning}" if denied[at] else meaning)
    return frozenset(found)


@lru_cache(maxsize=1)
def _meanings() -> dict[str, tuple[tuple[str, str], ...]]:
    """First sign → the words that begin with it and their meanings, as grams."""
    file = paths.shipped("playbooks") / "practice" / "said" / "meanings.txt"
    found: dict[str, list[tuple[str, str]]] = {}
    for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
        name, _, words = line.partition(":")
        if not line.startswith("#"):
            for word in words.split():
                found.setdefault(word[0], []).append((word, f"<{name.strip()}>"))
    return {first: tuple(entries) for first, entries in found.items()}
