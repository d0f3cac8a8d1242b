"""The disjunctive form of conditions over two-valued literals, and a bit program that runs it.

A three-valued condition becomes two-valued by asking when it is *true*: every literal tests one
property of the flat situation (`properties`), and a test on a property that is absent is false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

from engine.conditions import Situation
from engine.errors import BadData
from engine.model import All, Any, Condition, Fact, Happened, Known, Maybe, Not, Scalar, Test

Property = str
Scalars = dict[Property, bool | int | str]

# the matcher's stack holds 64 rules; eight two-way alternatives joined by `and` would make 256
MAX_CONJUNCTS = 32


class Literal(NamedTuple):
    """`property op value`; op is one of == != < <= > >=."""

    property: Property
    op: str
    value: bool | int | str


Conjunct = frozenset[Literal]

_OPS = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_FLIP = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_COMPARE = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def state_of(fact: str) -> Property:
    """The property that holds unasked, known, unsure or open; always present."""
    return f"s:{fact}"


def value_of(fact: str, choice: Scalar | None = None) -> Property:
    """The property of a fact's value (of one choice of a `many` fact); present when known."""
    return f"v:{fact}" if choice is None else f"v:{fact}:{choice}"


def outcome_of(kind: str, name: str) -> Property:
    """The yes/no property of an outcome; always present."""
    return f"o:{kind}:{name}"


def properties(at: Situation, facts: Iterable[Fact], outcomes: Iterable[tuple[str, str]]) -> Scalars:
    """The flat two-valued picture of a situation, for the given facts and outcomes."""
    flat: Scalars = {}
    for fact in facts:
        answer = at.facts.get(fact.key)
        if answer is None:
            flat[f"s:{fact.key}"] = "unasked"
            continue
        flat[f"s:{fact.key}"] = answer.state
        if answer.state != "known" or answer.value is None:
            continue
        if isinstance(answer.value, frozenset):
            for choice in fact.choices:
                flat[f"v:{fact.key}:{choice.id}"] = choice.id in answer.value
        else:
            flat[f"v:{fact.key}"] = answer.value
    for kind, name in outcomes:
        flat[f"o:{kind}:{name}"] = (kind, name) in at.happened
    return flat


def disjuncts(condition: Condition, facts: Mapping[str, Fact]) -> tuple[Conjunct, ...]:
    """The conjuncts of which one must hold for a bound condition to be true.

    `facts` gives kinds and choices. Empty: never true; an empty conjunct: always. BadData beyond
    MAX_CONJUNCTS.
    """
    return _normal(_true(condition, facts))


# a formula is nested tuples: ("and", …), ("or", …) or a Literal
_Formula = tuple  # type: ignore[type-arg]
_TRUE: _Formula = ("and",)
_FALSE: _Formula = ("or",)


def _true(condition: Condition, facts: Mapping[str, Fact]) -> _Formula:
    match condition:
        case All():
            return ("and", *(_true(item, facts) for item in condition.items))
        case Any():
            return ("or", *(_true(item, facts) for item in condition.items))
        case Not():
            return _false(condition.item, facts)
        case Maybe():
            return _negate(_false(condition.item, facts))
        case Happened():
            return Literal(outcome_of(condition.kind, condition.name), "==", True)
        case Known():
            return Literal(state_of(condition.fact), "==", "known")
        case Test():
            return _test(condition, facts[condition.fact])


def _false(condition: Condition, facts: Mapping[str, Fact]) -> _Formula:
    match condition:
        case All():
            return ("or", *(_false(item, facts) for item in condition.items))
        case Any():
            return ("and", *(_false(item, facts) for item in condition.items))
        case Not():
            return _true(condition.item, facts)
        case Maybe():
            return _false(condition.item, facts)
        case Happened():
            return Literal(outcome_of(condition.kind, condition.name), "==", False)
        case Known():
            asked = ("unsure", "open")
            return ("or", *(Literal(state_of(condition.fact), "==", state) for state in asked))
        case Test():
            # a known value either passes or fails: false is "known and not true"
            known = Literal(state_of(condition.fact), "==", "known")
            return ("and", known, _negate(_test(condition, facts[condition.fact])))


