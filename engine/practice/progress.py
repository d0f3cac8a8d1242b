"""How a learner gets on: figures by phase, by scenario and over time, from the entries alone.

A point counts by the last time it was looked at, in an answer or by itself; half a credit is half its weight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import fmean

from engine.clock import BEIJING, parse
from engine.model import PHASES
from engine.practice import schedule
from engine.practice.entries import Answered, Credited, Frozen, Reviewed
from engine.practice.learner import Learner
from engine.practice.model import Bank

FEW = 5  # answers whose mean says how it is going
AHEAD = 7  # days of the list of what comes due
TRAINED = tuple(phase for phase in PHASES if phase != "safety")  # no question has points of safety


class Share(Frozen, frozen=True):
    """What is reached of some points: `got` of `whole` marks, `points` of them tried."""

    got: float
    whole: int
    points: int

    @property
    def percent(self) -> int:
        """0 to 100."""
        return round(100 * self.got / self.whole) if self.whole else 0


class Scenario(Frozen, frozen=True):
    """One playbook: questions tried of those there are, answers, the best and the last score."""

    playbook: str
    tried: int
    questions: int
    answers: int
    best: int
    last: int
    share: Share
    phases: dict[str, Share]


class Score(Frozen, frozen=True):
    """One answer on the line of time; `mean`: of it and the four before; `again`: done before."""

    at: str
    question: str
    score: int
    mean: float
    late: bool
    again: bool = False


class Again(Frozen, frozen=True):
    """Questions answered more than once: how many, the mean of their first scores and of their last."""

    questions: int
    first: float
    last: float


class Due(Frozen, frozen=True):
    """Points due on a day; those overdue stand at today."""

    day: str
    points: int
    questions: tuple[str, ...]


class Figures(Frozen, frozen=True):
    """Everything that is shown of a learner."""

    learner: str
    at: str
    answers: int
    tried: int
    questions: int
    first: float | None  # mean of the first FEW answers
    recent: float | None  # and of the last
    again: Again | None  # None: none was answered twice
    late: int
    streak: int
    longest: int
    days: dict[str, int]  # day → how much was done
    phases: dict[str, Share]
    scenarios: tuple[Scenario, ...]
    scores: tuple[Score, ...]
    due: tuple[Due, ...]
    faults: tuple[tuple[str, int], ...]  # fault, times; the most frequent first
    reviews: int
    reviews_right: int
    replies: int
    replies_share: int  # percent
    observed: dict[str, float]  # observation → mean of the last FEW answers

    @property
    def today(self) -> int:
        """Points due today."""
        return next((one.points for one in self.due if one.day == self.at[:10]), 0)


def figures(learner: Learner, bank: Bank, now: datetime) -> Figures:
    """The figures of a learner as of `now`."""
    answers = learner.answers
    scores = [answer.score for answer in answers]
    streak, longest = streaks((_day(entry.at) for entry in learner.entries), _today(now))
    worked = Counter(_day(entry.at).isoformat() for entry in learner.entries)
    points = latest(learner)
    return Figures(
        learner=learner.name,
        at=now.astimezone(BEIJING).isoformat(timespec="seconds"),
        answers=len(answers),
        tried=len({answer.question for answer in answers}),
        questions=len(bank.questions),
        first=round(fmean(scores[:FEW]), 1) if scores else None,
        recent=round(fmean(scores[-FEW:]), 1) if scores else None,
        again=again(answers),
        late=sum(answer.late for answer in answers),
        streak=streak,
        longest=longest,
        days=dict(sorted(worked.items())),
        phases={phase: share(p for p in points.values() if p.phase == phase) for phase in TRAINED},
        scenarios=_scenarios(learner, bank, points),
        scores=_scores(answers),
        due=due_list(learner, now),
        faults=tuple(Counter(fault.id for answer in answers for fault in answer.faults).most_common()),
        reviews=len(learner.reviews),
        reviews_right=sum(review.point.credit == 1 for review in learner.reviews),
        replies=len(learner.replies),
        replies_share=round(100 * fmean(r.share for r in learner.replies)) if learner.replies else 0,
        observed=_observed(answers[-FEW:]),
    )


def _scores(answers: Sequence[Answered]) -> tuple[Score, ...]:
    seen: set[str] = set()
    found = []
    for n, a in enumerate(answers):
        mean = round(fmean(one.score for one in answers[max(0, n - FEW + 1) : n + 1]), 1)
        found.append(Score(a.at, a.question, a.score, mean, a.late, a.question in seen))
        seen.add(a.question)
    return tuple(found)


def again(answers: Sequence[Answered]) -> Again | None:
    """What doing questions again has brought: the same questions then and now."""
    scores: dict[str, list[int]] = {}
    for answer in answers:
        scores.setdefault(answer.question, []).append(answer.score)
    more = [of for of in scores.values() if len(of) > 1]
    if not more:
        return None
    return Again(len(more), round(fmean(of[0] for of in more), 1), round(fmean(of[-1] for of in more), 1))


def latest(learner: Learner) -> dict[str, Credited]:
    """Point → its credit the last time."""
    found: dict[str, Credited] = {}
    for entry in learner.entries:
        if isinstance(entry, Reviewed):
            found[entry.point.id] = entry.point
        elif isinstance(entry, Answered) and entry.cards:  # not an answer to another question
            found |= {point.id: point for point in entry.points}
    return found


def share(points: Iterable[Credited]) -> Share:
    """What is reached of these points."""
    taken = list(points)
    got = sum(point.weight * point.credit for point in taken)
    return Share(got, sum(point.weight for point in taken), len(taken))


def streaks(days: Iterable[date], today: date) -> tuple[int, int]:
    """Days in a row up to today or yesterday, and the most there ever were."""
    worked = sorted(set(days))
    longest = run = 0
    before: date | None = None
    for day in worked:
        run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
        longest, before = max(longest, run), day
    current = run if before is not None and today - before <= timedelta(days=1) else 0
    return current, longest


def due_list(learner: Learner, now: datetime) -> tuple[Due, ...]:
    """What is due today and on each of the next days."""
    today = _today(now)
    found: dict[date, list[str]] = {}
    for point, card in learner.cards.items():
        day = max(_day(card.due), today)
        if day - today <= timedelta(days=AHEAD):
            found.setdefault(day, []).append(point)
    return tuple(
        Due(day.isoformat(), len(points), tuple(dict.fromkeys(p.partition(".")[0] for p in points)))
        for day, points in sorted(found.items())
    )


def _scenarios(learner: Learner, bank: Bank, points: Mapping[str, Credited]) -> tuple[Scenario, ...]:
    """The playbooks that were practised, the weakest first."""
    found = []
    for playbook in dict.fromkeys(question.playbook for question in bank.questions):
        ids = {question.id for question in bank.questions if question.playbook == playbook}
        answers = [answer for answer in learner.answers if answer.question in ids]
        if not answers:
            continue
        here = [point for point in points.values() if point.id.partition(".")[0] in ids]
        found.append(
            Scenario(
                playbook, len({a.question for a in answers}), len(ids), len(answers),
                max(a.score for a in answers), answers[-1].score, share(here),
                {phase: share(p for p in here if p.phase == phase) for phase in TRAINED},
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda scenario: scenario.share.percent))


def _observed(answers: Sequence[Answered]) -> dict[str, float]:
    seen: dict[str, list[float]] = {}
    for answer in answers:
        for one in answer.profile:
            if one.level:
                seen.setdefault(one.name, []).append(one.score)
    return {name: round(fmean(scores), 1) for name, scores in seen.items()}


def waiting_now(learner: Learner, bank: Bank, now: datetime) -> tuple[list[schedule.Pick], int]:
    """Questions due now, and the missed points that can be reviewed now."""
    return schedule.waiting(bank, learner, now), len(schedule.missed(bank, learner, now))


def _day(moment: str) -> date:
    return parse(moment).date()


def _today(now: datetime) -> date:
    return now.astimezone(BEIJING).date()
