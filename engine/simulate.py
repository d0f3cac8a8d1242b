"""An invented officer walks playbooks to their close: for checks, examples and the curious.

Nothing is written to disk. The same seed gives the same walk.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from engine import walk
from engine.clock import SimulatedClock
from engine.conditions import OPEN, UNSURE, Answer
from engine.journal import Journal
from engine.model import Fact, Library, Profile
from engine.session import Session

MAX_PROMPTS = 400  # a walk that does not end is a fault to report, not to sit out


def simulate(
    library: Library,
    playbooks: list[str],
    seed: int = 0,
    *,
    profile: Profile | None = None,
    heard: Iterable[tuple[str, Answer]] = (),
    durable: bool = True,
) -> dict[str, Any]:
    """Walk some playbooks (the primary one first) with a random officer; `heard`: facts known at the start.

    Returns `closed` (bool), `prompts` (int), `events` (flat dicts with `kind` and `at`; screens of
    actions are `presented`, questions `asked`), `follow_ups`, and `id`, `seed`, `playbooks`.
    """
    with Journal(None) as journal:
        clock = SimulatedClock()
        session = Session.begin(
            journal, library, {}, playbooks, clock, profile=profile, heard=heard, durable=durable
        )
        officer = _Officer(session, clock, random.Random(seed))
        closed = officer.run()
        return {
            "playbooks": list(session.state.active),
            "seed": seed,
            "closed": closed,
            "prompts": officer.prompts,
            "events": officer.transcript(),
            "follow_ups": session.state.follow_ups,
        }


class _Officer:
    """Answers at random but not absurdly: mostly does what is asked, sometimes hands over or fails."""

    def __init__(self, session: Session, clock: SimulatedClock, chance: random.Random) -> None:
        self.session, self.clock, self.chance = session, clock, chance
        self.prompts = 0
        self._asked: list[tuple[int, dict[str, Any]]] = []
        self._waited: dict[str, int] = {}

    def run(self) -> bool:
        """Go on until the close; False when the walk does not end."""
        while self.prompts < MAX_PROMPTS:
            self.clock.advance(timedelta(seconds=self.chance.randint(20, 150)))
            prompt = walk.next_prompt(self.session)
            if prompt.kind == "closed":
                return True
            self.prompts += 1
            getattr(self, f"_{prompt.kind}")(prompt)
        return False

    def transcript(self) -> list[dict[str, Any]]:
        """The events and questions in their order."""
        merged: list[dict[str, Any]] = []
        asked = list(self._asked)
        for event in self.session.events:
            while asked and asked[0][0] < event.seq:
                merged.append(asked.pop(0)[1])
            merged.append({"kind": event.kind, "at": event.at, "seq": event.seq, **event.data})
        return merged + [entry for _, entry in asked]

    def _steps(self, prompt: walk.Prompt) -> None:
        for item in prompt.steps:
            self._act(item.key)

    def _act(self, step: str) -> None:
        live = self.session.state.steps.get(step)
        if live is None or not live.running:
            return  # withdrawn by what was done a moment ago
        draw = self.chance.random()
        if draw < 0.72:
            self.session.mark(step, "done")
        elif draw < 0.82 and live.outcome != "handed":
            self.session.mark(step, "handed")
        elif draw < 0.9:
            self.session.no_way(step, "现场办不到")

    def _due(self, prompt: walk.Prompt) -> None:
        step = prompt.steps[0].key
        draw = self.chance.random()
        if draw < 0.6:
            self.session.mark(step, "done")
        elif draw < 0.8:
            self.session.mark(step, "blocked", reason="到时没办成")
        else:
            walk.not_yet(self.session, step)

    def _question(self, prompt: walk.Prompt) -> None:
        fact = prompt.fact
        assert fact is not None
        at = self.clock.now().isoformat()
        self._asked.append(
            (self.session.state.seq, {"kind": "asked", "at": at, "fact": fact.key, "ask": fact.ask})
        )
        self.session.answer(fact.key, self._answer(fact))

    def _answer(self, fact: Fact) -> Answer:
        draw = self.chance.random()
        if fact.recheck is not None and draw < 0.4:
            return OPEN
        if draw > 0.88:
            return UNSURE
        match fact.kind:
            case "bool":
                return Answer("known", self.chance.random() < 0.5)
            case "choice":
                return Answer("known", self.chance.choice(fact.choices).id)
            case "many":
                ids = [choice.id for choice in fact.choices]
                return Answer("known", frozenset(self.chance.sample(ids, self.chance.randint(0, len(ids)))))
            case "number":
                return Answer("known", self.chance.choice((0, 1, 5, 10, 20, 30, 31, 45, 60, 90, 120, 300)))
            case "time":
                return Answer("known", f"{self.chance.randint(9, 17)}:{self.chance.randint(0, 59):02d}")
            case _:
                return Answer("known", "某某")

    def _propose(self, prompt: walk.Prompt) -> None:
        kind = "activated" if self.chance.random() < 0.3 else "declined"
        self.session.perform(kind, {"playbook": prompt.playbook})

    def _standing(self, prompt: walk.Prompt) -> None:
        self.clock.advance(timedelta(minutes=self.chance.randint(3, 20)))
        for watch in prompt.clocks:
            if watch.of == "fact" and watch.name in self.session.state.open_since:
                fact = self.session.ruleset.facts[watch.name]
                self._waited[watch.name] = self._waited.get(watch.name, 0) + 1
                answer = self._answer(fact)
                if answer.state == "open" and self._waited[watch.name] < 4:
                    continue
                self.session.answer(fact.key, UNSURE if answer.state == "open" else answer)
        for item in prompt.steps:
            self._settle_step(item.key)

    def _settle_step(self, step: str) -> None:
        live = self.session.state.steps.get(step)
        if live is None or not live.running or step not in self.session.plan.wanted:
            return
        if self.session.plan.wanted[step].waits:
            return
        if self.chance.random() < 0.85:
            self.session.mark(step, "done")
        else:
            self.session.mark(step, "blocked", reason="现场办不到")

    def _settle(self, prompt: walk.Prompt) -> None:
        if prompt.fact is not None:
            walk.defer(self.session, fact=prompt.fact.key, due=self.clock.now() + timedelta(days=1))
        else:
            self._settle_step(prompt.steps[0].key)

    def _close(self, prompt: walk.Prompt) -> None:
        if not self.session.state.closing:
            walk.begin_closing(self.session)
            return
        chosen = tuple(item.key for item in prompt.steps if self.chance.random() < 0.5)
        walk.close(self.session, chosen)
