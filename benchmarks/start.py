"""How long the officer waits for the first instruction, in units of the bare imports it cannot avoid.

One whole process of COMMAND, from start to the first screen and out, over one whole process that only
imports the libraries of BASELINE. The two run in turn, so that a busy machine slows both.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = ["respond", "早上下雨，群众要进来，保安拦着吵起来了", "--first-screen"]
BASELINE = ["click", "rich.console", "yaml", "msgspec", "sqlite3", "durable.engine"]
PAIRS = 21


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Wall time of one run; a failing run ends the benchmark with its own words."""
    start = time.perf_counter()
    run = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
    taken = time.perf_counter() - start
    if run.returncode:
        sys.exit(f"{command}: exit {run.returncode}\n{run.stderr.decode(errors='replace')}")
    return taken


def importable(module: str) -> bool:
    """Whether a fresh interpreter can import the module (durable-rules may be absent)."""
    return not subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode


def main() -> None:
    """Measure and print the table."""
    modules = [name for name in BASELINE if importable(name)]
    program = [str(Path(sys.executable).with_name("zhiban")), *COMMAND]
    baseline = [sys.executable, "-c", "import " + ", ".join(modules)]
    with tempfile.TemporaryDirectory() as home:  # nobody's records; the cache of playbooks gets warm
        environment = {**os.environ, "ZHIBAN_HOME": home, "PYTHONUTF8": "1"}
        for command in (program, baseline):
            seconds(command, environment)
        pairs = [(seconds(program, environment), seconds(baseline, environment)) for _ in range(PAIRS)]
    missing = sorted(set(BASELINE) - set(modules))
    for label, times in zip(("first instruction", "imports alone"), zip(*pairs, strict=True), strict=True):
        ordered = sorted(times)
        print(f"{label:<18} median {statistics.median(ordered) * 1000:7.1f} ms   "
              f"fastest {ordered[0] * 1000:7.1f}   slowest {ordered[-1] * 1000:7.1f}")  # fmt: skip
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{'ratio':<18} median {ratio:7.2f}")
    if missing:
        print(f"not installed, left out of the baseline: {', '.join(missing)}")


if __name__ == "__main__":
    main()
