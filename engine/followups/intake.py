"""Taking over: the follow-ups that incidents, orders and drills have left appear in the ledger by themselves.

An entry is made from the record alone, under an id that the record gives (`f-<incident>-<n>`): taking over
twice, or at two terminals at once, changes nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from engine.clock import parse
from engine.errors import BadData, NotFound
from engine.followups.ledger import PREFIX, Ledger
from engine.journal import Journal, Summary
from engine.model import Event

MARK = "【演练】"  # at the head of what a drill has left
DRILLS = "d-"  # after PREFIX: a run of a drill may have the id of an incident
ORDERS = "o-"  # streams of orders; what they leave is due from the start, not from the close
_KEPT = ("what", "who", "name", "due", "evidence", "check", "step", "note", "origin", "cause")


class Taken(NamedTuple):
    """`new`: ids that were opened. `unread`: records whose follow-ups could not be read."""

    new: tuple[str, ...]
    unread: tuple[str, ...]


def take_over(records: Journal, ledger: Ledger) -> Taken:
    """Open what `records` (the incidents, or the ledger itself for its orders) left and is not there yet."""
    heads = {entry.id: entry for entry in records.list(None)}
    known = ledger.journal.heads(PREFIX)
    new: list[str] = []
    unread: list[str] = []
    for record, left in _left(records, heads).items():
        entry = heads[record]
        wanted = {_id(record, event): event for event in left}
        missing = {id: event for id, event in wanted.items() if id not in known}
        if not missing:
            continue
        try:
            opening: dict[str, Any] = records.events(record)[0].data
        except (BadData, NotFound, IndexError):
            unread.append(record)
            continue
        for id, event in missing.items():
            data = _data(event.data, entry, opening)
            if data["what"] and ledger.create(id, entry.mode, data, parse(event.at)):
                new.append(id)
    return Taken(tuple(new), tuple(unread))


def take_over_drills(runs: Journal, ledger: Ledger) -> Taken:
    """Open the improvements that debriefs of drills gave out: real work, whose title says 【演练】.

    `runs`: the record of drills. What the playbooks of a drill would have followed up was invented with it
    and never comes here; nor does anything of runs that scripts played.
    """
    left = runs.of_kind("follow_up")
    if not left:
        return Taken((), ())
    known = ledger.journal.heads(PREFIX)
    heads, openings = {entry.id: entry for entry in runs.list("drill")}, runs.of_kind("begun")
    new: list[str] = []
    unread: list[str] = []
    for run, events in left.items():
        opening: dict[str, Any] = openings[run][0].data if run in openings else {}
        if run not in heads or opening.get("scripted"):
            continue
        for event in events:
            id = f"{PREFIX}{DRILLS}{run}-e{event.seq}"
            if id in known:
                continue
            try:
                at = parse(str(event.data["created"]))
            except (KeyError, ValueError):
                unread.append(run)
                continue
            data = _data(event.data, heads[run], opening)
            # the objective is no reason why: nothing here counts as a cause
            data |= {"origin": "drill", "cause": ""}
            if data["what"]:
                data["what"] = f"{MARK}{data['what']}"
            if data["what"] and ledger.create(id, "real", data, at):
                new.append(id)
    return Taken(tuple(new), tuple(dict.fromkeys(unread)))


def _left(records: Journal, heads: dict[str, Summary]) -> dict[str, list[Event]]:
    """Record → the follow-ups it left; of incidents only closed ones."""
    found = records.of_kind("follow_up")
    return {
        record: events
        for record, events in found.items()
        if record in heads and (record.startswith(ORDERS) or heads[record].status == "closed")
    }


def _id(record: str, event: Event) -> str:
    number = str(event.data.get("id", "")).removeprefix("f") or f"e{event.seq}"
    return f"{PREFIX}{record}-{number}"


def _data(left: dict[str, Any], entry: Summary, opening: dict[str, Any]) -> dict[str, Any]:
    playbooks = opening.get("playbooks") or [""]
    data = {name: str(left.get(name) or "") for name in _KEPT}
    if entry.id.startswith(ORDERS):
        data["origin"] = "order"
    data |= {"source": entry.id, "title": entry.title, "playbook": str(playbooks[0])}
    return data
