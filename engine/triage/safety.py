"""Danger to life, looked for apart from the ranking: five facts that are only reported.

The words stand in the vocabulary as the `hear` of these facts. An occurrence counts unless it is
denied, asked, supposed, past, settled, part of a drill or a story (frames.py); what is feared counts for
people (怕他跳下去), not for brawls and fires (怕打起来).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from engine.model import All as AllOf
from engine.model import Any as AnyOf
from engine.model import Condition, Fact, Library, Maybe, Not, Playbook, Signal, Test
from engine.triage.frames import FOR_DANGER, Reason, reasons
from engine.triage.index import ALWAYS, Scan
from engine.triage.learned import Reading, Weights, spans
from engine.triage.signals import Finder, Found
from engine.triage.text import Evidence, Text

Kind = Literal["none", "medical", "violence", "fire", "selfharm", "minor_lost"]
# fact → kind, the gravest first: it is the one reported when several hold
KINDS: dict[str, Kind] = {
    "fire": "fire",
    "self_harm": "selfharm",
    "violence": "violence",
    "hurt": "medical",
    "lost_child": "minor_lost",
}
# learned values: words of less weight than 1 need so much beside them; so much alone is an alarm
WEAK = -0.6
ALONE = -0.1
_FEARED_COUNTS: frozenset[Kind] = frozenset({"selfharm", "medical", "minor_lost"})
_THREATS: frozenset[Kind] = frozenset({"selfharm"})  # 要是不办我跳楼: a condition is no supposition


class Safety(msgspec.Struct, frozen=True):
    """What endangers people: the gravest kind, all kinds, the words, and what to do at once."""

    kind: Kind = "none"
    kinds: tuple[Kind, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    do_first: tuple[str, ...] = ()


def danger(text: Text, library: Library, scan: Scan, weights: Weights, reading: Reading) -> Safety:
    """The danger that the text reports; `scan`: what occurs in it, `reading`: what the weights say."""
    facts, at_once = _known(library)
    heard: dict[str, tuple[Evidence, ...]] = {}
    for name, kind in KINDS.items():
        if name in facts:
            signals = scan.live.get((facts[name].key, True), ())
            if signals:
                learned = reading.values.get(f"danger {kind}")
                heard[name] = _named(signals, Finder(text, scan.said, _void(kind), kind), learned)
    if not any(heard.values()):
        heard = _sensed(text, scan, weights, reading)
    kinds: list[Kind] = []
    evidence: list[Evidence] = []
    first: list[str] = []
    for name, found in heard.items():
        if found and name in facts:
            kinds.append(KINDS[name])
            evidence.extend(e for e in found if e not in evidence)
            first.extend(words for words in at_once[name] if words not in first)
    if not kinds:
        return Safety()
    return Safety(kinds[0], tuple(kinds), tuple(sorted(evidence)), tuple(first))


def _named(signals: Iterable[Signal], finder: Finder, learned: float | None) -> tuple[Evidence, ...]:
    """The words of danger that occur and are meant; those of little weight need the weights' support."""
    holding: list[Found] = [
        found
        for signal in signals
        if (signal.weight >= 1 or learned is None or learned >= WEAK)
        and (found := finder.match(signal)) is not None
    ]
    return finder.evidence(place for found in holding for place in found.places)


def _sensed(text: Text, scan: Scan, weights: Weights, reading: Reading) -> dict[str, tuple[Evidence, ...]]:
    """The danger that no word names and that the weights are sure of, if its place is meant."""
    value, name = max((reading.values.get(f"danger {kind}", ALONE - 1), name) for name, kind in KINDS.items())
    if value < ALONE:
        return {}
    kind = KINDS[name]
    finder = Finder(text, scan.said, _void(kind), kind)
    places = spans(weights.shares(text.plain, f"danger {kind}", reading), len(text.plain))
    if any(reasons(text, *place, finder.void, kind) for place in places):
        return {}
    return {name: finder.evidence(places)}


_Steps = dict[str, tuple[str, ...]]
_last: list[tuple[Library, dict[str, Fact], _Steps]] = []


def _known(library: Library) -> tuple[dict[str, Fact], _Steps]:
    """The facts of danger and what to do first, by their names; of the last library they are remembered."""
    if not (_last and _last[0][0] is library):
        always = next((p for p in library.playbooks if p.id == ALWAYS), None)
        facts = (*library.vocabulary.facts, *(always.facts if always else ()))
        known = {name: fact for fact in facts if (name := _name(fact.key)) in KINDS}
        first = {name: do_first(fact.key, always, library) if always else () for name, fact in known.items()}
        _last[:] = [(library, known, first)]
    return _last[0][1:]


def _name(key: str) -> str:
    return key.rpartition(".")[2]


def _void(kind: Kind) -> frozenset[Reason]:
    """The reasons for which words of this kind do not count."""
    void = FOR_DANGER
    if kind in _FEARED_COUNTS:
        void -= {"feared"}
    return void - {"supposed"} if kind in _THREATS else void


def do_first(fact: str, always: Playbook, library: Library) -> tuple[str, ...]:
    """The words of the safety steps that `always` wants when the fact holds."""
    steps = {step.key: step for step in (*library.vocabulary.steps, *always.steps)}
    out: list[str] = []
    for rule in always.rules:
        if rule.phase in ("safety", "control") and _asks_for(rule.when, fact):
            for want in rule.do:
                step = steps.get(want.step)
                words = step.what if step else want.step
                if words not in out:
                    out.append(words)
    return tuple(out)


def _asks_for(when: Condition, fact: str) -> bool:
    """The condition is true when the fact holds and nothing else is known."""
    match when:
        case Test(fact=name, op="in", values=values):
            return name == fact and True in values
        case AnyOf(items=items):
            return any(_asks_for(item, fact) for item in items)
        case AllOf(items=items):
            return bool(items) and all(_asks_for(item, fact) for item in items)
        case Maybe(item=item):
            return _asks_for(item, fact)
        case Not():
            return False
        case _:
            return False
