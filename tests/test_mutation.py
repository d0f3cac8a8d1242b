"""How much cases see: the faults put in, which of them change nothing, the case that would notice one."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reader_texts import VOCABULARY
from worlds import STEPS, condition, fact

from engine.cases import Coverage, run_cases, to_json
from engine.cases.mutants import variants
from engine.cases.scoring import Faults, score
from engine.conditions import OPEN, UNSURE, Answer, Situation, evaluate
from engine.model import ALWAYS, Condition, Fact, Library, Playbook, Rule, Vocabulary, Want
from engine.model import Test as Compare
from engine.reader import parse_texts

PLAYBOOK = """\
playbook: leak
title: 漏水
ends_in: dry
hall:
  many_people: {label: 多少人算多, unit: 人, default: 20}
  soon: {label: 多快, type: duration, default: 15m}
facts:
  deep: {label: 水深不深, ask: 水深吗？, source: own}
  people: {label: 在场人数, ask: 有多少人？, unit: 人, source: own}
  where: {label: 漏在哪, ask: 哪里漏？, choices: {roof: 屋顶, pipe: 水管, wall: 墙}, source: own}
  wet: {label: 湿了什么, ask: 什么湿了？, many: true, choices: {floor: 地面, files: 档案}, source: own}
  fixed: {label: 修好了, ask: 修好了吗？, recheck: 10m, within: 1h, source: own}
  smell: {label: 有怪味, hear: [怪味], source: own}
  bad: {label: 情况不好, when: {any: [{deep: yes}, {people: {gte: many_people}}]}}
rules:
  control:
  - do:
      look: {what: 去看, within: 30m, source: own}
      block: {what: 拦住人, source: own}
  - {when: {bad: yes}, do: {guide: {what: 带人走, source: own}}}
  - {when: {bad: yes, maybe: {fixed: no}}, do: {look: {within: soon}}}
  resolve:
  - {when: {where: [pipe, wall], not: {wet: floor}}, do: {plumber: {what: 找人, within: 20m, source: own}}}
  - {when: {any: [{overdue: plumber}, {overdue: fixed}]}, do: {chase: {what: 催, source: own}}}
  - {when: {smell: yes}, activate: gas}
  communicate:
  - {when: {any: [{fixed: yes}, {unknown: fixed}]}, do: {dry: {what: 擦干, source: own}}}
"""
GAS = """\
playbook: gas
title: 燃气
ends_in: vent
rules:
  control:
  - do: {vent: {what: 开窗, source: own}}
