"""What people do: a question, a step, another playbook; each one node of the workflow."""

from __future__ import annotations

import re
from typing import Any

from engine.cacao.nodes import Workflow, identifier, playbook_id
from engine.cacao.stages import Branch
from engine.cacao.variables import Variables
from engine.durations import text_of
from engine.model import Deadline, Fact, Step
from engine.ruleset import Ruleset

EXTENSION = identifier("extension-definition", "zhiban")
_DUTY = "duty"
_ACTIVITIES = {
    "safety": "eliminate-risk", "control": "eliminate-risk", "understand": "analyze-collected-data",
    "resolve": "restore-capabilities", "communicate": "deliver-content", "improve": "identify-steps",
}  # fmt: skip


class Actions:
    """Makes nodes, and collects who acts, who is contacted and what kinds of activity occur."""

    def __init__(self, ruleset: Ruleset, variables: Variables, work: Workflow) -> None:
        self.ruleset, self.variables, self.work = ruleset, variables, work
        self.agents: dict[str, Any] = {}
        self.targets: dict[str, Any] = {}
        self.activities: set[str] = set()
        self.read: list[tuple[str, str]] = []  # the outcomes that conditions read
        self._roles = {role.id: role.label for role in ruleset.library.vocabulary.roles}

    def ask(self, fact: Fact) -> str:
        """The action that asks for a fact."""
        offered = "、".join(choice.label for choice in fact.choices) or (
            "是、否" if fact.kind == "bool" else ""
        )
        answers = "、".join(part for part in (offered, "说不清", "还没有" if fact.recheck else "") if part)
        extension: dict[str, Any] = {"fact": fact.key, "kind": fact.kind}
        if fact.recheck:
            extension["recheck"] = text_of(fact.recheck)
        if fact.within:
            extension["within"] = _deadline(fact.within)
        return self.work.add(
            "action",
            f"ask {fact.key}",
            name=fact.label,
            commands=[{"type": "manual", "command": fact.ask, "description": f"回答：{answers}"}],
            agent=self._role(_DUTY, self.agents, "agent"),
            out_args=self.variables.fact_names(fact),
            step_extensions={EXTENSION: extension},
        )

    def activate(self, playbook: str) -> str:
        """The step that runs another playbook."""
        titles = {found.id: found.title for found in self.ruleset.library.playbooks}
        return self.work.add(
            "playbook-action",
            f"playbook {playbook}",
            name=titles.get(playbook, playbook),
            playbook_id=playbook_id(playbook),
            step_extensions={EXTENSION: {"playbook": playbook}},
        )

    def step(self, branch: Branch) -> str:
        """The action of a step."""
        step = self.ruleset.steps[branch.name]
        told = [variable for kind, name in self.read if name == step.key
                for variable in [self.variables.outcome(kind, name)]]  # fmt: skip
        told += [self.variables.visited(step.key)] if branch.again else []
        for key in step.finds:
            told += self.variables.fact_names(self.ruleset.facts[key])
        activity = "compose-content" if step.issue else _ACTIVITIES[branch.phase]
        self.activities.add(activity)
        words = [step.what, *([f"说：{step.say}"] if step.say else [])]
        words += [f"出文书：{step.issue}"] if step.issue else []
        commands = [{"type": "manual", "command": self._words(text)} for text in words]
        commands[0]["playbook_activity"] = activity
        return self.work.add(
            "action",
            f"step {step.key}",
            name=self._words(step.what),
            **({"description": "办法依次：" + "；".join(map(self._words, step.ways))} if step.ways else {}),
            commands=commands,
            agent=self._role(step.who or _DUTY, self.agents, "agent"),
            **({"targets": [self._role(step.to, self.targets, "target")]} if step.to else {}),
            **({"out_args": told} if told else {}),
            step_extensions={EXTENSION: self._extension(step, branch)},
        )

    def _extension(self, step: Step, branch: Branch) -> dict[str, Any]:
        within = [_deadline(deadline) for deadline in self.ruleset.deadlines(step.key, branch.rules)]
        found = {
            "step": step.key,
            "phase": branch.phase,
            "rules": list(branch.rules),
            "within": within,
            "every": text_of(step.every) if step.every else "",
            "after": list(step.after),
            "finds": list(step.finds),
            "ways": list(step.ways),
            "optional": step.optional,
            "evidence": step.evidence,
            "effect_check": text_of(step.check) if step.check else "",
            "conflicts_with": list(step.conflicts_with),
            "source": list(step.source),
        }
        return {name: value for name, value in found.items() if value}

    def _words(self, text: str) -> str:
        """Blanks to fill in become variables; the rest of a template stays as it is."""

        def variable(blank: re.Match[str]) -> str:
            key = self.ruleset.resolve(blank[1], "fact")
            fact = self.ruleset.facts.get(key or "")
            if fact is not None and fact.when is None:
                return (
                    f"{self.variables.fact(fact).get('value', '')}:value" if fact.kind != "many" else blank[0]
                )
            name = f"__{blank[1]}__"
            return f"{name}:value" if name in self.variables.declared else blank[0]

        return re.sub(r"\{\{\s*([\w-]+)\s*\}\}", variable, text)

    def _role(self, role: str, among: dict[str, Any], use: str) -> str:
        id = identifier("group", f"{use} {role}")
        among[id] = {"type": "group", "name": self._roles.get(role, role)}
        return id


def _deadline(deadline: Deadline) -> dict[str, str]:
    found = {"due": text_of(deadline.due), "from": deadline.origin}
    found["warn"] = text_of(deadline.warn) if deadline.warn else ""
    return {name: value for name, value in found.items() if value}
