"""The comparison of runs as a page: totals over time as a line a person, objectives as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from engine.clock import parse
from engine.drill.comparing import Course, Played, by_objective, by_person
from engine.drill.times import spoken
from engine.render.drawing import cut
from engine.render.templates import fill

_WIDE, _HIGH, _LEFT, _TOP, _NAMES = 720, 230, 40, 26, 250
_INK, _SOFT, _GRID = "#1a1a1a", "#5b6470", "#dde1e7"
_COLOURS = ("#1f4e79", "#b26a00", "#2e7d4f", "#b3261e", "#6a3d9a", "#00707a")
_DASHES = ("", "6 3", "2 3", "9 3 2 3")
_MOST = 8  # persons in the drawing


def page(runs: Sequence[Played], left_out: str, at: str) -> str:
    """The file; nothing is loaded from elsewhere, and no script runs."""
    from markupsafe import Markup  # the drawings escape what they show

    values: dict[str, Any] = {
        "title": "历次演练",
        "mode": "演练",
        "draft": "",
        "at": at,
        "left_out": left_out,
        "curve": Markup(totals(by_person(runs))),
        "bars": Markup(objectives(by_objective(runs))),
        "runs": [_row(run) for run in sorted(runs, key=lambda run: run.begun)],
    }
    return fill("drills", "html", values)


def _row(run: Played) -> tuple[str, ...]:
    marks = "，".join(f"{mark.what} {mark.rating or '—'}" for mark in run.marks)
    first = spoken(run.first_action) if run.first_action is not None else "—"
    control = spoken(run.control) if run.control is not None else "没有"
    return day(run), run.title, "、".join(run.people), str(run.total), first, control, f"{run.path}%", marks


def day(run: Played) -> str:
    """`2026-11-22 09:30`, when it began."""
    return f"{parse(run.begun):%Y-%m-%d %H:%M}" if run.begun else "—"


def totals(people: Mapping[str, Sequence[Played]]) -> str:
    """Totals in the order of the runs: a line a person, each with its own sign. "" without any."""
    shown = sorted(people.items(), key=lambda item: -len(item[1]))[:_MOST]
    order = sorted({(run.begun, run.id): run for _, runs in shown for run in runs}.items())
    if not order:
        return ""
    place = {key: number for number, (key, _) in enumerate(order)}
    least = min(0, *(run.total for _, run in order))
    least = -(-least // 20) * 20 - (20 if least % 20 else 0) if least < 0 else 0
    step = (_WIDE - _LEFT - 40) / max(1, len(order) - 1)

    def x(run: Played) -> float:
        return _LEFT + 16 + step * place[run.begun, run.id] if len(order) > 1 else _WIDE / 2

    def y(total: float) -> float:
        return _TOP + _HIGH * (100 - total) / (100 - least)

    height = _TOP + _HIGH + 42 + 24 * -(-len(shown) // 4)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDE} {height}"'
        f' font-size="13" fill="{_INK}"><title>总分的变化，一人一条线</title>'
    ]
    for level in range(int(least), 101, 20 if least > -100 else 50):
        parts.append(
            f'<path d="M{_LEFT} {y(level):.1f}H{_WIDE}" stroke="{_GRID if level else _SOFT}"/>'
            f'<text x="{_LEFT - 6}" y="{y(level) + 4:.1f}" text-anchor="end" font-size="12">{level}</text>'
        )
    every = max(1, -(-len(order) // 8))
    for number, (_, run) in enumerate(order):
        if number % every == 0 and run.begun:
            at = parse(run.begun)
            parts.append(
                f'<text x="{x(run):.1f}" y="{_TOP + _HIGH + 20}" text-anchor="middle" font-size="11"'
                f' fill="{_SOFT}">{at.month}月{at.day}日</text>'
            )
    for number, (name, runs) in enumerate(shown):
        colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number // len(_COLOURS) % len(_DASHES)]
        line = "L".join(f"{x(run):.1f} {y(run.total):.1f}" for run in runs)
        style = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"{style}/>')
        for run in runs:
            said = f"{name} {day(run)} {run.title}：{run.total} 分"
            parts.append(
                f"<g><title>{escape(said)}</title>{_sign(number, x(run), y(run.total), colour)}"
                f'<text x="{x(run):.1f}" y="{y(run.total) - 9:.1f}" text-anchor="middle" font-size="11"'
                f' stroke="#fff" stroke-width="3" paint-order="stroke">{run.total}</text></g>'
            )
        at_x, at_y = _LEFT + 170 * (number % 4), _TOP + _HIGH + 44 + 24 * (number // 4)
        parts.append(
            f'{_sign(number, at_x + 6, at_y - 4, colour)}<text x="{at_x + 18}" y="{at_y}">'
            f"{escape(cut(name, 18))}（{len(runs)} 场）</text>"
        )
    return "\n".join([*parts, "</svg>"])


def _sign(number: int, x: float, y: float, colour: str) -> str:
    at = f"M{x:.1f} {y:.1f}"
    shape = (
        "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", "m-5 -5h10v10h-10z", "m0 -6l6 11h-12z",
        "m0 -7l6 7l-6 7l-6 -7z",
    )[number % 4]  # fmt: skip
    return f'<path d="{at}{shape}" fill="{colour}" stroke="#fff"/>'


def objectives(courses: Sequence[Course]) -> str:
    """Bars: the last run dark, the mean of all as a mark, first and last in words. "" without any."""
    if not courses:
        return ""
    room, line = _WIDE - _NAMES - 150, 26
    heads = len({course.drill for course in courses})
    height = line * (len(courses) + heads) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDE} {height}" font-size="13"'
        f' fill="{_INK}"><title>各目标的得分</title>'
    ]
    y, drill = 4, ""
    for course in courses:
        if course.drill != drill:
            drill = course.drill
            style = f'font-weight="700" fill="{_COLOURS[0]}"'
            parts.append(f'<text x="0" y="{y + 17}" {style}>{escape(course.title)}</text>')
            y += line
        first, last = course.percents[0], course.percents[-1]
        said = f"{first}% → {last}%" if len(course.percents) > 1 else f"{last}%"
        said += f"（{len(course.percents)} 场）"
        mean = _NAMES + room * min(max(course.mean, 0), 100) / 100
        parts.append(
            f"<g><title>{escape(course.what)}：{said}，平均 {course.mean}%</title>"
            f'<text x="{_NAMES - 8}" y="{y + 17}" text-anchor="end">{escape(cut(course.what, 34))}</text>'
            f'<rect x="{_NAMES}" y="{y + 3}" width="{room}" height="{line - 8}" fill="{_GRID}"/>'
            f'<rect x="{_NAMES}" y="{y + 3}" width="{room * min(max(last, 0), 100) / 100:.1f}"'
            f' height="{line - 8}" fill="#3a6ea5"/>'
            f'<path d="M{mean:.1f} {y}v{line - 2}" stroke="{_INK}" stroke-width="2"/>'
            f'<text x="{_NAMES + room + 8}" y="{y + 17}">{said}</text></g>'
        )
        y += line
    return "\n".join([*parts, "</svg>"])
