"""The runner of rule tests: what passes, what a failure says, what is wrong with a file, coverage."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from reader_texts import VOCABULARY

from engine.cases import Results, run_cases, to_json
from engine.cases.expecting import EXPECT
from engine.cases.given import INSIDE
from engine.errors import NotFound
from engine.model import Library
from engine.reader import load_library, parse_texts

DOCS = Path(__file__).parent.parent / "docs" / "cases.md"
PLAYBOOK = """\
playbook: leak
title: 漏水
ends_in: dry
hall:
  many_people: {label: 多少人算多, unit: 人, default: 20}
  patience: {label: 等多久, type: duration, default: 10m}
facts:
  deep: {label: 水深不深, ask: 水深吗？, source: own}
  people: {label: 在场人数, ask: 有多少人？, unit: 人, source: own}
  crowd: {label: 人多, when: {people: {gte: many_people}}}
  where: {label: 漏在哪, ask: 哪里漏？, choices: {roof: 屋顶, pipe: 水管}, source: own}
  wet: {label: 湿了什么, ask: 什么湿了？, many: true, choices: {floor: 地面, files: 档案}, source: own}
  fixed: {label: 修好了, ask: 修好了吗？, recheck: patience, within: 1h, source: own}
  smell: {label: 有怪味, hear: [怪味], source: own}
rules:
  control:
  - do:
      look: {what: 去看, finds: where, source: own}
      block: {what: 拦住人, after: look, source: own}
  - {when: {office_hours: yes}, do: {open-doors: {what: 开着门, source: own}}}
  - {when: {deep: yes}, do: {power-off: {what: 断电, source: own}}}
  - {when: {crowd: yes}, do: {guide: {what: 带人走, source: own}}}
  resolve:
  - {when: {where: pipe}, do: {plumber: {what: 叫水管工, within: patience, source: own}}}
  - {when: {wet: files}, do: {rescue: {what: 抢档案, issue: fault-notice, source: own}}}
  - {when: {any: [{overdue: plumber}, {overdue: fixed}]}, do: {chase: {what: 催, source: own}}}
  - {when: {smell: yes}, activate: gas}
  communicate:
  - {when: {any: [{fixed: yes}, {unknown: fixed}]}, do: {dry: {what: 擦干, source: own}}}
"""
DONE = "outcomes: {look: done, block: done, dry: done}"
GAS = """\
playbook: gas
title: 燃气
ends_in: vent
rules:
  control:
  - do: {vent: {what: 开窗, source: own}}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    """Two small playbooks without a finding."""
    texts = {
        "playbooks/vocabulary.yaml": VOCABULARY,
        "playbooks/leak.yaml": PLAYBOOK,
        "playbooks/gas.yaml": GAS,
    }
    made = parse_texts(texts)
    assert not made.findings
    return made


@pytest.fixture
def run(library: Library, tmp_path: Path):
    """Runs the cases of a text written as `leak.yaml`."""

    def go(*cases: str, name: str = "leak.yaml") -> Results:
        text = "cases:\n" + "".join(f"- {case}\n" for case in cases)
        (tmp_path / name).write_text(text, "utf-8")
        return run_cases(library, [tmp_path / name])

    return go


def failures(results: Results) -> list[tuple[str, str]]:
    """(expectation, message) of every failure; the file itself is faultless."""
    assert results.findings == ()
    return [(f.expectation, f.message) for result in results.results for f in result.failures]


def finding(results: Results) -> tuple[str, str, str]:
    """(code, message, help) of the one finding; the case was not run."""
    assert not results.ok
    assert results.results == ()
    (found,) = results.findings
    assert found.span.file.endswith("leak.yaml")
    return found.code, found.message, found.help


