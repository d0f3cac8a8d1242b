"""How long an author waits for `playbook check --pairs`, and what comparing every state adds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from _report import Figure, run
from _walks import shipped

from engine.checks.many import check_all
from engine.checks.many import run as check_one
from engine.model import Library
from engine.reader.combinations import Combination
from engine.reader.combinations import combinations as declared

Report = dict[str, Any]


def seconds(library: Library, jobs: Sequence[Combination], durable: bool) -> tuple[float, list[Report]]:
    """How long all jobs take on the wall, as the command does them, and their reports."""
    start = time.perf_counter()
    reports = check_all(library, jobs, durable=durable)
    return time.perf_counter() - start, reports


def measure() -> list[Figure]:
    """Check all playbooks, all pairs and the declared combinations, with and without durable-rules."""
    start = time.perf_counter()
    library = shipped()
    reading = time.perf_counter() - start
    ids = [playbook.id for playbook in library.playbooks]
    singles = [Combination((id,)) for id in ids]
    pairs = [Combination(two) for two in combinations([name for name in ids if name != "always"], 2)]
    together, _ = declared(library)
    jobs = [*singles, *together, *pairs]
    check_one(library, singles[0])  # imports
    slowest, longest = "", 0.0
    for job in singles:
        taken, _ = seconds(library, [job], False)
        if taken > longest:
            slowest, longest = job.playbooks[0], taken
    plain, _ = seconds(library, jobs, False)
    compared, reports = seconds(library, jobs, True)
    states = sum(report["compared"] for report in reports)
    what = f"{len(ids)} playbooks, {len(pairs)} pairs, {len(together)} combinations"
    return [
        Figure(
            "check_all",
            f"{what}, without comparing",
            plain,
            "s",
            5.0,
            f"in two processes; slowest alone: {slowest} {longest * 1000:.0f} ms",
        ),
        Figure("check_all_durable", "  every state compared with durable-rules", compared, "s", 20.0),
        Figure("check_states", "  states compared a second", states / compared, "", None, f"{states} states"),
        Figure("read_uncached", "reading them from YAML, no cache", reading, "s"),
    ]


if __name__ == "__main__":
    run("playbook check", measure)
