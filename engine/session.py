"""A session: acts of the officer become events, consequences are journalled with their cause.

`perform` is the one way in: it applies an act, derives what follows (`opened`, `withdrawn`, `held`,
`clock`, `follow_up` …), commits all of it in one transaction and only then returns. Replay performs
the same acts again and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.bound import Engine, engine_for
from engine.clock import BEIJING, Clock, SimulatedClock, parse, stamp
from engine.conditions import Answer, Situation
from engine.consequences import clock_changes, consequences, never_held, returns
from engine.errors import BadData, NotFound, UsageError
from engine.fold import apply, fold
from engine.follow import follow_ups
from engine.hall import hall_values
from engine.journal import Journal
from engine.matcher import Evaluator
from engine.model import Event, Fact, Library, Profile
from engine.plan import (
    Plan,
    Timekeeper,
    Wanted,
    Watch,
    make_plan,
    questions,
    running,
    watches,
    with_due,
)
from engine.relevance import Relevance, States
from engine.ruleset import Ruleset
from engine.state import State, encode
from engine.words import Words
from engine.workdays import is_workday

Data = dict[str, Any]
# acts that no condition can see
_INERT = frozenset({"presented", "noted", "reported", "issued", "handover"})


class Session:
    """One incident at one terminal. Made by `begin` or `load`; not for two threads."""

    def __init__(
        self, journal: Journal, incident: str, library: Library, clock: Clock, *, durable: bool = True
    ) -> None:
        self.journal, self.id, self.library, self.clock = journal, incident, library, clock
        self._durable = durable
        self.events: list[Event] = []
        self.warning = ""  # set when the record can no longer be kept on disk
        self.state = State()
        self.profile = Profile()
        self.plan = Plan(frozenset(), {}, ())
        self._engine: Engine | None = None
        self._time: Timekeeper | None = None
        # what was worked out for the present plan
        self._running: list[Wanted] | None = None
        self._states: States | None = None
        self._asked: tuple[list[tuple[int, str]], int, list[str]] | None = None
        self._clocks: list[Watch] | None = None

    # ---- opening ------------------------------------------------------------------------------

    @classmethod
    def begin(
        cls,
        journal: Journal,
        library: Library,
        texts: Mapping[str, str],
        playbooks: Iterable[str],
        clock: Clock,
        *,
        profile: Profile | None = None,
        text: str = "",
        title: str = "",
        mode: str = "real",
        heard: Iterable[tuple[str, Answer]] = (),
        durable: bool = True,
    ) -> Session:
        """Open an incident on some playbooks, the primary one first, and journal it.

        `texts`: file name → text of everything the library was read from, pinned with the incident.
        `heard`: facts that the first sentence settled. NotFound for an unknown playbook.
        """
        active = list(dict.fromkeys(playbooks))
        by_id = {playbook.id: playbook for playbook in library.playbooks}
        for name in active:
            if name not in by_id:
                raise NotFound(f"没有剧本 `{name}`", "用 zhiban playbook list 看有哪些")
        profile = profile or Profile()
        declared = [*library.vocabulary.hall, *(v for p in library.playbooks for v in p.hall)]
        session = cls(journal, journal.new_id(clock.now()), library, clock, durable=durable)
        begun: Data = {
            "mode": mode,
            "title": title or "、".join(by_id[name].title for name in active),
            "text": text,
            "playbooks": active,
            "values": hall_values(declared, profile),
            "profile": msgspec.to_builtins(profile),
        }
        known = {
            fact.key: profile.values[fact.key] for fact in _hall_facts(library) if fact.key in profile.values
        }
        begun["known"] = known
        begun["heard"] = [{"fact": key, **encode(answer), "how": "reported"} for key, answer in heard]
        events = session._compute("begun", begun, clock.now())
        journal.create(session.id, mode, texts, events, begun["title"])  # type: ignore[arg-type]
        return session

    @classmethod
    def load(
        cls, journal: Journal, incident: str, library: Library, clock: Clock, *, durable: bool = True
    ) -> Session:
        """An incident as journalled. `library` is the one read from its pinned texts."""
        session = cls(journal, incident, library, clock, durable=durable)
        session._refold(journal.events(incident))
        return session

    def _refold(self, events: list[Event]) -> None:
        self.events = events
        self.state = fold(events)
        self._after_fold()

    def _after_fold(self) -> None:
        self._engine = self._time = None
        self.profile = msgspec.convert(self.state.opening.get("profile", {}), Profile)
        self._replan(self._match())

    # ---- deciding -----------------------------------------------------------------------------

    @property
    def ruleset(self) -> Ruleset:
        """The bound rules of the active playbooks."""
        return self._bound().ruleset

    @property
    def evaluator(self) -> Evaluator:
        """What decides which rules hold."""
        return self._bound().evaluator

    @property
    def relevance(self) -> Relevance:
        """The decision diagrams of the active playbooks; built when the first question is chosen."""
        return self._bound().relevance

    def _bound(self) -> Engine:
        active = tuple(self.state.active)
        if self._engine is None or self._engine.active != active:
            self._engine = engine_for(
                self.library, active, self.state.opening.get("values", {}), self._durable
            )
        return self._engine

    @property
    def time(self) -> Timekeeper:
        """Reckons deadlines with this incident's hall values and calendar."""
        if self._time is None:
            profile = self.profile
            values = self.state.opening.get("values", {})
            self._time = Timekeeper(values, lambda day: is_workday(day, profile))
        return self._time

    def _match(self) -> set[str]:
        return self.evaluator.run(self.state.situation)

    def _replan(self, holding: Iterable[str]) -> None:
        self.plan = make_plan(self.ruleset, self.state, holding, self.time)
        self._forget()

    def _forget(self) -> None:
        self._running = self._states = self._asked = self._clocks = None

    def running(self) -> list[Wanted]:
        """The steps in progress, in the order of the plan (see `plan.running`)."""
        if self._running is None:
            self._running = running(self.plan, self.state)
        return self._running

    def _vector(self) -> States:
        if self._states is None:
            self._states = self.relevance.vector(self.state)
        return self._states

    def questions(self) -> tuple[list[tuple[int, str]], int, list[str]]:
        """See `plan.questions`."""
        if self._asked is None:
            ready = [item.key for item in self.running() if not item.waits]
            self._asked = questions(self.ruleset, self.relevance, self.state, self._vector(), ready)
        return self._asked

    def watches(self) -> list[Watch]:
        """The running clocks, the most urgent first."""
        if self._clocks is None:
            # without awaited facts the diagrams need not be built for a look at the clocks
            awaited = bool(self.state.open_since)
            relevance = self.relevance if awaited else None
            states = self._vector() if awaited else States(())
            self._clocks = watches(self.ruleset, relevance, self.running(), self.state, states, self.time)
        return self._clocks

    def words(self, now: datetime | None = None) -> Words:
        """Fills in words as things stand (`now`: for {{ now }}, the clock's unless given)."""
        return Words(self.ruleset, self.state, self.profile, self.id, now or self.clock.now())

    # ---- acting -------------------------------------------------------------------------------

    def perform(self, kind: str, data: Data | None = None) -> list[Event]:
        """Do one act and journal it with all its consequences; returns the new events.

        Conflict: another terminal wrote first; the session then stands at that terminal's state.
        """
        if self.state.status == "closed":
            raise UsageError(f"事件 {self.id} 已经结束，不能再改", "要补充情况，请另开一个事件")
        before = self.state.seq
        try:
            events = self._compute(kind, data or {}, self.clock.now())
            self._keep(before, events)
        except BaseException:
            # what could not be kept has not happened
            self._refold(self.journal.events(self.id))
            raise
        return events

    def _keep(self, before: int, events: list[Event]) -> None:
        """Journal events; when the disk no longer takes them, go on in memory and say so in `warning`."""
        try:
            self.journal.append(self.id, before, events)
        except BadData as error:
            memory = self.journal.in_memory()
            memory.append(self.id, before, events)
            self.journal = memory
            self.warning = f"{error.message}；此后的记录只在内存里，退出即失，请另用纸笔记要点"

    def _compute(self, kind: str, data: Data, now: datetime) -> list[Event]:
        """Apply an act and everything that follows from it; nothing is written."""
        at, cause = stamp(now), self.state.seq + 1
        made: list[Event] = []

        def put(kind: str, data: Data) -> None:
            event = Event(self.state.seq + 1, kind, at, cause, data)
            made.append(event)
            self.events.append(event)
            apply(self.state, event)

        before = self.plan.holding
        put(kind, data)
        if kind == "undone":
            self.state = fold(self.events)
            self.plan = Plan(frozenset(), {}, ())
            before = frozenset()
        if kind in ("begun", "undone"):
            self.profile = msgspec.convert(self.state.opening.get("profile", {}), Profile)
            self._time = None
        for answered in data.get("heard", ()) if kind == "begun" else ():
            put("answered", answered)
        if kind == "tick":
            for name in data["overdue"]:
                put("overdue", {"fact" if name in self.ruleset.facts else "step": name})
        changed = clock_changes(self.ruleset, self.state, self.profile, now, data.get("known") or {})
        if changed:
            put("clock", {"facts": changed})
        if kind in _INERT and not changed:
            self._forget()
            return made
        if kind == "closed":
            chosen = frozenset(data.get("chosen", ()))
            for follow in follow_ups(
                self.ruleset, self.state, chosen, now, self.words(now), self.profile, self.time
            ):
                put("follow_up", follow)
            return made
        again = True
        while again:
            again = False
            self._replan(self._match())
            for follow_kind, follow_data in consequences(
                self.plan, self.state, self.time, made[0], before, now
            ):
                outcomes = len(self.state.happened)
                put(follow_kind, follow_data)
                if follow_kind == "opened":  # its clock starts
                    entry = self.plan.wanted[follow_data["step"]]
                    self.plan.wanted[entry.key] = with_due(entry, self.ruleset, self.state, self.time)
                # a step that is open again is waited for again, and what it had come to no longer counts
                again = again or "why" in follow_data or len(self.state.happened) < outcomes
        if kind == "answered" and data.get("how") == "corrected":
            for step in never_held(self.ruleset, self.state, self.plan, self.events):
                put("unheld", {"step": step})
        self._forget()
        return made

    # ---- the officer's acts ---------------------------------------------------------------------

    def tick(self) -> list[Event]:
        """Let time take effect: deadlines passed, steps that come back, what the clock knows."""
        if self.state.status != "open":
            return []
        now = self.clock.now()
        late = [
            watch.name
            for watch in self.watches()
            if watch.due is not None
            and watch.due <= now
            and ("overdue", watch.name) not in self.state.happened
        ]
        wanted = self.plan.wanted
        back = any(
            key in wanted and returns(wanted[key], self.state, self.time, now)
            for key in self.ruleset.recurring
        )
        if late or back or self.turned(now):
            events = self.perform("tick", {"overdue": late})
            return events + self.tick() if late else events
        return []

    def turned(self, now: datetime) -> bool:
        """Whether what the clock now says makes other rules hold (minutes alone are no event)."""
        changed = clock_changes(self.ruleset, self.state, self.profile, now, {})
        if not changed:
            return False
        facts = {key: answer for key, answer in self.state.facts.items() if key not in changed}
        facts |= {key: Answer("known", value) for key, value in changed.items() if value is not None}
        at = Situation(facts, self.state.happened)
        return self.ruleset.holding(at) != self.plan.holding

    def answer(self, fact: str, answer: Answer, *, how: str = "asked", since: datetime | None = None) -> None:
        """Settle a fact. `how`: asked, reported, corrected (never was so) or changed (new from now).

        A report that contradicts what is known says that things have changed.
        UsageError when the fact is unknown or cannot have this value.
        """
        declared = self.ruleset.facts.get(fact)
        if declared is None or declared.when is not None:
            raise UsageError(f"没有可以回答的事实 `{fact}`")
        if not fits(declared, answer):
            raise UsageError(f"“{declared.label or declared.ask}”不能答 {answer.value!r}")
        before = self.state.facts.get(fact)
        if how == "reported" and before is not None and before.state == "known" and before != answer:
            how = "changed"
        data: Data = {"fact": fact, **encode(answer), "how": how}
        if since is not None:
            data["since"] = stamp(since)
        self.perform("answered", data)

    def mark(self, step: str, outcome: str, *, reason: str = "", since: datetime | None = None) -> None:
        """Set a step's outcome: handed, done, blocked (with reason) or skipped (required: with reason)."""
        if outcome == "skipped" and not reason and not self.ruleset.steps[step].optional:
            raise UsageError("这一步是必做的，跳过要写原因", "例如：1 跳过 已由别人做了")
        data: Data = {"step": step, "outcome": outcome}
        if reason:
            data["reason"] = reason
        if since is not None:
            data["since"] = stamp(since)
        self.perform("marked", data)

    def no_way(self, step: str, reason: str = "") -> None:
        """This way does not work: on to the next one, blocked when there is none."""
        ways = self.ruleset.steps[step].ways
        next_way = self.state.step(step).way + 1
        if next_way < len(ways):
            self.perform("way", {"step": step, "way": next_way, "reason": reason})
        else:
            self.mark(step, "blocked", reason=reason)

    def undo(self) -> str:
        """Take the last act back; returns its kind. UsageError when there is none."""
        if not self.state.acts:
            raise UsageError("没有可以撤销的操作")
        seq, kind = self.state.acts[-1]
        self.perform("undone", {"act": seq})
        return kind

    # ---- proving --------------------------------------------------------------------------------

    def replayed(self) -> list[Event]:
        """The events that the recorded acts give when they are performed again from nothing."""
        if not self.events:
            raise BadData(f"事件 {self.id} 没有记录")
        clock = SimulatedClock(datetime(2000, 1, 1, tzinfo=BEIJING))
        again = Session(self.journal, self.id, self.library, clock, durable=self._durable)
        for event in self.events:
            if event.cause == event.seq:
                again._compute(event.kind, dict(event.data), parse(event.at))
        return again.events


def fits(fact: Fact, answer: Answer) -> bool:
    """Whether a fact can have an answer: 还没有 is for awaited facts, values are of its kind."""
    value = answer.value
    if answer.state == "open":
        return fact.recheck is not None
    if answer.state == "unsure":
        return True
    ids = {choice.id for choice in fact.choices}
    match fact.kind:
        case "bool":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
        case "many":
            return isinstance(value, frozenset) and value <= ids
        case "choice":
            return value in ids
        case _:
            return isinstance(value, str)


def _hall_facts(library: Library) -> Iterable[Any]:
    declared = [*library.vocabulary.facts, *(f for p in library.playbooks for f in p.facts)]
    return (fact for fact in declared if fact.known_from == "hall")
