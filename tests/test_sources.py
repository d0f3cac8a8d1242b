"""Provenance: every statement is listed, and each that is to be done is cited and reached, or excused."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from walking import emitted, run

from engine import paths
from engine.console.wrap import columns
from engine.provenance import Statement, select, statements
from engine.reader import load_library
from engine.sources import ENACTED, KINDS, Source, sources

# the shape of the inventory of statements: how many each part has, and how many there are of each kind
PARTS = {
    "S0": 4, "S1": 20, "S2": 22, "S3": 18, "S4": 15, "S5": 24, "S6": 19, "S7": 13, "S8": 18, "S9": 18,
    "S10": 17, "E1": 24, "E2": 20, "E3": 25, "E4": 22, "E5": 21, "E6": 38, "T": 43, "H1": 58, "H2": 22,
    "H3": 60, "H4": 23, "H5": 16, "W": 69, "C": 49,
}  # fmt: skip
PHASES = {
    "control": 48, "understand": 44, "resolve": 137, "communicate": 90, "improve": 197,
    "principle": 65, "branch": 35, "deadline": 17, "score": 19, "statistic": 26,
}  # fmt: skip
FILE = paths.shipped("playbooks") / "sources.yaml"


@cache
def known() -> list[Statement]:
    """Every statement with what cites it, among the shipped playbooks."""
    return statements(load_library(hall=False, cache=False), sources())


def test_no_statement_is_left_out() -> None:
    """The file has every statement of every part once, numbered without a gap, and as many of each kind."""
    ids = re.findall(r"^- \{id: ([A-Z]+\d*)\.(\d+),", FILE.read_text("utf-8"), re.M)
    assert {part: sorted(int(n) for p, n in ids if p == part) for part in dict(ids)} == {
        part: list(range(1, count + 1)) for part, count in PARTS.items()
    }
    assert Counter(source.phase for source in sources().values()) == PHASES
    assert len(sources()) == sum(PARTS.values()) == 678


def test_each_line_is_a_short_text_of_its_own() -> None:
    """A statement is told in 3 to 30 characters of GBK, of a known kind and scenario, no two alike."""
    scenarios = {playbook.id for playbook in load_library(hall=False).playbooks}
    for source in sources().values():
        assert source.phase in KINDS, source.id
        assert source.playbook in scenarios, source.id
        assert 3 <= len(source.text.strip()) == len(source.text) <= 30, source.id
        (source.text + source.excused).encode("gbk")
    again = [text for text, count in Counter(s.text for s in sources().values()).items() if count > 1]
    assert again == []


def test_what_is_to_be_done_is_cited_and_reached() -> None:
    """Every act, branch, deadline and score is cited and some situation brings it up, or it is excused."""
    assert [entry.id for entry in known() if entry.lacking] == []
    enacted = [entry for entry in known() if entry.phase in ENACTED]
    assert len(enacted) == sum(count for phase, count in PHASES.items() if phase in ENACTED)
    assert {entry.state for entry in enacted} == {"reached"}


def test_what_is_not_cited_says_why() -> None:
    """A statement that nothing cites is a principle or statistic with a reason; what is cited has none."""
    for entry in known():
        assert bool(entry.excused) == (not entry.cited), entry.id
        assert entry.cited or entry.phase in ("principle", "statistic"), entry.id


def test_citations_lead_to_their_lines() -> None:
    """Each place names a line from which the entry and its citation can be read."""
    root = Path(__file__).parent.parent
    for entry in known():
        for place in entry.cited:
            file, _, line = place.place.rpartition(":")
            from_here = (root / file).read_text("utf-8").splitlines()[int(line) - 1 :]
            name = place.name.rpartition(".")[2]
            assert place.kind in ("rule", "document", "practice", "drill") or f"{name}:" in from_here[0], (
                place
            )
            text = "\n".join(from_here[:60])
            assert re.search(rf"source: (\[[^\]]*\b|(\w+\.\d+, )*)?{re.escape(entry.id)}\b", text), (
                entry.id,
                place,
            )


def test_documents_and_practice_cite_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment in a document's template and a `source` of a practice question are citations as well."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "practice").mkdir()
    (tmp_path / "documents" / "fault-notice.md.j2").write_text("{# source: X.01, X.02 #}\n# 公告\n", "utf-8")
    (tmp_path / "documents" / "never.md.j2").write_text("# 公告\n{# source: X.03 #}\n", "utf-8")
    (tmp_path / "practice" / "q.yaml").write_text("- id: q\n  source: [X.02, X.04]\n", "utf-8")
    library = load_library(hall=False)
    monkeypatch.setattr(paths, "shipped", lambda kind: tmp_path)
    told = {f"X.0{n}": Source(f"X.0{n}", "system-failure", "principle", "一句话") for n in range(1, 6)}
    found = {entry.id: entry for entry in statements(library, told)}
    assert {id: entry.state for id, entry in found.items()} == {
        "X.01": "reached", "X.02": "reached", "X.03": "cited", "X.04": "reached", "X.05": "unused",
    }  # fmt: skip
    assert [(p.kind, p.name, p.place) for p in found["X.02"].cited] == [
        ("document", "fault-notice", "templates/documents/fault-notice.md.j2:1"),
        ("practice", "q", "playbooks/practice/q.yaml:2"),
    ]


def test_what_no_situation_reaches_is_not_reached(tmp_path: Path) -> None:
    """A step behind a condition that cannot be true cites without reaching; `lacking` tells it."""
    text = """
