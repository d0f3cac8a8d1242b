"""Drill files: what is read is what was written, and every fault is told with its place."""

from functools import cache

import msgspec
import pytest

from engine.drill import times
from engine.drill.check import check
from engine.drill.model import Drill, Expectation, Harm, Inject, Objective, Takes, Truth
from engine.drill.reading import files, load, parse
from engine.drill.writing import write
from engine.errors import BadData, NotFound
from engine.model import Span
from engine.practice.reading import load as load_bank
from engine.reader import load_library

NAMES = [file.stem for file in files()]
SPANNED = (Drill, Inject, Expectation, Truth, Takes, Objective, Harm)


@cache
def library():
    """The shipped playbooks."""
    return load_library(hall=False)


@cache
def shipped(name):
    """A shipped drill with its text."""
    return load(library(), name)


def placeless(value):
    """A drill without its places in the file."""
    if isinstance(value, SPANNED):
        fields = {name: placeless(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields | {"span": Span()})
    return tuple(map(placeless, value)) if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", NAMES)
def test_shipped_drills_have_no_findings(name):
    """A shipped drill can be read and nothing in it is impossible, given away or unscorable."""
    read = shipped(name)
    assert read.drill.id == name
    assert [*read.findings, *check(read.drill, library(), load_bank())] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_reads_the_same(name):
    """Writing a drill and reading the text again gives the same drill."""
    drill = shipped(name).drill
    again = parse(library(), f"{name}.yaml", write(drill, "生成")).drill
    assert placeless(again) == placeless(drill)


BASE = """\
drill: d
title: 雨
minutes: 10
level: 1
start: 2026-06-01 08:20
playbooks: [rain-before-opening]
scene: 下雨了，门口有人。
roles: [duty]
objectives: [{id: o, what: 避雨}]
truth: {can_shelter: {is: yes, told: 前厅能单独开，里面那道门锁得上。}}
injects: [{id: i, at: T+2m, tell: 有人来问}]
expect: [{id: e, what: 问清, ask: can_shelter, within: 3m, weight: 100, for: o}]
harm: [{id: h, what: 吼人, minus: 5}]
hot_wash: [怎样]
"""
FAULTS = {
    "unknown-field": ("title: 雨", "titel: 雨\ntitle: 雨", 2),
    "missing-field": ("hot_wash: [怎样]\n", "", 1),
    "unknown-playbook": ("[rain-before-opening]", "[rain]", 6),
    "unknown-fact": ("ask: can_shelter", "ask: can_shelterr", 12),
    "unknown-step": ("ask: can_shelter", "do: open-loby", 12),
    "unknown-role": ("roles: [duty]", "roles: [dutty]", 8),
    "unknown-harm": ("ask: can_shelter", "never: shout", 12),
    "unknown-for": ("for: o", "for: p", 12),
    "bad-duration": ("within: 3m", "within: 三分", 12),
    "bad-moment": ("at: T+2m", "at: 8:22", 11),
    "bad-level": ("level: 1", "level: 7", 4),
    "no-trigger": ("at: T+2m, ", "", 11),
    "bad-trigger": ("at: T+2m", "on: {don: open-lobby}", 11),
    "unknown-name": ("at: T+2m", "on: {fired: j}", 11),
    "unknown-choice": ("{is: yes, told: 前厅能单独开，里面那道门锁得上。}}", "yes, may_open: me}", 10),
    "wrong-type": (
        "truth: {can_shelter: {is: yes, told: 前厅能单独开，里面那道门锁得上。}}",
        "truth: [x]",
        10,
    ),
    "one-subject": ("ask: can_shelter", "ask: can_shelter, do: open-lobby", 12),
    "repeated": ("harm: [", "harm: [{id: h, what: 推人, minus: 5}, ", 13),
    "weights": ("weight: 100", "weight: 90", 1),
    "unrated": ("what: 避雨}", "what: 避雨}, {id: p, what: 安抚}", 9),
    "too-late": ("at: T+2m", "at: T+10m", 11),
    "circle": ("at: T+2m", "tell: 又来一个, on: {fired: k}}, {id: k, on: {fired: i}", 11),
    "never-wanted": ("ask: can_shelter", "do: queue-guides", 12),
    "no-truth": ("tell: 有人来问", "tell: 有人来问, reveal: [storm]", 11),
    "known-already": ("truth:", "known: {can_shelter: yes}\ntruth:", 11),
    "unknown-fault": ("minus: 5", "minus: 5, fault: Q1.f99", 13),
    "unknown-point": ("ask: can_shelter", "points: Q1.p99", 12),
    "nobody": ("tell: 有人来问", "tell: 有人来问, to: [guard]", 11),
    "leak": ("tell: 有人来问", "tell: 听说前厅能单独开，里面锁着", 11),
    "no-reason": ("injects:", "takes: {open-lobby: {fails: 1}}\ninjects:", 11),
    "follow-up": ("ask: can_shelter", "do: awning", 12),
    "yaml-syntax": ("level: 1", "level: [1", 5),
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: 雨", "title: 前厅能单独开，里面锁着"),
        ("minus: 5", "minus: 5, tell: 前厅能单独开，里面锁着"),
        ("injects:", "takes: {to-door: {time: 1m, told: 前厅能单独开，里面锁着}}\ninjects:"),
    ],
)
def test_every_text_that_shows_is_looked_at_for_leaks(old, new):
    """A title, what comes of a harmful act and of a step that does not find it give no answer away."""
    read = parse(library(), "d.yaml", BASE.replace(old, new))
    assert "leak" in [finding.code for finding in check(read.drill, library(), load_bank())]


