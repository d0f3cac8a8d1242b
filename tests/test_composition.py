"""Several playbooks at once: one question for one thing, one step for one act, danger first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import combinations, permutations
from random import Random

import msgspec
import pytest

from engine import walk
from engine.clock import SimulatedClock
from engine.conditions import OPEN, UNSURE, Answer
from engine.journal import Journal
from engine.model import PHASES, Library, Step
from engine.reader import load_library
from engine.ruleset import ALWAYS_ON
from engine.session import Session
from engine.simulate import simulate

SEEDS = 20  # walks of each combination
YES, NO = Answer("known", True), Answer("known", False)


def is_(value: str | int) -> Answer:
    """A known answer."""
    return Answer("known", value)


def of(*chosen: str) -> Answer:
    """A known answer of a fact with several choices."""
    return Answer("known", frozenset(chosen))


QUEUE = ("system-failure", "long-queue")
RAIN = ("rain-before-opening", "missing-materials")
ROW = ("staff-dispute", "recording-threat", "inspection-visit")
PHOTO = ("viral-photo", "poor-attitude")
DISORDER = ("queue-disorder", "priority-dispute")
# what is known when each begins: somebody threatens with the hotline; the person is old
COMBINATIONS: dict[tuple[str, ...], dict[str, Answer]] = {
    QUEUE: {"hotline_talk": YES},
    RAIN: {"frail_present": YES},
    ROW: {"quarrel": YES},
    PHOTO: {},
    DISORDER: {"quarrel": YES},
}
each_combination = pytest.mark.parametrize("together", COMBINATIONS, ids="+".join)


@cache
def library() -> Library:
    """Everything shipped, as read."""
    return load_library(hall=False, cache=False)


def begin(
    journal: Journal, together: Iterable[str], heard: Mapping[str, Answer], *, of: Library | None = None
) -> Session:
    """An incident on some playbooks."""
    return Session.begin(
        journal, of or library(), {}, together, SimulatedClock(), heard=heard.items(), durable=False
    )


def playbooks(rules: Iterable[str]) -> set[str]:
    """The playbooks that rules belong to."""
    return {rule.partition(".")[0] for rule in rules}


# ---- walks ----------------------------------------------------------------------------------------


def faults(made: Mapping[str, object]) -> list[str]:
    """What is wrong with a walk: questions asked again, too much at once, shown again for no reason."""
    found = [] if made["closed"] else ["not closed"]
    asked: set[str] = set()
    shown: set[str] = set()
    again: set[str] = set()
    for event in made["events"]:  # type: ignore[attr-defined]
        match event["kind"]:
            case "asked":
                found += [f"asked twice: {name}" for name in (event["fact"], event["ask"]) if name in asked]
                asked |= {event["fact"], event["ask"]}
            case "opened" | "way" | "overdue":  # wanted anew, another way of doing it, its time is up
                shown.discard(event.get("step", ""))
            case "marked" if event["outcome"] == "handed":
                again.add(event["step"])  # asked about when its time is up
            case "presented":
                found += [f"too many: {event['steps']}"] if not 1 <= len(event["steps"]) <= 3 else []
                found += [f"shown again: {name}" for name in event["steps"] if name in shown - again]
                shown.update(event["steps"])
    return found


@each_combination
def test_walks_of_the_combinations(together: tuple[str, ...]) -> None:
    """Whatever is answered and done: nothing asked twice, three actions at most, each shown once, a close."""
    for seed in range(SEEDS):
        made = simulate(library(), list(together), seed, heard=COMBINATIONS[together].items(), durable=False)
        assert faults(made) == [], seed
        first = next(event for event in made["events"] if event["kind"] in ("presented", "asked"))
        assert first["kind"] == "presented"


IDS = sorted(playbook.id for playbook in library().playbooks if playbook.id != ALWAYS_ON)


@pytest.mark.parametrize("seed", range(24))
def test_any_three_or_four_close(seed: int) -> None:
    """Playbooks drawn at random, three or four at once, walk to a close with no question twice."""
    chance = Random(seed)
    together = chance.sample(IDS, chance.choice((3, 4)))
    assert faults(simulate(library(), together, seed, durable=False)) == [], together


# ---- one step with all its reasons ----------------------------------------------------------------

# (facts, outcomes, step → playbooks that must be among its reasons): what is one step in each combination
Wanting = dict[str, tuple[str, ...]]
Moment = tuple[dict[str, Answer], list[tuple[str, str]], Wanting]
MERGED: dict[tuple[str, ...], list[Moment]] = {
    QUEUE: [
        ({}, [], {"hotline-right": QUEUE}),
        (
            {
                "office_hours": YES,
                "system-failure.fault_kind": is_("partial"),
                "system-failure.fix_minutes": is_(120),
                "system-failure.online_ok": YES,
                "long-queue.leaving": YES,
                "hands_ok": NO,
            },
            [("book-slot", "done")],
            dict.fromkeys(
                (
                    "call-hands",
                    "queue-guides",
                    "queue-cards",
                    "to-online",
                    "book-slot",
                    "ring-booked",
                    "lead-comes",
                ),
                QUEUE,
            ),
        ),
        (
            {
                "office_hours": YES,
                "system-failure.fault_kind": is_("total"),
                "system-failure.system_back": NO,
                "long-queue.eased": NO,
                "queue_papers": of("key"),
            },
            [("last-check", "blocked")],
            dict.fromkeys(("tell-lacking", "last-check", "lead-takes"), QUEUE),
        ),
    ],
    RAIN: [
        (
            {"quarrel": YES, "hotline_talk": YES},
            [],
            dict.fromkeys(("separate", "calm", "hotline-right"), RAIN),
        ),
    ],
    ROW: [
        (
            {"inspection-visit.clash": YES, "hotline_talk": YES},
            [],
            {
                "separate": ROW,
                "keep-service": ROW,
                "hotline-right": ROW,
                "hear-visitor": ROW,
                "move-staff": ("staff-dispute", "inspection-visit"),
                "sorry-for-quarrel": ("staff-dispute", "inspection-visit"),
                "calm": ("staff-dispute", "recording-threat"),
                "to-quiet-room": ("staff-dispute", "recording-threat"),
                "ask-content": ("staff-dispute", "recording-threat"),
                "report-lead": ("staff-dispute", "recording-threat"),
            },
        ),
        (
            {"inspection-visit.clash": YES, "visitor_business": UNSURE, "goes_aside": NO},
            [("separate", "blocked")],
            {"lead-comes": ROW, "look-up": ROW, "talk-on-spot": ("staff-dispute", "recording-threat")},
        ),
        (
            {
                "inspection-visit.clash": YES,
                "inspection-visit.urgent": YES,
                "visitor_business": is_("lacks"),
                "gap": is_("minor"),
                "minor_way": is_("tolerate"),
                "tolerance_ok": YES,
            },
            [("pledge", "done")],
            {
                "list-gap": ("staff-dispute", "recording-threat"),
                **dict.fromkeys(
                    ("seek-tolerance", "pledge", "process", "get-rest"),
                    ("recording-threat", "inspection-visit"),
                ),
            },
        ),
        ({"visitor_business": is_("doable"), "inspection-visit.clash": YES}, [], {"do-it-now": ROW}),
        ({"visitor_business": is_("not_ours"), "inspection-visit.clash": YES}, [], {"read-rule": ROW}),
    ],
    PHOTO: [
        (
            {"viral-photo.phone_use": is_("idle"), "poor-attitude.verdict": is_("proven")},
            [],
            dict.fromkeys(("watch-video", "discipline-meeting", "duty-checks", "public-pledge"), PHOTO),
        ),
    ],
    DISORDER: [
        (
            {"hotline_talk": YES},
            [],
            dict.fromkeys(("separate", "calm", "hotline-right", "elder-lane"), DISORDER),
        ),
        ({"queue-disorder.peak": YES}, [("separate", "blocked"), ("queue-disorder.spread-out", "blocked")],
         {"lead-comes": DISORDER}),
    ],
}  # fmt: skip


@each_combination
def test_equal_steps_are_one_with_all_their_reasons(together: tuple[str, ...]) -> None:
    """What several of the playbooks want is one step, due at the earliest of their times, with every rule."""
    for facts, outcomes, expected in MERGED[together]:
        with Journal(None) as journal:
            session = begin(journal, together, COMBINATIONS[together])
            for key, answer in facts.items():
                session.answer(key, answer, how="reported")
            for step, outcome in outcomes:
                session.mark(step, outcome, reason="办不到" if outcome == "blocked" else "")
            for step, wanting in expected.items():
                item = session.plan.wanted[step]
                assert playbooks(item.rules) >= set(wanting), step
                phases = [session.ruleset.rules[rule].rule.phase for rule in item.rules]
                assert item.phase == min(phases, key=PHASES.index), step
                live = session.state.steps.get(step)  # a follow-up is opened at the close
                if live is not None and live.running and item.due is not None:
                    times = [
                        session.time.deadline(within, live.opened, session.state)
                        for within in session.ruleset.deadlines(step, item.rules)
                    ]
                    assert item.due == min(at[0] for at in times if at is not None), step


@each_combination
def test_each_reason_of_a_merged_step_counts(together: tuple[str, ...]) -> None:
    """The expectations above are of steps that every one of the playbooks wants on its own too."""
    for facts, outcomes, expected in MERGED[together]:
        alone: dict[str, set[str]] = {}
        for playbook in together:
            with Journal(None) as journal:
                session = begin(journal, [playbook], COMBINATIONS[together])
                for key, answer in facts.items():
                    if key in session.ruleset.facts:
                        session.answer(key, answer, how="reported")
                for step, outcome in outcomes:
                    if step in session.ruleset.steps:
                        session.mark(step, outcome, reason="办不到" if outcome == "blocked" else "")
                alone[playbook] = set(session.plan.wanted)
        for step, wanting in expected.items():
            assert {playbook for playbook, wanted in alone.items() if step in wanted} >= set(wanting), step


# ---- no order of files ----------------------------------------------------------------------------


def answered(session: Session, chance: Random) -> Session:
    """The incident after some random answers and outcomes (the same for the same random numbers)."""
    keys = sorted(key for key in session.ruleset.used if session.ruleset.facts[key].when is None)
    for key in chance.sample(keys, len(keys) // 2):
        fact = session.ruleset.facts[key]
        match fact.kind:
            case "bool":
                answer = chance.choice((YES, NO))
            case "number":
                answer = is_(chance.choice((0, 10, 90)))
            case "choice":
                answer = is_(chance.choice(fact.choices).id)
            case "many":
                answer = of(chance.choice(fact.choices).id)
            case _:
                answer = UNSURE
        session.answer(key, OPEN if fact.recheck is not None and chance.random() < 0.2 else answer)
    for key in sorted(item.key for item in session.running()):
        draw = chance.random()
        if draw < 0.2 and key in {item.key for item in session.running()}:
            session.mark(key, "blocked" if draw < 0.1 else "done", reason="办不到")
    return session


def picture(session: Session) -> dict[str, tuple[frozenset[str], str, datetime | None]]:
    """Each step of the plan with its reasons, phase and time."""
    return {key: (frozenset(item.rules), item.phase, item.due) for key, item in session.plan.wanted.items()}


@each_combination
def test_the_order_of_playbooks_changes_only_the_order(together: tuple[str, ...]) -> None:
    """Named in another order they give the same steps, reasons and times, sorted by phase, primary first."""
    for seed in range(6):
        seen = []
        for order in permutations(together):
            with Journal(None) as journal:
                session = answered(begin(journal, order, COMBINATIONS[together]), Random(seed))
                seen.append((picture(session), dict(session.plan.proposals).keys()))
                places = [
                    (PHASES.index(item.phase), [*order, ALWAYS_ON].index(item.playbook))
                    for item in session.plan.wanted.values()
                ]
                assert places == sorted(places)
        assert all(other == seen[0] for other in seen), seed


@each_combination
def test_the_order_of_files_changes_nothing(together: tuple[str, ...]) -> None:
    """A library read in the opposite order gives the very same plan, in the same order."""
    backwards = msgspec.structs.replace(library(), playbooks=library().playbooks[::-1])
    for seed in range(3):
        plans = []
        for read in (library(), backwards):
            with Journal(None) as journal:
                session = answered(begin(journal, together, COMBINATIONS[together], of=read), Random(seed))
                plans.append([(*pair,) for pair in picture(session).items()])
                assert walk.next_prompt(session).kind != "closed"
        assert plans[0] == plans[1], seed


# ---- contradictions -------------------------------------------------------------------------------


def test_declared_contradictions_are_of_the_vocabulary_or_one_playbook() -> None:
    """A contradiction names a step that the author can see; there are some, and of shared steps too."""
    declared = {
        (step.key, other)
        for owner in (library().vocabulary, *library().playbooks)
        for step in owner.steps
        for other in step.conflicts_with
    }
    assert ("talk-on-spot", "to-quiet-room") in declared
    known = {step.key for owner in (library().vocabulary, *library().playbooks) for step in owner.steps}
    assert {name for pair in declared for name in pair} <= known


@pytest.mark.parametrize("together", [*COMBINATIONS, ("missing-materials", *ROW)], ids="+".join)
def test_contradictory_steps_are_not_both_to_be_done(together: tuple[str, ...]) -> None:
    """What is declared to conflict, or is told to the same person as yes and as no, is never open at once."""
    pairs = [("process", "tell-no"), ("talk-on-spot", "to-quiet-room")]
    for seed in range(30):
        with Journal(None) as journal:
            session = answered(begin(journal, together, COMBINATIONS.get(together, {})), Random(seed))
            open_now = {item.key for item in session.running() if not item.waits}
            steps = session.ruleset.steps
            declared = [(key, other) for key in open_now for other in steps[key].conflicts_with]
            assert [pair for pair in (*pairs, *declared) if set(pair) <= open_now] == [], seed


def test_nobody_is_led_into_a_burning_hall() -> None:
    """Fire reported while people are let in from the rain: that leaves the plan, getting out comes first."""
    with Journal(None) as journal:
        session = begin(journal, RAIN, COMBINATIONS[RAIN])
        for key, answer in (("can_shelter", YES), ("may_open", is_("self"))):
            session.answer(f"rain-before-opening.{key}", answer)
        inside = {f"rain-before-opening.{name}" for name in ("open-lobby", "guard-order", "guide-in")}
        assert inside <= set(session.plan.wanted)
        session.answer("fire", YES, how="reported")
        assert not inside & set(session.plan.wanted)
        prompt = walk.next_prompt(session)
        assert [item.key for item in prompt.steps][:2] == ["always.call-119", "always.evacuate"]


# ---- danger first ---------------------------------------------------------------------------------


@each_combination
@pytest.mark.parametrize("danger", ["hurt", "violence", "fire", "self_harm", "lost_child"])
def test_a_danger_comes_on_top_at_any_moment(together: tuple[str, ...], danger: str) -> None:
    """Reported after any number of screens, the next screen is what saves lives and nothing else."""
    for screens in (0, 1, 4, 9):
        with Journal(None) as journal:
            session = begin(journal, together, COMBINATIONS[together])
            for _ in range(screens):
                prompt = walk.next_prompt(session)
                for item in prompt.steps if prompt.kind == "steps" else ():
                    if session.state.steps[item.key].running:
                        session.mark(item.key, "handed")
                if prompt.kind == "question" and prompt.fact is not None:
                    session.answer(prompt.fact.key, UNSURE)
                if prompt.kind == "propose":
                    session.perform("declined", {"playbook": prompt.playbook})
            session.answer(danger, YES, how="reported")
            prompt = walk.next_prompt(session)
            assert prompt.kind == "steps"
            assert {item.phase for item in prompt.steps} == {"safety"}
            assert len(prompt.steps) <= walk.AT_ONCE
            assert danger in {name for item in prompt.steps for name in _reads(session, item.rules)}


def _reads(session: Session, rules: Iterable[str]) -> set[str]:
    from engine.conditions import needs

    return {name for rule in rules for name in needs(session.ruleset.rules[rule].when)}


# ---- no twins -------------------------------------------------------------------------------------


def _pairs_of_signs(text: str) -> set[str]:
    text = re.sub(r"\{[%{].*?[%}]\}|（.*?）|[^\u4e00-\u9fff0-9]", "", text)
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _alike(texts: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """How alike the texts of different files are: shared pairs of signs among all of them, 0 to 1."""
    signs = {key: _pairs_of_signs(text) for key, text in texts.items()}
    found = {}
    for one, other in combinations(signs, 2):
        if one.rpartition(".")[0] != other.rpartition(".")[0] or "." not in one:
            found[one, other] = len(signs[one] & signs[other]) / (len(signs[one] | signs[other]) or 1)
    return found


def test_no_two_questions_ask_the_same() -> None:
    """No two facts ask (nearly) the same; what several playbooks ask stands in the vocabulary."""
    declared = [*library().vocabulary.facts, *(fact for p in library().playbooks for fact in p.facts)]
    alike = _alike({fact.key: fact.ask for fact in declared if fact.ask})
    assert {pair: share for pair, share in alike.items() if share > 0.5} == {}


def test_no_two_steps_are_the_same_act() -> None:
    """No two steps are told in (nearly) the same words; what several do stands in the vocabulary."""
    declared: list[Step] = [*library().vocabulary.steps, *(s for p in library().playbooks for s in p.steps)]
    alike = _alike({step.key: step.what for step in declared})
    # one act now, its keeping up later
    apart = {("change-day", "service-rectification.change-demo")}
    assert {pair: share for pair, share in alike.items() if share > 0.6 and pair not in apart} == {}
