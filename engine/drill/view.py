"""What a trainee may see of a drill: built from what has reached the trainees, and from nothing else.

Facts that one of them learns, and what each does, the whole team knows; an inject for some roles shows
only there. Marks, expectations, truths, the plan and injects still to come never pass through here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from engine.clock import parse
from engine.drill.model import CHANNELS, Growth
from engine.drill.state import DrillState
from engine.model import Event

DRILL = "【演练】"
_MOST = 10_000_000  # shares and comments; a post does not reach more
_ENDS = {"time": "时间到", "controller": "主持人结束演练", "trainee": "参演人结束演练"}


class Spread(NamedTuple):
    """How far a post has got now."""

    shares: int
    comments: int


class Line(NamedTuple):
    """One thing on a trainee's screen.

    `kind`: scene, inject, told, returned, act, reaction, hint, note, people, end.
    `seconds`: since the start; `channel`: in words, of injects; `sender`: who speaks, or the role that acts;
    `spread`: of a post, as it is now. Everything shown carries DRILL at the head of the screen.
    """

    seq: int
    seconds: int
    at: datetime
    kind: str
    channel: str
    sender: str
    text: str
    spread: Spread | None = None


def lines(state: DrillState, role: str, since_seq: int = 0, now: datetime | None = None) -> list[Line]:
    """What the trainee in `role` sees of the events after `since_seq`. `now`: drill time, for posts."""
    moment = now or state.at
    return [
        line for event in state.events if event.seq > since_seq for line in _line(state, event, role, moment)
    ]


def heading(state: DrillState, now: datetime) -> str:
    """The first line of every screen: 【演练】title and the drill's time."""
    return f"{DRILL}{state.drill.title}  {now:%H:%M:%S}"


def spread(state: DrillState, inject: str, now: datetime) -> Spread | None:
    """How far the post of an inject has got at `now`; grows each minute until something stops it."""
    growth, posted = state.injects[inject].growth, state.fired.get(inject)
    if growth is None or posted is None:
        return None
    minutes = max(0.0, (_stopped(state, growth, posted, now) - posted).total_seconds() / 60)
    factor = (growth.percent / 100) ** min(minutes, 600.0)
    return Spread(*(min(_MOST, int(count * factor)) for count in (growth.shares, growth.comments)))


def _stopped(state: DrillState, growth: Growth, posted: datetime, now: datetime) -> datetime:
    moments = [state.fired[name] for name in growth.until if name in state.fired]
    moments += [
        state.happened["done", name][0].moment for name in growth.until if ("done", name) in state.happened
    ]
    return min([now, *(max(moment, posted) for moment in moments)])


def _line(state: DrillState, event: Event, role: str, now: datetime) -> list[Line]:
    data: dict[str, Any] = event.data
    at = parse(event.at)

    def made(kind: str, text: str, sender: str = "", channel: str = "", grown: Spread | None = None) -> Line:
        return Line(event.seq, state.seconds(at), at, kind, channel, sender, text, grown)

    match event.kind:
        case "begun":
            return [made("scene", state.drill.scene)]
        case "injected":
            inject = state.injects[data["inject"]]
            if inject.to and role not in inject.to:
                return []
            grown = spread(state, inject.id, now)
            return [made("inject", data["tell"], inject.sender, CHANNELS[inject.channel], grown)]
        case "told" if data["words"] and not _just_said(state, event):
            return [made("told", data["words"])]
        case "returned":
            words = data["words"] or "办好了"
            return [made("returned", f"{state.event(event.cause).data['text']}：{words}")]
        case "act":
            return [made(kind, text, who(state, data["role"])) for kind, text in _acted(state, data)]
        case "hint":
            return [made("hint", data["text"], who(state, data["role"]))]
        case "joined" | "left":
            comes = "来了" if event.kind == "joined" else "走了"
            return [made("people", comes, who(state, data["role"]))]
        case "ended":
            return [made("end", _ENDS[data["why"]])]
    return []


def _just_said(state: DrillState, event: Event) -> bool:
    """Whether the words of a step that has come to an end have told the fact already."""
    step = state.event(event.cause)
    return event.data["by"] == "found" and str(event.data["words"]) in str(step.data.get("words", ""))


def _acted(state: DrillState, data: dict[str, Any]) -> list[tuple[str, str]]:
    """An act as those around see it: (kind, text)."""
    if data["kind"] == "harm":
        told = next(harm.tell for harm in state.drill.harms if harm.id == data["id"])
        shown = [] if "said" in data else [("act", data["text"])]
        return shown + ([("reaction", told)] if told else [])
    if data["kind"] == "unknown":
        return [("act", data["text"]), ("note", "现场没人明白这句话，换一种说法")]
    if data["kind"] != "step":
        return [("act", data["text"])]
    told = {
        "blocked": f"没办成：{data['reason']}" if data["reason"] else "没办成",
        "handed": "交代下去了，等回音",
        "again": data["reason"],
    }.get(data["result"], data.get("words") or "办了")
    return [("act", data["text"]), ("note", told)]


def who(state: DrillState, role: str) -> str:
    """A role in words, with the name of who plays or last played it."""
    label = next((entry.label for entry in state.library.vocabulary.roles if entry.id == role), role)
    name = state.names.get(role, "")
    return f"{label}（{name}）" if name else label
