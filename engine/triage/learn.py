"""Learn the weights of `learned` from labelled sentences (make triage-model).

For every label on its own a linear separator with squared hinge loss is fitted by dual coordinate descent
over the grams that occur in at least LEAST sentences. No chance, no clock, no other library: the
same sentences give the same file, byte for byte.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from engine.triage.evaluate import Line, read
from engine.triage.grams import grams
from engine.triage.learned import FILE, FINE, FIRST, LEVELS, ZERO, Head
from engine.triage.text import normalise

LEAST = 1  # sentences in which a gram must occur
COST, COST_FOR = 2.0, 8.0  # of a sentence against the label, and of one for it, which are fewer
ROUNDS = 12
DROPPED = 2  # weights of fewer units are left out
_STEP = 7919  # a prime: every round takes the sentences in the same mixed order
Row = list[tuple[int, float]]


def target(line: Line, label: str) -> int:
    """1: the sentence speaks for the label, −1: it does not, 0: either would be right."""
    if label.startswith("danger "):
        return 1 if line.safety == label.removeprefix("danger ") else -1
    if not line.primary:  # says only whether there is danger
        return 0
    if label == line.primary or label in line.also:
        return 1
    return 0 if label in line.ok else -1


def labels_of(lines: Iterable[Line]) -> tuple[str, ...]:
    """The labels that occur, in order."""
    known = list(lines)
    first = {line.primary for line in known if line.primary} | {also for line in known for also in line.also}
    return (*sorted(first), *sorted({f"danger {line.safety}" for line in known if line.safety != "none"}))


def fit(
    rows: Sequence[Row],
    squares: Sequence[float],
    signs: Sequence[int],
    size: int,
    costs: Sequence[float] | None = None,
) -> list[float]:
    """The weights that separate rows of sign 1 from those of −1 (0: left out); the last one is the bias.

    `costs`: of every row, where those of its sign are not meant.
    """
    weights = [0.0] * (size + 1)
    alpha = [0.0] * len(rows)
    order = [i for i in sorted(range(len(rows)), key=lambda i: (i * _STEP) % (len(rows) or 1)) if signs[i]]
    for _ in range(ROUNDS):
        for i in order:
            row, sign = rows[i], signs[i]
            value = weights[size]
            for at, x in row:
                value += weights[at] * x
            slack = 0.5 / (costs[i] if costs else COST_FOR if sign > 0 else COST)
            before = alpha[i]
            after = before - (sign * value - 1.0 + slack * before) / (squares[i] + slack)
            if after < 0.0:
                after = 0.0
            if after != before:
                alpha[i] = after
                step = (after - before) * sign
                for at, x in row:
                    weights[at] += step * x
                weights[size] += step
    return weights


def learn(lines: Sequence[Line], digest: str = "") -> bytes:
    """The content of the weights file for these sentences."""
    found = [grams(normalise(line.text).plain) for line in lines]
    counts: dict[str, int] = {}
    for some in found:
        for gram in some:
            counts[gram] = counts.get(gram, 0) + 1
    known = sorted(gram for gram, count in counts.items() if count >= LEAST)
    number = {gram: at for at, gram in enumerate(known)}
    tenths = [round(FINE * (math.log((1 + len(lines)) / (1 + counts[gram])) + 1.0)) for gram in known]
    rows: list[Row] = []
    for some in found:
        ats = sorted(number[gram] for gram in some if gram in number)
        norm = math.sqrt(sum(tenths[at] ** 2 for at in ats)) or 1.0
        rows.append([(at, tenths[at] / norm) for at in ats])
    squares = [math.fsum(x * x for _, x in row) + 1.0 for row in rows]
    labels = labels_of(lines)
    fitted = [fit(rows, squares, [target(line, label) for line in lines], len(known)) for label in labels]
    return _written(known, tenths, labels, fitted, digest)


def _written(
    known: list[str], tenths: list[int], labels: tuple[str, ...], fitted: list[list[float]], digest: str
) -> bytes:
    """The file: weights times idf, in whole units."""
    most = max((abs(w[at]) * tenths[at] for w in fitted for at in range(len(known))), default=1.0)
    unit = most / FINE / LEVELS
    entries: dict[str, dict[str, str]] = {}
    for at, gram in enumerate(known):
        code = chr(33 + tenths[at])
        for label, weights in enumerate(fitted):
            level = round(weights[at] * tenths[at] / FINE / unit)
            if abs(level) >= DROPPED:
                code += chr(FIRST + label) + chr(ZERO + level)
        entries.setdefault(gram[0], {})[gram[1:]] = code
    lines: list[bytes] = []
    places: dict[str, int] = {}
    size = 0
    for first in sorted(entries):
        rest = entries[first]
        single = rest.pop("", "")
        line = "\t".join([first + single, *(second + code for second, code in sorted(rest.items()))])
        lines.append(line.encode() + b"\n")
        places[first] = size
        size += len(lines[-1])
    head = Head(labels, tuple(round(w[-1], 4) for w in fitted), float(f"{unit:.6g}"), digest, places)
    return b"".join([msgspec.json.encode(head), b"\n", *lines])


def digest_of(folder: Path) -> str:
    """sha256 of the sentences of a folder."""
    found = hashlib.sha256()
    for file in sorted(folder.glob("*.jsonl")):
        found.update(file.read_bytes())
    return found.hexdigest()


def main(folder: Path) -> None:
    """Learn from all sentences of the folder and write the weights beside them."""
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in read(file)]
    (folder / FILE).write_bytes(learn(lines, digest_of(folder)))


if __name__ == "__main__":
    from engine import paths

    main(paths.shipped("playbooks") / "triage")
