"""Findings about rules: never, always, twice, against one another, round in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from engine.checks.ground import EVERYWHERE, Ground
from engine.checks.written import conjuncts, short, written
from engine.conditions import bind, leaves
from engine.diagrams import NO, YES, Node
from engine.model import ALWAYS, Condition, Finding, Happened, Rule

SHOWN = 2  # examples that a message names


def rules(on: Ground) -> Iterator[Finding]:
    """Rules that never fire, always fire, or add nothing.

    Rules see only their own playbook and the vocabulary, so what is said of one playbook stays so
    beside others: combinations need not ask again.
    """
    nodes = on.relevance.rule_nodes
    for rule in on.rules:
        name = short(rule.key)
        node = on.feasible(nodes[rule.key])
        if node == NO:
            yield _never(on, rule)
        elif rule.when != ALWAYS and on.feasible(on.d.opposite(nodes[rule.key])) == NO:
            text = f"规则 `{name}` 的条件永远成立"
            yield Finding("warning", "always-fires", text, rule.span, "删去 `when`", EVERYWHERE)
        elif others := _subsumed(on, rule, node):
            text = f"规则 `{name}` 要做的事别的规则已经全包括了：{'、'.join(others)}"
            help = "删去它，或写清它多出来的情况"
            yield on.shown("warning", "subsumed", text, rule.span, node, help)


def _never(on: Ground, rule: Rule) -> Finding:
    """The parts of the condition that exclude one another, and the nearest situation: all but one hold."""
    core, rest = _clash(on, list(conjuncts(rule.when)))
    parts = " 与 ".join(f"`{written(part)}`" for part in core)
    text = f"规则 `{short(rule.key)}` 在任何情况下都不成立："
    text += f"{parts} 不能同时成立" if len(core) > 1 else f"{parts} 不会成立"
    help = "检查条件是否互相矛盾，或所依赖的步骤永远不会出现"
    for leaf in (leaf for part in core for leaf in leaves(part) if isinstance(leaf, Happened)):
        if leaf.name in on.ruleset.reasons:
            wanting = _named(on, [reason.rule for reason in on.ruleset.reasons[leaf.name]])
            help += f"；步骤 `{short(leaf.name)}` 只由{wanting}要做"
            break
    nearest = on.situation(rest) or EVERYWHERE
    return Finding("error", "never-fires", text, rule.span, help, (*nearest, f"差 `{written(core[-1])}`"))


def _clash(on: Ground, parts: list[Condition]) -> tuple[list[Condition], Node]:
    """The fewest parts that cannot hold together (leaving any one out, the others can), and where
    all parts of the condition but the last of these hold."""

    def joined(chosen: Sequence[Condition]) -> Node:
        node = YES
        for part in chosen:
            bound = bind(part, on.ruleset.facts, on.ruleset.values)
            node = on.d.both(node, on.d.compile(bound))
        return on.feasible(node)

    core = list(parts)
    for part in parts:
        fewer = [other for other in core if other is not part]
        if joined(fewer) == NO:
            core = fewer
    rest = joined([part for part in parts if part is not core[-1]])
    return core, rest if rest != NO else joined(core[:-1])


def _subsumed(on: Ground, rule: Rule, node: Node) -> list[str]:
    """The rules that want all its steps wherever it holds, with their places; none: it adds something."""
    if not rule.do or rule.activate:
        return []
    rank = on.ruleset.rank(rule.key)[0]
    covering: dict[str, None] = {}
    for want in rule.do:
        others = NO
        for reason in on.ruleset.reasons[want.step]:
            # two playbooks that want the same shared step are merged, not redundant
            same = on.ruleset.rules[reason.rule].playbook == on.ruleset.rules[rule.key].playbook
            if same and reason.rule != rule.key and on.ruleset.rank(reason.rule)[0] <= rank:
                more = on.d.both(node, on.relevance.rule_nodes[reason.rule])
                if more != NO:
                    covering[reason.rule] = None
                    others = on.d.either(others, more)
        if want.within is not None or on.d.both(node, on.d.opposite(others)) != NO:
            return []
    return [_named(on, [key]) for key in covering]


def _named(on: Ground, keys: Sequence[str]) -> str:
    """Rules with their lines."""
    told = [f"规则 `{short(key)}`（第 {on.ruleset.rules[key].rule.span.line} 行）" for key in keys[:SHOWN]]
    return "、".join(told) + ("等" if len(keys) > SHOWN else "")


def conflicts(on: Ground) -> Iterator[Finding]:
    """Contradictory steps that some situation wants together, neither done nor blocked yet."""
    for key, step in on.ruleset.steps.items():
        for other in step.conflicts_with:
            both = on.d.both(on.relevance.wanted.get(key, NO), on.relevance.wanted.get(other, NO))
            for outcome in product(("done", "blocked"), (key, other)):
                if outcome in on.v.of_outcome:
                    both = on.d.restrict(both, on.v.of_outcome[outcome], 0)
            both = on.feasible(both)
            if both != NO:
                text = f"步骤 `{short(key)}` 与 `{short(other)}` 互相矛盾，却会同时出现"
                yield on.shown(
                    "error", "conflict", text, step.span, both, "让其中一条规则的条件排除另一种情况"
                )


def activations(on: Ground) -> Iterator[Finding]:
    """A playbook that its own proposals lead back to: nobody could say which of them it began with."""
    nexts = {p.id: [(r, other) for r in p.rules for other in r.activate] for p in on.library.playbooks}
    for playbook in on.own:
        for rule, first in nexts[playbook.id]:
            seen, todo = {first}, [first]
            while todo:
                more = {other for _, other in nexts.get(todo.pop(), ())} - seen
                seen |= more
                todo += more
            if playbook.id in seen:
                text = f"剧本 `{playbook.id}` 启动 `{first}`，又会被它启动"
                where = on.feasible(on.relevance.rule_nodes[rule.key])
                help = "去掉其中一个 `activate`"
                yield on.shown("error", "activation-cycle", text, rule.span, where, help)
