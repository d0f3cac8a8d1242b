"""One comparison of a condition in words: what it asks, and what is the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from engine.conditions import Answer, Situation
from engine.model import Fact, Happened, Known, Test
from engine.phrases import COMPARED
from engine.words import shown

_OUTCOMES = {"done": "已办好", "blocked": "没办成", "overdue": "超时", "handed": "已交代"}


class Comparison(NamedTuple):
    """`asks` what is compared, `is_` what is the case, `name` the key of the fact or step it is about."""

    asks: str
    is_: str
    name: str


def compared(
    leaf: Test | Known | Happened,
    at: Situation,
    facts: Mapping[str, Fact],
    step_words: Callable[[str], str],
) -> Comparison:
    """A bound comparison in a situation. `step_words`: key of a step → what it does, in words."""
    if isinstance(leaf, Happened):
        awaited = facts.get(leaf.name)
        what = awaited.label if awaited else step_words(leaf.name)
        happened = (leaf.kind, leaf.name) in at.happened
        return Comparison(f"「{what}」{_OUTCOMES[leaf.kind]}", "是" if happened else "尚未", leaf.name)
    fact = facts[leaf.fact]
    label, now = fact.label or fact.ask, shown(fact, at.facts.get(leaf.fact))
    if isinstance(leaf, Known):
        asks = f"{label}：已经清楚"
    elif leaf.op != "in":
        asks = f"{label}{COMPARED[leaf.op]}{leaf.values[0]}{fact.unit}"
    else:
        many = fact.kind == "many"
        said = (shown(fact, Answer("known", frozenset((str(v),)) if many else v)) for v in leaf.values)
        asks = f"{label}：{'或'.join(said)}"
    return Comparison(asks, now, leaf.fact)
