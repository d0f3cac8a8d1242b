"""The shipped playbooks: their cases, checks alone and in pairs, simulated officers, provenance."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from engine import paths
from engine.cases import run_cases
from engine.checks import Checked
from engine.model import Library
from engine.reader import load_library
from engine.ruleset import ALWAYS_ON
from engine.simulate import simulate
from engine.sources import KINDS, sources

FOLDER = paths.shipped("playbooks")
IDS = sorted(
    file.stem
    for file in FOLDER.glob("*.yaml")
    if file.stem not in ("vocabulary", "sources", "combinations", ALWAYS_ON)
)
SEEDS, CHUNK = 200, 40
MOST_PROMPTS = 60
FIRST_SEVEN = {
    "rain-before-opening",
    "missing-materials",
    "system-failure",
    "staff-dispute",
    "recording-threat",
    "viral-photo",
    "general-incident",
}
# how many statements of each scenario are acts, branches or deadlines: all of them are to be realised
ACTS = {"S1": 19, "E1": 21, "S4": 15, "E3": 24, "S7": 13, "E4": 17, "E6": 30}


@cache
def library() -> Library:
    """Everything shipped, as read."""
    return load_library(hall=False, cache=False)


@cache
def checked(*ids: str) -> tuple[Checked, dict[str, object]]:
    """A check of playbooks together and its report."""
    check = Checked(library(), ids)
    return check, check.report()


def test_read_without_finding() -> None:
    """Every shipped file is read without even a remark, and every one of them is a playbook."""
    assert [str(finding) for finding in library().findings] == []
    assert sorted(playbook.id for playbook in library().playbooks) == sorted([*IDS, ALWAYS_ON])


@pytest.mark.parametrize("file", sorted((FOLDER / "cases").glob("*.yaml")), ids=lambda file: file.stem)
def test_cases_pass(file: Path) -> None:
    """Every rule test of a shipped playbook passes; they show every condition every way and notice at
    least 90 % of the faults."""
    results = run_cases(library(), [file])
    assert results.findings == ()
    assert [f"{r.place} {f.message}" for r in results.results for f in r.failures] == []
    (coverage,) = results.coverage
    assert [(dark.place, dark.condition, dark.verdict) for dark in coverage.unseen] == []
    assert coverage.score >= 0.9, [(left.place, left.change) for left in coverage.survivors]
    assert coverage.mutants > 3 * coverage.rules


def test_every_playbook_has_cases() -> None:
    """No shipped playbook goes without rule tests."""
    assert {file.stem for file in (FOLDER / "cases").glob("*.yaml")} >= {*IDS, ALWAYS_ON}


@pytest.mark.parametrize("id", [*IDS, ALWAYS_ON])
def test_check_alone(id: str) -> None:
    """Checked on its own a playbook has no finding; every state went through all evaluators."""
    check, report = checked(id)
    assert report["findings"] == []
    assert report["states"] == check.compared + 1
    assert set(report["sources_cited"]) <= set(report["sources_reached"])  # type: ignore[call-overload]
    assert check.evaluator.note == ""


@pytest.mark.parametrize(("one", "other"), list(combinations(IDS, 2)))
def test_check_in_pairs(one: str, other: str) -> None:
    """Two playbooks at once have no error together, and every state is explored."""
    check, report = checked(one, other)
    findings = report["findings"]
    assert isinstance(findings, list)
    assert [f for f in findings if f.level == "error" or f.code == "unexplored"] == []
    assert report["states"] == check.compared + 1


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
@pytest.mark.parametrize("id", IDS)
def test_simulated_officers_get_through(id: str, first: int) -> None:
    """Whatever is answered and done: one to three actions before any question, never more, then a close."""
    for seed in range(first, first + CHUNK):
        # both evaluators come to the same (tests/test_evaluators.py); durable-rules takes twice as long
        made = simulate(library(), [id], seed, durable=seed % 5 == 0)
        assert made["closed"], seed
        # the first seven keep to it with whatever they activate; of others each one more may add some
        more = 0 if id in FIRST_SEVEN else 15 * (len(made["playbooks"]) - 1)
        assert made["prompts"] <= MOST_PROMPTS + more, seed
        seen = [event for event in made["events"] if event["kind"] in ("presented", "asked")]
        assert seen[0]["kind"] == "presented", seed
        assert seen[0]["steps"], seed
        assert all(len(event["steps"]) <= 3 for event in seen if event["kind"] == "presented"), seed


# ---- provenance ---------------------------------------------------------------------------------


def test_statements_are_well_formed() -> None:
    """Every statement has a known kind, a short text that a GBK terminal can show, and a scenario."""
    assert sources()
    for id, source in sources().items():
        assert source.phase in KINDS, id
        assert source.text.strip() == source.text, id
        assert 3 <= len(source.text) <= 30, id
        source.text.encode("gbk")
        assert source.playbook, id
    by_prefix = {prefix: sum(id.startswith(f"{prefix}.") for id in acts()) for prefix in ACTS}
    assert by_prefix == ACTS


def acts() -> set[str]:
    """The statements that the seven playbooks must realise."""
    return {
        id
        for id, source in sources().items()
        if id.partition(".")[0] in ACTS and source.phase not in ("principle", "score", "statistic")
    }


def test_every_citation_is_known() -> None:
    """Every id that a step, rule or fact cites has its text."""
    vocabulary = library().vocabulary
    entries = [*vocabulary.steps, *vocabulary.facts]
    for playbook in library().playbooks:
        entries += [*playbook.steps, *playbook.rules, *playbook.facts]
    cited = {id for entry in entries for id in entry.source} - {"own"}
    assert cited - set(sources()) == set()


def test_every_statement_is_realised() -> None:
    """Each statement of the seven scenarios is cited, and some situation reaches it."""
    reports = [checked(id)[1] for id in [*IDS, ALWAYS_ON]]
    for field in ("sources_cited", "sources_reached"):
        found = {id for report in reports for id in report[field]}  # type: ignore[attr-defined]
        assert acts() - found == set(), field
