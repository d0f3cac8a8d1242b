"""Every shipped drill, and generated ones: played by scripted trainees, nothing hidden ever shows."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.drill.catalogue import Catalogue
from engine.drill.check import check
from engine.drill.generate import generate
from engine.drill.meant import understand
from engine.drill.reading import files, load, parse
from engine.drill.script import run_script
from engine.drill.trial import trial
from engine.drill.view import lines
from engine.drill.writing import write
from engine.errors import NotFound, UsageError
from engine.practice.reading import load as load_bank
from engine.reader import load_library

NAMES = [file.stem for file in files()]
SHORT = 6  # signs: less of a text may stand elsewhere by chance


@cache
def library():
    """The shipped playbooks."""
    return load_library(hall=False)


@cache
def bank():
    """The question bank."""
    return load_bank()


@cache
def drill_of(name):
    """A shipped drill, or `playbook level seed` of a generated one."""
    playbook, *rest = name.split()
    if rest:
        return generate(library(), bank(), playbook, *map(int, rest))
    return load(library(), name).drill


@cache
def catalogue_of(name):
    """The acts of a drill."""
    return Catalogue(drill_of(name), library())


PLAYBOOKS = [playbook.id for playbook in load_library(hall=False).playbooks if playbook.id != "always"]
any_drill = st.one_of(
    st.sampled_from(NAMES),
    st.builds(
        "{} {} {}".format, st.sampled_from(PLAYBOOKS), st.integers(min_value=1, max_value=5),
        st.integers(min_value=0, max_value=9),
    ),
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_shipped_drills_play_as_they_should(name):
    """Perfect play has full marks, silence the floor, harm less; every inject comes to somebody."""
    found = trial(drill_of(name), library(), bank())
    assert found.findings == ()
    assert found.totals["perfect"] == 100
    assert found.totals["silent"] == 0
    assert found.totals["harmful"] < 0


@pytest.mark.parametrize("name", NAMES)
def test_random_trainees_are_not_perfect(name):
    """Somebody who acts at random gets less than perfect play."""
    totals = [
        run_script(drill_of(name), library(), "random", seed, bank=bank()).score.total for seed in (1, 2)
    ]
    assert all(total < 100 for total in totals)


def test_at_least_eight_drills_are_shipped():
    """There are drills from ten minutes to an hour, of all levels of difficulty."""
    drills = [drill_of(name) for name in NAMES]
    assert len(drills) >= 8
    assert min(drill.minutes for drill in drills) <= 10
    assert max(drill.minutes for drill in drills) >= 60


@settings(max_examples=12, deadline=None)
@given(any_drill, st.integers(min_value=0, max_value=99), st.sampled_from(("random", "perfect", "silent")))
def test_a_trainee_never_sees_what_is_hidden(name, seed, who):
    """No screen has an answer not given, an inject that did not come, a note, or what is expected."""
    drill = drill_of(name)
    state = run_script(drill, library(), who, seed, bank=bank()).state
    told = {event.data["fact"] for event in state.of_kind("told")} | set(drill.known)
    for role in drill.roles:
        seen = "\n".join(f"{line.sender} {line.text}" for line in lines(state, role) if line.kind != "ended")
        hidden = [truth.told for truth in drill.truth if truth.fact not in told]
        hidden += [inject.tell for inject in drill.injects if inject.id not in state.fired]
        hidden += [i.tell for i in drill.injects if i.to and role not in i.to]
        hidden += [inject.note for inject in drill.injects]
        hidden += [expectation.what for expectation in drill.expectations if not _offered(name, expectation)]
        for text in hidden:
            assert len(text) < SHORT or text not in seen, (role, text)


@settings(max_examples=15, deadline=None)
@given(any_drill, st.integers(min_value=0, max_value=99), st.sampled_from(("random", "silent")))
def test_what_stays_hidden_makes_no_difference_on_any_screen(name, seed, who):
    """Other truths, other injects to come, other expectations: screens are the same to the last sign."""
    drill = drill_of(name)
    first = run_script(drill, library(), who, seed, bank=bank()).state
    second = run_script(_otherwise(drill, first), library(), who, seed, bank=bank()).state
    for role in drill.roles:  # the seq is not shown
        seen, other = ([line._replace(seq=0) for line in lines(state, role)] for state in (first, second))
        assert seen == other


def _otherwise(drill, state):
    """The drill with all that the run has not shown changed."""
    told = {event.data["fact"] for event in state.of_kind("told")}
    other = {True: False, False: True, None: None}
    truth = [
        entry
        if entry.fact in told
        else replace(
            entry,
            told="另有实情",
            value=other[entry.value] if isinstance(entry.value, bool | None) else entry.value,
        )
        for entry in drill.truth
    ]
    injects = [
        replace(entry, note="另记") if entry.id in state.fired else replace(entry, tell="另一回事")
        for entry in drill.injects
    ]
    expectations = [
        replace(entry, what="另一条", critical=not entry.critical) for entry in drill.expectations
    ]
    objectives = [replace(entry, what="另一个目标") for entry in drill.objectives]
    return replace(
        drill, truth=tuple(truth), injects=tuple(injects), expectations=tuple(expectations),
        objectives=tuple(objectives), about="另", hot_wash=("另",),
    )  # fmt: skip


def _offered(name, expectation):
    """Whether the words of an expectation are those of an act that anybody can choose."""
    acts = {act.text for act, *_ in catalogue_of(name).acts}
    return any(expectation.what in text or text in expectation.what for text in acts)


@settings(max_examples=8, deadline=None)
@given(any_drill, st.integers(min_value=0, max_value=99))
def test_same_seed_same_record(name, seed):
    """The same drill, trainee and seed leave the same record to the last event."""
    drill = drill_of(name)
    first, second = (run_script(drill, library(), "random", seed, bank=bank()) for _ in range(2))
    assert first.state.events == second.state.events
    assert first.score == second.score


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(PLAYBOOKS), st.integers(min_value=1, max_value=5), st.integers(min_value=0, max_value=999)
)
def test_generated_drills_are_sound(playbook, level, seed):
    """A generated drill reads back from its file, has no findings, and perfect play has full marks."""
    drill = generate(library(), bank(), playbook, level, seed)
    read = parse(library(), f"{drill.id}.yaml", write(drill))
    assert read.findings == ()
    assert check(read.drill, library(), bank()) == ()
    assert trial(read.drill, library(), bank()).totals["perfect"] == 100


def test_generating_is_repeatable_and_differs_by_seed():
    """The same seed gives the same drill, another seed another one."""
    first = generate(library(), bank(), "viral-photo", 3, 7)
    assert generate(library(), bank(), "viral-photo", 3, 7) == first
    assert write(generate(library(), bank(), "viral-photo", 3, 8)) != write(first)


def test_generating_refuses_what_is_not_there():
    """An unknown playbook and a level beyond the scale are told."""
    with pytest.raises(NotFound, match="viral-foto"):
        generate(library(), bank(), "viral-foto", 2, 1)
    with pytest.raises(UsageError, match="难度"):
        generate(library(), bank(), "viral-photo", 6, 1)


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("跑到门口去", "rain-before-opening.to-door"),
        ("赶紧打120", "always.call-120"),
        ("把前厅打开让人进来", "rain-before-opening.open-lobby"),
        ("给值班领导打电话", "rain-before-opening.ask-lead"),
        ("看看有没有老人", "frail_present"),
        ("让保安把人推下去", "push"),
    ],
)
def test_free_words_find_the_act(said, id):
    """What an officer would say finds the act first; a harmful one as well as a good one."""
    found = catalogue_of("rain-ten-minutes").find(said)
    assert found[0].act.id == id


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_any_words_can_be_looked_for(said):
    """Looking for any text gives at most as many acts as asked for, best first."""
    found = catalogue_of("rain-ten-minutes").find(said, most=3)
    assert len(found) <= 3
    assert [entry.score for entry in found] == sorted((e.score for e in found), reverse=True)


def test_nobody_does_harm_by_mistake():
    """A harmful act that only resembles what was typed is chosen by its number; said in full it is meant."""
    drill = drill_of("rain-ten-minutes")
    catalogue = catalogue_of("rain-ten-minutes")
    for harm in drill.harms:
        assert understand(catalogue, harm.what).clear
    meant = understand(catalogue, "让保安拦一拦往前挤的人")
    assert not (meant.acts and meant.acts[0].kind == "harm" and meant.clear)
