"""The planner through sessions: what is wanted when, what leaves, what comes back, what is never lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import walk
from engine.clock import BEIJING, SimulatedClock
from engine.conditions import OPEN, UNSURE, Answer
from engine.errors import Conflict, UsageError
from engine.journal import Journal
from engine.model import Library, Profile
from engine.reader import parse_texts
from engine.session import Session

YES, NO = Answer("known", True), Answer("known", False)
MORNING = datetime(2026, 6, 1, 8, 10, tzinfo=BEIJING)  # a Monday
HOURS = Profile(hours={"mon": (("09:00", "12:00"), ("13:30", "17:00"))})

VOCABULARY = """\
vocabulary: zhiban
roles: {duty: 值班负责人, lead: 值班领导, head: 主任}
facts:
  office_hours: {label: 上班时间, from: clock, ask: 现在上班吗？}
  minutes_to_opening: {label: 离开门, from: clock, unit: 分钟, ask: 离开门几分钟？}
  shared: {label: 公用的, ask: 公用的？}
steps:
  report: {what: 报告, to: lead, within: 10m, source: own}
"""


def library(**playbooks: str) -> Library:
    """Playbooks by id, each given by what follows its title and `ends_in`."""
    texts = {"playbooks/vocabulary.yaml": VOCABULARY}
    for id, text in playbooks.items():
        texts[f"playbooks/{id}.yaml"] = f"playbook: {id}\ntitle: 试{id}\n{text}"
    made = parse_texts(texts)
    assert [str(finding) for finding in made.findings if finding.level == "error"] == []
    return made


def begin(
    made: Library,
    *ids: str,
    profile: Profile | None = None,
    journal: Journal | None = None,
    heard: Mapping[str, Answer] = {},
) -> Session:
    """A session on an own simulated clock, all playbooks active unless some are named."""
    active = ids or tuple(playbook.id for playbook in made.playbooks)
    clock = SimulatedClock(MORNING)
    return Session.begin(
        journal or Journal(None), made, {}, active, clock, profile=profile, heard=list(heard.items())
    )


def one(text: str, **more: Any) -> Session:
    """A session on the one playbook `p`."""
    return begin(library(p=text), **more)


def pass_time(session: Session, minutes: float) -> None:
    """Let time pass and take effect."""
    assert isinstance(session.clock, SimulatedClock)
    session.clock.advance(timedelta(minutes=minutes))
    session.tick()


def wanted(session: Session) -> list[str]:
    """The local names of the wanted steps in order."""
    return [key.rpartition(".")[2] for key in session.plan.wanted]


def active(session: Session) -> list[str]:
    """The local names of the steps in progress that wait for nothing."""
    return [item.key.rpartition(".")[2] for item in session.running() if not item.waits]


def asked(session: Session) -> list[str]:
    """The local names of the facts to ask now."""
    return [fact.rpartition(".")[2] for _, fact in session.questions()[0]]


def kinds(session: Session, since: int = 0) -> list[tuple[str, str]]:
    """(kind, step or fact) of the events after a seq."""
    found = []
    for event in session.events:
        if event.seq > since:
            name = str(event.data.get("step") or event.data.get("fact") or "")
            found.append((event.kind, name.rpartition(".")[2]))
    return found


def clock_time(moment: datetime | None) -> str:
    """`08:20`."""
    assert moment is not None
    return moment.strftime("%H:%M")


# ---- order and merging ------------------------------------------------------------------------


def test_order_is_phase_playbook_declaration() -> None:
    """Steps come by phase, then playbook (the primary one first), then declaration."""
    first = """ends_in: a
rules:
  resolve: [{do: {d: {what: 丁}}}]
  control: [{do: {b: {what: 乙}, a: {what: 甲}}}]
"""
    second = "ends_in: c\nrules:\n  control: [{do: {c: {what: 丙}}}]\n  safety: [{do: {s: {what: 救}}}]\n"
    made = library(p=first, q=second)
    assert wanted(begin(made, "p", "q")) == ["s", "b", "a", "c", "d"]
    assert wanted(begin(made, "q", "p")) == ["s", "c", "b", "a", "d"]


def test_equal_steps_merge() -> None:
    """A step wanted by several rules is one entry: all reasons, earliest phase, earliest deadline."""
    first = "ends_in: report\nrules:\n  resolve: [{id: r, do: {report: }}]\n"
    second = """ends_in: report
