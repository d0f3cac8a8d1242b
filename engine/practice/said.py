"""What people said, with labels: the sentences and answers that the weights are learned from.

playbooks/practice/said/QUESTION.jsonl has sentences, one a line: `id` (a point or a fault), `kind`, `text`,
`also` (further points and faults that it says). answers.jsonl has whole answers as in `evaluate`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from engine import paths
from engine.practice.evaluate import Line

ANSWERS = "answers.jsonl"
KINDS = {"hit": 1, "fault": 1, "partial": 0, "miss": -1, "clean": -1}


class Said(msgspec.Struct, frozen=True):
    """A labelled sentence. `kind`: one of KINDS – says it, touches it (0), does not say it."""

    id: str
    kind: str
    text: str
    also: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        """The question that it was said to."""
        return self.id.partition(".")[0]


def folder() -> Path:
    """Where the shipped sentences are."""
    return paths.shipped("playbooks") / "practice" / "said"


def sentences(folder: Path) -> list[Said]:
    """All sentences of a folder, by file."""
    decoder = msgspec.json.Decoder(Said)
    files = sorted(file for file in folder.glob("*.jsonl") if file.name != ANSWERS)
    return [one for file in files for one in decoder.decode_lines(file.read_bytes())]


def answers(folder: Path) -> list[Line]:
    """The whole answers of a folder."""
    file = folder / ANSWERS
    return msgspec.json.Decoder(Line).decode_lines(file.read_bytes()) if file.is_file() else []


def digest_of(folder: Path) -> str:
    """sha256 of everything that the weights are learned from."""
    found = hashlib.sha256()
    for file in sorted([*folder.glob("*.jsonl"), *folder.glob("*.txt")]):
        found.update(file.read_bytes())
    return found.hexdigest()