"""
NOTHING = "- {name: 空, given: {}, expect: {wanted: look}}\n"


def read(playbook: str = PLAYBOOK) -> Library:
    """The two playbooks, faultless."""
    texts = {
        "playbooks/vocabulary.yaml": VOCABULARY,
        "playbooks/leak.yaml": playbook,
        "playbooks/gas.yaml": GAS,
    }
    made = parse_texts(texts)
    assert not made.findings
    return made


@pytest.fixture(scope="module")
def library() -> Library:
    """The playbook as it is."""
    return read()


def measured(library: Library, folder: Path, text: str) -> Coverage:
    """What cases, all of which pass, see of `leak`."""
    (folder / "leak.yaml").write_text("cases:\n" + text, "utf-8")
    results = run_cases(library, [folder])
    assert results.findings == ()
    assert [f.message for result in results.results for f in result.failures] == []
    (coverage,) = results.coverage
    return coverage


def changes(coverage: Coverage, owner: str) -> list[str]:
    """What was changed in a rule or fact without being noticed."""
    return [left.change for left in coverage.survivors if left.owner == f"leak.{owner}"]


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        ("look", ["不再做 `look`", "不再做 `block`"]),
        (
            "bad",
            [
                "去掉 `deep: yes`",
                "`deep: yes` 改成 `deep: no`",
                "去掉 `people: {gte: many_people}`",
                "`people: {gte: many_people}` 改成 `people: {gt: many_people}`",
                "`people: {gte: many_people}` 改成 `people: {gte: 19}`",
                "`people: {gte: many_people}` 改成 `not: {people: {gte: many_people}}`",
                "`any: [{deep: yes}, {people: {gte: many_people}}]` 由任一成立改成都要成立",
                "去掉条件 `any: [{deep: yes}, {people: {gte: many_people}}]`",
            ],
        ),
        (
            "plumber",
            [
                "去掉 `where: [pipe, wall]`",
                "`where: [pipe, wall]` 改成 `where: wall`",
                "`where: [pipe, wall]` 改成 `where: pipe`",
                "`where: [pipe, wall]` 改成 `where: [pipe, wall, roof]`",
                "`where: [pipe, wall]` 改成 `not: {where: [pipe, wall]}`",
                "去掉 `not: {wet: floor}`",
                "`not: {wet: floor}` 改成 `wet: floor`",
                "`wet: floor` 改成 `wet: [floor, files]`",
                "`where: [pipe, wall], not: {wet: floor}` 由都要成立改成任一成立",
                "不再做 `plumber`",
            ],
        ),
        (
            "look-2",
            [
                "去掉 `bad: yes`",
                "`bad: yes` 改成 `bad: no`",
                "去掉 `maybe: {fixed: no}`",
                "`maybe: {fixed: no}` 去掉 `maybe`",
                "`fixed: no` 改成 `fixed: yes`",
                "`bad: yes, maybe: {fixed: no}` 由都要成立改成任一成立",
                "不再做 `look`",
            ],
        ),
        (
            "dry",
            [
                "去掉 `fixed: yes`",
                "`fixed: yes` 改成 `fixed: no`",
                "去掉 `unknown: fixed`",
                "`unknown: fixed` 改成 `known: fixed`",
                "`any: [{fixed: yes}, {unknown: fixed}]` 由任一成立改成都要成立",
                "去掉条件 `any: [{fixed: yes}, {unknown: fixed}]`",
                "不再做 `dry`",
            ],
        ),
    ],
)
def test_the_faults(library: Library, owner: str, expected: list[str]) -> None:
    """Every kind of fault is put in, each once, and said in the notation of the language."""
    made = Faults(library, next(p for p in library.playbooks if p.id == "leak")).all
    assert [mutant.change for mutant in made if mutant.key == f"leak.{owner}"] == expected


def test_only_expectations_notice(library: Library, tmp_path: Path) -> None:
    """A case in which a rule turns out differently notices nothing unless it says what should be done."""
    given = "given: {deep: yes, people: 3}"
    silent = measured(library, tmp_path, f"- {{name: 深, {given}, expect: {{wanted: block}}}}\n")
    assert "`deep: yes` 改成 `deep: no`" in changes(silent, "bad")
    heard = measured(library, tmp_path, f"- {{name: 深, {given}, expect: {{wanted: [block, guide]}}}}\n")
    assert "`deep: yes` 改成 `deep: no`" not in changes(heard, "bad")
    # all that is told of 3 people is that they are no reason
    assert "去掉 `deep: yes`" not in changes(heard, "bad")
    assert "`people: {gte: many_people}` 改成 `people: {gte: 19}`" in changes(heard, "bad")


@pytest.mark.parametrize(
    ("case", "owner", "change"),
    [
        (
            "given: {people: 20}, expect: {wanted: guide}",
            "bad",
            "{gte: many_people}` 改成 `people: {gt: many",
        ),
        ("given: {deep: no, people: 19}, expect: {not: guide}", "bad", "改成 `people: {gte: 19}`"),
        ("given: {deep: no, people: 2, hall: {many_people: 3}}, expect: {only: []}", "bad", "{gte: 19}`"),
        (
            "given: {where: roof, wet: []}, expect: {not: plumber}",
            "plumber",
            "改成 `where: [pipe, wall, roof]`",
        ),
        ("given: {where: roof, wet: []}, expect: {only: []}", "plumber", "去掉 `where: [pipe, wall]`"),
        ("given: {fixed: 说不清}, expect: {ends: yes}", "dry", "`unknown: fixed` 改成 `known: fixed`"),
        ("given: {}, expect: {first: [look, block]}", "look", "不再做 `block`"),
        ("given: {smell: yes}, expect: {activates: gas}", "gas", "不再建议启动 `gas`"),
        ("given: {}, expect: {not_activates: gas}", "gas", "去掉条件 `smell: yes`"),
        ("given: {deep: yes}, expect: {due: {look: 15m}}", "look-2", "不再做 `look`"),
        ("given: {}, expect: {closable: no}", "look", ""),
    ],
)
def test_what_notices(library: Library, tmp_path: Path, case: str, owner: str, change: str) -> None:
    """Each kind of expectation notices a fault that bears on it; thresholds move with the hall's value."""
    before = changes(measured(library, tmp_path, NOTHING), owner)
    after = changes(measured(library, tmp_path, f"{NOTHING}- {{name: 例, {case}}}\n"), owner)
    gone = [left for left in before if change in left and left not in after]
    if change:
        assert gone
    else:  # both steps together stand in the way of closing: the loss of one is not noticed
        assert after == before


