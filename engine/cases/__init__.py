"""Rule tests: what a playbook's author says must happen, held against what the rules do.

A case file lies in `cases/` beside the playbooks and is named like the playbook that it tests
(docs/cases.md has the form). `zhiban playbook test` runs them; exit 4 unless `Results.ok`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from engine import paths as places
from engine.cases.model import Coverage, Failure, Result, Results, Survivor, Unseen
from engine.model import Finding, Library
from engine.reader.folders import user_folders

__all__ = [
    "Coverage",
    "Failure",
    "Result",
    "Results",
    "Survivor",
    "Unseen",
    "case_files",
    "run_cases",
    "to_json",
]


def case_files() -> list[Path]:
    """The folders of case files that exist: the shipped one and the hall's own."""
    own = (folder.path for folder in user_folders([]))
    folders = [path / "cases" for path in (places.shipped("playbooks"), *own)]
    return [folder for folder in folders if folder.is_dir()]


def run_cases(library: Library, paths: Iterable[Path] = (), *, durable: bool = True) -> Results:
    """Run the case files at `paths` (files, folders or ids of playbooks; none given: `case_files()`).

    What is wrong with a file is a finding; a case with an error is not run, the others are.
    NotFound when a path does not exist.
    """
    from engine.cases import reading, running  # they import yaml, which most commands do not need

    cases, findings = reading.read(library, _named(library, list(paths)) or case_files())
    results, coverage = running.run(library, cases, durable=durable)
    return Results(results, coverage, findings)


def _named(library: Library, paths: list[Path]) -> list[Path]:
    """The paths, with the case files of a playbook in place of its id."""
    ids = {playbook.id for playbook in library.playbooks}
    found: list[Path] = []
    for path in paths:
        files = [file for folder in case_files() if (file := folder / f"{path}.yaml").is_file()]
        found += files if str(path) in ids and files else [path]
    return found


def to_json(results: Results) -> dict[str, Any]:
    """The document of `zhiban playbook test --json`."""
    failed = sum(not result.passed for result in results.results)
    return {
        "ok": results.ok,
        "passed": len(results.results) - failed,
        "failed": failed,
        "cases": [
            {
                "playbook": result.playbook,
                "name": result.name,
                "place": result.place,
                "passed": result.passed,
                "failures": [
                    {"expectation": f.expectation, "subject": f.subject, "message": f.message}
                    for f in result.failures
                ],
            }
            for result in results.results
        ],
        "coverage": [
            {
                "playbook": entry.playbook,
                "cases": entry.cases,
                "rules": entry.rules,
                "conditions": round(entry.conditions, 4),
                "points": entry.points,
                "unseen": [msgspec.to_builtins(unseen) for unseen in entry.unseen],
                "score": round(entry.score, 4),
                "mutants": entry.mutants,
                "same": entry.same,
                "survivors": [msgspec.to_builtins(survivor) for survivor in entry.survivors],
            }
            for entry in results.coverage
        ],
        "findings": [_finding(finding) for finding in results.findings],
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "level": finding.level,
        "code": finding.code,
        "place": str(finding.span),
        "message": finding.message,
        "help": finding.help,
    }
