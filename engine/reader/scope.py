"""The names that a file may use, and what it used: resolution with suggestions."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import field as default
from typing import Literal, TypeAlias

from engine.model import Fact, HallValue, Role, Span, Step, Vocabulary
from engine.reader import values
from engine.reader.fields import CONNECTIVES, KNOWLEDGE, OUTCOMES
from engine.reader.nodes import Scalar
from engine.reader.report import Desk, suggest

Sign: TypeAlias = Literal["+", "-", "both"]


@dataclass(frozen=True)
class Use:
    """A fact named somewhere. `reader`: the derived fact whose condition names it, else empty.

    `sign`: `-` when the condition would gain from the fact being no (or an outcome not happening).
    """

    fact: str
    span: Span
    reader: str = ""
    sign: Sign = "+"
    owner: str = ""


@dataclass
class Scope:
    """Names → declarations. `broken` names were declared with an error: using one is no new error."""

    prefix: str = ""
    facts: dict[str, Fact] = default(default_factory=dict)
    steps: dict[str, str] = default(default_factory=dict)
    hall: dict[str, HallValue] = default(default_factory=dict)
    roles: dict[str, Role] = default(default_factory=dict)
    broken: set[str] = default(default_factory=set)
    uses: list[Use] = default(default_factory=list)
    leaned: dict[str, Span] = default(default_factory=dict)  # broken names that were used
    outcomes: set[str] = default(default_factory=set)  # derived facts that read an outcome
    overdue: list[tuple[str, Span, str]] = default(default_factory=list)  # steps: key, place, owner

    def inner(self, prefix: str) -> Scope:
        """The scope of a playbook that uses this vocabulary."""
        return Scope(
            prefix,
            dict(self.facts),
            dict(self.steps),
            dict(self.hall),
            dict(self.roles),
            set(self.broken),
            outcomes=set(self.outcomes),
        )

    def kind(self, name: str) -> str:
        """What a name is, in words; empty when unknown."""
        kinds: dict[str, Collection[str]] = {
            "事实": self.facts,
            "步骤": self.steps,
            "大厅值": self.hall,
            "岗位": self.roles,
        }
        return next((word for word, names in kinds.items() if name in names), "")

    def lean(self, name: Scalar) -> bool:
        """Whether the name was declared with an error: then nothing more can be said about it."""
        if name.text in self.broken:
            self.leaned.setdefault(name.text, name.span)
            return True
        return False

    def unknown(self, desk: Desk, name: Scalar, what: str, names: Collection[str], help: str = "") -> None:
        """Report a name that leads nowhere."""
        given = values.brief(name.text)
        other = self.kind(name.text)
        help = f"`{given}` 是{other}，这里要写{what}" if other else help or suggest(name.text, names)
        codes = {"事实": "fact", "步骤": "step", "岗位": "role"}
        desk.error(f"unknown-{codes[what]}", name.span, f"未知{what} `{given}`", help)

    def fact(self, desk: Desk, name: Scalar, *, condition: bool = False) -> Fact | None:
        """The fact of that name."""
        found = self.facts.get(name.text)
        if found or self.lean(name):
            return found
        words = (*CONNECTIVES, *KNOWLEDGE, *OUTCOMES) if condition else ()
        near = difflib.get_close_matches(name.text[:40], words, n=1, cutoff=0.75)
        self.unknown(desk, name, "事实", self.facts, f"是否想写 `{near[0]}`？" if near else "")
        return None

    def step(self, desk: Desk, name: Scalar) -> str | None:
        """The key of the step of that name."""
        found = self.steps.get(name.text)
        if found or self.lean(name):
            return found
        self.unknown(desk, name, "步骤", set(self.steps))
        return None

    def role(self, desk: Desk, name: Scalar) -> str | None:
        """The id of that role."""
        if name.text in self.roles or self.lean(name):
            return name.text
        self.unknown(desk, name, "岗位", set(self.roles))
        return None


@dataclass
class Shared:
    """The vocabulary as playbooks see it. `reads`: what its derived facts name."""

    vocabulary: Vocabulary = default(default_factory=Vocabulary)
    scope: Scope = default(default_factory=Scope)
    steps: dict[str, Step] = default(default_factory=dict)

    def closure(self, named: set[str]) -> set[str]:
        """With the facts that derived ones among `named` read."""
        found = set(named)
        todo = list(named)
        while todo:
            key = todo.pop()
            for use in self.scope.uses:
                if use.reader == key and use.fact not in found:
                    found.add(use.fact)
                    todo.append(use.fact)
        return found
