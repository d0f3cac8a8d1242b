"""The drawn course of a drill: injects above, expectations as bars of their time, acts of each role below.

An SVG that stands alone: what a colour says a shape says too, and every mark has its words as a title.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape

from engine.clock import parse
from engine.drill.chronicle import VERDICTS, numbers, plain, worth
from engine.drill.model import CHANNELS, Expectation
from engine.drill.scoring import Line, Score
from engine.drill.state import DrillState
from engine.drill.view import who
from engine.render.drawing import cut
from engine.render.scale import Scale

WIDTH, LEFT, RIGHT = 1000, 300, 868  # between the latter two lies the time
_ROW, _AXIS, _LEVEL, _LEGEND = 24, 26, 36, 58
_NEAR, _CLOSE = 34.0, 11.0  # injects and acts nearer than this stand on different levels
_LEVELS = 4
_INK, _SOFT, _GRID = "#1a1a1a", "#5b6470", "#dde1e7"
_BLUE, _GREEN, _AMBER, _RED = "#1f4e79", "#2e7d4f", "#b26a00", "#b3261e"
_FULL = 'fill="#8fb0d3" stroke="#3a6ea5" stroke-width=".8"'
_FADING = 'fill="url(#fade)" stroke="#3a6ea5" stroke-width=".5" stroke-dasharray="3 2"'
_CENTRED = 'text-anchor="middle"'
_HALO = 'stroke="#fff" stroke-width="3" paint-order="stroke"'
_STATUS = {"met": "按时", "late": "晚了", "missed": "没做到"}
_COLOUR = {"met": _GREEN, "late": _AMBER, "missed": _RED}


def picture(state: DrillState, found: Score) -> str:
    """The drawing of a run that has ended."""
    end = state.ended_at or state.at
    scale = Scale([state.begun, end, *(parse(event.at) for event in state.events[1:])], LEFT, RIGHT)
    injects = _injects(state, scale)
    top = _AXIS + _LEVEL * (1 + max((level for _, _, level in injects), default=0)) + 8
    body, height = _rows(state, found, scale, top, end)
    lanes, height = _lanes(state, scale, height + 6)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height + _LEGEND}"'
        f' font-size="14" fill="{_INK}"><title>演练时间线：情况、要求和动作</title>',
        '<defs><linearGradient id="fade"><stop offset="0" stop-color="#8fb0d3"/>'
        '<stop offset="1" stop-color="#8fb0d3" stop-opacity="0.08"/></linearGradient></defs>',
        *_axis(scale, height),
        *_inject_marks(state, injects, height),
        *body,
        *lanes,
        *_legend(height + 10),
        "</svg>",
    ]
    return "\n".join(parts)


def _axis(scale: Scale, bottom: float) -> Iterator[str]:
    for x, label in scale.ticks:
        yield f'<path d="M{x:.1f} 20V{bottom}" stroke="{_GRID}"/>'
        yield f'<text x="{x:.1f}" y="15" text-anchor="middle" fill="{_SOFT}" font-size="13">{label}</text>'
    for x, length in scale.folds:
        zig = f"M{x - 4:.1f} 20V{bottom}M{x + 4:.1f} 20V{bottom}"
        yield f'<path d="{zig}" stroke="#8a93a0" stroke-dasharray="3 3"/>'
        yield f'<text x="{x:.1f}" y="15" text-anchor="middle" fill="{_SOFT}" font-size="11">{length}</text>'


def _injects(state: DrillState, scale: Scale) -> list[tuple[str, float, int]]:
    """(inject, place, level) so that neighbours do not cover one another."""
    found: list[tuple[str, float, int]] = []
    last = [-1e9] * _LEVELS
    for id in numbers(state):
        x = scale.place(state.fired[id])
        level = next((n for n in range(_LEVELS) if x - last[n] >= _NEAR), last.index(min(last)))
        last[level] = x
        found.append((id, x, level))
    return found


def _inject_marks(state: DrillState, injects: list[tuple[str, float, int]], bottom: float) -> Iterator[str]:
    yield f'<text x="0" y="{_AXIS + 18}" font-weight="700" fill="{_BLUE}">情况</text>'
    order = numbers(state)
    for id, x, level in injects:
        inject, y = state.injects[id], _AXIS + 12 + _LEVEL * level
        herring = inject.red_herring
        said = f"情况{order[id]}（{CHANNELS[inject.channel]}）：{plain(inject.tell, 80)}"
        ground, ink, dash = ("#fff", _INK, ' stroke-dasharray="3 2"') if herring else (_BLUE, "#fff", "")
        yield (
            f"<g><title>{escape(said)}{'（干扰项）' if herring else ''}</title>"
            f'<path d="M{x:.1f} {y + 10}V{bottom}" stroke="{_BLUE}" stroke-opacity=".28"'
            f' stroke-dasharray="2 3"/>'
            f'<circle cx="{x:.1f}" cy="{y}" r="10" fill="{ground}" stroke="{_BLUE}"'
            f' stroke-width="1.5"{dash}/>'
            f'<text x="{x:.1f}" y="{y + 4.5}" {_CENTRED} font-size="12" fill="{ink}">{order[id]}</text>'
            f'<text x="{x:.1f}" y="{y + 22}" {_CENTRED} font-size="11" fill="{_SOFT}"'
            f" {_HALO}>{CHANNELS[inject.channel]}</text></g>"
        )


# ---- expectations ---------------------------------------------------------------------------------


def _rows(
    state: DrillState, found: Score, scale: Scale, top: float, end: datetime
) -> tuple[list[str], float]:
    """Bars under the objective that they are for, and where they end."""
    lines = {line.id: line for line in found.lines if line.kind == "expectation"}
    made, y = [], top
    for rating in found.ratings:
        told = cut(rating.what, 62) + (
            f"　{rating.rating} {rating.percent}%" if rating.percent is not None else ""
        )
        made.append(f'<rect x="0" y="{y}" width="{WIDTH}" height="{_ROW - 3}" fill="#f3f5f8"/>')
        made.append(f'<text x="4" y="{y + 16}" font-weight="700" fill="{_BLUE}">{escape(told)}</text>')
        y += _ROW
        for entry in state.drill.expectations:
            if entry.objective == rating.objective:
                made += _row(state, entry, lines[entry.id], scale, y, end)
                y += _ROW
    return made, y


def _row(
    state: DrillState, entry: Expectation, line: Line, scale: Scale, top: float, end: datetime
) -> Iterator[str]:
    live, y = state.expected[entry.id], top + _ROW / 2
    status = _STATUS.get(live.outcome, "不计") if line.counts else "不计"
    colour = _COLOUR.get(live.outcome, _SOFT) if line.counts else _SOFT
    name = ("★" if entry.critical else "") + entry.what
    weight = ' font-weight="700"' if entry.critical else ""
    yield (
        f"<g><title>{escape(f'{name}：{line.why}')}</title>"
        f'<text x="12" y="{y + 5}"{weight}{"" if line.counts else f" fill={chr(34)}{_SOFT}{chr(34)}"}>'
        f"{escape(cut(name, 37))}</text>"
    )
    if live.opened is not None and live.opened < end:
        yield from _bar(state, entry, scale, y, end)
    yield from _outcome(state, entry, scale, y, end)
    share = f" {line.marks:g}/{line.of:g}" if line.counts else ""
    yield f'<text x="{RIGHT + 12}" y="{y + 5}" fill="{colour}" font-size="13">{status}{share}</text></g>'


def _bar(state: DrillState, entry: Expectation, scale: Scale, y: float, end: datetime) -> Iterator[str]:
    opened = state.expected[entry.id].opened
    assert opened is not None
    full = end if not entry.within else min(end, opened + timedelta(seconds=entry.within))
    gone = min(end, full + timedelta(seconds=entry.late or entry.within))
    left, turn, right = scale.place(opened), scale.place(full), scale.place(gone)
    yield (f'<rect x="{left:.1f}" y="{y - 6}" width="{max(3.0, turn - left):.1f}" height="12" {_FULL}/>')
    if right > turn:
        yield (f'<rect x="{turn:.1f}" y="{y - 6}" width="{right - turn:.1f}" height="12" {_FADING}/>')


def _outcome(state: DrillState, entry: Expectation, scale: Scale, y: float, end: datetime) -> Iterator[str]:
    live = state.expected[entry.id]
    if live.outcome not in _STATUS or live.at is None:
        return
    if entry.never and live.outcome == "missed":
        for one in state.harms:
            if one.id in entry.never:
                yield mark("missed", scale.place(one.moment), y)
        return
    yield mark(live.outcome, scale.place(min(live.at, end)), y)


def mark(kind: str, x: float, y: float) -> str:
    """A round: in time; a triangle: late; a cross: missed or harmful; a ring: the rest."""
    at = f"M{x:.1f} {y:.1f}"
    if kind in ("met", "good"):
        return f'<path d="{at}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z" fill="{_GREEN}" stroke="#fff"/>'
    if kind == "late":
        return f'<path d="{at}m0 -6l6 11h-12z" fill="{_AMBER}" stroke="#fff"/>'
    if kind in ("missed", "harm"):
        return (
            f'<path d="{at}m-5 -5l10 10m0 -10l-10 10" fill="none" stroke="#fff" stroke-width="5"/>'
            f'<path d="{at}m-5 -5l10 10m0 -10l-10 10" fill="none" stroke="{_RED}" stroke-width="2.6"/>'
        )
    return (
        f'<path d="{at}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z" fill="#fff" stroke="{_SOFT}" stroke-width="1.6"/>'
    )


# ---- acts -----------------------------------------------------------------------------------------


def _lanes(state: DrillState, scale: Scale, top: float) -> tuple[list[str], float]:
    """What each role did; acts near one another stand on levels."""
    kinds = worth(state)
    made = [f'<rect x="0" y="{top}" width="{WIDTH}" height="{_ROW - 3}" fill="#f3f5f8"/>']
    made.append(f'<text x="4" y="{top + 16}" font-weight="700" fill="{_BLUE}">做了什么</text>')
    y = top + _ROW
    acts = state.of_kind("act")
    for role in dict.fromkeys(str(event.data["role"]) for event in acts):
        last, marks, levels = [-1e9] * _LEVELS, [], 1
        for event in (event for event in acts if event.data["role"] == role):
            x = scale.place(parse(event.at))
            level = next((n for n in range(_LEVELS) if x - last[n] >= _CLOSE), last.index(min(last)))
            last[level], levels = x, max(levels, level + 1)
            verdict = VERDICTS[kinds[event.seq]]
            said = f"{parse(event.at):%H:%M:%S} {plain(str(event.data['text']), 80)}" + (
                f"（{verdict}）" if verdict else ""
            )
            marks.append(
                f"<g><title>{escape(said)}</title>{mark(kinds[event.seq], x, y + 11 + 13 * level)}</g>"
            )
        made.append(f'<text x="12" y="{y + 16}">{escape(cut(who(state, role), 37))}</text>')
        made += marks
        y += max(_ROW, 11 + 13 * levels)
    if not acts:
        made.append(f'<text x="12" y="{y + 16}" fill="{_SOFT}">没有动作</text>')
        y += _ROW
    return made, y


def _legend(y: float) -> Iterator[str]:
    yield f'<path d="M0 {y - 6}H{WIDTH}" stroke="{_GRID}"/>'
    for x, kind, said in ((10, "good", "按时、及时"), (126, "late", "晚了"), (204, "missed", "没做到、有害"),
                          (336, "neutral", "其他动作")):  # fmt: skip
        yield f'{mark(kind, x, y + 10)}<text x="{x + 12}" y="{y + 15}">{said}</text>'
    yield (
        f'<rect x="436" y="{y + 4}" width="36" height="12" {_FULL}/>'
        f'<rect x="472" y="{y + 4}" width="36" height="12" {_FADING}/>'
        f'<text x="516" y="{y + 15}">满分时限，之后递减到零</text>'
        f'<circle cx="716" cy="{y + 10}" r="9" fill="{_BLUE}"/>'
        f'<text x="730" y="{y + 15}">情况</text>'
        f'<circle cx="790" cy="{y + 10}" r="9" fill="#fff" stroke="{_BLUE}" stroke-width="1.5"'
        f' stroke-dasharray="3 2"/>'
        f'<text x="804" y="{y + 15}">干扰项</text><text x="880" y="{y + 15}">★ 要紧的</text>'
    )
    said = "【演练】时间是大厅的钟；右边是得分和满分；在浏览器里指着记号可看说明。"
    yield f'<text x="0" y="{y + 38}" fill="{_SOFT}" font-size="12.5">{said}</text>'
