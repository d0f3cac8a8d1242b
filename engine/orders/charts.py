"""Charts drawn as SVG for a page: bars and daily columns; no script, nothing outside, all values in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from unicodedata import east_asian_width

_BLUE, _PALE, _INK, _GRID = "#3a6ea5", "#b9cbe0", "#1a1a1a", "#dde1e7"
_DAYS = 100  # more than so many are drawn by sevens
_WIDE, _LINE = 720, 26
_LABEL = 12  # full-width characters of a label that are shown


def bars(title: str, items: Sequence[tuple[str, float, str]]) -> str:
    """Horizontal bars: (name, length ≥ 0, what stands at the end). "" without items."""
    if not items:
        return ""
    most = max(value for _, value, _ in items) or 1
    left = 20 + 14 * min(_LABEL, max(_wide(name) / 2 for name, _, _ in items))
    room = _WIDE - left - 150
    parts = [_open(title, _LINE * len(items) + 8)]
    for number, (name, value, said) in enumerate(items):
        y, length = 4 + _LINE * number, max(1.0, room * value / most)
        parts.append(
            f"<g><title>{escape(name)}：{escape(said)}</title>"
            f'<text x="{left - 8:.0f}" y="{y + 17}" text-anchor="end">{escape(_cut(name))}</text>'
            f'<rect x="{left:.0f}" y="{y + 3}" width="{length:.1f}" height="{_LINE - 8}" fill="{_BLUE}"/>'
            f'<text x="{left + length + 6:.1f}" y="{y + 17}">{escape(said)}</text></g>'
        )
    return "\n".join([*parts, "</svg>"])


def of_days(days: Sequence[tuple[date, int]]) -> str:
    """What the columns of `daily` show, in words."""
    return "每7天受理件数" if len(days) > _DAYS else "每天受理件数（浅色是周六、周日）"


def daily(title: str, days: Sequence[tuple[date, int]]) -> str:
    """Columns of a number a day, Saturdays and Sundays paler; weeks instead of days beyond `_DAYS`."""
    if not days:
        return ""
    names = [f"{day.month}月{day.day}日" for day, _ in days]
    values = [number for _, number in days]
    pale = [day.weekday() > 4 for day, _ in days]
    if len(days) > _DAYS:
        names = [f"{name}起7天" for name in names[::7]]
        values = [sum(values[n : n + 7]) for n in range(0, len(values), 7)]
        pale = [False] * len(values)
    most, high, left = max(values) or 1, 150, 52
    step = (_WIDE - left - 8) / len(values)
    parts = [_open(title, high + 44)]
    for share in (0.0, 0.5, 1.0):
        y = 14 + high * (1 - share)
        parts.append(
            f'<path d="M{left} {y:.1f}H{_WIDE}" stroke="{_GRID}"/>'
            f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{most * share:g}</text>'
        )
    every = max(1, -(-len(values) // 10))
    for number, (name, value, light) in enumerate(zip(names, values, pale, strict=True)):
        x, tall = left + step * number, high * value / most
        parts.append(
            f"<g><title>{name}：{value}件</title>"
            f'<rect x="{x + step * 0.1:.1f}" y="{14 + high - tall:.1f}" width="{step * 0.8:.1f}"'
            f' height="{tall:.1f}" fill="{_PALE if light else _BLUE}"/></g>'
        )
        if number % every == 0:
            label = name.removesuffix("起7天")
            parts.append(
                f'<text x="{x + step / 2:.1f}" y="{high + 34}" text-anchor="middle" font-size="11">'
                f"{label}</text>"
            )
    return "\n".join([*parts, "</svg>"])


def _open(title: str, high: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDE} {high:.0f}" font-size="13"'
        f' fill="{_INK}"><title>{escape(title)}</title>'
    )


def _wide(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def _cut(text: str) -> str:
    kept = ""
    for char in text:
        if _wide(kept + char) > 2 * _LABEL - 2:
            return kept + "…"
        kept += char
    return kept
