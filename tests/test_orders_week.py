"""A working week before the Spring Festival of 2026 and what came after it, with every figure by hand.

Monday 9 to Friday 13 February; Saturday 14 is worked (调休); 15 to 23 is the holiday; 24 to 27 is worked,
and so is Saturday 28.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import UsageError
from engine.journal import Journal
from engine.orders import importing
from engine.orders.batches import Batches
from engine.orders.rules import grouped, ranking, scored
from tests.ordering import Office, at

WATER, CITY = "供水所", "城管所"
# as the city's platform gives it, in GBK
SHEET = """工单编号,受理时间,来电人电话,类别,被反映方,内容
W3,2026-02-13 10:00,13700000003,噪音,工地,夜里施工
W4,2026-02-13 10:10,13700000004,停水,新村,水压低
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The ledger on Monday morning, with room for imports."""
    made = Office(tmp_path / "ledger.db", "2026-02-09 09:00:00", cache=tmp_path / "cache")
    made.ledger.rows = Batches(made.journal, tmp_path / "orders")
    with made.journal:
        yield made


def day(number: int, time: str) -> str:
    """A moment of February."""
    return f"2026-02-{number:02} {time}" + (":00" if time.count(":") == 1 else "")


def bring_in(office: Office, folder: Path) -> None:
    """Import the sheet of Friday."""
    sheet = folder / "0213.csv"
    sheet.write_bytes(SHEET.encode("gbk"))
    batches = office.ledger.rows
    assert isinstance(batches, Batches)
    acted = [one.order.no for one in office.ledger.standings(every=True)]
    known = importing.Known(batches, acted, office.schemes)
    checked = importing.check(sheet, known, office.clock.now())
    assert checked.problems.errors == 0
    batch = importing.commit(checked, batches, office.clock.now())
    assert batch is not None
    assert batch.rows == 2


def test_the_week(office: Office, tmp_path: Path) -> None:
    """Received, imported, dispatched, warned, reported, paused, extended, called back, reckoned."""
    # ---- Monday: a burst pipe, dealt with in time throughout
    office.add("W1", urgency="living", kind="停水", subject="东街")
    assert office.todos() == [("W1", 4)]
    office.until(day(9, "09:05"))
    office.act("W1", "dispatched", unit=WATER, second="幸福村")
    office.until(day(9, "09:24:59"))
    assert office.state("W1", "respond") == "running"  # due 9:35
    office.until(day(9, "09:25"))
    assert office.state("W1", "respond") == "warned"  # 10 minutes before
    assert office.todos() == [("W1", 3)]
    office.until(day(9, "09:30"))
    office.act("W1", "responded", evidence="录音1")
    office.until(day(9, "09:50"))
    office.act("W1", "verified", truth="real", evidence="照片1")
    office.act("W1", "met", how="met", evidence="合影1")
    office.until(day(9, "11:00"))
    office.act("W1", "planned", text="换阀门，今天完")
    office.until(day(9, "11:30"))
    office.act("W1", "arranged")
    with pytest.raises(UsageError, match="还没有办结，回访要在办结之后"):
        office.act("W1", "callback", resolved=True, satisfied="满意")
    office.until(day(9, "16:00"))
    office.act("W1", "concluded", text="阀门换好", evidence="照片2")
    office.until(day(9, "16:30"))
    office.act("W1", "replied", how="phone", evidence="录音2")

    # ---- Monday to Tuesday, over midnight: danger to life, due 0:50, answered 1:10
    office.until(day(9, "23:50"))
    office.add("W2", urgency="life", kind="漏电", subject="路灯杆")
    assert office.todos()[0] == ("W2", 0)
    office.until(day(9, "23:55"))
    office.act("W2", "dispatched", unit=CITY, second="向阳村")
    office.until(day(10, "00:20"))
    office.act("W2", "responded", none="现场抢险，没顾上录音")
    office.until(day(10, "00:30"))
    assert office.due("W2", "life") == at(day(10, "00:50"))
    assert office.state("W2", "life") == "warned"  # 20 minutes before
    office.act("W2", "verified", truth="real", evidence="照片3")
    office.act("W2", "planned", text="断电、换杆")
    office.act("W2", "arranged")
    office.until(day(10, "00:50"))
    assert office.state("W2", "life") == "warned"
    office.until(day(10, "00:50:01"))
    assert office.state("W2", "life") == "overdue"
    office.until(day(10, "01:00:01"))
    assert office.state("W2", "life") == "escalated"  # more than 10 minutes late
    office.until(day(10, "01:10"))
    office.act("W2", "replied", how="face", evidence="合影2")
    assert office.state("W2", "life") == "late"
    office.act("W2", "met", how="refused", evidence="拒见录音")

    # ---- Tuesday: W1 called back; W2 concluded; a false report, set aside by rule
    office.until(day(10, "10:00"))
    assert office.act("W1", "callback", resolved=True, satisfied="满意").done
    office.act("W2", "concluded", text="杆换好", evidence="照片4")
    office.add("W5", kind="占道", subject="早点摊")
    office.act("W5", "dispatched", unit=CITY, second="向阳村")
    office.until(day(10, "10:40"))
    office.act("W5", "verified", truth="malicious", evidence="监控、走访记录", approved="王镇长")
    assert office.act("W5", "replied", how="phone").done

    # ---- Wednesday: W2 called back dissatisfied: reopened and raised; a caller who calls three times
    office.until(day(11, "09:00"))
    standing = office.act("W2", "callback", resolved=True, satisfied="不满意")
    # the record of one step is missing (-0.5), one "no" (-0.5)
    assert scored(standing.order, office.ledger.scheme(standing.order)) == ["missing_evidence", "one_no"]
    assert office.todos() == [("W2", 1)]
    office.until(day(11, "09:30"))
    office.act("W2", "escalated", to="包片领导")
    office.until(day(11, "10:00"))
    office.add("W6", phone="13700000006", kind="停水", subject="西街")
    office.act("W6", "dispatched", unit=WATER, second="西街社区")
    office.until(day(11, "10:20"))
    office.act("W6", "repeated", text="还没人来")
    assert office.act("W6", "repeated", text="第三次了").raised is not None
    assert office.todos()[0] == ("W6", 1)
    office.act("W6", "escalated", to="包片领导")
    office.act("W6", "responded", evidence="录音4")
    office.until(day(11, "10:50"))
    office.act("W6", "verified", truth="real", evidence="照片5")
    office.act("W6", "met", how="met", evidence="合影3")
    office.act("W6", "planned", text="换水表，等配件")
    office.act("W6", "arranged")
    assert office.due("W6", "close") == at(day(15, "23:59:59"))  # 11, 12, 13, 14, 15

    # ---- Thursday and Friday: W6 waits for a part; W2 done again, this time well
    office.until(day(12, "10:00"))
    office.act("W6", "paused", why="等厂家配件")
    assert office.due("W6", "close") is None
    office.act("W2", "concluded", text="又加了护栏", evidence="照片6")
    office.act("W2", "replied", how="face", evidence="合影4")
    office.until(day(13, "09:00"))
    standing = office.act("W2", "callback", resolved=True, satisfied="满意")
    assert standing.done
    assert (standing.reopened, standing.order.returned) == (1, True)
    assert standing.order.replied == at(day(10, "01:10"))  # the first reply is what the limit measures

    # ---- Friday: two orders come in a sheet; both are due on 17 February, in the holiday
    office.until(day(13, "10:30"))
    bring_in(office, tmp_path)
    # W6 stands still: last; W3 and W4 have 30 and 40 minutes left to be verified
    assert office.todos() == [("W3", 4), ("W4", 4), ("W6", 5)]
    office.until(day(13, "10:45"))
    assert office.todos() == [("W3", 3), ("W4", 4), ("W6", 5)]
    for no, unit, village in (("W3", CITY, "工地村"), ("W4", WATER, "新村")):
        office.act(no, "dispatched", unit=unit, second=village)
        office.act(no, "verified", truth="real", evidence="照片")
        office.act(no, "responded", evidence="录音")
        office.act(no, "met", how="met", evidence="合影")
        office.act(no, "planned", text="按方案")
        office.act(no, "arranged")
        assert office.due(no, "close") == at(day(17, "23:59:59"))  # 13, 14, 15, 16, 17

    # ---- Saturday, worked: W6's part comes; W3 is extended in time
    office.until(day(14, "10:00"))
    office.act("W6", "resumed")
    # the clock stood still at the ends of the 12th and the 13th: two days more
    assert office.due("W6", "close") == at(day(17, "23:59:59"))
    office.act("W3", "extended", limit="close", by={"amount": 3, "unit": "wd"}, why="节后复工再测")
    # three working days after the 17th: 24, 25, 26
    assert office.due("W3", "close") == at(day(26, "23:59:59"))
    office.until(day(14, "16:00"))
    office.act("W6", "concluded", text="水表换好", evidence="照片7")
    office.act("W6", "replied", how="phone", evidence="录音5")

    # ---- the holiday: nobody is there, the calendar days of W4 run on
    office.until(day(16, "23:59:58"))
    assert office.state("W4", "close") == "running"
    office.until(day(16, "23:59:59"))
    assert office.state("W4", "close") == "warned"  # a day before
    office.until(day(17, "23:59:59"))
    assert office.state("W4", "close") == "warned"
    office.until(day(18, "00:00"))
    assert office.state("W4", "close") == "overdue"
    office.until(day(19, "00:00"))
    assert office.state("W4", "close") == "escalated"  # a day late

    # ---- Tuesday 24: back at work
    office.until(day(24, "09:00"))
    # W4 to be reported; W3 has until the 26th; W6 waits for its callback, no clock runs
    assert office.todos() == [("W4", 1), ("W3", 4), ("W6", 5)]
    with pytest.raises(UsageError, match="02月17日23:59到期，过期不能再延"):
        office.act("W4", "extended", limit="close", by={"amount": 1, "unit": "wd"}, why="放假")
    office.act("W4", "escalated", to="分管领导")
    assert office.todos()[0] == ("W4", 2)
    office.act("W4", "concluded", text="加压泵修好", evidence="照片8")
    assert office.state("W4", "close") == "late"
    office.act("W4", "replied", how="phone", evidence="录音6")
    assert office.act("W6", "callback", resolved=True, satisfied="满意").done

    # ---- Wednesday and Thursday: the last ones
    office.until(day(25, "10:00"))
    assert office.act("W4", "callback", resolved=True, satisfied="一般").done  # neither yes nor no
    office.until(day(25, "15:00"))
    assert office.state("W3", "close") == "running"
    office.act("W3", "concluded", text="换了低噪设备", evidence="检测报告")
    office.act("W3", "replied", how="face", evidence="合影")
    office.until(day(26, "10:00"))
    standing = office.act("W3", "callback", resolved=False, satisfied="不满意")
    assert standing.raised is not None
    assert office.todos() == [("W3", 1)]

    reckoned(office)
    for id in office.journal.heads("o-"):
        assert office.journal.verify(id) == []


def reckoned(office: Office) -> None:
    """The figures of the week, by unit.

    |        | W1  | W4 | W6  | sum      |        | W2          | W3  | W5       | sum          |
    | 供水所 | +1  | 0  | +1  | 2 = 600  | 城管所 | -0.5 + 1    | -1  | excluded | -0.5 = -150  |
    """
    orders = [standing.order for standing in office.ledger.standings(every=True)]
    assert [order.no for order in orders] == ["W1", "W2", "W5", "W6", "W3", "W4"]  # as they came
    units = grouped(orders, office.schemes, lambda order: order.unit)
    water, city = units[WATER], units[CITY]

    assert (water.received, water.excluded, water.analysed) == (3, {}, 3)
    assert (city.received, city.excluded, city.analysed) == (3, {"malicious": 1}, 2)
    assert (water.points, water.money) == (2, 600)
    assert (city.points, city.money) == (-0.5, -150)
    # all were responded to; W3 is open again; W4's caller is neither satisfied nor not
    assert {id: (water.good[id], water.over[id]) for id in water.over} == {
        "response": (3, 3), "closure": (3, 3), "solution": (3, 3), "satisfaction": (2, 3),
    }  # fmt: skip
    assert {id: (city.good[id], city.over[id]) for id in city.over} == {
        "response": (2, 2), "closure": (1, 2), "solution": (1, 2), "satisfaction": (1, 2),
    }  # fmt: skip
    # by the week's ranking (C.48): response is equal, closure decides; below 0 honours would be lost (H4.06)
    week = ranking(units, office.ledger.scheme(orders[0]), "week")
    assert [(line.place, line.name, line.lost) for line in week] == [(1, WATER, False), (2, CITY, True)]


def test_what_was_kept_is_what_is_folded(office: Office, tmp_path: Path) -> None:
    """The kept orders are used only while they are those of the record; a broken file costs nothing."""
    for number in range(250):
        office.add(f"N{number}", kind="停水")
    kept = tmp_path / "cache"
    first = list(office.ledger.standings())
    assert kept.stat().st_mode & 0o077 == 0
    office.act("N7", "noted", text="甲")
    office.act("N8", "paused", why="等件")
    with Journal(None) as empty:
        plain = Office(None, "2026-02-09 09:00:00")
        plain.journal.close()
        plain.ledger.journal = office.journal
        assert list(office.ledger.standings()) == list(plain.ledger.standings()) != first
        # another ledger does not see these orders
        office.ledger.journal = empty
        assert list(office.ledger.standings()) == []
        office.ledger.journal = office.journal
    kept.write_bytes(b"\x00broken")
    assert list(office.ledger.standings()) == list(plain.ledger.standings())
