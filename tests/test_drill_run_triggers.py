"""What sets what off: each kind of trigger, deadlines of the plan, the clock of the hall, late changes."""

from datetime import timedelta

import msgspec
import pytest

from engine.clock import parse
from engine.drill import control, perform
from engine.drill.model import Inject, Takes, Trigger, Truth
from engine.drill.scoring import score
from engine.errors import UsageError
from engine.model import Profile
from tests.drilling import RAIN, begin, do, expect, kinds, on, plain

R = "rain-before-opening."


def at(store, second):
    """A moment of the drill."""
    return store.state.begun + timedelta(seconds=second)


def acted(drill, *entries, until=0, **more):
    """A run in which these acts were done, at `until` seconds."""
    store = begin(drill, **more)
    for entry in entries:
        act = entry.act
        perform.act(store, act.role, act.kind, act.id, act.text, at(store, entry.second))
    store.advance(at(store, until))
    return store


def with_injects(*injects, **more):
    """The rain with other injects."""
    return msgspec.structs.replace(RAIN, injects=injects, **more)


@pytest.mark.parametrize(
    ("kind", "name", "value", "act", "second"),
    [
        ("asked", R + "can_shelter", None, do(9, "ask", R + "can_shelter"), 9),
        ("answered", R + "can_shelter", None, do(9, "ask", R + "can_shelter"), 29),
        ("answered", R + "can_shelter", True, do(9, "ask", R + "can_shelter"), 29),
        ("answered", R + "can_shelter", False, do(9, "ask", R + "can_shelter"), None),
        ("done", R + "to-door", None, do(9, "step", R + "to-door"), 9),
        ("done", R + "promise", None, do(9, "step", R + "to-door"), None),
        ("blocked", R + "no-contact", None, do(9, "step", R + "no-contact"), 9),
        ("said", "soothe", None, do(9, "say", text="抱歉，请进来。"), 9),
        ("said", "soothe", None, do(9, "say", text="请站好。"), None),
        ("harmed", "scold", None, do(9, "harm", "scold"), 9),
        ("harmed", "", None, do(9, "harm", "shout-back"), 9),
        ("harmed", "scold", None, do(9, "harm", "shout-back"), None),
        ("met", "door", None, do(9, "step", R + "to-door"), 9),
        ("unmet", "door", None, do(9, "step", R + "to-door"), None),
        ("unmet", "door", None, do(130, "step", R + "to-door"), 120),
        ("unmet", "civil", None, do(9, "harm", "shout-back"), 9),
        ("missed", R + "to-door", None, do(9, "step", R + "to-door"), None),
        ("missed", R + "to-door", None, do(121, "step", R + "to-door"), 120),
        ("missed", R + "guard-order", None, do(9, "step", R + "to-door"), None),
    ],
)  # fmt: skip
def test_each_trigger(kind, name, value, act, second):
    """An inject comes its delay after what it waits for, and only after that."""
    waits = Inject("it", on(kind, name, 7, value), "到了。")
    after = Inject("next", on("fired", "it", 3), "又到了。")
    store = acted(with_injects(waits, after, takes=(Takes(R + "no-contact", fails=1),)), act, until=150)
    if second is None:
        assert store.state.fired == {}
    else:
        assert store.state.fired == {"it": at(store, second + 7), "next": at(store, second + 10)}


def test_a_handed_step_is_not_missed():
    """A step that somebody has begun before its deadline is not missed when the deadline passes."""
    drill = with_injects(
        Inject("it", on("missed", R + "to-door"), "人呢？"), takes=(Takes(R + "to-door", 300),)
    )
    assert acted(drill, do(9, "step", R + "to-door"), until=400).state.fired == {}
    assert acted(drill, until=400).state.fired


def test_a_step_given_up_may_be_tried_again():
    """When every way has failed the step is blocked in the plan; a later try that succeeds counts."""
    drill = with_injects(
        takes=(Takes(R + "no-contact", fails=2, reason="不听"),),
        expectations=(expect("it", 100, steps=(R + "no-contact",), within=60, late=60),),
    )
    store = acted(drill, do(5, "step", R + "no-contact"), do(6, "step", R + "no-contact"), until=6)
    assert store.state.session.state.steps[R + "no-contact"].outcome == "blocked"
    perform.act(store, "duty", "step", R + "no-contact", "", at(store, 90))
    assert store.state.session.state.steps[R + "no-contact"].outcome == "done"
    assert store.state.expected["it"].share == 50


