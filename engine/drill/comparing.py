"""Runs of drills over time, by person and by objective; what scripts played is nobody's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.drill.particulars import people
from engine.drill.scoring import score
from engine.drill.state import DrillState

NOBODY = "没写姓名"


class Mark(NamedTuple):
    """An objective in a run. `percent` None: it did not count."""

    objective: str
    what: str
    rating: str
    percent: int | None


class Played(NamedTuple):
    """A run that people played to its end."""

    id: str
    drill: str
    title: str
    begun: str  # stamp, real
    people: tuple[str, ...]
    total: int
    first_action: int | None
    control: int | None
    path: int  # percent
    hints: int
    marks: tuple[Mark, ...]


class Course(NamedTuple):
    """An objective over the runs of its drill, the oldest first."""

    drill: str
    title: str
    objective: str
    what: str
    percents: tuple[int, ...]

    @property
    def mean(self) -> int:
        """Of all runs."""
        return round(sum(self.percents) / len(self.percents))


def played(state: DrillState, id: str) -> Played:
    """A run that has ended, for the comparison."""
    found = score(state)
    names = tuple(dict.fromkeys(name for _, name in people(state) if name)) or (NOBODY,)
    return Played(
        id, state.drill.id, state.drill.title, str(state.opening.get("real", "")), names, found.total,
        found.first_action, found.control, found.path.percent, found.hints,
        tuple(Mark(r.objective, r.what, r.rating, r.percent) for r in found.ratings),
    )  # fmt: skip


def by_person(runs: Iterable[Played]) -> dict[str, tuple[Played, ...]]:
    """Name → runs, the oldest first; a team's run counts for each of it."""
    found: dict[str, list[Played]] = {}
    for run in sorted(runs, key=lambda run: (run.begun, run.id)):
        for name in run.people:
            found.setdefault(name, []).append(run)
    return {name: tuple(some) for name, some in found.items()}


def by_objective(runs: Iterable[Played]) -> tuple[Course, ...]:
    """Every objective that counted at least once, those of one drill together, the weakest first."""
    found: dict[tuple[str, str, str], tuple[str, list[int]]] = {}
    for run in sorted(runs, key=lambda run: (run.begun, run.id)):
        for mark in run.marks:
            if mark.percent is not None:
                found.setdefault((run.drill, run.title, mark.objective), (mark.what, []))[1].append(
                    mark.percent
                )
    courses = [Course(*key, what, tuple(some)) for key, (what, some) in found.items()]
    return tuple(sorted(courses, key=lambda course: (course.drill, course.mean)))
