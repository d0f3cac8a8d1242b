"""Weights learned from sentences (playbooks/triage): how much the signs of a text speak for each label.

Labels are the ids of the shipped playbooks, `none` and `danger KIND`. For each label on its own

    learned(label) = bias(label) + Σ weight(gram, label) / √Σ idf(gram)²      over the grams that are known

so a label's value depends on no other label and on nothing that is installed. `learn` makes the file.

The file is text: a line of JSON (the labels, their biases, the unit of the weights), then one line for
each first sign with its entries, separated by tabs: the rest of the gram, a sign for idf, and two signs
for every weight that is not zero. Lines are read when their sign first occurs: loading takes 1 ms. All
values of a gram stand side by side in one whole number, so that a text is scored by adding a few numbers.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import msgspec

from engine import paths
from engine.triage.grams import grams, placed

FILE = "weights.txt"
LEVELS = 46  # a weight is a whole number of units between −LEVELS and LEVELS
ZERO = 33 + LEVELS  # the sign that stands for it, were it written
FINE = 10  # steps of 1/FINE for idf
FIRST = ord("A")  # the sign of the first label
_LANE = 32  # bits
_MASK = (1 << _LANE) - 1


class Head(msgspec.Struct, frozen=True):
    """The first line. `unit`: what a weight of 1 adds; `sentences`: sha256 of what it was learned from."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    unit: float
    sentences: str


class Reading(msgspec.Struct, frozen=True):
    """What the weights say about one text. `values`: by label; `norm`: what sums are divided by."""

    values: dict[str, float]
    norm: float


SILENT = Reading({}, 1.0)


class Weights:
    """The learned weights."""

    def __init__(self, text: str) -> None:
        """`text`: the content of the file; empty: there are none."""
        first, *lines = text.split("\n") if text else [""]
        self.head = msgspec.json.decode(first, type=Head) if first else Head((), (), 0.0, "")
        self._lane = {label: number for number, label in enumerate(self.head.labels, 1)}
        self._lines = {line[0]: line for line in lines if line}
        self._rows: dict[str, int] = {}
        # every lane of a row is raised by LEVELS, so that none is negative
        self._raised = sum(LEVELS << (_LANE * lane) for lane in self._lane.values())

    def __contains__(self, label: str) -> bool:
        return label in self._lane

    def _row(self, gram: str) -> int:
        """All values of a gram in one number: lane 0 is idf², in FINE² parts; 0 for an unknown gram."""
        line = self._lines.pop(gram[0], "")
        if line:
            for number, entry in enumerate(line[1:].split("\t")):
                if entry:
                    self._enter(line[0] + (entry[0] if number else ""), entry[1 if number else 0 :])
        return self._rows.setdefault(gram, 0)

    def _enter(self, gram: str, code: str) -> None:
        row = self._raised + (ord(code[0]) - 33) ** 2
        for label, level in zip(code[1::2], code[2::2], strict=True):
            row += (ord(level) - ZERO) << (_LANE * (ord(label) - FIRST + 1))
        self._rows[gram] = row

    def read(self, plain: str) -> Reading:
        """The value of every label for a text in plain form."""
        rows, known, total = self._rows, 0, 0
        for gram in grams(plain):
            row = rows.get(gram)
            if row is None:
                row = self._row(gram)
            if row:
                total += row
                known += 1
        norm = math.sqrt(total & _MASK) / FINE or 1.0
        unit, raised, values = self.head.unit / norm, LEVELS * known, {}
        for label, bias in zip(self.head.labels, self.head.bias, strict=True):
            total >>= _LANE
            values[label] = bias + unit * ((total & _MASK) - raised)
        return Reading(values, norm)

    def shares(self, plain: str, label: str, reading: Reading) -> list[tuple[float, int, int]]:
        """What each sign and pair adds for a label, with its place."""
        lane = _LANE * self._lane[label]
        unit, rows = self.head.unit / reading.norm, self._rows
        return [
            (unit * (((row >> lane) & _MASK) - LEVELS), start, end)
            for gram, start, end in placed(plain)
            if (row := rows.get(gram))
        ]


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights that come with the program; none if the file is missing."""
    file: Path = paths.shipped("playbooks") / "triage" / FILE
    return Weights(file.read_text("utf-8") if file.is_file() else "")


def spans(shares: list[tuple[float, int, int]], length: int, most: int = 3) -> list[tuple[int, int]]:
    """The stretches of a text that speak most for a label: where its signs add most, joined."""
    weight = [0.0] * (length + 1)
    for share, start, end in shares:
        if end - start > 1:
            half = share / 2
            weight[start] += half
            weight[start + 1] += half
        else:
            weight[start] += share
    del weight[length:]
    least = max(weight, default=0.0) * _OF_BEST
    if least <= 0:
        return []
    found, at = [], 0
    while at < length:
        end = at
        while end < length and weight[end] >= least:
            end += 1
        if end > at:
            found.append((sum(weight[at:end]), at, end))
        at = end + 1
    longer = [stretch for stretch in found if stretch[2] - stretch[1] > 1] or found
    return sorted((start, end) for _, start, end in sorted(longer, key=lambda s: (-s[0], s[1]))[:most])


_OF_BEST = 0.35  # of the best sign's weight
