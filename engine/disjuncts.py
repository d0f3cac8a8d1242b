"""The disjunctive form of conditions over two-valued literals (`bits` and `matcher` run it).

A three-valued condition becomes two-valued by asking when it is *true*: every literal tests one
property of the flat situation (`properties`), and a test on a property that is absent is false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

_FLIP = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_COMPARE = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


# states of a fact, told apart from its values by the question mark
_STATES = ("?unasked", "?unsure", "?open")


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
    known = at.facts
    for fact in facts:
        key, kind = fact.key, fact.kind
        answer = known.get(key)
        state = "?unasked" if answer is None else f"?{answer.state}"
        value = None if answer is None or answer.state != "known" else answer.value
        if kind == "bool":
            flat[f"v:{key}"] = state if value is None else "yes" if value else "no"
        elif kind == "choice":
            flat[f"v:{key}"] = state if value is None else str(value)
        else:
            flat[f"s:{key}"] = state
            if kind == "number" and isinstance(value, int):
                flat[f"v:{key}"] = value
            elif kind == "many":
                for choice in fact.choices:
                    chosen = isinstance(value, frozenset) and choice.id in value
                    flat[f"v:{key}:{choice.id}"] = state if value is None else "yes" if chosen else "no"
    for outcome, name in outcomes:
        flat[f"o:{outcome}:{name}"] = (outcome, name) in at.happened
    return flat


def disjuncts(condition: Condition, facts: Mapping[str, Fact]) -> tuple[Conjunct, ...]:
    """The conjuncts of which one must hold for a bound condition to be true.

    `facts` gives kinds and choices. Empty: never true; an empty conjunct: always. BadData beyond
    MAX_CONJUNCTS.
    """
    found = _Form(facts).true(condition)
    if len(found) > MAX_CONJUNCTS:
        raise _too_many(len(found))
    return tuple(sorted((conjunct.literals() for conjunct in found), key=sorted_key))


def sorted_key(conjunct: Conjunct) -> tuple[tuple[str, str, str], ...]:
    """A stable order of conjuncts whose values have different types."""
    return tuple(sorted((item.property, item.op, repr(item.value)) for item in conjunct))


def _too_many(count: int) -> BadData:
    return BadData(
        f"条件展开后有 {count} 种并列情况，超过 {MAX_CONJUNCTS} 种",
        "把它拆成几条规则，每条只写一种情况",
    )


class _Domain(NamedTuple):
    """A property that is always present, and all that it can hold."""

    property: Property
    values: frozenset[bool | str]


class _Part(NamedTuple):
    """A conjunct in the making: what each property may hold, and tests of numbers."""

    allowed: frozenset[tuple[_Domain, frozenset[bool | str]]]
    numbers: frozenset[Literal]

    def literals(self) -> Conjunct:
        """One `==`, or a `!=` for everything that is not allowed: always a single conjunct."""
        found = set(self.numbers)
        for domain, values in self.allowed:
            if len(values) == 1:
                found.add(Literal(domain.property, "==", next(iter(values))))
            else:
                found.update(Literal(domain.property, "!=", value) for value in domain.values - values)
        return frozenset(found)

    def implies(self, other: _Part) -> bool:
        """Whether whatever satisfies this one satisfies the other."""
        mine = dict(self.allowed)
        return other.numbers <= self.numbers and all(
            domain in mine and mine[domain] <= values for domain, values in other.allowed
        )


_Parts = tuple[_Part, ...]
_ALWAYS: _Parts = (_Part(frozenset(), frozenset()),)


class _Form:
    """Turns conditions into parts; `true` and `false` say when a condition is so, `un…` when not."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = facts

    def true(self, condition: Condition) -> _Parts:
        match condition:
            case All():
                return _and(self.true(item) for item in condition.items)
            case Any():
                return _or(self.true(item) for item in condition.items)
            case Not():
                return self.false(condition.item)
            case Maybe():
                return self.not_false(condition.item)
            case _:
                return self.leaf(condition, "true")

    def false(self, condition: Condition) -> _Parts:
        match condition:
            case All():
                return _or(self.false(item) for item in condition.items)
            case Any():
                return _and(self.false(item) for item in condition.items)
            case Not():
                return self.true(condition.item)
            case Maybe():
                return self.false(condition.item)
            case _:
                return self.leaf(condition, "false")

    def not_false(self, condition: Condition) -> _Parts:
        match condition:
            case All():
                return _and(self.not_false(item) for item in condition.items)
            case Any():
                return _or(self.not_false(item) for item in condition.items)
            case Not():
                return self.not_true(condition.item)
            case Maybe():
                return self.not_false(condition.item)
            case _:
                return self.leaf(condition, "not false")

    def not_true(self, condition: Condition) -> _Parts:
        match condition:
            case All():
                return _or(self.not_true(item) for item in condition.items)
            case Any():
                return _and(self.not_true(item) for item in condition.items)
            case Not():
                return self.not_false(condition.item)
            case Maybe():
                return self.false(condition.item)
            case _:
                return self.leaf(condition, "not true")

    def leaf(self, condition: Condition, when: str) -> _Parts:
        """A comparison: true and false exclude one another, and neither holds of what is undecided."""
        match condition:
            case Happened():
                domain = _Domain(outcome_of(condition.kind, condition.name), frozenset((True, False)))
                return _among(domain, frozenset((when in ("true", "not false"),)))
            case Known():
                domain = self.state(condition.fact)
                known, asked = domain.values - frozenset(_STATES), frozenset(("?unsure", "?open"))
                return _pick(domain, known, asked & domain.values, when)
            case Test():
                return self.test(condition, when)
            case _:
                raise TypeError(condition)

    def state(self, key: str) -> _Domain:
        """The property that tells a fact's state, among its values where it is one."""
        fact = self._facts[key]
        values: list[str] = ["?known"]
        if fact.kind in ("bool", "choice"):
            values = [choice.id for choice in fact.choices] or ["yes", "no"]
        name = value_of(key) if fact.kind in ("bool", "choice") else state_of(key)
        return _Domain(name, frozenset((*values, *_STATES)))

    def test(self, test: Test, when: str) -> _Parts:
        fact = self._facts[test.fact]
        if fact.kind == "number":
            return self.number(test, when)
        if fact.kind == "many":
            return self.many(test, when)
        domain = self.state(test.fact)
        named = {value if isinstance(value, str) else "yes" if value else "no" for value in test.values}
        values = domain.values - frozenset(_STATES)
        return _pick(domain, frozenset(named) & values, values - named, when)

    def many(self, test: Test, when: str) -> _Parts:
        """Contains any of the choices."""
        domains = [
            _Domain(value_of(test.fact, choice), frozenset(("yes", "no", *_STATES))) for choice in test.values
        ]
        yes = [_among(domain, frozenset(("yes",))) for domain in domains]
        none = _and(_among(domain, domain.values - {"yes"}) for domain in domains)
        known = _among(self.state(test.fact), frozenset(("?known",)))
        unknown = _among(self.state(test.fact), frozenset(_STATES))
        match when:
            case "true":
                return _or(yes)
            case "false":
                return _and((known, none))
            case "not false":
                return _or((*yes, unknown))
            case _:
                return none

    def number(self, test: Test, when: str) -> _Parts:
        """A number is present only when known; for the undecided side its state is tested beside it."""
        name = value_of(test.fact)
        ops = (
            [("==", value) for value in test.values]
            if test.op == "in"
            else [(_COMPARE[test.op], test.values[0])]
        )
        passing = _or((_Part(frozenset(), frozenset((Literal(name, op, value),))),) for op, value in ops)
        failing = _and(
            (_Part(frozenset(), frozenset((Literal(name, _FLIP[op], value),))),) for op, value in ops
        )
        unknown = _among(self.state(test.fact), frozenset(_STATES))
        match when:
            case "true":
                return passing
            case "false":
                return failing
            case "not false":
                return _or((passing, unknown))
            case _:
                return _or((failing, unknown))


