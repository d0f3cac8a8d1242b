"""An order walked past the callback: redo, one "no", the last answer, nobody reached, set aside."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.clock import stamp
from engine.console.orderwork import flow_back
from engine.errors import UsageError
from engine.journal import Journal
from engine.model import Event
from engine.orders.agenda import next_of
from engine.orders.model import Order
from engine.orders.standing import apply, standing_of
from tests.ordering import Office, zhiban

FACTS = {
    "urgency": "plain", "truth": "real", "owner": "mine", "meeting": "met", "claim": "fair", "field": "other",
    "offence": False, "fix_state": "solved", "evidence_gap": False, "net_use": "fine", "showed": [],
}  # fmt: skip
START = "2026-02-13 09:00:00"


def begun(home: Path) -> None:
    """One order that is dispatched, verified, responded to and met, with all records."""
    for command in (
        "add A1 --kind 停水",
        "dispatch A1 供水所 --second 幸福村",
        "verify A1 --truth real --evidence 照片",
        "respond A1 --evidence 录音",
        "meet A1 met --evidence 影像",
    ):
        done = zhiban(home, "order", *command.split())
        assert done.returncode == 0, done.stderr


def walk(home: Path, **facts: Any) -> str:
    """Walk the playbook to its end with these answers; the errors it printed."""
    answers = home / "a.json.yaml"
    answers.write_text(json.dumps({"facts": {**FACTS, **facts}, "steps": {"*": "done"}}), "utf-8")
    return zhiban(home, "order", "work", "A1", "--answers", str(answers), "--json").stderr


def shown(home: Path) -> dict[str, Any]:
    """The order in JSON."""
    found = json.loads(zhiban(home, "order", "show", "A1", "--json").stdout)
    assert isinstance(found, dict)
    return found


def kinds(home: Path) -> list[str]:
    """What was done to the order, without what only remembers how far the walk went."""
    return [event["kind"] for event in shown(home)["events"] if event["kind"] != "walked"]


def handled(home: Path) -> None:
    """The record of the handling is brought."""
    zhiban(home, "order", "evidence", "A1", "handle", "--evidence", "照片")


def tell(office: Office, journal: Journal, *done: str) -> None:
    """Go on with the incident `i1`: steps done, `fact=value` answered, or the last act undone."""
    seq = len(journal.events("i1"))
    events = []
    for number, what in enumerate(done, seq + 1):
        fact, _, value = what.partition("=")
        data: dict[str, Any] = {"step": f"hotline-order.{what}", "outcome": "done"}
        kind = "answered" if value else "undone" if what == "undone" else "marked"
        if kind == "answered":
            data = {"fact": f"hotline-order.{fact}", "value": value}
        elif kind == "undone":
            data = {"act": number - 1}
        events.append(Event(number, kind, stamp(office.clock.now()), number, data))
    journal.append("i1", seq, events)


def linked(*done: str) -> tuple[Office, Journal]:
    """An order that lacks only what the walk brings, and its incident `i1`."""
    office, journal = Office(None, START), Journal(None)
    office.add("A1", kind="停水")
    office.through("A1", short_of="planned")
    office.act("A1", "evidence", step="handle", evidence="照片")
    journal.create("i1", "real", {}, [Event(1, "begun", stamp(office.clock.now()), 1, {})], "工单 A1")
    office.act("A1", "walked", incident="i1", seq=1)
    tell(office, journal, *done)
    return office, journal


class TestRedo:
    """What is done again in the same walk (C.22)."""

    @pytest.mark.parametrize(
        ("visit", "resolved", "satisfied"),
        [("unsolved", False, "满意"), ("unhappy", True, "不满意"), ("neither", False, "不满意")],
    )
    def test_redone_and_satisfied(self, tmp_path: Path, visit: str, resolved: bool, satisfied: str) -> None:
        """The dissatisfied answer reopens and raises; report, second answer, second callback follow, once."""
        begun(tmp_path)
        said = walk(tmp_path, visit=visit, second="both")
        assert "办理没有留痕" in said
        handled(tmp_path)  # the first conclusion waited for it, and with it the callback
        first = shown(tmp_path)
        assert (first["resolved"], first["satisfied"], first["done"]) == (resolved, satisfied, False)
        begins = kinds(tmp_path).index("concluded")
        assert kinds(tmp_path)[begins:] == [
            "concluded", "callback", "reopened", "raised", "escalated", "replied",
        ]  # fmt: skip
        assert not first["closed"]  # the redo has no record yet
        again = walk(tmp_path, visit=visit, second="both")  # walked again: nothing is entered twice
        assert "已经办完" in again
        assert "办理没有留痕" in again
        before = kinds(tmp_path)
        for _ in range(2):
            zhiban(tmp_path, "order", "list")
        assert kinds(tmp_path) == before
        handled(tmp_path)
        assert kinds(tmp_path)[len(before) :] == ["evidence", "concluded", "callback", "closed"]
        last = shown(tmp_path)
        assert (last["resolved"], last["satisfied"], last["done"]) == (True, "满意", True)
        assert not last["raised"]
        assert kinds(tmp_path).count("reopened") == 1

    def test_still_not_satisfied(self, tmp_path: Path) -> None:
        """A second dissatisfied answer: the leader's written answer ends it; the "no" goes on counting."""
        begun(tmp_path)
        walk(tmp_path, visit="unhappy", second="neither")
        handled(tmp_path)
        handled(tmp_path)
        found = shown(tmp_path)
        assert kinds(tmp_path)[-6:] == ["concluded", "callback", "reopened", "raised", "final", "closed"]
        assert (found["resolved"], found["satisfied"], found["done"]) == (False, "不满意", True)
        assert found["closed"]
        assert kinds(tmp_path).count("reopened") == 2

    def test_a_callback_by_hand_is_not_entered_again(self) -> None:
        """Told to the order and then to the walk: it is one callback, not two; the redo is entered."""
        office, journal = linked("reply", "report")
        flow_back(office.ledger, journal, "A1", "i1")
        office.clock.advance(timedelta(minutes=1))
        office.act("A1", "callback", resolved=False, satisfied="不满意")
        assert office.ledger.get("A1").reopened == 1
        office.clock.advance(timedelta(minutes=1))
        tell(office, journal, "visit=neither", "redo", "second=both")
        flow_back(office.ledger, journal, "A1", "i1")
        office.act("A1", "evidence", step="handle", evidence="照片")
        for _ in range(2):
            standing = flow_back(office.ledger, journal, "A1", "i1")
        found = [event.kind for event in office.ledger.events("A1")]
        assert (found.count("callback"), found.count("reopened"), found.count("concluded")) == (2, 1, 2)
        assert standing.done

    def test_what_was_put_right_counts(self) -> None:
        """An answer that was corrected, or undone, before it reached the order is not entered."""
        office, journal = linked("reply", "report", "visit=neither", "visit=both")
        assert flow_back(office.ledger, journal, "A1", "i1").done
        assert "reopened" not in [event.kind for event in office.ledger.events("A1")]
        office, journal = linked("reply", "report", "visit=neither", "undone")
        standing = flow_back(office.ledger, journal, "A1", "i1")
        assert (standing.order.closed is not None, standing.order.called_back) == (True, None)

    def test_the_next_round_waits_for_the_answer(self) -> None:
        """While the callback cannot be entered, nothing that came after it is: not even the report."""
        office, journal = linked("visit=neither", "escalate", "redo")
        for _ in range(2):
            standing = flow_back(office.ledger, journal, "A1", "i1")
        assert (standing.escalated, standing.answered) == (None, None)
        office.act("A1", "concluded", text="修好", evidence="照片")
        office.act("A1", "replied", how="phone", evidence="录音")
        for _ in range(2):
            standing = flow_back(office.ledger, journal, "A1", "i1")
        found = [event.kind for event in office.ledger.events("A1")]
        assert found.count("escalated") == 1
        assert (standing.reopened, standing.raised) == (1, None)
        assert standing.answered is not None


