"""How long an author waits for `playbook check`, and what comparing every state with durable-rules adds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations

from _report import Figure, run
from _walks import shipped

from engine.checks import check
from engine.model import Library


def seconds(library: Library, active: Sequence[str], durable: bool) -> float:
    """How long one check takes."""
    start = time.perf_counter()
    check(library, active, durable=durable)
    return time.perf_counter() - start


def measure() -> list[Figure]:
    """Check all playbooks and all pairs, with and without durable-rules in turn."""
    start = time.perf_counter()
    library = shipped()
    reading = time.perf_counter() - start
    ids = [playbook.id for playbook in library.playbooks]
    pairs = list(combinations([name for name in ids if name != "always"], 2))
    check(library, ids[:1])  # imports
    sets = [(name,) for name in ids] + pairs
    taken = {True: dict.fromkeys(sets, 0.0), False: dict.fromkeys(sets, 0.0)}
    for active in sets:
        for durable in (False, True):
            taken[durable][active] = seconds(library, active, durable)
    singles = {durable: sum(times[name,] for name in ids) for durable, times in taken.items()}
    both = {durable: sum(times.values()) for durable, times in taken.items()}
    slowest = max(ids, key=lambda name: taken[False][name,])
    longest = taken[False][slowest,]
    return [
        Figure(
            "check_all",
            f"{len(ids)} playbooks and {len(pairs)} pairs, without durable-rules",
            both[False],
            "s",
            5.0,
            "the goal is stated for 18 playbooks and their 153 pairs",
        ),
        Figure("check_all_durable", "  every state compared with durable-rules", both[True], "s", 20.0),
        Figure(
            "check_singles",
            f"{len(ids)} playbooks alone, without durable-rules",
            singles[False],
            "s",
            None,
            f"slowest: {slowest} {longest * 1000:.0f} ms",
        ),
        Figure("check_singles_durable", "  every state compared with durable-rules", singles[True], "s"),
        Figure("read_uncached", "reading them from YAML, no cache", reading, "s"),
    ]


if __name__ == "__main__":
    run("playbook check", measure)
