"""What the hall has taught: sentences that triage got wrong, with what they should have given.

They stand in the hall's own file, one JSON object a line as in the labelled lines of `evaluate`, so they
can be measured, passed on, and added to the sentences that the weights are learned from. A text that says
the same has its labels raised by EXACT, a similar one by less, down to nothing at LIKE:

    taught(label) = EXACT · (likeness − LIKE) / (1 − LIKE)      of the most similar sentence with that label

likeness: the share of pairs of signs that two texts have in common (Dice). What was taught never
silences a danger.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine import paths
from engine.errors import BadData, reason
from engine.triage.grams import grams
from engine.triage.text import normalise

EXACT = 3.0
LIKE = 0.6


class Lesson(msgspec.Struct, frozen=True):
    """A sentence and what it speaks for: the first of the labels is the main one."""

    id: str
    text: str
    primary: str
    also: tuple[str, ...] = ()


class Taught:
    """The lessons of a hall."""

    def __init__(self, lessons: Sequence[Lesson] = ()) -> None:
        """Of two lessons about one sentence the later counts."""
        latest = {normalise(lesson.text).plain: lesson for lesson in lessons}
        self._known = [(_pairs(plain), lesson) for plain, lesson in latest.items()]

    def about(self, plain: str) -> dict[str, float]:
        """What is added to the score of each label for a text in plain form."""
        if not self._known:
            return {}
        said, out = _pairs(plain), dict[str, float]()
        for pairs, lesson in self._known:
            likeness = 2 * len(said & pairs) / ((len(said) + len(pairs)) or 1)
            if likeness > LIKE:
                raised = round(EXACT * (likeness - LIKE) / (1 - LIKE), 3)
                for place, label in enumerate((lesson.primary, *lesson.also)):
                    out[label] = max(out.get(label, 0.0), raised - 0.01 * place)
        return out


def _pairs(plain: str) -> frozenset[str]:
    return frozenset(gram for gram in grams(plain) if len(gram) > 1)


def file() -> Path:
    """The hall's own file (it need not exist)."""
    return paths.config_dir() / "triage.jsonl"


def read(path: Path) -> list[Lesson]:
    """The lessons of a file, none if there is no file. BadData for a line that is no lesson."""
    decoder, lessons = msgspec.json.Decoder(Lesson), []
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    for number, raw in enumerate(lines, 1):
        if raw.strip():
            try:
                lessons.append(decoder.decode(raw))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadData(
                    f"{path}:{number}: 这一行不是教过的句子：{error}", "改好或删掉这一行"
                ) from error
    return lessons


def teach(text: str, labels: Sequence[str]) -> Lesson:
    """Add a lesson to the hall's file."""
    path = file()
    number = len(read(path)) + 1
    lesson = Lesson(f"t{number:03}", text, labels[0], tuple(labels[1:]))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as out:
        out.write(msgspec.json.encode(lesson) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    _last.clear()
    return lesson


_last: dict[tuple[str, int, int], tuple[Taught, BadData | None]] = {}


def own() -> Taught:
    """The lessons of this hall; read again when the file has changed. A damaged file teaches nothing."""
    return _current()[0]


def fault() -> BadData | None:
    """What is wrong with the hall's file, by line; None if it is fine or there is none."""
    return _current()[1]


def _current() -> tuple[Taught, BadData | None]:
    path = file()
    try:
        state = path.stat()
    except OSError:
        return _NOTHING, None
    key = (str(path), state.st_mtime_ns, state.st_size)
    if key not in _last:
        _last.clear()
        try:
            _last[key] = Taught(read(path)), None
        except BadData as error:
            _last[key] = _NOTHING, error
        except OSError as error:
            _last[key] = _NOTHING, BadData(f"读不了教过的话 `{path}`：{reason(error)}", "检查文件和权限")
    return _last[key]


_NOTHING = Taught()
