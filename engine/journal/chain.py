"""The hash chain of a record: each event's hash covers the one before, the first covers the incident.

Pure functions over rows; the store keeps the rows, `audit` tells what was done to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec

from engine.model import Finding

Status = Literal["open", "paused", "closed"]
_STATUS: dict[str, Status] = {
    "paused": "paused",
    "resumed": "open",
    "closed": "closed",
    "reopened": "open",
}


class Head(NamedTuple):
    """The incident's own row."""

    id: str
    mode: str
    title: str
    opened_at: str
    status: Status
    last_at: str
    head_seq: int
    head_hash: str


class Row(NamedTuple):
    """An event as stored; `data` is the JSON text exactly as hashed."""

    seq: int
    kind: str
    at: str
    cause: int
    data: str
    version: int
    prev_hash: str
    hash: str


def sha(text: str) -> str:
    """sha256 of the text in UTF-8, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def genesis(incident: str, mode: str, title: str, texts: Mapping[str, str]) -> str:
    """What the first event follows; `texts`: name → sha256 of every text of the incident."""
    return hashlib.sha256(msgspec.json.encode([incident, mode, title, texts], order="sorted")).hexdigest()


def link(prev: str, seq: int, kind: str, at: str, cause: int, data: str, version: int) -> str:
    """The hash of an event that follows the hash `prev`."""
    form = msgspec.json.encode([prev, seq, kind, at, cause, data, version])
    return hashlib.sha256(form).hexdigest()


def status_after(status: Status, kind: str) -> Status:
    """The incident's status after an event of this kind."""
    return _STATUS.get(kind, status)


def audit(
    head: Head, rows: Iterable[Row], sums: Mapping[str, str], texts: Mapping[str, str]
) -> list[Finding]:
    """Every trace of a change after the fact, in the order of the record; empty: none found.

    `rows`: all events by seq; `sums`: name → sha256 as recorded; `texts`: name → text as stored
    (a name is absent when its text is gone).
    """
    found: list[Finding] = []

    def report(code: str, message: str) -> None:
        found.append(Finding("error", f"journal-{code}", f"事件 {head.id}：{message}"))

    for name, digest in sums.items():
        if name not in texts:
            report("text", f"文本 `{name}` 不见了")
        elif sha(texts[name]) != digest:
            report("text", f"文本 `{name}` 在事后被改动")
    prev, seq, at = genesis(head.id, head.mode, head.title, sums), 0, head.opened_at
    status: Status = "open"
    opened = ""
    for row in rows:
        if row.seq != seq + 1:
            last = row.seq - 1
            report("gap", f"缺第 {seq + 1} 条" if last == seq + 1 else f"缺第 {seq + 1}—{last} 条")
        elif row.prev_hash != prev:
            what = f"第 {seq} 条被替换" if seq else "编号、类别、标题或所用文本的清单在事后被改动"
            report("replaced", what)
        if row.hash != link(row.prev_hash, *row[:6]):
            report("edited", f"第 {row.seq} 条（{row.kind}，{row.at}）在事后被改动")
        opened = opened or row.at
        prev, seq, at, status = row.hash, row.seq, row.at, status_after(status, row.kind)
    if seq < head.head_seq:
        report("truncated", f"末尾缺 {head.head_seq - seq} 条（应有 {head.head_seq} 条）")
    elif seq > head.head_seq:
        report("added", f"末尾多出 {seq - head.head_seq} 条不是由 zhiban 写入的记录")
    else:
        if prev != head.head_hash:
            report("replaced", f"第 {seq} 条被替换")
        if (opened, at, status) != (head.opened_at, head.last_at, head.status):
            report("summary", "状态或起止时间与记录对不上")
    return found
