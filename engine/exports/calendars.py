"""Things to do as iCalendar: VTODO entries that calendar programs keep up to date by their UIDs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from engine.exports.cells import printable

State = Literal["NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"]
_DAY = timedelta(days=1)


class Todo(NamedTuple):
    """One thing to do. Moments are aware.

    `uid`: the same at every export; `sequence`: grows with every change; `stamp`: the last change.
    `parent`: UID of the entry it belongs to; `alarms`: how long before it is due.
    """

    uid: str
    summary: str
    created: datetime
    stamp: datetime
    state: State = "NEEDS-ACTION"
    sequence: int = 0
    description: str = ""
    due: datetime | None = None
    completed: datetime | None = None
    parent: str = ""
    categories: tuple[str, ...] = ()
    alarms: tuple[timedelta, ...] = (_DAY,)


def calendar(todos: list[Todo], name: str) -> bytes:
    """The entries as one iCalendar file (RFC 5545), times in UTC; equal entries give equal bytes."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//zhiban//follow-ups//ZH")
    made.add("version", "2.0")
    made.add("x-wr-calname", _line(name))
    for todo in todos:
        made.add_component(_entry(todo))
    return bytes(made.to_ical())


def _entry(todo: Todo) -> Any:
    from icalendar import Todo as Entry

    made = Entry()
    made.add("uid", todo.uid)
    made.add("summary", _line(todo.summary))
    made.add("dtstamp", todo.stamp.astimezone(UTC))
    made.add("last-modified", todo.stamp.astimezone(UTC))
    made.add("created", todo.created.astimezone(UTC))
    made.add("sequence", todo.sequence)
    made.add("status", todo.state)
    if todo.description:
        made.add("description", printable(todo.description))
    if todo.due is not None:
        made.add("due", todo.due.astimezone(UTC))
    if todo.state == "COMPLETED":
        made.add("percent-complete", 100)
        made.add("completed", (todo.completed or todo.stamp).astimezone(UTC))
    if todo.parent:
        made.add("related-to", todo.parent, parameters={"reltype": "PARENT"})
    if todo.categories:
        made.add("categories", [_line(category) for category in todo.categories])
    # an alarm without a time to count from, or for what is finished, would ring at random
    if todo.due is not None and todo.state not in ("COMPLETED", "CANCELLED"):
        for before in todo.alarms:
            made.add_component(_alarm(todo, before))
    return made


def _alarm(todo: Todo, before: timedelta) -> Any:
    from icalendar import Alarm

    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", _line(todo.summary))
    made.add("trigger", -before, parameters={"related": "END"})
    return made


def _line(text: str) -> str:
    return " ".join(printable(text).split())
