"""The ledger of orders: the course of an order, what each refusal says is missing, conflicts and kill -9."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadData, Conflict, NotFound, UsageError, ZhibanError
from engine.journal import Journal
from engine.orders.acts import VERBS
from engine.orders.agenda import agenda
from engine.orders.model import Order
from engine.orders.standing import Standing, fold
from tests.ordering import Office, at, zhiban

ROOT = Path(__file__).parent.parent
START = "2026-02-13 09:00:00"  # a Friday
SAID = {"resolved": True, "satisfied": "满意"}
DAY = {"amount": 1, "unit": "wd"}
COURSE = ("dispatched", "verified", "responded", "met", "planned", "arranged", "concluded", "replied")


@pytest.fixture
def office() -> Iterable[Office]:
    """A ledger in memory with one order."""
    made = Office(None, START)
    made.add("A1", phone="13812345678", kind="停水", subject="幸福小区")
    with made.journal:
        yield made


def refused(office: Office, no: str, kind: str, **data: Any) -> str:
    """What the refusal of an act says; nothing is written."""
    before = office.ledger.events(no)
    with pytest.raises(UsageError) as caught:
        office.act(no, kind, **data)
    assert office.ledger.events(no) == before
    return f"{caught.value.message} → {caught.value.help}"


class TestCourse:
    """From receipt to callback."""

    def test_the_five_links(self, office: Office) -> None:
        """Received, dispatched twice, urged, replied, called back (H2.20): then the file is shut."""
        office.through("A1")
        office.act("A1", "reminded", text="今天办完")
        standing = office.act("A1", "callback", resolved=True, satisfied="满意")
        order = standing.order
        assert (order.unit, order.second_unit) == ("供水所", "幸福村")
        assert None not in (order.registered, order.dispatched, order.replied, order.called_back)
        assert standing.reminded == at(START)
        assert standing.done
        assert order.evidence is True
        [summary] = office.journal.list(None)
        assert summary.status == "closed"
        assert list(office.ledger.standings()) == []
        assert [s.order.no for s in office.ledger.standings(every=True)] == ["A1"]

    @pytest.mark.parametrize(
        ("short_of", "kind", "data", "words"),
        [
            # callback only after the conclusion (H1.53) and the reply (C.20)
            ("concluded", "callback", SAID, ["还没有办结", "还没有答复", "order close A1"]),
            ("replied", "callback", SAID, ["还没有答复", "order reply A1"]),
            ("", "callback", {"satisfied": "满意"}, ["没有写解决没有"]),
            ("", "callback", {"resolved": True}, ["没有写满意度"]),
            ("", "callback", {"resolved": True, "satisfied": "不满"}, ["没有“不满”这一档", "`不满意`"]),
            # first verify (C.06)
            ("verified", "planned", {"text": "修"}, ["还没有核实"]),
            ("verified", "replied", {"how": "phone"}, ["还没有核实"]),
            ("verified", "replied", {}, ["没有写怎么答复"]),
            # two dispatches (C.38)
            ("dispatched", "dispatched", {}, ["没有写派给哪个单位", "没有写所在村"]),
            ("dispatched", "dispatched", {"unit": "供水所"}, ["没有写所在村", "--why"]),
            ("dispatched", "dispatched", {"unit": "甲", "second": "甲"}, ["同一家"]),
            ("dispatched", "responded", {}, ["还没有派单", "order dispatch A1"]),
            ("dispatched", "arranged", {}, ["还没有派单"]),
            # malice by rule: evidence and a leader (C.09)
            ("verified", "verified", {}, ["没有写核实结果"]),
            ("verified", "verified", {"truth": "reel"}, ["`reel` 看不懂", "`real`"]),
            ("verified", "verified", {"truth": "malicious"}, ["要有证据", "领导", "untrue"]),
            ("verified", "verified", {"truth": "malicious", "evidence": "录音"}, ["领导看过证据"]),
            # whose it is
            ("verified", "owned", {"owner": "nobody"}, ["由哪位领导指定"]),
            # the meeting (H4.15)
            ("met", "met", {"how": "needless"}, ["为什么不用见面"]),
            ("met", "met", {"how": "no"}, ["`no` 看不懂"]),
            # the conclusion says all that is missing at once
            ("verified", "concluded", {}, ["--text", "还没有核实", "没有见面的记录", "核实没有留痕"]),
            ("met", "concluded", {"text": "好了"}, ["没有见面的记录", "order meet A1"]),
            ("replied", "concluded", {"text": "好了"}, ["已经办结"]),
            # set aside only with a reason and proof
            ("verified", "excluded", {"reason": "unreasonable"}, ["没有写理由", "依据哪一条", "证据材料"]),
            ("verified", "excluded", {"reason": "bad"}, ["没有剔除原因 `bad`", "malicious"]),
            ("verified", "evidence", {"step": "verify"}, ["没有写是什么材料"]),
            ("verified", "evidence", {"step": "reed", "evidence": "x"}, ["`reed` 看不懂"]),
            ("verified", "resumed", {}, ["表没有停"]),
            ("verified", "paused", {}, ["停表原因"]),
            ("verified", "reopened", {"why": "x"}, ["还没有办结"]),
            ("verified", "escalated", {}, ["报给谁"]),
            ("verified", "extended", {"limit": "clos", "by": DAY}, ["没有时限 `clos`", "`close`"]),
            ("verified", "extended", {"limit": "close", "by": DAY}, ["延期原因"]),
            ("verified", "noted", {"text": "x", "at": "2026-02-13T10:00:00+08:00"}, ["还没有到"]),
            ("verified", "noted", {"text": "x", "at": "2026-02-13T08:00:00+08:00"}, ["在受理之前"]),
        ],
    )  # fmt: skip
    def test_refusals(
        self, office: Office, short_of: str, kind: str, data: dict[str, Any], words: list[str]
    ) -> None:
        """What cannot be done yet is refused with everything that is missing and how to bring it."""
        office.through("A1", short_of=short_of)
        said = refused(office, "A1", kind, **data)
        for word in words:
            assert word in said

    def test_every_act_can_be_named(self) -> None:
        """Each kind of event has its word for people."""
        from engine.orders.standing import _CHANGES

        assert set(_CHANGES) <= set(VERBS)

    def test_nothing_after_the_end_but_notes(self, office: Office) -> None:
        """A shut file takes notes and evidence, and can be reopened with a reason and a new time."""
        office.through("A1")
        office.act("A1", "callback", resolved=True, satisfied="满意")
        assert "已经了结" in refused(office, "A1", "planned", text="x")
        office.act("A1", "noted", text="他来道谢")
        standing = office.act("A1", "reopened", why="又停水了", due="2026-02-14T12:00:00+08:00")
        assert (standing.done, standing.order.closed, standing.order.returned) == (False, None, True)
        assert standing.order.due == at("2026-02-14 12:00:00")
        assert office.journal.list(None)[0].status == "open"


class TestFollows:
    """What follows from an act, in the same transaction."""

    @pytest.mark.parametrize(
        ("resolved", "level", "again"),
        [
            (True, "满意", False), (True, "一般", False),
            (True, "不满意", True), (False, "满意", True), (False, "差评", True),
        ],
    )  # fmt: skip
    def test_a_dissatisfied_answer(self, office: Office, resolved: bool, level: str, again: bool) -> None:
        """Not solved or not satisfied: reopened and raised to the next level (C.22, H2.11)."""
        office.through("A1")
        standing = office.act("A1", "callback", resolved=resolved, satisfied=level)
        assert standing.done is not again
        assert (standing.raised is not None) is again
        assert standing.order.returned is again
        events = office.ledger.events("A1")
        assert {event.cause for event in events[9:]} == {10}
        assert (standing.order.resolved, standing.order.satisfied) == (resolved, level)
        if again:
            assert "还没有办结" in refused(office, "A1", "callback", resolved=True, satisfied="满意")

    def test_repeated_calls(self, office: Office) -> None:
        """The third call about the same matter raises it (C.22); a report to the leader settles that."""
        assert office.act("A1", "repeated").raised is None
        standing = office.act("A1", "repeated")
        assert standing.order.repeats == 2
        assert "第3次" in standing.raised_why
        assert office.act("A1", "escalated", to="包片领导").raised is None

    def test_repeat_callers_are_found(self, office: Office) -> None:
        """A new order of the same caller about the same matter counts the earlier ones; others do not."""
        office.add("A2", phone="138 1234 5678", kind="停水", subject="幸福小区")
        other = office.add("B1", phone="13812345678", kind="噪音", subject="工地")
        third = office.add("A3", phone="+8613812345678", kind="停 水", subject="幸福小区")
        assert (other.order.repeats, other.raised) == (0, None)
        assert third.order.repeats == 2
        assert third.raised is not None

    def test_rows_of_a_sheet_are_raised_too(self, tmp_path: Path) -> None:
        """C.22: the third call and the answer sent back go to the next level when they come in a sheet."""
        sheet = tmp_path / "a.csv"
        rows = [f"{n},2026-02-1{n} 09:00,13812345678,停水,否," for n in (0, 1, 2)]
        rows.append("9,2026-02-12 09:00,13812345679,停电,是,2026-02-12 10:00")
        sheet.write_text("\n".join(["工单编号,受理时间,来电号码,类别,是否退回,回访时间", *rows]), "utf-8")
        assert zhiban(tmp_path, "order", "import", str(sheet)).returncode == 0
        todos = json.loads(zhiban(tmp_path, "order", "next", "--json").stdout)
        raised = {todo["no"]: todo["what"] for todo in todos if "提级" in todo["what"]}
        assert raised.keys() == {"2", "9"}
        assert "第3次来电" in raised["2"]
        zhiban(tmp_path, "order", "escalate", "2", "--to", "领导")
        todos = json.loads(zhiban(tmp_path, "order", "next", "--json").stdout)
        assert [todo["no"] for todo in todos if "提级" in todo["what"]] == ["9"]
        events = json.loads(zhiban(tmp_path, "order", "show", "2", "--json").stdout)["events"]
        assert [event["kind"] for event in events] == ["adopted", "raised", "escalated"]

    def test_malicious_by_rule(self, office: Office) -> None:
        """With evidence and a leader's word it is set aside; once the caller has the answer it is shut."""
        standing = office.act("A1", "verified", truth="malicious", evidence="监控", approved="王敏")
        assert standing.order.excluded == "malicious"
        assert "王敏" in standing.order.excluded_why
        assert office.ledger.watches(standing) == []
        assert office.act("A1", "replied", how="phone").done

    def test_unclear_jurisdiction(self, office: Office) -> None:
        """Nobody's matter names who decides, and is not concluded before that."""
        office.through("A1", short_of="concluded")
        office.act("A1", "owned", owner="nobody", decides="张镇长")
        assert "由张镇长定" in refused(office, "A1", "concluded", text="好了", evidence="照片")
        office.act("A1", "owned", owner="other")
        assert "先退回" in refused(office, "A1", "concluded", text="好了", evidence="照片")
        office.act("A1", "excluded", reason="elsewhere", why="归住建（H1.20）", evidence="盖章说明")
        assert office.act("A1", "replied", how="face").done

    def test_an_improvement_goes_to_the_follow_ups(self, tmp_path: Path) -> None:
        """What an order teaches is entered in the ledger of follow-ups by itself, with its date."""
        zhiban(tmp_path, "order", "add", "A1")
        told = ("--who", "head", "--due", "10wd", "--evidence", "换管记录")
        done = zhiban(tmp_path, "order", "improve", "A1", "老管网换新", *told)
        assert done.returncode == 0, done.stderr
        [item] = json.loads(zhiban(tmp_path, "followup", "list", "--json").stdout)
        assert item["what"] == "老管网换新"
        assert item["due"].startswith("2026-03-05")  # 14, 24 to 28 February, 2 to 5 March
        assert zhiban(tmp_path, "order", "improve", "A1", "无人负责").returncode == 2

    def test_evidence(self, office: Office) -> None:
        """A reason why there is none lets it go on, but the record is not complete (H4.19) until it is."""
        office.act("A1", "dispatched", unit="甲", second="乙")
        office.act("A1", "verified", truth="real", evidence="照片")
        office.act("A1", "responded", none="录音机坏了")
        office.act("A1", "met", how="refused", evidence="拒见录音")
        standing = office.act("A1", "concluded", text="好了", evidence="照片")
        assert standing.order.evidence is False
        standing = office.act("A1", "evidence", step="respond", evidence="运营商调来的录音")
        assert standing.order.evidence is True
        assert standing.gaps == {}
        standing = office.act("A1", "replied", how="phone")
        assert standing.order.evidence is False  # the reply left none
        assert office.act("A1", "evidence", step="reply", evidence="录音").order.evidence is True