playbook: nowhere
title: 走不到
version: 1
ends_in: [go]
facts:
  wet: {label: 湿, ask: 湿吗？}
rules:
  control:
  - do: {go: {what: 去看, ways: [自己去, 请人去], source: X.01}}
  - {when: {all: [{wet: yes}, {wet: no}]}, do: {never: {what: 不会做的事, source: X.02}}}
"""
    file = tmp_path / "nowhere.yaml"
    file.write_text(text, "utf-8")
    library = load_library([file], hall=False)
    told = {id: Source(id, "nowhere", "control", "一句话") for id in ("X.01", "X.02", "X.03")}
    told["X.03"] = Source("X.03", "nowhere", "control", "一句话", excused="以后做")
    found = statements(library, told)
    assert [(entry.state, entry.lacking) for entry in found] == [
        ("reached", False),
        ("cited", True),
        ("excused", False),
    ]


def test_selection() -> None:
    """Statements are chosen by id, part, scenario or phase, and come in the order of the file."""
    assert [entry.id for entry in select(known(), ["S4.08"])] == ["S4.08"]
    assert len(select(known(), ["E3", "S4"])) == PARTS["E3"] + PARTS["S4"]
    assert {entry.phase for entry in select(known(), ["deadline"])} == {"deadline"}
    assert {entry.playbook for entry in select(known(), ["long-queue"])} == {"long-queue"}


# ---- the command --------------------------------------------------------------------------------


def test_summary_fits_80_columns(tmp_path: Path) -> None:
    """Without arguments: a row a scenario and a phase that add up to the total, none wider than 80."""
    done = run(tmp_path, "playbook", "sources", COLUMNS="80")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(columns(line) for line in lines) <= 80
    totals = [line.split()[1] for line in lines if line.startswith("合计")]
    assert totals == ["678", "678"]
    assert sum(re.match(r"\S+ +\d+ ", line) is not None for line in lines) == 18 + len(PHASES) + 2


def test_one_statement(tmp_path: Path) -> None:
    """--statement tells every place: kind, name, file and line."""
    told = run(tmp_path, "playbook", "sources", "--statement", "S4.05", COLUMNS="200").stdout
    assert re.search(r"步骤 system-failure\.post-notice（playbooks/system-failure\.yaml:\d+）", told)
    assert re.search(r"文书 fault-notice（templates/documents/fault-notice\.md\.j2:\d+）", told)


def test_unused_and_unknown(tmp_path: Path) -> None:
    """--unused lists what nothing cites with its reason; an unknown id is code 5."""
    told = run(tmp_path, "playbook", "sources", "--unused").stdout
    for entry in known():
        assert (f"{entry.id} " in told) == (not entry.cited), entry.id
    assert run(tmp_path, "playbook", "sources", "S99.01").returncode == 5


def test_json(tmp_path: Path) -> None:
    """--json: every statement with its places and state, and the counts."""
    told = emitted(tmp_path, "playbook", "sources", "--json")
    assert isinstance(told, dict)
    assert [entry["id"] for entry in told["statements"]] == list(sources())
    assert told["lacking"] == []
    assert sum(row["all"] for row in told["by_phase"].values()) == 678
    json.dumps(told, ensure_ascii=False).encode("gbk")


def test_what_a_hall_drops_is_lacking(tmp_path: Path) -> None:
    """A hall that drops the only step citing an act is told so: code 4, and the statement's number."""
    books = tmp_path / "books"
    books.mkdir()
    (books / "ours.yaml").write_text("extends: system-failure\ndrop: [call-vendor]\n", "utf-8")
    done = run(tmp_path, "playbook", "sources", "--playbooks", str(books))
    assert done.returncode == 4, done.stderr
    assert "应当落实而没有的：S4.03" in done.stdout
