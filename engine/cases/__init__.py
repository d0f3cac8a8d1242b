"""Rule tests: what a playbook's author says must happen, held against what the rules do.

A case file lies in `cases/` beside the playbooks and is named like the playbook that it tests
(docs/cases.md has the form). `zhiban playbook test` runs them; exit 4 unless `Results.ok`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine import paths as places
from engine.cases.model import Coverage, Failure, Result, Results, RuleCoverage
from engine.model import Finding, Library
from engine.reader.folders import user_folders

__all__ = ["Coverage", "Failure", "Result", "Results", "RuleCoverage", "case_files", "run_cases", "to_json"]


def case_files() -> list[Path]:
    """The folders of case files that exist: the shipped one and the hall's own."""
    own = (folder.path for folder in user_folders([]))
    folders = [path / "cases" for path in (places.shipped("playbooks"), *own)]
    return [folder for folder in folders if folder.is_dir()]


def run_cases(library: Library, paths: Iterable[Path] = (), *, durable: bool = True) -> Results:
    """Run the case files at `paths` (files or folders; none given: `case_files()`).

    What is wrong with a file is a finding; a case with an error is not run, the others are.
    NotFound when a path does not exist.
    """
    from engine.cases import reading, running  # they import yaml, which most commands do not need

    cases, findings = reading.read(library, list(paths) or case_files())
    results, coverage = running.run(library, cases, durable=durable)
    return Results(results, coverage, findings)


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
                "rules": len(entry.rules),
                "never_true": list(entry.never_true),
                "never_false": list(entry.never_false),
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