@pytest.mark.parametrize(
    "case",
    [
        "{name: 空, given: {}, expect: {wanted: [look, block], first: [look], not: [dry, chase], ends: no}}",
        "{name: 问, given: {}, expect: {asks: [deep, people, wet]}}",
        "{name: 后问, given: {outcomes: {look: done}}, expect: {asks: where, first: block}}",
        "{name: 深, given: {deep: yes}, expect: {wanted: power-off, first: [look, power-off]}}",
        "{name: 多选, given: {wet: [floor, files]}, expect: {wanted: rescue}}",
        "{name: 一个, given: {wet: floor}, expect: {not: rescue}}",
        "{name: 数, given: {people: 20}, expect: {wanted: guide}}",
        "{name: 厅, given: {people: 20, hall: {many_people: 21, patience: 5m}}, expect: {not: guide}}",
        "{name: 说不清, given: {fixed: 说不清}, expect: {wanted: dry, ends: yes}}",
        "{name: 还没有, given: {fixed: 还没有}, expect: {wanted: dry, not: chase}}",
        "{name: 等超时, given: {outcomes: {fixed: overdue}}, expect: {wanted: chase}}",
        "{name: 步超时, given: {where: pipe, outcomes: {plumber: overdue}}, expect: {wanted: chase}}",
        "{name: 启动, given: {smell: yes}, expect: {activates: gas}}",
        "{name: 同时, playbooks: gas, given: {smell: yes}, expect: {wanted: [vent, gas.vent]}}",
        "{name: 钟, given: {clock: {office_hours: yes}}, expect: {wanted: look}}",
        "{name: 恰好, given: {deep: yes, people: 3}, expect: {only: [power-off], wanted: look}}",
        "{name: 没有别的, given: {deep: no}, expect: {only: []}}",
        "{name: 别人的不管, playbooks: gas, given: {quarrel: yes, fire: yes}, expect: {only: []}}",
        "{name: 不问, given: {deep: yes}, expect: {not_asks: [deep, where, smell]}}",
        "{name: 不启动, given: {smell: no}, expect: {not_activates: gas}}",
        "{name: 文书, given: {wet: files}, expect: {documents: [fault-notice]}}",
        "{name: 期限, given: {where: pipe}, expect: {due: {plumber: 10m}}}",
        "{name: 跨, given: {at: 2026-03-02 23:55, where: pipe}, expect: {due: {plumber: 2026-03-03 00:05}}}",
        "{name: 当天, given: {at: 2026-03-02 08:10, where: pipe}, expect: {due: {plumber: '8:20'}}}",
        "{name: 厅限, given: {where: pipe, hall: {patience: 3m}}, expect: {due: {plumber: patience}}}",
        "{name: 拦着, given: {}, expect: {closable: no}}",
        f"{{name: 还等, given: {{fixed: 还没有, {DONE}}}, expect: {{closable: no}}}}",
        f"{{name: 可以了, given: {{fixed: yes, {DONE}}}, expect: {{closable: yes}}}}",
        "{name: 工作日, given: {at: 2026-03-02 10:00}, expect: {not_asks: office_hours, only: [open-doors]}}",
        "{name: 星期日, given: {at: 2026-03-01 10:00}, expect: {only: []}}",
        "{name: 午休, given: {at: 2026-03-02 12:30}, expect: {only: []}}",
        "{name: 补班的星期六, given: {at: 2026-02-28 10:00}, expect: {only: [open-doors]}}",
        "{name: 另说, given: {at: 2026-03-01 10:00, clock: {office_hours: yes}}, expect: {only: open-doors}}",
    ],
)
def test_what_holds_passes(run, case: str) -> None:
    """Every kind of given and of expectation, each met."""
    results = run(case)
    assert failures(results) == []
    assert results.ok
    assert to_json(results)["passed"] == 1


