"""Facts and outcomes as CACAO variables, and conditions as expressions over them.

CACAO conditions have two values, and so has the disjunctive form that zhiban's own evaluators run:
"when is this condition true". Each property of that form is a variable; a state of a fact (not asked,
cannot be told, not yet) is a value that begins with an underscore, which no answer does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.literals import Conjunct, Literal, outcome_of, sorted_key, state_of, value_of
from engine.model import Fact, HallValue
from engine.ruleset import Ruleset

UNASKED = "_unasked"
_OPS = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def value_text(value: bool | int | str) -> str:
    """A value as the text that a variable holds: states lose their question mark."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"_{value[1:]}" if isinstance(value, str) and value.startswith("?") else str(value)


class Variables:
    """The variables of one export; names are made when first used and never clash."""

    def __init__(self, ruleset: Ruleset, playbook: str) -> None:
        self._ruleset, self._own = ruleset, f"{playbook}."
        self._names: dict[str, str] = {}
        self.declared: dict[str, dict[str, Any]] = {}

    def short(self, key: str) -> str:
        """A key without the playbook's own prefix."""
        return key.removeprefix(self._own).replace(".", "-")

    def _name(self, property: str, wanted: str, **declared: Any) -> str:
        name = self._names.get(property)
        if name is None:
            name, number = f"__{wanted}__", 2
            while name in self.declared:
                name, number = f"__{wanted}-{number}__", number + 1
            self._names[property] = name
            self.declared[name] = declared
        return name

    def fact(self, fact: Fact) -> dict[str, Any]:
        """Part → variable of a fact: `value`, for numbers and texts also `state`, or one for each choice."""
        short, about = self.short(fact.key), fact.ask or fact.label
        outside = {"external": True} if fact.known_from or not fact.ask else {}
        state = {"type": "string", "description": about, "value": UNASKED, **outside}
        found: dict[str, Any] = {}
        if fact.kind in ("bool", "choice"):
            found["value"] = self._name(value_of(fact.key), short, **state)
        else:
            found["state"] = self._name(state_of(fact.key), f"{short}-state", **state)
        if fact.kind == "many":
            found["choices"] = {
                choice.id: self._name(
                    value_of(fact.key, choice.id),
                    f"{short}-is-{choice.id}",
                    **{**state, "description": f"{about}：{choice.label}"},
                )
                for choice in fact.choices
            }
        elif fact.kind not in ("bool", "choice"):
            kind = "integer" if fact.kind == "number" else "string"
            unit = f"（{fact.unit}）" if fact.unit else ""
            found["value"] = self._name(
                value_of(fact.key), short, type=kind, description=about + unit, value=None, **outside
            )
        if ("overdue", fact.key) in self._ruleset.outcomes:
            found["overdue"] = self.outcome("overdue", fact.key)
        return found

    def fact_names(self, fact: Fact) -> list[str]:
        """All variables of a fact."""
        parts = self.fact(fact)
        return [
            *(name for part, name in parts.items() if part != "choices"),
            *parts.get("choices", {}).values(),
        ]

    def outcome(self, kind: str, name: str) -> str:
        """The variable of an outcome, `false` until it happens."""
        short = self.short(name)
        about = f"`{short}` 的结果：{kind}"
        wanted = f"{'step' if name in self._ruleset.steps else 'fact'}-{short}-{kind}"
        return self._name(outcome_of(kind, name), wanted, type="bool", description=about, value="false")

    def visited(self, step: str) -> str:
        """The variable that tells that a step was come to already."""
        about = f"`{self.short(step)}` 已经安排过"
        wanted = f"step-{self.short(step)}-visited"
        return self._name(f"visited:{step}", wanted, type="bool", description=about, value="false")

    def hall(self, value: HallValue, text: str) -> str:
        """The constant of a hall value."""
        return self._name(
            f"hall:{value.id}", value.id, type="string", description=value.label, value=text, constant=True
        )

    def expression(self, conjuncts: Iterable[Conjunct]) -> str:
        """The disjunctive form as one expression of the STIX patterning grammar."""
        parts = [
            " AND ".join(self._comparison(item) for item in sorted(conjunct, key=_literal_key))
            for conjunct in sorted(conjuncts, key=sorted_key)
        ]
        return " OR ".join(f"({part})" for part in parts) if len(parts) > 1 else parts[0]

    def _comparison(self, item: Literal) -> str:
        if item.property.startswith("o:"):
            kind, name = item.property.split(":", 2)[1:]
            return f"{self.outcome(kind, name)}:value = '{value_text(item.value)}'"
        fact = self._ruleset.facts[item.property.split(":")[1]]
        parts = self.fact(fact)
        name = self._names[item.property]
        if fact.kind == "number" and name == parts["value"]:
            # a number that is not known makes every comparison false
            known = f"{parts['state']}:value = '_known'"
            return f"{known} AND {name}:value {_OPS[item.op]} {item.value}"
        return f"{name}:value {_OPS[item.op]} '{value_text(item.value)}'"


def _literal_key(item: Literal) -> tuple[str, str, str]:
    return item.property, item.op, repr(item.value)


def facts_of(conjuncts: Iterable[Conjunct], facts: Mapping[str, Fact]) -> list[str]:
    """The keys of the facts that a disjunctive form reads, be it that they are overdue, sorted."""
    keys = set()
    for item in (item for conjunct in conjuncts for item in conjunct):
        kind, _, name = item.property.partition(":")
        # `o:overdue:FACT`, `v:FACT`, `s:FACT`, `v:FACT:CHOICE`
        keys.add(name.partition(":")[2] if kind == "o" else name.partition(":")[0])
    return sorted(key for key in keys if key in facts)
