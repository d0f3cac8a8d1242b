"""`playbook diff`: exact against enumeration, every difference with a situation that shows it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.compare import Report, compare
from engine.conditions import OPEN, UNSURE, Answer, Situation, bind, evaluate
from engine.console.wrap import columns
from engine.hall import hall_values
from engine.model import Fact, Library, Playbook, Profile, Rule, Vocabulary, Want
from engine.reader import parse_texts, read_files
from tests.walking import emitted, run
from tests.worlds import STEPS, condition, fact

FACTS = (fact("b0", "bool"), fact("b1", "bool", awaited=True), fact("c0", "choice"), fact("n0", "number"))
SHIPPED = Path(__file__).parent.parent / "playbooks"


@st.composite
def version(draw: st.DrawFn, outcomes: bool) -> Library:
    """A playbook of a few random rules over the same facts and steps."""
    whens = draw(st.lists(condition(FACTS, 2, outcomes), min_size=1, max_size=4))
    steps = [draw(st.sampled_from(STEPS[:3])).key for _ in whens]
    rules = tuple(
        Rule(f"p.r{n}", "control", when, (Want(step),))
        for n, (when, step) in enumerate(zip(whens, steps, strict=True))
    )
    book = Playbook("p", "试", rules=rules, order=tuple(entry.key for entry in FACTS))
    return Library(Vocabulary(facts=FACTS, steps=STEPS), (book,))


def planner(library: Library, id: str = "p") -> Callable[[Situation], set[str]]:
    """Situation → the steps that a playbook wants, by the tree evaluator."""
    book = next(playbook for playbook in library.playbooks if playbook.id == id)
    shared = library.vocabulary
    facts: dict[str, Fact] = {entry.key: entry for entry in (*shared.facts, *book.facts)}
    values = hall_values((*shared.hall, *book.hall), Profile())
    bound = [(bind(rule.when, facts, values), rule) for rule in book.rules]

    def wanted(at: Situation) -> set[str]:
        return {want.step for when, rule in bound if evaluate(when, at) is True for want in rule.do}

    return wanted


def situation(change: object, facts: tuple[Fact, ...]) -> Situation:
    """The witness of a difference."""
    many = {entry.key for entry in facts if entry.kind == "many"}
    found = {}
    for key, value in change.facts.items():
        states = {"?unsure": UNSURE, "?open": OPEN}
        held = frozenset(value) if key in many and isinstance(value, list) else value
        found[key] = states[value] if isinstance(value, str) and value in states else Answer("known", held)
    return Situation(found, set(change.happened))


def shows(report: Report, old: Library, new: Library, id: str = "p") -> None:
    """Each difference is so in its own situation, by the tree evaluator."""
    first, second = planner(old, id), planner(new, id)
    for change in report.plan:
        facts = (*new.vocabulary.facts, *(f for p in new.playbooks for f in p.facts))
        at = situation(change, facts)
        before, after = first(at), second(at)
        assert all(e.key in after - before for e in change.comes if not e.activates)
        assert all(e.key in before - after for e in change.goes if not e.activates)
        assert 0 <= int(change.count) <= int(change.total)


ANSWERS = {
    "b0": [None, Answer("known", True), Answer("known", False), UNSURE],
    "b1": [None, Answer("known", True), Answer("known", False), UNSURE, OPEN],
    "c0": [None, *(Answer("known", choice) for choice in "xyz"), UNSURE],
    "n0": [None, *(Answer("known", number) for number in range(14)), UNSURE],
}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(version(False), version(False))
def test_every_difference_and_no_other(old: Library, new: Library) -> None:
    """Without outcomes: a step is reported exactly when some of all situations treats it differently."""
    report = compare(old, "p", new, "p")
    shows(report, old, new)
    first, second = planner(old), planner(new)
    comes: set[str] = set()
    goes: set[str] = set()
    for answers in product(*ANSWERS.values()):
        at = Situation({k: a for k, a in zip(ANSWERS, answers, strict=True) if a is not None})
        before, after = first(at), second(at)
        comes |= after - before
        goes |= before - after
    assert {entry.key for change in report.plan for entry in change.comes} == comes
    assert {entry.key for change in report.plan for entry in change.goes} == goes


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(version(True), version(True))
def test_witnesses_with_outcomes(old: Library, new: Library) -> None:
    """With outcomes too: each witness shows its difference, and a version does not differ from itself."""
    shows(compare(old, "p", new, "p"), old, new)
    assert compare(old, "p", old, "p").same


def simple(*whens: str, facts: str = "") -> Library:
    """A playbook with one step a rule."""
    text = "playbook: p\ntitle: 试\nversion: 1\nfacts:\n"
    text += "  a: {label: 甲, ask: 甲吗？}\n  b: {label: 乙, ask: 乙吗？}\n"
    text += "  k: {label: 丙, ask: 丙？, choices: {x: 一, y: 二}}\n"
    text += f"  n: {{label: 几, ask: 几？, unit: 个}}\n{facts}rules:\n  control:\n"
    for number, when in enumerate(whens):
        text += f"  - when: {when}\n    do: {{s{number}: {{what: 第{number}步, within: 5m, source: own}}}}\n"
    library = parse_texts({"p.yaml": text})
    assert [p.id for p in library.playbooks] == ["p"], library.findings
    return library


@pytest.mark.parametrize(
    ("old", "new", "lines", "share"),
    [
        ("{a: yes}", "{a: yes, b: yes}", ("甲：是",), 2 / 9),  # a yes and b not yes: 2 of 3 × 3
        ("{a: yes}", "{any: [{a: yes}, {unknown: a}]}", ("甲：说不清",), 1 / 3),
        ("{k: x}", "{k: [x, y]}", ("丙：二",), 1 / 3),
        ("{n: {gt: 5}}", "{n: {gt: 7}}", ("几：6个",), 1 / 4),  # up to 5, 6 and 7, from 8, 说不清
        ("{a: no}", "{maybe: {a: no}}", (), 1 / 3),  # differs while nothing was asked; answered: 说不清
    ],
)
def test_shortest_situation_and_share(old: str, new: str, lines: tuple[str, ...], share: float) -> None:
    """The witness names no more than is needed; the share counts situations with every question answered."""
    [change] = compare(simple(old), "p", simple(new), "p").plan
    assert change.situation == lines
    assert change.share == pytest.approx(share)


def test_equal_in_other_words() -> None:
    """Rules written differently that say the same leave the plan as it is; the rewriting is told."""
    report = compare(simple("{not: {a: no}, b: yes}"), "p", simple("{all: [{b: yes}, {a: yes}]}"), "p")
    assert report.plan == ()
    assert [(c.kind, c.key, c.fields[0].name) for c in report.rules] == [("changed", "p.s0", "条件")]


def test_outcomes_only_where_they_can_happen() -> None:
    """What waits for the failure of a step that is never done together with it is no difference."""
    base = ("{a: yes}", "{a: no}")
    never = compare(simple(*base), "p", simple(*base, "{a: no, blocked: s0}"), "p")
    assert never.plan == ()
    assert [change.kind for change in never.steps] == ["added"]
    [change] = compare(simple(*base), "p", simple(*base, "{a: yes, blocked: s0}"), "p").plan
    assert change.situation == ("甲：是", "“第0步”办不成")
    assert [entry.key for entry in change.comes] == ["p.s2"]


def test_facts_of_another_kind_and_new_answers() -> None:
    """A fact that became another kind is two facts; an answer that is new counts."""
    old = simple("{f: yes}", facts="  f: {label: 丁, ask: 丁吗？}\n")
    new = simple("{f: x}", facts="  f: {label: 丁, ask: 丁？, choices: {x: 一, z: 三}}\n")
    report = compare(old, "p", new, "p")
    assert len(report.plan) == 2
    assert {field.name for change in report.facts for field in change.fields} == {"类型", "回答", "问题"}
    more = simple("{f: [x, w]}", facts="  f: {label: 丁, ask: 丁？, choices: {x: 一, z: 三, w: 四}}\n")
    [change] = compare(new, "p", more, "p").plan
    assert change.situation == ("丁：四",)


@pytest.mark.parametrize(
    "id", ["always", "system-failure", "hotline-order", "disputed-processing", "staff-dispute"]
)
def test_shipped_rule_removed(id: str) -> None:
    """Any shipped playbook does not differ from itself; without its last rule it does, and it shows."""
    library = shipped()
    assert compare(library, id, library, id).same
    book = next(playbook for playbook in library.playbooks if playbook.id == id)
    less = msgspec.structs.replace(book, rules=book.rules[:-1], version=book.version + 1)
    others = tuple(less if playbook.id == id else playbook for playbook in library.playbooks)
    fewer = msgspec.structs.replace(library, playbooks=others)
    report = compare(library, id, fewer, id)
    assert [change.kind for change in report.rules] == ["removed"]
    assert report.plan
    assert not any(change.comes for change in report.plan)
    shows(report, library, fewer, id)


def shipped() -> Library:
    """The shipped playbooks."""
    return parse_texts(read_files(hall=False), cache=True)


# ---- the command ------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a changed copy of a playbook, a hall's change of one, and faulty files."""
    text = (SHIPPED / "rain-before-opening.yaml").read_text("utf-8")
    changed = text.replace("default: 10, unit: 分钟", "default: 12, unit: 分钟").replace(
        "what: 马上到门口", "what: 立刻到门口"
    )
    assert changed != text
    (tmp_path / "new.yaml").write_text(changed, "utf-8")
    (tmp_path / "change.yaml").write_text(
        "extends: system-failure\nsteps:\n  announce: {within: 2m, say: 系统坏了，正在修。}\n"
        "drop: [use-other]\nrules:\n  control:\n  - when: {angry: yes}\n"
        "    do: {side-door: {what: 打开侧门分流, who: guard, within: 5m, source: own}}\n",
        "utf-8",
    )
    (tmp_path / "broken.yaml").write_text(
        "playbook: x\ntitle: 坏\nversion: 1\nrules: {nophase: []}\n", "utf-8"
    )
    (tmp_path / "shared.yaml").write_text(
        "extends: zhiban\nsteps:\n  report-lead: {say: 出事了。}\n", "utf-8"
    )
    (tmp_path / "notes.yaml").write_text("hello: 1\n", "utf-8")
    return tmp_path


