"""What happens again and again: the same cause so many times within a period proposes a standing measure.

A cause is the first playbook of an incident (`p:ID`), or a reason that somebody named (`c:WORDS`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from engine.clock import parse, stamp
from engine.errors import Conflict
from engine.followups.ledger import PREFIX, Ledger
from engine.followups.model import FollowUp
from engine.journal import Journal, Mode
from engine.model import Event

DECLINED = "p-"  # streams that keep what was turned down
NO_CAUSE = ("", "general-incident", "always")  # playbooks that say nothing about why


class Occurrence(NamedTuple):
    """One time that a cause showed: the incident, order or follow-up `id` with its title."""

    cause: str
    id: str
    title: str
    at: datetime


class Proposal(NamedTuple):
    """A cause that came back: its occurrences that no measure covers yet, oldest first.

    `times`: how many there are; of orders only the latest stand in `behind`.
    """

    cause: str
    behind: tuple[Occurrence, ...]
    times: int


def propose(
    seen: Iterable[Occurrence], covered: Iterable[tuple[str, str]], times: int, days: int, now: datetime
) -> list[Proposal]:
    """The causes seen at least `times` times in the last `days` days (0: ever), the most frequent first.

    `covered`: (cause, id) pairs that were answered before; they no longer count. An id counts once a cause.
    """
    since = now - timedelta(days=days) if days else None
    answered = set(covered)
    by_cause: dict[str, dict[str, Occurrence]] = {}
    for one in seen:
        fits = one.at <= now and (since is None or one.at >= since)
        if fits and (one.cause, one.id) not in answered:
            by_cause.setdefault(one.cause, {}).setdefault(one.id, one)
    found = [
        Proposal(cause, tuple(sorted(ones.values(), key=lambda one: (one.at, one.id))), len(ones))
        for cause, ones in by_cause.items()
        if len(ones) >= max(1, times)
    ]
    return sorted(found, key=lambda proposal: (-proposal.times, proposal.cause))


def seen(records: Journal, follow_ups: Iterable[FollowUp], mode: Mode = "real") -> list[Occurrence]:
    """Every incident of a mode by its first playbook, and every follow-up by the cause named for it.

    What was invented in a drill is no occurrence, though its improvement is real work.
    """
    heads = {entry.id: entry for entry in records.list(mode)}
    found: list[Occurrence] = []
    for id, events in records.of_kind("begun").items():
        names: Any = events[0].data.get("playbooks")
        if id in heads and names and names[0] not in NO_CAUSE:
            found.append(Occurrence(f"p:{names[0]}", id, heads[id].title, parse(events[0].at)))
    for entry in follow_ups:
        if entry.cause and entry.created is not None and entry.origin not in ("standing", "drill"):
            at = entry.created
            found.append(
                Occurrence(f"c:{entry.cause}", entry.source or entry.id, entry.title or entry.what, at)
            )
    return found


def covered(ledger: Ledger, follow_ups: Iterable[FollowUp], mode: Mode) -> set[tuple[str, str]]:
    """(cause, id) of all that was answered: by a standing measure, or turned down with a reason."""
    found = {(entry.cause, id) for entry in follow_ups if entry.origin == "standing" for id in entry.sources}
    for stream, events in ledger.journal.events_under(DECLINED).items():
        if stream.startswith(f"{DECLINED}{mode}-"):
            for event in events:
                sources: Any = event.data.get("sources", ())
                found |= {(str(event.data.get("cause", "")), id) for id in sources}
    return found


def answered(ledger: Ledger, follow_ups: Iterable[FollowUp], mode: Mode) -> dict[str, datetime]:
    """Cause → when a proposal about it was accepted or turned down last."""
    found: dict[str, datetime] = {}
    for entry in follow_ups:
        if entry.origin == "standing" and entry.created is not None:
            found[entry.cause] = max(entry.created, found.get(entry.cause, entry.created))
    for stream, events in ledger.journal.events_under(DECLINED).items():
        for event in events if stream.startswith(f"{DECLINED}{mode}-") else ():
            cause, at = str(event.data.get("cause", "")), parse(event.at)
            found[cause] = max(at, found.get(cause, at))
    return found


def accept(ledger: Ledger, proposal: Proposal, mode: Mode, number: int, data: dict[str, Any]) -> FollowUp:
    """The follow-up of a standing measure, which names what is behind it. Conflict: accepted a moment ago.

    `number`: how many measures against this cause there were before.
    """
    id = f"{PREFIX}s-{_slug(mode, proposal.cause)}-{number + 1}"
    sources = [one.id for one in proposal.behind]
    full = {**data, "origin": "standing", "cause": proposal.cause, "sources": sources}
    if not ledger.create(id, mode, full, ledger.clock.now()):
        raise Conflict("另一个终端刚刚采纳了这项提议", "看 zhiban followup list")
    return ledger.get(id)


def decline(ledger: Ledger, proposal: Proposal, mode: Mode, reason: str) -> None:
    """Turn a proposal down; it comes back when the cause has shown as often anew."""
    stream = f"{DECLINED}{mode}-{_slug(mode, proposal.cause)}"
    sources = [one.id for one in proposal.behind]
    data: dict[str, Any] = {"cause": proposal.cause, "sources": sources, "reason": reason}
    at = stamp(ledger.clock.now())
    if stream in ledger.journal.heads(stream):
        seq = len(ledger.journal.events(stream))
        ledger.journal.append(stream, seq, [Event(seq + 1, "declined", at, seq + 1, data)])
    else:
        ledger.journal.create(stream, mode, {}, [Event(1, "declined", at, 1, data)], proposal.cause)


def _slug(mode: str, cause: str) -> str:
    return hashlib.sha256(f"{mode}\0{cause}".encode()).hexdigest()[:10]