facts: {bad: {label: 坏, ask: 坏吗？}}
rules:
  control: [{id: s, when: {bad: yes}, do: {report: {within: 3m}}}]
"""
    session = begin(library(p=first, q=second))
    (entry,) = session.plan.wanted.values()
    assert (entry.phase, entry.playbook, entry.rules) == ("resolve", "p", ("p.r",))
    assert clock_time(entry.due) == "08:20"
    pass_time(session, 1)
    session.answer("q.bad", YES)
    (entry,) = session.plan.wanted.values()
    assert (entry.phase, entry.playbook, entry.rules) == ("control", "q", ("q.s", "p.r"))
    # the clock runs from the step's entry, not from the moment of the new reason
    assert clock_time(entry.due) == "08:13"
    session.answer("q.bad", NO, how="corrected")
    assert clock_time(session.plan.wanted["report"].due) == "08:20"
    assert kinds(session).count(("opened", "report")) == 1


def test_same_local_names_stay_apart() -> None:
    """Steps and facts of two playbooks with equal names are two; a shared fact is asked once."""
    text = "ends_in: a\nfacts: {x: {label: 甲, ask: 甲？}}\nrules:\n"
    text += "  control: [{when: {x: yes, shared: yes}, do: {a: {what: 做}}}]\n"
    session = begin(library(p=text, q=text))
    assert asked(session).count("x") == 2
    assert asked(session).count("shared") == 1
    session.answer("shared", YES)
    session.answer("p.x", YES)
    assert list(session.plan.wanted) == ["p.a"]


# ---- after, finds, ways, every, optional --------------------------------------------------------

AFTER = """ends_in: b
facts: {x: {label: 甲, ask: 甲？}}
rules:
  control:
  - {when: {x: yes}, do: {a: {what: 先}}}
  - {when: {known: x}, do: {b: {what: 后, after: a, within: 5m}}}
"""


@pytest.mark.parametrize("outcome", ["done", "blocked", "skipped"])
def test_after_waits_until_settled(outcome: str) -> None:
    """A step waits for one that is in the plan, until that is settled; its clock starts only then."""
    session = one(AFTER, heard={"p.x": YES})
    assert active(session) == ["a"]
    assert session.watches() == []
    pass_time(session, 4)
    session.mark("p.a", "handed")
    assert active(session) == ["a"]
    session.mark("p.a", outcome, reason="因故")
    assert active(session) == ["b"]
    assert clock_time(session.plan.wanted["p.b"].due) == "08:19"


def test_after_does_not_wait_for_what_is_not_wanted() -> None:
    """A step that is not in the plan, or leaves it, holds nothing back."""
    session = one(AFTER, heard={"p.x": NO})
    assert active(session) == ["b"]
    session = one(AFTER, heard={"p.x": YES})
    session.answer("p.x", NO, how="corrected")
    assert active(session) == ["b"]


def test_what_waits_again_is_the_same_after_reload() -> None:
    """When a step comes back, what waits for it waits in the live plan as it does in the reloaded one."""
    session = one(AFTER, heard={"p.x": YES})
    session.answer("p.x", NO, how="corrected")
    session.answer("p.x", YES, how="corrected")
    again = Session.load(session.journal, session.id, session.library, session.clock)
    assert session.plan == again.plan
    assert active(session) == ["a"]


FINDS = """ends_in: b
facts: {x: {label: 甲, ask: 甲？}, y: {label: 乙, ask: 乙？}}
rules:
  control:
  - {when: {y: yes}, do: {look: {what: 看, finds: x}}}
  - {when: {x: yes}, do: {b: {what: 做}}}
  - {when: {y: no}, do: {c: {what: 别的}}}
