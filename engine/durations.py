"""Spans of time: the written form `30m`, `2h`, `3d`, `5wd`, their Chinese form, and their arithmetic."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from engine.errors import BadData
from engine.model import Duration

_FORM = re.compile(r"([0-9]{1,4})(m|h|d|wd)")
_UNITS = {"m": "分钟", "h": "小时", "d": "天", "wd": "个工作日"}
_DEPTH = 8  # hall values that name hall values: no honest profile goes deeper


def parse_duration(text: str) -> Duration | None:
    """Read `30m` (minutes), `2h` (hours), `3d` (days) or `5wd` (working days).

    `text`: a whole number from 0 to 9999 and a unit, nothing between; spaces around are ignored.
    Returns None for every other text, never an error (an id of a hall value is the caller's matter).
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        return None
    unit = match[2]
    return Duration(amount=int(match[1]), unit=unit)  # type: ignore[arg-type]  # the form admits no other


def text_of(duration: Duration) -> str:
    """The written form, `30m`; the id of the hall value when the duration only names one."""
    return duration.hall or f"{duration.amount}{duration.unit}"


def describe(duration: Duration) -> str:
    """The Chinese form, `30分钟`, `2小时`, `3天`, `5个工作日`; the id of an unresolved hall value."""
    return duration.hall or f"{duration.amount}{_UNITS[duration.unit]}"


def add(
    moment: datetime,
    duration: Duration,
    working_day: Callable[[date], bool],
    resolve: Callable[[str], Duration],
) -> datetime:
    """The moment `duration` after `moment` (aware).

    Working days are counted from the day after that of the start, and the time of day stays: 2wd from
    Friday 16:00 is Tuesday 16:00; 0wd is the start itself. `working_day` is called only for them and may
    raise BadData for a year that it does not know. `resolve` turns the id of a hall value into its
    duration and is called only for one that names a hall value. BadData when hall values name one
    another in a circle or when the calendar knows no working day within a year and a month.
    """
    for _ in range(_DEPTH):
        if not duration.hall:
            break
        duration = resolve(duration.hall)
    else:
        raise BadData(f"时限 `{duration.hall}` 在厅级设置中互相引用", "把它写成 `30m`、`2h`、`3d` 或 `5wd`")
    if duration.unit == "m":
        return moment + timedelta(minutes=duration.amount)
    if duration.unit == "h":
        return moment + timedelta(hours=duration.amount)
    if duration.unit == "d":
        return moment + timedelta(days=duration.amount)
    left, idle = duration.amount, 0
    while left:
        moment += timedelta(days=1)
        if working_day(moment.date()):
            left, idle = left - 1, 0
        else:
            idle += 1
            if idle > 400:
                raise BadData("日历上一年多没有工作日", "检查 hall.yaml 的 `calendar:`")
    return moment
