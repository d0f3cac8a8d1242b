"""Corners where a step, a clock or a change of mind could be lost: each was found by a review."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from engine import walk
from engine.checks import check
from engine.clock import BEIJING, SimulatedClock
from engine.conditions import OPEN, Answer
from engine.console.talk import Talk
from engine.console.terminal import Terminal
from engine.errors import BadData
from engine.journal import Journal
from engine.paths import missing
from engine.reader import load_library
from engine.session import Session
from tests.test_plan import active, begin, library, one, pass_time
from tests.walking import run

YES, NO = Answer("known", True), Answer("known", False)


def test_clock_runs_where_only_its_end_matters() -> None:
    """An awaited fact whose answer no longer counts still becomes overdue where a rule reads that."""
    session = one("""ends_in: a
facts:
  back: {label: 恢复, ask: 恢复了吗？, recheck: 10m, within: 1h}
  x: {label: 要, ask: 要吗？}
rules:
  control:
  - do: {a: {what: 甲}}
  - {when: {x: yes, back: yes}, do: {b: {what: 乙}}}
  - {when: {overdue: back}, do: {c: {what: 丙}}}
""")
    session.answer("p.back", OPEN)
    session.answer("p.x", NO)
    assert [watch.name for watch in session.watches()] == ["p.back"]
    pass_time(session, 61)
    assert active(session) == ["a", "c"]
    assert session.watches() == []


def test_required_step_behind_an_optional_one_holds_the_close() -> None:
    """What a required step waits for is settled before the close; the step is not lost."""
    session = one("""ends_in: b
rules:
  control: [{do: {a: {what: 甲, optional: yes}, b: {what: 乙, after: a}}}]
""")
    assert walk.next_prompt(session).kind == "steps"
    assert walk.next_prompt(session).kind == "standing"
    walk.begin_closing(session)
    assert [item.key for item in walk.next_prompt(session).steps] == ["p.a"]
    session.mark("p.a", "skipped")
    assert active(session) == ["b"]


def test_an_optional_end_that_is_skipped_ends_nothing_else() -> None:
    """Skipping the only end closes the incident without it: why the check says `optional-end`."""
    session = one("""ends_in: b
rules:
  control: [{do: {a: {what: 甲}, b: {what: 乙, optional: yes, ways: [当面, 打电话]}}}]
""")
    session.mark("p.a", "done")
    session.mark("p.b", "skipped")
    assert active(session) == []
    assert walk.next_prompt(session).kind == "close"
    findings = check(session.library, ["p"])["findings"]
    assert [finding.code for finding in findings if finding.level == "error"] == ["optional-end"]


def test_nothing_waits_for_a_follow_up() -> None:
    """A follow-up is done after the close, so a step after it is due at once."""
    session = one("""ends_in: b
rules:
  control: [{do: {b: {what: 乙, after: z}}}]
  improve: [{do: {z: {what: 丁, who: duty, within: 3d, evidence: 记录}}}]
""")
    assert active(session) == ["b"]


def test_a_time_told_after_midnight_was_yesterday() -> None:
    """`23:50`, told at 0:10, counts from the day before; a text that is no time counts as told."""
    session = one("""ends_in: a
facts:
  x: {label: 起, ask: 几点开始？, type: time}
  y: {label: 话, ask: 说了什么？, type: text}
rules:
  control:
  - do: {a: {what: 甲, within: {due: 1h, from: x}}, b: {what: 乙, within: {due: 1h, from: y}}}
""")
    clock = session.clock
    assert isinstance(clock, SimulatedClock)
    midnight = datetime(2026, 6, 2, 0, 10, tzinfo=BEIJING)
    clock.advance(midnight - clock.now())
    session.answer("p.x", Answer("known", "23:50"))
    session.answer("p.y", Answer("known", "30:75"))
    assert session.plan.wanted["p.a"].due == midnight + timedelta(minutes=40)
    assert session.plan.wanted["p.b"].due == midnight + timedelta(hours=1)


# ---- what the officer is told ---------------------------------------------------------------------

TWO = """ends_in: a
facts:
  x: {label: 要, ask: 要吗？}
rules:
  control:
  - do: {a: {what: 甲}}
  - {when: {x: yes}, do: {b: {what: 乙}, c: {what: 丙}}}
