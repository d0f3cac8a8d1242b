"""What decides for a set of active playbooks, shared by all sessions that decide alike.

A process that sees many incidents binds, compiles and registers each combination once.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import Any

from engine.matcher import Evaluator
from engine.model import Library
from engine.relevance import Relevance
from engine.ruleset import Ruleset

KEPT = 12  # combinations; beyond it the one unused for longest is let go


class Engine:
    """Ruleset, evaluator and (when first needed) decision diagrams of one combination."""

    def __init__(
        self, library: Library, active: tuple[str, ...], values: dict[str, Any], durable: bool
    ) -> None:
        self.active = active
        self.library = library
        self.ruleset = Ruleset(library, active, values)
        self.evaluator = Evaluator(self.ruleset, durable)

    @cached_property
    def relevance(self) -> Relevance:
        """The decision diagrams."""
        return Relevance(self.ruleset)


_engines: OrderedDict[tuple[object, ...], Engine] = OrderedDict()


def engine_for(
    library: Library, active: tuple[str, ...], values: dict[str, Any], durable: bool = True
) -> Engine:
    """The engine of some active playbooks with hall values; made once for the same library object."""
    # the engine keeps its library alive, so the id cannot come to mean another one
    key = (id(library), active, tuple(sorted((name, repr(value)) for name, value in values.items())), durable)
    found = _engines.get(key)
    if found is None:
        found = _engines[key] = Engine(library, active, values, durable)
        if len(_engines) > KEPT:
            _engines.popitem(last=False)
    _engines.move_to_end(key)
    return found
