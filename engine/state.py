"""The folded state of an incident: plain data that the planner reads and only `fold` writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.conditions import Answer, Situation

SETTLED = ("done", "blocked", "skipped")


class StepState:
    """One step's life so far. `opened` None: never shown. Times are aware datetimes."""

    __slots__ = (
        "at",
        "occurrence",
        "opened",
        "outcome",
        "overdue",
        "presented",
        "reason",
        "way",
        "why",
        "withdrawn",
    )

    def __init__(self) -> None:
        self.opened: datetime | None = None
        self.occurrence = 0
        self.why = ""  # of this occurrence: "" first, anew, updated, every
        self.outcome = ""  # "" open, handed, done, blocked, skipped
        self.at: datetime | None = None  # of the outcome
        self.reason = ""
        self.way = 0  # index of the alternative in use
        self.withdrawn = False
        self.overdue = False
        self.presented = False

    @property
    def settled(self) -> bool:
        """Nothing more to do in this occurrence."""
        return self.outcome in SETTLED

    @property
    def running(self) -> bool:
        """Opened and neither settled nor withdrawn."""
        return self.opened is not None and not self.withdrawn and self.outcome not in SETTLED


class Change:
    """One entry of a fact's history."""

    __slots__ = ("answer", "at", "before", "fact", "how", "seq")

    def __init__(self, fact: str, before: Answer | None, answer: Answer, how: str, at: datetime, seq: int):
        self.fact, self.before, self.answer, self.how, self.at, self.seq = fact, before, answer, how, at, seq


class State:
    """What the events so far say. Built by `fold`; read by the planner, written only by `apply`."""

    def __init__(self) -> None:
        self.seq = 0
        self.at: datetime | None = None
        self.begun: datetime | None = None
        self.mode = "real"
        self.title = ""
        self.text = ""
        self.status = "open"  # open, paused, closed
        self.closing = False
        self.opening: dict[str, Any] = {}  # the data of `begun`: values, profile
        self.active: list[str] = []
        self.declined: set[str] = set()
        self.ended: set[str] = set()
        self.facts: dict[str, Answer] = {}
        self.fact_at: dict[str, datetime] = {}
        self.open_since: dict[str, datetime] = {}
        self.checked: dict[str, datetime] = {}
        self.heard: set[str] = set()  # facts that came by a report, not by a question
        self.changes: list[Change] = []
        self.steps: dict[str, StepState] = {}
        self.happened: set[tuple[str, str]] = set()
        self.held: dict[str, datetime] = {}  # improve steps whose condition held at some moment
        self.notes: list[tuple[datetime, str, str]] = []  # (at, kind, text): notes, reports, handovers
        self.documents: list[dict[str, Any]] = []
        self.follow_ups: list[dict[str, Any]] = []
        self.deferred: list[dict[str, Any]] = []  # handed to a follow-up before the close
        self.acts: list[tuple[int, str]] = []  # undoable acts, (seq, kind)

    @property
    def situation(self) -> Situation:
        """The facts and outcomes as conditions see them (shared, not copied)."""
        return Situation(self.facts, self.happened)

    def step(self, key: str) -> StepState:
        """A step's state, made on first use."""
        found = self.steps.get(key)
        if found is None:
            found = self.steps[key] = StepState()
        return found


def encode(answer: Answer) -> dict[str, Any]:
    """An answer as event data: `state`, and `value` when known (a set as a sorted list)."""
    if answer.state != "known":
        return {"state": answer.state}
    value = sorted(answer.value) if isinstance(answer.value, frozenset) else answer.value
    return {"state": "known", "value": value}


def decode(data: dict[str, Any]) -> Answer:
    """`encode` read back."""
    if data["state"] != "known":
        return Answer(data["state"])
    value = data["value"]
    return Answer("known", frozenset(value) if isinstance(value, list) else value)
