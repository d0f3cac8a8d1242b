"""Heat maps: one table of numbers for the terminal, drawn for a page, or as shades for a document.

In the terminal the darkness of a cell is a mark (no colour is needed): full-width marks, which GBK has and
which take two columns on every console.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import accumulate
from typing import NamedTuple
from unicodedata import east_asian_width

MARKS = "　．－＋＊＃＠"  # nothing, then ever more
STEPS = len(MARKS) - 1
_SHADES = ("FFFFFF", "FDEBDD", "FBD0AE", "F6AB7B", "EA7F4B", "CC5424", "8F3210")
_LIGHT = 5  # from this step on the number is written in white
_CELL, _HIGH, _TOP = 34, 26, 46  # width and height of a drawn cell, room for the heads
_FIELD = 6  # least columns of a cell that shows its number too


class Heat(NamedTuple):
    """`values[r][c]`: the number (0 or more) of row `rows[r]` and column `columns[c]`; `unit`: as 件.

    `after`: what follows a column's name in words, as 时 of an hour.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    unit: str = "件"
    after: str = ""

    @property
    def most(self) -> float:
        """The greatest value; 0 when there is none."""
        return max((value for row in self.values for value in row), default=0)


def step(value: float, most: float) -> int:
    """How dark a value is: 0 for nothing, then 1 to `STEPS` in equal steps up to the greatest."""
    return 0 if value <= 0 or most <= 0 else min(STEPS, max(1, -int(-value * STEPS // most)))


def shade(value: float, most: float) -> str:
    """The same as a colour, RRGGBB."""
    return _SHADES[step(value, most)]


def peaks(heat: Heat, count: int = 3) -> list[tuple[str, str, float]]:
    """The `count` greatest cells above 0: (row, column, value), the greatest first, earlier ones before."""
    cells = [
        (row, column, value)
        for row, line in zip(heat.rows, heat.values, strict=True)
        for column, value in zip(heat.columns, line, strict=True)
        if value > 0
    ]
    return sorted(cells, key=lambda cell: -cell[2])[:count]


def legend(heat: Heat) -> list[tuple[int, str]]:
    """(step, the values that have it) for the steps that occur, in order; whole numbers as such."""
    found: dict[int, list[float]] = {}
    for row in heat.values:
        for value in row:
            if value > 0:
                found.setdefault(step(value, heat.most), []).append(value)
    return [(at, _range(min(values), max(values))) for at, values in sorted(found.items())]


def lines(heat: Heat, width: int = 79) -> list[str]:
    """The map as text of at most `width` columns: marks alone where there are many short columns (hours),
    else a number and its mark a cell, in several blocks below one another when they do not fit side by side.

    Ends with the meaning of the marks and the greatest cells in words. `width`: at least 20.
    """
    if not heat.rows or not heat.columns or heat.most <= 0:
        return [heat.title, "（没有数据）"]
    head = min(max(_wide(name) for name in heat.rows), max(8, width // 4))
    dense = len(heat.columns) > 8 and max(map(_wide, heat.columns)) <= 3
    found = [heat.title, *(_marked if dense else _numbered)(heat, head, width)]
    said = "  ".join(f"{MARKS[at]} {text}" for at, text in legend(heat))
    found += _folded(f"记号（{heat.unit}）：", said.split("  "), "  ", width)
    top = [f"{row} {column}{heat.after}（{_number(value)}{heat.unit}）" for row, column, value in peaks(heat)]
    return found + _folded("最多：", top, "；", width)


def _marked(heat: Heat, head: int, width: int) -> list[str]:
    """Two columns a cell, and the sum of each row where there is room."""
    per = max(1, (width - head - 1) // 2)
    found = []
    for start in range(0, len(heat.columns), per):
        names = heat.columns[start : start + per]
        line, free = " " * (head + 1), 0
        for place, name in enumerate(names):
            # a name is left out where the one before it has taken its room
            if 2 * place >= free and 2 * place + _wide(name) <= width - head - 1:
                line += " " * (2 * place - (_wide(line) - head - 1)) + name
                free = 2 * place + _wide(name) + 1
        found.append(line)
        for row, values in zip(heat.rows, heat.values, strict=True):
            marks = "".join(MARKS[step(value, heat.most)] for value in values[start : start + per])
            total = f" 共{_number(sum(values))}" if per >= len(heat.columns) else ""
            line = f"{_fit(row, head)} {marks}"
            found.append(line + total if _wide(line + total) <= width else line.rstrip("　 "))
    return found


def _numbered(heat: Heat, head: int, width: int) -> list[str]:
    """A number and its mark in each cell."""
    longest = max(len(_number(value)) for row in heat.values for value in row)
    room = max(_FIELD, width - head - 1)
    sizes = [min(room, max(_FIELD, longest + 3, _wide(name) + 1)) for name in heat.columns]
    found, start = [], 0
    while start < len(sizes):
        ends = list(accumulate(sizes[start:]))
        count = max(1, sum(end <= room for end in ends))
        picked = range(start, start + count)
        found.append(" " * (head + 1) + "".join(_right(heat.columns[at], sizes[at]) for at in picked))
        for row, values in zip(heat.rows, heat.values, strict=True):
            cells = [f"{_number(values[at])}{MARKS[step(values[at], heat.most)]}" for at in picked]
            shown = "".join(_right(cell, sizes[at]) for cell, at in zip(cells, picked, strict=True))
            found.append(f"{_fit(row, head)} {shown}".rstrip("　 "))
        start += count
    return found


def svg(heat: Heat) -> str:
    """The map as an SVG element for a page: no script, no outside file, every cell with its number."""
    left = 20 + 13 * max((_wide(name) / 2 for name in heat.rows), default=1)
    slanted = any(_wide(name) > 4 for name in heat.columns)
    # the last slanted names reach beyond their column
    ends = [_CELL * (n + 0.5) + 13 * _wide(name) / 2 * 0.75 for n, name in enumerate(heat.columns)]
    wide = left + max([_CELL * len(heat.columns), *(ends if slanted else ())]) + 10
    top = _TOP + (13 * max(_wide(name) for name in heat.columns) / 2 * 0.7 if slanted else 0)
    high = top + _HIGH * len(heat.rows) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="heat" role="img" viewBox="0 0 {wide:.0f} {high:.0f}"'
        f' style="max-width:{wide:.0f}px;width:100%" font-size="12" fill="currentColor">',
        f"<title>{escape(heat.title)}</title>",
    ]
    for place, name in enumerate(heat.columns):
        x, y = left + _CELL * (place + 0.5), top - 8
        turn = f' transform="rotate(-45 {x:.1f} {y:.1f})"' if slanted else ""
        anchor = "start" if slanted else "middle"
        parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turn}>{escape(name)}</text>')
    for number, (row, values) in enumerate(zip(heat.rows, heat.values, strict=True)):
        y = top + _HIGH * number
        parts.append(f'<text x="{left - 8:.1f}" y="{y + 17:.1f}" text-anchor="end">{escape(row)}</text>')
        for place, (name, value) in enumerate(zip(heat.columns, values, strict=True)):
            parts.append(_drawn(heat, row, name, value, left + _CELL * place, y))
    return "\n".join([*parts, "</svg>"])


def _drawn(heat: Heat, row: str, column: str, value: float, x: float, y: float) -> str:
    ink = "#fff" if step(value, heat.most) >= _LIGHT else "#222"
    said = escape(f"{row} {column}{heat.after}：{_number(value)}{heat.unit}")
    return (
        f"<g><title>{said}</title>"
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{_CELL - 1}" height="{_HIGH - 1}" stroke="#ccc"'
        f' stroke-width="0.5" fill="#{shade(value, heat.most)}"/>'
        f'<text x="{x + _CELL / 2 - 0.5:.1f}" y="{y + 17:.1f}" text-anchor="middle" font-size="11"'
        f' fill="{ink}">{_number(value)}</text></g>'
    )


def _number(value: float) -> str:
    return f"{value:g}" if value < 1e6 else f"{value:.0f}"


def _range(low: float, high: float) -> str:
    return _number(low) if low == high else f"{_number(low)}-{_number(high)}"


def _wide(text: str) -> int:
    """Columns on a Chinese console, where ambiguous characters take two."""
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def _fit(text: str, width: int) -> str:
    """Cut or filled up to exactly `width` columns."""
    kept = ""
    for char in text:
        if _wide(kept + char) > width:
            break
        kept += char
    return kept + " " * (width - _wide(kept))


def _right(text: str, width: int) -> str:
    text = _fit(text, width - 1).rstrip(" ") if _wide(text) >= width else text
    return " " * (width - _wide(text)) + text


def _folded(first: str, pieces: Sequence[str], between: str, width: int) -> list[str]:
    """The pieces in lines, none broken unless it is longer than a line."""
    found: list[str] = []
    line = ""
    for piece in pieces:
        joined = (line + between if line else first if not found else "  ") + piece
        if line and _wide(joined) > width:
            found.append(line)
            joined = "  " + piece
        while _wide(joined) > width:
            head = _fit(joined, width).rstrip(" ")
            found.append(head)
            joined = "  " + joined[len(head) :]
        line = joined
    return [*found, line]