def test_changed_file(home: Path) -> None:
    """An id against a changed copy: words and values by name, exit 0, or 1 when asked for."""
    shown = run(home, "playbook", "diff", "rain-before-opening", "new.yaml")
    assert shown.returncode == 0
    assert "做什么：马上到门口，让大家看得见你 → 立刻到门口，让大家看得见你" in shown.stdout.replace(
        "\n      ", ""
    )
    # the step's own words are told with the step, not with every rule that asks for it
    assert shown.stdout.count("马上到门口") == 1
    assert run(home, "playbook", "diff", "rain-before-opening", "new.yaml", "--exit-code").returncode == 1
    same = run(home, "playbook", "diff", "new.yaml", "new.yaml", "--exit-code")
    assert (same.returncode, "没有不同" in same.stdout) == (0, True)


def test_what_a_hall_changes(home: Path) -> None:
    """A hall's file against the playbook it changes, named or not, installed or not: the same changes."""
    given = emitted(home, "playbook", "diff", "system-failure", "change.yaml", "--json")
    assert {c["key"].partition(".")[2] for c in given["steps"] if c["kind"] == "removed"} == {"use-other"}
    assert {c["key"].partition(".")[2] for c in given["steps"] if c["kind"] == "added"} == {"side-door"}
    [announce] = [c for c in given["steps"] if c["kind"] == "changed"]
    assert [(f["name"], f["new"]) for f in announce["fields"]][1] == ("时限", "2分钟内")
    entries = [(c.get("comes", []), c.get("goes", [])) for c in given["plan"]]
    assert sum(len(comes) for comes, _ in entries) == sum(len(goes) for _, goes in entries) == 1
    assert emitted(home, "playbook", "diff", "change.yaml", "--json")["plan"] == given["plan"]
    folder = home / "config" / "playbooks"
    folder.mkdir(parents=True)
    (home / "change.yaml").rename(folder / "change.yaml")
    for arguments in (["system-failure"], ["system-failure", "config/playbooks/change.yaml"]):
        again = emitted(home, "playbook", "diff", *arguments, "--json")
        assert (again["plan"], len(again["steps"])) == (given["plan"], len(given["steps"]))


