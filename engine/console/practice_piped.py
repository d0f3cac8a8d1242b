"""Practice without a terminal: answers from files or from standard input, and plain views or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from engine.console import desk, record
from engine.console import practice_view as view
from engine.console.respond import terminal
from engine.console.terminal import Terminal
from engine.errors import BadData
from engine.practice import judging, schedule
from engine.practice.entries import Answered, Replied, Reviewed
from engine.practice.model import Bank, Question
from engine.practice.notebook import Notebook

_UNREADABLE = "没有读到中文作答，没有评分"


class Given(NamedTuple):
    """A question with the answer to it, and why this question."""

    question: Question
    text: str
    why: str = ""


def answers(
    book: Notebook, bank: Bank, who: str, given: Sequence[Given], reply: str, *, together: str, json: bool
) -> int:
    """Keep and mark answers; nothing is marked when one cannot be read. The exit code."""
    done: list[dict[str, Any]] = []
    attempts = []
    for place, one in enumerate(given, 1):
        attempt = book.begin(who, one.question.id, set=together, place=place, why=one.why, limit=0)
        attempt.answered(one.text, 0, 0)  # kept whatever becomes of it
        attempts.append(attempt)
    for one in given:
        if not judging.readable(bank, one.question, one.text):
            for each in attempts:
                each.close("unreadable")
            raise BadData(f"{one.question.id}：{_UNREADABLE}", "用中文写出怎么处理再评")
    screen = None if json else terminal()
    for one, attempt in zip(given, attempts, strict=True):
        learner = book.learner(who)
        entry = judging.answered(
            bank,
            one.question,
            learner,
            one.text,
            book.clock.now(),
            attempt.number,
            set=together,
        )
        attempt.marked(entry)
        twist = None if together else judging.follow_up(one.question, entry, learner)
        answer: Replied | None = None
        if twist is not None and reply:
            attempt.asked(twist.id)
            answer = judging.replied(bank, one.question, twist, reply, book.clock.now(), attempt.number)
            attempt.replied(answer)
        attempt.close()
        ask = {"id": twist.id, "tell": twist.tell} if twist is not None else None
        done.append({"why": one.why, **plain(entry), "ask": ask, "reply": plain(answer) if answer else None})
        if screen is not None:
            _show(screen, one.question, entry, learner.last(one.question.id))
            if twist is not None:
                screen.line(f"追问：{twist.tell}", "ask")
            if twist is not None and answer is not None:
                screen.line(f"说到 {round(answer.share * 100)}%", "act")
                view.gaps(screen, twist.expect, answer.points, answer.text)
    if json:
        scores = [one["score"] for one in done]
        whole = {"set": together, "mean": round(sum(scores) / len(scores), 1), "answers": done}
        record.emit({"learner": who, **(whole if together else done[0])})
    elif screen is not None and together:
        scores = [one["score"] for one in done]
        screen.line(f"这一套平均 {sum(scores) / len(scores):.0f} 分", "act")
    return 0


def _show(screen: Terminal, question: Question, entry: Answered, before: Answered | None) -> None:
    view.result(screen, entry, before)
    view.gaps(screen, question.points, entry.points, entry.text)
    view.faults(screen, question.faults, entry.faults, entry.text)
    view.said(screen, entry.text, entry.points, entry.faults)
    view.reached(screen, question.points, entry.points)
    view.outline(screen, question)
    view.profile(screen, entry)
    screen.blank()


def plain(entry: Answered | Replied) -> dict[str, Any]:
    """An entry for JSON: with the words of its evidence, and when its points come back."""
    made: dict[str, Any] = msgspec.to_builtins(entry)
    for one in (*made["points"], *made["faults"]):
        one["evidence"] = entry.text[one["start"] : one["end"]] if one["start"] >= 0 else ""
    if isinstance(entry, Answered):
        made["due"] = {id: card.due for id, card in entry.cards.items()}
        del made["cards"]
    return made


def home(book: Notebook, bank: Bank, who: str, *, json: bool) -> int:
    """What is due and why, for a pipe."""
    learner, now = book.learner(who), book.clock.now()
    pick = schedule.picks(bank, learner, now)[0]
    waiting = schedule.waiting(bank, learner, now)
    cards = schedule.missed(bank, learner, now)
    drafts = [draft for draft in book.drafts(who) if draft.text]
    if json:
        record.emit(
            {
                "learner": who, **pick.plain(), "text": pick.question.text,
                "due_questions": [one.plain() for one in waiting],
                "due_points": [point for _, point in cards],
                "drafts": [{"question": d.question, "at": d.at, "signs": len(d.text)} for d in drafts],
            }
        )  # fmt: skip
        return 0
    screen = terminal()
    view.question(screen, pick.question, f"该练这道：{pick.why}")
    told = f"zhiban practice start {pick.question.id} --answer 文件"
    screen.line(f"没有终端：{told}，或从标准输入送作答。")
    if cards:
        screen.line(f"没说全、现在可单练的点 {len(cards)} 个：zhiban practice review")
    if drafts:
        desk.warn(f"注意：有 {len(drafts)} 份没评分的草稿，在终端里 zhiban practice 接着写")
    return 0


def plain_review(entry: Reviewed) -> dict[str, Any]:
    """A review for JSON."""
    point = entry.point
    return {
        "id": point.id,
        "credit": point.credit,
        "evidence": entry.text[point.start : point.end] if point.start >= 0 else "",
        "due": entry.cards[point.id].due,
    }
