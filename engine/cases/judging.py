"""Which expectations a decision does not meet: the one definition, for cases and for mutants."""

from __future__ import annotations

from collections.abc import Iterator

from engine.cases.model import Expected
from engine.cases.trial import Decision
from engine.clock import stamp


def unmet(expected: Expected, made: Decision, *, asks: bool = True) -> Iterator[tuple[str, str]]:
    """(expectation, name it is about) of everything that is not as expected, in the order of the file.

    `asks`: look also at the questions and awaited facts, which takes the decision diagrams.
    """
    steps = made.steps
    yield from (("wanted", key) for key in expected.wanted if key not in steps)
    yield from (("not", key) for key in expected.missing if key in steps)
    if expected.only is not None:
        yield from (("only", key) for key in expected.only if key not in steps)
        more = (steps & made.trial.own).difference(expected.only)
        yield from (("only", key) for key in made.trial.rules.steps if more and key in more)
    if expected.first and tuple(made.screen[: len(expected.first)]) != expected.first:
        yield "first", ""
    if asks and (expected.asks or expected.skips):
        now, _ = made.asked
        yield from (("asks", key) for key in expected.asks if key not in now)
        yield from (("not_asks", key) for key in expected.skips if key in now)
    yield from (("activates", id) for id in expected.activates if id not in made.proposed)
    yield from (("not_activates", id) for id in expected.spares if id in made.proposed)
    if expected.documents:
        issued = {made.rules.steps[key].issue for key in steps}
        yield from (("documents", name) for name in expected.documents if name not in issued)
    for key, due in expected.due:
        item = made.plan.wanted.get(key)
        if item is None or item.due is None or stamp(item.due) != due:
            yield "due", key
    if expected.ends is not None:
        ends = next(p.ends_in for p in made.rules.playbooks if p.id == made.trial.case.playbooks[0])
        if any(key in steps for key in ends) != expected.ends:
            yield "ends", next((key for key in ends if key in steps), "")
    if expected.closable is not None:
        left = made.unsettled(asks=asks)
        if (not left) != expected.closable and (asks or left):
            yield "closable", next(iter(left), "")
