"""What comes next: the one place that decides which screen an officer, a script or a simulation meets.

What comes next is chosen by phase; within a phase actions come before questions, and the very first
screen is always one of actions. Never more than three actions at once. Drivers (console, script,
simulate, drill) only show a Prompt and answer it by the session's acts and the functions here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from engine.clock import stamp
from engine.conditions import OPEN, UNSURE, Answer
from engine.errors import UsageError
from engine.model import PHASES, Fact, Step
from engine.plan import Plan, Wanted, Watch
from engine.session import Session

AT_ONCE = 3  # actions on one screen
Kind = Literal["steps", "question", "propose", "due", "standing", "settle", "close", "closed"]


class Prompt(NamedTuple):
    """One screen.

    steps: `steps` to show and perhaps mark · question: `fact`, with a heard value as `default` ·
    propose: `playbook` and the `rules` behind it · due: a handed step (`steps`) whose time is up ·
    standing: nothing new; `steps` still open, `clocks` running · settle (closing): one open step
    (`steps`) or awaited `fact` · close: `steps` are the optional follow-ups to pick from.
    `spare` says how many questions are no longer needed.
    """

    kind: Kind
    steps: tuple[Wanted, ...] = ()
    fact: Fact | None = None
    playbook: str = ""
    rules: tuple[str, ...] = ()
    clocks: tuple[Watch, ...] = ()
    spare: int = 0


def next_prompt(session: Session, *, present: bool = True) -> Prompt:
    """The next screen after letting time take effect. Steps it shows are journalled as presented."""
    session.tick()
    prompt = _choose(session)
    if present and prompt.kind == "steps":
        session.perform("presented", {"steps": [item.key for item in prompt.steps]})
    return prompt


def first_screen(session: Session) -> Prompt:
    """The steps of the very first screen; needs no diagrams, so it is there at once."""
    return Prompt("steps", _urgent(_fresh(session)))


def _urgent(fresh: list[Wanted]) -> tuple[Wanted, ...]:
    """What goes before any question: safety and control, or whatever there is."""
    urgent = [item for item in fresh if item.phase in ("safety", "control")] or fresh
    return tuple(urgent[:AT_ONCE])


def _fresh(session: Session) -> list[Wanted]:
    state = session.state
    return [
        item
        for item in session.running()
        if not item.waits and not state.steps[item.key].presented and not state.steps[item.key].outcome
    ]


def _choose(session: Session) -> Prompt:
    state, plan = session.state, session.plan
    if state.status == "closed":
        return Prompt("closed")
    fresh = _fresh(session)
    shown_before = any(step.presented for step in state.steps.values())
    if fresh and (not shown_before or fresh[0].phase == "safety"):
        return Prompt("steps", _urgent(fresh))
    if plan.proposals:
        playbook, rules = plan.proposals[0]
        return Prompt("propose", playbook=playbook, rules=rules)
    asked, spare, _ = session.questions()
    if state.closing:  # who closes has decided; only what follow-ups hang on is still asked
        asked = [entry for entry in asked if PHASES[entry[0]] == "improve"]
    question_phase = asked[0][0] if asked else len(PHASES)
    now = [item for item in fresh if PHASES.index(item.phase) <= question_phase]
    if now and not state.closing:
        return Prompt("steps", tuple(now[:AT_ONCE]), spare=spare)
    clocks = tuple(session.watches())
    late = _late(session)
    if late:
        return Prompt("due", (late,), clocks=clocks)
    if asked:
        return Prompt("question", fact=session.ruleset.facts[asked[0][1]], clocks=clocks, spare=spare)
    open_steps = tuple(session.running())
    if state.closing:
        return _closing(session, open_steps, clocks)
    if blocking(session.plan, open_steps) or _awaited(session, clocks):
        return Prompt("standing", open_steps, clocks=clocks, spare=spare)
    return Prompt("close", _optional(session), clocks=clocks)


def _late(session: Session) -> Wanted | None:
    """A handed step whose time is up and that was not asked about since."""
    state = session.state
    for item in session.running():
        live = state.steps[item.key]
        if live.outcome == "handed" and live.overdue and not live.presented:
            return item
    return None


def blocking(plan: Plan, open_steps: Iterable[Wanted]) -> list[Wanted]:
    """The open steps that must be settled before the close: required ones, and what these wait for."""
    wanted = plan.wanted
    needed = {key for key, item in wanted.items() if item.phase != "improve" and not item.step.optional}
    todo = list(needed)
    while todo:
        item = wanted.get(todo.pop())
        more = set(item.waits) - needed if item is not None else set()
        needed |= more
        todo += more
    return [item for item in open_steps if item.key in needed]


def _awaited(session: Session, clocks: tuple[Watch, ...]) -> list[str]:
    deferred = {entry.get("fact") for entry in session.state.deferred}
    return [watch.name for watch in clocks if watch.of == "fact" and watch.name not in deferred]


def _closing(session: Session, open_steps: tuple[Wanted, ...], clocks: tuple[Watch, ...]) -> Prompt:
    for item in blocking(session.plan, open_steps):
        return Prompt("settle", (item,), clocks=clocks)
    awaited = _awaited(session, clocks)
    if awaited:
        return Prompt("settle", fact=session.ruleset.facts[awaited[0]], clocks=clocks)
    return Prompt("close", _optional(session), clocks=clocks)


def _optional(session: Session) -> tuple[Wanted, ...]:
    wanted = session.plan.wanted
    return tuple(
        Wanted(
            step, "improve", key.partition(".")[0], wanted[key].rules if key in wanted else (), (), None, None
        )
        for key in session.state.held
        if (step := session.ruleset.steps.get(key)) is not None and step.optional
    )


# ---- answering ----------------------------------------------------------------------------------


def begin_closing(session: Session) -> None:
    """Turn to the close: follow-up questions, then what is still open, then the pick-list."""
    if not session.state.closing:
        session.perform("closing")


def close(session: Session, chosen: tuple[str, ...] = ()) -> None:
    """Close the incident; `chosen` are the optional follow-ups taken on.

    UsageError while something required is open: it names the first such thing.
    """
    begin_closing(session)
    prompt = _choose(session)
    if prompt.kind != "close":
        what = (
            prompt.fact.label
            if prompt.fact
            else prompt.steps[0].step.what
            if prompt.steps
            else prompt.playbook
        )
        raise UsageError(f"还不能结束：{what}", "先办完、写明原因跳过，或转为后续跟进")
    session.perform("closed", {"chosen": list(chosen)})


def not_yet(session: Session, step: str) -> None:
    """A handed step is not finished when its time is up: keep it, do not ask again in this round."""
    session.perform("presented", {"steps": [step]})


def defer(
    session: Session, step: str = "", fact: str = "", *, who: str = "", due: datetime | None = None
) -> None:
    """Hand an open step or awaited fact to a follow-up with owner (role id) and date."""
    owner = who or (session.ruleset.steps[step].who if step else "") or "duty"
    name = session.profile.people.get(owner, ("", ""))[0]
    words = session.words()
    data: dict[str, Any] = {"who": owner, "name": name, "due": stamp(due) if due else ""}
    if step:
        declared = session.ruleset.steps[step]
        data |= {
            "step": step,
            "what": words.fill(declared.what, owner_of(step)),
            "evidence": declared.evidence,
        }
    else:
        data |= {
            "fact": fact,
            "what": f"跟到有结果：{session.ruleset.facts[fact].label}",
            "evidence": "结果记录",
        }
    session.perform("deferred", data)


def options(fact: Fact) -> list[tuple[str, Answer]]:
    """The answers a prompt offers for a fact, in order: (label, answer); numbers and texts are typed."""
    offered: list[tuple[str, Answer]] = []
    if fact.kind == "bool":
        offered = [("是", Answer("known", True)), ("否", Answer("known", False))]
    elif fact.kind == "choice":
        offered = [(choice.label, Answer("known", choice.id)) for choice in fact.choices]
    offered.append(("说不清", UNSURE))
    if fact.recheck is not None:
        offered.append(("还没有", OPEN))
    return offered


def owner_of(key: str) -> str:
    """The playbook that declares a fact or step, empty for the vocabulary."""
    return key.partition(".")[0] if "." in key else ""


def in_use(step: Step, way: int) -> str:
    """The alternative now offered for a step, empty when it has none."""
    return step.ways[way] if way < len(step.ways) else ""
