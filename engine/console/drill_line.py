"""Lines typed while a drill goes on: what comes in is shown at once, above what is being typed.

On a terminal prompt_toolkit keeps the typed text whole; on a dumb terminal and in a pipe new things are
shown between lines, by waiting with a limit.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from engine.console.practice_keys import dumb
from engine.console.terminal import Hangup, Terminal

LOOK = 0.2  # seconds between two looks at the record
_PIECE = 65536


class Watcher(Protocol):
    """Who looks at the record while a line is typed."""

    def look(self) -> bool:
        """Look once; whether there is something to show."""
        ...

    def show(self) -> None:
        """Print what is new."""
        ...

    def over(self) -> bool:
        """Whether no more lines are wanted."""
        ...

    def prompt(self) -> str:
        """What stands before the typed line, with the clock as it is now."""
        ...


class Lines:
    """Reads lines. `read` returns None when the watcher wants no more; EOFError at the end of input."""

    def __init__(self, screen: Terminal, watcher: Watcher) -> None:
        self.screen, self.watcher = screen, watcher
        self.count = 0  # lines read
        self._left = b""
        self._ended = False
        self._session: Any = None

    def read(self) -> str | None:
        """The next line, without its end; blanks around it are kept."""
        if self.watcher.look():
            self.watcher.show()
        if self.watcher.over():
            return None
        line = self._with_editor() if self._editor() else self._plainly()
        self.count += line is not None
        return line

    def _editor(self) -> bool:
        if self.screen.source is not sys.stdin or self.screen.out is not sys.stdout or dumb():
            return False
        with contextlib.suppress(ValueError):
            if sys.stdin.isatty() and sys.stdout.isatty():
                return _installed()
        return False

    # ---- on a terminal ------------------------------------------------------------------------------

    def _with_editor(self) -> str | None:
        import asyncio

        from prompt_toolkit.application import get_app, run_in_terminal

        watcher = self.watcher
        failed: list[BaseException] = []

        async def watch() -> None:
            app = get_app()
            try:
                while not watcher.over() and not hung:
                    await asyncio.sleep(LOOK)
                    if watcher.look():
                        await run_in_terminal(watcher.show)
            except asyncio.CancelledError:
                raise
            except BaseException as error:  # noqa: BLE001 raised again below, in the main line
                failed.append(error)
            if not app.is_done:
                app.exit(result=None)

        with _hangups() as hung:
            line: str | None = self._prompt()(
                watcher.prompt, pre_run=lambda: get_app().create_background_task(watch())
            )
        if failed:
            raise failed[0]
        return line

    def _prompt(self) -> Callable[..., str | None]:
        if self._session is None:
            from prompt_toolkit import PromptSession
            from prompt_toolkit.history import InMemoryHistory
            from prompt_toolkit.output import create_output
            from prompt_toolkit.output.vt100 import Vt100_Output

            output = create_output(sys.stdout)
            if isinstance(output, Vt100_Output):
                output.enable_cpr = False  # one line needs no question about where the cursor is
            self._session = PromptSession(
                history=InMemoryHistory(), output=output, refresh_interval=0.5, enable_suspend=False
            )
        return self._session.prompt  # type: ignore[no-any-return]

    # ---- elsewhere ----------------------------------------------------------------------------------

    def _plainly(self) -> str | None:
        person = self._person()
        if person:
            self._ask()
        while True:
            line = self._next()
            if line is not None:
                if not person:
                    self.screen.line(line, first=self.watcher.prompt())
                return line
            if self._ended:
                raise EOFError
            if self.watcher.look():
                if person:
                    self.screen.blank()
                self.watcher.show()
                if person and not self.watcher.over():
                    self._ask()
            if self.watcher.over():
                return None

    def _person(self) -> bool:
        try:
            return self.screen.source.isatty()
        except ValueError:
            return False

    def _ask(self) -> None:
        self.screen.out.write(self.watcher.prompt())
        self.screen.out.flush()

    def _next(self) -> str | None:
        """A line that is there within LOOK seconds, as typed; None: none yet, or the input has ended."""
        source = self.screen.source
        try:
            fd = source.fileno()
        except (OSError, ValueError, AttributeError):
            fd = -1
        if fd < 0 or os.name == "nt":  # no waiting there: whole lines, and new things between them
            line = source.readline()
            self._ended = not line
            return line.rstrip("\r\n") if line else None
        while b"\n" not in self._left and not self._ended:
            if not select.select([fd], [], [], LOOK)[0]:
                return None
            data = os.read(fd, _PIECE)
            self._ended = not data
            self._left += data
        if not self._left:
            return None
        line_, _, self._left = self._left.partition(b"\n")
        return codecs.decode(line_, source.encoding or "utf-8", "replace").rstrip("\r")


@contextlib.contextmanager
def _hangups() -> Iterator[list[int]]:
    """Keep signals that end the program from breaking into the editor's loop; they are raised after it."""
    hung: list[int] = []
    before = {}
    for name in ("SIGHUP", "SIGTERM"):
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(ValueError):  # not the main thread: a test runner
                before[number] = signal.signal(number, lambda number, frame: hung.append(number))
    try:
        yield hung
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if hung:
            raise Hangup(hung[0])


def nothing() -> bool:
    """Whether standard input can say nothing at all: closed, or an empty file."""
    try:
        mode = os.fstat(sys.stdin.fileno())
        return not sys.stdin.isatty() and not stat.S_ISFIFO(mode.st_mode) and not mode.st_size
    except (OSError, ValueError, AttributeError):
        return sys.stdin is None or sys.stdin.closed


def _installed() -> bool:
    try:
        import prompt_toolkit  # noqa: F401
    except ImportError:
        return False
    return True
