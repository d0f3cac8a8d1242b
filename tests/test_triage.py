"""Ranking, heard facts, the contract, and texts that nobody should type."""

import json
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Fact, Heard, Library, Playbook, Signal, Vocabulary
from engine.triage import heard_facts, to_json, triage
from engine.triage.evaluate import Line, evaluate, measure, show
from engine.triage.signals import REACH


def signal(words: str, weight: float = 1.0) -> Signal:
    """`甲|乙 + 丙 - 丁` as the reader reads it."""
    wanted, _, unless = words.partition(" - ")
    groups = tuple(tuple(group.split("|")) for group in wanted.split(" + "))
    return Signal(groups, tuple(unless.split("|")) if unless else (), weight)


def playbook(id: str, *words: tuple[str, float] | str) -> Playbook:
    """A playbook that listens for these words."""
    return Playbook(id, id, hear=tuple(signal(w) if isinstance(w, str) else signal(*w) for w in words))


def fact(key: str, *words: str) -> Fact:
    """A yes/no fact that is settled by these words."""
    return Fact(key, "bool", key, hear=(Heard(True, tuple(map(signal, words))),))


SYSTEM = playbook("system", ("系统|电脑 + 崩|死机 - 演练", 1.5), ("办不了", 0.4), ("系统|电脑", 0.5))
QUARREL = playbook("quarrel", ("跟…吵|和…吵", 1.0), ("窗口", 0.3), ("吵", 0.4))
GENERAL = playbook("general-incident", ("漏水|水管爆", 1.5), ("怎么办|快来", 0.3))
FACTS = (fact("hurt", "晕倒|受伤"), fact("fire", "着火"), fact("back", "系统好了|恢复了"))
LIBRARY = Library(Vocabulary(facts=FACTS), (SYSTEM, QUARREL, GENERAL))
WORDS = st.sampled_from(
    [
        "系统",
        "电脑",
        "崩",
        "死机",
        "办不了",
        "窗口",
        "跟",
        "和",
        "吵",
        "没有",
        "没人",
        "漏水",
        "快来",
        "晕倒",
        "着火",
        "演练",
        "昨天",
        "，",
        "。",
        "😀",
        "不是",
        "如果",
        "系統",
        "\x00",
        "a",
    ]
)
TALK = st.lists(WORDS, max_size=14).map("".join)


@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("系统崩了，一个都办不了", ("system",)),
        ("系统崩了，群众跟小王吵上了", ("system", "quarrel")),
        ("群众跟小王吵", ("quarrel",)),
        ("没人跟小王吵", ("general-incident",)),  # thin: 窗口 and 吵 are denied or missing
        ("电脑有点慢", ("general-incident",)),
        ("水管爆了，快来", ("general-incident",)),
        ("外面来了好多不认识的人", ("general-incident",)),
        ("下午演练系统崩了怎么切换", ()),
        ("今天运行平稳", ()),
        ("请问几点开门", ()),
        ("你好", ()),
        ("系统恢复正常，无需处理", ()),
        ("", ()),
        ("？？？！！！……", ()),
        ("😀😀😀", ()),
        ("hello world", ()),
    ],
)
def test_active(text, active):
    """The scenarios in order; nothing heard of is a general incident, routine is none."""
    got = triage(text, LIBRARY)
    assert got.active == active
    assert got.primary == (active[0] if active else "none")


def test_score_is_the_sum_of_weights_less_routine():
    """The formula: a signal that rests on words counted already adds nothing."""
    (best, *_) = triage("系统崩了，办不了", LIBRARY).matches
    assert (best.playbook, best.score) == ("system", 1.9)
    assert [e.text for e in best.evidence] == ["系统", "崩", "办不了"]
    (calmed, *_) = triage("系统崩了，办不了，已处理完毕", LIBRARY).matches
    assert (calmed.playbook, calmed.score) == ("system", 0.9)


def test_words_of_one_signal_stand_near_each_other():
    """Words of different stories are no evidence together, and one word does not do for two groups."""
    (thin,) = [
        m for m in triage("系统" + "，" + "好" * REACH + "崩", LIBRARY).matches if m.playbook == "system"
    ]
    assert thin.score == 0.5
    double = Library(playbooks=(playbook("twice", "吵|闹 + 吵|骂"),))
    assert triage("吵", double).primary == "none"
    assert triage("吵着骂", double).primary == "twice"


def test_the_contract():
    """Keys and types of the JSON; danger makes an incident of anything."""
    got = to_json(triage("会議室著火，有人暈倒", LIBRARY))
    assert json.loads(msgspec.json.encode(got)) == got
    assert list(got) == ["primary", "active", "matches", "safety"]
    assert got["primary"] == "general-incident"
    assert got["matches"][0]["playbook"] == "general-incident"
    assert got["safety"] == {"kind": "fire", "evidence": ["著火", "暈倒"], "do_first": []}


