"""The close: what is open is settled or handed to a follow-up, then optional follow-ups are picked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine import walk
from engine.clock import parse
from engine.conditions import OPEN
from engine.console import replies
from engine.console.numerals import day
from engine.console.replies import Chosen, Empty, Mark, Picked
from engine.console.screens import Screens, short_time
from engine.console.talk import Again
from engine.console.terminal import Terminal
from engine.plan import running
from engine.session import Session
from engine.walk import Prompt

if TYPE_CHECKING:
    from engine.console.loop import Walk


def settle(walker: Walk, prompt: Prompt) -> None:
    """One open step or awaited fact before the close."""
    if prompt.fact is not None:
        _fact(walker, prompt)
        return
    item, t = prompt.steps[0], walker.t
    walker.talk.shown, walker.talk.current = (item,), ""
    t.blank()
    t.line(f"结束前还有一件：{walker.screens.words(item.step)}", "ask", first="问 ")
    now_or_never = item.phase in ("safety", "control")  # calming people is nothing for tomorrow
    t.line(
        f"1 办好了   2 没办成   3 不用办了   4 转后续跟进{'' if now_or_never else '★'}   0 先不结束",
        first="   ",
    )
    rest = list(dict.fromkeys((item.key, *_rest(walker))))
    if len(rest) > 2:
        t.line(f"5 连同下面的共 {len(rest)} 件都不用办了（写一个原因；先看是哪些按 r）", first="   ")
    reply = walker.talk.ask(lambda text: replies.pick(text, 5 if len(rest) > 2 else 4))
    if isinstance(reply, Again):
        return
    if now_or_never and isinstance(reply, Empty):
        t.line("这一件要有个说法：打 1 到 4", "soon")
        return
    choice = reply.numbers[0] if isinstance(reply, Picked) else 4
    if choice == 0:
        stay(walker)
    elif choice == 1:
        walker.mark(Mark((1,), "done"), [item])
    elif choice == 4:
        due = _due(walker)
        if due is not None:
            walker.talk.do(lambda: walk.defer(walker.session, item.key, due=due))
    else:
        reason = walker.talk.words("原因> ")
        if not reason:
            t.line("要写原因，一句话就行", "soon")
            return
        outcome = "blocked" if choice == 2 else "skipped"
        for key in rest if choice == 5 else [item.key]:
            live = walker.session.state.steps.get(key)
            if live is not None and live.running:  # a skipped one may withdraw another
                walker.talk.act(lambda key=key: walker.session.mark(key, outcome, reason=reason))  # type: ignore[misc]
        walker.talk.alarm(reason)


def _rest(walker: Walk) -> list[str]:
    """The required steps that are still to be settled."""
    return [item.key for item in running(walker.session.plan, walker.session.state) if not item.step.optional]


def _fact(walker: Walk, prompt: Prompt) -> None:
    fact, t = prompt.fact, walker.t
    assert fact is not None
    walker.talk.shown, walker.talk.current = (), fact.key
    t.blank()
    t.line("结束前还在等一个消息。没有的话 Enter＝转后续跟进★", "title")
    offered, now = walk.options(fact), walker.session.clock.now()
    walker.screens.question(fact, offered)
    reply = walker.talk.ask(lambda text: replies.question(text, fact, offered, now), "答> ")
    if isinstance(reply, Again):
        return
    if isinstance(reply, Chosen) and reply.answer != OPEN:
        answer = reply.answer
        walker.talk.do(lambda: walker.session.answer(fact.key, answer))
        return
    due = _due(walker)
    if due is not None:
        walker.talk.do(lambda: walk.defer(walker.session, fact=fact.key, due=due))


def _due(walker: Walk) -> datetime | None:
    """Until when a follow-up is due; None when something new was reported instead."""
    now = walker.session.clock.now()
    while True:
        text = walker.talk.words("几时前办完？（如 3天、6月20日；Enter＝明天）> ")
        if not text:
            return now + timedelta(days=1)
        due = day(text, now)
        if due is not None:
            return due
        if replies.is_report(text):
            walker.talk.hear(text)
            return None
        walker.t.line("写成 3天、明天、下周一、6月20日 这样", "soon")


def stay(walker: Walk) -> None:
    """Not yet: back to the walk."""
    walker.talk.do(lambda: walker.session.perform("resumed"))
    walker.t.line("先不结束。", "good")


def finish(walker: Walk, prompt: Prompt) -> None:
    """Everything is settled: turn to the close, or pick follow-ups and close."""
    t, session = walker.t, walker.session
    walker.talk.shown, walker.talk.current = prompt.steps, ""
    t.blank()
    if not session.state.closing:
        t.line(f"该办的都有着落了（{walker.talk.summary()}）。", "good")
        t.line("Enter＝收尾并结束；还有情况就直接说；q 先放着", first="   ")
        reply = walker.talk.ask(lambda text: replies.pick(text, 1))
        if isinstance(reply, Empty) or (isinstance(reply, Picked) and reply.numbers == (1,)):
            walker.talk.act(lambda: _turn(session))
        return
    count = len(prompt.steps)
    if count:
        t.line("可以列入长效改进（必做的已自动列入）：", "title")
        for number, item in enumerate(prompt.steps, 1):
            t.line(walker.screens.words(item.step), first=f"{number:>2} ")
        t.line("要列入的打号，可几个；全＝都列；Enter＝都不列；0＝先不结束", "quiet", first="   ")
    else:
        t.line("Enter＝结束事件；0＝先不结束", first="   ")
    everything = " ".join(str(n) for n in range(1, count + 1))
    reply = walker.talk.ask(
        lambda text: replies.pick(everything if text in ("全", "全部") else text, count, several=True)
    )
    if isinstance(reply, Again):
        return
    numbers = reply.numbers if isinstance(reply, Picked) else ()
    if numbers == (0,):
        stay(walker)
        return
    chosen = tuple(prompt.steps[n - 1].key for n in numbers)
    walker.talk.do(lambda: walk.close(session, chosen))


def _turn(session: Session) -> None:
    """Turn to the close; where nothing is left to choose, close."""
    walk.begin_closing(session)
    prompt = walk.next_prompt(session, present=False)
    if prompt.kind == "close" and not prompt.steps:
        walk.close(session)


def farewell(session: Session, terminal: Terminal, screens: Screens) -> None:
    """The last screen: what remains to be done later, and where the record is."""
    state = session.state
    done = sum(step.outcome == "done" for step in state.steps.values())
    terminal.blank()
    terminal.line(f"事件已结束：{state.title}（{session.id}），办了 {done} 件。", "good")
    if state.follow_ups:
        terminal.line(f"后续跟进 {len(state.follow_ups)} 项：", "title")
    for number, entry in enumerate(state.follow_ups, 1):
        who = entry.get("name") or screens.person(str(entry.get("who", "")), phone=False)
        due = short_time(parse(str(entry["due"])), session.clock.now()) if entry.get("due") else "未定"
        terminal.line(f"{entry['what']}（{who}，{due}前）", first=f"{number:>2} ")
    terminal.line(f"报告：zhiban incident report {session.id}", "quiet")
