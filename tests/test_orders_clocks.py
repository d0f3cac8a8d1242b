"""The clocks of orders: every limit of the shipped example by its statement, and every rule of counting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import pytest

from engine.clock import BEIJING
from engine.errors import BadData, UsageError
from engine.model import Duration, Profile
from engine.orders import clocks
from engine.orders.clocks import Extension, Pause, due, may_extend, watches
from engine.orders.items import MOMENTS
from engine.orders.model import Limit, Order
from engine.orders.scheme import parse, shipped_file
from engine.workdays import is_workday

WORKING = partial(is_workday, profile=Profile())
SCHEMES, _ = parse([("scheme.yaml", shipped_file().read_bytes())])
assert SCHEMES is not None
SCHEME = SCHEMES.at(date(2026, 2, 1))


def at(text: str) -> datetime:
    """A moment at +08:00."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def span(text: str) -> Duration:
    """`5wd`."""
    number = text.rstrip("mhdw")
    return Duration(int(number), text[len(number) :])  # type: ignore[arg-type]


def limit(within: str, start: str = "event", **more: Any) -> Limit:
    """A limit from receipt to conclusion."""
    return Limit("办结", "closed", "received", span(within), start, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statement", "name", "of", "origin", "begin", "expected"),
    [
        ("C.27", "upload", "registered", "received", "2026-02-13 09:00:00", "2026-02-13 09:05:00"),
        ("C.28", "assess", "verified", "received", "2026-02-13 23:30:00", "2026-02-14 00:30:00"),
        ("C.29", "dispatch", "arranged", "received", "2026-02-13 22:00:00", "2026-02-14 01:00:00"),
        ("C.39", "respond", "responded", "dispatched", "2026-02-13 09:00:00", "2026-02-13 09:30:00"),
        ("C.41", "plan", "planned", "responded", "2026-02-13 09:00:00", "2026-02-13 11:00:00"),
        ("H4.10", "life", "replied", "received", "2026-02-13 09:00:00", "2026-02-13 10:00:00"),
        ("H4.09", "living", "replied", "received", "2026-02-13 09:00:00", "2026-02-14 09:00:00"),
        # five days counted from the day of the call, holidays included: 13, 14, 15, 16, 17 February
        ("H1.56", "close", "closed", "received", "2026-02-13 23:59:59", "2026-02-17 23:59:59"),
    ],
)
def test_the_limits_of_the_statements(
    statement: str, name: str, of: str, origin: str, begin: str, expected: str
) -> None:
    """Every clock of the shipped example is what its statement says, and cites it."""
    found = SCHEME.limits[name]
    assert statement in found.source
    assert (found.of, found.from_) == (of, origin)
    assert due(found, at(begin), WORKING) == at(expected)


@pytest.mark.parametrize("name", sorted(SCHEME.limits))
def test_the_limits_of_the_statements_to_the_second(name: str) -> None:
    """Every shipped clock: warned, in time in the due second, then late, then to be reported."""
    one, second = SCHEME.limits[name], timedelta(seconds=1)
    begin = at("2026-02-13 09:00:00")
    moments = {"received": begin, one.from_: begin}
    order = Order("1", **moments, urgency=one.urgency or "plain")  # type: ignore[arg-type]
    watch = next(w for w in watches(order, SCHEME, WORKING) if w.limit == name)
    assert watch.due is not None
    assert watch.warn_at is not None
    assert watch.escalate_at is not None
    states = [
        watch.state(moment + extra)
        for moment in (watch.warn_at, watch.due, watch.escalate_at)
        for extra in (-second, 0 * second, second)
    ]
    assert states == [
        "running", "warned", "warned", "warned", "warned", "overdue", "overdue", "overdue", "escalated",
    ]  # fmt: skip
    for extra, state in ((0 * second, "met"), (second, "late")):
        done = msgspec.structs.replace(watch, done=watch.due + extra)
        assert done.state(watch.due) == state


