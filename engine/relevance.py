"""Which questions can still change the plan: exactly those, no more (see docs/engine.md).

A fact matters when two of its answers (说不清 counts) lead to different unfinished plans under some
completion of the other unasked facts. Outcomes that have not happened count as possible when they
are `done` or `handed` of a step that is on the plan or can still get there; `blocked` and `overdue`
count only once they are so. Facts that nobody asks about (heard only) stay as they are.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from engine.diagrams import NO, YES, Diagrams, Node
from engine.model import PHASES, Condition
from engine.ruleset import Ruleset
from engine.state import SETTLED, State
from engine.variables import Variables

FREE = -1  # a variable that an answer or an act may still set
SCRATCH = 3_000  # nodes of residual diagrams that may pile up
AT_HAND = -2  # an outcome of a step that is on the plan now: possible whatever is answered
IMPROVE = PHASES.index("improve")


class States(list[int]):
    """The states of all variables in one situation, and what was worked out for them."""

    def __init__(self, states: Iterable[int]) -> None:
        super().__init__(states)
        # what holds inside a step's own causes depends on which steps are being traced
        self.memos: dict[frozenset[str], dict[Node, Node]] = {}


class Item(NamedTuple):
    """Something a plan can contain: a step, or (`activates`) a proposed playbook."""

    name: str
    activates: bool
    phase: int
    node: Node
    reads: tuple[int, ...]  # variables of the node and of the steps whose outcomes it reads


class Relevance:
    """The diagrams of one ruleset's plan items, with memory of what was already worked out.

    `further`: bound conditions that may be compiled as well: they have a say in the variables.
    """

    def __init__(self, ruleset: Ruleset, further: Iterable[Condition] = ()) -> None:
        self.ruleset = ruleset
        facts = {key: ruleset.facts[key] for key in ruleset.order}
        self.variables = Variables(facts, (*(bound.when for bound in ruleset.rules.values()), *further))
        self.diagrams = Diagrams(self.variables)
        self.rule_nodes = {key: self.diagrams.compile(bound.when) for key, bound in ruleset.rules.items()}
        self.wanted: dict[str, Node] = {
            step: self._either(reason.rule for reason in reasons) for step, reasons in ruleset.reasons.items()
        }
        self._compiled = len(self.diagrams.var)
        self._outcome = {index: outcome for outcome, index in self.variables.of_outcome.items()}
        self.items: dict[str, Item] = {}
        for step, reasons in ruleset.reasons.items():
            self._add(step, False, [reason.rule for reason in reasons], self.wanted[step])
        for playbook, rules in ruleset.activations.items():
            self._add(playbook, True, rules, self._either(rules))
        self._readers: list[list[str]] = [[] for _ in self.variables.all]
        for name, entry in self.items.items():
            for index in entry.reads:
                self._readers[index].append(name)
        # neither follow-ups nor activations
        self._plain = {n for n, e in self.items.items() if e.phase != IMPROVE and not e.activates}
        # what was worked out last: most answers touch few items
        self._at: States | None = None
        self._stale: set[str] = set()
        self._last: dict[str, tuple[bool, frozenset[str]]] = {}
        self._undecided: dict[str, frozenset[str]] = {}
        self._askable = {
            key
            for key in self.variables.of_fact
            if ruleset.facts[key].ask and ruleset.facts[key].when is None
        }
        self._spoken = {step: tuple(self._needs(step)) for step in ruleset.reasons}

    def _needs(self, step: str) -> Iterator[str]:
        """The facts to ask for a step that is wanted: its words use them, a deadline runs from them."""
        for name in self.ruleset.mentioned(step):
            fact = self.ruleset.facts[name]
            if fact.ask and fact.when is None:
                yield name

    def _either(self, rules: Iterable[str]) -> Node:
        node = NO
        for rule in rules:
            node = self.diagrams.either(node, self.rule_nodes[rule])
        return node

    def _add(self, name: str, activates: bool, rules: list[str], node: Node) -> None:
        reads: set[int] = set()
        stack = [node]
        seen: set[Node] = set()
        while stack:
            for variable in self.diagrams.support(stack.pop()) - reads:
                reads.add(variable)
                kind, step = self._outcome.get(variable, ("", ""))
                inner = self.wanted.get(step, NO)
                if kind in ("done", "handed") and inner not in seen:
                    seen.add(inner)
                    stack.append(inner)
        phase = PHASES.index(self.ruleset.phase(rules))
        entry = Item(name, activates, phase, node, tuple(sorted(reads)))
        self.items[("activate " if activates else "") + name] = entry

    def vector(self, state: State) -> States:
        """The states of all variables, FREE where an answer or act is still possible."""
        variables = self.variables
        self.diagrams.forget(self._compiled, SCRATCH)
        states = States(variables.vector(state.situation))
        for key in self._askable:
            if key not in state.facts:
                states[variables.of_fact[key]] = FREE
        for (key, _), index in variables.of_choice.items():
            if key in self._askable and key not in state.facts:
                states[index] = FREE
        for index, (kind, name) in self._outcome.items():
            if states[index] == 0 and kind in ("done", "handed"):
                step = state.steps.get(name)
                if step is None or not step.settled:
                    states[index] = AT_HAND if step is not None and step.running else FREE
        return states

    def residual(self, node: Node, states: States) -> Node:
        """What is left of a diagram in a situation; unasked is no answer and is left out."""
        memos = states.memos
        entered: frozenset[str] = frozenset()
        diagrams = self.diagrams
        var, kids_of = diagrams.var, diagrams.kids

        def walk(a: Node) -> Node:
            while a > YES and states[var[a]] >= 0:
                a = kids_of[a][states[var[a]]]
            if a <= YES:
                return a
            memo = memos.setdefault(entered, {})
            found = memo.get(a)
            if found is None:
                found = memo[a] = open_up(a)
            return found

        def open_up(a: Node) -> Node:
            nonlocal entered
            variable, kids = var[a], kids_of[a]
            outcome = self._outcome.get(variable)
            if outcome is None:
                size = len(kids) - 1 if not self.variables.all[variable].choice else len(kids)
                left = [walk(kid) for kid in kids[:size]]
                return diagrams.choose(variable, tuple(left + left[:1] * (len(kids) - size)))
            # an act is possible only where its step is wanted
            before, after = walk(kids[0]), walk(kids[1])
            step = outcome[1]
            if states[variable] == AT_HAND:
                return diagrams.choose(variable, (before, after))
            if before == after or step in entered:
                return before  # a step is not its own first cause
            outer, entered = entered, entered | {step}
            possible = walk(self.wanted.get(step, NO))
            entered = outer
            after = diagrams.either(
                diagrams.both(possible, after), diagrams.both(diagrams.opposite(possible), before)
            )
            return diagrams.choose(variable, (before, after))

        return walk(node)

    def _settle(self, states: States) -> None:
        """Turn to these states: the items that read a changed variable are to be worked out again."""
        if self._at is states:
            return
        if self._at is None:
            self._stale.update(self.items)
        else:
            for index, (old, new) in enumerate(zip(self._at, states, strict=True)):
                if old != new:
                    self._stale.update(self._readers[index])
        self._at = states

    def _refresh(self, name: str, states: States) -> None:
        """Work out an item whose states have changed."""
        self._stale.remove(name)
        found = self._last[name] = self._work_out(self.items[name].node, states)
        if found[1]:
            self._undecided[name] = found[1]
        else:
            self._undecided.pop(name, None)

    def _work_out(self, node: Node, states: States) -> tuple[bool, frozenset[str]]:
        """(can an item still be wanted, the askable facts that decide it)."""
        left = self.residual(node, states)
        if left <= YES:
            return left == YES, frozenset()
        names = (self.variables.all[index].fact for index in self.diagrams.support(left))
        return True, frozenset(name for name in names if name)

    def possible(self, step: str, states: States) -> bool:
        """Whether a step is or can still become wanted."""
        self._settle(states)
        if step in self._stale:
            self._refresh(step, states)
        return step in self.items and self._last[step][0]

    def relevant(
        self, state: State, states: States, ready: Iterable[str], closing: bool = False
    ) -> dict[str, int]:
        """Fact key → phase (index) in which it first matters, for all facts that still do.

        `ready`: the steps on the plan whose words are about to be read. `closing`: follow-ups count too.
        """
        self._settle(states)
        found: dict[str, int] = {}
        # what cannot be asked about now stays stale
        for name in [name for name in self._stale if self._counts(name, state, closing)]:
            self._refresh(name, states)
        for name, left in self._undecided.items():
            if name not in self._stale and self._counts(name, state, closing):
                phase = self.items[name].phase
                for fact in left:
                    if phase < found.get(fact, 99):
                        found[fact] = phase
        for step in ready:
            phase = self.items[step].phase
            for fact in self._spoken[step]:
                if fact not in state.facts and phase < found.get(fact, 99):
                    found[fact] = phase
        return found

    def _counts(self, name: str, state: State, closing: bool) -> bool:
        live = state.steps.get(name)
        if live is not None and live.outcome in SETTLED and not live.withdrawn:
            return False
        if name in self._plain:  # most: this is asked of every item after every answer
            return True
        entry = self.items[name]
        return (closing or entry.activates) and not self._finished(entry, state)

    def _finished(self, entry: Item, state: State) -> bool:
        if entry.activates:
            settled: Container[str] = state.declined
            return entry.name in settled or entry.name in state.active
        if entry.phase == IMPROVE:
            return entry.name in state.held
        step = state.steps.get(entry.name)
        return step is not None and step.settled and not step.withdrawn

    def matters(self, fact: str, state: State, states: States) -> bool:
        """Whether an awaited fact that is still open can change the plan: by its answer or by its time."""
        index = self.variables.of_fact.get(fact)
        if index is not None:
            freed = States(states)
            freed[index] = FREE
            if any(fact in self._work_out(entry.node, freed)[1] for entry in self._waiting(index, state)):
                return True
        late = self.variables.of_outcome.get(("overdue", fact))
        if late is None or states[late]:
            return False
        passed = States(states)
        passed[late] = 1
        return any(
            self.residual(entry.node, states) != self.residual(entry.node, passed)
            for entry in self._waiting(late, state)
        )

    def _waiting(self, variable: int, state: State) -> Iterator[Item]:
        """The unfinished items, follow-ups left out, that read a variable."""
        for entry in (self.items[name] for name in self._readers[variable]):
            if not self._finished(entry, state) and (entry.phase != IMPROVE or entry.activates):
                yield entry
