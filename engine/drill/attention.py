"""What acts cost the person who does them: time, and marks for what nobody needed.

Without it, whoever does everything on the list at once would have done everything in time.
"""

from __future__ import annotations

from datetime import timedelta

from engine.drill import reference
from engine.drill.state import DrillState
from engine.model import Event

PACE = {"step": 5, "ask": 4, "issue": 5, "harm": 5}  # seconds that giving the order, asking, … keeps a person
SPEECH = 5  # signs a second
FREE, EACH = 3, 10 * 60  # so many needless acts are free in each ten minutes begun
COST = 2  # marks for each further one
_NEEDED = {"step", "ask", "issue"}  # kinds of acts that may be needless; words never are


def take_turn(state: DrillState, event: Event) -> None:
    """A person does one thing after the other: notes the moment at which the turn of an act comes."""
    role, kind = str(event.data["role"]), str(event.data["kind"])
    seconds = PACE.get(kind, 0) if kind != "say" else 1 + len(str(event.data["text"])) // SPEECH
    turn = max(state.at, state.busy.get(role, state.at))
    state.busy[role] = turn + timedelta(seconds=seconds)
    if turn > state.at:
        state.turns[event.seq] = turn


def needless(state: DrillState) -> list[Event]:
    """Acts beside the matter: steps and papers of other playbooks, and those of life safety, that nothing in
    this run asked for, neither the plan, also that of somebody who knew all, nor an expectation; questions
    that the drill has no answer to. What its own playbooks know for another turn of things is none."""
    steps = {key for key, live in state.session.state.steps.items() if live.opened is not None}
    steps |= set(reference.wanted_in_truth(state)) | set(state.done)
    mine = [book for book in state.library.playbooks if book.id in state.drill.playbooks]
    steps |= {want.step for book in mine for rule in book.rules for want in rule.do}
    facts = set(state.truth) | set(state.drill.known) | {fact for _, fact in state.session.questions()[0]}
    documents: set[str] = set()
    for entry in state.drill.expectations:
        steps.update(entry.steps)
        facts.update(entry.facts)
        documents.update(entry.documents)
    for inject in state.drill.injects:
        facts.update(inject.sets)
    declared = [state.steps[step] for step in steps if step in state.steps]
    words = {step.what for step in declared}  # the same act may stand in two playbooks
    documents |= {step.issue for step in declared}
    found = []
    for event in state.of_kind("act"):
        kind, id = str(event.data["kind"]), str(event.data["id"])
        if kind not in _NEEDED or event.data.get("result") == "again":
            continue
        wanted = {"ask": id in facts, "issue": id in documents}
        if not wanted.get(kind, kind == "step" and (id in steps or state.steps[id].what in words)):
            found.append(event)
    return found


def free(state: DrillState) -> int:
    """How many needless acts cost nothing: trying out belongs to it."""
    return FREE * -(-state.drill.minutes * 60 // EACH)
