"""One scheme file → items: read by declared type, every finding at once."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from typing import Any, NamedTuple

from engine.hall.sections import decoded
from engine.model import Span
from engine.orders import items as known
from engine.orders.items import FIXED, SINGLE, TABLES
from engine.orders.scheme import Item
from engine.reader import values
from engine.reader.fields import Field
from engine.reader.nodes import Mapping, Node, Scalar, Sequence, compose, null
from engine.reader.report import Desk, Findings, suggest

_HEAD = {
    "scheme": (values.text, "本文件的编号"),
    "title": (values.text, "名称，印在报表上"),
    "since": (known.day, "没写 since 的项从哪天起用"),
    "basis": (values.text, "没写出处的项依据什么"),
}
_OFF = ("off", "不用")
_CITE = "写上 `source`（语句编号）或 `basis`（文件名称、文号）"

Key = tuple[str, str]


class File(NamedTuple):
    """What a file says: its head, and by (section, name) the versions by date."""

    head: dict[str, Any]
    items: dict[Key, list[Item]]


def read_file(file: str, content: bytes, findings: Findings, before: Dict[Key, list[Item]]) -> File:
    """Read a file whose items may leave out what `before` (the files before it) gives the same item."""
    return _Reader(file, findings, before).read(decoded(file, content, findings))


class _Reader:
    def __init__(self, file: str, findings: Findings, before: Dict[Key, list[Item]]) -> None:
        self.file, self.desk, self.before = file, Desk(findings), before
        self.head: dict[str, Any] = {}
        self.items: dict[Key, list[Item]] = {}

    def read(self, text: str) -> File:
        if not re.search(r"^[^\S\n]*[^\s#]", text, re.MULTILINE):
            return File({}, {})
        found = Findings()
        root = compose(self.file, text, found)
        for item in found.items:
            shape = item.code in ("not-a-mapping", "empty-file")
            help = "每一段写成 `名称:`，如 `limits:`，下面缩进两格" if shape else item.help
            self.desk.findings.add(item.level, item.code, item.span, item.message, help)
        if root is None:
            return File({}, {})
        names = (*_HEAD, *TABLES)
        for name, pair in root.pairs.items():
            if name in _HEAD:
                value = None if null(pair.value) else _HEAD[name][0](self.desk, name, pair.value)
                if value is not None:
                    self.head[name] = value
            elif name not in TABLES:
                text = f"未知项目 `{values.brief(name)}`"
                self.desk.error("unknown-field", pair.key.span, text, suggest(name, names))
        for name, pair in root.pairs.items():
            if name in SINGLE:
                self.item(name, name, pair.key.span, pair.value)
            elif name in TABLES:
                self.section(name, pair.value)
        return File(self.head, {key: found for key, found in self.items.items() if found})

    def section(self, section: str, node: Node) -> None:
        if null(node):
            return
        if not isinstance(node, Mapping):
            text = f"`{section}` 要写成一组 `名称: 值`，这里是{values.shape(node)}"
            values.wrong(self.desk, node, "wrong-type", text, f"`{section}:` 下面逐行写，缩进两格")
            return
        for name, pair in node.pairs.items():
            allowed = FIXED.get(section)
            if allowed and name not in allowed:
                text = f"`{section}` 没有 `{values.brief(name)}` 这一项"
                self.desk.error("unknown-item", pair.key.span, text, suggest(name, allowed))
            else:
                self.item(section, name, pair.key.span, pair.value)

    def item(self, section: str, name: str, span: Span, node: Node) -> None:
        """All versions of one item, by date."""
        found: list[Item] = []
        nodes = node.items if isinstance(node, Sequence) else [node]
        for version in nodes:
            item = self.version(section, name, span if len(nodes) == 1 else version.span, version)
            if item is None:
                continue
            if any(item.fields["since"] == other.fields["since"] for other in found):
                text = f"`{name}` 有两种规定从 {item.fields['since']} 起用"
                self.desk.error("same-date", item.span, text, "各写各的 `since`")
            found.append(item)
        found.sort(key=lambda item: item.fields["since"])
        self.items[section, name] = found

    def version(self, section: str, name: str, span: Span, node: Node) -> Item | None:
        desk = self.desk.about(f"{section} 的 `{name}`" if section != name else f"`{name}`")
        given: dict[str, Any] = {}
        if isinstance(node, Scalar) and node.text in _OFF:
            given["off"] = True
        elif isinstance(node, Mapping):
            table = {**TABLES[section][0], "off": Field("flag", "不再用")}
            readers = {**TABLES[section][1], "off": values.flag}
            errors = desk.findings.errors
            for field, value in values.check_keys(desk, node.pairs, table).items():
                given[field] = readers[field](desk, field, value)
            if desk.findings.errors > errors:
                return None
        else:
            text = f"要写成 `{{名称: 值}}` 或 off，这里是{values.shape(node)}"
            values.wrong(desk, node, "wrong-type", text)
            return None
        return self.complete(desk, section, name, span, given)

    def complete(self, desk: Desk, section: str, name: str, span: Span, given: dict[str, Any]) -> Item | None:
        """With what the head and the same item of an earlier file say; reports what is still missing."""
        before = self.before.get((section, name), [])
        if given.get("off") and not before:
            names = [other for group, other in self.before if group == section]
            desk.error("unknown-item", span, "本来就没有这一项，不用写 off", suggest(name, names))
            return None
        since = given.get("since") or self.head.get("since")
        if since is None and given.get("off"):
            since = before[0].fields["since"]  # without a date it never held
        if since is None:
            desk.error("no-date", span, "没有写从哪天起用", "写上 `since: 2026-01-01`，或写在文件开头")
            return None
        if not given.get("off"):
            if not given.get("source") and not given.get("basis"):
                if "basis" not in self.head:
                    desk.error("no-source", span, "没有写出处", _CITE)
                    return None
                given["basis"] = self.head["basis"]
            base = [item.fields for item in before if item.fields["since"] <= since] or [
                item.fields for item in before[:1]
            ]
            if base:
                kept = {k: v for k, v in base[-1].items() if k not in ("source", "basis", "off", "since")}
                given = kept | given
            for field, about in TABLES[section][0].items():
                if about.required and field not in given:
                    desk.error("missing-field", span, f"缺少 `{field}`", about.about)
                    return None
        return Item(section, name, span, {**given, "since": since})