def test_a_step_not_wanted_any_more_still_comes_back():
    """A step that was handed over and is not wanted when it comes back sets off what waits for it."""
    drill = with_injects(
        Inject("it", on("done", R + "separate"), "分开了。"),
        Inject("calm", Trigger(at=30), "不吵了。", sets={"quarrel": False}, reveals=("quarrel",)),
        Inject("apart", on("done", "separate"), "两个人分开了。"),
        takes=(Takes("separate", 60),),
    )
    store = acted(drill, do(4, "ask", "quarrel"), do(5, "step", "separate"), until=100)
    assert "separate" not in store.state.session.plan.wanted
    assert store.state.fired["apart"] == at(store, 65)
    assert "it" not in store.state.fired


def test_done_before_its_time_counts_from_its_time():
    """What was done before an expectation's time is met at that time; in its delay, too. Words are not."""
    drill = with_injects(
        Inject("post", Trigger(at=100), "照片。"),
        expectations=(
            expect("step", 25, steps=(R + "to-door",), since=on("fired", "post", 20), within=60),
            expect("ask", 25, facts=("quarrel",), since=on("fired", "post", 20), within=60),
            expect("paper", 25, documents=("register",), since=on("fired", "post", 20), within=60),
            expect("word", 25, says=RAIN.expectations[1].says, since=on("fired", "post", 20), within=60),
        ),
    )
    store = acted(
        drill,
        do(10, "step", R + "to-door"),
        do(110, "ask", "quarrel"),
        do(111, "issue", "register"),
        do(112, "say", text="抱歉，请进来。"),
        until=119,
    )
    assert not store.state.of_kind("expected")
    store.advance(at(store, 200))
    outcomes = {id: (live.outcome, live.at) for id, live in store.state.expected.items()}
    assert outcomes["step"] == outcomes["ask"] == outcomes["paper"] == ("met", at(store, 120))
    assert outcomes["word"] == ("", None)
    store.advance(at(store, 240))
    assert store.state.expected["word"].outcome == "missed"


def test_a_step_makes_out_its_paper():
    """A step that issues a paper meets an expectation of the paper once it is done, not while it runs."""
    step = "missing-materials.reply-later"
    drill = with_injects(
        expectations=(expect("paper", 100, documents=("register",), within=90),),
        takes=(Takes(step, 30, fails=1, reason="没找到本子"),),
    )
    store = acted(drill, do(10, "step", step), do(20, "step", step), until=49)
    assert store.state.expected["paper"].outcome == ""
    store.advance(at(store, 60))
    live = store.state.expected["paper"]
    assert (live.outcome, live.at) == ("met", at(store, 50))
    assert store.state.event(live.evidence[0]).data["id"] == step


def test_a_step_that_is_wanted_anew_has_to_be_done_anew():
    """What was done before does not meet an expectation if the playbooks want it again by then."""
    drill = with_injects(
        Inject("calm", Trigger(at=30), "不吵了。", sets={"quarrel": False}, reveals=("quarrel",)),
        Inject("anew", Trigger(at=60), "又吵起来了！", sets={"quarrel": True}, reveals=("quarrel",)),
        expectations=(expect("it", 100, steps=("separate",), since=on("fired", "anew"), within=60),),
    )
    store = acted(drill, do(4, "ask", "quarrel"), do(5, "step", "separate"), until=70)
    assert store.state.expected["it"].outcome == ""
    perform.act(store, "duty", "step", "separate", "", at(store, 80))
    assert store.state.expected["it"].at == at(store, 80)
    other = msgspec.structs.replace(drill, injects=drill.injects[1:])  # it never stopped
    store = acted(other, do(4, "ask", "quarrel"), do(5, "step", "separate"), until=70)
    assert store.state.expected["it"].at == at(store, 60)


def test_in_the_last_moment_is_in_time():
    """What counts from the moment at which the time is up is in time, and nothing is unmet."""
    own = expect("it", 100, steps=("separate",), within=240)
    drill = with_injects(RAIN.injects[2], Inject("no", on("unmet", "it"), "没人去劝？"), expectations=(own,))
    drill = msgspec.structs.replace(drill, truth=(Truth("quarrel", True, delay=30),))
    store = acted(drill, do(5, "step", "separate"), do(210, "ask", "quarrel"), until=300)
    assert (store.state.expected["it"].outcome, store.state.expected["it"].at) == ("met", at(store, 240))
    assert list(store.state.fired) == ["fall"]


def test_a_search_that_finds_nothing_tells_nothing():
    """A step whose finds have no truth is done and tells nothing."""
    drill = with_injects(truth=())
    store = acted(drill, do(4, "ask", R + "can_shelter"), do(5, "step", R + "check-lobby"), until=70)
    assert store.state.done[R + "check-lobby"].seq
    assert kinds(store, "told", "fact") == [R + "can_shelter"]


