"""The editors' schema says what the reader says."""

import json
import re
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from reader_texts import TEXTS, codes, read, small

from engine import paths
from engine.reader import fields, schema, write_schema

ROOT = Path(__file__).parent.parent
SCHEMA = schema()
JSON_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def has_type(value, name):
    """JSON Schema's `type`; a boolean is no number."""
    if name in ("number", "integer"):
        return not isinstance(value, bool) and isinstance(value, int | float if name == "number" else int)
    return isinstance(value, JSON_TYPES[name])


def valid(value, rule):
    """The part of JSON Schema that the schema uses; an unknown keyword fails the test."""
    return all(KEYWORDS[word](value, given, rule) for word, given in rule.items())


def _reference(value, given, _):
    return valid(value, SCHEMA["$defs"][given.removeprefix("#/$defs/")])


def _additional(value, given, rule):
    if not isinstance(value, dict):
        return True
    extra = [inner for name, inner in value.items() if name not in rule.get("properties", {})]
    return all(given is not False and valid(inner, given) for inner in extra)


def _branch(value, given, rule):
    return valid(value, rule["then"] if valid(value, given) else rule["else"])


def _always(*_):
    return True


def _for(kind, check):
    return lambda value, given, _: not isinstance(value, kind) or check(value, given)


KEYWORDS = {
    **dict.fromkeys(("$schema", "title", "description", "$defs", "examples", "then", "else"), _always),
    "type": lambda v, given, _: any(has_type(v, t) for t in ([given] if isinstance(given, str) else given)),
    "enum": lambda v, given, _: any(v == option and type(v) is type(option) for option in given),
    "anyOf": lambda v, given, _: any(valid(v, option) for option in given),
    "$ref": _reference,
    "if": _branch,
    "pattern": _for(str, lambda v, given: re.search(given, v) is not None),
    "minimum": _for(int, lambda v, given: v >= given),
    "items": _for(list, lambda v, given: all(valid(item, given) for item in v)),
    "minItems": _for(list, lambda v, given: len(v) >= given),
    "minProperties": _for(dict, lambda v, given: len(v) >= given),
    "required": _for(dict, lambda v, given: all(name in v for name in given)),
    "properties": _for(dict, lambda v, given: all(valid(v[n], rule) for n, rule in given.items() if n in v)),
    "propertyNames": _for(dict, lambda v, given: all(valid(name, given) for name in v)),
    "additionalProperties": _additional,
}


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: yes and 10:30 are texts, true and 12 are not."""

    yaml_implicit_resolvers: ClassVar = {}


EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^-?[0-9]+$"), list("-0123456789"))
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(~|null|)$"), ["~", "n", ""])


def as_editor(text):
    """The value that an editor checks."""
    return yaml.load(text, Loader=EditorLoader)  # a SafeLoader


def test_shipped_schema_is_current():
    """After a change of the language: `python -c "from engine.reader import *; …write_schema"`, see help."""
    file = paths.shipped("playbooks") / "playbook.schema.json"
    help = "run: python -c \"from engine import reader, paths; reader.write_schema(paths.shipped('playbooks')"
    assert json.loads(file.read_text("utf-8")) == SCHEMA, help + " / 'playbook.schema.json')\""


def test_write_schema(tmp_path):
    """The file holds the schema, in Chinese that people can read."""
    write_schema(tmp_path / "s.json")
    text = (tmp_path / "s.json").read_text("utf-8")
    assert json.loads(text) == SCHEMA
    assert "人身安全" in text


FILES = {name: text for name, text in TEXTS.items() if name.endswith(".yaml")}
FILES |= {
    path.name: path.read_text("utf-8")
    for path in sorted(paths.shipped("playbooks").glob("*.yaml"))
    if path.name not in ("sources.yaml", "combinations.yaml")
}


@pytest.mark.parametrize("name", FILES)
def test_files_are_valid(name):
    """Playbooks and vocabulary, the shipped ones as well, satisfy the schema."""
    assert valid(as_editor(FILES[name]), SCHEMA)


def test_changes_are_valid():
    """A hall's change need not be complete, and may empty a field."""
    text = "extends: t\nsteps: {a: {say: , who: it}}\nfacts: {f: {ask: x}, g: }\n"
    text += "hall: {v: {default: 3}}\ndrop: [b]\n"
    assert valid(as_editor(text), SCHEMA)
    assert not valid(as_editor(text + "version: 2\n"), SCHEMA)


