"""The two-valued picture of a situation: named properties that hold scalars, and tests on them.

Both evaluators of disjunctive forms (`bits`, `matcher`) see situations only as these properties. A test
on a property that is absent is false.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.conditions import Answer, Situation
from engine.model import Fact, Scalar

Property = str
Scalars = dict[Property, bool | int | str]


class Literal(NamedTuple):
    """`property op value`; op is one of == != < <= > >=."""

    property: Property
    op: str
    value: bool | int | str


Conjunct = frozenset[Literal]

# states of a fact, told apart from its values by the question mark
STATES = ("?unasked", "?unsure", "?open")


def state_of(fact: str) -> Property:
    """The property that holds ?known, ?unasked, ?unsure or ?open (number, text and `many` facts)."""
    return f"s:{fact}"


def value_of(fact: str, choice: Scalar | None = None) -> Property:
    """The property of a fact's value, or of one choice of a `many` fact.

    yes-no facts, facts with choices and single choices hold `yes`, `no`, a choice's id or a state:
    always present, so that every test has an opposite in one literal. A number is present when known.
    """
    return f"v:{fact}" if choice is None else f"v:{fact}:{choice}"


def outcome_of(kind: str, name: str) -> Property:
    """The yes/no property of an outcome; always present."""
    return f"o:{kind}:{name}"


def properties(at: Situation, facts: Iterable[Fact], outcomes: Iterable[tuple[str, str]]) -> Scalars:
    """The flat two-valued picture of a situation, for the given facts and outcomes."""
    flat: Scalars = {}
    for fact in facts:
        flat.update(of_fact(fact, at.facts.get(fact.key)))
    for kind, name in outcomes:
        flat[outcome_of(kind, name)] = (kind, name) in at.happened
    return flat


def of_fact(fact: Fact, answer: Answer | None) -> Scalars:
    """The properties of one fact: which are there does not depend on the answer, but for a number's value."""
    key = fact.key
    state = "?unasked" if answer is None else f"?{answer.state}"
    value = None if answer is None or answer.state != "known" else answer.value
    if fact.kind == "bool":
        return {f"v:{key}": state if value is None else "yes" if value else "no"}
    if fact.kind == "choice":
        return {f"v:{key}": state if value is None else str(value)}
    flat: Scalars = {f"s:{key}": state}
    if fact.kind == "number" and isinstance(value, int):
        flat[f"v:{key}"] = value
    elif fact.kind == "many":
        for choice in fact.choices:
            chosen = isinstance(value, frozenset) and choice.id in value
            flat[f"v:{key}:{choice.id}"] = state if value is None else "yes" if chosen else "no"
    return flat


def sorted_key(conjunct: Conjunct) -> tuple[tuple[str, str, str], ...]:
    """A stable order of conjuncts whose values have different types."""
    return tuple(sorted((item.property, item.op, repr(item.value)) for item in conjunct))