def test_no_limit_is_left_untested() -> None:
    """The table above has every limit of the example, and limits name moments of an order."""
    assert set(SCHEME.limits) == {
        "upload", "assess", "dispatch", "respond", "plan", "life", "living", "close",
    }  # fmt: skip
    assert set(MOMENTS) <= set(Order.__struct_fields__)


@pytest.mark.parametrize(
    ("within", "start", "begin", "expected"),
    [
        ("24h", "event", "2028-02-28 12:00:00", "2028-02-29 12:00:00"),  # a leap day has 24 hours too
        ("1d", "event", "2027-12-31 00:00:00", "2028-01-01 00:00:00"),
        ("1d", "event", "2026-02-28 00:00:00", "2026-03-01 00:00:00"),  # no leap day
        ("2h", "next_day", "2026-02-13 00:00:00", "2026-02-14 02:00:00"),  # from the next midnight
        ("1d", "day", "2026-02-13 00:00:00", "2026-02-13 23:59:59"),  # the day itself
        ("1d", "next_day", "2026-02-13 23:59:59", "2026-02-14 23:59:59"),
        ("2d", "day", "2028-02-28 10:00:00", "2028-02-29 23:59:59"),
        # Friday 13 February: Saturday 14 is worked, the holiday is 15 to 23
        ("1wd", "event", "2026-02-13 16:00:00", "2026-02-14 16:00:00"),
        ("2wd", "event", "2026-02-13 16:00:00", "2026-02-24 16:00:00"),
        ("1wd", "day", "2026-02-13 16:00:00", "2026-02-13 23:59:59"),
        ("2wd", "day", "2026-02-13 16:00:00", "2026-02-14 23:59:59"),
        ("1wd", "next_day", "2026-02-14 16:00:00", "2026-02-24 23:59:59"),
        ("1wd", "day", "2026-02-15 16:00:00", "2026-02-24 23:59:59"),  # called on a holiday
        # 14, 24, 25, 26, 27 and 28: the Saturdays at both ends are worked
        ("6wd", "next_day", "2026-02-13 16:00:00", "2026-02-28 23:59:59"),
        ("1wd", "event", "2026-12-30 10:00:00", "2026-12-31 10:00:00"),  # the last day of the table
    ],
)
def test_counting(within: str, start: str, begin: str, expected: str) -> None:
    """Minutes, hours, days and working days, from the event, the next day or the day itself."""
    assert due(limit(within, start), at(begin), WORKING) == at(expected)


def test_beyond_the_table() -> None:
    """A year that no calendar knows is a refusal that says how to add it; the hall's own table helps."""
    with pytest.raises(BadData) as caught:
        due(limit("1wd"), at("2026-12-31 10:00:00"), WORKING)
    assert "2027" in caught.value.message
    assert "calendar_source" in caught.value.help
    own = Profile(workdays={"2027-01-01": False}, calendar_sources={"2027": "通知"})
    working = partial(is_workday, profile=own)
    assert due(limit("1wd"), at("2026-12-31 10:00:00"), working) == at("2027-01-04 10:00:00")
    order = Order("1", at("2026-12-31 10:00:00"))
    scheme = _with(limit("1wd"))
    [watch] = watches(order, scheme, WORKING)
    assert watch.due is None
    assert watch.state(at("2026-12-31 11:00:00")) == "unknown"
    assert "2027" in watch.why


def test_time_zone() -> None:
    """A moment written in another zone is the same moment: its day is the day in Beijing."""
    utc = datetime.fromisoformat("2026-02-12T16:30:00+00:00")  # 13 February, 00:30
    assert due(limit("1d", "day"), utc, WORKING) == at("2026-02-13 23:59:59")