def _test(test: Test, fact: Fact) -> _Formula:
    if test.op != "in":
        return Literal(value_of(test.fact), _COMPARE[test.op], test.values[0])
    if fact.kind == "many":
        return ("or", *(Literal(value_of(test.fact, choice), "==", True) for choice in test.values))
    domain: tuple[Scalar, ...] = (
        (True, False) if fact.kind == "bool" else tuple(choice.id for choice in fact.choices)
    )
    if fact.kind != "number" and len(test.values) > 1:
        # "one of" as "known and none of the others": one conjunct instead of several
        others = (value for value in domain if value not in test.values)
        known = Literal(state_of(test.fact), "==", "known")
        return ("and", known, *(Literal(value_of(test.fact), "!=", value) for value in others))
    return ("or", *(Literal(value_of(test.fact), "==", value) for value in test.values))


def _negate(formula: _Formula) -> _Formula:
    """The two-valued opposite: a value test also fails when its property is absent."""
    if isinstance(formula, Literal):
        flipped = Literal(formula.property, _FLIP[formula.op], formula.value)
        if not formula.property.startswith("v:"):
            return flipped
        fact = formula.property[2:].split(":")[0]
        return ("or", flipped, Literal(state_of(fact), "!=", "known"))
    word = "or" if formula[0] == "and" else "and"
    return (word, *(_negate(part) for part in formula[1:]))


def _normal(formula: _Formula) -> tuple[Conjunct, ...]:
    if isinstance(formula, Literal):
        return (frozenset((formula,)),)
    parts = [_normal(part) for part in formula[1:]]
    if formula[0] == "or":
        return _reduce({conjunct for part in parts for conjunct in part})
    product: tuple[Conjunct, ...] = (frozenset(),)
    for part in parts:
        product = _reduce({left | right for left in product for right in part})
    return product


def _reduce(conjuncts: set[Conjunct]) -> tuple[Conjunct, ...]:
    """Without contradictions and without conjuncts that another one implies."""
    possible = [conjunct for conjunct in conjuncts if not _contradicts(conjunct)]
    kept = [one for one in possible if not any(other < one for other in possible)]
    if len(kept) > MAX_CONJUNCTS:
        raise BadData(
            f"条件展开后有 {len(kept)} 种并列情况，超过 {MAX_CONJUNCTS} 种",
            "把它拆成几条规则，或先用 `when` 定义中间事实",
        )
    return tuple(sorted(kept, key=sorted_key))


def sorted_key(conjunct: Conjunct) -> tuple[tuple[str, str, str], ...]:
    """A stable order of conjuncts whose values have different types."""
    return tuple(sorted((item.property, item.op, repr(item.value)) for item in conjunct))


def _contradicts(conjunct: Conjunct) -> bool:
    equal: dict[Property, object] = {}
    for literal in conjunct:
        if literal.op == "==" and equal.setdefault(literal.property, literal.value) != literal.value:
            return True
    for literal in conjunct:
        if literal.property in equal and not _OPS[literal.op](equal[literal.property], literal.value):
            return True
        # a value is present only when the fact is known
        if literal.property.startswith("v:"):
            state = state_of(literal.property[2:].split(":")[0])
            if equal.get(state, "known") != "known" or Literal(state, "!=", "known") in conjunct:
                return True
    return False


class Program:
    """Rules as conjuncts over numbered literals: a rule holds when one of its masks is covered.

    `rules`: name → conjuncts. `run` returns the names that hold, a few microseconds per hundred.
    """

    def __init__(self, rules: Mapping[str, tuple[Conjunct, ...]]) -> None:
        numbers: dict[Literal, int] = {}
        self.always: list[str] = []
        self._masks: list[tuple[int, str]] = []
        for name, conjuncts in rules.items():
            if frozenset() in conjuncts:
                self.always.append(name)
                continue
            for conjunct in conjuncts:
                mask = 0
                for literal in conjunct:
                    mask |= 1 << numbers.setdefault(literal, len(numbers))
                self._masks.append((mask, name))
        self._by_property: dict[Property, list[tuple[int, object, object]]] = {}
        for literal, number in numbers.items():
            test = (1 << number, _OPS[literal.op], literal.value)
            self._by_property.setdefault(literal.property, []).append(test)
        self._equal: dict[tuple[Property, object], int] = {}

    def run(self, flat: Scalars) -> set[str]:
        """The names of the rules that hold for these properties."""
        bits = 0
        known = self._equal
        for name in self._by_property:
            if name not in flat:
                continue
            value = flat[name]
            # bool and int are told apart by the property: one fact has one type
            found = known.get((name, value))
            if found is None:
                found = 0
                for bit, test, wanted in self._by_property[name]:
                    if test(value, wanted):  # type: ignore[operator]
                        found |= bit
                if len(known) < 20_000:
                    known[name, value] = found
            bits |= found
        holding = set(self.always)
        for mask, name in self._masks:
            if mask & bits == mask:
                holding.add(name)
        return holding
