"""Follow-ups: what an incident leaves behind, each with owner, date and evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.clock import stamp
from engine.model import Profile, Step
from engine.plan import Timekeeper
from engine.ruleset import Ruleset
from engine.state import State
from engine.words import Words


def follow_up_of(
    step: Step, number: int, now: datetime, words: Words, profile: Profile, time: Timekeeper
) -> dict[str, Any]:
    """The follow-up of an improve step closed at `now`: id, step, what, who (role), name, due …

    `due` and `check` are stamps, empty where no time was declared or a working day beyond the known
    calendar would have to be guessed (then `note` says so).
    """
    playbook = step.key.partition(".")[0] if "." in step.key else ""
    made: dict[str, Any] = {
        "id": f"f{number}",
        "step": step.key,
        "what": words.fill(step.what, playbook),
        "who": step.who or "duty",
        "name": profile.people.get(step.who or "duty", ("", ""))[0],
        "due": "",
        "evidence": step.evidence,
        "check": "",
        "origin": "improve",
    }
    due = time.after(now, step.within.due) if step.within is not None else now
    check = time.after(due, step.check) if due is not None and step.check is not None else None
    if step.within is not None:
        made["due"] = stamp(due) if due is not None else ""
    made["check"] = stamp(check) if check is not None else ""
    if due is None:
        made["note"] = time.refused[-1]
    return made


def follow_ups(
    ruleset: Ruleset,
    state: State,
    chosen: frozenset[str],
    now: datetime,
    words: Words,
    profile: Profile,
    time: Timekeeper,
) -> list[dict[str, Any]]:
    """All follow-ups of an incident that closes: required, `chosen` optional, and what was deferred."""
    found: list[dict[str, Any]] = []
    for key in state.held:
        step = ruleset.steps.get(key)
        if step is not None and (not step.optional or key in chosen):
            found.append(follow_up_of(step, len(found) + 1, now, words, profile, time))
    for extra in state.deferred:
        found.append({**extra, "id": f"f{len(found) + 1}", "origin": "deferred"})
    return found
