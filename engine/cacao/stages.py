"""The rules of a playbook in an order in which one walk decides each of them once.

A plan in zhiban is a function of the situation; a CACAO workflow is walked from start to end. So what a
condition reads must be settled before it is come to: rules are put into stages by phase, then behind the
steps whose outcomes they read, those named in `after`, and those that find their facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.cacao.variables import facts_of
from engine.literals import Conjunct
from engine.model import PHASES
from engine.ruleset import Ruleset


class Branch(NamedTuple):
    """Something that one stage may do: a step (or another playbook), when one of `conjuncts` holds."""

    name: str
    activates: bool
    phase: str
    rules: tuple[str, ...]
    conjuncts: tuple[Conjunct, ...]
    again: bool  # another stage has it too: it must not be done twice


_Slot = tuple[int, int, int]  # phase, level, round


def stages(ruleset: Ruleset, playbook: str) -> list[list[Branch]]:
    """The stages of a playbook's own rules; what stands in one stage depends on nothing else in it."""
    wants: dict[tuple[str, bool], list[str]] = {}
    for key in ruleset.ranked:
        bound = ruleset.rules[key]
        if bound.playbook == playbook and ruleset.conjuncts[key]:
            for want in bound.rule.do:
                wants.setdefault((want.step, False), []).append(key)
            for name in bound.rule.activate:
                wants.setdefault((name, True), []).append(key)
    pairs = [(*thing, rule) for thing, rules in wants.items() for rule in rules]
    below = _depends(ruleset, pairs)
    slots = _slots(ruleset, pairs, below)
    merged: dict[_Slot, dict[tuple[str, bool], list[str]]] = {}
    count: dict[tuple[str, bool], int] = {}
    for pair in pairs:
        for slot in slots[pair]:
            rules = merged.setdefault(slot, {}).setdefault(pair[:2], [])
            if not rules:
                count[pair[:2]] = count.get(pair[:2], 0) + 1
            rules.append(pair[2])
    return [
        [
            Branch(
                *thing,
                ruleset.rules[rules[0]].rule.phase,
                tuple(rules),
                tuple(dict.fromkeys(conjunct for rule in rules for conjunct in ruleset.conjuncts[rule])),
                count[thing] > 1,
            )
            for thing, rules in merged[slot].items()
        ]
        for slot in sorted(merged)
    ]


_Pair = tuple[str, bool, str]  # step or playbook, whether a playbook, rule


def _depends(ruleset: Ruleset, pairs: list[_Pair]) -> dict[_Pair, set[_Pair]]:
    """Pair → the pairs that must come before it."""
    of: dict[str, list[_Pair]] = {}
    for pair in pairs:
        if not pair[1]:
            of.setdefault(pair[0], []).append(pair)
    below: dict[_Pair, set[_Pair]] = {}
    for pair in pairs:
        read = {item.property for conjunct in ruleset.conjuncts[pair[2]] for item in conjunct}
        steps = {name.split(":", 2)[2] for name in read if name.startswith("o:")}
        below[pair] = {other for step in steps if step != pair[0] for other in of.get(step, ())}
    for pair in pairs:
        facts = facts_of(ruleset.conjuncts[pair[2]], ruleset.facts)
        wished: list[str] = []
        if not pair[1]:
            facts = [*facts, *ruleset.mentioned(pair[0])]
            wished = list(ruleset.steps[pair[0]].after)
        wished += [step for fact in facts for step in ruleset.finders.get(fact, ())]
        for other in (other for step in wished for other in of.get(step, ())):
            # an order that is only wished must not make a circle
            if other[0] != pair[0] and pair not in _reach(below, other):
                below[pair].add(other)
    return below


def _reach(below: dict[_Pair, set[_Pair]], start: _Pair) -> set[_Pair]:
    found: set[_Pair] = set()
    left = [start]
    while left:
        for pair in below[left.pop()]:
            if pair not in found:
                found.add(pair)
                left.append(pair)
    return found


def _slots(ruleset: Ruleset, pairs: list[_Pair], below: dict[_Pair, set[_Pair]]) -> dict[_Pair, list[_Slot]]:
    """Pair → its stages: one; where rules wait for each other in a circle, as many as are in it."""
    reach = {pair: _reach(below, pair) for pair in pairs}
    circle = {pair: frozenset({pair, *(o for o in reach[pair] if pair in reach[o])}) for pair in pairs}
    slot: dict[_Pair, tuple[int, int]] = {}
    # what reaches less comes first: a pair reaches all that it depends on, and its circle the same
    for pair in sorted(pairs, key=lambda pair: (len(reach[pair]), pairs.index(pair))):
        if pair in slot:
            continue
        members = circle[pair]
        phases = [PHASES.index(ruleset.rules[rule].rule.phase) for *_, rule in members]
        lowest = [(max(phases), 0)]
        for other in {other for member in members for other in below[member]} - members:
            phase, level = slot[other]
            lowest.append((phase, level + 1))
        slot.update((member, max(lowest)) for member in members)
    rounds = {pair: range(len(circle[pair])) for pair in pairs}
    return {pair: [(*slot[pair], turn) for turn in rounds[pair]] for pair in pairs}


def steps_of(branches: Iterable[Branch]) -> list[str]:
    """The steps of some branches."""
    return [branch.name for branch in branches if not branch.activates]
