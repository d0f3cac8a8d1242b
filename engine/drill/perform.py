"""What a trainee does: an act of the catalogue, words, a question, a document, a hint asked for.

Every act is one event; what follows from it (answers, results, marks) is due at once or later and written
by `conduct`'s rules. UsageError says in Chinese what cannot be done; nothing is written then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from engine.clock import parse
from engine.drill import reference
from engine.drill.conduct import New
from engine.drill.saying import judge_after
from engine.drill.state import DrillState
from engine.drill.store import Store
from engine.errors import UsageError
from engine.model import Event
from engine.walk import in_use, owner_of

KINDS = ("step", "ask", "say", "issue", "harm", "unknown")
RECENT = timedelta(seconds=30)  # what was said since then belongs to what is said now
PIECES = 3  # lines of it at most
BUSY = "这一步已经交代下去，还没有回音"
AGAIN = "这一步已经办过"


class Hint(NamedTuple):
    """The next best thing to do as the playbooks see it: a step or a question."""

    text: str
    step: str = ""
    fact: str = ""


def act(store: Store, role: str, kind: str, id: str, text: str, now: datetime) -> list[Event]:
    """A trainee in `role` does something at drill time `now`; returns its events (the harm in words is a
    second one).

    step: `id` is a step's key · ask: a fact's key · issue: a document's name · harm: a harmful act of the
    drill · say: `text` are the words · unknown: `text` is what nobody understood (kept for the debrief).
    `text` of the others: what the trainee typed or chose; made from the id when empty.
    """
    _check(store.state, role, kind, id, text)
    before = _just_said(store.state, role, now) if kind == "say" else ""
    said = judge_after(store.drill, store.bank, before, text) if kind == "say" else None

    def decide(state: DrillState) -> Sequence[New]:
        _ready(state)
        data: dict[str, Any] = {"role": role, "kind": kind, "id": id, "text": text.strip()}
        if kind == "step":
            data |= _attempt(state, id)
            data["text"] = data["text"] or what(state, id)
        elif kind == "ask":
            fact = state.facts[id]
            data["text"] = data["text"] or fact.ask or fact.label
        elif kind == "harm":
            data["text"] = data["text"] or next(h.what for h in state.drill.harms if h.id == id)
        if said is None:
            return [New("act", data, now)]
        data |= {"reached": said.reached, "points": said.points, "faults": said.faults}
        seq = state.seq + 1
        harms = [
            New("act", {"role": role, "kind": "harm", "id": harm, "text": text, "said": words}, now, seq)
            for harm, words in said.harms.items()
        ]
        return [New("act", data, now), *harms]

    return store.write(now, decide)


def hint(store: Store, role: str, now: datetime) -> list[Event]:
    """Ask for the next best step of the plan; costs marks. UsageError when hints are not allowed."""

    def decide(state: DrillState) -> Sequence[New]:
        _ready(state)
        if not state.opening.get("hints"):
            raise UsageError("本次演练不给提示", "按你自己的判断来")
        best = next_best(state)
        data = {"role": role, "text": best.text, "step": best.step, "fact": best.fact}
        return [New("hint", data, now)]

    return store.write(now, decide)


def next_best(state: DrillState) -> Hint:
    """What the playbooks would have an officer do next who knows what the trainees know."""
    session = state.session
    lives = session.state.steps
    for item in session.running():
        if not lives[item.key].outcome and not item.waits and item.key not in state.handed:
            return Hint(f"可以办：{what(state, item.key)}", step=item.key)
    asked = session.questions()[0]
    if asked:
        return Hint(f"可以问：{state.facts[asked[0][1]].ask}", fact=asked[0][1])
    return Hint("眼下没有要办的，留意现场和已交代的事")


def what(state: DrillState, step: str) -> str:
    """A step in words, filled in with what the trainees know."""
    declared = state.steps[step]
    return state.session.words(state.at).fill(declared.what, owner_of(step))


def _attempt(state: DrillState, step: str) -> dict[str, Any]:
    """How a try at a step comes out: drawn by the drill's seed, the step and the number of the try."""
    live = state.session.state.steps.get(step)
    words = state.session.words(state.at)
    way = words.fill(in_use(state.steps[step], live.way if live is not None else 0), owner_of(step))
    if step in state.handed:
        return {"way": way, "result": "again", "reason": BUSY}
    runs = reference.runs(state, step)
    settled = live is not None and live.outcome in ("done", "skipped") and not runs
    if settled or step in state.ahead:
        return {"way": way, "result": "again", "reason": AGAIN}
    takes, tried = state.takes.get(step), state.tries.get(step, 0) + 1
    if takes is not None:
        draw = Random(f"{state.opening['seed']} {step} {tried}").random() * 100
        if tried <= takes.fails or draw < takes.chance:
            return {"way": way, "result": "blocked", "reason": takes.reason}
        if takes.seconds:
            return {"way": way, "result": "handed", "reason": ""}
    blocked = live is not None and live.outcome == "blocked"
    result = "done" if runs or blocked else "ahead"
    return {"way": way, "result": result, "reason": "", "words": takes.told if takes is not None else ""}


def _just_said(state: DrillState, role: str, now: datetime) -> str:
    """What this person said in the last moments: people speak in pieces."""
    pieces = [
        str(event.data["text"])
        for event in state.of_kind("act")
        if event.data["kind"] == "say" and event.data["role"] == role and parse(event.at) >= now - RECENT
    ]
    return "，".join(pieces[-PIECES:])


def _check(state: DrillState, role: str, kind: str, id: str, text: str) -> None:
    if role not in state.drill.roles:
        raise UsageError(f"这场演练没有岗位 `{role}`", f"有：{'、'.join(state.drill.roles)}")
    known: dict[str, set[str]] = {
        "step": set(state.steps),
        "ask": {key for key, fact in state.facts.items() if fact.when is None},
        "harm": {harm.id for harm in state.drill.harms},
        "issue": {step.issue for step in state.steps.values() if step.issue},
    }
    if kind in ("say", "unknown"):
        if not text.strip():
            raise UsageError("没有内容", "写你要说的话")
    elif kind not in known:
        raise ValueError(kind)
    elif id not in known[kind]:
        raise UsageError(f"没有 `{id}` 这一项", "从列出的里面选，或换一种说法")


def _ready(state: DrillState) -> None:
    if state.status != "open":
        raise UsageError("演练已经结束", "zhiban drill list 看有哪些")
    if state.paused:
        raise UsageError("演练暂停中", "等主持人继续")
