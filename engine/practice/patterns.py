"""Words as they are written in question files → regular expressions over plain text."""

from __future__ import annotations

import re

from engine.reader.nodes import Node
from engine.reader.report import Desk, suggest

_GAP = "[^。;!?不没别未]{0,8}?"  # no negator: what stands behind one is disowned
_NAME = re.compile(r"<([a-z]+)>")


class Patterns:
    """Reads word patterns; knows the lexicon. `strict`: each is compiled to see whether it can be."""

    def __init__(self, words: dict[str, str], strict: bool) -> None:
        self.words = words
        self.strict = strict

    def read(self, desk: Desk, written: str, node: Node) -> str:
        """The regular expression; empty when it was reported: `…` is a gap, `<name>` the lexicon's words."""
        for name in _NAME.findall(written):
            if name not in self.words:
                help = suggest(name, self.words)
                desk.error("unknown-word", node.span, f"词表里没有 `<{name}>`", help)
                return ""
        full = _NAME.sub(lambda found: f"(?:{self.words[found[1]]})", written)
        full = re.sub(r"\((?!\?)", "(?:", full.replace("…", _GAP))
        if not self.strict:
            return full
        try:
            if re.compile(full).match(""):
                desk.error("empty-word", node.span, "有一种说法是空的", "看看 `|` 前后是否少了词")
                return ""
        except re.error:
            desk.error("bad-pattern", node.span, f"说法 `{written[:20]}` 的括号没有配对", "检查 `(` `)` `|`")
            return ""
        return full
