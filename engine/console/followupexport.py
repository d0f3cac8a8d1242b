"""`zhiban followup export`: follow-ups as a sheet, or as a calendar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.console.followupdesk import opened, picked, unmasked
from engine.console.followupview import Roles
from engine.errors import UsageError

if TYPE_CHECKING:
    from engine.journal import Mode

FORMS = ("xlsx", "csv", "ics")


def export(
    forms: tuple[str, ...], output: Path | None, *, mode: Mode, current: bool, overdue: bool, mine: str,
    force: bool, unmask: str | None,
) -> None:  # fmt: skip
    """All follow-ups (`current`: without the closed) as a sheet or a calendar."""
    from engine import exports
    from engine.console.incidents import write
    from engine.followups import leaving
    from engine.orders.privacy import masked

    form = _form(forms, output)
    if output is None and form != "csv":
        raise UsageError("要写导出到哪个文件", f"加上 -o 后续.{form}")
    unmasked(f"followup export {output or form}", unmask)
    roles = Roles()
    with opened(write=False) as found:
        entries = picked(found.ledger, mode, roles, every=not current, overdue=overdue, mine=mine)
        hide = masked if unmask is None else str
        if form == "ics":
            todos = leaving.todos(entries, roles.owner, mode, hide)
            data = exports.calendar(todos, leaving.NAMES[mode])
        else:
            sheet = leaving.sheet(entries, found.ledger.clock.now(), roles.owner, mode, hide)
            data = exports.csv(sheet) if form == "csv" else exports.xlsx([sheet])
    write(data, output, force=force)


def _form(forms: tuple[str, ...], output: Path | None) -> str:
    if len(forms) > 1:
        raise UsageError("一次只能导出一种", "在 --xlsx、--csv、--ics 里选一个")
    if forms:
        return forms[0]
    ending = output.suffix.lower().lstrip(".") if output is not None else ""
    if ending not in FORMS:
        raise UsageError("要写导出成什么", "在 --xlsx（表格）、--csv、--ics（日历待办）里选一个")
    return ending
