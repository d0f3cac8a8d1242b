"""What a report is made of: frozen structures, filled by `gather`, shown by the reporters.

Times are aware datetimes, spans of time whole seconds. Every text is ready to be read; `key` is for
programs only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from engine.model import Frozen, Phase

Kind = Literal["first", "progress", "final", "summary", "handover"]
Form = Literal["md", "html", "json"]
# titles of the kinds; `{}` is the incident's title, `{n}` the number of the 续报
TITLES: dict[Kind, str] = {
    "first": "关于{}的初报",
    "progress": "关于{}的续报（第{n}期）",
    "final": "关于{}的终报",
    "summary": "{}事件总结报告",
    "handover": "{}交接单",
}
MODES = {"drill": "演练", "practice": "练习"}


class Head(Frozen, frozen=True, omit_defaults=False):
    """What stands on top. `at`: the moment described; `since`: a 续报 tells what came later."""

    kind: Kind
    number: int
    title: str
    draft: str  # why this is not final yet, empty when it is
    incident: str
    event: str
    mode: str
    hall: str
    place: str
    text: str
    playbooks: tuple[str, ...]
    status: str
    duty: str
    opened: datetime
    at: datetime
    closed: datetime | None
    since: datetime | None
    people: tuple[str, ...]  # numbers of people that are known
    dangers: tuple[str, ...]  # dangers to life that were reported


class Entry(Frozen, frozen=True, omit_defaults=False):
    """A line of the record. `kind` is the event's, for `marked` the outcome, for `answered` how it came."""

    at: datetime
    seq: int
    kind: str
    text: str
    short: str = ""  # for the course of action; empty: not told there


class StepLine(Frozen, frozen=True, omit_defaults=False):
    """One occurrence of a step. `outcome`: "" (open), handed, done, blocked, skipped, withdrawn.

    `late`: seconds past due, until the end or the report's moment; 0 when in time.
    """

    key: str
    what: str
    who: str
    phase: Phase
    occurrence: int
    opened: datetime
    due: datetime | None
    handed: datetime | None
    ended: datetime | None
    outcome: str
    reason: str
    late: int
    optional: bool
    waits: tuple[str, ...] = ()  # steps that have to come first


class FactChange(Frozen, frozen=True, omit_defaults=False):
    """An earlier or present value of a fact; `how`: asked, reported, corrected, changed."""

    at: datetime
    value: str
    how: str


class FactLine(Frozen, frozen=True, omit_defaults=False):
    """What is known of a fact; not `established`: 待核实."""

    key: str
    label: str
    value: str
    established: bool
    at: datetime
    how: str
    background: bool  # known from the clock or the profile: no finding about the incident
    history: tuple[FactChange, ...]


class Wait(Frozen, frozen=True, omit_defaults=False):
    """A fact that was or is awaited. `next`: when to ask again."""

    key: str
    label: str
    since: datetime
    ended: datetime | None
    due: datetime | None
    next: datetime | None
    late: int


class Question(Frozen, frozen=True, omit_defaults=False):
    """A question that still matters and has no answer."""

    key: str
    label: str
    ask: str


class Document(Frozen, frozen=True, omit_defaults=False):
    """A document or report that was issued."""

    id: str
    title: str
    at: datetime
    draft: bool
    pending: tuple[str, ...]


class Note(Frozen, frozen=True, omit_defaults=False):
    """What the officer wrote: noted, reported or handover."""

    at: datetime
    kind: str
    text: str


class FollowUp(Frozen, frozen=True, omit_defaults=False):
    """What remains to be done. `due` None: set at the close. `planned`: the incident is still open."""

    id: str
    what: str
    who: str
    due: datetime | None
    evidence: str
    check: datetime | None
    note: str
    planned: bool


class Promise(Frozen, frozen=True, omit_defaults=False):
    """Words for the public with a clock. `said`: when; `next`: when they are due (again)."""

    key: str
    what: str
    say: str
    who: str
    said: datetime | None
    next: datetime | None
    late: int
    keeps: tuple[str, ...]  # open steps whose clock began with these words


class Numbers(Frozen, frozen=True, omit_defaults=False):
    """Counts, and seconds from the opening; None: not yet."""

    first_action: int | None
    to_control: int | None
    to_close: int | None
    steps: int
    done: int
    open: int
    blocked: int
    overdue: int
    unverified: int
    documents: int
    follow_ups: int


class Report(Frozen, frozen=True, omit_defaults=False):
    """Everything that any kind of report tells."""

    head: Head
    numbers: Numbers
    entries: tuple[Entry, ...]
    steps: tuple[StepLine, ...]
    waits: tuple[Wait, ...]
    facts: tuple[FactLine, ...]
    questions: tuple[Question, ...]
    documents: tuple[Document, ...]
    notes: tuple[Note, ...]
    follow_ups: tuple[FollowUp, ...]
    promises: tuple[Promise, ...]
