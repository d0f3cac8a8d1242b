"""`zhiban playbook sources`: which statement is realised where, and which is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.console import desk, record
from engine.console.respond import terminal
from engine.console.tables import table
from engine.console.terminal import Terminal
from engine.console.wrap import columns, pad
from engine.model import PHASE_TITLES
from engine.provenance import KINDS, Statement, counted, select, statements
from engine.sources import sources

_PHASES = {
    **PHASE_TITLES,
    "principle": "原则",
    "branch": "分支",
    "deadline": "时限",
    "score": "计分",
    "statistic": "统计",
}
_STATES = {"reached": "走到", "cited": "引了走不到", "excused": "有说明", "unused": "没用"}


def report(ids: Sequence[str], *, statement: str, unused: bool, json: bool) -> int:
    """Report provenance; 4 when a statement that should be realised is neither reached nor excused."""
    library = desk.shelf().library
    known = statements(library, sources())
    found = select(known, [*ids, *([statement] if statement else [])]) if ids or statement else known
    if unused:
        found = [entry for entry in found if not entry.cited]
    lacking = [entry for entry in found if entry.lacking]
    if json:
        record.emit(_data(found))
        return 4 if lacking else 0
    screen = terminal()
    if statement or unused or ids:
        for entry in found:
            _entry(screen, entry, whole=bool(statement))
        if unused:
            told = f"没有剧本引用的 {len(found)} 条，其中应当落实而没有说明的 {len(lacking)} 条。"
            screen.line(told, "late" if lacking else "good")
        return 4 if lacking else 0
    titles = {playbook.id: playbook.title for playbook in library.playbooks}
    _table(screen, "场景", titles, counted(found, "playbook"))
    screen.blank()
    _table(screen, "阶段", _PHASES, counted(found, "phase"))
    screen.blank()
    _verdict(screen, found, lacking)
    return 4 if lacking else 0


def _data(found: Sequence[Statement]) -> dict[str, Any]:
    import msgspec

    return {
        "statements": [{**msgspec.structs.asdict(entry), "state": entry.state} for entry in found],
        "by_playbook": counted(found, "playbook"),
        "by_phase": counted(found, "phase"),
        "lacking": [entry.id for entry in found if entry.lacking],
    }


def _entry(screen: Terminal, entry: Statement, *, whole: bool) -> None:
    state = _STATES[entry.state]
    screen.line(f"{_PHASES[entry.phase]}，{state}：{entry.text}", first=f"{entry.id:<7}")
    if entry.excused:
        screen.line(entry.excused, "quiet", first="       说明 ")
    for place in entry.cited if whole else entry.cited[:1]:
        screen.line(f"{place.name}（{place.place}）", first=f"       {KINDS[place.kind]} ")
    if len(entry.cited) > 1 and not whole:
        screen.line(f"共 {len(entry.cited)} 处，全部：--statement {entry.id}", "quiet", first="       ")


def _table(
    screen: Terminal, head: str, titles: Mapping[str, str], rows: Mapping[str, Mapping[str, int]]
) -> None:
    """One row a scenario or phase; empty numbers are dots, so that what is missing stands out."""
    names = ["all", *_STATES]
    lines = [[head, "条数", *_STATES.values()]]
    for key, row in rows.items():
        lines.append([titles.get(key, key), *(str(row[name] or "·") for name in names)])
    total = {name: sum(row[name] for row in rows.values()) for name in names}
    lines.append(["合计", *(str(total[name] or "·") for name in names)])
    widths = [max(columns(line[i]) for line in lines) for i in range(len(names) + 1)]
    aligned = [[_right(line[i], width) for i, width in enumerate(widths)] for line in lines]
    table(screen, [[pad(line[0], widths[0]), *row[1:]] for line, row in zip(lines, aligned, strict=True)])


def _right(text: str, width: int) -> str:
    return " " * (width - columns(text)) + text


def _verdict(screen: Terminal, found: Sequence[Statement], lacking: Sequence[Statement]) -> None:
    reached = sum(entry.reached for entry in found)
    told = f"{len(found)} 条里 {reached} 条在剧本里走得到。"
    screen.line(f"{told}没引用的和原因：zhiban playbook sources --unused")
    if lacking:
        screen.line(f"应当落实而没有的：{'、'.join(entry.id for entry in lacking)}", "late")
    else:
        screen.line("该落实的每一条都走得到，或写明了原因。", "good")
