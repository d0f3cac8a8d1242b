"""Library, id → the CACAO document as plain data. The same playbook gives the same document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from engine.cacao.actions import EXTENSION
from engine.cacao.flow import IDENTITY, Flow
from engine.cacao.nodes import playbook_id
from engine.errors import NotFound
from engine.hall import hall_values
from engine.model import Library, Playbook, Profile
from engine.ruleset import ALWAYS_ON, Ruleset

__all__ = ["EXTENSION", "cacao", "playbook_id"]

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_ABOUT = (
    "zhiban: phase, rules, deadlines (within), recurrence (every), order (after), alternatives (ways), words "
    "to speak (say), documents (issue), follow-up evidence and the variables of facts and outcomes. "
    "See docs/cacao.md of the project."
)


def cacao(library: Library, id: str) -> dict[str, Any]:
    """A playbook as a CACAO 2.0 playbook; hall values stand at their declared defaults.

    NotFound for an unknown id; BadData when a comparison needs a hall value that has no default.
    """
    playbook = next((found for found in library.playbooks if found.id == id), None)
    if playbook is None:
        raise NotFound(f"没有剧本 `{id}`", "用 zhiban playbook list 看有哪些")
    declared = [*library.vocabulary.hall, *playbook.hall]
    values = hall_values(declared, Profile())
    flow = Flow(Ruleset(library, [id], values), playbook)
    used = {name for step in flow.ruleset.steps.values() for name in step.uses}
    for value in declared:
        if value.id in used or value in playbook.hall:
            flow.variables.hall(value, str(values.get(value.id, "")))
    start = flow.build(always=id != ALWAYS_ON and any(p.id == ALWAYS_ON for p in library.playbooks))
    return {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": playbook_id(id),
        "name": playbook.title,
        "description": playbook.about or playbook.title,
        "playbook_types": ["mitigation", "notification"],
        "playbook_activities": sorted(flow.actions.activities),
        "playbook_processing_summary": _summary(flow),
        "created_by": IDENTITY,
        "created": _stamp(1),
        "modified": _stamp(playbook.version),
        "industry_sectors": ["public-services"],
        "labels": ["zhiban", id],
        "playbook_variables": flow.variables.declared,
        "workflow_start": start,
        "workflow": flow.work.nodes,
        "playbook_extensions": {EXTENSION: _extension(flow, playbook)},
        "agent_definitions": flow.actions.agents,
        **({"target_definitions": flow.actions.targets} if flow.actions.targets else {}),
        "extension_definitions": {
            EXTENSION: {
                "type": "extension-definition",
                "name": "zhiban",
                "description": _ABOUT,
                "created_by": IDENTITY,
                "schema": _ABOUT,
                "version": "1.0.0",
            }
        },
    }


def _stamp(version: int) -> str:
    """Later versions are later: a day each, from a fixed day, so that an export can be repeated."""
    return (_BEGIN + timedelta(days=version - 1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _summary(flow: Flow) -> dict[str, bool]:
    kinds = {node["type"] for node in flow.work.nodes.values()}
    return {
        "manual_playbook": True,
        "external_playbooks": "playbook-action" in kinds,
        "parallel_processing": "parallel" in kinds,
        "if_logic": "if-condition" in kinds,
        "while_logic": False,
        "switch_logic": "switch-condition" in kinds,
        "temporal_logic": False,
        "data_markings": False,
        "digital_signatures": False,
        "extensions": True,
    }


def _extension(flow: Flow, playbook: Playbook) -> dict[str, Any]:
    """What CACAO has no word for at the playbook's level; keys as its property names must be."""
    short = flow.variables.short
    return {
        "playbook": playbook.id,
        "version": playbook.version,
        "digest": playbook.digest,
        "ends_in": [short(key) for key in playbook.ends_in],
        "facts": [{"fact": key, **parts} for key, parts in flow.facts.items()],
        "outcomes": [
            {"kind": kind, "name": name, "variable": flow.variables.outcome(kind, name)}
            for kind, name in flow.actions.read
        ],
    }
