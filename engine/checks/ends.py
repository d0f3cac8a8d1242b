"""Findings about the way through: that it starts with an action and always comes to an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from engine.checks.ground import EVERYWHERE, Ground
from engine.diagrams import NO, YES, Node
from engine.explore import Closure
from engine.model import Finding, Playbook
from engine.ruleset import ALWAYS_ON


def start(on: Ground) -> Iterator[Finding]:
    """No action on the first screen, or none that keeps the hall in hand in some later situation."""
    if on.active == (ALWAYS_ON,):
        return
    node = NO
    for rule in on.rules:
        if rule.phase in ("safety", "control") and rule.do:
            node = on.d.either(node, on.relevance.rule_nodes[rule.key])
    if node == YES:
        return
    help = "在 control 里至少放一条没有条件的规则"
    first = _before_anything(on, node)
    if first != YES:
        text, bad = "一开始没有任何控制现场的动作", on.d.opposite(first)
        lines = ("什么都还没问", *on.situation(bad))
        yield Finding("error", "no-first-action", text, on.own[0].span, help, lines)
        return
    bad = on.feasible(on.d.opposite(node))
    if bad != NO:
        text = "有一种情况下没有任何控制现场的动作"
        yield on.shown("error", "no-control", text, on.own[0].span, bad, help)


def _before_anything(on: Ground, node: Node) -> Node:
    """A diagram when nothing is asked yet and nothing has happened; the clock may know what it likes."""
    vector = {index: on.v.all[index].size - 1 for index in on.v.of_fact.values()}
    vector |= dict.fromkeys(on.v.of_outcome.values(), 0)
    for variable, state in sorted(vector.items()):
        fact = on.v.all[variable].fact
        if not fact or on.ruleset.facts[fact].known_from != "clock":
            node = on.d.restrict(node, variable, state)
    return node


def ends(on: Ground, playbook: Playbook) -> Iterator[Finding]:
    """Paths on which none of `ends_in` is done, or only one that may be skipped."""
    if playbook.id == ALWAYS_ON or (playbook.addon and not playbook.ends_in):
        return
    if not playbook.ends_in:
        yield Finding(
            "error",
            "no-ends",
            f"剧本 `{playbook.id}` 没有写 `ends_in`",
            playbook.span,
            "写上了结这件事的步骤",
            EVERYWHERE,
        )
        return
    seen: set[Node] = set()
    skippable = False
    consulted = set(playbook.ends_in)
    for blocked, overdue, what in _deviations(on, playbook.ends_in):
        if what and not {blocked, overdue} & consulted:
            continue  # nobody looked at it on the straight way: its deviating changes nothing
        closure = Closure(on.relevance, blocked=blocked, overdue=overdue, late=True)
        ends = firm = NO
        for step in playbook.ends_in:
            if step != blocked or on.ruleset.steps[step].ways:
                ends = on.d.either(ends, closure.wanted(step))
                if not on.ruleset.steps[step].optional:
                    firm = on.d.either(firm, closure.wanted(step))
        if not what:
            consulted |= closure.consulted
        stuck = on.d.both(on.settled, on.d.opposite(ends))
        skipped = on.d.both(on.settled, on.d.both(ends, on.d.opposite(firm)))
        if skipped != NO and not skippable:
            skippable = True  # a close waits for no step that may be skipped
            text = f"有一种情况里，`ends_in` 只剩可做可不做的步骤，跳过它也就结束了{what}"
            help = "去掉这一步的 `optional: yes`，或给这种情况另写一个必须做的了结步骤"
            found = on.shown("error", "optional-end", text, playbook.span, skipped, help, on.d.support(firm))
            yield _deviated(on, found, blocked, overdue)
        if stuck != NO and stuck not in seen:
            seen.add(stuck)
            text = f"有一种情况走不到 `ends_in` 的任何一步{what}"
            help = "补一条规则，让这种情况也有了结的步骤"
            found = on.shown("error", "no-end", text, playbook.span, stuck, help, on.d.support(ends))
            yield _deviated(on, found, blocked, overdue)


def _deviated(on: Ground, found: Finding, blocked: str, overdue: str) -> Finding:
    """The finding with the step that did not go straight, if one did."""
    deviating = [on.outcome("blocked", blocked)] if blocked else []
    deviating += [on.outcome("overdue", overdue)] if overdue else []
    if not deviating:
        return found
    lines = (line for line in found.situation if line not in EVERYWHERE)
    return msgspec.structs.replace(found, situation=(*lines, *deviating))


def _deviations(on: Ground, ends_in: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    yield "", "", ""
    for step in on.ruleset.reasons:
        if on.ruleset.phase(r.rule for r in on.ruleset.reasons[step]) == "improve":
            continue
        # a step whose outcome nobody reads changes nothing by failing, unless it is itself an end
        read = any((kind, step) in on.v.of_outcome for kind in ("done", "blocked", "overdue"))
        if not read and step not in ends_in:
            continue
        yield step, "", f"（“{on.ruleset.steps[step].what}”办不到时）"
        if ("overdue", step) in on.v.of_outcome and step in on.ruleset.timed:
            yield "", step, f"（“{on.ruleset.steps[step].what}”超时时）"
