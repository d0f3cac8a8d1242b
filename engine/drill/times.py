"""The times of drill files, in seconds: spans such as `90s`, moments such as `T+90s` or `D+2 H+3 M+45`.

The last form of a moment is that of exercise scripts (days, hours and minutes after the start).
"""

from __future__ import annotations

import re

_PARTS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPAN = re.compile(r"(?=\d)(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?")
_SCRIPT = re.compile(r"D\+(\d{1,3})(?: +H\+(\d{1,2}))?(?: +M\+(\d{1,2}))?(?: +S\+(\d{1,2}))?")


def span(text: str) -> int | None:
    """`90s`, `3m`, `1h30m`, `2d` in seconds; None for any other text."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return None
    return sum(int(part or 0) * size for part, size in zip(found.groups(), _PARTS.values(), strict=True))


def moment(text: str) -> int | None:
    """`T+90s`, `T+1h30m`, `T+0`, `D+2 H+3 M+45` as seconds after the start; None for any other text."""
    plain = " ".join(text.split()).upper()
    if plain.startswith("T+"):
        return 0 if plain in ("T+0", "T+0S") else span(plain[2:].lower())
    found = _SCRIPT.fullmatch(plain)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    return days * 86_400 + hours * 3_600 + minutes * 60 + seconds


def written(seconds: int) -> str:
    """The form of exercise scripts: `D+0 H+1 M+05`, with `S+30` where it is not a whole minute."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    return f"D+{days} H+{hours} M+{minutes:02d}" + (f" S+{rest:02d}" if rest else "")


def short(seconds: int) -> str:
    """The form of drill files, `1h30m`, `90s` as `1m30s`; `0s` for nothing."""
    left, said = seconds, ""
    for unit, size in _PARTS.items():
        count, left = divmod(left, size)
        said += f"{count}{unit}" if count else ""
    return said or "0s"


def spoken(seconds: int) -> str:
    """In Chinese: `1小时30分钟`, `1分30秒`, `45秒`; 分钟, as a bare 分 beside marks reads as marks."""
    left, said = seconds, ""
    for name, size in (("天", 86_400), ("小时", 3_600), ("分", 60), ("秒", 1)):
        count, left = divmod(left, size)
        said += f"{count}{name}" if count else ""
    return said + "钟" if said.endswith("分") else said or "0秒"
