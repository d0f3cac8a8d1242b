"""Durations and deadlines with names: `30m`, a hall value, `{due: 2h, from: a-step}`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.model import Deadline, Duration
from engine.reader import values
from engine.reader.fields import DEADLINE, VARIABLE_PATTERN
from engine.reader.nodes import Mapping, Node, Scalar
from engine.reader.report import Desk, suggest
from engine.reader.scope import Scope, Use


@dataclass
class Times:
    """Reads times for one owner."""

    desk: Desk
    scope: Scope

    def duration(self, field: str, node: Node) -> Duration | None:
        """`30m`, or the id of a hall value of type duration."""
        if isinstance(node, Scalar) and re.fullmatch(VARIABLE_PATTERN, node.text):
            value = self.scope.hall.get(node.text)
            if value and value.kind == "duration":
                return Duration(hall=value.id)
            if value:
                text = f"`{field}` 要写时长，大厅值 `{value.id}` 不是时长"
                values.wrong(self.desk, node, "bad-duration", text, "给它写上 `type: duration`")
            elif not self.scope.lean(node):
                names = [v.id for v in self.scope.hall.values() if v.kind == "duration"]
                help = suggest(node.text, names) or "写成 `30m`、`2h`、`3d`、`2wd`"
                values.wrong(
                    self.desk, node, "bad-duration", f"`{field}` 要写时长，这里是{values.shape(node)}", help
                )
            return None
        return values.plain_duration(self.desk, field, node)

    def deadline(self, field: str, node: Node) -> Deadline | None:
        """A duration, or `{due, from, warn}`."""
        if not isinstance(node, Mapping):
            due = self.duration(field, node)
            return Deadline(due) if due else None
        found = values.check_keys(self.desk, node.pairs, DEADLINE, node)
        due = self.duration(f"{field}.due", found["due"]) if "due" in found else None
        warn = self.duration(f"{field}.warn", found["warn"]) if "warn" in found else None
        origin = self.origin(f"{field}.from", found["from"]) if "from" in found else ""
        if due and warn and (warn == due or later(warn, due)):
            self.desk.error(
                "late-warning", found["warn"].span, f"`{field}.warn` 不短于 `due`", "提醒要早于期限"
            )
        return Deadline(due, origin or "", warn) if due else None

    def origin(self, field: str, node: Node) -> str:
        """The key of the step or fact from which a time runs; empty with a finding."""
        name = values.reference(self.desk, field, node)
        if not name or self.scope.lean(name):
            return ""
        if name.text in self.scope.steps:
            return self.scope.steps[name.text]
        fact = self.scope.facts.get(name.text)
        if fact:
            self.scope.uses.append(Use(fact.key, name.span, owner=self.desk.owner))
            return fact.key
        known = {*self.scope.steps, *self.scope.facts}
        text = f"`{field}`：未知步骤或事实 `{values.brief(name.text)}`"
        self.desk.error("unknown-name", name.span, text, suggest(name.text, known))
        return ""


_MINUTES = {"m": 1, "h": 60, "d": 1440}


def later(a: Duration, b: Duration) -> bool:
    """Whether `a` is surely longer than `b`; hall values and working days compare with nothing else."""
    if a.hall or b.hall or (a.unit == "wd") != (b.unit == "wd"):
        return False
    return a.amount * _MINUTES.get(a.unit, 1) > b.amount * _MINUTES.get(b.unit, 1)
