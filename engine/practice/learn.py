"""Learn the weights of `learned` from labelled sentences and answers (make practice-model).

For every point and fault on its own a linear separator with squared hinge loss is fitted (as in triage):
first from the sentences of its question and some of other questions, then with the stretches of labelled
answers as well – the best one of an answer that has the label is one for it, the best ones of an answer
that has it not are against it. What faults of all questions have in common – and points, against what only
touches them or puts them off – is learned once and is a gram of its own (COMMON) for those of each. No
chance, no clock, no other library: the same sentences give the same files, byte for byte.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec

from engine.practice.answer import Answer
from engine.practice.evaluate import Line
from engine.practice.learned import FINE, FIRST, FLOOR, GRAMS, LEVELS, ZERO, Head
from engine.practice.model import Bank
from engine.practice.said import KINDS, Said
from engine.practice.windows import windows
from engine.triage.learn import Row, fit

COMMON = "<common>"
COST_FOR = 4.0  # of a sentence for the label; against it 1
COST_PARTLY = 0.3  # of a sentence that only touches a point
COST_DENIED = 0.3  # of a sentence for the label with everything in it disowned: that is against it
COST_ELSEWHERE = 0.3  # of a sentence of another question
COST_ANSWERS = 0.7  # of a stretch of an answer, as a part of that of a sentence
ELSEWHERE = 300  # sentences of other questions
HARD = 12  # stretches of an answer that has not the label, at most
ROUNDS = 2  # times that stretches are picked
FOLDS = 5
OFTEN = 2  # sentences in which a gram must occur
DROPPED = 7  # weights of fewer units are left out
CUT = 5000  # one in so many weights is cut to the greatest level
_STEP = 7919  # a prime
_SPEECHLESS = ("kw", "other")  # kinds of answers that say nothing about sentences
_PHRASES = "empty"  # the kind of answers of set phrases: they are against every label of every question


class Known(NamedTuple):
    """What all questions share: grams by number, their idf in 1/FINE, what points (faults) have in common."""

    number: dict[str, int]
    tenths: list[int]
    common: tuple[list[float], list[float]]  # last ones: the biases


class Told(NamedTuple):
    """A labelled sentence as rows with COMMON values: for points, for faults (what is put off counts)."""

    said: Said
    rows: tuple[Row, Row]
    common: tuple[float, float]
    refused: Row  # the same with everything in it disowned


class Heard(NamedTuple):
    """A labelled answer: the rows of its stretches for points and for faults, COMMON among them."""

    line: Line
    rows: tuple[list[Row], list[Row]]


def whole(answer: Answer, *, later: bool) -> frozenset[str]:
    """The grams of all clauses of a short text."""
    return frozenset().union(*(w.grams for w in windows(answer, later=later)))


def denied(grams: Iterable[str]) -> set[str]:
    """The grams of the same words where all of them are disowned."""
    return {gram if gram[0] == "!" else f"!{gram}" for gram in grams}


def row_of(grams: Iterable[str], known: Known) -> Row:
    """The grams that are known, each with its share of the row's length 1."""
    ats = sorted(known.number[gram] for gram in grams if gram in known.number)
    norm = max(math.sqrt(sum(known.tenths[at] ** 2 for at in ats)), FLOOR * FINE)
    return [(at, known.tenths[at] / norm) for at in ats]


def value(row: Row, weights: Sequence[float]) -> float:
    """What weights say about a row."""
    return weights[-1] + sum(weights[at] * x for at, x in row)


def separate(rows: Sequence[Row], signs: Sequence[int], costs: Sequence[float], size: int) -> list[float]:
    """The weights that separate rows of sign 1 from those of −1."""
    squares = [math.fsum(x * x for _, x in row) + 1.0 for row in rows]
    return fit(rows, squares, signs, size, costs)


