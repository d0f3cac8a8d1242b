"""The learned weights, what the hall teaches, doubt, and explanations."""

import json
from functools import cache

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli import main
from engine.model import Library, Playbook, Signal
from engine.paths import shipped as folder
from engine.reader import load_library
from engine.triage import triage
from engine.triage.evaluate import Line, measure, read
from engine.triage.grams import grams, placed
from engine.triage.learn import digest_of, learn, target
from engine.triage.learned import Weights, shipped
from engine.triage.taught import EXACT, Lesson, Taught
from engine.triage.taught import file as taught_file
from engine.triage.why import explain

FEW = [
    Line("1", "系统崩了", "system"),
    Line("2", "电脑系统坏了", "system"),
    Line("3", "排队太长", "queue"),
    Line("4", "队排到门外", "queue", safety="medical"),
    Line("5", "你好", "none"),
]
SENTENCES = read(folder("playbooks") / "triage" / "sentences.jsonl")
SOME = st.sampled_from([line.text for line in SENTENCES]) | st.text(max_size=60)


@pytest.fixture(scope="module")
def library():
    """The shipped playbooks."""
    return load_library(hall=False)


def test_weights_are_those_of_the_sentences():
    """The file says of which sentences it was learned; after a change: make triage-model."""
    assert shipped().head.sentences == digest_of(folder("playbooks") / "triage")
    assert {line.primary for line in SENTENCES if line.primary} <= set(shipped().head.labels)


def test_learning_is_reproducible_and_separates():
    """The same sentences give the same file; each of them is heard as what it was labelled."""
    text = learn(FEW)
    assert text == learn(list(FEW))
    weights = Weights(text)
    for line in FEW:
        values = weights.read(line.text).values
        assert values[line.primary] > 0 > max(v for label, v in values.items() if target(line, label) < 0)


def test_no_label_depends_on_another():
    """Sentences of one label more or less: the other labels' targets and so their values stay."""
    relabelled = [msgspec.structs.replace(line, safety="fire" if line.id == "4" else "none") for line in FEW]
    before, after = Weights(learn(FEW)), Weights(learn(relabelled))
    for line in FEW:
        old, new = before.read(line.text).values, after.read(line.text).values
        for label in ("system", "queue", "none"):
            assert old[label] == pytest.approx(new[label], abs=0.1)  # rounded to another unit


@given(st.text(max_size=80))
def test_grams_have_places(plain):
    """The signs and pairs with a place are those that are scored, but for the begin and end."""
    found = placed(plain)
    assert {gram for gram, _, _ in found} | {"^", "$"} == grams(plain)
    assert all(0 <= start <= end <= len(plain) for _, start, end in found)


@cache
def _with_and_without():
    """The shipped playbooks; the same and one that hears the commonest words."""
    library = load_library(hall=False)
    other = Playbook("other", "另一类", hear=(Signal((("窗口", "群众", "排队"),), (), 1.0),))
    return library, msgspec.structs.replace(library, playbooks=(*library.playbooks, other))


@given(SOME)
def test_evidence_and_independence(text):
    """Evidence is cut from the text; an unrelated playbook changes no order among the others."""
    library, larger = _with_and_without()
    got = triage(text, library, limit=30)
    spans = [e for m in got.matches for e in m.evidence] + list(got.safety.evidence)
    assert all(text[e.start : e.end] == e.text != "" for e in spans)
    more = triage(text, larger, limit=30)
    assert [m for m in more.matches if m.playbook not in ("other", "general-incident")] == [
        m for m in got.matches if m.playbook != "general-incident"
    ]
    assert more.safety == got.safety


@pytest.mark.parametrize("text", ["", "？？？！", "😀😀", "abc def", "987 654", "。" * 5000, "\u202e\x00"])
def test_nothing_said(library, text):
    """Without Chinese words nothing is heard, whatever the weights' biases."""
    got = triage(text, library)
    assert (got.primary, got.active, got.safety.kind) == ("none", (), "none")


@pytest.mark.parametrize(
    ("text", "primary"),
    [
        ("門口下大雨，還沒到點，大夥兒要進來", "rain-before-opening"),
        ("💻系统又崩了！！！！！一个都办不了😡😡", "system-failure"),
        ("Ｓｙｓｔｅｍ　系統當機，ｗｉｆｉ也斷了 can't work", "system-failure"),
        ("今天一切正常，" * 700, "none"),
    ],
)
def test_mixed_scripts(library, text, primary):
    """Traditional, full-width, emoji, other scripts between; 5,000 signs."""
    assert triage(text, library).primary == primary


