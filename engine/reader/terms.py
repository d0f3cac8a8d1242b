"""Conditions, durations and deadlines: nodes → model terms, with names resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.model import (
    All,
    Any,
    Condition,
    Fact,
    Happened,
    Known,
    Maybe,
    Not,
    Test,
)
from engine.model import (
    Scalar as Value,
)
from engine.reader import values
from engine.reader.fields import COMPARISONS, KNOWLEDGE, OUTCOMES, VARIABLE_PATTERN
from engine.reader.nodes import Mapping, Node, Pair, Scalar, Sequence
from engine.reader.report import Desk, suggest
from engine.reader.scope import Scope, Sign, Use

_FLIP: dict[Sign, Sign] = {"+": "-", "-": "+", "both": "both"}
NOTHING = All()  # stands in for what could not be read; an error was reported


@dataclass
class Terms:
    """Reads terms for one owner. `reader`: the key of the derived fact whose condition is read."""

    desk: Desk
    scope: Scope
    reader: str = ""

    # ---- conditions ---------------------------------------------------------------------------

    def condition(self, node: Node, sign: Sign = "+") -> Condition:
        """A mapping whose keys are joined by *and*."""
        if not isinstance(node, Mapping):
            text = f"条件要写成 `{{事实: 值}}`，这里是{values.shape(node)}"
            values.wrong(self.desk, node, "bad-condition", text)
            return NOTHING
        if not node.pairs:
            self.desk.error("bad-condition", node.span, "条件是空的", "总要做的规则不写 `when`")
        return _all([self.pair(name, pair, sign) for name, pair in node.pairs.items()])

    def pair(self, name: str, pair: Pair, sign: Sign) -> Condition:
        """One line of a condition: a connective, an outcome, what is known, or a test of a fact."""
        node = pair.value
        if name in ("any", "all"):
            if not isinstance(node, Sequence) or not node.items:
                text = f"`{name}` 要写条件的列表，这里是{values.shape(node)}"
                values.wrong(self.desk, node, "bad-condition", text, f"写成 `{name}: [{{…}}, {{…}}]`")
                return NOTHING
            items = [self.condition(item, sign) for item in node.items]
            return _all(items) if name == "all" else Any(tuple(items)) if len(items) > 1 else items[0]
        if name == "not":
            return Not(self.condition(node, _FLIP[sign]))
        if name == "maybe":
            return Maybe(self.condition(node, sign))
        if name in KNOWLEDGE:
            known = [self.knowledge(name, item) for item in values.references(self.desk, name, node)]
            return _all([item for item in known if item])
        if name in OUTCOMES:
            read = [self.outcome(name, item, sign) for item in values.references(self.desk, name, node)]
            return _all([item for item in read if item])
        fact = self.scope.fact(self.desk, pair.key, condition=True)
        return self.test(fact, pair, sign) if fact else NOTHING

    def knowledge(self, word: str, name: Scalar) -> Condition | None:
        """`known` or `unknown` of a fact; None with a finding where it cannot be said."""
        fact = self.scope.fact(self.desk, name)
        if fact is None or self.refuse_text(fact, name):
            return None
        if fact.when is not None:
            help = "看它的条件里用了哪些事实，对那些写 `known`"
            self.desk.error("known-derived", name.span, f"`{word}` 不能用于推出的事实 `{name.text}`", help)
            return None
        self.use(fact, name)
        return Known(fact.key) if word == "known" else Not(Known(fact.key))

    def outcome(self, kind: str, name: Scalar, sign: Sign) -> Condition | None:
        """`done`, `blocked`, `overdue` or `handed` of a step (or `overdue` of an awaited fact)."""
        if sign != "+":
            help = "没办成时用 `blocked` 或 `overdue`；做过的事不能使别的事变成该做或不该做"
            self.desk.error("negated-outcome", name.span, f"`{kind}: {name.text}` 不能被否定", help)
        if self.reader:
            self.scope.outcomes.add(self.reader)
        fact = self.scope.facts.get(name.text)
        if fact and kind == "overdue":
            if not fact.within:
                help = "给它写上 `recheck` 和 `within`"
                self.desk.error("never-overdue", name.span, f"事实 `{name.text}` 没有期限，不会超时", help)
            self.use(fact, name)
            return Happened("overdue", fact.key)
        key = self.scope.step(self.desk, name)
        if key and kind == "overdue":
            self.scope.overdue.append((key, name.span, self.desk.owner))
        return Happened(kind, key) if key else None  # type: ignore[arg-type]

    def refuse_text(self, fact: Fact, name: Scalar) -> bool:
        """Whether the fact is free text, which no condition can tell apart; a finding if so."""
        if fact.kind == "text":
            help = "文字只能印在话里；要分情况就用 `choices`"
            self.desk.error("text-in-condition", name.span, f"条件里不能用文字 `{name.text}`", help)
        return fact.kind == "text"

    def use(self, fact: Fact, name: Scalar, sign: Sign = "+") -> None:
        """Note that the condition reads the fact."""
        self.scope.uses.append(Use(fact.key, name.span, self.reader, sign, self.desk.owner))

    # ---- tests --------------------------------------------------------------------------------

    def test(self, fact: Fact, pair: Pair, sign: Sign) -> Condition:
        """`fact: value`, `fact: [values]` or `fact: {op: value}`."""
        if self.refuse_text(fact, pair.key):
            return NOTHING
        if fact.kind == "time":
            help = "时间只能用 `known`、`unknown`，或作期限的 `from`"
            self.desk.error("time-in-condition", pair.key.span, f"条件里不能比较时间 `{pair.key.text}`", help)
            return NOTHING
        if not isinstance(pair.value, Mapping):
            return self.one_of(fact, pair.key, pair.value, sign)
        if not pair.value.pairs:
            self.desk.error("bad-condition", pair.value.span, f"`{pair.key.text}` 没有写怎样比较")
        items = [self.compare(fact, pair.key, op) for op in pair.value.pairs.values()]
        signs: list[Sign] = [self.sign_of(item, sign) for item in items]
        self.use(fact, pair.key, signs[0] if len(set(signs)) == 1 else "both")
        return _all(items)

    def one_of(self, fact: Fact, key: Scalar, node: Node, sign: Sign) -> Condition:
        """The fact has one of the values."""
        test = Test(fact.key, "in", self.values(fact, key.text, node))
        self.use(fact, key, self.sign_of(test, sign))
        return test

    def sign_of(self, test: Condition, sign: Sign) -> Sign:
        """How the test turns the sign of a derived fact: `no` flips it, yes-and-no is both."""
        if isinstance(test, Not):
            return self.sign_of(test.item, _FLIP[sign])
        values = test.values if isinstance(test, Test) else ()
        return "both" if True in values and False in values else _FLIP[sign] if False in values else sign

    def compare(self, fact: Fact, key: Scalar, pair: Pair) -> Condition:
        """One comparison, as `lt: 5`; nothing, with a finding, where it makes no sense."""
        op, node = pair.key.text, pair.value
        if op not in COMPARISONS:
            text = f"未知比较 `{values.brief(op)}`"
            self.desk.error("unknown-comparison", pair.key.span, text, suggest(op, COMPARISONS))
            return NOTHING
        if op in ("eq", "ne"):
            test = Test(fact.key, "in", self.values(fact, key.text, node))
            return Not(test) if op == "ne" else test
        if fact.kind != "number":
            text = f"`{key.text}` 不是数，不能比较大小（`{op}`）"
            self.desk.error("not-a-number", pair.key.span, text, f"写成 `{key.text}: 值`")
            return NOTHING
        value = self.value(fact, f"{key.text}.{op}", node)
        return NOTHING if value is None else Test(fact.key, op, (value,))  # type: ignore[arg-type]

    def values(self, fact: Fact, field: str, node: Node) -> tuple[Value, ...]:
        """The values of a list or of a single one, those that can be read, each once."""
        items = values.listed(node)
        if not items:
            self.desk.error("bad-condition", node.span, f"`{field}` 是空列表", "写上值")
        read = [self.value(fact, field, item) for item in items]
        return tuple(dict.fromkeys(value for value in read if value is not None))

    def value(self, fact: Fact, field: str, node: Node) -> Value | None:
        """One value that the fact can have; None with a finding if it cannot."""
        if fact.kind == "bool":
            return values.flag(self.desk, field, node)
        if fact.kind == "number":
            return self.number(field, node)
        names = [choice.id for choice in fact.choices]
        if isinstance(node, Scalar) and node.text in names:
            return node.text
        given = node.text if isinstance(node, Scalar) else ""
        by_label = {choice.label: choice.id for choice in fact.choices}.get(given)
        help = f"是否想写 `{by_label}`？" if by_label else suggest(given, names)
        text = f"`{field}` 没有{values.shape(node)} 这个答案"
        values.wrong(self.desk, node, "unknown-choice", text, help)
        return None

    def number(self, field: str, node: Node) -> Value | None:
        """A whole number, or the id of a number of the hall."""
        if isinstance(node, Scalar) and re.fullmatch(VARIABLE_PATTERN, node.text) and not node.null:
            value = self.scope.hall.get(node.text)
            if value and value.kind == "number":
                return value.id
            if self.scope.lean(node):
                return None
            names = [v.id for v in self.scope.hall.values() if v.kind == "number"]
            text = f"`{field}` 要写整数或大厅值，这里是{values.shape(node)}"
            values.wrong(self.desk, node, "wrong-type", text, suggest(node.text, names))
            return None
        return values.whole(self.desk, field, node)


def _all(items: list[Condition]) -> Condition:
    return items[0] if len(items) == 1 else All(tuple(items))
