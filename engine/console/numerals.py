"""Numbers, times and days as people type them: digits and simple Chinese, full-width or not."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from unicodedata import normalize

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def plain_form(text: str) -> str:
    """Full-width letters, digits and marks as the half-width ones, in lower case."""
    return normalize("NFKC", text).lower().strip()


def number(text: str, unit: str = "") -> int | None:
    """A whole number in digits or simple Chinese (三十、两百五), with or without its unit.

    Where the unit is 分钟, hours count too: 半小时, 一个半小时, 2小时10分.
    """
    plain = re.sub(r"^(大概|大约|约|差不多|估计)|(左右|吧|上下|多)$", "", plain_form(text).replace(" ", ""))
    if unit == "分钟":
        minutes = _minutes(plain)
        if minutes is not None:
            return minutes
    for tail in (unit, "个"):
        if tail and plain.endswith(tail):
            plain = plain[: -len(tail)]
            break
    return _whole(plain)


def _minutes(plain: str) -> int | None:
    match = re.fullmatch(
        r"(?:(?P<h>[\d一二两三四五六七八九十]+|半)个?(?P<half>半)?(?:小时|钟头|h)(?P<half2>半)?)?"
        r"(?:(?:(?P<m>[\d零一二两三四五六七八九十百]+)(?:分钟|分|min|m)?)|(?P<q>一刻钟|三刻钟))?",
        plain,
    )
    if match is None or not plain or (match["h"] is None and not re.search(r"[分刻m]", plain)):
        return None
    total = 0
    if match["h"]:
        hours = 0 if match["h"] == "半" else _whole(match["h"])
        if hours is None:
            return None
        total = hours * 60 + (30 if match["h"] == "半" or match["half"] or match["half2"] else 0)
    if match["q"]:
        total += 15 if match["q"][0] == "一" else 45
    if match["m"]:
        total += _whole(match["m"]) or 0
    return total


def _whole(plain: str) -> int | None:
    """Digits or Chinese numerals below ten thousand."""
    if re.fullmatch(r"\d{1,9}", plain):
        return int(plain)
    if not plain or any(c not in _DIGITS and c not in _UNITS for c in plain):
        return None
    if all(c in _DIGITS for c in plain):
        return int("".join(str(_DIGITS[c]) for c in plain))
    total, digit, last = 0, None, 0
    for char in plain:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            last = _UNITS[char]
            total += (1 if digit is None else digit) * last
            digit = None
    if digit:
        # 两百五 is 250, 两百零五 is 205
        total += digit * (last // 10 if last > 10 and "零" not in plain and plain[-2] in _UNITS else 1)
    return total


def hour_minute(text: str) -> tuple[int, int] | None:
    """`9:12`, `9点12`, `下午3点半`, `十点一刻`."""
    match = re.fullmatch(
        r"(上午|早上|中午|下午|晚上)?\s*([\d一二两三四五六七八九十]{1,3})\s*[:点时]\s*(半|一刻|三刻|整|[\d一二三四五六七八九十]{1,3})?分?",
        plain_form(text),
    )
    if match is None:
        return None
    hour, minute = _whole(match[2]), 0
    if match[3]:
        minute = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}.get(match[3], _whole(match[3]) or 0)
    if hour is None:
        return None
    if match[1] in ("下午", "晚上", "中午") and hour < 11:
        hour += 12
    return (hour, minute) if hour < 24 and minute < 60 else None


def clock_time(text: str, now: datetime) -> datetime | None:
    """A time of today, or of yesterday evening just after midnight; None when it is no time or lies ahead."""
    read = hour_minute(text)
    if read is None:
        return None
    at = now.replace(hour=read[0], minute=read[1], second=0, microsecond=0)
    if at > now and now.hour < 6 and at - timedelta(days=1) > now - timedelta(hours=12):
        at -= timedelta(days=1)
    return at if at <= now else None


def day(text: str, now: datetime) -> datetime | None:
    """`3天`, `明天`, `下周一`, `6月20日`, `2026-06-20`: that day at 18:00; None when it is none or past."""
    plain = plain_form(text).removesuffix("前").removesuffix("之").removesuffix("以")
    at = now.replace(hour=18, minute=0, second=0, microsecond=0)
    days = {"今天": 0, "明天": 1, "后天": 2, "大后天": 3, "一周": 7, "一个月": 30}.get(plain)
    if match := re.fullmatch(r"([\d一二两三四五六七八九十]+)个?(天|日|周|星期|月)(?:内|后)?", plain):
        days = (_whole(match[1]) or 0) * {"天": 1, "日": 1, "周": 7, "星期": 7, "月": 30}[match[2]]
    elif match := re.fullmatch(r"(下)?(?:周|星期|礼拜)([一二三四五六日天])", plain):
        target = "一二三四五六日".find(match[2].replace("天", "日"))
        monday = now - timedelta(days=now.weekday()) + timedelta(days=7 if match[1] else 0)
        days = (monday + timedelta(days=target)).toordinal() - now.toordinal()
    elif match := re.fullmatch(r"(?:(\d{4})[-年./])?(\d{1,2})[-月./](\d{1,2})[日号]?", plain):
        try:
            at = at.replace(year=int(match[1] or now.year), month=int(match[2]), day=int(match[3]))
        except ValueError:
            return None
        if not match[1] and at < now:
            at = at.replace(year=at.year + 1)
        return at if at > now else None
    if days is None or days < 0 or days > 3650:
        return None
    at += timedelta(days=days)
    return at if at > now else None
