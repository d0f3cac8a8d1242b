"""The `expect` of a case: what must and what must not be."""

from __future__ import annotations

from datetime import datetime

from engine.cases.given import Given
from engine.cases.model import Expected
from engine.cases.naming import Names
from engine.clock import BEIJING, SimulatedClock, parse, stamp
from engine.durations import add, parse_duration
from engine.errors import BadData
from engine.model import Profile
from engine.reader import values
from engine.reader.fields import Field, Table
from engine.reader.nodes import Mapping, Node, Scalar, Sequence
from engine.reader.report import quoted
from engine.workdays import is_workday

EXPECT: Table = {
    "wanted": Field("names", "要做的步骤"),
    "not": Field("names", "不该出现的步骤"),
    "only": Field("names", "看情况才做的步骤，恰好是这些"),
    "first": Field("names", "第一屏从头数起的步骤"),
    "asks": Field("names", "现在要问的事实"),
    "not_asks": Field("names", "现在不该问的事实"),
    "activates": Field("names", "建议启动的剧本"),
    "not_activates": Field("names", "不该建议启动的剧本"),
    "documents": Field("names", "要发的文书"),
    "due": Field("facts", "步骤的期限"),
    "ends": Field("flag", "是否已有了结的步骤"),
    "closable": Field("flag", "是否可以结束了"),
}


def expected(names: Names, given: Given, node: Node) -> Expected:
    """What the file demands; faults are findings."""
    desk, pairs = names.desk, names.pairs("expect", node)
    nothing = "only" in pairs and _empty(pairs["only"].value)
    found = values.check_keys(desk, {k: p for k, p in pairs.items() if k != "only" or not nothing}, EXPECT)
    if isinstance(node, Mapping) and not pairs:
        desk.error("nothing-expected", node.span, "没有写应该怎样", f"可以写 {quoted(EXPECT)}")
    wanted, missing, only = (names.keys(field, found, "step") for field in ("wanted", "not", "only"))
    for field, listed, said in (
        ("not", (*wanted, *only), "出现"),
        ("not_asks", names.keys("asks", found, "fact"), "问"),
    ):
        for name in names.listed(field, found):
            if names.known.get(name.text) in listed:
                text = f"`{name.text}` 既要{said}又不该{said}"
                desk.error("contradiction", name.span, text, "留下一处")
    documents = dict.fromkeys(step.issue for step in names.rules.steps.values() if step.issue)
    return Expected(
        wanted=wanted,
        missing=missing,
        only=() if nothing else only if "only" in found else None,
        first=names.keys("first", found, "step"),
        asks=names.keys("asks", found, "fact"),
        skips=names.keys("not_asks", found, "fact"),
        activates=names.playbooks("activates", found),
        spares=names.playbooks("not_activates", found),
        documents=names.among("documents", found, "document", "文书", list(documents)),
        due=_due(names, given, found["due"]) if "due" in found else (),
        ends=values.flag(desk, "ends", found["ends"]) if "ends" in found else None,
        closable=values.flag(desk, "closable", found["closable"]) if "closable" in found else None,
    )


def _empty(node: Node) -> bool:
    """`[]`: that nothing depends on the situation is something that can be expected."""
    return isinstance(node, Sequence) and not node.items


def _due(names: Names, given: Given, node: Node) -> tuple[tuple[str, str], ...]:
    """(step, stamp of its deadline), said as a duration, a hall value, a time or a date with a time."""
    halls = names.rules.values | given.hall
    start = parse(given.at) if given.at else SimulatedClock().now()
    found: list[tuple[str, str]] = []
    for pair in names.pairs("due", node).values():
        key = names.key(pair.key, "step")
        try:
            at = _moment(pair.value, start, halls)
        except BadData as error:
            names.desk.error("bad-moment", pair.value.span, error.message, error.help)
            continue
        if at is None:
            text = f"`due.{pair.key.text}` 要写时长或钟点，这里是{values.shape(pair.value)}"
            help = '写成 `30m`、`2wd`、`"08:40"` 或 `2026-03-02 08:40`'
            values.wrong(names.desk, pair.value, "bad-moment", text, help)
        elif key is not None:
            found.append((key, stamp(at)))
    return tuple(found)


def _moment(node: Node, start: datetime, halls: dict[str, int | str | bool]) -> datetime | None:
    said = node.text if isinstance(node, Scalar) else ""
    duration = parse_duration(str(halls.get(said, said)))
    if duration is not None:
        return add(start, duration, lambda day: is_workday(day, Profile()), lambda name: duration)
    for form, date in (("%H:%M", start.date()), ("%Y-%m-%d %H:%M", None)):
        try:
            at = datetime.strptime(said, form).replace(tzinfo=BEIJING)
        except ValueError:
            continue
        return at if date is None else datetime.combine(date, at.timetz())
    return None
