"""Moments, spans and free text as reports print them."""

from __future__ import annotations

import re
from datetime import datetime

LIMIT = 500  # characters of one free text; the record keeps all of it
# control characters and marks that turn the direction of writing
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def at_minute(at: datetime, near: datetime) -> str:
    """`8:10`, or `6月1日 8:10` on another day than `near`, or with the year in another year."""
    time = f"{at.hour}:{at.minute:02d}"
    if at.date() == near.date():
        return time
    if at.year == near.year:
        return f"{at.month}月{at.day}日 {time}"
    return f"{full_date(at)} {time}"


def full_date(at: datetime) -> str:
    """`2026年6月1日`."""
    return f"{at.year}年{at.month}月{at.day}日"


def full(at: datetime) -> str:
    """`2026年6月1日 8:10`."""
    return f"{full_date(at)} {at.hour}:{at.minute:02d}"


def span(seconds: int) -> str:
    """`不到1分钟`, `12分钟`, `1小时5分钟`, `2天3小时`; the smaller unit is left out when it is 0."""
    minutes = seconds // 60
    if minutes < 1:
        return "不到1分钟"
    for size, name, below, lower in ((1440, "天", 60, "小时"), (60, "小时", 1, "分钟")):
        if minutes >= size:
            rest = minutes % size // below
            return f"{minutes // size}{name}{rest}{lower}" if rest else f"{minutes // size}{name}"
    return f"{minutes}分钟"


def clean(text: object, limit: int = LIMIT) -> str:
    """Somebody's own words on one line, without control characters; long ones cut with their length told."""
    written = str(text)
    line = " ".join(_UNSEEN.sub("", written[: limit * 4]).split())
    if len(line) > limit or len(written) > limit * 4:
        return f"{line[:limit]}……（共{len(written)}字，全文见事件记录）"
    return line