class TestAgenda:
    """What is most urgent now."""

    def test_order_of_urgency(self, office: Office) -> None:
        """Life first, then what is to be reported, overdue, nearly due, running, standing still."""
        office.act("A1", "dispatched", unit="甲", second="乙")
        office.act("A1", "responded")
        office.until("2026-02-13 09:40:00")
        office.add("P1")
        office.act("P1", "paused", why="等外地配件")
        office.add("R1", received=at("2026-02-13 09:39:00"))
        office.add("L1", urgency="life")
        for _ in range(2):
            office.act("R1", "repeated")
        office.add("N1", received=at("2026-02-13 09:38:00"))
        # A1 was received at 9:00: assessment is due at 10:00 and warned of from 9:45
        assert office.todos() == [("L1", 0), ("R1", 1), ("A1", 4), ("N1", 4), ("P1", 5)]
        office.until("2026-02-13 09:45:00")
        assert office.todos() == [("L1", 0), ("R1", 1), ("A1", 3), ("N1", 4), ("P1", 5)]
        office.until("2026-02-13 10:00:01")
        assert office.todos()[2] == ("A1", 2)
        office.until("2026-02-13 10:30:01")
        assert office.todos()[:3] == [("L1", 0), ("A1", 1), ("R1", 1)]
        office.act("A1", "escalated", to="张镇长")
        assert ("A1", 2) in office.todos()

    def test_each_line_is_one_thing_to_do(self, office: Office) -> None:
        """Along the whole course the line names the next act; doing it brings the next line."""
        seen = []
        course = [*COURSE, ""]
        for kind in course:
            other = Office(None, START)
            other.add("A1")
            other.through("A1", short_of=kind)
            pairs = [(s, other.ledger.watches(s)) for s in other.ledger.standings()]
            [todo] = agenda(pairs, other.clock.now())
            seen.append(todo.command.split()[2])
        wanted = ["dispatch", "respond", "respond", "plan", "plan", "arrange", "close", "reply", "callback"]
        assert seen == wanted


