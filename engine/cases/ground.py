"""Which situations count when a playbook is measured: those that can be, told as simply as can be."""

from __future__ import annotations

from collections.abc import Mapping

from engine.cases.mutants import short
from engine.checks.ground import Ground
from engine.diagrams import NO, YES, Node

_COSTS = {"unasked": 0, "not yet": 0, "unsure": 4, "open": 4}
_DEAR = 1_000_000


def hearable(on: Ground, node: Node) -> Node:
    """The feasible part of `node`, in one moment and with answers that somebody gives.

    What was waited for too long is still open (an answer ends the wait), and a fact that is only heard of
    has the values that its words tell.
    """
    node = on.feasible(node)
    for (kind, name), index in on.v.of_outcome.items():
        fact_index = on.v.of_fact.get(name)
        if kind == "overdue" and fact_index is not None and index in on.d.support(node):
            still = on.d.states(fact_index, [on.v.all[fact_index].labels.index("open")])
            node = on.d.both(node, on.d.either(on.d.states(index, (0,)), still))
    for index in on.d.support(node):
        entry = on.v.all[index]
        fact = on.ruleset.facts.get(entry.fact)
        if fact is None or entry.choice or fact.ask or fact.known_from or fact.kind in ("number", "many"):
            continue
        told = [heard.value for heard in fact.hear]
        states = [i for i, label in enumerate(entry.labels) if label in told or label == "unasked"]
        node = on.d.both(node, on.d.states(index, states))
    return node


def simplest(on: Ground, node: Node) -> tuple[int, dict[int, int]]:
    """(cost, states of variables) of the situation with the least to tell in which `node` is true."""
    best: dict[Node, tuple[int, int]] = {NO: (_DEAR, -1), YES: (0, -1)}

    def walk(a: Node) -> int:
        if a not in best:
            labels = on.v.all[on.d.var[a]].labels
            costs = [walk(kid) + _cost(label) for kid, label in zip(on.d.kids[a], labels, strict=True)]
            least = min(costs)
            best[a] = least, costs.index(least)
        return best[a][0]

    cost = walk(node)
    found: dict[int, int] = {}
    while node > YES:
        state = best[node][1]
        found[on.d.var[node]] = state
        node = on.d.kids[node][state]
    return cost, found


def _cost(label: object) -> int:
    # of a yes/no choice of a many-fact, not choosing is the simpler one as well
    return _COSTS.get(label, 2) if isinstance(label, str) else 3 if label is True else 2


def as_given(states: Mapping[int, int], on: Ground) -> str:
    """A situation as the `given` of a case."""
    facts: dict[str, str] = {}
    many: dict[str, list[str]] = {}
    clock: dict[str, str] = {}
    outcomes: dict[str, str] = {}
    for index, state in states.items():
        entry = on.v.all[index]
        label = entry.labels[state]
        if not entry.fact:
            if state:
                kind, name = next(outcome for outcome, place in on.v.of_outcome.items() if place == index)
                outcomes[short(name)] = kind
        elif entry.choice:
            if label is True:
                many.setdefault(short(entry.fact), []).append(entry.choice)
        elif label != "unasked":
            fact = on.ruleset.facts[entry.fact]
            if fact.kind == "many" and label == "known":
                many.setdefault(short(entry.fact), [])
                continue
            answer = on.v.answer(entry.fact, state)
            assert answer is not None
            said = {"unsure": "说不清", "open": "还没有"}.get(answer.state) or _value(answer.value)
            (clock if fact.known_from else facts)[short(entry.fact)] = said
    facts |= {name: f"[{', '.join(chosen)}]" for name, chosen in many.items()}
    parts = [f"{name}: {said}" for name, said in facts.items()]
    for name, group in (("clock", clock), ("outcomes", outcomes)):
        if group:
            parts.append(f"{name}: {{{', '.join(f'{key}: {said}' for key, said in group.items())}}}")
    return ", ".join(parts)


def _value(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
