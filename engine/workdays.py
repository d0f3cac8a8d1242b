"""Working days and opening hours: what the calendar and the hall profile know about a moment.

A day is never guessed by its weekday: the hall's own table comes first, then the official calendar
(`chinesecalendar`, 调休 included); for a year that neither knows the answer is a refusal.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from engine.errors import BadData
from engine.model import Profile

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAKEUP = "makeup"  # the key of the hours on a Saturday or Sunday that is worked (调休上班)
Kind = Literal["work", "makeup", "weekend", "holiday"]
Ranges = tuple[tuple[int, int], ...]


def is_workday(day: date, profile: Profile) -> bool:
    """Whether officials work on `day`.

    The hall's table decides; then, in a year whose table the hall declares complete
    (`calendar_source`), the weekday; then the official calendar. BadData when none of them knows.
    """
    return kind_of(day, profile) in ("work", "makeup")


def kind_of(day: date, profile: Profile) -> Kind:
    """`work`, `makeup` (a worked Saturday or Sunday), `weekend` or `holiday`. BadData as `is_workday`."""
    weekend = day.weekday() >= 5
    listed = profile.workdays.get(day.isoformat()) if profile.workdays else None
    if listed is not None:
        return ("makeup" if weekend else "work") if listed else "holiday"
    if str(day.year) in profile.calendar_sources:
        return "weekend" if weekend else "work"
    return _official(day)


@lru_cache(maxsize=1024)
def _official(day: date) -> Kind:
    import chinese_calendar  # imported late: 8 ms

    weekend = day.weekday() >= 5
    try:
        if chinese_calendar.is_workday(day):
            return "makeup" if weekend else "work"
        holiday = chinese_calendar.get_holiday_detail(day)[1] is not None
    except NotImplementedError as error:
        raise BadData(
            f"不知道{day.year}年的放假和调休安排，不能推算 {day} 是不是工作日",
            f"升级 chinesecalendar；或按国务院办公厅的通知，在 hall.yaml 的 `calendar:` 列出{day.year}年放假"
            f"和调休的日期，再写 `calendar_source: {{{day.year}: 通知名称}}`",
        ) from error
    return "holiday" if holiday or not weekend else "weekend"


def clock_facts(now: datetime, profile: Profile) -> dict[str, bool | int]:
    """What the clock tells at `now` (aware, at +08:00), as far as it can be told.

    `working_day`: bool. `office_hours`: whether the hall is open. `minutes_to_opening`: while closed and
    before the next opening of the same day. `minutes_to_closing`: while open, until this opening ends
    (a lunch break counts). Minutes are rounded up. What cannot be told is absent: without hours in the
    profile nothing but a `working_day` of the hall's own table, and nothing in a year that no calendar
    knows. Never raises for that.
    """
    if not profile.hours:
        own = profile.workdays.get(now.date().isoformat())
        return {} if own is None else {"working_day": own}
    try:
        kind = kind_of(now.date(), profile)
    except BadData:
        return {}
    facts: dict[str, bool | int] = {"working_day": kind in ("work", "makeup")}
    ranges = _opening(now.date(), kind, profile)
    if ranges is None:
        return facts
    second = now.hour * 3600 + now.minute * 60 + now.second
    facts["office_hours"] = False
    for begin, end in ranges:
        if second < begin * 60:
            facts["minutes_to_opening"] = -(-(begin * 60 - second) // 60)
            break
        if second < end * 60:
            facts["office_hours"] = True
            facts["minutes_to_closing"] = -(-(end * 60 - second) // 60)
            break
    return facts


def _opening(day: date, kind: Kind, profile: Profile) -> Ranges | None:
    """The hours of a day of that kind; None: the profile does not say. Closed days are () there."""
    if kind == "holiday":
        return ()
    hours = profile.hours.get(MAKEUP if kind == "makeup" else WEEKDAYS[day.weekday()])
    return None if hours is None else _minutes(hours)


@lru_cache(maxsize=64)
def _minutes(hours: tuple[tuple[str, str], ...]) -> Ranges:
    """(("09:00", "12:00"), …) → ((540, 720), …)."""
    return tuple((minute_of(begin), minute_of(end)) for begin, end in hours)


def minute_of(text: str) -> int:
    """The minute of the day of "09:30"; ValueError for what is not a time, "24:00" is the day's end."""
    hour, minute = map(int, text.split(":"))
    if not (0 <= hour <= 24 and 0 <= minute <= 59 and hour * 60 + minute <= 1440):
        raise ValueError(text)
    return hour * 60 + minute
