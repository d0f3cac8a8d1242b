"""The handover page: what the next officer has to know, in one screen or two."""

from __future__ import annotations

from engine.console.screens import Screens, left, short_time
from engine.plan import running
from engine.session import Session
from engine.walk import owner_of
from engine.words import shown

Line = tuple[str, str]


def page(session: Session, screens: Screens) -> list[Line]:
    """Lines with their styles: the matter, what is open, clocks, promises made, what is known, notes."""
    state, now, words = session.state, session.clock.now(), session.words()
    titles = {playbook.id: playbook.title for playbook in session.library.playbooks}
    begun = short_time(state.begun, now) if state.begun else ""
    lines: list[Line] = [
        (f"交班页 {state.title}（{session.id}，{begun}开始，现在{short_time(now, now)}）", "title")
    ]
    if state.text:
        lines.append((f"报来：{state.text}", ""))
    lines.append((f"在用剧本：{'、'.join(titles.get(name, name) for name in state.active)}", ""))
    open_items = running(session.plan, state)
    lines.append((f"没办完的（{len(open_items)}）", "title"))
    for item in open_items:
        live = state.steps[item.key]
        who = screens.person(item.step.who or "duty", phone=True)
        if item.step.to:
            who += f" → {screens.person(item.step.to, phone=True)}"
        handed = "，已交代" if live.outcome == "handed" else ""
        due = f"，{short_time(item.due, now)}前，{left(item.due, now)}" if item.due else ""
        lines.append((f"○ {screens.words(item.step)}（{who}{handed}{due}）", "late" if live.overdue else ""))
    awaited = [watch for watch in session.watches() if watch.of == "fact"]
    if awaited:
        lines.append(("在等的消息", "title"))
        for watch in awaited:
            again = f"，{short_time(watch.next, now)}再问" if watch.next else ""
            limit = f"，{short_time(watch.due, now)}为限" if watch.due else ""
            lines.append((f"○ {screens.clock_name(watch)}{again}{limit}", ""))
    said = [
        (step.at, words.fill(session.ruleset.steps[key].say, owner_of(key)))
        for key, step in state.steps.items()
        if step.outcome == "done" and key in session.ruleset.steps and session.ruleset.steps[key].say
    ]
    if said:
        lines.append(("已经当众说过的话（要兑现）", "title"))
        lines += [(f"{short_time(at, now) if at else ''} “{text}”", "") for at, text in said]
    known = [(key, answer) for key, answer in state.facts.items() if key in session.ruleset.facts]
    if known:
        lines.append(("已知情况", "title"))
        facts = session.ruleset.facts
        lines.append(
            ("；".join(f"{facts[key].label}：{shown(facts[key], answer)}" for key, answer in known), "")
        )
    unsettled = [(key, step) for key, step in state.steps.items() if step.outcome in ("blocked", "skipped")]
    if unsettled:
        lines.append(("没办成、没办的", "title"))
        for key, step in unsettled:
            if key in session.ruleset.steps:
                reason = f"：{step.reason}" if step.reason else ""
                lines.append((f"× {screens.words(session.ruleset.steps[key])}{reason}", ""))
    if state.documents:
        lines.append(("已出文书", "title"))
        lines += [
            (f"○ {doc.get('title', '')}{'（草稿）' if doc.get('draft') else ''}", "")
            for doc in state.documents
        ]
    if state.notes:
        lines.append(("记事", "title"))
        lines += [(f"{short_time(at, now)} {text}", "") for at, _, text in state.notes[-8:]]
    return lines
