"""Documents that the hall issues and reports on an incident, in Markdown, HTML and JSON.

    preview, issue, folder, save    documents of steps, drafts while a fact is not established
    report, submit                  初报, 续报, 终报, 事件总结报告, 交接单
    build                           the data of a report, for whoever wants to count
    page                            any Markdown as a self-contained HTML page

Names are imported when they are first used: templates load Jinja2.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.render.documents import folder, issue, preview, save
    from engine.render.gather import build
    from engine.render.paper import page
    from engine.render.reports import report, submit
    from engine.render.structure import Form, Kind, Report

__all__ = [
    "Form",
    "Kind",
    "Report",
    "build",
    "folder",
    "issue",
    "page",
    "preview",
    "report",
    "save",
    "submit",
]

_HOMES = {
    "gather": ("build",),
    "documents": ("folder", "issue", "preview", "save"),
    "paper": ("page",),
    "reports": ("report", "submit"),
    "structure": ("Form", "Kind", "Report"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Module-level names, loaded on first use."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"engine.render.{_HOME[name]}"), name)
