"""One walk over the events: every occurrence of a step with its clock, every wait.

The folded state keeps only the latest occurrence; reports tell them all. What was undone is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from engine.clock import parse
from engine.conditions import evaluate
from engine.errors import BadData
from engine.fold import apply, kept
from engine.model import Deadline, Event, Phase, Profile
from engine.plan import Timekeeper
from engine.render.spans import Occurrence, Waiting
from engine.ruleset import ALWAYS_ON, Ruleset
from engine.state import SETTLED, State
from engine.words import Words

GONE = "（剧本里已没有这一步）"


class History:
    """Walks the events once. `ruleset` knows every playbook that ever was active.

    `occurrences` and `waits` are in the order of opening; `state` is that after the last event.
    """

    def __init__(self, ruleset: Ruleset, time: Timekeeper, incident: str) -> None:
        self.ruleset, self.time, self.incident = ruleset, time, incident
        self.state = State()
        self.profile = Profile()
        self.occurrences: list[Occurrence] = []
        self.waits: list[Waiting] = []
        self._latest: dict[str, Occurrence] = {}
        self._waiting: dict[str, Waiting] = {}
        self._filled: dict[tuple[object, ...], str] = {}

    def walk(self, events: Iterable[Event], see: Callable[[Event, History], None]) -> None:
        """Take the events in; `see` is called after each."""
        for event in kept(events):
            at = parse(event.at)
            if event.kind == "opened":
                self._open(str(event.data["step"]), at)
            apply(self.state, event)
            hook = getattr(self, f"_{event.kind}", None)
            if hook is not None:
                hook(event.data, at)
            see(event, self)
        for live in self._latest.values():
            if live.ended is None:
                self._time(live)
                self._word(live)

    # ---- words ------------------------------------------------------------------------------------

    def what(self, key: str) -> str:
        """What a step asks for, filled as things stand."""
        step = self.ruleset.steps.get(key)
        return self.fill(key, step.what) if step else GONE

    def fill(self, key: str, text: str) -> str:
        """Words of a step, filled as things stand."""
        if "{" not in text:
            return text
        uses = self.ruleset.steps[key].uses
        facts = tuple(self.state.facts.get(name) for name in uses)
        moment = self.state.at if "now" in text else None
        found = self._filled.get((key, text, facts, moment))
        if found is None:
            now = self.state.at or self.state.begun
            assert now is not None
            words = Words(self.ruleset, self.state, self.profile, self.incident, now)
            found = words.fill(text, key.partition(".")[0] if "." in key else "")
            self._filled[key, text, facts, moment] = found
        return found

    def label(self, fact: str) -> str:
        """A fact's name for people."""
        declared = self.ruleset.facts.get(fact)
        return declared.label or declared.ask if declared else "（剧本里已没有这一项）"

    # ---- events -----------------------------------------------------------------------------------

    def _begun(self, data: dict[str, Any], at: datetime) -> None:
        self.profile = msgspec.convert(data.get("profile", {}), Profile)

    def _open(self, key: str, at: datetime) -> Occurrence:
        before = self._latest.get(key)
        if before is not None and before.ended is None:
            self._end(before, at, "withdrawn", "")
        reasons = self._reasons(key) or [reason.rule for reason in self.ruleset.reasons.get(key, ())]
        phase: Phase = self.ruleset.phase(reasons) if reasons else "resolve"
        made = Occurrence(key, before.number + 1 if before else 1, at, phase)
        self.occurrences.append(made)
        self._latest[key] = made
        self._time(made)
        return made

    def _reasons(self, key: str) -> list[str]:
        """The rules that want a step now."""
        active = {*self.state.active, ALWAYS_ON}
        situation = self.state.situation
        rules = (self.ruleset.rules[reason.rule] for reason in self.ruleset.reasons.get(key, ()))
        return [
            bound.rule.key for bound in rules if bound.playbook in active and evaluate(bound.when, situation)
        ]

    def _marked(self, data: dict[str, Any], at: datetime) -> None:
        key, outcome = data["step"], data["outcome"]
        when = parse(data["since"]) if data.get("since") else at
        live = self._latest.get(key) or self._open(key, at)
        if outcome == "handed":
            live.handed, live.outcome, live.ended = when, "handed", None
        elif outcome in SETTLED:
            self._end(live, when, outcome, str(data.get("reason", "")))
        for other in self._latest.values():
            if other.ended is None and self._origin(other.key) == key:
                self._time(other)

    def _withdrawn(self, data: dict[str, Any], at: datetime) -> None:
        live = self._latest.get(data["step"])
        if live is not None and live.ended is None:
            self._end(live, at, "withdrawn", "")

    def _deferred(self, data: dict[str, Any], at: datetime) -> None:
        live = self._latest.get(str(data.get("step", "")))
        if live is not None:
            self._end(live, at, "skipped", "转后续跟进")
        wait = self._waiting.pop(str(data.get("fact", "")), None)
        if wait is not None:
            wait.ended = at

    def _overdue(self, data: dict[str, Any], at: datetime) -> None:
        live = self._latest.get(str(data.get("step", "")))
        if live is not None and live.ended is None:
            self._time(live)

    def _answered(self, data: dict[str, Any], at: datetime) -> None:
        key = data["fact"]
        since = self.state.fact_at[key]
        if key in self.state.open_since:
            if key not in self._waiting:
                fact = self.ruleset.facts.get(key)
                due = self._deadline(fact.within, since) if fact and fact.within else None
                self._waiting[key] = Waiting(key, since, due)
                self.waits.append(self._waiting[key])
        elif key in self._waiting:
            self._waiting.pop(key).ended = since
        for other in self._latest.values():
            if other.ended is None and self._origin(other.key) == key:
                self._time(other)

    # ---- clocks -----------------------------------------------------------------------------------

    def _end(self, live: Occurrence, at: datetime, outcome: str, reason: str) -> None:
        if outcome != "withdrawn" and live.ended is None:
            self._time(live)
        live.ended, live.outcome, live.reason = at, outcome, reason
        self._word(live)

    def _word(self, live: Occurrence) -> None:
        step = self.ruleset.steps.get(live.key)
        live.what = self.what(live.key)
        live.say = self.fill(live.key, step.say) if step else ""

    def _origin(self, key: str) -> str:
        step = self.ruleset.steps.get(key)
        return step.within.origin if step and step.within else ""

    def _time(self, live: Occurrence) -> None:
        """The earliest deadline over the step's own and those of the rules that want it now."""
        step = self.ruleset.steps.get(live.key)
        if step is None:
            return
        found = [] if step.within is None else [step.within]
        tightened = [
            (reason.rule, within)
            for reason in self.ruleset.reasons.get(live.key, ())
            if (within := self.ruleset.rules[reason.rule].rule.do[reason.want].within) is not None
        ]
        if tightened:
            wanted = self._reasons(live.key)
            found += [within for rule, within in tightened if rule in wanted]
        times = [due for deadline in found if (due := self._deadline(deadline, live.opened)) is not None]
        live.due = min(times, default=live.due)

    def _deadline(self, deadline: Deadline, entry: datetime) -> datetime | None:
        try:
            pair = self.time.deadline(deadline, entry, self.state)
        except BadData:  # a working day in a year that no calendar knows
            return None
        return pair and pair[0]
