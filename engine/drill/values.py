"""The values of a drill file: tables, lists, texts, numbers, names among those that there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from engine.cases.naming import Names
from engine.reader import values
from engine.reader.fields import Table
from engine.reader.nodes import Mapping, Node, Scalar, Sequence
from engine.reader.report import suggest

T = TypeVar("T")


class Cells:
    """Reads the values of a drill file; what is wrong goes to the desk of `names`."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def table(self, node: Node, table: Table, owner: str) -> dict[str, Node]:
        """The fields of a mapping; missing and unknown ones are reported."""
        if isinstance(node, Mapping):
            id = node.pairs.get("id")
            if id is not None and isinstance(id.value, Scalar):
                owner += f" `{values.brief(id.value.text)}`"
            return values.check_keys(self.names.desk.about(owner), node.pairs, table, node)
        values.wrong(
            self.names.desk, node, "wrong-type", f"{owner}要写成 `{{名称: 值}}`，这里是{values.shape(node)}"
        )
        return {}

    def items(self, field: str, fields: dict[str, Node], read: Callable[[Node], T | None]) -> tuple[T, ...]:
        """Every item of a list that could be read."""
        node = fields.get(field)
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            values.wrong(
                self.names.desk, node, "wrong-type", f"`{field}` 要写列表，这里是{values.shape(node)}"
            )
            return ()
        return tuple(found for item in node.items if (found := read(item)) is not None)

    def _text(self, field: str, fields: dict[str, Any]) -> str:
        return (values.plain_text(self.names.desk, field, fields[field]) or "") if field in fields else ""

    def _whole(self, field: str, fields: dict[str, Node]) -> int:
        return (values.whole(self.names.desk, field, fields[field]) or 0) if field in fields else 0

    def _flag(self, field: str, fields: dict[str, Node]) -> bool | None:
        return values.flag(self.names.desk, field, fields[field])

    def _one(self, field: str, fields: dict[str, Node], among: list[str], what: str) -> str:
        if field not in fields:
            return ""
        name = values.reference(self.names.desk, field, fields[field])
        if name is None:
            return ""
        if name.text not in among:
            text = f"没有{what} `{values.brief(name.text)}`"
            self.names.desk.error(f"unknown-{field}", name.span, text, suggest(name.text, among))
        return name.text
