"""Conditions over what is known: strong Kleene evaluation, explanation, the facts they need.

Three values are Python's True, False and None (undecided). This evaluator walks the tree as an
author wrote it; the matcher and the bit program work on the disjunctive form (`disjuncts`) of the
same tree, and the tests hold them against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from engine.errors import BadData
from engine.model import (
    All,
    Any,
    Condition,
    Fact,
    Happened,
    Known,
    Maybe,
    Not,
    Scalar,
    Test,
)

Verdict = bool | None
State = Literal["known", "unsure", "open"]


class Answer(NamedTuple):
    """What is known of a fact that was asked or reported.

    `state`: known, unsure (说不清) or open (还没有). `value` only when known: bool, str (choice id,
    text, time stamp), int, or a frozenset of choice ids for a `many` fact.
    """

    state: State
    value: Scalar | frozenset[str] | None = None


UNSURE = Answer("unsure")
OPEN = Answer("open")


class Situation(NamedTuple):
    """What conditions are judged against; a fact that is not in `facts` is unasked."""

    facts: Mapping[str, Answer]
    happened: frozenset[tuple[str, str]] | set[tuple[str, str]] = frozenset()


def evaluate(condition: Condition, at: Situation) -> Verdict:
    """The Kleene value of a bound condition (no derived facts, no hall values left) in a situation."""
    match condition:
        case Test():
            answer = at.facts.get(condition.fact)
            if answer is None or answer.state != "known":
                return None
            return compare(condition, answer.value)
        case Happened():
            return (condition.kind, condition.name) in at.happened
        case All():
            return _all(evaluate(item, at) for item in condition.items)
        case Any():
            verdict = _all(_opposite(evaluate(item, at)) for item in condition.items)
            return _opposite(verdict)
        case Not():
            return _opposite(evaluate(condition.item, at))
        case Maybe():
            return evaluate(condition.item, at) is not False
        case Known():
            answer = at.facts.get(condition.fact)
            return None if answer is None else answer.state == "known"


def compare(test: Test, value: Scalar | frozenset[str] | None) -> bool:
    """A test against a known value."""
    if test.op == "in":
        if isinstance(value, frozenset):
            return any(choice in value for choice in test.values)
        # True == 1 in Python: a yes/no fact must not match a number
        return any(type(value) is type(wanted) and value == wanted for wanted in test.values)
    bound = test.values[0]
    if not isinstance(value, int) or not isinstance(bound, int):
        raise BadData(f"`{test.fact}` 的比较需要数字，现为 {value!r} 与 {bound!r}")
    match test.op:
        case "lt":
            return value < bound
        case "lte":
            return value <= bound
        case "gt":
            return value > bound
        case "gte":
            return value >= bound


def _all(verdicts: Iterator[Verdict]) -> Verdict:
    result: Verdict = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            result = None
    return result


def _opposite(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def transform(condition: Condition, leaf: Callable[[Condition], Condition]) -> Condition:
    """A copy with every Test, Known and Happened replaced by `leaf(it)`."""
    match condition:
        case All():
            return All(tuple(transform(item, leaf) for item in condition.items))
        case Any():
            return Any(tuple(transform(item, leaf) for item in condition.items))
        case Not():
            return Not(transform(condition.item, leaf))
        case Maybe():
            return Maybe(transform(condition.item, leaf))
        case _:
            return leaf(condition)


def bind(
    condition: Condition, facts: Mapping[str, Fact], numbers: Mapping[str, int | str | bool]
) -> Condition:
    """Inline derived facts and put hall values (`numbers`: id → value) where a test names one.

    Derived facts must be free of cycles (the reader sees to it). BadData when a hall value that a
    comparison needs is blank or no number.
    """

    def leaf(item: Condition) -> Condition:
        if not isinstance(item, Test):
            return item
        fact = facts.get(item.fact)
        if fact is not None and fact.when is not None:
            inner = transform(fact.when, leaf)
            wanted = set(item.values)
            if wanted >= {True, False}:
                return Any((inner, Not(inner)))
            return inner if True in wanted else Not(inner)
        if fact is not None and fact.kind == "number":
            return Test(item.fact, item.op, tuple(_number(value, numbers) for value in item.values))
        return item

    return transform(condition, leaf)


def _number(value: Scalar, numbers: Mapping[str, int | str | bool]) -> int:
    found = numbers.get(value) if isinstance(value, str) else value
    if isinstance(found, bool) or not isinstance(found, int):
        raise BadData(f"条件里用到的本厅数值 `{value}` 没有填", "在 hall.yaml 的 values 里填一个整数")
    return found


def leaves(condition: Condition) -> Iterator[Test | Known | Happened]:
    """Every comparison in the tree, in the order written."""
    match condition:
        case All() | Any():
            for item in condition.items:
                yield from leaves(item)
        case Not() | Maybe():
            yield from leaves(condition.item)
        case _:
            yield condition


def needs(condition: Condition) -> tuple[str, ...]:
    """The keys of the facts that a condition reads, each once, in the order written."""
    keys = (leaf.fact for leaf in leaves(condition) if not isinstance(leaf, Happened))
    return tuple(dict.fromkeys(keys))


def grounds(condition: Condition, at: Situation) -> list[tuple[Test | Known | Happened, Verdict]]:
    """The comparisons that carry the verdict, with their own verdicts.

    Of a true condition those that made it true; of a false one those that block it; of an
    undecided one those whose facts are still needed.
    """
    verdict = evaluate(condition, at)
    match condition:
        case All() | Any():
            found = [item for item in condition.items if evaluate(item, at) is verdict]
            if isinstance(condition, Any) and verdict is True:
                found = found[:1]  # one alternative is reason enough
            return [ground for item in found for ground in grounds(item, at)]
        case Maybe() if verdict and evaluate(condition.item, at) is None:
            # undecided, and not false because of what has happened: that belongs to the reason
            came = (leaf for leaf in leaves(condition.item) if isinstance(leaf, Happened))
            happened = [(leaf, evaluate(leaf, at)) for leaf in came]
            return grounds(condition.item, at) + [ground for ground in happened if ground[1]]
        case Not() | Maybe():
            return grounds(condition.item, at)
        case _:
            return [(condition, verdict)]
