"""Scores over time: a curve for the terminal in plain signs, and drawn for a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from engine.practice.entries import Frozen
from engine.practice.progress import Score
from engine.practice.reports import BANDS
from engine.practice.schedule import day

_WIDE, _HIGH, _LEFT, _TOP = 720, 220, 44, 14
_BLUE, _PALE, _INK, _GRID, _LATE = "#1f4e79", "#8fb0d3", "#1a1a1a", "#dde1e7", "#b3261e"
_BAR, _PAPER, _NAMES = "#3a6ea5", "#ffffff", 90
_STEP = 10  # marks a row of the terminal


class Plot(Frozen, frozen=True):
    """Rows from above, the places of the first score on."""

    rows: tuple[str, ...]
    shown: int


def plot(scores: Sequence[Score], width: int) -> Plot:
    """The last scores as signs: o a new question, * one done again, ! over time; a row is ten marks."""
    last = scores[-max(1, (width - 6) // 2) :]
    rows = []
    for least in range(90, -1, -_STEP):
        label = f"{least:>3}|"
        here = ["!" if s.late else "*" if s.again else "o" for s in last]
        marks = (sign if _row(s.score) == least else "" for sign, s in zip(here, last, strict=True))
        fill = "-" if least in {band for band, _ in BANDS} and least else " "
        rows.append((label + "".join(f"{fill}{mark or fill}" for mark in marks)).rstrip())
    return Plot(tuple(rows), len(last))


def _row(score: int) -> int:
    return min(90, score // _STEP * _STEP)


def meters(title: str, items: Sequence[tuple[str, float, str]], whole: float) -> str:
    """Bars on a ground of length `whole`: (name, value, what stands at the end). "" without items."""
    if not items:
        return ""
    room, line = _WIDE - _NAMES - 130, 26
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDE} {line * len(items) + 8}"'
        f' font-size="13" fill="{_INK}"><title>{escape(title)}</title>'
    ]
    for number, (name, value, said) in enumerate(items):
        y = 4 + line * number
        parts.append(
            f"<g><title>{escape(name)}：{escape(said)}</title>"
            f'<text x="{_NAMES - 8}" y="{y + 17}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{_NAMES}" y="{y + 3}" width="{room}" height="{line - 8}" fill="{_GRID}"/>'
            f'<rect x="{_NAMES}" y="{y + 3}" width="{room * min(value / whole, 1):.1f}"'
            f' height="{line - 8}" fill="{_BAR}"/>'
            f'<text x="{_NAMES + room + 8}" y="{y + 17}">{escape(said)}</text></g>'
        )
    return "\n".join([*parts, "</svg>"])


def curve(title: str, scores: Sequence[Score]) -> str:
    """The scores as dots and the mean of five as a line, with the limits of the bands. "" without any."""
    if not scores:
        return ""
    step = (_WIDE - _LEFT - 20) / max(1, len(scores) - 1)
    size = 4 if len(scores) < 80 else 2.5

    def x(place: int) -> float:
        return _LEFT + 8 + step * place if len(scores) > 1 else (_LEFT + _WIDE) / 2

    def y(score: float) -> float:
        return _TOP + _HIGH * (1 - score / 100)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDE} {_HIGH + 44}"'
        f' font-size="13" fill="{_INK}"><title>{escape(title)}</title>'
    ]
    for level, name in ((0, "0"), (60, "60 中"), (80, "80 好"), (100, "100")):
        parts.append(
            f'<path d="M{_LEFT} {y(level):.1f}H{_WIDE}" stroke="{_GRID}"/>'
            f'<text x="{_LEFT - 4}" y="{y(level) + 4:.1f}" text-anchor="end" font-size="12">{name}</text>'
        )
    line = "L".join(f"{x(n):.1f} {y(score.mean):.1f}" for n, score in enumerate(scores))
    parts.append(f'<path d="M{line}" fill="none" stroke="{_PALE}" stroke-width="3"/>')
    every = max(1, -(-len(scores) // 10))
    for n, score in enumerate(scores):
        said = f"{score.at[:10]} {score.question}{'（重做）' if score.again else ''}：{score.score} 分"
        said += "，超时" if score.late else ""
        colour = _LATE if score.late else _BLUE
        parts.append(
            f'<circle cx="{x(n):.1f}" cy="{y(score.score):.1f}" r="{size}"'
            f' fill="{colour if score.again else _PAPER}" stroke="{colour}" stroke-width="1.5">'
            f"<title>{escape(said)}</title></circle>"
        )
        if n % every == 0:
            parts.append(
                f'<text x="{x(n):.1f}" y="{_TOP + _HIGH + 20}" text-anchor="middle"'
                f' font-size="11">{day(score.at)}</text>'
            )
    return "\n".join([*parts, "</svg>"])
