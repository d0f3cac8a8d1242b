"""Small faults put into a playbook, one at a time: would its cases notice?

A fault is made in the condition as its author wrote it (a derived fact's condition once, whatever reads
it), or it loses one thing that a rule asks for. docs/cases.md lists the kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from engine.cases.written import written
from engine.conditions import leaves
from engine.model import All, Any, Condition, Fact, Known, Maybe, Not, Playbook, Rule, Scalar, Span, Test

Numbers = Mapping[str, int | str | bool]
_EDGE = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}


class Mutant(NamedTuple):
    """One fault of a rule or derived fact (`key`): another condition, or (`lost`) a name not asked for.

    `number`: its place among `variants` of that condition, whose thresholds depend on the hall's values.
    """

    key: str
    span: Span
    change: str
    number: int = -1
    lost: str = ""


def mutants(playbook: Playbook, facts: Mapping[str, Fact], values: Numbers) -> list[Mutant]:
    """Every fault of a playbook's rules and of the facts it derives, in the order of the file."""
    found: list[Mutant] = []
    read = {key for rule in playbook.rules for key in derived(rule.when, facts)}
    for fact in playbook.facts:
        if fact.when is not None and fact.key in read:
            for number, (change, _) in enumerate(variants(fact.when, facts, values)):
                found.append(Mutant(fact.key, fact.span, change, number))
    for rule in playbook.rules:
        for number, (change, _) in enumerate(variants(rule.when, facts, values)):
            found.append(Mutant(rule.key, rule.span, change, number))
        for name in (*(want.step for want in rule.do), *rule.activate):
            what = "不再做" if name not in rule.activate else "不再建议启动"
            found.append(Mutant(rule.key, rule.span, f"{what} `{short(name)}`", lost=name))
    return found


def variants(when: Condition, facts: Mapping[str, Fact], values: Numbers) -> list[tuple[str, Condition]]:
    """(what was changed, the condition with one fault), each once; always in the same order."""
    if when == All():
        return []
    found = list(_variants(when, facts, values))
    if not isinstance(when, All):
        found.append((f"去掉条件 `{written(when)}`", All()))
    return found


def lessened(rule: Rule, lost: str) -> Rule:
    """The rule without a step or playbook that it asks for."""
    return msgspec.structs.replace(
        rule,
        do=tuple(want for want in rule.do if want.step != lost),
        activate=tuple(name for name in rule.activate if name != lost),
    )


def derived(when: Condition, facts: Mapping[str, Fact]) -> set[str]:
    """The derived facts that a condition reads, directly or through others."""
    found: set[str] = set()
    todo = [when]
    while todo:
        for leaf in leaves(todo.pop()):
            fact = facts[leaf.fact] if isinstance(leaf, Test) else None
            if fact is not None and fact.when is not None and fact.key not in found:
                found.add(fact.key)
                todo.append(fact.when)
    return found


def short(key: str) -> str:
    """The name that an author writes."""
    return key.partition(".")[2] or key


def _variants(when: Condition, facts: Mapping[str, Fact], values: Numbers) -> Iterator[tuple[str, Condition]]:
    match when:
        case All() | Any():
            kind, other = type(when), Any if isinstance(when, All) else All
            for index, item in enumerate(when.items):
                rest = when.items[:index] + when.items[index + 1 :]
                yield f"去掉 `{written(item)}`", rest[0] if len(rest) == 1 else kind(rest)
                for change, changed in _variants(item, facts, values):
                    yield change, kind((*when.items[:index], changed, *when.items[index + 1 :]))
            names = ("都要成立", "任一成立")
            before, after = names if isinstance(when, All) else names[::-1]
            yield f"`{written(when)}` 由{before}改成{after}", other(when.items)
        case Not(Test() | Known()):
            yield _changed(when, when.item)
            if isinstance(when.item, Test):
                for change, changed in _test(when.item, facts[when.item.fact], values):
                    if not isinstance(changed, Not):  # taking the negation away was the first
                        yield change, Not(changed)
        case Not():
            yield f"`{written(when)}` 去掉 `not`", when.item
            for change, changed in _variants(when.item, facts, values):
                yield change, Not(changed)
        case Maybe():
            yield f"`{written(when)}` 去掉 `maybe`", when.item
            for change, changed in _variants(when.item, facts, values):
                yield change, Maybe(changed)
        case Test():
            yield from _test(when, facts[when.fact], values)
        case Known():
            yield _changed(when, Not(when))
        case _:
            return  # an outcome: only left out


def _test(test: Test, fact: Fact, values: Numbers) -> Iterator[tuple[str, Condition]]:
    """Faults of one comparison: the edge, the threshold, the answers, the contrary."""
    if test.op != "in":
        number = _number(test.values[0], values)
        # `lte n` for `lt n` moves the edge one way, the threshold moves it the other way
        yield _changed(test, Test(test.fact, _EDGE[test.op], test.values))  # type: ignore[arg-type]
        by = {"lt": -1, "lte": 1, "gt": 1, "gte": -1}[test.op]
        yield _changed(test, Test(test.fact, test.op, (number + by,)))
        yield _changed(test, Not(test))
        return
    if fact.kind == "bool":
        if len(test.values) == 1:
            yield _changed(test, Test(test.fact, "in", (not test.values[0],)))
        return
    if fact.kind == "number":
        for value in test.values:
            others = tuple(_number(value, values) + 1 if v == value else v for v in test.values)
            yield _changed(test, Test(test.fact, "in", others))
        yield _changed(test, Not(test))
        return
    if len(test.values) > 1:
        for value in test.values:
            yield _changed(test, Test(test.fact, "in", tuple(v for v in test.values if v != value)))
    ids = [choice.id for choice in fact.choices]
    after = [id for id in ids[ids.index(str(test.values[-1])) + 1 :] + ids if id not in test.values]
    if after:
        yield _changed(test, Test(test.fact, "in", (*test.values, after[0])))
        yield _changed(test, Not(test))


def _number(value: Scalar, values: Numbers) -> int:
    found = values.get(value) if isinstance(value, str) else value
    return found if isinstance(found, int) else 0  # a blank is refused when the case is bound


def _changed(before: Condition, after: Condition) -> tuple[str, Condition]:
    return f"`{written(before)}` 改成 `{written(after)}`", after
