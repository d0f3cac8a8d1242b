"""`zhiban drill list`, `check` and `new`: the drills that there are, what is wrong with them, a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import asdict

from engine.console import desk, record
from engine.console.lists import findings as show_findings
from engine.console.respond import terminal
from engine.console.tables import table
from engine.drill.model import Drill
from engine.drill.reading import Read, files, load, read_file
from engine.errors import UsageError
from engine.model import Finding

LEVELS = ("", "一级（最易）", "二级", "三级", "四级", "五级（最难）")


def listing(*, json: bool) -> None:
    """Every shipped drill."""
    library = desk.shelf().library
    found = [read.drill for file in files() if (read := read_file(library, file)).drill is not None]
    drills = sorted((drill for drill in found if drill), key=lambda drill: (drill.level, drill.minutes))
    if json:
        record.emit([summary(drill) for drill in drills])
        return
    screen = terminal()
    screen.line("演练（zhiban drill run 名称 开始）：", "title")
    table(screen, [(drill.id, f"{drill.minutes} 分", LEVELS[drill.level], drill.title) for drill in drills])


def summary(drill: Drill) -> dict[str, object]:
    """A drill in a list."""
    return {
        "id": drill.id,
        "title": drill.title,
        "version": drill.version,
        "minutes": drill.minutes,
        "level": drill.level,
        "playbooks": list(drill.playbooks),
        "roles": list(drill.roles),
        "objectives": [objective.what for objective in drill.objectives],
    }


def check(given: Sequence[Path], *, play: bool, json: bool) -> int:
    """Read, check and (with `play`) try out drill files; 4 on any error."""
    from engine.drill.check import check as examine
    from engine.drill.trial import SCRIPTED, trial
    from engine.practice.reading import load as load_bank

    library, bank = desk.shelf().library, load_bank()
    screen, told, bad = terminal(), [], False
    for file in files(_paths(given)):
        read = read_file(library, file)
        found: list[Finding] = list(read.findings)
        totals: Mapping[str, float] = {}
        if read.drill is not None:
            found += examine(read.drill, library, bank)
            if play and not _errors(found):
                totals, more = trial(read.drill, library, bank)
                found += more
        bad = bad or _errors(found)
        told.append({"drill": _name(read), "file": read.file, "findings": found, "totals": totals})
        if not json:
            scores = "、".join(f"{SCRIPTED[who]} {total:g} 分" for who, total in totals.items())
            says = f"问题 {len(found)} 处" if found else "没有问题"
            screen.line(
                f"{says}{'；' if scores else ''}{scores}", "late" if found else "", first=f"{_name(read)}："
            )
            show_findings(screen, found)
    if json:
        record.emit(told)
    return 4 if bad else 0


def _paths(given: Sequence[Path]) -> list[Path]:
    """Files and folders; a bare name is that of a shipped drill."""
    shipped = {file.stem: file for file in files()}
    return [shipped.get(str(path), path) for path in given]


def _name(read: Read) -> str:
    return read.drill.id if read.drill is not None else Path(read.file).stem


def _errors(found: Sequence[Finding]) -> bool:
    return any(finding.level == "error" for finding in found)


def export(name: str, output: Path | None, *, xlsx: bool, force: bool) -> None:
    """The script of a drill as a sheet: XLSX, else CSV."""
    from engine.console.incidents import write as put
    from engine.drill.msel import sheet
    from engine.exports import csv
    from engine.exports import xlsx as workbook

    library = desk.shelf().library
    drill = load(library, name).drill
    assert drill is not None
    made = sheet(drill, library)
    book = xlsx or (output is not None and output.suffix.lower() == ".xlsx")
    if book and output is None:
        raise UsageError("XLSX 要写到文件", "加 --output 文件.xlsx")
    put(workbook([made]) if book else csv(made), output, force=force)


def take_in(name: str, sheet: Path, output: Path | None, *, force: bool, json: bool) -> int:
    """A script that was edited as a sheet, as a drill file again; 4 and no file when the sheet has faults."""
    from engine.console import importview
    from engine.console.incidents import write as put
    from engine.drill.check import check as examine
    from engine.drill.msel import take_in as read_sheet
    from engine.drill.writing import write
    from engine.orders.problems import Problems
    from engine.practice.reading import load as load_bank

    library, problems = desk.shelf().library, Problems()
    old = load(library, name).drill
    assert old is not None
    made = read_sheet(old, library, sheet, problems)
    found = examine(made.drill, library, load_bank()) if made.drill is not None else ()
    bad = bool(problems.errors) or _errors(found)
    if made.drill is not None and not bad:
        text = write(made.drill, f"由 {old.id} 第 {old.version} 版和表 {sheet.name} 写成。")
        if output is not None:
            put(text.encode(), output, force=force)
        elif not json:
            desk.stdout(text)
    if json:
        record.emit(
            {
                "drill": old.id,
                "problems": [asdict(problem) for problem in problems.sorted()],
                "findings": found,
                "changes": list(made.changes),
                "written": str(output) if output is not None and not bad else None,
            }
        )
    elif bad or output is not None:
        screen = terminal()
        importview.cells(screen, problems)
        show_findings(screen, found)
        says = "、".join(made.changes) or "没有改动"
        screen.line("有错，没有写文件。改好再来。" if bad else f"{says}。", "late" if bad else "good")
    return 4 if bad else 0


def new(playbook: str, level: int, seed: int, output: Path | None, *, json: bool) -> None:
    """Generate a drill; to a file, or to standard output. Conflict: the file is there already."""
    from engine.authoring import write_new
    from engine.drill.generate import generate
    from engine.drill.writing import plain, write
    from engine.practice.reading import load as load_bank

    desk.known(library := desk.shelf().library, playbook)
    drill = generate(library, load_bank(), playbook, level, seed)
    text = write(drill, f"由剧本生成：难度 {level}，种子 {seed}。改好再用；写法见 docs/drills.md。")
    if output is not None:
        write_new({output: text})
    if json:
        record.emit({"drill": plain(drill), "file": str(output) if output else None})
    elif output is not None:
        terminal().line(f"已写好 {output}：{drill.title}，{drill.minutes} 分钟。", "good")
        terminal().line(f"zhiban drill check {output} 检查，zhiban drill run {output} 开始。")
    else:
        desk.stdout(text)
