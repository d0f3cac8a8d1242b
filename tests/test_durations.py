"""Spans of time: reading, writing, telling, adding."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import BEIJING
from engine.durations import add, describe, parse_duration, text_of
from engine.errors import BadData
from engine.model import Duration

FRIDAY = datetime(2026, 6, 5, 16, 0, tzinfo=BEIJING)
durations = st.builds(Duration, amount=st.integers(0, 9999), unit=st.sampled_from(["m", "h", "d", "wd"]))


def weekday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def no_hall(name: str) -> Duration:
    """No hall value may be asked for."""
    raise AssertionError(f"{name} is not to be resolved")


@given(durations)
def test_written_form_is_read_back(duration: Duration) -> None:
    """text_of and parse_duration are inverse."""
    assert parse_duration(text_of(duration)) == duration


@pytest.mark.parametrize(
    "text", ["", "30", "m", "30s", "-3m", "1.5h", "3 d", "３d", "10m5", "soon_minutes", "5WD"]
)
def test_other_texts_are_not_durations(text: str) -> None:
    """Anything but a whole number with a unit is None, not an error."""
    assert parse_duration(text) is None


def test_chinese_forms() -> None:
    """Each unit has its Chinese words."""
    told = [describe(d) for t in ("30m", "2h", "3d", "5wd") if (d := parse_duration(t))]
    assert told == ["30分钟", "2小时", "3天", "5个工作日"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", FRIDAY + timedelta(minutes=30)),
        ("2h", FRIDAY + timedelta(hours=2)),
        ("3d", FRIDAY + timedelta(days=3)),
        ("0wd", FRIDAY),
        ("1wd", FRIDAY + timedelta(days=3)),
        ("5wd", FRIDAY + timedelta(days=7)),
        ("6wd", FRIDAY + timedelta(days=10)),
    ],
)
def test_adding(text: str, expected: datetime) -> None:
    """Working days skip the weekend and keep the time of day."""
    duration = parse_duration(text)
    assert duration is not None
    assert add(FRIDAY, duration, weekday, no_hall) == expected


def test_working_days_from_a_day_off() -> None:
    """From a Saturday the next working day is the first."""
    saturday = FRIDAY + timedelta(days=1)
    assert add(saturday, Duration(1, "wd"), weekday, no_hall) == saturday + timedelta(days=2)


def test_hall_value_is_resolved() -> None:
    """A duration that names a hall value takes that value's length."""
    assert add(FRIDAY, Duration(hall="reply"), weekday, lambda _: Duration(2, "h")) == FRIDAY + timedelta(
        hours=2
    )


def test_hall_values_in_a_circle() -> None:
    """A circle of hall values is refused, not followed for ever."""
    with pytest.raises(BadData, match="互相引用"):
        add(FRIDAY, Duration(hall="a"), weekday, lambda _: Duration(hall="a"))


def test_calendar_without_working_days() -> None:
    """A calendar that is all holidays is refused, not searched for ever."""
    with pytest.raises(BadData, match="没有工作日"):
        add(FRIDAY, Duration(1, "wd"), lambda _: False, no_hall)
