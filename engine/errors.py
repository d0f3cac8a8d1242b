"""The exceptions of zhiban and the one table of exit codes.

    ZhibanError            1  internal: a fault of the program itself
    ├── UsageError         2  the command line or a typed value makes no sense
    ├── NeedsInput         3  a scripted run lacks an answer
    ├── BadData            4  a playbook, profile, answers file or journal is unusable
    ├── NotFound           5  no such playbook, incident, document …
    └── Conflict           6  somebody else changed the same thing first

Messages are Chinese, start without a capital or a greeting and end without a full stop; `help` is
the one thing to do about it. Only `cli.main` turns them into output and an exit code.
"""

from __future__ import annotations


class ZhibanError(Exception):
    """Base class: `message` says what and where, `help` what to do (may be empty)."""

    exit_code = 1

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class UsageError(ZhibanError):
    """A wrong option, argument or typed value."""

    exit_code = 2


class NeedsInput(ZhibanError):
    """A scripted run met a prompt that its answers do not cover."""

    exit_code = 3


class BadData(ZhibanError):
    """A file or record that cannot be used; `findings` lists every fault with its place."""

    exit_code = 4

    def __init__(self, message: str, help: str = "", findings: tuple[object, ...] = ()) -> None:
        super().__init__(message, help)
        self.findings = findings


class NotFound(ZhibanError):
    """A name that leads nowhere."""

    exit_code = 5


class Conflict(ZhibanError):
    """The record moved on since it was read, or is held by another terminal."""

    exit_code = 6
