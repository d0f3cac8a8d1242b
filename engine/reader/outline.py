"""A file cut into its declarations, before any of them is read: what hall changes are merged into."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as default

from engine.model import Span
from engine.reader.nodes import Node, Pair, Scalar
from engine.reader.report import Desk


@dataclass
class Entry:
    """A declaration by name: its fields, unread."""

    name: Scalar
    pairs: dict[str, Pair]
    place: Node  # what is missing is reported here
    inline: bool = False  # a step declared inside a rule


@dataclass
class RawWant:
    """A step named under `do`, with the fields of a reference."""

    name: Scalar
    pairs: dict[str, Pair]


@dataclass
class RawRule:
    """A rule with its id settled; when, activate and source unread."""

    id: str
    phase: str
    pairs: dict[str, Pair]
    do: list[RawWant]
    place: Node
    chosen: bool = False  # the author wrote the id
    wish: str = ""  # the default id, before it got a number


@dataclass
class Outline:
    """One file. `listed` are names under `facts:` without fields: they only fix the order."""

    kind: str  # playbook | vocabulary | extends
    id: str
    file: str
    origin: str
    place: Node
    head: dict[str, Node] = default(default_factory=dict)
    roles: dict[str, Pair] = default(default_factory=dict)
    hall: dict[str, Entry] = default(default_factory=dict)
    facts: dict[str, Entry] = default(default_factory=dict)
    listed: list[Scalar] = default(default_factory=list)
    order: list[str] = default(default_factory=list)  # names under `facts:` as they stand
    steps: dict[str, Entry] = default(default_factory=dict)
    rules: list[RawRule] = default(default_factory=list)
    refused: set[str] = default(default_factory=set)  # names reported here: using them is no new error
    digests: tuple[str, ...] = ()
    flawed: bool = False  # its shape has errors: of no use but for more findings

    @property
    def span(self) -> Span:
        """Where the id stands."""
        return self.place.span

    @property
    def prefix(self) -> str:
        """What goes before local names to make keys of them."""
        return "" if self.kind == "vocabulary" else f"{self.id}."


def declared_twice(desk: Desk, entry: Entry, first: Entry) -> None:
    """A step with fields in two places."""
    span = first.name.span
    where = f"第 {span.line} 行" if span.file == entry.name.span.file else str(span)
    text = f"步骤 `{entry.name.text}` 声明了两次"
    help = f"前一个在{where}；再次用到时只写名称，要更快时写 `within`"
    desk.error("declared-twice", entry.name.span, text, help)


def name_rules(rules: list[RawRule], taken: set[str], desk: Desk) -> None:
    """Make ids unique: a default id gets a number, a chosen one that is taken is an error."""
    for rule in rules:
        if rule.chosen and rule.id in taken:
            span = rule.pairs["id"].value.span
            desk.error("duplicate-rule", span, f"规则名称 `{rule.id}` 用了两次", "换一个名称")
        elif rule.chosen:
            taken.add(rule.id)
    for rule in rules:
        if not rule.chosen:
            number, rule.id = 1, rule.wish
            while rule.id in taken:
                number += 1
                rule.id = f"{rule.wish}-{number}"
            taken.add(rule.id)
