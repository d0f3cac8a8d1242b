"""A drill runs: its record is its state, time comes in any grain, acts have their results."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.drill import control, perform
from engine.drill.fold import fold
from engine.drill.model import Inject, Takes, Trigger
from engine.drill.scoring import score
from engine.drill.script import play, run_script
from engine.drill.trainees import Silent, trainee
from engine.errors import UsageError
from tests.drilling import BANK, DRILLS, LIBRARY, RAIN, SYSTEM, Script, begin, do, kinds, on, plain

R, S = "rain-before-opening.", "system-failure."
few = settings(max_examples=6, deadline=None)


def at(store, second):
    """A moment of the drill."""
    return store.state.begun + timedelta(seconds=second)


def changed(drill, **more):
    """A drill with other fields."""
    import msgspec

    return msgspec.structs.replace(drill, **more)


@few
@given(st.integers(0, 10**6), st.sampled_from(DRILLS))
def test_state_is_the_fold_of_the_events(seed, drill):
    """At each event the live state is what folding the events so far gives; so it is at the end."""
    run = run_script(drill, LIBRARY, "random", seed, bank=BANK, hints=True)
    events = run.store.events
    assert fold(drill, LIBRARY, events).snapshot() == run.state.snapshot()
    for cut in range(1, len(events), 9):
        again = begin(drill, seed=seed, hints=True)
        again.journal.append(again.id, 1, events[1:cut])
        again.refresh()
        assert again.state.snapshot() == fold(drill, LIBRARY, events[:cut]).snapshot()


@few
@given(st.integers(0, 10**6), st.sampled_from(DRILLS), st.integers(2, 90))
def test_coarse_and_fine_ticks_leave_the_same_record(seed, drill, tick):
    """Looks at every second and at every 2 to 90 seconds write the same events at the same moments."""
    acts = [
        do(12, "step", (drill is RAIN and R + "to-door") or S + "announce"),
        do(47, "ask", "quarrel"),
        do(130, "step", (drill is RAIN and R + "ask-lead") or S + "call-it"),
        do(131, "step", (drill is RAIN and R + "ask-lead") or S + "call-it"),
        do(290, "say", text="抱歉，系统坏了，先进来避雨。"),
    ]

    def record(grain):
        store = begin(drill, seed=seed)
        for second in sorted({*range(0, drill.minutes * 60, grain), *(entry.second for entry in acts)}):
            store.advance(at(store, second))
            for entry in acts:
                if entry.second == second:
                    act = entry.act
                    perform.act(store, act.role, act.kind, act.id, act.text, at(store, second))
        store.advance(store.state.end)
        return plain(store)

    assert record(1) == record(tick)


@few
@given(st.integers(0, 10**6), st.sampled_from(DRILLS))
def test_same_seed_same_record(seed, drill):
    """Two runs with the same seed have equal events; the moments of the record never go back."""
    one, two = (run_script(drill, LIBRARY, "random", seed, bank=BANK) for _ in range(2))
    assert one.store.events == two.store.events
    moments = [event.at for event in one.store.events]
    assert moments == sorted(moments)


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.id)
def test_scripted_trainees_come_out_in_order(drill):
    """The perfect trainee has full marks, the silent one none, the harmful one less, others between."""
    total = {
        who: run_script(drill, LIBRARY, who, 3, bank=BANK).score.total
        for who in ("perfect", "silent", "harmful")
    }
    assert total["perfect"] == 100
    assert total["silent"] == 0
    assert total["harmful"] < 0
    for seed in range(3):
        assert run_script(drill, LIBRARY, "random", seed, bank=BANK).score.total < 100


def test_a_step_fails_then_takes_its_time_and_tells_what_it_finds():
    """The first try is blocked with its reason and the next way is offered; the second is handed over, and
    comes back after its time with its words and what it found."""
    store = begin()
    play(store, Script(do(0, "ask", R + "can_shelter"), do(0, "ask", R + "may_open")), at(store, 30), 10)
    perform.act(store, "duty", "step", R + "ask-lead", "", at(store, 40))
    perform.act(store, "duty", "step", R + "ask-lead", "", at(store, 50))
    tries = [e.data for e in store.events if e.kind == "act" and e.data["id"] == R + "ask-lead"]
    assert [(t["result"], t["reason"], t["way"]) for t in tries] == [
        ("blocked", "占线", "打手机"),
        ("handed", "", "打办公室电话"),
    ]
    again = perform.act(store, "duty", "step", R + "ask-lead", "", at(store, 60))
    assert again[0].data["result"] == "again"
    store.advance(at(store, 79))
    assert not store.state.of_kind("returned")
    store.advance(at(store, 80))
    [back] = store.state.of_kind("returned")
    assert back.data["words"] == "领导说行。"
    assert back.at.endswith("08:21:20+08:00")
    assert store.state.told[R + "lead_ok"].value is True
    assert store.state.session.state.steps[R + "ask-lead"].outcome == "done"


def test_chance_is_drawn_by_the_seed():
    """How a try comes out depends on seed, step and number of the try, on nothing else."""
    drill = changed(RAIN, takes=(Takes(R + "to-door", chance=50, reason="挤不过去"),))

    def results(seed, wait):
        store = begin(drill, seed=seed)
        for number in range(6):
            perform.act(store, "duty", "step", R + "to-door", "", at(store, 1 + wait * number))
        return kinds(store, "act", "result")

    drawn = {seed: results(seed, 3) for seed in range(8)}
    assert all(results(seed, 7) == came for seed, came in drawn.items())
    assert len({tuple(came) for came in drawn.values()}) > 1


def test_a_step_ahead_of_its_time_counts_when_the_plan_wants_it():
    """Parting people before the quarrel is known does nothing yet; when it is told it counts at that moment.
    What is never wanted stays neutral."""
    store = begin()
    perform.act(store, "duty", "step", "separate", "", at(store, 30))
    perform.act(store, "duty", "step", R + "neighbour", "", at(store, 31))
    assert kinds(store, "act", "result") == ["ahead", "ahead"]
    assert "separate" not in store.state.done
    perform.act(store, "duty", "ask", "quarrel", "", at(store, 60))
    assert store.state.done["separate"].moment == at(store, 30)
    store.advance(store.state.end)
    assert list(store.state.ahead) == [R + "neighbour"]


def test_what_was_done_before_the_world_changed_has_to_be_done_anew():
    """A call for an ambulance before anybody is hurt is no help for the fall that comes later."""
    store = begin()
    perform.act(store, "duty", "step", "always.call-120", "", at(store, 30))
    store.advance(at(store, 240))
    assert store.state.expected["call"].outcome == ""
    perform.act(store, "duty", "step", "always.call-120", "", at(store, 250))
    call = store.state.expected["call"]
    assert (call.outcome, call.share, call.at) == ("met", 100, at(store, 250))


def test_answers_come_after_their_time_or_not_at_all():
    """An answer comes after its delay, in its own words or in words made from the fact; what nobody knows
    is told as such and is 说不清 to the playbooks; a second question is answered again."""
    store = begin()
    perform.act(store, "duty", "ask", R + "can_shelter", "", at(store, 5))
    perform.act(store, "duty", "ask", R + "cold_wet", "", at(store, 6))
    store.advance(at(store, 24))
    assert kinds(store, "told", "fact") == [R + "cold_wet"]
    assert kinds(store, "told", "words") == ["有人淋透发冷：没人说得清"]
    assert store.state.session.state.facts[R + "cold_wet"].state == "unsure"
    store.advance(at(store, 25))
    assert kinds(store, "told", "words")[1:] == ["前厅能单独开。"]
    perform.act(store, "duty", "ask", "office_hours", "", at(store, 30))
    assert kinds(store, "told", "words")[2:] == ["上班时间：否"]
    perform.act(store, "guide", "ask", R + "can_shelter", "", at(store, 31))
    store.advance(at(store, 60))
    assert kinds(store, "told", "words")[3:] == ["前厅能单独开。"]


def test_awaited_facts_are_reported_when_they_come():
    """Who was told 还没有 hears of it as soon as it is so; who never asked does not."""
    asked, silent = begin(), begin()
    perform.act(asked, "duty", "ask", R + "rain_over", "", at(asked, 5))
    for store in (asked, silent):
        store.advance(at(store, 400))
    told = [e.data for e in asked.events if e.kind == "told" and e.data["fact"] == R + "rain_over"]
    assert [(t["state"], t["by"]) for t in told] == [("open", "asked"), ("known", "waited")]
    assert R + "rain_over" not in silent.state.told


def test_words_reach_expectations_from_their_time_on():
    """Words count for what they say, late ones for less; before their time they are lost."""
    store = begin()
    perform.act(store, "duty", "say", "", "大家别挤。", at(store, 10))
    assert store.state.expected["soothe"].outcome == ""
    perform.act(store, "duty", "say", "", "对不住各位，马上安排避雨。", at(store, 210))
    live = store.state.expected["soothe"]
    assert (live.outcome, live.share) == ("late", 50)
    system = begin(SYSTEM)
    perform.act(system, "duty", "say", "", "抱歉，系统坏了。", at(system, 100))
    system.advance(at(system, 300))
    assert system.state.expected["words"].outcome == ""
    perform.act(system, "duty", "say", "", "对不起，电脑还没好。", at(system, 300))
    assert system.state.expected["words"].outcome == "met"


def test_faults_in_words_are_harm_when_the_drill_offers_it():
    """A practice fault that is found in words is the harm that the drill offers for it, else observed."""
    question = next(q for q in BANK.questions if q.playbook == "recording-threat" and q.faults)
    fault = next(f for f in question.faults if "手机" in f.text or f.ways)
    from engine.drill.examples import sentence

    words = sentence(fault.ways[0], dict(BANK.usual))
    assert words
    import msgspec

    first = msgspec.structs.replace(SYSTEM.harms[0], fault=fault.id)
    offered = begin(changed(SYSTEM, harms=(first, SYSTEM.harms[1])))
    perform.act(offered, "duty", "say", "", words, at(offered, 9))
    plainly = begin(SYSTEM)
    perform.act(plainly, "duty", "say", "", words, at(plainly, 9))
    assert [harm.id for harm in offered.state.harms] == ["grab"]
    assert offered.events[2].cause == 2
    assert plainly.state.harms == []
    assert fault.id in plainly.events[1].data["faults"]


def test_what_was_not_done_in_time_happens():
    """A wanted step whose deadline passes untouched sets off what waits for it, at that moment plus its
    delay; one that somebody has begun does not. An unmet expectation sets off its own."""
    store = begin()
    store.advance(store.state.end)
    due = store.state.happened["missed", R + "promise"][0].moment
    assert store.state.fired["shout"] == due + timedelta(seconds=20)
    assert store.state.fired["grumble"] == at(store, 180)
    done = begin()
    perform.act(done, "duty", "step", R + "promise", "", at(done, 5))
    perform.act(done, "duty", "say", "", "对不住，请进来。", at(done, 6))
    done.advance(done.state.end)
    assert "shout" not in done.state.fired
    assert "grumble" not in done.state.fired
    assert done.state.fired["thanks"] == at(done, 16)


def test_unless_prevents_an_inject_and_says_so():
    """An inject does not come once what it names has happened; the record says why."""
    store = begin()
    perform.act(store, "duty", "harm", "scold", "", at(store, 5))
    perform.act(store, "duty", "say", "", "对不住，请进来。", at(store, 6))
    store.advance(at(store, 30))
    assert "thanks" not in store.state.fired
    assert [(e.data, e.cause) for e in store.state.of_kind("skipped")] == [
        ({"inject": "thanks", "by": "unless"}, 2)
    ]


def test_the_end_cuts_off_what_had_no_time():
    """An expectation that the end leaves no time does not count, unless the trainee ended the drill."""
    for why, outcome in (("controller", "open"), ("trainee", "missed")):
        store = begin()
        store.advance(at(store, 250))
        control.end(store, at(store, 250), why)
        assert store.state.status == "ended"
        assert store.state.expected["call"].outcome == outcome
        assert store.state.expected["door"].outcome == "missed"
        lines = {line.id: line for line in score(store.state).lines}
        assert lines["call"].counts == (outcome == "missed")
    with pytest.raises(UsageError):
        perform.act(store, "duty", "ask", "quarrel", "", at(store, 260))
    control.note(store, at(store, 260), "会后补记")


def test_playbooks_join_when_they_come_up():
    """Only the first playbook runs at the start; another of the drill joins when it is proposed, one that
    the drill does not name is declined."""
    store = begin(SYSTEM)
    assert store.state.session.state.active == ["system-failure"]
    store.advance(at(store, 200))
    assert store.state.session.state.active == ["system-failure", "recording-threat"]
    alone = begin(changed(SYSTEM, playbooks=("system-failure",)))
    alone.advance(at(alone, 200))
    assert alone.state.session.state.active == ["system-failure"]
    assert not alone.state.session.plan.proposals


def test_roles_decide_who_counts():
    """An expectation for a role is met by that role only; unknown roles and acts are refused."""
    import msgspec

    own = tuple(
        msgspec.structs.replace(entry, roles=("guide",)) if entry.id == "room" else entry
        for entry in RAIN.expectations
    )
    store = begin(changed(RAIN, expectations=own))
    perform.act(store, "duty", "ask", R + "can_shelter", "", at(store, 5))
    assert store.state.expected["room"].outcome == ""
    perform.act(store, "guide", "ask", R + "can_shelter", "", at(store, 6))
    assert store.state.expected["room"].outcome == "met"
    for bad in (("guard", "ask", "quarrel"), ("duty", "step", "nothing"), ("duty", "say", "")):
        with pytest.raises(UsageError):
            perform.act(store, *bad, "", at(store, 7))


def test_hints_only_when_allowed():
    """A hint tells the next step of the plan and costs; without leave there is none."""
    store = begin(hints=True)
    [event] = perform.hint(store, "duty", at(store, 5))
    assert event.data["step"] == store.state.session.running()[0].key
    assert [line.marks for line in score(store.state).lines if line.kind == "hint"] == [-RAIN.hint_costs]
    perform.hint(store, "duty", at(store, 6))  # the same once more is free
    assert [line.marks for line in score(store.state).lines if line.kind == "hint"] == [-RAIN.hint_costs, 0]
    with pytest.raises(UsageError):
        perform.hint(begin(), "duty", at(store, 5))


def test_controller_moves_injects():
    """Fired now, skipped, delayed before and after they are due; each inject comes at most once."""
    drill = changed(RAIN, injects=(*RAIN.injects, Inject("late", on("fired", "post", 10), "后来的事。")))
    store = begin(drill)
    control.fire(store, at(store, 30), "fall")
    assert store.state.told["hurt"].value is True
    control.skip(store, at(store, 31), "dry")
    control.delay(store, at(store, 32), "post", 50)
    control.delay(store, at(store, 33), "late", 5)
    with pytest.raises(UsageError):
        control.fire(store, at(store, 34), "fall")
    store.advance(store.state.end)
    fired = {name: store.state.seconds(moment) for name, moment in store.state.fired.items()}
    assert (fired["fall"], fired["post"], fired["late"]) == (30, 200, 215)
    assert "dry" not in fired
    assert kinds(store, "injected", "inject").count("fall") == 1


def test_an_inject_at_the_very_start_comes_first():
    """What is set for the start is there with the first look."""
    store = begin(changed(RAIN, injects=(Inject("now", Trigger(at=0), "电话响了。"),)))
    play(store, Silent(), at(store, 0))
    assert store.events[1].data["inject"] == "now"


def test_unknown_trainee_is_refused():
    """A name that is no script is a usage error."""
    with pytest.raises(UsageError):
        trainee("nobody")
