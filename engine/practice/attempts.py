"""One attempt at a question while it is going on: every change is in the record before it is forgotten.

`typed` says how much of the text before stays (`keep`) and what comes after it (`add`): the record grows with
what is typed, not with its square.
"""

from __future__ import annotations

import os
from typing import Any

import msgspec

from engine.clock import BEIJING, Clock, stamp
from engine.errors import Conflict
from engine.journal import Journal
from engine.model import Event
from engine.practice.entries import Answered, Replied

_TRIES = 20


def _common(one: str, other: str) -> int:
    """How many signs at the beginning are the same."""
    if other.startswith(one):
        return len(one)
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


class Draft(msgspec.Struct, frozen=True):
    """An attempt as far as it went. `think`, `spent`: seconds so far; `place`: within its `set`."""

    id: str
    seq: int
    question: str
    at: str
    text: str = ""
    think: float = 0
    spent: float = 0
    done: bool = False  # answered, not yet marked
    set: str = ""
    place: int = 0
    limit: int = 0  # seconds allowed when it was begun
    ask: str = ""  # the follow-up question that is being replied to; the answer itself is marked
    about: dict[str, Any] = {}


def draft_of(id: str, events: list[Event]) -> Draft | None:
    """The fold of an attempt's events; None when nothing is left to type in it."""
    if not events or any(event.kind in ("replied", "closed") for event in events):
        return None
    about: dict[str, Any] = dict(events[0].data)
    text, think, spent, done, ask = "", 0.0, 0.0, False, ""
    marked = False
    for event in events[1:]:
        data: dict[str, Any] = event.data
        if event.kind in ("typed", "answered"):
            text = text[: data["keep"]] + data["add"]
            think, spent = data["think"], data["spent"]
            done = event.kind == "answered"
        elif event.kind == "asked":
            text, think, spent, done, ask = "", 0.0, 0.0, False, data["ask"]
        marked = marked or event.kind == "marked"
    if marked and not ask:
        return None
    return Draft(
        id, events[-1].seq, about["question"], events[-1].at, text, think, spent, done,
        about.get("set", ""), about.get("place", 0), about.get("limit", 0), ask, about,
    )  # fmt: skip


class Attempt:
    """Writes one attempt."""

    def __init__(self, journal: Journal, clock: Clock, draft: Draft) -> None:
        self.journal, self.clock = journal, clock
        self.id, self.seq, self.saved = draft.id, draft.seq, draft.text
        self.draft = draft

    @classmethod
    def begin(
        cls, journal: Journal, clock: Clock, name: str, question: str, about: dict[str, Any]
    ) -> Attempt:
        """Open an attempt. `about`: `set`, `place`, `limit`, `why`."""
        now = clock.now()
        minute = now.astimezone(BEIJING).strftime("%Y%m%d-%H%M")
        data = {"question": question, "learner": name, **about}
        for attempt in range(_TRIES):
            id = f"{name}/{minute}-{os.urandom(2 + attempt // 8).hex()}"
            try:
                journal.create(id, "practice", {}, [Event(1, "started", stamp(now), 1, data)], question)
                break
            except Conflict:
                if attempt == _TRIES - 1:
                    raise
        place = about.get("place", 0)
        return cls(
            journal,
            clock,
            Draft(id, 1, question, stamp(now), set=about.get("set", ""), place=place, about=data),
        )

    @property
    def number(self) -> str:
        """The attempt's id without the learner's name."""
        return self.id.partition("/")[2]

    def typed(self, text: str, think: float, spent: float) -> None:
        """What stands on the sheet now."""
        if text != self.saved:
            self._write("typed", text, think, spent)

    def answered(self, text: str, think: float, spent: float) -> None:
        """The answer is finished."""
        self._write("answered", text, think, spent)

    def marked(self, entry: Answered) -> None:
        """The marks; what was answered is a draft no longer."""
        self._append("marked", msgspec.to_builtins(entry))

    def asked(self, ask: str) -> None:
        """A follow-up question was put."""
        self._append("asked", {"ask": ask})
        self.saved = ""

    def replied(self, entry: Replied) -> None:
        """The reply to it, marked."""
        self._append("replied", msgspec.to_builtins(entry))

    def close(self, reason: str = "") -> None:
        """Nothing more comes; `reason`: why a draft was given up."""
        self._append("closed", {"reason": reason})

    def _write(self, kind: str, text: str, think: float, spent: float) -> None:
        keep = _common(self.saved, text)
        data = {"keep": keep, "add": text[keep:], "think": round(think, 1), "spent": round(spent, 1)}
        try:
            self._append(kind, data)
        except Conflict:
            # another terminal went on with the same draft: what is typed here becomes an attempt of its own
            name = self.id.partition("/")[0]
            apart = Attempt.begin(self.journal, self.clock, name, self.draft.question, self._about())
            self.id, self.seq = apart.id, apart.seq
            self._append(kind, {**data, "keep": 0, "add": text})
        self.saved = text

    def _about(self) -> dict[str, Any]:
        return {k: v for k, v in self.draft.about.items() if k not in ("question", "learner")}

    def _append(self, kind: str, data: dict[str, object]) -> None:
        seq = self.seq + 1
        self.journal.append(self.id, self.seq, [Event(seq, kind, stamp(self.clock.now()), seq, data)])
        self.seq = seq
