"""Views of records and playbooks: tables and summaries, no decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.clock import parse
from engine.console.screens import Screens, short_time
from engine.console.tables import table
from engine.console.terminal import Terminal
from engine.model import PHASE_TITLES, PHASES, Finding, Library
from engine.session import Session
from engine.words import shown

if TYPE_CHECKING:
    from engine.journal import Summary

STATUS = {"open": "进行中", "paused": "暂停", "closed": "已结束"}
MODES = {"real": "真实", "drill": "演练", "practice": "练习"}
OUTCOMES = {"": "未办", "done": "已办", "handed": "已交代", "blocked": "没办成", "skipped": "跳过"}


def incidents(screen: Terminal, found: Sequence[Summary]) -> None:
    """The list of incidents."""
    if not found:
        screen.line("还没有任何事件记录。")
    table(
        screen,
        [
            (entry.id, entry.opened_at[:16].replace("T", " "), STATUS[entry.status],
             entry.title + ("" if entry.mode == "real" else f"（{MODES[entry.mode]}）"))
            for entry in found
        ],
    )  # fmt: skip


def show_incident(session: Session, screen: Terminal) -> None:
    """One incident: what it was, what was done by phase, what is open, what follows."""
    state, now, screens = session.state, session.clock.now(), Screens(session, screen)
    screen.line(f"{state.title}（{session.id}，{STATUS[state.status]}）", "title")
    if state.text:
        screen.line(f"报来：{state.text}")
    facts = session.ruleset.facts
    known = [f"{facts[k].label}：{shown(facts[k], a)}" for k, a in state.facts.items() if k in facts]
    if known:
        screen.line(f"已知：{'；'.join(known)}")
    for phase in PHASES:
        steps = [item for item in session.plan.wanted.values() if item.phase == phase]
        if phase == "improve" or not steps:
            continue
        screen.line(f"【{PHASE_TITLES[phase]}】", "title")
        for item in steps:
            live = state.steps.get(item.key)
            outcome = OUTCOMES[live.outcome] if live is not None and live.opened else "待办"
            at = f" {short_time(live.at, now)}" if live is not None and live.at else ""
            reason = f"（{live.reason}）" if live is not None and live.reason else ""
            screen.line(screens.words(item.step) + reason, first=f"  {outcome}{at}  ")
    if state.status != "closed":
        screens.clocks(session.watches())
    if state.follow_ups:
        screen.line("【后续跟进】", "title")
    for entry in state.follow_ups:
        due = short_time(parse(str(entry["due"])), now) if entry.get("due") else "未定"
        who = entry.get("name") or screens.person(str(entry.get("who", "")), phone=False)
        screen.line(f"{entry['what']}（{who}，{due}前）", first="  ● ")


def playbooks(screen: Terminal, library: Library) -> None:
    """The list of playbooks."""
    table(screen, [(p.id, "本厅" if p.origin == "hall" else "自带", p.title) for p in visible(library)])


def visible(library: Library) -> list[Any]:
    """The playbooks that an officer can choose."""
    return [playbook for playbook in library.playbooks if playbook.id != "always"]


def findings(screen: Terminal, found: Sequence[Finding]) -> None:
    """Findings with place and help, each starting on its own line."""
    levels = {"error": "错误", "warning": "注意", "info": "说明"}
    for finding in found:
        style = {"error": "late", "warning": "soon", "info": "quiet"}[finding.level]
        screen.line(f"{finding.span}: {levels[finding.level]}：{finding.message}", style, rest="  ")
        if finding.help:
            screen.line(finding.help, first="  → ")
        for line in finding.situation:
            screen.line(line, "quiet", first="     ")