def _with(*limits: Limit) -> Any:
    return msgspec.structs.replace(SCHEME, limits={f"l{n}": one for n, one in enumerate(limits)})


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-02-13 09:19:59", "running"),
        ("2026-02-13 09:20:00", "warned"),  # 10 minutes before
        ("2026-02-13 09:30:00", "warned"),  # the due second itself is in time
        ("2026-02-13 09:30:01", "overdue"),
        ("2026-02-13 10:00:00", "overdue"),
        ("2026-02-13 10:00:01", "escalated"),  # more than 30 minutes late
    ],
)
def test_warned_overdue_escalated(now: str, state: str) -> None:
    """Warning, due time and report to the leader are three moments."""
    one = limit("30m", warn=span("10m"), escalate=span("30m"))
    [watch] = watches(Order("1", at("2026-02-13 09:00:00")), _with(one), WORKING)
    assert watch.state(at(now)) == state


@pytest.mark.parametrize(("done", "state"), [("09:30:00", "met"), ("09:30:01", "late")])
def test_done(done: str, state: str) -> None:
    """What is done in the due second is in time, a second later it is late, whatever the time now."""
    order = Order("1", at("2026-02-13 09:00:00"), closed=at(f"2026-02-13 {done}"))
    [watch] = watches(order, _with(limit("30m", warn=span("10m"))), WORKING)
    assert watch.state(at("2026-03-01 00:00:00")) == state


def test_warning_in_working_days() -> None:
    """A warning a working day ahead skips the holiday backwards: due 24 February, warned on the 14th."""
    one = limit("2wd", "day", warn=span("1wd"))
    [watch] = watches(Order("1", at("2026-02-14 09:00:00")), _with(one), WORKING)
    assert watch.due == at("2026-02-24 23:59:59")
    assert watch.warn_at == at("2026-02-14 23:59:59")


@pytest.mark.parametrize(
    ("within", "start", "begin", "end", "expected"),
    [
        ("2h", "event", "02-13 10:00", "02-13 10:40", "2026-02-13 11:40:00"),  # 40 minutes
        ("2h", "event", "02-13 11:00", "02-13 12:00", "2026-02-13 12:00:00"),  # paused in the due second
        ("2h", "event", "02-13 11:01", "02-13 12:00", "2026-02-13 11:00:00"),  # already due
        ("5d", "day", "02-13 10:00", "02-13 18:00", "2026-02-17 23:59:59"),  # the same day: still counts
        ("5d", "day", "02-13 10:00", "02-15 09:00", "2026-02-19 23:59:59"),  # the ends of two days
        ("2wd", "day", "02-13 10:00", "02-15 09:00", "2026-02-25 23:59:59"),  # two worked days lost
        ("2wd", "day", "02-14 10:00", "02-24 09:00", "2026-02-24 23:59:59"),  # one: the rest is holiday
    ],
)
def test_pause(within: str, start: str, begin: str, end: str, expected: str) -> None:
    """A pause moves minutes by its length and days by the days at whose end the clock stood still."""
    pause = Pause(at(f"2026-{begin}:00"), at(f"2026-{end}:00"))
    assert due(limit(within, start), at("2026-02-13 09:00:00"), WORKING, [pause]) == at(expected)


def test_two_pauses_and_one_that_lasts() -> None:
    """Pauses add up; while one lasts there is no due time, unless it came too late."""
    first = Pause(at("2026-02-13 09:10:00"), at("2026-02-13 09:20:00"))
    second = Pause(at("2026-02-13 09:35:00"), at("2026-02-13 09:40:00"))  # within the moved half hour
    begin = at("2026-02-13 09:00:00")
    assert due(limit("30m"), begin, WORKING, [second, first]) == at("2026-02-13 09:45:00")
    assert due(limit("30m"), begin, WORKING, [Pause(at("2026-02-13 09:10:00"))]) is None
    assert due(limit("30m"), begin, WORKING, [Pause(at("2026-02-13 09:31:00"))]) == at("2026-02-13 09:30:00")
    before = Pause(at("2026-02-13 08:00:00"), at("2026-02-13 08:30:00"))
    assert due(limit("30m"), begin, WORKING, [before]) == at("2026-02-13 09:30:00")