"""


def talking(session: Session) -> tuple[Talk, StringIO]:
    """A conversation with nobody at the keyboard, and what it prints."""
    shown = StringIO()
    return Talk(session, Terminal(shown, StringIO("3 跳过 由别人做了\n"), 80)), shown


def test_what_leaves_the_plan_is_told() -> None:
    """A step that was shown leaves with a note; one that was handed over is called back aloud."""
    session = one(TWO)
    session.answer("p.x", YES)
    walk.next_prompt(session)
    talk, shown = talking(session)
    talk.do(lambda: session.mark("p.c", "handed"))
    talk.do(lambda: session.answer("p.x", NO, how="changed"))
    assert "不用办了：乙" in shown.getvalue()
    assert "通知撤回：丙" in shown.getvalue()
    talk.do(lambda: session.perform("noted", {"text": "记"}))
    assert shown.getvalue().count("通知撤回") == 1


def test_loser_keeps_what_was_typed(tmp_path: Path) -> None:
    """Another terminal wrote first: the whole line that was typed is shown again."""
    journal = Journal(tmp_path / "j.db")
    made = library(p=TWO)
    first = begin(made, "p", journal=journal)
    second = Session.load(journal, first.id, made, first.clock)
    talk, shown = talking(second)
    first.mark("p.a", "done")
    talk.line()
    talk.act(lambda: second.mark("p.a", "skipped", reason="由别人做了"), "3")
    assert "刚才输入的是：3 跳过 由别人做了" in shown.getvalue()


def test_danger_that_comes_again_opens_its_steps_again() -> None:
    """A report against what is known is a change: what was done for the first time is due once more."""
    session = one(TWO)
    session.answer("p.x", YES, how="reported")
    session.mark("p.b", "done")
    session.answer("p.x", NO, how="reported")
    session.answer("p.x", YES, how="reported")
    assert active(session) == ["a", "b", "c"]
    assert [change.how for change in session.state.changes] == ["reported", "changed", "changed"]


def test_what_came_after_all_is_no_follow_up() -> None:
    """A message that was left to a follow-up, and then came, is not followed up; nor twice."""
    session = one("""ends_in: a
facts: {back: {label: 恢复, ask: 恢复了吗？, recheck: 10m}}
rules:
  control:
  - do: {a: {what: 甲}}
  - {when: {back: yes}, do: {c: {what: 丙}}}
""")
    session.answer("p.back", OPEN)
    session.mark("p.a", "done")
    walk.begin_closing(session)
    walk.defer(session, fact="p.back", who="duty")
    walk.defer(session, fact="p.back", who="lead")
    assert [entry["who"] for entry in session.state.deferred] == ["lead"]
    session.perform("resumed")
    session.answer("p.back", NO, how="reported")
    walk.close(session)
    assert session.state.follow_ups == []
    assert session.replayed() == session.events


def test_a_folder_that_may_not_be_read_is_no_empty_one(tmp_path: Path) -> None:
    """Where nothing can be looked at, the record is not said to be empty."""
    (tmp_path / "data").symlink_to(tmp_path / "data")  # fails for every user, root too
    assert missing(tmp_path / "nothing")
    assert not missing(tmp_path / "data")
    for command in (["incident", "list"], ["resume"], ["incident", "show"]):
        done = run(tmp_path, *command)
        assert done.returncode == 4, done.stderr
        assert "Traceback" not in done.stderr
    assert run(tmp_path, "doctor").returncode == 0


def test_full_disk_goes_on_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk takes nothing more, the walk goes on, says so, and what was recorded stays whole."""
    with Journal(tmp_path / "journal.db") as journal:
        shipped = load_library()
        session = Session.begin(journal, shipped, {}, ["rain-before-opening"], SimulatedClock())

        def full(*_: object) -> None:
            raise BadData("磁盘已满")

        monkeypatch.setattr(journal, "append", full)
        session.mark("rain-before-opening.to-door", "done")
        assert "磁盘已满" in session.warning
        assert session.state.steps["rain-before-opening.to-door"].outcome == "done"
        assert session.journal is not journal
        assert session.journal.events(session.id) == session.events
        assert session.journal.verify(session.id) == []