class TestSetAside:
    """Orders that the walk takes out of the rates."""

    def test_unreasonable(self, tmp_path: Path) -> None:
        """Set aside with the record of the walk as its reason (H1.54), answered and shut."""
        begun(tmp_path)
        walk(tmp_path, claim="regret", visit="both")
        found = shown(tmp_path)
        assert found["excluded"] == "unreasonable"
        assert found["done"] is True
        assert kinds(tmp_path).count("excluded") == 1

    def test_elsewhere(self, tmp_path: Path) -> None:
        """Sent back with its paper (H4.17)."""
        begun(tmp_path)
        walk(tmp_path, owner="other", taken=True, visit="both")
        found = shown(tmp_path)
        assert (found["excluded"], found["done"]) == ("elsewhere", True)

    @pytest.mark.parametrize(
        ("ok", "truth", "excluded"), [(True, "malicious", "malicious"), (False, "untrue", "")]
    )
    def test_malice_is_what_the_leader_sees(
        self, tmp_path: Path, ok: bool, truth: str, excluded: str
    ) -> None:
        """Malicious only on a leader's word (C.09); else it was not found."""
        zhiban(tmp_path, "order", "add", "A1")
        walk(tmp_path, truth="malicious", malice_ok=ok, visit="both")
        found = shown(tmp_path)
        assert (found["truth"], found["excluded"]) == (truth, excluded)