"""


def test_finds_waits_for_the_step() -> None:
    """What a step brings is asked when it is done, not before; a report may settle it any time."""
    session = one(FINDS)
    assert asked(session) == ["y"]
    session.answer("p.y", YES)
    assert asked(session) == []
    session.mark("p.look", "done")
    assert asked(session) == ["x"]
    session = one(FINDS)
    session.answer("p.y", YES)
    session.answer("p.x", YES, how="reported")
    assert "b" in active(session)


@pytest.mark.parametrize("ending", ["blocked", "skipped", "gone"])
def test_finds_asks_when_the_step_cannot_bring_it(ending: str) -> None:
    """Once no step can bring it any more, the fact is asked outright."""
    session = one(FINDS)
    session.answer("p.y", NO if ending == "gone" else YES)
    if ending != "gone":
        session.mark("p.look", ending, reason="看不成")
    assert asked(session) == ["x"]


def test_ways_one_after_another() -> None:
    """不行 offers the next way; after the last one the step is blocked; a new occurrence starts over."""
    text = "ends_in: c\nrules:\n  control:\n  - {do: {a: {what: 做, ways: [一, 二]}}}\n"
    text += "  - {when: {blocked: a}, do: {c: {what: 换人}}}\n"
    session = one(text)
    session.no_way("p.a", "没人")
    assert (session.state.steps["p.a"].way, wanted(session)) == (1, ["a"])
    session.no_way("p.a", "也没人")
    assert session.state.steps["p.a"].outcome == "blocked"
    assert active(session) == ["c"]


EVERY = """ends_in: a
facts: {x: {label: 甲, ask: 甲？}}
rules:
  control: [{when: {x: yes}, do: {tell: {what: 报时间, every: 15m}}}, {do: {a: {what: 做}}}]
"""


def test_every_returns_while_its_rule_holds() -> None:
    """A repeated step comes back an interval after it was done, as long as its rule holds."""
    session = one(EVERY, heard={"p.x": YES})
    session.mark("p.tell", "done")
    pass_time(session, 14)
    assert active(session) == ["a"]
    pass_time(session, 1)
    assert active(session) == ["tell", "a"]
    assert (session.state.steps["p.tell"].occurrence, session.state.steps["p.tell"].why) == (2, "every")
    pass_time(session, 60)  # not done: it does not pile up
    assert session.state.steps["p.tell"].occurrence == 2
    session.mark("p.tell", "done")
    session.answer("p.x", NO, how="changed")
    pass_time(session, 60)
    assert session.state.steps["p.tell"].occurrence == 2


def test_optional_steps_do_not_hold_the_close() -> None:
    """An optional step may stay open or be skipped without a reason, a required one not."""
    text = "ends_in: a\nrules:\n  control: [{do: {a: {what: 做}, o: {what: 可做, optional: yes}}}]\n"
    session = one(text)
    with pytest.raises(UsageError, match="原因"):
        session.mark("p.a", "skipped")
    walk.next_prompt(session)
    with pytest.raises(UsageError, match="还不能结束：做"):
        walk.close(session)
    session.mark("p.a", "done")
    walk.close(session)
    assert session.state.status == "closed"
    session = one(text)
    session.mark("p.o", "skipped")
    assert active(session) == ["a"]


def test_close_after_deferring() -> None:
    """A required step may be handed to a follow-up with owner and date instead of being settled."""
    session = one("ends_in: a\nrules:\n  control: [{do: {a: {what: 做, who: head}}}]\n")
    walk.defer(session, step="p.a", due=MORNING + timedelta(days=2))
    walk.close(session)
    (follow,) = session.state.follow_ups
    assert (follow["step"], follow["who"], follow["due"][:10]) == ("p.a", "head", "2026-06-03")


# ---- answers change -----------------------------------------------------------------------------

CHANGING = """ends_in: a
facts:
  x: {label: 甲, ask: 甲？}
  n: {label: 几人, ask: 几人？, unit: 人}
rules:
  control:
  - {do: {a: {what: 做}}}
  - {when: {x: yes}, do: {b: {what: 办, within: 5m}}}
  - {when: {known: n}, do: {say: {what: 告诉, say: '有{{ n }}人'}}}
