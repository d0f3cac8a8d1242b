"""What acts on an order are judged by: how it stands, the scheme, its clocks; the words for what is said."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from engine.orders import clocks
from engine.orders.clocks import Calendar
from engine.orders.model import Scheme
from engine.orders.standing import Data, Standing

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
