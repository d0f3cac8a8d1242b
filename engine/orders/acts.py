"""Whether an act on an order may be done now, and what follows from it."""

from __future__ import annotations

from typing import Any

from engine.clock import parse
from engine.errors import UsageError
from engine.orders.ground import Ground, Lack
from engine.orders.lacks import CHECKS
from engine.orders.model import Scheme
from engine.orders.standing import Data, Standing

VERBS = {
    "verified": "记核实结果", "owned": "定归谁管", "dispatched": "派单", "arranged": "记调度落实",
    "responded": "记响应", "met": "记见面", "planned": "记方案", "reminded": "催办",
    "escalated": "报领导", "repeated": "记再次来电", "evidence": "记留痕", "extended": "延期",
    "paused": "停表", "resumed": "恢复计时", "excluded": "剔除", "concluded": "办结", "replied": "答复",
    "callback": "回访", "final": "作最后答复", "reopened": "重办", "noted": "记一笔", "outcry": "记负面舆情",
    "unmasked": "看完整号码", "walked": "照剧本办",
    "received": "登记", "adopted": "导入", "raised": "提级", "closed": "了结",
    "follow_up": "记后续改进",
}  # fmt: skip
_ANY_TIME = ("follow_up", "noted", "unmasked", "walked", "evidence", "outcry", "repeated", "reopened")


def check(kind: str, ground: Ground) -> None:
    """UsageError, saying everything that is missing, when the act cannot be done now."""
    standing = ground.standing
    lacks: list[Lack] = list(_when(ground))
    if kind not in _ANY_TIME and standing.done:
        lacks.append(Lack("这一单已经了结", f"要重办：zhiban order reopen {ground.no} --why 原因"))
    elif kind in CHECKS:
        lacks += CHECKS[kind](ground)
    if lacks:
        what = "；".join(lack.what for lack in lacks)
        help = next((lack.do for lack in lacks if lack.do), "")
        raise UsageError(f"工单 {ground.no} 还不能{VERBS[kind]}：{what}", help)


def _when(ground: Ground) -> list[Lack]:
    given = ground.data.get("at")
    if not given:
        return []
    at = parse(str(given))
    if at > ground.now:
        return [Lack(f"{at:%Y-%m-%d %H:%M} 还没有到", "--at 写实际发生的时刻")]
    if at < ground.standing.order.received:
        return [Lack(f"{at:%Y-%m-%d %H:%M} 在受理之前", "--at 写实际发生的时刻")]
    return []


# ---- what follows ---------------------------------------------------------------------------------

Act = tuple[str, dict[str, Any]]


def calls_for_more(standing: Standing, scheme: Scheme) -> str:
    """Why an order goes to the next level by what its columns say (C.22); "" when it does not."""
    order, calls = standing.order, standing.order.repeats + 1
    if calls >= scheme.repeats.calls and not standing.done:
        return f"同一件事第{calls}次来电"
    if order.returned and standing.seq <= 1 and scheme.repeats.dissatisfied and not standing.done:
        return "来电人不满意，退回重办"
    return ""


def consequences(kind: str, after: Standing, data: Data, scheme: Scheme) -> list[Act]:
    """What follows at once from an act; `after`: the order with the act."""
    order = after.order
    found: list[Act] = []
    why = calls_for_more(after, scheme) if kind in ("received", "adopted", "repeated") else ""
    if why:
        found.append(("raised", {"why": why}))
    if kind == "verified" and after.truth == "malicious" and "malicious" in scheme.excluded:
        why = f"证据：{data['evidence']}；认定：{data['approved']}"
        found.append(("excluded", {"reason": "malicious", "why": why}))
    if kind == "final" or (kind == "callback" and data.get("unreached")):
        found.append(("closed", {}))
    elif kind == "callback":
        unhappy = not data["resolved"] or scheme.satisfied(data["satisfied"]) is False
        if unhappy and scheme.repeats.dissatisfied:
            said = f"回访：{'解决了' if data['resolved'] else '没解决'}，{data['satisfied']}"
            found += [("reopened", {"why": said}), ("raised", {"why": said})]
        else:
            found.append(("closed", {}))
    if kind in ("replied", "concluded", "excluded") and order.excluded and after.answered is not None:
        found.append(("closed", {}))
    return found