class TestEnds:
    """Ends other than a satisfied callback."""

    @pytest.fixture
    def office(self) -> Office:
        """An order that was replied to."""
        made = Office(None, START)
        made.add("A1", kind="停水")
        made.through("A1")
        return made

    def test_nobody_reached(self, office: Office) -> None:
        """Shut with the reason; it answers no question, so it is in neither rate."""
        standing = office.act("A1", "callback", unreached=True, why="三次打不通")
        assert standing.done
        assert (standing.order.resolved, standing.order.satisfied) == (None, "")

    def test_nobody_reached_after_a_no(self, office: Office) -> None:
        """What the caller said the first time goes on counting."""
        office.act("A1", "callback", resolved=False, satisfied="不满意")
        office.act("A1", "concluded", text="再修", evidence="照片")
        office.act("A1", "replied", how="phone", evidence="录音")
        standing = office.act("A1", "callback", unreached=True, why="三次打不通")
        assert standing.done
        assert (standing.order.resolved, standing.order.satisfied) == (False, "不满意")

    @pytest.mark.parametrize(
        ("kind", "data", "words"),
        [
            ("callback", {"unreached": True}, "没有写打过几次"),
            ("callback", {"unreached": True, "why": "x", "satisfied": "满意"}, "问到了"),
            ("final", {"by": "张", "text": "x", "evidence": "x"}, "没有说过不满意"),
        ],
    )
    def test_refused(self, office: Office, kind: str, data: dict[str, Any], words: str) -> None:
        """Not without its reason, and no last answer to one who is not dissatisfied."""
        with pytest.raises(UsageError, match=words):
            office.act("A1", kind, **data)

    def test_the_last_answer(self, office: Office) -> None:
        """Who gave it, what it says and its paper; then the file is shut, nothing waits."""
        office.act("A1", "callback", resolved=False, satisfied="不满意")
        with pytest.raises(UsageError, match=r"哪位领导.*书面答复"):
            office.act("A1", "final", text="修到这一步")
        standing = office.act("A1", "final", by="张", text="修到这一步，可向县里复核", evidence="答复书")
        assert standing.done
        assert standing.raised is None
        assert standing.order.closed is not None
        assert standing.order.satisfied == "不满意"
        assert office.act("A1", "reopened", why="上级交办").done is False


