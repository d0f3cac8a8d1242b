"""What differs between two playbooks as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.compare.report import Change, Entry, Field, PlanChange, Report
from engine.render.tree import Row

_MARKS = {"added": "+", "removed": "-", "changed": "~"}
_STYLES = {"added": "good", "removed": "late", "changed": "soon"}
MOST = 60  # characters of a field that are shown of a long list of words


def changes(report: Report) -> Iterator[Row]:
    """The plan first, then what is said differently."""
    for side, name in ((report.old, "旧"), (report.new, "新")):
        text = f"{side.title}（{side.id}，第 {side.version} 版，{side.file}）"
        yield Row(text, "title", f"{name}：", "    ")
    if report.same:
        yield Row("没有不同。", "good")
        return
    yield from _plan(report)
    yield from _fields("剧本", report.head)
    for title, found in (
        ("规则", report.rules),
        ("步骤", report.steps),
        ("事实", report.facts),
        ("本厅的数和地点", report.hall),
    ):
        yield from _changes(title, found)
    yield Row("+ 新加  - 去掉  ~ 改动", "quiet")


def _plan(report: Report) -> Iterator[Row]:
    yield Row("【计划】", "title")
    if not report.plan:
        yield Row("任何情形下，要做的步骤都一样。", "good", "  ", "  ")
    for number, change in enumerate(report.plan, 1):
        yield Row(_when(change), "ask", f"{number:>2} ", "   ")
        yield from _entries("多出", "good", change.comes)
        yield from _entries("少了", "late", change.goes)
        yield Row(f"占全部情形的{_share(change)}", "quiet", "     ", "     ")


def _when(change: PlanChange) -> str:
    if not change.situation:
        return "任何情形下" if change.count == change.total else "例如 什么都还没问"
    return f"例如 {'；'.join(change.situation)}"


def _entries(name: str, style: str, entries: Sequence[Entry]) -> Iterator[Row]:
    for entry in entries:
        what = f"启用“{entry.what}”" if entry.activates else entry.what
        yield Row(what, style, f"     {name}：", "           ")


def _share(change: PlanChange) -> str:
    if change.count == "0":
        return " 0%：只在有的事还没问到时不同"
    if change.count == change.total:
        return " 100%"
    percent = change.share * 100
    return f" {percent:.0f}%" if 1 <= percent < 99.5 else "不到 1%" if percent < 1 else " 99% 以上"


def _changes(title: str, found: Sequence[Change]) -> Iterator[Row]:
    if not found:
        return
    yield Row(f"【{title}】", "title")
    for change in found:
        place = f"（{change.key.rpartition('.')[2]}，{change.span.file}:{change.span.line}）"
        yield Row(change.label + place, _STYLES[change.kind], f"  {_MARKS[change.kind]} ", "    ")
        for field in change.fields:
            yield from _field(field)


def _fields(title: str, fields: Sequence[Field]) -> Iterator[Row]:
    if fields:
        yield Row(f"【{title}】", "title")
        for field in fields:
            yield from _field(field)


def _field(field: Field) -> Iterator[Row]:
    old, new = field.old, field.new
    if field.name == "听到" and old and new:
        old, new = _apart(old, new), _apart(new, old)
    yield Row(f"{field.name}：{old or '（没有）'} → {new or '（没有）'}", "", "    ", "      ")


def _apart(text: str, other: str) -> str:
    """Of a long list of words those that the other has not."""
    theirs = set(other.split("、"))
    kept = "、".join(word for word in text.split("、") if word not in theirs)
    return kept if len(kept) <= MOST else kept[:MOST] + "…"
