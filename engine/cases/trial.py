"""One case decided: its situation, the rules that hold in it, and the plan that follows."""

from __future__ import annotations

from functools import cached_property

from engine.bound import Engine, engine_for
from engine.cases.model import Case
from engine.clock import BEIJING, SimulatedClock, parse, stamp
from engine.conditions import evaluate
from engine.fold import apply
from engine.hall import hall_values
from engine.model import ALWAYS, Event, Library, Profile
from engine.plan import Plan, Timekeeper, Wanted, make_plan, questions, running, watches
from engine.ruleset import Ruleset
from engine.state import State, encode
from engine.walk import AT_ONCE, blocking
from engine.workdays import is_workday


class Trial:
    """A case's situation and what both evaluators say of it. `differing`: rules on which they differ."""

    def __init__(self, library: Library, case: Case, durable: bool) -> None:
        self.case = case
        self.engine = _engine(library, case, durable)
        self.rules: Ruleset = self.engine.ruleset
        self.at = opening(case).situation
        evaluator = self.engine.evaluator
        evaluator.differences.clear()
        holding = evaluator.compare(self.at)
        self.verdicts = {key: evaluate(bound.when, self.at) for key, bound in self.rules.rules.items()}
        self.holding = frozenset(key for key, verdict in self.verdicts.items() if verdict is True)
        self.differing = sorted((holding ^ self.holding).union(*evaluator.differences))
        self.decision = Decision(self, self.rules, self.holding)

    @cached_property
    def own(self) -> frozenset[str]:
        """The steps that depend on a condition of the tested playbook."""
        conditional: set[str] = set()
        always: set[str] = set()
        for bound in self.rules.rules.values():
            steps = (want.step for want in bound.rule.do)
            if bound.rule.when == ALWAYS:
                always.update(steps)
            elif bound.playbook == self.case.playbooks[0]:
                conditional.update(steps)
        return frozenset(conditional - always)


class Decision:
    """What is to be done when some rules hold in a case's situation."""

    def __init__(self, trial: Trial, rules: Ruleset, holding: frozenset[str] | set[str]) -> None:
        self.trial, self.rules, self.holding = trial, rules, holding

    @cached_property
    def steps(self) -> frozenset[str]:
        """The steps that are wanted, follow-ups too."""
        rules = self.rules.rules
        return frozenset(want.step for key in self.holding for want in rules[key].rule.do)

    @cached_property
    def proposed(self) -> frozenset[str]:
        """The playbooks that are proposed."""
        rules, active = self.rules.rules, self.trial.case.playbooks
        found = (name for key in self.holding for name in rules[key].rule.activate)
        return frozenset(name for name in found if name in self.rules.activations and name not in active)

    @cached_property
    def time(self) -> Timekeeper:
        """Reckons deadlines with the values of the case, on the working days of no particular hall."""
        return Timekeeper(self.rules.values, lambda day: is_workday(day, Profile()))

    @cached_property
    def state(self) -> State:
        """The state in which the steps that are now shown have been opened."""
        state = opening(self.trial.case)
        now = state.at
        assert now is not None
        for key, item in make_plan(self.rules, state, self.holding, self.time).wanted.items():
            live = state.steps.get(key)
            if item.phase != "improve" and not item.waits and (live is None or live.opened is None):
                apply(state, Event(state.seq + 1, "opened", stamp(now), 0, {"step": key}))
        return state

    @cached_property
    def plan(self) -> Plan:
        """The plan, with its steps opened."""
        return make_plan(self.rules, self.state, self.holding, self.time)

    @cached_property
    def ready(self) -> list[Wanted]:
        """The steps in progress that wait for nothing."""
        return [item for item in running(self.plan, self.state) if not item.waits]

    @cached_property
    def screen(self) -> list[str]:
        """The steps of the first screen in order."""
        steps = self.state.steps
        return [item.key for item in self.ready if not steps[item.key].outcome][:AT_ONCE]

    @cached_property
    def asked(self) -> tuple[list[str], list[str]]:
        """(facts asked for now, facts that wait for a step that finds them)."""
        relevance = self.trial.engine.relevance
        ready = [item.key for item in self.ready]
        now, _, waiting = questions(self.rules, relevance, self.state, relevance.vector(self.state), ready)
        return [fact for _, fact in now], waiting

    def unsettled(self, *, asks: bool = True) -> list[str]:
        """The keys of what must be settled before the close: open steps and (`asks`) awaited facts."""
        open_steps = running(self.plan, self.state)
        found = [item.key for item in blocking(self.plan, open_steps)]
        if asks:
            relevance = self.trial.engine.relevance
            states = relevance.vector(self.state)
            clocks = watches(self.rules, relevance, open_steps, self.state, states, self.time)
            found += [watch.name for watch in clocks if watch.of == "fact"]
        return found


def _engine(library: Library, case: Case, durable: bool) -> Engine:
    declared = [*library.vocabulary.hall, *(v for p in library.playbooks for v in p.hall)]
    return engine_for(library, case.playbooks, hall_values(declared, Profile()) | case.hall, durable)


def opening(case: Case) -> State:
    """The folded state that a case describes."""
    state = State()
    at = parse(case.at) if case.at else SimulatedClock().now().astimezone(BEIJING)

    def put(kind: str, data: dict[str, object]) -> None:
        # given, not decided: nothing here is an act that could be taken back
        apply(state, Event(state.seq + 1, kind, stamp(at), 0, data))

    put("begun", {"mode": "drill", "title": case.name, "playbooks": list(case.playbooks)})
    for key, answer in case.facts.items():
        put("answered", {"fact": key, **encode(answer)})
    for key, outcome in case.outcomes:
        if outcome == "overdue" and key in case.facts:
            put("overdue", {"fact": key})
        elif outcome == "overdue":
            put("opened", {"step": key})
            put("overdue", {"step": key})
        else:
            put("marked", {"step": key, "outcome": outcome})
    return state
