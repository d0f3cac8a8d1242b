"""What is wrong with a sheet, cell by cell: nothing is put right in silence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from engine.model import Frozen

Level = Literal["error", "warning", "info"]
KEPT = 10_000  # cells of one sort that are listed; more are only counted
SHOWN = 40  # characters of a cell that are repeated


class Problem(Frozen, frozen=True):
    """One cell (or row, or column, or the whole sheet) and what to do about it.

    `row`: as the spreadsheet numbers it, 0: not of one row; `column`: its letter or "".
    """

    level: Level
    code: str
    row: int
    column: str
    header: str
    value: str
    message: str
    help: str = ""

    @property
    def place(self) -> str:
        """`C7`, `第 7 行`, `C 列` or `整张表`."""
        if self.row:
            return f"{self.column}{self.row}" if self.column else f"第 {self.row} 行"
        return f"{self.column} 列" if self.column else "整张表"


class Problems:
    """Problems as they are found; `counts`: (level, code, column letter) → how many, exact."""

    def __init__(self) -> None:
        self.listed: list[Problem] = []
        self.counts: dict[tuple[Level, str, str], int] = {}

    def add(
        self,
        level: Level,
        code: str,
        message: str,
        help: str = "",
        *,
        cells: Iterable[tuple[int, object]] = ((0, ""),),
        number: int = 0,
        column: str = "",
        header: str = "",
    ) -> None:
        """Note the same problem of some cells (row, value); `number`: how many there are, if not all come."""
        kind, come = (level, code, column), 0
        room = KEPT - self.counts.get(kind, 0)
        for row, value in cells:
            come += 1
            if come <= room:
                self.listed.append(Problem(level, code, row, column, header, short(value), message, help))
        if come:
            self.counts[kind] = self.counts.get(kind, 0) + max(number, come)

    def number(self, level: Level) -> int:
        """How many there are of a level."""
        return sum(n for (found, _, _), n in self.counts.items() if found == level)

    @property
    def errors(self) -> int:
        """How many keep the sheet from being imported."""
        return self.number("error")

    def sorted(self) -> list[Problem]:
        """The listed ones: errors first, of the sheet before those of rows, then by row and column."""
        order = {"error": 0, "warning": 1, "info": 2}
        return sorted(self.listed, key=lambda p: (order[p.level], p.row, len(p.column), p.column, p.code))

    @property
    def unlisted(self) -> int:
        """How many are only counted."""
        return sum(self.counts.values()) - len(self.listed)

    def rest(self) -> list[Problem]:
        """For each sort of which more than `KEPT` were found: how many there are, and how many are listed."""
        found: list[Problem] = []
        for kind, number in self.counts.items():
            same = [p for p in self.listed if (p.level, p.code, p.column) == kind] if number > KEPT else []
            if same and len(same) < number:
                message = f"{same[0].message}：共 {number} 处，只逐格列出 {len(same)} 处"
                found.append(msgspec.structs.replace(same[0], row=0, value="", message=message))
        return found


def short(value: object) -> str:
    """A cell's value on one line, cut."""
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def letter(index: int) -> str:
    """The spreadsheet's name of a column, from 0: A … Z, AA …"""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def index(name: str) -> int | None:
    """The other way round; None when it is not such a name."""
    if not (1 <= len(name) <= 3 and name.isascii() and name.isalpha()):
        return None
    number = 0
    for char in name.upper():
        number = number * 26 + ord(char) - 64
    return number - 1
