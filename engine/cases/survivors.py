"""A fault that no case notices: whether it changes anything at all, and a case that would notice it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from engine.cases.ground import as_given, hearable, simplest
from engine.cases.model import Survivor
from engine.cases.mutants import Mutant, short
from engine.checks.ground import Ground
from engine.diagrams import NO, Node
from engine.durations import text_of
from engine.model import Condition, Deadline


class Effect(NamedTuple):
    """Something that the fault may change: where it is so `before` and `after`, and how a case says it."""

    before: Node
    after: Node
    so: str
    not_so: str


def remedy(mutant: Mutant, conditions: Mapping[str, Condition], on: Ground) -> Survivor | None:
    """The fault with a case that would notice it; None when it changes nothing that is to be done."""
    changed = {key: on.d.compile(when) for key, when in conditions.items()} or {mutant.key: NO}
    for effects in (
        _steps(mutant, changed, on),
        _playbooks(mutant, changed, on),
        _deadlines(mutant, changed, on),
    ):
        found = _simplest_case(effects, on)
        if found is not None:
            given, expect = found
            return Survivor(mutant.key, str(mutant.span), mutant.change, given, expect)
    return None


def _simplest_case(effects: Iterable[Effect], on: Ground) -> tuple[str, str] | None:
    """(given, expect) of the situation with the least to tell in which an effect differs."""
    best: tuple[int, dict[int, int], str] | None = None
    for effect in effects:
        for one, other, said in (
            (effect.before, effect.after, effect.so),
            (effect.after, effect.before, effect.not_so),
        ):
            node = on.d.both(one, on.d.opposite(other))
            node = hearable(on, node) if node != NO else NO
            if node != NO:
                cost, states = simplest(on, node)
                if best is None or cost < best[0]:
                    best = cost, states, said
    return (f"{{{as_given(best[1], on)}}}", f"{{{best[2]}}}") if best is not None else None


def _steps(mutant: Mutant, changed: Mapping[str, Node], on: Ground) -> Iterator[Effect]:
    """Which steps are wanted."""
    wants = (want.step for key in changed for want in on.ruleset.rules[key].rule.do)
    for step in dict.fromkeys(wants):
        if mutant.lost in ("", step):
            rules = [reason.rule for reason in on.ruleset.reasons[step]]
            before, after = _either(rules, {}, on), _either(rules, changed, on)
            yield Effect(before, after, f"wanted: [{short(step)}]", f"not: [{short(step)}]")


def _playbooks(mutant: Mutant, changed: Mapping[str, Node], on: Ground) -> Iterator[Effect]:
    """Which playbooks are proposed."""
    names = (name for key in changed for name in on.ruleset.rules[key].rule.activate)
    for name in dict.fromkeys(names):
        if mutant.lost in ("", name):
            rules = on.ruleset.activations.get(name, ())
            before, after = _either(rules, {}, on), _either(rules, changed, on)
            yield Effect(before, after, f"activates: [{name}]", f"not_activates: [{name}]")


def _deadlines(mutant: Mutant, changed: Mapping[str, Node], on: Ground) -> Iterator[Effect]:
    """Which deadlines are tightened by a rule that wants a step beside others."""
    for key in changed:
        for want in on.ruleset.rules[key].rule.do:
            if want.within is None or mutant.lost not in ("", want.step):
                continue
            reasons = on.ruleset.reasons[want.step]
            rules = [
                r.rule for r in reasons if on.ruleset.rules[r.rule].rule.do[r.want].within == want.within
            ]
            # where further rules tighten it too, the deadline would be told wrong
            others = [r.rule for r in reasons if r.rule not in rules and _tightens(r.rule, want.step, on)]
            alone = on.d.opposite(_either(others, {}, on))
            before, after = (on.d.both(alone, _either(rules, with_, on)) for with_ in ({}, changed))
            own = on.ruleset.steps[want.step].within
            yield Effect(before, after, _due(want.step, want.within), _due(want.step, own))


def _tightens(rule: str, step: str, on: Ground) -> bool:
    return any(want.step == step and want.within is not None for want in on.ruleset.rules[rule].rule.do)


def _due(step: str, within: Deadline | None) -> str:
    return f"due: {{{short(step)}: {text_of(within.due) if within else '…'}}}"


def _either(rules: Iterable[str], changed: Mapping[str, Node], on: Ground) -> Node:
    """Where one of some rules holds."""
    node = NO
    for key in rules:
        node = on.d.either(node, changed.get(key, on.relevance.rule_nodes[key]))
    return node
