"""A playbook as lines of a terminal: a tree by phase, then facts, hall values and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from engine.model import PHASE_TITLES
from engine.render.sketch import GROUPS, Card, Line, Sketch, origin

AT_ONCE = "一开始就做"


class Row(NamedTuple):
    """A text to be wrapped: `first` stands before its first line, `rest` before the others."""

    text: str
    style: str = ""
    first: str = ""
    rest: str = ""


def tree(sketch: Sketch, always: Sketch | None = None) -> Iterator[Row]:
    """The whole tree; `always`: the rules that are active beside it, told in one line each phase."""
    book = sketch.playbook
    yield Row(f"{book.title}（{book.id}，第 {book.version} 版，{origin(book)}）", "title")
    if book.about:
        yield Row(book.about)
    if book.addon:
        yield Row("只配合别的剧本使用，不单独开始。")
    yield from _rules(sketch)
    yield from _ends(sketch)
    yield from _facts(sketch)
    if sketch.hall:
        yield Row("【本厅的数和地点】", "title")
        for value in sketch.hall:
            yield Row(f"{value.label}：{value.shown}（{value.origin}）", "", "  ● ", "     ")
    if always is not None:
        yield Row("【人身安全】", "title")
        text = (
            f"另有 {len(always.rules)} 条规则每件事里都在：{always.playbook.about or always.playbook.title}"
        )
        yield Row(text, "", "  ● ", "     ")
        yield Row(f"zhiban playbook show {always.playbook.id} 看全部", "quiet", "  → ", "     ")


def _rules(sketch: Sketch) -> Iterator[Row]:
    told: dict[str, str] = {}
    for phase, group in groupby(sketch.rules, lambda rule: rule.phase):
        yield Row(f"【{PHASE_TITLES[phase]}】", "title")
        for rule in group:
            yield Row(f"如果 {rule.when}" if rule.when else AT_ONCE, "ask", "├ ", "│ ")
            yield from _wants(sketch, rule, told)


def _wants(sketch: Sketch, rule: Line, told: dict[str, str]) -> Iterator[Row]:
    for key, tightened in rule.wants:
        card = sketch.steps[key]
        again = f"（详见【{told[key]}】）" if key in told else ""
        yield Row(card.what + again, "act", f"│  {'○' if card.optional else '●'} ", "│     ")
        if again and tightened:
            yield Row(f"这里要快些：{tightened}", "", "│     ", "│     ")
        elif not again:
            told[key] = PHASE_TITLES[rule.phase]
            yield from _details(card, tightened)
    for title in rule.starts:
        yield Row(f"建议同时启用“{title}”", "act", "│  → ", "│     ")


def _details(card: Card, tightened: str) -> Iterator[Row]:
    """Who and by when on one line, then what is to be said, then the rest."""
    named = dict(card.lines)
    who = card.who + (f"，找{named.pop('找谁')}" if "找谁" in named else "")
    within = named.pop("时限", "")
    if tightened:
        within = f"{tightened}（平时{within}）" if within else tightened
    brief = [who, within, named.pop("重复", ""), "可做可不做" if card.optional else ""]
    yield Row("；".join(filter(None, brief)), "", "│     ", "│     ")
    for name, text in named.items():
        yield Row(text, "say" if name == "说" else "", f"│     {name}：", "│     " + "  " * (len(name) + 1))
    if card.sources:
        yield Row(f"出处：{'、'.join(id for id, _ in card.sources)}", "quiet", "│     ", "│     ")


def _ends(sketch: Sketch) -> Iterator[Row]:
    if sketch.ends:
        yield Row("【怎样算了结】", "title")
        yield Row("办好下面任何一件：")
        for what in sketch.ends:
            yield Row(what, "", "  ● ", "     ")


def _facts(sketch: Sketch) -> Iterator[Row]:
    for group, title in GROUPS.items():
        facts = [fact for fact in sketch.facts.values() if fact.group == group]
        if not facts:
            continue
        yield Row(f"【事实：{title}】", "title")
        for fact in facts:
            yield Row(fact.label + (f"：{fact.ask}" if fact.ask else ""), "", "  ● ", "     ")
            if fact.answers:
                yield Row(" / ".join(fact.answers), "", "     答：", "         ")
            for name, text in fact.notes:
                yield Row(text, "", f"     {name}：", "     " + "  " * (len(name) + 1))
