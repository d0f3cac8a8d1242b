"""Whatever happens to a file, reading it ends in findings, never in an exception."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_texts import ALWAYS, GOOD, TEMPLATE, TEXTS, VOCABULARY, by_id, read

from engine.reader import nodes, parse_texts, read_files
from engine.reader.report import Findings

PIECES = [*"{}[]:,-|>&*!%#'\"@`?~\n\t \x00\ufeff", "\ud800", "yes", "- ", ": ", "{{", "{%", "<<: "]
EXTENSION = """\
extends: system-failure
facts:
  fix_minutes: {ask: 还要多久？}
  extra: {ask: 多余吗？}
steps:
  look: {within: 3m}
rules:
  control:
  - {when: {extra: yes}, do: {more: {what: 再做}}}
drop: [tell]
"""
FILES = {
    "playbooks/vocabulary.yaml": VOCABULARY,
    "playbooks/always.yaml": ALWAYS,
    "playbooks/system-failure.yaml": GOOD,
    "hall/change.yaml": EXTENSION,
    "templates/documents/notice.md.j2": TEMPLATE,
}


@st.composite
def damaged(draw):
    """A set of texts of which one has been cut, had something put in, or had parts exchanged."""
    name = draw(st.sampled_from(sorted(FILES)))
    text = FILES[name]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 30)))
        other = draw(st.integers(0, len(text)))
        piece = draw(
            st.one_of(
                st.sampled_from(PIECES),
                st.text(max_size=8),
                st.just(text[other : other + 20]),
                st.just(""),
            )
        )
        text = text[:start] + piece + text[end:]
    return FILES | {name: text}


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_damage_never_raises(texts):
    """Random damage gives a library; its findings have places inside the files and say something."""
    library = parse_texts(texts)
    for finding in library.findings:
        assert finding.span.file in texts
        assert 1 <= finding.span.line <= texts[finding.span.file].count("\n") + 2
        assert finding.span.column >= 1
        assert finding.message
        assert "Traceback" not in finding.message
    if texts == FILES:
        assert not library.findings


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_never_raises(text):
    """Not even a text that has nothing to do with the language."""
    library = parse_texts({"x.yaml": text, **TEXTS})
    assert {"always", "system-failure"} <= set(by_id(library))


def outline(node):
    """A node without the places of empty values, where the two parsers differ."""
    if isinstance(node, nodes.Mapping):
        return [(name, pair.key.span, outline(pair.value)) for name, pair in node.pairs.items()]
    if isinstance(node, nodes.Sequence):
        return [node.span, *map(outline, node.items)]
    return None if node.null else node


def test_both_parsers_agree(monkeypatch):
    """Without libyaml the same nodes are read."""
    shipped = {name: text for name, text in read_files(hall=False).items() if name.endswith(".yaml")}
    texts = [text for name, text in {**shipped, **FILES}.items() if name.endswith(".yaml")]
    fast = [outline(nodes.compose("x", text, Findings())) for text in texts]
    monkeypatch.setattr(nodes, "_LOADER", yaml.SafeLoader)
    assert [outline(nodes.compose("x", text, Findings())) for text in texts] == fast


@settings(max_examples=60, deadline=None)
@given(damaged())
def test_damage_never_raises_without_libyaml(texts):
    """The slower parser raises other errors at other places; none gets through."""
    before, nodes._LOADER = nodes._LOADER, yaml.SafeLoader
    try:
        parse_texts(texts)
    finally:
        nodes._LOADER = before


LINES = GOOD.splitlines()
RULE_LINES = [number for number, line in enumerate(LINES) if "what:" in line and "within: {due" not in line]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(RULE_LINES), min_size=1))
def test_all_faults_at_once(places):
    """Faults put into any set of lines are all reported, each on its line."""
    lines = list(LINES)
    for place in places:
        lines[place] = lines[place].replace("what:", "whta:", 1)
    library = read("\n".join(lines) + "\n")
    found = {f.span.line - 1 for f in library.findings if f.code == "unknown-field"}
    assert found == places
    missing = {f.span.line - 1 for f in library.findings if f.code == "missing-field"}
    assert missing == places


def test_nesting_beyond_any_stack():
    """A hundred thousand brackets are a finding: yaml's own composer would overrun the C stack."""
    for text in ("[" * 100_000, "{a: " * 100_000, "- " * 3_000, "playbook: t\ntitle: {{{{" + "(" * 5000):
        assert parse_texts({"t.yaml": text}).findings[0].code in ("too-deep", "yaml-syntax")
    words = GOOD.replace("去{{ quiet_room }}", "{{ " + "(" * 5000 + " }}")
    assert "template-syntax" in [f.code for f in read(words).findings]
