"""The ledger of follow-ups: acts, what is refused, taking over from incidents, same causes."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.clock import BEIJING, SimulatedClock, parse, stamp
from engine.errors import Conflict, NotFound, UsageError
from engine.followups import causes
from engine.followups.causes import Occurrence, propose
from engine.followups.intake import take_over
from engine.followups.leaving import days_left, sheet, state_of, todos
from engine.followups.ledger import Ledger
from engine.followups.order_causes import propose_orders
from engine.journal import Journal
from engine.model import Event

ROOT = Path(__file__).parent.parent
START = datetime(2026, 2, 13, 9, 0, tzinfo=BEIJING)
DAY = timedelta(days=1)


@pytest.fixture
def clock():
    """A clock that stands at `START`."""
    return SimulatedClock(START)


@pytest.fixture
def ledger(clock):
    """An empty ledger in memory."""
    with Journal(None) as journal:
        yield Ledger(journal, clock)


@pytest.fixture
def plan(ledger):
    """A follow-up due in 10 days, checked 30 days after that."""
    return ledger.add(
        "写预案", "head", START + 10 * DAY, evidence="预案文本", check=START + 40 * DAY, cause="线路 老化"
    )


def closed_incident(journal, number, *, mode="real", playbook="system-failure", left=1, close=True, at=START):
    """An incident with its close and what it left."""
    id = f"20260213-0900-{number}"
    begun = {"mode": mode, "title": "系统故障", "playbooks": [playbook]}
    events = [Event(1, "begun", stamp(at), 1, begun)]
    if close:
        events.append(Event(2, "closed", stamp(at), 2))
        for n in range(1, left + 1):
            data = {
                "id": f"f{n}", "step": f"{playbook}.plan-b", "what": f"第{n}件", "who": "head", "name": "",
                "due": stamp(at + 30 * DAY), "evidence": "演练记录", "check": stamp(at + 120 * DAY),
                "origin": "improve",
            }  # fmt: skip
            events.append(Event(2 + n, "follow_up", stamp(at), 2, data))
    journal.create(id, mode, {}, events, "系统故障")
    return id


class TestActs:
    """Done, checked, opened again, postponed."""

    def test_whole_life(self, ledger, clock, plan):
        """Late and done, not effective, done again, effective: closed; every act in an unbroken chain."""
        clock.advance(12 * DAY)
        assert (ledger.get(plan.id).late(clock.now()), days_left(ledger.get(plan.id), clock.now())) == (
            True,
            -2,
        )
        found = ledger.done(plan.id, "文号 3", by="王敏")
        assert (found.status, found.by, found.shown) == ("done", "王敏", "文号 3")
        # done 2 days late: the effect still gets its 30 days
        assert found.check == START + 42 * DAY
        clock.advance(31 * DAY)
        assert state_of(found, clock.now()) == "效果待查"
        found = ledger.check(plan.id, False, "没人会用", due=clock.now() + 5 * DAY)
        assert (found.status, found.reopened, found.worked) == ("open", 1, False)
        assert found.check == clock.now() + 35 * DAY
        ledger.done(plan.id, "培训记录")
        clock.advance(36 * DAY)
        found = ledger.check(plan.id, True)
        assert (found.status, found.worked, found.next) == ("closed", True, None)
        assert ledger.journal.verify(plan.id) == []
        assert [(e.id, e.status) for e in ledger.journal.list("real")] == [(plan.id, "closed")]

    def test_no_check_wanted(self, ledger):
        """What has no check of its effect is closed when it is done."""
        found = ledger.add("买雨伞", "property", START + DAY)
        assert ledger.done(found.id, "清单").status == "closed"
        assert ledger.journal.list("real")[0].status == "closed"

    def test_reopened(self, ledger, clock):
        """A closed one can be opened again, with a reason and a date; its stream is open again too."""
        found = ledger.add("买雨伞", "property", START + DAY)
        ledger.done(found.id, "清单")
        found = ledger.reopen(found.id, START + 3 * DAY, "又丢了")
        assert (found.status, found.due, found.done_at) == ("open", START + 3 * DAY, None)
        assert ledger.journal.list("real")[0].status == "open"

    def test_postponed(self, ledger, plan):
        """The check of the effect moves with the date."""
        found = ledger.postpone(plan.id, START + 20 * DAY, "等经费")
        assert (found.due, found.check, found.postponed) == (START + 20 * DAY, START + 50 * DAY, 1)

    def test_checked_early(self, ledger, plan):
        """Before its date a yes needs a note that says why; a no may come at any time."""
        ledger.done(plan.id, "文号")
        with pytest.raises(UsageError, match="2026-03-25 才到"):
            ledger.check(plan.id, True, "看着行")
        with pytest.raises(UsageError, match="才到"):
            ledger.check(plan.id, True, "  ", early=True)
        assert ledger.check(plan.id, True, "三次演练都行", early=True).status == "closed"

    @pytest.mark.parametrize(
        ("act", "words"),
        [
            (lambda led, id: led.done(id, " \n"), "预案文本"),
            (lambda led, id: led.check(id, True), "还没有办好"),
            (lambda led, id: led.reopen(id, START + DAY, "x"), "没有办结"),
            (lambda led, id: led.postpone(id, START, "x"), "已经过去"),
            (lambda led, id: led.postpone(id, START + DAY, ""), "写原因"),
            (lambda led, id: led.note(id, ""), "一句话"),
            (lambda led, id: led.add("", "head", START + DAY), "做什么"),
            (lambda led, id: led.add("甲", "head", START - DAY), "已经过去"),
            (lambda led, id: (led.done(id, "x"), led.done(id, "y")), "已经办过"),
            (lambda led, id: (led.done(id, "x"), led.postpone(id, START + DAY, "y")), "不能改期"),
            (lambda led, id: (led.done(id, "x"), led.check(id, False, "没用")), "新期限"),
            (lambda led, id: (led.done(id, "x"), led.check(id, False, "", START + DAY)), "写明情况"),
        ],
    )
    def test_refused(self, ledger, plan, act, words):
        """What makes no sense is refused with words, and nothing is written for it."""
        with pytest.raises(UsageError, match=words):
            act(ledger, plan.id)
        assert ledger.journal.verify(plan.id) == []
        assert len(ledger.journal.events(plan.id)) <= 2

    def test_names(self, ledger, plan):
        """Whole ids, with or without f-, a clear beginning; a near miss is answered with what was meant."""
        short = plan.id.removeprefix("f-")
        assert {ledger.get(name).id for name in (plan.id, short, short[:9], f" {short} ")} == {plan.id}
        with pytest.raises(NotFound) as near:
            ledger.get(short[:-1] + "zz")
        assert short in near.value.help
        ledger.add("另一件", "head", START + DAY)
        for vague in ("2026", "f-2026"):
            with pytest.raises(UsageError, match="2 项"):
                ledger.get(vague)
        for none in ("", "f-"):
            with pytest.raises((NotFound, UsageError)):
                ledger.get(none)

    def test_two_terminals(self, tmp_path, clock):
        """Of two terminals that act on what both have read, the second is told and writes nothing."""
        with Journal(tmp_path / "ledger.db") as one, Journal(tmp_path / "ledger.db") as two:
            first, second = Ledger(one, clock), Ledger(two, clock)
            made = first.add("甲", "head", START + DAY)
            seen = second.get(made.id)
            first.note(made.id, "在办")
            with pytest.raises(Conflict, match="另一个终端") as told:
                second._keep(seen, [("noted", {"text": "也在办"})])
            assert "followup show" in told.value.help
            assert [e.kind for e in one.events(made.id)] == ["created", "noted"]

    def test_killed(self, tmp_path):
        """kill -9 in the midst of writing: what was acknowledged is there, whole and in order."""
        script = (
            "import sys\nfrom datetime import timedelta\nfrom pathlib import Path\n"
            "from engine.clock import SimulatedClock\nfrom engine.followups.ledger import Ledger\n"
            "from engine.journal import Journal\n"
            "clock = SimulatedClock()\nledger = Ledger(Journal(Path(sys.argv[1])), clock)\n"
            "while True:\n"
            "    made = ledger.add('甲', 'head', clock.now() + timedelta(days=1))\n"
            "    ledger.done(made.id, '记录')\n"
            "    print(made.id, flush=True)\n"
        )
        path = tmp_path / "ledger.db"
        with subprocess.Popen(
            [sys.executable, "-c", script, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as child:  # fmt: skip
            told = [child.stdout.readline().strip() for _ in range(20)]
            child.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
            told += child.stdout.read().split()
        with Journal(path) as journal:
            ledger = Ledger(journal, SimulatedClock())
            found = {entry.id: entry for entry in ledger.listed()}
            assert all(found[id].status == "closed" for id in told)
            assert len(found) - len(told) in (0, 1)
            assert not any(journal.verify(id) for id in found)


class TestTakingOver:
    """What incidents and orders have left appears by itself, once."""

    def test_incident(self, ledger):
        """Every follow-up of a closed incident, with owner, dates, evidence and where it is from; once."""
        with Journal(None) as records:
            id = closed_incident(records, "aa", left=2)
            closed_incident(records, "bb", close=False)
            assert take_over(records, ledger).new == (f"f-{id}-1", f"f-{id}-2")
            before = [ledger.journal.export(entry.id) for entry in ledger.listed()]
            assert take_over(records, ledger).new == ()
        first = ledger.get(f"f-{id}-1")
        assert (first.what, first.who, first.due, first.check) == (
            "第1件", "head", START + 30 * DAY, START + 120 * DAY,
        )  # fmt: skip
        assert (first.source, first.playbook, first.origin, first.evidence) == (
            id, "system-failure", "improve", "演练记录",
        )  # fmt: skip
        assert [ledger.journal.export(entry.id) for entry in ledger.listed()] == before

    def test_what_was_done_stays(self, ledger):
        """Taking over again does not bring back what was done."""
        with Journal(None) as records:
            id = closed_incident(records, "aa")
            take_over(records, ledger)
            ledger.done(f"f-{id}-1", "记录")
            take_over(records, ledger)
        assert ledger.get(f"f-{id}-1").status == "done"

    def test_at_two_terminals(self, tmp_path, clock):
        """Two terminals that both find it new make one; the records are the same to the byte anywhere."""
        with Journal(None) as records, Journal(tmp_path / "l.db") as one, Journal(tmp_path / "l.db") as two:
            id = closed_incident(records, "aa")
            data = {"what": "x"}
            assert Ledger(one, clock).create(f"f-{id}-1", "real", data, START)
            assert not Ledger(two, clock).create(f"f-{id}-1", "real", data, START)
            with Journal(None) as elsewhere:
                take_over(records, Ledger(elsewhere, SimulatedClock(START + 9 * DAY)))
                copy = elsewhere.export(f"f-{id}-1")
            with Journal(None) as third:
                take_over(records, Ledger(third, clock))
                assert third.export(f"f-{id}-1") == copy

    def test_modes_apart(self, ledger):
        """Drills and practice never show among the real ones, nor the other way round."""
        with Journal(None) as records:
            for number, mode in enumerate(("real", "drill", "practice")):
                closed_incident(records, f"a{number}", mode=mode)
            take_over(records, ledger)
            for number, mode in enumerate(("real", "drill", "practice")):
                assert [entry.source[-1] for entry in ledger.listed(mode)] == [str(number)]
            assert {one.id[-1] for one in causes.seen(records, (), "drill")} == {"1"}

    def test_order(self, ledger):
        """An order's follow-up comes from its stream in the same file, open or closed."""
        journal = ledger.journal
        left = {
            "id": "f1",
            "what": "清运垃圾",
            "who": "community",
            "due": stamp(START + DAY),
            "cause": "垃圾清运",
        }
        events = [
            Event(1, "received", stamp(START), 1, {"order": {}}),
            Event(2, "follow_up", stamp(START), 2, left),
        ]
        journal.create("o-G1", "real", {}, events, "工单 G1")
        assert take_over(journal, ledger).new == ("f-o-G1-1",)
        entry = ledger.get("o-G1-1")
        assert (entry.origin, entry.source, entry.cause) == ("order", "o-G1", "垃圾清运")

    def test_unreadable_record(self, ledger):
        """A record whose beginning cannot be read costs only itself, and is named."""
        with Journal(None) as records:
            bad, good = closed_incident(records, "aa"), closed_incident(records, "bb")
            records._db.execute("UPDATE events SET data = '{' WHERE incident = ? AND seq = 1", (bad,))
            assert take_over(records, ledger) == ((f"f-{good}-1",), (bad,))

    def test_no_date(self, ledger):
        """A date that could not be reckoned stays open, with its note, at the end of the list."""
        ledger.create("f-x-1", "real", {"what": "甲", "due": "", "check": "", "note": "不知道2031年"}, START)
        ledger.add("乙", "head", START + 90 * DAY)
        assert [entry.what for entry in ledger.listed()] == ["乙", "甲"]
        assert days_left(ledger.get("f-x-1"), START) is None


