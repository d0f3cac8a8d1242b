"""A long record: how fast 10,000 events are read, folded to a state, and verified."""

from __future__ import annotations

import time
from collections.abc import Callable

from _report import Figure, median, run
from _walks import THREE, TimedJournal, decisions, shipped

from engine.clock import SimulatedClock
from engine.fold import fold
from engine.journal import Journal
from engine.model import Event, Library
from engine.reader import read_files
from engine.session import Session

EVENTS = 10_000
RUNS = 7


def record(library: Library) -> list[Event]:
    """The events of random walks strung together as if they were one incident that never closes."""
    found: list[Event] = []
    seed = 0
    while len(found) < EVENTS:
        with TimedJournal(None) as journal:
            for _ in decisions(library, THREE, seed, journal=journal, durable=False):
                pass
            events = journal.events(journal.list()[0].id)
        for event in events:
            if event.kind not in ("begun", "closing", "closed", "follow_up") or not found:
                seq = len(found) + 1
                cause = seq if event.cause == event.seq else max(1, seq - (event.seq - event.cause))
                found.append(Event(seq, event.kind, event.at, cause, event.data))
        seed += 1
    return found[:EVENTS]


def timed(work: Callable[[], object]) -> float:
    """Seconds, the median of some runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def measure() -> list[Figure]:
    """Make the record and time it."""
    library = shipped()
    events = record(library)
    kinds = len({event.kind for event in events})
    texts = read_files(hall=False)
    with Journal(None) as journal:
        journal.create("long", "real", texts, events, "长记录")
        if findings := journal.verify("long"):
            raise SystemExit(str(findings[0]))
        clock = SimulatedClock()
        return [
            Figure(
                "fold",
                f"{EVENTS:,} events folded",
                timed(lambda: fold(events)),
                "s",
                0.2,
                f"{kinds} kinds of events from random walks",
            ),
            Figure(
                "verify",
                f"{EVENTS:,} events verified (hash chain and pinned texts)",
                timed(lambda: journal.verify("long")),
                "s",
                2.0,
            ),
            Figure(
                "read", f"{EVENTS:,} events read from the journal", timed(lambda: journal.events("long")), "s"
            ),
            Figure(
                "load",
                "resume: read, fold, match and plan",
                timed(lambda: Session.load(journal, "long", library, clock)),
                "s",
            ),
        ]


if __name__ == "__main__":
    run("a record of 10,000 events", measure)
