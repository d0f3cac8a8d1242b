"""Facts that nobody asked for in time, so that a step never came up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.clock import parse
from engine.conditions import Answer, Situation, evaluate, needs
from engine.drill.state import Data, DrillState


def missing(state: DrillState, steps: Iterable[str], moment: datetime) -> list[str]:
    """Facts that the trainees had not learnt by then and without which no rule asked for these steps, which
    one would have done had they known; where none would, those on which a rule for them hangs."""
    wanted, decisive, other = set(steps), [], []
    truth = _truth(state, moment)
    facts = {**state.session.state.facts, **truth}
    happened = state.session.state.happened
    for bound in state.session.ruleset.rules.values():
        if wanted.isdisjoint(want.step for want in bound.rule.do):
            continue
        unknown = [fact for fact in needs(bound.when) if fact in truth and not _told(state, fact, moment)]
        other += unknown
        if evaluate(bound.when, Situation(facts, happened)) is True:
            for fact in unknown:
                rest = {key: answer for key, answer in facts.items() if key != fact}
                if evaluate(bound.when, Situation(rest, happened)) is not True:
                    decisive.append(fact)
    return list(dict.fromkeys(decisive or other))


def _truth(state: DrillState, moment: datetime) -> dict[str, Answer]:
    """What was so at a moment and could have been found out."""
    found = {truth.fact: truth.value for truth in state.drill.truth if not truth.open_}
    for event in state.events:
        if parse(event.at) <= moment and event.kind in ("injected", "set"):
            data: Data = event.data
            found |= state.injects[data["inject"]].sets if event.kind == "injected" else data["facts"]
    return {fact: Answer("known", _value(value)) for fact, value in found.items() if value is not None}


def _value(value: Any) -> Any:
    return frozenset(value) if isinstance(value, list) else value


def _told(state: DrillState, fact: str, moment: datetime) -> bool:
    return any(one.moment <= moment for one in state.happened.get(("answered", fact), ()))


def label(state: DrillState, fact: str) -> str:
    """A fact in words."""
    declared = state.facts.get(fact)
    return (declared.label or declared.ask or fact) if declared is not None else fact
