"""How an order stands: the one fold of its events.

Kinds: `received` (the order), `adopted` (an imported row, at the first act on it), `verified`, `owned`,
`dispatched`, `arranged`, `responded`, `met`, `planned`, `reminded`, `escalated`, `raised`, `repeated`,
`evidence`, `extended`, `paused`, `resumed`, `excluded`, `concluded`, `replied`, `callback`, `final`,
`reopened`, `closed`, `noted`, `outcry`, `unmasked`, `walked`, `follow_up` (taken over by engine.followups).
`at` in the data: it happened earlier than it was told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from engine.clock import parse
from engine.model import Duration, Event
from engine.orders.clocks import Extension, Pause
from engine.orders.model import Order

# every step leaves its record (H4.18); of a meeting: the picture, the recorded refusal, or why none
STEPS = {"verify": "核实", "respond": "联系来电人", "meet": "见面", "handle": "办理", "reply": "答复"}
Data = dict[str, Any]


class Standing(msgspec.Struct, omit_defaults=True, gc=False):  # gc=False: it never holds itself
    """The order and what its columns do not tell. Made by `fold`; only `apply` changes it."""

    order: Order
    seq: int = 0  # of the last event; 0: an imported row that nobody acted on
    imported: bool = False
    last: datetime | None = None
    truth: str = ""  # real, partly, untrue, malicious
    owner: str = ""  # mine, joint, other, nobody
    decides: str = ""  # who settles whose it is
    plan: str = ""
    result: str = ""
    evidence: dict[str, str] = {}  # step → its record
    gaps: dict[str, str] = {}  # step → why there is none
    pauses: list[Pause] = []
    extensions: list[Extension] = []
    raised: datetime | None = None  # to go to the next level …
    raised_why: str = ""
    escalated: datetime | None = None  # … and when it did last
    reminded: datetime | None = None
    answered: datetime | None = None  # the reply of this round; the order's own is the first
    reopened: int = 0
    round: datetime | None = None  # when it was reopened last
    done: bool = False  # the file is shut
    incident: str = ""
    walked: int = 0  # events of the incident that flowed back

    @property
    def paused(self) -> bool:
        """Whether the clocks stand still."""
        return bool(self.pauses) and self.pauses[-1].end is None


def fold(events: Iterable[Event]) -> Standing | None:
    """The state after all events; None without any."""
    standing: Standing | None = None
    for event in events:
        standing = apply(standing, event)
    return standing


def standing_of(order: Order, *, imported: bool = True) -> Standing:
    """An order on which nobody has acted yet: a row of a sheet."""
    done = imported and order.called_back is not None and not order.returned
    return Standing(order, imported=imported, answered=order.replied, done=done)


def apply(standing: Standing | None, event: Event) -> Standing:
    """The state after one more event (the same object, changed). ValueError: it has no beginning."""
    data: Data = event.data
    at = parse(str(data["at"])) if data.get("at") else parse(event.at)
    if event.kind in ("received", "adopted"):
        standing = standing_of(msgspec.convert(data["order"], Order), imported=event.kind == "adopted")
    elif standing is None:
        raise ValueError(f"{event.kind} before the order was received")
    else:
        change = _CHANGES.get(event.kind)
        if change is not None:
            change(standing, data, at)
        if standing.order.untold:
            left = [name for name in standing.order.untold.split() if name not in _TELLS.get(event.kind, ())]
            _put(standing, untold=" ".join(left))
        step = _RECORDS.get(event.kind)
        if step is not None:
            _record(standing, step, data)
    standing.seq, standing.last = event.seq, parse(event.at)
    return standing


def _put(standing: Standing, **fields: Any) -> None:
    standing.order = msgspec.structs.replace(standing.order, **fields)


def _record(standing: Standing, step: str, data: Data) -> None:
    if data.get("evidence"):
        standing.evidence = {**standing.evidence, step: str(data["evidence"])}
        standing.gaps = {name: why for name, why in standing.gaps.items() if name != step}
    elif data.get("none"):
        standing.gaps = {**standing.gaps, step: str(data["none"])}


def _verified(standing: Standing, data: Data, at: datetime) -> None:
    standing.truth = data["truth"]
    _put(standing, verified=at)


def _owned(standing: Standing, data: Data, at: datetime) -> None:
    standing.owner, standing.decides = data["owner"], data.get("decides", "")


def _dispatched(standing: Standing, data: Data, at: datetime) -> None:
    _put(standing, unit=data["unit"], second_unit=data.get("second", ""), dispatched=at)


def _met(standing: Standing, data: Data, at: datetime) -> None:
    _put(standing, met=data["how"], met_why=data.get("why", ""))


def _planned(standing: Standing, data: Data, at: datetime) -> None:
    standing.plan = data.get("text", "")
    _put(standing, planned=at)


def _raised(standing: Standing, data: Data, at: datetime) -> None:
    standing.raised, standing.raised_why = at, data["why"]


def _escalated(standing: Standing, data: Data, at: datetime) -> None:
    standing.escalated = at
    standing.raised, standing.raised_why = None, ""


def _reminded(standing: Standing, data: Data, at: datetime) -> None:
    standing.reminded = at


def _repeated(standing: Standing, data: Data, at: datetime) -> None:
    _put(standing, repeats=standing.order.repeats + 1)


def _evidence(standing: Standing, data: Data, at: datetime) -> None:
    _record(standing, data["step"], data)
    if standing.order.evidence is not None:
        _judge(standing)


def _extended(standing: Standing, data: Data, at: datetime) -> None:
    more = Extension(data["limit"], msgspec.convert(data["by"], Duration))
    standing.extensions = [*standing.extensions, more]


def _paused(standing: Standing, data: Data, at: datetime) -> None:
    standing.pauses = [*standing.pauses, Pause(at)]


def _resumed(standing: Standing, data: Data, at: datetime) -> None:
    standing.pauses = [*standing.pauses[:-1], Pause(standing.pauses[-1].begin, at)]


def _excluded(standing: Standing, data: Data, at: datetime) -> None:
    _put(standing, excluded=data["reason"], excluded_why=data.get("why", ""))
    standing.raised, standing.raised_why = None, ""  # nothing is left to confer about: the caller is told why


def _judge(standing: Standing) -> None:
    """Whether all steps so far have left their record: what missing_evidence counts by."""
    wanted = [step for step in STEPS if step != "reply" or standing.answered is not None]
    _put(standing, evidence=all(step in standing.evidence for step in wanted))


def _concluded(standing: Standing, data: Data, at: datetime) -> None:
    standing.result = data.get("text", "")
    _record(standing, "handle", data)
    _put(standing, closed=at)
    _judge(standing)


def _replied(standing: Standing, data: Data, at: datetime) -> None:
    _record(standing, "reply", data)
    standing.answered = at
    _put(standing, replied=standing.order.replied or at)
    if standing.order.evidence is not None:
        _judge(standing)


def _callback(standing: Standing, data: Data, at: datetime) -> None:
    if data.get("unreached"):
        _put(standing, called_back=at)  # what was said before, if anything, stays
    else:
        _put(standing, called_back=at, resolved=data["resolved"], satisfied=data["satisfied"])


def _final(standing: Standing, data: Data, at: datetime) -> None:
    """The leader's last word to one who stays dissatisfied: what the caller said goes on counting."""
    _escalated(standing, data, at)
    _record(standing, "handle", data)
    _replied(standing, data, at)
    standing.result = data["text"]
    _put(standing, closed=standing.order.closed or at)
    _judge(standing)


