"""The SQLite file below the journal: opening, schema, and what its errors mean in plain words."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from engine.errors import BadData, Conflict, reason

# Version history of the schema (`PRAGMA user_version`); a newer one is refused, never guessed at.
#   1  0.1.0  first
VERSION = 1
APPLICATION = 0x7A686962  # "zhib": keeps us out of other programs' databases

SCHEMA = """
CREATE TABLE IF NOT EXISTS incidents (
    id        TEXT PRIMARY KEY,  -- 20261122-0810-3f
    mode      TEXT NOT NULL CHECK (mode IN ('real', 'drill', 'practice')),
    title     TEXT NOT NULL,     -- one line for people
    opened_at TEXT NOT NULL,     -- clock.stamp of the first event
    -- what follows is derived from the events, in the transaction that adds them
    status    TEXT NOT NULL CHECK (status IN ('open', 'paused', 'closed')),
    last_at   TEXT NOT NULL,     -- clock.stamp of the last event
    head_seq  INTEGER NOT NULL,  -- seq of the last event, which is also their number
    head_hash TEXT NOT NULL      -- its hash: a deleted tail is noticed
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unfinished ON incidents (mode, last_at) WHERE status <> 'closed';

CREATE TABLE IF NOT EXISTS events (
    incident  TEXT NOT NULL REFERENCES incidents (id),
    seq       INTEGER NOT NULL,  -- 1, 2, 3 … without gaps
    kind      TEXT NOT NULL,     -- see session
    at        TEXT NOT NULL,     -- clock.stamp
    cause     INTEGER NOT NULL,  -- seq of the officer's act that this follows from
    data      TEXT NOT NULL,     -- JSON object, keys sorted
    version   INTEGER NOT NULL,  -- version of the event's form
    prev_hash TEXT NOT NULL,     -- hash of the event before; of the first: of the incident's own data
    hash      TEXT NOT NULL,     -- sha256, hex, over prev_hash and the columns seq … version
    PRIMARY KEY (incident, seq)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS texts (
    sha256    TEXT PRIMARY KEY,  -- hex, of the text in UTF-8
    text      TEXT NOT NULL      -- a playbook, vocabulary or profile, kept once however often used
);
CREATE TABLE IF NOT EXISTS incident_texts (
    incident  TEXT NOT NULL REFERENCES incidents (id),
    name      TEXT NOT NULL,     -- the file's name
    sha256    TEXT NOT NULL REFERENCES texts (sha256),
    PRIMARY KEY (incident, name)
) WITHOUT ROWID;
"""

_KEEP = "先把该文件复制备份，再把它移走，zhiban 会新建一个"
_MEANING = {
    sqlite3.SQLITE_FULL: ("磁盘已满，记录写不进 {}", "清理磁盘空间后重试"),
    sqlite3.SQLITE_READONLY: ("记录文件只能读不能写：{}", "检查文件和文件夹的权限"),
    sqlite3.SQLITE_PERM: ("没有权限打开记录文件：{}", "检查文件和文件夹的权限"),
    sqlite3.SQLITE_CANTOPEN: ("打不开记录文件：{}", "检查文件夹是否存在、是否可写"),
    sqlite3.SQLITE_IOERR: ("读写记录文件出错：{}", "检查磁盘是否已满、损坏或被拔出"),
    sqlite3.SQLITE_NOTADB: ("记录文件不是数据库：{}", _KEEP),
    sqlite3.SQLITE_CORRUPT: ("记录文件已损坏：{}", _KEEP),
}


@contextlib.contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn SQLite's and the system's errors about the file `where` into ours.

    A lock becomes Conflict, everything about the file BadData; faults of the program pass unchanged.
    """
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Conflict(f"另一个终端正占用记录文件 {where}", "等几秒重试，或先关掉那个终端") from error
        message, help = _MEANING.get(code, ("记录文件读不出来：{}", _KEEP))
        raise BadData(f"{message.format(where)}（{error}）", help) from error
    except UnicodeEncodeError as error:
        raise BadData("文字里有无法保存的字符，没有写入", "去掉乱码后重新输入") from error
    except OSError as error:
        raise BadData(
            f"无法使用记录文件 {where}（{reason(error)}）", "检查文件夹是否存在、是否可写"
        ) from error


def connect(path: Path | None, timeout: float) -> sqlite3.Connection:
    """Open the database, made if absent; None: one in memory. `timeout`: seconds to wait for a lock.

    A new folder gets mode 0700, the file 0600. BadData when it cannot be opened, is damaged, is not
    ours or is newer than this program; Conflict when it stays locked.
    """
    where = str(path) if path else "内存"
    with translated(where):
        if path is not None:
            _make(path)
        connection = sqlite3.connect(path or ":memory:", timeout=timeout, isolation_level=None)
    try:
        with translated(where):
            _prepare(connection, where, timeout)
            if path is not None and os.stat(path).st_mode & 0o077:
                os.chmod(path, 0o600)
    except BaseException:
        connection.close()
        raise
    return connection


def _make(path: Path) -> None:
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)  # another first start may be a moment ahead
        path.parent.chmod(0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives -wal and -shm the same mode


def _prepare(connection: sqlite3.Connection, where: str, timeout: float) -> None:
    """Check whose database it is, make the schema, set the modes of working."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and owner != APPLICATION:
        raise BadData(f"{where} 是别的程序的数据库", "换一个位置，或把它移走")
    if version > VERSION:
        raise BadData(
            f"{where} 由更新版本的 zhiban 写成（格式 {version}，本程序只认到 {VERSION}）",
            "升级 zhiban 后再打开",
        )
    patience = time.monotonic() + timeout
    while connection.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        try:  # two first starts at once: SQLite does not wait here by itself
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.02)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if version < VERSION:
        marks = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} {marks} COMMIT;")
        finally:
            if connection.in_transaction:
                connection.rollback()
