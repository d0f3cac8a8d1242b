"""`playbook check`: what can be proved about a playbook or combination on its decision diagrams.

Every finding is an exact statement about all answers, not a sample, and comes with a concrete
situation that shows it. Outcomes only ever stand positively in conditions, so more outcomes mean
more wanted steps: what closes for every set of answers also closes after any change of answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine.checks.ends import ends, start
from engine.checks.ground import EVERYWHERE, Ground
from engine.checks.questions import questions
from engine.checks.rules import activations, conflicts, rules
from engine.checks.steps import steps
from engine.checks.unasked import unasked
from engine.conditions import Situation, needs
from engine.diagrams import NO, YES, Node
from engine.explore import explore
from engine.model import ALWAYS, Finding, Library, Rule
from engine.words import shown


class Checked(Ground):
    """One check of some playbooks together."""

    def report(self) -> dict[str, Any]:
        """The check as the contract of `playbook check --json` has it; `findings` are model.Finding."""
        findings = list(self.findings())
        found = explore(self.ruleset, self.relevance, self.compare if self.durable else None)
        place, help = self.own[0].span, "这是程序的错：把剧本和情形报给开发者"
        findings += [
            Finding("error", "evaluators-differ", text, place, help, tuple(lines) or EVERYWHERE)
            for text, lines in zip(found.differences, self.differing, strict=True)
        ]
        if not found.complete:
            text = "状态太多，没有全部走到；数字只是下限"
            help = "把剧本拆小，或减少互相牵连的问题"
            findings.append(Finding("warning", "unexplored", text, place, help, EVERYWHERE))
        return {
            "playbook": "+".join(self.active),
            "states": found.states,
            "compared": self.compared,
            "paths": str(found.walks.paths),
            "shortest": found.walks.shortest,
            "longest": found.walks.longest,
            "questions_max": found.walks.longest,
            "findings": findings,
            "sources_cited": sorted(set(self.cited())),
            "sources_reached": sorted(set(self.reached())),
        }

    def compare(self, at: Situation) -> str:
        """The three evaluators on one situation; "" when they agree."""
        self.compared += 1
        second = self.evaluator.compare(at, afresh=True)
        tree = self.ruleset.holding_by_tree(at)
        vector = self.v.vector(at)
        drawn = {key for key, node in self.relevance.rule_nodes.items() if self._follow(node, vector)}
        first = self.evaluator.differences.pop() if self.evaluator.differences else set()
        wrong = first | (second ^ tree) | (drawn ^ tree)
        if not wrong:
            return ""
        facts = self.ruleset.facts
        self.differing.append([f"{facts[key].label}：{shown(facts[key], a)}" for key, a in at.facts.items()])
        self.differing[-1] += [self.outcome(*outcome) for outcome in sorted(at.happened)]
        return f"两个判定器在规则 {'、'.join(sorted(wrong))} 上不一致"

    def findings(self) -> Iterator[Finding]:
        """Every fault that the diagrams prove."""
        if len(self.own) == 1:  # the rest of these stay as they are beside others
            yield from rules(self)
            yield from questions(self)
            yield from unasked(self)
            yield from activations(self)
        yield from conflicts(self)
        yield from start(self)
        for playbook in self.own:
            yield from ends(self, playbook)
        yield from steps(self)

    def _follow(self, node: Node, vector: list[int]) -> bool:
        while node > YES:
            node = self.d.kids[node][vector[self.d.var[node]]]
        return node == YES

    def cited(self) -> Iterator[str]:
        """The statement ids of everything that the playbooks name."""
        yield from self._statements(lambda rule: True)
        for playbook in self.own:
            for step in playbook.steps:
                yield from step.source
            for fact in playbook.facts:
                yield from fact.source

    def reached(self) -> Iterator[str]:
        """The statement ids of everything that some situation brings up."""
        return self._statements(lambda rule: self.feasible(self.relevance.rule_nodes[rule.key]) != NO)

    def _statements(self, counts: Callable[[Rule], bool]) -> Iterator[str]:
        for playbook in self.own:
            named: set[str] = set()
            for rule in filter(counts, playbook.rules):
                yield from rule.source
                named.update(needs(rule.when))
                for want in rule.do:
                    step = self.ruleset.steps[want.step]
                    yield from step.source
                    named.update((*step.uses, *step.finds))
            for key in self._with_grounds(named):
                yield from self.ruleset.facts[key].source

    def _with_grounds(self, named: set[str]) -> set[str]:
        """Facts, and those that the derived ones among them follow from; hall values are left out."""
        found: set[str] = set()
        todo = [key for key in named if key in self.ruleset.facts]
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo += needs(self.ruleset.facts[key].when or ALWAYS)
        return found


def check(library: Library, active: Sequence[str], *, durable: bool = True) -> dict[str, Any]:
    """Check some playbooks together; see `Checked.report`. BadData when they cannot be bound.

    `durable`: also compare the evaluators on every state (the greater part of the time).
    """
    return Checked(library, active, durable=durable).report()


__all__ = ["Checked", "check"]
