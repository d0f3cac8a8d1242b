"""Random small worlds for property tests: facts, steps, rules and situations (hypothesis strategies)."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from engine.conditions import OPEN, UNSURE, Answer, Situation
from engine.disjuncts import disjuncts
from engine.errors import BadData
from engine.model import (
    All,
    Any,
    Choice,
    Condition,
    Deadline,
    Duration,
    Fact,
    Happened,
    Known,
    Library,
    Maybe,
    Not,
    Playbook,
    Rule,
    Step,
    Test,  # pytest does not collect this module
    Vocabulary,
    Want,
)

CHOICES = (Choice("x", "甲"), Choice("y", "乙"), Choice("z", "丙"))
STEPS = tuple(Step(f"s{n}", f"第{n}步") for n in range(6))


def fact(key: str, kind: str, *, awaited: bool = False, asked: bool = True) -> Fact:
    """One declared fact of a kind."""
    return Fact(
        key,
        kind,  # type: ignore[arg-type]
        key,
        ask=f"{key}？" if asked else "",
        choices=CHOICES if kind in ("choice", "many") else (),
        unit="个" if kind == "number" else "",
        recheck=Duration(10) if awaited else None,
        within=Deadline(Duration(60)) if awaited else None,
    )


FACTS = (
    fact("b0", "bool"),
    fact("b1", "bool", awaited=True),
    fact("b2", "bool", asked=False),
    fact("c0", "choice"),
    fact("c1", "choice", awaited=True),
    fact("n0", "number"),
    fact("m0", "many"),
    fact("t0", "text"),
)
BY_KEY = {entry.key: entry for entry in FACTS}


@st.composite
def leaf(draw: st.DrawFn, facts: tuple[Fact, ...], outcomes: bool) -> Condition:
    """One comparison."""
    pick = draw(st.integers(0, 9))
    if outcomes and pick == 0:
        kind = draw(st.sampled_from(("done", "blocked", "overdue", "handed")))
        return Happened(kind, draw(st.sampled_from(STEPS)).key)  # type: ignore[arg-type]
    entry = draw(st.sampled_from(facts))
    if pick == 1 or entry.kind == "text":
        return Known(entry.key)
    if entry.kind == "bool":
        return Test(entry.key, "in", (draw(st.booleans()),))
    if entry.kind == "number":
        op = draw(st.sampled_from(("in", "lt", "lte", "gt", "gte")))
        values = draw(st.lists(st.integers(0, 12), min_size=1, max_size=2 if op == "in" else 1, unique=True))
        return Test(entry.key, op, tuple(values))  # type: ignore[arg-type]
    chosen = draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=3, unique=True))
    return Test(entry.key, "in", tuple(chosen))


@st.composite
def condition(
    draw: st.DrawFn, facts: tuple[Fact, ...] = FACTS, depth: int = 3, outcomes: bool = True
) -> Condition:
    """A condition tree; outcomes never stand under `not`."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(leaf(facts, outcomes))
    pick = draw(st.integers(0, 3))
    if pick == 2:
        return Not(draw(condition(facts, depth - 1, False)))
    if pick == 3:
        return Maybe(draw(condition(facts, depth - 1, outcomes)))
    items = draw(st.lists(condition(facts, depth - 1, outcomes), max_size=3))
    return All(tuple(items)) if pick == 0 else Any(tuple(items))


@st.composite
def library(draw: st.DrawFn, facts: tuple[Fact, ...] = FACTS, depth: int = 3, most: int = 10) -> Library:
    """One playbook `p` of random rules over shared facts and steps."""
    phases = ("safety", "control", "understand", "resolve", "communicate")
    rules = []
    for index in range(draw(st.integers(1, most))):
        when = draw(condition(facts, depth))
        try:
            disjuncts(when, BY_KEY)
        except BadData:
            continue  # too many alternatives: a load error, not a rule
        wants = draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=2, unique=True))
        phase = draw(st.sampled_from(phases))
        rules.append(Rule(f"p.r{index}", phase, when, tuple(Want(step.key) for step in wants)))  # type: ignore[arg-type]
    playbook = Playbook("p", "试", rules=tuple(rules), order=tuple(entry.key for entry in facts))
    return Library(Vocabulary(facts=facts, steps=STEPS), (playbook,))


@st.composite
def answer(draw: st.DrawFn, entry: Fact) -> Answer:
    """Any answer a fact can have."""
    states = ["known", "known", "known", "unsure", *(["open"] if entry.recheck else [])]
    match draw(st.sampled_from(states)):
        case "unsure":
            return UNSURE
        case "open":
            return OPEN
    match entry.kind:
        case "bool":
            return Answer("known", draw(st.booleans()))
        case "choice":
            return Answer("known", draw(st.sampled_from("xyz")))
        case "many":
            return Answer("known", draw(st.frozensets(st.sampled_from("xyz"))))
        case "number":
            return Answer("known", draw(st.integers(0, 13)))
        case _:
            return Answer("known", "某")


def random_situation(chance: Random, facts: tuple[Fact, ...] = FACTS) -> Situation:
    """Some facts answered, some outcomes happened: cheap, for many of them in one example."""
    known = {entry.key: random_answer(chance, entry) for entry in facts if chance.random() < 0.7}
    outcomes = [(kind, step.key) for step in STEPS for kind in ("done", "blocked", "overdue", "handed")]
    return Situation(known, {outcome for outcome in outcomes if chance.random() < 0.25})


def random_answer(chance: Random, entry: Fact) -> Answer:
    """Any answer a fact can have."""
    draw = chance.random()
    if draw < 0.2:
        return OPEN if entry.recheck and draw < 0.1 else UNSURE
    match entry.kind:
        case "bool":
            return Answer("known", chance.random() < 0.5)
        case "choice":
            return Answer("known", chance.choice("xyz"))
        case "many":
            return Answer("known", frozenset(chance.sample("xyz", chance.randint(0, 3))))
        case "number":
            return Answer("known", chance.randint(0, 13))
        case _:
            return Answer("known", "某")


def some_answer(chance: Random, fact: Fact) -> Answer:
    """Any answer that a fact of a real playbook can have, 说不清 and 还没有 among them."""
    if chance.random() < 0.25:
        return OPEN if fact.recheck is not None and chance.random() < 0.5 else UNSURE
    match fact.kind:
        case "bool":
            return Answer("known", chance.random() < 0.5)
        case "choice":
            return Answer("known", chance.choice(fact.choices).id)
        case "many":
            return Answer("known", frozenset(c.id for c in fact.choices if chance.random() < 0.5))
        case "number":
            edges = (0, 1, 5, 10, 15, 20, 21, 30, 31, 40, 60, 61, 90, 120)
            return Answer("known", chance.choice((*edges, chance.randint(0, 99))))
        case _:
            return Answer("known", "09:00")


@st.composite
def situation(draw: st.DrawFn, facts: tuple[Fact, ...] = FACTS) -> Situation:
    """Some facts answered, some outcomes happened."""
    known = {entry.key: draw(answer(entry)) for entry in facts if draw(st.booleans())}
    outcomes = [(kind, step.key) for step in STEPS for kind in ("done", "blocked", "overdue", "handed")]
    return Situation(known, draw(st.sets(st.sampled_from(outcomes), max_size=8)))
