"""Run every benchmark, each in a process of its own, and print one table (`--json`: one JSON document)."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from _report import Figure, median, table

FOLDER = Path(__file__).resolve().parent
FIRST = ("start", "decision", "fold", "memory", "check", "orders")


def scripts() -> list[Path]:
    """The benchmarks, the known ones in their order, then others."""
    found = {path.stem: path for path in sorted(FOLDER.glob("[a-z]*.py"))}
    return [found.pop(name) for name in FIRST if name in found] + list(found.values())


def measured(script: Path) -> tuple[str, list[Figure]]:
    """Title and figures of one script; a script that fails gives its last words as a note."""
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}
    command = [sys.executable, str(script), "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or [f"exit {ran.returncode}"])[-1]
        return script.stem, [Figure(script.stem, "could not be measured", None, note=last)]
    result = json.loads(ran.stdout)
    return result["title"], [Figure(**{name: f[name] for name in Figure._fields}) for f in result["figures"]]


def yardstick() -> float:
    """Processor time in ms of a fixed piece of Python, to compare machines and busy moments by."""
    times = []
    for _ in range(9):
        start = time.process_time()
        names = {number: str(number) for number in range(20_000)}
        sum(len(names[number]) for number in names)
        times.append(time.process_time() - start)
    return median(times) * 1000


def main() -> None:
    """Run, then print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    parser.add_argument("only", nargs="*", help="names of benchmarks; default: all")
    wants = parser.parse_args()
    names = [script.stem for script in scripts()]
    if unknown := set(wants.only) - set(names):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    start, groups = time.perf_counter(), []
    for script in scripts():
        if not wants.only or script.stem in wants.only:
            print(f"{script.stem} …", end="\r", file=sys.stderr, flush=True)
            groups.append(measured(script))
    print(" " * 20, end="\r", file=sys.stderr, flush=True)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    machine = f"Python {platform.python_version()}, {system}, yardstick {yardstick():.1f} ms"
    if wants.json:
        found = [{"title": title, "figures": [f.as_json() for f in figures]} for title, figures in groups]
        print(json.dumps({"machine": machine, "load": load, "benchmarks": found}, indent=1))
        return
    print(table(groups))
    verdicts = [figure.met for _, figures in groups for figure in figures if figure.met is not None]
    busy = "" if load is None else f", load {load:.1f}"
    taken = time.perf_counter() - start
    print(f"\n{sum(verdicts)} of {len(verdicts)} goals met · {machine}{busy} · {taken:.0f} s")


if __name__ == "__main__":
    main()
