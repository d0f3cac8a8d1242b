"""Where a way of saying something occurs in an answer, and is meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from engine.practice.answer import Answer
from engine.practice.model import Group, Way
from engine.practice.sounds import sounds

REACH = 34  # signs between the first and the last group of a way
MOST = 12  # occurrences of a group that are looked at
Place = tuple[int, int]
_META = re.compile(r"[\u4e00-\u9fff]+")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _by_sound(pattern: str) -> re.Pattern[str]:
    """The pattern over sounds; one sign alone says too little by its sound and stays as written."""
    return re.compile(_META.sub(lambda word: sounds(word[0]), pattern))


class Finder:
    """Looks for ways in one answer; what was found is remembered by pattern."""

    def __init__(self, answer: Answer, *, later: bool = True) -> None:
        """`later`: whether what is put off does not count as meant."""
        self.answer = answer
        self._heard = later  # a fault is not heard into signs that only sound like it
        self._scopes = [scope for scope in answer.scopes if later or not scope.later]
        self._known: dict[str, list[Place]] = {}

    def places(self, group: Group) -> list[Place]:
        """Where any word of the group stands."""
        known = self._known.get(group.pattern)
        if known is None:
            known = [found.span() for found in _compiled(group.pattern).finditer(self.answer.plain)]
            if self.answer.spoken and self._heard:
                heard = _by_sound(group.pattern).finditer(self.answer.heard)
                known = sorted({*known, *(f.span() for f in heard if f.end() - f.start() > 1)})
            self._known[group.pattern] = known = known[:MOST]
        return known

    def way(self, way: Way) -> Place | None:
        """The first place where all groups of the way stand together and are meant."""
        spots = [self.places(group) for group in way.groups]
        if not all(spots):
            return None
        rarest = min(range(len(spots)), key=lambda i: len(spots[i]))
        for anchor in spots[rarest]:
            chosen = [anchor if i == rarest else self._nearest(anchor, p) for i, p in enumerate(spots)]
            if None in chosen:
                continue
            found = [place for place in chosen if place is not None]
            start, end = min(p[0] for p in found), max(p[1] for p in found)
            if end - start <= REACH + 10 and self._meant(found):
                return start, end
        return None

    def any(self, ways: Sequence[Way], unless: Sequence[Way] = ()) -> Place | None:
        """The first place where one of the ways is meant, and nothing of `unless` in its sentence."""
        for way in ways:
            place = self.way(way)
            if place is not None and not any(self._beside(other, place) for other in unless):
                return place
        return None

    def _beside(self, way: Way, place: Place) -> bool:
        """Whether the first group of `way` stands in the sentence of `place`."""
        stops = self.answer.stops
        here = bisect_left(stops, place[0])
        return any(bisect_left(stops, start) == here for start, _ in self.places(way.groups[0]))

    def _nearest(self, anchor: Place, places: list[Place]) -> Place | None:
        """The place closest to the anchor, in its sentence and within reach."""
        best: Place | None = None
        distance = REACH
        stops = self.answer.stops
        here = bisect_left(stops, anchor[0])
        for place in places:
            gap = max(place[0] - anchor[1], anchor[0] - place[1], 0)
            if gap < distance and bisect_left(stops, place[0]) == here:
                best, distance = place, gap
        return best

    def _meant(self, places: list[Place]) -> bool:
        """No place lies in a stretch disowned by a negator that is not part of the words themselves."""
        for scope in self._scopes:
            inside = any(scope.start <= p[0] < scope.end for p in places)
            first, last = max(scope.negator[0], scope.negator[1] - 2), scope.negator[1]
            own = scope.start >= last and any(start <= first and last <= end for start, end in places)
            if inside and not own:
                return False
        return True
