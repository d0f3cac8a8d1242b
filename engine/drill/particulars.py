"""Which run a debrief is about: who, when, for how long, at which speed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from engine.clock import parse
from engine.drill.state import Data, DrillState
from engine.drill.view import DRILL

_ENDS = {"time": "时间到结束", "controller": "主持人结束", "trainee": "参演人自己结束"}


class Head(NamedTuple):
    """Which run this is. `lasted`: seconds of drill time; `real`: of real time, None: played in no time."""

    id: str
    drill: str
    title: str  # begins with 【演练】
    version: int
    level: int
    status: str
    begun: str  # stamp, real
    start: datetime  # the drill's clock
    lasted: int
    real: int | None
    speeds: tuple[str, ...]
    people: tuple[tuple[str, str], ...]  # role in words, name or ""
    playbooks: tuple[str, ...]  # titles
    hints: bool
    solo: bool
    scripted: str
    seed: int
    ended: str  # how, in words


def head(state: DrillState, id: str) -> Head:
    """The particulars of a run."""
    drill, opening = state.drill, state.opening
    titles = {playbook.id: playbook.title for playbook in state.library.playbooks}
    ends = state.of_kind("ended")
    return Head(
        id=id,
        drill=drill.id,
        title=f"{DRILL}{drill.title}",
        version=drill.version,
        level=drill.level,
        status=state.status,
        begun=str(opening.get("real", "")),
        start=state.begun,
        lasted=state.seconds(state.ended_at or state.at),
        real=_real(state),
        speeds=_speeds(state),
        people=people(state),
        playbooks=tuple(titles.get(name, name) for name in drill.playbooks),
        hints=bool(opening.get("hints")),
        solo=bool(opening.get("solo")),
        scripted=str(opening.get("scripted", "")),
        seed=int(opening.get("seed", 0)),
        ended=_ENDS[str(ends[-1].data["why"])] if ends else "",
    )


def people(state: DrillState) -> tuple[tuple[str, str], ...]:
    """Everybody who took part: role in words, name or ""; those who have left too."""
    found = dict.fromkeys((role, str(name)) for role, name in state.opening.get("people", {}).items())
    for event in state.of_kind("joined"):
        found[str(event.data["role"]), str(event.data.get("name", ""))] = None
    labels = {entry.id: entry.label for entry in state.library.vocabulary.roles}
    named = {role for role, name in found if name}
    return tuple((labels.get(role, role), name) for role, name in found if name or role not in named)


def _real(state: DrillState) -> int | None:
    """Seconds from the clock's first start to the end; None without a real clock."""
    clocks = state.of_kind("clock")
    if not clocks or state.ended_at is None:
        return None
    first: Data = clocks[0].data
    last: Data = clocks[-1].data
    rest = (state.ended_at - parse(clocks[-1].at)).total_seconds() / max(1, int(last["speed"]))
    between = int(last["real"]) - int(first["real"])
    return round(between / 1000 + max(0.0, rest))


def _speeds(state: DrillState) -> tuple[str, ...]:
    found = []
    for event in state.of_kind("clock"):
        data: Data = event.data
        speed, why = data["speed"], data["why"]
        if why in ("stop", "step"):
            found.append("分步")
        elif speed:
            found.append(f"×{speed}" if speed > 1 else "真实快慢")
    return tuple(dict.fromkeys(found))
