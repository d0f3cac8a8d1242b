"""Many checks: playbooks and combinations one after another, in two processes where that pays."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from engine.checks import check
from engine.conditions import transform
from engine.errors import ZhibanError
from engine.model import ALWAYS, Condition, Known, Library, Playbook, Test
from engine.model import Any as AnyOf
from engine.reader.combinations import Combination

WORTH = 12  # so many checks take longer than a second process


def check_all(library: Library, jobs: Sequence[Combination], *, durable: bool = True) -> list[dict[str, Any]]:
    """The reports of `check`, in the order of `jobs`; those with facts have them under `heard`.

    BadData when playbooks cannot be bound.
    """
    done: dict[int, dict[str, Any]] = {}
    if len(jobs) >= WORTH and _two():
        done = _halves(library, jobs, durable)
    return [done[at] if at in done else run(library, job, durable) for at, job in enumerate(jobs)]


def run(library: Library, job: Combination, durable: bool = True) -> dict[str, Any]:
    """The report of one job."""
    report = check(known(library, job.heard), job.playbooks, durable=durable)
    return {**report, "heard": list(job.heard)} if job.heard else report


def known(library: Library, heard: Sequence[str]) -> Library:
    """The library in a world where some yes/no facts are so: nobody asks, conditions take them as true."""
    if not heard:
        return library

    def leaf(item: Condition) -> Condition:
        if not isinstance(item, Test | Known) or item.fact not in heard:
            return item
        # `known` is as true as the fact
        return ALWAYS if isinstance(item, Known) or True in item.values else AnyOf()

    def playbook(old: Playbook) -> Playbook:
        rules = tuple(msgspec.structs.replace(r, when=transform(r.when, leaf)) for r in old.rules)
        return msgspec.structs.replace(old, rules=rules, facts=facts(old))

    def facts(old: Any) -> Any:
        return tuple(
            msgspec.structs.replace(f, known_from="hall", ask="")
            if f.key in heard
            else msgspec.structs.replace(f, when=transform(f.when, leaf))
            if f.when is not None
            else f
            for f in old.facts
        )

    vocabulary = msgspec.structs.replace(library.vocabulary, facts=facts(library.vocabulary))
    playbooks = tuple(playbook(old) for old in library.playbooks)
    return msgspec.structs.replace(library, vocabulary=vocabulary, playbooks=playbooks)


def _two() -> bool:
    """Whether a second process can be had: by forking, for then it need not read everything anew."""
    if (os.cpu_count() or 1) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return False
    return threading.active_count() == 1  # a fork beside other threads may hang


def _halves(library: Library, jobs: Sequence[Combination], durable: bool) -> dict[int, dict[str, Any]]:
    """Every second job is done by a child, the others here. What the child leaves undone is missing."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_serve, args=(there, library, jobs, durable), daemon=True)
    child.start()
    there.close()
    done = {at: run(library, jobs[at], durable) for at in range(0, len(jobs), 2)}
    with contextlib.suppress(EOFError):  # it was killed: all its jobs are done here
        done |= here.recv()
    child.join()
    return done


def _serve(there: Connection, library: Library, jobs: Sequence[Combination], durable: bool) -> None:
    """In the child: half of the jobs, sent at once, for a pipe holds little; a failure ends it."""
    done: dict[int, dict[str, Any]] = {}
    # what fails here fails in the parent too, where it can be told; a parent that is gone needs nothing
    with contextlib.suppress(ZhibanError, KeyboardInterrupt):
        for at in range(1, len(jobs), 2):
            done[at] = run(library, jobs[at], durable)
    with contextlib.suppress(OSError, KeyboardInterrupt):
        there.send(done)
