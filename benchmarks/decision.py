"""How long the officer waits after an answer: fold, match, plan, choose the next screen.

Times are processor times without storing (commits are given apart) unless they say otherwise. Three
playbooks are active. The same random walks are walked with durable-rules and without, in turn.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from _report import Figure, median, percentile, run
from _walks import HALL, THREE, Decision, TimedJournal, copy_of, decisions, shipped

from engine.clock import SimulatedClock
from engine.journal import Journal
from engine.session import Session

WALKS = 50  # each gives about 20 answers
ON_DISK = 10  # of them also with the journal on disk
BUILDS = 10
ARMS = {
    # name: (durable-rules, diagrams and memories of earlier walks are kept)
    "durable": (True, False),
    "builtin": (False, False),
    "durable-warm": (True, True),
    "builtin-warm": (False, True),
}


def answers(walked: Sequence[Decision]) -> list[float]:
    """The processor times of the answers, in ms, in order."""
    return [decision.cpu * 1000 for decision in walked if decision.kind == "question"]


def measure() -> list[Figure]:
    """Walk and reckon."""
    library, chance = shipped(), random.Random(0)
    later: dict[str, list[float]] = {arm: [] for arm in ARMS}
    binding: list[float] = []
    drawing: list[float] = []
    wall: list[float] = []
    marks: list[float] = []
    commits: list[int] = []
    in_memory: list[float] = []
    on_disk: list[float] = []

    for durable in (True, False):  # engines of the warm arms, imports, interpreter
        with TimedJournal(None) as journal:
            list(decisions(library, THREE, WALKS, journal=journal, durable=durable))
    for seed in range(WALKS):
        for arm in chance.sample(list(ARMS), len(ARMS)):
            durable, warm = ARMS[arm]
            with TimedJournal(None) as journal:
                own = library if warm else copy_of(library)
                walked = list(decisions(own, THREE, seed, journal=journal, durable=durable))
                in_memory += journal.commits
            later[arm] += answers(walked)
            if arm == "durable":
                commits += [decision.commits for decision in walked if decision.kind == "question"]
                wall += [decision.seconds * 1000 for decision in walked if decision.kind == "question"]
                marks += [decision.cpu * 1000 for decision in walked if decision.kind == "steps"]
    for _ in range(BUILDS):
        clock, own = SimulatedClock(), copy_of(library)
        start = time.perf_counter()
        with Journal(None) as journal:
            session = Session.begin(journal, own, {}, THREE, clock, profile=HALL)
            begun = time.perf_counter()
            assert session.relevance  # is made when it is first asked for
        binding.append((begun - start) * 1000)
        drawing.append((time.perf_counter() - begun) * 1000)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(ON_DISK):
            with TimedJournal(Path(folder) / f"{seed}.db") as journal:
                list(decisions(library, THREE, seed, journal=journal, durable=True))
                on_disk += journal.commits
        sync = _sync(Path(folder) / "probe")

    count = len(later["durable"])
    return [
        Figure(
            "decision_durable_median",
            "answer to next screen, durable-rules, median",
            median(later["durable"]),
            "ms",
            1.0,
            f"{count} answers on {WALKS} random walks, each on diagrams of its own",
        ),
        Figure("decision_durable_p99", "  p99", percentile(later["durable"], 99), "ms", 3.0),
        Figure("decision_durable_wall", "  median on the wall", median(wall), "ms"),
        Figure(
            "decision_durable_wall_p99",
            "  p99 on the wall",
            percentile(wall, 99),
            "ms",
            None,
            "further from the processor's time the busier the machine: nothing in a decision waits",
        ),
        Figure(
            "decision_builtin_median",
            "answer to next screen, without, median",
            median(later["builtin"]),
            "ms",
            0.3,
        ),
        Figure("decision_builtin_p99", "  p99", percentile(later["builtin"], 99), "ms"),
        Figure(
            "decision_warm_durable_median",
            "a process that has seen many of them, durable-rules, median",
            median(later["durable-warm"]),
            "ms",
        ),
        Figure("decision_warm_durable_p99", "  p99", percentile(later["durable-warm"], 99), "ms"),
        Figure("decision_warm_builtin_median", "  without, median", median(later["builtin-warm"]), "ms"),
        Figure("begin", "once a process: rules bound, first match, incident begun", median(binding), "ms"),
        Figure("draw", "once a process: diagrams drawn, before the first question", median(drawing), "ms"),
        Figure(
            "decision_screen", "a screen of up to three steps, all marked, to the next", median(marks), "ms"
        ),
        Figure("commits_per_answer", "commits an answer", sum(commits) / len(commits)),
        Figure(
            "commit_memory",
            "a commit, journal in memory (not part of the above)",
            median(in_memory) * 1000,
            "ms",
        ),
        Figure(
            "commit_disk",
            "a commit, journal on disk (WAL, synchronous=FULL)",
            median(on_disk) * 1000,
            "ms",
            None,
            f"{len(on_disk)} commits in {tempfile.gettempdir()}; TMPDIR picks another disk",
        ),
        Figure("commit_disk_p99", "  p99", percentile([each * 1000 for each in on_disk], 99), "ms"),
        Figure("fsync_disk", "  of which the disk: 4 KB written and fsync alone", sync * 1000, "ms"),
    ]


def _sync(path: Path) -> float:
    """Seconds of one small append with fsync, median."""
    times = []
    with path.open("ab", buffering=0) as file:
        for _ in range(100):
            start = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return median(times)


if __name__ == "__main__":
    run("one decision with three playbooks active", measure)
