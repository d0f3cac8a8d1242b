"""What every benchmark shares: a figure, its goal, and the two ways to print figures."""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured number. `goal`: the most it should be; None: there is none. `note`: how it was got."""

    id: str
    what: str
    value: float | None  # None: could not be measured, `note` says why
    unit: str = ""
    goal: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal was met; None without a goal or a value."""
        return None if self.goal is None or self.value is None else self.value <= self.goal

    def as_json(self) -> dict[str, object]:
        """All fields and whether the goal was met."""
        return {**self._asdict(), "met": self.met}


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    value = (
        "-"
        if figure.value is None
        else f"{figure.value:,.3g}"
        if figure.value < 100
        else f"{figure.value:,.0f}"
    )
    goal = "" if figure.goal is None else f"<= {figure.goal:g} {figure.unit}".rstrip()
    verdict = {True: "met", False: "NOT MET", None: ""}[figure.met]
    return figure.what, f"{value} {figure.unit}".rstrip(), goal, verdict


def table(groups: Sequence[tuple[str, Sequence[Figure]]]) -> str:
    """One table of all groups, columns aligned over the whole; notes under the figure that they explain."""
    rows = [_cells(figure) for _, figures in groups for figure in figures]
    first, second, third = (max([len(row[column]) for row in rows], default=0) for column in range(3))
    lines: list[str] = []
    for title, figures in groups:
        lines += ["", title]
        for figure in figures:
            what, value, goal, verdict = _cells(figure)
            lines.append(f"  {what:<{first}}  {value:>{second}}  {goal:<{third}}  {verdict}".rstrip())
            if figure.note:
                lines.append(f"      {figure.note}")
    return "\n".join(lines[1:])


def run(title: str, measure: Callable[[], list[Figure]]) -> None:
    """The command line of one benchmark: a table, or with `--json` one JSON list."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    wants = parser.parse_args()
    figures = measure()
    if wants.json:
        print(json.dumps({"title": title, "figures": [figure.as_json() for figure in figures]}, indent=1))
    else:
        print(table([(title, figures)]))
