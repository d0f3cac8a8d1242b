"""Time is passed in, never fetched: a real clock for people, a simulated one for tests and drills."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Protocol

BEIJING = timezone(timedelta(hours=8))


class Clock(Protocol):
    """Anything that tells the present moment."""

    def now(self) -> datetime:
        """The present moment, aware, at +08:00, in whole seconds."""
        ...


class RealClock:
    """The machine's clock, shown at +08:00 whatever the machine's own zone is."""

    def now(self) -> datetime:
        """The time now, aware, to the second."""
        return datetime.now(BEIJING).replace(microsecond=0)


class SimulatedClock:
    """A clock that stands still until told to move.

    `start` must be aware; `advance` takes a timedelta that is not negative.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 6, 1, 8, 10, tzinfo=BEIJING)

    def now(self) -> datetime:
        """Where it stands, aware."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move forward. ValueError for a negative `by`."""
        if by < timedelta(0):
            raise ValueError("time does not run backwards")
        self._now += by


def stamp(moment: datetime) -> str:
    """`2026-06-01T08:10:00+08:00`: the one written form of a moment."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def parse(text: str) -> datetime:
    """Read `stamp`'s form back; ValueError if it is not one."""
    return datetime.fromisoformat(text).astimezone(BEIJING)