"""


def test_last_reason_gone_withdraws() -> None:
    """An open step leaves when its last reason goes; nobody has to be told."""
    session = one(CHANGING, heard={"p.x": YES})
    session.answer("p.x", NO, how="corrected")
    assert session.events[-1].kind == "withdrawn"
    assert session.events[-1].data == {"step": "p.b", "notify": False}
    assert active(session) == ["a"]
    pass_time(session, 60)
    assert kinds(session, session.events[-1].seq) == []  # its clock stopped
    assert "overdue" not in [event.kind for event in session.events]


def test_handed_step_is_called_back() -> None:
    """A step that somebody was told to do leaves with a notice to tell them."""
    session = one(CHANGING, heard={"p.x": YES})
    session.mark("p.b", "handed")
    session.answer("p.x", NO, how="changed")
    assert session.events[-1].data == {"step": "p.b", "notify": True}


def test_done_step_stays_done() -> None:
    """What was done stays on record when its reason goes."""
    session = one(CHANGING, heard={"p.x": YES})
    session.mark("p.b", "done")
    session.answer("p.x", NO, how="corrected")
    assert session.state.steps["p.b"].outcome == "done"
    assert not session.state.steps["p.b"].withdrawn
    assert ("done", "p.b") in session.state.happened


def test_marked_by_mistake_is_not_done() -> None:
    """A step marked done and then blocked counts as blocked only."""
    text = """ends_in: [b]
rules:
  control:
  - do: {a: {what: 甲, ways: [一], source: own}}
  - {when: {done: a}, do: {c: {what: 丙, source: own}}}
  - {when: {blocked: a}, do: {b: {what: 乙, ways: [一], source: own}}}
"""
    session = begin(library(p=text))
    session.mark("p.a", "done")
    assert "p.c" in session.plan.wanted
    session.mark("p.a", "blocked", reason="没办成")
    assert set(session.plan.wanted) == {"p.a", "p.b"}


@pytest.mark.parametrize("outcome", ["done", "skipped", "blocked"])
def test_correction_never_repeats(outcome: str) -> None:
    """A correction, to and fro, brings nothing back that was settled."""
    session = one(CHANGING, heard={"p.x": YES})
    session.mark("p.b", outcome, reason="因故")
    session.answer("p.x", NO, how="corrected")
    session.answer("p.x", YES, how="corrected")
    assert session.state.steps["p.b"].occurrence == 1
    assert active(session) == ["a"]


def test_correction_never_repeats_what_was_done_while_withdrawn() -> None:
    """A withdrawn step that turns out to have been done is not asked for again."""
    session = one(CHANGING, heard={"p.x": YES})
    session.answer("p.x", NO, how="corrected")
    session.mark("p.b", "done")
    session.answer("p.x", YES, how="corrected")
    assert active(session) == ["a"]


def test_correction_brings_an_open_step_back() -> None:
    """A step that was withdrawn unsettled opens again, with a new clock."""
    session = one(CHANGING, heard={"p.x": YES})
    pass_time(session, 2)
    session.answer("p.x", NO, how="corrected")
    pass_time(session, 2)
    session.answer("p.x", YES, how="corrected")
    assert active(session) == ["a", "b"]
    assert clock_time(session.plan.wanted["p.b"].due) == "08:19"


def test_change_opens_anew() -> None:
    """After a change a rule that holds anew opens a new occurrence of its done step."""
    session = one(CHANGING, heard={"p.x": YES})
    session.mark("p.b", "done")
    session.answer("p.x", NO, how="changed")
    session.answer("p.x", YES, how="changed")
    live = session.state.steps["p.b"]
    assert (live.occurrence, live.why, live.outcome) == (2, "anew", "")
    assert active(session) == ["a", "b"]
    assert session.state.steps["p.a"].occurrence == 1


def test_opened_anew_takes_its_outcome_back() -> None:
    """What hung on a step's being blocked leaves at once when the step opens anew."""
    text = "ends_in: b\nfacts: {x: {label: 甲, ask: 甲？}}\nrules:\n  control:\n"
    text += "  - {when: {x: yes}, do: {a: {what: 做}}}\n  - {do: {b: {what: 办, after: a}}}\n"
    text += "  - {when: {blocked: a}, do: {c: {what: 换人}}}\n"
    session = one(text)
    session.answer("p.x", YES)
    session.mark("p.a", "blocked")
    assert active(session) == ["b", "c"]
    session.answer("p.x", NO, how="changed")
    session.answer("p.x", YES, how="changed")
    assert wanted(session) == ["a", "b"]
    assert active(session) == ["a"]
    assert session.state.steps["p.c"].withdrawn


