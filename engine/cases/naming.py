"""The names in a case: short or in full, of what the active playbooks and the vocabulary declare."""

from __future__ import annotations

from engine.model import Library
from engine.reader import values
from engine.reader.nodes import Mapping, Node, Pair, Scalar
from engine.reader.report import Desk, suggest
from engine.ruleset import Ruleset


class Names:
    """Resolves the names of one case; what leads nowhere is a finding with the nearest name."""

    def __init__(self, desk: Desk, library: Library, rules: Ruleset) -> None:
        self.desk, self.library, self.rules = desk, library, rules
        # the tested playbook is the first and takes precedence
        self.known = {
            name: key
            for playbook in reversed(rules.playbooks)
            for key in (*(fact.key for fact in playbook.facts), *(step.key for step in playbook.steps))
            for name in (key, key.partition(".")[2])
        } | {key: key for key in (*rules.facts, *rules.steps)}

    def key(self, name: Scalar, kind: str) -> str | None:
        """The key of a `fact` or `step`; None after a finding."""
        table = self.rules.facts if kind == "fact" else self.rules.steps
        key = self.known.get(name.text)
        if key in table:
            return key
        what, other = ("事实", "步骤") if kind == "fact" else ("步骤", "事实")
        if key is not None:
            help = f"`{name.text}` 是{other}，这里要写{what}"
        else:
            help = suggest(name.text, [short for short, key in self.known.items() if key in table])
        self.desk.error(f"unknown-{kind}", name.span, f"未知{what} `{values.brief(name.text)}`", help)
        return None

    def keys(self, field: str, found: dict[str, Node], kind: str) -> tuple[str, ...]:
        """The keys of the facts or steps that a field lists."""
        return tuple(key for name in self.listed(field, found) if (key := self.key(name, kind)))

    def listed(self, field: str, found: dict[str, Node]) -> list[Scalar]:
        """The names that a field lists; none when it is absent."""
        return values.references(self.desk, field, found[field]) if field in found else []

    def playbooks(self, field: str, found: dict[str, Node]) -> tuple[str, ...]:
        """The ids of the playbooks that a field lists."""
        return self.among(field, found, "playbook", "剧本", [book.id for book in self.library.playbooks])

    def among(
        self, field: str, found: dict[str, Node], code: str, what: str, names: list[str]
    ) -> tuple[str, ...]:
        """The names that a field lists, all of which must be in `names`."""
        known: list[str] = []
        for name in self.listed(field, found):
            if name.text in names:
                known.append(name.text)
            else:
                text = f"没有{what} `{values.brief(name.text)}`"
                self.desk.error(f"unknown-{code}", name.span, text, suggest(name.text, names))
        return tuple(known)

    def pairs(self, field: str, node: Node) -> dict[str, Pair]:
        """The names and values of a mapping; empty after a finding."""
        if isinstance(node, Mapping):
            return node.pairs
        text = f"`{field}` 要写成 `{{名称: 值}}`，这里是{values.shape(node)}"
        values.wrong(self.desk, node, "wrong-type", text)
        return {}
