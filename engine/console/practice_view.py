"""What a learner sees of a question and of a marked answer: what is missing first, then what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from engine.console.terminal import STYLES, Terminal
from engine.console.wrap import clip, columns, wrap
from engine.model import PHASE_TITLES
from engine.practice.entries import Answered, Blamed, Credited, Observed
from engine.practice.model import Fault, Point, Question
from engine.practice.reports import BANDS, SHAPES, wanted
from engine.practice.schedule import day
from engine.triage.text import LIMIT

_OPEN, _CLOSE, _FAULT = "【", "】", "×"
_SAID = 24  # columns of what only touched a point
_AT_ONCE = 7  # gaps shown before a pause: with the question they fill a screen of 24 rows


def minutes(seconds: float) -> str:
    """`2:40`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def question(screen: Terminal, asked: Question, head: str = "") -> None:
    """The question as on paper."""
    if head:
        screen.line(head, "quiet")
    screen.line(f"{asked.id}　{asked.kind}", "title")
    screen.line(asked.text, "ask", first="  ")


def result(screen: Terminal, entry: Answered, before: Answered | None = None) -> None:
    """The score in one line, how it was the last time, and what is to be said about the answer as a whole."""
    reached = sum(point.credit == 1 for point in entry.points)
    near = sum(0 < point.credit < 1 for point in entry.points)
    told = f"{entry.question}：{entry.score} 分（{entry.band}{_short(entry)}），"
    told += f"说到 {reached}/{len(entry.points)} 点"
    told += f"，沾边 {near} 点" if near else ""
    told += f"，不该说的 {len(entry.faults)} 处" if entry.faults else ""
    if entry.limit:
        told += f"，用时 {minutes(entry.spent)}"
    screen.line(told, "act")
    if before is not None:
        screen.line(_since(entry, before), "good" if entry.score > before.score else "")
    if entry.late:
        screen.line(f"超时 {minutes(entry.spent - entry.limit)}（限 {minutes(entry.limit)}），已记下", "late")
    if entry.shape in SHAPES:
        screen.line(SHAPES[entry.shape], "soon")
    for note in entry.notes:
        screen.line(note, "soon")


def _short(entry: Answered) -> str:
    """How much is missing to the next band."""
    better = [(least, name) for least, name in BANDS if least > entry.score]
    return f"，到“{better[-1][1]}”差 {better[-1][0] - entry.score} 分" if better else ""


def _since(entry: Answered, before: Answered) -> str:
    """This time and the last time."""
    gained = entry.score - before.score
    change = f"多 {gained} 分" if gained > 0 else f"少 {-gained} 分" if gained else "一样"
    had = {point.id for point in before.points if point.credit == 1}
    new = [point for point in entry.points if point.credit == 1 and point.id not in had]
    return f"比上次（{day(before.at)} {before.score} 分）{change}" + (
        f"，新说到 {len(new)} 点" if new else ""
    )


def gaps(
    screen: Terminal,
    points: Sequence[Point],
    credits: Iterable[Credited],
    text: str,
    pause: Callable[[str], None] | None = None,
) -> None:
    """What was missed and what would have earned it: the weightiest first. `pause`: before more of them."""
    by_id = {point.id: (number, point) for number, point in enumerate(points, 1)}
    missed = [one for one in credits if one.credit < 1 and one.id in by_id]
    if not missed:
        screen.line("采分点都说到了。", "good")
        return
    screen.line("没说到的，分值高的在前：", "title")
    missed.sort(key=lambda one: (-one.weight, one.credit))
    for place, one in enumerate(missed):
        if pause is not None and place and place % _AT_ONCE == 0:
            pause(f"还有 {len(missed) - place} 个，回车接着看")
        number, point = by_id[one.id]
        said = clip(text[one.start : one.end], _SAID) if one.credit and one.start >= 0 else ""
        said = f"你说的“{said}”只沾边。" if said else ""
        screen.line(
            f"{said}{wanted(point)}",
            "soon" if one.credit else "",
            first=f"{number:>3}. {one.weight:>2}分 {PHASE_TITLES[point.phase]}　",
            rest="     ",
        )


