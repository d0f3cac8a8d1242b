"""`zhiban`, `respond`, `resume`: from a sentence to a walk, by a person or by an answers file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine import paths, walk
from engine.console import desk, replies
from engine.console.desk import GENERAL, Shelf
from engine.console.terminal import terminal as terminal
from engine.errors import NotFound, UsageError
from engine.session import Session
from engine.triage import triage

if TYPE_CHECKING:
    from engine.console.terminal import Terminal
    from engine.journal import Journal


def interactive() -> bool:
    """Whether a person sits at the keyboard."""
    try:
        return sys.stdin.isatty()
    except ValueError:  # closed
        return False


def respond(
    text: str, playbooks: Sequence[str], answers: Path | None, *, json: bool, first_screen: bool
) -> int:
    """Open an incident and walk it; returns the exit code."""
    shelf = desk.shelf()
    text, cut = replies.clean(text)
    if cut:
        desk.warn(f"这句话太长，只用前 {replies.LIMIT} 个字")
    for name in playbooks:
        desk.known(shelf.library, name)
    given = None
    if answers is not None:
        from engine.console.answers import read

        given = read(answers, shelf.library)
    by_hand = interactive() and answers is None and not json and not first_screen
    if not text and not playbooks and not by_hand:
        raise UsageError(
            "要写一句话，或用 --playbook 指定剧本", '例如：zhiban respond "下雨了，保安不让群众进"'
        )
    with desk.journal_to_write() as journal:
        if by_hand:
            screen = terminal()
            from engine.console.opening import start

            session = start(shelf, journal, screen, text, playbooks)
            return go(session, screen) if session is not None else 0
        session = begin(shelf, journal, text, playbooks)
        if first_screen:
            show_first(session, json=json)
            return 0
        return by_script(session, given, json=json)


def begin(shelf: Shelf, journal: Journal, text: str, playbooks: Sequence[str]) -> Session:
    """Open an incident without asking anybody: what triage ranks first, or what was named."""
    desk.warn_if_taught_is_damaged()
    result = triage(text, shelf.library)
    chosen = list(playbooks) or list(result.active) or [GENERAL]
    return desk.begin(shelf, journal, chosen, text, desk.heard_at_start(result, shelf.library, chosen))


def show_first(session: Session, *, json: bool = False) -> None:
    """Journal and print the first screen (`json`: the incident as it stands then)."""
    from engine.console.screens import Screens

    prompt = walk.first_screen(session)
    session.perform("presented", {"steps": [item.key for item in prompt.steps]})
    if json:
        from engine.console.record import emit, incident

        emit({**incident(session), "needs": []})
        return
    screen = terminal()
    Screens(session, screen).steps(prompt.steps)
    screen.line(f"接着办：zhiban resume {session.id}", "quiet")


def by_script(session: Session, answers: object, *, json: bool) -> int:
    """Walk by an answers file (None: an empty one) and print the incident."""
    from engine.console.answers import Answers
    from engine.console.record import emit, incident
    from engine.console.script import Script, needs

    given = answers if isinstance(answers, Answers) else Answers()
    stop = Script(session, given).run()
    if json:
        emit({**incident(session), "needs": list(stop.missing)})
    else:
        from engine.console.lists import show_incident

        show_incident(session, terminal())
    if stop.missing:
        raise needs(session, stop, f"zhiban resume {session.id} --answers 文件")
    return 0


# ---- by hand --------------------------------------------------------------------------------------


def go(session: Session, screen: Terminal) -> int:
    """The walk by hand; says how to go on when the officer leaves."""
    from engine.console.loop import Walk

    try:
        end = Walk(session, screen).run()
    except (EOFError, KeyboardInterrupt) as reason:
        screen.line(f"\n已记下的都在。接着办：zhiban resume {session.id}")
        return 0 if isinstance(reason, EOFError) else 130
    if end == "left":
        if session.state.status == "open":
            session.perform("paused")
        screen.line(f"已保存。接着办：zhiban resume {session.id}", "good")
    return 0


def resume(name: str, answers: Path | None, *, json: bool) -> int:
    """Go on with an incident."""
    from engine.journal import Journal

    if paths.missing(desk.journal_file()):
        raise NotFound("还没有任何事件记录", "zhiban respond 开始处置")
    with (
        Journal(desk.journal_file()) as journal,
        desk.opened(journal, desk.find(journal, name)) as session,
    ):
        if session.state.status == "closed":
            raise UsageError(f"事件 {session.id} 已经结束", f"看记录：zhiban incident show {session.id}")
        if answers is None and not json and interactive():
            screen = terminal()
            return welcome_back(session, screen)
        session.perform("resumed")
        given = None
        if answers is not None:
            from engine.console.answers import read

            given = read(answers, session.library)
        return by_script(session, given, json=json)


def welcome_back(session: Session, screen: Terminal) -> int:
    """Resume by hand: where things stand, then the walk."""
    session.perform("resumed")
    done = sum(step.outcome == "done" for step in session.state.steps.values())
    screen.line(f"接着办：{session.state.title}（{session.id}），已办 {done} 件。", "title")
    return go(session, screen)


def home() -> int:
    """`zhiban` alone at a terminal: resume what is open, else ask what happened."""
    screen = terminal()
    with desk.journal_to_write() as journal:
        open_ones = [entry for entry in journal.list("real") if entry.status != "closed"][:9]
        text = ""
        if open_ones:
            screen.line("还没结束的事件：", "title")
            for number, entry in enumerate(open_ones, 1):
                at = entry.opened_at[5:16].replace("T", " ")
                screen.line(f"{entry.title}（{at} 开始）", first=f"{number:>2} ")
            screen.line(
                "Enter＝接着办第 1 件；打号选；有新的事直接用一句话说；0＝新事件；q 离开",
                "quiet",
                first="   ",
            )
            while True:
                typed = replies.clean(screen.read())[0]
                reply = replies.pick(typed, len(open_ones))
                if isinstance(reply, replies.Command) and reply.name == "quit":
                    return 0
                if isinstance(reply, replies.Report):
                    text = reply.text
                    break
                if isinstance(reply, replies.Empty | replies.Picked):
                    number = reply.numbers[0] if isinstance(reply, replies.Picked) else 1
                    if number == 0:
                        break
                    with desk.opened(journal, open_ones[number - 1].id) as session:
                        return welcome_back(session, screen)
                screen.line(getattr(reply, "hint", "打号，或用一句话说新的事"), "soon")
        from engine.console.opening import start

        opened = start(desk.shelf(), journal, screen, text, ())
        return go(opened, screen) if opened is not None else 0
