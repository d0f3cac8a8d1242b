"""Documents on the screen."""

from __future__ import annotations

from importlib import import_module

from engine.console.terminal import Terminal
from engine.errors import NotFound
from engine.session import Session


def show_document(session: Session, terminal: Terminal, step: str) -> bool:
    """Issue the document of a step (journalled) and show its text."""
    try:
        documents = import_module("engine.render.documents")
    except ModuleNotFoundError:
        raise NotFound("这个版本还不能出文书", "按步骤里的要点手写") from None
    issued = documents.issue(session, step)
    terminal.blank()
    terminal.line(str(getattr(issued, "text", issued)))
    return True
