"""What acts on an order are judged by: how it stands, the scheme, its clocks; the words for what is said."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from engine.orders import clocks
from engine.orders.clocks import Calendar
from engine.orders.model import Scheme
from engine.orders.standing import Data, Standing
from engine.reader.report import suggest

TRUTHS = {"real": "属实", "partly": "部分属实", "untrue": "没查到", "malicious": "恶意编造"}
OWNERS = {"mine": "我们", "joint": "我们和几家一起", "other": "别的部门", "nobody": "没有明确主管"}
MEETINGS = {"met": "见了面", "refused": "他明确不见", "needless": "事情不用见面"}


class Ground(NamedTuple):
    """What an act is judged by."""

    standing: Standing
    data: Data
    scheme: Scheme
    working: Calendar
    now: datetime

    @property
    def no(self) -> str:
        return self.standing.order.no


class Lack(NamedTuple):
    """One thing that is missing, and the command that brings it."""

    what: str
    do: str = ""


def watched(
    standing: Standing, scheme: Scheme, working: Calendar, *, running: bool = False
) -> list[clocks.Watch]:
    """The order's clocks; `running`: only those not stopped yet. A shut file has no running ones.

    When an imported row was registered where it comes from, only its own column tells.
    """
    if running and standing.done:
        return []
    order, pauses, extensions = standing.order, standing.pauses, standing.extensions
    found = clocks.watches(order, scheme, working, pauses, extensions, running=running)
    if standing.imported and order.registered is None:
        found = [watch for watch in found if watch.of != "registered"]
    return [watch for watch in found if watch.done is not None] if standing.done else found


# ---- lacks of several acts ------------------------------------------------------------------------


def needs(ground: Ground, *fields: tuple[str, str]) -> list[Lack]:
    """Fields (name, what it is called) that were not given."""
    return [Lack(f"没有写{label}") for field, label in fields if not ground.data.get(field)]


def one(ground: Ground, field: str, words: dict[str, str], label: str) -> list[Lack]:
    """A field that must be one of `words`."""
    given = str(ground.data.get(field, ""))
    if given in words:
        return []
    return [Lack(f"{label} `{given}` 看不懂" if given else f"没有写{label}", suggest(given, words))]


def undispatched(ground: Ground) -> list[Lack]:
    """Nobody has it yet."""
    if ground.standing.order.dispatched is not None:
        return []
    return [Lack("还没有派单", f"zhiban order dispatch {ground.no} 单位 --second 村（社区）")]


def unverified(ground: Ground) -> list[Lack]:
    """First verify, then deal with it (C.06)."""
    if ground.standing.order.verified is not None:
        return []
    return [Lack("还没有核实", f"zhiban order verify {ground.no} --truth real|partly|untrue")]
