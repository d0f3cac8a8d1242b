"""The plan: a pure function of the folded state, recomputed after each event.

Holding rules give steps, sorted by phase, playbook (primary first) and declaration; a step wanted
by several rules is one entry with all its reasons, the earliest phase and the earliest deadline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from engine.clock import BEIJING
from engine.durations import add, parse_duration
from engine.errors import BadData
from engine.model import Deadline, Duration, Phase, Step
from engine.relevance import Relevance, States
from engine.ruleset import Ruleset
from engine.state import SETTLED, State

_CLOCK_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_FAR_AHEAD = timedelta(hours=12)
_BASES = 64  # sets of rules whose plan is kept


class Wanted(NamedTuple):
    """One entry of the plan. `waits`: steps of `after` that are still in progress."""

    step: Step
    phase: Phase
    playbook: str
    rules: tuple[str, ...]
    waits: tuple[str, ...]
    due: datetime | None
    warn: datetime | None

    @property
    def key(self) -> str:
        """The step's key."""
        return self.step.key


class Watch(NamedTuple):
    """A clock that runs: of a step, or of an awaited fact (`next`: when to ask again)."""

    name: str
    of: str  # step | fact
    due: datetime | None
    warn: datetime | None
    next: datetime | None = None


class Plan(NamedTuple):
    """Everything that is to be done or asked now."""

    holding: frozenset[str]
    wanted: dict[str, Wanted]
    proposals: tuple[tuple[str, tuple[str, ...]], ...]  # (playbook, rules)


class Timekeeper:
    """Reckons deadlines of one incident: hall durations put in, working days by `workday`."""

    def __init__(self, values: dict[str, int | str | bool], workday: Callable[[date], bool]) -> None:
        self._values = values
        self._workday = workday
        # (id of an entry, when it was opened) → the entry (kept, so that its id stays its own), dated
        self.dated: dict[tuple[int, datetime | None], tuple[Wanted, Wanted]] = {}
        self.refused: list[str] = []  # why a time could not be reckoned, each reason once

    def after(self, moment: datetime, duration: Duration) -> datetime | None:
        """`duration` after `moment`; None where that cannot be told (see `refused`).

        A blank hall value or a calendar that ends is no reason to stop an incident: the step is shown
        without a time, and `zhiban doctor` and the clocks say what to fill in.
        """
        if duration.unit == "m" and not duration.hall:
            return moment + timedelta(minutes=duration.amount)
        try:
            return add(moment, duration, self._workday, self._hall)
        except BadData as error:
            if error.message not in self.refused:
                self.refused.append(error.message)
            return None

    def _hall(self, name: str) -> Duration:
        written = self._values.get(name)
        found = parse_duration(str(written)) if written is not None else None
        if found is None:
            raise BadData(f"本厅时限 `{name}` 没有填", "在 hall.yaml 的 values 里写成 30m、2h、3d 或 5wd")
        return found

    def deadline(
        self, deadline: Deadline, entry: datetime | None, state: State
    ) -> tuple[datetime, datetime] | None:
        """(due, warn) of a deadline for a step or fact entered at `entry`; None while it has no start."""
        return self._reckon(deadline, _origin(deadline.origin, state) if deadline.origin else entry)

    def _reckon(self, deadline: Deadline, start: datetime | None) -> tuple[datetime, datetime] | None:
        if start is None:
            return None
        due = self.after(start, deadline.due)
        if due is None:
            return None
        early = self.after(start, deadline.warn) if deadline.warn is not None else None
        return due, due - (early - start if early is not None else (due - start) / 4)


def _origin(name: str, state: State) -> datetime | None:
    """When a step was done, or a fact's time: its value for a time fact, else when it was settled."""
    step = state.steps.get(name)
    if step is not None:
        return step.at if ("done", name) in state.happened else None
    answer = state.facts.get(name)
    if answer is None or answer.state != "known":
        return None
    known_at = state.fact_at[name]
    said = _CLOCK_TIME.fullmatch(answer.value) if isinstance(answer.value, str) else None
    if said is None:
        return known_at
    at = known_at.astimezone(BEIJING).replace(hour=int(said[1]), minute=int(said[2]), second=0)
    # told after midnight, `23:50` was yesterday
    return at - timedelta(days=1) if at - known_at > _FAR_AHEAD else at


def make_plan(ruleset: Ruleset, state: State, holding: Iterable[str], time: Timekeeper) -> Plan:
    """The plan for the rules that hold. No side effects; equal inputs give equal plans."""
    held = frozenset(holding)
    base = _base(ruleset, held)
    wanted = base.wanted.copy()
    for key in base.ordered:
        # follow-ups are done after the close: nothing before it can wait for one
        entry = wanted[key]
        before = [name for name in entry.step.after if name in wanted and wanted[name].phase != "improve"]
        waits = waiting_for(entry.step, before, state)
        if waits:
            wanted[key] = entry._replace(waits=waits)
    for key in base.timed:
        live = state.steps.get(key)
        if live is not None and live.outcome not in SETTLED:
            wanted[key] = with_due(wanted[key], ruleset, state, time)
    proposed = tuple(
        (name, rules)
        for name, rules in base.proposals
        if name not in state.active and name not in state.declined and name in ruleset.activations
    )
    return Plan(held, wanted, proposed)


class _Base(NamedTuple):
    """What the rules that hold say by themselves, before anything that has happened counts."""

    wanted: dict[str, Wanted]
    ordered: tuple[str, ...]  # the steps among them that wait for others
    timed: tuple[str, ...]  # … that have a deadline
    proposals: tuple[tuple[str, tuple[str, ...]], ...]


