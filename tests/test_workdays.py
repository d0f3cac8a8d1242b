"""Working days and what the clock knows."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from engine.clock import BEIJING
from engine.errors import BadData
from engine.model import Profile
from engine.workdays import clock_facts, is_workday

ROOT = Path(__file__).parent.parent
WEEK: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(
    ("mon", "tue", "wed", "thu", "fri"), (("09:00", "12:00"), ("13:30", "17:00"))
)
HALL = Profile(hours={**WEEK, "sat": (("09:00", "12:00"),), "sun": ()})


def at(text: str) -> datetime:
    """A moment at +08:00."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-06-05", True),  # Friday
        ("2026-06-06", False),  # Saturday
        ("2026-10-01", False),  # National Day, a Thursday
        ("2026-02-14", True),  # a Saturday worked before the Spring Festival
        ("2026-02-17", False),  # Spring Festival, a Tuesday
    ],
)
def test_official_calendar(day: str, works: bool) -> None:
    """Holidays and 调休 follow the official calendar, not the weekday."""
    assert is_workday(date.fromisoformat(day), Profile()) is works


def test_hall_table_comes_first() -> None:
    """What the hall writes outweighs the official calendar, one day at a time."""
    profile = Profile(workdays={"2026-06-05": False, "2026-06-06": True})
    days = [is_workday(date(2026, 6, n), profile) for n in (4, 5, 6, 7)]
    assert days == [True, False, True, False]


def test_unknown_year_is_refused() -> None:
    """Neither an ordinary Monday nor a single listed date makes an unknown year known."""
    profile = Profile(workdays={"2035-02-10": False})
    assert is_workday(date(2035, 2, 10), profile) is False
    with pytest.raises(BadData, match="2035年") as refused:
        is_workday(date(2035, 3, 5), profile)
    assert "calendar:" in refused.value.help


def test_declared_table_makes_a_year_known() -> None:
    """In a year with a source, days that the table does not list follow the week."""
    profile = Profile(workdays={"2035-02-07": False, "2035-02-10": True}, calendar_sources={"2035": "通知"})
    days = [is_workday(date(2035, 2, n), profile) for n in (6, 7, 10, 11, 12)]
    assert days == [True, False, True, False, True]
    with pytest.raises(BadData):
        is_workday(date(2036, 2, 1), profile)


@pytest.mark.parametrize(
    ("moment", "facts"),
    [
        ("2026-06-05 08:10:00", {"working_day": True, "office_hours": False, "minutes_to_opening": 50}),
        ("2026-06-05 08:59:30", {"working_day": True, "office_hours": False, "minutes_to_opening": 1}),
        ("2026-06-05 09:00:00", {"working_day": True, "office_hours": True, "minutes_to_closing": 180}),
        ("2026-06-05 11:59:59", {"working_day": True, "office_hours": True, "minutes_to_closing": 1}),
        ("2026-06-05 12:00:00", {"working_day": True, "office_hours": False, "minutes_to_opening": 90}),
        ("2026-06-05 16:30:00", {"working_day": True, "office_hours": True, "minutes_to_closing": 30}),
        ("2026-06-05 17:00:00", {"working_day": True, "office_hours": False}),
        ("2026-06-06 10:00:00", {"working_day": False, "office_hours": True, "minutes_to_closing": 120}),
        ("2026-06-07 10:00:00", {"working_day": False, "office_hours": False}),  # Sunday
        ("2026-10-03 10:00:00", {"working_day": False, "office_hours": False}),  # a Saturday in the holiday
        ("2026-10-01 08:00:00", {"working_day": False, "office_hours": False}),
        ("2026-02-14 10:00:00", {"working_day": True}),  # a worked Saturday: its hours are not known
        ("2035-06-05 10:00:00", {}),
    ],
)
def test_clock_facts(moment: str, facts: dict[str, bool | int]) -> None:
    """Open or closed and how long, and only what can be told."""
    assert clock_facts(at(moment), HALL) == facts


def test_makeup_hours() -> None:
    """With hours for worked weekends those hold on such a day, and not the Saturday's own."""
    profile = Profile(hours={**HALL.hours, "makeup": (("09:00", "17:00"),)})
    assert clock_facts(at("2026-02-14 15:00"), profile)["office_hours"] is True
    assert clock_facts(at("2026-06-06 15:00"), profile)["office_hours"] is False


def test_day_without_hours() -> None:
    """A day that the profile does not mention is not called closed."""
    assert clock_facts(at("2026-06-06 10:00"), Profile(hours=WEEK)) == {"working_day": False}


def test_without_hours() -> None:
    """Without hours nothing is told but what the hall's own table says."""
    assert clock_facts(at("2026-06-05 10:00"), Profile()) == {}
    table = Profile(workdays={"2026-06-05": False})
    assert clock_facts(at("2026-06-05 10:00"), table) == {"working_day": False}


def test_no_calendar_without_hours() -> None:
    """The calendar is not loaded for a hall that gives no hours."""
    code = (
        "import sys; from engine.clock import RealClock; from engine.model import Profile\n"
        "from engine.workdays import clock_facts\n"
        "clock_facts(RealClock().now(), Profile()); print('chinese_calendar' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
