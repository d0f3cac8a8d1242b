"""What a drill looks like on a terminal: lines of a trainee's screen, what is known and done, the marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.console.tables import table
from engine.console.terminal import Terminal
from engine.drill import view
from engine.drill.scoring import RATED, Score, times
from engine.drill.state import DrillState
from engine.drill.view import Line

_STYLES = {
    "scene": "",
    "inject": "soon",
    "told": "good",
    "returned": "good",
    "reaction": "late",
    "end": "title",
}
HELP = (
    "直接写你要做的事再回车，例：打120。先找到你指的那一项，回车就办；写错不要紧。",
    "说 …＝对人说的话　问 …＝打听情况　发 …＝发文书　办 …＝动手办　?＝都能做什么",
)
KEYS = "r 知道的和办过的　t 时间　{more}q 先离开　完 结束"


def clock_line(state: DrillState, now: datetime) -> str:
    """【演练】title, the drill's clock, how much has passed, whether it stands."""
    passed, whole = state.seconds(now), state.drill.minutes * 60
    stands = "　暂停中" if state.paused else ""
    if state.anchor is None and state.status == "open":
        stands = "　还没开始"
    speed = state.anchor.speed if state.anchor is not None else 0
    fast = f"　×{speed}" if speed > 1 else ""
    return f"{view.heading(state, now)}　已过 {short(passed)}／{short(whole)}{fast}{stands}"


def prompt(state: DrillState, now: datetime, who: str = "演练") -> str:
    """What stands before a typed line: 演练, the hall's clock, what is left or that it stands."""
    left = f"剩{short(max(0, state.drill.minutes * 60 - state.seconds(now)))}"
    if state.anchor is None or state.anchor.speed == 0:
        left = "暂停" if state.paused else "未开始" if state.anchor is None else left
    return f"{who} {now:%H:%M:%S} {left}> "


