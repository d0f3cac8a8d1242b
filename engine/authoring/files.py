"""New files together: all of them or none, and never over an existing one."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from pathlib import Path

from engine import paths
from engine.errors import BadData, Conflict, reason


def must_be_free(places: Iterable[Path]) -> None:
    """Conflict when something is at one of these places."""
    taken = next((path for path in places if not paths.missing(path)), None)
    if taken:
        raise Conflict(f"`{taken}` 已经在了，没有改动", "换一个名称，或用 -o 写到别处")


def write_new(files: Mapping[Path, str]) -> None:
    """Write texts to places that must be free; folders are made.

    Conflict when something is there already, BadData when it cannot be written: then nothing is left.
    """
    must_be_free(files)
    written: list[Path] = []
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, FileExistsError) and not path.is_file():
            error = NotADirectoryError(errno.ENOTDIR, "")
        if isinstance(error, FileExistsError):
            raise Conflict(f"`{path}` 已经在了，没有改动", "换一个名称，或用 -o 写到别处") from error
        raise BadData(f"写不了 `{path}`（{reason(error)}）", "检查路径、权限和磁盘空间") from error
