"""One value of the profile, read by the type that the vocabulary or a playbook declares."""

from __future__ import annotations

import re

from engine.durations import text_of
from engine.model import Fact, HallValue
from engine.reader import values
from engine.reader.fields import NO, YES
from engine.reader.nodes import Node, Scalar
from engine.reader.report import Desk


def typed(desk: Desk, name: str, declared: HallValue | Fact | None, node: Node) -> int | str | bool | None:
    """The value: durations as text ("30m"), times of day as text ("09:30"). None: reported to `desk`."""
    match declared.kind if declared else "":
        case "":
            return _by_look(desk, name, node)
        case "number":
            return values.whole(desk, name, node)
        case "bool":
            return values.flag(desk, name, node)
        case "duration":
            length = values.plain_duration(desk, name, node)
            return text_of(length) if length else None
        case "choice" if isinstance(declared, Fact):
            return values.option(desk, name, node, [choice.id for choice in declared.choices])
        case "time":
            return _time(desk, name, node)
        case "many":
            values.wrong(desk, node, "wrong-type", f"`{name}` 可选多项，不能写在本厅资料里")
            return None
    return values.text(desk, name, node)


def _time(desk: Desk, name: str, node: Node) -> str | None:
    if isinstance(node, Scalar):
        match = re.fullmatch(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])", node.text)
        if match:
            return f"{int(match[1]):02}:{match[2]}"
    values.wrong(desk, node, "wrong-type", f"`{name}` 要写时刻，这里是{values.shape(node)}", "写成 9:30")
    return None


def _by_look(desk: Desk, name: str, node: Node) -> int | str | bool | None:
    """A value of a name that nobody declared: yes/no, a whole number, else text."""
    if isinstance(node, Scalar) and node.plain:
        if node.text.lower() in (*YES, *NO):
            return node.text.lower() in YES
        if re.fullmatch(r"0|-?[1-9][0-9]{0,11}", node.text):
            return int(node.text)
    return values.text(desk, name, node)
