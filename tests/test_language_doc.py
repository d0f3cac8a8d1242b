"""docs/language.md tells the whole language, and its examples are true."""

import re
from pathlib import Path

import pytest

from engine.reader import fields, parse_texts

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "language.md").read_text("utf-8")
EXAMPLES = [
    text
    for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    if re.search("^(playbook|extends):", text, re.M)
]
TABLES = [
    *fields.TOPS.values(),
    fields.FACT,
    fields.STEP,
    fields.RULE,
    fields.HALL,
    fields.DEADLINE,
    fields.SIGNAL,
]
WORDS = {*fields.COMPARISONS, *fields.OUTCOMES, *fields.CONNECTIVES, *fields.KNOWLEDGE}


@pytest.mark.parametrize("name", sorted(WORDS.union(*TABLES)))
def test_every_word_is_told(name):
    """Each field and each word of conditions stands in the page as code."""
    assert re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", PAGE)


def test_examples_are_read_without_findings():
    """The complete playbook and the hall's changes of it are accepted as they stand."""
    texts = {"playbooks/vocabulary.yaml": (ROOT / "playbooks" / "vocabulary.yaml").read_text("utf-8")}
    playbook, change = EXAMPLES
    library = parse_texts({**texts, "playbooks/queue-machine.yaml": playbook, "hall/ours.yaml": change})
    assert [str(finding) for finding in library.findings] == []
    assert "spare-numbers" not in str([step.key for step in library.playbooks[0].steps])