def _reopened(standing: Standing, data: Data, at: datetime) -> None:
    """What the caller said when called back stays until the next time: it counts. Set aside it is no more."""
    standing.reopened += 1
    standing.round = at
    standing.done, standing.answered = False, None
    due = parse(data["due"]) if data.get("due") else standing.order.due
    _put(standing, closed=None, returned=True, due=due, excluded="", excluded_why="")
    standing.evidence = {k: v for k, v in standing.evidence.items() if k not in ("handle", "reply")}


def _closed(standing: Standing, data: Data, at: datetime) -> None:
    standing.done = True
    standing.raised, standing.raised_why = None, ""  # there is nothing left to confer about


def _walked(standing: Standing, data: Data, at: datetime) -> None:
    standing.incident, standing.walked = data["incident"], data.get("seq", 0)


def _moment(field: str) -> Callable[[Standing, Data, datetime], None]:
    return lambda standing, data, at: _put(standing, **{field: at})


_CHANGES: dict[str, Callable[[Standing, Data, datetime], None]] = {
    "verified": _verified, "owned": _owned, "dispatched": _dispatched, "arranged": _moment("arranged"),
    "responded": _moment("responded"), "met": _met, "planned": _planned, "raised": _raised,
    "escalated": _escalated, "reminded": _reminded, "repeated": _repeated, "evidence": _evidence,
    "extended": _extended, "paused": _paused, "resumed": _resumed, "excluded": _excluded,
    "concluded": _concluded, "replied": _replied, "callback": _callback, "reopened": _reopened,
    "closed": _closed, "walked": _walked, "final": _final,
    "outcry": lambda standing, data, at: _put(standing, opinion=True),
}  # fmt: skip
# from then on the ledger itself knows what the sheet did not tell: who works on an order here says so here
_TELLS = {
    "dispatched": ("responded", "closed"), "responded": ("responded",),
    "concluded": ("closed",), "reopened": ("closed",), "final": ("closed",),
}  # fmt: skip
_RECORDS = {"verified": "verify", "responded": "respond", "met": "meet"}
