"""The bit program: rules as masks over numbered literals, the second evaluator of every decision."""

from __future__ import annotations

from collections.abc import Mapping
from operator import eq, ge, gt, le, lt, ne

from engine.literals import Conjunct, Literal, Property, Scalars

_OPS = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


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
