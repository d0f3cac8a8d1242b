"""The ledger of orders: one stream of events an order, beside the rows that were imported.

An act and what follows from it are one transaction; of two terminals the second gets a Conflict. What
`act` returned from is on the disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from engine.clock import stamp
from engine.errors import Conflict, UsageError
from engine.model import Event
from engine.orders import acts
from engine.orders.ground import Ground
from engine.orders.matters import earlier, matter
from engine.orders.model import Order, Scheme
from engine.orders.register import Register, stream_of
from engine.orders.standing import Standing, apply


class Wanted(NamedTuple):
    """Something to be done to an order; `at`: when it happened, if earlier than now."""

    kind: str
    data: dict[str, Any]
    at: datetime | None = None


class Ledger(Register):
    """The orders of a hall, to be read and acted on."""

    def receive(self, order: Order) -> Standing:
        """Enter one order, registered now; earlier calls about the same matter are counted.

        Conflict: the number is taken. UsageError: it was received in the future, or due before that.
        """
        now = self.clock.now()
        if order.received > now:
            raise UsageError(f"受理时间 {order.received:%Y-%m-%d %H:%M} 还没有到", "写实际来电的时刻")
        if order.due is not None and order.due < order.received:
            raise UsageError(
                f"要求的办结时刻 {order.due:%Y-%m-%d %H:%M} 在受理之前", "核对 --due 和 --received"
            )
        if self.find(order.no) is not None:
            raise Conflict(f"工单 `{order.no}` 已经在台账里", f"再次来电：zhiban order repeat {order.no}")
        scheme = self.scheme(order)
        if matter(order) is not None:
            acted = self._acted()
            others = [standing.order for standing in acted.values()]
            others += [row for row in self.rows.of_caller(order.phone) if stream_of(row.no) not in acted]
            calls = earlier(order, others, scheme.repeats)
            order = msgspec.structs.replace(order, repeats=max(order.repeats, calls))
        order = msgspec.structs.replace(order, registered=order.registered or now)
        data = {"order": msgspec.to_builtins(order)}
        events, standing = self._compute(None, "received", data, now, scheme)
        self._create(order.no, events)
        return standing

    def act(
        self, no: str, kind: str, data: dict[str, Any] | None = None, *, at: datetime | None = None
    ) -> Standing:
        """Do something to an order; `at`: when it happened, if earlier than now.

        UsageError says everything that is missing; NotFound; Conflict: another terminal was faster.
        """
        wanted = Wanted(kind, data or {}, at)
        standing, refused = self.act_all(no, [wanted])
        if refused:
            raise refused[0][1]
        return standing

    def act_all(self, no: str, wanted: Iterable[Wanted]) -> tuple[Standing, list[tuple[Wanted, UsageError]]]:
        """Do several things in one transaction; what cannot be done is left out and returned with why."""
        standing, now = self.get(no), self.clock.now()
        scheme, seq = self.scheme(standing.order), standing.seq
        events: list[Event] = []
        refused: list[tuple[Wanted, UsageError]] = []
        for one in wanted:
            data = {key: _trimmed(value) for key, value in one.data.items()}
            data = {key: value for key, value in data.items() if value not in (None, "")}
            if one.at is not None:
                data["at"] = stamp(one.at)
            try:
                acts.check(one.kind, Ground(standing, data, scheme, self.working, now))
            except UsageError as error:
                refused.append((one, error))
                continue
            if standing.seq == 0:
                row = {"order": msgspec.to_builtins(standing.order)}
                adopted, standing = self._compute(None, "adopted", row, now, scheme)
                events += adopted
            more, standing = self._compute(standing, one.kind, data, now, scheme)
            events += more
        if events and seq == 0:
            self._create(no, events)
        elif events:
            try:
                self.journal.append(stream_of(no), seq, events)
            except Conflict as error:
                raise _beaten(no) from error
        return standing, refused

    def note_unmasked(self, what: str, why: str) -> None:
        """Journal that personal data was shown in full: what (a list, a file) and why.

        UsageError without a reason. For one order use `act(no, "unmasked", …)`.
        """
        if not why.strip():
            raise UsageError("看完整号码要写理由", "--unmask 后面写理由，如 --unmask 上门核实要联系本人")
        now = self.clock.now()
        event = Event(1, "unmasked", stamp(now), 1, {"what": what, "why": why.strip()})
        for number in range(1, 1000):
            try:
                self.journal.create(f"u-{now:%Y%m%d-%H%M%S}-{number}", "real", {}, [event], "看完整号码")
                return
            except Conflict:
                continue
        raise Conflict("这一秒里看的次数太多", "过一会儿再试")

    def _create(self, no: str, events: list[Event]) -> None:
        try:
            self.journal.create(stream_of(no), "real", {}, events, f"工单 {no}")
        except Conflict as error:
            raise _beaten(no) from error

    def _compute(
        self, before: Standing | None, kind: str, data: dict[str, Any], now: datetime, scheme: Scheme
    ) -> tuple[list[Event], Standing]:
        """The event of an act and those that follow from it, and the order after them."""
        cause = (before.seq if before is not None else 0) + 1
        events = [Event(cause, kind, stamp(now), cause, data)]
        standing = apply(before, events[0])
        for follows, what in acts.consequences(kind, standing, data, scheme):
            events.append(Event(standing.seq + 1, follows, stamp(now), cause, what))
            standing = apply(standing, events[-1])
        return events, standing


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _beaten(no: str) -> Conflict:
    return Conflict(f"另一个终端刚改过工单 {no}，这一步没有写入", f"用 zhiban order show {no} 看现状后再做")
