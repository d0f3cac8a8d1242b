"""The record of drills: one stream of events a run, in a file of its own, written by every terminal of it.

An event is written first and folded then, at every terminal alike; of two terminals that write at once the
second reads what the first wrote and decides again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from engine import paths
from engine.clock import stamp
from engine.drill import fold
from engine.drill.conduct import New, next_due
from engine.drill.model import Drill
from engine.drill.state import DrillState
from engine.errors import BadData, Conflict
from engine.journal import Journal
from engine.journal.records import Summary
from engine.model import Event, Library, Profile
from engine.practice.model import Bank

TRIES = 500  # of writing, before the other terminals are called stuck
TEXT = "drill:"  # the name of the pinned text of the drill file begins so
Decide = Callable[[DrillState], Sequence[New]]


def drills_file() -> Path:
    """The one file of drill runs; nothing in it counts for the hall's statistics."""
    return paths.drills_file()


class Store:
    """One run at one terminal: `state` is the fold of its events as far as they were read."""

    def __init__(
        self, journal: Journal, id: str, drill: Drill, library: Library, bank: Bank | None = None
    ) -> None:
        """`bank`: practice questions by which words are judged; read when needed unless given."""
        self.journal, self.id, self.drill, self.library = journal, id, drill, library
        self._bank = bank
        self.state = DrillState(drill, library)

    @classmethod
    def create(
        cls,
        journal: Journal,
        drill: Drill,
        library: Library,
        texts: Mapping[str, str],
        real: datetime,
        *,
        seed: int = 0,
        people: Mapping[str, str] | None = None,
        hints: bool = False,
        solo: bool = False,
        scripted: str = "",
        profile: Profile | None = None,
        bank: Bank | None = None,
    ) -> Store:
        """Begin a run; its clock stands until `control.go`.

        `texts`: the drill file under a name that begins with TEXT, and all playbook texts. `real`: when
        that is. `people`: role → name of who is there. `solo`: zhiban is controller.
        `scripted`: the scripted trainee that plays; such runs are compared with nobody's.
        """
        store = cls(journal, journal.new_id(real), drill, library, bank)
        data: dict[str, Any] = {
            "real": stamp(real),
            "drill": drill.id,
            "title": drill.title,
            "version": drill.version,
            "playbooks": list(drill.playbooks),
            "seed": seed,
            "people": dict(people or {}),
            "hints": hints,
            "solo": solo,
            "profile": msgspec.to_builtins(profile or Profile()),
        }
        if scripted:
            data["scripted"] = scripted
        event = Event(1, "begun", drill.start, 1, data)
        journal.create(store.id, "drill", texts, [event], f"【演练】{drill.title}")
        fold.apply(store.state, event)
        return store

    @classmethod
    def open(cls, journal: Journal, id: str, bank: Bank | None = None) -> Store:
        """A run with the drill file and playbooks that were pinned when it began. NotFound, BadData."""
        from engine.drill.reading import parse as parse_drill
        from engine.reader import parse_texts

        texts = journal.texts(id)
        mine = [name for name in texts if name.startswith(TEXT)]
        if not mine:
            raise BadData(f"演练 {id} 的记录里没有演练文件", "从备份恢复记录文件")
        library = parse_texts({name: text for name, text in texts.items() if name not in mine}, cache=True)
        read = parse_drill(library, mine[0].removeprefix(TEXT), texts[mine[0]])
        if read.drill is None:
            raise BadData(f"演练 {id} 的演练文件读不出来", "照下面的位置看是哪里", read.findings)
        store = cls(journal, id, read.drill, library, bank)
        store.refresh()
        return store

    @property
    def events(self) -> list[Event]:
        """All events read so far."""
        return self.state.events

    @property
    def bank(self) -> Bank:
        """The practice questions by which words are judged."""
        if self._bank is None:
            from engine.practice.reading import load

            self._bank = load()
        return self._bank

    def refresh(self) -> bool:
        """Take in what other terminals wrote; returns whether there was something. Cheap when not."""
        heads = self.journal.heads(self.id)
        if heads.get(self.id, (0, ""))[0] == self.state.seq and self.state.seq:
            return False
        new = self.journal.events(self.id, self.state.seq)
        for event in new:
            fold.apply(self.state, event)
        return bool(new)

    def advance(self, now: datetime) -> int:
        """Write everything that is due up to drill time `now`; returns how many events that were."""
        count = 0
        for _ in range(TRIES):
            try:
                while (due := next_due(self.state, now)) is not None:
                    self._append([due])
                    count += 1
                return count
            except Conflict:
                self.refresh()
        raise _stuck(self.id)

    def write(self, now: datetime, decide: Decide) -> list[Event]:
        """Write what `decide` says of the state at drill time `now`, and all that is due before and after.

        `decide` may be asked again when another terminal was faster; what it raises is passed on. Events
        never stand before those already written, nor after the drill's end. Returns the events of `decide`.
        """
        for _ in range(TRIES):
            self.advance(now)
            try:
                made = self._append(decide(self.state))
            except Conflict:
                self.refresh()
                continue
            self.advance(now)
            return made
        raise _stuck(self.id)

    def _append(self, new: Sequence[New]) -> list[Event]:
        seq, at = self.state.seq, self.state.at
        events = []
        for number, one in enumerate(new, seq + 1):
            at = max(at, one.at)
            events.append(Event(number, one.kind, stamp(at), one.cause or number, one.data))
        self.journal.append(self.id, seq, events)
        for event in events:
            fold.apply(self.state, event)
        return events


def runs(journal: Journal) -> list[Summary]:
    """All runs, the one begun last first: an id begins with real time, the stamps are drill time."""
    return sorted(journal.list("drill"), key=lambda run: run.id, reverse=True)


def _stuck(id: str) -> Conflict:
    return Conflict(f"演练 {id} 的记录一直被别的终端占用", "关掉不用的终端再试")
