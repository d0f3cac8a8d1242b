"""`zhiban incident …`: one function a command, each loads, calls the engine and shows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.console import desk, record
from engine.console.respond import terminal
from engine.console.screens import Screens
from engine.errors import BadData, reason
from engine.session import Session


@contextmanager
def _session(name: str) -> Iterator[Session]:
    with desk.journal_to_read() as journal, desk.opened(journal, desk.find(journal, name)) as session:
        yield session


def listing(*, every: bool, json: bool) -> None:
    """List incidents."""
    with desk.journal_to_read() as journal:
        found = journal.list(None if every else "real")
        if json:
            record.emit(found)
        else:
            from engine.console.lists import incidents

            incidents(terminal(), found)


def show(name: str, *, json: bool) -> None:
    """Show one incident."""
    with _session(name) as session:
        if json:
            record.emit(record.incident(session))
        else:
            from engine.console.lists import show_incident

            show_incident(session, terminal())


def verify(name: str, *, json: bool) -> None:
    """Check the hash chain; BadData when anything was changed."""
    with desk.journal_to_read() as journal:
        incident = desk.find(journal, name)
        found = tuple(journal.verify(incident))
        if json:
            record.emit({"id": incident, "ok": not found, "findings": found})
        elif not found:
            terminal().line(f"事件 {incident} 的记录完好，没有被改过。", "good")
        if found:
            raise BadData(f"事件 {incident} 的记录被改过或损坏，共 {len(found)} 处", "从备份恢复", found)


def replay(name: str, *, json: bool) -> None:
    """Perform the recorded acts again and compare; BadData at a difference."""
    with _session(name) as session:
        again = session.replayed()
        pairs = enumerate(zip(session.events, again, strict=False), 1)
        different = next((number for number, (before, now) in pairs if before != now), 0)
        if not different and len(again) != len(session.events):
            different = min(len(again), len(session.events)) + 1
        if json:
            record.emit(
                {
                    "id": session.id,
                    "same": not different,
                    "events": len(session.events),
                    "differs_at": different or None,
                }
            )
        elif not different:
            terminal().line(f"事件 {session.id} 重推 {len(again)} 条，与记录完全一致。", "good")
        if different:
            raise BadData(
                f"事件 {session.id} 重推的结果从第 {different} 条起与记录不同", "程序版本变了，或记录被改过"
            )


def export(name: str, output: Path | None) -> None:
    """The raw record with its hashes."""
    with desk.journal_to_read() as journal:
        incident = desk.find(journal, name)
        write(journal.export(incident), output)


def write(data: bytes, output: Path | None, *, force: bool | None = None) -> None:
    """Bytes to a file or to standard output; over an existing file only with `force`, all or nothing.

    `force` is None where a command has no such option.
    """
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    there = output.with_name(f".{output.name}.part") if force else output
    try:
        with there.open("wb" if force else "xb") as file:
            file.write(data)
        if force:
            there.replace(output)
    except FileExistsError:
        help = "换一个名字" if force is None else "换一个名字，或加 --force 盖掉"
        raise BadData(f"文件 {output} 已经存在", help) from None
    except OSError as error:
        raise BadData(f"写不了文件 {output}：{reason(error)}", "检查目录和权限") from None
    desk.warn(f"已写到 {output}")


def handover(name: str, *, json: bool) -> None:
    """The handover page."""
    from engine.console import papers
    from engine.console.handover import page

    with _session(name) as session:
        if json:
            papers.report(session, "handover", html=False, output=None, json=True)
            return
        screen = terminal()
        for text, style in page(session, Screens(session, screen)):
            screen.line(text, style)


def report(name: str, kind: str, *, html: bool, output: Path | None, json: bool) -> None:
    """A report."""
    from engine.console import papers

    with _session(name) as session:
        papers.report(session, kind, html=html, output=output, json=json)


# ---- explanations ---------------------------------------------------------------------------------


def why(name: str, step: str, *, json: bool) -> None:
    """Why a step is wanted."""
    from engine import explain
    from engine.console.reasons import show_step

    with _session(name) as session:
        found = explain.why(session, step)
        if json:
            record.emit(found)
        else:
            show_step(session, Screens(session, terminal()), session.ruleset.resolve(step, "step") or step)


def why_not(name: str, rule: str, *, json: bool) -> None:
    """Why a rule does not hold."""
    from engine import explain
    from engine.console.reasons import show_rule

    with _session(name) as session:
        if json:
            record.emit(explain.why_not(session, rule))
        else:
            show_rule(session, Screens(session, terminal()), rule)


def what_if(name: str, change: str, *, json: bool) -> None:
    """What another answer would change."""
    from engine.console.reasons import effect, show_effect

    with _session(name) as session:
        if json:
            record.emit(effect(session, change))
        else:
            show_effect(session, Screens(session, terminal()), change)
