"""What bulk commands of the ledger share: the imported rows beside it, and the period they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, cast

from engine.console.orders import moment, opened
from engine.errors import UsageError

if TYPE_CHECKING:
    from engine.orders.batches import Batches
    from engine.orders.ledger import Ledger
    from engine.orders.periods import Period, Span


@contextmanager
def with_rows(*, write: bool) -> Iterator[tuple[Ledger, Batches]]:
    """The ledger and its imported rows; errors as `orders.opened`."""
    from engine.orders.batches import Batches

    with opened(write=write) as ledger:
        assert isinstance(ledger.rows, Batches)
        yield ledger, ledger.rows


def period_of(span: str | None, day: str | None, today: date) -> Period | None:
    """The `span` (default: week) in which `day` (default: today) lies, or None for all."""
    from engine.orders.periods import period

    if span == "all":
        if day:
            raise UsageError("--all 是全部，不用写 --day", "去掉一个")
        return None
    return period(cast("Span", span or "week"), _day(day, today))


def _day(text: str | None, today: date) -> date:
    if not text:
        return today
    from datetime import datetime, time

    from engine.clock import BEIJING

    return moment(text, datetime.combine(today, time(), BEIJING)).date()