def test_shared_words_changed(home: Path) -> None:
    """A change of what all playbooks share is looked at in the playbook that is named."""
    found = emitted(home, "playbook", "diff", "system-failure", "shared.yaml", "--json")
    assert found["plan"] == []
    assert [(c["key"], [f["name"] for f in c["fields"]]) for c in found["steps"]] == [("report-lead", ["说"])]


def test_two_playbooks(home: Path) -> None:
    """Two ids are compared as if they had one name; the view is GBK and fits a narrow window."""
    shown = run(home, "playbook", "diff", "long-queue", "queue-disorder", COLUMNS="40")
    assert shown.returncode == 0
    shown.stdout.encode("gbk")
    assert max(columns(line) for line in shown.stdout.splitlines()) <= 40
    assert "多出" in shown.stdout
    assert "少了" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["sistem-failure", "long-queue"], 5, "system-failure"),
        (["system-failure", "no-such.yaml"], 5, "没有文件 `no-such.yaml`"),
        (["system-failure", "broken.yaml"], 4, "broken.yaml:4:"),
        (["system-failure", "notes.yaml"], 4, "notes.yaml"),
        (["system-failure", "."], 2, "文件夹"),
        (["shared.yaml", "shared.yaml"], 2, "公用词汇"),
        (["shared.yaml"], 2, "公用词汇"),
        ([], 2, "用法"),
    ],
)
def test_bad_input(home: Path, arguments: list[str], code: int, said: str) -> None:
    """What is wrong and where, the right exit code, no traceback."""
    done = run(home, "playbook", "diff", *arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