def test_a_step_may_tell_what_it_finds():
    """The answer in the words of the step that brings it is no leak."""
    text = BASE.replace(
        "injects:", "takes: {check-lobby: {time: 1m, told: 前厅能单独开，里面锁着}}\ninjects:"
    )
    step = next(s for b in library().playbooks for s in b.steps if s.key.endswith(".check-lobby"))
    text = text.replace("can_shelter", step.finds[0].rpartition(".")[2])
    read = parse(library(), "d.yaml", text)
    assert "leak" not in [finding.code for finding in check(read.drill, library(), load_bank())]


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_has_its_place(code):
    """A faulty drill file is told with file, line and what to do; the drill is not used."""
    old, new, line = FAULTS[code]
    assert old in BASE
    read = parse(library(), "d.yaml", BASE.replace(old, new))
    found = list(read.findings)
    if read.drill is not None:
        found += check(read.drill, library(), load_bank())
    mine = [finding for finding in found if finding.code == code]
    assert mine, [f"{f.code} {f.span} {f.message}" for f in found]
    assert mine[0].span.file == "d.yaml"
    assert mine[0].span.line == line
    assert mine[0].help or "要写成" in mine[0].message


def test_the_base_has_no_fault():
    """The file that the faults are put into has none itself."""
    read = parse(library(), "d.yaml", BASE)
    assert [*read.findings, *check(read.drill, library(), load_bank())] == []


def test_unreadable_files(tmp_path):
    """A file in another encoding, one that is missing, and an unknown name are told, not thrown."""
    file = tmp_path / "d.yaml"
    file.write_bytes(BASE.encode("gb18030"))
    with pytest.raises(BadData) as caught:
        load(library(), str(file))
    assert "UTF-8" in caught.value.findings[0].message
    for name in ("no-such-drill", str(tmp_path / "absent.yaml")):
        with pytest.raises(NotFound):
            load(library(), name)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("T+90s", 90),
        ("T+1h5m", 3900),
        ("t+0", 0),
        ("D+2 H+3 M+45", 2 * 86400 + 3 * 3600 + 45 * 60),
        ("D+0 H+0 M+1 S+30", 90),
        ("D+0", 0),
        ("T+", None),
        ("90s", None),
        ("D+0 H+24", None),
        ("D+0 M+60", None),
        ("8:20", None),
    ],
)
def test_moments(text, seconds):
    """Moments are seconds after the start in either form; anything else is none."""
    assert times.moment(text) == seconds


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 90, 3600, 86399, 86400, 200_000])
def test_moments_are_written_back(seconds):
    """The written forms of a moment and of a span read as the same number of seconds."""
    assert times.moment(times.written(seconds)) == seconds
    assert times.span(times.short(seconds)) == seconds
