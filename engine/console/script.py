"""A walk without a person: the answers file is the officer. What it does not cover is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from engine import walk
from engine.conditions import OPEN, Answer
from engine.console.answers import Answers, line_for
from engine.console.desk import GENERAL, danger_facts, merged
from engine.errors import NeedsInput, ZhibanError
from engine.plan import Wanted
from engine.session import Session
from engine.triage import ACTIVE, triage
from engine.walk import Prompt

MOST = 1000  # prompts; a longer script goes round in circles
Missing = dict[str, Any]


class Stop(NamedTuple):
    """Where a script ended: `missing` names what it lacks, empty when there is nothing more to do."""

    missing: tuple[Missing, ...] = ()


class Script:
    """Walks a session by an answers file."""

    def __init__(self, session: Session, answers: Answers) -> None:
        self.session, self.answers = session, answers

    def run(self) -> Stop:
        """Until the close, or until an answer is missing: then the incident is paused."""
        self._given()
        for text in self.answers.reports:
            self._report(text)
        for _ in range(MOST):
            prompt = walk.next_prompt(self.session)
            if prompt.kind == "closed":
                return Stop()
            stop: Stop | None = getattr(self, f"_{prompt.kind}")(prompt)
            if stop is not None:
                if stop.missing:
                    self.session.perform("paused")
                return stop
        raise ZhibanError("脚本没有走到头")

    # ---- what the file knows beforehand -----------------------------------------------------------

    def _given(self) -> None:
        """Facts that nobody is asked: reported at the start. What is still awaited may have come."""
        state = self.session.state
        for key, fact in self.session.ruleset.facts.items():
            answer = self.answers.fact(key) if fact.when is None else None
            if answer is None or state.facts.get(key) == answer:
                continue
            awaited = key in state.open_since and answer != OPEN
            if awaited or not fact.ask or fact.known_from:
                self.session.answer(key, answer, how="asked" if awaited else "reported")

    def _report(self, text: str) -> None:
        session = self.session
        session.perform("reported", {"text": text})
        result = triage(text, session.library)
        for match in result.matches:
            wanted = match.score >= ACTIVE and match.playbook not in (GENERAL, *session.state.active)
            if wanted and self.answers.playbooks.get(match.playbook, True):
                session.perform("activated", {"playbook": match.playbook})
        found = {
            key: Answer("known", True) for key in danger_facts(result.safety.kinds, session.ruleset.facts)
        }
        for heard in result.facts:
            fact = session.ruleset.facts.get(heard.fact)
            if fact is not None:
                before = found.get(heard.fact, session.state.facts.get(heard.fact))
                found[heard.fact] = merged(fact.kind, before, heard.value)
        for key, answer in found.items():
            if session.state.facts.get(key) != answer:
                session.answer(key, answer, how="reported")

    # ---- prompts ----------------------------------------------------------------------------------

    def _steps(self, prompt: Prompt) -> Stop | None:
        for item in prompt.steps:
            self._mark(item)
        return None

    def _mark(self, item: Wanted) -> bool:
        """Mark a step as the file says; whether that changed anything."""
        live = self.session.state.steps.get(item.key)
        told = self.answers.step(item.key)
        if told is None or live is None or not live.running or live.outcome == told.outcome:
            return False
        self.session.mark(item.key, told.outcome, reason=told.reason)
        return True

    def _question(self, prompt: Prompt) -> Stop | None:
        fact = prompt.fact
        assert fact is not None
        answer = self.answers.fact(fact.key)
        if answer is None:
            return Stop(({"kind": "fact", "name": fact.key, "ask": fact.ask, "add": line_for(fact)},))
        self.session.answer(fact.key, answer)
        return None

    def _propose(self, prompt: Prompt) -> Stop | None:
        said = self.answers.playbooks.get(prompt.playbook)
        if said is None:
            title = next(p.title for p in self.session.library.playbooks if p.id == prompt.playbook)
            add = f"playbooks: {{{prompt.playbook}: yes}}　可以写：yes、no"
            return Stop(
                ({"kind": "playbook", "name": prompt.playbook, "ask": f"一并处置“{title}”吗？", "add": add},)
            )
        self.session.perform("activated" if said else "declined", {"playbook": prompt.playbook})
        return None

    def _due(self, prompt: Prompt) -> Stop | None:
        walk.not_yet(self.session, prompt.steps[0].key)
        return None

    def _standing(self, prompt: Prompt) -> Stop | None:
        marked = [self._mark(item) for item in prompt.steps]
        if any(marked):
            return None
        if not self.answers.close:
            return Stop()
        missing = [
            item for item in prompt.steps if not item.step.optional and self.answers.step(item.key) is None
        ]
        if missing:
            return Stop(tuple(self._missing_step(item) for item in missing))
        walk.begin_closing(self.session)
        return None

    def _missing_step(self, item: Wanted) -> Missing:
        what = self.session.words().fill(item.step.what, walk.owner_of(item.key))
        add = f"steps: {{{item.key}: done}}　可以写：done、handed、{{blocked: 原因}}、{{skipped: 原因}}"
        return {"kind": "step", "name": item.key, "ask": what, "add": add}

    def _settle(self, prompt: Prompt) -> Stop | None:
        session = self.session
        tomorrow = session.clock.now() + timedelta(days=1)
        if prompt.fact is not None:
            answer = self.answers.fact(prompt.fact.key)
            if answer is not None and answer != OPEN:
                session.answer(prompt.fact.key, answer)
            else:
                walk.defer(session, fact=prompt.fact.key, due=tomorrow)
            return None
        item = prompt.steps[0]
        if self._mark(item):
            return None
        if self.answers.step(item.key) is None:
            return Stop((self._missing_step(item),))
        walk.defer(session, item.key, due=item.due if item.due and item.due > tomorrow else tomorrow)
        return None

    def _close(self, prompt: Prompt) -> Stop | None:
        if not self.answers.close:
            return Stop()
        if not self.session.state.closing:
            walk.begin_closing(self.session)
            return None
        names = set(self.answers.follow_ups)
        chosen = tuple(i.key for i in prompt.steps if i.key in names or i.key.rpartition(".")[2] in names)
        walk.close(self.session, chosen)
        return None


def needs(session: Session, stop: Stop, again: str) -> NeedsInput:
    """The error that names what is missing and how to go on."""
    told = "；".join(
        f"{ {'fact': '事实', 'step': '步骤', 'playbook': '剧本'}[m['kind']] } `{m['name']}`（{m['ask']}）"
        for m in stop.missing
    )
    add = "\n     ".join(m["add"] for m in stop.missing)
    return NeedsInput(f"缺少回答：{told}", f"答案文件里加：\n     {add}\n  → 事件已暂停，接着：{again}")
