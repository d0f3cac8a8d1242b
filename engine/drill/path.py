"""One way through a playbook: which steps it comes to ask for, and what each of them hangs on.

Walked with the engine itself, so that what a generated drill expects is what the playbook wants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from engine.clock import SimulatedClock
from engine.conditions import OPEN, Answer, Situation
from engine.drill.model import Trigger
from engine.journal import Journal
from engine.model import Fact, Library
from engine.session import Session

_PAUSE = timedelta(seconds=5)  # between two acts
_MOST = 300  # acts; a walk that goes on for longer is cut there
_START = Trigger(at=0)


class Opened(NamedTuple):
    """A step that came up. `since`: what brought it; `within`: the seconds that the playbook gives, or 0."""

    step: str
    phase: str
    since: Trigger
    within: int


class News(NamedTuple):
    """Something that is reported on the way: an inject that tells one fact."""

    id: str
    fact: str
    answer: Answer


class Path(NamedTuple):
    """What a walk found, in its order. `asked`: facts with their answers; `awaited`: left open so far."""

    opened: tuple[Opened, ...]
    asked: dict[str, Answer]
    awaited: tuple[str, ...]


class Walker:
    """Walks a playbook, answering from a draw and doing what it is told."""

    def __init__(
        self,
        library: Library,
        playbook: str,
        start: datetime,
        known: Mapping[str, Answer],
        draw: Callable[[Fact], Answer],
    ) -> None:
        self._journal = Journal(None)
        self._clock = SimulatedClock(start)
        self._draw = draw
        self.session = Session.begin(
            self._journal,
            library,
            {},
            [playbook],
            self._clock,
            heard=known.items(),
            mode="drill",
            durable=False,
        )
        self._opened: dict[str, Opened] = {}
        self._asked: dict[str, Answer] = {}
        self._acts = 0

    def close(self) -> None:
        """Give the record back."""
        self._journal.close()

    def settle(self, cause: Trigger = _START) -> None:
        """Do and ask everything that is to be done and asked now; `cause` is what brought it up."""
        self._note(cause)
        while self._acts < _MOST:
            done = self._one_step() or self._one_question()
            if not done:
                return

    def news(self, news: News) -> None:
        """Something is reported."""
        self._clock.advance(_PAUSE)
        self.session.answer(news.fact, news.answer, how="reported")
        self.settle(Trigger(on="fired", name=news.id))

    def brings(self, fact: str, answer: Answer) -> bool:
        """Whether a report of this would bring new steps on the spot."""
        at = Situation({**self.session.state.facts, fact: answer}, self.session.state.happened)
        rules = self.session.ruleset.rules
        new = self.session.ruleset.holding(at) - self.session.plan.holding
        phases = {rules[name].rule.phase for name in new if rules[name].rule.do}
        return bool(phases - {"improve"})

    def path(self) -> Path:
        """What was found so far."""
        return Path(tuple(self._opened.values()), dict(self._asked), tuple(self.session.state.open_since))

    def _note(self, cause: Trigger) -> None:
        state = self.session.state
        for key, item in self.session.plan.wanted.items():
            if key not in self._opened and item.phase != "improve" and not item.step.optional:
                entry = state.steps[key].opened if key in state.steps else None
                within = int((item.due - entry).total_seconds()) if item.due and entry else 0
                self._opened[key] = Opened(key, item.phase, cause, max(0, within))

    def _one_step(self) -> bool:
        ready = (i for i in self.session.running() if not i.waits and i.phase != "improve")
        item = next(ready, None)
        if item is None:
            return False
        self._tick()
        self.session.mark(item.key, "done")
        self._note(Trigger(on="done", name=item.key))
        for fact in item.step.finds:
            if fact not in self.session.state.facts:
                self._answer(fact)
        return True

    def _one_question(self) -> bool:
        asked: Sequence[tuple[int, str]] = self.session.questions()[0]
        for playbook, _ in self.session.plan.proposals:
            self.session.perform("declined", {"playbook": playbook})
        if not asked:
            return False
        self._answer(asked[0][1])
        return True

    def _answer(self, fact: str) -> None:
        declared = self.session.ruleset.facts[fact]
        answer = self._draw(declared)
        if declared.recheck is not None and answer.state == "unsure":
            answer = OPEN
        self._tick()
        self._asked[fact] = answer
        self.session.answer(fact, answer)
        self._note(Trigger(on="answered", name=fact))

    def _tick(self) -> None:
        self._acts += 1
        self._clock.advance(_PAUSE)
