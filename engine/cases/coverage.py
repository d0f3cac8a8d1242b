"""Which conditions the cases show as true, as false and as undecided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.cases.ground import as_given, hearable, simplest
from engine.cases.model import Unseen
from engine.cases.trial import Trial
from engine.cases.written import written
from engine.checks.ground import Ground
from engine.conditions import Verdict, bind, evaluate, leaves
from engine.diagrams import NO, Node
from engine.model import ALWAYS, Condition, Not, Playbook, Span

_VERDICTS: dict[Verdict, str] = {True: "true", False: "false", None: "undecided"}


def unseen(playbook: Playbook, trials: Sequence[Trial], on: Ground) -> tuple[int, tuple[Unseen, ...]]:
    """(how many verdicts can occur, those that no trial shows) of a playbook's conditions.

    Each rule and derived fact counts as a whole, and each comparison in it; what means the same counts
    once, where it first stands.
    """
    possible, found, met = 0, [], set()
    for owner, span, condition in _conditions(playbook):
        bound = bind(condition, on.ruleset.facts, on.ruleset.values)
        if bound in met:
            continue
        met.add(bound)
        shown = {
            evaluate(bind(condition, trial.rules.facts, trial.rules.values), trial.at) for trial in trials
        }
        for verdict, name in _VERDICTS.items():
            node = NO if verdict in shown else _where(bound, verdict, on)
            possible += verdict in shown or node != NO
            if node != NO:
                given = f"{{{as_given(simplest(on, node)[1], on)}}}"
                found.append(Unseen(owner, str(span), written(condition), name, given))
    return possible, tuple(found)


def _conditions(playbook: Playbook) -> Iterator[tuple[str, Span, Condition]]:
    """(key of the owner, its place, condition as written), comparisons before what they make up."""
    owners: list[tuple[str, Span, Condition | None]] = [(f.key, f.span, f.when) for f in playbook.facts]
    owners += [(rule.key, rule.span, rule.when) for rule in playbook.rules]
    for key, span, when in owners:
        if when is not None and when != ALWAYS:
            for leaf in leaves(when):
                yield key, span, leaf
            yield key, span, when


def _where(bound: Condition, verdict: Verdict, on: Ground) -> Node:
    """The situations that can be in which a condition has a verdict."""
    true, false = on.d.compile(bound), on.d.compile(Not(bound))
    node = true if verdict else false if verdict is False else on.d.opposite(on.d.either(true, false))
    return hearable(on, node) if node != NO else NO