def reached(screen: Terminal, points: Sequence[Point], credits: Iterable[Credited]) -> None:
    """What was reached, a row each: what the numbers in the answer stand for."""
    good = {one.id for one in credits if one.credit == 1}
    if good:
        screen.line("说到的：", "title")
    for number, point in enumerate(points, 1):
        if point.id in good:
            first = f"{number:>3}. {point.weight:>2}分 "
            screen.line(clip(point.text, screen.width - columns(first)), "good", first=first)


def faults(screen: Terminal, known: Sequence[Fault], blamed: Sequence[Blamed], text: str) -> None:
    """What should not have been said, with the words."""
    by_id = {fault.id: fault for fault in known}
    if blamed:
        screen.line("不该说的：", "title")
    for one in blamed:
        said = text[one.start : one.end]
        told = by_id[one.id].text if one.id in by_id else one.id
        screen.line(f"{told}：“{said}”", "alarm", first=f" -{one.minus}分 ", rest="    ")


def said(screen: Terminal, text: str, points: Sequence[Credited], blamed: Sequence[Blamed]) -> None:
    """The answer with its evidence between brackets: the number of the point, or × of a fault."""
    screen.line("你的作答（【号码 依据】，? 沾边，× 不该说）：", "title")
    left = len(text) - LIMIT
    text = highlighted(text[:LIMIT], points, blamed)
    if left > 0:
        text += f"\n……（后面 {left} 字没有看）"
    inside = False
    for row in wrap(text, screen.width, "  ", "  "):
        inside = _row(screen, row, inside)


def highlighted(text: str, points: Sequence[Credited], blamed: Sequence[Blamed]) -> str:
    """A text with 【1 evidence】; evidence of several points that overlaps stands in one pair of brackets."""
    found = [
        (point.start, point.end, f"{number}{'' if point.credit == 1 else '?'}")
        for number, point in enumerate(points, 1)
        if point.start >= 0
    ]
    found += [(one.start, one.end, _FAULT) for one in blamed]
    merged: list[tuple[int, int, list[str]]] = []
    for start, end, label in sorted(found):
        if merged and start < merged[-1][1]:
            first, last, labels = merged.pop()
            merged.append((first, max(last, end), [*labels, *([label] if label not in labels else [])]))
        else:
            merged.append((start, end, [label]))
    text = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
    made, at = "", 0
    for start, end, labels in merged:
        labels.sort(key=_place)
        made += f"{text[at:start]}{_OPEN}{'·'.join(labels)} {text[start:end]}{_CLOSE}"
        at = end
    return made + text[at:]


def _place(label: str) -> int:
    """Points in their order, then the fault."""
    return 1000 if label == _FAULT else int(label.rstrip("?"))


def _row(screen: Terminal, row: str, inside: bool) -> bool:
    """Print a row; between brackets in green where there is colour. Whether the row ends between them."""
    if not screen.coloured:
        screen.line(row[2:], first=row[:2])
        return inside
    from rich.text import Text

    shown = Text()
    piece = ""
    for sign in row:
        if sign == _OPEN:
            shown.append(piece)
            piece, inside = "", True
        piece += sign
        if sign == _CLOSE:
            shown.append(piece, STYLES["good"])
            piece, inside = "", False
    shown.append(piece, STYLES["good"] if inside else "")
    screen.console.print(shown, soft_wrap=True)
    return inside


def outline(screen: Terminal, asked: Question) -> None:
    """The outline of a model answer."""
    screen.line("答题提纲：", "title")
    for words in asked.outline:
        screen.line(words, "quiet", first="  ")


def profile(screen: Terminal, entry: Answered) -> None:
    """The four observations, where the marker has made them."""
    if entry.profile:
        screen.line("四项观察：", "title")
    for one in entry.profile:
        screen.line(one.why, "", first=f"  {one.name} {_observed(one)}", rest="    ")


def _observed(one: Observed) -> str:
    return f"{one.score:g}/10（{one.level}） " if one.level else ""
