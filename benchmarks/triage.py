"""Triage: how fast a sentence is read, with few and with very many playbooks, and how soon it starts."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from _report import Figure, median, percentile, run
from _walks import shipped

from engine.model import Library
from engine.triage import triage
from engine.triage.evaluate import read
from engine.triage.taught import own

ROOT = Path(__file__).resolve().parent.parent
SENTENCES = ROOT / "playbooks" / "triage" / "sentences.jsonl"
BASELINE = ("click", "rich.console", "yaml", "msgspec", "sqlite3")
BATCH = 100_000
PAIRS = 11


def enlarged(library: Library, times: int) -> Library:
    """The library with every playbook but `always` there `times` over, each with words of its own beside."""
    made = list(library.playbooks)
    for copy in range(1, times):
        for playbook in library.playbooks[1:]:
            hear = tuple(
                msgspec.structs.replace(s, groups=(*s.groups[:-1], (*s.groups[-1], f"{copy}号专用词")))
                for s in playbook.hear
            )
            made.append(msgspec.structs.replace(playbook, id=f"{playbook.id}-{copy}", hear=hear))
    return msgspec.structs.replace(library, playbooks=tuple(made))


def each(texts: list[str], library: Library) -> list[float]:
    """Milliseconds for every text, the index of the library being there."""
    triage(texts[0], library)
    times = []
    for text in texts:
        start = time.perf_counter()
        triage(text, library)
        times.append((time.perf_counter() - start) * 1000)
    return times


def start_ratio() -> tuple[float, float]:
    """A whole process of `zhiban triage TEXT` over one that imports the libraries only; and its ms."""
    program = [sys.executable, "-c", "import cli; cli.main()", "triage", "系统崩了，群众在骂"]
    imports = [sys.executable, "-c", "import " + ", ".join(BASELINE)]
    with tempfile.TemporaryDirectory() as home:
        own = {"ZHIBAN_HOME": home, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": home}
        environment = {**os.environ, **own}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def seconds(command: list[str]) -> float:
            start = time.perf_counter()
            subprocess.run(command, env=environment, capture_output=True, check=True, cwd=home)
            return time.perf_counter() - start

        seconds(program), seconds(imports)
        pairs = [(seconds(program), seconds(imports)) for _ in range(PAIRS)]
    return median([a / b for a, b in pairs]), median([a for a, _ in pairs]) * 1000


def measure() -> list[Figure]:
    """Measure."""
    gc.set_threshold(50_000, 20, 20)  # as the program does (engine.console.errors)
    library = shipped()
    texts = [line.text for line in read(SENTENCES)]
    figures = []
    for times, goal in ((1, 10.0), (10, None), (100, 50.0)):
        many = enlarged(library, times)
        took = each(texts[:: 1 if times == 1 else 5], many)
        name = f"one sentence, {len(many.playbooks) - 1:,} playbooks"
        figures.append(Figure(f"median_{times}", f"{name}, median", median(took), "ms"))
        figures.append(Figure(f"p99_{times}", f"{name}, p99", percentile(took, 99), "ms", goal))
    lessons = own()  # read once, as `--batch` does
    start = time.perf_counter()
    for number in range(BATCH):
        triage(texts[number % len(texts)], library, lessons=lessons)
    rate = BATCH / (time.perf_counter() - start)
    note = f"{rate:,.0f} a second on one core; goal 5,000"
    figures.append(Figure("batch", f"{BATCH:,} sentences, each", 1000 / rate, "ms", 0.2, note))
    long = ("群众说系统崩了，没有人受伤，" * 400)[:5000]
    figures.append(Figure("long", "a text of 5,000 signs", median(each([long] * 5, library)), "ms"))
    ratio, whole = start_ratio()
    figures.append(Figure("triage_start_ratio", "zhiban triage over imports alone", ratio, "", 1.3))
    figures.append(Figure("triage_start", "zhiban triage, whole process", whole, "ms"))
    return figures


if __name__ == "__main__":
    run("triage", measure)
