"""Tables before they have a format: columns, cells, and what makes a cell safe to open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, NamedTuple

Kind = Literal["text", "number", "date", "moment", "yesno"]
Cell = str | int | float | bool | date | datetime | None

# what a spreadsheet program may take for a formula or for a break out of the cell; the full-width marks count
# as the plain ones in programs set to Chinese
_RISKY = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]")
_MARKED = re.compile(r"'+\s*[=+\-@\t\r\n＝＋－＠]")
# controls that no sheet or XML can hold, half characters, and marks that turn the direction of writing
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


class Column(NamedTuple):
    """`width`: in characters, as spreadsheet programs count; 0: by the kind."""

    title: str
    kind: Kind = "text"
    width: float = 0


class Sheet(NamedTuple):
    """One table. `rows` may be a generator; every row has a cell for each column. Moments are aware."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]]


def printable(text: str) -> str:
    """`text` without what no file can hold or what would show something else than is written."""
    return _UNSEEN.sub("", text)


def risky(text: str) -> bool:
    """Whether a spreadsheet program might take the text for a formula."""
    return _RISKY.match(text) is not None


def neutral(text: str) -> str:
    """The text with an apostrophe before it when it could be taken for a formula; for CSV."""
    return f"'{text}" if risky(text) else text


def original(text: str) -> str:
    """What `neutral` was given: for reading our own CSV back."""
    return text[1:] if _MARKED.match(text) else text
