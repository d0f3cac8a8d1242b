"""The parts of a drill file: triggers, truths, injects, expectations, harmful acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, get_args

from engine.cases.given import Given
from engine.cases.naming import Names
from engine.conditions import Answer
from engine.drill import times
from engine.drill.fields import EXPECT, HARM, INJECT, OBJECTIVE, SPREADS, SUBJECTS, TAKES, TRIGGER, TRUTH
from engine.drill.model import (
    CHANNELS,
    Expectation,
    Growth,
    Harm,
    Inject,
    Objective,
    On,
    Takes,
    Trigger,
    Truth,
    Value,
)
from engine.model import Fact
from engine.practice.model import Way
from engine.reader import values
from engine.reader.fields import Table
from engine.reader.nodes import Mapping, Node, Pair, Scalar, Sequence
from engine.reader.report import Desk, suggest

_START = Trigger(at=0)
_OF_STEP = ("done", "blocked", "missed")
_OF_FACT = ("answered", "asked")
T = TypeVar("T")


class Declared(NamedTuple):
    """The names that a drill file itself declares, read before anything refers to them."""

    injects: tuple[str, ...]
    expectations: tuple[str, ...]
    harms: tuple[str, ...]
    objectives: tuple[str, ...]


class Parts:
    """Reads the parts; what is wrong goes to the desk of `names`."""

    def __init__(
        self,
        names: Names,
        declared: Declared,
        roles: list[str],
        documents: list[str],
        ways: Callable[[Desk, Node], tuple[Way, ...]],
    ) -> None:
        """`documents`: those that steps issue; `ways`: reads the words of an expectation."""
        self.names, self.declared = names, declared
        self.roles, self.documents, self.ways = roles, documents, ways

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

    # ---- the list items ---------------------------------------------------------------------------

    def objective(self, node: Node) -> Objective | None:
        """One objective."""
        fields = self.table(node, OBJECTIVE, "目标")
        if "id" not in fields:
            return None
        owner = self._one("owner", fields, self.roles, "岗位")
        return Objective(self._text("id", fields), self._text("what", fields), owner, node.span)

    def takes(self, node: Node) -> tuple[Takes, ...]:
        """Step → how it goes."""
        found = []
        for name, pair in self.names.pairs("takes", node).items():
            fields = self.table(pair.value, TAKES, f"步骤 `{name}`")
            key = self.names.key(pair.key, "step")
            if key is not None:
                found.append(
                    Takes(
                        key,
                        self.seconds("time", fields),
                        self._whole("fails", fields),
                        self._whole("chance", fields),
                        self._text("why", fields),
                        self._text("told", fields),
                        pair.key.span,
                    )
                )
        return tuple(found)

    def inject(self, node: Node) -> Inject | None:
        """One inject."""
        fields = self.table(node, INJECT, "情况")
        id = self._text("id", fields)
        if not id:
            return None
        channel = self._one("by", fields, list(CHANNELS), "来路") or "scene"
        unless = [
            self._on(item, 0) for item in (values.listed(fields["unless"]) if "unless" in fields else [])
        ]
        return Inject(
            id=id,
            when=self.trigger(f"情况 `{id}`", fields, node),
            tell=self._text("tell", fields),
            channel=channel,  # type: ignore[arg-type]
            sender=self._text("from", fields),
            to=self.names.among("to", fields, "role", "岗位", self.roles),
            sets=self.answers("set", fields["set"]) if "set" in fields else {},
            reveals=self.names.keys("reveal", fields, "fact"),
            unless=tuple(unless),
            red_herring=bool("red_herring" in fields and self._flag("red_herring", fields)),
            growth=self._growth(fields),
            note=self._text("note", fields),
            source=values.sources(self.names.desk, fields["source"]) if "source" in fields else (),
            span=node.span,
        )

    def _growth(self, fields: dict[str, Node]) -> Growth | None:
        if "spreads" not in fields:
            return None
        inner = self.table(fields["spreads"], SPREADS, "传播")
        until = []
        for name in self.names.listed("until", inner):
            step = name.text if name.text in self.declared.injects else self.names.key(name, "step")
            until += [step] if step else []
        shares, comments, percent = (self._whole(name, inner) for name in ("shares", "comments", "percent"))
        return Growth(shares, comments, percent or 100, tuple(until))

    def expectation(self, node: Node) -> Expectation | None:
        """One expectation."""
        fields = self.table(node, EXPECT, "要求")
        id = self._text("id", fields)
        if not id:
            return None
        subjects = [name for name in SUBJECTS if name in fields]
        if (
            len(set(subjects) - {"points"}) > 1
            or not subjects
            or ("points" in subjects and len(subjects) > 1)
        ):
            text = f"要求 `{id}`：{'、'.join(f'`{s}`' for s in SUBJECTS)} 里要写一个"
            self.names.desk.error("one-subject", node.span, text, "几样都要做到，就分成几条要求")
        since = _START
        if "since" in fields:
            inner = self.table(fields["since"], TRIGGER, "起算")
            since = self.trigger(f"要求 `{id}`", inner, fields["since"])
        return Expectation(
            id=id,
            what=self._text("what", fields),
            weight=self._whole("weight", fields),
            objective=self._one("for", fields, list(self.declared.objectives), "目标"),
            steps=self.names.keys("do", fields, "step"),
            facts=self.names.keys("ask", fields, "fact"),
            says=self.ways(self.names.desk, fields["say"]) if "say" in fields else (),
            points=tuple(name.text for name in self.names.listed("points", fields)),
            documents=self.names.among("issue", fields, "document", "文书", self.documents),
            never=self.names.among("never", fields, "harm", "不该做的事", list(self.declared.harms)),
            since=since,
            within=self.seconds("within", fields),
            late=self.seconds("late", fields),
            critical=bool("critical" in fields and self._flag("critical", fields)),
            roles=self.names.among("roles", fields, "role", "岗位", self.roles),
            source=values.sources(self.names.desk, fields["source"]) if "source" in fields else (),
            span=node.span,
        )

    def harm(self, node: Node) -> Harm | None:
        """One harmful act."""
        fields = self.table(node, HARM, "不该做的事")
        id = self._text("id", fields)
        if not id:
            return None
        return Harm(
            id, self._text("what", fields), self._whole("minus", fields),
            bool("blame" in fields and self._flag("blame", fields)),
            self._text("fault", fields), self._text("tell", fields), node.span,
        )  # fmt: skip

    # ---- values -----------------------------------------------------------------------------------

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
