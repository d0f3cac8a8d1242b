"""What a walk over the events puts together: steps and waits from their beginning to their end."""

from __future__ import annotations

from datetime import datetime

from engine.model import Phase


class Occurrence:
    """A step from its opening to its end, while it is being put together."""

    __slots__ = (
        "due",
        "ended",
        "handed",
        "key",
        "number",
        "opened",
        "outcome",
        "phase",
        "reason",
        "say",
        "what",
    )

    def __init__(self, key: str, number: int, opened: datetime, phase: Phase) -> None:
        self.key, self.number, self.opened, self.phase = key, number, opened, phase
        self.due: datetime | None = None
        self.handed: datetime | None = None
        self.ended: datetime | None = None
        self.outcome = ""
        self.reason = self.what = self.say = ""


class Waiting:
    """An awaited fact from the first 还没有 to its value."""

    __slots__ = ("due", "ended", "key", "since")

    def __init__(self, key: str, since: datetime, due: datetime | None) -> None:
        self.key, self.since, self.due = key, since, due
        self.ended: datetime | None = None
