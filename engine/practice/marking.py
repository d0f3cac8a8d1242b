"""An answer → its marks: credits with evidence, faults with evidence, the total."""

from __future__ import annotations

import msgspec

from engine.practice.answer import Answer
from engine.practice.finding import Finder
from engine.practice.generic import MOST, NOTE, unbound
from engine.practice.model import Bank, Question
from engine.practice.observations import Profile, Seen, observe
from engine.practice.shape import Shape, shape_of
from engine.triage.text import Evidence

NEAR = 0.25  # of the weight, for a point that is only touched: most of these are no more than topic words

ENOUGH = 49  # signs for each point reached, without marks: neither in passing nor at length


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
    adjust: int = 0  # for the manner of telling
    notes: tuple[str, ...] = ()
    profile: Profile | None = None  # the four observations, apart from the score


def mark(bank: Bank, question: Question, text: str) -> Mark:
    """Mark an answer to a question of the bank."""
    answer = Answer(text, dict(bank.usual))
    finder = Finder(answer)
    shape = shape_of(bank, question, answer)
    credits = tuple(_credits(question, finder, shape))
    faults = tuple(_faults(question, Finder(answer, later=False))) if shape == "answer" else ()
    adjust, notes = _manner(answer, credits, shape)
    if answer.note:
        notes = (*notes, answer.note)
    total = _total(question, credits, faults, adjust)
    reached = sum(credit.credit == 1 for credit in credits)
    if total > MOST and shape == "answer" and unbound(bank, question, answer, reached):
        total, notes = MOST, (*notes, NOTE)
    profile = observe(question, answer, _seen(question, credits, faults, shape))
    return Mark(question.id, total, credits, faults, shape, adjust, notes, profile)


def _seen(question: Question, credits: tuple[Credit, ...], faults: tuple[Blame, ...], shape: Shape) -> Seen:
    """What the observations are made from: nothing of a list of keywords or of another question's answer."""
    points = {point.id: point for point in question.points}
    made = {fault.id: fault for fault in question.faults}
    reached = [c for c in credits if shape == "answer" and c.credit == 1]
    return Seen(
        tuple((points[c.id], c.evidence) for c in reached if c.evidence),
        tuple((made[blame.id], blame.evidence) for blame in faults),
    )


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


def _total(question: Question, credits: tuple[Credit, ...], faults: tuple[Blame, ...], adjust: int) -> int:
    weights = {point.id: point.weight for point in question.points}
    minus = {fault.id: fault.minus for fault in question.faults}
    total = sum(weights[c.id] * (c.credit if c.credit == 1 else NEAR) for c in credits if c.credit)
    total += adjust - sum(minus[b.id] for b in faults)
    return max(0, min(100, round(total)))


def _manner(answer: Answer, credits: tuple[Credit, ...], shape: Shape) -> tuple[int, tuple[str, ...]]:
    """How the answer is told, −8 to +3: what is only named in passing, and an order turned round."""
    reached = [c.evidence.start for c in credits if c.credit == 1 and c.evidence]
    if shape != "answer" or not reached:
        return 0, ()
    said = sum(map(len, set(answer.clauses)))  # what is said twice is no longer for it
    adjust = max(-8.0, min(3.0 if len(reached) > 2 else 0.0, 0.3 * (said / len(reached) - ENOUGH)))
    notes = ["说得太简略"] if adjust < -4 else []
    pairs = [(a, b) for i, a in enumerate(reached) for b in reached[i + 1 :]]
    if len(pairs) > 2 and sum(a > b for a, b in pairs) > 0.6 * len(pairs):
        adjust -= 6
        notes.append("先后颠倒：先控制场面、问清情况，再解决，最后才讲改进")
    return max(-8, round(adjust)), tuple(notes)
