"""A question is asked if and only if its answer can change the unfinished plan: brute force decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, combinations, product
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.clock import BEIJING
from engine.conditions import OPEN, UNSURE, Answer, Situation
from engine.model import Fact, Library
from engine.relevance import Relevance
from engine.ruleset import Ruleset
from engine.state import State
from tests.worlds import STEPS, fact, library, random_answer

SMALL = (
    fact("b0", "bool"),
    fact("b1", "bool", awaited=True),
    fact("b2", "bool", asked=False),
    fact("n0", "number"),
)
WIDE = (fact("b0", "bool"), fact("c0", "choice"), fact("m0", "many"))


def answers(entry: Fact) -> list[Answer]:
    """Every distinguishable answer of a fact."""
    match entry.kind:
        case "bool":
            known: list[object] = [True, False]
        case "choice":
            known = ["x", "y", "z"]
        case "many":
            known = [frozenset(some) for size in range(4) for some in combinations("xyz", size)]
        case _:
            known = list(range(14))
    extra = [OPEN] if entry.recheck else []
    return [*(Answer("known", value) for value in known), UNSURE, *extra]  # type: ignore[arg-type]


def unfinished(ruleset: Ruleset, state: State, at: Situation) -> frozenset[str]:
    """The steps wanted in a situation that are not finished in the state."""
    holding = ruleset.holding_by_tree(at)
    wanted = {want.step for key in holding for want in ruleset.rules[key].rule.do}
    return frozenset(key for key in wanted if not (key in state.steps and state.steps[key].settled))


def futures(ruleset: Ruleset, state: State, facts: dict[str, Answer]) -> Iterator[frozenset[str]]:
    """The unfinished plans for some facts, over everything that may still be done or handed over."""
    free = [
        (kind, step.key)
        for step in STEPS
        for kind in ("done", "handed")
        if (kind, step.key) in ruleset.outcomes
        and (kind, step.key) not in state.happened
        and not (step.key in state.steps and state.steps[step.key].settled)
    ]
    for some in chain.from_iterable(combinations(free, size) for size in range(len(free) + 1)):
        happened = set(state.happened)
        while True:  # an act happens only where its step is wanted
            at = Situation(facts, happened)
            holding = ruleset.holding_by_tree(at)
            wanted = {want.step for key in holding for want in ruleset.rules[key].rule.do}
            at_hand = {key for key, live in state.steps.items() if live.running}
            more = {outcome for outcome in some if outcome[1] in wanted | at_hand} - happened
            if not more:
                break
            happened |= more
        yield unfinished(ruleset, state, Situation(facts, happened))


def brute(ruleset: Ruleset, state: State, facts: tuple[Fact, ...]) -> set[str]:
    """The facts for which two answers lead to different unfinished plans under some completion."""
    free = [entry for entry in facts if entry.ask and entry.key not in state.facts]
    found = set()
    for entry in free:
        others = [other for other in free if other is not entry]
        for chosen in product(*(answers(other) for other in others)):
            known = {
                **state.facts,
                **{other.key: answer for other, answer in zip(others, chosen, strict=True)},
            }
            plans = [list(futures(ruleset, state, {**known, entry.key: answer})) for answer in answers(entry)]
            if any(plan != plans[0] for plan in plans[1:]):
                found.add(entry.key)
                break
    return found


def random_state(chance: Random, facts: tuple[Fact, ...]) -> State:
    """Some facts answered, some steps done or blocked, some deadlines passed."""
    state = State()
    for entry in facts:
        if chance.random() < 0.4:
            state.facts[entry.key] = random_answer(chance, entry)
    for step in STEPS:
        draw = chance.random()
        if draw < 0.3:
            state.step(step.key).outcome = outcome = "done" if draw < 0.2 else "blocked"
            state.happened.add((outcome, step.key))
        elif draw < 0.4:
            state.happened.add(("overdue", step.key))
        elif draw < 0.6:
            state.step(step.key).opened = datetime(2026, 6, 1, 9, tzinfo=BEIJING)
    return state


def agree(made: Library, seed: int, facts: tuple[Fact, ...]) -> None:
    """The diagrams and brute force name the same questions."""
    ruleset = Ruleset(made, ["p"], {})
    relevance = Relevance(ruleset)
    state = random_state(Random(seed), facts)
    states = relevance.vector(state)
    assert set(relevance.relevant(state, states, ())) == brute(ruleset, state, facts)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(library(SMALL, depth=2, most=5), st.integers(0, 10**6))
def test_questions_with_numbers_and_awaited_facts(made: Library, seed: int) -> None:
    """Exactly the questions that matter, for yes-no, awaited, heard and number facts."""
    agree(made, seed, SMALL)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(library(WIDE, depth=2, most=5), st.integers(0, 10**6))
def test_questions_with_choices(made: Library, seed: int) -> None:
    """Exactly the questions that matter, for facts with one or many choices."""
    agree(made, seed, WIDE)
