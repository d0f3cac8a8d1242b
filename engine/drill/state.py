"""The folded state of a drill: plain data that conduct, scoring and views read and only `fold` writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from engine.conditions import Answer
from engine.drill.declared import facts_of, steps_of
from engine.drill.model import Drill, Expectation, Inject, Truth
from engine.model import Event, Library
from engine.session import Session
from engine.state import encode

Data = dict[str, Any]


class Pending(NamedTuple):
    """Something that the drill brings by itself at `moment`; they come by moment, rank, serial."""

    moment: datetime
    rank: int  # see engine.drill.triggers.RANKS
    serial: int  # in the order in which they were set up
    kind: str
    data: Data
    cause: int  # seq of the event that set it up


class Happening(NamedTuple):
    """Something that a trigger can wait for."""

    moment: datetime
    seq: int
    value: object = None  # of a fact that was told


class Doing(NamedTuple):
    """Who did something first, and in which event."""

    moment: datetime
    seq: int
    role: str


class Harmed(NamedTuple):
    """A harmful act; `early`: there were still required safety or control steps to do."""

    id: str
    moment: datetime
    seq: int
    role: str
    early: bool


class Anchor(NamedTuple):
    """How drill time runs: it was `drill` at real time `real` (ms since 1970) and runs `speed` times as fast.

    Speed 0: it stands.
    """

    drill: datetime
    real: int
    speed: int


class Expected:
    """How an expectation stands. `outcome`: "" waiting, met, late, missed, open (ended before its time)."""

    __slots__ = ("at", "evidence", "opened", "outcome", "share", "turn", "unasked")

    def __init__(self) -> None:
        self.opened: datetime | None = None  # may lie ahead; None: what it waits for has not happened
        self.outcome = ""
        self.at: datetime | None = None
        self.share = 0  # percent
        self.unasked = False  # missed, as the answer that brings it was never asked for
        self.turn: datetime | None = None  # when the turn of the act came, where that made it late
        self.evidence: list[int] = []  # seqs


class DrillState:
    """What the events so far say. Times are aware datetimes of the drill's clock."""

    def __init__(self, drill: Drill, library: Library) -> None:
        self.drill, self.library = drill, library
        self.facts, self.steps = facts_of(library), steps_of(library)
        self.injects: dict[str, Inject] = {inject.id: inject for inject in drill.injects}
        self.expectations: dict[str, Expectation] = {entry.id: entry for entry in drill.expectations}
        self.takes = {takes.step: takes for takes in drill.takes}
        self.events: list[Event] = []
        self.seq = 0
        self.at: datetime
        self.begun: datetime
        self.end: datetime
        self.status = ""  # "" before begun, open, ended, closed
        self.ended_at: datetime | None = None
        self.paused = False
        self.opening: Data = {}  # the data of `begun`
        self.anchor: Anchor | None = None
        self.session: Session
        self.ticked: tuple[int, datetime] | None = None  # (seq of the session, moment) of the last `passed`
        self.people: dict[str, str] = {}  # role → name, of those who are there
        self.names: dict[str, str] = {}  # the same, also of those who have left
        # the world
        self.truth: dict[str, Truth] = {truth.fact: truth for truth in drill.truth}
        self.pending: dict[tuple[str, str], Pending] = {}
        self.serial = 0
        self.happened: dict[tuple[str, str], list[Happening]] = {}
        self.fired: dict[str, datetime] = {}
        self.skipped: dict[str, str] = {}  # inject → by whom: controller, unless
        self.delays: dict[str, int] = {}  # inject → seconds
        # the trainees
        self.told: dict[str, Answer] = {}
        self.found: dict[str, Doing] = {}  # facts asked for, or found by a step
        self.tries: dict[str, int] = {}  # step → how often it was tried
        self.handed: dict[str, Doing] = {}  # steps under way
        self.done: dict[str, Doing] = {}  # steps done or handed, that the plan wanted
        self.ahead: dict[str, Doing] = {}  # steps done, that the plan did not want then
        self.documents: dict[str, Doing] = {}
        self.busy: dict[str, datetime] = {}  # role → until when acts done so far keep that person
        self.turns: dict[int, datetime] = {}  # seq of an act → when its turn comes, if that is later
        self.harms: list[Harmed] = []
        self.opened: list[str] = []  # expectations not looked back for yet
        self.expected: dict[str, Expected] = {entry.id: Expected() for entry in drill.expectations}
        self.first_act: Doing | None = None
        self.controlled: Doing | None = None  # since when no required safety or control step was open
        # the controller
        self.ratings: dict[str, tuple[str, str, int]] = {}  # objective → (P S M U, reason, seq)
        self.overrides: dict[str, tuple[int, str, int]] = {}  # expectation → (share, reason, seq)
        self.follow_ups: list[Data] = []
        self.turn: tuple[int, datetime, datetime | None] | None = None  # kept by conduct, not folded

    def seconds(self, moment: datetime) -> int:
        """How long after the start a moment is."""
        return int((moment - self.begun).total_seconds())

    def event(self, seq: int) -> Event:
        """The event with this seq."""
        return self.events[seq - 1]

    def of_kind(self, kind: str) -> list[Event]:
        """All events of a kind."""
        return [event for event in self.events if event.kind == kind]

    def snapshot(self) -> Data:
        """Everything that events determine, comparable: two states that saw the same events are equal."""
        plain = {
            name: value
            for name, value in vars(self).items()
            if name not in ("drill", "library", "facts", "steps", "injects", "expectations", "takes", "turn")
            and name not in ("session", "events", "expected")
        }
        inner = self.session
        plain["expected"] = {
            id: tuple(getattr(entry, name) for name in Expected.__slots__)
            for id, entry in self.expected.items()
        }
        plain["facts told"] = {key: encode(answer) for key, answer in inner.state.facts.items()}
        plain["playbooks"] = list(inner.state.active)
        plain["happened there"] = sorted(inner.state.happened)
        plain["plan"] = {key: (item.waits, item.due) for key, item in inner.plan.wanted.items()}
        plain["lives"] = {
            key: (live.opened, live.outcome, live.at, live.way, live.withdrawn, live.overdue)
            for key, live in inner.state.steps.items()
        }
        return plain
