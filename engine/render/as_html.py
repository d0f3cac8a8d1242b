"""Reports as one HTML file that needs nothing else: styles and drawing inside, nothing loaded, no script."""

from __future__ import annotations

from engine.render.as_markdown import SHEETS
from engine.render.drawing import timeline
from engine.render.structure import Report
from engine.render.templates import fill
from engine.render.view import view


class HtmlReporter:
    """A page for the screen and for A4 paper."""

    def render(self, report: Report) -> str:
        """The whole file."""
        values = view(report)
        if report.head.kind == "summary":
            values["drawing"] = timeline(report)
        return fill(SHEETS.get(report.head.kind, "brief"), "html", values)
