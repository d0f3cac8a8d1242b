"""Moments as people and spreadsheets write them; what could be two things is not guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Remark = Literal["", "day", "serial"]
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?")
_FORM = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(上午|下午|晚上|凌晨|中午)?\s*(\d{1,2})[:时点](?:(\d{1,2})分?)?(?::?(\d{1,2})秒?)?(?:\.\d+)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)[T\s]?(?:(\d\d):?(\d\d):?(\d\d)?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SERIALS = (36526, 73050)  # the years 2000 to 2099
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 wall time, as everything in a sheet
_DAY_ZERO_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 of workbooks that count as old Macs did


class Moment(NamedTuple):
    """Beijing's wall time; `remark`: `day` (no time of day was there), `serial` (a spreadsheet's number)."""

    at: datetime
    remark: Remark = ""


def moment(text: str, *, since_1904: bool = False) -> Moment | None:
    """Read `2026-11-16 9:05`, `2026/11/16`, `2026年11月16日 下午3时`, `20261116 0905`, ISO 8601 with a zone,
    or a spreadsheet's day number (`since_1904`: of a workbook whose days are counted from there); None: it is
    none of these (`11/16/2026` could be two days).
    """
    text = _WEEKDAY.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    try:
        if found := _FORM.fullmatch(text):
            return _written(found)
        if found := _COMPACT.fullmatch(text):
            parts = [int(part or 0) for part in found.groups()]
            return Moment(datetime(*parts), "" if found[4] else "day")  # type: ignore[arg-type]  # noqa: DTZ001
        if _SERIAL.fullmatch(text) and _SERIALS[0] <= float(text) < _SERIALS[1]:
            zero = _DAY_ZERO_1904 if since_1904 else _DAY_ZERO
            at = zero + timedelta(seconds=round(float(text) * 86400))
            return Moment(at, "serial")
    except (ValueError, OverflowError):
        pass  # 31 November, 25 o'clock: no moment
    return None


def _written(found: re.Match[str]) -> Moment:
    year, month, day, half, hour, minute, second, zone = found.groups()
    at = datetime(int(year), int(month), int(day))  # noqa: DTZ001
    if hour is None:
        return Moment(at, "day")
    hours = int(hour)
    if half in ("下午", "晚上") and hours < 12:
        hours += 12
    if hours > 24 or int(minute or 0) > 59 or int(second or 0) > 59 or (hours == 24 and int(minute or 0)):
        raise ValueError(found[0])
    at += timedelta(hours=hours, minutes=int(minute or 0), seconds=int(second or 0))
    if zone:
        sign, digits = (
            (1, "0000") if zone == "Z" else (1 if zone[0] == "+" else -1, zone[1:].replace(":", ""))
        )
        at += timedelta(hours=8) - sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return Moment(at)
