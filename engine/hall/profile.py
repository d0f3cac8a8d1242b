"""hall.yaml → Profile: read by declared type, section by section, with every finding at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from engine.hall.hours import NAMES, days, hours
from engine.hall.sections import decoded, starts, top
from engine.hall.typed import typed
from engine.model import Fact, Finding, HallValue, Profile, Vocabulary
from engine.reader import values
from engine.reader.nodes import Mapping, Node, Pair, Scalar
from engine.reader.report import Desk, Findings, suggest
from engine.workdays import MAKEUP, WEEKDAYS

# `playbooks` is read, and judged, by engine.reader.folders: before there is a vocabulary
SECTIONS = ("hall", "playbooks", "hours", "people", "values", "facts", "calendar", "calendar_source")
_OFF, _WORK = ("off", "休", "休息", "放假"), ("work", "班", "上班")
_HOURS_HELP = '写成 "9:00-12:00 13:30-17:00"，不办公写 off'
_SOURCE_HELP = "写成 `calendar_source: {2027: 通知名称}`"


def parse(
    file: str, content: bytes, vocabulary: Vocabulary | None, declared: Iterable[HallValue | Fact]
) -> tuple[Profile, list[Finding]]:
    """The profile that `content` (UTF-8, else GBK) gives, and what is wrong with it, by place."""
    findings = Findings()
    reader = _Reader(findings, vocabulary, declared)
    text = decoded(file, content, findings)
    reader.lines = starts(text)
    for name, pair in top(file, text, findings).items():
        if name in SECTIONS:
            reader.sections[name] = pair
        else:
            reader.desk.error("unknown-field", pair.key.span, f"未知项目 `{name}`", suggest(name, SECTIONS))
    profile = reader.profile()
    return profile, list(findings.sorted())


class _Reader:
    """Reads the sections; a value that cannot be read is reported and left out."""

    def __init__(
        self, findings: Findings, vocabulary: Vocabulary | None, declared: Iterable[HallValue | Fact]
    ) -> None:
        self.desk = Desk(findings)
        self.sections: dict[str, Pair] = {}
        self.lines: list[int] = []  # where sections begin
        self.roles = None if vocabulary is None else [role.id for role in vocabulary.roles]
        hall, facts = (vocabulary.hall, vocabulary.facts) if vocabulary else ((), ())
        self.types: dict[str, HallValue | Fact] = {}
        for item in (*hall, *facts, *declared):
            if isinstance(item, HallValue):
                self.types[item.id] = item
            elif item.known_from == "hall":
                self.types[item.key] = item

    def profile(self) -> Profile:
        workdays, sources = self.calendar()
        name = self.sections.get("hall")
        return Profile(
            name=(values.text(self.desk, "hall", name.value) or "") if name and not _null(name.value) else "",
            hours=self.hours(),
            people=self.people(),
            values=self.values("values") | self.values("facts"),
            workdays=workdays,
            calendar_sources=sources,
        )

    def entries(self, section: str) -> dict[str, Pair]:
        """The filled entries of a section; blanks are passed over."""
        pair = self.sections.get(section)
        if pair is None or _null(pair.value):
            return {}
        if isinstance(pair.value, Mapping):
            return {name: entry for name, entry in pair.value.pairs.items() if not _null(entry.value)}
        help = _SOURCE_HELP if section == "calendar_source" else f"`{section}:` 下面逐行写，缩进两格"
        text = f"`{section}` 要写成一组 `名称: 值`，这里是{values.shape(pair.value)}"
        values.wrong(self.desk, pair.value, "wrong-type", text, help)
        return {}

    def sound(self, section: str) -> bool:
        """Whether the section stands and nothing in its lines was found wrong so far."""
        pair = self.sections.get(section)
        if pair is None:
            return False
        start = pair.key.span.line
        end = min((line for line in self.lines if line > start), default=1 << 30)
        return not any(
            item.level == "error" and start <= item.span.line < end for item in self.desk.findings.items
        )

    def hours(self) -> dict[str, tuple[tuple[str, str], ...]]:
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for name, pair in self.entries("hours").items():
            named = days(name)
            if named is None:
                help = suggest(name, NAMES)
                self.desk.error("bad-day", pair.key.span, f"`{name}` 不是星期几", help)
                continue
            text = values.text(self.desk, name, pair.value)
            read = hours(text) if text else None
            if isinstance(read, str):
                self.desk.error("bad-hours", pair.value.span, f"`{name}`：{read}", _HOURS_HELP)
            elif read is not None:
                for day in named:
                    if day in found:
                        self.desk.error("duplicate-day", pair.key.span, f"`{day}` 写了两次", "每天只写一次")
                    found.setdefault(day, read)
        if found and self.sound("hours"):
            section = self.sections["hours"].value
            written = section.pairs if isinstance(section, Mapping) else ()
            blank = [day for name in written for day in days(name) or ()]
            # only a section without a fault says that the other days are closed
            found |= {day: () for day in WEEKDAYS if day not in found and day not in blank}
        return found if found.keys() - {MAKEUP} else {}

    def people(self) -> dict[str, tuple[str, str]]:
        found = {}
        for role, pair in self.entries("people").items():
            if self.roles is not None and role not in self.roles:
                self.desk.error(
                    "unknown-role", pair.key.span, f"没有岗位 `{role}`", suggest(role, self.roles)
                )
                continue
            if not isinstance(pair.value, Mapping):
                text = f"`{role}` 要写姓名和电话，这里是{values.shape(pair.value)}"
                help = f"写成 `{role}: {{name: 王敏, phone: 12345678}}`"
                values.wrong(self.desk, pair.value, "wrong-type", text, help)
                continue
            told = {"name": "", "phone": ""}
            for name, field in pair.value.pairs.items():
                if name not in told:
                    self.desk.error(
                        "unknown-field", field.key.span, f"`{role}` 没有 `{name}` 这一项", suggest(name, told)
                    )
                elif not _null(field.value):
                    told[name] = values.text(self.desk, name, field.value) or ""
            if any(told.values()):
                found[role] = (told["name"], told["phone"])
        return found

    def values(self, section: str) -> dict[str, int | str | bool]:
        found: dict[str, int | str | bool] = {}
        for name, pair in self.entries(section).items():
            if name not in self.types and self.roles is not None:
                help = suggest(name, self.types)
                self.desk.warn("unknown-value", pair.key.span, f"没有剧本用到 `{name}`", help)
            value = typed(self.desk, name, self.types.get(name), pair.value)
            if value is not None:
                found[name] = value
        return found

    def calendar(self) -> tuple[dict[str, bool], dict[str, str]]:
        """Dates, and the years whose table is complete: those with a source, dates and no fault."""
        found: dict[str, bool] = {}
        for day, pair in self.entries("calendar").items():
            if not _is_date(day):
                self.desk.error("bad-date", pair.key.span, f"`{day}` 不是日期", "写成 2027-02-10")
                continue
            word = values.option(self.desk, day, pair.value, (*_OFF, *_WORK))
            if word:
                found[day] = word in _WORK
        sound = self.sound("calendar")
        sources: dict[str, str] = {}
        for year, pair in self.entries("calendar_source").items():
            source = values.text(self.desk, year, pair.value)
            if not re.fullmatch(r"[0-9]{4}", year):
                self.desk.error("bad-year", pair.key.span, f"`{year}` 不是年份", _SOURCE_HELP)
            elif not sound or not any(day.startswith(year) for day in found):
                text = f"`calendar` 没有列出{year}年的日期" if sound or not found else "`calendar` 有错"
                help = "列全该年的放假和调休日期"
                self.desk.warn("no-dates", pair.key.span, f"{text}，{year}年不能按星期算", help)
            elif source:
                sources[year] = source
        return found, sources


def _null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.null


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
