"""Which signals hold: the words of `hear` found in a text where they are meant.

A word may have gaps, `跟…吵`: its pieces follow each other in one clause, at most GAP signs apart.
A signal holds when every group has a word that is meant, all within REACH signs, and none of its
`unless` words is meant anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from engine.model import Signal
from engine.triage.frames import Reason, possible, reasons
from engine.triage.text import CLAUSE_ENDS, Evidence, Text, plain_word

GAP = 12
REACH = 40
MOST = 12  # occurrences of a word that are looked at
Place = tuple[int, int]
Words = tuple[str, ...]
Openings = dict[str, tuple[tuple[str, ...], ...]]
_openings: dict[int, tuple[tuple[str, ...], Openings]] = {}


class Found(msgspec.Struct, frozen=True):
    """A signal that holds, and where."""

    signal: Signal
    places: tuple[Place, ...]


class Finder:
    """Looks for words in one text; what was found is remembered."""

    def __init__(
        self, text: Text, said: Callable[[Words], Iterable[Words]], void: frozenset[Reason], kind: str = ""
    ) -> None:
        """`said`: the words of a group whose opening pieces occur (`index`); `void`: the reasons for which
        an occurrence does not count; `kind` of danger looked for."""
        self.text = text
        self.said = said
        self.void = possible(text.plain, void)
        self.kind = kind
        self._known: dict[tuple[str, ...], tuple[Place, ...]] = {}

    def any_place(self, words: tuple[str, ...]) -> list[Place]:
        """Where any of the words is meant, longest first at one place, in order."""
        found = {place for pieces in self.said(words) for place in self._places(pieces)}
        return sorted(found, key=lambda p: (p[0], -p[1])) if len(found) > 1 else list(found)

    def _places(self, pieces: tuple[str, ...]) -> tuple[Place, ...]:
        """Where a word is meant; remembered."""
        known = self._known.get(pieces)
        if known is None:
            known = self._known[pieces] = self._look(pieces)
        return known

    def _look(self, pieces: Words) -> tuple[Place, ...]:
        text, void, first = self.text, self.void, pieces[0]
        out, start, size = [], -1, len(first)
        for _ in range(MOST):
            start = text.plain.find(first, start + 1)
            if start < 0:
                break
            spots = [(start, start + size)] if len(pieces) == 1 else self._follow(pieces, start)
            if not spots or (void and any(reasons(text, *spot, void, self.kind) for spot in spots)):
                continue
            out.append((spots[0][0], spots[-1][1]))
        return tuple(out)

    def _follow(self, pieces: tuple[str, ...], start: int) -> list[Place]:
        """The places of all pieces when the first stands at `start`; empty if one is missing."""
        plain = self.text.plain
        spots = [(start, start + len(pieces[0]))]
        for piece in pieces[1:]:
            end = spots[-1][1]
            next_at = plain.find(piece, end, end + GAP + len(piece))
            if next_at < 0 or any(sign in CLAUSE_ENDS for sign in plain[end:next_at]):
                return []
            spots.append((next_at, next_at + len(piece)))
        return spots

    def match(self, signal: Signal) -> Found | None:
        """The signal with its places if it holds."""
        groups = []
        for group in signal.groups:
            found = self.any_place(group)
            if not found:
                return None
            groups.append(found)
        if not groups or (signal.unless and self.any_place(signal.unless)):
            return None
        for anchor in groups[0]:
            chosen = _near(anchor, groups[1:])
            if chosen:
                return Found(signal, tuple(sorted(chosen)))
        return None

    def evidence(self, places: Iterable[Place]) -> tuple[Evidence, ...]:
        """The places as stretches of the original; one inside another is left out."""
        several = set(places)
        if len(several) < 2:
            return tuple(self.text.cut(a, b) for a, b in several)
        kept: list[Place] = []
        for place in sorted(several, key=lambda p: (p[0], -p[1])):
            if not any(a <= place[0] and place[1] <= b for a, b in kept):
                kept.append(place)
        return tuple(self.text.cut(a, b) for a, b in kept)


def opening(words: tuple[str, ...]) -> Openings:
    """The words of a group in pieces, by their opening piece; remembered as long as the words live on."""
    found = _openings.get(id(words))  # by identity: to hash a hundred words costs more than the look-up
    if found is not None and found[0] is words:
        return found[1]
    known: Openings = {}
    for word in words:
        pieces = plain_word(word)
        if pieces:
            known[pieces[0]] = (*known.get(pieces[0], ()), pieces)
    _openings[id(words)] = (words, known)
    return known


def _near(anchor: Place, groups: list[list[Place]]) -> list[Place]:
    """The anchor and for every group the nearest place that no other uses; empty if one is too far."""
    chosen = [anchor]
    for places in groups:
        free = [p for p in places if all(p[1] <= a or b <= p[0] for a, b in chosen)]
        near = min(free, key=lambda p: (abs(p[0] - anchor[0]), p), default=None)
        if near is None or abs(near[0] - anchor[0]) > REACH:
            return []
        chosen.append(near)
    return chosen
