"""Time → place on paper: linear, with long idle stretches folded so that the busy minutes stay readable."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from engine.render.times import at_minute

_FOLD = 28.0  # width of a folded stretch
_MOST = 6  # folded stretches
_APART = 62.0  # width that a tick's label needs
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14400, 43200)  # minutes


class Scale:
    """Places the moments from the first to the last of `moments` between `left` and `right`.

    `folds`: (place of the middle, length) of every folded stretch.
    """

    def __init__(self, moments: Iterable[datetime], left: float, right: float) -> None:
        points = sorted(set(moments))
        if len(points) < 2 or points[-1] - points[0] < timedelta(minutes=5):
            points = [points[0], points[0] + timedelta(minutes=5)]
        self._near = points[0]
        folded = _idle(points)
        busy = sum((b - a).total_seconds() for a, b in pairwise(points) if (a, b) not in folded)
        rate = (right - left - _FOLD * len(folded)) / busy
        self._knots = [points[0]]
        self._places = [left]
        self.folds: list[tuple[float, timedelta]] = []
        self.ticks: list[tuple[float, str]] = []
        start = points[0]
        for gap in sorted(folded):
            self._add(gap[0], rate)
            self._ticks(start, gap[0], rate)
            self.folds.append((self._places[-1] + _FOLD / 2, gap[1] - gap[0]))
            self._knots.append(gap[1])
            self._places.append(self._places[-1] + _FOLD)
            start = gap[1]
        self._add(points[-1], rate)
        self._ticks(start, points[-1], rate)

    def _add(self, until: datetime, rate: float) -> None:
        if until > self._knots[-1]:
            self._places.append(self._places[-1] + (until - self._knots[-1]).total_seconds() * rate)
            self._knots.append(until)

    def place(self, at: datetime) -> float:
        """Where a moment lies; those outside lie at the nearer end."""
        if at <= self._knots[0]:
            return self._places[0]
        if at >= self._knots[-1]:
            return self._places[-1]
        index = bisect_right(self._knots, at)
        before, after = self._knots[index - 1], self._knots[index]
        part = (at - before) / (after - before)
        return round(self._places[index - 1] + part * (self._places[index] - self._places[index - 1]), 1)

    def beyond(self, at: datetime) -> bool:
        """Whether a moment lies after the last one."""
        return at > self._knots[-1]

    def _ticks(self, start: datetime, end: datetime, rate: float) -> None:
        """Round moments of an unfolded stretch, as close as their labels allow."""
        step = next((n for n in _STEPS if n * 60 * rate >= _APART), _STEPS[-1])
        midnight = start.replace(hour=0, minute=0, second=0)
        first = -(-int((start - midnight).total_seconds()) // (step * 60))
        at = midnight + timedelta(minutes=first * step)
        while at <= end:
            place = self.place(at)
            shown = at_minute(at, self._near) if step < 1440 else f"{at.month}月{at.day}日"
            width = _APART if len(shown) <= 6 else _APART * 1.7
            if not self.ticks or place - self.ticks[-1][0] >= width:
                self.ticks.append((place, shown))
            at += timedelta(minutes=step)


def _idle(points: list[datetime]) -> set[tuple[datetime, datetime]]:
    """The stretches worth folding: far longer than the usual one between two points."""
    gaps = sorted(pairwise(points), key=lambda gap: gap[0] - gap[1])
    usual = median((after - before).total_seconds() for before, after in gaps)
    least = max(20 * 60, 12 * usual)
    longest = gaps[: min(_MOST, len(gaps) - 1)]
    return {gap for gap in longest if (gap[1] - gap[0]).total_seconds() > least}
