"""Files in the cache folder: for this user only, whole or not at all, never the truth."""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import cache
from pathlib import Path
from types import ModuleType


def save(path: Path, data: bytes) -> None:
    """Put `data` in the file's place; that it cannot be written costs only time."""
    part = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(part, path)


@cache
def program(*modules: ModuleType) -> str:
    """A hash of the code that makes what is kept: another version of it starts anew."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()