def test_a_failing_case_notices_nothing(library: Library, tmp_path: Path) -> None:
    """A case that fails anyway would seem to notice every fault: it is left out."""
    text = f"cases:\n{NOTHING}- {{name: 错, given: {{deep: yes}}, expect: {{wanted: guide, not: look}}}}\n"
    (tmp_path / "leak.yaml").write_text(text, "utf-8")
    (coverage,) = run_cases(library, [tmp_path]).coverage
    alone = measured(library, tmp_path, NOTHING)
    assert coverage.survivors == alone.survivors
    assert coverage.unseen == alone.unseen


def test_the_ready_cases_are_enough(library: Library, tmp_path: Path) -> None:
    """Every fault left comes with a case that passes now and notices it, every gap with a situation."""
    before = measured(library, tmp_path, NOTHING)
    assert before.survivors
    assert before.unseen
    assert not before.enough
    text = NOTHING
    for number, left in enumerate(before.survivors):
        text += f"- {{name: 补{number}, given: {left.given}, expect: {left.expect}}}\n"
    for number, dark in enumerate(before.unseen):
        text += f"- {{name: 照{number}, given: {dark.given}, expect: {{wanted: look}}}}\n"
    after = measured(library, tmp_path, text)
    assert after.survivors == ()
    assert after.unseen == ()
    assert (after.score, after.conditions, after.enough) == (1.0, 1.0, True)
    # the faults that change something and those that do not are told apart whatever the cases are
    assert (after.mutants, after.same, after.points) == (before.mutants, before.same, before.points)


@pytest.mark.parametrize(
    ("rule", "same"),
    [
        # the step is wanted anyway: nothing that happens to the rule matters
        (
            "{when: {deep: yes}, do: {look: }}",
            {"`deep: yes` 改成 `deep: no`", "去掉条件 `deep: yes`", "不再做 `look`"},
        ),
        # what is answered yes is known
        ("{when: {known: deep, deep: yes}, do: {mop: {what: 拖地, source: own}}}", {"去掉 `known: deep`"}),
        # who waits in vain has no answer, and an answer ends the wait
        (
            "{when: {overdue: fixed, maybe: {unknown: fixed}}, do: {mop: {what: 拖地, source: own}}}",
            {"去掉 `maybe: {unknown: fixed}`", "`maybe: {unknown: fixed}` 去掉 `maybe`"},
        ),
        # nobody takes in what was never to be done
        (
            "{when: {where: [pipe, wall], done: plumber}, do: {mop: {what: 拖地, source: own}}}",
            {"去掉 `where: [pipe, wall]`", "`where: [pipe, wall]` 改成 `where: [pipe, wall, roof]`"},
        ),
    ],
)
def test_faults_that_change_nothing(tmp_path: Path, rule: str, same: set[str]) -> None:
    """A fault that changes no step, proposal or deadline in any situation that can be counts neither way."""
    made = read(PLAYBOOK.replace("  - {when: {smell", f"  - {rule}\n  - {{when: {{smell"))
    faults = Faults(made, next(p for p in made.playbooks if p.id == "leak"))
    count, survivors, _ = score(faults, [])
    left = {(entry.owner, entry.change) for entry in survivors}
    new = "leak.mop" if "mop" in rule else "leak.look-3"
    gone = {mutant.change for mutant in faults.all if mutant.key == new} - {c for o, c in left if o == new}
    assert gone == same
    assert count == len(survivors) == len(faults.all) - len(same)


FACTS = (fact("b0", "bool"), fact("b1", "bool", awaited=True), fact("n0", "number"), fact("c0", "choice"))


