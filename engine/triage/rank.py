"""How signals and learned weights combine: the one formula of the ranking.

    score(playbook) = 1 + learned(playbook) + TRUST · min(signals, CAP)    for playbooks the weights know
    score(playbook) = signals − calm                                       for others (a hall's own)
    routine         = 1 + learned(none) + TRUST · min(calm, CAP)

signals: the sum of the weights of the playbook's `hear` that hold; one that rests only on words which a
heavier one has used adds nothing. learned: see `learned`. calm: the weights of the routine phrases in
the text (a drill, a meeting, thanks). taught (`taught`): what the hall itself has taught is added to the
score of the playbooks named.

The best score is primary, unless routine is better: then nothing has happened. Beside the primary one
every playbook of ACTIVE or more is active that is at most BEHIND less. The score of a playbook never
depends on the others; equal scores keep the order: specific before general, then where the evidence
begins, then id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from engine.model import Signal
from engine.triage.calm import calm
from engine.triage.frames import FOR_RANK
from engine.triage.index import Owner, Scan
from engine.triage.learned import Reading, Weights, spans
from engine.triage.signals import Finder, Found, Place
from engine.triage.text import Evidence, Text

FALLBACK = "general-incident"
NONE = "none"
ACTIVE = 0.7
BEHIND = 1.3  # how much less than the best one beside it may have
LISTED = 0.15  # what is worth naming as a candidate
TRUST = 0.4
CAP = 1.5
_SILENT = LISTED - 1.01  # a learned value that without signals is worth nothing


class Match(msgspec.Struct, frozen=True):
    """A playbook that something speaks for."""

    playbook: str
    score: float
    evidence: tuple[Evidence, ...]


class Ranking(msgspec.Struct, frozen=True):
    """The playbooks that something speaks for, best first, and how much speaks for routine."""

    matches: tuple[Match, ...]
    routine: float


def heard(signals: Iterable[Signal], finder: Finder) -> tuple[float, list[Found]]:
    """The sum of the weights, and the signals that it is made of."""
    holding = [found for signal in signals if (found := finder.match(signal)) is not None]
    holding.sort(key=lambda found: (-found.signal.weight, found.places))
    counted: list[Found] = []
    used: list[Place] = []
    for found in holding:
        if not _rests_on(found, used):
            used.extend(found.places)
            counted.append(found)
    return sum(found.signal.weight for found in counted), counted


def _rests_on(found: Found, used: list[Place]) -> bool:
    """All its words were counted already."""
    return all(any(a <= start and end <= b for a, b in used) for start, end in found.places)


def combined(learned: float | None, points: float, routine: float) -> float:
    """The formula; `learned`: None where the weights do not know the label."""
    return points - routine if learned is None else 1.0 + learned + TRUST * min(points, CAP)


def rank(
    text: Text,
    owners: Iterable[tuple[str, Owner]],
    scan: Scan,
    weights: Weights,
    reading: Reading,
    taught: Mapping[str, float],
) -> Ranking:
    """Rank playbooks, given by id and owner.

    `scan`: what occurs; `reading`: what the weights say; `taught`: what the hall has taught, by label.
    """
    finder = Finder(text, scan.said, FOR_RANK)
    phrases = calm(text)
    known = reading.values.get(NONE)
    routine = (combined(known, phrases, 0.0) if known is not None else 0.0) + taught.get(NONE, 0.0)
    found = []
    live, values = scan.live, reading.values
    for id, owner in owners:
        signals = live.get(owner, ())
        learned = values.get(id)
        if not signals and (learned is None or learned < _SILENT) and id not in taught:
            continue
        points, counted = heard(signals, finder) if signals else (0.0, [])
        score = round(combined(learned, points, phrases) + taught.get(id, 0.0), 3)
        if score >= LISTED:
            found.append((score, id, counted))
    found.sort(key=lambda entry: (-entry[0], entry[1] == FALLBACK))
    sure = max([ACTIVE, *(score for score, _, _ in found[:1])]) - BEHIND
    matches = [
        Match(id, score, _evidence(text, finder, weights, reading, id, counted, score >= sure))
        for score, id, counted in found
    ]
    matches.sort(key=lambda m: (-m.score, m.playbook == FALLBACK, m.evidence[:1], m.playbook))
    return Ranking(tuple(matches), round(routine, 3))


def _evidence(
    text: Text, finder: Finder, weights: Weights, reading: Reading, id: str, counted: list[Found], sure: bool
) -> tuple[Evidence, ...]:
    """The words of the signals; where there are none, for a good match, the stretches that the weights
    go by."""
    places = [place for found in counted for place in found.places]
    if not places and sure and id in reading.values:
        places = spans(weights.shares(text.plain, id, reading), len(text.plain))
    return finder.evidence(places)
