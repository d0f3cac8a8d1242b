"""Chinese-aware line breaking: the one text wrapper of the program.

No line begins with a closing mark (，。、）” …) and none ends with an opening one (（《“ …); Latin words
and numbers stay whole. Only a run of marks longer than a line is broken anywhere.
"""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

NO_START = frozenset("，。、；：！？）》”’】」』〉〕…—～·,.;:!?)]}%％℃")
NO_END = frozenset("（《“‘【「『〈〔([{")
_ASCII = re.compile(r"[!-~]+|\s+|.", re.DOTALL)


class _Widths(dict[str, int]):
    """The columns of each character, found when it is first asked for: long lists ask for few ones often."""

    def __missing__(self, char: str) -> int:
        if char < "\x7f":
            width = 1
        elif combining(char):
            width = 0
        else:
            width = 2 if east_asian_width(char) in "WFA" else 1
        self[char] = width
        return width


_columns = _Widths().__getitem__


def columns(text: str) -> int:
    """The columns that `text` takes; ambiguous characters (“ ” ● →) count as two, as on Chinese consoles."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def wrap(text: str, width: int, first: str = "", rest: str | None = "") -> list[str]:
    """`text` in lines of at most `width` columns; `first` and `rest` go before the first and other lines.

    `rest` None: blanks, as wide as `first`.
    """
    lead = columns(first)
    paragraphs = text.splitlines() or [""]
    if len(paragraphs) == 1 and lead + columns(paragraphs[0]) <= width:  # as it mostly is: nothing to break
        line = first + paragraphs[0].replace("\t", " ")
        return [line.rstrip() if line.strip() else line]
    rest = " " * lead if rest is None else rest
    width = max(width, lead + 2, columns(rest) + 2)
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += _fill(_units(paragraph), width, rest if lines else first, rest)
    return lines


def clip(text: str, width: int) -> str:
    """`text` on one line of at most `width` columns, cut with … when longer."""
    text = " ".join(text.split())
    if columns(text) <= width:
        return text
    kept, room = "", width - 2
    for char in text:
        room -= _columns(char)
        if room < 0:
            break
        kept += char
    return kept + "…"


def pad(text: str, width: int) -> str:
    """`text` filled up with spaces to `width` columns."""
    return text + " " * max(0, width - columns(text))


def _units(paragraph: str) -> list[str]:
    """Pieces between which a line may break; blanks are pieces of their own."""
    units: list[str] = []
    for token in _ASCII.findall(paragraph):
        if token.isspace():
            units.append(token.replace("\t", " "))
        elif units and not units[-1].isspace() and (token[0] in NO_START or units[-1][-1] in NO_END):
            units[-1] += token
        else:
            units.append(token)
    return units


def _fill(units: list[str], width: int, first: str, rest: str) -> list[str]:
    lines: list[str] = []
    line, room, empty = first, width - columns(first), True
    for unit in units:
        if unit.isspace() and empty and lines:
            continue
        needed = columns(unit)
        if needed > room and not empty:
            if unit.isspace():
                continue
            lines.append(line.rstrip() if line.strip() else line)
            line, room, empty = rest, width - columns(rest), True
        while needed > room:
            head, unit = _cut(unit, room)
            lines.append(line + head)
            line, room, empty = rest, width - columns(rest), True
            needed = columns(unit)
        line, room, empty = line + unit, room - needed, False
    return [*lines, line.rstrip() if line.strip() else line]


def _cut(unit: str, room: int) -> tuple[str, str]:
    """The longest head of `unit` that fits, at a permitted place when there is one."""
    used, most = 0, 1
    for index, char in enumerate(unit):
        used += _columns(char)
        if used > room:
            break
        most = index + 1
    for index in range(min(most, len(unit) - 1), 0, -1):
        if unit[index] not in NO_START and unit[index - 1] not in NO_END:
            return unit[:index], unit[index:]
    return unit[:most], unit[most:]
