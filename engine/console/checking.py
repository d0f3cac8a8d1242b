"""`zhiban playbook check`: what is wrong with playbooks, by proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from engine.console import record
from engine.console.respond import terminal
from engine.model import Finding
from engine.reader import load_library, locate


def _extended(files: list[Path]) -> list[str]:
    """The playbooks that the given files change (`extends:`): the result of the change is checked."""
    import re

    texts = (
        file.read_text("utf-8", errors="replace")
        for path in files
        for file in (sorted(path.glob("*.y*ml")) if path.is_dir() else [path])
        if file.is_file()
    )
    return [match[1] for text in texts if (match := re.search(r"^extends:\s*([\w-]+)", text, re.M))]


def check(given: Sequence[Path], *, pairs: bool, json: bool) -> int:
    """Explore playbooks; 4 on any error."""
    from engine import checks
    from engine.console.lists import findings

    library = load_library()
    ids = [playbook.id for playbook in library.playbooks]
    files = [path for path in given if str(path) not in ids]
    if files:
        library = load_library(files)
    own = _names(library.texts, files)
    chosen = [str(path) for path in given if str(path) in ids]
    chosen += [p.id for p in library.playbooks if p.origin != "shipped" and p.span.file in own]
    chosen += [id for id in _extended(files) if id in ids and id not in chosen]
    chosen = chosen or ([] if given else [p.id for p in library.playbooks])
    combos: list[tuple[str, ...]] = [(id,) for id in chosen]
    if pairs:
        combos += combinations([id for id in chosen if id != "always"], 2)
    reports: list[dict[str, Any]] = [checks.check(library, list(combo)) for combo in combos]
    spans = {playbook.span.file for playbook in library.playbooks if playbook.id in chosen}
    named = own | spans | {name for name in library.texts if "vocabulary" in name}
    # what is unreadable has no text, and so no name in the library
    named |= _names([finding.span.file for finding in library.findings], files)
    reading = [finding for finding in library.findings if not given or finding.span.file in named]
    bad = _errors(reading) or any(_errors(report["findings"]) for report in reports)
    if json:
        record.emit(reports + ([{"playbook": None, "findings": reading}] if reading else []))
        return 4 if bad else 0
    screen = terminal()
    findings(screen, reading)
    for report in reports:
        told = f"{report['playbook']}：状态 {report['states']}，路径 {report['paths']}，"
        told += (
            f"最短 {report['shortest']}、最长 {report['longest']} 步，最多问 {report['questions_max']} 次，"
        )
        bad_one = _errors(report["findings"])
        screen.line(f"{told}问题 {len(report['findings'])} 处", "late" if bad_one else "")
        findings(screen, report["findings"])
    return 4 if bad else 0


def _names(known: Iterable[str], files: Sequence[Path]) -> set[str]:
    """The names under which given files, or those in given folders, were read."""
    wanted = [path.resolve() for path in files]
    places = ((name, locate(name).resolve()) for name in known) if wanted else ()
    return {name for name, place in places if place in wanted or place.parent in wanted}


def _errors(found: Sequence[Finding]) -> bool:
    return any(finding.level == "error" for finding in found)