def test_change_updates_words() -> None:
    """A done step whose words used the changed fact returns marked 更新; a correction does not."""
    session = one(CHANGING)
    session.answer("p.n", Answer("known", 3))
    session.mark("p.say", "done")
    session.answer("p.n", Answer("known", 4), how="corrected")
    assert session.state.steps["p.say"].occurrence == 1
    session.answer("p.n", Answer("known", 5), how="changed")
    live = session.state.steps["p.say"]
    assert (live.occurrence, live.why) == (2, "updated")
    assert session.words().fill(session.ruleset.steps["p.say"].say, "p") == "有5人"


def test_history_of_answers_is_kept() -> None:
    """Every answer stays on record with how it came and from when it counts."""
    session = one(CHANGING, heard={"p.x": YES})
    session.answer("p.x", UNSURE, how="corrected")
    session.answer("p.x", NO, how="changed", since=MORNING - timedelta(minutes=3))
    entries = [(change.how, change.before, change.answer) for change in session.state.changes]
    assert entries == [("reported", None, YES), ("corrected", YES, UNSURE), ("changed", UNSURE, NO)]
    assert clock_time(session.state.fact_at["p.x"]) == "08:07"


def test_impossible_answers_are_refused() -> None:
    """An answer that the fact cannot have is a usage error and changes nothing."""
    session = one(CHANGING)
    before = list(session.events)
    for fact, answer in (
        ("p.n", YES),
        ("p.x", OPEN),
        ("p.x", Answer("known", "x")),
        ("p.n", Answer("known", -1)),
    ):
        with pytest.raises(UsageError):
            session.answer(fact, answer)
    with pytest.raises(UsageError):
        session.answer("p.nothing", YES)
    assert session.events == before


# ---- clocks -------------------------------------------------------------------------------------

AWAITED = """ends_in: end
facts:
  back: {label: 恢复, ask: 恢复了吗？, recheck: 10m, within: 30m}
  late: {label: 怎么办, ask: 怎么办？}
rules:
  control: [{do: {a: {what: 做}}}]
  resolve:
  - {when: {back: yes}, do: {end: {what: 收尾}}}
  - {when: {back: no, late: yes}, do: {more: {what: 再做}}}
  - {when: {overdue: back}, do: {push: {what: 催}}}
"""


def test_awaited_fact_is_rechecked() -> None:
    """还没有 keeps a fact open: asked no more, among the clocks with its next recheck and its limit."""
    session = one(AWAITED)
    assert "back" in asked(session)
    session.answer("p.back", OPEN)
    assert asked(session) == []  # `late` matters only through `back`: it waits
    (watch,) = session.watches()
    assert (watch.of, clock_time(watch.next), clock_time(watch.due)) == ("fact", "08:20", "08:40")
    pass_time(session, 12)
    session.answer("p.back", OPEN)
    (watch,) = session.watches()
    assert (clock_time(watch.next), clock_time(watch.due)) == ("08:32", "08:40")


def test_awaited_fact_overdue() -> None:
    """When the limit passes, `overdue` holds; it ends when the fact is settled."""
    session = one(AWAITED)
    session.answer("p.back", OPEN)
    pass_time(session, 29)
    assert "push" not in active(session)
    pass_time(session, 1)
    assert "push" in active(session)
    assert kinds(session).count(("overdue", "back")) == 1
    pass_time(session, 60)
    assert kinds(session).count(("overdue", "back")) == 1
    session.answer("p.back", YES)
    assert active(session) == ["a", "end"]
    assert ("overdue", "p.back") not in session.state.happened


def test_settled_awaited_fact_frees_its_dependants() -> None:
    """Questions that waited for an awaited fact come up when it is settled."""
    session = one(AWAITED)
    session.answer("p.back", OPEN)
    session.answer("p.back", NO)
    assert asked(session) == ["late"]
    assert session.watches() == []


def test_open_awaited_fact_holds_the_close() -> None:
    """An incident closes only when awaited facts are settled or handed to a follow-up."""
    session = one(AWAITED)
    session.answer("p.back", OPEN)
    session.mark("p.a", "done")
    with pytest.raises(UsageError, match="恢复"):
        walk.close(session)
    walk.defer(session, fact="p.back", who="lead", due=MORNING + timedelta(days=1))
    walk.close(session)
    assert [follow["fact"] for follow in session.state.follow_ups] == ["p.back"]


