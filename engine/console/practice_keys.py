"""Single keys from a terminal while a clock goes on: no threads, no signals, only waiting with a limit.

The terminal is put into a mode in which every key comes at once and nothing is shown by itself; what is
pasted is told apart from what is typed where the terminal can do that (bracketed paste).
"""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import sys
from types import TracebackType
from typing import Any, Literal, NamedTuple, TextIO

Act = Literal["text", "enter", "erase", "clear", "end"]
_LULL = 0.05  # seconds without a key after which an Escape was pressed by itself
_CUT = 2.0  # seconds without a key after which a paste is over, though its end never came
_PIECE = 65536
_BEGIN, _FINISH = "\x1b[200~", "\x1b[201~"
_ACTS: dict[str, Act] = {
    "\n": "enter", "\r": "enter", "\x7f": "erase", "\x08": "erase", "\x15": "clear", "\x04": "end"
}  # fmt: skip


class Key(NamedTuple):
    """What was done; `text`: signs that were typed; `pasted`: came out of a paste."""

    act: Act
    text: str = ""
    pasted: bool = False


def possible(out: TextIO) -> bool:
    """Whether single keys can be read: a terminal on both sides, and a system that has the modes."""
    try:
        import termios  # noqa: F401
    except ImportError:  # Windows: lines as a whole, without a running clock
        return False
    return sys.stdin.isatty() and out.isatty()


def dumb() -> bool:
    """Whether the terminal takes no control sequences."""
    return os.environ.get("TERM", "dumb") in ("dumb", "unknown")


class Keys:
    """The keyboard, as a context manager: the terminal is as before afterwards, whatever happens."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self._fd = sys.stdin.fileno()
        self._decode = codecs.getincrementaldecoder(sys.stdin.encoding or "utf-8")("replace").decode
        self._left = ""  # an escape sequence of which the end is missing
        self._back: list[Key] = []
        self._pasting, self._silent = False, 0.0
        self._mode: list[Any] = []
        self._resumed: Any = None

    def __enter__(self) -> Keys:
        import termios

        self._mode = termios.tcgetattr(self._fd)
        mode = termios.tcgetattr(self._fd)
        mode[3] &= ~(termios.ICANON | termios.ECHO)
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0

        def prepare() -> None:
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)
            self._ask_for_pastes("h")

        prepare()

        def resume(*_: object) -> None:
            # the system sends SIGCONT as well after the SIGHUP of a terminal that went away
            with contextlib.suppress(OSError, termios.error):
                prepare()

        # after Ctrl-Z and fg the shell may have given back a terminal in its own mode
        with contextlib.suppress(ValueError):  # not the main thread: a test runner
            self._resumed = signal.signal(signal.SIGCONT, resume)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import termios

        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGCONT, self._resumed or signal.SIG_DFL)
        # a terminal that went away (a line that broke) has nothing to be given back
        with contextlib.suppress(OSError, termios.error):
            self._ask_for_pastes("l")
            termios.tcsetattr(self._fd, termios.TCSANOW, self._mode)

    def unread(self, keys: list[Key]) -> None:
        """Give back what the next reader should have."""
        self._back = [*keys, *self._back]

    def read(self, seconds: float) -> list[Key]:
        """What is typed within so many seconds; as soon as there is something. Empty: nothing came."""
        if self._back:
            found, self._back = self._back, []
            return found
        wait = _LULL if self._left else seconds
        if not self.waits(wait):
            self._left = ""  # Escape alone means nothing here
            self._silent += wait
            self._pasting = self._pasting and self._silent < _CUT
            return []
        self._silent = 0.0
        data = os.read(self._fd, _PIECE)
        if not data:  # the terminal went away
            return [Key("end")]
        return self._keys(self._left + self._decode(data))

    def waits(self, seconds: float = 0.0) -> bool:
        """Whether more has been typed than was read."""
        return bool(self._back) or bool(select.select([self._fd], [], [], seconds)[0])

    def _ask_for_pastes(self, letter: str) -> None:
        if not dumb():
            self.out.write(f"\x1b[?2004{letter}")
            self.out.flush()

    def _keys(self, text: str) -> list[Key]:
        found: list[Key] = []
        self._left, at = "", 0
        plain = ""

        def flush() -> None:
            nonlocal plain
            if plain:
                found.append(Key("text", plain, self._pasting))
                plain = ""

        while at < len(text):
            sign = text[at]
            if sign == "\x1b":
                end = _sequence_end(text, at)
                if end < 0:
                    self._left = text[at:]
                    break
                flush()
                if text[at:end] in (_BEGIN, _FINISH):
                    self._pasting = text[at:end] == _BEGIN
                at = end
                continue
            at += 1
            if sign in _ACTS:
                flush()
                if sign == "\n" and text[at - 2 : at - 1] == "\r":
                    continue
                found.append(Key(_ACTS[sign], "", self._pasting))
            elif sign == "\t":
                plain += " "
            elif sign.isprintable() or sign in "\u3000\u00a0":
                plain += sign
        flush()
        return found


def _sequence_end(text: str, at: int) -> int:
    """Where the escape sequence at `at` ends; -1 when its end has not come yet."""
    if at + 1 >= len(text):
        return -1
    if text[at + 1] not in "[O":
        return at + 1 if text[at + 1] == "\x1b" else at + 2
    for end in range(at + 2, len(text)):
        if "@" <= text[end] <= "~":
            return end + 1
    return -1
