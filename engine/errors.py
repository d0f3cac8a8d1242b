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

import errno

_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中间有一个文件",
    errno.EEXIST: "已经有了",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘满了",
    errno.EFBIG: "文件太大",
    errno.EROFS: "磁盘只能读",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "链接绕成了圈",
    errno.EIO: "磁盘读写出错",
    errno.EBUSY: "正被占用",
    errno.ETXTBSY: "正被占用",
    errno.EMFILE: "打开的文件太多",
}


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


def reason(error: OSError) -> str:
    """Why a file cannot be used, in a few Chinese words; the system itself says it in English."""
    if error.errno is None:  # one of our own, with its own words
        return str(error)
    return _REASONS.get(error.errno, f"系统错误 {error.errno}")
