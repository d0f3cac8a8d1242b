"""Words that a trainee says: which expectations, points and faults they reach, and by which of them.

They are judged once, when they are said; the record keeps the verdict.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.drill.model import Drill
from engine.practice.answer import Answer
from engine.practice.finding import Finder
from engine.practice.model import Bank, Point


class Said(NamedTuple):
    """What words reach: id → the words. `harms` are harmful acts of the drill."""

    reached: dict[str, str]
    points: dict[str, str]
    faults: dict[str, str]
    harms: dict[str, str]


def judge(drill: Drill, bank: Bank, text: str) -> Said:
    """Judge words. Points and faults are those of the practice questions about the drill's playbooks."""
    answer = Answer(text, dict(bank.usual))
    finder, strict = Finder(answer), Finder(answer, later=False)
    points: dict[str, str] = {}
    faults: dict[str, str] = {}
    named = {id for entry in drill.expectations for id in entry.points}
    offered = {harm.fault: harm.id for harm in drill.harms if harm.fault}
    for question in bank.questions:
        mine = question.playbook in drill.playbooks
        for point in question.points:
            if mine or point.id in named:
                place = finder.any(point.ways, point.unless)
                if place is not None:
                    points[point.id] = answer.cut(*place).text
        for fault in question.faults:
            if mine or fault.id in offered:
                place = strict.any(fault.ways, fault.unless)
                if place is not None:
                    faults[fault.id] = answer.cut(*place).text
    reached: dict[str, str] = {}
    for entry in drill.expectations:
        place = finder.any(entry.says) if entry.says else None
        if place is not None:
            reached[entry.id] = answer.cut(*place).text
        for id in entry.points:
            if id in points:
                reached.setdefault(entry.id, points[id])
    harms = {offered[id]: words for id, words in faults.items() if id in offered}
    return Said(reached, points, faults, harms)


def judge_after(drill: Drill, bank: Bank, before: str, text: str) -> Said:
    """Judge words said right after others: a thing may be said in two lines. Only what the new ones bring
    about counts, and harm lies in the new ones alone."""
    said = judge(drill, bank, text)
    if not before:
        return said
    alone = judge(drill, bank, before).reached
    joined = judge(drill, bank, f"{before.rstrip('，。,.')}，{text}").reached
    more = {id: words for id, words in joined.items() if id not in alone}
    return said._replace(reached=more | said.reached)


def points_of(drill: Drill, bank: Bank, ids: tuple[str, ...]) -> list[Point]:
    """The marking points with these ids, in their order."""
    found = {point.id: point for question in bank.questions for point in question.points}
    return [found[id] for id in ids if id in found]
