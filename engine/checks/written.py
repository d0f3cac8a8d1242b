"""Conditions back in the words in which authors write them: `known: x`, `x: {gte: 20}`."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model import All, Any, Condition, Happened, Known, Maybe, Not, Scalar, Test


def short(key: str) -> str:
    """The name that an author wrote."""
    return key.partition(".")[2] or key


def conjuncts(condition: Condition) -> Iterator[Condition]:
    """The parts of a condition that are joined by *and*."""
    if isinstance(condition, All):
        for item in condition.items:
            yield from conjuncts(item)
    else:
        yield condition


def written(condition: Condition) -> str:
    """A condition as it could stand after `when:`."""
    match condition:
        case All() if not condition.items:
            return "{}"
        case All():
            return f"all: [{_several(condition.items)}]"
        case Any():
            return f"any: [{_several(condition.items)}]"
        case Not(item=Known() as known):
            return f"unknown: {short(known.fact)}"
        case Not():
            return f"not: {{{written(condition.item)}}}"
        case Maybe():
            return f"maybe: {{{written(condition.item)}}}"
        case Known():
            return f"known: {short(condition.fact)}"
        case Happened():
            return f"{condition.kind}: {short(condition.name)}"
        case Test():
            return f"{short(condition.fact)}: {_values(condition)}"


def _several(items: tuple[Condition, ...]) -> str:
    return ", ".join(f"{{{written(item)}}}" for item in items)


def _values(test: Test) -> str:
    values = [_value(value) for value in test.values]
    if test.op != "in":
        return f"{{{test.op}: {values[0]}}}"
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"


def _value(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
