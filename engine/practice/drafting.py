"""A path of a playbook → the draft of a question file, for a person to edit (see docs/practice.md).

An invented officer walks the playbook (`simulate`); what he learned is the scene, the steps that the
playbook wants there are the points. The draft reads and its weights make 100; its ways are only words
of the steps, so synonyms, the telling of the scene and the questions asked after are left to write.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.conditions import Answer
from engine.errors import UsageError
from engine.model import PHASES, Fact, Library, Phase, Step
from engine.practice.fields import PHASES as POINT_PHASES
from engine.practice.model import Bank, Fault, Scene
from engine.practice.scenes import Stage, Told, written
from engine.ruleset import Ruleset
from engine.simulate import simulate
from engine.state import decode

MOST = 9  # points; more cannot be told in three minutes
# shares of the phases in the weights, as in the seeds; safety goes before everything
SHARES: dict[Phase, int] = {
    "safety": 30, "control": 24, "understand": 14, "resolve": 36, "communicate": 16, "improve": 10,
}  # fmt: skip
_MARKS = re.compile(r"[，。；：、！？（）“”\s]|\{[{%].*?[%}]\}")
_GLUE = re.compile(r"[的了把被给在和与就先再都也不别要]")
_MINUTES = {"m": 1, "h": 60, "d": 1440, "wd": 1440}


class Drafted(NamedTuple):
    """A step as a point: `share` is its part of the weights."""

    step: Step
    phase: Phase
    share: float


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
    return _text(bank, playbook, seed, told, scene, points)


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


def weights(shares: Sequence[float]) -> list[int]:
    """Whole weights in these proportions that make 100, each even where that can be."""
    full = sum(shares)
    found = [max(4, 2 * round(50 * share / full)) for share in shares]
    while sum(found) != 100:
        at = max(range(len(found)), key=lambda i: found[i] if sum(found) > 100 else -found[i])
        found[at] += 1 if sum(found) < 100 else -1
    return found


# ---- words ------------------------------------------------------------------------------------------


def _text(bank: Bank, playbook: str, seed: int, told: Told, scene: Scene, points: Sequence[Drafted]) -> str:
    facts = [(told.ruleset.facts[key], answer) for key, answer in told.situation.facts.items()]
    lines = [
        "# 底稿：由剧本的一条走法写出，要人改过才能用。改法见 docs/practice.md。",
        "id: G00",
        f"playbook: {playbook}",
        "kind: 应急应变",
        "think: 1m",
        "answer: 3m",
        f"origin: {{from: generated, seed: {max(1, seed)}, facts: {{{_facts(scene)}}}}}",
        f"question: {_scene_words(facts)}你在现场负责，怎么处理？",
        "points:",
    ]
    for number, (point, weight) in enumerate(zip(points, weights([p.share for p in points]), strict=True), 1):
        phase = point.phase if point.phase in POINT_PHASES else "control"
        short = point.step.key.removeprefix(f"{playbook}.")
        lines += [
            f"- id: p{number}",
            f"  phase: {phase}",
            f"  weight: {weight}",
            f"  point: {_plain(point.step.what)}",
            f"  source: [{', '.join(point.step.source or ('own',))}]",
            f"  steps: [{short}]",
            "  ways:",
            *(f"  - {way}" for way in _ways(point.step)),
        ]
    faults = _faults(bank, playbook)
    lines += ["faults:", *faults, "outline:"] if faults else ["faults: []", "outline:"]
    for phase in dict.fromkeys(p.phase for p in points):
        lines.append(f"- {'；'.join(_plain(p.step.what) for p in points if p.phase == phase)}。")
    lines += ["asks: []", ""]
    return "\n".join(lines)


def _facts(scene: Scene) -> str:
    return ", ".join(
        f"{name}: [{values[0]}]" if "," in values[0] else f"{name}: '{values[0]}'"
        for name, values in scene.facts
    )


def _scene_words(facts: Iterable[tuple[Fact, Answer]]) -> str:
    """The facts told one after the other."""
    told = []
    for fact, answer in facts:
        if answer.state != "known":
            told.append(f"{fact.label}还说不清")
            continue
        labels = {choice.id: choice.label for choice in fact.choices}
        match answer.value:
            case True:
                told.append(fact.label)
            case False:
                told.append(f"没有“{fact.label}”")
            case frozenset():
                told.append(
                    f"{fact.label}：{'、'.join(labels[id] for id in sorted(answer.value)) or '都没有'}"
                )
            case _:
                told.append(f"{fact.label}{labels.get(str(answer.value), str(answer.value))}{fact.unit}")
    return "，".join(told) + "。"


def _plain(words: str) -> str:
    """A step's words on one line, without the marks that YAML or a template would read."""
    return re.sub(r"\{[{%].*?[%}]\}", "", words).replace("：", "，").strip("，")


def _ways(step: Step) -> list[str]:
    """First ways: of each clause its first and its last two signs."""
    found = []
    for words in (step.what, *step.ways):
        for clause in _MARKS.split(words):
            clause = _GLUE.sub("", clause)
            if len(clause) >= 4:
                found.append(f"{{act: {clause[:2]}, object: {clause[-2:]}}}")
            elif len(clause) >= 2:
                found.append(f"{{act: {clause}}}")
    return list(dict.fromkeys(found))[:5] or ["{act: 待写}"]


def _faults(bank: Bank, playbook: str) -> list[str]:
    """The faults of the shipped questions on the same playbook, to choose from."""
    seen: dict[str, Fault] = {}
    for question in bank.questions:
        if question.playbook == playbook and question.origin.kind == "seed":
            seen |= {fault.text: fault for fault in question.faults}
    lines = []
    for number, fault in enumerate(seen.values(), 1):
        lines += [f"- id: f{number}", f"  fault: {fault.text}", f"  minus: {fault.minus}", "  ways:"]
        for way in fault.ways:
            groups = ", ".join(f"{group.role}: '{group.written}'" for group in way.groups)
            lines.append(f"  - {{{groups}}}")
    return lines
