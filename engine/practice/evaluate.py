"""How well the marker does on labelled answers: the measures of the development set's README."""

from __future__ import annotations

import msgspec

from engine.practice.marking import Mark, mark
from engine.practice.model import Bank, Question


class Line(msgspec.Struct, frozen=True):
    """A labelled answer."""

    id: str
    question: str
    text: str
    level: str = ""
    kind: str = ""
    hit: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()
    score: int = 0


class Judged(msgspec.Struct, frozen=True):
    """A labelled answer beside its mark."""

    line: Line
    mark: Mark
    question: Question

    @property
    def points(self) -> frozenset[str]:
        """The points given in full."""
        return frozenset(c.id for c in self.mark.points if c.credit == 1)

    @property
    def faults(self) -> frozenset[str]:
        """The faults found."""
        return frozenset(blame.id for blame in self.mark.faults)

    @property
    def misses(self) -> dict[str, list[str]]:
        """What differs from the label: points and faults too many and too few."""
        line = self.line
        return {
            "points_wrong": sorted(self.points - set(line.hit) - set(line.partial)),
            "points_missed": sorted(set(line.hit) - self.points),
            "faults_wrong": sorted(self.faults - set(line.fault)),
            "faults_missed": sorted(set(line.fault) - self.faults),
        }


class Measures(msgspec.Struct, frozen=True):
    """The measures over a group of answers; shares are None where nothing was to be found."""

    answers: int
    point_precision: float | None
    point_recall: float | None
    point_f1: float | None
    fault_precision: float | None
    fault_recall: float | None
    spearman: float | None
    mean_error: float
    bias: float


def judge(bank: Bank, lines: list[Line]) -> list[Judged]:
    """Mark every line; its question has to be in the bank."""
    found = []
    for line in lines:
        question = bank.find(line.question)
        if question is not None:
            found.append(Judged(line, mark(bank, question, line.text), question))
    return found


def measure(judged: list[Judged]) -> Measures:
    """The measures over `judged`, which is not empty."""
    given = sum(len(j.points) for j in judged)
    right = sum(len(j.points & {*j.line.hit, *j.line.partial}) for j in judged)
    hits = sum(len(set(j.line.hit)) for j in judged)
    recalled = sum(len(j.points & set(j.line.hit)) for j in judged)
    precision, recall = _share(right, given), _share(recalled, hits)
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else None
    blamed = sum(len(j.faults) for j in judged)
    true = sum(len(j.faults & set(j.line.fault)) for j in judged)
    errors = [j.mark.score - j.line.score for j in judged]
    return Measures(
        len(judged), precision, recall, f1,
        _share(true, blamed), _share(true, sum(len(set(j.line.fault)) for j in judged)),
        spearman([j.mark.score for j in judged], [j.line.score for j in judged]),
        sum(map(abs, errors)) / len(errors), sum(errors) / len(errors),
    )  # fmt: skip


def by_group(judged: list[Judged]) -> dict[str, Measures]:
    """All answers, then each level, then each kind."""
    groups: dict[str, list[Judged]] = {"all": judged}
    for j in judged:
        groups.setdefault(j.line.level or "-", []).append(j)
    for j in judged:
        if j.line.kind:
            groups.setdefault(f"{j.line.level}/{j.line.kind}", []).append(j)
    return {name: measure(group) for name, group in groups.items()}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def ranks(values: list[int]) -> list[float]:
    """Ranks from 0; equal values share their mean rank."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    at = 0
    while at < len(order):
        last = at
        while last + 1 < len(order) and values[order[last + 1]] == values[order[at]]:
            last += 1
        for i in order[at : last + 1]:
            found[i] = (at + last) / 2
        at = last + 1
    return found


def spearman(left: list[int], right: list[int]) -> float | None:
    """The rank correlation; None when one side is all alike."""
    a, b = ranks(left), ranks(right)
    middle = (len(a) - 1) / 2
    spread = (sum((x - middle) ** 2 for x in a) * sum((y - middle) ** 2 for y in b)) ** 0.5
    return sum((x - middle) * (y - middle) for x, y in zip(a, b, strict=True)) / spread if spread else None