class TestContract:
    """The store: conflicts, imported rows, unusable streams."""

    def test_of_two_terminals_the_second_is_told(self, tmp_path: Path) -> None:
        """Two terminals that read the same state cannot both write; the first one's act stays."""
        one, two = Office(tmp_path / "l.db", START), Office(tmp_path / "l.db", START)
        one.add("A1")
        stale = two.ledger.get("A1")
        one.act("A1", "noted", text="甲写的")
        two.ledger.get = lambda no: stale  # type: ignore[method-assign]
        with pytest.raises(Conflict, match="另一个终端") as caught:
            two.act("A1", "noted", text="乙写的")
        assert "order show A1" in caught.value.help
        assert [e.data.get("text") for e in one.ledger.events("A1")] == [None, "甲写的"]
        with pytest.raises(Conflict, match="已经在台账里"):
            two.add("A1")

    def test_imported_rows(self) -> None:
        """A row stays as it is until somebody acts on it; then its stream alone tells."""

        class Rows:
            def __init__(self) -> None:
                self.order = Order(
                    "导入/1", at("2026-02-12 08:00:00"), phone="13812345678", kind="停水", unit="甲"
                )

            def find(self, no: str) -> Order | None:
                return self.order if no == self.order.no else None

            def all(self) -> list[Order]:
                return [self.order]

            unfinished = all

            def of_caller(self, phone: str) -> list[Order]:
                return [self.order]

        office = Office(None, START, Rows())
        assert office.ledger.get("导入/1").seq == 0
        assert office.ledger.events("导入/1") == []
        office.act("导入/1", "noted", text="看过")
        assert [event.kind for event in office.ledger.events("导入/1")] == ["adopted", "noted"]
        [standing] = office.ledger.standings()
        assert (standing.imported, standing.order.unit) == (True, "甲")
        assert office.add("A2", phone="13812345678", kind="停水").order.repeats == 1
        with pytest.raises(Conflict):
            office.add("导入/1")

    def test_unknown(self, office: Office) -> None:
        """An order that is not there is said so, with the numbers that there are."""
        with pytest.raises(NotFound) as caught:
            office.ledger.get("A2")
        assert "A1" in caught.value.help
        with pytest.raises(UsageError, match="还没有到"):
            office.add("F1", received=at("2026-02-13 09:00:01"))

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(sorted(set(VERBS) - {"walked"})), st.booleans()), max_size=12))
    def test_whatever_is_tried(self, tried: list[tuple[str, bool]]) -> None:
        """Any sequence of acts leaves a record that verifies and folds to what the acts returned."""
        office = Office(None, START)
        standing: Standing = office.add("A1")
        data = {
            "truth": "real", "owner": "mine", "unit": "甲", "second": "乙", "how": "met", "text": "x",
            "why": "y", "to": "领导", "step": "verify", "reason": "unreasonable", "evidence": "照片",
            "limit": "close", "by": {"amount": 1, "unit": "wd"}, "resolved": True, "satisfied": "满意",
        }  # fmt: skip
        for kind, full in tried:
            if kind in ("received", "adopted", "raised", "closed"):
                continue  # these only follow
            how = {"how": "phone"} if kind == "replied" else {}
            with contextlib.suppress(UsageError):
                standing = office.ledger.act("A1", kind, {**data, **how} if full else {})
        assert office.journal.verify("o-A1") == []
        assert fold(office.ledger.events("A1")) == standing


