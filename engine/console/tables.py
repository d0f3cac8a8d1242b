"""Tables of texts on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from engine.console.wrap import columns

if TYPE_CHECKING:
    from engine.console.terminal import Terminal


def table(screen: Terminal, rows: Sequence[Sequence[str]]) -> None:
    """Columns side by side where they fit, the last one wrapped; below one another where they do not."""
    if not rows:
        return
    measured = cache(columns)  # the same words stand in many rows
    widths = [max(map(measured, column)) for column in list(zip(*rows, strict=True))[:-1]]
    lead = sum(widths) + 2 * len(widths)
    last = max(measured(row[-1]) for row in rows)
    if lead + min(16, last) > screen.width:
        screen.lines((("", "  ".join(row)) for row in rows), rest="    ")
        return
    blanks = [" " * n for n in range(max(widths, default=0) + 3)]
    screen.lines(
        (
            "".join(
                cell + blanks[width + 2 - measured(cell)] for cell, width in zip(row, widths, strict=False)
            ),
            row[-1],
        )
        for row in rows
    )
