"""What may stand in a scheme: the sections, the fields of their items, how each field is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from engine.orders import model
from engine.reader import values
from engine.reader.fields import Field, Table
from engine.reader.nodes import Node, Scalar
from engine.reader.report import Desk

# the moments of an order that a clock can run between, and how people call them
MOMENTS = {
    "received": "受理", "registered": "登记", "verified": "核实", "dispatched": "派单", "arranged": "调度",
    "responded": "响应", "planned": "方案", "replied": "答复", "closed": "办结", "called_back": "回访",
}  # fmt: skip
POINTS = ("missing_evidence", "both_no", "one_no", "both_yes", "opinion")
GOOD = ("responded", "resolved", "satisfied", "closed")
_DATE_HELP = "写成 2026-01-01"

Read = Callable[[Desk, str, Node], Any]


def day(desk: Desk, field: str, node: Node) -> date | None:
    """2026-01-01."""
    if isinstance(node, Scalar) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", node.text):
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            pass
    values.wrong(desk, node, "bad-date", f"`{field}` 要写日期，这里是{values.shape(node)}", _DATE_HELP)
    return None


def number(desk: Desk, field: str, node: Node) -> float | None:
    """A number, whole or with one point: -0.5."""
    if isinstance(node, Scalar) and re.fullmatch(r"[+-]?[0-9]{1,6}(\.[0-9]{1,4})?", node.text):
        return float(node.text)
    values.wrong(desk, node, "wrong-type", f"`{field}` 要写数，这里是{values.shape(node)}", "如 -0.5")
    return None


def count(least: int) -> Read:
    """A whole number not below `least`."""

    def read(desk: Desk, field: str, node: Node) -> int | None:
        value = values.whole(desk, field, node)
        if value is not None and value < least:
            values.wrong(
                desk, node, "out-of-range", f"`{field}` 不能小于 {least}，这里是{values.shape(node)}"
            )
            return None
        return value

    return read


def one_of(*words: str) -> Read:
    """One of a few words."""
    return lambda desk, field, node: values.option(desk, field, node, words)


def words(desk: Desk, field: str, node: Node) -> tuple[str, ...]:
    """One or several names or words."""
    return tuple(item.text for item in values.references(desk, field, node))


def sources(desk: Desk, field: str, node: Node) -> tuple[str, ...]:
    """Statement ids."""
    return values.sources(desk, node)


def _table(fields: dict[str, tuple[Read, str, bool]]) -> tuple[Table, dict[str, Read]]:
    about = {name: Field("text", text, must) for name, (_, text, must) in fields.items()}
    return about, {name: read for name, (read, _, _) in fields.items()}


_ALWAYS: dict[str, tuple[Read, str, bool]] = {
    "since": (day, "从哪天受理的工单起用", False),
    "source": (sources, "语句编号，如 C.27", False),
    "basis": (values.text, "依据的文件名称、文号", False),
}
_MOMENT = one_of(*MOMENTS)
_LABEL = (values.text, "给人看的名称", True)
_SECTIONS: dict[str, dict[str, tuple[Read, str, bool]]] = {
    "limits": {
        "label": _LABEL,
        "of": (_MOMENT, "量到哪一步", True),
        "from": (_MOMENT, "从哪一步起算", True),
        "within": (values.plain_duration, "多久，如 30m、24h、5d、5wd", True),
        "start": (one_of("event", "next_day", "day"), "从什么时候起算", False),
        "urgency": (one_of("life", "living", "plain"), "只管哪种轻重", False),
        "warn": (values.plain_duration, "到期前多久提醒", False),
        "escalate": (values.plain_duration, "过期多久报领导", False),
        "extendable": (values.plain_duration, "到期前可以延多久", False),
    },
    "points": {"label": _LABEL, "points": (number, "几分，扣分写负数", True)},
    "rates": {
        "label": _LABEL,
        "good": (one_of(*GOOD), "数哪些", True),
        "over": (one_of("all", "closed", "called_back"), "分母", True),
    },
    "rankings": {"label": _LABEL, "by": (words, "按哪几个率排", True)},
    "scales": {
        "label": _LABEL,
        "levels": (words, "从好到差的档", True),
        "good": (words, "算满意的档", True),
        "bad": (words, "算不满意的档", True),
    },
    "excluded": {"label": _LABEL, "needs": (values.text, "要有什么才能剔除", True)},
    "money": {
        "per_point": (count(0), "每分多少元", True),
        "half": (one_of("half", "none"), "半分怎么算", True),
    },
    "honours": {"lost_below": (number, "低于几分取消评优", True)},
    "repeats": {
        "calls": (count(1), "来电几次提级", True),
        "days": (count(0), "多少天以内，0 不限", True),
        "dissatisfied": (values.flag, "不满意是否提级", True),
    },
    "same_cause": {
        "times": (count(1), "几次提议常备办法", True),
        "days": (count(0), "多少天以内，0 不限", True),
    },
}
TABLES = {name: _table(fields | _ALWAYS) for name, fields in _SECTIONS.items()}
STRUCTS: dict[str, type[Any]] = {
    "limits": model.Limit, "points": model.Score, "rates": model.Rate, "rankings": model.Ranking,
    "scales": model.Scale, "excluded": model.Exclusion, "money": model.Money, "honours": model.Honours,
    "repeats": model.Repeats, "same_cause": model.SameCause,
}  # fmt: skip
SINGLE = ("money", "honours", "repeats", "same_cause")  # a section that is itself one item
FIXED = {"points": POINTS, "rankings": ("week", "month")}  # names that the program gives their meaning
