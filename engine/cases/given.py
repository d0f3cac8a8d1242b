"""The `given` of a case: what is known, what has happened, when it is, and which hall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from engine.cases.naming import Names
from engine.clock import BEIJING, stamp
from engine.conditions import OPEN, UNSURE, Answer
from engine.durations import parse_duration
from engine.model import Fact, Profile
from engine.reader import values
from engine.reader.nodes import Node, Pair, Scalar
from engine.reader.report import suggest
from engine.workdays import MAKEUP, WEEKDAYS, clock_facts

INSIDE = ("at", "clock", "outcomes", "hall")
OUTCOMES = ("done", "blocked", "overdue", "handed")
# a case means the same in every hall: `at` is read by these hours, not by those of this machine's hall
_HOURS = (("09:00", "12:00"), ("13:30", "17:00"))
USUAL = Profile(hours=dict.fromkeys((*WEEKDAYS[:5], MAKEUP), _HOURS) | dict.fromkeys(WEEKDAYS[5:], ()))


class Given:
    """What the file says is known. `at`: a `clock.stamp`, empty when not said."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.facts: dict[str, Answer] = {}
        self.outcomes: dict[str, str] = {}
        self.hall: dict[str, int | str | bool] = {}
        self.at = ""
        library = names.library
        declared = [*library.vocabulary.hall, *(v for p in library.playbooks for v in p.hall)]
        self._kinds = {value.id: value.kind for value in declared}

    def read(self, node: Node) -> None:
        """Take in the field; faults are findings."""
        groups: dict[str, Callable[[str, Pair], None]] = {
            "outcomes": self._outcome,
            "clock": lambda name, pair: self._fact(name, pair, clock=True),
            "hall": self._hall_value,
        }
        pairs = self.names.pairs("given", node)
        for name, pair in pairs.items():
            if name in groups:
                for inner, value in self.names.pairs(name, pair.value).items():
                    groups[name](inner, value)
            elif name == "at":
                self._moment(pair.value)
            else:
                self._fact(name, pair)
        for key in [key for key, outcome in self.outcomes.items() if key in self.names.rules.facts]:
            # who waits in vain has asked and got no answer
            self.facts.setdefault(key, OPEN)

    def _moment(self, node: Node) -> None:
        """Stop the clock there; what it tells is known unless the case says otherwise."""
        said = node.text if isinstance(node, Scalar) else ""
        try:
            at = datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)
        except ValueError:
            text = f"`at` 要写日期和钟点，这里是{values.shape(node)}"
            values.wrong(self.names.desk, node, "bad-moment", text, "写成 `at: 2026-03-02 08:10`")
            return
        told = clock_facts(at, USUAL)
        if not told:
            help = "换一个有放假安排的年份，或删掉 `at`、用 `clock` 写明"
            self.names.desk.error("bad-moment", node.span, f"不知道 {at.year} 年怎样放假", help)
        self.at = stamp(at)
        for key, fact in self.names.rules.facts.items():
            if fact.known_from == "clock" and key in told:
                self.facts.setdefault(key, Answer("known", told[key]))

    def _fact(self, name: str, pair: Pair, *, clock: bool = False) -> None:
        key = self.names.key(pair.key, "fact")
        if key is None:
            return
        fact = self.names.rules.facts[key]
        if fact.when is not None:
            text = f"`{name}` 由别的事实推出，不能直接给定"
            self.names.desk.error("derived-given", pair.key.span, text, "改为给定它所依据的事实")
        elif clock and not fact.known_from:
            text = f"`{name}` 不由时钟或大厅资料得知"
            self.names.desk.error("not-from-clock", pair.key.span, text, "从 `clock` 移到 `given` 里")
        elif (answer := self.answer(fact, name, pair.value)) is not None:
            self.facts[key] = answer

    def answer(self, fact: Fact, field: str, node: Node) -> Answer | None:
        """A fact's answer as an author writes it; None after a finding."""
        if isinstance(node, Scalar) and node.text == "说不清":
            return UNSURE
        if isinstance(node, Scalar) and node.text == "还没有":
            if fact.recheck is not None:
                return OPEN
            self.names.desk.error(
                "not-awaited", node.span, f"`{field}` 没有 `recheck`，不能答还没有", "改为说不清"
            )
            return None
        if fact.kind == "many":
            chosen = [self._choice(fact, field, item) for item in values.listed(node)]
            return None if None in chosen else Answer("known", frozenset(id for id in chosen if id))
        read: dict[str, Callable[[], int | str | bool | None]] = {
            "bool": lambda: values.flag(self.names.desk, field, node),
            "number": lambda: values.whole(self.names.desk, field, node),
            "choice": lambda: self._choice(fact, field, node),
        }
        value = read.get(fact.kind, lambda: values.text(self.names.desk, field, node))()
        return None if value is None else Answer("known", value)

    def _choice(self, fact: Fact, field: str, node: Node) -> str | None:
        ids = {choice.id: choice.label for choice in fact.choices}
        given = node.text if isinstance(node, Scalar) else ""
        if given in ids:
            return given
        by_label = {label: id for id, label in ids.items()}.get(given)
        help = f"是否想写 `{by_label}`？" if by_label else suggest(given, ids)
        values.wrong(
            self.names.desk, node, "unknown-choice", f"`{field}` 没有{values.shape(node)} 这个答案", help
        )
        return None

    def _outcome(self, name: str, pair: Pair) -> None:
        outcome = values.option(self.names.desk, f"outcomes.{name}", pair.value, OUTCOMES)
        if outcome is None:
            return
        awaited = self.names.known.get(name) in self.names.rules.facts
        key = self.names.key(pair.key, "fact" if awaited else "step")
        if key is None:
            return
        if awaited and (outcome != "overdue" or self.names.rules.facts[key].recheck is None):
            help = "只有写了 `recheck` 的事实可以是 `overdue`"
            self.names.desk.error("bad-outcome", pair.key.span, f"事实 `{name}` 不能是 `{outcome}`", help)
        elif awaited and self.facts.get(key, OPEN) != OPEN:
            self.names.desk.error(
                "bad-outcome", pair.key.span, f"`{name}` 已有答案，不会超时", "答案改为还没有"
            )
        else:
            self.outcomes[key] = outcome

    def _hall_value(self, name: str, pair: Pair) -> None:
        kind = self._kinds.get(name)
        if kind is None:
            text = f"未知大厅值 `{values.brief(name)}`"
            self.names.desk.error("unknown-hall-value", pair.key.span, text, suggest(name, self._kinds))
            return
        if kind == "duration":
            written = values.text(self.names.desk, name, pair.value)
            value: int | str | bool | None = written
            if written is not None and parse_duration(written) is None:
                values.plain_duration(self.names.desk, name, pair.value)
                return
        elif kind == "number":
            value = values.whole(self.names.desk, name, pair.value)
        elif kind == "bool":
            value = values.flag(self.names.desk, name, pair.value)
        else:
            value = values.text(self.names.desk, name, pair.value)
        if value is not None:
            self.hall[name] = value