def _pick(domain: _Domain, true: frozenset[bool | str], false: frozenset[bool | str], when: str) -> _Parts:
    wanted = {
        "true": true,
        "false": false,
        "not true": domain.values - true,
        "not false": domain.values - false,
    }
    return _among(domain, wanted[when])


def _among(domain: _Domain, values: frozenset[bool | str]) -> _Parts:
    if not values:
        return ()
    if values == domain.values:
        return _ALWAYS
    return (_Part(frozenset(((domain, values),)), frozenset()),)


def _or(parts: Iterable[_Parts]) -> _Parts:
    return _reduce([conjunct for part in parts for conjunct in part])


def _and(parts: Iterable[_Parts]) -> _Parts:
    product = _ALWAYS
    for part in parts:
        joined = (_join(left, right) for left in product for right in part)
        product = _reduce([conjunct for conjunct in joined if conjunct is not None])
    return product


def _join(left: _Part, right: _Part) -> _Part | None:
    """Both at once; None when they contradict one another."""
    allowed = dict(left.allowed)
    for domain, values in right.allowed:
        allowed[domain] = allowed.get(domain, domain.values) & values
        if not allowed[domain]:
            return None
    numbers = left.numbers | right.numbers
    for literal in numbers:
        # a number is present only when its fact is known
        for domain, values in allowed.items():
            if domain.property == state_of(literal.property[2:]) and "?known" not in values:
                return None
    return _Part(frozenset(allowed.items()), numbers)


def _reduce(parts: list[_Part]) -> _Parts:
    """Fewer conjuncts that say the same: implied ones dropped, ones that differ in one property merged."""
    kept: list[_Part] = []
    todo = list(dict.fromkeys(parts))
    while todo:
        part = todo.pop()
        if any(part.implies(other) for other in kept):
            continue
        kept = [other for other in kept if not other.implies(part)]
        merged = next(((other, one) for other in kept if (one := _merge(part, other)) is not None), None)
        if merged is None:
            kept.append(part)
        else:
            kept.remove(merged[0])
            todo.append(merged[1])
        if len(kept) > 32 * MAX_CONJUNCTS:  # no honest condition grows so far and shrinks again
            raise _too_many(len(kept))
    return tuple(kept)


def _merge(a: _Part, b: _Part) -> _Part | None:
    if a.numbers != b.numbers or len(a.allowed) != len(b.allowed):
        return None
    mine, other = a.allowed - b.allowed, b.allowed - a.allowed
    if len(mine) != 1 or len(other) != 1:
        return None
    (domain, values), (against, more) = next(iter(mine)), next(iter(other))
    if domain != against:
        return None
    rest = a.allowed & b.allowed
    union = values | more
    return _Part(rest if union == domain.values else rest | {(domain, union)}, a.numbers)