def test_a_terminal_whose_time_is_behind_writes_no_past():
    """An act at a drill time before the last event stands at the moment of that event."""
    store = acted(RAIN, do(90, "ask", "quarrel"), until=95)
    perform.act(store, "guide", "step", R + "to-door", "", at(store, 80))
    moments = [event.at for event in store.events]
    assert moments == sorted(moments)
    assert store.state.at == at(store, 90)


def test_what_an_inject_tells_is_no_question_asked():
    """A fact that came with an inject does not meet the expectation that it is asked for."""
    drill = with_injects(
        Inject("tell", Trigger(at=10), "还在吵。", reveals=("quarrel",)),
        expectations=(expect("ask", 100, facts=("quarrel",), within=60),),
    )
    assert acted(drill, until=100).state.expected["ask"].outcome == ""
    assert acted(drill, do(20, "ask", "quarrel"), until=100).state.expected["ask"].outcome == "met"


def test_facts_that_change_are_told_as_they_are_then():
    """An answer is that of its moment, asked for twice it comes once; a different one later is a change."""
    drill = with_injects(
        Inject("calm", Trigger(at=30), "静下来了。", sets={"quarrel": False}),
        truth=(Truth("quarrel", True, told="还在吵。", delay=20),),
    )
    store = acted(
        drill, do(5, "ask", "quarrel"), do(15, "ask", "quarrel"), do(27, "ask", "quarrel"), until=60
    )
    told = [(e.data["value"], e.data["words"], e.at[-11:-6]) for e in store.events if e.kind == "told"]
    assert told == [(True, "还在吵。", "20:25"), (False, "双方正在争吵：否", "20:47")]
    assert [change.how for change in store.state.session.state.changes][-2:] == ["asked", "changed"]
    control.change(store, at(store, 70), {"quarrel": True})
    perform.act(store, "duty", "ask", "quarrel", "", at(store, 80))
    store.advance(at(store, 100))
    assert store.state.told["quarrel"].value is True
    assert len(store.state.of_kind("told")) == 3


def test_the_clock_of_the_hall_takes_effect_to_the_minute():
    """With opening hours in the profile the playbooks' rules turn when the hall opens, however rarely a
    terminal looks; nothing is told to the trainees for it."""
    profile = Profile(hours={"mon": (("08:27", "12:00"),)})
    drill = msgspec.structs.replace(RAIN, known={})
    records = []
    for grain in (1, 13, 300):
        store = begin(drill, profile=profile)
        assert store.state.session.state.facts["office_hours"].value is False
        for second in range(0, 441, grain):
            store.advance(at(store, second))
        store.advance(at(store, 440))
        assert store.state.session.state.facts["office_hours"].value is True
        assert at(store, 420) in [parse(e.at) for e in store.events if e.kind == "passed"]
        records.append(plain(store))
    assert records[0] == records[1] == records[2]


def test_deadlines_pass_at_their_moment():
    """A plan's deadline takes effect at its own moment, with the names of what is late."""
    store = acted(RAIN, until=600)
    late = [(e.data["late"], e.at[-11:-6]) for e in store.events if e.kind == "passed" and "late" in e.data]
    assert ([R + "to-door", R + "no-contact"], "22:00") in [(sorted(n, reverse=True), t) for n, t in late]


def test_delays_before_and_behind_now():
    """An inject moved to before now comes now."""
    drill = with_injects(Inject("it", Trigger(at=200), "到了。"))
    store = acted(drill, until=50)
    control.delay(store, at(store, 60), "it", -500)
    store.advance(at(store, 60))
    assert store.state.fired == {"it": at(store, 60)}
    assert kinds(store, "injected", "by") == ["plan"]
    other = acted(drill, until=50)
    control.skip(other, at(other, 60), "it")
    with pytest.raises(UsageError):
        control.fire(other, at(other, 61), "it")
    with pytest.raises(UsageError):
        control.fire(other, at(other, 61), "its")


def test_trainees_join_and_leave():
    """Joining under the same name again writes nothing; roles that the drill does not have are refused."""
    store = begin()
    control.join(store, at(store, 1), "guide", "小李")
    assert control.join(store, at(store, 2), "guide", "小李") == []
    control.leave(store, at(store, 3), "guide")
    assert store.state.people == {}
    with pytest.raises(UsageError):
        control.join(store, at(store, 4), "guard", "老周")


def test_an_end_by_the_trainee_does_not_pay():
    """Ending early misses what is still to do; marks are not better than those of playing on in silence."""
    quick = acted(RAIN, do(5, "step", R + "to-door"), until=5)
    control.end(quick, at(quick, 6), "trainee")
    slow = acted(RAIN, do(5, "step", R + "to-door"), until=600)
    assert [live.outcome for live in quick.state.expected.values()].count("missed") == 3
    assert control.end(quick, at(quick, 7)) == []
    assert score(quick.state).total <= score(slow.state).total + 20
