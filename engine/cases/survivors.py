"""A fault that no case notices: whether it changes anything at all, and a case that would notice it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.cases.ground import as_given, hearable, simplest
from engine.cases.model import Survivor
from engine.cases.mutants import Mutant, short
from engine.checks.ground import Ground
from engine.diagrams import NO, Node
from engine.model import Condition


def remedy(mutant: Mutant, conditions: Mapping[str, Condition], on: Ground) -> Survivor | None:
    """The fault with a case that would notice it; None when it changes nothing that is to be done."""
    d = on.d
    nodes = {key: d.compile(when) for key, when in conditions.items()} or {mutant.key: NO}
    best: tuple[int, dict[int, int], str, str] | None = None
    for name, activates in _touched(mutant, nodes, on):
        before, after = (_wanted(name, activates, changed, on) for changed in ({}, nodes))
        for word, node in (
            ("not", d.both(after, d.opposite(before))),
            ("wanted", d.both(before, d.opposite(after))),
        ):
            node = hearable(on, node) if node != NO else NO
            if node != NO:
                cost, states = simplest(on, node)
                if best is None or cost <= best[0]:
                    key = {"not": "not_activates", "wanted": "activates"}[word] if activates else word
                    best = cost, states, key, name
    if best is None:
        return None
    _, states, key, name = best
    given = as_given(states, on)
    return Survivor(
        mutant.key, str(mutant.span), mutant.change, f"{{{given}}}", f"{{{key}: [{short(name)}]}}"
    )


def _touched(mutant: Mutant, nodes: Mapping[str, Node], on: Ground) -> list[tuple[str, bool]]:
    """The steps and (True) playbooks that the changed rules ask for."""
    found: dict[tuple[str, bool], None] = {}
    for key in nodes:
        rule = on.ruleset.rules[key].rule
        for want in rule.do:
            if mutant.lost in ("", want.step):
                found[want.step, False] = None
        for name in rule.activate:
            if mutant.lost in ("", name):
                found[name, True] = None
    return list(found)


def _wanted(name: str, activates: bool, changed: Mapping[str, Node], on: Ground) -> Node:
    """Where a step is wanted or a playbook proposed."""
    rules = on.ruleset.activations.get(name, ()) if activates else (r.rule for r in on.ruleset.reasons[name])
    node = NO
    for key in rules:
        node = on.d.either(node, changed.get(key, on.relevance.rule_nodes[key]))
    return node
