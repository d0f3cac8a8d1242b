"""The question bank as read: questions, what earns a point, what is a fault."""

from __future__ import annotations

import msgspec

from engine.model import Duration, Span

ROLES = ("actor", "act", "object", "condition", "figure")
ROLE_NAMES = {
    "actor": "谁来做",
    "act": "做什么",
    "object": "对什么",
    "condition": "什么情形",
    "figure": "数字",
}


class Frozen(msgspec.Struct, frozen=True):
    """A value."""


class Group(Frozen, frozen=True):
    """One meaning: any of its words. `pattern` is a regular expression over plain text."""

    role: str
    pattern: str
    written: str  # as in the file, for explanations


class Way(Frozen, frozen=True):
    """Groups that have to be said close together."""

    groups: tuple[Group, ...]


class Point(Frozen, frozen=True):
    """A marking point: any of `ways` earns it, any of `near` half of it."""

    id: str  # E1.p1
    phase: str
    weight: int
    text: str
    ways: tuple[Way, ...]
    near: tuple[Way, ...] = ()
    unless: tuple[Way, ...] = ()
    source: tuple[str, ...] = ()
    span: Span = Span()


class Fault(Frozen, frozen=True):
    """Something that must not be proposed; `minus` points."""

    id: str  # E1.f1
    minus: int
    text: str
    ways: tuple[Way, ...]
    unless: tuple[Way, ...] = ()
    span: Span = Span()


class Question(Frozen, frozen=True):
    """A question with everything that its marking needs."""

    id: str
    playbook: str
    kind: str
    think: Duration
    answer: Duration
    text: str
    points: tuple[Point, ...]
    faults: tuple[Fault, ...]
    outline: tuple[str, ...]
    span: Span = Span()


class Bank(Frozen, frozen=True):
    """All questions, in order of their files."""

    questions: tuple[Question, ...]
    usual: tuple[tuple[str, str], ...] = ()  # a word of the street, the word used here

    def find(self, id: str) -> Question | None:
        """The question with this id, whatever its letters' case."""
        return next((q for q in self.questions if q.id.lower() == id.strip().lower()), None)
