"""Marking steps: the outcome is journalled, and the officer sees what it led to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from engine import walk
from engine.console.replies import Mark
from engine.console.screens import short_time
from engine.console.talk import Leave, Talk
from engine.plan import Wanted

OUTCOMES = {"done": "已办好", "handed": "已交代", "blocked": "没办成", "skipped": "跳过"}


def mark(talk: Talk, mark: Mark, items: Sequence[Wanted]) -> None:
    """Journal the outcome of the numbered steps; words about danger in a reason raise the alarm."""
    session, screens = talk.session, talk.screens
    for number in mark.numbers:
        item = items[number - 1]
        live = session.state.steps.get(item.key)
        if live is None or not live.running:
            said = "已撤下" if live is not None and live.withdrawn else "已经记过"
            talk.t.line(f"{number} 号{said}（要改按 u 撤销）", "soon")
        elif mark.outcome == "no_way":
            no_way(talk, number, item, mark.reason)
        elif talk.act(partial(_keep, talk, item.key, mark), str(number)):
            at = f" {short_time(mark.since, session.clock.now())}" if mark.since else ""
            talk.t.line(
                f"{OUTCOMES[mark.outcome]}{at}：{screens.words(item.step)}", "good", first=f"{number:>2} "
            )
    if mark.reason:
        talk.alarm(mark.reason)


def _keep(talk: Talk, key: str, mark: Mark) -> None:
    talk.session.mark(key, mark.outcome, reason=mark.reason, since=mark.since)


def no_way(talk: Talk, number: int, item: Wanted, reason: str) -> None:
    """This way does not work: the next one, or blocked with a reason when it was the last."""
    session, ways = talk.session, item.step.ways
    last = session.state.step(item.key).way + 1 >= len(ways)
    if last and not reason:
        try:
            reason = talk.words("没办成的原因（Enter 略过）> ")
        except Leave:  # what was said of the step is kept all the same
            talk.act(lambda: session.no_way(item.key, ""))
            raise
        talk.alarm(reason)
    if not talk.act(lambda: session.no_way(item.key, reason), f"{number} 不行 {reason}".strip()):
        return
    if last:
        talk.t.line(f"记下没办成：{talk.screens.words(item.step)}", "soon", first=f"{number:>2} ")
    else:
        way = walk.in_use(item.step, session.state.step(item.key).way)
        told = session.words().fill(way, walk.owner_of(item.key))
        talk.t.line(f"换个办法：{told}", "act", first=f"{number:>2} ")
