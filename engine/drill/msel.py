"""The script of a drill as a sheet (the MSEL of exercise planners): out, edited by a person, and in again.

A row is an inject. When, how, by whom, to whom and what is told can be edited; injects without conditions
can be added and any taken out. What hangs on the playbooks (conditions, facts) stays with the drill file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from engine.drill import times
from engine.drill.declared import facts_of, steps_of
from engine.drill.model import CHANNELS, Channel, Drill, Inject, Trigger
from engine.exports import Column, Sheet, original
from engine.model import Library
from engine.orders.problems import Problems, letter
from engine.orders.sheets import Table, read
from engine.reader.report import suggest
from engine.words import shown

COLUMNS = (
    Column("编号", width=14),
    Column("时刻", width=18),
    Column("触发条件", width=26),
    Column("渠道", width=10),
    Column("来自", width=14),
    Column("给谁", width=14),
    Column("内容", width=46),
    Column("实情变为", width=24),
    Column("干扰", "yesno"),
    Column("预期反应", width=40),
    Column("主持人备注", width=26),
)
_TITLES = [column.title for column in COLUMNS]
_NEEDED = ("编号", "内容")
_FIXED = ("触发条件", "实情变为")
_YES = {"是": True, "yes": True, "否": False, "no": False, "": False}
_ON = {
    "answered": "知道了", "asked": "问了", "done": "办成了", "blocked": "没办成", "missed": "没及时办",
    "said": "说了", "harmed": "做了", "met": "做到了", "unmet": "没做到", "fired": "来了",
}  # fmt: skip


def sheet(drill: Drill, library: Library) -> Sheet:
    """The injects as rows, in the order of their times; those on a condition behind the others."""
    words = _Words(drill, library)
    ordered = sorted(drill.injects, key=lambda inject: (inject.when.at is None, inject.when.at or 0))
    return Sheet(f"演练脚本 {drill.title}", COLUMNS, [words.row(inject) for inject in ordered])


class _Words:
    """Says triggers, facts and expectations in words."""

    def __init__(self, drill: Drill, library: Library) -> None:
        self.drill = drill
        self.roles = {role.id: role.label for role in library.vocabulary.roles}
        self.facts = facts_of(library)
        steps = {key: step.what for key, step in steps_of(library).items()}
        self.names = steps | {key: fact.label for key, fact in self.facts.items()}
        self.names |= {entry.id: entry.what for entry in drill.expectations}
        self.names |= {harm.id: harm.what for harm in drill.harms}

    def row(self, inject: Inject) -> tuple[str | bool, ...]:
        """An inject, a cell for each column."""
        at = times.written(inject.when.at) if inject.when.at is not None else ""
        return (
            inject.id,
            at,
            self.trigger(inject.when),
            CHANNELS[inject.channel],
            inject.sender,
            "、".join(self.roles.get(role, role) for role in inject.to),
            inject.tell,
            self.sets(inject),
            inject.red_herring,
            "；".join(self.answers(inject)),
            inject.note,
        )

    def trigger(self, trigger: Trigger) -> str:
        """A condition in words; empty for a moment."""
        if trigger.on is None:
            return ""
        name = self.names.get(trigger.name, trigger.name or "任何不该做的事")
        later = f"，再过{times.spoken(trigger.delay)}" if trigger.delay else ""
        return f"{_ON[trigger.on]}：{name}{later}"

    def sets(self, inject: Inject) -> str:
        """What becomes so."""
        from engine.conditions import Answer

        told = []
        for key, value in inject.sets.items():
            fact = self.facts.get(key)
            told.append(f"{fact.label}：{shown(fact, Answer('known', value))}" if fact else key)
        return "；".join(told)

    def answers(self, inject: Inject) -> Iterable[str]:
        """What is expected after it."""
        for entry in self.drill.expectations:
            if entry.since.on == "fired" and entry.since.name == inject.id:
                yield entry.what + (f"（{times.spoken(entry.within)}内）" if entry.within else "")


class Imported(NamedTuple):
    """A drill with the sheet's injects (None: the sheet has errors), and what changed, in words."""

    drill: Drill | None
    changes: tuple[str, ...]


def take_in(drill: Drill, library: Library, file: Path, problems: Problems) -> Imported:
    """The drill with the injects of a sheet; what is wrong goes to `problems`, cell by cell.

    NotFound, BadData as `engine.orders.sheets.read`. With errors there is no drill at all.
    """
    table = read(file, problems)
    reader = _Rows(drill, library, table, problems)
    found = reader.injects()
    if problems.errors:
        return Imported(None, ())
    made = replace(drill, injects=tuple(found), version=drill.version + 1)
    return Imported(made, tuple(_changes(drill, found)))


