"""One version of a playbook, with its own names spelt as those of the other version."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import msgspec

from engine.compare.report import Entry, Side
from engine.conditions import bind, transform
from engine.hall import hall_values
from engine.model import Condition, Fact, Happened, Known, Library, Profile, Rule, Step, Test
from engine.render.sketch import Sketch


class Version:
    """A playbook of a library; keys that begin with its id begin with `alias` instead."""

    def __init__(self, library: Library, id: str, alias: str) -> None:
        self.library, self.id, self.alias = library, id, alias
        self.sketch = Sketch(library, id, Profile())
        self.playbook = self.sketch.playbook
        self.say = self.sketch.phrases
        self.values = hall_values(self.say.hall.values(), Profile())

    @property
    def side(self) -> Side:
        """What this version is."""
        book = self.playbook
        return Side(book.id, book.title, book.version, book.span.file)

    def key(self, key: str) -> str:
        """A key as the comparison spells it."""
        own = f"{self.id}."
        return f"{self.alias}.{key.removeprefix(own)}" if key.startswith(own) else key

    @cached_property
    def rules(self) -> dict[str, tuple[Rule, Condition]]:
        """Rule key → the rule and its bound condition over the comparison's keys."""
        return {self.key(rule.key): (rule, self._bound(rule.when)) for rule in self.playbook.rules}

    def written(self, rule: str) -> Condition:
        """The condition of a rule as its author wrote it, over the comparison's keys."""
        return transform(self.rules[rule][0].when, self._spelt)

    def _bound(self, when: Condition) -> Condition:
        return transform(bind(when, self.say.facts, self.values), self._spelt)

    def _spelt(self, leaf: Condition) -> Condition:
        if isinstance(leaf, Happened):
            return Happened(leaf.kind, self.key(leaf.name))
        if isinstance(leaf, (Test, Known)):
            return msgspec.structs.replace(leaf, fact=self.key(leaf.fact))
        return leaf

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Key → every fact there is that is not derived."""
        return {self.key(key): fact for key, fact in self.say.facts.items() if fact.when is None}

    @cached_property
    def steps(self) -> dict[str, Step]:
        """Key → every step there is."""
        return {self.key(key): step for key, step in self.say.steps.items()}

    @cached_property
    def items(self) -> dict[Entry, list[str]]:
        """Plan entry (by key and kind alone) → the keys of the rules that want it, in plan order."""
        found: dict[Entry, list[str]] = {}
        for line in self.sketch.rules:
            rule = self.rules[self.key(line.key)][0]
            wanted: Iterable[Entry] = (
                *(Entry(self.key(want.step), "") for want in rule.do),
                *(Entry(id, "", activates=True) for id in rule.activate),
            )
            for entry in wanted:
                found.setdefault(entry, []).append(self.key(line.key))
        return found

    def told(self, entry: Entry) -> str:
        """A plan entry in words; "" when this version does not have it."""
        if entry.activates:
            titles = {playbook.id: playbook.title for playbook in self.library.playbooks}
            return titles.get(entry.key, entry.key)
        step = self.steps.get(entry.key)
        return self.say.words(step.what) if step is not None else ""