def test_own_playbooks_stand_beside_learned_ones(library):
    """A hall's playbook that the weights do not know wins by its words, and thin words make it no more
    than a candidate."""
    own = Playbook(
        "lift", "电梯困人", hear=(Signal((("电梯",), ("困", "关")), (), 3.0), Signal((("电梯",),), (), 0.3))
    )
    both = msgspec.structs.replace(library, playbooks=(*library.playbooks, own))
    assert triage("电梯坏了，里面困了三个人", both).primary == "lift"
    assert triage("电梯口排队的人太多，只开一个窗口", both).primary == "long-queue"


def test_without_weights_signals_do(library):
    """A missing file of weights leaves the signals."""
    got = triage("系统崩了，全厅都登不上", library, weights=Weights(b""))
    assert got.primary == "system-failure"
    assert triage("有人晕倒了", library, weights=Weights(b"")).safety.kind == "medical"


def test_lessons(library):
    """What was taught is heard from then on, in similar words too, and silences no danger."""
    text = "那台铁疙瘩又闹脾气吐不出条子"
    lessons = Taught(
        [Lesson("t1", text, "staff-dispute"), Lesson("t2", text, "system-failure", ("long-queue",))]
    )
    got = triage(text, library, lessons=lessons)
    assert got.active[:2] == ("system-failure", "long-queue")
    assert lessons.about(text) == {"system-failure": EXACT, "long-queue": EXACT - 0.01}
    assert triage("那台铁疙瘩又闹脾气吐不出条", library, lessons=lessons).primary == "system-failure"
    assert lessons.about("食堂今天有红烧肉") == {}
    calm = Taught([Lesson("t1", "有人晕倒了", "none")])
    assert triage("有人晕倒了", library, lessons=calm).safety.kind == "medical"


def test_teach_and_export(tmp_path, monkeypatch):
    """`--teach` writes to the hall's own file, `--taught` gives it back; wrong names are named."""
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
    run = CliRunner().invoke
    said = ["triage", "隔壁老王又来唠嗑了"]
    assert run(main, [*said, "--teach", "none"]).exit_code == 0
    assert json.loads(run(main, [*said, "--json"]).stdout)["primary"] == "none"
    assert json.loads(run(main, ["triage", "--taught"]).stdout)["text"] == said[1]
    assert run(main, [*said, "--teach", "nix"], standalone_mode=False).exception is not None
    assert (
        run(main, [*said, "--teach", "none", "--teach", "long-queue"], standalone_mode=False).exception
        is not None
    )
    explained = run(main, ["triage", "没人受伤，系统崩了", "--explain"]).stdout
    assert "系统崩" in explained
    assert "“受伤”不算危险：否定" in explained


def test_explanation_adds_up(library):
    """The parts of a score are the score that triage gives."""
    text = "没有人受伤，就是系统崩了，吵得厉害"
    scores = {m.playbook: m.score for m in triage(text, library).matches}
    why = explain(text, library)
    assert {r.label: r.score for r in why.scores if r.label in scores}.items() <= scores.items()
    assert [(v.word, v.reason) for v in why.void] == [("受伤", "negated")]


def test_doubt(library):
    """Close or thin cases say so; a clear case does not."""
    assert not triage("系统崩了，一个都办不了", library).doubt
    doubtful = [got for line in SENTENCES[::40] if (got := triage(line.text, library)).doubt]
    assert all(2 <= len(got.doubt) <= 3 and not set(got.doubt) <= set(got.active) for got in doubtful)


def test_groups_are_named():
    """A line says its group, else its number does."""
    lines = [Line("x1", "系统崩了", "system", group="near"), Line("d200", "你好", "none")]
    assert set(measure(lines, Library(playbooks=(Playbook("system", "s"),))).groups) == {"near", "none"}


def test_a_damaged_file_of_lessons_is_named(tmp_path, monkeypatch):
    """Triage goes on without them and says so in one line; doctor names the line of the file."""
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
    run, file = CliRunner().invoke, taught_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b'{"id": "t1", "text": "a", "primary": "none"}\n{"id": \n')
    said = run(main, ["triage", "系统崩了", "--json"])
    assert json.loads(said.stdout)["primary"] == "system-failure"
    assert said.stderr.count("triage.jsonl:2:") == 1
    assert "triage.jsonl:2:" in run(main, ["doctor"]).output
