"""Drill time, several terminals on one record, and what is left after a terminal was killed."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from engine.drill import clockwork, control, perform
from engine.drill.clockwork import Beat, drill_now, poll
from engine.drill.fold import fold
from engine.drill.scoring import score
from engine.drill.script import play
from engine.drill.store import Store
from engine.drill.trainees import Silent
from engine.errors import UsageError
from engine.journal import Journal
from tests.drilling import BANK, LIBRARY, RAIN, begin, do, kinds, plain

R = "rain-before-opening."
REAL = 1_780_000_000_000  # ms
ACTS = [
    do(12, "step", R + "to-door"),
    do(30, "say", text="对不住，请进来避雨。"),
    do(100, "ask", R + "can_shelter"),
    do(250, "step", "always.call-120"),
    do(300, "harm", "scold"),
]


def at(store, second):
    """A moment of the drill."""
    return store.state.begun + timedelta(seconds=second)


def second(journal, id):
    """Another terminal of the same run."""
    other = Store(journal, id, RAIN, LIBRARY, BANK)
    other.refresh()
    return other


def test_fast_time_has_the_outcome_of_real_time(tmp_path):
    """The same acts at the same drill times, in real time, at ×60 and without a clock: same events, marks."""
    found = []
    for speed in (1, 60, 0):
        store, beat, real = begin(seed=5), Beat(tmp_path / f"{speed}.beat"), REAL
        control.set_clock(store, store.state.begun, real, speed)
        todo = list(ACTS)
        for passed in range(601):
            if speed:
                real = REAL + -(-passed * 1000 // speed)
                poll(store, beat, real)
                assert drill_now(store.state, real) == at(store, passed)
            while todo and todo[0].second == passed:
                act = todo.pop(0).act
                perform.act(store, act.role, act.kind, act.id, act.text, at(store, passed))
        store.advance(at(store, 600))
        found.append((plain(store, "clock"), score(store.state).total))
    assert found[0] == found[1] == found[2]
    assert found[0][0][-1][0] == "ended"


def test_paused_and_stepped_time(tmp_path):
    """Paused time stands and takes no acts; stepped time goes as far as it is told, with all that is due."""
    store, beat = begin(), Beat(tmp_path / "beat")
    control.set_clock(store, store.state.begun, REAL, 1)
    poll(store, beat, REAL + 2_000)
    control.set_clock(store, drill_now(store.state, REAL + 2_000), REAL + 2_000, 0, "pause")
    poll(store, beat, REAL + 900_000)
    assert drill_now(store.state, REAL + 900_000) == at(store, 2)
    with pytest.raises(UsageError):
        perform.act(store, "duty", "step", R + "to-door", "", at(store, 2))
    control.step(store, REAL + 900_000, 60)
    assert store.state.at == at(store, 62)
    assert "guide-only" in store.state.fired
    perform.act(store, "duty", "step", R + "to-door", "", at(store, 62))
    with pytest.raises(UsageError):
        control.step(store, REAL, 0)
    control.step(store, REAL, 10_000)
    assert store.state.ended_at == store.state.end == store.state.at


def test_time_does_not_run_while_nobody_is_there(tmp_path):
    """After a gap without a sign of life drill time goes on from the last sign, once for all terminals; with
    the sign lost, from the last event. Short gaps run on."""
    with Journal(tmp_path / "drills.db") as journal, Journal(tmp_path / "drills.db") as again:
        store, beat = begin(journal=journal), Beat(tmp_path / "x" / "beat")
        control.set_clock(store, store.state.begun, REAL, 2)
        for passed in range(0, 10_000, 500):
            poll(store, beat, REAL + passed)
        poll(store, beat, REAL + 12_000)
        assert drill_now(store.state, REAL + 12_000) == at(store, 24)
        one, two = second(again, store.id), store
        later = REAL + 500_000
        poll(one, beat, later)
        poll(two, beat, later + 100)
        assert drill_now(one.state, later) == at(store, 24)
        assert drill_now(two.state, later + 1_000) == at(store, 26)
        assert kinds(two, "clock", "why") == ["go", "resumed"]
        beat.file.unlink()
        poll(two, beat, later + 400_000)
        assert drill_now(two.state, later + 400_000) == at(store, 24)


def test_terminals_see_each_other(tmp_path):
    """Two terminals act in turn and at once: nothing is lost or written twice, and both stand at the same."""
    file = tmp_path / "drills.db"
    with Journal(file) as first, Journal(file) as other:
        one = begin(journal=first)
        two = second(other, one.id)
        for number, entry in enumerate(ACTS):
            store = (one, two)[number % 2]  # which has not read what the other wrote
            act = entry.act
            perform.act(store, act.role, act.kind, act.id, act.text, at(store, entry.second))
        for store in (one, two):
            store.advance(at(store, 420))
            store.refresh()
        assert one.state.snapshot() == two.state.snapshot()
        alone = begin()
        for entry in ACTS:
            act = entry.act
            perform.act(alone, act.role, act.kind, act.id, act.text, at(alone, entry.second))
        alone.advance(at(alone, 420))
        assert plain(one) == plain(alone)
        assert first.verify(one.id) == []


def test_an_act_meets_what_another_terminal_wrote(tmp_path):
    """An act that is decided on an old state is decided again: a step just handed over is not begun twice."""
    file = tmp_path / "drills.db"
    with Journal(file) as first, Journal(file) as other:
        one = begin(journal=first)
        perform.act(one, "duty", "ask", R + "can_shelter", "", at(one, 5))
        perform.act(one, "duty", "ask", R + "may_open", "", at(one, 5))
        one.advance(at(one, 40))
        two = second(other, one.id)
        perform.act(one, "duty", "step", R + "ask-lead", "", at(one, 41))
        perform.act(one, "duty", "step", R + "ask-lead", "", at(one, 42))
        [event] = perform.act(two, "guide", "step", R + "ask-lead", "", at(one, 42))
        assert event.data["result"] == "again"


def test_a_beat_that_is_no_beat_is_none(tmp_path):
    """A damaged sign of life counts as none; a place that cannot be written costs nothing but precision."""
    beat = Beat(tmp_path / "beat")
    beat.file.write_text("12 sieben", "utf-8")
    assert beat.read() is None
    (tmp_path / "file").write_text("", "utf-8")
    Beat(tmp_path / "file" / "beat").touch(begin().state, REAL, now=True)
    assert clockwork.beat_file("a").name == "a.beat"


_CHILD = """
import sys
from pathlib import Path
from engine.drill.script import play
from engine.drill.trainees import Anybody
from engine.journal import Journal
from tests.drilling import begin
store = begin(journal=Journal(Path(sys.argv[1])), seed=4)
print(store.id, flush=True)
class Loud(Anybody):
    def next(self, store, now):
        print(len(store.events), flush=True)
        return super().next(store, now)
play(store, Loud(4), store.state.end, 5)
"""


@pytest.mark.parametrize("events", [3, 17])
def test_kill_in_the_middle(tmp_path, events):
    """After kill -9 the record is whole, folds, and the drill goes on from there to its end."""
    file = tmp_path / "drills.db"
    root = Path(__file__).parent.parent
    home = {**os.environ, "ZHIBAN_HOME": str(tmp_path)}
    command = [sys.executable, "-c", _CHILD, str(file)]
    with subprocess.Popen(command, cwd=root, env=home, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        id = child.stdout.readline().strip()
        for line in child.stdout:
            if int(line) >= events:
                break
        child.send_signal(signal.SIGKILL)
    with Journal(file) as journal:
        assert journal.verify(id) == []
        store = second(journal, id)
        assert len(store.events) >= events
        play(store, Silent(), store.state.end, 30)
        assert store.state.status == "ended"
        assert fold(RAIN, LIBRARY, journal.events(id)).snapshot() == store.state.snapshot()