def short(seconds: int) -> str:
    """`4:05`, `1:04:05`."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 else ""
    return sign + (f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}")


def lines(screen: Terminal, found: Sequence[Line], own: str) -> None:
    """Lines of a trainee's screen. `own`: the trainee's label; an act and what came of it make one line."""
    at = 0
    while at < len(found):
        line = found[at]
        at += 1
        if line.kind == "people" and line.sender == own:
            continue
        text = told(line, own)
        if line.kind == "act" and at < len(found) and found[at].seq == line.seq and found[at].kind == "note":
            text += f" → {found[at].text}"
            at += 1
        screen.line(text, _STYLES.get(line.kind, ""), first=f"{line.at:%H:%M:%S} ", rest="         ")


def told(line: Line, own: str) -> str:
    """A line in words: who says it by what, and how far a post has got."""
    match line.kind:
        case "inject":
            who = f"{line.channel}·{line.sender}" if line.sender else line.channel
            return f"● {who}：{line.text}{grown(line)}"
        case "told":
            return f"← {line.text}"
        case "returned":
            return f"← 回音：{line.text}"
        case "act":
            return f"{'你' if line.sender == own else line.sender}：{line.text}"
        case "reaction":
            return f"● {line.text}"
        case "people":
            return f"{line.sender} {line.text}"
        case "hint":
            return f"提示：{line.text}"
        case "end":
            return f"—— {line.text} ——"
    return line.text


def grown(line: Line) -> str:
    """How far a post has got."""
    return f"（已转发 {line.spread.shares}，评论 {line.spread.comments}）" if line.spread is not None else ""


def recap(screen: Terminal, state: DrillState, role: str, now: datetime, most: int = 16) -> None:
    """What the trainee knows and what was done: under way first, then what was heard, then the acts."""
    own = view.who(state, role)
    every = view.lines(state, role, 0, now)
    heard = [line for line in every if line.kind in ("inject", "told", "returned", "reaction")]
    acts = [line for line in every if line.kind == "act"]
    under_way = [str(state.event(doing.seq).data["text"]) for doing in state.handed.values()]
    screen.line(clock_line(state, now), "title")
    if under_way:
        screen.line("；".join(under_way), "soon", first="等回音：", rest="  ")
    room = max(2, most - 3)
    shown = min(len(acts), room // 2)
    _part(screen, "知道的", heard[-(room - shown) :], len(heard), own)
    _part(screen, "办过的", acts[-shown:] if shown else [], len(acts), own)


def _part(screen: Terminal, title: str, found: Sequence[Line], total: int, own: str) -> None:
    more = f"（最近 {len(found)} 条，共 {total} 条）" if len(found) < total else ""
    screen.line(f"{title}{more}：" if found else f"{title}：还没有", "quiet")
    for line in found:
        screen.short(f"{line.at:%H:%M:%S} {told(line, own)}")


# ---- marks ----------------------------------------------------------------------------------------


def result(screen: Terminal, state: DrillState, score: Score, id: str, *, brief: bool = True) -> None:
    """The marks: total, objectives, times, the worst losses with why, what harmed; all lines unless brief."""
    end = "" if score.ended else "（还没有结束，到现在为止）"
    screen.line(f"{view.DRILL}{state.drill.title}：{score.total} 分{end}", "title")
    screen.line(_times(score))
    for rating in score.ratings:
        mark = rating.rating or "－"
        why = f"（{rating.why}）" if rating.overridden or not brief else ""
        share = f"{rating.percent}%" if rating.percent is not None else "不计"
        style = "good" if mark in "PS" else "late" if mark == "U" else ""
        screen.line(f"{rating.what}：{RATED[rating.rating]} {share}{why}", style, first=f"  {mark} ")
    if brief:
        lost = sorted(
            (line for line in score.lines if line.counts and line.of - line.marks >= 0.5),
            key=lambda line: line.marks - line.of,
        )
        if lost:
            screen.line("丢分最多的：", "act")
        for line in lost[:6]:
            screen.line(
                f"{line.what}：{line.why}", first=f"  -{_number(line.of - line.marks)} ", rest="      "
            )
    else:
        rows = []
        for line in score.lines:
            marks = f"{_number(line.marks)}/{_number(line.of)}" if line.of else _number(line.marks)
            seqs = "、".join(f"#{seq}" for seq in line.events)
            rows.append(
                (
                    f"  {marks if line.counts else '不计'}",
                    f"{line.what}：{line.why}" + (f"（{seqs}）" if seqs else ""),
                )
            )
        table(screen, rows)
    harmed = [line.what for line in score.lines if line.kind in ("harm", "blame")]
    if harmed and brief:
        screen.line("；".join(dict.fromkeys(harmed)), "late", first="有害的做法：", rest="  ")


def hot_wash(screen: Terminal, state: DrillState, id: str) -> None:
    """The questions for the talk right after it, and where the debrief is."""
    if state.drill.hot_wash:
        screen.line("趁热想一想：", "act")
        for number, question in enumerate(state.drill.hot_wash, 1):
            screen.line(question, first=f"  {number} ")
    screen.line(f"编号 {id}。讲评：zhiban drill debrief {id}；逐条看分：zhiban drill score {id}", "quiet")


def _times(score: Score) -> str:
    hints = f"，要了 {score.hints} 次提示" if score.hints else ""
    return f"{times(score)}；最佳路径走了 {score.path.percent}%{hints}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def plain(state: DrillState, score: Score, id: str) -> dict[str, Any]:
    """The marks for JSON, every line with its events."""
    path = score.path
    return {
        "id": id,
        "mode": "drill",
        "drill": state.drill.id,
        "title": f"{view.DRILL}{state.drill.title}",
        "status": state.status,
        "seed": state.opening["seed"],
        "people": dict(state.people),
        "scripted": state.opening.get("scripted", ""),
        "total": score.total,
        "lines": [line._asdict() for line in score.lines],
        "ratings": [rating._asdict() for rating in score.ratings],
        "first_action": score.first_action,
        "control": score.control,
        "path": {**path._asdict(), "percent": path.percent},
        "hints": score.hints,
        "ended": score.ended,
    }