def times(*days, cause="p:x"):
    """Occurrences so many days before `START`."""
    return [Occurrence(cause, f"i{n}-{day}", "甲", START - day * DAY) for n, day in enumerate(days)]


class TestSameCause:
    """The same cause so many times within a period."""

    @pytest.mark.parametrize(
        ("days", "found"),
        [
            ((0, 45, 90), 3),  # the 90th day still counts
            ((0, 45, 91), 0),
            ((1, 1), 0),
            ((-1, 0, 1), 0),  # what lies ahead does not count
            ((0, 1, 2, 3), 4),
        ],
    )
    def test_times_and_days(self, days, found):
        """Three times in 90 days (C.37, H3.30)."""
        proposals = propose(times(*days), (), 3, 90, START)
        assert sum(len(proposal.behind) for proposal in proposals) == found

    def test_ever(self):
        """0 days: whenever it was."""
        assert len(propose(times(1, 400, 900), (), 3, 0, START)) == 1

    def test_order_and_once(self):
        """The most frequent first, oldest occurrence first; one incident counts once a cause."""
        seen = [*times(3, 1, 2), *times(3, 1, 2)[:1], *times(1, 2, 3, 4, cause="p:y")]
        found = propose(seen, (), 3, 90, START)
        assert [(p.cause, len(p.behind)) for p in found] == [("p:y", 4), ("p:x", 3)]
        assert [one.at for one in found[1].behind] == [START - n * DAY for n in (3, 2, 1)]

    def incidents(self, records, count, start=0):
        for n in range(start, start + count):
            closed_incident(records, f"{n:02x}", at=START - DAY)

    def proposed(self, records, ledger):
        """What is proposed now."""
        entries = ledger.listed()
        answered = causes.covered(ledger, entries, "real")
        return propose(causes.seen(records, entries), answered, 3, 90, ledger.clock.now())

    def test_accepted(self, ledger):
        """An accepted proposal is a follow-up that names what is behind it; only new times count then."""
        with Journal(None) as records:
            self.incidents(records, 3)
            [proposal] = self.proposed(records, ledger)
            data = {
                "what": "立办法",
                "who": "head",
                "due": stamp(START + DAY),
                "check": stamp(START + 9 * DAY),
            }
            made = causes.accept(ledger, proposal, "real", 0, data)
            assert made.sources == tuple(one.id for one in proposal.behind)
            assert self.proposed(records, ledger) == []
            with pytest.raises(Conflict, match="刚刚采纳"):
                causes.accept(ledger, proposal, "real", 0, data)
            # a reason named when it is done does not let the old times count again
            ledger.done(made.id, "办法", cause="没人管")
            self.incidents(records, 2, start=3)
            assert self.proposed(records, ledger) == []
            self.incidents(records, 1, start=5)
            assert [len(p.behind) for p in self.proposed(records, ledger)] == [3]

    def test_declined(self, ledger):
        """A proposal turned down comes back when the cause has shown three times anew; again and again."""
        with Journal(None) as records:
            for round in range(3):
                self.incidents(records, 3, start=3 * round)
                [proposal] = self.proposed(records, ledger)
                causes.decline(ledger, proposal, "real", "都是外部原因")
                assert self.proposed(records, ledger) == []
            assert causes.covered(ledger, (), "drill") == set()

    def test_named_causes(self, ledger):
        """Reasons that people name count however they space them; one source counts once."""
        for n in range(3):
            ledger.add(f"第{n}件", "head", START + DAY, cause=" 线路  老化 ")
        for _ in range(2):
            ledger.add("同一件事", "head", START + DAY, cause="没人管", source="i1")
        with Journal(None) as records:
            [proposal] = self.proposed(records, ledger)
        assert (proposal.cause, len(proposal.behind)) == ("c:线路 老化", 3)

    def test_no_cause(self, ledger):
        """`general-incident` says nothing about why."""
        with Journal(None) as records:
            for n in range(3):
                closed_incident(records, f"a{n}", playbook="general-incident")
            assert self.proposed(records, ledger) == []