_WRITER = """
import sys
from tests.ordering import Office
from pathlib import Path
office = Office(Path(sys.argv[1]), "2026-02-13 09:00:00")
office.add("A1")
print("ready", flush=True)
for number in range(100000):
    office.act("A1", "repeated" if number % 2 else "noted", text=str(number))
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="no kill -9")
@pytest.mark.parametrize("lines", [1, 40])
def test_kill_loses_nothing_acknowledged(tmp_path: Path, lines: int) -> None:
    """Killed at any moment, what was acknowledged is there, whole, and the ledger goes on."""
    path = tmp_path / "l.db"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True, env=env, cwd=ROOT
    )
    assert child.stdout is not None
    acknowledged = [child.stdout.readline() for _ in range(lines + 1)]
    os.kill(child.pid, signal.SIGKILL)
    acknowledged += child.stdout.readlines()
    child.wait()
    child.stdout.close()
    told = [int(line) for line in acknowledged[1:] if line.endswith("\n")]
    after = Office(path, START)
    events = after.ledger.events("A1")
    written = [int(str(event.data["text"])) for event in events if "text" in event.data]
    assert written[: len(told)] == told
    assert after.journal.verify("o-A1") == []
    assert after.act("A1", "noted", text="还能写").seq == len(events) + 1


class TestCommands:
    """The commands, as people and programs use them."""

    def test_a_day(self, tmp_path: Path) -> None:
        """Add, next, refused callback, the whole course, callback; exit codes and JSON on the way."""
        run = zhiban(tmp_path, "order", "add", "A1", "--kind", "停水", "--phone", "13812345678", "--json")
        assert json.loads(run.stdout)["no"] == "A1"
        [todo] = json.loads(zhiban(tmp_path, "order", "next", "--json").stdout)
        assert (todo["no"], todo["command"].split()[2]) == ("A1", "dispatch")
        early = zhiban(tmp_path, "order", "callback", "A1", "--resolved", "--satisfied", "满意")
        assert early.returncode == 2
        assert "还没有办结" in early.stderr
        for command in (
            "dispatch A1 供水所 --second 幸福村",
            "verify A1 --truth real --evidence 照片",
            "respond A1 --evidence 录音",
            "meet A1 refused --evidence 录音",
            "plan A1 --text 修",
            "arrange A1",
            "extend A1 --by 3wd --why 等配件",
            "close A1 --text 修好 --evidence 照片",
            "reply A1 --how phone --evidence 录音",
        ):
            done = zhiban(tmp_path, "order", *command.split())
            assert done.returncode == 0, done.stderr
            assert "下一步" in done.stdout
        done = zhiban(tmp_path, "order", "callback", "A1", "--resolved", "--satisfied", "满意")
        assert "了结" in done.stdout
        shown = json.loads(zhiban(tmp_path, "order", "show", "A1", "--json").stdout)
        assert (shown["done"], shown["satisfied"], shown["state"]) == (True, "满意", "已了结")
        assert [e["kind"] for e in shown["events"]][-2:] == ["callback", "closed"]
        assert json.loads(zhiban(tmp_path, "order", "list", "--json").stdout) == []
        assert zhiban(tmp_path, "order", "work", "A1").returncode == 2

    @pytest.mark.parametrize(
        ("command", "code", "words"),
        [
            ("show X", 5, "没有工单 `X`"),
            ("note X 一笔", 5, "没有工单"),
            ("add A2 --received 明年", 2, "看不懂时刻"),
            ("add A2 --received 2026-02-30", 2, "看不懂时刻"),
            ("extend A1 --by 3天 --why x", 2, "看不懂延多久"),
            ("work X", 5, "没有工单"),
        ],
    )
    def test_errors(self, tmp_path: Path, command: str, code: int, words: str) -> None:
        """What cannot be is said in Chinese with its exit code."""
        zhiban(tmp_path, "order", "add", "A1")
        done = zhiban(tmp_path, "order", *command.split())
        assert done.returncode == code
        assert words in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_bad_scheme_is_not_worked_with(self, tmp_path: Path) -> None:
        """A fault in the hall's orders.yaml stops every command with its place."""
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "orders.yaml").write_text("limit: {}\n", "utf-8")
        done = zhiban(tmp_path, "order", "list")
        assert done.returncode == 4
        assert "orders.yaml:1:1" in done.stderr


