"""Stages → the workflow: questions before the conditions that need them, then what is to be done."""

from __future__ import annotations

from typing import Any

from engine.cacao.actions import Actions
from engine.cacao.nodes import Workflow, identifier
from engine.cacao.stages import Branch, stages, steps_of
from engine.cacao.variables import UNASKED, Variables, facts_of
from engine.model import PHASE_TITLES, Playbook
from engine.ruleset import ALWAYS_ON, Ruleset

IDENTITY = identifier("identity", "zhiban")


class Flow:
    """One export in the making."""

    def __init__(self, ruleset: Ruleset, playbook: Playbook) -> None:
        self.ruleset, self.playbook = ruleset, playbook
        self.variables = Variables(ruleset, playbook.id)
        self.work = Workflow(playbook.id)
        self.actions = Actions(ruleset, self.variables, self.work)
        self.facts: dict[str, dict[str, Any]] = {}  # the facts that conditions or words read

    def build(self, *, always: bool) -> str:
        """All nodes; the identifier of the start step. `always`: life safety is gone through first."""
        found = stages(self.ruleset, self.playbook.id)
        read = {item.property for s in found for b in s for c in b.conjuncts for item in c}
        self.actions.read = [(k, n) for k, n in self.ruleset.outcomes if f"o:{k}:{n}" in read]
        chain: list[str] = []
        if always:
            chain.append(self.actions.activate(ALWAYS_ON))
        for number, stage in enumerate(found, 1):
            asked = self._asks(stage)
            if asked:
                chain.append(self.work.together(asked, f"ask {number}", "问清情况"))
            name = PHASE_TITLES[stage[0].phase]
            chain.append(self.work.together(self._branches(stage), f"stage {number}", name))
        start = self.work.add("start", "start")
        for id, following in zip([start, *chain], [*chain, self.work.end("end")], strict=True):
            self.work.nodes[id]["on_completion"] = following
        return start

    # ---- questions --------------------------------------------------------------------------

    def _asks(self, stage: list[Branch]) -> list[str]:
        """One node for each fact that this stage is the first to read and that can be asked."""
        read = {key for branch in stage for key in facts_of(branch.conjuncts, self.ruleset.facts)}
        read |= {key for step in steps_of(stage) for key in self.ruleset.mentioned(step)}
        nodes = []
        for key in sorted(read - self.facts.keys(), key=lambda key: self.ruleset.place[key]):
            fact = self.ruleset.facts[key]
            if fact.when is not None:
                continue
            self.facts[key] = parts = self.variables.fact(fact)
            if not fact.ask:
                continue
            node = self.actions.ask(fact)
            # what the clock, a report or an earlier step may have told is not asked again
            if fact.known_from or fact.hear or key in self.ruleset.finders:
                state = parts.get("state", parts.get("value"))
                node = self.work.when(f"{state}:value = '{UNASKED}'", node, f"unasked {key}")
            nodes.append(node)
        return nodes

    # ---- branches ---------------------------------------------------------------------------

    def _branches(self, stage: list[Branch]) -> list[str]:
        """The nodes of a stage: switches where several branches ask for values of one fact."""
        nodes: list[str] = []
        switched = self._switches(stage)
        for branch in stage:
            switch = next((s for s, group in switched.items() if branch in group), None)
            if switch is None:
                nodes.append(self._branch(branch))
            elif branch is switched[switch][0]:
                nodes.append(self._switch(switch, switched[switch]))
        return nodes

    def _switches(self, stage: list[Branch]) -> dict[str, list[Branch]]:
        """Property → the branches that want nothing but certain values of it, where there are several."""
        found: dict[str, list[Branch]] = {}
        for branch in stage:
            properties = {item.property for conjunct in branch.conjuncts for item in conjunct}
            plain = all(len(c) == 1 and next(iter(c)).op == "==" for c in branch.conjuncts)
            if plain and len(properties) == 1 and not branch.again:
                property = properties.pop()
                if self.ruleset.facts.get(property[2:], None) is not None and self._switchable(property):
                    found.setdefault(property, []).append(branch)
        return {property: group for property, group in found.items() if len(group) > 1}

    def _switchable(self, property: str) -> bool:
        return property.startswith("v:") and self.ruleset.facts[property[2:]].kind in ("bool", "choice")

    def _switch(self, property: str, group: list[Branch]) -> str:
        cases: dict[str, list[Branch]] = {}
        for branch in group:
            for conjunct in branch.conjuncts:
                value = str(next(iter(conjunct)).value)
                cases.setdefault(f"_{value[1:]}" if value.startswith("?") else value, []).append(branch)
        fact = self.ruleset.facts[property[2:]]
        seed = f"switch {fact.key} {' '.join(branch.name for branch in group)}"
        inside: dict[str, str] = {}
        for value, branches in sorted(cases.items()):
            nodes = [self._act(branch) for branch in branches]
            id = self.work.together(nodes, f"{seed} {value}", fact.label)
            inside[value] = self.work.close(id, f"{seed} {value}")
        inside["default"] = self.work.end(f"{seed} default")
        variable = self.variables.fact(fact)["value"]
        return self.work.add(
            "switch-condition", seed, name=fact.label, switch=f"{variable}:value", cases=inside
        )

    def _branch(self, branch: Branch) -> str:
        node = self._act(branch)
        parts = []
        if branch.again:
            parts.append(f"{self.variables.visited(branch.name)}:value = 'false'")
        if frozenset() not in branch.conjuncts:
            condition = self.variables.expression(branch.conjuncts)
            parts.append(f"({condition})" if parts else condition)
        if not parts:
            return node
        return self.work.when(" AND ".join(parts), node, f"if {' '.join(branch.rules)} {branch.name}")

    def _act(self, branch: Branch) -> str:
        return self.actions.activate(branch.name) if branch.activates else self.actions.step(branch)
