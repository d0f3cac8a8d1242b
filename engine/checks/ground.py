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

EVERYWHERE = ("任何情况",)
OUTCOMES = {"done": "办成了", "blocked": "办不成", "overdue": "超时了", "handed": "交代了"}


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
        self._outcome = {index: outcome for outcome, index in self.v.of_outcome.items()}
        self._causes: dict[int, Node] = {}  # outcome → where it can have come about
        self.evaluator = Evaluator(self.ruleset, durable)
        self.durable = durable
        self.compared = 0  # situations that went through every evaluator
        self.differing: list[list[str]] = []  # those on which evaluators disagreed
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
                node = self.d.both(node, self.constraint(index))
        return node

    def constraint(self, index: int) -> Node:
        """Where a variable is in a state that can be."""
        entry = self.v.all[index]
        if not entry.fact:
            return self.d.either(self.d.states(index, (0,)), self._cause(index))
        return self.d.states(index, self.states(index))

    def states(self, index: int) -> list[int]:
        """The states that a variable can be in: of a fact that nobody asks about only values and unasked."""
        entry = self.v.all[index]
        if not entry.fact or entry.choice or self.ruleset.facts[entry.fact].ask:
            return [*range(entry.size)]
        return [*range(self.v.values(entry.fact)), entry.size - 1]

    def _cause(self, index: int) -> Node:
        """Where an outcome can have come about: over facts alone, and from nothing that follows from it."""
        if index not in self._causes:
            reads: dict[int, Node] = {}  # outcome → the diagram of what brings it about
            todo = [index]
            while todo:
                outcome = todo.pop()
                if outcome not in reads and outcome not in self._causes:
                    reads[outcome] = self._comes_from(outcome)
                    todo += [i for i in self.d.support(reads[outcome]) if i in self._outcome]
            found = dict.fromkeys(reads, NO)
            while True:  # nothing has happened; then what that brings about; and so on
                before = dict(found)
                for outcome, node in reads.items():
                    found[outcome] = self.sometime(self._put_in(node, {**self._causes, **before}, {}))
                if found == before:
                    break
            self._causes |= found
        return self._causes[index]

    def _comes_from(self, index: int) -> Node:
        kind, name = self._outcome[index]
        if name in self.ruleset.facts:
            place = self.v.of_fact.get(name)
            labels = self.v.all[place].labels if place is not None else ()
            if place is None:
                return YES if self.ruleset.facts[name].recheck is not None else NO
            return self.d.states(place, [labels.index("open")] if "open" in labels else [])
        if kind == "overdue" and name not in self.ruleset.timed:
            return NO
        return self.relevance.wanted.get(name, NO)

    def _put_in(self, node: Node, causes: dict[int, Node], memo: dict[Node, Node]) -> Node:
        """A diagram in which outcomes only help, with what brings them about in their place."""
        if node <= YES:
            return node
        if node not in memo:
            variable = self.d.var[node]
            kids = tuple(self._put_in(kid, causes, memo) for kid in self.d.kids[node])
            if variable in causes:
                memo[node] = self.d.either(kids[0], self.d.both(causes[variable], kids[1]))
            else:
                memo[node] = self.d.choose(variable, kids)
        return memo[node]

    def sometime(self, node: Node) -> Node:
        """Where a diagram holds for some state of the awaited facts: it may have been so before."""
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
        node = YES
        for key, index in self.v.of_fact.items():
            fact = self.ruleset.facts[key]
            unasked = self.v.all[index].size - 1
            states = set(self.states(index))
            if fact.ask or fact.known_from:
                states.discard(unasked)
            if fact.recheck is not None and fact.within is None:
                states.discard(unasked - 1)  # without a limit 还没有 is no end: it stays among the clocks
            node = self.d.both(node, self.d.states(index, states))
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
        return Finding(level, code, text, span, help, self.situation(node, about) or EVERYWHERE)

    def situation(self, node: Node, about: Collection[int] | None = None) -> tuple[str, ...]:
        """A situation in which `node` is true, one line a fact or outcome; empty when every one is."""
        found = self.d.witness(node) or {}
        lines: dict[str, str] = {}
        chosen: dict[str, list[str]] = {}
        for index, state in found.items():
            entry = self.v.all[index]
            if about is not None and index not in about:
                continue
            if not entry.fact:
                if state == 1:
                    lines[entry.name] = self.outcome(*self._outcome[index])
                continue
            fact = self.ruleset.facts[entry.fact]
            if not entry.choice:
                answer = self.v.answer(entry.fact, state)
                if fact.kind != "many" or answer is None or answer.state != "known":
                    lines[entry.fact] = f"{fact.label or fact.ask}：{shown(fact, answer)}"
                else:
                    lines[entry.fact] = f"{fact.label}：都没有"
            elif state == 0:
                label = next(choice.label for choice in fact.choices if choice.id == entry.choice)
                chosen.setdefault(entry.fact, []).append(label)
                lines[entry.fact] = f"{fact.label}：{'、'.join(chosen[entry.fact])}"
        return tuple(lines.values())

    def outcome(self, kind: str, name: str) -> str:
        """An outcome in words: `“打电话”办不成`."""
        step = self.ruleset.steps.get(name)
        fact = self.ruleset.facts.get(name)
        what = step.what if step else fact.label if fact else name
        return f"“{what}”{OUTCOMES[kind]}"
