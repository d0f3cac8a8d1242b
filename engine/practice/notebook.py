"""The record of practice: a stream an attempt, a stream a learner, in a file of its own.

    NAME/0                     joined; reviewed (a point by itself); imported (entries of another machine)
    NAME/20261122-0810-3f      started; typed (only what changed); answered; marked;
                               asked; typed; replied; closed

What was typed is on the disk a moment later; an attempt without `marked` is a draft that can be gone on with.
Practice never stands in the file of incidents, and its records have the mode `practice`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from engine import paths
from engine.clock import Clock, stamp
from engine.errors import BadData, Conflict
from engine.journal import Journal
from engine.model import Event
from engine.practice.attempts import Attempt, Draft, draft_of
from engine.practice.entries import Answered, Entry, Replied, Reviewed, key
from engine.practice.learner import Learner

FILE = "practice.db"
_OWN = "/0"
_TRIES = 20


class Notebook:
    """All learners of a machine."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal, self.clock = journal, clock

    # ---- reading ------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """The learners, the one who practised last first."""
        latest: dict[str, str] = {}
        for entry in self.journal.list("practice"):
            name = entry.id.partition("/")[0]
            latest[name] = max(latest.get(name, ""), entry.last_at)
        return sorted(latest, key=lambda name: (latest[name], name), reverse=True)

    def learner(self, name: str) -> Learner:
        """A learner with everything done; one who is not known has done nothing."""
        return self.everyone([name])[0]

    def everyone(self, names: Sequence[str]) -> list[Learner]:
        """Several learners; the record is read once."""
        entries: dict[str, list[Entry]] = {name: [] for name in names}
        for kind, form in _KINDS.items():
            for stream, events in self.journal.of_kind(kind).items():
                owner = stream.partition("/")[0]
                if owner in entries:
                    for event in events:
                        entries[owner] += _read(event, form, stream)
        return [Learner(name, entries[name]) for name in names]

    def drafts(self, name: str) -> list[Draft]:
        """Attempts that were not marked, the latest first; those of a set together, in its order."""
        found = []
        for entry in self.journal.list("practice", "open"):
            if entry.id.startswith(f"{name}/") and not entry.id.endswith(_OWN):
                draft = draft_of(entry.id, self.journal.events(entry.id))
                if draft is not None:
                    found.append(draft)
        latest: dict[str, str] = {}
        for draft in found:
            group = draft.set or draft.id
            latest[group] = max(latest.get(group, ""), draft.at)
        found.sort(key=lambda d: d.place)
        return sorted(found, key=lambda d: (latest[d.set or d.id], d.set or d.id), reverse=True)

    # ---- writing ------------------------------------------------------------------------------

    def join(self, name: str) -> bool:
        """Make a learner known; whether it was so only now."""
        event = Event(1, "joined", stamp(self.clock.now()), 1, {"name": name})
        try:
            self.journal.create(f"{name}{_OWN}", "practice", {}, [event], name)
        except Conflict:
            if self.journal.heads(f"{name}{_OWN}"):
                return False
            raise
        return True

    def begin(self, name: str, question: str, **about: Any) -> Attempt:
        """A new attempt. `about`: see `attempts`."""
        self.join(name)
        return Attempt.begin(self.journal, self.clock, name, question, about)

    def go_on(self, draft: Draft) -> Attempt:
        """An attempt taken up again."""
        return Attempt(self.journal, self.clock, draft)

    def reviewed(self, name: str, entry: Reviewed) -> None:
        """Keep a review of a point."""
        self._append(name, "reviewed", msgspec.to_builtins(entry))

    def bring_in(self, name: str, entries: Sequence[Entry]) -> int:
        """Take over entries; those that are here already are left out. How many are new."""
        known = {key(entry) for entry in self.learner(name).entries}
        new = [entry for entry in Learner(name, entries).entries if key(entry) not in known]
        if new:
            self._append(name, "imported", {"entries": msgspec.to_builtins(new)})
        return len(new)

    def _append(self, name: str, kind: str, data: dict[str, object]) -> None:
        self.join(name)
        stream = f"{name}{_OWN}"
        for attempt in range(_TRIES):
            seq = self.journal.heads(stream)[stream][0]
            event = Event(seq + 1, kind, stamp(self.clock.now()), seq + 1, data)
            try:
                return self.journal.append(stream, seq, [event])
            except Conflict:  # another terminal of the same learner was a moment ahead
                if attempt == _TRIES - 1:
                    raise
        return None


_KINDS: dict[str, Any] = {"marked": Answered, "replied": Replied, "reviewed": Reviewed, "imported": Entry}


def _read(event: Event, form: Any, stream: str) -> list[Entry]:
    """The entries of an event. BadData when it cannot be read."""
    try:
        if event.kind == "imported":
            return msgspec.convert(event.data["entries"], list[form])
        return [msgspec.convert(event.data, form)]
    except (msgspec.ValidationError, KeyError) as error:
        raise BadData(
            f"练习记录 {stream} 读不出（{error}）", f"从备份恢复 {paths.data_dir() / FILE}"
        ) from None
