"""The marks of a run, and what a trainee's screen may show of it."""

from datetime import timedelta

import msgspec
import pytest

from engine.drill import control, perform, reference
from engine.drill.examples import sentence
from engine.drill.scoring import BLAME, score
from engine.drill.script import run_script
from engine.drill.view import DRILL, Spread, heading, lines, spread
from engine.errors import UsageError
from engine.practice.answer import Answer
from engine.practice.finding import Finder
from tests.drilling import BANK, DRILLS, LIBRARY, RAIN, begin, way

R = "rain-before-opening."


def at(store, second):
    """A moment of the drill."""
    return store.state.begun + timedelta(seconds=second)


def marks(store):
    """Id → line of the expectations."""
    return {line.id: line for line in score(store.state).lines if line.kind == "expectation"}


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.id)
@pytest.mark.parametrize("who", ["perfect", "random", "harmful", "silent"])
def test_every_mark_is_explained_by_the_record(drill, who):
    """Each line has a reason and the events behind it, which exist; the lines make the total; expectations
    that count share out 100."""
    run = run_script(drill, LIBRARY, who, 2, bank=BANK)
    last = run.store.events[-1].seq
    counted = [line for line in run.score.lines if line.counts]
    assert run.score.total == round(sum(line.marks for line in counted))
    assert abs(sum(line.of for line in counted) - 100) < 0.5
    for line in run.score.lines:
        assert line.why
        assert all(1 <= seq <= last for seq in line.events)
        assert line.events or not line.counts
    for rating in run.score.ratings:
        assert rating.rating in ("P", "S", "M", "U", "")
        assert rating.why
    assert run.score.ended


def test_late_fades_and_missed_is_nothing():
    """Full marks until the time is up, then fading over as long again, then nothing."""
    shares = {}
    for second in (0, 120, 150, 240, 300):
        store = begin()
        perform.act(store, "duty", "step", R + "to-door", "", at(store, second))
        store.advance(at(store, 301))
        shares[second] = store.state.expected["door"].share
    assert shares == {0: 100, 120: 100, 150: 75, 240: 0, 300: 0}


def test_harm_costs_and_blame_before_control_costs_more():
    """The second time costs half; blame costs extra while safety and control steps are open, once."""
    store = begin()
    for second in (10, 20, 30):
        perform.act(store, "duty", "harm", "shout-back", "", at(store, second))
    perform.act(store, "duty", "harm", "scold", "", at(store, 40))
    found = [(line.kind, line.id, line.marks) for line in score(store.state).lines if line.marks < 0]
    assert found == [
        ("harm", "shout-back", -15),
        ("harm", "shout-back", -7.5),
        ("harm", "shout-back", -7.5),
        ("harm", "scold", -8),
        ("blame", "scold", -BLAME),
    ]
    assert store.state.expected["civil"].outcome == "missed"
    calm = begin()
    while reference.out_of_control(calm.state):
        for item in calm.state.session.running():
            perform.act(calm, "duty", "step", item.key, "", at(calm, 5))
        perform.act(calm, "duty", "ask", "quarrel", "", at(calm, 5))
        for fact in calm.state.session.questions()[0]:
            perform.act(calm, "duty", "ask", fact[1], "", at(calm, 5))
        calm.advance(calm.state.at + timedelta(seconds=60))
    perform.act(calm, "duty", "harm", "scold", "", calm.state.at)
    assert "blame" not in [line.kind for line in score(calm.state).lines]


def test_what_never_came_up_does_not_count():
    """Marks are shared out among expectations whose time came."""
    store = begin(msgspec.structs.replace(RAIN, minutes=3))
    perform.act(store, "duty", "step", R + "to-door", "", at(store, 1))
    store.advance(store.state.end)
    found = marks(store)
    assert not found["call"].counts
    assert found["call"].marks == 0
    assert found["door"].of == pytest.approx(100 * 20 / 65, abs=0.1)


def test_times_to_act_and_to_control():
    """The first act (a question is one), and the longest that a critical expectation took."""
    store = begin()
    perform.act(store, "duty", "unknown", "", "哎呀", at(store, 3))
    perform.act(store, "duty", "ask", "quarrel", "", at(store, 7))
    perform.act(store, "duty", "step", R + "to-door", "", at(store, 20))
    store.advance(at(store, 245))
    perform.act(store, "duty", "step", "always.call-120", "", at(store, 250))
    result = score(store.state)
    assert (result.first_action, result.control) == (7, 20)
    never = begin()
    never.advance(never.state.end)
    assert (score(never.state).first_action, score(never.state).control) == (None, None)


def test_best_path_names_what_never_came_up():
    """Required steps that the truth calls for but that nobody's questions brought up are told apart."""
    store = begin()
    perform.act(store, "duty", "step", R + "to-door", "", at(store, 1))
    path = score(store.state).path
    assert R + "to-door" in path.done
    assert R + "no-contact" in path.open_
    assert R + "ask-lead" in path.unseen
    assert 0 < path.percent < 50


