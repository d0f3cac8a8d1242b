"""The scheme of a place: the shipped example, changed by the hall's own `orders.yaml`, by date.

Every item (a limit, a weight, a scale …) is dated and cited and may have several versions, each in force
from its `since` on. `Schemes.at` gives what is in force for an order received on a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from engine import paths
from engine.errors import BadData, reason
from engine.model import Duration, Finding, Span
from engine.orders.items import FIXED, SINGLE, STRUCTS, TABLES
from engine.orders.model import Scheme

HALL = "orders.yaml"  # in the configuration folder
_MINUTES = {"m": 1, "h": 60, "d": 1440}


class Item(NamedTuple):
    """One version of one item: the fields that its file gives, and where."""

    section: str
    name: str
    span: Span
    fields: Mapping[str, Any]  # with `since` and a source or a basis; `off` when it no longer holds


class Schemes:
    """Everything that was ever in force; made by `read_schemes`."""

    def __init__(self, scheme: str, title: str, items: Mapping[tuple[str, str], tuple[Any, ...]]) -> None:
        self.scheme, self.title = scheme, title
        self._items = items
        starts = {version[0] for versions in items.values() for version in versions}
        self.changes: tuple[date, ...] = tuple(sorted(starts))  # days on which something begins to hold
        self._made: dict[date, Scheme] = {}

    def at(self, day: date) -> Scheme:
        """What holds for an order received on `day`; the same object between two changes.

        BadData for a day before everything that a scheme needs is in force: nothing is guessed.
        """
        begun = [change for change in self.changes if change <= day]
        if not begun:
            raise self._too_early(day)
        made = self._made.get(begun[-1])
        if made is None:
            made = self._made[begun[-1]] = self._make(begun[-1])
        return made

    def _make(self, day: date) -> Scheme:
        groups: dict[str, Any] = {name: {} for name in STRUCTS if name not in SINGLE}
        for (section, name), versions in self._items.items():
            held = [value for since, value in versions if since <= day]
            if held and held[-1] is not None:
                if section in SINGLE:
                    groups[section] = held[-1]
                else:
                    groups[section][name] = held[-1]
        if any(name not in groups for name in SINGLE):
            raise self._too_early(day)
        return Scheme(scheme=self.scheme, title=self.title, **groups)

    def _too_early(self, day: date) -> BadData:
        first = self.changes[0] if self.changes else day
        return BadData(
            f"{day} 受理的工单没有可用的口径（最早的一项从 {first} 起用）",
            f"在 {HALL} 写明当时的规定和它的 `since`",
        )


def hall_file() -> Path:
    """The hall's own changes."""
    return paths.config_dir() / HALL


def shipped_file() -> Path:
    """The shipped example."""
    return paths.shipped("playbooks") / "orders" / "scheme.yaml"


