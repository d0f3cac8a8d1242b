"""`playbook check` at the terminal: what is checked together, in two processes, and what a person sees."""

from __future__ import annotations

import json
import os
from itertools import combinations as two_of
from pathlib import Path

import pytest
from test_bad import BAD
from test_checks import END, XY, book, read, step, when

from engine.checks import many
from engine.console.wrap import columns
from engine.errors import BadData
from engine.model import Library
from engine.reader import load_library
from engine.reader.combinations import Combination, combinations
from engine.reader.combinations import read as read_combinations
from engine.reader.report import Findings
from tests.walking import emitted, run

TOGETHER = {
    ("system-failure", "long-queue"): ("hotline_talk",),
    ("rain-before-opening", "missing-materials"): ("frail_present",),
    ("staff-dispute", "recording-threat", "inspection-visit"): (),
    ("viral-photo", "poor-attitude"): (),
    ("queue-disorder", "priority-dispute"): (),
}


def test_declared_combinations() -> None:
    """The shipped file declares what is known to come together, without a fault."""
    found, wrong = combinations(load_library(hall=False))
    assert wrong == []
    assert set(TOGETHER.items()) <= {(entry.playbooks, entry.heard) for entry in found}


def test_declared_by_a_hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the hall may have such a file too; it is no playbook."""
    folder = tmp_path / "config" / "playbooks"
    folder.mkdir(parents=True)
    (folder / "combinations.yaml").write_text(
        "combinations: {together: [viral-photo, long-queue]}\n", "utf-8"
    )
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
    library = load_library()
    assert library.findings == ()
    assert Combination(("viral-photo", "long-queue")) in combinations(library)[0]


@pytest.mark.parametrize(
    ("entry", "code", "column"),
    [
        ("{together: [long-queue, qeue-disorder]}", "unknown-playbook", 27),
        ("{together: long-queue}", "wrong-type", 14),
        ("{together: [long-queue, viral-photo], heard: rain}", "unknown-fact", 48),
        ("{together: [long-queue, viral-photo], heard: minutes_to_opening}", "wrong-type", 48),
        ("{about: 没写}", "missing-field", 3),
        ("long-queue", "wrong-type", 3),
        ("{together: [long-queue, viral-photo], herd: x}", "unknown-field", 41),
    ],
)
def test_faults_of_declarations(entry: str, code: str, column: int) -> None:
    """What is wrong with a combination is said with its place, and it is left out."""
    findings = Findings()
    text = f"combinations:\n- {entry}\n"
    assert list(read_combinations("c.yaml", text, load_library(hall=False), findings)) == []
    assert [(f.code, str(f.span)) for f in findings.items] == [(code, f"c.yaml:2:{column}")]


CONTRARY = (
    when("maybe: {x: yes}", step("a", ", conflicts_with: b")),
    when("y: yes, any: [{x: no}, {known: x, y: no}]", step("b")),
)


def test_known_from_the_start() -> None:
    """What is known to be so is not asked, and what it rules out is not found."""
    made = read(book(XY, END, *CONTRARY))
    free = many.run(made, Combination(("p",)))
    assert free["findings"] == []
    heard = many.run(made, Combination(("p",), ("p.x",)))
    assert heard["heard"] == ["p.x"]
    assert int(heard["paths"]) < int(free["paths"])
    never = [found.code for found in heard["findings"]]
    assert "never-fires" in never


JOBS = [Combination((name,)) for name in ("staff-dispute", "viral-photo", "inspection-visit")]
JOBS += [Combination(pair) for pair in two_of(("staff-dispute", "viral-photo", "inspection-visit"), 2)]


def test_two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes report what one does, in the same order."""
    library = load_library(hall=False)
    alone = [many.run(library, job, durable=False) for job in JOBS]
    monkeypatch.setattr(many, "WORTH", 2)
    monkeypatch.setattr(many, "_two", lambda: "fork" in many.multiprocessing.get_all_start_methods())
    assert many.check_all(library, JOBS, durable=False) == alone
    assert many.multiprocessing.active_children() == []


def test_a_child_that_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the second process leaves undone is done in the first."""
    library = load_library(hall=False)
    alone = [many.run(library, job, durable=False) for job in JOBS]
    monkeypatch.setattr(many, "WORTH", 2)
    monkeypatch.setattr(many, "_two", lambda: "fork" in many.multiprocessing.get_all_start_methods())
    monkeypatch.setattr(many, "_serve", lambda *args: os._exit(1))
    assert many.check_all(library, JOBS, durable=False) == alone
    assert many.multiprocessing.active_children() == []


def test_a_fault_in_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be bound is told, whichever process meets it."""
    text = book("n: {label: 数, ask: 几？, unit: 个}", END, when("n: {gt: most}", step("a")))
    made = read(text.replace("facts:", "hall: {most: {label: 最多, unit: 个}}\nfacts:"))
    monkeypatch.setattr(many, "WORTH", 2)
    monkeypatch.setattr(many, "_two", lambda: "fork" in many.multiprocessing.get_all_start_methods())
    library = load_library(hall=False)
    both = Library(library.vocabulary, (*library.playbooks, *made.playbooks))
    with pytest.raises(BadData, match="most"):
        many.check_all(both, [JOBS[0], Combination(("p",)), JOBS[1]], durable=False)


