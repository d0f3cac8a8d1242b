"""Provenance: what the statements say that rules and steps cite as `source`.

Read from the shipped `playbooks/sources.yaml` when first asked for; `own` cites no statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from engine import paths
from engine.model import PHASES, Frozen

# what a statement is about: the phase in which it is acted on, or no act at all
KINDS = (*PHASES[1:], "principle", "branch", "deadline", "score", "statistic")


# statements of these kinds are to be done, decided, kept or counted: each has its place in a playbook
ENACTED = (*PHASES[1:], "branch", "deadline", "score")


class Source(Frozen, frozen=True):
    """One statement in the project's words. `playbook`: the scenario that it belongs to.

    `excused`: why no playbook or text cites it.
    """

    id: str
    playbook: str
    phase: str
    text: str
    excused: str = ""


@cache
def sources() -> Mapping[str, Source]:
    """Statement id → statement, in the order of the file; empty when the file cannot be read."""
    import msgspec
    import yaml

    try:
        text = (paths.shipped("playbooks") / "sources.yaml").read_text("utf-8")
        read = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return {source.id: source for source in msgspec.convert(read, list[Source])}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError):
        return {}  # an explanation without its source is better than none


def source_texts() -> dict[str, str]:
    """Statement id → its text."""
    return {id: source.text for id, source in sources().items()}
