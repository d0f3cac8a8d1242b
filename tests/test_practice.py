"""The marker: what earns a point, what does not, what stays the same when an answer is changed."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cli import main
from engine import paths
from engine.practice.answer import Answer
from engine.practice.evaluate import Line, judge, measure, spearman
from engine.practice.marking import mark
from engine.practice.reading import findings_of, load
from engine.practice.sounds import sound, sounds

BANK = load()
FOLDER = paths.shipped("playbooks") / "practice"
TEXTS = {f"playbooks/practice/{file.name}": file.read_text("utf-8") for file in FOLDER.glob("*.yaml")}
GOOD = (
    "我先扶老人到休息室坐下，说您冒雨跑这一趟真不容易。我递上毛巾，端一杯热水。"
    "我耐心听他说完，问清要办什么业务、缺哪几样材料。我看缺的这几样要不要紧，是主件还是次要材料。"
    "如果缺的是主件，我跟他讲清要一次办成，材料就得齐全，少了审核通不过。"
    "网上能查到的，我帮他在电脑上查出来打印。查不到的，我给他儿子打电话，请他快递送来。"
    "如果缺的是次要材料，我马上请示领导，按容缺先受理。领导同意后请他签承诺书，约好三天内补齐。"
    "事后我写一份总结，建议把能容缺的材料列成清单公示。"
)


def credits(text, question="E1"):
    """Points reached in full."""
    return {c.id for c in mark(BANK, BANK.find(question), text).points if c.credit == 1}


def faults(text, question="E1"):
    """Faults found."""
    return {b.id for b in mark(BANK, BANK.find(question), text).faults}


def test_bank_is_sound():
    """All patterns compile, each question's points weigh 100, every playbook named exists."""
    assert findings_of(TEXTS) == ()
    seeds = [q for q in BANK.questions if q.origin.kind == "seed"]
    assert len(seeds) == 17
    assert sum(len(q.points) for q in seeds) == 147
    assert sum(len(q.faults) for q in seeds) == 62
    shipped = {file.stem for file in paths.shipped("playbooks").glob("*.yaml")}
    assert {q.playbook for q in BANK.questions} <= shipped


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("phase: control", "phase: controll", 9, "controll"),
        ("weight: 12", "weight: 13", 8, "101 分"),
        ("act: <soothe>", "act: <soot>", 16, "soot"),
        ("act: <soothe>", "doing: <soothe>", 16, "doing"),
        ("act: <soothe>", "act: 甲|(乙", 16, "括号"),
        ("act: <soothe>", "act: 甲|", 16, "空的"),
        ("- id: p2", "- id: p1", 23, "写了两次"),
    ],
)
def test_findings_have_places(old, new, line, said):
    """A fault of a question file is told with its line, in Chinese."""
    name = "playbooks/practice/E1.yaml"
    found = findings_of({**TEXTS, name: TEXTS[name].replace(old, new, 1)})
    hits = [f for f in found if said in f.message]
    assert hits, [f.message for f in found]
    assert hits[0].span.file == name
    assert abs(hits[0].span.line - line) <= 3
    assert hits[0].span.column > 0


def test_good_answer_reaches_every_point_with_evidence():
    """A complete answer earns every point, each by words that stand in it, and no fault."""
    result = mark(BANK, BANK.find("E1"), GOOD)
    assert credits(GOOD) == {p.id for p in BANK.find("E1").points}
    assert result.faults == ()
    assert result.score >= 85
    for credit in result.points:
        evidence = credit.evidence
        assert evidence
        assert GOOD[evidence.start : evidence.end] == evidence.text


SENTENCES = [s + "。" for s in GOOD.split("。") if s]


@given(st.permutations(SENTENCES))
@settings(max_examples=25, deadline=None)
def test_shuffled_sentences_keep_their_points(order):
    """What is said counts wherever it stands."""
    assert credits("".join(order)) == credits(GOOD)


@given(
    st.integers(0, len(SENTENCES)),
    st.sampled_from(["今天天气不错。", "中午食堂吃面条。", "我叫李明，今年三十岁。"]),
)
@settings(max_examples=25, deadline=None)
def test_irrelevant_sentence_changes_nothing(at, other):
    """A sentence about something else earns nothing and costs nothing."""
    text = "".join([*SENTENCES[:at], other, *SENTENCES[at:]])
    assert credits(text) == credits(GOOD)
    assert faults(text) == set()


def test_doubled_answer_earns_nothing_more():
    """A repetition counts once."""
    once, twice = (mark(BANK, BANK.find("E1"), text) for text in (GOOD, GOOD * 2))
    assert (twice.points, twice.score) == (once.points, once.score)