def test_overdue_step_ends_when_done() -> None:
    """A passed deadline makes `overdue` true and shows the step again, until it is done."""
    text = "ends_in: a\nrules:\n  control:\n  - {do: {a: {what: 做, within: {due: 10m, warn: 4m}}}}\n"
    text += "  - {when: {overdue: a}, do: {push: {what: 催}}}\n"
    session = one(text)
    assert clock_time(session.plan.wanted["p.a"].warn) == "08:16"
    session.mark("p.a", "handed")
    pass_time(session, 10)
    assert (session.state.steps["p.a"].overdue, active(session)) == (True, ["a", "push"])
    assert walk.next_prompt(session, present=False).kind == "steps"
    session.mark("p.push", "done")
    prompt = walk.next_prompt(session, present=False)
    assert (prompt.kind, [item.key for item in prompt.steps]) == ("due", ["p.a"])
    session.mark("p.a", "done")
    assert ("overdue", "p.a") not in session.state.happened


def test_deadline_from_another_step() -> None:
    """A deadline may run from the completion of another step."""
    text = "ends_in: b\nrules:\n  control:\n"
    text += "  - {do: {a: {what: 先}, b: {what: 后, within: {due: 10m, from: a}}}}\n"
    session = one(text)
    assert session.plan.wanted["p.b"].due is None
    pass_time(session, 5)
    session.mark("p.a", "done", since=MORNING + timedelta(minutes=3))
    assert clock_time(session.plan.wanted["p.b"].due) == "08:23"


def test_deadline_from_a_time() -> None:
    """A deadline may run from the time that a fact tells, which is therefore asked."""
    text = "ends_in: b\nfacts: {since: {label: 几点坏的, ask: 几点坏的？, type: time}}\n"
    text += "rules:\n  control:\n  - {do: {b: {what: 修, within: {due: 30m, from: since}}}}\n"
    session = one(text)
    assert asked(session) == ["since"]
    session.answer("p.since", Answer("known", "7:50"))
    assert clock_time(session.plan.wanted["p.b"].due) == "08:20"


def test_deadline_survives_reload(tmp_path: Path) -> None:
    """A clock runs on while the program does not; it takes effect at the next look."""
    text = "ends_in: a\nrules:\n  control:\n  - {do: {a: {what: 做, within: 10m}}}\n"
    text += "  - {when: {overdue: a}, do: {push: {what: 催}}}\n"
    made = library(p=text)
    with Journal(tmp_path / "journal.db") as journal:
        session = begin(made, journal=journal)
    with Journal(tmp_path / "journal.db") as journal:
        later = SimulatedClock(MORNING + timedelta(minutes=11))
        again = Session.load(journal, session.id, made, later)
        assert clock_time(again.plan.wanted["p.a"].due) == "08:20"
        assert wanted(again) == ["a"]
        again.tick()
        assert wanted(again) == ["a", "push"]


# ---- the clock and the profile ------------------------------------------------------------------

CLOCK = """ends_in: a
rules:
  control:
  - {when: {office_hours: no}, do: {wait: {what: 等开门}}}
  - {when: {office_hours: yes}, do: {a: {what: 办}}}
  - {when: {minutes_to_opening: {lte: 10}}, do: {ready: {what: 准备开门}}}
"""


def test_clock_facts_are_not_asked() -> None:
    """With the hall's hours nobody is asked about the time; without them the question is put."""
    assert asked(one(CLOCK, profile=HOURS)) == []
    assert asked(one(CLOCK)) == ["office_hours", "minutes_to_opening"]


def test_clock_facts_turn() -> None:
    """As time passes, rules about it come and go by themselves."""
    session = one(CLOCK, profile=HOURS)
    assert active(session) == ["wait"]
    pass_time(session, 30)
    assert active(session) == ["wait"]
    assert [event.kind for event in session.events].count("clock") == 1  # minutes alone are no event
    pass_time(session, 10)
    assert active(session) == ["wait", "ready"]
    pass_time(session, 10)
    assert active(session) == ["a"]
    assert "minutes_to_opening" not in session.state.facts
    pass_time(session, 200)
    assert active(session) == ["wait"]


def test_officer_overrides_the_clock() -> None:
    """What the officer says about the hours counts, also when the clock would say otherwise later."""
    session = one(CLOCK, profile=HOURS)
    session.answer("office_hours", YES, how="corrected")
    assert active(session) == ["a"]
    pass_time(session, 10)
    assert active(session) == ["a"]


