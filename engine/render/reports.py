"""Reports on an incident, from the session that holds it."""

from __future__ import annotations

from typing import Any

from engine.render.gather import build
from engine.render.reporters import reporter
from engine.render.structure import Form, Kind
from engine.session import Session


def report(session: Session, kind: Kind, form: Form = "md") -> str:
    """The text of a report as things stand; nothing is journalled.

    A closed incident always gives the same text; an open one gives it for the session's clock.
    """
    return reporter(form).render(build(session, kind))


def submit(session: Session, kind: Kind) -> dict[str, Any]:
    """Journal that a report goes out as it stands, and return what was journalled.

    The next 续报 is numbered one higher and tells what came since. UsageError once the incident is closed.
    """
    made = build(session, kind)
    data: dict[str, Any] = {
        "document": f"report-{kind}",
        "title": made.head.title,
        "step": "",
        "draft": bool(made.head.draft),
        "pending": [fact.label for fact in made.facts if not fact.established],
        "text": reporter("md").render(made),
    }
    session.perform("issued", data)
    return data
