"""Why triage ranks as it does (`zhiban triage --explain`): the parts of every score, and what is void."""

from __future__ import annotations

import msgspec

from engine.model import Library
from engine.triage.calm import calm
from engine.triage.frames import FOR_DANGER, FOR_RANK, reasons
from engine.triage.index import of_playbook, signals_of
from engine.triage.learned import SILENT, shipped
from engine.triage.rank import CAP, NONE, TRUST, combined, heard
from engine.triage.safety import KINDS
from engine.triage.signals import Finder
from engine.triage.taught import own
from engine.triage.text import normalise, tells

_MOST = 5  # stretches named for each score
REASONS = {
    "negated": "否定", "asked": "疑问", "supposed": "假设", "feared": "担心", "past": "过去的事",
    "settled": "已了结", "drill": "演练、培训", "fiction": "转述", "figure": "比喻",
}  # fmt: skip


class Part(msgspec.Struct, frozen=True):
    """Words and what they add."""

    words: tuple[str, ...]
    adds: float


class Reasoning(msgspec.Struct, frozen=True):
    """One score and its parts, by the formula of `rank`; `learned`: None where the weights do not know it."""

    label: str
    score: float
    learned: float | None
    bias: float
    signals: tuple[Part, ...]
    stretches: tuple[Part, ...]  # that add or take most, by the weights
    taught: float


class Void(msgspec.Struct, frozen=True):
    """A word of danger that occurs and does not count."""

    kind: str
    word: str
    reason: str


class Why(msgspec.Struct, frozen=True):
    """All scores, best first, and the words of danger that do not count."""

    scores: tuple[Reasoning, ...]
    void: tuple[Void, ...]


def explain(text: str, library: Library, most: int = 5) -> Why:
    """The parts of the best scores for a text, routine among them."""
    read = normalise(text)
    scan, weights = signals_of(library).scan(read.plain), shipped()
    reading = weights.read(read.plain) if tells(read.plain) else SILENT
    lessons, finder, phrases = own().about(read.plain), Finder(read, scan.said, FOR_RANK), calm(read)
    found = []
    for label in (*(p.id for p in library.playbooks), NONE):
        learned = reading.values.get(label)
        points, counted = heard(scan.live.get(of_playbook(label), ()), finder)
        if label == NONE:
            points = phrases
        if not (counted or points or learned is not None or label in lessons):
            continue
        parts = [Part(tuple(e.text for e in finder.evidence(f.places)), f.signal.weight) for f in counted]
        shares = weights.shares(read.plain, label, reading) if learned is not None else []
        shares = sorted((s for s in shares if s[2] > s[1]), key=lambda s: (-abs(s[0]), s[1]))[:_MOST]
        stretches = tuple(Part((read.cut(start, end).text,), round(share, 2)) for share, start, end in shares)
        taught = lessons.get(label, 0.0)
        score = round(combined(learned, points, 0.0 if label == NONE else phrases) + taught, 3)
        bias = dict(zip(weights.head.labels, weights.head.bias, strict=True)).get(label, 0.0)
        found.append(Reasoning(label, score, learned, bias, tuple(parts), stretches, taught))
    found.sort(key=lambda r: -r.score)
    return Why(tuple(found[:most]), tuple(_void(text, library)))


def _void(text: str, library: Library) -> list[Void]:
    """Words of danger with the reason why they do not count."""
    read = normalise(text)
    scan, out = signals_of(library).scan(read.plain), []
    for fact in library.vocabulary.facts:
        kind = KINDS.get(fact.key)
        if kind is None:
            continue
        for signal in scan.live.get((fact.key, True), ()):
            for start, end in Finder(read, scan.said, frozenset()).any_place(signal.groups[0]):
                reason = reasons(read, start, end, FOR_DANGER, kind)
                found = Void(kind, read.cut(start, end).text, reason or "")
                if reason and found not in out:
                    out.append(found)
    return out


__all__ = ["CAP", "REASONS", "TRUST", "Part", "Reasoning", "Void", "Why", "explain"]