class Learner:
    """Reads the sentences and answers once; learns any question from any part of them."""

    def __init__(self, bank: Bank, said: Sequence[Said], answers: Sequence[Line]) -> None:
        """`said`, `answers`: what may be learned from."""
        usual = dict(bank.usual)
        texts = [Answer(one.text, usual) for one in said]
        both = [(whole(text, later=True), whole(text, later=False)) for text in texts]
        counts: dict[str, int] = {}
        for grams, _ in both:
            for gram in grams:
                counts[gram] = counts.get(gram, 0) + 1
        names = sorted(gram for gram, count in counts.items() if count >= OFTEN)
        number = {gram: at for at, gram in enumerate([*names, COMMON])}
        tenths = [round(FINE * (math.log((1 + len(said)) / (1 + counts[gram])) + 1.0)) for gram in names]
        self.known = Known(number, [*tenths, 0], ([], []))
        rows = [(row_of(points, self.known), row_of(faults, self.known)) for points, faults in both]
        refused = [row_of(denied(faults), self.known) for _, faults in both]
        points = self._common(said, [row[0] for row in rows], 0)
        faults = self._common(said, [row[1] for row in rows], 1)
        values = zip(points, faults, strict=True)
        self.told = [Told(*one) for one in zip(said, rows, values, refused, strict=True)]
        self.heard = [self._hear(line, usual) for line in answers if line.kind not in _SPEECHLESS]

    def _common(self, said: Sequence[Said], rows: Sequence[Row], fault: bool | int) -> list[float]:
        """Learn what points (faults) have in common; each sentence's value by weights learned without it."""
        kind = "fault" if fault else "hit"
        signs = [1 if one.kind == kind else 0 if one.kind == "clean" and not fault else -1 for one in said]
        costs = [0.6] * len(rows)
        size = len(self.known.number)
        values = [0.0] * len(rows)
        for fold in range(FOLDS):
            mine = [at for at in range(len(rows)) if at * _STEP % 1009 % FOLDS == fold]
            apart = set(mine)
            kept = [at for at in range(len(rows)) if at not in apart]
            weights = separate(
                [rows[a] for a in kept], [signs[a] for a in kept], [costs[a] for a in kept], size
            )
            for at in mine:
                values[at] = value(rows[at], weights)
        self.known.common[fault][:] = separate(rows, signs, costs, size) if rows else [0.0] * (size + 1)
        return values

    def _hear(self, line: Line, usual: dict[str, str]) -> Heard:
        answer = Answer(line.text, usual)
        mark = self.known.number[COMMON]
        found: list[list[Row]] = []
        for later, common in zip((True, False), self.known.common, strict=True):
            rows = [row_of(w.grams, self.known) for w in windows(answer, later=later)]
            found.append([[*row, (mark, value(row, common))] for row in rows])
        return Heard(line, (found[0], found[1]))

    def question(self, id: str, labels: Sequence[str], faults: Collection[str]) -> dict[str, list[float]]:
        """The weights of every label of a question (those in `faults` are faults), the bias last."""
        own = [told for told in self.told if told.said.question == id]
        others = [told for told in self.told if told.said.question != id]
        others = others[:: max(1, len(others) // ELSEWHERE)]
        heard = [h for h in self.heard if h.line.question == id or h.line.kind == _PHRASES]
        return {label: self._label(label, own, others, heard, label in faults) for label in labels}

    def _label(
        self, label: str, own: list[Told], others: list[Told], heard: list[Heard], fault: bool
    ) -> list[float]:
        rows: list[Row] = []
        signs: list[int] = []
        costs: list[float] = []
        mark = self.known.number[COMMON]
        for told, at_home in [*((t, True) for t in own), *((t, False) for t in others)]:
            sign = KINDS[told.said.kind] if told.said.id == label else 1 if label in told.said.also else -1
            partly, sign = sign == 0, sign or -1
            rows.append([*told.rows[fault], (mark, told.common[fault])])
            signs.append(sign)
            costs.append(
                COST_FOR if sign > 0 else COST_PARTLY if partly else 1.0 if at_home else COST_ELSEWHERE
            )
            if sign > 0:
                rows.append(told.refused)
                signs.append(-1)
                costs.append(COST_DENIED)
        size = len(self.known.number)
        weights = separate(rows, signs, costs, size)
        for _ in range(ROUNDS if heard else 0):
            more = self._picked(label, heard, fault, weights)
            weights = separate(
                [*rows, *(row for row, _ in more)],
                [*signs, *(sign for _, sign in more)],
                [*costs, *((COST_FOR if sign > 0 else 1.0) * COST_ANSWERS for _, sign in more)],
                size,
            )
        return self._folded(weights, self.known.common[fault])

    def _picked(
        self, label: str, heard: list[Heard], fault: bool, weights: list[float]
    ) -> list[tuple[Row, int]]:
        """The stretches of answers that speak most for a label, with 1 where the answer has it, else −1."""
        found: list[tuple[Row, int]] = []
        for one in heard:
            if label in one.line.partial:
                continue
            has = label in one.line.hit or label in one.line.fault
            rows = one.rows[fault]
            best = sorted(range(len(rows)), key=lambda at: (-value(rows[at], weights), at))
            found += [(rows[at], 1 if has else -1) for at in best[: 1 if has else HARD]]
        return found

    def _folded(self, weights: list[float], common: list[float]) -> list[float]:
        """The same weights without COMMON: what it adds is spread over the grams that it comes from."""
        share = weights[self.known.number[COMMON]]
        out = [w + share * c for w, c in zip(weights, common, strict=True)]
        out[self.known.number[COMMON]] = 0.0
        return out


def written(known: Known, fitted: dict[str, list[float]], digest: str) -> bytes:
    """The file of a question: weights times idf, in whole units."""
    labels = tuple(fitted)
    sizes = sorted(abs(w * t) for ws in fitted.values() for w, t in zip(ws, known.tenths, strict=False))
    unit = sizes[-1 - len(sizes) // CUT] / FINE / LEVELS or 1.0
    lines = []
    for gram, at in sorted(known.number.items()):
        code = ""
        for lane, label in enumerate(labels):
            level = round(fitted[label][at] * known.tenths[at] / FINE / unit)
            if abs(level) >= DROPPED:
                code += chr(FIRST + lane) + chr(ZERO + max(-LEVELS, min(LEVELS, level)))
        if code:
            lines.append(f"{gram}\t{code}\n")
    head = Head(labels, tuple(round(fitted[x][-1], 4) for x in labels), float(f"{unit:.6g}"), digest)
    return msgspec.json.encode(head) + b"\n" + "".join(lines).encode()


def grams_written(known: Known) -> bytes:
    """The content of GRAMS."""
    grams = sorted(known.number.items())
    return "".join(f"{chr(33 + known.tenths[at])}{gram}\n" for gram, at in grams if known.tenths[at]).encode()


def learn(bank: Bank, said: Sequence[Said], answers: Sequence[Line], digest: str = "") -> dict[str, bytes]:
    """The weights files by name: GRAMS, and one for every question that sentences were said to."""
    learner = Learner(bank, said, answers)
    found = {GRAMS: grams_written(learner.known)}
    for question in bank.questions:
        if any(one.question == question.id for one in said):
            faults = [fault.id for fault in question.faults]
            labels = [*(point.id for point in question.points), *faults]
            fitted = learner.question(question.id, labels, faults)
            found[f"{question.id}.weights"] = written(learner.known, fitted, digest)
    return found


def main() -> None:
    """Learn from all shipped sentences and write the weights beside them."""
    from engine.practice.reading import load
    from engine.practice.said import answers, digest_of, folder, sentences

    place = folder()
    for name, data in learn(load(), sentences(place), answers(place), digest_of(place)).items():
        (place / name).write_bytes(data)


if __name__ == "__main__":
    main()
