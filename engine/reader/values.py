"""Scalars and short lists, read by the type that the field declares."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.model import Duration
from engine.reader.fields import (
    DURATION_PATTERN,
    ID_PATTERN,
    NO,
    NUMBER_PATTERN,
    SOURCE_PATTERN,
    VARIABLE_PATTERN,
    YES,
    Table,
)
from engine.reader.nodes import Mapping, Node, Pair, Scalar, Sequence
from engine.reader.report import Desk, quoted, suggest

_UNITS = {"分钟": "m", "分": "m", "小时": "h", "天": "d", "日": "d", "个工作日": "wd", "工作日": "wd"}
_UNITS |= {"min": "m", "mins": "m", "hour": "h", "hours": "h", "day": "d", "days": "d", "s": "m"}


def wrong(desk: Desk, node: Node, code: str, text: str, help: str = "") -> None:
    """Report a value, unless it was reported already when the node was read."""
    if not (isinstance(node, Scalar) and node.broken):
        desk.error(code, node.span, text, help)


def shape(node: Node) -> str:
    """What stands there, in words."""
    if isinstance(node, Mapping):
        return "一组 `名称: 值`"
    if isinstance(node, Sequence):
        return "一个列表"
    return "空的" if node.null else f"`{brief(node.text)}`"


def brief(text: str) -> str:
    """At most 30 characters of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 30 else line[:29] + "…"


def check_keys(
    desk: Desk, pairs: dict[str, Pair], table: Table, place: Node | None = None
) -> dict[str, Node]:
    """The known fields with a value; unknown and empty ones are reported, and at `place` missing ones."""
    found: dict[str, Node] = {}
    for name, pair in pairs.items():
        if name not in table:
            desk.error("unknown-field", pair.key.span, f"未知字段 `{brief(name)}`", suggest(name, table))
        elif isinstance(pair.value, Scalar) and pair.value.null:
            wrong(desk, pair.value, "empty-field", f"`{name}` 没有值", "写上值，或删掉这一行")
        else:
            found[name] = pair.value
    for name, field in table.items() if place else ():
        if field.required and name not in pairs and place:
            desk.error("missing-field", place.span, f"缺少 `{name}`", field.about)
    return found


def text(desk: Desk, field: str, node: Node) -> str | None:
    """Words as they are; characters that a GBK terminal lacks are remarked on."""
    if not isinstance(node, Scalar) or not node.text.strip():
        help = "文字里有 [ { 或“: ”时要加引号" if not isinstance(node, Scalar) else ""
        wrong(desk, node, "wrong-type", f"`{field}` 要写文字，这里是{shape(node)}", help)
        return None
    try:
        node.text.encode("gbk")
    except UnicodeEncodeError as error:
        bad = node.text[error.start]
        desk.warn("not-gbk", node.span, f"`{field}` 里的 `{bad}` 在 GBK 终端上显示不出", "换一个常用字符")
    return node.text.strip()


def plain_text(desk: Desk, field: str, node: Node) -> str | None:
    """Words that are printed as they stand: a template mark in them would be shown to the officer."""
    value = text(desk, field, node)
    if value and isinstance(node, Scalar) and ("{{" in value or "{%" in value):
        desk.error(
            "not-a-template", node.span, f"`{field}` 里不能用 `{{{{ }}}}`", "只有 what、say、ways 可以"
        )
        return None
    return value


def identifier(desk: Desk, field: str, node: Node, *, variable: bool = False) -> Scalar | None:
    """A name of its own: lower case, for facts and hall values without hyphen."""
    if isinstance(node, Scalar) and re.fullmatch(VARIABLE_PATTERN if variable else ID_PATTERN, node.text):
        return node
    rule = "小写字母开头，只用小写字母、数字、" + ("下划线" if variable else "连字符、下划线")
    wrong(desk, node, "bad-name", f"{field}不能是{shape(node)}", rule)
    return None


def reference(desk: Desk, field: str, node: Node) -> Scalar | None:
    """The name of a thing that is declared elsewhere; whether it exists is asked later."""
    if isinstance(node, Scalar) and not node.null and not node.broken:
        return node
    wrong(desk, node, "wrong-type", f"`{field}` 要写一个名称，这里是{shape(node)}")
    return None


def listed(node: Node) -> list[Node]:
    """The items of a list, or the one value as a list."""
    return node.items if isinstance(node, Sequence) else [node]


def references(desk: Desk, field: str, node: Node) -> list[Scalar]:
    """One or several names, each once."""
    found: dict[str, Scalar] = {}
    if isinstance(node, Sequence) and not node.items:
        wrong(desk, node, "empty-field", f"`{field}` 是空列表", "写上名称，或删掉这一行")
    for item in listed(node):
        name = reference(desk, field, item)
        if name and name.text in found:
            wrong(desk, name, "repeated", f"`{field}` 里 `{brief(name.text)}` 写了两次")
        elif name:
            found[name.text] = name
    return list(found.values())


def sources(desk: Desk, node: Node) -> tuple[str, ...]:
    """Statement ids like S4.01, or `own`."""
    found = []
    for name in references(desk, "source", node):
        if re.fullmatch(SOURCE_PATTERN, name.text):
            found.append(name.text)
        else:
            help = "写成 `S4.01`；材料里没有的写 `own`"
            wrong(desk, name, "bad-source", f"`source` 不能是{shape(name)}", help)
    return tuple(found)


def flag(desk: Desk, field: str, node: Node) -> bool | None:
    """yes or no, also true/false and 是/否, in any case of letters."""
    if isinstance(node, Scalar):
        word = node.text.lower()
        if word in YES or word in NO:
            return word in YES
    wrong(desk, node, "wrong-type", f"`{field}` 要写 `yes` 或 `no`，这里是{shape(node)}")
    return None


def whole(desk: Desk, field: str, node: Node) -> int | None:
    """A whole number in plain digits: 012 is twelve."""
    if isinstance(node, Scalar) and re.fullmatch(NUMBER_PATTERN, node.text):
        return int(node.text)
    wrong(desk, node, "wrong-type", f"`{field}` 要写整数，这里是{shape(node)}", "用半角数字，不带单位")
    return None


def option(desk: Desk, field: str, node: Node, options: Iterable[str]) -> str | None:
    """One of a few words."""
    words = list(options)
    if isinstance(node, Scalar) and node.text in words:
        return node.text
    given = node.text if isinstance(node, Scalar) else ""
    text = f"`{field}` 只能是{quoted(words)}，这里是{shape(node)}"
    wrong(desk, node, "wrong-type", text, suggest(given, words))
    return None


def plain_duration(desk: Desk, field: str, node: Node) -> Duration | None:
    """30m, 2h, 3d, 2wd."""
    if isinstance(node, Scalar):
        match = re.fullmatch(DURATION_PATTERN, node.text)
        if match:
            return Duration(int(match[1]), match[2])  # type: ignore[arg-type]
    help = "写成 `30m`（分钟）、`2h`（小时）、`3d`（天）、`2wd`（工作日）"
    if isinstance(node, Scalar):
        near = re.fullmatch(r"([1-9][0-9]{0,4}) *([a-zA-Z]+|[\u4e00-\u9fff]+)", node.text)
        unit = near and _UNITS.get(near[2].lower(), near[2].lower())
        if near and unit in ("m", "h", "d", "wd"):
            help = f"是否想写 `{near[1]}{unit}`？"
    wrong(desk, node, "bad-duration", f"`{field}` 要写时长，这里是{shape(node)}", help)
    return None
