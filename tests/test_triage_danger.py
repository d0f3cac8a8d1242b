"""Danger to life is never missed and never imagined: every safety word in every kind of sentence."""

import pytest

from engine.reader import load_library
from engine.triage import triage
from engine.triage.safety import KINDS

# one sentence a kind, in which {} stands around the words that speak of danger
REPORTS = {
    "medical": [
        "一位大爷{晕倒}了",
        "有人{受伤}",
        "老太太{抽搐}",
        "她{喘不上气}",
        "大妈{胸口疼}",
        "工作人员{流血}了",
    ],
    "violence": [
        "两个人{扭打}",
        "有人{拿刀}",
        "男的{砸玻璃}",
        "大汉{一拳打在}他脸上",
        "他{揪住}小张{衣领}",
        "两边{打起来}了",
    ],
    "fire": ["档案室{着火}了", "机器{冒烟}", "已经看见{火苗}", "一股{焦糊}味"],
    "selfharm": ["他要{跳楼}", "她说{不想活}了", "有人{割腕}", "扬言{自杀}"],
    "minor_lost": ["{孩子不见}了", "小男孩{走失}", "女孩跟家长{走散}了"],
}
SENTENCES = [(kind, s.replace("{", "").replace("}", "")) for kind, group in REPORTS.items() for s in group]


@pytest.fixture(scope="module")
def kind_of():
    """The kind of danger that a sentence reports."""
    library = load_library()
    return lambda text: triage(text, library).safety.kind


@pytest.mark.parametrize(("kind", "sentence"), SENTENCES)
@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        "快来人，{}！",
        "窗口吵起来了，{}",
        "听说{}",
        "昨天就这样，今天{}",
        "不是演练，{}",
        "演练时出事了，{}",
        "没办成，{}",
        "真的{}",
        "他没忍住，{}",
        "雨停了，{}",
        "系统好了，{}",
        "{}，怎么办",
        "别处理窗口了，{}",
        "{}，没有人来管",
    ],
)
def test_danger_is_heard(kind_of, frame, sentence, kind):
    """Whatever stands around it, a plain report raises the alarm."""
    assert kind_of(frame.format(sentence)) == kind


@pytest.mark.parametrize(("kind", "sentence"), SENTENCES)
@pytest.mark.parametrize(
    "frame",
    [
        "消防演练脚本：{}",
        "培训内容是怎么应对{}",
        "昨天{}",
        "上周{}，后来没事了",
        "如果{}怎么办",
        "万一{}该找谁",
        "{}，虚惊一场",
        "模拟{}",
    ],
)
def test_no_danger_now(kind_of, frame, sentence, kind):
    """Drills, lessons, the past, suppositions and false alarms raise none."""
    if kind == "selfharm" and frame.startswith(("如果", "万一")):
        pytest.skip("a condition is how people threaten: 要是不办我就跳楼")
    assert kind_of(frame.format(sentence)) == "none"


@pytest.mark.parametrize(
    "sentence",
    [
        "没有人受伤",
        "没人受伤",
        "没有群众受伤",
        "无人员受伤",
        "未造成人员受伤",
        "没人晕倒",
        "并没有人流血",
        "受伤的没有",
        "不是打架",
        "没人动手",
        "没有动手",
        "没打起来",
        "没有打起来",
        "他们没有真的打起来",
        "双方未动手",
        "不会动手打人",
        "没有起火",
        "没着火",
        "未发生火灾",
        "没有发现火苗",
        "没有冒烟",
        "不是着火",
        "没有人要跳楼",
        "不是跳楼",
        "孩子没丢",
        "孩子没有走失",
        "没有孩子走失",
        "不用叫救护车",
        "不需要打120",
        "先别叫救护车",
    ],
)
def test_denied(kind_of, sentence):
    """Negation within its scope."""
    assert kind_of(sentence) == "none"


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("不是没有人受伤", "medical"),
        ("不可能没人受伤", "medical"),
        ("这不是着火了吗", "fire"),
        ("没说两句就动手了", "violence"),
        ("没忍住动手打人", "violence"),
        ("没吃早饭晕倒了", "medical"),
        ("没等说完一拳打在脸上", "violence"),
        ("别打人", "violence"),
        ("没想到打起来了", "violence"),
        ("未成年孩子走失", "minor_lost"),
        ("没人管，着火了", "fire"),
        ("怕他跳楼", "selfharm"),
        ("没人受伤但是着火了", "fire"),
        ("火已扑灭，有人晕倒", "medical"),
        ("有人晕倒，火已扑灭", "medical"),
        ("保安已经控制不住了，他拿刀", "violence"),
        ("打起来了，已经拉不开", "violence"),
        ("孩子走失，还没找到", "minor_lost"),
        ("要是不给办我就跳楼", "selfharm"),
        ("會議室著火了", "fire"),
        ("有人暈倒", "medical"),
        ("有 人 晕 倒", "medical"),
        ("有人晕\u200b倒", "medical"),
    ],
)
def test_not_denied(kind_of, sentence, kind):
    """What looks like a denial and is none."""
    assert kind_of(sentence) == kind


@pytest.mark.parametrize(
    "sentence",
    [
        "有没有人受伤？",
        "有人受伤吗？",
        "受伤了没有？",
        "是否着火",
        "刚才打起来了，已经拉开了",
        "大爷晕倒了，已送医",
        "火已经扑灭，刚才机器冒烟，火已扑灭",
        "孩子走失，现在找到了",
        "气得要吐血",
        "等得嗓子冒烟",
        "差点打起来",
        "怕他们打起来",
        "拍柜台骂人",
        "拍着桌子喊",
        "一拍桌子",
        "电影里有人打架",
        "自己动手填表",
        "他在骂人",
        "发火了",
        "火气很大",
    ],
)
def test_no_report(kind_of, sentence):
    """Questions, what is settled, figures of speech, mere noise."""
    assert kind_of(sentence) == "none"


def test_what_to_do_comes_with_it():
    """The first steps are those that `always` wants for the fact; all kinds are listed."""
    safety = triage("着火了，有人晕倒", load_library()).safety
    assert safety.kind == "fire"
    assert safety.kinds == ("fire", "medical")
    assert safety.do_first
    assert [e.text for e in safety.evidence] == ["着火", "晕倒"]


def strong_words(library, kind):
    """Every word that by itself raises an alarm of this kind."""
    (name,) = (name for name, its in KINDS.items() if its == kind)
    (fact,) = (fact for fact in library.vocabulary.facts if fact.key == name)
    signals = [s for option in fact.hear for s in option.signals if s.weight >= 1 and len(s.groups) == 1]
    return [word for signal in signals for word in signal.groups[0] if "…" not in word and word != "真打人"]


@pytest.mark.parametrize("kind", ["medical", "violence", "fire", "selfharm", "minor_lost"])
def test_every_word(kind_of, kind):
    """Each word alone: heard plainly, by hearsay and shouted; not in a drill, the past, a supposition,
    a question."""
    library = load_library()
    words = strong_words(library, kind)
    assert len(words) > 30
    for word in words:
        for frame in ("刚才{}", "听说里面{}", "快来人！{}！"):
            assert kind_of(frame.format(word)) != "none", frame.format(word)
        void = ["消防演练脚本：{}", "上周{}，后来没事了", "有没有{}？", "电影里演的{}"]
        for frame in void if kind == "selfharm" else [*void, "如果{}怎么办"]:
            assert kind_of(frame.format(word)) == "none", frame.format(word)
