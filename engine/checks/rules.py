"""Findings about rules and questions: never, always, twice, in vain, against one another."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checks.ground import Ground, short
from engine.diagrams import NO, YES
from engine.model import ALWAYS, Finding, Rule


def rules(on: Ground) -> Iterator[Finding]:
    """Rules that never fire, always fire, or add nothing."""
    nodes = on.relevance.rule_nodes
    for rule in on.rules:
        name = rule.key.partition(".")[2]
        node = on.feasible(nodes[rule.key])
        if node == NO:
            yield Finding(
                "error",
                "never-fires",
                f"规则 `{name}` 在任何情况下都不成立",
                rule.span,
                "检查条件是否互相矛盾，或所依赖的步骤永远不会出现",
            )
        elif nodes[rule.key] == YES and rule.when != ALWAYS:
            text = f"规则 `{name}` 的条件永远成立"
            yield Finding("warning", "always-fires", text, rule.span, "删去 `when`")
        elif _subsumed(on, rule):
            yield Finding(
                "warning",
                "subsumed",
                f"规则 `{name}` 要做的事别的规则已经全包括了",
                rule.span,
                "删去它，或写清它多出来的情况",
            )


def _subsumed(on: Ground, rule: Rule) -> bool:
    if not rule.do or rule.activate:
        return False
    rank = on.ruleset.rank(rule.key)[0]
    for index, want in enumerate(rule.do):
        others = NO
        for reason in on.ruleset.reasons[want.step]:
            # two playbooks that want the same shared step are merged, not redundant
            same = on.ruleset.rules[reason.rule].playbook == on.ruleset.rules[rule.key].playbook
            if same and reason.rule != rule.key and on.ruleset.rank(reason.rule)[0] <= rank:
                others = on.d.either(others, on.relevance.rule_nodes[reason.rule])
        if rule.do[index].within is not None:
            return False
        if on.d.both(on.relevance.rule_nodes[rule.key], on.d.opposite(others)) != NO:
            return False
    return True


def questions(on: Ground) -> Iterator[Finding]:
    """Questions whose answer changes nothing (in a combination another playbook may make them moot)."""
    if len(on.own) > 1:
        return
    read = {on.v.all[i].fact for item in on.relevance.items.values() for i in item.reads}
    spoken = {name for step in on.ruleset.reasons for name in on.ruleset.mentioned(step)}
    for playbook in on.own:
        for fact in playbook.facts:
            if fact.when is None and fact.key not in read | spoken and not fact.known_from:
                what = "问了也不会改变任何安排" if fact.ask else "没有一条规则用到"
                text = f"事实 `{short(fact.key)}`：{what}"
                help = "让规则或文字用到它，或删去它"
                yield Finding("error", "useless-question", text, fact.span, help)


def conflicts(on: Ground) -> Iterator[Finding]:
    """Contradictory steps that some situation wants together."""
    for key, step in on.ruleset.steps.items():
        for other in step.conflicts_with:
            both = on.d.both(on.relevance.wanted.get(key, NO), on.relevance.wanted.get(other, NO))
            both = on.feasible(both)
            if both != NO:
                text = f"步骤 `{short(key)}` 与 `{short(other)}` 互相矛盾，却会同时出现"
                yield on.shown(
                    "error", "conflict", text, step.span, both, "让其中一条规则的条件排除另一种情况"
                )