ANSWERS = """
facts: {truth: real, owner: mine, meeting: met, claim: fair, field: other, offence: no, fix_state: solved,
        evidence_gap: no, visit: both, net_use: fine, showed: []}
steps: {"*": done}
"""


def test_no_extension_into_a_year_that_no_calendar_knows() -> None:
    """An extension whose end cannot be told is refused with what to do; the clock goes on as it was."""
    office = Office(None, "2098-12-30 10:00:00")
    office.add("A1", kind="停水")
    due = office.due("A1", "close")
    assert due is not None
    assert "不知道2099年的放假" in refused(office, "A1", "extended", limit="close", by=DAY, why="x")
    assert office.due("A1", "close") == due


class TestWork:
    """The playbook walked for an order."""

    def test_what_each_tells_the_other(self, tmp_path: Path) -> None:
        """The walk does not ask what the order tells; the order has what the walk brought; links both."""
        for command in (
            "add A1 --urgency living --kind 停水 --phone 13812345678 --content 找13812345678",
            "dispatch A1 供水所 --second 幸福村",
            "verify A1 --truth real --evidence 照片",
            "respond A1 --evidence 录音",
        ):
            assert zhiban(tmp_path, "order", *command.split()).returncode == 0
        answers = tmp_path / "a.yaml"
        answers.write_text("facts: {meeting: met}\nsteps: {'*': done}\n", "utf-8")
        done = zhiban(tmp_path, "order", "work", "A1", "--answers", str(answers), "--json")
        incident = json.loads(done.stdout)
        facts = {name.rpartition(".")[2]: value.get("value") for name, value in incident["facts"].items()}
        assert (facts["urgency"], facts["truth"], facts["calls"]) == ("living", "real", 1)
        assert facts["came_back"] is False
        assert facts["hours_left"] > 90  # four whole days and what is left of today
        assert "13812345678" not in done.stdout
        assert incident["outcomes"]["hotline-order.ring"]["outcome"] == "done"
        shown = json.loads(zhiban(tmp_path, "order", "show", "A1", "--json").stdout)
        assert shown["incident"] == incident["id"]
        before = len(shown["events"])

        answers.write_text(ANSWERS, "utf-8")
        done = zhiban(tmp_path, "order", "work", "A1", "--answers", str(answers), "--json")
        assert json.loads(done.stdout)["id"] == incident["id"]  # the same one goes on
        shown = json.loads(zhiban(tmp_path, "order", "show", "A1", "--json").stdout)
        kinds = [event["kind"] for event in shown["events"][before:]]
        assert "owned" in kinds
        assert "planned" in kinds
        assert kinds.count("replied") == 1
        assert "见面没有留痕" in done.stderr  # the conclusion waits for its record, and says so
        assert "concluded" not in kinds

        for step in ("meet", "handle"):
            assert not shown["closed"]
            zhiban(tmp_path, "order", "evidence", "A1", step, "--evidence", "照片")
            shown = json.loads(zhiban(tmp_path, "order", "show", "A1", "--json").stdout)
        # the last record was all that it waited for
        # … and the callback, which the walk had too, only for the conclusion: the file is shut
        assert [event["kind"] for event in shown["events"][-4:]] == [
            "evidence",
            "concluded",
            "callback",
            "closed",
        ]
        assert (shown["resolved"], shown["satisfied"], shown["done"]) == (True, "满意", True)

    def test_what_an_incident_brings_is_there_at_once(self, tmp_path: Path) -> None:
        """An incident resumed by itself, not through its order: whatever looks at orders next knows."""
        for command in ("add A1 --kind 停水", "dispatch A1 供水所 --second 幸福村"):
            assert zhiban(tmp_path, "order", *command.split()).returncode == 0
        answers = tmp_path / "a.yaml"
        answers.write_text("facts: {}\nsteps: {}\n", "utf-8")
        done = zhiban(tmp_path, "order", "work", "A1", "--answers", str(answers), "--json")
        incident = json.loads(done.stdout)["id"]
        answers.write_text(ANSWERS, "utf-8")
        done = zhiban(tmp_path, "resume", incident, "--answers", str(answers), "--json")
        assert done.returncode in (0, 3), done.stderr
        for _ in range(2):
            [todo] = json.loads(zhiban(tmp_path, "order", "list", "--json").stdout)
            assert todo["responded"]
            assert todo["truth"] == "real"
        events = json.loads(zhiban(tmp_path, "order", "show", "A1", "--json").stdout)["events"]
        assert [event["kind"] for event in events].count("responded") == 1

    @pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
    def test_killed_in_the_walk(self, tmp_path: Path) -> None:
        """What was marked before kill -9 reaches the order when it is worked on again, once."""
        from tests.walking import Officer, emitted, run

        for command in ("add A1 --kind 停水", "dispatch A1 供水所 --second 幸福村"):
            assert run(tmp_path, "order", *command.split()).returncode == 0
        officer = Officer(tmp_path, "order", "work", "A1")
        screen = officer.at_prompt()
        assert "双派" not in screen  # the ledger shows that it was done
        assert "1 给来电人打电话" in screen
        officer.child.sendline("1")
        assert "已办好：给来电人打电话" in officer.at_prompt()
        officer.child.kill(9)
        officer.child.close()
        for _ in range(2):
            again = Officer(tmp_path, "order", "work", "A1")
            assert "接着办" in again.at_prompt()
            again.child.sendline("q")
            again.child.expect("已保存")
            again.child.close()
        shown = emitted(tmp_path, "order", "show", "A1", "--json")
        assert isinstance(shown, dict)
        assert [event["kind"] for event in shown["events"]].count("responded") == 1

    def test_errors_are_ours(self) -> None:
        """The errors of the ledger are zhiban's."""
        assert all(issubclass(kind, ZhibanError) for kind in (BadData, Conflict, NotFound, UsageError))
        assert Journal(None).heads("o-") == {}


