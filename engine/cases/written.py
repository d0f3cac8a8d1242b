"""Conditions in the notation of the language, short names, on one line: `serving: yes, any: [...]`."""

from __future__ import annotations

from engine.model import All, Any, Condition, Happened, Known, Maybe, Not, Scalar, Test


def written(when: Condition) -> str:
    """A condition as an author would write it inside `when: {…}`."""
    match when:
        case All():
            names = [_key(item) for item in when.items]
            if len(set(names)) == len(names):
                return ", ".join(written(item) for item in when.items)
            return f"all: [{', '.join(f'{{{written(item)}}}' for item in when.items)}]"
        case Any():
            return f"any: [{', '.join(f'{{{written(item)}}}' for item in when.items)}]"
        case Not(Known(fact=fact)):
            return f"unknown: {_short(fact)}"
        case Not():
            return f"not: {{{written(when.item)}}}"
        case Maybe():
            return f"maybe: {{{written(when.item)}}}"
        case Known():
            return f"known: {_short(when.fact)}"
        case Happened():
            return f"{when.kind}: {_short(when.name)}"
        case Test():
            if when.op != "in":
                return f"{_short(when.fact)}: {{{when.op}: {_value(when.values[0])}}}"
            said = [_value(value) for value in when.values]
            return f"{_short(when.fact)}: {said[0] if len(said) == 1 else '[' + ', '.join(said) + ']'}"


def _key(when: Condition) -> str:
    return written(when).partition(":")[0]


def _value(value: Scalar) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _short(key: str) -> str:
    return key.partition(".")[2] or key
