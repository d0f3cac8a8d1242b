"""Collecting findings: everything that is wrong is said at once, with its place and a suggestion."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from engine.model import Finding, Span

SHOWN = 8  # more names than this are no help


@dataclass
class Findings:
    """A list of findings that knows how many are errors."""

    items: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(item.level == "error" for item in self.items)

    def add(
        self, level: Literal["error", "warning", "info"], code: str, span: Span, message: str, help: str = ""
    ) -> None:
        """Note one finding."""
        self.items.append(Finding(level, code, message, span, help))

    def error(self, code: str, span: Span, message: str, help: str = "") -> None:
        """Note one error."""
        self.add("error", code, span, message, help)

    def sorted(self) -> tuple[Finding, ...]:
        """Each finding once, by file and place."""
        unique = dict.fromkeys(
            (f.span.file, f.span.line, f.span.column, f.level, f.code, f.message, f.help) for f in self.items
        )
        return tuple(Finding(f[3], f[4], f[5], Span(f[0], f[1], f[2]), f[6]) for f in sorted(unique))


@dataclass(frozen=True)
class Desk:
    """Where a reader reports: the list, and whose fault it is (``步骤 `look` ``)."""

    findings: Findings
    owner: str = ""

    def about(self, owner: str) -> Desk:
        """The same list for another owner."""
        return Desk(self.findings, owner)

    def error(self, code: str, span: Span, text: str, help: str = "") -> None:
        """Note an error of the owner."""
        self.findings.error(code, span, f"{self.owner}：{text}" if self.owner else text, help)

    def warn(self, code: str, span: Span, text: str, help: str = "") -> None:
        """Note a remark about the owner."""
        self.findings.add("warning", code, span, f"{self.owner}：{text}" if self.owner else text, help)


def suggest(name: str, candidates: Collection[str]) -> str:
    """「是否想写 `x`？」 for a near miss, else the short list of what could be written."""
    near = difflib.get_close_matches(name[:80], list(candidates), n=1, cutoff=0.6)
    if near:
        return f"是否想写 `{near[0]}`？"
    return f"可以写 {quoted(candidates)}" if 0 < len(candidates) <= SHOWN else ""


def quoted(names: Iterable[str]) -> str:
    """`` `a`、`b` ``."""
    return "、".join(f"`{name}`" for name in names)
