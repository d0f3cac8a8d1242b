"""One terminal: its width, what it can show, how a line is printed and how one is read.

Nothing that has to be said is lost by a narrow window, a GBK console, a pipe or NO_COLOR.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TextIO

from engine.console.wrap import clip, wrap

if TYPE_CHECKING:
    from rich.console import Console

# rich style of each meaning; colour never says anything that the words do not say
STYLES = {
    "title": "bold cyan",
    "number": "bold yellow",
    "act": "bold",
    "say": "green",
    "alarm": "bold white on red",
    "late": "bold red",
    "soon": "yellow",
    "ask": "bold",
    "quiet": "dim",
    "good": "green",
    "": "",
}
# characters that GBK consoles lack, and what stands for them
_GBK = str.maketrans({"•": "·", "–": "-", "✓": "√", "✔": "√", "✗": "×", "⚠": "！", "⏰": "", "￥": "¥"})


class Hangup(BaseException):
    """The terminal went away or the machine asks the program to end; `signal` is its number."""

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.signal = signal


def _window() -> int:
    """Columns by COLUMNS, else of the window, else 80 (shutil would cost 5 ms of the start)."""
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 80
    except (OSError, ValueError, AttributeError):
        return 80


class Terminal:
    """Where one officer sits: standard input and output by default."""

    def __init__(self, out: TextIO | None = None, source: TextIO | None = None, width: int = 0) -> None:
        self.out = out or sys.stdout
        self.source = source or sys.stdin
        self._width = width
        self._console: Console | None = None
        self._gbk = not (getattr(self.out, "encoding", None) or "").lower().replace("-", "").startswith("utf")

    @property
    def width(self) -> int:
        """Columns to write in: the window's, at least 20, at most 100; 80 where there is no window."""
        wide = self._width or _window()
        # the last column stays free: consoles differ in what a full line does
        return max(20, min(wide, 101) - 1)

    @property
    def console(self) -> Console:
        """rich's console on the same output."""
        if self._console is None:
            from rich.console import Console

            self._console = Console(file=self.out, highlight=False, markup=False, emoji=False)
        return self._console

    # ---- writing --------------------------------------------------------------------------------

    def line(self, text: str = "", style: str = "", first: str = "", rest: str | None = None) -> None:
        """Print a text, wrapped; `first` stands before its first line, `rest` (else blanks) before others."""
        for number, row in enumerate(wrap(text, self.width, first, rest)):
            if number == 0 and first.strip():
                self._put([(first, "number"), (row[len(first) :], style)])
            else:
                self._put([(row, style)])

    def lines(self, rows: Iterable[tuple[str, str]], rest: str | None = None) -> None:
        """Print many texts at once, each with what stands before its first line: `line` without a style."""
        width, found = self.width, []
        for first, text in rows:
            wrapped = wrap(text, width, first, rest)
            start = len(first) if first.strip() else 0
            found.append([(first[:start], "number"), (wrapped[0][start:], "")])
            found += [[(row, "")] for row in wrapped[1:]]
        self._put_all(found)

    def short(self, text: str, style: str = "") -> None:
        """Print one line, cut where the window ends."""
        self._put([(clip(text, self.width), style)])

    def blank(self) -> None:
        """An empty line."""
        self._put([("", "")])

    def _put(self, pieces: list[tuple[str, str]]) -> None:
        self._put_all([pieces])

    def _put_all(self, lines: list[list[tuple[str, str]]]) -> None:
        """Lines of pieces with their styles, written in one go."""
        if self._gbk:
            lines = [[(piece.translate(_GBK), style) for piece, style in line] for line in lines]
        if not self.coloured:
            self.out.write("".join("".join([piece for piece, _ in line]) + "\n" for line in lines))
        else:
            from rich.control import strip_control_codes
            from rich.segment import Segment, Segments

            get = self.console.get_style
            styles = {name: get(style) if style else None for name, style in STYLES.items()}
            found = []
            for line in lines:
                found += [Segment(strip_control_codes(piece), styles[style]) for piece, style in line]
                found.append(Segment.line())
            self.console.print(Segments(found), soft_wrap=True, end="")
        self.out.flush()

    @property
    def coloured(self) -> bool:
        """Whether styles can be shown."""
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "unknown"):
            return False
        return self.out.isatty() or bool(os.environ.get("FORCE_COLOR"))

    # ---- reading --------------------------------------------------------------------------------

    def read(
        self, prompt: str = "> ", wake: Callable[[], tuple[float | None, list[str]]] | None = None
    ) -> str:
        """One line as typed. EOFError at the end of input.

        `wake` is called while the officer thinks: it returns the seconds until it wants to be called again
        (None: never) and what has to be announced. What is typed by then stays on the line.
        """
        self.out.flush()
        if self.source is not sys.stdin or not self.source.isatty():
            self.out.write(prompt)
            self.out.flush()
            line = self.source.readline()
            if not line:
                raise EOFError
            return line.rstrip("\n")
        from engine.console import keyboard

        return keyboard.read(prompt, self.out, wake, lambda text: self.line(text, "late"))


def terminal() -> Terminal:
    """The standard terminal."""
    return Terminal()


def on_screen() -> bool:
    """Whether a person reads what is written."""
    return sys.stdout.isatty()


def warn(text: str) -> None:
    """One message to standard error."""
    sys.stderr.write(text + "\n")


def prepare() -> None:
    """Make standard output and error accept any character: what a console lacks is replaced, not fatal."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # a locale without any Chinese (LANG=C) says nothing about the console: those of today take UTF-8
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            reconfigure(errors="replace", **({"encoding": "utf-8"} if ascii_only else {}))
