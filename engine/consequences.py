"""What follows from an act: steps that open or leave, follow-ups that are due, what the clock knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.fold import apply, kept
from engine.model import Event, Profile
from engine.plan import Plan, Timekeeper, Wanted
from engine.ruleset import Ruleset
from engine.state import State, encode
from engine.workdays import clock_facts


def consequences(
    plan: Plan, state: State, time: Timekeeper, act: Event, before: frozenset[str], now: datetime
) -> list[tuple[str, dict[str, Any]]]:
    """The events (kind, data) that a new plan brings about. `before`: the rules that held until now."""
    found: list[tuple[str, dict[str, Any]]] = []
    opened: set[str] = set()
    fresh: list[Wanted] = []
    changed = str(act.data["fact"]) if act.kind == "answered" and act.data.get("how") == "changed" else ""
    for key, item in plan.wanted.items():
        live = state.steps.get(key)
        if item.phase == "improve":
            if key not in state.held:
                found.append(("held", {"step": key}))
        elif live is None or live.opened is None or live.withdrawn:
            fresh.append(item)
        elif live.settled:
            why = ""
            if changed and any(rule not in before for rule in item.rules):
                why = "anew"
            elif changed in item.step.uses and live.outcome == "done":
                why = "updated"
            elif item.step.every is not None and returns(item, state, time, now):
                why = "every"
            if why:
                opened.add(key)
                found.append(("opened", {"step": key, "why": why}))
    for item in fresh:
        # a step that comes back at this moment is to be waited for again
        if not item.waits and opened.isdisjoint(item.step.after):
            found.append(("opened", {"step": item.key}))
    for key, live in state.steps.items():
        if live.running and key not in plan.wanted:
            found.append(("withdrawn", {"step": key, "notify": live.outcome == "handed"}))
    return found


def returns(item: Wanted, state: State, time: Timekeeper, now: datetime) -> bool:
    """Whether a step that is done comes back (`every`)."""
    live = state.steps.get(item.key)
    if item.step.every is None or live is None or live.outcome != "done" or live.at is None:
        return False
    again = time.after(live.at, item.step.every)
    return again is not None and again <= now


def clock_changes(
    ruleset: Ruleset, state: State, profile: Profile, now: datetime, known: Mapping[str, Any]
) -> dict[str, Any]:
    """What the clock (and at the opening the profile: `known`) says that the state does not yet say.

    A value of None: it can no longer be told. What the officer answered is left alone.
    """
    if not ruleset.outside:
        return {}
    said = {change.fact for change in state.changes}
    told: dict[str, Any] = {**known, **clock_facts(now, profile)}
    changed: dict[str, Any] = {}
    for key, fact in ruleset.outside.items():
        if key in said:
            continue
        answer = state.facts.get(key)
        value = told.get(key)
        if value is None:
            if fact.known_from == "clock" and answer is not None:
                changed[key] = None
        elif answer is None or answer.value != value:
            changed[key] = value
    return changed


def never_held(ruleset: Ruleset, state: State, plan: Plan, events: Sequence[Event]) -> list[str]:
    """The follow-ups whose condition would never have held, had the last answer been given at once.

    `events`: all so far; the last `answered` among them is a correction. What was true for other
    reasons, at whatever moment, stays a follow-up.
    """
    doubtful = {key for key in state.held if key not in plan.wanted}
    if not doubtful:
        return []
    last = state.changes[-1]
    wrong: set[int] = set()  # the answers that it corrects: all since the value was last a new one
    for change in reversed(state.changes[:-1]):
        if change.fact == last.fact:
            wrong.add(change.seq)
            if change.how != "corrected":
                break
    told = State()
    for event in kept(events):
        if event.seq in wrong:
            event = Event(event.seq, event.kind, event.at, event.cause, {**event.data, **encode(last.answer)})
        apply(told, event)
        for rule in ruleset.holding(told.situation):
            doubtful.difference_update([want.step for want in ruleset.rules[rule].rule.do])
        if not doubtful:
            break
    return [key for key in state.held if key in doubtful]
