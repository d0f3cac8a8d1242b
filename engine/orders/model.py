"""The order and the scheme by which it is judged; rows of a sheet and single orders are the same thing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from engine.model import Duration, Frozen

Urgency = Literal["life", "living", "plain"]
Meeting = Literal["", "met", "refused", "needless"]
Start = Literal["event", "next_day", "day"]  # at once; from the next midnight; the day itself is the first
Over = Literal["all", "closed", "called_back"]


class Order(Frozen, frozen=True):
    """One order as it stands. Times are aware, at +08:00; None: not yet. Texts are "" when not given."""

    no: str
    received: datetime
    channel: str = ""
    name: str = ""
    phone: str = ""
    subject: str = ""  # whom or what it is about
    kind: str = ""
    claim: str = ""  # complaint, report, enquiry …: the sheet's own word
    content: str = ""
    place: str = ""
    unit: str = ""
    second_unit: str = ""
    urgency: Urgency = "plain"
    due: datetime | None = None  # a time set from above: it goes before the scheme's
    registered: datetime | None = None
    verified: datetime | None = None
    dispatched: datetime | None = None
    arranged: datetime | None = None
    responded: datetime | None = None
    planned: datetime | None = None
    replied: datetime | None = None
    closed: datetime | None = None
    called_back: datetime | None = None
    met: Meeting = ""
    met_why: str = ""
    evidence: bool | None = None  # whether every step has left its record
    resolved: bool | None = None  # what the caller said when called back
    satisfied: str = ""  # a level of one of the scheme's scales
    excluded: str = ""  # id of the reason
    excluded_why: str = ""
    repeats: int = 0  # earlier calls about the same matter
    returned: bool = False  # sent back because the caller was not satisfied
    opinion: bool = False  # grave public outcry through poor work
    untold: str = ""  # of `responded`, `closed`: those of which its sheet told nothing


class Limit(Frozen, frozen=True):
    """How long one stage may take. `of`, `from_`: names of Order's time fields."""

    label: str
    of: str
    from_: str = msgspec.field(name="from")
    within: Duration
    start: Start = "event"
    urgency: Urgency | None = None
    warn: Duration | None = None  # before it is due
    escalate: Duration | None = None  # after it was due
    extendable: Duration | None = None  # by how much it may be extended, before it is due
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class Score(Frozen, frozen=True):
    """What an order gains or costs."""

    label: str
    points: float
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class Money(Frozen, frozen=True):
    """What a point is worth: yuan; `half`: whether half a point is worth half of it."""

    per_point: int
    half: Literal["half", "none"]
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class Honours(Frozen, frozen=True):
    """A sum of the year's points below which honours are lost."""

    lost_below: float
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class Rate(Frozen, frozen=True):
    """A share of orders: those `good` among those `over`, after exclusion."""

    label: str
    good: str
    over: Over
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class Ranking(Frozen, frozen=True):
    """By which rates units are ranked, the weightiest first."""

    label: str
    by: tuple[str, ...]
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class Scale(Frozen, frozen=True):
    """Levels of satisfaction, from best to worst."""

    label: str
    levels: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class Exclusion(Frozen, frozen=True):
    """A reason for which an order does not count in rates; `needs`: what must be there, in words."""

    label: str
    needs: str
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class Repeats(Frozen, frozen=True):
    """When repeated calls go to the next level: this many calls within so many days (0: whenever)."""

    calls: int
    days: int
    dissatisfied: bool
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class SameCause(Frozen, frozen=True):
    """How often within so many days (0: whenever) one cause proposes a standing measure."""

    times: int
    days: int
    since: date | None = None
    source: tuple[str, ...] = ()
    basis: str = ""


class Scheme(Frozen, frozen=True):
    """Every limit, weight and scale in force on one day, each with its date and source."""

    scheme: str
    title: str
    limits: dict[str, Limit]
    points: dict[str, Score]  # missing_evidence, both_no, one_no, both_yes, opinion
    rates: dict[str, Rate]
    rankings: dict[str, Ranking]  # week, month
    scales: dict[str, Scale]
    excluded: dict[str, Exclusion]
    money: Money
    honours: Honours
    repeats: Repeats
    same_cause: SameCause

    def satisfied(self, level: str) -> bool | None:
        """Whether a level counts as satisfied (True), dissatisfied (False) or neither; KeyError: no such."""
        for scale in self.scales.values():
            if level in scale.levels:
                return True if level in scale.good else False if level in scale.bad else None
        raise KeyError(level)
