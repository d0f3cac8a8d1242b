"""The values of a worksheet's cells, row by row: what openpyxl's streaming reader gives, in less time.

openpyxl builds an element for every cell; here expat's events are enough. What a cell's text means
(shared texts, which styles are dates, from when days are counted) openpyxl has read before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _VALUE, _INLINE, _TEXT, _SOUND = (_MAIN + name for name in ("row", "c", "v", "is", "t", "rPh"))
_CHUNK = 1 << 18

Values = list[Any]


class _Reader:
    """Handlers of the parser; finished rows gather in `rows`."""

    def __init__(self, ws: Any, width: int) -> None:
        from openpyxl.utils.cell import column_index_from_string
        from openpyxl.utils.datetime import from_excel, from_ISO8601

        book = ws.parent
        self._texts, self._width, self._epoch = ws._shared_strings, width, book.epoch
        self._dates = {str(style) for style in book._date_formats}
        self._spans = {str(style) for style in book._timedelta_formats}
        self._from_excel, self._from_iso, self._index = from_excel, from_ISO8601, column_index_from_string
        self._places: dict[str, int] = {}  # letters → column from 1
        self.rows: list[tuple[int, Values]] = []
        self._row, self._column = 0, 0
        self._cells: Values = []
        self._attributes: dict[str, str] = {}
        self._value: list[str] = []
        self._said: list[str] | None = None  # the text of an inline string
        self._sounds = 0  # inside of phonetic marks, which are not text
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, data: bytes) -> list[tuple[int, Values]]:
        """The rows that end in this piece; b"" is the end. ExpatError: no XML."""
        self.rows = []
        self._parser.Parse(data, not data)
        return self.rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == _CELL:
            self._attributes, self._value, self._said = attributes, [], None
            place = attributes.get("r")
            self._column = self._place(place) if place else self._column + 1
        elif name == _VALUE:
            self._parser.CharacterDataHandler = self._value.append
        elif name == _ROW:
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column, self._cells = 0, [None] * self._width
        elif name == _INLINE:
            self._said = []
        elif name == _SOUND:
            self._sounds += 1
        elif name == _TEXT and self._said is not None and not self._sounds:
            self._parser.CharacterDataHandler = self._said.append

    def _end(self, name: str) -> None:
        if name == _CELL:
            if 0 < self._column <= self._width:
                self._cells[self._column - 1] = self._meant()
        elif name in (_VALUE, _TEXT):
            self._parser.CharacterDataHandler = None
        elif name == _ROW:
            self.rows.append((self._row, self._cells))
        elif name == _SOUND:
            self._sounds -= 1

    def _place(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        found = self._places.get(letters)
        if found is None:
            found = self._places[letters] = self._index(letters)
        return found

    def _meant(self) -> Any:
        """The value of the cell that has just ended."""
        kind = self._attributes.get("t", "n")
        if kind == "inlineStr":
            return None if self._said is None else "".join(self._said)
        text = "".join(self._value)
        if not text:
            return None
        if kind == "s":
            return self._texts[int(text)]
        if kind == "n":
            number = float(text) if "." in text or "E" in text or "e" in text else int(text)
            style = self._attributes.get("s", "0")
            if style not in self._dates:
                return number
            try:
                return self._from_excel(number, self._epoch, timedelta=style in self._spans)
            except (OverflowError, ValueError):
                return "#VALUE!"  # no such day
        if kind == "b":
            return bool(int(text))
        return self._from_iso(text) if kind == "d" else text


def values(ws: Any, width: int) -> Iterator[tuple[int, Values]]:
    """(number of the row, its first `width` values) of every row of a read-only worksheet that is there.

    Rows come in the order of the file; one that goes back is left out, as openpyxl does. Raises what
    expat and openpyxl raise for a damaged sheet.
    """
    reader, last = _Reader(ws, width), 0
    source: IO[bytes]
    with ws._get_source() as source:
        more = True
        while more:
            data = source.read(_CHUNK)
            more = bool(data)
            for number, cells in reader.feed(data):
                if number > last:
                    last = number
                    yield number, cells
