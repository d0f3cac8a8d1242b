"""Patterns and learned weights together: how much the best stretch of an answer speaks for a label.

A stretch in which a pattern of the label holds gets SURE on top of its learned value: what the patterns
know and the weights do not is not lost, and a pattern that holds by chance in a stretch that speaks of
something else does not decide. Without weights for the question the patterns decide alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from engine.practice.answer import Answer
from engine.practice.finding import Place
from engine.practice.learned import Weights
from engine.practice.windows import windows

SURE = 0.3  # for a stretch in which a pattern holds
_NONE = float("-inf")


class Best(NamedTuple):
    """The stretch that speaks most for a label."""

    value: float
    place: Place | None


class Scale:
    """The stretches of one answer and their values."""

    def __init__(
        self,
        answer: Answer,
        weights: Weights,
        *,
        later: bool = True,
        doubt: float | None = None,
        like: Scale | None = None,
    ) -> None:
        """`later`: whether what is put off does not count as meant.

        `doubt`: a stretch is worth no more than so much above the same stretch with the clause before it
        or behind it, where the learner may say why, or what is wrong with it. `like`: the scale for
        points of the same answer, whose values are used where they are the same.
        """
        self.doubt = doubt
        self._like = like
        self.answer = answer
        self.weights = weights
        self.later = later

    @cached_property
    def read(self) -> list[tuple[int, int, list[float]]]:
        """All stretches with their values, without any doubt."""
        if self._like and not any(scope.later for scope in self.answer.scopes):
            return self._like.read
        return [(w.start, w.end, self.weights.read(w)) for w in windows(self.answer, later=self.later)]

    @cached_property
    def _windows(self) -> list[tuple[int, int, list[float]]]:
        found = self.read
        if self.doubt is None:
            return found
        # the same stretch with the clause behind it, and with the clause before it
        known = {(start, end): values for start, end, values in found}
        ends: dict[int, list[int]] = {}
        for start, end, _ in found:
            ends.setdefault(start, []).append(end)
        begins: dict[int, list[int]] = {}
        for start, end, _ in found:
            begins.setdefault(end, []).append(start)
        out = []
        for start, end, values in found:
            wider = [(start, e) for e in ends[start] if e > end][:1]
            wider += [(s, end) for s in begins[end] if s < start][-1:]
            for place in wider:
                values = [min(v, n + self.doubt) for v, n in zip(values, known[place], strict=True)]
            out.append((start, end, values))
        return out

    def best(self, label: str, place: Place | None = None, sure: float = SURE) -> Best:
        """The best stretch; `place`: where a pattern holds. Its value is −∞ without stretches."""
        lane = self.weights.head.labels.index(label)
        found = Best(_NONE, None)
        for start, end, values in self._windows:
            value = values[lane]
            if place and start < place[1] and place[0] < end:
                value += sure
                if value > found.value:
                    found = Best(value, place)
            elif value > found.value:
                found = Best(value, (start, end))
        return found
