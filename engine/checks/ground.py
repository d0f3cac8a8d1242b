"""What checks stand on: the diagrams of some playbooks and what can be the case at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

from engine.diagrams import NO, YES, Node
from engine.matcher import Evaluator
from engine.model import Condition, Finding, Library, Span
from engine.relevance import Relevance
from engine.ruleset import ALWAYS_ON, Ruleset
from engine.words import shown


class Ground:
    """Some playbooks bound and drawn together (usually one, with `always` beside it).

    `further`: bound conditions that are to be drawn as well; their thresholds cut the numbers too.
    """

    def __init__(
        self,
        library: Library,
        active: Sequence[str],
        *,
        durable: bool = True,
        further: Iterable[Condition] = (),
    ) -> None:
        self.library, self.active = library, tuple(active)
        declared = [*library.vocabulary.hall, *(v for p in library.playbooks for v in p.hall)]
        values: dict[str, Any] = {}
        for value in declared:
            if isinstance(value.default, (bool, int, str)):
                values[value.id] = value.default
        self.ruleset = Ruleset(library, active, values)
        self.relevance = Relevance(self.ruleset, further)
        self.d, self.v = self.relevance.diagrams, self.relevance.variables
        self.evaluator = Evaluator(self.ruleset, durable)
        self.durable = durable
        self.compared = 0  # situations that went through every evaluator
        self.rules = [
            b.rule for b in self.ruleset.rules.values() if b.playbook != ALWAYS_ON or ALWAYS_ON in active
        ]
        self.own = [p for p in self.ruleset.playbooks if p.id != ALWAYS_ON or ALWAYS_ON in active]

    def feasible(self, node: Node) -> Node:
        """`node` without what cannot be: outcomes of steps nobody wants, states a fact is never in.

        Only the constraints on what the diagram reads, and on what those read, are joined in: the
        conjunction of all of them would be needlessly large.
        """
        done: set[int] = set()
        while todo := self.d.support(node) - done:
            for index in sorted(todo):
                done.add(index)
                node = self.d.both(node, self._constraint(index))
        return node

    def _constraint(self, index: int) -> Node:
        entry = self.v.all[index]
        if entry.fact:
            fact = self.ruleset.facts[entry.fact]
            if fact.ask or entry.choice:
                return YES
            return self.d.states(index, [*range(self.v.values(entry.fact)), entry.size - 1])
        kind, name = next(outcome for outcome, place in self.v.of_outcome.items() if place == index)
        if name in self.v.of_fact:
            labels = self.v.all[self.v.of_fact[name]].labels
            cause = self.d.states(self.v.of_fact[name], [labels.index("open")] if "open" in labels else [])
        elif kind == "overdue" and name not in self.ruleset.timed:
            cause = NO
        else:
            # it may have happened before what was awaited came about
            cause = self._sometime(self.relevance.wanted.get(name, NO))
        return self.d.either(self.d.states(index, (0,)), cause)

    def _sometime(self, node: Node) -> Node:
        """Where a diagram holds for some value of the awaited facts."""
        for index in self.d.support(node):
            entry = self.v.all[index]
            if entry.fact and self.ruleset.facts[entry.fact].recheck is not None:
                some = NO
                for state in range(entry.size):
                    some = self.d.either(some, self.d.restrict(node, index, state))
                node = some
        return node

    @cached_property
    def settled(self) -> Node:
        """All questions answered; what is known from elsewhere is known."""
        node = self.possible
        for key, index in self.v.of_fact.items():
            fact = self.ruleset.facts[key]
            unasked = self.v.all[index].size - 1
            states = set(range(self.v.all[index].size))
            if fact.ask or fact.known_from:
                states.discard(unasked)
            if fact.recheck is not None and fact.within is None:
                states.discard(unasked - 1)  # without a limit 还没有 is no end: it stays among the clocks
            node = self.d.both(node, self.d.states(index, states))
        return node

    @cached_property
    def possible(self) -> Node:
        """Which states facts can be in at all."""
        node = YES
        for key, index in self.v.of_fact.items():
            fact = self.ruleset.facts[key]
            values = range(self.v.values(key))
            unasked = self.v.all[index].size - 1
            if fact.ask:
                continue
            node = self.d.both(node, self.d.states(index, [*values, unasked]))
        return node

    def shown(
        self,
        level: Any,
        code: str,
        text: str,
        span: Span,
        node: Node,
        help: str,
        about: Collection[int] | None = None,
    ) -> Finding:
        """A finding with a concrete situation in which `node` is true (of the variables `about` only)."""
        found = self.d.witness(node) or {}
        states = {index: state for index, state in found.items() if about is None or index in about}
        situation: list[str] = []
        for index, state in states.items():
            entry = self.v.all[index]
            if entry.fact and not entry.choice:
                fact = self.ruleset.facts[entry.fact]
                answer = self.v.answer(entry.fact, state)
                situation.append(f"{fact.label or fact.ask}：{shown(fact, answer)}")
            elif entry.choice and state == 0:
                situation.append(f"{self.ruleset.facts[entry.fact].label}含 {entry.choice}")
            elif not entry.fact and state == 1:
                situation.append(entry.name)
        return Finding(level, code, text, span, help, tuple(situation))


def short(key: str) -> str:
    """The name that an author wrote."""
    return key.partition(".")[2] or key