def test_extension_adds_to_the_end() -> None:
    """Working days (H1.58) more after the fifth day: 17 February + 24, 25, 26, 27, 28 (worked Saturday)."""
    assert {"H1.58", "C.19"} <= set(SCHEME.limits["close"].source)
    found = due(SCHEME.limits["close"], at("2026-02-13 09:00:00"), WORKING, (), [span("5wd")])
    assert found == at("2026-02-28 23:59:59")


@pytest.mark.parametrize(
    ("now", "by", "granted", "words"),
    [
        ("2026-02-18 00:00:00", "1wd", (), "过期不能再延"),
        ("2026-02-17 23:59:59", "6wd", (), "最多延5个工作日"),
        ("2026-02-17 23:59:59", "3wd", ("3wd",), "还能延2个工作日"),
        ("2026-02-17 23:59:59", "2d", (), "单位"),
        ("2026-02-17 23:59:59", "0wd", (), "延多久"),
    ],
)
def test_extension_refused(now: str, by: str, granted: tuple[str, ...], words: str) -> None:
    """Extended before it is due, in the scheme's unit and measure, or refused with the reason."""
    one = SCHEME.limits["close"]
    [watch] = [w for w in watches(_order(), SCHEME, WORKING) if w.limit == "close"]
    with pytest.raises(UsageError) as caught:
        may_extend("close", one, watch, span(by), [span(g) for g in granted], at(now))
    assert words in caught.value.message + caught.value.help


def test_extension_granted_in_the_last_second() -> None:
    """The last second before expiry is in time; a limit without `extendable` is never extended."""
    [watch] = [w for w in watches(_order(), SCHEME, WORKING) if w.limit == "close"]
    may_extend("close", SCHEME.limits["close"], watch, span("5wd"), [], at("2026-02-17 23:59:59"))
    with pytest.raises(UsageError, match="不能延"):
        may_extend("assess", SCHEME.limits["assess"], watch, span("1h"), [], at("2026-02-13 09:10:00"))


def _order(**more: Any) -> Order:
    return Order("1", at("2026-02-13 09:00:00"), **more)


def test_only_the_clocks_that_concern_it() -> None:
    """The urgency chooses among clocks; what has not begun, was passed or is excluded has none."""

    def running(order: Order) -> set[str]:
        return {w.limit for w in watches(order, SCHEME, WORKING) if w.done is None}

    assert running(_order()) == {"upload", "assess", "dispatch", "close"}
    assert running(_order(urgency="life")) == {"upload", "assess", "dispatch", "close", "life"}
    assert running(_order(urgency="living")) == {"upload", "assess", "dispatch", "close", "living"}
    assert running(_order(dispatched=at("2026-02-13 09:10:00"))) == {"assess", "dispatch", "close", "respond"}
    assert running(_order(closed=at("2026-02-14 09:00:00"))) == set()
    assert running(_order(excluded="malicious")) == set()


def test_a_time_from_above_goes_first() -> None:
    """A due time set from above takes the place of the closing limit and is not moved by our pauses."""
    order = _order(due=at("2026-02-14 12:00:00"))
    pause = Pause(at("2026-02-13 10:00:00"))
    [watch] = [w for w in watches(order, SCHEME, WORKING, [pause]) if w.limit == "close"]
    assert watch.due == at("2026-02-14 12:00:00")
    longer = [Extension("close", span("1wd"))]
    [watch] = [w for w in watches(order, SCHEME, WORKING, (), longer) if w.limit == "close"]
    assert watch.due == at("2026-02-24 12:00:00")  # 15 to 23 February is the holiday


def test_a_pause_shows_as_such() -> None:
    """While the clocks stand still nothing is due or late."""
    found = watches(_order(), SCHEME, WORKING, [Pause(at("2026-02-13 09:01:00"))])
    assert {w.state(at("2026-03-13 09:00:00")) for w in found} == {"paused"}
    assert clocks.LATE == ("overdue", "escalated")
