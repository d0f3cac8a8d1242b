"""An officer for tests: zhiban in a pseudo-terminal of 80×24, and plain runs of it without one."""

import functools
import gc
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

import pexpect

import cli
from engine import reader

ROOT = Path(__file__).parent.parent
RAIN = "早上下雨，群众要进来，保安拦着吵起来了"
END = "事件已结束"
_SIGNALS = [getattr(signal, name) for name in ("SIGHUP", "SIGTERM", "SIGINT") if hasattr(signal, name)]


@functools.cache
def _model() -> tuple[str, bytes]:
    """The cached model of what is shipped: read from YAML once in a test process, not in every folder."""
    with tempfile.TemporaryDirectory() as home, mock.patch.dict(os.environ, {"ZHIBAN_HOME": home}):
        os.environ.pop("ZHIBAN_PLAYBOOKS", None)
        reader.load_library()
        [file] = Path(home, "cache", "models").iterdir()
        return file.name, file.read_bytes()


def environment(home: Path, **extra: str) -> dict[str, str]:
    """A clean environment with its own folders, where the shipped playbooks are parsed already."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")
    }
    models = home / "cache" / "models"
    if not models.exists() and os.access(home, os.W_OK):
        models.mkdir(parents=True)
        name, data = _model()
        (models / name).write_bytes(data)
    return {**kept, "ZHIBAN_HOME": str(home), "PYTHONUTF8": "1", "TERM": "xterm", **extra}


def program(home: Path, *arguments: str, stdin: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
    """One command without a terminal, as a program of its own."""
    command = [sys.executable, str(ROOT / "cli.py"), *arguments]
    return subprocess.run(
        command,
        env=environment(home, **extra),
        cwd=home,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def run(home: Path, *arguments: str, stdin: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which spares starting one (`test_programs` compares the two)."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    source = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
    streams = {"stdin": source, "stdout": out, "stderr": err, "__stdout__": None}
    before, rates = Path.cwd(), gc.get_threshold()
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        with (
            mock.patch.dict(os.environ, environment(home, **extra), clear=True),
            mock.patch.multiple(sys, **streams),
        ):
            os.chdir(home)
            cli.main(args=list(arguments), prog_name="cli.py")
    except SystemExit as left:
        code = left.code or 0
    finally:
        os.chdir(before)
        gc.set_threshold(*rates)
        for number, handler in handlers.items():
            signal.signal(number, handler)
    written = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return subprocess.CompletedProcess(list(arguments), code, *written)


def emitted(home: Path, *arguments: str, code: int = 0) -> object:
    """The JSON document of a command that ends with this code."""
    done = run(home, *arguments)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


class Officer:
    """Sits at a terminal and types."""

    def __init__(self, home: Path, *arguments: str, columns: int = 80, **extra: str) -> None:
        extra = {"NO_COLOR": "1", "TERM": "dumb", **extra}
        self.child = pexpect.spawn(
            sys.executable, [str(ROOT / "cli.py"), *arguments], env=environment(home, **extra), cwd=str(home),
            dimensions=(24, columns), encoding=extra.get("PYTHONIOENCODING", "utf-8"), timeout=20, echo=False,
        )  # fmt: skip
        self.child.delaybeforesend = None

    def sees(self, *texts: str) -> str:
        """Wait for one of the texts; returns what was shown up to it."""
        self.child.expect_exact(list(texts))
        return str(self.child.before) + str(self.child.after)

    def at_prompt(self) -> str:
        """Wait until something can be typed (or the program ends); returns what was shown."""
        shown = ""
        while True:
            found = self.child.expect([r"(?:^|\n)(?:> |答> |对吗> |[^\n]{1,40}> )", pexpect.EOF])
            shown += str(self.child.before) + (str(self.child.after) if found == 0 else "")
            return shown

    def types(self, text: str) -> str:
        """Type a line; returns what is shown up to the next prompt or the end."""
        self.child.sendline(text)
        return self.at_prompt()

    def ends(self) -> int:
        """Wait for the end; the exit code."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return -self.child.signalstatus if self.child.signalstatus else self.child.exitstatus
