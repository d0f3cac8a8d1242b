"""How signals combine: the one formula of the ranking.

    score(playbook) = Σ weights of its signals that hold − calm        (+ BASE for general-incident)

A signal counts only if it rests on words that a heavier one of the same playbook has not used already.
calm: the weights of the routine phrases in the text (a drill, a meeting, thanks, a question about
opening hours, 运行平稳); it is the same for all playbooks, so it never changes their order. BASE: that
somebody reports something at all, in a sentence that is no question, speaks a little for an incident.

Weights: 1 = such words alone make the case, more = they outweigh another scenario's, less = a clue;
clues add up (雨 0.6 + 没到点 0.5). ACTIVE (1) makes a playbook active, the best one primary. Less than
that but more than 0 is thin evidence: `general-incident`, with the candidates listed. Nothing above 0:
no incident. The score of one playbook never depends on the others; equal scores keep the order:
specific before general, then where the evidence begins, then id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from engine.model import Playbook, Signal
from engine.triage.calm import calm
from engine.triage.frames import FOR_RANK
from engine.triage.index import Scan, of_playbook
from engine.triage.signals import Finder, Found, Place
from engine.triage.text import Evidence, Text, is_han

FALLBACK = "general-incident"
NONE = "none"
ACTIVE = 1.0
BASE = 0.1
_LEAST = 8  # Chinese characters of a sentence that reports something
_QUESTION = re.compile(r"(?:吗|呢|几点|多少|哪里|在哪|什么|哪些)[?。!]*$|^(?:请问|问一下|想问|咨询)")


class Match(msgspec.Struct, frozen=True):
    """A playbook that something speaks for."""

    playbook: str
    score: float
    evidence: tuple[Evidence, ...]


def heard(signals: Iterable[Signal], finder: Finder) -> tuple[float, tuple[Evidence, ...]]:
    """The sum of the weights, and the words that it rests on."""
    holding = [found for signal in signals if (found := finder.match(signal)) is not None]
    holding.sort(key=lambda found: (-found.signal.weight, found.places))
    total = 0.0
    used: list[Place] = []
    for found in holding:
        if _rests_on(found, used):
            continue
        used.extend(found.places)
        total += found.signal.weight
    return total, finder.evidence(used)


def _base(text: Text) -> float:
    """BASE for a sentence that reports something."""
    long_enough = sum(map(is_han, text.plain)) >= _LEAST
    return BASE if long_enough and not _QUESTION.search(text.plain) else 0.0


def _rests_on(found: Found, used: list[Place]) -> bool:
    """All its words were counted already."""
    return all(any(a <= start and end <= b for a, b in used) for start, end in found.places)


def rank(text: Text, playbooks: tuple[Playbook, ...], scan: Scan) -> tuple[Match, ...]:
    """The playbooks that something speaks for, best first; `scan`: what occurs."""
    finder = Finder(text, scan.at, FOR_RANK)
    routine = calm(text)
    found = []
    for playbook in playbooks:
        signals = scan.live.get(of_playbook(playbook.id), ())
        if not signals and playbook.id != FALLBACK:
            continue
        points, evidence = heard(signals, finder)
        if playbook.id == FALLBACK:
            points += _base(text)
        score = round(points - routine, 3)
        if score > 0:
            found.append(Match(playbook.id, score, evidence))
    found.sort(key=lambda m: (-m.score, m.playbook == FALLBACK, m.evidence[:1], m.playbook))
    return tuple(found)