def _base(ruleset: Ruleset, held: frozenset[str]) -> _Base:
    """Worked out once for a set of rules: most acts leave the rules that hold as they are."""
    found: _Base | None = ruleset.bases.get(held)
    if found is None:
        reasons: dict[str, list[str]] = {}
        proposals: dict[str, list[str]] = {}
        for rule_key in ruleset.ranked:  # steps come out sorted, each with its earliest reason first
            if rule_key in held:
                rule = ruleset.rules[rule_key].rule
                for want in rule.do:
                    reasons.setdefault(want.step, []).append(rule_key)
                for playbook in rule.activate:
                    proposals.setdefault(playbook, []).append(rule_key)
        entries, wanted = ruleset.entries, {}
        for key, rules in reasons.items():
            known = (key, tuple(rules))
            entry = entries.get(known)
            if entry is None:
                entry = entries[known] = _entry(ruleset, ruleset.steps[key], known[1])
            wanted[key] = entry
        found = _Base(
            wanted,
            tuple(key for key, entry in wanted.items() if entry.step.after),
            tuple(key for key in wanted if key in ruleset.timed),
            tuple((name, tuple(rules)) for name, rules in proposals.items()),
        )
        if len(ruleset.bases) >= _BASES:
            ruleset.bases.clear()
        ruleset.bases[held] = found
    return found


def _entry(ruleset: Ruleset, step: Step, rules: tuple[str, ...]) -> Wanted:
    first = ruleset.rules[rules[0]]
    return Wanted(step, first.rule.phase, first.playbook, rules, (), None, None)


def with_due(entry: Wanted, ruleset: Ruleset, state: State, time: Timekeeper) -> Wanted:
    """An entry with its earliest deadline, which runs from the moment the step was opened."""
    live = state.steps.get(entry.step.key)
    if live is None or not live.running:
        return entry
    # nearly all deadlines run from the entry, and the plan is made anew after every act
    known = time.dated.get((id(entry), live.opened))
    if known is not None:
        return known[1]
    deadlines = ruleset.deadlines(entry.step.key, entry.rules)
    times = [at for d in deadlines if (at := time.deadline(d, live.opened, state)) is not None]
    found = entry._replace(due=min(times)[0], warn=min(times)[1]) if times else entry
    if not any(within.origin for within in deadlines):
        time.dated[id(entry), live.opened] = entry, found
    return found


def waiting_for(step: Step, wanted: Container[str], state: State) -> tuple[str, ...]:
    """The steps of `after` that are in the plan and not settled."""
    return tuple(name for name in step.after if name in wanted and _pending(state, name))


def _pending(state: State, name: str) -> bool:
    step = state.steps.get(name)
    return step is None or not step.settled


def running(plan: Plan, state: State) -> list[Wanted]:
    """The opened, unsettled steps of the plan in order, follow-ups left out."""
    return [
        item
        for key, item in plan.wanted.items()
        if item.phase != "improve" and (live := state.steps.get(key)) is not None and live.running
    ]


def questions(
    ruleset: Ruleset,
    relevance: Relevance,
    state: State,
    states: States,
    ready: Iterable[str],
) -> tuple[list[tuple[int, str]], int, list[str]]:
    """([(phase index, fact)] to ask now in order, how many askable ones are not needed, facts waiting).

    `states`: `relevance.vector(state)`; `ready`: the steps in progress that wait for nothing. A fact
    that a step finds waits until such a step is done, as long as one still can be.
    """
    matter = relevance.relevant(state, states, ready, state.closing)
    now: list[tuple[int, str]] = []
    waiting: list[str] = []
    for fact, phase in matter.items():
        finders = ruleset.finders.get(fact)
        if finders and _to_be_found(relevance, state, states, finders):
            waiting.append(fact)
        else:
            now.append((phase, fact))
    place = ruleset.place
    now.sort(key=lambda entry: (entry[0], place[entry[1]]))
    unneeded = sum(1 for key in ruleset.asked if key not in state.facts and key not in matter)
    return now, unneeded, waiting


def _to_be_found(relevance: Relevance, state: State, states: States, finders: Iterable[str]) -> bool:
    if any(("done", step) in state.happened for step in finders):
        return False
    settled = {step for step in finders if (live := state.steps.get(step)) is not None and live.settled}
    return any(step not in settled and relevance.possible(step, states) for step in finders)


def watches(
    ruleset: Ruleset,
    relevance: Relevance | None,
    in_progress: Iterable[Wanted],
    state: State,
    states: States,
    time: Timekeeper,
) -> list[Watch]:
    """All running clocks, the most urgent first. `relevance` may be None while no fact is awaited."""
    found = [Watch(item.key, "step", item.due, item.warn) for item in in_progress if item.due is not None]
    for key, since in state.open_since.items():
        fact = ruleset.facts.get(key)
        if relevance is None or fact is None or fact.recheck is None:
            continue
        if not relevance.matters(key, state, states):
            continue
        limit = time.deadline(fact.within, since, state) if fact.within else None
        again = time.after(state.checked[key], fact.recheck)
        found.append(Watch(key, "fact", limit and limit[0], limit and limit[1], again))
    far = datetime.max.replace(tzinfo=BEIJING)
    found.sort(key=lambda watch: (min(watch.due or far, watch.next or far), watch.name))
    return found
