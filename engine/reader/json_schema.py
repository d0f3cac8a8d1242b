"""The format as JSON Schema for editors, made of the tables by which the reader reads."""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.model import PHASE_TITLES, PHASES
from engine.reader import fields
from engine.reader.fields import Kind, Table

Schema: TypeAlias = dict[str, Any]


def build() -> Schema:
    """The schema, see `engine.reader.schema`."""
    kinds = list(fields.TOPS)
    branch: Schema = {"$ref": f"#/$defs/{kinds[-1]}"}
    for kind in reversed(kinds[:-1]):
        branch = {"if": {"required": [kind]}, "then": {"$ref": f"#/$defs/{kind}"}, "else": branch}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "zhiban 剧本",
        "description": "值班处置剧本、公用词汇，或本厅对它们的改动",
        "type": "object",
        **branch,
        "$defs": {**_definitions(), **{kind: _table(table) for kind, table in fields.TOPS.items()}},
    }


def _table(table: Table) -> Schema:
    required = [name for name, field in table.items() if field.required]
    properties = {name: {"description": field.about, **_of(field.kind)} for name, field in table.items()}
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found


def _of(kind: Kind) -> Schema:
    return {"$ref": f"#/$defs/{kind}"}


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _one_or_many(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _map(item: Schema, pattern: str = fields.ID_PATTERN, *, empty: bool = True) -> Schema:
    found = {"type": "object", "propertyNames": {"pattern": _whole(pattern)}, "additionalProperties": item}
    return {**found, "type": ["object", "null"]} if empty else {**found, "minProperties": 1}


def _definitions() -> dict[str, Schema]:
    """One definition for each kind of value, and those that they share."""
    # an editor's YAML reads 12345 as a number and true as a boolean: texts may be either
    text: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
    name: Schema = {"type": "string", "pattern": _whole(fields.ID_PATTERN)}
    whole: Schema = {"type": ["integer", "string"], "pattern": _whole(fields.NUMBER_PATTERN)}
    signal = {"anyOf": [text, _table(fields.SIGNAL)]}
    kinds: dict[str, Schema] = {
        "text": text,
        "words": text,
        "ways": _one_or_many(text),
        "id": name,
        "name": name,
        "names": _one_or_many(name),
        "sources": _one_or_many({"type": "string", "pattern": _whole(fields.SOURCE_PATTERN)}),
        "flag": {"enum": [True, False, *fields.YES, *fields.NO]},
        "version": {**whole, "minimum": 1},
        "reach": {"enum": [1, 2, 3]},
        "duration": {
            "type": "string",
            "pattern": _whole(f"{fields.DURATION_PATTERN}|{fields.VARIABLE_PATTERN}"),
            "examples": ["10m", "2h", "3d", "2wd"],
        },
        "deadline": {"anyOf": [_of("duration"), _table(fields.DEADLINE)]},
        "promise": {"anyOf": [*_one_or_many(name)["anyOf"], {"const": False}]},
        "condition": _condition(name),
        "signals": _one_or_many(signal),
        "heard": {"anyOf": [_of("signals"), {"type": "object", "additionalProperties": _of("signals")}]},
        "choices": _map(text, empty=False),
        "fact-type": {"enum": list(fields.FACT_TYPES)},
        "hall-type": {"enum": list(fields.HALL_TYPES)},
        "known-from": {"enum": list(fields.KNOWN_FROM)},
        "default": text,
        "roles": _map(text),
        "hall": _map(_table(fields.HALL), fields.VARIABLE_PATTERN),
        "facts": _map({"anyOf": [_table(fields.FACT), {"type": "null"}]}, fields.VARIABLE_PATTERN),
        "steps": _map(_table(fields.STEP)),
        "hall-changes": _map(_change(fields.HALL), fields.VARIABLE_PATTERN),
        "fact-changes": _map({"anyOf": [_change(fields.FACT), {"type": "null"}]}, fields.VARIABLE_PATTERN),
        "step-changes": _map(_change(fields.STEP)),
        "rules": _rules(),
        "do": _map({"anyOf": [_table(_optional(fields.STEP)), {"type": "null"}]}, empty=False),
        "drop": _one_or_many(name),
    }
    return {**kinds, "rule": _table(fields.RULE)}


def _optional(table: Table) -> Table:
    """The table for a place where a step may be declared or only referred to."""
    return {name: fields.Field(field.kind, field.about) for name, field in table.items()}


def _change(table: Table) -> Schema:
    """The table in a hall's change: nothing is required, an empty field is removed."""
    found = _table(_optional(table))
    for field in found["properties"].values():
        field["anyOf"] = [{"$ref": field.pop("$ref")}, {"type": "null"}]
    return found


def _rules() -> Schema:
    rules = {"type": ["array", "null"], "items": {"$ref": "#/$defs/rule"}}
    phases = {phase: {"description": PHASE_TITLES[phase], **rules} for phase in PHASES}
    return {"type": ["object", "null"], "properties": phases, "additionalProperties": False}


def _condition(name: Schema) -> Schema:
    """Connectives and outcomes by name, every other key is a fact with a value, values or comparisons."""
    value: Schema = {"type": ["string", "number", "boolean"]}
    itself = _of("condition")
    several = {"type": "array", "items": itself, "minItems": 1}
    shapes = {"any": several, "all": several, "not": itself, "maybe": itself}
    special: Schema = {
        word: {"description": about, **shapes[word]} for word, about in fields.CONNECTIVES.items()
    }
    for word, about in {**fields.KNOWLEDGE, **fields.OUTCOMES}.items():
        special[word] = {"description": about, **_one_or_many(name)}
    comparisons = {
        op: {"description": about, **(_one_or_many(value) if op in ("eq", "ne") else value)}
        for op, about in fields.COMPARISONS.items()
    }
    compared = {
        "type": "object",
        "properties": comparisons,
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {
        "type": "object",
        "minProperties": 1,
        "properties": special,
        "additionalProperties": {"anyOf": [*_one_or_many(value)["anyOf"], compared]},
    }
