"""The variables of decision diagrams: what can be told apart about facts and outcomes.

Facts have one state per distinguishable value, then 说不清, 还没有 (awaited ones) and unasked; outcomes
are not yet so or happened. Numbers are cut at the thresholds that occur in conditions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.conditions import OPEN, UNSURE, Answer, Situation, compare, leaves
from engine.model import Condition, Fact, Happened, Test


class Variable:
    """One variable: `labels` name its states in order.

    Facts: the values, then `unsure`, `open` (awaited facts only), and last `unasked`.
    A `many` or text fact has a variable for its state (known, unsure, …) and one per choice.
    Outcomes: `not yet`, `happened`.
    """

    def __init__(self, name: str, labels: Sequence[object], fact: str = "", choice: str = "") -> None:
        self.name = name
        self.labels = tuple(labels)
        self.fact = fact
        self.choice = choice

    @property
    def size(self) -> int:
        """The number of its states."""
        return len(self.labels)


class Variables:
    """The variables that a set of bound conditions reads, in the order of `facts`, outcomes last."""

    def __init__(self, facts: Mapping[str, Fact], conditions: Iterable[Condition]) -> None:
        self.facts = facts
        cuts: dict[str, set[int]] = {}
        used: set[str] = set()
        outcomes: dict[tuple[str, str], None] = {}
        for condition in conditions:
            for leaf in leaves(condition):
                if isinstance(leaf, Happened):
                    outcomes[leaf.kind, leaf.name] = None
                    continue
                used.add(leaf.fact)
                if isinstance(leaf, Test) and facts[leaf.fact].kind == "number":
                    cuts.setdefault(leaf.fact, set()).update(_cuts(leaf))
        self.all: list[Variable] = []
        self.of_fact: dict[str, int] = {}
        self.of_choice: dict[tuple[str, str], int] = {}
        self.of_outcome: dict[tuple[str, str], int] = {}
        self.cuts = {key: sorted(cuts.get(key, ())) for key in used}
        for fact in facts.values():
            if fact.key in used:
                self._add_fact(fact)
        for kind, name in outcomes:
            self.of_outcome[kind, name] = len(self.all)
            self.all.append(Variable(f"{kind}:{name}", ("not yet", "happened")))

        self._unasked = [entry.size - 1 if entry.fact and not entry.choice else 0 for entry in self.all]
        self._codes: dict[tuple[str, Answer], int] = {}

    def _add_fact(self, fact: Fact) -> None:
        states: list[object] = ["unsure", "open", "unasked"] if fact.recheck else ["unsure", "unasked"]
        values: list[object]
        match fact.kind:
            case "bool":
                values = [True, False]
            case "choice":
                values = [choice.id for choice in fact.choices]
            case "number":
                values = [*range(len(self.cuts[fact.key]) + 1)]
            case _:
                values = ["known"]
        self.of_fact[fact.key] = len(self.all)
        self.all.append(Variable(fact.key, values + states, fact.key))
        if fact.kind == "many":
            for choice in fact.choices:
                self.of_choice[fact.key, choice.id] = len(self.all)
                self.all.append(Variable(f"{fact.key}:{choice.id}", (True, False), fact.key, choice.id))

    def state(self, key: str, answer: Answer | None) -> int:
        """The state of a fact's variable for an answer (None: unasked)."""
        variable = self.all[self.of_fact[key]]
        if answer is None:
            return variable.size - 1
        if answer.state != "known":
            awaited = answer.state == "open" and self.facts[key].recheck is not None
            return self.values(key) + (1 if awaited else 0)
        kind = self.facts[key].kind
        if kind == "number":
            assert isinstance(answer.value, int)
            return bisect_right(self.cuts[key], answer.value)
        if kind in ("bool", "choice"):
            return variable.labels.index(answer.value)
        return 0

    def answer(self, key: str, state: int) -> Answer | None:
        """A representative answer for a state of a fact's variable (`many`: nothing chosen)."""
        label = self.all[self.of_fact[key]].labels[state]
        kind = self.facts[key].kind
        if state >= self.values(key):
            return None if label == "unasked" else OPEN if label == "open" else UNSURE
        if kind == "number":
            cuts = self.cuts[key]
            return Answer("known", cuts[state - 1] if state else max(cuts[0] - 1, 0) if cuts else 1)
        if kind == "many":
            return Answer("known", frozenset())
        if kind in ("text", "time"):
            return Answer("known", "09:00" if kind == "time" else "某某")
        value = label
        assert isinstance(value, (bool, str))
        return Answer("known", value)

    def values(self, key: str) -> int:
        """How many states of a fact's variable are values."""
        size = self.all[self.of_fact[key]].size
        return size - (3 if self.facts[key].recheck else 2)

    def vector(self, at: Situation) -> list[int]:
        """The states of all variables in a situation."""
        states = list(self._unasked)
        facts = at.facts
        for key, answer in facts.items():
            index = self.of_fact.get(key)
            if index is not None:
                code = self._codes.get((key, answer))
                if code is None:
                    code = self._codes[key, answer] = self.state(key, answer)
                states[index] = code
        for (key, choice), index in self.of_choice.items():
            found = facts.get(key)
            chosen = found is not None and isinstance(found.value, frozenset) and choice in found.value
            states[index] = 0 if chosen else 1
        for outcome in at.happened:
            index = self.of_outcome.get(outcome)
            if index is not None:
                states[index] = 1
        return states


def _cuts(test: Test) -> Iterator[int]:
    """Where a test divides the numbers that can be answered (from 0): a cut c separates c-1 from c."""
    for value in test.values:
        assert isinstance(value, int)
        for cut in (value, value + 1):
            if cut > 0 and compare(test, cut - 1) != compare(test, cut):
                yield cut
