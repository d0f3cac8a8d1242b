"""Which signals can hold at all: one pass over a text instead of one look for every word.

The opening pieces of all words stand in one table by their first sign. A signal is worth a closer look
(`signals`) only if each of its groups has such a piece in the text. The time grows with what occurs in
the text, not with the number of playbooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engine.model import Fact, Library, Playbook, Scalar, Signal
from engine.triage.signals import opening

Owner = tuple[str, Scalar]  # a playbook, or a fact with the value that its words settle


class Scan(NamedTuple):
    """What occurs in one text: `live`: the signals that can hold, in order of declaration; `at`: where
    the opening pieces of words stand."""

    live: Mapping[Owner, list[Signal]]
    at: Mapping[str, list[int]]


class Index:
    """The signals of playbooks and facts, found by the words that occur."""

    def __init__(self, playbooks: Iterable[Playbook], facts: Iterable[Fact]) -> None:
        """All signals of these; of facts with the same key the first counts."""
        self._lengths: dict[str, list[int]] = {}  # first sign → lengths of pieces
        self._groups: dict[str, list[int]] = {}  # opening piece → numbers of groups
        self._signal: list[int] = []  # number of a group → number of its signal
        self._needs: list[int] = []  # number of a signal → its groups
        self._owned: list[tuple[Owner, Signal]] = []
        for playbook in playbooks:
            for signal in playbook.hear:
                self._enter(of_playbook(playbook.id), signal)
        for fact in {fact.key: fact for fact in reversed(list(facts)) if fact.hear}.values():
            for option in fact.hear:
                for signal in option.signals:
                    self._enter((fact.key, option.value), signal)

    def _enter(self, owner: Owner, signal: Signal) -> None:
        for words in signal.groups:
            for piece in opening(words):
                self._known(piece).append(len(self._signal))
            self._signal.append(len(self._owned))
        for piece in opening(signal.unless):
            self._known(piece)
        self._owned.append((owner, signal))
        self._needs.append(len(signal.groups))

    def _known(self, piece: str) -> list[int]:
        """The groups that a piece opens; the piece is looked for from now on."""
        groups = self._groups.get(piece)
        if groups is None:
            groups = self._groups[piece] = []
            lengths = self._lengths.setdefault(piece[0], [])
            if len(piece) not in lengths:
                lengths.append(len(piece))
        return groups

    def scan(self, plain: str) -> Scan:
        """Look through a text in plain form."""
        lengths, groups = self._lengths, self._groups
        at: dict[str, list[int]] = {}
        for start, sign in enumerate(plain):
            for length in lengths.get(sign, ()):
                piece = plain[start : start + length]
                if piece in groups:
                    at.setdefault(piece, []).append(start)
        left: dict[int, int] = {}
        for group in set().union(*map(groups.__getitem__, at)):
            number = self._signal[group]
            left[number] = left.get(number, self._needs[number]) - 1
        live: dict[Owner, list[Signal]] = {}
        for number in sorted(number for number, missing in left.items() if not missing):
            owner, signal = self._owned[number]
            live.setdefault(owner, []).append(signal)
        return Scan(live, at)


_last: list[tuple[Library, Index]] = []


def of_playbook(id: str) -> Owner:
    """The owner under which the signals of a playbook stand; no fact has such a key."""
    return f"playbook {id}", True


def index_of(library: Library) -> Index:
    """The index of a library: its playbooks and all facts; the last one made is kept."""
    if not (_last and _last[0][0] is library):
        own = (fact for playbook in library.playbooks for fact in playbook.facts)
        _last[:] = [(library, Index(library.playbooks, (*library.vocabulary.facts, *own)))]
    return _last[0][1]
