"""`zhiban practice review`: points that were missed and are due, each asked for by itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.clock import stamp
from engine.console import grading, practice_desk, record
from engine.console.practice_piped import plain_review
from engine.console.practice_take import Wishes, take
from engine.console.respond import interactive, terminal
from engine.console.terminal import Terminal
from engine.errors import BadData, NeedsInput, NotFound
from engine.model import PHASE_TITLES
from engine.practice import judging, schedule
from engine.practice.entries import GOOD, Reviewed
from engine.practice.learner import Learner
from engine.practice.model import Bank, Point, Question
from engine.practice.notebook import Notebook
from engine.practice.reading import load
from engine.practice.reports import wanted

_Due = tuple[Question, Point]


def review(learner: str, count: int, answers: Path | None, *, ahead: bool, json: bool) -> int:
    """Ask for due points one after another, or mark those of an answers file."""
    bank = load()
    with practice_desk.notebook(write=True) as book:
        who = practice_desk.known(book, learner)
        found = schedule.missed(bank, book.learner(who), book.clock.now(), ahead=ahead)
        due = [(q, next(p for p in q.points if p.id == id)) for q, id in found][:count]
        if answers is not None:
            return _given(book, bank, who, answers, json=json)
        if json:
            record.emit({"learner": who, "due": [_card(book.learner(who), *one) for one in due]})
            return 0
        if not due:
            terminal().line(_nothing(bank, book, who), "good")
            return 0
        if not interactive():
            screen = terminal()
            for question, point in due:
                screen.line(f"{question.text}〔{PHASE_TITLES[point.phase]}〕", first=f"{point.id} ")
            raise NeedsInput(f"没有终端：{len(due)} 个点要答", "用 --answers 文件：JSON，点的编号和说的话")
        return _asked(terminal(), book, bank, who, due, len(found))


def _asked(screen: Terminal, book: Notebook, bank: Bank, who: str, due: list[_Due], whole: int) -> int:
    told = f"{whole} 个，先练 {len(due)} 个" if whole > len(due) else f"{whole} 个"
    screen.line(f"学员 {who}：上次没说全、现在该练的点 {told}。一句话作答，回车交；q 回车离开。", "quiet")
    right = asked = 0
    shown = ""
    for number, (question, point) in enumerate(due, 1):
        screen.blank()
        screen.line(f"{number}/{len(due)}　{question.id}　{PHASE_TITLES[point.phase]}", "title")
        screen.line(question.text if question.id != shown else "（同一题）", "quiet", first="  ")
        shown = question.id
        if said := _reached(book.learner(who), question, point):
            screen.line(f"这一阶段你已说到：{'；'.join(said)}", "quiet", first="  ")
        screen.line("这里还要做什么、说什么？", "ask", first="  ")
        taken = take(screen, Wishes(0, 0), lambda *_: None, single=True)
        if taken.ended == "left":
            break
        entry = judging.reviewed(bank, question, point.id, book.learner(who), taken.text, book.clock.now())
        book.reviewed(who, entry)
        asked += 1
        right += entry.point.credit == 1
        _told(screen, entry, point)
    screen.blank()
    left = f"，还有 {whole - asked} 个" if whole > asked else ""
    screen.line(f"练了 {asked} 个点，说到 {right} 个{left}。", "act")
    return 0


def _told(screen: Terminal, entry: Reviewed, point: Point) -> None:
    words = entry.text[entry.point.start : entry.point.end] if entry.point.start >= 0 else ""
    if entry.point.credit == 1:
        screen.line(f"说到了：【{words}】", "good")
    elif entry.point.credit:
        screen.line(f"沾边：【{words}】。要说到：{wanted(point)}", "soon")
    else:
        screen.line(f"没说到：{wanted(point)}", "late")
    screen.line(f"再考：{schedule.minute(entry.cards[point.id].due)}", "quiet")


def _reached(learner: Learner, question: Question, point: Point) -> list[str]:
    """Other points of the phase that were reached the last time: they are not what is asked for."""
    good = {id for id, card in learner.cards.items() if card.rating >= GOOD}
    return [p.text for p in question.points if p.phase == point.phase and p.id in good and p.id != point.id]


def _nothing(bank: Bank, book: Notebook, who: str) -> str:
    later = schedule.missed(bank, book.learner(who), book.clock.now(), ahead=True)
    if not later:
        return f"学员 {who}：没有没说全的点。zhiban practice 做题。"
    when = schedule.minute(book.learner(who).cards[later[0][1]].due)
    return (
        f"学员 {who}：没说全的点有 {len(later)} 个，都还没到时候，最早 {when}。"
        "现在就练：zhiban practice review --ahead"
    )


def _card(learner: Learner, question: Question, point: Point) -> dict[str, Any]:
    return {
        "point": point.id,
        "question": question.id,
        "phase": point.phase,
        "weight": point.weight,
        "scene": question.text,
        "due": learner.cards[point.id].due,
    }


def _given(book: Notebook, bank: Bank, who: str, file: Path, *, json: bool) -> int:
    """Mark the points of a JSON file {point: text}; nothing is kept when one of them is wrong."""
    wanted_points = []
    for id, text in _texts(file).items():
        question = bank.find(id.partition(".")[0])
        if question is None or all(point.id != id for point in question.points):
            raise NotFound(f"没有采分点 `{id[:30]}`", "zhiban practice review --json 列出到期的点")
        wanted_points.append((question, id, text))
    made = []
    for question, id, text in wanted_points:
        entry = judging.reviewed(bank, question, id, book.learner(who), text, book.clock.now())
        book.reviewed(who, entry)
        made.append(entry)
    if json:
        record.emit(
            {"learner": who, "at": stamp(book.clock.now()), "reviews": [plain_review(e) for e in made]}
        )
        return 0
    screen = terminal()
    for (question, id, _), entry in zip(wanted_points, made, strict=True):
        point = next(p for p in question.points if p.id == id)
        screen.line(id, "title")
        _told(screen, entry, point)
    return 0


def _texts(file: Path) -> Mapping[str, str]:
    import msgspec

    text, _ = grading.read(file)
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise BadData(f"{file}：读不了（{error}）", '写成 JSON：{"E1.p2": "倒杯热水，擦干雨水"}') from None
