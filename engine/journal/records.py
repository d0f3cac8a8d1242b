"""Reading the record: lists, events, texts, verification, export. `store` adds the writing."""

from __future__ import annotations

import sqlite3
from typing import Any, Literal

import msgspec

from engine.errors import BadData, NotFound
from engine.journal.chain import Head, Row, Status, audit
from engine.journal.database import translated
from engine.model import Event, Finding, Frozen

Mode = Literal["real", "drill", "practice"]
_COLUMNS = "seq, kind, at, cause, data, version, prev_hash, hash"
_SUMMARY = "SELECT id, mode, title, opened_at, status, last_at, head_seq FROM incidents"
_data = msgspec.json.Decoder(dict[str, object])


class Summary(Frozen, frozen=True):
    """One incident in a list; `opened_at` and `last_at` are stamps, `events` is their number."""

    id: str
    mode: Mode
    title: str
    opened_at: str
    status: Status
    last_at: str
    events: int


# named here because the method `list` hides the builtin inside the class
Events = list[Event]
Summaries = list[Summary]
Findings = list[Finding]
Rows = list[Row]
Named = list[tuple[str, str | None]]
Raw = list[Any]


class Records:
    """What can be read from an open database; errors as `Journal` says."""

    _db: sqlite3.Connection
    _where: str  # the file's name for messages

    def events(self, incident: str, after: int = 0) -> Events:
        """The record, by seq; only what stands behind seq `after`.

        NotFound: no such incident. BadData: an event cannot be read any more.
        """
        try:
            return [
                Event(row.seq, row.kind, row.at, row.cause, _data.decode(row.data), row.version)
                for row in self._rows(incident, after)
            ]
        except msgspec.DecodeError as error:
            raise BadData(
                f"事件 {incident} 的记录有读不出的内容",
                f"运行 `zhiban incident verify {incident}` 查看是哪一条",
            ) from error

    def heads(self, prefix: str) -> dict[str, tuple[int, str]]:
        """Id → (seq, hash) of its last event, of every record whose id begins with `prefix`. One query."""
        found = self._query(
            "SELECT id, head_seq, head_hash FROM incidents WHERE id >= ? AND id < ?",
            prefix, prefix + "\uffff",
        )  # fmt: skip
        return {id: (seq, hash) for id, seq, hash in found}

    def events_under(self, prefix: str) -> dict[str, Events]:
        """Id → events, of every record whose id begins with `prefix`. One query; BadData as `events`."""
        rows = self._query(
            "SELECT incident, seq, kind, at, cause, data, version FROM events"
            " WHERE incident >= ? AND incident < ? ORDER BY incident, seq",
            prefix, prefix + "\uffff",
        )  # fmt: skip
        return self._by_record(rows)

    def _by_record(self, rows: Raw) -> dict[str, Events]:
        found: dict[str, Events] = {}
        try:
            for id, seq, kind, at, cause, data, version in rows:
                found.setdefault(id, []).append(Event(seq, kind, at, cause, _data.decode(data), version))
        except msgspec.DecodeError as error:
            raise BadData(f"{self._where} 里有读不出的记录（{id}）", "从备份恢复记录文件") from error
        return found

    def of_kind(self, kind: str) -> dict[str, Events]:
        """Id → events of this kind, of every record that has some. One query; BadData as `events`."""
        rows = self._query(
            "SELECT incident, seq, kind, at, cause, data, version FROM events"
            " WHERE kind = ? ORDER BY incident, seq",
            kind,
        )
        return self._by_record(rows)

    def texts(self, incident: str) -> dict[str, str]:
        """Name → text as given to `create`. NotFound: no such incident. BadData: one is gone."""
        self._head(incident)
        found = dict(self._stored_texts(incident))
        if lost := [name for name, text in found.items() if text is None]:
            raise BadData(f"事件 {incident} 所用的文本不见了：{'、'.join(lost)}", "从备份恢复记录文件")
        return {name: text for name, text in found.items() if text is not None}

    def list(self, mode: Mode | None = "real", status: Status | None = None) -> Summaries:
        """Incidents of a mode (None: all) and a status (None: any), newest first. One query."""
        where = "WHERE mode = coalesce(?, mode) AND status = coalesce(?, status)"
        rows = self._query(f"{_SUMMARY} {where} ORDER BY opened_at DESC, id DESC", mode, status)
        return [Summary(*row) for row in rows]

    def last_open(self, mode: Mode = "real") -> Summary | None:
        """The incident not yet closed (paused ones count) that was written to last; None: there is none."""
        where = "WHERE mode = ? AND status <> 'closed' ORDER BY last_at DESC, id DESC LIMIT 1"
        rows = self._query(f"{_SUMMARY} {where}", mode)
        return Summary(*rows[0]) if rows else None

    def verify(self, incident: str) -> Findings:
        """Every trace of a change after the fact, see `chain.audit`; empty: none. NotFound as above."""
        head = self._head(incident)
        rows = self._rows(incident)
        named = self._query("SELECT name, sha256 FROM incident_texts WHERE incident = ?", incident)
        texts = {name: text for name, text in self._stored_texts(incident) if text is not None}
        return audit(head, rows, dict(named), texts)

    def export(self, incident: str) -> bytes:
        """JSON Lines in UTF-8: one line about the incident, then one an event, with the hashes.

        NotFound: no such incident.
        """
        head = self._head(incident)
        named = self._query(
            "SELECT name, sha256 FROM incident_texts WHERE incident = ? ORDER BY name", incident
        )
        lines: Raw = [{"format": 1, **head._asdict(), "texts": dict(named)}]
        for event, row in zip(self.events(incident), self._rows(incident), strict=True):
            lines.append({**row._asdict(), "data": event.data})
        return msgspec.json.Encoder().encode_lines(lines)

    def _head(self, incident: str) -> Head:
        rows = self._query("SELECT * FROM incidents WHERE id = ?", incident)
        if not rows:
            raise NotFound(f"没有编号为 `{incident}` 的事件", "用 `zhiban incident list` 查看编号")
        return Head(*rows[0])

    def _rows(self, incident: str, after: int = 0) -> Rows:
        self._head(incident)
        where = "incident = ? AND seq > ?" if after else "incident = ?"  # without: whatever seq it has
        values = (incident, after) if after else (incident,)
        rows = self._query(f"SELECT {_COLUMNS} FROM events WHERE {where} ORDER BY seq", *values)
        return [Row(*row) for row in rows]

    def _stored_texts(self, incident: str) -> Named:
        return self._query(
            "SELECT name, text FROM incident_texts LEFT JOIN texts USING (sha256)"
            " WHERE incident = ? ORDER BY name",
            incident,
        )

    def _query(self, sql: str, *values: object) -> Raw:
        with translated(self._where):
            return self._db.execute(sql, values).fetchall()
