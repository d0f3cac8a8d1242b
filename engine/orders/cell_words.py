"""One text of a sheet → what it means: plain texts, numbers, words of a list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from engine.orders.columns import BLANK, KINDS
from engine.orders.mapping import words
from engine.orders.scheme import Schemes

NOTHING = frozenset(("-", "--", "/", "—", "——", "无", "n/a", "na", "null", "none", "nan", "nat"))
UNKNOWN = ("不知道", "未知", "不详")  # of a moment that the rates need: an empty cell says "not yet"
CHOICES = ("urgency", "met")
_UNASKED = ("未评价", "未回访", "未联系上", "未接通", "无法联系", "不评价")
Reader = Callable[[str], Any]  # ValueError: the text says nothing that can be read


def reader(field: str, schemes: Schemes, today: date) -> Reader:
    """What reads the words of a field, by the scheme of `today`."""
    if KINDS[field] == "int":
        return _number
    if KINDS[field] == "bool":
        said = words()["words"]["bool"]
        blank = BLANK[field]
        return _chooser({**dict.fromkeys(said["yes"], True), **dict.fromkeys(said["no"], False)}, blank)
    if field in CHOICES:
        said = words()["words"][field]
        table = {word: id for id, listed in said.items() for word in (id, *listed)}
        return _chooser(table, BLANK[field])
    scheme = schemes.at(today)
    if field == "satisfied":
        levels = {level: level for scale in scheme.scales.values() for level in scale.levels}
        return _chooser({**levels, **dict.fromkeys(_UNASKED, "")}, "")
    reasons = {name: id for id, reason in scheme.excluded.items() for name in (id, reason.label)}
    return _chooser({**reasons, "否": "", "不剔除": ""}, "")


def plain(text: str, *, exact: bool) -> str | None:
    """A text without a spreadsheet's crutches: `'=x`, `="123"`, `123.0`; None: a formula, or digits lost.

    `exact`: of a number every digit counts.
    """
    from engine.exports import original

    if found := re.fullmatch(r'="([^"]*)"', text):
        text = found[1]
    elif text.startswith(("=", "＝")):
        return None
    text = original(text)
    if exact:
        text = unicodedata.normalize("NFKC", text).removeprefix("'")
        if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
            return None
        if re.fullmatch(r"\d+\.0", text):
            text = text[:-2]
    return text


def _number(text: str) -> int:
    found = re.fullmatch(r"(\d{1,6})(?:\.0+)?\s*[次件]?", unicodedata.normalize("NFKC", text))
    if found:
        return int(found[1])
    if text.casefold() in NOTHING:
        return 0
    raise ValueError("写成数字")


def _chooser(table: Mapping[str, Any], blank: Any) -> Reader:
    def read(text: str) -> Any:
        key = unicodedata.normalize("NFKC", text).strip().casefold()
        for candidate in (text, key):
            if candidate in table:
                return table[candidate]
        if key in NOTHING:
            return blank
        meant: dict[Any, list[str]] = {}  # some words of every value: yes and no alike
        for name, value in table.items():
            if not name.isascii():
                meant.setdefault(value, []).append(name)
        few = max(1, 12 // max(1, len(meant)))
        shown = [name for names in meant.values() for name in names[:few]]
        raise ValueError(f"可以写：{'、'.join(shown)}")

    return read
