"""Whatever a trainee types, in any shipped drill: the screen has nothing that only the controller knows."""

import io
import itertools
import re
import tempfile
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import parse
from engine.console.drill_trainee import Trainee
from engine.console.terminal import Terminal
from engine.drill import control
from engine.drill.catalogue import Catalogue
from engine.drill.clockwork import Beat
from engine.drill.meant import understand
from engine.drill.reading import files, load
from engine.drill.store import Store
from engine.journal import Journal
from engine.practice.reading import load as load_bank
from engine.reader import load_library

NAMES = [file.stem for file in files()]
SHORT = 6  # signs: less of a text may stand elsewhere by chance
END = "——"
COMMANDS = ("r", "t", "h", "?", "?办", "?问", "?发", "", "1", "2", "0", "p", "p")
WORDS = (
    "打120",
    "看看怎么样了",
    "请示领导",
    "问 什么情况",
    "说 大家别急，马上安排",
    "没收手机",
    "xyz",
    "通知技术人员",
)


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
    """A shipped drill with its catalogue."""
    drill = load(library(), name).drill
    return drill, Catalogue(drill, library())


def played(drill, role, typed, folder, seed=0):
    """What stands on the screen of a trainee who types these lines, a minute apart; and the run."""
    store = Store.create(
        Journal(None), drill, library(), {}, parse(drill.start), seed=seed, hints=True, solo=True, bank=bank()
    )
    out, real = io.StringIO(), itertools.count(1_780_000_000_000, 400)
    screen = Terminal(out, io.StringIO("\n".join(typed) + "\n"), width=80)
    trainee = Trainee(store, role, screen, speed=60, clock=lambda: next(real))
    trainee.beat = Beat(Path(folder) / "beat")
    control.set_clock(store, store.state.begun, next(real), 60)
    trainee.run()
    return out.getvalue(), store.state


def plain(text):
    """Text as it stands, wherever lines were broken."""
    return re.sub(r"\s", "", text)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_trainees_terminal_never_shows_what_is_hidden(data):
    """No screen has an answer not given, an inject that did not come, a note, or what is expected."""
    drill, catalogue = drill_of(data.draw(st.sampled_from(NAMES)))
    role = data.draw(st.sampled_from(drill.roles))
    acts = st.sampled_from([act.text for act, *_ in catalogue.acts])
    typed = data.draw(
        st.lists(st.one_of(acts, st.sampled_from(COMMANDS), st.sampled_from(WORDS)), max_size=25)
    )
    with tempfile.TemporaryDirectory() as folder:
        shown, state = played(drill, role, typed, folder)
    seen = plain(shown.split(END)[0])
    told = {event.data["fact"] for event in state.of_kind("told")} | set(drill.known)
    hidden = [truth.told for truth in drill.truth if truth.fact not in told]
    hidden += [i.tell for i in drill.injects if i.id not in state.fired or (i.to and role not in i.to)]
    hidden += [inject.note for inject in drill.injects]
    offered = {plain(act.text) for act, *_ in catalogue.acts}
    wants = [plain(entry.what) for entry in drill.expectations]
    hidden += [want for want in wants if not any(want in act or act in want for act in offered)]
    for text in map(plain, hidden):
        assert len(text) < SHORT or text not in seen, text
    assert "演练" in shown


def test_every_act_is_found_by_its_own_words():
    """What is offered, typed as it stands, is done without a question back; a prefix keeps to its kind."""
    for name in NAMES:
        _, catalogue = drill_of(name)
        for act, *_ in catalogue.acts:
            meant = understand(catalogue, act.text)
            assert meant.exact
            assert meant.acts[0].text == act.text
            if act.kind == "ask":
                assert {found.kind for found in understand(catalogue, f"问 {act.text}").acts} == {"ask"}


def test_words_and_numbers_are_kept_apart():
    """Quoted or prefixed text is said as it stands; 110 is never taken for 120."""
    _, catalogue = drill_of("rain-ten-minutes")
    for typed in ("说 打120", "“打120”", "说：“打120”"):
        assert understand(catalogue, typed)[:2] == ("say", "打120")
    for number in ("110", "120"):
        meant = understand(catalogue, f"打{number}")
        assert meant.clear
        assert number in meant.acts[0].text
    told = understand(catalogue, "打120说台阶上有人摔倒头部流血请马上来政务大厅正门")
    assert told.clear
    assert told.acts[0].text.startswith("打120")
    assert understand(catalogue, "qwerty").what == "nothing"
    assert understand(catalogue, "大家好").speech
    assert understand(catalogue, "您别急，马上就来").speech
    assert not understand(catalogue, "告诉大家").speech
    assert not understand(catalogue, "广播告诉大家系统坏了").speech