class TestMoments:
    """Moments that cannot be."""

    def test_a_callback_before_the_conclusion(self) -> None:
        """Told afterwards with its own moment, it cannot lie before the conclusion either (H1.52, H1.53)."""
        office = Office(None, START)
        office.add("A1", kind="停水")
        office.until("2026-02-13 09:30:00")
        office.through("A1")
        office.until("2026-02-13 10:00:00")
        with pytest.raises(UsageError, match=r"回访在办结（2026-02-13 09:30）之前"):
            office.ledger.act("A1", "callback", SAID, at=at("2026-02-13 09:29:59"))
        assert office.ledger.act("A1", "callback", SAID, at=at("2026-02-13 09:30:00")).done

    def test_due_times_that_are_past(self) -> None:
        """A time from above cannot lie before the call, nor a new one before now."""
        office = Office(None, START)
        with pytest.raises(UsageError, match="在受理之前"):
            office.add("A1", due=at("2026-02-13 08:00:00"))
        office.add("A1", kind="停水")
        office.through("A1")
        with pytest.raises(UsageError, match="已经过去"):
            office.act("A1", "reopened", why="x", due="2026-02-13T08:00:00+08:00")


def test_a_record_changed_by_hand_is_named(tmp_path: Path) -> None:
    """The hash chain of an order tells; an order nobody touched is not named."""
    office = Office(tmp_path / "ledger.db", START)
    office.add("A1", kind="停水")
    office.add("A2", kind="停水")
    assert office.ledger.changed() == []
    office.journal.close()
    with sqlite3.connect(tmp_path / "ledger.db") as opened:
        opened.execute("UPDATE events SET data = replace(data, '停水', '噪音') WHERE incident = 'o-A1'")
    opened.close()
    ledger = Office(tmp_path / "ledger.db", START).ledger
    assert (ledger.changed(), ledger.changed("A2"), ledger.changed("none")) == (["A1"], [], [])
    ledger.journal.close()
