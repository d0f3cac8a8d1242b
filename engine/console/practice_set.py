"""A set at the terminal, as in the examination room: three questions, one clock, marked together."""

from __future__ import annotations

import os
from collections.abc import Sequence

from engine.console import practice_keys
from engine.console import practice_view as view
from engine.console.practice import Sitting
from engine.console.practice_pad import think
from engine.console.practice_take import Taken, Wishes, take
from engine.practice import judging
from engine.practice.attempts import Attempt, Draft
from engine.practice.entries import Answered
from engine.practice.model import Question

COUNT, MINUTES, PREPARE = 3, 20, 5  # questions, minutes for everything, of these at most to prepare


def name() -> str:
    """What tells a set from others."""
    return os.urandom(6).hex()


def run(sitting: Sitting, wanted: Sequence[Question], whys: Sequence[str], limit: float) -> int:
    """A new set, or the rest of one that was left. `limit`: seconds for all; the exit code."""
    screen = sitting.screen
    left = [draft for draft in sitting.book.drafts(sitting.who) if draft.set]
    left = [draft for draft in left if draft.set == left[0].set]
    if left:
        used = sum(draft.think + draft.spent for draft in left)
        answered = sum(draft.done for draft in left)
        screen.line(
            f"有一套没有答完：{'、'.join(d.question for d in left)}，答了 {answered} 道，"
            f"用了 {view.minutes(used)}", "soon",
        )  # fmt: skip
        said = ""
        while said not in ("on", "n", "q"):
            said = screen.read("回车接着答，n 放下它，q 离开> ").strip().lower() or "on"
        if said == "q":
            return 0
        if said == "on":
            return _answer(sitting, [(d, sitting.book.go_on(d)) for d in left], left[0].limit or limit, used)
        for draft in left:
            sitting.book.go_on(draft).close("dropped")
    together = name()
    begun = []
    for place, (question, why) in enumerate(zip(wanted, whys, strict=True), 1):
        attempt = sitting.book.begin(
            sitting.who, question.id, set=together, place=place, why=why, limit=int(limit)
        )
        begun.append((attempt.draft, attempt))
    clock = f"{view.minutes(limit)}，连审题在内" if limit else "不限时"
    screen.line(f"一套 {len(wanted)} 道，{clock}；答完一起评分。", "title")
    for question in wanted:
        view.question(screen, question)
    return _answer(sitting, begun, limit, 0.0)


def _answer(sitting: Sitting, parts: list[tuple[Draft, Attempt]], limit: float, used: float) -> int:
    """Answer what is not answered yet, one clock for all, then mark everything."""
    screen = sitting.screen
    taken: list[tuple[Question, Attempt, Taken, int]] = []
    begun = any(draft.done or draft.text for draft, _ in parts)
    if not begun and practice_keys.possible(screen.out):
        most = min(PREPARE * 60.0, limit / 4) if sitting.thinking is None else sitting.thinking
        if most:
            with practice_keys.Keys(screen.out) as keys:
                used = think(keys, screen, most, "审题，回车就开始作答")
    prepared, used = used, used - sum(draft.spent for draft, _ in parts)
    for draft, attempt in parts:
        question = sitting.bank.find(draft.question)
        if question is None:
            attempt.close("gone")
            continue
        allowed = max(1, int(limit - used)) if limit else 0  # what the ones before have left of the clock
        if draft.done:
            done = Taken(draft.text, draft.think, draft.spent, "done")
            taken.append((question, attempt, done, allowed))
            used += done.spent
            continue
        screen.blank()
        view.question(screen, question, f"第 {draft.place} 道")
        one = take(
            screen, Wishes(0, allowed), attempt.typed,
            text=draft.text, thought=draft.think or prepared, spent=draft.spent,
            paper=sitting.paper(question),
        )  # fmt: skip
        prepared = 0.0
        used += one.spent
        if one.ended == "left":
            sitting.left(one.text)
            screen.line("这一套还在：zhiban practice start --set 接着答。", "good")
            return 0
        attempt.answered(one.text, one.think, one.spent)
        taken.append((question, attempt, one, allowed))
    return _mark(sitting, taken, limit, used)


def _mark(
    sitting: Sitting, taken: list[tuple[Question, Attempt, Taken, int]], limit: float, used: float
) -> int:
    screen, entries = sitting.screen, list[Answered]()
    for question, attempt, one, allowed in taken:
        screen.blank()
        if not judging.readable(sitting.bank, question, one.text):
            screen.line(f"{question.id}：没有读到中文作答，不评分", "late")
            attempt.close("unreadable")
            continue
        before = sitting.book.learner(sitting.who).last(question.id)
        entry = sitting.mark(question, attempt, one, allowed, attempt.draft.set)
        attempt.close()
        entries.append(entry)
        sitting.show(question, entry, before)
    if not entries:
        return 4
    screen.blank()
    mean = sum(entry.score for entry in entries) / len(entries)
    told = f"这一套：{'、'.join(f'{e.question} {e.score} 分' for e in entries)}，平均 {mean:.0f} 分"
    screen.line(told, "act")
    over = used - limit if limit else 0.0
    clock = f"用时 {view.minutes(used)}" + (f"，超时 {view.minutes(over)}，已记下" if over > 0 else "")
    screen.line(clock, "late" if over > 0 else "")
    sitting.after(entries[-1])
    return 0
