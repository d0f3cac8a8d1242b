"""Writing the record: incidents are created and appended to, each time in one transaction.

The events are the truth; everything else about an incident is derived from them. An event that
`create` or `append` returned from is on the disk. The chain shows accidents and simple tampering;
whoever can rewrite the whole file consistently cannot be caught by the file alone: keep an `export`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType

import msgspec

from engine.clock import BEIJING
from engine.errors import BadData, Conflict, ZhibanError
from engine.journal.chain import Status, genesis, link, sha, status_after
from engine.journal.database import connect, translated
from engine.journal.records import Mode, Records
from engine.model import Event


class Journal(Records):
    """A journal on one SQLite file. Use it as a context manager, or `close` it.

    `path`: the file, made with its folder if absent; None: in memory, gone when closed.
    `timeout`: seconds to wait while another terminal writes.
    Every method raises BadData when the file cannot be read or written (permission, disk full, damage,
    not ours, newer format) and Conflict when it stays locked; nothing is half written.
    """

    def __init__(self, path: Path | None, *, timeout: float = 5.0) -> None:
        self.path = path
        self._where = str(path) if path else "内存"
        self._db = connect(path, timeout)

    @classmethod
    def open_or_memory(cls, path: Path) -> tuple[Journal, str]:
        """The journal at `path`, checked to be writable, and ""; else one in memory and a warning.

        Never fails: in an emergency the officer must be able to work on.
        """
        try:
            journal = cls(path)
            try:
                with journal._writing():
                    pass
            except ZhibanError:
                journal.close()
                raise
        except ZhibanError as error:
            warning = f"{error.message}；本次记录只在内存里，退出即失，请另用纸笔记要点"
            return cls._copy(path) or cls(None), warning
        return journal, ""

    @classmethod
    def open_to_read(cls, path: Path) -> tuple[Journal, str]:
        """The journal at `path` and "", or a copy of one that can only be read and a warning."""
        try:
            return cls(path), ""
        except BadData as error:
            copy = cls._copy(path)
            if copy is None:
                raise
            return copy, f"{error.message}；下面是现有的记录"

    @classmethod
    def _copy(cls, path: Path) -> Journal | None:
        """All that a file holds which can be read but not opened (SQLite wants to write beside it)."""
        from tempfile import TemporaryDirectory

        try:
            with TemporaryDirectory() as folder:
                there = Path(folder) / path.name
                for tail in ("", "-wal"):  # what was committed last may stand in the log only
                    if (beside := Path(f"{path}{tail}")).exists() or not tail:
                        there.with_name(there.name + tail).write_bytes(beside.read_bytes())
                with cls(there) as copy:
                    return copy.in_memory()
        except (OSError, ZhibanError):
            return None  # the caller says what is wrong with the file itself

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back; may be called twice."""
        self._db.close()

    def in_memory(self) -> Journal:
        """A copy in memory, to work on when this file can no longer be written."""
        copy = Journal(None)
        with translated(self._where):
            self._db.backup(copy._db)
        return copy

    def new_id(self, now: datetime) -> str:
        """A free incident id such as `20261122-0810-3f`: the minute of `now` (aware) and a random tail."""
        minute = now.astimezone(BEIJING).strftime("%Y%m%d-%H%M")
        for attempt in range(64):
            name = f"{minute}-{os.urandom(1 + attempt // 16).hex()}"
            if not self._query("SELECT 1 FROM incidents WHERE id = ?", name):
                return name
        raise Conflict(f"{minute} 这一分钟里的事件太多", "过一分钟再试")

    def create(
        self, incident_id: str, mode: Mode, texts: Mapping[str, str], events: Sequence[Event], title: str
    ) -> None:
        """Open a record with its first events (seq from 1, at least one), in one transaction.

        `texts`: name → text of every file that the incident is decided by. Conflict: the id is taken.
        """
        if not events:
            raise ValueError("an incident starts with an event")
        first = events[0].at
        with self._writing():
            sums = {name: sha(text) for name, text in texts.items()}
            start = genesis(incident_id, mode, title, sums)
            if self._query("SELECT 1 FROM incidents WHERE id = ?", incident_id):
                raise Conflict(f"事件编号 {incident_id} 已被占用", "换一个编号重试")
            self._db.execute(
                "INSERT INTO incidents VALUES (?, ?, ?, ?, 'open', ?, 0, ?)",
                (incident_id, mode, title, first, first, start),
            )
            for name, text in texts.items():
                self._db.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (sums[name], text))
                self._db.execute(
                    "INSERT INTO incident_texts VALUES (?, ?, ?)", (incident_id, name, sums[name])
                )
            self._add(incident_id, 0, start, "open", events)

    def append(self, incident: str, expected_seq: int, events: Sequence[Event]) -> None:
        """Add events in one transaction; their seq must go on from `expected_seq`, the last one read.

        NotFound: no such incident. Conflict: another terminal wrote first. Nothing is written then.
        """
        with self._writing():
            head = self._head(incident)
            if head.head_seq != expected_seq:
                last = self._query("SELECT max(seq) FROM events WHERE incident = ?", incident)[0][0]
                if last != head.head_seq:
                    raise BadData(
                        f"事件 {incident} 的记录不完整", f"运行 `zhiban incident verify {incident}` 查看"
                    )
                raise Conflict(
                    f"另一个终端已经写入事件 {incident}（已到第 {last} 条，本终端只到第 {expected_seq} 条）",
                    f"用 `zhiban resume {incident}` 重新载入后再做",
                )
            self._add(incident, expected_seq, head.head_hash, head.status, events)

    def _add(self, incident: str, seq: int, head: str, status: Status, events: Sequence[Event]) -> None:
        for event in events:
            seq += 1
            if event.seq != seq:
                raise ValueError(f"event {event.seq} stands where {seq} is due")
            data = msgspec.json.encode(event.data, order="sorted").decode()
            columns = (seq, event.kind, event.at, event.cause, data, event.version)
            prev, head = head, link(head, *columns)
            self._db.execute(
                "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?)", (incident, *columns, prev, head)
            )
            status = status_after(status, event.kind)
        if events:
            self._db.execute(
                "UPDATE incidents SET status = ?, last_at = ?, head_seq = ?, head_hash = ? WHERE id = ?",
                (status, events[-1].at, seq, head, incident),
            )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction that holds the write lock from its start."""
        with translated(self._where):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
