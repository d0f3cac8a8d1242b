"""docs/playbook-guide.md: every example reads, checks and does what the page says."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from engine import cases, checks
from engine.hall import read_profile
from engine.reader import parse_texts, read_files

PAGE = (Path(__file__).parent.parent / "docs" / "playbook-guide.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.S | re.M)
NAME = "hall/roof-leak.yaml"


class Example(NamedTuple):
    """A block with the playbook that stands when it is read, and what is stated right behind it."""

    number: int
    text: str
    base: str
    stated: str


def _examples():
    base = ""
    for number, (kind, text) in enumerate(BLOCKS):
        following = BLOCKS[number + 1] if number + 1 < len(BLOCKS) else ("", "")
        if kind == "yaml" and re.search("^(playbook|extends):", text, re.M):
            base = text if text.startswith("playbook") else base
            yield Example(number, text, base, following[1])


EXAMPLES = list(_examples())
GOOD = [example for example in EXAMPLES if not example.text.startswith("# 有错")]
BAD = [example for example in EXAMPLES if example.text.startswith("# 有错")]


@cache
def shipped():
    """The texts of the shipped playbooks."""
    return read_files(hall=False)


def loaded(example):
    """The library with this example, and what reading and checking it found: `line:column message`."""
    texts = {**shipped(), NAME: example.text}
    if example.text.startswith("extends"):
        texts = {**texts, NAME: example.base, "hall/roof-leak-change.yaml": example.text}
    library = parse_texts(texts, cache=False)
    found = [f for f in library.findings if f.span.file.startswith("hall/")]
    if any(playbook.id == "roof-leak" for playbook in library.playbooks):
        found += checks.check(library, ["roof-leak"])["findings"]
    return library, found


@pytest.mark.parametrize("example", GOOD, ids=lambda example: str(example.number))
def test_good_example(example, tmp_path):
    """It reads and checks without a finding, and the cases behind it pass."""
    library, found = loaded(example)
    assert [str(finding) for finding in found] == []
    assert example.stated.startswith("cases:")
    (tmp_path / "roof-leak.yaml").write_text(example.stated, "utf-8")
    results = cases.run_cases(library, [tmp_path / "roof-leak.yaml"], durable=False)
    assert [failure.message for result in results.results for failure in result.failures] == []
    assert results.ok
    assert results.results


@pytest.mark.parametrize("example", BAD, ids=lambda example: str(example.number))
def test_bad_example(example):
    """The check says what the page says that it says: place, message, what to do, situation."""
    _, found = loaded(example)
    assert example.stated == said(found)


def said(found):
    """Findings as the page prints them."""
    lines = []
    for finding in found:
        lines.append(f"{finding.span.line}:{finding.span.column}: {finding.message}")
        lines += [f"  → {finding.help}"] if finding.help else []
        lines += [f"  例如：{'；'.join(finding.situation)}"] if finding.situation else []
    return "\n".join(lines) + "\n"


def test_the_advice_mends_the_bad_examples():
    """What the page says to change makes the findings that it speaks of go away."""
    first, second = BAD
    mended = first.text.replace("- when: {dry: no}", "- when: {any: [{dry: no}, {unknown: dry}]}")
    assert mended != first.text
    assert loaded(first._replace(text=mended))[1] == []
    spelt = second.text.replace("witin", "within")
    found = loaded(second._replace(text=spelt))[1]
    assert any("minutes" in finding.message for finding in found)
    tested = spelt.replace("还要{{ minutes }}分钟。", "{% if minutes %}还要{{ minutes }}分钟{% endif %}。")
    assert loaded(second._replace(text=tested))[1] == []


def test_hall_file(tmp_path):
    """The profile on the page is read without a finding by the hall values of the playbook before it."""
    [text] = [text for kind, text in BLOCKS if kind == "yaml" and text.startswith("# hall.yaml")]
    declared = next(example for example in GOOD if "leak_limit" in example.text)
    library, _ = loaded(declared)
    (tmp_path / "hall.yaml").write_text(text, "utf-8")
    values = [value for playbook in library.playbooks for value in playbook.hall]
    profile, findings = read_profile(tmp_path / "hall.yaml", library.vocabulary, values)
    assert findings == []
    assert profile.values == {"leak_place": "二楼大厅", "leak_limit": 2}


def test_the_change_changes():
    """What the changing file drops, adds and tightens is so in the result."""
    [change] = [example for example in GOOD if example.text.startswith("extends")]
    library, _ = loaded(change)
    steps = {s.key.partition(".")[2]: s for p in library.playbooks if p.id == "roof-leak" for s in p.steps}
    assert "mop" in steps
    assert "help-frail" not in steps
    assert steps["keep-off"].within.due.amount == 1


def test_every_block_is_tested():
    """No YAML on the page goes untested."""
    kinds = [text.split("\n", 1)[0].partition(":")[0] for kind, text in BLOCKS if kind == "yaml"]
    tested = len(EXAMPLES) + kinds.count("cases") + kinds.count("# hall.yaml")
    assert tested == len(kinds)
    assert kinds.count("cases") == len(GOOD)
