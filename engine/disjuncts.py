"""The disjunctive form of conditions over two-valued literals (`bits` and `matcher` run it).

A three-valued condition becomes two-valued by asking when it is *true*.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.literals import (
    STATES,
    Conjunct,
    Literal,
    outcome_of,
    sorted_key,
    state_of,
    value_of,
)
from engine.model import All, Any, Condition, Fact, Happened, Known, Maybe, Not, Test
from engine.parts import MAX_CONJUNCTS, Domain, Part, Parts, among, both, either, too_many

_FLIP = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_COMPARE = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def disjuncts(condition: Condition, facts: Mapping[str, Fact]) -> tuple[Conjunct, ...]:
    """The conjuncts of which one must hold for a bound condition to be true.

    `facts` gives kinds and choices. Empty: never true; an empty conjunct: always. BadData beyond
    MAX_CONJUNCTS.
    """
    found = _Form(facts).true(condition)
    if len(found) > MAX_CONJUNCTS:
        raise too_many(len(found))
    return tuple(sorted((conjunct.literals() for conjunct in found), key=sorted_key))


class _Form:
    """Turns conditions into parts; `true` and `false` say when a condition is so, `un…` when not."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = facts

    def true(self, condition: Condition) -> Parts:
        match condition:
            case All():
                return both(self.true(item) for item in condition.items)
            case Any():
                return either(self.true(item) for item in condition.items)
            case Not():
                return self.false(condition.item)
            case Maybe():
                return self.not_false(condition.item)
            case _:
                return self.leaf(condition, "true")

    def false(self, condition: Condition) -> Parts:
        match condition:
            case All():
                return either(self.false(item) for item in condition.items)
            case Any():
                return both(self.false(item) for item in condition.items)
            case Not():
                return self.true(condition.item)
            case Maybe():
                return self.false(condition.item)
            case _:
                return self.leaf(condition, "false")

    def not_false(self, condition: Condition) -> Parts:
        match condition:
            case All():
                return both(self.not_false(item) for item in condition.items)
            case Any():
                return either(self.not_false(item) for item in condition.items)
            case Not():
                return self.not_true(condition.item)
            case Maybe():
                return self.not_false(condition.item)
            case _:
                return self.leaf(condition, "not false")

    def not_true(self, condition: Condition) -> Parts:
        match condition:
            case All():
                return either(self.not_true(item) for item in condition.items)
            case Any():
                return both(self.not_true(item) for item in condition.items)
            case Not():
                return self.not_false(condition.item)
            case Maybe():
                return self.false(condition.item)
            case _:
                return self.leaf(condition, "not true")

    def leaf(self, condition: Condition, when: str) -> Parts:
        """A comparison: true and false exclude one another, and neither holds of what is undecided."""
        match condition:
            case Happened():
                domain = Domain(outcome_of(condition.kind, condition.name), frozenset((True, False)))
                return among(domain, frozenset((when in ("true", "not false"),)))
            case Known():
                domain = self.state(condition.fact)
                known, asked = domain.values - frozenset(STATES), frozenset(("?unsure", "?open"))
                return _pick(domain, known, asked & domain.values, when)
            case Test():
                return self.test(condition, when)
            case _:
                raise TypeError(condition)

    def state(self, key: str) -> Domain:
        """The property that tells a fact's state, among its values where it is one."""
        fact = self._facts[key]
        values: list[str] = ["?known"]
        if fact.kind in ("bool", "choice"):
            values = [choice.id for choice in fact.choices] or ["yes", "no"]
        name = value_of(key) if fact.kind in ("bool", "choice") else state_of(key)
        return Domain(name, frozenset((*values, *STATES)))

    def test(self, test: Test, when: str) -> Parts:
        fact = self._facts[test.fact]
        if fact.kind == "number":
            return self.number(test, when)
        if fact.kind == "many":
            return self.many(test, when)
        domain = self.state(test.fact)
        named = {value if isinstance(value, str) else "yes" if value else "no" for value in test.values}
        values = domain.values - frozenset(STATES)
        return _pick(domain, frozenset(named) & values, values - named, when)

    def many(self, test: Test, when: str) -> Parts:
        """Contains any of the choices."""
        domains = [
            Domain(value_of(test.fact, choice), frozenset(("yes", "no", *STATES))) for choice in test.values
        ]
        yes = [among(domain, frozenset(("yes",))) for domain in domains]
        none = both(among(domain, domain.values - {"yes"}) for domain in domains)
        known = among(self.state(test.fact), frozenset(("?known",)))
        unknown = among(self.state(test.fact), frozenset(STATES))
        match when:
            case "true":
                return either(yes)
            case "false":
                return both((known, none))
            case "not false":
                return either((*yes, unknown))
            case _:
                return none

    def number(self, test: Test, when: str) -> Parts:
        """A number is present only when known; for the undecided side its state is tested beside it."""
        name = value_of(test.fact)
        ops = (
            [("==", value) for value in test.values]
            if test.op == "in"
            else [(_COMPARE[test.op], test.values[0])]
        )
        passing = either((Part(frozenset(), frozenset((Literal(name, op, value),))),) for op, value in ops)
        failing = both(
            (Part(frozenset(), frozenset((Literal(name, _FLIP[op], value),))),) for op, value in ops
        )
        unknown = among(self.state(test.fact), frozenset(STATES))
        match when:
            case "true":
                return passing
            case "false":
                return failing
            case "not false":
                return either((passing, unknown))
            case _:
                return either((failing, unknown))


def _pick(domain: Domain, true: frozenset[bool | str], false: frozenset[bool | str], when: str) -> Parts:
    wanted = {
        "true": true,
        "false": false,
        "not true": domain.values - true,
        "not false": domain.values - false,
    }
    return among(domain, wanted[when])