class TestPutRight:
    """What was put right in the walk after it had reached the order."""

    @pytest.fixture
    def desk(self) -> tuple[Office, Journal]:
        """A verified order whose walk has told that the caller was rung and met."""
        office, journal = Office(None, START), Journal(None)
        office.add("A1", kind="停水")
        office.act("A1", "dispatched", unit="供水所", second="幸福村")
        journal.create("i1", "real", {}, [Event(1, "begun", stamp(office.clock.now()), 1, {})], "工单 A1")
        office.act("A1", "walked", incident="i1", seq=1)
        tell(office, journal, "truth=real", "ring", "meet")
        flow_back(office.ledger, journal, "A1", "i1")
        office.clock.advance(timedelta(minutes=20))
        return office, journal

    def test_an_answer_is_entered_again(self, desk: tuple[Office, Journal]) -> None:
        """Another finding, another meeting; and when the new finding is undone, the first again."""
        office, journal = desk
        tell(office, journal, "truth=untrue", "record-refusal")
        found = flow_back(office.ledger, journal, "A1", "i1")
        assert (found.truth, found.order.met) == ("untrue", "refused")
        tell(office, journal, "truth=partly", "undone")
        assert flow_back(office.ledger, journal, "A1", "i1").truth == "untrue"
        seq = len(journal.events("i1"))
        taken = Event(seq + 1, "undone", stamp(office.clock.now()), seq + 1, {"act": 5})
        journal.append("i1", seq, [taken])
        assert flow_back(office.ledger, journal, "A1", "i1").truth == "real"

    def test_a_step_done_again_has_its_new_moment(
        self, desk: tuple[Office, Journal], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Undone and done later: the clock of the response stops then; nothing is left to tell."""
        office, journal = desk
        seq = len(journal.events("i1"))
        now = stamp(office.clock.now())
        taken = Event(seq + 1, "undone", now, seq + 1, {"act": 3})
        rung = Event(seq + 2, "marked", now, seq + 2, {"step": "hotline-order.ring", "outcome": "done"})
        journal.append("i1", seq, [taken, rung])
        assert flow_back(office.ledger, journal, "A1", "i1").order.responded == office.clock.now()
        assert capsys.readouterr().err == ""

    def test_what_cannot_follow_is_told_once(
        self, desk: tuple[Office, Journal], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A step that was undone: the order keeps it, says so in its history, and how to put it right."""
        office, journal = desk
        seq = len(journal.events("i1"))
        journal.append("i1", seq, [Event(seq + 1, "undone", stamp(office.clock.now()), seq + 1, {"act": 3})])
        for _ in range(2):
            standing = flow_back(office.ledger, journal, "A1", "i1")
        assert standing.order.responded is not None
        err = capsys.readouterr().err
        assert err.count("响应撤销了，台账仍记着") == 1
        assert "zhiban order respond A1" in err
        assert [event.kind for event in office.ledger.events("A1")].count("noted") == 1

    def test_a_callback_that_was_put_right(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The file is shut: the officer is told what differs and that it is to be reopened."""
        office, journal = linked("reply", "report", "visit=both")
        assert flow_back(office.ledger, journal, "A1", "i1").done
        tell(office, journal, "visit=unsolved")
        standing = flow_back(office.ledger, journal, "A1", "i1")
        assert standing.done
        err = capsys.readouterr().err
        assert "回访改成“没解决，满意”，台账仍是“解决了，满意”" in err
        assert "zhiban order reopen A1" in err

    def test_a_step_that_comes_again_is_no_correction(self, desk: tuple[Office, Journal]) -> None:
        """The caller is rung once more later: what the limits measure is the first time."""
        office, journal = desk
        before = office.ledger.get("A1").order.responded
        tell(office, journal, "ring")
        assert flow_back(office.ledger, journal, "A1", "i1").order.responded == before
        assert "noted" not in [event.kind for event in office.ledger.events("A1")]

    def test_what_was_set_aside_by_mistake_counts_again(self, desk: tuple[Office, Journal]) -> None:
        """Reopened with a reason, an order is in the rates again and goes its way."""
        office, _ = desk
        office.act("A1", "excluded", reason="unreasonable", why="三包以外", evidence="报告")
        standing = office.act("A1", "reopened", why="领导不认")
        assert (standing.order.excluded, standing.done) == ("", False)
        todo = next_of(standing, office.ledger.watches(standing), office.clock.now())
        assert todo.command.startswith("zhiban order plan A1")


def test_what_is_set_aside_is_not_conferred_about() -> None:
    """The third call raises an order; once it is set aside, what is left to do is to tell the caller why."""
    office = Office(None, START)
    for no in ("1", "2", "3"):
        office.add(no, phone="13812345678", kind="停水")
    assert office.ledger.get("3").raised is not None
    standing = office.act("3", "excluded", reason="unreasonable", why="三包以外", evidence="检测报告")
    assert standing.raised is None
    todo = next_of(standing, office.ledger.watches(standing), office.clock.now())
    assert todo.command.startswith("zhiban order reply 3")


@pytest.mark.parametrize(
    ("kind", "data", "left"),
    [
        ("noted", {"text": "x"}, "responded closed"),
        ("verified", {"truth": "real"}, "responded closed"),
        ("dispatched", {"unit": "甲", "second": "乙"}, ""),
    ],
)
def test_who_works_on_a_row_here_tells_what_its_sheet_did_not(
    kind: str, data: dict[str, Any], left: str
) -> None:
    """A row of a sheet without those columns: a note leaves it unknown; dispatched here, the ledger tells."""
    office = Office(None, START)
    row = Order("A1", office.clock.now(), untold="responded closed")
    standing = standing_of(row)
    event = Event(1, kind, stamp(office.clock.now()), 1, data)
    assert apply(standing, event).order.untold == left
