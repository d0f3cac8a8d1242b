"""Conditions, deadlines and words with blanks as people read them: pure text, no incident needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.durations import describe, parse_duration
from engine.model import (
    All,
    Any,
    Condition,
    Deadline,
    Duration,
    Fact,
    HallValue,
    Happened,
    Known,
    Maybe,
    Not,
    Scalar,
    Step,
    Test,
)

OUTCOMES = {"done": "办好", "blocked": "办不成", "overdue": "超时", "handed": "交代了"}
LONG = 16  # characters of a step's words that a condition quotes
COMPARED = {"lt": "小于", "lte": "不超过", "gt": "超过", "gte": "不少于"}
_FILLED = re.compile(r"\{\{-?\s*([A-Za-z_][\w.-]*).*?-?\}\}")
_IF = re.compile(r"\{%-?\s*(?:el)?if\s+(not\s+)?([A-Za-z_][\w.-]*).*?-?%\}")
_ELSE = re.compile(r"\{%-?\s*else\s*-?%\}")
_END = re.compile(r"\{%-?\s*endif\s*-?%\}")
_TAG = re.compile(r"\{[%#].*?[%#]\}")
_BUILT_IN = {"hall": "大厅名称", "incident": "事件编号", "now": "此刻", "title": "事件标题"}


@dataclass(frozen=True)
class Phrases:
    """Says things about some facts, steps and hall values (key → declaration).

    `values`: hall value id → what this hall has; `roles`: id → label; `owner`: the playbook whose own
    names may be written without prefix.
    """

    facts: Mapping[str, Fact]
    steps: Mapping[str, Step] = field(default_factory=dict)
    hall: Mapping[str, HallValue] = field(default_factory=dict)
    values: Mapping[str, int | str | bool] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""

    # ---- conditions ---------------------------------------------------------------------------

    def condition(self, condition: Condition) -> str:
        """A condition as one clause, `A，并且 B`; "" for one that always holds."""
        clauses = self.clauses(condition)
        return "，并且 ".join(self._say(item, inner=len(clauses) > 1) for item in clauses)

    def clauses(self, condition: Condition) -> list[Condition]:
        """The conditions that all have to hold, nested `all` opened up."""
        if not isinstance(condition, All):
            return [condition]
        return [clause for item in condition.items for clause in self.clauses(item)]

    def _say(self, condition: Condition, *, inner: bool = True) -> str:
        """One condition; `inner`: in brackets where it has several parts."""
        match condition:
            case Test():
                return self._test(condition)
            case Known():
                return f"已弄清{self.quoted(condition.fact)}"
            case Happened():
                return self._happened(condition.name, (condition.kind,))
            case All():
                text = self.condition(condition) or "任何时候"
                return f"（{text}）" if inner and len(self.clauses(condition)) > 1 else text
            case Any():
                parts = self._alternatives(condition.items)
                text = "，或 ".join(parts) or "从不"
                return f"（{text}）" if inner and len(parts) > 1 else text
            case Maybe():
                return self._maybe(condition.item)
            case Not():
                return self._not(condition.item)

    def _alternatives(self, items: Iterable[Condition]) -> list[str]:
        """One text an alternative; outcomes of one step, and 说不清 after a test of a fact, are joined."""
        happened: dict[str, list[str]] = {}
        parts: dict[object, str] = {}
        for item in items:
            match item:
                case Happened():
                    happened.setdefault(item.name, []).append(item.kind)
                    parts[item.name] = self._happened(item.name, happened[item.name])
                case Not(item=Known(fact=key)) if ("test", key) in parts:
                    parts["test", key] += f"或{self._unknown(key)}"
                case Test() if ("test", item.fact) not in parts:
                    parts["test", item.fact] = self._test(item)
                case _:
                    parts[item] = self._say(item)
        return list(parts.values())

    def _happened(self, name: str, kinds: Iterable[str]) -> str:
        what = "或".join(OUTCOMES[kind] for kind in kinds)
        return f"{self.quoted(name)}等到超时" if name in self.facts else f"{self.quoted(name)}{what}"

    def _unknown(self, key: str) -> str:
        fact = self.facts.get(key)
        return f"说不清{'或还没有' if fact and fact.recheck else ''}"

    def _test(self, test: Test) -> str:
        fact = self.facts.get(test.fact)
        label = self.label(test.fact)
        if fact is None or fact.kind == "number":
            if test.op != "in":
                return f"{label}{COMPARED[test.op]}{self.number(test.values[0], fact)}"
            return f"{label}是{'或'.join(self.number(value, fact) for value in test.values)}"
        if fact.kind == "bool":
            if set(test.values) >= {True, False}:
                return f"已弄清“{label}”"
            return label if True in test.values else f"“{label}”为否"
        told = "或".join(f"“{choice.label}”" for choice in fact.choices if choice.id in test.values)
        return f"{label}{'含' if fact.kind == 'many' else '是'}{told}"

    def _maybe(self, item: Condition) -> str:
        match item:
            case Test(values=(False,)):
                return f"没有确知{self.quoted(item.fact)}"
            case Test(values=(True,)):
                return f"没有否定{self.quoted(item.fact)}"
            case Not(item=Known(fact=key)):
                return f"还不知道{self.quoted(key)}"
            case _:
                return f"不排除{self._say(item)}"

    def _not(self, item: Condition) -> str:
        match item:
            case Known():
                return self.quoted(item.fact) + self._unknown(item.fact)
            case Test(values=(False,)):
                return self.label(item.fact)
            case Test(values=(True,)):
                return f"“{self._test(item)}”为否"
            case Not():
                return self._say(item.item)
            case _:
                return f"并非（{self._say(item, inner=False)}）"

    # ---- names and values ---------------------------------------------------------------------

    def label(self, key: str) -> str:
        """What a fact is called, or what a step does; the key itself when it is neither."""
        fact, step = self.facts.get(key), self.steps.get(key)
        if fact is not None:
            return fact.label or fact.ask
        return self.words(step.what) if step is not None else key

    def quoted(self, key: str) -> str:
        """The label in quotation marks; a long one cut."""
        text = self.label(key)
        return f"“{text if len(text) <= LONG else text[: LONG - 1] + '…'}”"

    def number(self, value: Scalar, fact: Fact | None) -> str:
        """A number with its unit; a hall value as this hall has it."""
        if isinstance(value, str):
            value = self.values.get(value, f"〔{self.hall[value].label if value in self.hall else value}〕")
        return f"{value}{fact.unit if fact else ''}"

    def span(self, duration: Duration) -> str:
        """`30分钟`; a hall value as this hall has it."""
        if duration.hall:
            found = parse_duration(str(self.values.get(duration.hall, "")))
            if found is not None:
                return describe(found)
            return f"〔{self.hall[duration.hall].label if duration.hall in self.hall else duration.hall}〕"
        return describe(duration)

    def deadline(self, within: Deadline) -> str:
        """`10分钟内`, `“通知”办好后1小时内`, with the reminder where it is set."""
        text = f"{self.span(within.due)}内"
        if within.origin:
            after = "起" if within.origin in self.facts else "办好后"
            text = f"{self.quoted(within.origin)}{after}{text}"
        return text + (f"（提前{self.span(within.warn)}提醒）" if within.warn else "")

    def role(self, id: str) -> str:
        """A role's label; the officer on duty where none is named."""
        return self.roles.get(id or "duty", id or "值班负责人")

    def value(self, id: str) -> str:
        """What this hall has for a hall value; "" for a blank."""
        if id not in self.values or self.values[id] == "":
            return ""
        value, declared = self.values[id], self.hall.get(id)
        if isinstance(value, bool):
            return "是" if value else "否"
        duration = parse_duration(str(value)) if declared and declared.kind == "duration" else None
        return describe(duration) if duration else f"{value}{declared.unit if declared else ''}"

    # ---- words with blanks --------------------------------------------------------------------

    def words(self, text: str) -> str:
        """Words as an author wrote them, with 〔names〕 for blanks: nothing is known of an incident yet."""
        if "{" not in text:
            return text
        text = _IF.sub(lambda m: f"〔{'若没有' if m[1] else '若有'}{self._name(m[2])}：", text)
        text = _END.sub("〕", _ELSE.sub("；否则：", text))
        return _TAG.sub("", _FILLED.sub(lambda m: self._blank(m[1]), text))

    def _blank(self, name: str) -> str:
        """What stands in a blank: a hall value if there is one, else the name of what belongs there."""
        return (self.value(name) if name in self.hall else "") or f"〔{self._name(name)}〕"

    def _name(self, name: str) -> str:
        head, _, tail = name.partition(".")
        if head in ("role", "phone") and tail:
            return self.role(tail) + ("电话" if head == "phone" else "")
        for key in (f"{self.owner}.{name}", name):
            if key in self.facts:
                return self.label(key)
        if name in self.hall:
            return self.hall[name].label
        return _BUILT_IN.get(name, name)
