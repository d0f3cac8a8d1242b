"""Texts → entries: an answer, a reply to a follow-up question and a reviewed point, marked and scheduled."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from typing import Any

import msgspec

from engine import __version__
from engine.clock import stamp
from engine.practice.entries import Answered, Blamed, Credited, Observed, Replied, Reviewed
from engine.practice.learned import shipped
from engine.practice.learner import Learner
from engine.practice.marking import VERSION, Mark, mark
from engine.practice.model import Bank, Question, Twist
from engine.practice.reports import band, profile_lines
from engine.practice.schedule import cards_after
from engine.practice.twists import asked, choose, mark_twist

_COUNTED = (
    "answer",
    "keywords",
)  # an answer to another question says nothing about what is known of this one


def marker() -> str:
    """The marker by which marks were given."""
    return f"{__version__}/{VERSION}"


def bank_hash(bank: Bank, question: Question) -> str:
    """What the marks depend on in the question bank and the learned weights, as 16 hex digits."""
    learned = shipped(question.id).head.sentences
    return hashlib.sha256(msgspec.json.encode([question, bank.usual, learned])).hexdigest()[:16]


def readable(bank: Bank, question: Question, text: str) -> bool:
    """Whether there is anything in a text that could be marked."""
    return mark(bank, question, text).shape != "empty"


def answered(
    bank: Bank, question: Question, learner: Learner, text: str, now: datetime, id: str, **times: Any
) -> Answered:
    """Mark an answer. `times`: `think`, `spent`, `limit` (seconds) and `set`."""
    result = mark(bank, question, text)
    points = credited(result, question)
    entry = Answered(
        id=id, at=stamp(now), question=question.id, playbook=question.playbook, text=text, score=result.score,
        band=band(result.score), points=points, faults=blamed(result, question), shape=result.shape,
        notes=result.notes, profile=_observed(result), marker=marker(),
        bank=bank_hash(bank, question), **times,
    )  # fmt: skip
    if result.shape not in _COUNTED:
        return entry
    cards = cards_after(learner, points, now, in_time=not entry.late)
    return msgspec.structs.replace(entry, cards=cards)


def replied(
    bank: Bank, question: Question, ask: Twist, text: str, now: datetime, id: str, **times: Any
) -> Replied:
    """Mark the reply to a follow-up question; it is counted apart and schedules nothing."""
    result = mark_twist(bank, question, ask, text)
    points = credited(result, asked(question, ask))
    whole = sum(point.weight for point in points) or 1
    return Replied(
        id=id, at=stamp(now), question=question.id, ask=ask.id, text=text,
        share=round(sum(point.weight * point.credit for point in points) / whole, 3),
        points=points, faults=blamed(result, question), **times,
    )  # fmt: skip


def reviewed(
    bank: Bank, question: Question, point: str, learner: Learner, text: str, now: datetime
) -> Reviewed:
    """Mark what was said to one point, asked for by itself."""
    narrow = msgspec.structs.replace(
        question, points=tuple(p for p in question.points if p.id == point), faults=()
    )
    # told by itself a point is short, and words alone are what is asked for: only the credit counts
    [credit] = credited(mark(bank, narrow, text), narrow)
    cards = cards_after(learner, (credit,), now, in_time=True, alone=True)
    return Reviewed(
        id=os.urandom(6).hex(), at=stamp(now), question=question.id, playbook=question.playbook, text=text,
        point=credit, cards=cards,
    )  # fmt: skip


def follow_up(question: Question, entry: Answered, learner: Learner) -> Twist | None:
    """The follow-up question to put now: one that fits the answer, those not yet put first."""
    reached = {point.id for point in entry.points if point.credit == 1}
    put = {reply.ask for reply in learner.replies}
    return choose(question, reached, put) or choose(question, reached)


def credited(result: Mark, question: Question) -> tuple[Credited, ...]:
    """The points of a mark with what they weigh."""
    points = {point.id: point for point in question.points}
    return tuple(
        Credited(
            one.id, points[one.id].phase, points[one.id].weight, one.credit,
            *((one.evidence.start, one.evidence.end) if one.evidence else ()),
        )
        for one in result.points
    )  # fmt: skip


def blamed(result: Mark, question: Question) -> tuple[Blamed, ...]:
    """The faults of a mark with what they cost."""
    minus = {fault.id: fault.minus for fault in question.faults}
    return tuple(Blamed(one.id, minus[one.id], one.evidence.start, one.evidence.end) for one in result.faults)


def _observed(result: Mark) -> tuple[Observed, ...]:
    """The four observations, then what is to be said of the order of telling."""
    if result.profile is None:
        return ()
    lines = profile_lines(result.profile)
    seen = result.profile.observations
    return tuple(
        Observed(seen[at].name, seen[at].band, seen[at].score, why)
        if at < len(seen)
        else Observed(head.strip(), "", 0, why)
        for at, (head, why) in enumerate(lines)
    )
