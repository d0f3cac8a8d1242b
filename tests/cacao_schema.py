"""What CACAO Security Playbooks 2.0 demands of the objects that zhiban exports, as a JSON Schema.

Written for these tests after the text of the standard (sections 3, 4, 5, 7, 8 and 10), and stricter than the
published schemas: whatever the export does not use is not allowed. `CACAO_SCHEMAS=folder` lets the tests
run against a copy of the published ones as well (github.com/oasis-open/cacao-json-schemas, folder `schemas`).
"""

from __future__ import annotations

from typing import Any

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
TEXT = {"type": "string", "minLength": 1}
FLAG = {"type": "boolean"}
STEP_KINDS = ("start", "end", "action", "playbook-action", "parallel", "if-condition", "switch-condition")


def id_of(*kinds: str) -> dict[str, Any]:
    """An identifier of one of these kinds of objects."""
    return {"type": "string", "pattern": f"^({'|'.join(kinds)})--{UUID}$"}


def closed(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def dictionary(key: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An object whose keys all have a form."""
    return {"type": "object", "patternProperties": {key: value}, "additionalProperties": False, **more}


def some(item: dict[str, Any], least: int = 1) -> dict[str, Any]:
    """A list without repetition."""
    return {"type": "array", "items": item, "minItems": least, "uniqueItems": True}


NAME = "^__[a-zA-Z][a-zA-Z0-9_-]{0,199}__$"
STAMP = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
EXTENSIONS = dictionary(f"^extension-definition--{UUID}$", {"type": "object"}, minProperties=1)
ANY_STEP = id_of(*STEP_KINDS)
VARIABLE = closed(
    {"type": {"enum": ["bool", "integer", "string"]}, "value": {"type": ["string", "null"]}},
    {"description": TEXT, "constant": FLAG, "external": FLAG},
)
COMMAND = closed(
    {"type": {"const": "manual"}, "command": TEXT}, {"description": TEXT, "playbook_activity": TEXT}
)
COMMON = {"name": TEXT, "description": TEXT, "step_extensions": EXTENSIONS}
NEXT = {"on_completion": ANY_STEP}
ARGUMENTS = some({"type": "string", "pattern": NAME})


def step(kind: str, required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """One kind of workflow step; all but the end lead on."""
    leads = {} if kind == "end" else NEXT
    return closed({"type": {"const": kind}, **leads, **required}, {**COMMON, **(optional or {})})


STEPS = {
    "start": step("start", {}),
    "end": step("end", {}),
    "action": step(
        "action",
        {"commands": {"type": "array", "items": COMMAND, "minItems": 1}, "agent": id_of("group")},
        {"targets": some(id_of("group")), "out_args": ARGUMENTS},
    ),
    "playbook-action": step("playbook-action", {"playbook_id": id_of("playbook")}),
    "parallel": step("parallel", {"next_steps": some(ANY_STEP, 2)}),
    "if-condition": step("if-condition", {"condition": TEXT, "on_true": ANY_STEP}),
    "switch-condition": step(
        "switch-condition",
        {
            "switch": {"type": "string", "pattern": NAME[:-1] + ":value$"},
            "cases": dictionary("^[a-zA-Z0-9_-]{1,250}$", ANY_STEP, minProperties=1),
        },
    ),
}
GROUP = closed({"type": {"const": "group"}, "name": TEXT})
SUMMARY = closed(
    dict.fromkeys(
        (
            "manual_playbook", "external_playbooks", "parallel_processing", "if_logic", "while_logic",
            "switch_logic", "temporal_logic", "data_markings", "digital_signatures", "extensions",
        ),
        FLAG,
    )
)  # fmt: skip
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **closed(
        {
            "type": {"const": "playbook"},
            "spec_version": {"const": "cacao-2.0"},
            "id": id_of("playbook"),
            "name": TEXT,
            "description": TEXT,
            "playbook_types": some({"enum": ["mitigation", "notification"]}),
            "playbook_activities": some(TEXT),
            "playbook_processing_summary": SUMMARY,
            "created_by": id_of("identity"),
            "created": STAMP,
            "modified": STAMP,
            "industry_sectors": some({"enum": ["public-services"]}),
            "labels": some(TEXT),
            "playbook_variables": dictionary(NAME, VARIABLE),
            "workflow_start": id_of("start"),
            "workflow": {
                "type": "object",
                "patternProperties": {f"^{kind}--{UUID}$": schema for kind, schema in STEPS.items()},
                "additionalProperties": False,
                "minProperties": 3,
            },
            "playbook_extensions": EXTENSIONS,
            "agent_definitions": dictionary(f"^group--{UUID}$", GROUP, minProperties=1),
            "extension_definitions": dictionary(
                f"^extension-definition--{UUID}$",
                closed(
                    {
                        "type": {"const": "extension-definition"},
                        "name": TEXT,
                        "description": TEXT,
                        "created_by": id_of("identity"),
                        "schema": TEXT,
                        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
                    }
                ),
            ),
        },
        {"target_definitions": dictionary(f"^group--{UUID}$", GROUP, minProperties=1)},
    ),
}
