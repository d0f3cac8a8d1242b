"""An answer → its marks: credits with evidence, faults with evidence, the total."""

from __future__ import annotations

import msgspec

from engine.practice.answer import Answer
from engine.practice.finding import Finder
from engine.practice.model import Bank, Question
from engine.practice.shape import Shape, shape_of
from engine.triage.text import Evidence


class Credit(msgspec.Struct, frozen=True):
    """What a point earned: 0, 0.5 or 1, and by which words (None when by none)."""

    id: str
    credit: float
    evidence: Evidence | None = None


class Blame(msgspec.Struct, frozen=True):
    """A fault that was proposed, and in which words."""

    id: str
    evidence: Evidence


class Mark(msgspec.Struct, frozen=True):
    """An answer marked. `shape`: ordinary, list of keywords, another question, empty."""

    question: str
    score: int
    points: tuple[Credit, ...]
    faults: tuple[Blame, ...]
    shape: Shape = "answer"
    notes: tuple[str, ...] = ()


def mark(bank: Bank, question: Question, text: str) -> Mark:
    """Mark an answer to a question of the bank."""
    answer = Answer(text)
    finder = Finder(answer)
    shape = shape_of(bank, question, answer)
    credits = tuple(_credits(question, finder, shape))
    faults = tuple(_faults(question, Finder(answer, later=False))) if shape == "answer" else ()
    notes = (answer.note,) if answer.note else ()
    return Mark(question.id, _total(question, credits, faults), credits, faults, shape, notes)


def _credits(question: Question, finder: Finder, shape: Shape) -> list[Credit]:
    out = []
    for point in question.points:
        credit, place = 0.0, None
        if shape in ("answer", "keywords"):
            place = finder.any(point.ways, point.unless)
            credit = 1.0 if place else 0.0
            if shape == "keywords":
                credit /= 2
            elif place is None:
                place = finder.any(point.near)
                credit = 0.5 if place else 0.0
        out.append(Credit(point.id, credit, finder.answer.cut(*place) if place else None))
    return out


def _faults(question: Question, finder: Finder) -> list[Blame]:
    out = []
    for fault in question.faults:
        place = finder.any(fault.ways, fault.unless)
        if place:
            out.append(Blame(fault.id, finder.answer.cut(*place)))
    return out


def _total(question: Question, credits: tuple[Credit, ...], faults: tuple[Blame, ...]) -> int:
    weights = {point.id: point.weight for point in question.points}
    minus = {fault.id: fault.minus for fault in question.faults}
    total = sum(weights[c.id] * c.credit for c in credits) - sum(minus[b.id] for b in faults)
    return max(0, min(100, round(total)))
