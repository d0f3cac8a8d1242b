"""One follow-up: the events of its stream folded, here and nowhere else.

Events: `created` {what, who, name, due, evidence, check, origin, source, title, playbook, step, cause,
sources, note}, `done` {evidence, check, cause, by}, `checked` {worked, note}, `postponed` and
`reopened` {due, reason, check}, `noted` {text}, `closed`. Moments are stamps, "" when there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from engine.clock import parse
from engine.model import Event

Status = Literal["open", "done", "closed"]  # done: the effect is still to be checked
ORIGINS = {
    "improve": "长效改进",
    "deferred": "没办完转来",
    "order": "热线工单",
    "standing": "同因常备",
    "drill": "演练讲评",
    "added": "另行交办",
}


class FollowUp(msgspec.Struct):
    """How a follow-up stands. `evidence`: what has to be shown; `shown`: what was shown last."""

    id: str
    mode: str
    what: str = ""
    who: str = ""  # role
    name: str = ""  # person, when one was named
    due: datetime | None = None
    evidence: str = ""
    check: datetime | None = None  # when to ask whether it worked
    period: timedelta | None = None  # how long after the due date that is
    origin: str = "added"
    source: str = ""  # id of the incident or order
    title: str = ""  # its title
    playbook: str = ""  # the incident's first playbook
    step: str = ""
    cause: str = ""  # the reason found, in words
    sources: tuple[str, ...] = ()  # of a standing measure: what led to it
    note: str = ""
    status: Status = "open"
    created: datetime | None = None
    last: datetime | None = None
    seq: int = 0
    done_at: datetime | None = None
    shown: str = ""
    by: str = ""  # who had the role when it was done
    worked: bool | None = None
    reopened: int = 0
    postponed: int = 0

    @property
    def next(self) -> datetime | None:
        """When the work, or the check of its effect, is to be done; None: closed, or no date is known."""
        return {"open": self.due, "done": self.check, "closed": None}[self.status]

    def late(self, now: datetime) -> bool:
        """Whether the work or the check of its effect is overdue."""
        return self.next is not None and self.next < now


def fold(id: str, mode: str, events: Iterable[Event]) -> FollowUp:
    """The follow-up after all its events; unknown kinds only count."""
    state = FollowUp(id, mode)
    for event in events:
        at = parse(event.at)
        change = _CHANGES.get(event.kind)
        if change is not None:
            change(state, event.data, at)
        state.created = state.created or at
        state.last, state.seq = at, event.seq
    return state


_Data = dict[str, Any]


def moment(text: object) -> datetime | None:
    """A stamp as a moment; None for "" or nothing."""
    return parse(str(text)) if text else None


def _created(state: FollowUp, data: _Data, at: datetime) -> None:
    for name in (
        "what", "who", "name", "evidence", "origin", "source", "title", "playbook", "step", "cause", "note",
    ):  # fmt: skip
        setattr(state, name, str(data.get(name, "") or getattr(state, name)))
    state.due, state.check = moment(data.get("due")), moment(data.get("check"))
    if state.due is not None and state.check is not None:
        state.period = state.check - state.due
    state.sources = tuple(data.get("sources", ()))


def _done(state: FollowUp, data: _Data, at: datetime) -> None:
    state.status, state.done_at, state.shown, state.worked = "done", at, data["evidence"], None
    state.check = moment(data.get("check"))
    state.by = data.get("by", "")
    if state.origin != "standing":  # whose cause is the one it was proposed for
        state.cause = data.get("cause") or state.cause


def _checked(state: FollowUp, data: _Data, at: datetime) -> None:
    state.worked = data["worked"]


def _postponed(state: FollowUp, data: _Data, at: datetime) -> None:
    state.due, state.check = moment(data["due"]), moment(data.get("check"))
    state.postponed += 1


def _reopened(state: FollowUp, data: _Data, at: datetime) -> None:
    state.status, state.done_at = "open", None
    state.due, state.check = moment(data["due"]), moment(data.get("check"))
    state.reopened += 1


def _closed(state: FollowUp, data: _Data, at: datetime) -> None:
    state.status = "closed"


_CHANGES: dict[str, Callable[[FollowUp, _Data, datetime], None]] = {
    "created": _created,
    "done": _done,
    "checked": _checked,
    "postponed": _postponed,
    "reopened": _reopened,
    "closed": _closed,
}