def test_named_together(tmp_path: Path) -> None:
    """`a+b` checks the two together; a part that is no playbook is named."""
    (report,) = emitted(tmp_path, "playbook", "check", "staff-dispute+viral-photo", "--json")
    assert (report["playbook"], report["findings"]) == ("staff-dispute+viral-photo", [])
    done = run(tmp_path, "playbook", "check", "staff-dispute+viral")
    assert done.returncode == 5
    assert "`viral`" in done.stderr


def test_chosen_together(tmp_path: Path) -> None:
    """Playbooks that are declared to come together are checked so when both are asked for."""
    reports = emitted(tmp_path, "playbook", "check", "viral-photo", "poor-attitude", "--json")
    assert [report["playbook"] for report in reports] == [
        "viral-photo",
        "poor-attitude",
        "viral-photo+poor-attitude",
    ]


def test_pairs(tmp_path: Path) -> None:
    """Pairs without a fault are one line."""
    done = run(tmp_path, "playbook", "check", "viral-photo", "staff-dispute", "inspection-visit", "--pairs")
    assert done.returncode == 0
    assert "两两组合 3 个" in done.stdout


def test_what_cannot_be_looked_at(tmp_path: Path) -> None:
    """A path that the system refuses is a finding, exit 4, no internal error."""
    done = run(tmp_path, "playbook", "check", "长" * 100 + ".yaml")
    assert (done.returncode, done.stderr) == (4, "")
    assert "名称太长" in "".join(line.strip() for line in done.stdout.splitlines())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_closed_folder(tmp_path: Path) -> None:
    """The same for a file in a folder that may not be entered."""
    folder = tmp_path / "shut"
    folder.mkdir()
    folder.chmod(0)
    done = run(tmp_path, "playbook", "check", "shut/x.yaml")
    folder.chmod(0o700)
    assert done.returncode == 4
    assert "没有权限" in done.stdout


def test_missing_folder_of_the_hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of playbooks that is named and not there is a finding."""
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
    monkeypatch.setenv("ZHIBAN_PLAYBOOKS", str(tmp_path / "none"))
    assert [finding.code for finding in load_library().findings] == ["no-folder"]


def test_a_finding_on_screen(tmp_path: Path) -> None:
    """Place, level, way out and situation, within 80 columns; as JSON the same."""
    (bad,) = (file for file in BAD if file.stem == "never-fires")
    (tmp_path / "t.yaml").write_text(bad.read_text("utf-8"), "utf-8")
    done = run(tmp_path, "playbook", "check", "t.yaml")
    assert done.returncode == 4
    assert "t.yaml:13:5: 错误：规则 `sort`" in done.stdout
    assert "有人排队：是" in done.stdout
    assert "差 `queue: no`" in done.stdout
    assert max(columns(line) for line in done.stdout.splitlines()) <= 80
    reports = emitted(tmp_path, "playbook", "check", "t.yaml", "--json", code=4)
    (found,) = reports[0]["findings"]
    assert found["span"] == ["t.yaml", 13, 5]
    assert found["situation"] == ["有人排队：是", "差 `queue: no`"]


def test_shipped_promises_are_known() -> None:
    """The shipped vocabulary says by which words a promise is known: without them none would be found."""
    words = load_library(hall=False).vocabulary.promises
    said = "电话留给我，一个工作日内给您准话"
    assert any(all(any(word in said for word in group) for group in signal.groups) for signal in words)


def test_numbers_of_the_hall(tmp_path: Path) -> None:
    """A proof counts with the hall's own numbers: a gap that only they open is found, with its situation."""
    rules = [
        step("a"),
        when("x: {lte: near}", END),
        when("any: [{x: {gt: 20}}, {unknown: x}]", "do: {end: }"),
    ]
    head = "hall: {near: {label: 近, default: 30, unit: 分钟}}"
    text = book("x: {label: 甲, ask: 多久？, unit: 分钟}, y: {label: 乙, ask: 乙？}", *rules, head=head)
    text += "  communicate:\n  - {when: {x: {lt: 5}, y: yes}, do: {b: {what: 做b, source: own}}}\n"
    (tmp_path / "config").mkdir()
    profile = tmp_path / "config" / "hall.yaml"
    file = tmp_path / "p.yaml"
    file.write_text(text, "utf-8")
    found = {}
    for near in (25, 10):
        profile.write_text(f"hall: 试\nvalues: {{near: {near}}}\n", "utf-8")
        done = run(tmp_path, "playbook", "check", str(file), "--json")
        reports = json.loads(done.stdout)
        found[near] = [(f["code"], f["situation"]) for r in reports for f in r["findings"]]
    assert [code for code, _ in found[25]] == ["never-asked"]  # 25 and 20 overlap: any answer will do
    assert ("no-end", ["甲：11分钟"]) in found[10]


@pytest.mark.parametrize(("command", "what"), [("check", "剧本"), ("test", "用例")])
def test_nothing_to_look_at(tmp_path: Path, command: str, what: str) -> None:
    """A folder with nothing in it is said to be empty: it does not pass as faultless."""
    (tmp_path / "empty").mkdir()
    done = run(tmp_path, "playbook", command, "empty")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith(f"错误：`empty` 里没有{what}\n")
