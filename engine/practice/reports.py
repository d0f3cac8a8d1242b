"""A mark in plain data: the contract of `zhiban practice grade --json`, and what would have earned more."""

from __future__ import annotations

import re
from typing import Any

from engine.practice.marking import Mark
from engine.practice.model import Bank, Point, Question
from engine.practice.observations import Profile, profile_data

BANDS = ((80, "好"), (60, "中"), (0, "差"))
SHAPES = {
    "keywords": "只列了关键词：最多算沾边，要说成谁去做什么",
    "elsewhere": "说的是另一道题的事：采分点不计",
    "empty": "没有读到中文作答",
}
_NESTED = re.compile(r"\([^()]*\)\??")
MOST = 3  # examples of a meaning that are named


def band(score: int) -> str:
    """好, 中 or 差."""
    return next(name for least, name in BANDS if score >= least)


def wanted(point: Point) -> str:
    """What earns the point, with examples of the words of each meaning: …（比如：扶/请/带 ＋ 坐/歇）。"""
    shown = []
    for group in point.ways[0].groups if point.ways else ():
        plain = _NESTED.sub("#", _NESTED.sub("#", group.written))
        words = [word for word in plain.split("|") if not re.search(r"[#<…?.\[]", word)][:MOST]
        if words:
            shown.append("/".join(words))
    return f"{point.text}（比如：{' ＋ '.join(shown)}）" if shown else point.text


def document(mark: Mark, question: Question) -> dict[str, Any]:
    """The contract: score, points with credit and evidence, faults with evidence; and more beside."""
    points = {point.id: point for point in question.points}
    return {
        "question": mark.question,
        "score": mark.score,
        "band": band(mark.score),
        "points": [
            {
                "id": credit.id,
                "credit": int(credit.credit) if credit.credit in (0, 1) else credit.credit,
                "evidence": credit.evidence.text if credit.evidence else "",
                **({} if credit.credit == 1 else {"wanted": wanted(points[credit.id])}),
            }
            for credit in mark.points
        ],
        "faults": [{"id": blame.id, "evidence": blame.evidence.text} for blame in mark.faults],
        "adjust": mark.adjust,
        "notes": notes(mark),
        **(profile_data(mark.profile) if mark.profile else {}),
    }


def notes(mark: Mark) -> list[str]:
    """What else is to be said about the answer."""
    return [*([SHAPES[mark.shape]] if mark.shape in SHAPES else []), *mark.notes]


def profile_lines(profile: Profile) -> list[tuple[str, str]]:
    """The four observations for a screen: (name and marks, reasons); then order and cap, if any."""
    lines = []
    for o in profile.observations:
        told = [f"{reason.text}{f' {reason.gave:+g}' if reason.gave else ''}" for reason in o.reasons]
        lines.append((f"{o.name} {o.score:g}/10（{o.band}） ", "；".join(told) or "没有可看的"))
    lines += [("先后 ", reason.text) for reason in profile.order]
    return [*lines, ("封顶 ", profile.capped)] if profile.capped else lines


def listing(bank: Bank) -> list[dict[str, Any]]:
    """The questions, briefly."""
    return [
        {"id": q.id, "kind": q.kind, "playbook": q.playbook, "question": q.text, "points": len(q.points)}
        for q in bank.questions
    ]
