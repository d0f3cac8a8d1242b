"""Opening an incident by hand: what happened, danger first, the playbooks confirmed with one key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.console import desk, replies
from engine.console.desk import GENERAL, Shelf
from engine.console.terminal import Terminal
from engine.session import Session
from engine.triage import NONE, Triage, triage

if TYPE_CHECKING:
    from engine.journal import Journal

SECOND = 0.6  # the score that a candidate beside a clear case must have
UNSURE = 0.3  # the same in doubt


def start(
    shelf: Shelf, journal: Journal, screen: Terminal, text: str, playbooks: Sequence[str]
) -> Session | None:
    """Ask what happened, let the officer confirm what it is, and open the incident; None: nothing to open."""
    while not text and not playbooks:
        screen.line("发生了什么？用一句话说（q 离开）", "ask")
        text, cut = replies.clean(screen.read())
        if text.lower() in ("q", "ｑ"):
            return None
        if cut:
            screen.line(f"太长了，只留下前 {replies.LIMIT} 个字。", "soon")
        if text and not replies.is_report(text):
            screen.line("再说具体一点：什么地方、什么人、出了什么事", "soon")
            text = ""
    while True:
        desk.warn_if_taught_is_damaged()
        result = triage(text, shelf.library)
        if result.safety.kind != NONE:
            danger(shelf, screen, result)
        chosen = list(playbooks) or choose(shelf, screen, result)
        if chosen is None:
            return None
        if not isinstance(chosen, str):
            break
        text = f"{text}；{chosen}"[: replies.LIMIT]  # more was said: read it all again
    return desk.begin(shelf, journal, chosen, text, desk.heard_at_start(result, shelf.library, chosen))


def danger(shelf: Shelf, screen: Terminal, result: Triage) -> None:
    """What protects people, before anything else."""
    evidence = "、".join(dict.fromkeys(found.text for found in result.safety.evidence))
    screen.line(f"先保人！（听到：{evidence}）", "alarm")
    for number, words in enumerate(result.safety.do_first[:3], 1):
        screen.line(desk.spoken(words, shelf.library), "act", first=f"{number:>2} ")


def choose(shelf: Shelf, screen: Terminal, result: Triage) -> list[str] | str | None:
    """The playbooks that the officer confirms or picks; a further sentence; None: the officer leaves."""
    titles = {playbook.id: playbook.title for playbook in shelf.library.playbooks}
    active = [name for name in result.active if name != GENERAL or len(result.active) == 1]
    abouts = {playbook.id: playbook.about for playbook in shelf.library.playbooks}
    # beside a clear case only what is nearly as clear; in doubt also what is less so
    least = SECOND if active and active != [GENERAL] and not result.doubt else UNSURE
    others = [m.playbook for m in result.matches if m.playbook not in active and m.score >= least]
    listed = [name for name in (*active, *others) if name != GENERAL][:6]
    if not listed:
        return [GENERAL]
    evidence = {m.playbook: "、".join(dict.fromkeys(e.text for e in m.evidence)) for m in result.matches}
    unsure = bool(result.doubt)
    screen.line("拿不准，更像哪一种？" if unsure else "看来是：", "title")
    for number, name in enumerate(listed, 1):
        best = "★" if name in active and not unsure else ""
        said = f"（{evidence[name]}）" if evidence.get(name) else ""
        if unsure:  # what tells them apart is what they are about
            said = f"：{abouts[name]}" if abouts.get(name) else said
        screen.line(f"{titles[name]}{best}{said}", "act" if best else "", first=f"{number:>2} ")
    default = active if active and active != [GENERAL] and not unsure else []
    enter = "＋".join(str(listed.index(name) + 1) for name in default)
    general = "都不是，按一般突发情况办"
    told = f"Enter＝{enter}；打号选，可几个；0＝{general}" if default else f"Enter＝{general}；打号选，可几个"
    screen.line(told, "quiet", first="   ")
    while True:
        reply = replies.pick(replies.clean(screen.read())[0], len(listed), several=True)
        if isinstance(reply, replies.Empty):
            return default or [GENERAL]
        if isinstance(reply, replies.Picked):
            return [listed[number - 1] for number in reply.numbers if number] or [GENERAL]
        if isinstance(reply, replies.Report):
            return reply.text
        if isinstance(reply, replies.Command) and reply.name == "quit":
            return None
        hint = getattr(reply, "hint", "") or f"先选一个号（1 到 {len(listed)}），0＝都不是；q 离开"
        screen.line(hint, "soon")
