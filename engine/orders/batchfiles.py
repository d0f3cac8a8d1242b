"""The files of imported rows: immutable, named by the hash of their content, which every reading verifies."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadData, reason
from engine.orders import columns

if TYPE_CHECKING:
    import polars as pl


def checked(folder: Path, sha256: str, source: str) -> Path:
    """The file of that content in `folder`; `source`: what it was imported from. BadData: gone or changed."""
    file = folder / f"{sha256}.arrow"
    try:
        with file.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != sha256:
                raise BadData(f"导入的工单文件 {file} 在事后被改动", _again(source))
    except FileNotFoundError:
        raise BadData(f"导入的工单文件 {file} 不见了", _again(source)) from None
    except OSError as error:
        raise _unreadable(file, source, error) from error
    return file


def load(file: Path, source: str) -> pl.DataFrame:
    """The rows of a checked file, with every field that there is now. BadData as `checked`."""
    import polars as pl

    try:
        found = pl.read_ipc(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(file, source, error) from error
    absent = [
        pl.lit(columns.BLANK[name], dtype=dtype).alias(name)
        for name, dtype in columns.schema().items()
        if name not in found.columns  # written before there was such a field
    ]
    untold = [name for name in found.columns if name == "untold"]  # older ones leave it to their mapping
    return found.with_columns(absent).select(*columns.FIELDS, *untold)


def write(folder: Path, rows: pl.DataFrame) -> str:
    """The rows in a file of `folder` named by its hash, which is returned. BadData: disk or rights."""
    import tempfile  # imported late: a list does not need it

    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                rows.write_ipc(file, compression="lz4")
                file.flush()
                os.fsync(file.fileno())
            with part.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            target = folder / f"{sha256}.arrow"
            os.replace(part, target)
            _sync(folder)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise BadData(f"写不了导入的工单（{reason(error)}），什么也没有导入", "检查磁盘空间和权限") from error
    return sha256


def _again(source: str) -> str:
    # importing again would only add to a ledger that cannot be read whole
    return f"从备份恢复它；没有备份：另存数据文件夹，移走 ledger.db 和 orders，再导入 {source} 等原表"


def _unreadable(file: Path, source: str, error: Exception) -> BadData:
    return BadData(f"读不了导入的工单文件 {file}（{type(error).__name__}）", _again(source))


def _sync(folder: Path) -> None:
    """The folder's entries on the disk; not every system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
