"""Every distinguishable state of a playbook or combination, by dynamic programming over what is left.

A state is the set of residual diagrams that are still undecided: two situations that leave the same
questions with the same consequences are one state. Where a state falls into parts that share no
fact, the parts are explored apart and their numbers multiplied. Steps are taken as done as soon as
they are wanted; single deviations (blocked, overdue, left open) are the business of `checks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine.conditions import Answer, Situation
from engine.diagrams import NO, YES, Node
from engine.relevance import Relevance
from engine.ruleset import Ruleset

LIMIT = 20_000  # states of one component; beyond it the rest is reported as unexplored


class Walks(NamedTuple):
    """Numbers of one component: paths, and the fewest and most questions on a path."""

    paths: int
    shortest: int
    longest: int


class Explored(NamedTuple):
    """What was found: visited states, walks, whether the limit cut it short, evaluator differences."""

    states: int
    walks: Walks
    complete: bool
    differences: list[str]


Part = frozenset[tuple[Node, int]]  # (residual diagram, phase)
Compare = Callable[[Situation], str]  # "" when all evaluators agree


class Closure:
    """Diagrams over facts alone: outcomes replaced by what brings them about.

    `blocked`, `overdue`: the one step that deviates. Everything else that is wanted gets done; an
    awaited fact that is left open becomes overdue only when it `has_limit` and `late` is set.
    """

    def __init__(
        self, relevance: Relevance, *, blocked: str = "", overdue: str = "", late: bool = False
    ) -> None:
        self._r, self._d = relevance, relevance.diagrams
        self._blocked, self._overdue, self._late = blocked, overdue, late
        self._memos: dict[frozenset[str], dict[Node, Node]] = {}
        self._steps: dict[str, Node] = {}
        self._entered: frozenset[str] = frozenset()
        self._entry, self._memo = self._entered, self._memos.setdefault(self._entered, {})
        self.consulted: set[str] = set()  # whose outcomes were looked at
        variables = relevance.variables
        self._outcome = {index: outcome for outcome, index in variables.of_outcome.items()}

    def wanted(self, step: str) -> Node:
        """Where a step is wanted."""
        found = self._steps.get(step)
        if found is None:
            if step in self._entered:
                return NO  # a step cannot be the first cause of itself
            outer, self._entered = self._entered, self._entered | {step}
            found = self.of(self._r.wanted.get(step, NO))
            self._entered = outer
            if not outer:  # inside another step's causes it may lack that step
                self._steps[step] = found
        return found

    def of(self, node: Node) -> Node:
        """A diagram with its outcomes replaced."""
        if node <= YES:
            return node
        if self._entered is not self._entry:
            self._entry, self._memo = self._entered, self._memos.setdefault(self._entered, {})
        memo = self._memo
        found = memo.get(node)
        if found is None:
            d = self._d
            outcome = self._outcome.get(d.var[node])
            if outcome is None:
                found = d.choose(d.var[node], tuple([self.of(kid) for kid in d.kids[node]]))
            else:
                no, yes = (self.of(kid) for kid in d.kids[node])
                when = self._brought_about(*outcome)
                found = d.either(d.both(when, yes), d.both(d.opposite(when), no))
            memo[node] = found
        return found

    def _brought_about(self, kind: str, name: str) -> Node:
        self.consulted.add(name)
        variables = self._r.variables
        if name in variables.of_fact and kind == "overdue":
            fact = variables.facts[name]
            if not (self._late and fact.recheck and fact.within):
                return NO
            index = variables.of_fact[name]
            return self._d.states(index, (variables.all[index].labels.index("open"),))
        if kind == "done":
            return NO if name == self._blocked else self.wanted(name)
        if kind == "blocked":
            return self.wanted(name) if name == self._blocked else NO
        if kind == "overdue":
            return self.wanted(name) if name == self._overdue else NO
        return NO


def explore(ruleset: Ruleset, relevance: Relevance, compare: Compare | None = None) -> Explored:
    """Walk every distinguishable state of the active playbooks.

    `compare` is called with a concrete situation of every state visited.
    """
    return _Exploration(ruleset, relevance, compare).run()


class _Exploration:
    def __init__(self, ruleset: Ruleset, relevance: Relevance, compare: Compare | None) -> None:
        self.ruleset, self.relevance, self.compare = ruleset, relevance, compare
        self.d, self.v = relevance.diagrams, relevance.variables
        self.closure = Closure(relevance)
        self.memo: dict[Part, Walks] = {}
        self.restricted: dict[tuple[int, int], dict[Node, Node]] = {}
        self.complete = True
        self.differences: list[str] = []
        self.place = {key: index for index, key in enumerate(ruleset.order)}
        self.supports: dict[Node, frozenset[int]] = {}
        self.masks: dict[Node, int] = {NO: 0, YES: 0}

    def run(self) -> Explored:
        items = set()
        facts = self.ruleset.facts
        heard = {i for key, i in self.v.of_fact.items() if not facts[key].ask and not facts[key].known_from}
        for item in self.relevance.items.values():
            node = self.closure.of(item.node)
            for index in sorted(heard & self.support(node)):
                node = self.fix(node, index, self.v.all[index].size - 1)  # heard only: not heard
            items.add((self.answered(node), item.phase))
        whole = frozenset((node, phase) for node, phase in items if node > YES)
        walks = self.split(whole, {})
        return Explored(len(self.memo) + 1, walks, self.complete, self.differences)

    def answered(self, node: Node) -> Node:
        """Without the unasked state of facts that are asked or known from elsewhere."""
        memo: dict[Node, Node] = {}

        def walk(a: Node) -> Node:
            if a <= YES:
                return a
            if a not in memo:
                kids = [walk(kid) for kid in self.d.kids[a]]
                if not self.v.all[self.d.var[a]].choice:
                    kids[-1] = kids[0]
                memo[a] = self.d.node(self.d.var[a], tuple(kids))
            return memo[a]

        return walk(node)

    def fix(self, node: Node, variable: int, state: int) -> Node:
        memo = self.restricted.setdefault((variable, state), {})
        return self.d.restrict(node, variable, state, memo)

    def support(self, node: Node) -> frozenset[int]:
        if node not in self.supports:
            self.supports[node] = frozenset(self.d.support(node))
        return self.supports[node]

    def split(self, part: Part, known: dict[int, int]) -> Walks:
        """Explore the components of a state apart and put their numbers together."""
        groups: list[tuple[int, list[tuple[Node, int]]]] = []
        for pair in part:
            facts, members = self.facts(pair[0]), [pair]
            rest = []
            for group in groups:
                if group[0] & facts:
                    facts |= group[0]
                    members += group[1]
                else:
                    rest.append(group)
            groups = [*rest, (facts, members)]
        paths, shortest, longest = 1, 0, 0
        for _, members in groups:
            walks = self.part(frozenset(members), known)
            paths, shortest, longest = paths * walks.paths, shortest + walks.shortest, longest + walks.longest
        return Walks(paths, shortest, longest)

    def facts(self, node: Node) -> int:
        """The facts that a diagram reads, as bits; all variables of one fact belong together."""
        found = self.masks.get(node)
        if found is None:
            found = 1 << self.v.of_fact[self.v.all[self.d.var[node]].fact]
            for kid in self.d.kids[node]:
                found |= self.facts(kid)
            self.masks[node] = found
        return found

    def part(self, part: Part, known: dict[int, int]) -> Walks:
        found = self.memo.get(part)
        if found is not None:
            return found
        if len(self.memo) >= LIMIT:
            self.complete = False
            return Walks(1, 0, 0)
        self.memo[part] = Walks(1, 0, 0)
        if self.compare is not None and (difference := self.compare(self.situation(known))):
            self.differences.append(difference)
        variable = self.choose(part)
        entry = self.v.all[variable]
        branches = entry.size if entry.choice else entry.size - 1
        fact = self.ruleset.facts[entry.fact]
        if fact.known_from and not fact.ask:
            branches = self.v.values(entry.fact)
        # the choices of a `many` fact are one question, what the clock knows is none
        cost = 0 if entry.choice or fact.known_from else 1
        results = []
        for state in range(branches):
            left = {(self.fix(node, variable, state), phase) for node, phase in part}
            rest = frozenset((node, phase) for node, phase in left if node > YES)
            results.append(self.split(rest, {**known, variable: state}))
        walks = Walks(
            sum(walk.paths for walk in results),
            cost + min(walk.shortest for walk in results),
            cost + max(walk.longest for walk in results),
        )
        self.memo[part] = walks
        return walks

    def choose(self, part: Part) -> int:
        """The next question, as the planner would order it; the choices of a fact follow its state."""
        best: tuple[int, int, int] | None = None
        for node, phase in part:
            for index in self.support(node):
                rank = (phase, self.place[self.v.all[index].fact], index)
                if best is None or rank < best:
                    best = rank
        assert best is not None
        return best[2]

    def situation(self, known: dict[int, int]) -> Situation:
        """A concrete situation of a state, with everything wanted done."""
        return concrete(self.ruleset, self.relevance, known)


def concrete(
    ruleset: Ruleset,
    relevance: Relevance,
    states: dict[int, int],
    extra: frozenset[tuple[str, str]] = frozenset(),
) -> Situation:
    """A situation in which the variables have the given states; what is wanted counts as done.

    `extra`: outcomes that hold besides (blocked, overdue …); a blocked step is not done.
    """
    variables = relevance.variables
    facts: dict[str, Answer] = {}
    for index, state in states.items():
        entry = variables.all[index]
        if not entry.fact:
            continue
        if entry.choice:
            if state == 0:
                before = facts.get(entry.fact)
                chosen = (
                    before.value
                    if before is not None and isinstance(before.value, frozenset)
                    else frozenset()
                )
                facts[entry.fact] = Answer("known", chosen | {entry.choice})
        elif entry.fact not in facts:
            answer = variables.answer(entry.fact, state)
            if answer is not None:
                facts[entry.fact] = answer
    happened = set(extra)
    blocked = {name for kind, name in extra if kind == "blocked"}
    while True:
        holding = ruleset.holding(Situation(facts, happened))
        done = {("done", want.step) for key in holding for want in ruleset.rules[key].rule.do}
        more = {outcome for outcome in done if outcome[1] not in blocked} - happened
        if not more:
            return Situation(facts, happened)
        happened |= more
