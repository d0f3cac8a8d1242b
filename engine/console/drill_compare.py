"""`zhiban drill compare`: runs over time, by person and by objective."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.clock import RealClock
from engine.console import desk, drill_desk, record
from engine.console.incidents import write
from engine.console.respond import terminal
from engine.console.terminal import Terminal
from engine.console.wrap import clip, columns, pad
from engine.drill.comparecharts import day, page
from engine.drill.comparing import Played, by_objective, by_person, played
from engine.drill.view import DRILL
from engine.errors import ZhibanError
from engine.journal import Journal

_BAR = 10  # signs of a bar


def show(person: str, drill: str, html: Path | None, *, force: bool, json: bool) -> None:
    """The comparison on the screen, as a page, as JSON."""
    with drill_desk.journal_to_read() as journal:
        runs, left = _read(journal, person, drill)
    said = _left_out(left)
    if html is not None:
        write(page(runs, said, f"{RealClock().now():%Y-%m-%d %H:%M}").encode(), html, force=force)
    if json:
        record.emit(_plain(runs, left))
    elif html is None:
        _show(terminal(), runs, said)


def _read(journal: Journal, person: str, drill: str) -> tuple[list[Played], dict[str, int]]:
    """The ended runs of people, the oldest first, and how many were left out and why."""
    found: list[Played] = []
    left = {"scripted": 0, "open": 0, "unreadable": 0}
    for entry in drill_desk.kept(journal):
        if drill and entry.opening.get("drill") != drill:
            continue
        if entry.scripted or entry.status == "open":
            left["scripted" if entry.scripted else "open"] += 1
            continue
        try:
            with drill_desk.opened(journal, entry.run.id) as store:
                run = played(store.state, entry.run.id)
        except ZhibanError as error:
            desk.warn(f"注意：{error.message}；没有算进来")
            left["unreadable"] += 1
            continue
        if not person or person in run.people:
            found.append(run)
    return sorted(found, key=lambda run: run.begun), left


def _left_out(left: dict[str, int]) -> str:
    names = {"scripted": "脚本演的", "open": "没演完的", "unreadable": "读不出的"}
    parts = [f"{names[kind]} {count} 场" for kind, count in left.items() if count]
    return f"没有算：{'，'.join(parts)}" if parts else ""


def _plain(runs: list[Played], left: dict[str, int]) -> dict[str, Any]:
    return {
        "mode": "drill",
        "runs": [run._asdict() | {"marks": [mark._asdict() for mark in run.marks]} for run in runs],
        "people": {name: [run.id for run in some] for name, some in by_person(runs).items()},
        "objectives": [course._asdict() | {"mean": course.mean} for course in by_objective(runs)],
        "left_out": left,
    }


def _show(screen: Terminal, runs: list[Played], said: str) -> None:
    screen.line(f"{DRILL}历次演练 {len(runs)} 场", "title")
    if not runs:
        screen.line("还没有可以比的演练。zhiban drill run 名称 开始一场。")
    for name, some in by_person(runs).items():
        told = f"{name}：{len(some)} 场"
        if len(some) > 1:
            told += f"，第一场 {some[0].total} 分，最近 {some[-1].total} 分"
        screen.line(told, "act")
        for run in some:
            first = f"  {day(run)}  {pad(clip(run.title, 30), 30)}  "
            screen.line(f"{bar(run.total)} {run.total:>4} 分", first=first)
    drill = ""
    courses = by_objective(runs)
    wide = min(42, max((columns(course.what) for course in courses), default=0))
    for course in courses:
        if course.drill != drill:
            drill = course.drill
            screen.line(f"目标：{course.title}", "act")
        before, last = course.percents[0], course.percents[-1]
        change = f"{before}% → {last}%" if len(course.percents) > 1 else f"{last}%"
        screen.line(f"{bar(last)} {change}", first=f"  {pad(clip(course.what, wide), wide)}  ")
    if said:
        screen.line(f"{said}。", "quiet")


def bar(percent: int) -> str:
    """Ten signs of a whole."""
    full = round(_BAR * min(max(percent, 0), 100) / 100)
    return f"[{'#' * full}{'.' * (_BAR - full)}]"
