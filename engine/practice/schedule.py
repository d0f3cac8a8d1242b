"""When a marking point comes back, and which question is to be practised now.

Cards are marking points, not questions (docs/practice.md has the rule in words). FSRS gives the interval;
days are those of the calendar, so that the hour of practice does not matter: what it counts in days is due
from midnight, and a night between two looks is a day however few hours it had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

import msgspec

from engine.clock import BEIJING, parse, stamp
from engine.practice.entries import AGAIN, EASY, GOOD, HARD, Card, Credited
from engine.practice.learner import Learner
from engine.practice.model import Bank, Question

if TYPE_CHECKING:
    from fsrs import Scheduler

SOON = timedelta(minutes=10)  # a missed point can be reviewed the same day
WORTH = 30  # marks of a question that have to be due before the whole of it is done again
REST = 3  # days before the whole of a question is done again: until then it would be said by heart
RETENTION = 0.9  # the share of what is due that should still be known
MOST = 60  # days between two looks at a point: nobody prepares longer than that
_REVIEW = 2  # fsrs.State.Review: the interval counts in days
RATINGS = {AGAIN: "没说到", HARD: "沾边", GOOD: "说到", EASY: "一次说全"}


def rating(credit: float, *, in_time: bool, before: Card | None) -> int:
    """Missed: Again; touched: Hard; reached: Good, or Easy when in time and at the first sight of it."""
    if credit < 0.5:
        return AGAIN
    if credit < 1:
        return HARD
    return EASY if before is None and in_time else GOOD


def after(before: Card | None, rated: int, now: datetime) -> Card:
    """The card once the point was rated `now`."""
    import fsrs

    card = fsrs.Card(card_id=1, due=now.astimezone(UTC))
    if before is not None:
        seen = parse(before.seen)
        midnight = seen.replace(hour=0, minute=0, second=0)  # fsrs counts whole days since the last look
        card = fsrs.Card(
            card_id=1, state=fsrs.State(before.state), step=before.step, stability=before.stability,
            difficulty=before.difficulty, due=parse(before.due).astimezone(UTC),
            last_review=midnight.astimezone(UTC),
        )  # fmt: skip
        now = max(now, seen)  # a clock set back must not make intervals negative
    made, _ = _scheduler().review_card(card, fsrs.Rating(rated), now.astimezone(UTC))
    if made.stability is None or made.difficulty is None:
        raise ValueError("a reviewed card has a stability")
    return Card(
        due=stamp(made.due), seen=stamp(now), rating=rated, state=int(made.state),
        stability=made.stability, difficulty=made.difficulty, step=made.step,
    )  # fmt: skip


@cache
def _scheduler() -> Scheduler:
    import fsrs

    return fsrs.Scheduler(
        desired_retention=RETENTION, learning_steps=(SOON,), relearning_steps=(SOON,), maximum_interval=MOST,
        enable_fuzzing=False,
    )  # fmt: skip


def cards_after(
    learner: Learner, points: tuple[Credited, ...], now: datetime, *, in_time: bool, alone: bool = False
) -> dict[str, Card]:
    """The new cards of marked points. `alone`: each was asked for by itself, which never rates Easy."""
    made = {}
    for point in points:
        before = learner.cards.get(point.id)
        rated = rating(point.credit, in_time=in_time and not alone, before=before)
        made[point.id] = after(before, rated, now)
    return made


def due(card: Card, now: datetime) -> bool:
    """Whether the point is to be practised: the moment has come, or the day where days were counted."""
    moment = parse(card.due)
    return moment <= now or (card.state == _REVIEW and moment.date() <= now.astimezone(BEIJING).date())


class Pick(msgspec.Struct, frozen=True):
    """A question to practise now: points due, their marks, marks lost by faults the last time."""

    question: Question
    why: str
    points: tuple[str, ...] = ()
    weight: int = 0
    faults: int = 0

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "question": self.question.id,
            "why": self.why,
            "points": list(self.points),
            "weight": self.weight,
            "faults": self.faults,
        }


def waiting(bank: Bank, learner: Learner, now: datetime) -> list[Pick]:
    """The questions with points that are due, the weightiest first; those done lately rest (`REST`)."""
    found = []
    for question in bank.questions:
        last = learner.last(question.id)
        if last is None or _rests(learner, question, now):
            continue
        points = [p for p in question.points if p.id in learner.cards and due(learner.cards[p.id], now)]
        if points:
            weight, faults = sum(p.weight for p in points), sum(blame.minus for blame in last.faults)
            missed = sum(learner.cards[p.id].rating < GOOD for p in points)
            why = f"到期的采分点 {len(points)} 个，共 {weight} 分"
            why += f"，其中上次没说全的 {missed} 个" if missed else ""
            why += f"；上次还有不该说的，扣了 {faults} 分" if faults else ""
            found.append(Pick(question, why, tuple(p.id for p in points), weight, faults))
    return sorted(found, key=lambda pick: -(pick.weight + pick.faults))


def _rests(learner: Learner, question: Question, now: datetime) -> bool:
    last = learner.last(question.id)
    return last is not None and (now.astimezone(BEIJING).date() - parse(last.at).date()).days < REST


def picks(bank: Bank, learner: Learner, now: datetime, count: int = 1) -> list[Pick]:
    """What to practise now, `count` questions at most.

    Questions with at least `WORTH` marks due and new ones by turns, then those with less, then what comes due
    next: what is known ever better must not keep the learner from what was never seen.
    """
    due = waiting(bank, learner, now)
    worth = [pick for pick in due if pick.weight + pick.faults >= WORTH]
    less = due[len(worth) :]
    told = f"新题；到期的每道都不到 {WORTH} 分，先攒着" if less else "没有该重做的，做一道新题"
    new = [Pick(q, "新题：新旧轮着做" if worth else told) for q in fresh(bank, learner)]
    taken = {pick.question.id for pick in (*due, *new)}
    rest = [question for question in bank.questions if question.id not in taken]
    rest.sort(key=lambda question: (_rests(learner, question, now), next_due(learner.cards, question)))
    told = "没有该重做的，也没有新题；这道最先到期"
    later = [Pick(q, f"{told}：{day(next_due(learner.cards, q))}") for q in rest]
    turns = (new, worth) if _repeated(learner) else (worth, new)
    by_turns = [pick for pick in chain(*zip_longest(*turns)) if pick is not None]
    return [*by_turns, *less, *later][:count]


def _repeated(learner: Learner) -> bool:
    """Whether the last answer was to a question answered before."""
    done = [answer.question for answer in learner.answers]
    return bool(done) and done[-1] in done[:-1]


def fresh(bank: Bank, learner: Learner) -> list[Question]:
    """Questions never answered: the scenes practised least first, and there those of examinations."""
    looked = Counter(answer.playbook for answer in learner.answers)
    ranked = []
    for question in sorted(bank.questions, key=lambda question: question.origin.kind != "seed"):
        if learner.last(question.id) is None:
            ranked.append((looked[question.playbook], question))
            looked[question.playbook] += 1
    return [question for _, question in sorted(ranked, key=lambda one: one[0])]


def next_due(cards: Mapping[str, Card], question: Question) -> str:
    """When the first point of a question comes due; a stamp, a far one when none has a card."""
    return min((cards[p.id].due for p in question.points if p.id in cards), default="9999")


def day(moment: str) -> str:
    """The day of a stamp in words: `6月1日`."""
    return f"{int(moment[5:7])}月{int(moment[8:10])}日" if moment < "9999" else "以后"


def minute(moment: str) -> str:
    """A stamp in words: `6月1日 08:10`."""
    return f"{day(moment)} {moment[11:16]}"


def missed(bank: Bank, learner: Learner, now: datetime, *, ahead: bool = False) -> list[tuple[Question, str]]:
    """Points not reached in full the last time that are due (`ahead`: or not yet), longest due first."""
    found = [
        (learner.cards[point.id].due, question, point.id)
        for question in bank.questions
        for point in question.points
        if (card := learner.cards.get(point.id)) and card.rating < GOOD and (ahead or due(card, now))
    ]
    return [(question, id) for _, question, id in sorted(found, key=lambda one: one[0])]
