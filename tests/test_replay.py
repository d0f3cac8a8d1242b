"""Live state is replayed state: random officers on the shipped playbooks, whatever they do."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import msgspec
import pytest
from worlds import random_answer

from engine import walk
from engine.clock import BEIJING, SimulatedClock
from engine.errors import UsageError
from engine.fold import fold
from engine.journal import Journal
from engine.model import Library, Profile
from engine.plan import make_plan
from engine.reader import load_library
from engine.session import Session
from engine.state import State

EXAMPLES, ACTS = 60, 45
PROFILE = Profile(
    hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("09:00", "12:00"), ("13:30", "17:00"))),
    people={"lead": ("王主任", "13800000000")},
)
SEVEN = (
    "rain-before-opening",
    "missing-materials",
    "system-failure",
    "staff-dispute",
    "recording-threat",
    "viral-photo",
    "general-incident",
)
# how often each act is drawn
DECK = {"answer": 2, "any": 1, "mark": 3, "way": 1, "time": 2, "look": 1, "undo": 1, "note": 1}
DECK |= {"propose": 1, "end": 1, "pause": 1, "close": 1, "defer": 1}


@cache
def library() -> Library:
    """Everything shipped."""
    return load_library(hall=False, cache=False)


def dump(state: State) -> dict[str, Any]:
    """A state field by field, with what lies behind each object."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        if hasattr(value, "__slots__") and not isinstance(value, tuple):
            return {name: plain(getattr(value, name)) for name in value.__slots__}
        return value

    return {name: plain(value) for name, value in vars(state).items()}


def written(value: object) -> bytes:
    """The form in which a journal keeps something: lists for tuples, names sorted."""
    return msgspec.json.encode(value, order="deterministic")


class Officer:
    """Does anything that a terminal allows, sensible or not."""

    def __init__(self, session: Session, clock: SimulatedClock, chance: Random) -> None:
        self.session, self.clock, self.chance = session, clock, chance

    def act(self) -> None:
        """One act, or some time, at random."""
        (kind,) = self.chance.choices(list(DECK), list(DECK.values()))
        getattr(self, f"_{kind}")()

    def _answer(self) -> None:
        asked = self.session.questions()[0]
        if asked:
            self._say(asked[0][1], "asked")

    def _any(self) -> None:
        facts = [key for key in self.session.ruleset.used if self.session.ruleset.facts[key].when is None]
        how = self.chance.choice(("asked", "reported", "corrected", "changed"))
        since = self.clock.now() - timedelta(minutes=3) if self.chance.random() < 0.2 else None
        self._say(self.chance.choice(facts), how, since)

    def _say(self, key: str, how: str, since: datetime | None = None) -> None:
        fact = self.session.ruleset.facts[key]
        answer = random_answer(self.chance, fact)
        if fact.kind in ("choice", "many") and answer.state == "known":
            ids = [choice.id for choice in fact.choices]
            one = self.chance.choice(ids)
            answer = answer._replace(value=one if fact.kind == "choice" else frozenset((one,)))
        self.session.answer(key, answer, how=how, since=since)

    def _mark(self) -> None:
        known = [key for key, step in self.session.state.steps.items() if step.opened is not None]
        running = [item.key for item in self.session.running()]
        keys = running if running and self.chance.random() < 0.8 else known
        if keys:
            outcome = self.chance.choice(("done", "done", "handed", "blocked", "skipped"))
            self.session.mark(self.chance.choice(keys), outcome, reason="因故")

    def _way(self) -> None:
        running = [item.key for item in self.session.running()]
        if running:
            self.session.no_way(self.chance.choice(running), "不行")

    def _time(self) -> None:
        self.clock.advance(timedelta(minutes=self.chance.choice((1, 3, 10, 30, 200))))

    def _look(self) -> None:
        walk.next_prompt(self.session)
        self.session.watches()

    def _undo(self) -> None:
        if self.session.state.acts:
            self.session.undo()

    def _note(self) -> None:
        self.session.perform(self.chance.choice(("noted", "reported", "handover")), {"text": "记一笔"})

    def _propose(self) -> None:
        if self.session.plan.proposals:
            kind = self.chance.choice(("activated", "declined"))
            self.session.perform(kind, {"playbook": self.session.plan.proposals[0][0]})

    def _end(self) -> None:
        if len(self.session.state.active) > 1:
            self.session.perform("ended", {"playbook": self.chance.choice(self.session.state.active)})

    def _pause(self) -> None:
        self.session.perform("paused" if self.session.state.status == "open" else "resumed")

    def _close(self) -> None:
        if self.chance.random() < 0.3:
            walk.begin_closing(self.session)

    def _defer(self) -> None:
        running = [item.key for item in self.session.running()]
        if running and self.chance.random() < 0.2:
            walk.defer(self.session, step=self.chance.choice(running), due=self.clock.now())


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_live_state_is_replayed_state(seed: int) -> None:
    """Fold, reload and replay give the live state, the live plan and the very same events."""
    chance = Random(seed)
    clock = SimulatedClock(datetime(2026, 6, 1, 8, 40, tzinfo=BEIJING))
    active = chance.sample(SEVEN, chance.choice((1, 1, 2, 3)))
    journal = Journal(None)
    session = Session.begin(
        journal, library(), {}, active, clock, profile=chance.choice((PROFILE, Profile()))
    )
    officer = Officer(session, clock, chance)
    for _ in range(ACTS):
        officer.act()
        # the plan that was carried along is the one that a fresh look gives
        fresh = make_plan(session.ruleset, session.state, session.plan.holding, session.time)
        assert session.plan == fresh
        assert session.plan.holding == session.ruleset.holding_by_tree(session.state.situation)
    with_close = chance.random() < 0.5
    if with_close:
        _close(session)
    assert dump(fold(session.events)) == dump(session.state)
    assert session.replayed() == session.events
    again = Session.load(journal, session.id, library(), clock)
    assert written(again.events) == written(session.events)
    assert written(again.state.opening) == written(session.state.opening)
    again.state.opening = session.state.opening
    assert dump(again.state) == dump(session.state)
    if not with_close:
        assert again.plan == session.plan
        assert again.questions() == session.questions()
        assert again.watches() == session.watches()


def _close(session: Session) -> None:
    """Settle what is open and close, as far as that goes in a few steps."""
    if session.state.status == "paused":
        session.perform("resumed")
    for _ in range(80):
        for item in session.running():
            if item.key in session.plan.wanted and not item.waits:
                session.mark(item.key, "skipped", reason="收尾")
                break
        try:
            walk.close(session)
        except UsageError:
            walk.next_prompt(session)
        else:
            assert session.state.status == "closed"
            return
