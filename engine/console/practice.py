"""`zhiban practice` at a terminal: what is due, the question, the answer, the marks, one question after."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime

from engine.console import practice_view as view
from engine.console.practice_take import Taken, Wishes, take
from engine.console.terminal import Terminal
from engine.model import Duration
from engine.practice import judging, schedule
from engine.practice.attempts import Attempt, Draft
from engine.practice.entries import GOOD, Answered
from engine.practice.model import Bank, Question, Twist
from engine.practice.notebook import Notebook

ASK_LIMIT = 60  # seconds for the reply to a follow-up question
_UNREADABLE = "没有读到中文作答，没有评分。写的都存着：zhiban practice 接着写。"


class Sitting:
    """One learner at the terminal. `thinking`, `limit`: seconds wished for, None: as the question says."""

    def __init__(
        self, screen: Terminal, book: Notebook, bank: Bank, who: str,
        thinking: float | None = None, limit: float | None = None,
    ) -> None:  # fmt: skip
        self.screen, self.book, self.bank, self.who = screen, book, bank, who
        self.thinking, self.limit = thinking, limit

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.book.clock.now()

    # ---- what is done ---------------------------------------------------------------------------

    def run(self, wanted: Sequence[Question]) -> int:
        """The question named, or the one that is due; a draft first. The exit code."""
        sets: set[str] = set()
        for draft in self.book.drafts(self.who):
            if draft.set:
                sets.add(draft.set)
                continue
            choice = self._offer(draft)
            if choice == "on":
                return self._go_on(draft)
            if choice == "leave":
                return 0
        if sets:
            self.screen.line(f"还有 {len(sets)} 套没有答完：zhiban practice start --set 接着答", "soon")
        if wanted:
            return self.one(wanted[0])
        pick = schedule.picks(self.bank, self.book.learner(self.who), self.now)[0]
        return self.one(pick.question, f"为什么是这道：{pick.why}")

    def one(self, question: Question, why: str = "") -> int:
        """A question from its paper to the question asked after."""
        wishes = self.wishes(question)
        attempt = self.book.begin(self.who, question.id, limit=int(wishes.limit), why=why)
        view.question(self.screen, question, why)
        taken = take(self.screen, wishes, attempt.typed, paper=self.paper(question))
        return self._answer(question, attempt, taken, wishes.limit)

    def _go_on(self, draft: Draft) -> int:
        question = self.bank.find(draft.question)
        if question is None:
            return 0
        attempt = self.book.go_on(draft)
        view.question(self.screen, question)
        if draft.ask:
            return self._ask_on(question, attempt, draft)
        wishes = self.wishes(question)
        if self.limit is None:
            wishes = wishes._replace(limit=draft.limit)
        taken = take(
            self.screen, wishes, attempt.typed,
            text=draft.text, thought=draft.think, spent=draft.spent, paper=self.paper(question),
        )  # fmt: skip
        return self._answer(question, attempt, taken, wishes.limit)

    def _answer(self, question: Question, attempt: Attempt, taken: Taken, limit: float) -> int:
        if taken.ended == "left":
            self.left(taken.text)
            return 0
        attempt.answered(taken.text, taken.think, taken.spent)
        if not judging.readable(self.bank, question, taken.text):
            self.screen.line(_UNREADABLE, "late")
            return 4
        before = self.book.learner(self.who).last(question.id)
        entry = self.mark(question, attempt, taken, int(limit))
        self.show(question, entry, before)
        self.ask(question, attempt, entry)
        attempt.close()
        self.after(entry)
        return 0

    def mark(
        self, question: Question, attempt: Attempt, taken: Taken, limit: int, together: str = ""
    ) -> Answered:
        """Mark an answer and keep the marks."""
        entry = judging.answered(
            self.bank, question, self.book.learner(self.who), taken.text, self.now, attempt.number,
            think=round(taken.think, 1), spent=tenths(taken.spent), limit=limit, set=together,
        )  # fmt: skip
        attempt.marked(entry)
        return entry

    # ---- the question asked after ---------------------------------------------------------------

    def ask(self, question: Question, attempt: Attempt, entry: Answered) -> None:
        """Put one follow-up question, if there is one that fits."""
        twist = judging.follow_up(question, entry, self.book.learner(self.who))
        if twist is None:
            return
        attempt.asked(twist.id)
        self.screen.blank()
        self._reply(question, attempt, twist)

    def _ask_on(self, question: Question, attempt: Attempt, draft: Draft) -> int:
        twist = next((one for one in question.asks if one.id == draft.ask), None)
        if twist is not None:
            self._reply(question, attempt, twist, draft)
        attempt.close()
        return 0

    def _reply(self, question: Question, attempt: Attempt, twist: Twist, draft: Draft | None = None) -> None:
        def paper() -> None:
            self.screen.line("追问", "title")
            self.screen.line(twist.tell, "ask", first="  ")

        paper()
        before = (draft.text, draft.spent) if draft is not None else ("", 0.0)
        wishes = Wishes(0, ASK_LIMIT if self.limit is None else self.limit)
        taken = take(
            self.screen, wishes, attempt.typed, text=before[0], thought=0, spent=before[1],
            paper=paper,
        )  # fmt: skip
        if taken.ended == "left" or not taken.text:
            self.screen.line("追问没有答，不计。", "quiet")
            return
        entry = judging.replied(
            self.bank, question, twist, taken.text, self.now, attempt.number,
            spent=tenths(taken.spent), limit=int(wishes.limit),
        )  # fmt: skip
        attempt.replied(entry)
        reached = sum(point.credit == 1 for point in entry.points)
        self.screen.line(
            f"追问：说到 {reached}/{len(entry.points)} 点（{round(entry.share * 100)}%），单独计", "act"
        )
        view.gaps(self.screen, twist.expect, entry.points, entry.text)
        view.faults(self.screen, question.faults, entry.faults, entry.text)

    # ---- what is shown --------------------------------------------------------------------------

    def show(self, question: Question, entry: Answered, before: Answered | None = None) -> None:
        """Gaps first; then, after Enter, faults, the answer with its evidence, and beside it the outline."""
        self.screen.blank()
        view.result(self.screen, entry, before)
        view.gaps(self.screen, question.points, entry.points, entry.text, self.pause)
        self.pause("回车看你的作答、依据和提纲")
        view.faults(self.screen, question.faults, entry.faults, entry.text)
        view.said(self.screen, entry.text, entry.points, entry.faults)
        view.reached(self.screen, question.points, entry.points)
        view.outline(self.screen, question)
        if entry.profile:
            self.pause("回车看四项观察")
            view.profile(self.screen, entry)

    def paper(self, question: Question) -> Callable[[], None]:
        """What shows the question once more."""
        return lambda: view.question(self.screen, question)

    def pause(self, words: str) -> None:
        """Wait for Enter."""
        self.screen.read(f"{words}> ")

    def after(self, entry: Answered) -> None:
        """What comes next."""
        learner = self.book.learner(self.who)
        soon = len(schedule.missed(self.bank, learner, self.now, ahead=True))
        self.screen.blank()
        later = sorted(card.due for card in entry.cards.values() if card.rating >= GOOD)
        if soon:
            self.screen.line(f"没说全的点现有 {soon} 个，十分钟后可单练：zhiban practice review", "good")
        if later:
            self.screen.line(f"说到的点最早 {schedule.day(later[0])} 再考；进步：zhiban practice progress")

    def left(self, text: str) -> None:
        """Said when somebody leaves in the middle."""
        told = f"已存下（{len(text)} 字），zhiban practice 接着写。" if text else "没有写，下次再来。"
        self.screen.line(told, "good")

    # ---- drafts ---------------------------------------------------------------------------------

    def _offer(self, draft: Draft) -> str:
        """Whether to go `on` with a draft, `drop` it, or `leave`."""
        if not draft.text:
            self.book.go_on(draft).close("empty")
            return "drop"
        what = "的追问没有答完" if draft.ask else "没有评分" if draft.done else "没有写完"
        self.screen.line(
            f"{draft.question} {what}：{schedule.minute(draft.at)}，写了 {len(draft.text)} 字，"
            f"用了 {view.minutes(draft.spent)}", "soon",
        )  # fmt: skip
        while True:
            said = self.screen.read("回车接着写，n 放下它，q 离开> ").strip().lower()
            if not said:
                return "on"
            if said == "n":
                self.book.go_on(draft).close("dropped")
                return "drop"
            if said == "q":
                return "leave"
            self.screen.line("只要回车、n 或 q。", "quiet")

    def wishes(self, question: Question) -> Wishes:
        """The times of a question."""
        return Wishes(
            seconds(question.think) if self.thinking is None else self.thinking,
            seconds(question.answer) if self.limit is None else self.limit,
        )


def tenths(time: float) -> float:
    """Seconds to a tenth, never less than they were: what is over time stays so."""
    return math.ceil(time * 10) / 10


def seconds(length: Duration) -> float:
    """A question's time; it is given in minutes."""
    return length.amount * {"m": 60, "h": 3600}.get(length.unit, 60)
