"""A path of a playbook → the draft of a question file, for a person to edit (see docs/practice.md).

An invented officer walks the playbook (`simulate`); what he learned is the scene, the steps that the
playbook wants there are the points. The draft reads and its weights make 100; its ways are only words
of the steps, so synonyms, the telling of the scene and the questions asked after are left to write.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from engine.conditions import Answer
from engine.errors import UsageError
from engine.model import PHASES, Library, Phase, Step
from engine.practice.draftfile import Drafted, question_file
from engine.practice.model import Bank, Scene
from engine.practice.scenes import Stage, Told, written
from engine.ruleset import Ruleset
from engine.simulate import simulate
from engine.state import decode

LEAST = 3  # points; fewer are no question
MOST = 9  # points; more cannot be told in three minutes
# shares of the phases in the weights, as in the seeds; safety goes before everything
SHARES: dict[Phase, int] = {
    "safety": 30, "control": 24, "understand": 14, "resolve": 36, "communicate": 16, "improve": 10,
}  # fmt: skip
_MINUTES = {"m": 1, "h": 60, "d": 1440, "wd": 1440}


def draft(
    bank: Bank, library: Library, playbook: str, seed: int, given: Sequence[tuple[str, str]] = ()
) -> str:
    """The text of a question file. `given`: facts that are to be so, as (name, answer).

    The same seed gives the same draft. Errors: NotFound, UsageError for a fact that cannot be so.
    """
    stage = Stage(library)
    fixed = tuple((name, tuple(value.split("|"))) for name, value in given)
    told = stage.put([playbook], Scene(facts=fixed))
    for text, help in told.faults:
        raise UsageError(text, help)
    scene = _walked(library, playbook, seed, told)
    told = stage.put([playbook], scene)
    points = _points(told, random.Random(seed))
    if len(points) < LEAST:
        help = "换一个种子，或用 --fact 写上题面里的事实，例如 --fact hurt=yes"
        raise UsageError(f"这条走法上剧本只要求 {len(points)} 步，不够出一道题", help)
    return question_file(bank, playbook, seed, told, scene, points)


def _walked(library: Library, playbook: str, seed: int, told: Told) -> Scene:
    """What an invented officer learns on one walk, in the order in which he learns it."""
    heard = list(told.situation.facts.items())
    walk = simulate(library, [playbook], seed, heard=heard, durable=False)
    facts: dict[str, Answer] = dict(heard)
    ruleset = told.ruleset
    for event in walk["events"]:
        if event["kind"] not in ("answered", "reported") or event["fact"] in facts:
            continue
        fact = ruleset.facts.get(event["fact"])  # None: of a playbook that came in on the way
        if fact is not None and fact.recheck is None:  # what is awaited comes after the question
            facts[fact.key] = decode(event)
    prefix = f"{playbook}."
    return Scene(tuple((key.removeprefix(prefix), (written(a).strip("[]"),)) for key, a in facts.items()))


def _points(told: Told, chance: random.Random) -> list[Drafted]:
    """The most pressing steps of each phase; one or two follow-ups."""
    ruleset = told.ruleset
    by_phase: dict[Phase, list[tuple[float, Step]]] = {}
    for key, rules in told.wanted().items():
        step = ruleset.steps[key]
        if not step.optional:
            press = 1 / (1 + _minutes(ruleset, key, rules)) + chance.random() / 1000
            by_phase.setdefault(ruleset.phase(rules), []).append((press, step))
    room = {phase: 1 if phase in ("understand", "improve") else 2 for phase in by_phase}
    while sum(room.values()) < MOST and any(room[p] < len(by_phase[p]) for p in room):
        widest = max(room, key=lambda p: (min(1, len(by_phase[p]) - room[p]), SHARES[p] / room[p]))
        room[widest] += 1
    found = []
    for phase in (p for p in PHASES if p in by_phase):
        ranked = sorted(by_phase[phase], key=lambda item: -item[0])
        chosen = [step for _, step in ranked[: room[phase]]]
        order = list(told.wanted())
        chosen.sort(key=lambda step: order.index(step.key))
        found += [Drafted(step, phase, SHARES[phase] / len(chosen)) for step in chosen]
    return found


def _minutes(ruleset: Ruleset, step: str, rules: tuple[str, ...]) -> float:
    times = [d.due for d in ruleset.deadlines(step, rules) if d.due.unit in _MINUTES and not d.due.hall]
    return min((due.amount * _MINUTES[due.unit] for due in times), default=60.0)
