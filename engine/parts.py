"""Conjuncts in the making, and their algebra: joined, alternated, and reduced to as few as say the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.errors import BadData
from engine.literals import Conjunct, Literal, Property, state_of

# the matcher's stack holds 64 rules; eight two-way alternatives joined by `and` would make 256
MAX_CONJUNCTS = 32


def too_many(count: int) -> BadData:
    """The refusal of a condition with so many alternatives."""
    return BadData(
        f"条件展开后有 {count} 种并列情况，超过 {MAX_CONJUNCTS} 种",
        "把它拆成几条规则，每条只写一种情况",
    )


class Domain(NamedTuple):
    """A property that is always present, and all that it can hold."""

    property: Property
    values: frozenset[bool | str]


class Part(NamedTuple):
    """A conjunct in the making: what each property may hold, and tests of numbers."""

    allowed: frozenset[tuple[Domain, frozenset[bool | str]]]
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

    def implies(self, other: Part) -> bool:
        """Whether whatever satisfies this one satisfies the other."""
        mine = dict(self.allowed)
        return other.numbers <= self.numbers and all(
            domain in mine and mine[domain] <= values for domain, values in other.allowed
        )


Parts = tuple[Part, ...]
ALWAYS: Parts = (Part(frozenset(), frozenset()),)


def among(domain: Domain, values: frozenset[bool | str]) -> Parts:
    """Where a property holds one of the values."""
    if not values:
        return ()
    if values == domain.values:
        return ALWAYS
    return (Part(frozenset(((domain, values),)), frozenset()),)


def either(parts: Iterable[Parts]) -> Parts:
    """Where any of the forms holds."""
    return _reduce([conjunct for part in parts for conjunct in part])


def both(parts: Iterable[Parts]) -> Parts:
    """Where all of the forms hold."""
    product = ALWAYS
    for part in parts:
        joined = (_join(left, right) for left in product for right in part)
        product = _reduce([conjunct for conjunct in joined if conjunct is not None])
    return product


def _join(left: Part, right: Part) -> Part | None:
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
    return Part(frozenset(allowed.items()), numbers)


def _reduce(parts: list[Part]) -> Parts:
    """Fewer conjuncts that say the same: implied ones dropped, ones that differ in one property merged."""
    kept: list[Part] = []
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
            raise too_many(len(kept))
    return tuple(kept)


def _merge(a: Part, b: Part) -> Part | None:
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
    return Part(rest if union == domain.values else rest | {(domain, union)}, a.numbers)
