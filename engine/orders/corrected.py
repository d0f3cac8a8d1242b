"""What was put right in an order's incident after it had reached the order: entered again, or told.

An act that a later one of its kind replaces is entered anew. What cannot be (an undone step, a callback, a
conclusion: others have followed from it) is noted in the order, with what the officer can do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from engine.orders.acts import VERBS
from engine.orders.ground import MEETINGS, OWNERS, TRUTHS
from engine.orders.standing import Data, Standing

# what is entered again in place of what was said before → the field that tells it apart (none: its moment)
_AGAIN = {
    "verified": "truth", "owned": "owner", "met": "how", "dispatched": "", "responded": "", "planned": "",
    "arranged": "",
}  # fmt: skip
_COMMANDS = {
    "verified": "verify", "owned": "owner", "met": "meet", "dispatched": "dispatch", "responded": "respond",
    "planned": "plan", "arranged": "arrange", "replied": "reply",
}  # fmt: skip


class Said(NamedTuple):
    """An act as an incident tells it: by its event `seq`, of the moment `at`."""

    seq: int
    kind: str
    data: Data
    at: datetime


class Corrected(NamedTuple):
    """One act that was put right: what the order was told, what holds now (None: undone)."""

    old: Said
    new: Said | None


def corrected(then: Mapping[str, Said], now: Mapping[str, Said], kept: set[int]) -> list[Corrected]:
    """What the incident said `then` and does not say any more; `kept`: the events that were not undone.

    Keys tell the two callbacks apart. A step that is done once more is no correction: its first mark stays.
    """
    found = []
    for key, old in then.items():
        new = now.get(key)
        if old.seq in kept and (new is None or new.seq == old.seq or new.data == old.data):
            continue
        if old.seq in kept and not _AGAIN.get(old.kind) and old.kind != "callback":
            continue
        if new is None or (new.data, new.at) != (old.data, old.at):
            found.append(Corrected(old, new))
    return found


def again(one: Corrected, standing: Standing) -> bool:
    """Whether it can simply be entered again."""
    return one.new is not None and one.old.kind in _AGAIN and not standing.done


def stands(one: Corrected, standing: Standing) -> bool:
    """Whether the order still shows what was put right; if not there is nothing to tell or to enter."""
    order, kind = standing.order, one.old.kind
    if one.new is not None and _AGAIN.get(kind):
        return bool(shows(standing, kind) != one.new.data[_AGAIN[kind]])
    if kind == "callback":
        shown = (order.resolved, order.satisfied)
        wanted = (one.new.data["resolved"], one.new.data["satisfied"]) if one.new is not None else None
        return order.called_back is not None and shown != wanted
    return bool(shows(standing, kind))


def shows(standing: Standing, kind: str) -> object:
    """By what the order shows that something of this kind was done; false: nothing."""
    order = standing.order
    return {
        "verified": standing.truth, "owned": standing.owner, "met": order.met,
        "dispatched": order.dispatched, "responded": order.responded, "planned": order.planned,
        "arranged": order.arranged, "escalated": standing.escalated, "excluded": order.excluded,
        "replied": standing.answered, "concluded": order.closed, "final": standing.done,
        "callback": standing.done,
    }.get(kind)  # fmt: skip


def told(one: Corrected, incident: str, standing: Standing) -> str:
    """What the order does not follow, and how to put it right by hand."""
    kind, no = one.old.kind, standing.order.no
    what = VERBS[kind].removeprefix("记").removeprefix("定")
    before, after = _worded(one.old.data), _worded(one.new.data) if one.new is not None else ""
    did = f"改成“{after}”" if after and after != before else "撤销了" if one.new is None else "改过"
    held = f"仍是“{before}”" if before else "仍记着"
    if kind == "callback":
        way = (
            "再办结、答复，重记一次回访" if not standing.done else f"zhiban order reopen {no} --why 回访记错"
        )
    elif standing.done or kind in ("excluded", "concluded", "final"):
        way = f"zhiban order reopen {no} --why 原因"
    elif kind in _COMMANDS:
        way = f"重记一次，以后一次为准：zhiban order {_COMMANDS[kind]} {no} …"
    else:
        way = f"zhiban order note {no} 说明"
    return f"处置记录 {incident} 里，{what}{did}，台账{held}；要改：{way}"


def _worded(data: Data) -> str:
    """What an act says, in words."""
    if isinstance(data.get("resolved"), bool):
        return f"{'解决了' if data['resolved'] else '没解决'}，{data['satisfied']}"
    for field, words in (("truth", TRUTHS), ("owner", OWNERS), ("how", MEETINGS)):
        if field in data:
            return words.get(str(data[field]), "")
    return ""
