"""What is most urgent now: of each order the one next thing to do, of all orders the first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from engine.orders.clocks import LATE, State, Watch
from engine.orders.model import Order
from engine.orders.standing import Standing

Rank = Literal[0, 1, 2, 3, 4, 5]  # life; to be reported; overdue; warned; running; nothing runs
_WORST: dict[State, int] = {
    "escalated": 0,
    "overdue": 1,
    "warned": 2,
    "running": 3,
    "unknown": 4,
    "paused": 5,
}


class Todo(NamedTuple):
    """One line of the agenda. `watch`: the clock that presses most, if any; `state`: how it stands."""

    order: Order
    rank: Rank
    what: str
    command: str
    watch: Watch | None
    state: State | None


class _Way(NamedTuple):
    """Something that can be done now; `of`: the moment that it would record."""

    of: str
    what: str
    command: str


def agenda(entries: Iterable[tuple[Standing, list[Watch]]], now: datetime) -> list[Todo]:
    """The next thing of each unfinished order, the most urgent first; then by due time, then by receipt."""
    found = [next_of(standing, watches, now) for standing, watches in entries if not standing.done]

    def key(todo: Todo) -> tuple[int, float, datetime, str]:
        due = todo.watch.due if todo.watch else None
        return todo.rank, due.timestamp() if due else float("inf"), todo.order.received, todo.order.no

    return sorted(found, key=key)


def next_of(standing: Standing, watches: list[Watch], now: datetime) -> Todo:
    """The next thing to do with an order."""
    order = standing.order
    open_ones = [watch for watch in watches if watch.done is None]
    worst = pressing(open_ones, now)
    state = worst.state(now) if worst else None
    reported = standing.escalated
    unreported = [
        watch
        for watch in open_ones
        if watch.state(now) == "escalated"
        and (reported is None or (watch.escalate_at is not None and reported < watch.escalate_at))
    ]
    first = f"zhiban order escalate {order.no} --to 领导"
    way = _way(standing, {watch.of: watch for watch in open_ones})
    if order.urgency == "life" and order.replied is None and not order.excluded:
        return Todo(order, 0, f"涉生命财产，边报边办：{way.what}", way.command, worst, state)
    if standing.raised is not None:
        return Todo(order, 1, f"提级（{standing.raised_why}）：报包片领导会商", first, worst, state)
    if unreported:
        late = unreported[0]
        what = f"报领导；接着{way.what}"
        return Todo(order, 1, what, first, late, "escalated")
    ranks: dict[State | None, Rank] = {"escalated": 2, "overdue": 2, "warned": 3, "running": 4}
    return Todo(order, ranks.get(state, 5), way.what, way.command, worst, state)


def pressing(watches: Iterable[Watch], now: datetime) -> Watch | None:
    """Of the clocks that run, the one in the worst state; of several, that which is due first."""
    found: Watch | None = None
    least = (10, 0.0)
    for watch in watches:
        if watch.done is None:
            due = watch.due.timestamp() if watch.due else float("inf")
            if found is None or (_WORST[watch.state(now)], due) < least:
                found, least = watch, (_WORST[watch.state(now)], due)
    return found


def _way(standing: Standing, running: dict[str, Watch]) -> _Way:
    """Of what can be done now, that which is due first; else the first in the order's course."""
    ways = _ways(standing)
    if ways[0].of == "dispatched":
        return ways[0]  # nobody has it yet
    due = [(watch.due, n) for n, way in enumerate(ways) if (watch := running.get(way.of)) and watch.due]
    return ways[min(due)[1]] if due else ways[0]


def _ways(standing: Standing) -> list[_Way]:
    order, found = standing.order, []
    no = order.no

    def can(of: str, what: str, act: str, rest: str = "") -> None:
        found.append(_Way(of, what, f"zhiban order {act} {no}{' ' + rest if rest else ''}"))

    if standing.paused:
        can("", "看停表的事由还在不在，不在就恢复", "continue")
        return found
    if order.excluded:
        can("replied", "答复来电人：为什么不办、该找谁", "reply", "--how phone")
        return found
    if order.closed is not None:
        if standing.answered is None:
            can("replied", "把结果告诉来电人：打电话或当面", "reply", "--how phone")
        else:
            # never a ready-made answer: what the caller says is asked, not pasted
            can(
                "called_back",
                "回访：解决没有、满意不满意",
                "callback",
                "--resolved|--unresolved --satisfied 档",
            )
        return found
    if order.dispatched is None:
        can("dispatched", "双派：主责单位和所在村（社区）", "dispatch", "单位 --second 村（社区）")
    if order.verified is None:
        can("verified", "先核实真假", "verify", "--truth real|partly|untrue")
    if standing.owner == "nobody":
        can("", f"归谁管没有定：请{standing.decides}定", "owner", "mine|joint|other")
    if standing.owner == "other":
        can("", "不归我们管：写明依据、盖章退回", "exclude", "elsewhere --why 依据 --evidence 说明")
    if order.dispatched is not None and order.responded is None:
        can("responded", "联系来电人，问清要什么", "respond", "--evidence 录音")
    if order.dispatched is not None and not order.met:
        can("", "约来电人见面", "meet", "met|refused|needless --evidence 影像")
    if order.verified is not None and order.planned is None and standing.truth in ("", "real", "partly"):
        can("planned", "拿出方案和时间表", "plan", "--text 方案")
    if order.dispatched is not None and order.arranged is None:
        can("arranged", "调度落实：人、车、钱到位", "arrange")
    if not found or (order.verified is not None and order.dispatched is not None and order.met):
        real = "属实，马上办；" if standing.truth in ("real", "partly") else ""
        real = "照他不满意的那一点重办；" if order.returned else real
        can("closed", f"{real}办成就办结", "close", "--text 结果 --evidence 材料")
    return found


def due_soon(watches: Iterable[Watch], now: datetime) -> list[tuple[Watch, State]]:
    """The clocks that call for something now: warned of, overdue, to be reported."""
    found = [(watch, watch.state(now)) for watch in watches if watch.done is None]
    return [(watch, state) for watch, state in found if state == "warned" or state in LATE]