def read_schemes(own: Path | None = None) -> Schemes:
    """The shipped example with the hall's changes (`own`: default `hall_file()`; absent: none).

    BadData with every finding when either file has an error: money hangs on it, nothing is left out
    silently.
    """
    own = own or hall_file()
    texts = [(str(shipped_file()), shipped_file().read_bytes())]
    try:
        texts.append((str(own), own.read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise BadData(f"读不了 `{own}`（{reason(error)}）", "检查文件的权限") from error
    schemes, found = parse(texts)
    if schemes is None:
        errors = tuple(item for item in found if item.level == "error")
        first = errors[0]
        place = f"{first.span.file}:{first.span.line}:{first.span.column}"
        more = f"（共 {len(errors)} 处）" if len(errors) > 1 else ""
        raise BadData(f"{place}：{first.message}{more}", first.help, errors)
    return schemes


def parse(texts: list[tuple[str, bytes]]) -> tuple[Schemes | None, tuple[Finding, ...]]:
    """The schemes that files give, the later ones changing the earlier, and all findings by place.

    None when there is an error.
    """
    from engine.orders.schemefile import File, read_file  # imported late: it loads yaml
    from engine.reader.report import Findings

    findings = Findings()
    head: dict[str, Any] = {}
    versions: dict[tuple[str, str], list[Item]] = {}
    for file, content in texts:
        read: File = read_file(file, content, findings, versions)
        head |= read.head
        for key, items in read.items.items():
            first = items[0].fields["since"]
            # from its first day on the later file alone says what holds
            kept = [item for item in versions.get(key, ()) if item.fields["since"] < first]
            versions[key] = kept + items
    built = {key: _built(items) for key, items in versions.items()}
    _together(versions, findings)
    if findings.errors:
        return None, findings.sorted()
    return Schemes(head.get("scheme", ""), head.get("title", ""), built), findings.sorted()


def _built(items: list[Item]) -> tuple[tuple[date, Any], ...]:
    return tuple((item.fields["since"], _struct(item)) for item in items)


def _struct(item: Item) -> Any:
    """The model's struct; None: the item no longer holds, or was found incomplete."""
    if item.fields.get("off"):
        return None
    required = {name for name, field in TABLES[item.section][0].items() if field.required}
    if not required <= item.fields.keys():
        return None
    fields = {"from_" if name == "from" else name: value for name, value in item.fields.items()}
    fields.pop("off", None)
    return STRUCTS[item.section](**fields)


def _together(versions: Mapping[tuple[str, str], list[Item]], findings: Any) -> None:
    """What can be judged only when all items are known."""
    from engine.reader.report import suggest

    rates = {name for section, name in versions if section == "rates"}
    meaning: dict[str, tuple[str, str]] = {}  # level → (how it counts, scale)
    for (section, name), items in versions.items():
        for item in items:
            fields = item.fields
            if fields.get("off"):
                if section in SINGLE or section in FIXED:
                    text = f"`{name}` 不能写 off"
                    findings.error("needed", item.span, text, "写上值；不计分的写 points: 0")
                continue
            for rate in fields.get("by", ()) if section == "rankings" else ():
                if rate not in rates:
                    findings.error("unknown-rate", item.span, f"没有叫 `{rate}` 的率", suggest(rate, rates))
            if section == "limits":
                _limit(item, findings)
            if section == "scales":
                _scale(item, meaning, findings)
    for section in SINGLE:
        if (section, section) not in versions:
            findings.error("missing-section", Span(str(shipped_file()), 1, 1), f"缺少 `{section}`")


def _limit(item: Item, findings: Any) -> None:
    fields = item.fields
    if fields.get("of") and fields.get("of") == fields.get("from"):
        findings.error(
            "same-moment", item.span, f"`{item.name}`：from 和 of 是同一步", "写上从哪一步量到哪一步"
        )
    warn, within = fields.get("warn"), fields.get("within")
    if fields.get("start") == "day" and within and within.unit in ("m", "h"):
        help = "从当时起算写 event；按天数的写 1d、5d、5wd"
        findings.error("start-of-hours", item.span, f"`{item.name}`：当天算第一天的，时限要按天写", help)
    if warn and within and _longer(warn, within):
        findings.error("warn-too-long", item.span, f"`{item.name}`：提醒的提前量比时限还长", "把 warn 写短")


def _longer(one: Duration, other: Duration) -> bool:
    if (one.unit == "wd") != (other.unit == "wd"):
        return False
    return one.amount * _MINUTES.get(one.unit, 1) > other.amount * _MINUTES.get(other.unit, 1)


def _scale(item: Item, meaning: dict[str, tuple[str, str]], findings: Any) -> None:
    from engine.reader.report import suggest

    levels = item.fields.get("levels", ())
    good, bad = item.fields.get("good", ()), item.fields.get("bad", ())
    for level in (*good, *bad):
        if level not in levels:
            findings.error(
                "unknown-level", item.span, f"`{item.name}` 没有 `{level}` 这一档", suggest(level, levels)
            )
    for level in levels:
        if level in good and level in bad:
            findings.error("good-and-bad", item.span, f"`{level}` 又算满意又算不满意", "只留一边")
        counts = "good" if level in good else "bad" if level in bad else ""
        other = meaning.setdefault(level, (counts, item.name))
        if other[0] != counts:
            text = f"`{level}` 在 `{item.name}` 和 `{other[1]}` 里算法不同，单看答复分不清"
            findings.error("two-meanings", item.span, text, "同一个词在各套里算法要一样")


def digest(scheme: Scheme) -> bytes:
    """What a cache may be keyed by."""
    return msgspec.json.encode(scheme, order="sorted")
