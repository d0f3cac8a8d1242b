"""Orders in lists: the table, the agenda, JSON; personal data masked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.clock import stamp
from engine.console import record
from engine.console.tables import table
from engine.console.terminal import on_screen, terminal
from engine.errors import UsageError

_PAGE = 200  # rows on a terminal: more scroll by unread

if TYPE_CHECKING:
    from engine.orders.agenda import Todo
    from engine.orders.clocks import Watch
    from engine.orders.ledger import Ledger
    from engine.orders.standing import Standing


def listing(
    ledger: Ledger, *, every: bool, late: bool, unit: str, limit: int | None, unmask: str | None, json: bool
) -> None:
    """Orders by receipt, personal data masked; `limit`: so many, 0: all, None: what a person can read."""
    found, now = [], ledger.clock.now()
    for standing in ledger.standings(every=every):
        if unit and unit not in (standing.order.unit, standing.order.second_unit):
            continue
        if late and not _late(ledger.watches(standing, running=True), now):
            continue
        found.append(standing)
    if limit is None:
        limit = _PAGE if on_screen() and not json else 0
    shown = found[: limit or None]
    if json:
        masked = unmask is None
        record.emit([as_json(one, ledger.watches(one), now, masked=masked) for one in shown])
        return
    screen = terminal()
    if not found:
        screen.line("没有这样的工单。" if late or unit else "台账里没有没办完的工单。")
    # the same units and clocks stand in many rows
    from engine.orders import privacy

    hide = cache(privacy.masked) if unmask is None else str
    table(screen, [_row(one, ledger.watches(one, running=True), now, hide, unmask) for one in shown])
    if len(shown) < len(found):
        rest = f"共 {len(found)} 件，上面是最早受理的 {len(shown)} 件"
        screen.line(f"{rest}；--unit、--late 缩小范围，--limit 0 全列", "soon")


def _late(watches: list[Watch], now: datetime) -> bool:
    from engine.orders.agenda import due_soon

    return any(state != "warned" for _, state in due_soon(watches, now))


def _row(
    standing: Standing, watches: list[Watch], now: datetime, hide: Callable[[str], str], unmask: str | None
) -> tuple[str, ...]:
    order = standing.order
    about = "、".join(filter(None, (order.kind, order.subject))) or order.content
    phone = f"  {order.phone}" if unmask is not None and order.phone else ""
    received, where = f"{order.received:%m-%d %H:%M}", hide(order.unit) or "未派"
    return order.no, received, where, _state(standing, watches, now), hide(about)[:40] + phone


def following(ledger: Ledger, *, count: int, json: bool) -> None:
    """What to do now, the most urgent first: one line each."""
    from engine.orders.agenda import agenda

    if count < 1:
        raise UsageError("--count 至少是 1", "不写就是 9 件")
    now = ledger.clock.now()
    todos = agenda(
        ((standing, ledger.watches(standing, running=True)) for standing in ledger.standings()), now
    )
    if json:
        record.emit([_todo_json(todo) for todo in todos[:count]])
        return
    screen = terminal()
    if not todos:
        screen.line("眼下没有要办的工单。", "good")
    for number, todo in enumerate(todos[:count], 1):
        style = "late" if todo.rank < 3 else "soon" if todo.rank == 3 else ""
        said = f"{todo.order.no} {pressing(todo.watch, now)}{todo.what}（{todo.command}）"
        screen.line(said, style, first=f"{number:>2} ")
    if len(todos) > count:
        screen.line(f"还有 {len(todos) - count} 件，zhiban order list 看全部", "quiet")


def as_json(standing: Standing, watches: list[Watch], now: datetime, *, masked: bool) -> dict[str, Any]:
    """One order as JSON."""
    import msgspec

    shown = hidden(standing) if masked else standing
    order = {name: getattr(shown.order, name) for name in shown.order.__struct_fields__}
    rest = {name: getattr(shown, name) for name in shown.__struct_fields__ if name != "order"}
    data: dict[str, Any] = msgspec.to_builtins({**order, **rest})
    return {
        **data,
        "state": _state(standing, watches, now),
        "clocks": [
            {
                "limit": watch.limit,
                "label": watch.label,
                "due": stamp(watch.due) if watch.due else None,
                "done": stamp(watch.done) if watch.done else None,
                "state": watch.state(now),
                **({"why": watch.why} if watch.why else {}),
            }
            for watch in watches
        ],
    }


def _todo_json(todo: Todo) -> dict[str, Any]:
    due = todo.watch.due if todo.watch else None
    return {
        "no": todo.order.no, "rank": todo.rank, "what": todo.what, "command": todo.command,
        "clock": todo.watch.limit if todo.watch else None, "state": todo.state,
        "due": stamp(due) if due else None,
    }  # fmt: skip


def _state(standing: Standing, watches: list[Watch], now: datetime) -> str:
    """Where an order stands, in a few words."""
    order = standing.order
    if standing.done:
        return "已剔除" if order.excluded else "已了结"
    from engine.orders.agenda import pressing as worst

    said = pressing(worst(watches, now), now).rstrip("：")
    if standing.raised is not None:
        said = f"提级 {said}".rstrip()
    if order.closed is not None:
        return f"待{'回访' if standing.answered else '答复'} {said}".rstrip()
    return said or "在办"


def pressing(watch: Watch | None, now: datetime) -> str:
    """`办结还剩3小时：`, `响应来电人过期20分钟：`."""
    if watch is None:
        return ""
    if watch.why:
        return f"{watch.label}时限算不出："
    if watch.due is None:
        return f"{watch.label}停表："
    from engine.render.times import span

    left = int((watch.due - now).total_seconds())
    return f"{watch.label}{'还剩' if left >= 0 else '过期'}{span(abs(left))}："


def hidden(standing: Standing) -> Standing:
    """How it stands, without telephone and identity numbers."""
    import msgspec

    from engine.orders import privacy

    texts = {name: privacy.masked(getattr(standing, name)) for name in ("plan", "result", "raised_why")}
    records = {name: veiled(getattr(standing, name)) for name in ("evidence", "gaps")}
    return msgspec.structs.replace(standing, order=privacy.order(standing.order), **texts, **records)


def veiled(value: Any, name: str = "") -> Any:
    """Data of an event without telephone and identity numbers."""
    from engine.orders import privacy

    if isinstance(value, dict):
        return {key: veiled(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [veiled(inner) for inner in value]
    if isinstance(value, str) and name not in ("no", "at", "received", "registered", "incident"):
        return privacy.phone(value) if name == "phone" else privacy.masked(value)
    return value