# for each kind of value: what both accept and what both refuse, as YAML
SAMPLES = {
    "text": (["好", "12", "'{'", "yes"], ["[好]", "{a: b}", "''"]),
    "words": (["好", "12"], ["[好]", "{a: b}", "' '"]),
    "ways": (["好", "[打电话, 上门]"], ["[[好]]", "{a: b}"]),
    "id": (["abc", "a-b_2"], ["Abc", "2a", "[a]", "'a b'"]),
    "sources": (["S4.01", "own", "[C.01, S12.03]"], ["s4", "[S4]", "{S4.01: x}"]),
    "flag": (["yes", "no", "true", "false", "是", "否"], ["1", "maybe", "[yes]"]),
    "version": (["1", "12"], ["0", "1e3", "10:30", "一", "[1]"]),
    "reach": (["1", "3"], ["0", "4", "1e0", "一", "[1]"]),
    "duration": (["10m", "2wd", "promise"], ["10", "0m", "10 m", "1.5h", "[10m]", "-5m"]),
    "deadline": (["10m", "{due: 2h, warn: 5m}"], ["10", "{warn: 5m}", "{due: 1h, form: a}", "[10m]"]),
    "condition": (
        ["{quarrel: yes}", "{any: [{fire: yes}, {not: {quarrel: no}}]}", "{known: [quarrel]}"],
        ["{}", "fire", "[{fire: yes}]", "{any: {fire: yes}}", "{any: []}", "{fire: {is: 5}}", "{not: fire}"],
    ),
    "signals": (["着火", "[着火, {is: '甲 + 乙', weight: 2}]", "119"], ["[]", "{a: b}", "[[a]]"]),
    "heard": (["着火", "{yes: [着火], no: 没有}", "[a, {is: b}]"], ["[]", "[[a]]"]),
    "choices": (["{a: 甲, b: 乙}", "{yes: 好}"], ["{}", "[a, b]", "{A: 甲}", "{a: [甲]}"]),
    "fact-type": (["time", "text"], ["date", "[time]"]),
    "hall-type": (["duration", "number"], ["date", "[number]"]),
    "known-from": (["clock", "hall"], ["sky", "[hall]"]),
    "default": (["接待室"], ["[a]", "{a: b}"]),
}
# a text in which a field of each table can be exchanged: {} stands for `field: value`
HOLDERS = {
    "PLAYBOOK": "playbook: t\nends_in: a\nrules: {{control: [{{do: {{a: {{what: 做}}}}}}]}}\n{}\n{}",
    "FACT": small(facts="  f: {{label: x, {}}}").replace("{a: {what: 做}}", "{{a: {{what: 做}}}}"),
    "STEP": small("  control:\n  - do: {{a: {{{}}}}}"),
    "RULE": small("  control:\n  - {{do: {{a: {{what: 做}}}}, {}}}"),
    "HALL": small().replace("{a: {what: 做}}", "{{a: {{what: 做}}}}") + "hall: {{v: {{label: x, {}}}}}\n",
}
# fields that need others beside them, or a name from the text
BESIDE = {"FACT": {"recheck": "ask: x", "within": "ask: x, recheck: 5m", "many": "choices: {a: b}"}}
SKIPPED = {("FACT", "type"), ("FACT", "label"), ("HALL", "label"), ("HALL", "type")}


def cases():
    """(table, field, value, accepted) for every field whose kind has samples."""
    for name, holder in HOLDERS.items():
        for field, about in getattr(fields, name).items():
            good, bad = SAMPLES.get(about.kind, ([], []))
            for value, accepted in [*((v, True) for v in good), *((v, False) for v in bad)]:
                if (name, field) not in SKIPPED and field not in ("playbook", "id"):
                    yield name, holder, field, value, accepted


@pytest.mark.parametrize("case", list(cases()), ids=lambda c: f"{c[0].lower()} {c[2]} {c[3]}")
def test_reader_and_schema_agree(case):
    """Each field of each table takes and refuses the same values in the reader and in the schema."""
    name, holder, field, value, accepted = case
    line = f"{field}: {value}"
    beside = BESIDE.get(name, {}).get(field, "")
    if name == "STEP" and field != "what":
        beside = "what: 做"
    if name == "PLAYBOOK":
        text = holder.format("" if field == "title" else "title: x", line)
    else:
        text = holder.format(f"{beside}, {line}" if beside else line)
    assert valid(as_editor(text), SCHEMA) is accepted, text
    shape = {"wrong-type", "bad-name", "bad-duration", "bad-source", "bad-condition", "empty-field"}
    shape |= {
        "missing-field",
        "unknown-field",
        "unknown-comparison",
        "bad-signal",
        "unknown-fact",
        "bad-heard",
    }
    found = set(codes(read(t=text)))
    assert not (found & shape) if accepted else found & shape, found


def test_every_kind_has_samples_or_a_reason():
    """A new kind of value must be entered above, or here when names or sections decide."""
    others = {"name", "names", "promise", "roles", "hall", "facts", "steps", "rules", "do", "drop"}
    others |= {"hall-changes", "fact-changes", "step-changes"}
    kinds = set(fields.Kind.__args__)
    assert kinds == set(SAMPLES) | others
    assert kinds <= set(SCHEMA["$defs"])


def test_phases_fields_and_comparisons_are_complete():
    """What an editor offers: every phase, every field of every table, every comparison."""
    defs = SCHEMA["$defs"]
    assert list(defs["rules"]["properties"]) == [
        "safety",
        "control",
        "understand",
        "resolve",
        "communicate",
        "improve",
    ]
    assert list(defs["rule"]["properties"]) == list(fields.RULE)
    assert list(defs["steps"]["additionalProperties"]["properties"]) == list(fields.STEP)
    compared = defs["condition"]["additionalProperties"]["anyOf"][-1]
    assert list(compared["properties"]) == list(fields.COMPARISONS)
    for table in fields.TOPS.values():
        assert all(field.about for field in table.values())
