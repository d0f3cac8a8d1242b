"""An order and the incident in which it is dealt with: what each tells the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from engine.clock import parse
from engine.conditions import Answer
from engine.fold import kept
from engine.model import Event
from engine.orders import corrected
from engine.orders.clocks import Watch
from engine.orders.ledger import Wanted
from engine.orders.model import Scheme
from engine.orders.standing import Standing

PLAYBOOK = "hotline-order"
# steps that are done when the order has this moment
_DONE = {
    "receive": "registered", "dispatch": "dispatched", "ring": "responded", "verify": "verified",
    "plan-it": "planned", "mobilise": "arranged",
}  # fmt: skip
_REPLIES = ("reply", "reply-limited", "tell-untrue", "tell-set-aside", "tell-limit", "hand-over")
_FACE = ("educate", "redo")  # told to the caller where it was dealt with
_MEETINGS = {"meet": "met", "record-refusal": "refused", "why-no-meet": "needless"}
# set aside: the step writes reasons and proof for the platform (H1.54, H4.17)
_EXCLUDED = {"exclude": "unreasonable", "return-order": "elsewhere"}
# what leaves a mark on the order by which it is known again
_LASTING = (
    "dispatched", "responded", "met", "planned", "arranged", "replied", "concluded", "callback", "excluded",
    "final",
)  # fmt: skip
# what the caller said when called back → (solved, satisfied); asked after the work and after the redo
_SAID = {"both": (True, True), "unsolved": (False, True), "unhappy": (True, False), "neither": (False, False)}
_VISITS = ("visit", "second")
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


def flowing(
    standing: Standing, incident: str, events: Iterable[Event], told: Iterable[Event], scheme: Scheme
) -> list[Wanted]:
    """What happened in the incident and the order does not know yet, as acts on the order.

    `told`: the order's own events. What could not be entered the last time (a dispatch without its unit,
    say) is tried again. A dissatisfied answer ends a round here and there: nothing of a later round is
    entered before that answer is, so this is to be asked again when the order was reopened. The last act is
    `walked`, which remembers how far this went.
    """
    seen = standing.walked if standing.incident == incident else 0
    since = _since(incident, told)
    listed = list(events)
    put_right = _corrections(standing, incident, listed, seen, since, scheme)
    replaced = {one.kind for one in put_right}
    reopened = [parse(event.at) for event in since if event.kind == "reopened"]
    calls = sum(event.kind == "callback" for event in since)
    known = _known(listed)
    found: list[Wanted] = []
    last = seen
    for event, turn in _turns(kept(listed)):
        turn = max(turn, sum(at < parse(event.at) for at in reopened))
        if turn > len(reopened):
            break
        last = max(last, event.seq)
        playbook, name = _name(event)
        if playbook != PLAYBOOK or turn < len(reopened):
            continue
        if name in _VISITS and event.kind == "answered" and _VISITS.index(name) < calls:
            continue  # the order has that callback
        found += [
            Wanted(kind, data, _moment(event))
            for kind, data in _acts(standing, incident, event, name, known, scheme)
            if not _already(standing, kind, found)
            and (event.seq > seen or kind in _LASTING)
            and kind not in replaced
        ]
    else:
        last = max([last, *(event.seq for event in listed[-1:])])
    return [*put_right, *found, Wanted("walked", {"incident": incident, "seq": last})]


def _corrections(
    standing: Standing, incident: str, events: list[Event], seen: int, since: list[Event], scheme: Scheme
) -> list[Wanted]:
    """What was put right after it had been told to the order: entered again, or noted once."""
    if not seen or not any(event.seq > seen for event in events):
        return []
    blank = msgspec.structs.replace(standing, truth="", owner="")  # so that all is said that was said
    then = _said(blank, incident, [event for event in events if event.seq <= seen], scheme)
    now = _said(blank, incident, events, scheme)
    noted = {event.data.get("text") for event in since if event.kind == "noted"}
    found = []
    for one in corrected.corrected(then, now, {event.seq for event in kept(events)}):
        if not corrected.stands(one, standing):
            continue
        if corrected.again(one, standing) and one.new is not None:
            found.append(Wanted(one.new.kind, one.new.data, one.new.at))
        elif (text := corrected.told(one, incident, standing)) not in noted:
            found.append(Wanted("noted", {"text": text}))
    return found


def _said(
    standing: Standing, incident: str, events: list[Event], scheme: Scheme
) -> dict[str, corrected.Said]:
    """The acts that these events tell, the last of each kind; the two callbacks apart."""
    known, found = _known(events), {}
    for event in kept(events):
        playbook, name = _name(event)
        if playbook == PLAYBOOK:
            for kind, data in _acts(standing, incident, event, name, known, scheme):
                key = name if kind == "callback" else kind
                found[key] = corrected.Said(event.seq, kind, data, _moment(event))
    return found


def _moment(event: Event) -> datetime:
    """When it happened, which may be before it was told."""
    return parse(str(event.data.get("since") or event.at))


def _since(incident: str, told: Iterable[Event]) -> list[Event]:
    """The order's events since it was linked with the incident."""
    listed = list(told)
    links = (n for n, e in enumerate(listed) if e.kind == "walked" and e.data.get("incident") == incident)
    return listed[next(links, len(listed)) :]


