"""Runs of a drill with scripted trainees in simulated time."""

from __future__ import annotations

import weakref
from datetime import datetime, timedelta
from typing import NamedTuple

from engine.clock import parse
from engine.drill import perform
from engine.drill.model import Drill
from engine.drill.scoring import Score, score
from engine.drill.state import DrillState
from engine.drill.store import Store
from engine.drill.trainees import Trainee, trainee
from engine.journal import Journal
from engine.model import Library, Profile
from engine.practice.model import Bank

TICK = 5  # seconds between two looks
_AT_ONCE = 40  # acts at one moment: more is a fault of the script


def play(store: Store, who: Trainee, until: datetime, tick: int = TICK) -> None:
    """Let a trainee play from the run's present to drill time `until`, looking every `tick` seconds."""
    now = store.state.at
    while store.state.status == "open":
        store.advance(now)
        for _ in range(_AT_ONCE):
            act = who.next(store, now) if store.state.status == "open" else None
            if act is None:
                break
            perform.act(store, act.role, act.kind, act.id, act.text, now)
        if now >= until:
            return
        now = min(until, now + timedelta(seconds=tick))


class Run(NamedTuple):
    """A finished scripted run."""

    store: Store
    state: DrillState
    score: Score


def run_script(
    drill: Drill,
    library: Library,
    who: str | Trainee,
    seed: int = 0,
    *,
    tick: int = TICK,
    hints: bool = False,
    profile: Profile | None = None,
    bank: Bank | None = None,
    journal: Journal | None = None,
) -> Run:
    """Play a whole drill in simulated time, in memory unless a journal is given. Same seed, same record."""
    record = journal or Journal(None)
    store = Store.create(
        record, drill, library, {}, parse(drill.start),
        seed=seed, hints=hints, profile=profile, bank=bank,
    )  # fmt: skip
    if journal is None:
        weakref.finalize(store, record.close)
    player = trainee(who, seed) if isinstance(who, str) else who
    play(store, player, store.state.end, tick)
    return Run(store, store.state, score(store.state))