def test_limit():
    """No more than `limit` scenarios are made active."""
    many = Library(playbooks=tuple(playbook(f"p{n}", "吵") for n in range(9)))
    assert triage("吵", many, limit=3).active == ("p0", "p1", "p2")


def test_heard_facts():
    """Reports settle facts; denied, asked and supposed words do not; equal voices settle nothing."""
    kind = Fact("kind", "choice", "k", hear=(Heard("a", (signal("全停"),)), Heard("b", (signal("很慢"),))))
    many = msgspec.structs.replace(kind, key="many", kind="many")
    facts = (*FACTS, kind, many)
    said = {(h.fact, h.value) for h in heard_facts("系统恢复了，只是很慢", facts)}
    assert said == {("back", True), ("kind", "b"), ("many", "b")}
    assert [h.fact for h in heard_facts("有人晕倒，全停了又很慢", facts)] == ["hurt", "many", "many"]
    for text in ("系统没恢复", "恢复了吗？", "如果恢复了", "没有人受伤", ""):
        assert not [h for h in heard_facts(text, facts) if h.fact in ("back", "hurt")], text


@given(TALK)
def test_deterministic_and_the_spans_occur(text):
    """The same text gives the same result, and all evidence is cut from it."""
    got = triage(text, LIBRARY)
    assert got == triage(text, LIBRARY)
    spans = [e for m in got.matches for e in m.evidence]
    spans += [*got.safety.evidence, *(e for h in got.facts for e in h.evidence)]
    assert all(text[e.start : e.end] == e.text != "" for e in spans)


@given(TALK)
def test_an_unrelated_playbook_changes_no_order(text):
    """The score of one playbook never depends on the others."""
    other = playbook("other", "窗口|电脑", "办不了")
    more = msgspec.structs.replace(LIBRARY, playbooks=(other, *LIBRARY.playbooks))
    with_it = [m for m in triage(text, more, limit=9).matches if m.playbook != "other"]
    without = triage(text, LIBRARY, limit=9).matches
    if triage(text, more).primary == "other" or triage(text, LIBRARY).primary == "general-incident":
        with_it = [m for m in with_it if m.playbook != "general-incident"]
        without = tuple(m for m in without if m.playbook != "general-incident")
    assert with_it == list(without)


@pytest.mark.parametrize(
    "text",
    [
        "吵" * 5_000,
        "没有" * 2_500 + "晕倒",
        "系统崩了，" * 250_000,
        "\x00\x1b[31m" * 5_000,
        "\ud83d" * 5_000,
        "a b" * 5_000,
        "不是" * 5_000,
        "昨天如果" * 3_000 + "着火",
        "跟" * 5_000,
        "?" * 1_000_000,
        "ﷺ" * 5_000,
    ],
    ids=range(11),
)
def test_bounded(text):
    """Whatever is typed, the answer comes soon."""
    started = time.perf_counter()
    got = triage(text, LIBRARY)
    assert time.perf_counter() - started < 2
    assert json.dumps(to_json(got))
    assert bool(got.note) == (len(text) > 8_000)


@given(st.text(st.characters(), max_size=80))
def test_anything(text):
    """No text raises."""
    assert json.dumps(to_json(triage(text, LIBRARY)))


def test_measure():
    """The measures of the development set; scenarios that are not installed are left out."""
    lines = [
        Line("d1", "系统崩了，跟小王吵", "system", also=("quarrel",)),
        Line("d2", "今天运行平稳", "none"),
        Line("d3", "漏水了", "general-incident"),
        Line("d4", "系统崩了", "quarrel", ok=("quarrel",)),
        Line("d5", "插队", "queue-disorder"),
        Line("d209", "有人晕倒", "general-incident", safety="medical"),
    ]
    got = measure(lines, LIBRARY)
    assert (got.top1.hits, got.top1.of, got.not_installed) == (4, 5, 1)
    assert (got.also.hits, got.right_kind.hits, got.false_alarms.hits) == (1, 1, 0)
    assert got.recall["none"].hits == got.precision["none"].of == 1
    assert [(m.id, m.wrong) for m in got.misses] == [("d4", "first")]
    assert "d4" in show(got)
    assert str(got.top1) == "4/5 (80.0%)"


def test_evaluate_reads_json_lines(tmp_path: Path):
    """Odd and even lines can be measured apart; a line that is none is named."""
    file = tmp_path / "dev.jsonl"
    file.write_text(
        '{"id":"a1","text":"系统崩了","primary":"system"}\n{"id":"a2","text":"","primary":"none"}\n', "utf-8"
    )
    assert [evaluate(file, LIBRARY, part).top1.of for part in ("all", "odd", "even")] == [2, 1, 1]
    file.write_text('{"id":1}\n', "utf-8")
    with pytest.raises(Exception, match=r"dev.jsonl:1"):
        evaluate(file, LIBRARY)
