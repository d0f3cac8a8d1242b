"""The clocks of an order: when each stage is due, warned of, reported; pauses and extensions.

A limit that begins with an event keeps its time of day. One that begins with a day (`next_day`, `day`)
counts whole days and is due in the last second of the last of them. Done in the very second is in time.
Pure functions; what a working day is they are told (`Calendar`), and BadData of a year beyond it passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from engine.clock import BEIJING
from engine.durations import add, describe
from engine.errors import BadData, UsageError
from engine.model import Duration, Frozen
from engine.orders.model import Limit, Order, Scheme

Calendar = Callable[[date], bool]
State = Literal["running", "warned", "overdue", "escalated", "paused", "met", "late", "unknown"]
LATE: tuple[State, ...] = ("overdue", "escalated")
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


class Pause(Frozen, frozen=True):
    """A time in which the clocks stood still; without an end they still do."""

    begin: datetime
    end: datetime | None = None


class Extension(Frozen, frozen=True):
    """More time for one limit."""

    limit: str
    by: Duration


class Watch(Frozen, frozen=True):
    """One running or finished clock. `due` is None while it stands still or cannot be told (`why`)."""

    limit: str
    label: str
    of: str
    begin: datetime
    due: datetime | None
    warn_at: datetime | None = None
    escalate_at: datetime | None = None
    done: datetime | None = None
    why: str = ""

    def state(self, now: datetime) -> State:
        """How it stands at `now`; a finished one is `met` or `late` whatever the time."""
        if self.why:
            return "unknown"
        if self.done is not None:
            return "late" if self.due is not None and self.done > self.due else "met"
        if self.due is None:
            return "paused"
        if now > self.due:
            return "escalated" if self.escalate_at is not None and now > self.escalate_at else "overdue"
        return "warned" if self.warn_at is not None and now >= self.warn_at else "running"


def due(
    limit: Limit,
    begin: datetime,
    working: Calendar,
    pauses: Sequence[Pause] = (),
    more: Iterable[Duration] = (),
) -> datetime | None:
    """When a stage that began at `begin` (aware) is due; None while it stands still.

    A pause moves what is counted in minutes and hours by its length, what is counted in days by the
    (working) days at whose end the clock stood still; one after the due time moves nothing. `more`:
    extensions, added to the end. BadData for a year that the calendar does not know.
    """
    if begin.tzinfo is not BEIJING:
        begin = begin.astimezone(BEIJING)
    moment = _first(limit, begin, working)
    for pause in sorted(pauses, key=lambda pause: pause.begin) if pauses else ():
        start = max(pause.begin, begin)
        if start > moment or (pause.end is not None and pause.end <= begin):
            continue
        if pause.end is None:
            return None
        moment = _moved(
            moment, limit.within, start.astimezone(BEIJING), pause.end.astimezone(BEIJING), working
        )
    for by in more:
        moment = _after(moment, by, working)
    return moment


def _first(limit: Limit, begin: datetime, working: Calendar) -> datetime:
    if limit.start == "event":
        return _after(begin, limit.within, working)
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    unit = limit.within.unit
    if unit in ("m", "h"):
        return _after(midnight + _DAY, limit.within, working)
    before = midnight - _DAY if limit.start == "day" else midnight  # counting begins on the next day
    return _after(before, limit.within, working) + _DAY - _SECOND


def _moved(moment: datetime, unit: Duration, start: datetime, end: datetime, working: Calendar) -> datetime:
    if unit.unit in ("m", "h"):
        return moment + (end - start)
    lost, day = 0, start.date()
    while day < end.date():  # the clock stood still at the end of this day
        lost += unit.unit == "d" or working(day)
        day += _DAY
    return _after(moment, Duration(lost, unit.unit), working)


def _after(moment: datetime, by: Duration, working: Calendar) -> datetime:
    if by.unit == "wd":
        return add(moment, by, working, _unknown)
    return moment + _length(by.amount, by.unit)


def _before(moment: datetime, by: Duration, working: Calendar) -> datetime:
    """`by` earlier; working days are counted backwards."""
    if by.unit != "wd":
        return moment - _length(by.amount, by.unit)
    left = by.amount
    while left:
        moment -= _DAY
        left -= working(moment.date())
    return moment


@lru_cache(maxsize=256)
def _length(amount: int, unit: str) -> timedelta:
    return timedelta(minutes=amount * {"m": 1, "h": 60, "d": 1440}[unit])


def _unknown(name: str) -> Duration:
    raise BadData(f"时限里的 `{name}` 不是时长", "在 orders.yaml 里写成 30m、2h、3d 或 5wd")


def applies(limit: Limit, order: Order) -> bool:
    """Whether a limit is for this order at all."""
    return limit.urgency in (None, order.urgency)


def watches(
    order: Order,
    scheme: Scheme,
    working: Calendar,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Extension] = (),
    *,
    running: bool = False,
) -> list[Watch]:
    """The clocks that have begun, in the scheme's order; `running`: only those not stopped yet.

    An excluded order has none. A stage that was passed without a record (it is closed, or a later one
    is recorded) has none either: nobody knows when it was done. A time set from above takes the place
    of the closing limit, and no pause of ours moves it. What the calendar cannot tell is `unknown` with
    its reason, not an error.
    """
    if order.excluded:
        return []
    found, pauses, extensions = [], tuple(pauses), tuple(extensions)
    for name, limit in scheme.limits.items():
        begin, done = getattr(order, limit.from_), getattr(order, limit.of)
        if begin is None or (running and done is not None) or not applies(limit, order):
            continue
        if done is None and _passed(order, limit.of):
            continue
        more = [extension.by for extension in extensions if extension.limit == name] if extensions else ()
        try:
            if limit.of == "closed" and order.due is not None:
                above = order.due.astimezone(BEIJING)
                for by in more:
                    above = _after(above, by, working)
                ended: datetime | None = above
            else:
                ended = due(limit, begin, working, pauses, more)
            warn = ended and limit.warn and _before(ended, limit.warn, working)
            escalate = ended and limit.escalate and _after(ended, limit.escalate, working)
        except BadData as error:
            why = f"{error.message}；{error.help}"
            found.append(Watch(name, limit.label, limit.of, begin, None, done=done, why=why))
            continue
        found.append(Watch(name, limit.label, limit.of, begin, ended, warn or None, escalate or None, done))
    return found


_LATER: Mapping[str, tuple[str, ...]] = {
    "registered": ("verified", "dispatched", "arranged", "responded", "planned", "replied", "closed"),
    "verified": ("closed",),
    "dispatched": ("responded", "planned", "closed"),
    "arranged": ("closed",),
    "responded": ("closed",),
    "planned": ("closed",),
}


def _passed(order: Order, of: str) -> bool:
    for later in _LATER.get(of, ()):  # noqa: SIM110 a loop is twice as fast, in long lists it counts
        if getattr(order, later) is not None:
            return True
    return False


def may_extend(
    name: str, limit: Limit, watch: Watch | None, by: Duration, granted: Iterable[Duration], now: datetime
) -> None:
    """UsageError, with the reason, when `limit` may not be extended by `by` at `now`.

    `watch`: its clock; `granted`: what it was extended by before.
    """
    if limit.extendable is None:
        raise UsageError(
            f"{limit.label}的时限不能延", f"本厅准许延的，在 orders.yaml 给 `{name}` 写上 `extendable`"
        )
    if watch is None or watch.done is not None:
        raise UsageError(f"{limit.label}没有在计时，不用延", "用 zhiban order show 看时限")
    if watch.due is not None and now > watch.due:
        late = f"{watch.due:%m月%d日%H:%M}"
        raise UsageError(
            f"{limit.label}已于{late}到期，过期不能再延",
            "延期要在到期前申请；现在照实写明原因、报领导、定新日子",
        )
    if by.amount < 1:
        raise UsageError("延多久没有写", f"最多{describe(limit.extendable)}")
    if by.unit != limit.extendable.unit:
        raise UsageError(
            f"延期要按{describe(limit.extendable)}的单位写，这里是{describe(by)}", "如 3wd 是三个工作日"
        )
    used = sum(before.amount for before in granted)
    if used + by.amount > limit.extendable.amount:
        left = Duration(limit.extendable.amount - used, by.unit)
        raise UsageError(
            f"最多延{describe(limit.extendable)}，已延{used}，还能延{describe(left)}",
            "写短一些；不够的报上级另定日子",
        )
