"""Multi-valued decision diagrams: which answers can still change what is to be done.

A node is a number; 0 and 1 are the leaves. Every other node has a variable and one child per state
of that variable. Nodes are shared (hash-consed) and reduced: two diagrams are equal exactly when
their numbers are. Variables are facts (one child per distinguishable value, 说不清, 还没有 for
awaited ones, unasked) and outcomes (not yet, happened).
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.model import All, Any, Condition, Happened, Known, Maybe, Not, Scalar, Test
from engine.variables import Variables

Node = int
NO: Node = 0
YES: Node = 1


class Diagrams:
    """A store of shared nodes over `variables`, and the operations on them."""

    def __init__(self, variables: Variables) -> None:
        self.variables = variables
        self.var: list[int] = [len(variables.all), len(variables.all)]
        self.kids: list[tuple[Node, ...]] = [(), ()]
        self._unique: dict[tuple[int, tuple[Node, ...]], Node] = {}
        # conjunction and disjunction are written out twice: this is where a check spends its time
        self._both: dict[tuple[Node, Node], Node] = {}
        self._either: dict[tuple[Node, Node], Node] = {}
        self._opposite: dict[Node, Node] = {NO: YES, YES: NO}

    def node(self, variable: int, kids: tuple[Node, ...]) -> Node:
        """The node with these children; the child itself when all are the same."""
        first = kids[0]
        if kids.count(first) == len(kids):
            return first
        key = (variable, kids)
        found = self._unique.get(key)
        if found is None:
            found = self._unique[key] = len(self.var)
            self.var.append(variable)
            self.kids.append(kids)
        return found

    def forget(self, kept: int, most: int) -> None:
        """Drop all nodes but the first `kept` when there are more than `most` others.

        No node made since may be in use any more.
        """
        if len(self.var) <= kept + most:
            return
        del self.var[kept:], self.kids[kept:]
        self._unique = {key: node for key, node in self._unique.items() if node < kept}
        self._both.clear()
        self._either.clear()
        self._opposite = {a: b for a, b in self._opposite.items() if a < kept and b < kept}

    def choose(self, variable: int, kids: tuple[Node, ...]) -> Node:
        """Like `node`, for children that may read variables which sort before this one."""
        var = self.var
        if min([var[kid] for kid in kids]) > variable:
            return self.node(variable, kids)
        result = NO
        for kid in dict.fromkeys(kids):
            chosen = self.states(variable, (i for i, other in enumerate(kids) if other == kid))
            result = self.either(result, self.both(chosen, kid))
        return result

    def states(self, variable: int, holding: Iterable[int]) -> Node:
        """True in the given states of a variable."""
        kids = [NO] * self.variables.all[variable].size
        for state in holding:
            kids[state] = YES
        return self.node(variable, tuple(kids))

    def both(self, a: Node, b: Node) -> Node:
        """a ∧ b."""
        if a <= YES:
            return b if a else NO
        if b <= YES:
            return a if b else NO
        if a == b:
            return a
        if a > b:
            a, b = b, a
        found = self._both.get((a, b))
        if found is None:
            both, one, other = self.both, self.var[a], self.var[b]
            if one == other:
                kids = tuple(map(both, self.kids[a], self.kids[b]))
            elif one < other:
                kids = tuple([both(kid, b) for kid in self.kids[a]])
            else:
                kids = tuple([both(a, kid) for kid in self.kids[b]])
            found = self._both[a, b] = self.node(min(one, other), kids)
        return found

    def opposite(self, a: Node) -> Node:
        """¬a."""
        found = self._opposite.get(a)
        if found is None:
            found = self.node(self.var[a], tuple(map(self.opposite, self.kids[a])))
            self._opposite[a], self._opposite[found] = found, a
        return found

    def either(self, a: Node, b: Node) -> Node:
        """a ∨ b."""
        if a <= YES:
            return YES if a else b
        if b <= YES:
            return YES if b else a
        if a == b:
            return a
        if a > b:
            a, b = b, a
        found = self._either.get((a, b))
        if found is None:
            either, one, other = self.either, self.var[a], self.var[b]
            if one == other:
                kids = tuple(map(either, self.kids[a], self.kids[b]))
            elif one < other:
                kids = tuple([either(kid, b) for kid in self.kids[a]])
            else:
                kids = tuple([either(a, kid) for kid in self.kids[b]])
            found = self._either[a, b] = self.node(min(one, other), kids)
        return found

    def compile(self, condition: Condition) -> Node:
        """Where a bound condition is true."""
        return self._pair(condition)[0]

    def _pair(self, condition: Condition) -> tuple[Node, Node]:
        """Where a condition is true, and where it is false; undecided is neither."""
        match condition:
            case All():
                pairs = [self._pair(item) for item in condition.items]
                true, false = YES, NO
                for t, f in pairs:
                    true, false = self.both(true, t), self.either(false, f)
                return true, false
            case Any():
                pairs = [self._pair(item) for item in condition.items]
                true, false = NO, YES
                for t, f in pairs:
                    true, false = self.either(true, t), self.both(false, f)
                return true, false
            case Not():
                true, false = self._pair(condition.item)
                return false, true
            case Maybe():
                _, false = self._pair(condition.item)
                return self.opposite(false), false
            case Happened():
                index = self.variables.of_outcome[condition.kind, condition.name]
                return self.states(index, (1,)), self.states(index, (0,))
            case Known():
                index = self.variables.of_fact[condition.fact]
                values = self.variables.values(condition.fact)
                unasked = self.variables.all[index].size - 1
                return self.states(index, range(values)), self.states(index, range(values, unasked))
            case Test():
                return self._test(condition)

    def _test(self, test: Test) -> tuple[Node, Node]:
        fact = self.variables.facts[test.fact]
        index = self.variables.of_fact[test.fact]
        values = range(self.variables.values(test.fact))
        known = self.states(index, values)
        if fact.kind == "many":
            chosen = NO
            for choice in test.values:
                chosen = self.either(
                    chosen, self.states(self.variables.of_choice[test.fact, str(choice)], (0,))
                )
            return self.both(known, chosen), self.both(known, self.opposite(chosen))
        if fact.kind == "number":
            passing = {state for state in values if _holds(test, self._value(test.fact, state))}
        else:
            labels = self.variables.all[index].labels
            passing = {
                state
                for state in values
                if any(labels[state] is v or labels[state] == v for v in test.values)
            }
        return self.states(index, passing), self.states(index, set(values) - passing)

    def _value(self, key: str, state: int) -> Scalar:
        """A number of a cell: its lower bound (the cell below the first cut: just under it)."""
        cuts = self.variables.cuts[key]
        return cuts[state - 1] if state else cuts[0] - 1 if cuts else 0

    def restrict(self, a: Node, variable: int, state: int, memo: dict[Node, Node] | None = None) -> Node:
        """`a` with a variable fixed."""
        if self.var[a] > variable:
            return a
        if self.var[a] == variable:
            return self.kids[a][state]
        memo = {} if memo is None else memo
        found = memo.get(a)
        if found is None:
            kids = [self.restrict(kid, variable, state, memo) for kid in self.kids[a]]
            found = memo[a] = self.node(self.var[a], tuple(kids))
        return found

    def support(self, a: Node) -> set[int]:
        """The variables that `a` depends on."""
        seen: set[Node] = set()
        found: set[int] = set()
        stack = [a]
        while stack:
            node = stack.pop()
            if node > YES and node not in seen:
                seen.add(node)
                found.add(self.var[node])
                stack.extend(self.kids[node])
        return found

    def witness(self, a: Node) -> dict[int, int] | None:
        """States of variables for which `a` is true, None when there are none."""
        if a == NO:
            return None
        found: dict[int, int] = {}
        while a != YES:
            kids = self.kids[a]
            state = next(index for index, kid in enumerate(kids) if kid != NO)
            found[self.var[a]] = state
            a = kids[state]
        return found


def _holds(test: Test, value: Scalar) -> bool:
    assert isinstance(value, int)
    if test.op == "in":
        return value in test.values
    bound = test.values[0]
    assert isinstance(bound, int)
    return {"lt": value < bound, "lte": value <= bound, "gt": value > bound, "gte": value >= bound}[test.op]
