"""The question bank as read: questions, what earns a point, what is a fault."""

from __future__ import annotations

import msgspec

from engine.model import Duration, Span

ROLES = ("actor", "act", "object", "condition", "figure")


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


class Scene(Frozen, frozen=True):
    """What is so in a playbook: facts with their answers as written, what was done and did not work.

    `facts`: (name, values as written); `unknown` is 说不清, `open` is 还没有. Names are those of the
    question's playbook, of `beside` (then written playbook.fact) or shared ones.
    """

    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    done: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()
    span: Span = Span()


class Point(Frozen, frozen=True):
    """A marking point: any of `ways` earns it, any of `near` half of it.

    `steps`: the steps of the playbook behind it; `when`: the branch in which they are wanted.
    """

    id: str  # E1.p1
    phase: str
    weight: int
    text: str
    ways: tuple[Way, ...]
    near: tuple[Way, ...] = ()
    unless: tuple[Way, ...] = ()
    source: tuple[str, ...] = ()
    span: Span = Span()
    steps: tuple[str, ...] = ()
    when: Scene | None = None


class Fault(Frozen, frozen=True):
    """Something that must not be proposed; `minus` points."""

    id: str  # E1.f1
    minus: int
    text: str
    ways: tuple[Way, ...]
    unless: tuple[Way, ...] = ()
    span: Span = Span()


class Twist(Frozen, frozen=True):
    """A question asked after the answer (追问): something changes in the middle.

    `tell`: what changes and what is asked; `expect`: the points of the answer to it, 100 together;
    `after`: asked only when one of these points was reached (always when empty); `scene`: what is so
    in the playbook now, beside what the question tells.
    """

    id: str  # E1.a1
    tell: str
    expect: tuple[Point, ...]
    after: tuple[str, ...] = ()
    scene: Scene = Scene()
    source: tuple[str, ...] = ()
    span: Span = Span()


class Origin(Frozen, frozen=True):
    """Where a question comes from: `seed`, or `generated` from a path of its playbook."""

    kind: str = "seed"
    scene: Scene = Scene()
    beside: tuple[str, ...] = ()  # playbooks that run at the same time
    seed: int | None = None  # of the drawn path


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
    asks: tuple[Twist, ...] = ()
    origin: Origin = Origin()


class Bank(Frozen, frozen=True):
    """All questions, in order of their files."""

    questions: tuple[Question, ...]
    usual: tuple[tuple[str, str], ...] = ()  # a word of the street, the word used here
    words: tuple[tuple[str, str], ...] = ()  # the lexicon: a name, its words as written

    def find(self, id: str) -> Question | None:
        """The question with this id, whatever its letters' case."""
        return next((q for q in self.questions if q.id.lower() == id.strip().lower()), None)