class TestOrders:
    """Hotline orders about the same thing (C.37, H3.30)."""

    @staticmethod
    def rows(*orders):
        """Orders as columns: (number, days before `START`, changes)."""
        from engine.orders.columns import frame
        from engine.orders.model import Order

        given = {"kind": "停车", "subject": "", "place": "城关镇"}
        return frame(Order(no, START - day * DAY, **{**given, **more}) for no, day, more in orders)

    def test_counted(self):
        """Three in 90 days of a kind at a place, else of a subject; excluded and older ones do not count."""
        rows = self.rows(
            ("a", 0, {}), ("b", 45, {}), ("c", 90, {}), ("d", 91, {}), ("e", 1, {"excluded": "malicious"}),
            ("f", 1, {"subject": "某物业"}), ("g", 2, {"subject": "某物业"}), ("h", -1, {}),
            *((f"x{n}", n, {"kind": "", "place": ""}) for n in range(5)),
        )  # fmt: skip
        [found] = propose_orders(rows, {}, 3, 90, START)
        assert (found.cause, found.times, [one.id for one in found.behind]) == (
            "o:停车/城关镇",
            3,
            ["c", "b", "a"],
        )
        assert [p.times for p in propose_orders(rows, {}, 2, 0, START)] == [4, 2]

    def test_answered(self):
        """Once answered, only orders received afterwards count; other causes go on."""
        rows = self.rows(
            *((f"a{n}", n, {}) for n in range(6)), *((f"b{n}", n, {"place": "南村"}) for n in range(6))
        )
        found = propose_orders(rows, {"o:停车/城关镇": START - 2 * DAY}, 3, 90, START)
        assert [(p.cause, p.times, len(p.behind)) for p in found] == [("o:停车/南村", 6, 5)]

    def test_kept_in_the_ledger(self, ledger, clock):
        """Accepted and declined proposals of orders are known with their moment."""
        [east, south] = propose_orders(
            self.rows(*((f"{at}{n}", n, {"place": at}) for n in range(3) for at in ("东村", "南村"))),
            {}, 3, 90, START,
        )  # fmt: skip
        data = {"what": "立办法", "who": "head", "due": stamp(START + DAY)}
        causes.accept(ledger, east, "real", 0, data)
        clock.advance(DAY)
        causes.decline(ledger, south, "real", "已在建停车场")
        assert causes.answered(ledger, ledger.listed(), "real") == {
            east.cause: START, south.cause: START + DAY,
        }  # fmt: skip
        assert causes.answered(ledger, (), "drill") == {}