@pytest.mark.parametrize(
    ("given", "expect", "kind", "words"),
    [
        ("{deep: no}", "wanted: power-off", "wanted", ["应有“断电”", "`power-off`", "leak.yaml:", "现为否"]),
        ("{}", "wanted: power-off", "wanted", ["还定不了", "水深不深：是（现为未问）"]),
        ("{}", "wanted: chase", "wanted", ["「叫水管工」超时（现为尚未）", "「修好了」超时（现为尚未）"]),
        ("{people: 3}", "wanted: guide", "wanted", ["在场人数不少于20人（现为3人）"]),
        ("{wet: floor}", "wanted: rescue", "wanted", ["湿了什么：档案（现为地面）"]),
        ("{fixed: no}", "wanted: dry", "wanted", ["修好了：已经清楚（现为否）"]),
        ("{deep: yes}", "not: power-off", "not", ["不该有“断电”", "成立，因为水深不深：是"]),
        ("{}", "not: look", "not", ["它没有条件"]),
        ("{deep: yes}", "first: [power-off]", "first", ["从 `power-off` 开始", "现在是 `look`、`power-off`"]),
        ("{outcomes: {look: done, block: done}}", "first: look", "first", ["现在一步也没有"]),
        (
            "{deep: yes}",
            "asks: deep",
            "asks",
            ["已有答案“是”", "现在问：`people`、`office_hours`、`wet`、`fixed`"],
        ),
        ("{}", "asks: where", "asks", ["要等 `look` 办成才问"]),
        ("{}", "asks: smell", "asks", ["只听不问"]),
        ("{}", "asks: quarrel", "asks", ["不会改变任何安排"]),
        ("{}", "activates: gas", "activates", ["应建议启动 `gas`", "有怪味：是（现为未问）"]),
        ("{fixed: no}", "ends: yes", "ends", ["应有了结的步骤", "`dry`"]),
        ("{fixed: yes}", "ends: no", "ends", ["还不该有了结的步骤", "修好了：是"]),
        ("{deep: no}", "only: power-off", "only", ["应有“断电”", "水深不深：是（现为否）"]),
        ("{deep: yes}", "only: []", "only", ["不该有“断电”", "成立，因为水深不深：是", "`only` 里没有它"]),
        ("{}", "not_asks: deep", "not_asks", ["不该问“水深不深”（`deep`），却问了"]),
        ("{smell: yes}", "not_activates: gas", "not_activates", ["不该建议启动 `gas`", "有怪味：是"]),
        ("{}", "documents: fault-notice", "documents", ["应发文书 `fault-notice`", "现在发：没有"]),
        (
            "{where: pipe}",
            "due: {plumber: 9m}",
            "due",
            ["应在 2026-06-01 08:19 到期，现在是 2026-06-01 08:20"],
        ),
        ("{}", "due: {plumber: 9m}", "due", ["却没有这一步", "漏在哪：水管（现为未问）"]),
        ("{}", "due: {look: 9m}", "due", ["现在没有期限，或还没开始计时"]),
        ("{}", "closable: yes", "closable", ["还要办或等：“去看”（`look`）"]),
        (
            f"{{fixed: yes, {DONE}}}",
            "closable: no",
            "closable",
            ["还不该能结束，却没有什么要办了"],
        ),
        (
            f"{{fixed: 还没有, {DONE}}}",
            "closable: yes",
            "closable",
            ["还要办或等：“修好了”（`fixed`）"],
        ),
    ],
)
def test_a_failure_says_what_is_and_why(run, given: str, expect: str, kind: str, words: list[str]) -> None:
    """A failed expectation is one clear sentence with the rule, its place and what decides it."""
    results = run(f"{{name: 例, given: {given}, expect: {{{expect}}}}}")
    ((expectation, message),) = failures(results)
    assert expectation == kind
    for word in words:
        assert word in message
    assert not results.ok
    document = to_json(results)
    assert (document["ok"], document["failed"]) == (False, 1)
    assert document["cases"][0]["failures"][0]["message"] == message


