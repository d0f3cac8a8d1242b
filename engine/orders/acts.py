"""What may be done to an order now, what is missing when it may not, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from engine.clock import parse
from engine.errors import UsageError
from engine.model import Duration
from engine.orders import clocks
from engine.orders.clocks import Calendar
from engine.orders.model import Scheme
from engine.orders.standing import STEPS, Data, Standing
from engine.reader.report import suggest

TRUTHS = {"real": "属实", "partly": "部分属实", "untrue": "没查到", "malicious": "恶意编造"}
OWNERS = {"mine": "我们", "joint": "我们和几家一起", "other": "别的部门", "nobody": "没有明确主管"}
MEETINGS = {"met": "见了面", "refused": "他明确不见", "needless": "事情不用见面"}
VERBS = {
    "verified": "记核实结果", "owned": "定归谁管", "dispatched": "派单", "arranged": "记调度落实",
    "responded": "记响应", "met": "记见面", "planned": "记方案", "reminded": "催办",
    "escalated": "报领导", "repeated": "记再次来电", "evidence": "记留痕", "extended": "延期",
    "paused": "停表", "resumed": "恢复计时", "excluded": "剔除", "concluded": "办结", "replied": "答复",
    "callback": "回访", "reopened": "重办", "noted": "记一笔", "outcry": "记负面舆情",
    "unmasked": "看完整号码", "walked": "照剧本办",
    "received": "登记", "adopted": "导入", "raised": "提级", "closed": "了结",
    "follow_up": "记后续改进",
}  # fmt: skip
_ANY_TIME = ("follow_up", "noted", "unmasked", "walked", "evidence", "outcry", "repeated", "reopened")


class Ground(NamedTuple):
    """What an act is judged by."""

    standing: Standing
    data: Data
    scheme: Scheme
    working: Calendar
    now: datetime

    @property
    def no(self) -> str:
        return self.standing.order.no


class Lack(NamedTuple):
    """One thing that is missing, and the command that brings it."""

    what: str
    do: str = ""


def check(kind: str, ground: Ground) -> None:
    """UsageError, saying everything that is missing, when the act cannot be done now."""
    standing = ground.standing
    lacks: list[Lack] = list(_when(ground))
    if kind not in _ANY_TIME and standing.done:
        lacks.append(Lack("这一单已经了结", f"要重办：zhiban order reopen {ground.no} --why 原因"))
    elif kind in _CHECKS:
        lacks += _CHECKS[kind](ground)
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
        return [Lack(f"{at:%m月%d日 %H:%M} 还没有到", "--at 写实际发生的时刻")]
    if at < ground.standing.order.received:
        return [Lack(f"{at:%m月%d日 %H:%M} 在受理之前", "--at 写实际发生的时刻")]
    return []


def _needs(ground: Ground, *fields: tuple[str, str]) -> list[Lack]:
    return [Lack(f"没有写{label}") for field, label in fields if not ground.data.get(field)]


def _one(ground: Ground, field: str, words: dict[str, str], label: str) -> list[Lack]:
    given = str(ground.data.get(field, ""))
    if given in words:
        return []
    return [Lack(f"{label} `{given}` 看不懂" if given else f"没有写{label}", suggest(given, words))]


def _verified(ground: Ground) -> list[Lack]:
    """Malice is judged by rule, on evidence, by a leader (C.09)."""
    lacks = _one(ground, "truth", TRUTHS, "核实结果")
    if ground.data.get("truth") == "malicious":
        if not ground.data.get("evidence"):
            lacks.append(Lack("认定恶意要有证据", "写上 --evidence；证据不足就按没查到办：--truth untrue"))
        if not ground.data.get("approved"):
            lacks.append(Lack("认定恶意要领导看过证据", "写上 --approved 领导姓名"))
    return lacks


def _owned(ground: Ground) -> list[Lack]:
    lacks = _one(ground, "owner", OWNERS, "归谁管")
    if ground.data.get("owner") == "nobody":
        lacks += _needs(ground, ("decides", "由哪位领导指定（--decides）"))
    return lacks


def _dispatched(ground: Ground) -> list[Lack]:
    """Two dispatches at once: the unit and the village (C.38)."""
    lacks = _needs(ground, ("unit", "派给哪个单位"))
    if not ground.data.get("second") and not ground.data.get("why"):
        lacks.append(Lack("要双派：没有写所在村（社区）", "写上 --second 村名；只派一家的写 --why 原因"))
    if ground.data.get("second") and ground.data["second"] == ground.data.get("unit"):
        lacks.append(Lack("双派的两家是同一家", "--second 写所在村（社区）"))
    return lacks


def _after_dispatch(ground: Ground) -> list[Lack]:
    if ground.standing.order.dispatched is not None:
        return []
    return [Lack("还没有派单", f"zhiban order dispatch {ground.no} 单位 --second 村（社区）")]


def _met(ground: Ground) -> list[Lack]:
    """Everyone is met; else the recorded refusal, or the reason and the recording (H4.12-H4.15)."""
    lacks = _one(ground, "how", MEETINGS, "见面情况")
    if ground.data.get("how") == "needless":
        lacks += _needs(ground, ("why", "为什么不用见面（--why）"))
    return lacks


def _planned(ground: Ground) -> list[Lack]:
    return [*_unverified(ground), *_needs(ground, ("text", "方案：哪步、谁办、哪天完"))]


def _unverified(ground: Ground) -> list[Lack]:
    """First verify, then deal with it (C.06)."""
    if ground.standing.order.verified is not None:
        return []
    return [Lack("还没有核实", f"zhiban order verify {ground.no} --truth real|partly|untrue")]


def _evidence(ground: Ground) -> list[Lack]:
    lacks = _one(ground, "step", STEPS, "哪一步的")
    if not ground.data.get("evidence") and not ground.data.get("none"):
        lacks.append(Lack("没有写是什么材料", "写上 --evidence 文件名；确实没有的写 --none 原因"))
    return lacks


def _extended(ground: Ground) -> list[Lack]:
    name, limits = str(ground.data.get("limit", "")), ground.scheme.limits
    if name not in limits:
        return [Lack(f"没有时限 `{name}`", suggest(name, limits))]
    standing = ground.standing
    watch = next((w for w in watched(standing, ground.scheme, ground.working) if w.limit == name), None)
    granted = [extension.by for extension in standing.extensions if extension.limit == name]
    by = msgspec.convert(ground.data["by"], Duration)
    clocks.may_extend(name, limits[name], watch, by, granted, ground.now)
    return _needs(ground, ("why", "延期原因（--why）"))


def _paused(ground: Ground) -> list[Lack]:
    if ground.standing.paused:
        return [Lack("表已经停着", f"zhiban order continue {ground.no}")]
    return _needs(ground, ("why", "停表原因（--why）"))


def _resumed(ground: Ground) -> list[Lack]:
    standing = ground.standing
    if not standing.paused:
        return [Lack("表没有停")]
    given = ground.data.get("at")
    if given and parse(str(given)) < standing.pauses[-1].begin:
        return [Lack("恢复的时刻早于停表", "--at 写实际发生的时刻")]
    return []


def _excluded(ground: Ground) -> list[Lack]:
    reason, known = str(ground.data.get("reason", "")), ground.scheme.excluded
    if ground.standing.order.excluded:
        return [Lack(f"已经按“{ground.standing.order.excluded_why or ground.standing.order.excluded}”剔除")]
    if reason not in known:
        return [Lack(f"没有剔除原因 `{reason}`", suggest(reason, known))]
    needs = known[reason].needs
    lacks = [Lack(f"没有写理由，要写明{needs}", "写上 --why")] if not ground.data.get("why") else []
    if not ground.data.get("evidence"):
        lacks.append(Lack("没有写证据材料", f"写上 --evidence 文件名（要有{needs}）"))
    return lacks


def _concluded(ground: Ground) -> list[Lack]:
    """A conclusion needs all that was to be done before it, and its record (H4.18, H3.39)."""
    standing, order = ground.standing, ground.standing.order
    if order.closed is not None:
        return [Lack("已经办结")]
    lacks = _needs(ground, ("text", "办成什么样（--text）"))
    if order.excluded:
        return lacks
    lacks += [*_unverified(ground), *_after_dispatch(ground)]
    if standing.owner == "nobody":
        lacks.append(
            Lack(f"归谁管还没有定（由{standing.decides}定）", f"zhiban order owner {ground.no} mine")
        )
    if standing.owner == "other":
        what = "归别的部门管的要先退回（附书面说明）"
        lacks.append(Lack(what, f"zhiban order exclude {ground.no} elsewhere --why 依据 --evidence 说明"))
    if not order.met:
        do = f"zhiban order meet {ground.no} met|refused|needless --evidence 文件名"
        lacks.append(Lack("没有见面的记录", do))
    here = {"handle"} if ground.data.get("evidence") or ground.data.get("none") else set()
    for step, label in STEPS.items():
        if step == "reply" or step in {*standing.evidence, *standing.gaps, *here}:
            continue
        if step == "meet" and not order.met:
            continue  # said above
        do = f"zhiban order evidence {ground.no} {step} --evidence 文件名（确实没有：--none 原因）"
        lacks.append(
            Lack(f"{label}没有留痕", do if step != "handle" else "写上 --evidence 文件名，或 --none 原因")
        )
    return lacks


def _replied(ground: Ground) -> list[Lack]:
    lacks = [] if ground.standing.order.excluded else _unverified(ground)
    if ground.data.get("how") not in ("phone", "face"):
        lacks.append(Lack("没有写怎么答复的", "--how phone（打电话）或 --how face（当面）"))
    return lacks


def _callback(ground: Ground) -> list[Lack]:
    """Only after the conclusion (H1.53) and the reply; before, the caller cannot judge (H1.52)."""
    order = ground.standing.order
    if order.excluded:
        return [Lack("已经剔除，不用回访")]
    lacks = []
    if order.closed is None:
        lacks.append(Lack("还没有办结，回访要在办结之后", f"zhiban order close {ground.no} --text 结果"))
    if ground.standing.answered is None:
        lacks.append(Lack("还没有答复来电人", f"zhiban order reply {ground.no} --how phone"))
    if not isinstance(ground.data.get("resolved"), bool):
        lacks.append(Lack("没有写解决没有", "--resolved 或 --unresolved"))
    level = str(ground.data.get("satisfied", ""))
    levels = dict.fromkeys(level for scale in ground.scheme.scales.values() for level in scale.levels)
    if level not in levels:
        lacks.append(Lack(f"没有“{level}”这一档" if level else "没有写满意度", suggest(level, levels)))
    return lacks


def _reopened(ground: Ground) -> list[Lack]:
    if ground.standing.order.closed is None and not ground.standing.done:
        return [Lack("这一单还没有办结，接着办就行")]
    return _needs(ground, ("why", "重办原因（--why）"))


_CHECKS: dict[str, Callable[[Ground], list[Lack]]] = {
    "verified": _verified, "owned": _owned, "dispatched": _dispatched, "arranged": _after_dispatch,
    "responded": _after_dispatch, "met": _met, "planned": _planned, "evidence": _evidence,
    "extended": _extended, "paused": _paused, "resumed": _resumed, "excluded": _excluded,
    "concluded": _concluded, "replied": _replied, "callback": _callback, "reopened": _reopened,
    "reminded": lambda ground: _needs(ground, ("text", "催什么（--text）")),
    "escalated": lambda ground: _needs(ground, ("to", "报给谁（--to）")),
    "noted": lambda ground: _needs(ground, ("text", "内容")),
    "outcry": lambda ground: _needs(ground, ("why", "哪里的舆情（--why）")),
    "follow_up": lambda ground: _needs(
        ground, ("what", "要改进什么"), ("who", "谁负责（--who 岗位）"), ("due", "哪天完成（--due）")
    ),
    "unmasked": lambda ground: _needs(ground, ("why", "看完整号码的理由")),
}  # fmt: skip


def watched(
    standing: Standing, scheme: Scheme, working: Calendar, *, running: bool = False
) -> list[clocks.Watch]:
    """The order's clocks; `running`: only those not stopped yet. A shut file has no running ones.

    When an imported row was registered where it comes from, only its own column tells.
    """
    if running and standing.done:
        return []
    order, pauses, extensions = standing.order, standing.pauses, standing.extensions
    found = clocks.watches(order, scheme, working, pauses, extensions, running=running)
    if standing.imported and order.registered is None:
        found = [watch for watch in found if watch.of != "registered"]
    return [watch for watch in found if watch.done is not None] if standing.done else found


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
    if kind == "callback":
        unhappy = not data["resolved"] or scheme.satisfied(data["satisfied"]) is False
        if unhappy and scheme.repeats.dissatisfied:
            said = f"回访：{'解决了' if data['resolved'] else '没解决'}，{data['satisfied']}"
            found += [("reopened", {"why": said}), ("raised", {"why": said})]
        else:
            found.append(("closed", {}))
    if kind in ("replied", "concluded", "excluded") and order.excluded and after.answered is not None:
        found.append(("closed", {}))
    return found
