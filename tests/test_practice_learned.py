"""What the marker learned from sentences: the shipped weights, and what they leave unchanged."""

import random

import pytest

from engine.practice import said
from engine.practice.answer import Answer
from engine.practice.evaluate import judge, measure
from engine.practice.learn import COMMON, learn
from engine.practice.learned import GRAMS, NONE, Weights, read_grams, shipped
from engine.practice.marking import mark
from engine.practice.reading import load
from engine.practice.windows import windows

BANK = load()
PLACE = said.folder()
SENTENCES = said.sentences(PLACE)
ANSWERS = said.answers(PLACE)
SEEDS = [question for question in BANK.questions if question.origin.kind == "seed"]
BEST = {line.question: line.text for line in reversed(ANSWERS) if line.level == "excellent"}
ids = pytest.mark.parametrize("id", [question.id for question in SEEDS])


def reached(text, id):
    """The points given in full."""
    return {c.id for c in mark(BANK, BANK.find(id), text).points if c.credit == 1}


def faults(text, id):
    """The faults found."""
    return {blame.id for blame in mark(BANK, BANK.find(id), text).faults}


def sentences(text):
    """The sentences of an answer."""
    return [f"{one}。" for one in text.replace("？", "。").replace("；", "。").split("。") if one.strip()]


def test_weights_are_those_of_the_sentences():
    """Every file says of which sentences it was learned; after a change: make practice-model."""
    for question in SEEDS:
        head = shipped(question.id).head
        assert head.sentences == said.digest_of(PLACE), question.id
        assert set(head.labels) == {one.id for one in (*question.points, *question.faults)}


def test_sentences_are_labelled_for_the_bank():
    """Every label is a point or a fault of its question, and its kind is one of that sort."""
    labels = {one.id: sort for q in SEEDS for sort in ("points", "faults") for one in getattr(q, sort)}
    for one in SENTENCES:
        assert labels[one.id] == ("faults" if one.kind in ("fault", "clean") else "points"), one.text
        assert labels.keys() >= set(one.also), one.text
    assert len({(one.id, one.text) for one in SENTENCES}) == len(SENTENCES)


def test_learning_again_gives_the_same_and_it_fits():
    """The same sentences give the same files; most of them are heard as what they were labelled."""
    some = [one for one in SENTENCES if one.question == "E4"]
    files = learn(BANK, some, [], "x")
    assert files == learn(BANK, some, [], "x")
    assert sorted(files) == ["E4.weights", GRAMS]
    tenths = read_grams(files[GRAMS])
    assert COMMON not in tenths
    weights = Weights(files["E4.weights"], tenths)
    right = 0
    for one in (kept := [one for one in some if one.kind in ("hit", "fault")]):
        values = [weights.read(w) for w in windows(Answer(one.text), later=one.kind == "hit")]
        best = max(max(value[lane] for value in values) for lane in range(len(weights.head.labels)))
        right += best == max(value[weights.head.labels.index(one.id)] for value in values)
    assert right > 0.9 * len(kept)


def test_without_weights_the_patterns_decide():
    """A question that nothing was learned for is marked by its patterns alone."""
    text = "我先扶老人到休息室坐下，递上毛巾，端一杯热水。"
    marked = mark(BANK, BANK.find("E1"), text, NONE)
    assert {c.id for c in marked.points if c.credit == 1} == {"E1.p1", "E1.p2"}


@ids
def test_best_answer_is_heard(id):
    """The best labelled answer reaches at least four points in five, with the words as typed."""
    text = BEST[id]
    marked = mark(BANK, BANK.find(id), text)
    for credit in marked.points:
        if credit.credit:
            assert text[credit.evidence.start : credit.evidence.end] == credit.evidence.text
    assert len(reached(text, id)) >= 0.8 * len(marked.points)
    assert not marked.faults


@ids
def test_shuffled_sentences_keep_points_and_faults(id):
    """What is said counts wherever it stands."""
    parts = sentences(BEST[id])
    mixed = parts[:]
    random.Random(id).shuffle(mixed)
    assert reached("".join(mixed), id) == reached("".join(parts), id)
    assert faults("".join(mixed), id) == faults("".join(parts), id)


@ids
def test_irrelevant_sentence_changes_nothing(id):
    """A sentence about something else earns nothing and costs nothing."""
    parts = sentences(BEST[id])
    more = [*parts[:2], "今天天气不错，中午食堂吃面条。", *parts[2:]]
    assert reached("".join(more), id) == reached("".join(parts), id)
    assert faults("".join(more), id) == faults("".join(parts), id)


@ids
def test_doubled_answer_earns_nothing_more(id):
    """A repetition counts once."""
    once, twice = (mark(BANK, BANK.find(id), text) for text in (BEST[id], BEST[id] * 2))
    assert [(c.id, c.credit) for c in twice.points] == [(c.id, c.credit) for c in once.points]
    assert [blame.id for blame in twice.faults] == [blame.id for blame in once.faults]


@ids
def test_answer_to_another_question_scores_low(id):
    """The best answers to other questions are worth next to nothing here."""
    for other in ("E1", "Q5", "Q10", "E6"):
        if other != id:
            assert mark(BANK, BANK.find(id), BEST[other]).score <= 20, other


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("E4.f1", "把他的手机夺过来揣进自己兜里"),
        ("E6.f2", "顺着账号把发照片的人找出来，告他侵权"),
        ("E5.f2", "趁领导没进门，叫人把他从后门弄走"),
        ("Q3.f2", "喊两个保安把插队的人轰出大厅"),
        ("Q8.f4", "把那名同事叫来，跟群众脸对脸把话说清楚"),
        ("Q4.f3", "先不往上报，自己打开机箱捣鼓捣鼓"),
        ("E2.f2", "宣布从今往后老年人也按号来，优先的牌子摘了"),
    ],
)
def test_fault_in_new_words_is_found_and_refused_ones_are_not(id, words):
    """A fault is heard in words that no pattern has, and not when it is refused."""
    question = id.partition(".")[0]
    assert id in faults(f"我会{words}。", question)
    assert id not in faults(f"我绝不会{words.replace('，', '')}。", question)


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("Q3.p6", "绿色通道{}"),
        ("T.p10", "意见箱{}"),
        ("Q8.p8", "评服务标兵{}"),
        ("Q9.p6", "上门服务{}"),
        ("Q2.p7", "容缺受理{}"),
    ],
)
@pytest.mark.parametrize(
    "verdict",
    ["容易惹麻烦，我就不搞了", "意义不大", "太费人力，以后条件好了再说", "我就跳过了", "，现场不作考虑"],
)
def test_what_is_dropped_in_the_next_clause_earns_nothing(id, words, verdict):
    """The verdict behind a topic disowns it: not now, not worth it, not done."""
    assert id not in reached(words.format(verdict) + "。", id.partition(".")[0])


def test_a_long_text_is_marked_and_says_where_it_stopped():
    """A hundred thousand signs are marked; what was not read is told."""
    marked = mark(BANK, BANK.find("E1"), BEST["E1"] * 200)
    assert marked.notes
    assert reached(BEST["E1"], "E1") <= {c.id for c in marked.points if c.credit == 1}


def test_labelled_answers_are_marked_as_labelled():
    """Every fifth labelled answer (seen in learning): the measures stay where they were."""
    found = measure(judge(BANK, ANSWERS[::5]))
    assert found.point_f1 > 0.95
    assert found.mean_error < 8
