"""A learner's record as a file (JSON) for another machine, and everybody's as sheets for the trainer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.clock import parse, stamp
from engine.errors import BadData
from engine.exports import Column, Sheet
from engine.model import PHASE_TITLES
from engine.practice.entries import Entry, Reviewed
from engine.practice.learner import Learner, name_of
from engine.practice.model import Bank
from engine.practice.progress import TRAINED, figures, latest

FORMAT = 1
_NAME = 80  # signs of a number or name in the file
_WHAT = "zhiban-practice"


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: everything that was marked, with the scheduler's state; no drafts."""

    what: str
    format: int
    learner: str
    exported: str
    entries: tuple[Entry, ...]


def state(learner: Learner, now: datetime) -> bytes:
    """The file of a learner; equal but for `exported` whenever the record is equal."""
    made = State(_WHAT, FORMAT, learner.name, stamp(now), tuple(learner.entries))
    return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"


def read_state(data: bytes, where: str) -> State:
    """The file read back. BadData when it is something else or damaged."""
    try:
        about = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadData(
            f"{where}：不是练习记录的 JSON（{error}）", "要用 zhiban practice export --state 写出的文件"
        ) from None
    if not isinstance(about, dict) or about.get("what") != _WHAT:
        raise BadData(f"{where}：不是练习记录", "要用 zhiban practice export --state 写出的文件")
    if about.get("format") != FORMAT:
        raise BadData(f"{where}：格式 {about.get('format')!r} 本程序不认得", "升级 zhiban 后再导入")
    try:
        found = msgspec.convert(about, State)
        name_of(found.learner)
        _check(found.entries)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadData(f"{where}：内容不对（{error}）", "文件可能被改过，重新导出一份") from None
    return found


def _check(entries: Iterable[Entry]) -> None:
    """ValueError for a moment that is none, found else only when something is scheduled, and odd names."""
    for entry in entries:
        parse(entry.at)
        points = (entry.point,) if isinstance(entry, Reviewed) else entry.points
        faults = () if isinstance(entry, Reviewed) else entry.faults
        names = [entry.id, entry.question, *(p.id for p in points), *(p.phase for p in points)]
        for name in (*names, *(fault.id for fault in faults), *getattr(entry, "cards", ())):
            if not name.isprintable() or len(name) > _NAME:
                raise ValueError(f"{name[:_NAME]!r}")
        for card in getattr(entry, "cards", {}).values():
            parse(card.due), parse(card.seen)
            if card.state not in (1, 2, 3) or not card.stability > 0:
                raise ValueError(f"card {card}")


def sheets(learners: Iterable[Learner], bank: Bank, titles: Mapping[str, str], now: datetime) -> list[Sheet]:
    """Learners, answers, points, and faults; a trainer's workbook."""
    everyone = list(learners)
    return [
        _overview(everyone, bank, now),
        _answers(everyone, titles),
        _points(everyone, bank, titles),
        _faults(everyone, bank),
    ]


def _overview(learners: list[Learner], bank: Bank, now: datetime) -> Sheet:
    columns = (
        Column("学员"), Column("做题次数", "number"), Column("做过题数", "number"),
        Column("最初5次平均", "number", 12), Column("最近5次平均", "number", 12), Column("最好", "number"),
        Column("重做过的题", "number", 12), Column("重做的第一次平均", "number", 16),
        Column("重做的最近平均", "number", 14),
        Column("超时次数", "number"),
        Column("追问次数", "number"), Column("追问得分%", "number"), Column("单练次数", "number"),
        Column("单练说到", "number"), Column("连续天数", "number"), Column("最长连续", "number"),
        Column("今天到期的点", "number", 13),
        *(Column(f"{PHASE_TITLES[phase]}%", "number", 12) for phase in TRAINED),
        Column("最近练习", "moment"),
    )  # fmt: skip

    def rows() -> Iterable[tuple[Any, ...]]:
        for learner in learners:
            f = figures(learner, bank, now)
            yield (
                learner.name, f.answers, f.tried, f.first, f.recent,
                max((score.score for score in f.scores), default=None),
                *((f.again.questions, f.again.first, f.again.last) if f.again else (0, None, None)),
                f.late, f.replies,
                f.replies_share if f.replies else None, f.reviews, f.reviews_right, f.streak, f.longest,
                f.today,
                *(f.phases[phase].percent if f.phases[phase].points else None for phase in TRAINED),
                parse(learner.entries[-1].at) if learner.entries else None,
            )  # fmt: skip

    return Sheet("学员", columns, list(rows()))


def _answers(learners: list[Learner], titles: Mapping[str, str]) -> Sheet:
    columns = (
        Column("学员"), Column("时间", "moment"), Column("题号", "text", 8), Column("场景"),
        Column("得分", "number"), Column("等第", "text", 6), Column("说到", "number"),
        Column("采分点", "number"),
        Column("失分点", "number"), Column("思考秒", "number"), Column("作答秒", "number"),
        Column("超时", "yesno"), Column("一套", "text", 14),
        Column("评分版本", "text", 12), Column("作答", "text", 60),
    )  # fmt: skip
    rows = [
        (
            learner.name, parse(a.at), a.question, titles.get(a.playbook, a.playbook), a.score, a.band,
            sum(p.credit == 1 for p in a.points), len(a.points), len(a.faults), a.think, a.spent, a.late,
            a.set, a.marker, a.text,
        )
        for learner in learners
        for a in learner.answers
    ]  # fmt: skip
    return Sheet("作答", columns, rows)


def _points(learners: list[Learner], bank: Bank, titles: Mapping[str, str]) -> Sheet:
    columns = (
        Column("学员"), Column("采分点", "text", 10), Column("场景"), Column("阶段", "text", 10),
        Column("分值", "number"), Column("最近得分", "number"), Column("看过几次", "number"),
        Column("没说到几次", "number", 11), Column("下次到期", "moment"), Column("要说到", "text", 60),
    )  # fmt: skip
    known = {point.id: (question, point) for question in bank.questions for point in question.points}
    rows = []
    for learner in learners:
        looks = [p for answer in learner.answers for p in answer.points] + [r.point for r in learner.reviews]
        for id, point in latest(learner).items():
            question, told = known.get(id, (None, None))
            mine = [look for look in looks if look.id == id]
            card = learner.cards.get(id)
            rows.append(
                (
                    learner.name, id, titles.get(question.playbook, "") if question else "",
                    PHASE_TITLES.get(point.phase, point.phase), point.weight, point.credit, len(mine),
                    sum(look.credit == 0 for look in mine), parse(card.due) if card else None,
                    told.text if told else "（题库里已没有）",
                )
            )  # fmt: skip
    return Sheet("采分点", columns, rows)


def _faults(learners: list[Learner], bank: Bank) -> Sheet:
    columns = (
        Column("学员"), Column("时间", "moment"), Column("失分点", "text", 10), Column("扣分", "number"),
        Column("不该怎么做", "text", 40), Column("原话", "text", 40),
    )  # fmt: skip
    known = {fault.id: fault.text for question in bank.questions for fault in question.faults}
    rows = [
        (learner.name, parse(a.at), f.id, f.minus, known.get(f.id, ""), a.text[f.start : f.end])
        for learner in learners
        for a in learner.answers
        for f in a.faults
    ]
    return Sheet("失分点", columns, rows)
