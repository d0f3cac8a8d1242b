"""Reports for programs: the structure itself, with keys."""

from __future__ import annotations

import msgspec

from engine.render.structure import Report


class JsonReporter:
    """One JSON document; times with +08:00, spans in seconds."""

    def render(self, report: Report) -> str:
        """The whole file."""
        return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
