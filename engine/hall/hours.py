"""Opening hours as people write them: days such as `mon-fri`, times such as `9:00-12:00 13:30-17:00`."""

from __future__ import annotations

import re

from engine.workdays import MAKEUP, WEEKDAYS

CLOSED = ("off", "休息", "不办公")
NAMES = (*WEEKDAYS, "mon-fri", MAKEUP)
_HALF = str.maketrans("０１２３４５６７８９：，；－–—~～至到", "0123456789:,;-------")
_RANGE = re.compile(r"([0-9]{1,2}):([0-9]{2}) *-+ *([0-9]{1,2}):([0-9]{2})")


def days(text: str) -> list[str] | None:
    """`mon-fri` → ["mon", …, "fri"]; also `sat`, `mon,wed`, `fri-mon` and `makeup`. None: not days."""
    found: list[str] = []
    for part in text.lower().translate(_HALF).replace(" ", "").split(","):
        if part == MAKEUP:
            found.append(part)
            continue
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            return None
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        found += [WEEKDAYS[n % 7] for n in range(begin, end + 1 if end >= begin else end + 8)]
    return found


def hours(text: str) -> tuple[tuple[str, str], ...] | str:
    """`9:00-12:00 13:30-17:00` → (("09:00", "12:00"), ("13:30", "17:00")); `off` → ().

    What cannot be read gives a sentence that says why.
    """
    text = text.strip()
    if text.lower() in CLOSED:
        return ()
    plain = text.translate(_HALF)
    if not re.fullmatch(rf"{_RANGE.pattern}(?:[ ,;、]+{_RANGE.pattern})*", plain):
        return "看不懂这个时间"
    found: list[tuple[str, str]] = []
    before = -1
    for match in _RANGE.finditer(plain):
        first, minute, last, end_minute = map(int, match.groups())
        begin, end = first * 60 + minute, last * 60 + end_minute
        if minute > 59 or end_minute > 59 or end > 1440:
            return f"没有 `{match[0]}` 这样的时间"
        if begin >= end:
            return f"`{match[0]}` 的结束不晚于开始"
        if begin < before:
            return f"`{match[0]}` 与前一段重叠，或顺序颠倒"
        found.append((f"{first:02}:{minute:02}", f"{last:02}:{end_minute:02}"))
        before = end
    return tuple(found)