@pytest.mark.parametrize(
    ("question", "point", "said"),
    [
        ("E1", "E1.p2", "{}给他递毛巾、倒热水"),
        ("E2", "E2.p5", "{}带他去自助机上办"),
        ("E3", "E3.p4", "{}给信息中心打电话"),
        ("Q5", "Q5.p3", "{}在公众号上宣传自助机的好处"),
        ("Q7", "Q7.p4", "{}代表同事道歉"),
    ],
)
@pytest.mark.parametrize("no", ["不会", "不必", "绝不", "先不急着", "没必要", "不打算"])
def test_negated_act_earns_nothing(question, point, said, no):
    """The act earns its point when it is meant, and not when it is refused or put off."""
    assert point in credits("我会" + said.format("") + "。", question)
    assert point not in credits("我" + said.format(no) + "。", question)


@pytest.mark.parametrize(
    ("question", "fault", "said"),
    [
        ("E4", "E4.f1", "{}没收他的手机"),
        ("E6", "E6.f1", "{}联系平台删帖压热度"),
        ("Q3", "Q3.f2", "{}让保安把插队的人赶出去"),
        ("Q4", "Q4.f3", "{}自己动手把机器拆开修"),
        ("Q1", "Q1.f3", "{}当众训斥保安"),
    ],
)
@pytest.mark.parametrize("no", ["不会", "不能", "绝不", "更不会"])
def test_negated_fault_costs_nothing(question, fault, said, no):
    """A fault counts when it is proposed, and not when it is refused."""
    assert fault in faults("我会" + said.format("") + "。", question)
    assert fault not in faults("我" + said.format(no) + "。", question)


@pytest.mark.parametrize(
    "said",
    [
        "缺主件也给办了，这种事我不做。",
        "把老人打发走，不干；数落他没带齐，也不干。",
        "我不会批评老人没带齐，更不会说这不是我们管的。",
    ],
)
def test_what_is_called_wrong_is_no_fault(said):
    """Naming a fault in order to refuse it is no fault."""
    assert faults(said) == set()


@pytest.mark.parametrize(
    "said", ["毛巾热水这些，暂时不用管。", "递毛巾、倒热水，我想先放一放。", "联系家属快递，等以后再说。"]
)
def test_what_is_put_off_earns_nothing(said):
    """Naming an act in order to put it off earns nothing."""
    assert credits(said) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [("道歉", "赔个不是"), ("道歉", "致歉"), ("道歉", "说声对不起"), ("道歉", "鞠个躬")],
)
def test_synonyms_of_the_lexicon_earn_the_same(one, other):
    """Words of one entry of the lexicon are worth the same."""
    text = "工作人员有错的，我马上向群众道歉。"
    assert credits(text, "Q7") == credits(text.replace(one, other), "Q7") != set()


def test_answer_to_another_question_earns_nothing():
    """A good answer to another question scores next to nothing."""
    for id in ("Q2", "Q5", "Q10", "E6"):
        assert mark(BANK, BANK.find(id), GOOD).score <= 12, id


def test_list_of_keywords_is_capped():
    """Keywords without sentences earn half points at most."""
    text = "休息室坐下，毛巾，热水，问诉求，关键材料，次要材料，打印，快递，容缺，承诺书，清单公示。"
    result = mark(BANK, BANK.find("E1"), text)
    assert result.shape == "keywords"
    assert max(c.credit for c in result.points) == 0.5
    assert result.score < 40


def test_phrases_without_the_scene_earn_next_to_nothing():
    """Talk that fits every question is worth nothing in any."""
    text = (
        "各位考官，这道题考查的是我们的服务意识。我会坚持以人民为中心，第一时间响应，"
        "具体问题具体分析，统筹协调各方力量，妥善处置，建章立制，不断提升工作水平。"
    )
    for question in BANK.questions:
        assert mark(BANK, question, text).score <= 12, question.id


def test_words_that_sound_right_count_in_speech():
    """Written down from speech, a word counts by its sound; in a written text it does not."""
    spoken = (
        "嗯然后我会马上给信息忠心打电话请他们赶紧过来抢休一下然后呢再跟领道会报一下现在是个什么情况查一下是哪种网落故障还是整个系"
        "统都摊了大概就是这样子的一个思路"
    )
    assert Answer(spoken).spoken
    assert "E3.p4" in credits(spoken, "E3")
    assert sounds("抢休") == sounds("抢修")
    assert sound("A") == "A"


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_marked(text):
    """Whatever is typed gets a score from 0 to 100 and evidence that stands in it."""
    question = random.Random(len(text)).choice(BANK.questions)
    result = mark(BANK, question, text)
    assert 0 <= result.score <= 100
    for found in (*result.points, *result.faults):
        if found.evidence:
            assert text[found.evidence.start : found.evidence.end] == found.evidence.text


