"""`zhiban playbook …`, `simulate`, `init`, `doctor`: one function a command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.console import desk, record
from engine.console.incidents import write
from engine.console.respond import terminal
from engine.model import Library


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
        desk.known(library, id)
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
