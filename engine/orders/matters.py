"""Whether two calls are about the same matter, and how often a caller has called about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from engine.orders.model import Order, Repeats


def matter(order: Order) -> tuple[str, str, str] | None:
    """Who (by telephone number) about what (kind and whom); None: the caller or the matter is not known.

    Numbers are compared by their digits, without the country's prefix.
    """
    phone = re.sub(r"[^0-9]", "", order.phone)
    if len(phone) > 11 and phone.startswith("86"):
        phone = phone[2:]
    what, whom = "".join(order.kind.split()), "".join(order.subject.split())
    return (phone, what, whom) if len(phone) >= 7 and (what or whom) else None


def earlier(order: Order, others: Iterable[Order], repeats: Repeats) -> int:
    """How many of `others` are earlier calls about the same matter, within the scheme's days (0: ever)."""
    mine = matter(order)
    if mine is None:
        return 0
    since = order.received - timedelta(days=repeats.days) if repeats.days else None
    found = [
        other
        for other in others
        if other.no != order.no
        and other.received <= order.received
        and (since is None or other.received >= since)
        and matter(other) == mine
    ]
    # an order that was itself a repeat, or was called about again, stands for all those calls
    told = max((other.repeats + 1 for other in found), default=0) if since is None else 0
    return max(len(found), told)
