"""The formats of a report behind one protocol; one module a format."""

from __future__ import annotations

from typing import Protocol

from engine.render.structure import Form, Report


class Reporter(Protocol):
    """Turns a report into a file's text; the same report always gives the same text."""

    def render(self, report: Report) -> str:
        """The whole file."""
        ...


def reporter(form: Form) -> Reporter:
    """The reporter of a format; its module is imported only now."""
    match form:
        case "md":
            from engine.render.as_markdown import MarkdownReporter

            return MarkdownReporter()
        case "html":
            from engine.render.as_html import HtmlReporter

            return HtmlReporter()
        case "json":
            from engine.render.as_json import JsonReporter

            return JsonReporter()
