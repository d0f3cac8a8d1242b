"""The draft of a question, written: scene, points, weights, first ways, faults to choose from, outline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from engine.conditions import Answer
from engine.model import Fact, Phase, Step
from engine.practice.fields import PHASES as POINT_PHASES
from engine.practice.model import Bank, Fault, Scene
from engine.practice.scenes import Told

_MARKS = re.compile(r"[，。；：、！？（）“”\s]|\{[{%].*?[%}]\}")
_PLAIN = re.compile(r"[\u4e00-\u9fff]{2,}")
_GLUE = re.compile(r"[的了把被给在和与就先再都也不别要]")


class Drafted(NamedTuple):
    """A step as a point: `share` is its part of the weights."""

    step: Step
    phase: Phase
    share: float


def weights(shares: Sequence[float]) -> list[int]:
    """Whole weights in these proportions that make 100, each even where that can be."""
    full = sum(shares)
    found = [max(4, 2 * round(50 * share / full)) for share in shares]
    while sum(found) != 100:
        at = max(range(len(found)), key=lambda i: found[i] if sum(found) > 100 else -found[i])
        found[at] += 1 if sum(found) < 100 else -1
    return found


def question_file(
    bank: Bank, playbook: str, seed: int, told: Told, scene: Scene, points: Sequence[Drafted]
) -> str:
    """The text of a question file that is to be edited."""
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
            *(f"  - {way}" for way in _ways(point.step, dict(bank.words))),
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


def _ways(step: Step, words: Mapping[str, str]) -> list[str]:
    """First ways: of each clause a word of the lexicon in it (or its first signs) and its last signs."""
    found = []
    for told in (step.what, *step.ways):
        for clause in _MARKS.split(told):
            clause = _GLUE.sub("", clause)
            name = _name(clause, words)
            if name and len(clause) >= 4:
                found.append(f"{{act: <{name}>, object: {clause[-2:]}}}")
            elif len(clause) >= 4:
                found.append(f"{{act: {clause[:2]}, object: {clause[-2:]}}}")
            elif len(clause) >= 2:
                found.append(f"{{act: {f'<{name}>' if name else clause}}}")
    return list(dict.fromkeys(found))[:5] or ["{act: 待写}"]


def _name(clause: str, words: Mapping[str, str]) -> str:
    """The entry of the lexicon whose longest plain word stands in a clause, before its last two signs."""
    hits = [
        (len(word), name)
        for name, written in words.items()
        for word in written.split("|")
        if _PLAIN.fullmatch(word) and word in (clause if len(clause) < 4 else clause[:-2])
    ]
    return max(hits, default=(0, ""))[1]


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
