"""Scripted trainees. They use nothing but what terminals use, at the drill time that they are asked at.

The perfect one reads the drill's expectations and the plan; it shows that a drill can be done. The others
show that marks fall where they should.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import NamedTuple, Protocol

from engine.drill import reference
from engine.drill.examples import sentence
from engine.drill.model import Expectation
from engine.drill.saying import points_of
from engine.drill.state import DrillState
from engine.drill.store import Store
from engine.errors import UsageError

TITLES = {"perfect": "全做到", "silent": "什么都不做", "harmful": "专做错的", "random": "随手做"}
NAMES = tuple(TITLES)


class Act(NamedTuple):
    """What a trainee does next."""

    role: str
    kind: str
    id: str = ""
    text: str = ""


class Trainee(Protocol):
    """Somebody who plays."""

    def next(self, store: Store, now: datetime) -> Act | None:
        """The next act at drill time `now`; None: nothing until the next look."""
        ...


class Silent:
    """Does nothing."""

    def next(self, store: Store, now: datetime) -> Act | None:
        return None


class Harmful:
    """Does every harmful act that is offered, one every 20 seconds, and nothing else."""

    def next(self, store: Store, now: datetime) -> Act | None:
        state = store.state
        done = len(state.harms)
        if done < len(state.drill.harms) and state.seconds(now) >= 20 * (done + 1):
            return Act(state.drill.roles[0], "harm", state.drill.harms[done].id)
        return None


class Anybody:
    """Does anything: acts drawn by the seed, one every 10 to 60 seconds."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(f"trainee {seed}")
        self._next = self._chance.randint(5, 40)

    def next(self, store: Store, now: datetime) -> Act | None:
        state = store.state
        if state.seconds(now) < self._next:
            return None
        chance = self._chance
        self._next = state.seconds(now) + chance.randint(10, 60)
        role = chance.choice(state.drill.roles)
        draw = chance.random()
        steps, facts = state.session.ruleset.steps, state.session.ruleset.asked
        running = [item.key for item in state.session.running()]
        if draw < 0.45 and running:
            return Act(role, "step", chance.choice(running))
        if draw < 0.6:
            return Act(role, "step", chance.choice(sorted(steps)))
        if draw < 0.85 and facts:
            return Act(role, "ask", chance.choice(sorted(facts)))
        if draw < 0.9 and state.drill.harms:
            return Act(role, "harm", chance.choice(state.drill.harms).id)
        return Act(role, "say", text=chance.choice(["大家别急，我来想办法。", "请稍等。", "谁让你们来的。"]))


class Perfect:
    """Does what is expected as soon as it is, and beside it what the plan says; harms nobody."""

    def __init__(self) -> None:
        self._said: set[tuple[str, int]] = set()
        self._asked: set[str] = set()

    def next(self, store: Store, now: datetime) -> Act | None:
        state = store.state
        for entry in sorted(state.drill.expectations, key=lambda e: _urgency(state, e)):
            live = state.expected[entry.id]
            if not live.outcome and live.opened is not None and live.opened <= state.at and not entry.never:
                role = entry.roles[0] if entry.roles else state.drill.roles[0]
                act = self._for(store, entry, role) if _free(state, role, now) else None
                if act is not None:
                    return act
        return next(self._plan(state), None) if _free(state, state.drill.roles[0], now) else None

    def _for(self, store: Store, entry: Expectation, role: str) -> Act | None:
        state = store.state
        for step in entry.steps:
            if step not in state.handed and (reference.runs(state, step) or _given_up(state, step)):
                return Act(role, "step", step)
        for fact in entry.facts:
            if fact in state.truth and fact not in state.found:
                return Act(role, "ask", fact)
        if entry.documents:
            return Act(role, "issue", entry.documents[0])
        if entry.says or entry.points:
            return self._words(store, entry, role)
        return None

    def _words(self, store: Store, entry: Expectation, role: str) -> Act | None:
        usual = dict(store.bank.usual)
        ways = [*entry.says]
        for point in points_of(store.drill, store.bank, entry.points):
            ways += point.ways
        for number, way in enumerate(ways):
            if (entry.id, number) not in self._said:
                self._said.add((entry.id, number))
                text = sentence(way, usual)
                if text:
                    return Act(role, "say", text=text)
        return None

    def _plan(self, state: DrillState) -> Iterator[Act]:
        lives, role = state.session.state.steps, state.drill.roles[0]
        for item in state.session.running():
            if not item.waits and not lives[item.key].outcome and item.key not in state.handed:
                yield Act(role, "step", item.key)
        for _, fact in state.session.questions()[0]:
            if fact not in self._asked:
                self._asked.add(fact)
                yield Act(role, "ask", fact)


def _free(state: DrillState, role: str, now: datetime) -> bool:
    return state.busy.get(role, now) <= now


def _urgency(state: DrillState, entry: Expectation) -> tuple[float, bool]:
    opened = state.expected[entry.id].opened
    if opened is None:
        return float("inf"), True
    return state.seconds(opened) + (entry.within or 10**6), not entry.critical


def _given_up(state: DrillState, step: str) -> bool:
    live = state.session.state.steps.get(step)
    return live is not None and live.outcome == "blocked"


def trainee(name: str, seed: int = 0) -> Trainee:
    """A scripted trainee by its name (NAMES). UsageError for another."""
    match name:
        case "perfect":
            return Perfect()
        case "silent":
            return Silent()
        case "harmful":
            return Harmful()
        case "random":
            return Anybody(seed)
    raise UsageError(f"没有脚本参演人 `{name}`", f"有：{'、'.join(NAMES)}")
