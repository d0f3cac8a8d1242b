"""A sheet of paper at the terminal: many lines, written at their end, with the time left before each row.

A row is drawn anew by a carriage return alone, so it works over a slow line, without colour, on a GBK console
and on a terminal that knows no control sequences; a row never reaches the last column.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Literal, NamedTuple

from engine.console.practice_keys import Key, Keys, dumb
from engine.console.terminal import Terminal
from engine.console.wrap import NO_START, columns

_TICK = 0.2  # seconds; what is typed is saved when none came in such a while
_OFTEN = 2.0  # and this often when they come without a pause
LEAVE = "q"
PAPER = ("?", "？")
HOW = "写完连按两次回车，或单独一行一个句点 .；单独一行 ? 再看题，q 先存着离开。"
Ended = Literal["done", "left"]


class Written(NamedTuple):
    """What was written, how long it took altogether (seconds), and whether it is finished."""

    text: str
    spent: float
    ended: Ended


class Watch:
    """A clock that counts down from `limit` seconds and on beyond; `before`: seconds used already."""

    def __init__(self, limit: float, before: float = 0.0) -> None:
        self.limit, self._start = limit, monotonic() - before

    @property
    def spent(self) -> float:
        """Seconds used."""
        return monotonic() - self._start

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return 0 < self.limit < self.spent

    def shown(self) -> str:
        """`剩 2:59`, `超 0:05`; `用 0:12` without a limit."""
        if not self.limit:
            return f"用{_minutes(self.spent)}"
        if self.over:
            return f"超{_minutes(self.spent - self.limit)}"
        return f"剩{_minutes(self.limit - self.spent + 0.999)}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60:>2}:{int(seconds) % 60:02}"


def think(keys: Keys, screen: Terminal, seconds: float, words: str) -> float:
    """The time to think, on one line; Enter ends it, and so does the first sign typed, which is kept.

    Returns the seconds used.
    """
    watch, shown = Watch(seconds), ""
    while not watch.over:
        line = f"{words} {watch.shown()}"
        if line != shown:
            screen.out.write("\r" + line)
            screen.out.flush()
            shown = line
        pressed = keys.read(_TICK)
        typed = next((n for n, key in enumerate(pressed) if key.act in ("text", "enter")), -1)
        if typed >= 0:
            keys.unread(pressed[typed + (pressed[typed].act == "enter") :])
            break
        if any(key.act == "end" for key in pressed):
            raise EOFError
    screen.out.write("\n")
    return min(watch.spent, seconds)


class Pad:
    """Writes one text. `save` gets it at every pause; `paper` shows what is asked once more."""

    def __init__(
        self, keys: Keys, screen: Terminal, watch: Watch, save: Callable[[str, float], None], text: str = "",
        paper: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        self.keys, self.screen, self.watch, self.save = keys, screen, watch, save
        self.lines = [""]
        self.rows: list[str] = []  # those above of the current line, then its last one
        self.given, self.paper = text, paper
        self.single = False
        self._rang = False

    @property
    def text(self) -> str:
        """All lines, without blank ones at the end."""
        return "\n".join(self.lines).rstrip()

    def write(self, *, single: bool = False) -> Written:
        """Let the text be written until it is finished or left. `single`: one line."""
        self.single, self.rows = single, [""]
        self._draw()
        for number, line in enumerate(self.given.split("\n")):
            if number:
                self._newline()
            self._type(line)
        saved, changed, shown = self.text, 0.0, ""
        try:
            while True:
                keys = self.keys.read(_TICK)
                for number, key in enumerate(keys):
                    ended = self._take(key, last=number == len(keys) - 1)
                    if ended:
                        self.keys.unread(keys[number + 1 :])
                        self.screen.out.write("\n")
                        return Written(self.text, self.watch.spent, ended)
                now = self.watch.spent
                if self.text == saved:
                    changed = 0.0
                else:
                    changed = changed or now
                    if not keys or now - changed > _OFTEN or any(key.act == "enter" for key in keys):
                        saved, changed = self.text, 0.0
                        self.save(saved, now)
                if self.watch.shown() != shown:
                    shown = self.watch.shown()
                    self._draw()
                self.screen.out.flush()
        finally:
            if self.text != saved:
                self.save(self.text, self.watch.spent)

    # ---- keys -----------------------------------------------------------------------------------

    def _take(self, key: Key, *, last: bool) -> Ended | None:
        match key.act:
            case "text":
                self._type(key.text)
            case "erase":
                self._erase()
            case "clear":
                while self.lines[-1]:
                    self._erase()
            case "end":
                return "done" if self.text else "left"
            case "enter":
                # a blank line in the middle of what is pasted parts paragraphs; it does not finish
                more = key.pasted or not last or self.keys.waits(0.03)
                return self._enter(more=more)
        return None

    def _enter(self, *, more: bool) -> Ended | None:
        line = self.lines[-1].strip()
        if line.lower() == LEAVE and not more:
            self._drop_line()
            return "left"
        if line in PAPER and not more and self.paper is not None:
            self._drop_line()
            self.screen.out.write("\n")
            self.paper()
            self._draw()
            return None
        if self.single:
            return "done"
        if line in (".", "。") and not more:
            self._drop_line()
            if self.text:
                return "done"
        if not line and not more:
            if self.text:
                return "done"
            self.screen.out.write("\n")
            self.screen.line(f"还没有写。{HOW}", "quiet")
            self._draw()
            return None
        self._newline()
        return None

    # ---- the sheet ------------------------------------------------------------------------------

    @property
    def _room(self) -> int:
        return max(8, self.screen.width - columns(self._prefix()) - 2)

    def _prefix(self) -> str:
        return f"{self.watch.shown()}> "

    def _draw(self) -> None:
        if self.watch.over and not self._rang:
            self._rang = True
            self.screen.out.write("\a")
        self.screen.out.write(f"\r{self._prefix()}{self.rows[-1]}")
        self.screen.out.flush()

    def _type(self, text: str) -> None:
        self.lines[-1] += text
        room, used = self._room, columns(self.rows[-1])
        for sign in text:
            used += columns(sign)
            # a closing mark hangs beyond the edge rather than begin a row
            if used > room + 2 * (sign in NO_START):
                self.rows.append("")
                used = columns(sign)
                self.screen.out.write("\n")
                self._draw()
            self.rows[-1] += sign
            self.screen.out.write(sign)

    def _newline(self) -> None:
        self.lines.append("")
        self.rows = [""]
        self.screen.out.write("\n")
        self._draw()

    def _drop_line(self) -> None:
        self.lines[-1], self.rows = "", [""]

    def _erase(self) -> None:
        if not self.lines[-1]:
            if len(self.lines) > 1:
                self._wipe()
                self.lines.pop()
                self.rows = self._split(self.lines[-1])
                self._up()
            return
        self.lines[-1] = self.lines[-1][:-1]
        self._wipe()
        self.rows[-1] = self.rows[-1][:-1]
        if not self.rows[-1] and len(self.rows) > 1:
            self.rows.pop()
            self._up()
        else:
            self._draw()

    def _split(self, line: str) -> list[str]:
        """A line in rows, as it was typed."""
        rows, room = [""], self._room
        for sign in line:
            if columns(rows[-1] + sign) > room + 2 * (sign in NO_START):
                rows.append("")
            rows[-1] += sign
        return rows

    def _wipe(self) -> None:
        self.screen.out.write("\r" + " " * (columns(self._prefix() + self.rows[-1])) + "\r")

    def _up(self) -> None:
        """To the row above, which is drawn anew; a terminal that cannot go up gets it below."""
        self.screen.out.write("\n" if dumb() else "\x1b[A")
        self._draw()
