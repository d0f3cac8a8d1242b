"""Drill time: runs N times as fast as real time, stands, or goes by steps; never while nobody is there.

Real time comes in as whole milliseconds since 1970. The record says when drill time was set to run and how
fast; beside it a small file is touched each second, and whoever finds it old goes on from where it stopped.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timedelta
from pathlib import Path

from engine import paths
from engine.drill.conduct import New
from engine.drill.state import DrillState
from engine.drill.store import Store

GAP = 3_000  # ms without a sign of life: nobody was there
_TOUCH = 1_000  # ms between signs of life


def drill_now(state: DrillState, real: int) -> datetime:
    """The drill's time at a real time, in whole seconds; it does not go beyond the drill's end."""
    anchor = state.anchor
    if state.ended_at is not None:
        return state.ended_at
    if anchor is None or anchor.speed == 0:
        return state.at
    passed = max(0, real - anchor.real) * anchor.speed // 1000
    return max(state.at, min(state.end, anchor.drill + timedelta(seconds=passed)))


def runs(state: DrillState) -> bool:
    """Whether drill time goes on by itself."""
    return state.status == "open" and state.anchor is not None and state.anchor.speed > 0


def beat_file(id: str) -> Path:
    """The sign of life of a run."""
    return paths.data_dir() / "drills" / f"{id}.beat"


class Beat:
    """The sign of life of a run: the real and the drill time at which a terminal was last there."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._touched = 0

    def read(self) -> tuple[int, int] | None:
        """(real ms, drill seconds after the start); None when there is none that can be read."""
        try:
            real, seconds = self.file.read_text("utf-8").split()
            return int(real), int(seconds)
        except (OSError, ValueError):
            return None

    def touch(self, state: DrillState, real: int, *, now: bool = False) -> None:
        """Write it, at most once a second unless `now`. A disk that is full costs only the precision."""
        if not now and abs(real - self._touched) < _TOUCH:
            return
        self._touched = real
        other = self.file.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            other.write_text(f"{real} {state.seconds(drill_now(state, real))}", "utf-8")
            other.replace(self.file)


def poll(store: Store, beat: Beat, real: int) -> bool:
    """One look of a terminal, some times a second: read what others wrote, write what is due.

    When no terminal has been there for a while, drill time first goes back to where it stood then.
    Returns whether the state has changed.
    """
    before = store.state.seq
    store.refresh()
    if runs(store.state):
        resume(store, beat, real)
        store.advance(drill_now(store.state, real))
    beat.touch(store.state, real)
    return store.state.seq != before


def resume(store: Store, beat: Beat, real: int) -> None:
    """If nobody was there for a while, let drill time go on from where the last terminal left it."""

    def decide(state: DrillState) -> list[New]:
        anchor = state.anchor
        if anchor is None or not anchor.speed:
            return []
        last = beat.read() or (0, 0)
        there = max(last[0], anchor.real)  # the clock was set by somebody, too
        if abs(real - there) <= GAP:
            return []
        stood = anchor.drill if there > last[0] else state.begun + timedelta(seconds=last[1])
        at = max(state.at, min(stood, drill_now(state, real)))
        return [New("clock", {"real": real, "speed": anchor.speed, "why": "resumed"}, at)]

    if decide(store.state):
        store.write(store.state.at, decide)
        beat.touch(store.state, real, now=True)