class TestLeaving:
    """Rows and calendar entries."""

    def test_uids(self, ledger, clock, plan):
        """UIDs stay the same whatever happens, versions grow; the check belongs to the work."""
        work, check = todos([plan], lambda entry: "主任")
        assert (check.parent, check.due, work.due) == (work.uid, START + 40 * DAY, START + 10 * DAY)
        clock.advance(DAY)
        done = ledger.done(plan.id, "文号 13812345678")
        again, check_again = todos([done], lambda entry: "主任")
        assert (again.uid, check_again.uid) == (work.uid, check.uid)
        assert (again.state, check_again.state, again.completed) == ("COMPLETED", "NEEDS-ACTION", clock.now())
        assert again.sequence > work.sequence
        assert again.stamp > work.stamp
        assert "13812345678" not in again.description
        other = ledger.add("写预案", "head", START + 10 * DAY)
        assert todos([other], lambda entry: "")[0].uid != work.uid

    def test_rows(self, ledger, plan):
        """A row has a cell for each column; numbers of people are masked, unless asked for."""
        ledger.done(plan.id, "找 13812345678")
        entry = ledger.get(plan.id)
        shown, plain = (sheet([entry], START, lambda e: "主任 王敏", **more) for more in ({}, {"hide": str}))
        [row] = shown.rows
        assert len(row) == len(shown.columns)
        assert row[:6] == (plan.id[2:], "写预案", "主任 王敏", START + 10 * DAY, "已办待查效果", 40)
        assert "13812345678" not in str(row)
        assert "13812345678" in str(plain.rows)


def test_stamps_are_read_back(ledger, plan):
    """Moments go to the record and back without a change."""
    created = ledger.journal.events(plan.id)[0].data
    assert parse(str(created["due"])) == plan.due
