"""A period against the one before."""

from __future__ import annotations

from datetime import datetime

from engine.model import Frozen
from engine.orders.statistics import Statistics


class Compared(Frozen, frozen=True):
    """What changed since the period before, which is `title`.

    `received`: more orders (or fewer), `growth` their share of those before; `rates`: rate → percentage
    points, where both have one; `kinds`: those that grew most, by how many; `complete`: whether the period
    is over.
    """

    title: str
    received: int
    growth: float
    rates: dict[str, float]
    kinds: tuple[tuple[str, int], ...]
    complete: bool


def compare(found: Statistics, before: Statistics, today: datetime) -> Compared:
    """A period against the one before; `today` tells whether it is over."""
    now, then = found.total.received, before.total.received
    points = {}
    for id in found.scheme.rates:
        new = found.rate(found.total, id)
        old = before.rate(before.total, id) if id in before.scheme.rates else None
        if new is not None and old is not None:
            points[id] = round((new - old) * 100, 6)
    earlier = {share.name: share.count for share in before.groups.get("kind", ())}
    shares = found.groups.get("kind", ())
    # a kind that is not in the other list may be among those cut off there
    whole = not before.others.get("kind")
    more = [(s.name, s.count - earlier.get(s.name, 0)) for s in shares if whole or s.name in earlier]
    grown = tuple((name, n) for name, n in sorted(more, key=lambda one: -one[1])[:3] if n > 0)
    over = found.period.last < today.date()
    return Compared(before.period.title, now - then, (now - then) / then, points, grown, over)


def compared(found: Statistics, before: Statistics, today: datetime) -> str:
    """`compare` in words: `比2026年9月：受理 +12 件（+3%），解决率 -2.1 个百分点，…`."""
    made = compare(found, before, today)
    parts = [f"受理 {made.received:+d} 件（{made.growth:+.0%}）"]
    parts += [f"{found.scheme.rates[id].label} {points:+.1f} 个百分点" for id, points in made.rates.items()]
    so_far = "" if made.complete else "（本期还没有完）"
    grown = "、".join(f"{name} {n:+d} 件" for name, n in made.kinds)
    return f"比{made.title}{so_far}：{'，'.join(parts)}" + (f"；多得最多的：{grown}" if grown else "")
