"""What a process keeps of incidents that are over: resident memory over 1,000 of them.

Each incident is begun, walked to its close by `simulate`'s officer and let go, journal and all.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from _report import Figure, run
from _walks import HALL, THREE, shipped

from engine.simulate import simulate

INCIDENTS = 1000
WARM_UP = 50
CHECKPOINTS = (250, 500, 750)
GOAL = 5.0


def resident() -> float:
    """Resident memory of this process in MB (where there is no /proc: its highest so far)."""
    gc.collect()
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    import resource

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure() -> list[Figure]:
    """Walk all incidents."""
    library = shipped()
    singles = [
        [playbook.id] for playbook in library.playbooks if playbook.id != "always" and not playbook.addon
    ]
    kinds = [*singles, list(THREE)]
    start, base = resident(), 0.0
    seen: list[str] = []
    unclosed = 0
    for number in range(1, WARM_UP + INCIDENTS + 1):
        result = simulate(library, kinds[number % len(kinds)], number, profile=HALL)
        unclosed += not result["closed"]
        if number == WARM_UP:
            base = resident()
        elif number - WARM_UP in CHECKPOINTS:
            seen.append(f"{resident() - base:+.1f} after {number - WARM_UP}")
    growth = resident() - base
    note = f"{', '.join(seen)}; {len(kinds)} combinations in turn, after {WARM_UP} to warm up"
    if unclosed:
        note += f"; {unclosed} did not close"
    return [
        Figure("memory_growth", f"memory growth over {INCIDENTS:,} incidents", growth, "MB", GOAL, note),
        Figure("memory_start", "resident with all playbooks read", start, "MB"),
        Figure("memory_warm", "resident after the warm-up", base, "MB"),
    ]


if __name__ == "__main__":
    run("memory of one process", measure)
