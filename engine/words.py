"""Words with their blanks filled: what an officer reads, says and issues.

Plain text and bare `{{ name }}` are filled in here; only words with logic load Jinja2, whose import
alone costs a quarter of the start. Either way a fact that is not established prints （待定） and a
hall value that nobody filled in prints a blank line: never an error in front of a crowd.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from engine.conditions import Answer
from engine.durations import describe, parse_duration
from engine.model import Fact, Profile
from engine.ruleset import Ruleset
from engine.state import State

PENDING = "（待定）"
BLANK = "______"
_BARE = re.compile(r"\{\{-?\s*([A-Za-z_][\w.-]*)\s*-?\}\}")


class YesNo(int):
    """A yes/no value that prints as 是 or 否 and tests as itself."""

    def __str__(self) -> str:
        return "是" if self else "否"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class Blank(str):
    """A hall value that nobody filled in: prints as a line to write on and tests as absent."""

    def __bool__(self) -> bool:
        return False


class ChoiceText(str):
    """A choice that prints as its label and also equals its id."""

    id: str

    def __new__(cls, label: str, id: str) -> ChoiceText:
        made = super().__new__(cls, label)
        made.id = id
        return made

    def __eq__(self, other: object) -> bool:
        return other == self.id or str.__eq__(self, str(other))

    __hash__ = str.__hash__


def shown(fact: Fact, answer: Answer | None) -> str:
    """A fact's value as people read it; 未问, 说不清 and 还没有 where there is none."""
    if answer is None:
        return "未问"
    if answer.state != "known":
        return "说不清" if answer.state == "unsure" else "还没有"
    if isinstance(answer.value, bool):
        return "是" if answer.value else "否"
    labels = {choice.id: choice.label for choice in fact.choices}
    if isinstance(answer.value, frozenset):
        return "、".join(labels.get(c.id, c.id) for c in fact.choices if c.id in answer.value) or "都没有"
    return f"{labels.get(str(answer.value), answer.value)}{fact.unit}"


def moment(at: datetime) -> str:
    """`2026年6月1日 8时10分`."""
    return f"{at.year}年{at.month}月{at.day}日 {at.hour}时{at.minute:02d}分"


class Words:
    """Fills in words for one state of an incident. `pending` collects the names that had no value."""

    def __init__(
        self, ruleset: Ruleset, state: State, profile: Profile, incident: str, now: datetime
    ) -> None:
        self._ruleset, self._state, self._profile = ruleset, state, profile
        self._incident, self._now = incident, now
        self.pending: list[str] = []

    def fill(self, text: str, playbook: str = "") -> str:
        """`text` with its blanks filled; names are looked up in `playbook` first, then everywhere."""
        if "{" not in text:
            return text
        if "{%" not in text and "{#" not in text and not _BARE.sub("", text).count("{{"):
            return _BARE.sub(lambda match: str(self.value(match[1], playbook)), text)
        return self._jinja(text, playbook)

    def value(self, name: str, playbook: str) -> Any:
        """What a name stands for; PENDING or BLANK text when it has no value."""
        found = self._find(name, playbook)
        if found is None:
            self.pending.append(name)
            known = name in self._ruleset.facts or f"{playbook}.{name}" in self._ruleset.facts
            blank = not known and ("." in name or name in self._halls())
            return BLANK if blank else PENDING
        return found

    def _halls(self) -> dict[str, str]:
        """Hall value id → kind."""
        shared = self._ruleset.library.vocabulary.hall
        own = (value for playbook in self._ruleset.playbooks for value in playbook.hall)
        return {value.id: value.kind for value in (*shared, *own)}

    def _find(self, name: str, playbook: str) -> Any:
        if name in ("hall", "incident", "now", "title"):
            state = self._state
            return {
                "hall": self._profile.name or BLANK,
                "incident": self._incident,
                "now": moment(self._now),
                "title": state.title,
            }[name]
        head, _, tail = name.partition(".")
        if head in ("role", "phone") and tail:
            return self._person(tail, head)
        key = f"{playbook}.{name}"
        if key not in self._ruleset.facts:
            key = self._ruleset.resolve(name, "fact") or ""
        if key:
            return self._fact(key)
        value = self._ruleset.values.get(name)
        if value is None or value == "":
            return None
        span = parse_duration(str(value)) if self._halls().get(name) == "duration" else None
        return str(value) if span is None else describe(span)

    def _person(self, role: str, what: str) -> str:
        name, phone = self._profile.people.get(role, ("", ""))
        if what == "phone":
            return phone or BLANK
        labels = {entry.id: entry.label for entry in self._ruleset.library.vocabulary.roles}
        return name or labels.get(role, role)

    def _fact(self, key: str) -> Any:
        fact = self._ruleset.facts[key]
        answer = self._state.facts.get(key)
        if answer is None or answer.state != "known":
            return None
        if isinstance(answer.value, bool):
            return YesNo(answer.value)
        if fact.kind == "choice":
            labels = {choice.id: choice.label for choice in fact.choices}
            return ChoiceText(labels.get(str(answer.value), str(answer.value)), str(answer.value))
        if isinstance(answer.value, frozenset):
            return "、".join(choice.label for choice in fact.choices if choice.id in answer.value) or "都没有"
        return answer.value

    def _jinja(self, text: str, playbook: str) -> str:
        from jinja2 import TemplateError, Undefined
        from jinja2.sandbox import SandboxedEnvironment

        pending = self.pending

        class Pending(Undefined):
            """A name without a value: false in a test, （待定） in print."""

            def __str__(self) -> str:
                pending.append(self._undefined_name or "")
                return PENDING

        environment = SandboxedEnvironment(undefined=Pending, trim_blocks=True, lstrip_blocks=True)
        names: dict[str, Any] = {}
        for name in self._names(playbook):
            found = self._find(name, playbook)
            if found is not None:
                names[name] = found
            elif name in self._halls():
                names[name] = Blank(BLANK)
        roles = [entry.id for entry in self._ruleset.library.vocabulary.roles]
        names["role"] = {role: self._person(role, "role") for role in roles}
        names["phone"] = {role: self._person(role, "phone") for role in roles}
        try:
            return environment.from_string(text).render(names)
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            # the words themselves are at fault: show them as written rather than nothing
            self.pending.append(str(error))
            return text

    def _names(self, playbook: str) -> set[str]:
        own = {key.partition(".")[2] for key in self._ruleset.facts if key.startswith(f"{playbook}.")}
        shared = {key for key in self._ruleset.facts if "." not in key}
        others = {key.partition(".")[2] for key in self._ruleset.facts if "." in key}
        return own | shared | others | set(self._halls()) | {"hall", "incident", "now", "title"}
