"""`zhiban playbook test`: the cases of playbooks, and how much they see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.console import record
from engine.console.respond import terminal
from engine.reader import load_library


def test(given: Sequence[Path], *, json: bool) -> int:
    """Run the rule tests; 4 unless all pass."""
    from engine import cases
    from engine.console.lists import findings

    results = cases.run_cases(load_library(), given)
    if json:
        record.emit(cases.to_json(results))
        return 0 if results.ok else 4
    screen = terminal()
    findings(screen, results.findings)
    for result in results.results:
        if not result.passed:
            screen.line(f"{result.place} {result.playbook}：{result.name}", "late")
        for failure in result.failures:
            screen.line(failure.message, first="  → ")
    for entry in results.coverage:
        dark = [rule.rpartition(".")[2] for rule in (*entry.never_true, *entry.never_false)]
        told = f"；没照到：{'、'.join(dict.fromkeys(dark))}" if dark else ""
        screen.line(f"{entry.playbook}：用例 {entry.cases} 个，规则 {len(entry.rules)} 条{told}")
    failed = sum(not result.passed for result in results.results)
    screen.line(f"通过 {len(results.results) - failed} 个，不通过 {failed} 个", "late" if failed else "good")
    return 0 if results.ok else 4
