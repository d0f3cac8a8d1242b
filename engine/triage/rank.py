"""How signals combine: the one formula of the ranking.

    score(playbook) = clear + min(1, clues) − calm

clear: the sum of the weights of its signals that hold and weigh 1 or more; clues: of those that weigh
less. A signal counts only if it rests on words that a heavier one of the same playbook has not used
already. calm: the weights of the routine phrases in the text (a drill, a meeting, thanks, a question
about opening hours, 运行平稳); it is the same for all playbooks, so it never changes their order.

Weights: 1 = such words alone make the case, 2 = they outweigh another scenario's, below 1 = a clue.
ACTIVE (1) makes a playbook active, the best one primary. Less than that but more than 0 is thin
evidence: `general-incident`, with the candidates listed. Nothing above 0: no incident. The score of
one playbook never depends on the others; equal scores keep the order: specific before general, then
where the evidence begins, then id.
"""

from __future__ import annotations

import msgspec

from engine.model import Playbook
from engine.triage.calm import calm
from engine.triage.frames import FOR_RANK
from engine.triage.signals import Finder, Found, Place
from engine.triage.text import Evidence, Text

FALLBACK = "general-incident"
NONE = "none"
ACTIVE = 1.0
CLUES_MOST = 1.0


class Match(msgspec.Struct, frozen=True):
    """A playbook that something speaks for."""

    playbook: str
    score: float
    evidence: tuple[Evidence, ...]


def heard(playbook: Playbook, finder: Finder) -> tuple[float, tuple[Evidence, ...]]:
    """clear + min(1, clues), and the words that it rests on."""
    holding = [found for signal in playbook.hear if (found := finder.match(signal)) is not None]
    holding.sort(key=lambda found: (-found.signal.weight, found.places))
    clear = clues = 0.0
    used: list[Place] = []
    for found in holding:
        if _rests_on(found, used):
            continue
        used.extend(found.places)
        if found.signal.weight >= ACTIVE:
            clear += found.signal.weight
        else:
            clues += found.signal.weight
    return clear + min(CLUES_MOST, clues), finder.evidence(used)


def _rests_on(found: Found, used: list[Place]) -> bool:
    """All its words were counted already."""
    return all(any(a < end and start < b for a, b in used) for start, end in found.places)


def rank(text: Text, playbooks: tuple[Playbook, ...]) -> tuple[Match, ...]:
    """The playbooks that something speaks for, best first."""
    finder = Finder(text, FOR_RANK)
    routine = calm(text)
    found = []
    for playbook in playbooks:
        if not playbook.hear:
            continue
        points, evidence = heard(playbook, finder)
        score = round(points - routine, 3)
        if score > 0:
            found.append(Match(playbook.id, score, evidence))
    found.sort(key=lambda m: (-m.score, m.playbook == FALLBACK, m.evidence[0].start, m.playbook))
    return tuple(found)
