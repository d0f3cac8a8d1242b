"""`zhiban playbook export --cacao`: valid by the standard, the same every time, and of the same meaning."""

import json
import os
import re
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from engine.cacao import EXTENSION, cacao, playbook_id
from engine.conditions import Situation
from engine.errors import BadData, NotFound
from engine.hall import hall_values
from engine.model import Library, Profile
from engine.reader import load_library
from engine.ruleset import Ruleset
from tests.cacao_schema import SCHEMA
from tests.walking import run
from tests.worlds import library, some_answer

SHIPPED = load_library(hall=False)
IDS = [playbook.id for playbook in SHIPPED.playbooks]
OUTCOMES = ("done", "blocked", "overdue", "handed")


def document(made, id):
    """The export as another program reads it."""
    return json.loads(msgspec.json.encode(cacao(made, id)))


# ---- form -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", IDS)
def test_valid_by_the_standard(id):
    """Every shipped playbook's export satisfies the schema, and the published ones where they are given."""
    made = document(SHIPPED, id)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(made)] == []
    folder = os.environ.get("CACAO_SCHEMAS")
    if folder:
        from referencing import Registry, Resource

        published = [json.loads(file.read_text("utf-8")) for file in Path(folder).glob("**/*.json")]
        registry = Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in published])
        [top] = [schema for schema in published if schema["title"] == "playbook"]
        assert [e.message for e in Draft7Validator(top, registry=registry).iter_errors(made)] == []


def leads_to(node):
    """All the steps that a step names."""
    found = [node[name] for name in ("on_completion", "on_true") if name in node]
    return [*found, *node.get("next_steps", ()), *node.get("cases", {}).values()]


@pytest.mark.parametrize("id", IDS)
def test_references_lead_somewhere(id):
    """Every step is reached exactly once, every name is defined, no UUID serves twice."""
    made = document(SHIPPED, id)
    steps, variables = made["workflow"], made["playbook_variables"]
    named = [made["workflow_start"], *(to for node in steps.values() for to in leads_to(node))]
    assert sorted(named) == sorted(steps)  # a tree: each branch has its own end
    agents = {node["agent"] for node in steps.values() if "agent" in node}
    targets = {target for node in steps.values() for target in node.get("targets", ())}
    assert agents == made["agent_definitions"].keys()
    assert targets == made.get("target_definitions", {}).keys()
    texts = [node[name] for node in steps.values() for name in ("condition", "switch") if name in node]
    texts += [command["command"] for node in steps.values() for command in node.get("commands", ())]
    used = {name for text in texts for name in re.findall(r"(__[\w-]+?__):value", text)}
    used |= {name for node in steps.values() for name in node.get("out_args", ())}
    assert used <= variables.keys()
    uuids = [
        key.partition("--")[2]
        for key in (*steps, *agents, *targets, made["id"], made["created_by"], EXTENSION)
    ]
    assert len(set(uuids)) == len(uuids)


def test_the_same_every_time(tmp_path):
    """Two exports by the program are the same bytes; a later version keeps the id and is modified later."""
    one, two = (run(tmp_path, "playbook", "export", "--cacao", "long-queue").stdout for _ in range(2))
    assert one == two
    before = json.loads(one)
    assert before["id"] == playbook_id("long-queue")
    playbook = next(p for p in SHIPPED.playbooks if p.id == "long-queue")
    after = document(
        Library(SHIPPED.vocabulary, (msgspec.structs.replace(playbook, version=12),)), "long-queue"
    )
    assert after["id"] == before["id"]
    assert after["created"] == before["created"] <= before["modified"] < after["modified"]


def test_command(tmp_path):
    """-o writes a file and never over one; an unknown playbook exits 5, a missing format 2."""
    assert run(tmp_path, "playbook", "export", "--cacao", "long-queue", "-o", "x.json").returncode == 0
    assert json.loads((tmp_path / "x.json").read_text("utf-8"))["spec_version"] == "cacao-2.0"
    again = run(tmp_path, "playbook", "export", "--cacao", "always", "-o", "x.json")
    assert (again.returncode, "已经存在" in again.stderr) == (4, True)
    unknown = run(tmp_path, "playbook", "export", "--cacao", "long-queu")
    assert (unknown.returncode, "`long-queue`" in unknown.stderr) == (5, True)
    assert run(tmp_path, "playbook", "export", "long-queue").returncode == 2
    with pytest.raises(NotFound):
        cacao(SHIPPED, "no-such")


