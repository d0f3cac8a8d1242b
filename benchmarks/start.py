"""How long the officer waits for the first instruction, in units of the bare imports it cannot avoid.

One whole process of COMMAND, from start to the first screen and out, over one whole process that only
imports the libraries of BASELINE. The two run in turn, so that a busy machine slows both.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _report import Figure, median, run

TEXT = "早上下雨，群众要进来，保安拦着吵起来了"
BASELINE = ("click", "rich.console", "yaml", "msgspec", "sqlite3", "durable.engine")
PAIRS = 15
COLD = 3  # starts with an empty cache
ROOT = Path(__file__).resolve().parent.parent


def program() -> list[str]:
    """`zhiban` as installed beside this Python, else cli.py of this checkout."""
    installed = Path(sys.executable).with_name("zhiban")
    return [str(installed)] if installed.exists() else [sys.executable, "-c", "import cli; cli.main()"]


def seconds(command: list[str], home: str) -> float:
    """Wall time of one run; a failing run ends the benchmark with its own words."""
    own = {
        "ZHIBAN_HOME": home,
        "PYTHONUTF8": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": f"{home}/pyc",
    }
    environment = {**os.environ, **own}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a start that compiles all modules anew is nobody's
    start = time.perf_counter()
    ran = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, cwd=home)
    taken = time.perf_counter() - start
    if ran.returncode:
        sys.exit(f"{command}: exit {ran.returncode}\n{ran.stderr.decode(errors='replace')}")
    return taken


def importable(module: str) -> bool:
    """Whether a fresh interpreter can import the module (durable-rules may be absent)."""
    return not subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode


def measure() -> list[Figure]:
    """Run the pairs."""
    modules = [name for name in BASELINE if importable(name)]
    first = [*program(), "respond", TEXT, "--first-screen"]
    imports = [sys.executable, "-c", "import " + ", ".join(modules)]
    bare = [sys.executable, "-c", "pass"]
    with tempfile.TemporaryDirectory() as home:  # nobody's records; the cache of playbooks gets warm
        for command in (first, imports, bare):  # and that of Python's own, of compiled modules
            seconds(command, home)
        runs = [(seconds(first, home), seconds(imports, home)) for _ in range(PAIRS)]
        python = median([seconds(bare, home) for _ in range(5)])
        cold = []
        for _ in range(COLD):
            shutil.rmtree(Path(home) / "cache")
            cold.append(seconds(first, home))
    times = [run[0] for run in runs]
    note = f"{PAIRS} pairs in turn; fastest {min(times) * 1000:.0f}, slowest {max(times) * 1000:.0f} ms"
    missing = [name for name in BASELINE if name not in modules]
    if missing:
        note += f"; not installed, left out of the baseline: {', '.join(missing)}"
    return [
        Figure(
            "start_ratio",
            "first instruction over imports alone",
            median([a / b for a, b in runs]),
            "",
            1.3,
            note,
        ),
        Figure("start", "start to first instruction, whole process", median(times) * 1000, "ms"),
        Figure("imports", "importing the six libraries alone", median([run[1] for run in runs]) * 1000, "ms"),
        Figure("python", "Python itself", python * 1000, "ms"),
        Figure(
            "start_cold", "start to first instruction, playbooks not yet cached", median(cold) * 1000, "ms"
        ),
    ]


if __name__ == "__main__":
    run("start", measure)
