"""What the controller does. Every function takes the run, the drill time `now`, and returns the new events.

UsageError says in Chinese what cannot be done; nothing is written then.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from engine.drill import conduct
from engine.drill.conduct import New
from engine.drill.state import DrillState
from engine.drill.store import Store
from engine.errors import UsageError
from engine.model import Event
from engine.reader.report import suggest

RATINGS = ("P", "S", "M", "U")


def set_clock(store: Store, now: datetime, real: int, speed: int, why: str = "go") -> list[Event]:
    """Let drill time run from now, `speed` times as fast as real time `real` (ms); 0: it stands.

    `why`: go, pause (no acts until it goes on), speed, stop (stands, acts are taken: for steps).
    """
    if not 0 <= speed <= 600:
        raise UsageError(f"时间不能快到 {speed} 倍", "1 到 600 倍，0 为停住")
    return _write(store, now, "clock", {"real": real, "speed": speed, "why": why})


def step(store: Store, real: int, seconds: int) -> list[Event]:
    """Go on by so many seconds of drill time and stand again."""
    if seconds <= 0:
        raise UsageError("每一步要往前走", "写大于 0 的秒数")
    at = min(store.state.at + timedelta(seconds=seconds), store.state.end)
    store.advance(at)
    if store.state.status != "open":
        return []  # that was the end
    return _write(store, at, "clock", {"real": real, "speed": 0, "why": "step"})


def fire(store: Store, now: datetime, inject: str) -> list[Event]:
    """An inject comes now, whatever it waits for."""
    _waiting(store, inject)
    return store.write(
        now, lambda state: [New("injected", conduct.injected(state, inject, now, "controller"), now)]
        if inject not in state.fired else [],
    )  # fmt: skip


def skip(store: Store, now: datetime, inject: str) -> list[Event]:
    """An inject does not come any more."""
    _waiting(store, inject)
    return _write(store, now, "skipped", {"inject": inject, "by": "controller"})


def delay(store: Store, now: datetime, inject: str, seconds: int) -> list[Event]:
    """An inject comes later (negative: earlier), also when it has still to be brought about."""
    _waiting(store, inject)
    return _write(store, now, "delayed", {"inject": inject, "seconds": seconds})


def change(store: Store, now: datetime, facts: dict[str, Any]) -> list[Event]:
    """Other things are so from now on, hidden; sets as lists."""
    return _write(store, now, "set", {"facts": facts})


def note(store: Store, now: datetime, text: str) -> list[Event]:
    """A note for the debrief."""
    return _write(store, now, "note", {"text": _said(text)}, after=True)


def observe(store: Store, now: datetime, text: str, expectation: str = "") -> list[Event]:
    """What was seen, with the expectation that it is about."""
    if expectation:
        _known("要求", expectation, list(store.state.expectations))
    return _write(store, now, "observed", {"text": _said(text), "expectation": expectation}, after=True)


def rate(store: Store, now: datetime, objective: str, rating: str, reason: str) -> list[Event]:
    """Rate an objective P S M U instead of what its expectations give."""
    _known("目标", objective, [entry.id for entry in store.drill.objectives])
    if rating not in RATINGS:
        raise UsageError(f"没有 `{rating}` 这一档", "P 做到，S 做到但有小问题，M 勉强做到，U 没做到")
    data = {"objective": objective, "rating": rating, "reason": _said(reason, "评定要写理由")}
    return _write(store, now, "rated", data, after=True)


def override(store: Store, now: datetime, expectation: str, share: int, reason: str) -> list[Event]:
    """Give an expectation another share (percent) than it earned."""
    _known("要求", expectation, list(store.state.expectations))
    if not 0 <= share <= 100:
        raise UsageError(f"`{share}` 不是 0 到 100 的百分数")
    data = {"expectation": expectation, "share": share, "reason": _said(reason, "改分要写理由")}
    return _write(store, now, "override", data, after=True)


def join(store: Store, now: datetime, role: str, name: str = "") -> list[Event]:
    """A trainee takes a role; one that is there already under this name is left alone."""
    _known("岗位", role, list(store.drill.roles))
    if store.state.people.get(role) == name and role in store.state.people:
        return []
    return _write(store, now, "joined", {"role": role, "name": name})


def leave(store: Store, now: datetime, role: str) -> list[Event]:
    """A trainee leaves a role."""
    return _write(store, now, "left", {"role": role}, after=True)


def end(store: Store, now: datetime, why: str = "controller") -> list[Event]:
    """End the drill before its time. `why`: controller, or trainee (what was not yet due is missed then)."""
    return store.write(now, lambda state: conduct.finish(state, now, why) if state.status == "open" else [])


def follow_up(store: Store, now: datetime, data: dict[str, Any]) -> list[Event]:
    """Take on an improvement: what, who (role), name, due (stamp), evidence, cause (objective)."""
    return _write(store, now, "follow_up", {**data, "origin": "drill"}, after=True)


def close(store: Store, now: datetime) -> list[Event]:
    """The report is complete; nothing more can be added."""
    if store.state.status == "open":
        raise UsageError("演练还没有结束", "先结束演练")
    return _write(store, now, "closed", {}, after=True)


def _write(
    store: Store, now: datetime, kind: str, data: dict[str, Any], *, after: bool = False
) -> list[Event]:
    """`after`: also when the drill has ended."""

    def decide(state: DrillState) -> list[New]:
        if state.status == "closed" or (state.status == "ended" and not after):
            raise UsageError(f"演练 {store.id} 已经结束，不能再改", "zhiban drill list 看有哪些")
        return [New(kind, data, now)]

    return store.write(now, decide)


def _waiting(store: Store, inject: str) -> None:
    _known("情况", inject, list(store.state.injects))
    if inject in store.state.fired:
        raise UsageError(f"情况 `{inject}` 已经放出来了")
    if inject in store.state.skipped:
        raise UsageError(f"情况 `{inject}` 已经取消")


def _known(what: str, name: str, names: list[str]) -> None:
    if name not in names:
        raise UsageError(f"没有{what} `{name}`", suggest(name, names))


def _said(text: str, missing: str = "要写内容") -> str:
    if not text.strip():
        raise UsageError(missing)
    return text.strip()