def test_a_blank_hall_value_is_named():
    """A comparison with a hall value that has no default cannot be exported; the value is named."""
    from tests.reader_texts import read

    text = (
        "playbook: own-x\ntitle: x\nhall: {most: {label: 上限, unit: 人}}\n"
        "facts: {n: {ask: 呢？, unit: 人}}\n"
        "rules: {control: [{when: {n: {gt: most}}, do: {a: {what: 看, source: own}}}]}\n"
    )
    with pytest.raises(BadData, match="`most`"):
        cacao(read(hall__x=text), "own-x")


# ---- meaning --------------------------------------------------------------------------------------


class World:
    """What would turn out: the answer of each fact and the outcomes of each step, if it is done."""

    def __init__(self, ruleset, seed):
        chance = Random(seed)
        self.facts = {
            fact.key: some_answer(chance, fact) for fact in ruleset.facts.values() if fact.when is None
        }
        self.late = {key for key, fact in ruleset.facts.items() if fact.within and chance.random() < 0.5}
        self.outcomes = {
            step: {kind for kind in OUTCOMES if chance.random() < (0.6 if kind == "done" else 0.25)}
            for step in ruleset.steps
        }


def planned(ruleset, playbook, world):
    """The steps and playbooks that zhiban wants when all that it wants has turned out as in the world."""
    happened = {("overdue", key) for key in world.late}
    while True:
        at = Situation(world.facts, frozenset(happened))
        held = ruleset.holding_by_tree(at)
        holding = [b.rule for key, b in ruleset.rules.items() if b.playbook == playbook and key in held]
        steps = {want.step for rule in holding for want in rule.do}
        more = {(kind, step) for step in steps for kind in world.outcomes[step]} - happened
        if not more:
            return sorted(steps), sorted({name for rule in holding for name in rule.activate})
        happened |= more


class Walker:
    """Executes a CACAO document: what is asked, found and done sets variables, as a person would."""

    def __init__(self, made, world, chance):
        self.steps, self.world, self.chance = made["workflow"], world, chance
        self.values = {name: declared["value"] for name, declared in made["playbook_variables"].items()}
        extension = made["playbook_extensions"][EXTENSION]
        self.facts = {entry["fact"]: entry for entry in extension["facts"]}
        self.outcomes = {(entry["name"], entry["kind"]): entry["variable"] for entry in extension["outcomes"]}
        self.done, self.called = [], []
        for key, entry in self.facts.items():
            names = [entry[part] for part in ("value", "state") if part in entry]
            if any(made["playbook_variables"][name].get("external") for name in names):
                self.tell(key)

    def tell(self, key):
        """A fact becomes known, as it is in the world."""
        entry, answer = self.facts[key], self.world.facts[key]
        state = f"_{answer.state}"
        known = answer.state == "known"
        if "state" in entry:
            self.values[entry["state"]] = state
        for choice, name in entry.get("choices", {}).items():
            self.values[name] = ("yes" if choice in answer.value else "no") if known else state
        if "value" in entry:
            spoken = {True: "yes", False: "no"}.get(answer.value, str(answer.value)) if known else state
            if "state" not in entry or known:
                self.values[entry["value"]] = str(answer.value) if "state" in entry else spoken
        if "overdue" in entry:
            self.values[entry["overdue"]] = "true" if key in self.world.late else "false"

    def walk(self, id):
        """A branch from a step to its end."""
        while True:
            node = self.steps[id]
            match node["type"]:
                case "end":
                    return
                case "action":
                    self.act(node)
                case "playbook-action":
                    self.called.append(node["playbook_id"])
                case "parallel":
                    # any order must do
                    for branch in self.chance.sample(node["next_steps"], len(node["next_steps"])):
                        self.walk(branch)
                case "if-condition":
                    if self.holds(node["condition"]):
                        self.walk(node["on_true"])
                case "switch-condition":
                    value = self.values[node["switch"].removesuffix(":value")]
                    self.walk(node["cases"].get(value, node["cases"]["default"]))
            id = node["on_completion"]

    def act(self, node):
        """A question, or a step with its outcomes and what it finds."""
        said = node["step_extensions"][EXTENSION]
        before = dict(self.values)
        if "fact" in said:
            self.tell(said["fact"])
        else:
            self.done.append(said["step"])
            for kind in self.world.outcomes[said["step"]]:
                if (said["step"], kind) in self.outcomes:
                    self.values[self.outcomes[said["step"], kind]] = "true"
            for key in said.get("finds", ()):
                if key in self.facts:
                    self.tell(key)
            for name in node.get("out_args", ()):
                if name.endswith("-visited__"):
                    self.values[name] = "true"
        changed = {name for name in self.values if self.values[name] != before[name]}
        assert changed <= set(node.get("out_args", ()))  # nothing is set that the step does not return

    def holds(self, condition):
        """An expression of comparisons joined by AND and OR, AND binding tighter."""
        tokens = re.findall(r"[()]|__[\w-]+__:value|!=|<=|>=|[=<>]|'[^']*'|AND|OR|-?\d+", condition)
        assert "".join(tokens) == condition.replace(" ", "")
        self.tokens = tokens[::-1]
        result = self.any()
        assert not self.tokens
        return result

    def any(self):
        found = [self.all()]
        while self.tokens and self.tokens[-1] == "OR":
            self.tokens.pop()
            found.append(self.all())
        return any(found)

    def all(self):
        found = [self.one()]
        while self.tokens and self.tokens[-1] == "AND":
            self.tokens.pop()
            found.append(self.one())
        return all(found)

    def one(self):
        token = self.tokens.pop()
        if token == "(":
            result = self.any()
            assert self.tokens.pop() == ")"
            return result
        value, op, wanted = self.values[token.removesuffix(":value")], self.tokens.pop(), self.tokens.pop()
        if wanted.startswith("'"):
            return (value == wanted[1:-1]) == (op == "=")
        if value is None:
            return self.chance.random() < 0.5  # what a platform makes of it is its own affair
        left, right = int(value), int(wanted)
        return {"=": left == right, "!=": left != right, "<": left < right, "<=": left <= right,
                ">": left > right, ">=": left >= right}[op]  # fmt: skip


