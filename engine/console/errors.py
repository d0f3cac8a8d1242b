"""Exceptions → a Chinese message on standard error and an exit code: the one place where that happens."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from collections.abc import Iterable
from types import FrameType
from typing import Any

import click

from engine.console.terminal import Hangup, prepare
from engine.errors import BadData, UsageError, ZhibanError

_CLICK = (
    ("No such option", "没有这个选项"),
    ("No such command", "没有这个命令"),
    ("Missing argument", "缺少参数"),
    ("Missing option", "缺少选项"),
    ("requires an argument", "后面要跟一个值"),
    ("Got unexpected extra argument", "参数太多"),
    ("does not exist", "文件不存在"),
    ("is not a valid", "值不对"),
    ("is not one of", "值不对"),
    ("Missing command", "要写一个子命令"),
)


# what click writes on help pages by itself
_HELP = {
    "Options": "选项",
    "Commands": "命令",
    "[OPTIONS]": "[选项]",
    "[COMMAND]": "[命令]",
    "COMMAND": "命令",
    "[ARGS]": "[参数]",
    "[required]": "[必填]",
    "Show this message and exit.": "显示这份说明",
    "Show the version and exit.": "显示版本",
}


def _chinese(text: str) -> str:
    for english, chinese in _HELP.items():
        text = text.replace(english, chinese)
    return text


class _Help(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _chinese(args), prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_chinese(heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *widths: int, **more: int) -> None:
        super().write_dl([(name, _chinese(told)) for name, told in rows], *widths, **more)


class _Context(click.Context):
    formatter_class = _Help


class _Command(click.Command):
    context_class = _Context


class _Group(click.Group):
    context_class = _Context
    command_class = _Command
    group_class: type[click.Group] | type[type] | None = type  # groups in groups are of the same kind


class File(click.Path):
    """A path that is written as something."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. UsageError for an empty text, which would be taken for the current folder."""
        if not value:
            raise UsageError("文件名是空的", "写文件、文件夹或 ID")
        return super().convert(value, param, ctx)


class Program(_Group):
    """The top command: every error ends here, and none ends in a traceback; help pages are Chinese."""

    group_class = _Group

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the program and leave with its exit code."""
        # starting makes many objects and hardly any garbage: a tenth of the time to the first instruction
        gc.set_threshold(50_000, 20, 20)
        prepare()
        _listen()
        code = self._code(extra)
        try:
            sys.stdout.flush()
        except (BrokenPipeError, ValueError):
            _silence()
        sys.exit(code)

    def _code(self, extra: dict[str, Any]) -> int:
        try:
            result = super().main(**{**extra, "standalone_mode": False})
            return result if isinstance(result, int) else 0
        except ZhibanError as error:
            say(error)
            return error.exit_code
        except click.exceptions.Exit as error:
            return error.exit_code
        except click.ClickException as error:
            _usage(error)
            return 2
        except (click.Abort, KeyboardInterrupt):
            sys.stderr.write("\n已中断。记下的都在，zhiban resume 接着办。\n")
            return 130
        except EOFError:
            sys.stderr.write("\n输入到头了。记下的都在，zhiban resume 接着办。\n")
            return 0
        except Hangup as error:
            return 128 + error.signal
        except (BrokenPipeError, SystemExit):  # click leaves by itself, with 1, when nobody reads any more
            _silence()
            return 0
        except Exception as error:  # noqa: BLE001 the last line of defence
            return _fault(error)


def say(error: ZhibanError) -> None:
    """An error as people read it: what, what to do, and every finding with its place."""
    lines = [f"错误：{error.message}"]
    if error.help:
        lines.append(f"  → {error.help}")
    for finding in error.findings if isinstance(error, BadData) else ():
        lines.append(f"  {getattr(finding, 'span', '')} {getattr(finding, 'message', finding)}")
        if getattr(finding, "help", ""):
            lines.append(f"     → {finding.help}")  # type: ignore[attr-defined]
    sys.stderr.write("\n".join(lines) + "\n")


def _usage(error: click.ClickException) -> None:
    text = told = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        sys.stderr.write(told + "\n")
        return
    for english, chinese in _CLICK:
        if english in told:
            # what it is about, without the English around it
            about, *more = re.findall(r"'([^']*)'|\(([^()]*)\)", told) or [("", "")]
            text = f"{chinese}：{''.join(about)}" if any(about) else chinese
            joint = "；相近的有 " if "Did you mean" in told or "Possible" in told else "、"
            text += joint + "、".join("".join(name) for name in more) if more else ""
            break
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "zhiban"
    sys.stderr.write(f"错误：{text}\n  → {command} --help 看用法\n")


def _fault(error: Exception) -> int:
    """A fault of the program: one honest line, the details in a file."""
    import traceback

    from engine import paths

    place = ""
    try:
        folder = paths.data_dir()
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "crash.txt"
        file.write_text("".join(traceback.format_exception(error)), "utf-8")
        place = f"，详情在 {file}"
    except OSError:
        pass
    sys.stderr.write(f"程序内部出错（{type(error).__name__}）{place}。记下的都在，zhiban resume 接着办。\n")
    return 1


def _listen() -> None:
    """A lost terminal or a shutdown ends the program in order."""

    def gone(number: int, frame: FrameType | None) -> None:
        raise Hangup(number)

    wanted: dict[str, Any] = {"SIGHUP": gone, "SIGTERM": gone}
    if sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty():
        wanted["SIGINT"] = signal.default_int_handler  # even where the parent ignores it
    for name, handler in wanted.items():
        if hasattr(signal, name):
            try:
                signal.signal(getattr(signal, name), handler)
            except ValueError:  # not the main thread: a test runner
                return


def _silence() -> None:
    """Nobody reads any more: let the interpreter flush into nothing."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