class _Rows:
    """Reads the rows of a sheet."""

    def __init__(self, drill: Drill, library: Library, table: Table, problems: Problems) -> None:
        self.drill, self.table, self.problems = drill, table, problems
        self.words = _Words(drill, library)
        self.roles = {label: id for id, label in self.words.roles.items()} | {
            id: id for id in self.words.roles
        }
        self.places = {title: at for at, title in enumerate(table.headers) if title in _TITLES}
        self.before = {inject.id: inject for inject in drill.injects}

    def injects(self) -> list[Inject]:
        """Every row that has an id; a sheet without the needed columns has none."""
        for title in _NEEDED:
            if title not in self.places:
                text = f"没有“{title}”这一列"
                self.problems.add("error", "no-column", text, "用 zhiban drill export 导出的表改")
        if self.table.merges:
            merged = [(merge.top, merge.ref) for merge in self.table.merges]
            self.problems.add("error", "merged", "有合并的单元格", "取消合并，每行写全", cells=merged)
        if self.problems.errors:
            return []
        found: dict[str, Inject] = {}
        for values in self.table.rows.iter_rows(named=True):
            row = int(values["row"])
            cells = {title: self._text(values.get(f"c{at}")) for title, at in self.places.items()}
            if not any(cells.values()):
                continue
            inject = self._inject(row, cells)
            if inject is None:
                continue
            if inject.id in found:
                self._wrong(row, "编号", inject.id, "编号写了两次", "换一个编号")
            found[inject.id] = inject
        if not found and not self.problems.errors:
            self.problems.add("error", "no-rows", "表里一行也没有", "至少留一条情况")
        self._unheard(found)
        return list(found.values())

    def _inject(self, row: int, cells: Mapping[str, str]) -> Inject | None:
        id = cells["编号"]
        if (
            not id
            or not id.replace("-", "").replace("_", "").isalnum()
            or not id.isascii()
            or not id[0].islower()
        ):
            help = "小写字母开头，只用小写字母、数字、连字符"
            self._wrong(row, "编号", id, "编号空着" if not id else "编号写法不对", help)
            return None
        old = self.before.get(id)
        if not cells["内容"]:
            self._wrong(row, "内容", "", "内容空着", "写参演人看到、听到什么；不要这条就删掉整行")
        before = dict(zip(_TITLES, self.words.row(old), strict=True)) if old else {}
        for title in _FIXED:
            if title in cells and cells[title] != str(before.get(title, "")):
                self._wrong(row, title, cells[title], f"“{title}”不能在表里改", "改演练文件")
        when = self._when(row, cells, old)
        made = old or Inject(id, Trigger(at=0), "")
        return replace(
            made,
            when=when,
            tell=cells["内容"],
            channel=self._channel(row, cells, made.channel),
            sender=cells.get("来自", made.sender),
            to=self._to(row, cells, made.to),
            red_herring=self._flag(row, cells, made.red_herring),
            note=cells.get("主持人备注", made.note),
        )

    def _when(self, row: int, cells: Mapping[str, str], old: Inject | None) -> Trigger:
        said = cells.get("时刻", "")
        if not said:
            if old is not None and (old.when.at is None or "时刻" not in cells):
                return old.when
            self._wrong(row, "时刻", "", "时刻空着", "写成 `D+0 H+0 M+05` 或 `T+5m`")
            return Trigger(at=0)
        at = times.moment(said)
        if at is None:
            self._wrong(row, "时刻", said, "看不懂这个时刻", "写成 `D+0 H+0 M+05` 或 `T+5m`")
        elif old is not None and old.when.at is None:
            self._wrong(row, "时刻", said, "这一条按条件来，不能写时刻", "清空，或改演练文件")
        elif at >= self.drill.minutes * 60:
            self._wrong(row, "时刻", said, f"在结束以后：全场 {self.drill.minutes} 分钟", "改早一些")
        return Trigger(at=at or 0)

    def _channel(self, row: int, cells: Mapping[str, str], old: Channel) -> Channel:
        said = cells.get("渠道", CHANNELS[old])
        ids: dict[str, Any] = {label: id for id, label in CHANNELS.items()} | {id: id for id in CHANNELS}
        if said not in ids:
            self._wrong(row, "渠道", said, "没有这种渠道", suggest(said, list(CHANNELS.values())))
        found: Channel = ids.get(said, old)
        return found

    def _to(self, row: int, cells: Mapping[str, str], old: tuple[str, ...]) -> tuple[str, ...]:
        if "给谁" not in cells:
            return old
        names = [name for name in cells["给谁"].replace("，", "、").replace(",", "、").split("、") if name]
        for name in names:
            if self.roles.get(name) not in self.drill.roles:
                allowed = [self.words.roles[role] for role in self.drill.roles]
                self._wrong(row, "给谁", name, "这场演练没有人担任", suggest(name, allowed))
        return tuple(self.roles.get(name, name) for name in names)

    def _flag(self, row: int, cells: Mapping[str, str], old: bool) -> bool:
        said = cells.get("干扰", "是" if old else "").lower()
        if said not in _YES:
            self._wrong(row, "干扰", said, "要写 是 或 否", "写 是 或 否")
        return _YES.get(said, old)

    def _unheard(self, found: Mapping[str, Inject]) -> None:
        """Rows taken out that something else waits for."""
        gone = set(self.before) - set(found)
        waiting = [(f"要求 {e.id}", e.since) for e in self.drill.expectations]
        waiting += [(f"情况 {i.id}", trigger) for i in found.values() for trigger in (i.when, *i.unless)]
        for what, trigger in waiting:
            if trigger.on == "fired" and trigger.name in gone:
                text = f"删掉了 {trigger.name}，而{what}要等它"
                self.problems.add("error", "awaited", text, "把这一行加回来，或改演练文件")

    def _text(self, value: object) -> str:
        return original(" ".join(str(value or "").split()))

    def _wrong(self, row: int, title: str, value: str, text: str, help: str) -> None:
        self.problems.add(
            "error", "bad-cell", text, help, cells=[(row, value)], column=letter(self.places.get(title, 0)),
            header=title,
        )  # fmt: skip


def _changes(drill: Drill, found: Iterable[Inject]) -> Iterable[str]:
    before = {inject.id: inject for inject in drill.injects}
    after = {inject.id: inject for inject in found}
    for id, inject in after.items():
        old = before.get(id)
        if old is None:
            yield f"加了 {id}"
        elif old.when != inject.when:
            yield f"{id} 从 {times.written(old.when.at or 0)} 改到 {times.written(inject.when.at or 0)}"
        elif old != inject:
            yield f"{id} 改了"
    yield from (f"删了 {id}" for id in before if id not in after)