def same_meaning(made, id, seeds):
    """The walk of the export visits exactly what the engine plans, each once; returns how much that was."""
    alone = Library(made.vocabulary, tuple(p for p in made.playbooks if p.id == id))
    playbook = alone.playbooks[0]
    values = hall_values([*made.vocabulary.hall, *playbook.hall], Profile())
    ruleset, exported = Ruleset(made, [id], values), document(made, id)
    if id != "always":
        ruleset.rules = {key: bound for key, bound in ruleset.rules.items() if bound.playbook == id}
    seen = set()
    for seed in seeds:
        world = World(ruleset, seed)
        steps, proposals = planned(ruleset, id, world)
        walker = Walker(exported, world, Random(seed))
        walker.walk(exported["workflow_start"])
        always = [] if id == "always" or "always" not in [p.id for p in made.playbooks] else ["always"]
        assert sorted(walker.done) == steps
        assert sorted(walker.called) == sorted(playbook_id(name) for name in {*always, *proposals})
        seen |= {*steps, *proposals}
    return seen


@pytest.mark.parametrize("id", IDS)
def test_same_meaning(id):
    """On random complete situations of each shipped playbook; every step of it is visited in some."""
    seen = same_meaning(SHIPPED, id, range(40))
    playbook = next(p for p in SHIPPED.playbooks if p.id == id)
    assert len(seen) >= 0.8 * len({want.step for rule in playbook.rules for want in rule.do})


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(library(), st.integers(0, 10**6))
def test_same_meaning_of_any_rules(made, seed):
    """On random playbooks, in which rules wait for one another even in circles."""
    if made.playbooks[0].rules:
        same_meaning(made, "p", range(seed, seed + 8))


CIRCLE = """\
playbook: own-x
title: 转圈
facts: {one: {ask: 甲？}, two: {ask: 乙？}}
rules:
  resolve:
  - {when: {any: [{one: yes}, {done: c}]}, do: {a: {what: 甲, source: own}}}
  - {when: {any: [{two: yes}, {done: a}]}, do: {b: {what: 乙, source: own}}}
  - {when: {any: [{done: b}, {blocked: d}]}, do: {c: {what: 丙, source: own}}}
  - {when: {blocked: b}, do: {d: {what: 丁, after: a, source: own}}}
"""


def test_rules_in_a_circle():
    """Steps that bring one another about are all visited, wherever the circle begins, and each once."""
    from tests.reader_texts import read

    made = read(hall__x=CIRCLE)
    made = Library(made.vocabulary, tuple(p for p in made.playbooks if p.id == "own-x"))
    assert same_meaning(made, "own-x", range(60)) == {f"own-x.{name}" for name in "abcd"}
