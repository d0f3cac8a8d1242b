"""Weights learned from sentences (playbooks/triage): how much the signs of a text speak for each label.

Labels are the ids of the shipped playbooks, `none` and `danger KIND`. For each label on its own

    learned(label) = bias(label) + Σ weight(gram, label) / √Σ idf(gram)²      over the grams that are known

so a label's value depends on no other label and on nothing that is installed. `learn` makes the file.

The file is text: a line of JSON (the labels, their biases, the unit of the weights, where which line is),
then one line for each first sign with its entries, separated by tabs: the rest of the gram, a sign for
idf, and two signs for every weight that is not zero. An entry is read when its gram first occurs: loading
takes 0.5 ms. All values of a gram stand side by side in one whole number, so that a text is scored by
adding a few numbers.
"""

from __future__ import annotations

import math
import struct
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
    """The first line. `unit`: what a weight of 1 adds; `sentences`: sha256 of what it was learned from;
    `at`: first sign → where its line begins, in bytes behind this one."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    unit: float
    sentences: str
    at: dict[str, int]


class Reading(msgspec.Struct, frozen=True):
    """What the weights say about one text. `values`: by label; `norm`: what sums are divided by."""

    values: dict[str, float]
    norm: float


SILENT = Reading({}, 1.0)


class _Rows(dict[str, int]):
    """gram → all its values in one number: lane 0 is idf², in FINE² parts; 0 for an unknown gram."""

    def __init__(self, lines: bytes, at: dict[str, int], raised: int) -> None:
        """`raised`: LEVELS in every lane of a label, so that none is negative."""
        super().__init__()
        self._lines, self._at, self._raised = lines, at, raised

    def __missing__(self, gram: str) -> int:
        """Read the entry."""
        self[gram] = row = self._read(gram)
        return row

    def _read(self, gram: str) -> int:
        begin = self._at.get(gram[0])
        if begin is None:
            return 0
        line = self._lines[begin : self._lines.index(b"\n", begin)].decode()
        at = 1 if len(gram) == 1 else line.find(f"\t{gram[1]}") + 2
        end = line.find("\t", at)
        code = line[at : end if end >= 0 else None]
        if at == 1 < len(gram) or not code:
            return 0
        row = self._raised + (ord(code[0]) - 33) ** 2
        for label, level in zip(code[1::2], code[2::2], strict=True):
            row += (ord(level) - ZERO) << (_LANE * (ord(label) - FIRST + 1))
        return row


class Weights:
    """The learned weights."""

    def __init__(self, data: bytes) -> None:
        """`data`: the content of the file; empty: there are none."""
        first, _, lines = data.partition(b"\n")
        self.head = msgspec.json.decode(first, type=Head) if first else Head((), (), 0.0, "", {})
        self._lane = {label: number for number, label in enumerate(self.head.labels, 1)}
        raised = sum(LEVELS << (_LANE * lane) for lane in self._lane.values())
        self._rows = _Rows(lines, self.head.at, raised)
        self._lanes = struct.Struct(f"<{len(self._lane) + 1}I")

    def __contains__(self, label: str) -> bool:
        return label in self._lane

    def read(self, plain: str) -> Reading:
        """The value of every label for a text in plain form."""
        rows = list(map(self._rows.__getitem__, grams(plain)))
        square, *sums = self._lanes.unpack(sum(rows).to_bytes(self._lanes.size, "little"))
        norm = math.sqrt(square) / FINE or 1.0
        unit, raised = self.head.unit / norm, LEVELS * (len(rows) - rows.count(0))
        values = [bias + unit * (sum - raised) for bias, sum in zip(self.head.bias, sums, strict=True)]
        return Reading(dict(zip(self.head.labels, values, strict=True)), norm)

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
    return Weights(file.read_bytes() if file.is_file() else b"")


def spans(shares: list[tuple[float, int, int]], length: int, most: int = 3) -> list[tuple[int, int]]:
    """The stretches of a text that speak most for a label: where its signs add most, joined."""
    weight = [0.0] * (length + 1)
    for share, start, end in shares:
        if end > start + 1:
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
