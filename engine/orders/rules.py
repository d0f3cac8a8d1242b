"""Points and rates, order by order: the plain statement of the rules. `columns` reckons the same in bulk."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from engine.model import Frozen
from engine.orders.model import Order, Scale, Scheme
from engine.orders.scheme import Schemes

Verdict = str  # "good", "bad", or "middle"


class Tally(Frozen, frozen=True):
    """Counts of a group of orders, each judged by what was in force when it was received.

    `excluded`: reason → orders; `good`, `over`: rate → orders after exclusion; `scores`: score → orders;
    `worth`: what a point was worth (`300 half`: yuan, and whether half a point counts) → points. Names that
    count nothing may be absent.
    """

    received: int = 0
    excluded: dict[str, int] = msgspec.field(default_factory=dict)
    good: dict[str, int] = msgspec.field(default_factory=dict)
    over: dict[str, int] = msgspec.field(default_factory=dict)
    scores: dict[str, int] = msgspec.field(default_factory=dict)
    worth: dict[str, float] = msgspec.field(default_factory=dict)

    @property
    def analysed(self) -> int:
        """Orders that are left after exclusion."""
        return self.received - sum(self.excluded.values())

    @property
    def points(self) -> float:
        """The sum of all scores."""
        return round(sum(self.worth.values()), 6)

    @property
    def money(self) -> float:
        """What the points are worth in yuan: whole points only where halves do not count."""
        paid = 0.0
        for price, points in self.worth.items():
            yuan, half = price.split()
            paid += int(yuan) * (points if half == "half" else math.trunc(points))
        return round(paid, 2)

    def rate(self, id: str) -> float | None:
        """The share, 0 … 1; None where nothing is counted."""
        over = self.over.get(id, 0)
        return self.good.get(id, 0) / over if over else None


class Ranked(NamedTuple):
    """One line of a ranking; equal rates share a place, a group without any rate has none (0)."""

    place: int
    name: str
    tally: Tally
    lost: bool  # the honours of the year, if these were its orders


@lru_cache(maxsize=64)
def _verdicts(scales: tuple[tuple[str, Scale], ...]) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for _, scale in scales:
        for level in scale.levels:
            found.setdefault(
                level, "good" if level in scale.good else "bad" if level in scale.bad else "middle"
            )
    return found


def verdicts(scheme: Scheme) -> dict[str, Verdict]:
    """Level of satisfaction → good, bad or middle, over all scales (scales never contradict)."""
    return _verdicts(tuple(scheme.scales.items()))


def scored(order: Order, scheme: Scheme) -> list[str]:
    """The scores of one order under the scheme of its day; an excluded order has none.

    One "no" makes the single one also when the other question was not answered.
    """
    if order.excluded:
        return []
    satisfied = verdicts(scheme).get(order.satisfied)
    no = (order.resolved is False, satisfied == "bad")
    holds = {
        "missing_evidence": order.evidence is False,
        "both_no": all(no),
        "one_no": any(no) and not all(no),
        "both_yes": order.resolved is True and satisfied == "good",
        "opinion": order.opinion,
    }
    return [id for id in scheme.points if holds.get(id)]


def good(order: Order, what: str, meaning: Mapping[str, Verdict]) -> bool:
    """Whether an order is one of the good ones of a rate."""
    return {
        "responded": order.responded is not None,
        "resolved": order.resolved is True,
        "satisfied": meaning.get(order.satisfied) == "good",
        "closed": order.closed is not None,
    }[what]


def over(order: Order, whom: str, what: str, meaning: Mapping[str, Verdict]) -> bool:
    """Whether an order is among those that a rate is taken over.

    `called_back` means that the caller answered the question of which the rate is made. An order whose
    sheet does not tell what is counted is in no such rate: nobody knows.
    """
    if what in order.untold.split() and not good(order, what, meaning):
        return False
    if whom == "called_back":
        answers = {"resolved": order.resolved is not None, "satisfied": order.satisfied in meaning}
        return answers.get(what, order.called_back is not None)
    return whom == "all" or order.closed is not None


def tally(orders: Iterable[Order], schemes: Schemes) -> Tally:
    """The counts of some orders. BadData: one was received before any scheme was in force."""
    parts: dict[int, tuple[Scheme, list[Order]]] = {}
    for order in orders:
        scheme = schemes.at(order.received.date())
        parts.setdefault(id(scheme), (scheme, []))[1].append(order)
    return added(_tally(group, scheme) for scheme, group in parts.values())


def _tally(orders: Sequence[Order], scheme: Scheme) -> Tally:
    meaning = verdicts(scheme)
    excluded: dict[str, int] = {}
    goods: dict[str, int] = {}
    overs: dict[str, int] = {}
    scores: dict[str, int] = {}
    for order in orders:
        if order.excluded:
            excluded[order.excluded] = excluded.get(order.excluded, 0) + 1
            continue
        for name in scored(order, scheme):
            scores[name] = scores.get(name, 0) + 1
        for name, rate in scheme.rates.items():
            if over(order, rate.over, rate.good, meaning):
                overs[name] = overs.get(name, 0) + 1
                goods[name] = goods.get(name, 0) + good(order, rate.good, meaning)
    return worth(Tally(len(orders), excluded, goods, overs, scores), scheme)


def worth(counts: Tally, scheme: Scheme) -> Tally:
    """Counts under one scheme with what their scores are worth."""
    points = round(sum(score.points * counts.scores.get(id, 0) for id, score in scheme.points.items()), 6)
    price = f"{scheme.money.per_point} {scheme.money.half}"
    return msgspec.structs.replace(counts, worth={price: points}) if counts.scores else counts


def added(parts: Iterable[Tally]) -> Tally:
    """Counts together: of several days, schemes or groups."""
    listed = list(parts)
    if len(listed) == 1:
        return listed[0]
    names = ("excluded", "good", "over", "scores", "worth")
    sums: dict[str, dict[str, Any]] = {name: {} for name in names}
    for part in listed:
        for name in names:
            for id, number in getattr(part, name).items():
                sums[name][id] = round(sums[name].get(id, 0) + number, 6)
    return Tally(sum(part.received for part in listed), **sums)


def grouped(orders: Iterable[Order], schemes: Schemes, key: Callable[[Order], str]) -> dict[str, Tally]:
    """The counts by what `key` says of an order."""
    groups: dict[str, list[Order]] = {}
    for order in orders:
        groups.setdefault(key(order), []).append(order)
    return {name: tally(group, schemes) for name, group in groups.items()}


def ranking(groups: Mapping[str, Tally], scheme: Scheme, by: str) -> list[Ranked]:
    """Groups by the rates of one of the scheme's rankings (`week`, `month`), best first.

    Groups without a rate come last; equal ones by name. KeyError: no such ranking.
    """
    rates = scheme.rankings[by].by

    def key(counts: Tally) -> tuple[float, ...]:
        values = [counts.rate(id) for id in rates]
        return tuple(-1.0 if value is None else value for value in values)

    ordered = sorted(groups.items(), key=lambda item: (*(-value for value in key(item[1])), item[0]))
    ranked: list[Ranked] = []
    for number, (name, counts) in enumerate(ordered, 1):
        if max(key(counts), default=-1.0) < 0:
            place = 0
        elif ranked and key(ranked[-1].tally) == key(counts):
            place = ranked[-1].place
        else:
            place = number
        ranked.append(Ranked(place, name, counts, lost(counts, scheme)))
    return ranked


def lost(counts: Tally, scheme: Scheme) -> bool:
    """Whether honours are lost with these points, were they the year's."""
    return counts.points < scheme.honours.lost_below
