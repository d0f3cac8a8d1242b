"""The progress page: one HTML file with drawn charts, for a learner or the trainer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from engine.model import PHASE_TITLES
from engine.practice.curve import curve, meters
from engine.practice.model import Bank
from engine.practice.observations import PHASES
from engine.practice.progress import Again, Due, Figures, Share
from engine.practice.schedule import day
from engine.render.heat import Heat, svg
from engine.render.templates import fill

_DAYS = 28


class _Shares(Heat):
    """Percentages: the darkest is 100, not the greatest that there is."""

    @property
    def most(self) -> float:
        return 100


def page(figures: Figures, bank: Bank, titles: Mapping[str, str]) -> str:
    """The file; nothing is loaded from elsewhere, and no script runs."""
    faults = {fault.id: fault.text for question in bank.questions for fault in question.faults}
    questions = {question.id: question.text for question in bank.questions}
    phases = [_bar(PHASE_TITLES[phase], share) for phase, share in figures.phases.items()]
    values: dict[str, Any] = {
        "title": f"{figures.learner} 的练习",
        "at": figures.at[:16].replace("T", " "),
        "numbers": _numbers(figures),
        "curve": Markup(curve("每次得分", figures.scores)),
        "phases": Markup(meters("各阶段说到的份额", phases, 100)),
        "scenarios": [
            (titles.get(s.playbook, s.playbook), f"{s.tried}/{s.questions}", s.answers, s.best, s.last,
             f"{s.share.percent}%")
            for s in figures.scenarios
        ],
        "heat": Markup(svg(_weak(figures, titles))) if figures.scenarios else "",
        "days": Markup(svg(_calendar(figures))),
        "due": [(_day(one, figures), one.points, _some(one, questions)) for one in figures.due],
        "faults": [(faults.get(id, id), id, times) for id, times in figures.faults],
        "observed": Markup(
            meters("四项观察", [(name, mean, f"{mean:g}/10") for name, mean in figures.observed.items()], 10)
        ),
    }  # fmt: skip
    return fill("practice", "html", values)


def _numbers(f: Figures) -> list[tuple[str, str]]:
    return [
        (f"{f.answers}", "做题次数"),
        (f"{f.tried}/{f.questions}", "做过的题"),
        ("—" if f.recent is None else f"{f.recent:.0f}", "最近5次平均分"),
        *_again(f.again),
        (f"{f.streak} 天", f"连续练习（最长 {f.longest} 天）"),
        (f"{f.today}", "今天到期的点"),
        *([(f"{f.late}", "超时次数")] if f.late else []),
    ]


def _again(f: Again | None) -> list[tuple[str, str]]:
    return [(f"{f.first:.0f}→{f.last:.0f}", f"重做过的 {f.questions} 题，第一次→最近")] if f else []


def _bar(name: str, share: Share) -> tuple[str, float, str]:
    return name, share.percent, f"{share.percent}%（{share.points} 个点）" if share.points else "还没练到"


def _weak(f: Figures, titles: Mapping[str, str]) -> Heat:
    """What is not reached, by scenario and phase: the darker, the more there is to practise."""
    phases = [phase for phase in f.phases if f.phases[phase].points]
    return _Shares(
        "没说到的份额（%）",
        tuple(titles.get(s.playbook, s.playbook) for s in f.scenarios),
        tuple(PHASES[phase] for phase in phases),
        tuple(
            tuple(float(100 - s.phases[phase].percent) if s.phases[phase].points else 0.0 for phase in phases)
            for s in f.scenarios
        ),
        unit="%",
    )


def _calendar(f: Figures) -> Heat:
    """How much was done on each day of four weeks, a week a row."""
    today = date.fromisoformat(f.at[:10])
    start = today - timedelta(days=today.weekday() + _DAYS - 7)
    days = [start + timedelta(days=n) for n in range(_DAYS)]
    weeks = [days[n : n + 7] for n in range(0, _DAYS, 7)]
    return Heat(
        "每天做了多少",
        tuple(f"{week[0].month}月{week[0].day}日起" for week in weeks),
        tuple("一二三四五六日"),
        tuple(tuple(float(f.days.get(day.isoformat(), 0)) for day in week) for week in weeks),
        unit="次",
    )


def _day(one: Due, f: Figures) -> str:
    return "今天" if one.day == f.at[:10] else day(one.day)


def _some(one: Due, questions: Mapping[str, str]) -> str:
    names = [f"{id} {questions.get(id, '')[:14]}…" for id in one.questions[:4]]
    more = f" 等 {len(one.questions)} 题" if len(one.questions) > 4 else ""
    return "；".join(names) + more