# ---- activation ---------------------------------------------------------------------------------

ACTIVATING = """ends_in: a
facts: {x: {label: 甲, ask: 甲？}}
rules:
  control:
  - {do: {a: {what: 做}}}
  - {id: more, when: {x: yes}, activate: q}
"""
OTHER = "ends_in: b\nrules:\n  control: [{do: {b: {what: 办}}}]\n"


def test_activation_is_proposed_once() -> None:
    """A rule proposes a playbook; once declined it is not proposed again, whatever is answered."""
    session = begin(library(p=ACTIVATING, q=OTHER), "p")
    assert asked(session) == ["x"]
    session.answer("p.x", YES)
    assert session.plan.proposals == (("q", ("p.more",)),)
    session.perform("declined", {"playbook": "q"})
    assert session.plan.proposals == ()
    session.answer("p.x", NO, how="changed")
    session.answer("p.x", YES, how="changed")
    assert session.plan.proposals == ()
    assert "p.x" in session.state.facts


def test_activation_adds_its_steps() -> None:
    """Confirmed, the playbook's steps join; when its reason goes it stays until the officer ends it."""
    session = begin(library(p=ACTIVATING, q=OTHER), "p", heard={"p.x": YES})
    session.perform("activated", {"playbook": "q"})
    assert active(session) == ["a", "b"]
    session.answer("p.x", NO, how="corrected")
    assert active(session) == ["a", "b"]
    session.perform("ended", {"playbook": "q"})
    assert active(session) == ["a"]
    assert session.state.steps["q.b"].withdrawn
    session.answer("p.x", YES, how="corrected")
    assert session.plan.proposals == ()


# ---- follow-ups ---------------------------------------------------------------------------------

IMPROVING = """ends_in: a
facts: {x: {label: 甲, ask: 甲？}, y: {label: 乙, ask: 乙？}}
rules:
  control: [{do: {a: {what: 做}}}, {when: {x: yes}, do: {b: {what: 办}}}]
  improve:
  - {when: {x: yes}, do: {f: {who: head, what: 改, within: 30d, evidence: 记录, check: 90d}}}
  - {when: {y: yes}, do: {g: {who: head, what: 查, within: 2wd, evidence: 表}}}
  - {do: {h: {who: head, what: 可改, within: 5d, evidence: 照片, optional: yes}}}
"""


def test_held_at_any_moment_becomes_a_follow_up() -> None:
    """A follow-up whose condition held once is created at the close, although it no longer holds."""
    session = one(IMPROVING)
    session.answer("p.x", YES)
    session.answer("p.x", NO, how="changed")
    assert asked(session) == []  # `y` matters to follow-ups only: asked at the close
    assert active(session) == ["a"]  # a follow-up is nothing to do now
    session.mark("p.a", "done")
    walk.begin_closing(session)
    assert asked(session) == ["y"]
    session.answer("p.y", YES)
    walk.close(session, ("p.h",))
    by_step = {follow["step"]: follow for follow in session.state.follow_ups}
    assert list(by_step) == ["p.h", "p.f", "p.g"]
    assert by_step["p.f"]["due"][:10] == "2026-07-01"
    assert by_step["p.f"]["check"][:10] == "2026-09-29"
    assert by_step["p.g"]["due"][:10] == "2026-06-03"


def test_correction_takes_back_what_never_held() -> None:
    """A corrected answer was never so: its follow-up goes, and comes again when the correction is undone."""
    session = one(IMPROVING)
    session.answer("p.x", YES)
    session.answer("p.x", NO, how="corrected")
    assert "p.f" not in session.state.held
    assert session.replayed() == session.events
    session.undo()
    assert "p.f" in session.state.held


def test_correction_leaves_what_held_otherwise() -> None:
    """A follow-up that held for another reason, or before the answer that was wrong, stays."""
    either = IMPROVING.replace("when: {x: yes}, do: {f:", "when: {any: [{x: yes}, {y: yes}]}, do: {f:")
    session = one(either)
    session.answer("p.y", YES, how="reported")
    session.answer("p.x", YES)
    session.answer("p.y", NO, how="changed")
    session.answer("p.x", NO, how="corrected")
    assert "p.f" in session.state.held  # by `y`, while it was so
    session = one(IMPROVING)
    session.answer("p.x", YES)
    session.answer("p.x", NO, how="changed")
    session.answer("p.x", UNSURE, how="corrected")  # of the second value, not of the first
    assert "p.f" in session.state.held


