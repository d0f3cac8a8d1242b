"""The report templates: found beside the documents, filled with everything escaped for their format."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine import paths

_SPECIAL = re.compile(r"([\\`*\[\]|])|(?<!_)(_{1,2})(?!_)")
_OPENING = re.compile(r"^(\s*)([#+>~-]|[0-9]+(?=[.)]))")


def markdown_escape(value: object) -> object:
    """Somebody's words as plain text of Markdown: no markup, no HTML; blanks (`______`) stay readable."""
    if not isinstance(value, str):
        return value
    text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _SPECIAL.sub(lambda found: "".join(f"\\{char}" for char in found[0]), text)
    text = _OPENING.sub(lambda found: _opening(found[1], found[2]), text)
    return " ".join(text.split("\n"))


def _opening(space: str, mark: str) -> str:
    return f"{space}{mark}" if mark.isdigit() else f"{space}\\{mark}"


@lru_cache(maxsize=2)
def environment(form: str) -> Environment:
    """The templates for `md` or `html`. A name that is not given is a fault of the program, and raised."""
    html = form == "html"
    made = Environment(
        loader=FileSystemLoader(paths.shipped("templates") / "reports"),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    if not html:
        made.finalize = markdown_escape
    return made


def fill(name: str, form: str, values: dict[str, Any]) -> str:
    """The template `NAME.FORM.j2` filled with `values`."""
    return environment(form).get_template(f"{name}.{form}.j2").render(values)
