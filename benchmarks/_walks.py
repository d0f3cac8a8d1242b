"""A hall, its playbooks and an officer who walks incidents at random, screen by screen."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from engine import walk
from engine.clock import SimulatedClock
from engine.conditions import UNSURE, Answer
from engine.journal import Journal
from engine.model import Event, Fact, Library, Profile
from engine.reader import load_library
from engine.session import Session

THREE = ("rain-before-opening", "system-failure", "viral-photo")
OPEN_FROM, OPEN_TO = "09:00", "17:00"
DAYS = ("mon", "tue", "wed", "thu", "fri")
HALL = Profile(name="某某大厅", hours=dict.fromkeys(DAYS, ((OPEN_FROM, OPEN_TO),)))
MAX_SCREENS = 400
NUMBERS = (0, 1, 5, 10, 20, 30, 31, 45, 60, 90, 120, 300)


def shipped() -> Library:
    """The shipped playbooks, read from their YAML; the user's hall is left out."""
    return load_library(hall=False, cache=False)


def copy_of(library: Library) -> Library:
    """An equal library that shares no engine with `library`: what a new process has."""
    return msgspec.json.decode(msgspec.json.encode(library), type=Library)


class TimedJournal(Journal):
    """A journal that keeps how long each commit took, in seconds."""

    def __init__(self, path: Path | None) -> None:
        super().__init__(path)
        self.commits: list[float] = []
        self.cpu = 0.0  # seconds at work on all of them

    def append(self, incident: str, expected_seq: int, events: Sequence[Event]) -> None:
        """As in Journal."""
        start, began = time.perf_counter(), time.process_time()
        super().append(incident, expected_seq, events)
        self.commits.append(time.perf_counter() - start)
        self.cpu += time.process_time() - began


class Decision(NamedTuple):
    """What the officer did on one kind of screen and what it took to the next one.

    `seconds` on the wall; `cpu` this process at work, storing apart; `commits` to the journal.
    """

    kind: str
    seconds: float
    cpu: float
    commits: int


def decisions(
    library: Library, playbooks: Sequence[str], seed: int, *, journal: TimedJournal, durable: bool
) -> Iterator[Decision]:
    """Walk one incident to its close; each act with the next screen is one decision.

    Time passes between screens, outside the measurement; activations are declined, so that the same
    playbooks stay active. The same seed gives the same walk, with durable-rules and without.
    """
    clock, chance = SimulatedClock(), random.Random(seed)
    session = Session.begin(journal, library, {}, playbooks, clock, profile=HALL, durable=durable)
    prompt = walk.next_prompt(session)
    for _ in range(MAX_SCREENS):
        if prompt.kind == "closed":
            return
        minutes = 20 if prompt.kind == "standing" else 1
        clock.advance(timedelta(seconds=chance.randint(20, 60 * minutes + 90)))
        shown, before = prompt, len(journal.commits)
        stored = journal.cpu
        start, began = time.perf_counter(), time.process_time()
        _act(session, shown, chance)
        prompt = walk.next_prompt(session)
        cpu, seconds = time.process_time() - began - (journal.cpu - stored), time.perf_counter() - start
        yield Decision(shown.kind, seconds, cpu, len(journal.commits) - before)
    raise RuntimeError(f"walk {seed} of {playbooks} does not end")


def _act(session: Session, prompt: walk.Prompt, chance: random.Random) -> None:
    match prompt.kind:
        case "question" if prompt.fact is not None:
            session.answer(prompt.fact.key, _answer(prompt.fact, chance))
        case "propose":
            session.perform("declined", {"playbook": prompt.playbook})
        case "close" if session.state.closing:
            walk.close(session)
        case "close":
            walk.begin_closing(session)
        case "settle" if prompt.fact is not None:
            walk.defer(session, fact=prompt.fact.key)
        case _:
            for watch in prompt.clocks if prompt.kind == "standing" else ():
                if watch.of == "fact" and watch.name in session.state.open_since:
                    session.answer(watch.name, UNSURE)
            for item in prompt.steps:
                _mark(session, item.key, chance, final=prompt.kind != "steps")


def _mark(session: Session, step: str, chance: random.Random, *, final: bool) -> None:
    live, item = session.state.steps.get(step), session.plan.wanted.get(step)
    if live is None or item is None or not live.running or item.waits:
        return
    draw = chance.random()
    if draw < 0.1 and not final:
        session.mark(step, "handed")
    elif draw < 0.2:
        session.no_way(step, "现场办不到")
    else:
        session.mark(step, "done")


def _answer(fact: Fact, chance: random.Random) -> Answer:
    match fact.kind:
        case "number":
            return Answer("known", chance.choice(NUMBERS))
        case "many":
            return Answer("known", frozenset(c.id for c in fact.choices if chance.random() < 0.4))
        case "time":
            return Answer("known", f"{chance.randint(9, 17)}:{chance.randint(0, 59):02d}")
        case "text":
            return Answer("known", "某某")
        case _:
            return chance.choice(walk.options(fact))[1]
