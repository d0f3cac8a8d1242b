"""What the parts of a drill file are made of: facts with their values, spans of time, triggers."""

from __future__ import annotations

from typing import NamedTuple, get_args

from engine.cases.given import Given
from engine.cases.naming import Names
from engine.conditions import Answer
from engine.drill import times
from engine.drill.fields import TRUTH
from engine.drill.model import (
    On,
    Trigger,
    Truth,
    Value,
)
from engine.drill.values import Cells
from engine.model import Fact
from engine.reader import values
from engine.reader.nodes import Mapping, Node, Pair, Scalar
from engine.reader.report import suggest

_START = Trigger(at=0)
_OF_STEP = ("done", "blocked", "missed")
_OF_FACT = ("answered", "asked")


class Declared(NamedTuple):
    """The names that a drill file itself declares, read before anything refers to them."""

    injects: tuple[str, ...]
    expectations: tuple[str, ...]
    harms: tuple[str, ...]
    objectives: tuple[str, ...]


class Terms(Cells):
    """Reads what parts are made of; what is wrong goes to the desk of `names`."""

    def __init__(self, names: Names, declared: Declared) -> None:
        super().__init__(names)
        self.declared = declared

    # ---- facts ------------------------------------------------------------------------------------

    def answers(self, field: str, node: Node) -> dict[str, Value]:
        """Facts with plain values, as `known` and `set` have them."""
        found: dict[str, Value] = {}
        for key, answer, pair in self._facts(field, node):
            if answer.value is None:
                self.names.desk.error("no-value", pair.key.span, f"`{field}` 里要写明确的答案", "改写成答案")
            else:
                found[key] = answer.value
        return found

    def truths(self, node: Node) -> tuple[Truth, ...]:
        """`fact: value`, or `fact: {is, told, after}`."""
        found = []
        for name, pair in self.names.pairs("truth", node).items():
            fields = {"is": pair.value}
            if isinstance(pair.value, Mapping):
                fields = self.table(pair.value, TRUTH, f"实情 `{name}`")
            key = self._fact(pair)
            if key is None or "is" not in fields:
                continue
            answer = self._answer(self.names.rules.facts[key], name, fields["is"])
            if answer is not None:
                found.append(
                    Truth(
                        key,
                        answer.value,
                        answer.state == "open",
                        self._text("told", fields),
                        self.seconds("after", fields),
                        pair.key.span,
                    )
                )
        return tuple(found)

    def _facts(self, field: str, node: Node) -> list[tuple[str, Answer, Pair]]:
        found = []
        for name, pair in self.names.pairs(field, node).items():
            key = self._fact(pair)
            if key is not None:
                answer = self._answer(self.names.rules.facts[key], name, pair.value)
                if answer is not None:
                    found.append((key, answer, pair))
        return found

    def _fact(self, pair: Pair) -> str | None:
        key = self.names.key(pair.key, "fact")
        if key is not None and self.names.rules.facts[key].when is not None:
            text = f"`{pair.key.text}` 由别的事实推出，不能直接给定"
            self.names.desk.error("derived-given", pair.key.span, text, "改为给定它所依据的事实")
            return None
        return key

    def _answer(self, fact: Fact, field: str, node: Node) -> Answer | None:
        return Given(self.names).answer(fact, field, node)

    # ---- times ------------------------------------------------------------------------------------

    def seconds(self, field: str, fields: dict[str, Node]) -> int:
        """A span of time; 0 when absent or wrong."""
        node = fields.get(field)
        if node is None:
            return 0
        found = times.span(node.text) if isinstance(node, Scalar) else None
        if found is None:
            text = f"`{field}` 要写时长，这里是{values.shape(node)}"
            values.wrong(self.names.desk, node, "bad-duration", text, "写成 `30s`、`2m`、`1h30m`")
        return found or 0

    def trigger(self, owner: str, fields: dict[str, Node], place: Node) -> Trigger:
        """`at`, or `on` with `after`."""
        delay = self.seconds("after", fields)
        if ("at" in fields) == ("on" in fields):
            self.names.desk.error("no-trigger", place.span, f"{owner}：`at` 和 `on` 要写一个", "只写一个")
            return _START
        if "on" in fields:
            return self._on(fields["on"], delay)
        node = fields["at"]
        at = times.moment(node.text) if isinstance(node, Scalar) else None
        if at is None:
            text = f"`at` 要写时刻，这里是{values.shape(node)}"
            values.wrong(self.names.desk, node, "bad-moment", text, "写成 `T+90s`、`T+3m` 或 `D+0 H+1 M+30`")
        elif delay:
            self.names.desk.error("late-moment", place.span, f"{owner}：`at` 不能再加 `after`", "加进 `at`")
        return Trigger(at=at or 0)

    def _on(self, node: Node, delay: int) -> Trigger:
        pairs = self.names.pairs("on", node)
        if len(pairs) != 1:
            if isinstance(node, Mapping):
                self.names.desk.error("bad-trigger", node.span, "`on` 里要写一件事", "写成 `{done: 步骤}`")
            return _START
        kind, pair = next(iter(pairs.items()))
        if kind not in get_args(On):
            self.names.desk.error(
                "bad-trigger",
                pair.key.span,
                f"`on` 里没有 `{values.brief(kind)}`",
                suggest(kind, get_args(On)),
            )
            return _START
        if kind == "answered" and isinstance(pair.value, Mapping):
            for key, answer, _ in self._facts("answered", pair.value):
                return Trigger(None, "answered", key, answer.value, delay)
            return _START
        name = values.reference(self.names.desk, kind, pair.value)
        if name is None:
            return _START
        return Trigger(None, kind, self._happens(kind, name), None, delay)  # type: ignore[arg-type]

    def _happens(self, kind: str, name: Scalar) -> str:
        if kind in _OF_STEP or kind in _OF_FACT:
            return self.names.key(name, "step" if kind in _OF_STEP else "fact") or ""
        if kind == "harmed" and name.text == "any":
            return ""
        table = {"fired": self.declared.injects, "harmed": self.declared.harms}.get(
            kind, self.declared.expectations
        )
        if name.text not in table:
            text = f"`{kind}`：没有 `{values.brief(name.text)}`"
            self.names.desk.error("unknown-name", name.span, text, suggest(name.text, table))
        return name.text
