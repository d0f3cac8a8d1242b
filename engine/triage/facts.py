"""Facts that a sentence reports, by their `hear` words."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.model import Fact, Scalar
from engine.triage.frames import FOR_FACTS
from engine.triage.index import Scan, Signals
from engine.triage.signals import Finder, Found
from engine.triage.text import Evidence, Text, normalise


class HeardFact(msgspec.Struct, frozen=True):
    """A fact with the value reported. A `many` fact appears once for every value."""

    fact: str
    value: Scalar
    evidence: tuple[Evidence, ...]


def heard_facts(text: str, facts: Iterable[Fact]) -> tuple[HeardFact, ...]:
    """What the sentence says about the facts, in their order; denied and asked words do not count."""
    read, known = normalise(text), tuple(facts)
    return facts_in(read, known, Signals((), known).scan(read.plain))


def facts_in(text: Text, facts: Iterable[Fact], scan: Scan) -> tuple[HeardFact, ...]:
    """`heard_facts` of a text that is normalised already; `scan`: what occurs in it."""
    finder = Finder(text, scan.said, FOR_FACTS)
    out: list[HeardFact] = []
    spoken = {key for key, _ in scan.live}
    seen: set[str] = set()
    for fact in facts:
        if fact.key in spoken and fact.key not in seen:
            seen.add(fact.key)
            out.extend(_values(fact, finder, scan))
    return tuple(out)


def _values(fact: Fact, finder: Finder, scan: Scan) -> list[HeardFact]:
    """Every value of a `many` fact; else the one with the most weight, none if two are equal."""
    found: list[tuple[float, HeardFact]] = []
    for option in fact.hear:
        signals = scan.live.get((fact.key, option.value), ())
        holding: list[Found] = [f for signal in signals if (f := finder.match(signal)) is not None]
        if holding:
            weight = sum(f.signal.weight for f in holding)
            evidence = finder.evidence(place for f in holding for place in f.places)
            found.append((weight, HeardFact(fact.key, option.value, evidence)))
    if fact.kind == "many" or len(found) < 2:
        return [heard for _, heard in found]
    found.sort(key=lambda pair: -pair[0])
    return [] if found[0][0] == found[1][0] else [found[0][1]]