def test_all_failures_of_a_case_at_once(run) -> None:
    """One run tells everything that is wrong."""
    results = run("{name: 例, given: {}, expect: {wanted: [dry, chase], not: look, ends: yes}}")
    assert [kind for kind, _ in failures(results)] == ["wanted", "wanted", "not", "ends"]


@pytest.mark.parametrize(
    ("case", "code", "help"),
    [
        ("{name: 例, given: {deap: yes}, expect: {wanted: look}}", "unknown-fact", "`deep`"),
        ("{name: 例, given: {look: yes}, expect: {wanted: look}}", "unknown-fact", "是步骤"),
        ("{name: 例, given: {}, expect: {wanted: lok}}", "unknown-step", "`look`"),
        ("{name: 例, given: {}, expect: {wanted: deep}}", "unknown-step", "是事实"),
        ("{name: 例, given: {}, expect: {want: look}}", "unknown-field", "`wanted`"),
        ("{name: 例, given: {deep: maybe}, expect: {wanted: look}}", "wrong-type", ""),
        ("{name: 例, given: {people: 许多}, expect: {wanted: look}}", "wrong-type", "半角数字"),
        ("{name: 例, given: {where: wall}, expect: {wanted: look}}", "unknown-choice", "`roof`"),
        ("{name: 例, given: {where: 水管}, expect: {wanted: look}}", "unknown-choice", "是否想写 `pipe`"),
        ("{name: 例, given: {deep: 还没有}, expect: {wanted: look}}", "not-awaited", "说不清"),
        ("{name: 例, given: {crowd: yes}, expect: {wanted: look}}", "derived-given", "所依据的事实"),
        ("{name: 例, given: {clock: {deep: yes}}, expect: {wanted: look}}", "not-from-clock", "given"),
        ("{name: 例, given: {outcomes: {look: ok}}, expect: {wanted: look}}", "wrong-type", "done"),
        ("{name: 例, given: {outcomes: {deep: overdue}}, expect: {wanted: look}}", "bad-outcome", "recheck"),
        ("{name: 例, given: {outcomes: {fixed: done}}, expect: {wanted: look}}", "bad-outcome", "recheck"),
        (
            "{name: 例, given: {fixed: yes, outcomes: {fixed: overdue}}, expect: {wanted: look}}",
            "bad-outcome",
            "还没有",
        ),
        ("{name: 例, given: {hall: {people: 3}}, expect: {wanted: look}}", "unknown-hall-value", ""),
        ("{name: 例, given: {hall: {patience: 3}}, expect: {wanted: look}}", "bad-duration", "30m"),
        ("{name: 例, given: {}, outcomes: {look: done}, expect: {wanted: look}}", "misplaced", "given"),
        ("{name: 例, playbooks: gass, given: {}, expect: {wanted: look}}", "unknown-playbook", "`gas`"),
        ("{name: 例, given: {}, expect: {wanted: look, not: look}}", "contradiction", ""),
        ("{name: 例, given: {}, expect: {}}", "nothing-expected", "`wanted`"),
        ("{name: 例, given: {}, expect: {only: look, not: look}}", "contradiction", "留下一处"),
        ("{name: 例, given: {}, expect: {asks: deep, not_asks: deep}}", "contradiction", "留下一处"),
        ("{name: 例, given: {}, expect: {wanted: []}}", "empty-field", ""),
        ("{name: 例, given: {}, expect: {onyl: look}}", "unknown-field", "`only`"),
        ("{name: 例, given: {}, expect: {not_activates: gass}}", "unknown-playbook", "`gas`"),
        (
            "{name: 例, given: {}, expect: {documents: fualt-notice}}",
            "unknown-document",
            "`fault-notice`",
        ),
        ("{name: 例, given: {}, expect: {closable: 也许}}", "wrong-type", ""),
        ("{name: 例, given: {}, expect: {due: look}}", "wrong-type", ""),
        ("{name: 例, given: {}, expect: {due: {lok: 5m}}}", "unknown-step", "`look`"),
        ("{name: 例, given: {}, expect: {due: {look: 五分钟}}}", "bad-moment", "30m"),
        ("{name: 例, given: {}, expect: {due: {look: '25:00'}}}", "bad-moment", "30m"),
        ("{name: 例, given: {}, expect: {due: {look: [5m]}}}", "bad-moment", "30m"),
        (
            "{name: 例, given: {at: 2026-02-30 08:10}, expect: {wanted: look}}",
            "bad-moment",
            "2026-03-02 08:10",
        ),
        ("{name: 例, given: {at: 2026-03-02}, expect: {wanted: look}}", "bad-moment", "2026-03-02 08:10"),
        ("{name: 例, given: {at: [2026-03-02]}, expect: {wanted: look}}", "bad-moment", "2026-03-02 08:10"),
        ("{name: 例, given: {at: 2098-03-02 08:10}, expect: {wanted: look}}", "bad-moment", "删掉 `at`"),
        ("{name: 例, at: 2026-03-02 08:10, given: {}, expect: {wanted: look}}", "misplaced", "given"),
        (
            "{name: 例, given: {at: 2026-12-31 08:10}, expect: {due: {look: 9999wd}}}",
            "bad-moment",
            "",
        ),
        ("{name: 例, given: {}}", "missing-field", ""),
        ("{given: {}, expect: {wanted: look}}", "missing-field", ""),
        ("一句话", "wrong-type", ""),
    ],
)
def test_faults_of_a_file(run, case: str, code: str, help: str) -> None:
    """A fault has its place, a stable code and a way out; a case with a fault is not run."""
    found, _, advice = finding(run(case))
    assert found == code
    assert help in advice