def test_optional_follow_ups_are_a_pick_list() -> None:
    """Optional follow-ups are created only when picked."""
    session = one(IMPROVING)
    session.answer("p.x", NO)
    session.mark("p.a", "done")
    walk.begin_closing(session)
    session.answer("p.y", NO)
    prompt = walk.next_prompt(session)
    assert (prompt.kind, [item.key for item in prompt.steps]) == ("close", ["p.h"])
    walk.close(session)
    assert session.state.follow_ups == []
    with pytest.raises(UsageError, match="已经结束"):
        session.perform("noted", {"text": "晚了"})


# ---- undo, conflict -----------------------------------------------------------------------------


def picture(session: Session) -> tuple[Any, ...]:
    """Everything an officer could see: facts, outcomes, steps, plan, questions, clocks."""
    state = session.state
    steps = {
        key: tuple(getattr(step, name) for name in step.__slots__ if name != "presented")
        for key, step in state.steps.items()
    }
    return (dict(state.facts), set(state.happened), steps, session.plan, asked(session), session.watches())


@pytest.mark.parametrize(
    "act",
    [
        lambda session: session.answer("p.x", NO, how="changed"),
        lambda session: session.answer("p.n", Answer("known", 3)),
        lambda session: session.mark("p.b", "done"),
        lambda session: session.mark("p.b", "handed"),
        lambda session: session.mark("p.a", "skipped", reason="不用"),
        lambda session: session.perform("noted", {"text": "记一笔"}),
    ],
    ids=["change", "answer", "done", "handed", "skipped", "note"],
)
def test_undo_restores_exactly(act: Any) -> None:
    """Undo takes the last act back with all it caused; nothing of it stays but the record."""
    session = one(CHANGING, heard={"p.x": YES})
    pass_time(session, 1)
    before, seq = picture(session), session.state.seq
    act(session)
    assert session.state.seq > seq
    session.undo()
    assert picture(session) == before
    assert session.events[-1].kind == "undone"
    assert session.replayed() == session.events


def test_undo_goes_back_act_by_act() -> None:
    """Several undos take back several acts; the opening cannot be taken back."""
    session = one(CHANGING)
    pictures = [picture(session)]
    for act in (YES, NO, YES):
        session.answer("p.x", act, how="corrected")
        pictures.append(picture(session))
    for expected in reversed(pictures[:-1]):
        session.undo()
        assert picture(session) == expected
    with pytest.raises(UsageError, match="没有可以撤销"):
        session.undo()


def test_undo_takes_its_overdue_along() -> None:
    """A deadline that passed for a step that never was leaves no trace when its cause is undone."""
    text = "ends_in: a\nfacts: {x: {label: 甲, ask: 甲？}}\nrules:\n  control:\n  - {do: {a: {what: 做}}}\n"
    text += "  - {when: {x: yes}, do: {b: {what: 办, within: 5m}}}\n"
    text += "  - {when: {overdue: b}, do: {push: {what: 催}}}\n"
    session = one(text)
    session.answer("p.x", YES)
    pass_time(session, 6)
    assert "push" in wanted(session)
    session.undo()
    assert wanted(session) == ["a"]


def test_two_terminals_on_one_incident(tmp_path: Path) -> None:
    """The second writer gets a Conflict and then stands where the first one left the incident."""
    made = library(p=CHANGING)
    with Journal(tmp_path / "j.db") as one_journal, Journal(tmp_path / "j.db") as other_journal:
        first = begin(made, journal=one_journal)
        second = Session.load(other_journal, first.id, made, SimulatedClock(MORNING))
        first.answer("p.x", YES)
        with pytest.raises(Conflict):
            second.mark("p.a", "done")
        assert second.events == first.events
        assert picture(second) == picture(first)
        second.mark("p.a", "done")
        with pytest.raises(Conflict):
            first.answer("p.x", NO)
        assert first.state.facts["p.x"] == YES
        assert ("done", "p.a") in first.state.happened