def answers(entry: Fact) -> list[Answer | None]:
    """Every answer that conditions with numbers up to 13 can tell apart."""
    found: list[Answer | None] = [None, UNSURE, *([OPEN] if entry.recheck else [])]
    values = {"bool": (True, False), "number": range(15), "choice": ("x", "y", "z")}[entry.kind]
    return [*found, *(Answer("known", value) for value in values)]


SITUATIONS = [
    Situation({entry.key: answer for entry, answer in zip(FACTS, each, strict=True) if answer is not None})
    for each in product(*map(answers, FACTS))
]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(conditions=st.lists(condition(FACTS, 2, False), min_size=1, max_size=3))
def test_same_is_what_enumeration_finds(conditions: list[Condition]) -> None:
    """Without cases a fault is left over exactly when in some situation other steps are wanted."""
    rules = tuple(
        Rule(f"p.r{n}", "control", when, (Want(STEPS[n % 2].key),)) for n, when in enumerate(conditions)
    )
    playbook = Playbook("p", "试", rules=rules, order=tuple(entry.key for entry in FACTS))
    faults = Faults(Library(Vocabulary(facts=FACTS, steps=STEPS), (playbook,)), playbook)
    by_key = {entry.key: entry for entry in FACTS}
    holding = {rule.key: [evaluate(rule.when, at) is True for at in SITUATIONS] for rule in rules}

    def plan(found: dict[str, list[bool]]) -> list[tuple[bool, ...]]:
        by_step = [[found[rule.key] for rule in rules if rule.do[0].step == step.key] for step in STEPS[:2]]
        return [tuple(map(any, zip(*lists, strict=True))) for lists in by_step]

    differing = 0
    for rule in rules:
        changed = [when for _, when in variants(rule.when, by_key, {})]
        held = [[evaluate(when, at) is True for at in SITUATIONS] for when in changed]
        for found in (*held, [False] * len(SITUATIONS)):  # the last: the step is lost
            differing += plan({**holding, rule.key: found}) != plan(holding)
    count, survivors, same = score(faults, [])
    assert (count, same) == (differing, len(faults.all) - differing)
    assert len(survivors) == count


@settings(max_examples=60)
@given(when=condition(FACTS, 3, False))
def test_variants(when: Condition) -> None:
    """Faults of a condition come in one order whatever the hall's values, and are no condition as it was."""
    by_key = {entry.key: entry for entry in FACTS}
    if when == ALWAYS:
        assert variants(when, by_key, {}) == []
        return
    found = variants(when, by_key, {})
    assert [change for change, _ in found] == [change for change, _ in variants(when, by_key, {"hall": 5})]
    if isinstance(when, Compare):
        assert when not in [changed for _, changed in found]


def test_thresholds_of_halls(library: Library) -> None:
    """Under other hall values the same fault stands at the same place, its threshold beside that value."""
    crowd = next(f for p in library.playbooks for f in p.facts if f.key == "leak.bad")
    facts = {f.key: f for p in library.playbooks for f in p.facts}
    assert crowd.when is not None
    twenty, three = (variants(crowd.when, facts, {"many_people": value}) for value in (20, 3))
    assert len(twenty) == len(three)
    moved = [(a, b) for (a, _), (b, _) in zip(twenty, three, strict=True) if a != b]
    assert moved == [
        (
            "`people: {gte: many_people}` 改成 `people: {gte: 19}`",
            "`people: {gte: many_people}` 改成 `people: {gte: 2}`",
        )
    ]


def test_document(library: Library, tmp_path: Path) -> None:
    """`--json` has all of it."""
    (tmp_path / "leak.yaml").write_text(f"cases:\n{NOTHING}", "utf-8")
    results = run_cases(library, [tmp_path])
    (coverage,) = results.coverage
    (entry,) = to_json(results)["coverage"]
    assert entry["survivors"][0] == msgspec.to_builtins(coverage.survivors[0])
    assert set(entry["survivors"][0]) == {"owner", "place", "change", "given", "expect"}
    assert set(entry["unseen"][0]) == {"owner", "place", "condition", "verdict", "given"}
    assert (entry["mutants"], entry["same"], entry["points"]) == (
        coverage.mutants,
        coverage.same,
        coverage.points,
    )
    assert 0 < entry["score"] < 1
