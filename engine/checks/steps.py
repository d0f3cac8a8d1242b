"""Findings about steps: without source, with words that nobody can fill in."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checks.ground import Ground
from engine.checks.written import short
from engine.diagrams import NO
from engine.model import Finding, Step


def step_findings(on: Ground, step: Step) -> Iterator[Finding]:
    """Everything wrong with one step."""
    name = short(step.key)
    rules = [reason.rule for reason in on.ruleset.reasons.get(step.key, ())]
    if not rules:
        return  # the reader has said so
    if not step.source:
        yield Finding(
            "warning",
            "no-source",
            f"步骤 `{name}` 没有写出处 `source`",
            step.span,
            "写语句编号；自拟的写 own",
        )
    for fact in _printed(step):
        yield from _spoken(on, step, fact)


def _spoken(on: Ground, step: Step, fact: str) -> Iterator[Finding]:
    key = next((k for k in step.uses if short(k) == fact and k in on.ruleset.facts), None)
    if key is None or on.ruleset.facts[key].known_from:
        return
    unknown = on.relevance.wanted.get(step.key, NO)
    if key in on.v.of_fact:  # else no rule reads it, so none makes it known
        values = on.d.states(on.v.of_fact[key], range(on.v.values(key)))
        unknown = on.d.both(unknown, on.d.opposite(values))
    unknown = on.feasible(unknown)
    if unknown != NO:
        text = f"步骤 `{short(step.key)}` 的话里用了 `{fact}`，但规则并不保证它已知"
        yield on.shown(
            "error",
            "unknown-in-words",
            text,
            step.span,
            unknown,
            f"在规则里加 `known: {fact}`，或用 {{% if {fact} %}} 判断",
        )


def _printed(step: Step) -> set[str]:
    """The names that a step's own words print without testing them (its document is a draft anyway)."""
    texts = [text for text in (step.what, step.say, *step.ways) if "{" in text]
    if not texts:
        return set()
    from jinja2 import Environment, nodes

    printed: set[str] = set()

    def walk(node: nodes.Node, tested: frozenset[str]) -> None:
        if isinstance(node, (nodes.If, nodes.CondExpr)):
            # `find_all` looks below the test only, and the test may be a bare name
            tested |= {name.name for name in nodes.Output([node.test]).find_all(nodes.Name)}
        if isinstance(node, nodes.Name) and node.name not in tested:
            printed.add(node.name)
        for child in node.iter_child_nodes():
            walk(child, tested)

    for text in texts:
        for node in Environment().parse(text).body:
            walk(node, frozenset())
    return printed
