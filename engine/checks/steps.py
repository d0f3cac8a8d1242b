"""Findings about steps: without source or owner, without a way round, with words nobody can fill in."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checks.ground import Ground
from engine.checks.promises import promises
from engine.checks.written import short
from engine.conditions import leaves
from engine.diagrams import NO
from engine.model import Finding, Happened, Step

DUTY = "duty"  # who acts where nobody is named


def steps(on: Ground) -> Iterator[Finding]:
    """Everything wrong with the steps that the playbooks want, the vocabulary's among them.

    Beside others a step may only lack what its words print: they may want a shared one elsewhere.
    """
    own = {rule.key for rule in on.rules}
    for key, reasons in on.ruleset.reasons.items():
        rules = [reason.rule for reason in reasons]
        if own.isdisjoint(rules):
            continue
        step = on.ruleset.steps[key]
        if len(on.own) == 1:
            yield from _source(on, step)
            yield from _owner(on, step)
            yield from _way_round(on, step, rules)
            yield from promises(on, step)
        yield from _words(on, step)


def _source(on: Ground, step: Step) -> Iterator[Finding]:
    if not step.source:
        text, where = f"步骤 `{short(step.key)}` 没有写出处 `source`", on.relevance.wanted[step.key]
        yield on.shown("warning", "no-source", text, step.span, where, "写语句编号；自拟的写 own")


def _words(on: Ground, step: Step) -> Iterator[Finding]:
    for fact in _printed(step):
        yield from _spoken(on, step, fact)


def _owner(on: Ground, step: Step) -> Iterator[Finding]:
    """Who acts must be a declared role (named ones are looked up by the reader), and not whom he calls."""
    name, where = short(step.key), on.relevance.wanted[step.key]
    who = step.who or DUTY
    if who not in {role.id for role in on.library.vocabulary.roles}:
        text = f"步骤 `{name}` 没有人做：没写 `who`，也没有岗位 `{DUTY}`"
        help = f"写上 `who`，或在公用词汇的 roles 里声明 `{DUTY}`"
        yield on.shown("error", "no-owner", text, step.span, where, help)
    elif step.to == who:
        text = f"步骤 `{name}` 要 `{who}` 联系自己，等于没有人做"
        yield on.shown("error", "no-owner", text, step.span, where, "改 `who` 或 `to`")


def _way_round(on: Ground, step: Step, rules: list[str]) -> Iterator[Finding]:
    """A step that other rules wait for, which may fail with nothing to follow."""
    if step.ways or ("blocked", step.key) in on.v.of_outcome or on.ruleset.phase(rules) == "improve":
        return
    waiting = [
        key
        for key, bound in on.ruleset.rules.items()
        if any(
            isinstance(leaf, Happened) and leaf.name == step.key and leaf.kind in ("done", "handed")
            for leaf in leaves(bound.when)
        )
    ]
    if not waiting:
        return  # what hangs on it as an end is proved by `ends`
    text = f"步骤 `{short(step.key)}` 办不成就没有下文，规则 `{short(waiting[0])}` 却在等它"
    help = f"写上 `ways`（几种办法），或加一条规则：`blocked: {short(step.key)}`"
    found = on.situation(on.feasible(on.relevance.wanted[step.key]))
    lines = (*found, on.outcome("blocked", step.key))
    yield Finding("error", "no-way-round", text, step.span, help, lines)


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