def test_faults_have_places(run) -> None:
    """A fault stands at the line and column of the name or value that is wrong, and names its case."""
    results = run(
        "{name: 一, given: {}, expect: {wanted: look}}",
        "name: 二\n  given:\n    at: 昨天\n  expect:\n    only: [look, lok]\n    due: {look: 5}",
    )
    said = [(f.span.line, f.span.column, f.code, f.message.partition("：")[0]) for f in results.findings]
    assert said == [
        (5, 9, "bad-moment", "例“二”"),
        (7, 18, "unknown-step", "例“二”"),
        (8, 17, "bad-moment", "例“二”"),
    ]


def test_the_clock_stands_still(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the machine's clock nor this machine's hall has a say in a case."""
    (tmp_path / "hall.yaml").write_text("hours:\n  sun: 0:00-24:00\n", "utf-8")
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
    monkeypatch.setattr("engine.clock.RealClock.now", lambda self: pytest.fail("asked the machine's clock"))
    cases = tmp_path / "leak.yaml"
    cases.write_text(
        "cases:\n- {name: 例, given: {at: 2026-03-01 10:00, where: pipe},"
        " expect: {only: [plumber], due: {plumber: '10:10'}}}\n",
        "utf-8",
    )
    assert run_cases(library, [cases]).ok


def test_other_cases_still_run(run) -> None:
    """A faulty case does not take the others with it; all faults are told at once."""
    results = run(
        "{name: 一, given: {deap: yes, x: 1}, expect: {wanted: look}}",
        "{name: 二, given: {}, expect: {wanted: look}}",
        "{name: 二, given: {}, expect: {wanted: block}}",
    )
    assert [finding.code for finding in results.findings] == [
        "unknown-fact",
        "unknown-fact",
        "duplicate-case",
    ]
    assert [result.name for result in results.results] == ["二"]
    assert not results.ok


def test_file_names_a_playbook(run) -> None:
    """The file's name says which playbook is tested; a near miss is suggested."""
    results = run("{name: 例, given: {}, expect: {wanted: look}}", name="leek.yaml")
    (found,) = results.findings
    assert (found.code, found.help) == ("unknown-playbook", "是否想写 `leak`？")


@pytest.mark.parametrize(
    "text", ["", "cases: 三", "- 一", "cases: [", "cases:\n- {name: \x07}", "cases: []\ncases: []"]
)
def test_broken_files(library: Library, tmp_path: Path, text: str) -> None:
    """A file that is no list of cases is a finding with a place, never an exception."""
    (tmp_path / "leak.yaml").write_text(text, "utf-8")
    results = run_cases(library, [tmp_path])
    assert results.results == ()
    assert results.findings
    assert all(found.span.line for found in results.findings)
    assert not results.ok


def test_unreadable_files(library: Library, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are a finding; a path that leads nowhere is NotFound."""
    (tmp_path / "leak.yaml").write_bytes("cases: 时间".encode("gbk"))
    assert [found.code for found in run_cases(library, [tmp_path]).findings] == ["not-utf8"]
    with pytest.raises(NotFound, match="没有文件"):
        run_cases(library, [tmp_path / "nothing.yaml"])


def test_coverage(run) -> None:
    """Each condition is to be shown true, false and undecided; what no case shows is listed."""
    results = run(
        "{name: 一, given: {deep: yes, people: 3}, expect: {wanted: look}}",
        "{name: 二, given: {deep: no, where: roof, smell: yes}, expect: {wanted: look}}",
    )
    (coverage,) = results.coverage
    dark = {(unseen.condition, unseen.verdict): unseen.given for unseen in coverage.unseen}
    assert (coverage.cases, coverage.rules) == (2, 9)
    assert ("deep: yes", "true") not in dark
    assert dark["deep: yes", "undecided"] == "{}"
    assert dark["people: {gte: many_people}", "true"] == "{people: 20}"
    assert ("people: {gte: many_people}", "undecided") not in dark
    # an outcome is never undecided, and nobody takes back that there was a smell
    assert ("overdue: plumber", "undecided") not in dark
    assert ("smell: yes", "false") not in dark
    assert dark["overdue: plumber", "true"] == "{where: pipe, outcomes: {plumber: overdue}}"
    assert coverage.conditions == 1 - len(dark) / coverage.points


def test_second_evaluator_alone(library: Library, tmp_path: Path) -> None:
    """Without durable-rules the same cases give the same results."""
    (tmp_path / "leak.yaml").write_text(
        "cases:\n- {name: 例, given: {deep: yes}, expect: {wanted: power-off}}\n", "utf-8"
    )
    with_it, without = (run_cases(library, [tmp_path], durable=durable) for durable in (True, False))
    assert with_it == without
    assert with_it.ok


def test_differing_evaluators_fail_the_case(run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the evaluators ever disagree, the case fails and names the rule."""
    monkeypatch.setattr("engine.matcher.Evaluator.compare", lambda self, at: set())
    results = run("{name: 例, given: {}, expect: {wanted: look}}")
    ((expectation, message),) = failures(results)
    assert expectation == "evaluators"
    assert "`leak.look`" in message


def test_documented_example(tmp_path: Path) -> None:
    """The example of docs/cases.md passes on the shipped playbook."""
    text = DOCS.read_text("utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "system-failure.yaml").write_text(example, "utf-8")
    results = run_cases(load_library(hall=False, cache=False), [tmp_path])
    assert failures(results) == []
    assert len(results.results) == example.count("- name:") == 5


def test_documented_fields() -> None:
    """docs/cases.md names every field of `given` and `expect`, and no other."""
    text = DOCS.read_text("utf-8")
    given, _, expect = text.partition("## 已知什么")[2].partition("## 应该怎样")
    expect = expect.partition("\n名称都写短的")[0]
    written = {
        match for cell in re.findall(r"^\| (`.*?) \|", expect, re.M) for match in re.findall(r"`(\w+):", cell)
    }
    assert written == set(EXPECT)
    assert set(re.findall(r"^\| `(\w+): ", given, re.M)) - {"事实"} == set(INSIDE)