def test_the_controller_has_the_last_word():
    """A share and a rating can be overridden with a reason, also after the end; both stay on the record."""
    store = begin()
    store.advance(store.state.end)
    before = score(store.state)
    control.override(store, store.state.at, "door", 50, "人已在门口")
    control.observe(store, store.state.at, "看到了", "door")
    control.rate(store, store.state.at, "life", "M", "有人喊了120")
    after = score(store.state)
    assert after.total == before.total + 10
    line = marks(store)["door"]
    assert "人已在门口" in line.why
    assert len(line.events) == 3
    assert [(r.objective, r.rating, r.overridden) for r in after.ratings] == [
        ("calm", "U", False),
        ("life", "M", True),
    ]
    for wrong in (
        lambda: control.override(store, store.state.at, "door", 50, " "),
        lambda: control.override(store, store.state.at, "dor", 50, "错"),
        lambda: control.override(store, store.state.at, "door", 150, "错"),
        lambda: control.rate(store, store.state.at, "life", "X", "错"),
    ):
        with pytest.raises(UsageError):
            wrong()
    control.close(store, store.state.at)
    with pytest.raises(UsageError):
        control.note(store, store.state.at, "晚了")


def test_screens_show_what_has_come_and_nothing_else():
    """Before anything happens only the scene; then injects for this role, acts, answers, reactions."""
    store = begin(people={"duty": "老王"})
    assert [line.kind for line in lines(store.state, "duty")] == ["scene"]
    store.advance(at(store, 70))
    perform.act(store, "duty", "step", R + "to-door", "", at(store, 71))
    perform.act(store, "duty", "harm", "shout-back", "", at(store, 72))
    perform.act(store, "guide", "ask", "quarrel", "", at(store, 73))
    mine, theirs = lines(store.state, "duty"), lines(store.state, "guide")
    assert [line.text for line in theirs if line.kind == "inject"] == ["引导台有人找。"]
    assert [line for line in mine if line.kind == "inject"] == []
    assert [(line.kind, line.sender) for line in mine][1:4] == [
        ("act", "值班负责人（老王）"),
        ("note", "值班负责人（老王）"),
        ("act", "值班负责人（老王）"),
    ]
    assert "人群更乱了。" in [line.text for line in mine]
    assert "双方正在争吵：是" in [line.text for line in mine]
    assert lines(store.state, "duty", since_seq=store.state.seq) == []
    assert heading(store.state, store.state.at).startswith(DRILL + "雨")


def test_an_act_ahead_of_its_time_looks_like_any_other():
    """The screen does not tell whether the playbooks wanted an act."""
    store = begin()
    perform.act(store, "duty", "step", "always.call-120", "", at(store, 1))
    perform.act(store, "duty", "step", R + "to-door", "", at(store, 2))
    notes = [line.text for line in lines(store.state, "duty") if line.kind == "note"]
    assert notes == ["办了", "办了"]


def test_posts_spread_until_something_stops_them():
    """Counts grow each minute as a function of time alone, and stand once the crowd is led in."""
    store = begin()
    assert spread(store.state, "post", at(store, 100)) is None
    store.advance(at(store, 150))
    assert spread(store.state, "post", at(store, 150)) == Spread(10, 4)
    assert spread(store.state, "post", at(store, 270)) == Spread(40, 16)
    assert spread(store.state, "fall", at(store, 270)) is None
    store.state.happened["done", R + "guide-in"] = [
        store.state.happened["fired", "post"][0]._replace(moment=at(store, 210))
    ]
    assert spread(store.state, "post", at(store, 900)) == Spread(20, 8)
    [line] = [line for line in lines(store.state, "duty", now=at(store, 210)) if line.spread]
    assert line.spread == Spread(20, 8)


@pytest.mark.parametrize(
    "groups",
    [
        ("抱歉|久等", "(?:先)?进来|避雨"),
        ("(?<!不)道歉|对不住", "[前后]厅", r"\d{1,2}分钟"),
        ("(?:马上|这就)[^。;!?不没别未]{0,8}?安排",),
        ("不推诿",),
    ],
)
def test_an_example_is_found_by_its_way(groups):
    """The sentence that is made from a way of saying something is one in which it is found."""
    made = way(*groups)
    text = sentence(made, dict(BANK.usual))
    assert text
    assert Finder(Answer(text, dict(BANK.usual))).any((made,)) is not None


def test_most_points_of_the_bank_have_an_example():
    """Of the ways of all marking points nearly all can be said by the script."""
    usual = dict(BANK.usual)
    points = [point for question in BANK.questions for point in question.points]
    said = [point.id for point in points if any(sentence(one, usual) for one in point.ways)]
    assert len(said) > 0.97 * len(points), sorted({p.id for p in points} - set(said))
