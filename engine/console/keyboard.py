"""A line from a person's keyboard, with editing, while clocks go on.

readline edits Chinese text properly and takes pasted lines longer than the kernel's 4 KB. A timer
signal interrupts it to announce a deadline; the line typed so far is shown again behind the prompt.
"""

from __future__ import annotations

import contextlib
import math
import signal
import sys
from collections.abc import Callable, Iterator
from time import monotonic
from types import FrameType
from typing import Any, TextIO

TICK = 0.5  # seconds
Wake = Callable[[], tuple[float | None, list[str]]]


def read(prompt: str, out: TextIO, wake: Wake | None, show: Callable[[str], None]) -> str:
    """One line from a terminal on standard input; `show` prints what `wake` says. EOFError on Ctrl-D."""
    readline = _readline()
    with _woken(prompt, out, wake, show, readline):
        try:
            if sys.stdout is out:
                return input(prompt)
            out.write(prompt)
            out.flush()
            return input()
        except SystemError as error:
            # a timer tick that comes right after Ctrl-C runs while the interrupt is already on its way:
            # CPython then wraps it in a SystemError, and the interrupt is what the officer meant
            if error.__cause__ is None:
                raise
            raise error.__cause__ from None


def remember(text: str) -> None:
    """Put a line where the arrow key finds it again."""
    readline = _readline()
    if readline is not None:
        with contextlib.suppress(ValueError):
            readline.add_history(text)


def _readline() -> Any:
    try:
        import readline
    except ImportError:  # Windows: the console edits lines itself
        return None
    return readline


@contextlib.contextmanager
def _woken(
    prompt: str, out: TextIO, wake: Wake | None, show: Callable[[str], None], readline: Any
) -> Iterator[None]:
    """Call `wake` from a timer signal while the body waits; without such signals only once before.

    The timer ticks every second: a signal that comes just before readline begins to wait (SIGTERM, Ctrl-C)
    is seen only when the next one interrupts it.
    """
    seconds, said = wake() if wake is not None else (None, [])
    for line in said:
        show(line)
    if not hasattr(signal, "setitimer"):
        yield
        return
    due = math.inf if seconds is None else monotonic() + seconds

    def alarm(number: int, frame: FrameType | None) -> None:
        nonlocal due
        if wake is None or monotonic() < due:
            return
        again, said = wake()
        due = math.inf if again is None else monotonic() + again
        if said:
            out.write("\r\x1b[K")
            for line in said:
                show(line)
            out.write(prompt + (readline.get_line_buffer() if readline is not None else ""))
            out.flush()

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
