"""Shortest situations of a diagram, and how many situations it holds in."""

from __future__ import annotations

from engine.checks.ground import Ground
from engine.diagrams import NO, YES, Node


def cheapest(ground: Ground, node: Node) -> dict[int, int]:
    """States of as few variables as make the diagram true, all others unasked or not happened.

    `node` must be satisfiable.
    """
    d = ground.d
    memo: dict[Node, tuple[int, int]] = {}  # node → (cost, state of its variable)

    def cost(a: Node) -> int:
        if a <= YES:
            return 0 if a == YES else 1_000_000
        if a not in memo:
            usual = _usual(ground, d.var[a])
            priced = ((cost(kid) + (state != usual), state) for state, kid in enumerate(d.kids[a]))
            memo[a] = min(priced)
        return memo[a][0]

    cost(node)
    found: dict[int, int] = {}
    while node > YES:
        index, state = d.var[node], memo[node][1]
        if state != _usual(ground, index):
            found[index] = state
        node = d.kids[node][state]
    return found


def _usual(ground: Ground, index: int) -> int:
    """The state of a variable of which nothing is said: unasked, not chosen, not happened."""
    entry = ground.v.all[index]
    return 1 if entry.choice else entry.size - 1 if entry.fact else 0


def count(ground: Ground, node: Node) -> tuple[int, int]:
    """In how many of how many situations a feasible diagram holds, every question answered.

    Numbers count once for each stretch that conditions tell apart; what has no say is left out.
    """
    d = ground.d
    variables = sorted(d.support(node))
    whole = YES
    for index in variables:
        whole = d.both(whole, ground.constraint(index))
        entry = ground.v.all[index]
        if entry.choice:  # nothing is chosen of what is not known
            place = ground.v.of_fact[entry.fact]
            known = d.states(place, range(ground.v.values(entry.fact)))
            whole = d.both(whole, d.either(known, d.states(index, (1,))))
    both = d.both(node, whole)
    variables = sorted({*variables, *d.support(whole)})
    return _count(ground, both, variables), _count(ground, whole, variables)


def _count(ground: Ground, node: Node, variables: list[int]) -> int:
    d = ground.d
    states = [_answered(ground, index) for index in variables]
    memo: dict[tuple[Node, int], int] = {}

    def walk(a: Node, place: int) -> int:
        if a == NO or place == len(variables):
            return int(a != NO)
        key = (a, place)
        if key not in memo:
            here = d.var[a] == variables[place]
            kids = d.kids[a] if here else ()
            memo[key] = (
                sum(walk(kids[state], place + 1) for state in states[place])
                if here
                else len(states[place]) * walk(a, place + 1)
            )
        return memo[key]

    return walk(node, 0)


def _answered(ground: Ground, index: int) -> list[int]:
    """The states of a variable once its question was answered; what is only heard may stay unheard."""
    entry, states = ground.v.all[index], ground.states(index)
    if not entry.fact or entry.choice:
        return states
    fact = ground.ruleset.facts[entry.fact]
    return states[:-1] if fact.ask or fact.known_from else states
