"""The evaluators against one another: the tree, the bit program, durable-rules and the diagrams."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.conditions import OPEN, UNSURE, Answer, Situation, evaluate, grounds
from engine.diagrams import YES, Diagrams, Node
from engine.disjuncts import disjuncts
from engine.errors import BadData
from engine.matcher import Matcher
from engine.model import All, Any, Condition, Happened, Known, Library, Maybe, Not
from engine.model import Test as Compare
from engine.parts import MAX_CONJUNCTS
from engine.ruleset import Ruleset
from engine.variables import Variables
from tests.worlds import BY_KEY, FACTS, condition, library, random_situation, situation

YES_B0 = Compare("b0", "in", (True,))
NO_B0 = Compare("b0", "in", (False,))


def walk(diagrams: Diagrams, node: Node, states: list[int]) -> bool:
    """Follow a diagram to its leaf."""
    while node > YES:
        node = diagrams.kids[node][states[diagrams.var[node]]]
    return node == YES


# 250 rule sets × 44 situations: 11,000 pairs
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(library(), st.integers(0, 10**6))
def test_all_evaluators_agree(made: Library, seed: int) -> None:
    """Tree, bit program, durable-rules and diagrams name the same rules in every situation."""
    chance = Random(seed)
    ruleset = Ruleset(made, ["p"], {})
    matcher = Matcher(ruleset)
    variables = Variables(ruleset.facts, (bound.when for bound in ruleset.rules.values()))
    diagrams = Diagrams(variables)
    nodes = {key: diagrams.compile(bound.when) for key, bound in ruleset.rules.items()}
    for _ in range(44):
        at = random_situation(chance)
        tree = ruleset.holding_by_tree(at)
        flat = ruleset.flat(at)
        assert ruleset.program.run(flat) == tree
        # what sessions use: only what differs from the blank picture is looked at
        assert ruleset.blank | ruleset.said(at) == flat
        assert ruleset.holding(at) == tree
        assert matcher.run(flat) == tree
        states = variables.vector(at)
        assert {key for key, node in nodes.items() if walk(diagrams, node, states)} == tree


@pytest.mark.parametrize(
    ("made", "unasked", "yes", "no", "unsure"),
    [
        (YES_B0, None, True, False, None),
        (Not(YES_B0), None, False, True, None),
        (Maybe(YES_B0), True, True, False, True),
        (Known("b0"), None, True, True, False),
        (Not(Known("b0")), None, False, False, True),
        (Any((YES_B0, All())), True, True, True, True),
        (All((YES_B0, Any())), False, False, False, False),
        (Any((YES_B0, NO_B0)), None, True, True, None),
        (Not(Maybe(YES_B0)), False, False, True, False),
    ],
)
def test_three_values(
    made: Condition, unasked: bool | None, yes: bool | None, no: bool | None, unsure: bool | None
) -> None:
    """Strong Kleene: nothing negative holds on ignorance, `maybe` errs on the careful side."""
    assert evaluate(made, Situation({})) is unasked
    assert evaluate(made, Situation({"b0": Answer("known", True)})) is yes
    assert evaluate(made, Situation({"b0": Answer("known", False)})) is no
    assert evaluate(made, Situation({"b0": UNSURE})) is unsure


def test_not_yet_is_unknown() -> None:
    """An awaited fact that is still open is unknown, and undecided in comparisons."""
    at = Situation({"b1": OPEN})
    assert evaluate(Not(Known("b1")), at) is True
    assert evaluate(Compare("b1", "in", (True,)), at) is None


def test_outcome_is_false_before_it_happens() -> None:
    """`done` is false, not undecided, as long as nothing happened."""
    assert evaluate(Happened("done", "s1"), Situation({})) is False
    assert evaluate(Happened("done", "s1"), Situation({}, {("done", "s1")})) is True


@settings(deadline=None)
@given(condition(), situation())
def test_grounds_carry_the_verdict(made: Condition, at: Situation) -> None:
    """Every ground exists in the condition, and an undecided condition names a fact that is missing."""
    verdict = evaluate(made, at)
    found = grounds(made, at)
    if verdict is None:
        assert any(own is None for _, own in found)
    for leaf, own in found:
        assert evaluate(leaf, at) is own


@settings(deadline=None)
@given(condition(depth=2))
def test_disjuncts_stay_small(made: Condition) -> None:
    """A disjunctive form has no conjunct that another one implies, and never more than the limit."""
    try:
        found = disjuncts(made, BY_KEY)
    except BadData:
        return
    assert len(found) <= MAX_CONJUNCTS
    assert not any(one < other for one in found for other in found)


def test_too_many_alternatives_is_refused() -> None:
    """Numbers that alternate beyond the limit are a clear error, not a hang."""
    pairs = tuple(
        Any((Compare("n0", "in", (2 * n,)), Compare("c0", "in", ("xyz"[n % 3],)), Happened("done", f"s{n}")))
        for n in range(6)
    )
    with pytest.raises(BadData, match="并列情况"):
        disjuncts(All(pairs), BY_KEY)


def test_every_kind_of_fact_is_covered() -> None:
    """The random worlds contain every kind of fact that the language has."""
    assert {entry.kind for entry in FACTS} >= {"bool", "choice", "many", "number", "text"}
