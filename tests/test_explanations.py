"""`why`, `why-not` and `what-if` on every shipped playbook, held against recomputation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import example, given, settings

from engine import explain
from engine import model as m
from engine.clock import SimulatedClock
from engine.conditions import OPEN, UNSURE, Answer, Situation, Verdict, evaluate, grounds, leaves, needs
from engine.journal import Journal
from engine.plan import make_plan
from engine.reader import load_library
from engine.ruleset import ALWAYS_ON
from engine.session import Session
from tests import worlds

SITUATIONS = 6  # random incidents of each playbook
ANSWERS = 12  # `what-if` of each of them


@cache
def library() -> m.Library:
    """Everything shipped, as read."""
    return load_library(hall=False, cache=False)


IDS = [playbook.id for playbook in library().playbooks if playbook.id != ALWAYS_ON]
each_playbook = pytest.mark.parametrize("id", IDS)


# ---- random incidents -----------------------------------------------------------------------------


def values(fact: m.Fact, when: list[m.Condition]) -> list[Answer]:
    """Known answers of a fact of which any two that conditions can tell apart differ."""
    match fact.kind:
        case "bool":
            return [Answer("known", True), Answer("known", False)]
        case "choice":
            return [Answer("known", choice.id) for choice in fact.choices]
        case "many":
            ids = [choice.id for choice in fact.choices]
            picked = [frozenset[str](), frozenset(ids), *(frozenset((id,)) for id in ids)]
            return [Answer("known", some) for some in picked]
        case "number":
            limits = {
                value
                for condition in when
                for leaf in leaves(condition)
                if isinstance(leaf, m.Test) and leaf.fact == fact.key
                for value in leaf.values
                if isinstance(value, int)
            }
            around = {limit + step for limit in limits for step in (-1, 0, 1)} or {5}
            return [Answer("known", number) for number in sorted(around) if number >= 0]
        case "time":
            return [Answer("known", "9:30")]
        case _:
            return [Answer("known", "某某")]


def answers(session: Session, key: str) -> list[Answer]:
    """Everything that a fact may be answered."""
    fact = session.ruleset.facts[key]
    found = values(fact, [bound.when for bound in session.ruleset.rules.values()])
    return [*found, UNSURE, *([OPEN] if fact.recheck is not None else [])]


def incidents(id: str) -> Iterator[tuple[Session, Random]]:
    """Random incidents of a playbook: some facts answered, some steps settled, some overdue."""
    for seed in range(SITUATIONS):
        chance = Random(f"{id} {seed}")
        with Journal(None) as journal:
            clock = SimulatedClock()
            session = Session.begin(journal, library(), {}, [id], clock, durable=False)
            askable = [key for key in session.ruleset.used if session.ruleset.facts[key].when is None]
            for key in chance.sample(askable, chance.randint(0, len(askable))):
                session.answer(key, chance.choice(answers(session, key)), how="reported")
                for item in session.running():
                    if chance.random() < 0.15:
                        outcome = chance.choice(("done", "handed", "blocked"))
                        session.mark(item.key, outcome, reason="办不到" if outcome == "blocked" else "")
            for playbook, _ in session.plan.proposals[: chance.randint(0, 1)]:
                session.perform("declined", {"playbook": playbook})
            if chance.random() < 0.5:
                clock.advance(timedelta(minutes=chance.choice((10, 90, 600))))
                session.tick()
            yield session, chance


def only(at: Situation, names: set[str]) -> Situation:
    """A situation reduced to what is said about some facts and steps."""
    return Situation(
        {key: answer for key, answer in at.facts.items() if key in names},
        frozenset(outcome for outcome in at.happened if outcome[1] in names),
    )


def named(reason: explain.Reason) -> set[str]:
    """The facts and steps that a reason names."""
    return {ground.name for ground in reason.grounds}


# ---- why ------------------------------------------------------------------------------------------


@each_playbook
def test_why_names_rules_that_hold_and_facts_that_suffice(id: str) -> None:
    """Each step of the plan has reasons: all its rules, which hold by what is named and nothing else."""
    for session, _ in incidents(id):
        at, rules = session.state.situation, session.ruleset.rules
        for key, item in session.plan.wanted.items():
            reasons = explain.why(session, key)
            wanting = {name for name, bound in rules.items() if any(w.step == key for w in bound.rule.do)}
            assert {reason.rule for reason in reasons} == {
                name for name in wanting if evaluate(rules[name].when, at) is True
            }, key
            assert [reason.rule for reason in reasons] == list(item.rules)
            for reason in reasons:
                assert reason.verdict is True
                assert reason.needs == ()
                assert evaluate(rules[reason.rule].when, only(at, named(reason))) is True, reason.rule
                assert {source for source, _ in reason.sources} >= set(session.ruleset.steps[key].source)


@each_playbook
def test_why_names_nothing_that_is_beside_the_point(id: str) -> None:
    """Every fact and step that a reason names is one that the rule reads."""
    for session, _ in incidents(id):
        for key, bound in session.ruleset.rules.items():
            read = {*needs(bound.when), *(x.name for x in leaves(bound.when) if isinstance(x, m.Happened))}
            (reason,) = explain.why_not(session, key)
            assert named(reason) <= read, key


STILL = m.Maybe(m.All((m.Happened("done", "s0"), m.Test("b0", "in", (True,)))))


@example(STILL, Situation({}, frozenset({("done", "s0")})))
@given(worlds.condition(depth=4), worlds.situation())
@settings(max_examples=400)
def test_grounds_suffice_for_any_condition(when: m.Condition, at: Situation) -> None:
    """Of random conditions: what carries a true or false verdict gives it alone, without anything else."""
    verdict = evaluate(when, at)
    found = grounds(when, at)
    names = {leaf.name if isinstance(leaf, m.Happened) else leaf.fact for leaf, _ in found}
    if verdict is not None:
        assert evaluate(when, only(at, names)) is verdict
    else:
        assert {truth for leaf, truth in found if not isinstance(leaf, m.Happened)} == {None}


# ---- why-not --------------------------------------------------------------------------------------


@each_playbook
def test_why_not_names_what_blocks(id: str) -> None:
    """A false rule is false by what is named alone, and no longer is when that is otherwise."""
    for session, chance in incidents(id):
        at = session.state.situation
        everything = frozenset(session.ruleset.outcomes)
        for key, bound in session.ruleset.rules.items():
            if evaluate(bound.when, at) is not False:
                continue
            (reason,) = explain.why_not(session, key)
            assert reason.verdict is False
            names = named(reason)
            # whatever is said or happens elsewhere: it stays false
            happened = frozenset(o for o in everything if o[1] not in names) | only(at, names).happened
            assert evaluate(bound.when, Situation(only(at, names).facts, happened)) is False, key
            # with each ground as it is asked for: nothing blocks it any more
            changed = opened(session, bound.when, at, names, chance)
            assert evaluate(bound.when, changed) is not False, key


def opened(session: Session, when: m.Condition, at: Situation, names: set[str], chance: Random) -> Situation:
    """The situation with what is named otherwise: facts answered at random, outcomes come about, or not.

    One in which nothing blocks `when` any more; `at` itself if none is found.
    """
    outcomes = {(x.kind, x.name) for x in leaves(when) if isinstance(x, m.Happened) and x.name in names}
    asked = [name for name in needs(when) if name in names]
    for _ in range(400):
        facts = dict(at.facts) | {name: chance.choice(answers(session, name)) for name in asked}
        for happened in (at.happened, at.happened | outcomes):
            found = Situation(facts, frozenset(happened))
            if evaluate(when, found) is not False:
                return found
    return at


@each_playbook
def test_why_not_names_the_facts_that_are_needed(id: str) -> None:
    """Of an undecided rule only facts not known are named; without these it cannot hold; they decide it.

    An answer may bring up others (what `maybe` let pass is then false), but none is asked for twice.
    """
    for session, chance in incidents(id):
        rules, at = session.ruleset.rules, session.state.situation
        undecided = [key for key, bound in rules.items() if evaluate(bound.when, at) is None]
        for key in undecided:
            (reason,) = explain.why_not(session, key)
            assert reason.verdict is None
            assert set(reason.needs) == named(reason) != set()
            others = [name for name in needs(rules[key].when) if name not in reason.needs]
            rest = {name: known(session, name, chance) for name in others if name not in at.facts}
            held = evaluate(rules[key].when, Situation({**at.facts, **rest}, at.happened))
            assert held is not True, key
        for key in chance.sample(undecided, min(4, len(undecided))):
            told: set[str] = set()
            while evaluate(rules[key].when, session.state.situation) is None:
                (reason,) = explain.why_not(session, key)
                assert not told & set(reason.needs), key
                told |= set(reason.needs)
                for name in reason.needs:
                    session.answer(name, known(session, name, chance), how="reported")


def known(session: Session, name: str, chance: Random) -> Answer:
    """Some known answer of a fact."""
    return chance.choice([answer for answer in answers(session, name) if answer.state == "known"])


@each_playbook
def test_verdicts_shown_are_those_of_the_comparisons(id: str) -> None:
    """The verdict beside each ground is that of a comparison of that fact or step as things stand."""
    for session, _ in incidents(id):
        at = session.state.situation
        for key, bound in session.ruleset.rules.items():
            (reason,) = explain.why_not(session, key)
            truth: dict[str, set[Verdict]] = {}
            for leaf in leaves(bound.when):
                name = leaf.name if isinstance(leaf, m.Happened) else leaf.fact
                truth.setdefault(name, set()).add(evaluate(leaf, at))
            for ground in reason.grounds:
                assert ground.verdict in truth[ground.name], (key, ground)


# ---- what-if --------------------------------------------------------------------------------------


def plan_after(session: Session, facts: Mapping[str, Answer]) -> tuple[list[str], list[str]]:
    """(steps, proposed playbooks) of a plan made anew from nothing but the rules and a situation."""
    at = Situation(facts, session.state.happened)
    plan = make_plan(session.ruleset, session.state, session.ruleset.holding_by_tree(at), session.time)
    return list(plan.wanted), [playbook for playbook, _ in plan.proposals]


@each_playbook
def test_what_if_is_the_difference_of_two_plans(id: str) -> None:
    """The steps and proposals that come and go are those of two plans made in full."""
    for session, chance in incidents(id):
        facts = session.state.situation.facts
        steps, proposed = plan_after(session, facts)
        assert set(steps) == set(session.plan.wanted)
        askable = [key for key in session.ruleset.used if session.ruleset.facts[key].when is None]
        for key in chance.choices(askable, k=ANSWERS):
            answer = chance.choice(answers(session, key))
            effect = explain.what_if(session, key, answer)
            after, then = plan_after(session, {**facts, key: answer})
            assert list(effect.steps_added) == [step for step in after if step not in steps], (key, answer)
            assert list(effect.steps_gone) == [step for step in steps if step not in after], (key, answer)
            assert sorted(effect.proposed) == sorted(p for p in then if p not in proposed), (key, answer)


@each_playbook
def test_what_if_comes_true(id: str) -> None:
    """Answering so has the effect that was told (unless a step comes back and its outcome with it)."""
    for session, chance in incidents(id):
        askable = [key for key in session.ruleset.used if key not in session.state.facts]
        askable = [key for key in askable if session.ruleset.facts[key].when is None]
        for key in askable[:1]:
            before = list(session.plan.wanted)
            answer = chance.choice(answers(session, key))
            effect = explain.what_if(session, key, answer)
            happened = frozenset(session.state.happened)
            session.answer(key, answer, how="reported")
            if frozenset(session.state.happened) == happened:
                after = list(session.plan.wanted)
                assert set(effect.steps_added) == set(after) - set(before), (key, answer)
                assert set(effect.steps_gone) == set(before) - set(after), (key, answer)


def test_what_if_does_not_propose_what_was_declined() -> None:
    """A playbook that the officer declined is not proposed again, nor told as an effect."""
    with Journal(None) as journal:
        session = Session.begin(journal, library(), {}, ["long-queue"], SimulatedClock(), durable=False)
        yes, no = Answer("known", True), Answer("known", False)
        assert explain.what_if(session, "filming", yes).proposed == ("recording-threat",)
        session.answer("filming", yes, how="reported")
        session.perform("declined", {"playbook": "recording-threat"})
        session.answer("filming", no, how="reported")
        assert explain.what_if(session, "filming", yes).proposed == ()
