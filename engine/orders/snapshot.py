"""Folded orders kept beside the ledger, each with the hash of its last event: only what moved on is folded.

A convenience, never the truth: an entry counts only while its stream ends in the very same event, and the
file only for the program that wrote it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.journal import Journal
from engine.orders import cachefile, clocks, model, standing
from engine.orders.standing import Standing, fold

_SAVE = 200  # orders folded again: fewer are not worth writing the file


class _File(msgspec.Struct):
    program: str
    entries: dict[str, tuple[str, Standing]]  # stream → hash of its last event, order


class Snapshot:
    """The kept orders of one ledger. `path`: the file; None: nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def standings(self, journal: Journal, prefix: str) -> dict[str, Standing]:
        """Stream → order, of every stream that begins with `prefix`. BadData when the journal fails."""
        kept = self._read()
        if not kept:
            found = {id: fold(events) for id, events in journal.events_under(prefix).items()}
            self._save(journal, prefix, {id: one for id, one in found.items() if one}, len(found))
            return {id: one for id, one in found.items() if one is not None}
        standings: dict[str, Standing] = {}
        again = 0
        for id, (_, hash) in journal.heads(prefix).items():
            entry = kept.get(id)
            if entry is not None and entry[0] == hash:
                standings[id] = entry[1]
                continue
            again += 1
            folded = fold(journal.events(id))
            if folded is not None:
                standings[id] = folded
        self._save(journal, prefix, standings, again)
        return standings

    def _read(self) -> dict[str, tuple[str, Standing]]:
        if self.path is None:
            return {}
        try:
            file = msgspec.json.decode(self.path.read_bytes(), type=_File)
        except (OSError, msgspec.DecodeError):
            return {}
        return file.entries if file.program == _program() else {}

    def _save(self, journal: Journal, prefix: str, standings: dict[str, Standing], again: int) -> None:
        """Write the file anew if enough was folded; that it cannot be written costs only time."""
        if self.path is None or again < _SAVE:
            return
        heads = journal.heads(prefix)
        # an order that another terminal moved on meanwhile is left out: its hash is of a later event
        entries = {
            id: (heads[id][1], one)
            for id, one in standings.items()
            if id in heads and heads[id][0] == one.seq
        }
        cachefile.save(self.path, msgspec.json.encode(_File(_program(), entries)))


def _program() -> str:
    """A hash of the code that folds."""
    return cachefile.program(model, clocks, standing)