def test_measures():
    """The measures of labelled answers, reckoned by hand."""
    line = Line("a", "E1", "我给他递毛巾、倒热水。", hit=("E1.p2", "E1.p1"), score=20)
    judged = judge(BANK, [line])
    m = measure(judged)
    assert (m.point_precision, m.point_recall) == (1.0, 0.5)
    assert m.point_f1 == pytest.approx(2 / 3)
    assert judged[0].misses["points_missed"] == ["E1.p1"]
    assert spearman([1, 2, 3], [10, 20, 30]) == pytest.approx(1)
    assert spearman([1, 2, 2], [3, 1, 1]) == pytest.approx(-1)
    assert spearman([1, 1], [1, 2]) is None


def run(*args):
    """Exit code and output of `zhiban practice …`."""
    result = CliRunner().invoke(main, ["practice", *map(str, args)])
    return result.exit_code, result.output


def test_grade_contract(tmp_path):
    """`grade --json` gives score, points with credit and evidence, faults with evidence."""
    file = tmp_path / "a.txt"
    file.write_text(GOOD + "我自己做主先给他容缺。", "utf-8")
    code, out = run("grade", "e1", "--answer", file, "--json")
    told = json.loads(out)
    assert code == 0
    assert {"score", "points", "faults"} <= told.keys()
    assert {p["credit"] for p in told["points"]} <= {0, 0.5, 1}
    assert [f["id"] for f in told["faults"]] == ["E1.f4"]
    assert told["faults"][0]["evidence"] == "我自己做主先给他容缺"


def test_gbk_file_is_read(tmp_path):
    """An answer saved by an old editor is marked like the same in UTF-8."""
    one, two = tmp_path / "1.txt", tmp_path / "2.txt"
    one.write_bytes(GOOD.encode("gbk"))
    two.write_bytes(GOOD.encode())
    assert run("grade", "E1", "--answer", one, "--json") == run("grade", "E1", "--answer", two, "--json")


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", 4, "空的"),
        (b"  \n", 4, "空的"),
        (b"\x7fELF\0\1\2", 4, "不是文字"),
        (b"\xff\xff\xff", 4, "读不出"),
        ("，。！？…".encode(), 0, "没有读到中文"),
        (b"I would apologise to everybody.", 0, "没有读到中文"),
        ("我给他递毛巾。".encode() * 15_000, 0, "只看了前"),
    ],
)
def test_bad_answers_are_told(tmp_path, data, code, said):
    """An answer that cannot be marked is refused, or marked with a remark, in Chinese."""
    file = tmp_path / "a.txt"
    file.write_bytes(data)
    result = CliRunner().invoke(main, ["practice", "grade", "E1", "--answer", str(file)])
    assert result.exit_code == code
    assert said in result.output + (result.stderr if result.stderr_bytes else "")


def test_unknown_question_is_told(tmp_path):
    """A wrong question leads to a suggestion and exit code 5; a missing file too."""
    file = tmp_path / "a.txt"
    file.write_text(GOOD, "utf-8")
    assert run("grade", "E66", "--answer", file)[0] == 5
    assert run("grade", "E1", "--answer", tmp_path / "none.txt")[0] == 5
    assert run("grade")[0] == 2


def test_batch_gives_one_line_each(tmp_path):
    """A batch answers line by line with its ids; a broken line is named."""
    file = tmp_path / "b.jsonl"
    lines = [{"id": i, "question": q, "text": GOOD} for i, q in ((1, "E1"), ("x", "Q5"))]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    code, out = run("grade", "--batch", file)
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, "x"]
    file.write_text('{"id": 1}\n', "utf-8")
    code, out = run("grade", "--batch", file)
    assert code == 4
    assert f"{Path(file)}:1" in out


def test_eval_prints_measures_and_misses(tmp_path):
    """`eval` gives each group's measures and every answer that differs from its label."""
    file = tmp_path / "e.jsonl"
    line = {"id": "a1", "question": "E1", "text": GOOD, "level": "good", "hit": ["E1.p1"], "score": 90}
    file.write_text(json.dumps(line) + "\n", "utf-8")
    code, out = run("eval", file)
    assert code == 0
    assert "多给 E1.p10" in out
    told = json.loads(run("eval", file, "--json")[1])
    assert told["groups"]["all"]["point_recall"] == 1.0
