"""Time → place on paper: linear, with long idle stretches folded so that the busy minutes stay readable."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from engine.render.times import at_minute, span

_FOLD = 38.0  # width of a folded stretch
_LEAST = 30.0  # width of a busy stretch between folds, however short
_MOST = 4  # folded stretches
_APART = 62.0  # width that a tick's label needs
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14400, 43200)  # minutes


class Scale:
    """Places the moments from the first to the last of `moments` between `left` and `right`.

    `ticks`: (place, label). `folds`: (place of the middle, length in words) of every folded stretch.
    """

    def __init__(self, moments: Iterable[datetime], left: float, right: float) -> None:
        points = sorted(set(moments))
        if points[-1] - points[0] < timedelta(minutes=5):
            points = [points[0], points[0] + timedelta(minutes=5)]
        folded = _idle(points)
        starts = [points[0], *(gap[1] for gap in folded)]
        ends = [*(gap[0] for gap in folded), points[-1]]
        least = _LEAST if folded else 0.0
        busy = sum((end - start).total_seconds() for start, end in zip(starts, ends, strict=True))
        free = right - left - _FOLD * len(folded) - least * len(starts)
        self._near = points[0]
        self._knots: list[datetime] = []
        self._places: list[float] = []
        self.ticks: list[tuple[float, str]] = []
        self.folds: list[tuple[float, str]] = []
        place = left
        for start, end in zip(starts, ends, strict=True):
            if self._knots:
                self.folds.append((place - _FOLD / 2, _rough(start - self._knots[-1])))
            share = (end - start).total_seconds() / busy if busy else 1 / len(starts)
            width = least + free * share
            self._knots += [start, max(end, start + timedelta(seconds=1))]
            self._places += [place, place + width]
            self._ticks(start, end, width)
            place += width + _FOLD

    def place(self, at: datetime) -> float:
        """Where a moment lies; those outside lie at the nearer end."""
        if at <= self._knots[0]:
            return self._places[0]
        if at >= self._knots[-1]:
            return round(self._places[-1], 1)
        index = bisect_right(self._knots, at)
        before, after = self._knots[index - 1], self._knots[index]
        part = (at - before) / (after - before)
        return round(self._places[index - 1] + part * (self._places[index] - self._places[index - 1]), 1)

    def beyond(self, at: datetime) -> bool:
        """Whether a moment lies after the last one."""
        return at > self._knots[-1]

    def _ticks(self, start: datetime, end: datetime, width: float) -> None:
        """The beginning of a stretch, then round moments as close as their labels allow."""
        minutes = max(1.0, (end - start).total_seconds() / 60)
        step = next((n for n in _STEPS if n * width / minutes >= _APART), _STEPS[-1])
        midnight = start.replace(hour=0, minute=0, second=0)
        at = midnight + timedelta(minutes=((start - midnight) // timedelta(minutes=step) + 1) * step)
        self._tick(start)
        while at <= end:
            self._tick(at)
            at += timedelta(minutes=step)

    def _tick(self, at: datetime) -> None:
        new_day = not self.ticks or at.date() != self._near.date()
        self._near = at if new_day else self._near
        label = f"{at.month}月{at.day}日" if new_day and self.ticks else at_minute(at, at)
        place = self.place(at)
        if not self.ticks or place - self.ticks[-1][0] >= _APART:
            self.ticks.append((place, label))


def _idle(points: list[datetime]) -> list[tuple[datetime, datetime]]:
    """The stretches worth folding, in order: far longer than the usual one between two points."""
    gaps = sorted(pairwise(points), key=lambda gap: gap[0] - gap[1])
    usual = median((after - before).total_seconds() for before, after in gaps)
    least = max(20 * 60, 12 * usual)
    longest = gaps[: min(_MOST, len(gaps) - 1)]
    return sorted(gap for gap in longest if (gap[1] - gap[0]).total_seconds() > least)


def _rough(length: timedelta) -> str:
    """The length in its largest unit."""
    unit = next(n for n in (86400, 3600, 60) if length.total_seconds() >= n or n == 60)
    return f"隔{span(round(length.total_seconds() / unit) * unit)}"
