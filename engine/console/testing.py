"""`zhiban playbook test`: the cases of playbooks, and how much they see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.cases import Coverage, Results, run_cases, to_json
from engine.console import record
from engine.console.lists import findings
from engine.console.respond import terminal
from engine.console.terminal import Terminal
from engine.errors import NotFound
from engine.reader import load_library

_VERDICTS = {"true": "成立", "false": "不成立", "undecided": "未定"}


def test(given: Sequence[Path], *, mutants: bool, strict: bool, json: bool) -> int:
    """Run the cases of playbooks (`given`: files, folders or ids; none: all).

    4 when a case fails or (`strict`) when a playbook's cases see too little. `mutants`: say what they miss.
    """
    library = load_library()
    results = run_cases(library, given)
    if given and not (results.results or results.coverage or results.findings):
        raise NotFound(f"`{given[0]}` 里没有用例", "写用例文件（.yaml）、放用例的文件夹，或剧本的 ID")
    good = results.ok and (not strict or all(entry.enough for entry in results.coverage))
    if json:
        record.emit(to_json(results))
        return 0 if good else 4
    screen = terminal()
    findings(screen, results.findings)
    for result in results.results:
        if not result.passed:
            screen.line(f"{result.place} {result.playbook}：{result.name}", "late")
        for failure in result.failures:
            screen.line(failure.message, first="  → ")
    for entry in results.coverage:
        told = f"{entry.playbook}：用例 {entry.cases} 个，规则 {entry.rules} 条，"
        told += f"条件覆盖 {_percent(entry.conditions)}，变异检出 {_percent(entry.score)}"
        screen.line(told, "" if entry.enough else "late")
        if mutants:
            _missed(screen, entry)
    _summary(screen, results, mutants)
    return 0 if good else 4


def _missed(screen: Terminal, entry: Coverage) -> None:
    """The verdicts that no case shows, and the faults that none notices with a case that would."""
    for dark in entry.unseen:
        text = f"{dark.place} {_short(dark.owner)}：`{dark.condition}` 没有一例{_VERDICTS[dark.verdict]}"
        screen.line(text, first="  - ")
        if dark.given:
            screen.line(f"given: {dark.given}", first="      ")
    for left in entry.survivors:
        screen.line(f"{left.place} {_short(left.owner)}：{left.change}，没有一例看得出", first="  - ")
        screen.line(f"given: {left.given}", first="      ")
        screen.line(f"expect: {left.expect}", first="      ")


def _summary(screen: Terminal, results: Results, mutants: bool) -> None:
    failed = sum(not result.passed for result in results.results)
    screen.line(f"通过 {len(results.results) - failed} 个，不通过 {failed} 个", "late" if failed else "good")
    poor = [entry.playbook for entry in results.coverage if entry.unseen or entry.survivors]
    if poor and not mutants:
        screen.line("加 --mutants 看漏了什么，每处给一例现成的", "dim")


def _percent(share: float) -> str:
    """Rounded down: 100 % is said only of everything."""
    return f"{int(share * 1000) / 10:g}%"


def _short(key: str) -> str:
    return key.partition(".")[2] or key
