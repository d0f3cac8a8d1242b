"""`zhiban playbook check`: what is wrong with playbooks, by proof."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from engine import paths
from engine.console import record
from engine.console.respond import terminal
from engine.console.terminal import Terminal
from engine.errors import NotFound, UsageError
from engine.model import Finding, Library
from engine.reader import load_library, locate
from engine.reader.combinations import Combination
from engine.reader.combinations import combinations as declared

ALWAYS_ON = "always"


def check(given: Sequence[Path], *, pairs: bool, json: bool) -> int:
    """Explore playbooks and combinations; 4 on any error.

    `given`: files, folders, ids, or ids joined by `+`; nothing means all there is. What is declared
    to come together is checked where all its playbooks are; `pairs`: any two as well.
    NotFound for what is none of these.
    """
    from engine.checks.many import check_all
    from engine.hall import at_home, read_profile

    library = load_library()
    ids = [playbook.id for playbook in library.playbooks]
    named = [tuple(str(path).split("+")) for path in given if _joined(path, ids)]
    files = [path for path in given if str(path) not in ids and not _joined(path, ids)]
    if files:
        library = load_library(files)
    own = _names(library.texts, files)
    chosen = [str(path) for path in given if str(path) in ids]
    chosen += [p.id for p in library.playbooks if p.origin != "shipped" and p.span.file in own]
    chosen += [id for id in _extended(files) if id in ids and id not in chosen]
    chosen = chosen or ([] if given else [p.id for p in library.playbooks])
    if given and not (chosen or named or own or _errors(library.findings)):
        # nothing looked at must not pass for nothing wrong
        raise NotFound(f"`{given[0]}` 里没有剧本", "写剧本文件（.yaml）、放剧本的文件夹，或剧本的 ID")
    together, wrong = declared(library)
    jobs = [Combination((id,)) for id in chosen] + [Combination(ids) for ids in named]
    jobs += [entry for entry in together if set(entry.playbooks) <= set(chosen)]
    first_pair = len(jobs)
    if pairs:
        jobs += [Combination(two) for two in combinations([id for id in chosen if id != ALWAYS_ON], 2)]
    # what is proved holds here: with the numbers of this hall
    reports = check_all(at_home(library, read_profile()[0]), jobs)
    reading: Sequence[Finding] = (*library.findings, *wrong)
    if given:
        reading = _about(library, reading, chosen, own, files)
    bad = _errors(reading) or any(_errors(report["findings"]) for report in reports)
    if json:
        record.emit(reports + ([{"playbook": None, "findings": reading}] if reading else []))
        return 4 if bad else 0
    _show(terminal(), library, reading, reports[:first_pair], reports[first_pair:])
    return 4 if bad else 0


def _joined(path: Path, ids: Sequence[str]) -> bool:
    """Whether an argument names playbooks to be checked together: `a+b`."""
    parts = str(path).split("+")
    if len(parts) < 2 or not paths.missing(path):
        return False
    for part in parts:
        if not part:
            raise UsageError(f"`{path}` 的 `+` 旁边少了一个剧本", "写成 剧本+剧本，中间不空格")
        if part not in ids:
            raise NotFound(f"没有剧本 `{part}`", "用 zhiban playbook list 看有哪些")
        if parts.count(part) > 1:
            raise UsageError(f"`{path}` 里剧本 `{part}` 写了两次", "合在一起查的，要是不同的剧本")
    return True


def _extended(files: list[Path]) -> list[str]:
    """The playbooks that the given files change (`extends:`): the result of the change is checked."""
    found = []
    for path in files:
        with contextlib.suppress(OSError):  # the reader reports it
            for file in sorted(path.glob("*.y*ml")) if path.is_dir() else [path]:
                text = file.read_text("utf-8", errors="replace")
                if match := re.search(r"^extends:\s*([\w-]+)", text, re.MULTILINE):
                    found.append(match[1])
    return found


def _about(
    library: Library, listed: Sequence[Finding], chosen: Sequence[str], own: set[str], files: Sequence[Path]
) -> tuple[Finding, ...]:
    """What the reader says of the given files, of the chosen playbooks and of the vocabulary."""
    named = own | {playbook.span.file for playbook in library.playbooks if playbook.id in chosen}
    named |= {name for name in library.texts if "vocabulary" in name}
    # what is unreadable has no text, and so no name in the library
    named |= _names([finding.span.file for finding in listed], files)
    return tuple(finding for finding in listed if finding.span.file in named)


def _show(
    screen: Terminal,
    library: Library,
    reading: Sequence[Finding],
    reports: Sequence[dict[str, Any]],
    pairs: Sequence[dict[str, Any]],
) -> None:
    """One line a playbook or combination, its findings below; of pairs only those that have any."""
    from engine.console.lists import findings

    findings(screen, reading)
    for report in [*reports, *(pair for pair in pairs if pair["findings"])]:
        wrong = len(report["findings"])
        name = f"{report['playbook']}{_heard(library, report)}："
        told = f"{report['states']} 种状态，"
        asked = "–".join(dict.fromkeys((str(report["shortest"]), str(report["longest"]))))
        told += f"{_many(report['paths'])} 条路径，问 {asked} 次，"
        told += f"问题 {wrong} 处" if wrong else "没有问题"
        style = "late" if _errors(report["findings"]) else ""
        if "+" in name:  # several names fill a line
            screen.line(name, style, rest="  ")
            name = "  "
        screen.line(told, style, first=name)
        findings(screen, report["findings"])
    if pairs:
        states = sum(report["states"] for report in pairs)
        wrong = sum(len(report["findings"]) for report in pairs)
        told = f"两两组合 {len(pairs)} 个：{states} 种状态，"
        told += f"问题 {wrong} 处" if wrong else "没有问题"
        screen.line(told, "late" if wrong else "")


def _many(digits: str) -> str:
    """A number of paths that people can take in."""
    power = len(digits) - 1
    return digits if power < 8 else f"约 {digits[0]}.{digits[1]}×10^{power}"


def _heard(library: Library, report: dict[str, Any]) -> str:
    keys = report.get("heard", ())
    labels = {f.key: f.label for p in library.playbooks for f in p.facts}
    labels |= {fact.key: fact.label for fact in library.vocabulary.facts}
    return f"（已知：{'、'.join(labels[key] for key in keys)}）" if keys else ""


def _names(known: Iterable[str], files: Sequence[Path]) -> set[str]:
    """The names under which given files, or those in given folders, were read."""
    wanted = [path.resolve() for path in files]
    places = ((name, locate(name).resolve()) for name in known) if wanted else ()
    return {name for name, place in places if place in wanted or place.parent in wanted}


def _errors(found: Iterable[Finding]) -> bool:
    return any(finding.level == "error" for finding in found)
