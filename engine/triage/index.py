"""Which signals can hold at all, by the opening pieces of their words that occur in a text.

A signal is worth a closer look (`signals`) only if each of its groups has such a piece. For the first few
texts of a process all words are gone through (1.5 ms): an index of them takes as long to make as eight
such looks. From then on the index serves, whose time grows with what occurs in the text and not with the
number of playbooks. Both say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from functools import cache
from operator import add
from typing import NamedTuple

from engine.model import Fact, Library, Playbook, Scalar, Signal
from engine.triage.signals import opening
from engine.triage.text import never_else, plain_word

Owner = tuple[str, Scalar]  # a playbook, or a fact with the value that its words settle
Owned = list[tuple[Owner, Signal]]
Words = tuple[str, ...]
ALWAYS = "always"  # the playbook that is always there, so nothing speaks for it
DIRECT = 8  # texts that are read without an index


class Scan(NamedTuple):
    """What occurs in one text: `live`: the signals that can hold, in order of declaration; `said`: of a
    group of words those whose opening piece occurs, in pieces."""

    live: Mapping[Owner, list[Signal]]
    said: Callable[[Words], Collection[Words]]


class Signals:
    """The signals of playbooks and facts, found by the words that occur.

    `owners`: of every playbook its id and the owner under which its signals stand.
    """

    def __init__(self, playbooks: Iterable[Playbook], facts: Iterable[Fact]) -> None:
        """All signals of these; of facts with the same key the first counts."""
        playbooks = tuple(playbooks)
        self.owners = tuple((p.id, of_playbook(p.id)) for p in playbooks if p.id != ALWAYS)
        own = {fact.key: playbook.id for playbook in playbooks for fact in playbook.facts}
        self.owned: Owned = [(of_playbook(p.id), signal) for p in playbooks for signal in p.hear]
        self._place = {p.id: (p.addon, p.reach) for p in playbooks}
        self._facts: dict[str, tuple[int, str, Fact]] = {}  # key → place in order, its playbook, the fact
        for fact in facts:
            if fact.hear and fact.key not in self._facts:
                self._facts[fact.key] = len(self._facts), own.get(fact.key, ""), fact
                self.owned += [((fact.key, o.value), signal) for o in fact.hear for signal in o.signals]
        self._scans = 0
        self._index: Index | None = None

    def place(self, id: str) -> tuple[bool, int]:
        """Where a playbook stands among those active beside the primary one: add-ons last, before them what
        blocks most people first; of equal ones the better stays first."""
        return self._place[id]

    def scan(self, plain: str) -> Scan:
        """Look through a text in plain form."""
        self._scans += 1
        if self._scans <= DIRECT:
            return look(self.owned, plain)
        if self._index is None:
            self._index = Index(self.owned)
        return self._index.scan(plain)

    def facts_in(self, scan: Scan, playbooks: Container[str]) -> list[Fact]:
        """The facts whose words occur, in order: those of everybody and of these playbooks."""
        known = {key: self._facts[key] for key, _ in scan.live if key in self._facts}
        return [fact for _, owner, fact in sorted(known.values()) if not owner or owner in playbooks]


# ---- without an index -----------------------------------------------------------------------------------


class _Openers(dict[str, bool]):
    """Whether a word that begins with a sign may occur in a text."""

    def __init__(self, plain: str) -> None:
        super().__init__(dict.fromkeys(plain, True))

    def __missing__(self, sign: str) -> bool:
        self[sign] = known = not never_else(sign)
        return known


def look(owned: Owned, plain: str) -> Scan:
    """Go through all words."""
    may = _Openers(plain)
    known: dict[int, list[Words]] = {}

    def said(words: Words) -> list[Words]:
        found = known.get(id(words))
        if found is None:
            cut = [plain_word(word) for word in words if may[word[0]]]
            found = known[id(words)] = [pieces for pieces in cut if pieces and pieces[0] in plain]
        return found

    live: dict[Owner, list[Signal]] = {}
    for owner, signal in owned:
        for words in signal.groups:
            if not said(words):
                break
        else:
            if signal.groups:
                live.setdefault(owner, []).append(signal)
    return Scan(live, said)


# ---- with an index --------------------------------------------------------------------------------------


class Index:
    """The opening pieces of all words by their first two signs."""

    def __init__(self, owned: Owned) -> None:
        self._owned = owned
        self._starts: dict[str, list[str]] = {}  # a sign or two → the pieces that begin so
        self._groups: dict[str, list[int]] = {}  # opening piece → numbers of groups
        self._signal: list[int] = []  # number of a group → number of its signal
        for number, (_, signal) in enumerate(owned):
            for words in signal.groups:
                for piece in opening(words):
                    self._known(piece).append(len(self._signal))
                self._signal.append(number)
            for piece in opening(signal.unless):
                self._known(piece)
        self._needs = [len(signal.groups) for _, signal in owned]

    def _known(self, piece: str) -> list[int]:
        """The groups that a piece opens; the piece is looked for from now on."""
        groups = self._groups.get(piece)
        if groups is None:
            groups = self._groups[piece] = []
            self._starts.setdefault(piece[:2], []).append(piece)
        return groups

    def scan(self, plain: str) -> Scan:
        """Find what occurs."""
        starts = self._starts
        heard = {
            piece
            for start in starts.keys() & {*plain, *map(add, plain, plain[1:])}
            for piece in starts[start]
            if piece in plain
        }
        needs, met = self._needs, set[int]().union(*map(self._groups.__getitem__, heard))
        have = Counter(map(self._signal.__getitem__, met))
        live: dict[Owner, list[Signal]] = {}
        for number in sorted([number for number, groups in have.items() if groups == needs[number]]):
            owner, signal = self._owned[number]
            live.setdefault(owner, []).append(signal)

        def said(words: Words) -> list[Words]:
            known = opening(words)
            return [pieces for first in known.keys() & heard for pieces in known[first]]

        return Scan(live, said)


_last: list[tuple[Library, Signals]] = []


@cache
def of_playbook(id: str) -> Owner:
    """The owner under which the signals of a playbook stand; no fact has such a key."""
    return f"playbook {id}", True


def signals_of(library: Library) -> Signals:
    """The signals of a library: of its playbooks and all facts; those of the last one are kept."""
    if not (_last and _last[0][0] is library):
        own = (fact for playbook in library.playbooks for fact in playbook.facts)
        _last[:] = [(library, Signals(library.playbooks, (*library.vocabulary.facts, *own)))]
    return _last[0][1]
