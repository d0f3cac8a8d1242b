"""Each fault that can be found has a bad playbook in tests/bad, which says what is found and where.

A file begins with remarks: the code, `at line:column`, then the situation, one line each.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from reader_texts import ALWAYS, TEMPLATE, VOCABULARY

from engine.checks import check
from engine.model import Finding, Library
from engine.reader import parse_texts

ROOT = Path(__file__).parent.parent
BAD = sorted((ROOT / "tests" / "bad").glob("*.yaml"))
NAME = "playbooks/t.yaml"
PROMISES = "promises: ['分钟内|马上 + 我 - 告诉我']\n"
# what one playbook alone cannot show, and the test that shows it
ELSEWHERE = {
    "bad-folder": "test_user_playbooks.py",
    "no-folder": "test_checking.py",
    "unreadable": "test_reader_library.py",
    "not-utf8": "test_reader_library.py",
    "huge-file": "test_reader_library.py",
    "duplicate-playbook": "test_reader_library.py",
    "replaces-shipped": "test_reader_library.py",
    "hall-value-clash": "test_reader_library.py",
    "leans-on-broken": "test_reader_findings.py",
    "activation-cycle": "test_checks.py",
    "unexplored": "test_checks.py",
    "evaluators-differ": "test_checks.py",
}


def library(text: str) -> Library:
    """The small vocabulary of the reader's tests, and one playbook."""
    texts = {"playbooks/vocabulary.yaml": VOCABULARY + PROMISES, "playbooks/always.yaml": ALWAYS}
    return parse_texts({**texts, NAME: text, "templates/documents/notice.md.j2": TEMPLATE})


def problems(made: Library) -> list[Finding]:
    """What reader and check say of it; the reader's remark that the check makes an error counts once."""
    found = [finding for finding in made.findings if finding.span.file == NAME]
    for playbook in made.playbooks:
        if playbook.span.file == NAME:
            found += check(made, [playbook.id], durable=False)["findings"]
    return found


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_bad_playbook(file: Path) -> None:
    """The finding is the one that the remarks announce: its place, its situation, and a way out."""
    text = file.read_text("utf-8")
    code, at, *situation = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    found = [finding for finding in problems(library(text)) if finding.code == code]
    assert [f"at {finding.span.line}:{finding.span.column}" for finding in found] == [at]
    assert list(found[0].situation) == situation
    assert found[0].message
    assert code == file.stem


def _codes() -> set[str]:
    """Every code that reader and checks can give a finding, read from their source."""
    # which argument is the code
    places = {"error": 0, "warn": 0, "Finding": 1, "shown": 1, "add": 1, "wrong": 2}
    found = set()
    for path in [*(ROOT / "engine/reader").glob("*.py"), *(ROOT / "engine/checks").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                place = places.get(name, 99)
                if place < len(node.args):
                    found |= _texts(node.args[place])
    return found


def _texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant):
        code = node.value
        return {code} if isinstance(code, str) and re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code) else set()
    if isinstance(node, ast.JoinedStr):  # unknown-{fact, step, role}
        (start, _) = node.values
        assert isinstance(start, ast.Constant)
        return {f"{start.value}{kind}" for kind in ("fact", "step", "role")}
    return set()


def test_every_code_has_its_bad_playbook() -> None:
    """No code is forgotten: it has a file here, or a test that says why not."""
    files = {file.stem for file in BAD}
    assert files.isdisjoint(ELSEWHERE)
    assert _codes() == files | set(ELSEWHERE)
    for code, test in ELSEWHERE.items():
        assert f'"{code}"' in (ROOT / "tests" / test).read_text("utf-8"), code
