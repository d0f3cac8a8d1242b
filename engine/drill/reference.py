"""The session inside a drill: what the playbooks would tell an officer who knows and did the same.

Called by `fold` alone. It is in memory, its clock stands at the drill's time, and it knows only what the
trainees know. Only the first playbook runs from the start; the others of the drill join when a rule
proposes them or one of their own facts is told. Playbooks that the drill does not name are declined.
"""

from __future__ import annotations

import weakref
from datetime import datetime, timedelta

import msgspec

from engine.clock import SimulatedClock
from engine.conditions import Answer, Situation
from engine.drill.state import DrillState
from engine.journal import Journal
from engine.model import Profile
from engine.session import Session, fits


def begin(state: DrillState) -> None:
    """Open it with what is known at the start."""
    drill = state.drill
    profile = msgspec.convert(state.opening.get("profile", {}), Profile)
    journal = Journal(None)
    weakref.finalize(state, journal.close)
    state.session = Session.begin(
        journal, state.library, {}, drill.playbooks[:1], SimulatedClock(state.begun),
        profile=profile, text=drill.scene, title=drill.title, mode="drill", durable=False,
    )  # fmt: skip
    for fact, value in drill.known.items():
        tell(state, fact, Answer("known", value))


def move(state: DrillState, moment: datetime) -> None:
    """Put its clock on."""
    clock = state.session.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance(max(timedelta(0), moment - clock.now()))


def tell(state: DrillState, fact: str, answer: Answer) -> None:
    """The trainees learn a fact; one that they learnt otherwise before has changed."""
    state.told[fact] = answer
    owner = fact.partition(".")[0] if "." in fact else ""
    if owner in state.drill.playbooks and owner not in state.session.state.active:
        state.session.perform("activated", {"playbook": owner})
    _answer(state, fact)


def _answer(state: DrillState, fact: str) -> None:
    session, answer = state.session, state.told[fact]
    declared, before = session.ruleset.facts.get(fact), session.state.facts.get(fact)
    if declared is None or declared.when is not None or not fits(declared, answer) or before == answer:
        return
    new = before is None or before.state == "open"
    session.answer(fact, answer, how="asked" if new else "changed")


def runs(state: DrillState, step: str) -> bool:
    """Whether the playbooks want a step now, not done yet and not waiting for another one."""
    item = state.session.plan.wanted.get(step)
    live = state.session.state.steps.get(step)
    return item is not None and not item.waits and live is not None and live.running


def mark(state: DrillState, step: str, outcome: str) -> None:
    """A step that runs, or that could not be done before, is handed over or done."""
    state.session.mark(step, outcome)


def no_way(state: DrillState, step: str, reason: str) -> None:
    """A try at a step came to nothing."""
    if runs(state, step):
        state.session.no_way(step, reason)


def settle(state: DrillState, *, changed: bool = False) -> list[str]:
    """Answer proposals; take in what was done before it was wanted. Returns steps that are done with it.

    `changed`: the world has just changed; what was done before it has to be done anew where that wants it.
    """
    session, counted = state.session, []
    for _ in range(1000):  # each round settles something for good
        if session.plan.proposals:
            playbook = session.plan.proposals[0][0]
            kind = "activated" if playbook in state.drill.playbooks else "declined"
            session.perform(kind, {"playbook": playbook})
            for fact in [fact for fact in state.told if fact not in session.state.facts]:
                _answer(state, fact)
            continue
        late = [s for s in state.handed if runs(state, s) and session.state.steps[s].outcome != "handed"]
        ready = [step for step in state.ahead if runs(state, step)]
        if late:
            session.mark(late[0], "handed")
            counted.append(late[0])
        elif ready and changed:
            state.ahead.pop(ready[0])
        elif ready:
            session.mark(ready[0], "done")
            counted.append(ready[0])
            state.done[ready[0]] = state.ahead.pop(ready[0])
        else:
            return counted
    return counted


def tick(state: DrillState) -> list[str]:
    """Let time take effect; the steps whose time is up now and that nobody has begun."""
    session = state.session
    before = set(session.state.happened)
    session.tick()
    state.ticked = (session.state.seq, state.at)
    return sorted(
        name
        for kind, name in session.state.happened - before
        if kind == "overdue" and name in session.state.steps and session.state.steps[name].outcome == ""
    )


def out_of_control(state: DrillState) -> list[str]:
    """Required safety and control steps that nobody has begun, in the order of the plan."""
    lives = state.session.state.steps
    return [
        item.key
        for item in state.session.running()
        if item.phase in ("safety", "control") and not item.step.optional and not lives[item.key].outcome
    ]


def wanted_in_truth(state: DrillState) -> list[str]:
    """Required steps that the playbooks in play would want of somebody who knew all, in their order."""
    session = state.session
    facts = dict(session.state.facts)
    for fact, truth in state.truth.items():
        if fact in session.ruleset.facts and truth.value is not None:
            facts[fact] = Answer("known", truth.value)
    holding = session.ruleset.holding(Situation(facts, session.state.happened))
    steps = session.ruleset.steps
    rules = (session.ruleset.rules[key].rule for key in session.ruleset.ranked if key in holding)
    wanted = (want.step for rule in rules if rule.phase != "improve" for want in rule.do)
    return list(dict.fromkeys(step for step in wanted if not steps[step].optional))
