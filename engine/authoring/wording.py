"""What people type → what may stand in a playbook: plain words on one line, quoted where YAML needs it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_PLAIN = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff0-9A-Za-z，。、？！；：（）《》“”]*")
# braces would begin a blank to fill in (`{{ }}`), which a beginner hardly means
_BRACES = str.maketrans("{}", "｛｝")
_SIGNS = re.compile(r"[+＋|｜]|(?:^|\s)[-－](?=\s|$)")


def one_line(text: str) -> str:
    """The text on one line, without what a GBK console cannot show; braces become full-width."""
    kept = (letter if unicodedata.category(letter)[0] != "C" else " " for letter in text)
    shown = "".join(kept).translate(_BRACES).encode("gbk", errors="ignore").decode("gbk")
    return " ".join(shown.split())


def words_of(text: str) -> list[str]:
    """`叫号机坏了，不出号` → the words to listen for; signs of the word language (`+ | -`) are left out."""
    parts = re.split(r"[,，、;；。\n]", text)
    words = (one_line(_SIGNS.sub(" ", one_line(part))) for part in parts)
    return list(dict.fromkeys(word for word in words if word))


def noun_of(question: str) -> str:
    """A short label for a question: `还在漏水吗？` → `还在漏水`."""
    return re.sub(r"[吗呢么嘛]?[？?！!。.\s]*$", "", question) or question


def quoted(text: str) -> str:
    """The text as a YAML scalar that also stands between braces and in a list."""
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "''") + "'"


def listed(items: Iterable[str]) -> str:
    """A YAML list in one line."""
    return f"[{', '.join(items)}]"
