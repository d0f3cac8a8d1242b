"""Weights learned from sentences (playbooks/practice/said): how much a stretch speaks for a point or a fault.

    learned(label) = bias(label) + Σ weight(gram, label) / max(FLOOR, √Σ idf(gram)²)

over the known grams of a stretch.

`learn` makes the files. GRAMS has a line for every known gram: a sign for its idf and the gram. Each question
has a file of its own: a line of JSON, then a line for every gram that has weights there: the gram, a tab,
two signs for every weight that is not zero. All values of a gram stand side by side in one whole
number, so that a stretch is scored by adding a few numbers. Questions without a file have no weights.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from engine import paths
from engine.practice.windows import Window

LEVELS = 46  # a weight is a whole number of units between −LEVELS and LEVELS
ZERO = 33 + LEVELS  # the sign that stands for it, were it written
FINE = 10  # steps of 1/FINE for idf
FIRST = ord("A")  # the sign of the first label
GRAMS = "grams.weights"
FLOOR = 22.0  # the length of a stretch, at least: a few signs say little, however well they fit
_LANE = 32  # bits


class Head(msgspec.Struct, frozen=True):
    """The first line. `unit`: what a weight of 1 adds; `sentences`: sha256 of what it was learned from."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    unit: float
    sentences: str


class Weights:
    """The learned weights of one question."""

    def __init__(self, data: bytes, tenths: Mapping[str, int]) -> None:
        """`data`: the content of the file; empty: there are none. `tenths`: gram → idf in 1/FINE."""
        first, _, rest = data.partition(b"\n")
        self.head = msgspec.json.decode(first, type=Head) if first else Head((), (), 0.0, "")
        self._codes = dict(line.split("\t", 1) for line in rest.decode().splitlines())
        self._tenths = tenths
        self._rows: dict[str, int] = {}
        count = len(self.head.labels)
        self._raised = sum(LEVELS << (_LANE * lane) for lane in range(1, count + 1))
        self._lanes = struct.Struct(f"<{count + 1}I")

    def __contains__(self, label: str) -> bool:
        return label in self.head.labels

    def _row(self, gram: str) -> int:
        """All values of a gram in one number: lane 0 is idf², in FINE² parts; 0 for an unknown gram."""
        tenths = self._tenths.get(gram)
        row = 0
        if tenths:
            row = self._raised + tenths**2
            code = self._codes.get(gram, "")
            for label, level in zip(code[::2], code[1::2], strict=True):
                row += (ord(level) - ZERO) << (_LANE * (ord(label) - FIRST + 1))
        self._rows[gram] = row
        return row

    def read(self, window: Window) -> list[float]:
        """The value of every label for a stretch, in the order of `head.labels`."""
        known = self._rows
        rows = [known[gram] if gram in known else self._row(gram) for gram in window.grams]
        square, *sums = self._lanes.unpack(sum(rows).to_bytes(self._lanes.size, "little"))
        unit, raised = (
            self.head.unit / max(math.sqrt(square) / FINE, FLOOR),
            LEVELS * (len(rows) - rows.count(0)),
        )
        return [bias + unit * (sum - raised) for bias, sum in zip(self.head.bias, sums, strict=True)]


@lru_cache(maxsize=1)
def _grams() -> dict[str, int]:
    """The idf of the known grams, in 1/FINE."""
    file = paths.shipped("playbooks") / "practice" / "said" / GRAMS
    return read_grams(file.read_bytes()) if file.is_file() else {}


def read_grams(data: bytes) -> dict[str, int]:
    """The content of GRAMS: gram → idf in 1/FINE."""
    return {line[1:]: ord(line[0]) - 33 for line in data.decode().splitlines()}


@lru_cache(maxsize=64)
def shipped(question: str) -> Weights:
    """The weights that come with the program for a question; none where it has no file."""
    file = paths.shipped("playbooks") / "practice" / "said" / f"{question}.weights"
    if not question.isalnum() or not file.is_file():
        return NONE
    return Weights(file.read_bytes(), _grams())


NONE = Weights(b"", {})
