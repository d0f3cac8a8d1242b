"""The commands of practice: who practises what, with a terminal or without."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from engine.console import desk, practice_desk, record
from engine.console.respond import interactive, terminal
from engine.errors import NeedsInput, UsageError
from engine.practice import schedule
from engine.practice.reading import load

_LONGEST = 24 * 3600.0


def home(learner: str, *, json: bool) -> int:
    """`zhiban practice`: the question that is due; without a terminal only which one it is."""
    if interactive() and not json:
        return start((), learner)
    from engine.console import practice_piped

    with practice_desk.notebook() as book:
        who, told = practice_desk.name(book, learner)
        _say(told)
        return practice_piped.home(book, load(), who, json=json)


def listing(learner: str, *, json: bool) -> None:
    """The questions, and how the learner stands with each."""
    from engine.practice.reports import listing as questions

    bank = load()
    with practice_desk.notebook() as book:
        names = book.names()
        who = practice_desk.known(book, learner) if learner or names else ""
        one, now = book.learner(who), book.clock.now()
    told = []
    for question, plain in zip(bank.questions, questions(bank), strict=True):
        last = one.last(question.id)
        due = sum(p.id in one.cards and schedule.due(one.cards[p.id], now) for p in question.points)
        told.append({**plain, "score": last.score if last else None, "due": due})
    if json:
        record.emit(told)
        return
    screen = terminal()
    if who:
        screen.line(f"学员 {who}：上次几分，到期几点", "quiet")
    for question, plain in zip(bank.questions, told, strict=True):
        state = ""
        if who:
            state = f"{'' if plain['score'] is None else plain['score']:>3} {plain['due'] or '':>2} "
        screen.line(question.text, first=f"{question.id:<4}{state}", rest="    ")


def start(
    ids: Sequence[str], learner: str, answers: Sequence[Path] = (), reply: Path | None = None, *,
    together: bool = False, think: float | None = None, limit: float | None = None, json: bool = False,
) -> int:  # fmt: skip
    """Practise a question or a set. `think`, `limit`: seconds."""
    for value in (think, limit):
        if value is not None and not 0 <= value <= _LONGEST:
            raise UsageError(f"时间要在 0 到 {_LONGEST:.0f} 秒之间", "0 就是不限")
    bank = load()
    questions = [practice_desk.question(bank, id) for id in ids]
    if len(questions) > 1 and not together:
        raise UsageError("一次做一道；几道一起做加 --set", "zhiban practice start --set E1 Q2 Q3")
    by_hand = interactive() and not answers and not json
    texts = [] if by_hand else _texts(answers, together=together)
    if texts and len(texts) < len(questions):
        raise UsageError(f"{len(questions)} 道题只有 {len(texts)} 个 --answer", "一道一个，按题号的次序")
    said = practice_desk.given(reply) if reply is not None else ""
    with practice_desk.notebook(write=True) as book:
        who, told = practice_desk.name(book, learner)
        if together or not by_hand:
            from engine.console import practice_set

            count = max(practice_set.COUNT, len(questions)) if together else 1
            count = len(texts) if texts and together else count
            picked = [(q, "") for q in questions[:count]]
            for pick in schedule.picks(bank, book.learner(who), book.clock.now(), len(bank.questions)):
                if len(picked) < count and all(pick.question.id != q.id for q, _ in picked):
                    picked.append((pick.question, pick.why))
        if not by_hand:
            from engine.console import practice_piped

            _say(told)
            given = [practice_piped.Given(q, text, why) for (q, why), text in zip(picked, texts, strict=True)]
            name = practice_set.name() if together else ""
            return practice_piped.answers(book, bank, who, given, said, together=name, json=json)
        from engine.console.practice import Sitting

        screen = terminal()
        if told:
            screen.line(told, "quiet")
        sitting = Sitting(screen, book, bank, who, think, limit)
        try:
            if together:
                whole = 60.0 * practice_set.MINUTES if limit is None else limit
                return practice_set.run(sitting, [q for q, _ in picked], [why for _, why in picked], whole)
            return sitting.run(questions)
        except KeyboardInterrupt:
            sys.stderr.write("\n已中断。写的都存着，zhiban practice 接着写。\n")
            return 130
        except EOFError:
            sys.stderr.write("\n输入到头了。写的都存着，zhiban practice 接着写。\n")
            return 0


def _texts(answers: Sequence[Path], *, together: bool) -> list[str]:
    """The answers given without a terminal."""
    if together and not answers:
        raise NeedsInput("没有终端时一套题的作答要从文件来", "一道一个 --answer 文件，按题号的次序")
    if not together and len(answers) > 1:
        raise UsageError("一道题只要一个 --answer", "几道一起做加 --set")
    return [practice_desk.given(file) for file in answers] if answers else [practice_desk.given(None)]


def _say(told: str) -> None:
    if told:
        desk.warn(told)
