"""The drawn timeline: steps as bars from opened to done, deadlines, waits; late parts hatched and marked.

Only geometry and words are made here; `templates/reports/timeline.svg.j2` draws them. A sheet is a part
of the drawing that fits a printed page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.model import PHASE_TITLES
from engine.render.lines import OUTCOMES
from engine.render.scale import Scale
from engine.render.structure import Report, StepLine, Wait
from engine.render.times import at_minute, span

WIDTH, LEFT, RIGHT = 1000, 320, 846  # of the sheet; between the latter two lies the time
ROW, TOP = 26, 34  # height of a row and of the axis
SHEET = 18  # rows at most on a sheet; a phase that would be cut begins a new one when two thirds are full
MOST = 170  # rows drawn; the tables tell all
_LABEL = 40  # columns that fit left of the bars
_MARKS = {
    "done": "M{x} {y}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    "handed": "M{x} {y}m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z",
    "blocked": "M{x} {y}m-5 -5l10 10m0 -10l-10 10",
    "skipped": "M{x} {y}m-5 -4v8m5 -8v8",
    "withdrawn": "M{x} {y}m-4 -4h8v8h-8z",
    "due": "M{x} {y}m0 -11v22m0 -22l-4.5 -0l4.5 6l4.5 -6z",
    "beyond": "M{x} {y}m-2 -5l8 5l-8 5",
}


def timeline(report: Report) -> dict[str, Any]:
    """`sheets` (each with `height`, `rows`, `bands`, `ticks`, `folds`) and `hidden`: rows not drawn."""
    rows = _rows(report)
    hidden = sum("band" not in row for row in rows[MOST:])
    rows = rows[:MOST]
    scale = Scale(_moments(report), LEFT, RIGHT)
    sheets = []
    for part in _sheets(rows):
        drawn = [_drawn(row, TOP + number * ROW, scale, report) for number, row in enumerate(part)]
        height = TOP + len(part) * ROW + 6
        folds = [{"x": x, "text": length, "d": _zigzag(x, TOP + 2, height - 6)} for x, length in scale.folds]
        ticks = [{"x": x, "text": text} for x, text in scale.ticks]
        sheets.append({"height": height, "bottom": height - 6, "rows": drawn, "ticks": ticks, "folds": folds})
    frame = {"width": WIDTH, "left": LEFT, "right": RIGHT, "status": RIGHT + 14, "row": ROW, "top": TOP}
    return {"sheets": sheets, "hidden": hidden, **frame}


def _sheets(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The rows in parts, cut before a phase where possible."""
    found: list[list[dict[str, Any]]] = [[]]
    for row in rows:
        full = len(found[-1]) >= (SHEET - 1 if "band" in row else SHEET)
        if full or ("band" in row and len(found[-1]) * 3 >= SHEET * 2):
            found.append([])
        found[-1].append(row)
    if len(found) > 1 and len(found[-1]) <= 3:
        last = found.pop()
        found[-1] += last
    return found


def _moments(report: Report) -> Iterable[datetime]:
    yield report.head.opened
    yield report.head.closed or report.head.at
    for step in report.steps:
        yield step.opened
        yield from (at for at in (step.ended, step.handed) if at)
    for wait in report.waits:
        yield wait.since
        yield from (at for at in (wait.ended,) if at)


def _rows(report: Report) -> list[dict[str, Any]]:
    """A row for each step (all its occurrences) under its phase, then one for each awaited fact."""
    groups: dict[str, dict[str, list[StepLine]]] = {}
    for step in report.steps:
        groups.setdefault(step.phase, {}).setdefault(step.key, []).append(step)
    rows: list[dict[str, Any]] = []
    for phase, keys in groups.items():
        rows.append({"band": PHASE_TITLES[phase]})
        rows += [{"label": found[-1].what, "steps": found} for found in keys.values()]
    if report.waits:
        rows.append({"band": "等待的结果"})
        waits: dict[str, list[Wait]] = {}
        for wait in report.waits:
            waits.setdefault(wait.key, []).append(wait)
        rows += [{"label": f"等：{found[-1].label}", "waits": found} for found in waits.values()]
    return rows


def _drawn(row: dict[str, Any], top: float, scale: Scale, report: Report) -> dict[str, Any]:
    """A row with its bars and marks in place. `y` is its middle."""
    y = top + ROW / 2
    made: dict[str, Any] = {"y": y, "top": top, "bars": [], "marks": [], "late": False, "status": ""}
    if "band" in row:
        return {**made, "band": row["band"]}
    end = report.head.closed or report.head.at
    for item in row.get("steps", ()):
        _bar(made, y, scale, item.opened, item.due, item.ended or end, item.outcome, item.late)
        if item.handed is not None:
            _mark(made, "handed", scale.place(item.handed), y)
        if item.ended is not None:
            _mark(made, item.outcome, scale.place(item.ended), y)
        made["status"] = _status(item.outcome, item.late, item.ended, report.head.opened)
    for item in row.get("waits", ()):
        _bar(made, y, scale, item.since, item.due, item.ended or end, "wait", item.late)
        outcome = "got" if item.ended else "wait"
        made["status"] = _status(outcome, item.late, item.ended, report.head.opened)
    made["label"], made["title"] = cut(row["label"], _LABEL), f"{row['label']}　{made['status']}"
    return made


def _bar(
    made: dict[str, Any],
    y: float,
    scale: Scale,
    start: datetime,
    due: datetime | None,
    end: datetime,
    outcome: str,
    late: int,
) -> None:
    left, right = scale.place(start), scale.place(end)
    turn = scale.place(max(due, start)) if late and due else right
    kind = {"": "running", "handed": "running", "withdrawn": "gone", "skipped": "gone"}.get(outcome, outcome)
    height = 7 if outcome == "wait" else 13
    made["bars"].append(
        {"x": left, "y": y - height / 2, "w": max(2.5, turn - left), "h": height, "kind": kind}
    )
    if late:
        made["late"] = True
        width = max(4.0, right - turn)
        made["bars"].append({"x": turn, "y": y - height / 2, "w": width, "h": height, "kind": "late"})
    if due is not None:
        _mark(made, "beyond" if scale.beyond(due) else "due", scale.place(due), y)


def _mark(made: dict[str, Any], kind: str, x: float, y: float) -> None:
    made["marks"].append({"kind": kind, "d": _MARKS[kind].format(x=x, y=y)})


def _status(outcome: str, late: int, ended: datetime | None, near: datetime) -> str:
    """How a step or wait stands, in a few words: `8:18 办结` or `▲逾期4分钟`."""
    words = {"wait": "还没有", "got": "有结果"}.get(outcome) or OUTCOMES[outcome]
    if late:
        return f"▲逾期{span(late)}"
    return f"{at_minute(ended, near)} {words}" if ended else words


def _zigzag(x: float, top: float, bottom: float) -> str:
    turns = "".join(f"l{6 if number % 2 == 0 else -6} 8" for number in range(int((bottom - top) // 8)))
    return f"M{x - 3} {top}{turns}"


def cut(text: str, columns: int) -> str:
    """As much as fits the columns, Chinese characters counting two."""
    used = 0
    for index, char in enumerate(text):
        used += 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        if used > columns:
            return text[: index - 1] + "…"
    return text
