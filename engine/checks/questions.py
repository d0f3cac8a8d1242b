"""Findings about questions: those whose answer changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checks.ground import Ground
from engine.checks.written import short
from engine.diagrams import NO, Node
from engine.model import Fact, Finding
from engine.words import shown


def questions(on: Ground) -> Iterator[Finding]:
    """Questions whose answer changes nothing (in a combination another playbook may make them moot)."""
    spoken = {name for step in on.ruleset.reasons for name in on.ruleset.mentioned(step)}
    for playbook in on.own:
        for fact in playbook.facts:
            if fact.when is not None or fact.known_from or fact.key in spoken or _matters(on, fact.key):
                continue
            what = "问了也不会改变任何安排" if fact.ask else "没有一条规则用到"
            text = f"事实 `{short(fact.key)}`：{what}"
            help = "让规则或文字用到它，或删去它"
            yield Finding("error", "useless-question", text, fact.span, help, (_alike(on, fact),))


def _matters(on: Ground, key: str) -> bool:
    """Whether two states of a fact make a difference to some item, in a situation that can be."""
    own = [index for index, entry in enumerate(on.v.all) if entry.fact == key]
    for item in on.relevance.items.values():
        for index in own:
            if index in on.d.support(item.node) and _turns(on, item.node, index):
                return True
    return False


def _turns(on: Ground, node: Node, index: int) -> bool:
    first, *others = (on.d.restrict(node, index, state) for state in on.states(index))
    for other in others:
        differ = on.d.either(on.d.both(first, on.d.opposite(other)), on.d.both(other, on.d.opposite(first)))
        if on.feasible(differ) != NO:
            return True
    return False


def _alike(on: Ground, fact: Fact) -> str:
    """Two answers with the same plan."""
    name = fact.label or fact.ask
    if fact.key in on.v.of_fact and fact.kind in ("bool", "choice", "number"):
        one, other = (shown(fact, on.v.answer(fact.key, state)) for state in (0, 1))
    elif fact.kind == "bool":
        one, other = "是", "否"
    elif fact.choices:
        one, other = fact.choices[0].label, fact.choices[-1].label
    else:
        one, other = "任何回答", "说不清"
    return f"{name}：{one} 和 {name}：{other}，要做的事一样"
