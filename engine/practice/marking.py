"""An answer → its marks: credits with evidence, faults with evidence, the total."""

from __future__ import annotations

import msgspec

from engine.practice.answer import Answer
from engine.practice.finding import Finder, Place
from engine.practice.generic import MOST, NOTE, unbound
from engine.practice.learned import Weights, shipped
from engine.practice.model import Bank, Fault, Point, Question
from engine.practice.observations import Profile, Seen, observe
from engine.practice.shape import Shape, shape_of
from engine.practice.weighing import Scale
from engine.triage.text import Evidence

VERSION = 2  # raise it when the same answer may get other marks
NEAR = 0.35  # of the weight, for a point that is only touched: some of these are no more than topic words

HIT, TOUCHED = -0.33, -0.52  # values from which a point is reached, is touched
MADE = 0.12  # and a fault is made
SURE_FAULT = 0.5  # for a stretch in which a pattern of a fault holds
DOUBT = 0.1  # how much more a fault may be worth without the clause before or behind it
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


def mark(bank: Bank, question: Question, text: str, weights: Weights | None = None) -> Mark:
    """Mark an answer to a question of the bank. `weights`: instead of those that come with the program."""
    answer = Answer(text, dict(bank.usual))
    weights = shipped(question.id) if weights is None else weights
    shape = shape_of(bank, question, answer)
    scale = Scale(answer, weights)
    credits = tuple(_credits(question, Finder(answer), scale, shape))
    faults: tuple[Blame, ...] = ()
    if shape == "answer":
        scale = Scale(answer, weights, later=False, doubt=DOUBT, like=scale)
        faults = tuple(_faults(question, Finder(answer, later=False), scale))
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


def _credits(question: Question, finder: Finder, scale: Scale, shape: Shape) -> list[Credit]:
    out = []
    for point in question.points:
        credit, place = 0.0, None
        if shape == "answer":
            credit, place = _credit(point, finder, scale)
        elif shape == "keywords":  # the weights know sentences; bare words are for the patterns
            place = finder.any(point.ways, point.unless)
            credit = 0.5 if place else 0.0
        out.append(Credit(point.id, credit, finder.answer.cut(*place) if place and credit else None))
    return out


def _credit(point: Point, finder: Finder, scale: Scale) -> tuple[float, Place | None]:
    """1, 0.5 or 0, and where."""
    place = finder.any(point.ways, point.unless)
    if point.id not in scale.weights:
        near = None if place else finder.any(point.near)
        return (1.0, place) if place else (0.5, near) if near else (0.0, None)
    best = scale.best(point.id, place)
    return (1.0 if best.value >= HIT else 0.5 if best.value >= TOUCHED else 0.0), best.place


def _faults(question: Question, finder: Finder, scale: Scale) -> list[Blame]:
    found = [(fault.id, _fault(fault, finder, scale)) for fault in question.faults]
    return [Blame(id, finder.answer.cut(*place)) for id, place in found if place]


def _fault(fault: Fault, finder: Finder, scale: Scale) -> Place | None:
    """Where the fault is made."""
    place = finder.any(fault.ways, fault.unless)
    if fault.id not in scale.weights:
        return place
    best = scale.best(fault.id, place, SURE_FAULT)
    return best.place if best.value >= MADE else None


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
