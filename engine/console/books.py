"""`zhiban playbook …`, `simulate`, `init`, `doctor`: one function a command."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from engine.console import desk, record
from engine.console.incidents import write
from engine.console.respond import terminal
from engine.errors import NotFound
from engine.model import Finding, Library
from engine.reader import load_library
from engine.reader.report import suggest


def listing(*, json: bool) -> None:
    """List playbooks."""
    from engine.console.lists import playbooks, visible

    library = desk.shelf().library
    if json:
        record.emit(
            [
                {"id": p.id, "title": p.title, "version": p.version, "origin": p.origin}
                for p in visible(library)
            ]
        )
    else:
        playbooks(terminal(), library)


def _known(library: Library, id: str) -> None:
    ids = [playbook.id for playbook in library.playbooks]
    if id not in ids:
        raise NotFound(f"没有剧本 `{id}`", suggest(id, ids) or "用 zhiban playbook list 看有哪些")


def show(id: str, *, json: bool) -> None:
    """Show one playbook."""
    library = desk.shelf().library
    _known(library, id)
    if json:
        record.emit(next(playbook for playbook in library.playbooks if playbook.id == id))
    else:
        from engine.console.lists import playbook

        playbook(terminal(), library, id)


def _extended(files: list[Path]) -> list[str]:
    """The playbooks that the given files change (`extends:`): the result of the change is checked."""
    import re

    texts = (
        file.read_text("utf-8", errors="replace")
        for path in files
        for file in (sorted(path.glob("*.y*ml")) if path.is_dir() else [path])
        if file.is_file()
    )
    return [match[1] for text in texts if (match := re.search(r"^extends:\s*([\w-]+)", text, re.M))]


def check(given: Sequence[Path], *, pairs: bool, json: bool) -> int:
    """Explore playbooks; 4 on any error."""
    from engine import checks
    from engine.console.lists import findings

    library = load_library()
    ids = [playbook.id for playbook in library.playbooks]
    files = [path for path in given if str(path) not in ids]
    if files:
        library = load_library(files)
    # `playbooks/x.yaml` is read as `./playbooks/x.yaml`: its name must not look like a shipped one
    own = {name for path in files for name in (path.as_posix(), f"./{path.as_posix()}")}
    chosen = [str(path) for path in given if str(path) in ids]
    chosen += [
        p.id
        for p in library.playbooks
        if p.origin == "file" and (p.span.file in own or _under(p.span.file, files))
    ]
    chosen += [id for id in _extended(files) if id in ids and id not in chosen]
    chosen = chosen or ([] if given else [p.id for p in library.playbooks])
    combos: list[tuple[str, ...]] = [(id,) for id in chosen]
    if pairs:
        combos += combinations([id for id in chosen if id != "always"], 2)
    reports: list[dict[str, Any]] = [checks.check(library, list(combo)) for combo in combos]
    spans = {playbook.span.file for playbook in library.playbooks if playbook.id in chosen}
    named = own | spans | {name for name in library.texts if "vocabulary" in name}
    reading = [f for f in library.findings if not given or f.span.file in named or _under(f.span.file, files)]
    bad = _errors(reading) or any(_errors(report["findings"]) for report in reports)
    if json:
        record.emit(reports + ([{"playbook": None, "findings": reading}] if reading else []))
        return 4 if bad else 0
    screen = terminal()
    findings(screen, reading)
    for report in reports:
        told = f"{report['playbook']}：状态 {report['states']}，路径 {report['paths']}，"
        told += (
            f"最短 {report['shortest']}、最长 {report['longest']} 步，最多问 {report['questions_max']} 次，"
        )
        bad_one = _errors(report["findings"])
        screen.line(f"{told}问题 {len(report['findings'])} 处", "late" if bad_one else "")
        findings(screen, report["findings"])
    return 4 if bad else 0


def test(given: Sequence[Path], *, json: bool) -> int:
    """Run the rule tests; 4 unless all pass."""
    from engine import cases
    from engine.console.lists import findings

    results = cases.run_cases(load_library(), given)
    if json:
        record.emit(cases.to_json(results))
        return 0 if results.ok else 4
    screen = terminal()
    findings(screen, results.findings)
    for result in results.results:
        if not result.passed:
            screen.line(f"{result.place} {result.playbook}：{result.name}", "late")
        for failure in result.failures:
            screen.line(failure.message, first="  → ")
    for entry in results.coverage:
        dark = [rule.rpartition(".")[2] for rule in (*entry.never_true, *entry.never_false)]
        told = f"；没照到：{'、'.join(dict.fromkeys(dark))}" if dark else ""
        screen.line(f"{entry.playbook}：用例 {entry.cases} 个，规则 {len(entry.rules)} 条{told}")
    failed = sum(not result.passed for result in results.results)
    screen.line(f"通过 {len(results.results) - failed} 个，不通过 {failed} 个", "late" if failed else "good")
    return 0 if results.ok else 4


def _under(file: str, folders: Sequence[Path]) -> bool:
    return any(folder.is_dir() and Path(file).is_relative_to(folder) for folder in folders)


def _errors(found: Sequence[Finding]) -> bool:
    return any(finding.level == "error" for finding in found)


def schema(output: Path | None) -> None:
    """The JSON Schema of the playbook format."""
    import msgspec

    from engine.reader.json_schema import build

    write(msgspec.json.format(msgspec.json.encode(build()), indent=2) + b"\n", output)


def simulate(playbooks: Sequence[str], seed: int, *, json: bool) -> int:
    """Walk some playbooks with an invented officer; 1 when the walk does not close."""
    from engine.simulate import simulate as walk

    library = desk.shelf().library
    for id in playbooks:
        _known(library, id)
    result = walk(library, list(playbooks), seed)
    if json:
        record.emit(result)
    else:
        _transcript(library, result)
    return 0 if result["closed"] else 1


def _transcript(library: Library, result: dict[str, Any]) -> None:
    screen = terminal()
    told = {p.id: p.title for p in library.playbooks}
    shared = library.vocabulary
    told |= {step.key: step.what for p in library.playbooks for step in p.steps}
    told |= {fact.key: fact.label for p in library.playbooks for fact in p.facts}
    told |= {step.key: step.what for step in shared.steps} | {fact.key: fact.label for fact in shared.facts}

    def named(key: object) -> str:
        return told.get(str(key), str(key))

    outcomes = {"done": "办好", "handed": "交代", "blocked": "没办成", "skipped": "跳过"}
    for event in result["events"]:
        at = str(event["at"])[11:16]
        match event["kind"]:
            case "presented":
                for key in event["steps"]:
                    screen.line(named(key), "act", first=f"{at} 要做 ")
            case "asked":
                screen.line(str(event["ask"]), first=f"{at} 问   ")
            case "marked":
                screen.line(named(event["step"]), "quiet", first=f"{at} {outcomes[event['outcome']]} ")
            case "overdue":
                screen.line(named(event.get("step") or event["fact"]), "late", first=f"{at} 超时 ")
            case "activated":
                screen.line(named(event["playbook"]), "title", first=f"{at} 启用 ")
    end = "走到了结束" if result["closed"] else "没有走到结束"
    screen.line(
        f"{end}：{result['prompts']} 屏，后续跟进 {len(result['follow_ups'])} 项（seed {result['seed']}）",
        "good",
    )


def init(*, json: bool) -> None:
    """Write the blank hall profile."""
    from engine import paths
    from engine.hall.template import write_template

    library = desk.shelf().library
    write_template(paths.hall_file(), library.vocabulary, [v for p in library.playbooks for v in p.hall])
    if json:
        record.emit({"written": str(paths.hall_file())})
    else:
        terminal().line(f"已写好 {paths.hall_file()}，用编辑器填姓名、电话、时间；空着的不影响使用。", "good")


def doctor(*, json: bool) -> None:
    """Show the state of the installation."""
    from engine.console.doctor import examine

    points = examine()
    if json:
        record.emit({"ok": all(point["ok"] for point in points), "points": points})
        return
    screen = terminal()
    for point in points:
        screen.line(
            f"{point['name']}：{point['says']}",
            "" if point["ok"] else "soon",
            first="● " if point["ok"] else "○ ",
        )
        if point["help"]:
            screen.line(point["help"], first="  → ")
