"""What a question tells, put into its playbook: which steps the playbook wants there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from engine.conditions import OPEN, UNSURE, Answer, Situation
from engine.model import Fact, Library
from engine.practice.model import Scene
from engine.reader.fields import NO, YES
from engine.reader.report import suggest
from engine.ruleset import Ruleset
from engine.session import fits


class Told(NamedTuple):
    """A scene bound to its playbooks. `faults`: (what is wrong, what to do)."""

    ruleset: Ruleset
    situation: Situation
    faults: tuple[tuple[str, str], ...]

    def wanted(self) -> dict[str, tuple[str, ...]]:
        """Step key → rules that want it in this situation."""
        found: dict[str, list[str]] = {}
        for key in sorted(self.ruleset.holding_by_tree(self.situation), key=self.ruleset.rank):
            for want in self.ruleset.rules[key].rule.do:
                found.setdefault(want.step, []).append(key)
        return {step: tuple(rules) for step, rules in found.items()}


class Stage:
    """Binds scenes; keeps the rulesets that it made."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.ids = {playbook.id for playbook in library.playbooks}
        declared = [*library.vocabulary.hall, *(v for p in library.playbooks for v in p.hall)]
        self._values: dict[str, Any] = {
            value.id: value.default for value in declared if isinstance(value.default, bool | int | str)
        }
        self._rulesets: dict[tuple[str, ...], Ruleset] = {}

    def ruleset(self, active: Iterable[str]) -> Ruleset:
        """The rules of some playbooks that exist, the primary one first."""
        key = tuple(dict.fromkeys(active))
        if key not in self._rulesets:
            self._rulesets[key] = Ruleset(self.library, key, self._values)
        return self._rulesets[key]

    def put(self, active: Iterable[str], *scenes: Scene) -> Told:
        """Scenes one after the other: a later answer to the same fact counts.

        A fact or step written playbook.name brings that playbook in.
        """
        named = [name.partition(".")[0] for s in scenes for name in _names(s) if "." in name]
        ruleset = self.ruleset([*active, *(id for id in named if id in self.ids)])
        facts: dict[str, Answer] = {}
        happened: set[tuple[str, str]] = set()
        faults: list[tuple[str, str]] = []
        for scene in scenes:
            for name, values in scene.facts:
                key = ruleset.resolve(name, "fact")
                if key is None:
                    faults.append((f"剧本里没有事实 `{name}`", suggest(name, short(ruleset.facts))))
                    continue
                answer = answer_of(ruleset.facts[key], values)
                if answer is None:
                    faults.append(
                        (f"事实 `{name}` 不能答 `{'、'.join(values)}`", _answers(ruleset.facts[key]))
                    )
                else:
                    facts[key] = answer
            for kind in ("done", "blocked", "overdue"):
                for name in getattr(scene, kind):
                    step = ruleset.resolve(name, "step")
                    if step is None:
                        faults.append((f"剧本里没有步骤 `{name}`", suggest(name, short(ruleset.steps))))
                    else:
                        happened.add((kind, step))
        return Told(ruleset, Situation(facts, happened), tuple(faults))


def short(keys: Iterable[str]) -> list[str]:
    """Keys as question files write them: without the playbook."""
    return [key.rpartition(".")[2] for key in keys]


def answer_of(fact: Fact, values: tuple[str, ...]) -> Answer | None:
    """An answer as it is written; None when the fact cannot have it."""
    word = values[0].lower()
    if fact.when is not None:
        return None
    if len(values) == 1 and word in ("unknown", "open"):
        answer = UNSURE if word == "unknown" else OPEN
    elif fact.kind == "bool":
        answer = Answer("known", word in YES if word in YES or word in NO else word)
    elif fact.kind == "many":
        answer = Answer("known", frozenset(values) - {"none"})
    elif fact.kind == "number":
        answer = Answer("known", int(word) if word.isdigit() else word)
    else:
        answer = Answer("known", values[0])
    return answer if fits(fact, answer) else None


def written(answer: Answer) -> str:
    """An answer as question files write it."""
    if answer.state != "known":
        return "unknown" if answer.state == "unsure" else "open"
    match answer.value:
        case bool():
            return "yes" if answer.value else "no"
        case frozenset():
            return f"[{', '.join(sorted(answer.value)) or 'none'}]"
        case _:
            return str(answer.value)


def _answers(fact: Fact) -> str:
    if fact.when is not None:
        return "这件事实由别的事实推出，写那些事实"
    if fact.choices:
        return "可以写 " + "、".join(f"`{choice.id}`" for choice in fact.choices)
    return {"bool": "写 yes 或 no", "number": "写整数"}.get(fact.kind, "")


def _names(scene: Scene) -> Iterable[str]:
    yield from (name for name, _ in scene.facts)
    yield from (*scene.done, *scene.blocked, *scene.overdue)
