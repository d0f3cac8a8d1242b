"""Markdown → one self-contained HTML page. HTML, links and pictures in the text stay plain text."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from engine.render.structure import MODES
from engine.render.templates import fill

_BLANK = re.compile(r"_{2,}")
_HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)


def page(text: str) -> str:
    """The page of a document written in Markdown, for the screen and for A4 paper."""
    heading = _HEADING.search(text)
    title = heading[1] if heading else "文书"
    mode = next((name for name in MODES.values() if title.startswith(f"【{name}】")), "")
    # a run of underscores is a line to write on, never emphasis or a rule
    body = _parser().render(_BLANK.sub(lambda run: run[0].replace("_", "\\_"), text))
    body = _BLANK.sub(
        lambda run: f'<span class="blank" style="width:{len(run[0]) * 0.52:.1f}em"></span>', body
    )
    safe = Markup(body)  # made by the parser, which lets no HTML through
    return fill("document", "html", {"title": title, "mode": mode, "body": safe})


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.disable(["html_block", "html_inline", "image", "link", "autolink", "reference", "code"])
