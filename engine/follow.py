"""Follow-ups: what an incident leaves behind, each with owner, date and evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.clock import stamp
from engine.errors import BadData
from engine.model import Profile, Step
from engine.plan import Timekeeper
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
    try:
        if step.within is not None:
            made["due"] = stamp(time.after(now, step.within.due))
        if step.check is not None:
            start = now if step.within is None else time.after(now, step.within.due)
            made["check"] = stamp(time.after(start, step.check))
    except BadData as error:
        made["note"] = error.message
    return made