def _name(event: Event) -> tuple[str, str]:
    playbook, _, name = str(event.data.get("fact") or event.data.get("step") or "").rpartition(".")
    return playbook, name


def _known(events: Iterable[Event]) -> dict[str, Any]:
    """The last answer to every question of the playbook."""
    answered = (event for event in kept(events) if event.kind == "answered")
    return {_name(event)[1]: event.data.get("value") for event in answered if _name(event)[0] == PLAYBOOK}


def _turns(events: Iterable[Event]) -> Iterator[tuple[Event, int]]:
    """Every event with its round: how many dissatisfied answers there were before it.

    An answer that was put right belongs to the round that it ends, as the first one did.
    """
    unhappy: dict[str, bool] = {}
    for event in events:
        playbook, name = _name(event)
        visit = event.kind == "answered" and playbook == PLAYBOOK and name in _VISITS
        before = _VISITS[: _VISITS.index(name)] if visit else _VISITS
        yield event, sum(unhappy.get(one, False) for one in before)
        if visit:
            unhappy[name] = _SAID.get(str(event.data.get("value")), (True, True)) != (True, True)


def _acts(
    standing: Standing, incident: str, event: Event, name: str, known: dict[str, Any], scheme: Scheme
) -> Iterator[tuple[str, dict[str, Any]]]:
    record = f"见处置记录 {incident}"
    value = event.data.get("value")
    if event.kind == "answered" and value == known.get(name):  # else it was put right later
        if name == "truth" and value != standing.truth and value:
            if value != "malicious" or known.get("malice_ok") is None:
                yield "verified", {"truth": value}
        elif name == "malice_ok" and known.get("truth") == "malicious" and isinstance(value, bool):
            # malice that the leader does not see is dealt with as nothing found (C.09)
            proof = {"truth": "malicious", "evidence": record, "approved": f"领导，{record}"}
            yield "verified", proof if value else {"truth": "untrue"}
        elif name == "owner" and value != standing.owner and value:
            yield "owned", {"owner": value, "decides": "值班领导" if value == "nobody" else ""}
        elif name in _VISITS and value in _SAID:
            solved, happy = _SAID[value]
            yield "callback", {"resolved": solved, "satisfied": _level(scheme, happy)}
    if event.kind != "marked" or event.data.get("outcome") != "done":
        return
    yield from _done(standing, name, known, record)


def _done(
    standing: Standing, name: str, known: dict[str, Any], record: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The acts of a step that was done."""
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
    elif name in _EXCLUDED:
        yield "excluded", {"reason": _EXCLUDED[name], "why": record, "evidence": record}
    elif name in _REPLIES:
        yield "replied", {"how": "phone", "text": record}
    elif name == "report":
        yield "concluded", {"text": f"{_RESULTS.get(str(known.get('fix_state')), '已回单')}，{record}"}
    elif name == "final-answer":
        yield "final", {"by": "领导", "text": record, "evidence": record}
    elif name == "leave-open":
        yield "callback", {"unreached": True, "why": record}
    if name in _FACE:
        yield "replied", {"how": "face", "text": record}
    if name == "redo":
        yield "concluded", {"text": f"换人重办过，{record}"}


def _level(scheme: Scheme, happy: bool) -> str:
    """The word for satisfied or not, of the hall's scales."""
    usual = "满意" if happy else "不满意"
    levels = [level for scale in scheme.scales.values() for level in (scale.good if happy else scale.bad)]
    return usual if usual in levels else next(iter(levels), usual)


def _already(standing: Standing, kind: str, found: list[Wanted]) -> bool:
    """Whether the order has it, or is about to; what leaves no mark can be done again."""
    about_to = any(one.kind == kind for one in found)
    return kind in _LASTING and (about_to or bool(corrected.shows(standing, kind)))
