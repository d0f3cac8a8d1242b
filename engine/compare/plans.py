"""Where the plans of two versions differ: proved on decision diagrams over variables common to both.

Both versions' rules are put into one playbook, so that facts, thresholds, outcomes and what can bring
them about are common. A step comes where the new rules want it and the old ones do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from engine.checks.ground import Ground
from engine.compare.counting import cheapest, count
from engine.compare.report import Entry, PlanChange
from engine.compare.versions import Version
from engine.conditions import transform
from engine.diagrams import NO, Node
from engine.model import (
    Condition,
    Fact,
    Happened,
    Known,
    Library,
    Playbook,
    Rule,
    Step,
    Test,
    Vocabulary,
    Want,
)
from engine.ruleset import ALWAYS_ON

_OLD, _NEW = "old:", "new:"


def compare_plans(old: Version, new: Version) -> Iterator[PlanChange]:
    """Every difference of the plans, in the order of the plan; situations that cannot be are left out."""
    ground = Ground(_joined(old, new), (old.alias,), durable=False)
    d, nodes = ground.d, ground.relevance.rule_nodes

    def wanted(version: Version, entry: Entry, mark: str) -> Node:
        node = NO
        for rule in version.items.get(entry, ()):
            node = d.either(node, nodes[mark + rule])
        return node

    groups: dict[Node, tuple[list[Entry], list[Entry]]] = {}
    for entry in dict.fromkeys((*new.items, *old.items)):
        before, after = wanted(old, entry, _OLD), wanted(new, entry, _NEW)
        told = msgspec.structs.replace(entry, what=new.told(entry) or old.told(entry))
        for place, node in enumerate((d.both(after, d.opposite(before)), d.both(before, d.opposite(after)))):
            node = ground.feasible(node)
            if node != NO:
                groups.setdefault(node, ([], []))[place].append(told)
    for node, (comes, goes) in groups.items():
        yield _change(ground, node, comes, goes)


def _change(ground: Ground, node: Node, comes: Iterable[Entry], goes: Iterable[Entry]) -> PlanChange:
    states = cheapest(ground, node)
    facts: dict[str, bool | int | str | list[str]] = {}
    happened: list[tuple[str, str]] = []
    outcomes = {index: outcome for outcome, index in ground.v.of_outcome.items()}
    only = ground.d.states
    shown = NO + 1
    for index, state in states.items():
        shown = ground.d.both(shown, only(index, (state,)))
        entry = ground.v.all[index]
        if not entry.fact:
            happened.append(outcomes[index])
        elif entry.choice:
            chosen = facts.setdefault(entry.fact, [])
            assert isinstance(chosen, list)
            chosen.append(entry.choice)
        else:
            answer = ground.v.answer(entry.fact, state)
            assert answer is not None
            value = answer.value if answer.state == "known" else f"?{answer.state}"
            facts[entry.fact] = [] if value is None or isinstance(value, frozenset) else value
    there, everywhere = count(ground, node)
    return PlanChange(
        tuple(comes),
        tuple(goes),
        ground.situation(shown),
        facts,
        tuple(happened),
        there / everywhere if everywhere else 0.0,
        str(there),
        str(everywhere),
    )


# ---- both versions in one playbook ----------------------------------------------------------------


def _joined(old: Version, new: Version) -> Library:
    """A library whose one playbook has the bound rules of both; `always` is the new version's."""
    facts = {**old.facts, **new.facts}
    apart: set[str] = set()
    for key in old.facts.keys() & new.facts.keys():
        merged = _merged(old.facts[key], new.facts[key])
        if merged is None:
            apart.add(key)
        else:
            facts[key] = merged
    facts |= {f"{key}~": old.facts[key] for key in apart}
    facts = {key: msgspec.structs.replace(fact, key=key) for key, fact in facts.items()}
    steps = {key: _timed(key, old, new) for key in {**old.steps, **new.steps}}
    rules = (*_rules(old, _OLD, apart), *_rules(new, _NEW, set()))
    order = dict.fromkeys(map(old.key, old.playbook.order)) | dict.fromkeys(map(new.key, new.playbook.order))
    shared = new.library.vocabulary
    own = f"{old.alias}."
    derived = tuple(fact for fact in shared.facts if fact.when is not None)
    vocabulary = Vocabulary(
        shared.roles,
        shared.hall,
        (*(fact for key, fact in facts.items() if not key.startswith(own)), *derived),
        tuple(step for key, step in steps.items() if not key.startswith(own)),
    )
    book = Playbook(
        old.alias,
        new.playbook.title,
        facts=tuple(fact for key, fact in facts.items() if key.startswith(own)),
        steps=tuple(step for key, step in steps.items() if key.startswith(own)),
        rules=rules,
        order=tuple(key for key in order if key in facts),
    )
    beside = (p for p in new.library.playbooks if p.id == ALWAYS_ON and old.alias != ALWAYS_ON)
    return Library(vocabulary, (*beside, book))


def _rules(version: Version, mark: str, apart: set[str]) -> Iterator[Rule]:
    def leaf(item: Condition) -> Condition:
        if isinstance(item, (Test, Known)) and item.fact in apart:
            return msgspec.structs.replace(item, fact=f"{item.fact}~")
        if isinstance(item, Happened) and item.name in apart:
            return msgspec.structs.replace(item, name=f"{item.name}~")
        return item

    for key, (rule, when) in version.rules.items():
        wants = tuple(Want(version.key(want.step), want.within) for want in rule.do)
        yield Rule(mark + key, rule.phase, transform(when, leaf), wants, span=rule.span)


def _merged(old: Fact, new: Fact) -> Fact | None:
    """A fact that can be all that either can be; None when they are of different kinds."""
    if old.kind != new.kind:
        return None
    ids = [choice.id for choice in new.choices]
    return msgspec.structs.replace(
        new,
        choices=(*new.choices, *(choice for choice in old.choices if choice.id not in ids)),
        ask=new.ask or old.ask,
        recheck=new.recheck or old.recheck,
        within=new.within or old.within,
        known_from=new.known_from or old.known_from,
    )


def _timed(key: str, old: Version, new: Version) -> Step:
    """The newer step, with a deadline if either has one: it can then be overdue."""
    last = new if key in new.steps else old
    step, before = last.steps[key], old.steps.get(key)
    within = step.within or (before.within if before is not None else None)
    what = last.say.words(step.what)
    return msgspec.structs.replace(step, key=key, what=what, within=within, uses=(), finds=(), after=())
