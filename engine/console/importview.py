"""What an import found and did: on the screen, as JSON, and its problems as a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from engine.console import tables
from engine.console.terminal import Terminal

if TYPE_CHECKING:
    from engine.orders.batches import Batch
    from engine.orders.importing import Checked
    from engine.orders.problems import Problem, Problems

_SHOWN = 40  # cells on the screen; --problems has more
_CALLERS = 10
LEVELS = {"error": ("错", "late"), "warning": ("注意", "soon"), "info": ("说明", "quiet")}
_HOW = {"said": "指定", "saved": "上次记下", "guessed": "猜的"}


def show(screen: Terminal, checked: Checked, batch: Batch | None, dry_run: bool) -> None:
    """What was found, and what was done."""
    from engine.orders.mapping import label
    from engine.orders.problems import letter

    table, problems = checked.table, checked.problems
    screen.line(f"{table.file}（{table.form}）：{checked.rows} 行，表头在第 {table.header_row} 行", "title")
    if same := [f"{letter(c.at)} {c.header}" for c in checked.columns.columns if c.how == "label"]:
        screen.line(f"同名的列：{'、'.join(same)}")
    others = [c for c in checked.columns.columns if c.how != "label"]
    tables.table(screen, [(letter(c.at), c.header, f"→ {label(c.field)}（{_HOW[c.how]}）") for c in others])
    if left := [f"{letter(i)}“{header}”" for i, header in checked.columns.unused if header]:
        more = f" 等 {len(left)} 列" if len(left) > 12 else ""
        screen.line(f"没有用的列：{'、'.join(left[:12])}{more}", "quiet")
    cells(screen, problems)
    if checked.callers:
        screen.line(f"重复来电：{checked.repeaters} 人就同一件事来电多次，应提级", "soon")
        for caller in checked.callers[:_CALLERS]:
            about = "、".join(part for part in (caller.kind, caller.subject) if part)
            screen.line(f"{caller.phone} {about}：{caller.calls} 次，最近一单 {caller.last}", first="  ")
    screen.line(*_result(checked, batch, dry_run))


def cells(screen: Terminal, problems: Problems) -> None:
    """What is wrong with a sheet, by cell; beyond a screenful only how much more."""
    listed = problems.sorted()
    helps = [problem.help for problem in listed] + [""]
    for number, problem in enumerate(listed[:_SHOWN]):
        _problem(screen, problem, say=problem.help if helps[number + 1] != problem.help else "")
    if (rest := len(listed) + problems.unlisted - _SHOWN) > 0:
        screen.line(f"……还有 {rest} 处；写成表逐格看：加 --problems 文件.csv", "soon")
    for problem in problems.rest():
        screen.line(f"{problem.message}，改好后再查一遍", "soon", first=f"{problem.place} ")


def _problem(screen: Terminal, problem: Problem, say: str) -> None:
    word, style = LEVELS[problem.level]
    about = problem.header if problem.header and problem.column else ""
    about += f"“{problem.value}”" if problem.value else ""
    screen.line(
        f"{about}：{problem.message}" if about else problem.message, style, first=f"{word} {problem.place} "
    )
    if say:
        screen.line(say, first="  → ")


def _result(checked: Checked, batch: Batch | None, dry_run: bool) -> tuple[str, str]:
    errors, warnings = checked.problems.errors, checked.problems.number("warning")
    same = f"，{checked.same} 行台账里已有且相同" if checked.same else ""
    more = f"，其中 {checked.updates} 行替换台账里的" if checked.updates else ""
    noted = f"（另有 {warnings} 处要注意）" if warnings else ""
    if errors:
        return f"{errors} 处错误{noted}：一行也没有导入。改好再导入。", "late"
    if dry_run:
        return f"可以导入 {checked.new.height} 行{more}{same}{noted}。这次只检查，什么也没有写。", "good"
    if batch is None:
        return f"没有新工单{same}。", "good"
    return f"已导入 {batch.rows} 行{more}{same}{noted}，批号 {batch.id}。", "good"


def as_json(checked: Checked, batch: Batch | None, dry_run: bool) -> dict[str, Any]:
    """The contract of `order import --json`."""
    from engine.orders.problems import letter

    problems = checked.problems
    return {
        "file": checked.table.file,
        "form": checked.table.form,
        "header_row": checked.table.header_row,
        "rows": checked.rows,
        "columns": [
            {"column": letter(c.at), "header": c.header, "field": c.field, "how": c.how}
            for c in checked.columns.columns
        ],
        "unused": [{"column": letter(i), "header": header} for i, header in checked.columns.unused],
        "errors": problems.errors,
        "warnings": problems.number("warning"),
        "problems": [{**asdict(problem), "place": problem.place} for problem in problems.sorted()],
        "unlisted": problems.unlisted,
        "new": checked.new.height,
        "same": checked.same,
        "updates": checked.updates,
        "repeaters": checked.repeaters,
        "callers": [caller._asdict() for caller in checked.callers],
        "dry_run": dry_run,
        "imported": batch.rows if batch else 0,
        "batch": batch.id if batch else None,
    }


def sheet(found: Problems) -> bytes:
    """Problems as a CSV sheet, one cell a line; a last line each for what is only counted."""
    from engine.exports import Column, Sheet, csv

    titles = ("轻重", "位置", "行", "列", "列名", "内容", "问题", "怎么办")
    rows = (
        (LEVELS[p.level][0], p.place, p.row or None, p.column, p.header, p.value, p.message, p.help)
        for p in (*found.sorted(), *found.rest())
    )
    return csv(Sheet("问题", tuple(Column(title) for title in titles), rows))
