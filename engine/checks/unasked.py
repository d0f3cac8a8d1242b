"""Findings about steps that wait for an answer which nobody will ask for.

A question is put only while two of its answers still lead to different plans. A step that comes
whatever the answer, but only once there is one, therefore never comes where nothing else hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.checks.ground import EVERYWHERE, Ground
from engine.checks.written import short
from engine.diagrams import NO, YES, Node
from engine.explore import Closure
from engine.model import Fact, Finding, Rule
from engine.relevance import Item


class _Answered(NamedTuple):
    """Where something is wanted whatever a fact's answer, by some answers only, and without one."""

    always: Node
    by_some: Node
    without: Node


def unasked(on: Ground) -> Iterator[Finding]:
    """Steps and activations that only an answer brings about, any answer, which is never asked for."""
    closure = Closure(on.relevance, late=True)
    nodes = {name: closure.of(item.node) for name, item in on.relevance.items.items()}
    for key, index in on.v.of_fact.items():
        fact = on.ruleset.facts[key]
        if fact.ask and fact.when is None and not fact.known_from:
            yield from _lost(on, fact, index, nodes)


def _lost(on: Ground, fact: Fact, index: int, nodes: dict[str, Node]) -> Iterator[Finding]:
    d = on.d
    choices = [choice for (key, _), choice in on.v.of_choice.items() if key == fact.key]
    turned = {
        name: _answered(on, node, index, choices)
        for name, node in nodes.items()
        if d.support(node) & {index, *choices}
    }
    asked = NO  # where the answer makes a difference, or some words need it
    for answered in turned.values():
        asked = d.either(asked, answered.by_some)
    for step in on.ruleset.reasons:
        if fact.key in on.ruleset.mentioned(step):
            asked = d.either(asked, d.restrict(nodes[step], index, on.v.all[index].size - 1))
    others = _others_answered(on, index)
    for name, answered in turned.items():
        lost = d.both(d.both(answered.always, d.opposite(answered.without)), d.opposite(asked))
        if lost == NO or (lost := d.both(lost, others)) == NO:
            continue
        item = on.relevance.items[name]
        rule = next((rule for rule in on.rules if _brings(rule, item)), None)
        if rule is None:  # of a playbook that is not being checked
            continue
        what = f"剧本 `{item.name}` 都要启动" if item.activates else f"步骤 `{short(item.name)}` 都要做"
        text = f"事实 `{short(fact.key)}` 怎么回答，{what}，程序就不去问；可是没有回答，又轮不到它"
        help = "怎么回答都要做的，从条件里去掉这个事实；不然就让不同的回答做不同的事"
        about = frozenset().union(*(d.support(nodes[other]) for other in turned)) - {index, *choices}
        yield Finding("error", "never-asked", text, rule.span, help, on.situation(lost, about) or EVERYWHERE)


def _brings(rule: Rule, item: Item) -> bool:
    if item.activates:
        return item.name in rule.activate
    return any(want.step == item.name for want in rule.do)


def _answered(on: Ground, node: Node, index: int, choices: Sequence[int]) -> _Answered:
    d = on.d
    always, some = YES, NO
    unasked = on.v.all[index].size - 1
    for state in range(unasked):
        least = most = d.restrict(node, index, state)
        for choice in choices:
            least = d.both(d.restrict(least, choice, 0), d.restrict(least, choice, 1))
            most = d.either(d.restrict(most, choice, 0), d.restrict(most, choice, 1))
        always, some = d.both(always, least), d.either(some, most)
    return _Answered(always, d.both(some, d.opposite(always)), d.restrict(node, index, unasked))


def _others_answered(on: Ground, index: int) -> Node:
    """All other questions answered: what the officer may also have said of his own accord."""
    node = YES
    for key, other in on.v.of_fact.items():
        fact = on.ruleset.facts[key]
        states = set(on.states(other))
        if fact.ask or fact.known_from:
            states.discard(on.v.all[other].size - 1)
        if other != index:
            node = on.d.both(node, on.d.states(other, states))
    return node
