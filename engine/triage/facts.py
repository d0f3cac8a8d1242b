"""Facts that a sentence reports, by their `hear` words."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.model import Fact, Scalar
from engine.triage.frames import FOR_FACTS
from engine.triage.signals import Finder, Found
from engine.triage.text import Evidence, Text, normalise


class HeardFact(msgspec.Struct, frozen=True):
    """A fact with the value reported. A `many` fact appears once for every value."""

    fact: str
    value: Scalar
    evidence: tuple[Evidence, ...]


def heard_facts(text: str, facts: Iterable[Fact]) -> tuple[HeardFact, ...]:
    """What the sentence says about the facts, in their order; denied and asked words do not count."""
    return facts_in(normalise(text), facts)


def facts_in(text: Text, facts: Iterable[Fact]) -> tuple[HeardFact, ...]:
    """`heard_facts` of a text that is normalised already."""
    finder = Finder(text, FOR_FACTS)
    out: list[HeardFact] = []
    seen: set[str] = set()
    for fact in facts:
        if fact.key not in seen and fact.hear:
            seen.add(fact.key)
            out.extend(_values(fact, finder))
    return tuple(out)


def _values(fact: Fact, finder: Finder) -> list[HeardFact]:
    """Every value of a `many` fact; else the one with the most weight, none if two are equal."""
    found: list[tuple[float, HeardFact]] = []
    for option in fact.hear:
        holding: list[Found] = [f for signal in option.signals if (f := finder.match(signal)) is not None]
        if holding:
            weight = sum(f.signal.weight for f in holding)
            evidence = finder.evidence(place for f in holding for place in f.places)
            found.append((weight, HeardFact(fact.key, option.value, evidence)))
    if fact.kind == "many" or len(found) < 2:
        return [heard for _, heard in found]
    found.sort(key=lambda pair: -pair[0])
    return [] if found[0][0] == found[1][0] else [found[0][1]]
