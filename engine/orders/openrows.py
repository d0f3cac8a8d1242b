"""The unfinished imported orders, kept beside the ledger: a list of them need not load polars.

A convenience, never the truth: what is kept counts only for the very batches it was made of (which the
caller has checked against their hashes), for this version of the program, and while it is unharmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from engine.orders import cachefile, columns, model
from engine.orders.model import Order

_SEAL = hashlib.sha256().digest_size
_rows = msgspec.json.Decoder(list[Order])


class OpenRows:
    """The kept rows of one ledger. `path`: the file; None: nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def read(self, batches: Iterable[str]) -> Sequence[Order] | None:
        """The unfinished orders of these batches (their names with hashes, in order); None: not kept."""
        if self.path is None:
            return None
        try:
            data = self.path.read_bytes()
            if data[:_SEAL] != _seal(batches, data[_SEAL:]):
                return None
            return _rows.decode(data[_SEAL:])
        except (OSError, msgspec.DecodeError):
            return None

    def write(self, batches: Iterable[str], rows: Sequence[Order]) -> None:
        """Keep the unfinished orders of these batches."""
        if self.path is not None:
            data = msgspec.json.encode(rows)
            cachefile.save(self.path, _seal(batches, data) + data)


def _seal(batches: Iterable[str], data: bytes) -> bytes:
    """What ties the kept rows to the program and to the batches they were made of."""
    digest = hashlib.sha256(cachefile.program(model, columns).encode())
    for batch in batches:
        digest.update(batch.encode() + b"\n")
    digest.update(data)
    return digest.digest()
