"""Reports as Markdown: for files, mail and a terminal."""

from __future__ import annotations

import re

from engine.render.structure import Report
from engine.render.templates import fill
from engine.render.view import view

# which template tells a kind; the rest share the short official form
SHEETS = {"summary": "summary", "handover": "handover"}


class MarkdownReporter:
    """Markdown with tables."""

    def render(self, report: Report) -> str:
        """The whole file."""
        text = fill(SHEETS.get(report.head.kind, "brief"), "md", view(report))
        return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"
