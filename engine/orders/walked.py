"""An order and the incident in which it is dealt with: what each tells the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from engine.clock import parse
from engine.conditions import Answer
from engine.model import Event
from engine.orders.clocks import Watch
from engine.orders.ledger import Wanted
from engine.orders.standing import Standing

PLAYBOOK = "hotline-order"
# steps that are done when the order has this moment
_DONE = {
    "receive": "registered", "dispatch": "dispatched", "ring": "responded", "verify": "verified",
    "plan-it": "planned", "mobilise": "arranged",
}  # fmt: skip
_REPLIES = ("reply", "reply-limited", "tell-untrue", "tell-set-aside", "tell-limit", "hand-over")
_MEETINGS = {"meet": "met", "record-refusal": "refused", "why-no-meet": "needless"}
# what leaves a mark on the order by which it is known again
_LASTING = ("dispatched", "responded", "met", "planned", "arranged", "replied", "concluded", "callback")
# what the caller says; of one "no" (half) the walk does not tell which, so that is asked: acts refuses it
_VISITS: dict[object, dict[str, Any]] = {
    "both": {"resolved": True, "satisfied": "满意"},
    "half": {},
    "neither": {"resolved": False, "satisfied": "不满意"},
}
_RESULTS = {"solved": "实际解决了", "slow": "没按时办成", "limited": "暂时办不了，已讲明"}


def facts(standing: Standing, watches: Iterable[Watch], now: datetime) -> dict[str, Answer]:
    """What the order already tells, by the playbook's fact id: nobody is asked for it."""
    order = standing.order
    found: dict[str, Any] = {"urgency": order.urgency, "calls": order.repeats + 1}
    found["came_back"] = order.returned
    for watch in watches:
        if watch.of == "closed" and watch.done is None and watch.due is not None:
            found["hours_left"] = max(0, int((watch.due - now).total_seconds() // 3600))
    for fact, value in (("truth", standing.truth), ("owner", standing.owner), ("meeting", order.met)):
        if value:
            found[fact] = value
    return {f"{PLAYBOOK}.{fact}": Answer("known", value) for fact, value in found.items()}


def done_steps(standing: Standing) -> dict[str, datetime]:
    """Steps of the playbook that the order shows to be done, and since when."""
    found = {step: getattr(standing.order, moment) for step, moment in _DONE.items()}
    return {f"{PLAYBOOK}.{step}": at for step, at in found.items() if at is not None}


def flowing(standing: Standing, incident: str, events: Iterable[Event]) -> list[Wanted]:
    """What happened in the incident and the order does not know yet, as acts on the order.

    What could not be entered the last time (a dispatch without its unit, say) is tried again. The last of
    them is `walked`, which remembers how far this went.
    """
    seen = standing.walked if standing.incident == incident else 0
    found: list[Wanted] = []
    known: dict[str, Any] = {}
    last = seen
    for event in events:
        last = max(last, event.seq)
        name = str(event.data.get("fact") or event.data.get("step") or "")
        playbook, _, name = name.rpartition(".")
        if event.kind == "answered" and playbook == PLAYBOOK:
            known[name] = event.data.get("value")
        if playbook != PLAYBOOK:
            continue
        at = parse(str(event.data["since"])) if event.data.get("since") else parse(event.at)
        if standing.round is not None and parse(event.at) < standing.round:
            continue  # of an earlier round
        found += [
            Wanted(kind, data, at)
            for kind, data in _acts(standing, incident, event, name, known)
            if not _already(standing, kind, found) and (event.seq > seen or kind in _LASTING)
        ]
    return [*found, Wanted("walked", {"incident": incident, "seq": last})]


def _acts(
    standing: Standing, incident: str, event: Event, name: str, known: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    record = f"见处置记录 {incident}"
    if event.kind == "answered":
        value = known.get(name)
        if name == "truth" and value != standing.truth and value:
            yield "verified", {"truth": value}
        elif name == "owner" and value != standing.owner and value:
            yield "owned", {"owner": value, "decides": "值班领导" if value == "nobody" else ""}
        elif name == "visit" and value in _VISITS:
            yield "callback", _VISITS[value]
    if event.kind != "marked" or event.data.get("outcome") != "done":
        return
    order = standing.order
    if name == "dispatch":
        yield "dispatched", {"unit": order.unit, "second": order.second_unit}
    elif name == "ring":
        yield "responded", {}
    elif name in _MEETINGS:
        yield "met", {"how": _MEETINGS[name], "why": record}
    elif name == "plan-it":
        yield "planned", {"text": record}
    elif name == "mobilise":
        yield "arranged", {}
    elif name == "escalate":
        yield "escalated", {"to": "包片领导", "why": record}
    elif name in _REPLIES:
        yield "replied", {"how": "phone", "text": record}
    elif name == "report":
        yield "concluded", {"text": f"{_RESULTS.get(str(known.get('fix_state')), '已回单')}，{record}"}


def _already(standing: Standing, kind: str, found: list[Wanted]) -> bool:
    order = standing.order
    has = {
        "dispatched": order.dispatched, "responded": order.responded, "planned": order.planned,
        "arranged": order.arranged, "replied": standing.answered, "concluded": order.closed,
        "met": order.met, "callback": order.called_back is not None and not order.returned,
    }  # fmt: skip
    once = kind in has and any(one.kind == kind for one in found)
    return bool(has.get(kind)) or once
