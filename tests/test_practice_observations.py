"""The four observations beside the mark: what they see, what they quote, and that they change no score."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cli import main
from engine.practice.answer import Answer
from engine.practice.generic import MOST, NOTE
from engine.practice.marking import mark
from engine.practice.observations import UNBOUND, observe
from engine.practice.reading import load
from engine.practice.reports import document, profile_lines
from engine.practice.structure import branches, words
from engine.practice.twists import mark_twist

BANK = load()
NAMES = ["情绪稳定", "思维敏捷", "考虑周全", "有效可行"]
ANSWERS = yaml.safe_load((Path(__file__).parent / "practice_answers.yaml").read_text("utf-8"))


def profile(text, question="E1"):
    """The profile of an answer."""
    return mark(BANK, BANK.find(question), text).profile


def scores(text, question="E1"):
    """Name → marks."""
    return {o.name: o.score for o in profile(text, question).observations}


GOOD = (
    "我先扶老人到休息室坐下，说您冒雨跑这一趟真不容易，递上毛巾和热水。"
    "我听他说完，问清要办什么业务、缺哪几样材料。"
    "如果缺的是主件，我跟他讲清少了审核通不过，网上能查到的我帮他打印，查不到的给他儿子打电话请他快递送来。"
    "如果缺的是次要材料，我马上请示领导按容缺先受理，请他签承诺书，约好三天内补齐。"
    "事后我写一份总结，建议把能容缺的材料列成清单公示。"
)


def test_four_observations_stand_beside_the_mark():
    """Four names, 0 to 10 each, bands by the same limits as the score, and the score is what it was."""
    result = mark(BANK, BANK.find("E1"), GOOD)
    assert [o.name for o in result.profile.observations] == NAMES
    for o in result.profile.observations:
        assert 0 <= o.score <= 10
        assert o.band == ("好" if o.score >= 8 else "中" if o.score >= 6 else "差")
    told = document(result, BANK.find("E1"))
    assert told["score"] == result.score
    assert [o["name"] for o in told["observations"]] == NAMES
    assert {"branches", "order", "capped"} <= told.keys()


def test_marks_are_the_sum_of_their_reasons():
    """What each reason gave adds up, within 0 and 10, to the marks: nothing is hidden."""
    for question, pair in ANSWERS.items():
        for text in pair.values():
            found = profile(text, question)
            for o in found.observations:
                total = max(0.0, min(10.0, sum(reason.gave for reason in o.reasons)))
                assert o.score == pytest.approx(total, abs=0.05) or (found.capped and o.score < total)
                assert o.reasons


@given(st.text(max_size=200) | st.lists(st.sampled_from(GOOD.split("，")), max_size=12).map("，".join))
@settings(max_examples=60, deadline=None)
def test_any_text_has_a_profile_that_quotes_it(text):
    """Whatever is typed gets marks from 0 to 10, and every quotation stands in it."""
    found = profile(text)
    quoted = [reason.evidence for o in found.observations for reason in o.reasons]
    quoted += [reason.evidence for reason in found.order] + list(found.branches)
    for evidence in quoted:
        if evidence:
            assert text[evidence.start : evidence.end] == evidence.text
    assert all(0 <= o.score <= 10 for o in found.observations)
    assert profile(text) == found


@pytest.mark.parametrize("question", ["G01", "G05", "G09", "G14", "G20"])
def test_a_good_answer_is_above_a_bad_one_in_all_four(question):
    """Each observation tells the good answer from the bad one."""
    good, bad = (scores(ANSWERS[question][kind], question) for kind in ("good", "bad"))
    assert all(good[name] >= bad[name] + 2 for name in NAMES), (good, bad)


def test_a_fault_lowers_calm_and_feasible():
    """A fault costs two marks and the bonus for none, with its words; refusing it costs nothing."""
    fault = GOOD + "我当场批评老人丢三落四。"
    assert scores(fault)["情绪稳定"] < scores(GOOD)["情绪稳定"]
    assert scores(fault)["有效可行"] < scores(GOOD)["有效可行"]
    taken = [r for o in profile(fault).observations for r in o.reasons if r.gave < 0]
    assert taken
    assert all("批评" in reason.evidence.text for reason in taken)
    refused = scores(GOOD + "我绝不会批评老人没带齐。")
    assert refused["情绪稳定"] == scores(GOOD)["情绪稳定"]


def test_anger_counts_only_when_it_is_meant():
    """To be carried away costs calm; to say that one will not does not."""
    assert scores("他骂我，我就吼回去，凭什么。" + GOOD)["情绪稳定"] < scores(GOOD)["情绪稳定"]
    assert [w.word for w in words(Answer("我不会吼他，也不能训斥他。"), "anger")] == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("如果缺的是主件，就帮他补；要是次要的，先请示领导。", 2),
        ("分两种情况处理。", 1),
        ("对于材料齐的，当场受理。", 1),
        ("网上查不到的，我给他家里打电话。", 1),
        ("万一老人不舒服，马上打120。", 1),
        ("我先安抚老人，再帮他找材料。", 0),
        ("若干群众在排队，我去维持秩序。", 0),
        ("老人家，您先坐。", 0),
    ],
)
def test_branches_are_seen_where_they_are_named(text, count):
    """A case with what follows for it is a branch; a plain row of acts has none."""
    assert len(branches(Answer(text))) == count


def test_branches_make_an_answer_quick():
    """The same acts told as branches earn more for a quick mind than without."""
    plain = GOOD.replace("如果缺的是主件，我跟他讲清", "我跟他讲清").replace(
        "如果缺的是次要材料，我马上", "我马上"
    )
    assert len(profile(GOOD).branches) > len(profile(plain).branches)
    assert scores(GOOD)["思维敏捷"] > scores(plain)["思维敏捷"]


def test_blame_before_control_is_told():
    """Blame first and control afterwards is named, quoted, and costs calm its mark for order."""
    blame = "我先查明责任，追究窗口人员。"
    first, last = profile(blame + GOOD), profile(GOOD + blame)
    assert ["追责" in reason.text for reason in first.order] == [True]
    assert first.order[0].evidence.text in blame
    assert last.order == ()
    assert not any("追责" in reason.text for reason in profile("我不会急着追究谁的责任。" + GOOD).order)


def test_improvement_before_the_matter_itself_is_told():
    """Who begins with the summary afterwards is told so."""
    sentences = [s + "。" for s in GOOD.split("。") if s]
    assert any("改进" in reason.text for reason in profile("".join([sentences[-1], *sentences[:-1]])).order)


def test_generic_talk_is_capped_everywhere():
    """Talk that names nothing of the scene gets no more than the cap, however well it sounds."""
    text = (
        "首先，我会马上赶到现场，保持冷静，安抚情绪，理解大家。其次，如果情况复杂，就分情况处理，第三，"
        "请相关部门同事在三十分钟内拿出方案，做好登记和电话记录。最后总结复盘，建立长效机制，开展培训演练。"
    )
    untouched = [q for q in BANK.questions if not any(c.credit == 1 for c in mark(BANK, q, text).points)]
    assert len(untouched) >= 5
    for question in untouched:
        found = profile(text, question.id)
        assert found.capped
        assert max(o.score for o in found.observations) <= UNBOUND, question.id
    assert "3 分" in profile("我会第一时间处置，妥善解决。").capped


def test_generic_talk_is_capped_in_its_score():
    """Talk whose words are not those of the question gets 20 at most, and is told why; a short answer to
    the point, a full one and the answer to a question asked after are not touched."""
    text = (
        "我会马上赶到现场，保持冷静，安抚情绪，理解大家，做好登记，留下电话。然后报告领导，请示方案。"
        "最后进行总结复盘，建立长效机制，组织开展培训演练，不断提升服务水平。"
    )
    capped = [r for r in (mark(BANK, q, text) for q in BANK.questions) if NOTE in r.notes]
    assert len(capped) >= 3
    assert {result.score for result in capped} == {MOST}
    assert NOTE in document(capped[0], BANK.find(capped[0].question))["notes"]
    assert NOTE not in mark(BANK, BANK.find("E1"), GOOD).notes
    assert NOTE not in mark(BANK, BANK.find("E1"), "我扶老人坐下，递上毛巾和热水。").notes
    twist = BANK.find("E1").asks[1]
    told = "我马上打120，守在他身边，不随便搬动他。请大家散开，把通道让出来，再报告领导、通知家属。"
    assert mark_twist(BANK, BANK.find("E1"), twist, told).score >= 80


def test_keywords_and_other_questions_show_nothing():
    """A list of keywords, an answer to another question and an empty one are capped too."""
    for text in (
        "休息室坐下，毛巾，热水，问诉求，关键材料，次要材料，打印，快递，容缺，承诺书，清单公示。",
        ANSWERS["G05"]["good"],
        "",
        "……",
    ):
        assert max(scores(text).values()) <= UNBOUND, text


def test_who_when_how_make_it_feasible():
    """Naming who, when and by what means earns marks, and says which."""
    bare = "扶老人坐下歇着，缺的是次要材料就走容缺。"
    full = "我请引导员扶老人坐下歇着，缺的是次要材料就请示领导走容缺，做好登记，三天内补齐。"
    assert scores(full)["有效可行"] > scores(bare)["有效可行"]
    said = next(o for o in profile(full).observations if o.name == "有效可行")
    assert any("引导员" in reason.text for reason in said.reasons)


def test_lines_for_a_screen():
    """One line an observation with marks, band and reasons; the cap has a line of its own."""
    lines = profile_lines(profile("我会妥善处理。"))
    assert [head.split()[0] for head, _ in lines] == [*NAMES, "封顶"]
    assert all("/10（" in head for head, _ in lines[:4])


def test_json_of_the_command_has_the_extra_fields(tmp_path):
    """`grade --json` keeps its contract and has the observations beside it; the screen shows them."""
    file = tmp_path / "a.txt"
    file.write_text(GOOD, "utf-8")
    run = CliRunner().invoke
    told = json.loads(run(main, ["practice", "grade", "E1", "--answer", str(file), "--json"]).output)
    assert {"score", "points", "faults", "observations", "branches", "order"} <= told.keys()
    assert len(told["observations"]) == 4
    shown = run(main, ["practice", "grade", "E1", "--answer", str(file)]).output
    assert all(name in shown for name in NAMES)


def test_observing_reads_nothing_but_its_arguments():
    """The same points and answer give the same profile: no clock, no chance, no state."""
    from engine.practice.marking import _seen

    question = BANK.find("E1")
    result = mark(BANK, question, GOOD)
    seen = _seen(question, result.points, result.faults, result.shape)
    again = [observe(question, Answer(GOOD, dict(BANK.usual)), seen) for _ in range(3)]
    assert again == [result.profile] * 3
