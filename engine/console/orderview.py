"""One order on the screen: the caller's words, the five links, clocks, evidence, what was done."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from engine.clock import parse
from engine.console import record
from engine.console.orderlist import as_json, veiled
from engine.console.terminal import terminal
from engine.orders import privacy
from engine.orders.acts import VERBS
from engine.orders.agenda import next_of
from engine.orders.clocks import Watch
from engine.orders.ground import MEETINGS, OWNERS, TRUTHS
from engine.orders.model import Order
from engine.orders.standing import STEPS, Standing

if TYPE_CHECKING:
    from engine.console.terminal import Terminal
    from engine.orders.ledger import Ledger

STATES = {
    "running": "在走", "warned": "快到期", "overdue": "过期", "escalated": "过期，要报领导", "paused": "停着",
    "met": "按时", "late": "迟了", "unknown": "算不出",
}  # fmt: skip
_STYLES = {"warned": "soon", "overdue": "late", "escalated": "late", "late": "late", "met": "good"}
_TOLD = (
    "what",
    "truth",
    "owner",
    "unit",
    "second",
    "how",
    "text",
    "to",
    "by",
    "reason",
    "why",
    "evidence",
    "none",
    "satisfied",
)
URGENCY = {"life": "生命财产", "living": "民生", "plain": "一般"}
_SOLVED: dict[object, str] = {True: "解决了", False: "没解决", None: ""}
_WORDS = {**TRUTHS, **OWNERS, **MEETINGS, "phone": "打电话", "face": "当面"}


def show(ledger: Ledger, no: str, *, unmask: str | None, json: bool) -> None:
    """Everything about an order; in full only with a reason, which is journalled."""
    standing = ledger.get(no)
    if unmask is not None and standing.seq == 0:
        # a look at an imported row is no act on it: sheets may go on bringing it up to date
        ledger.note_unmasked(f"order show {no}", unmask)
    elif unmask is not None:
        standing = ledger.act(no, "unmasked", {"what": "order show", "why": unmask})
    now, watches, masked = ledger.clock.now(), ledger.watches(standing), unmask is None
    if not json:
        show_order(ledger, standing, watches, now, masked=masked)
        return
    events = [
        {"seq": event.seq, "kind": event.kind, "at": event.at, "cause": event.cause}
        | (veiled(event.data) if masked else event.data)
        for event in ledger.events(no)
    ]
    record.emit({**as_json(standing, watches, now, masked=masked), "events": events})


def show_order(
    ledger: Ledger, standing: Standing, watches: list[Watch], now: datetime, *, masked: bool
) -> None:
    """Print an order."""
    screen = terminal()
    order = privacy.order(standing.order) if masked else standing.order
    screen.line(f"工单 {order.no}（{URGENCY[order.urgency]}，{order.channel or '热线'}）", "title")
    who = "  ".join(filter(None, (order.name, order.phone)))
    about = "、".join(filter(None, (order.kind, order.claim)))
    told = {"来电人": who, "反映": order.subject, "类别": about, "地点": order.place, "内容": order.content}
    for label, text in told.items():
        if text:
            screen.line(text, first=f"{label}：")
    calls = f"同一件事第 {order.repeats + 1} 次来电" if order.repeats else ""
    back = f"不满意退回过 {standing.reopened} 次" if standing.reopened else ""
    for text in filter(None, (calls, back, standing.raised_why and f"提级：{standing.raised_why}")):
        screen.line(text, "soon")
    _links(screen, order, standing)
    screen.line("时限", "title")
    for watch in watches:
        state = watch.state(now)
        due = f"{watch.due:%m-%d %H:%M}" if watch.due else watch.why
        done = f"，{watch.done:%m-%d %H:%M} 办" if watch.done else ""
        screen.line(f"{watch.label} 到期 {due}（{STATES[state]}{done}）", _STYLES.get(state, ""), first="  ")
    _evidence(screen, standing)
    screen.line("经过", "title")
    walks: set[object] = set()
    for event in ledger.events(order.no):
        if event.kind == "walked":
            if event.data["incident"] in walks:
                continue  # it only remembers how far it went
            walks.add(event.data["incident"])
        data = veiled(event.data) if masked else event.data
        words = [_WORDS.get(str(data[name]), str(data[name])) for name in _TOLD if data.get(name)]
        if event.kind == "evidence":
            words.insert(0, STEPS.get(str(data["step"]), ""))
        if event.kind == "callback":
            words.insert(0, _SOLVED[data.get("resolved")] or "没有问到")
        at = parse(str(data.get("at") or event.at))
        said = (
            f"{VERBS.get(event.kind, event.kind).removeprefix('记')}{'：' if words else ''}{'，'.join(words)}"
        )
        screen.line(said, first=f"  {at:%m-%d %H:%M} ")
    if not standing.done:
        todo = next_of(standing, watches, now)
        screen.line(f"下一步：{todo.what}（{todo.command}）", "act")


def _links(screen: Terminal, order: Order, standing: Standing) -> None:
    """The five links (H2.20)."""

    def at(moment: datetime | None) -> str:
        return f"{moment:%m-%d %H:%M}" if moment else "还没有"

    units = "、".join(filter(None, (order.unit, order.second_unit)))
    urged = standing.escalated or standing.reminded
    said = "，".join(filter(None, (_SOLVED[order.resolved], order.satisfied))) or "没有问到"
    back = f"（{said}）" if order.called_back else ""
    screen.line("五个环节", "title")
    for label, text in (
        ("接收", at(order.registered or order.received)),
        ("分派", at(order.dispatched) + (f"（{units}）" if units else "")),
        ("督办", at(urged)),
        ("回复", at(standing.answered)),
        ("回访", at(order.called_back) + back),
    ):
        screen.line(text, first=f"  {label}：")
    if order.excluded:
        screen.line(f"  已剔除（{order.excluded}）：{order.excluded_why}", "soon")


def _evidence(screen: Terminal, standing: Standing) -> None:
    """The record of every step (H4.18)."""
    screen.line("留痕", "title")
    for step, label in STEPS.items():
        if step in standing.evidence:
            screen.line(privacy.masked(standing.evidence[step]), first=f"  {label}：")
        elif step in standing.gaps:
            screen.line(f"没有，原因：{privacy.masked(standing.gaps[step])}", "soon", first=f"  {label}：")
        else:
            screen.line("还没有", "quiet", first=f"  {label}：")
