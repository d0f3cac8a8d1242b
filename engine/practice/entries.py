"""What a learner's record consists of: an answer marked, a follow-up question replied to, a point reviewed.

An entry has everything that progress and scheduling need (weights, phases, the scheduler's state), so it
stays readable when questions change; entries are what is exported and imported.
"""

from __future__ import annotations

import msgspec

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4  # as FSRS numbers them


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value."""


class Card(Frozen, frozen=True):
    """The scheduler's state of one marking point. `due`, `seen`: stamps; `rating`: the last one."""

    due: str
    seen: str
    rating: int
    state: int
    stability: float
    difficulty: float
    step: int | None = None


class Credited(Frozen, frozen=True):
    """A point in an answer; `start`, `end`: where its evidence stands in the text, -1 when it has none."""

    id: str
    phase: str
    weight: int
    credit: float
    start: int = -1
    end: int = -1


class Blamed(Frozen, frozen=True):
    """A fault in an answer and where it stands."""

    id: str
    minus: int
    start: int
    end: int


class Observed(Frozen, frozen=True):
    """One of the four observations of the examiners; `score`: 0 to 10."""

    name: str
    level: str
    score: float = 0
    why: str = ""


class Answered(Frozen, frozen=True, tag_field="kind", tag="answered"):
    """A question answered and marked. Times in seconds; `set`: what was answered together."""

    id: str
    at: str
    question: str
    playbook: str
    text: str
    score: int
    band: str
    points: tuple[Credited, ...]
    faults: tuple[Blamed, ...]
    shape: str = "answer"
    notes: tuple[str, ...] = ()
    profile: tuple[Observed, ...] = ()
    think: float = 0
    spent: float = 0
    limit: int = 0  # 0: no clock was running
    set: str = ""
    marker: str = ""
    bank: str = ""
    cards: dict[str, Card] = {}

    @property
    def late(self) -> bool:
        """Whether it took longer than allowed."""
        return 0 < self.limit < self.spent


class Replied(Frozen, frozen=True, tag_field="kind", tag="replied"):
    """A follow-up question replied to. `id`: of the answer before it; `share`: of its points, 0 to 1."""

    id: str
    at: str
    question: str
    ask: str
    text: str
    share: float
    points: tuple[Credited, ...]
    faults: tuple[Blamed, ...] = ()
    spent: float = 0
    limit: int = 0


class Reviewed(Frozen, frozen=True, tag_field="kind", tag="reviewed"):
    """One point asked for by itself."""

    id: str
    at: str
    question: str
    playbook: str
    text: str
    point: Credited
    cards: dict[str, Card] = {}


Entry = Answered | Replied | Reviewed


def key(entry: Entry) -> tuple[str, str, str]:
    """What tells an entry from every other, on any machine."""
    kind = type(entry).__name__
    return entry.id, kind, entry.ask if isinstance(entry, Replied) else ""
