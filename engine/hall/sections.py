"""A profile cut into its sections, so that a slip in one does not cost the others."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec

from engine.model import Finding, Span
from engine.reader.nodes import Pair, compose
from engine.reader.report import Findings


def decoded(file: str, content: bytes, findings: Findings) -> str:
    """The text of a file in UTF-8, or with a remark in GBK."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = content.rfind(b"\n", 0, error.start) + 1
        span = Span(file, content.count(b"\n", 0, start) + 1, error.start - start + 1)
        findings.add("warning", "encoding", span, "文件不是 UTF-8，按 GBK 读取", "另存为 UTF-8")
        return content.decode("gb18030", errors="replace")


def starts(text: str) -> list[int]:
    """The lines, from 1, at which sections begin: whatever stands in the first column."""
    lines = text.split("\n")
    return [n for n, line in enumerate(lines, 1) if re.match(r"[^\s#})\]]", line) and line[:3] != "---"]


def top(file: str, text: str, findings: Findings) -> dict[str, Pair]:
    """The sections; when the whole cannot be parsed, those that can be by themselves."""
    if not re.search(r"^[^\S\n]*[^\s#]", text, re.MULTILINE):
        return {}
    whole = Findings()
    root = compose(file, text, whole)
    if root:
        findings.items += whole.items
        return root.pairs
    lines = text.split("\n")
    found: dict[str, Pair] = {}
    faults: list[Finding] = []
    for start, end in pairwise([*starts(text), len(lines) + 1]):
        part = Findings()
        block = "\n".join(lines[start - 1 : end - 1]).rstrip()
        root = compose(file, "\n" * (start - 1) + block, part)
        for name, pair in root.pairs.items() if root else ():
            found.setdefault(name, pair)
        last = start + block.count("\n")  # what is left open is missed only at the very end
        faults += [
            msgspec.structs.replace(item, span=Span(file, min(item.span.line, last), item.span.column))
            for item in part.items
        ]
    for item in faults or whole.items:
        shape = item.code in ("not-a-mapping", "empty-file")
        help = "每一段写成 `名称: 值`，如 `hall: 某某政务服务中心`" if shape else item.help
        findings.add(item.level, item.code, item.span, item.message, help)
    return found
