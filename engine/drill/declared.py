"""Every step and fact that a library declares, by key: a drill may name any of them."""

from __future__ import annotations

from engine.model import Fact, Library, Step


def steps_of(library: Library) -> dict[str, Step]:
    """Key → step, of the vocabulary and of all playbooks."""
    own = (step for playbook in library.playbooks for step in playbook.steps)
    return {step.key: step for step in (*library.vocabulary.steps, *own)}


def facts_of(library: Library) -> dict[str, Fact]:
    """Key → fact, of the vocabulary and of all playbooks."""
    own = (fact for playbook in library.playbooks for fact in playbook.facts)
    return {fact.key: fact for fact in (*library.vocabulary.facts, *own)}
