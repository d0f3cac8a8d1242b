"""What is missing before an act can be done: one function an act, each naming the command that brings it.

Those by which an order ends are in `lacks_end`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.clock import parse
from engine.model import Duration
from engine.orders import clocks, lacks_end
from engine.orders.ground import (
    MEETINGS,
    OWNERS,
    TRUTHS,
    Ground,
    Lack,
    needs,
    one,
    undispatched,
    unverified,
    watched,
)
from engine.orders.standing import STEPS
from engine.reader.report import suggest


def _verified(ground: Ground) -> list[Lack]:
    """Malice is judged by rule, on evidence, by a leader (C.09)."""
    lacks = one(ground, "truth", TRUTHS, "核实结果")
    if ground.data.get("truth") == "malicious":
        if not ground.data.get("evidence"):
            lacks.append(Lack("认定恶意要有证据", "写上 --evidence；证据不足就按没查到办：--truth untrue"))
        if not ground.data.get("approved"):
            lacks.append(Lack("认定恶意要领导看过证据", "写上 --approved 领导姓名"))
    return lacks


def _owned(ground: Ground) -> list[Lack]:
    lacks = one(ground, "owner", OWNERS, "归谁管")
    if ground.data.get("owner") == "nobody":
        lacks += needs(ground, ("decides", "由哪位领导指定（--decides）"))
    return lacks


def _dispatched(ground: Ground) -> list[Lack]:
    """Two dispatches at once: the unit and the village (C.38)."""
    lacks = needs(ground, ("unit", "派给哪个单位"))
    if not ground.data.get("second") and not ground.data.get("why"):
        lacks.append(Lack("要双派：没有写所在村（社区）", "写上 --second 村名；只派一家的写 --why 原因"))
    if ground.data.get("second") and ground.data["second"] == ground.data.get("unit"):
        lacks.append(Lack("双派的两家是同一家", "--second 写所在村（社区）"))
    return lacks


def _met(ground: Ground) -> list[Lack]:
    """Everyone is met; else the recorded refusal, or the reason and the recording (H4.12-H4.15)."""
    lacks = one(ground, "how", MEETINGS, "见面情况")
    if ground.data.get("how") == "needless":
        lacks += needs(ground, ("why", "为什么不用见面（--why）"))
    return lacks


def _planned(ground: Ground) -> list[Lack]:
    return [*unverified(ground), *needs(ground, ("text", "方案：哪步、谁办、哪天完"))]


def _evidence(ground: Ground) -> list[Lack]:
    lacks = one(ground, "step", STEPS, "哪一步的")
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
    lacks = needs(ground, ("why", "延期原因（--why）"))
    more = [*standing.extensions, clocks.Extension(name, by)]
    longer = msgspec.structs.replace(standing, extensions=more)
    for after in watched(longer, ground.scheme, ground.working):
        if after.limit == name and after.state(ground.now) == "unknown":
            lacks.append(Lack(f"延到哪天算不出：{after.why}"))  # never a clock that nobody can tell
    return lacks


def _paused(ground: Ground) -> list[Lack]:
    if ground.standing.paused:
        return [Lack("表已经停着", f"zhiban order continue {ground.no}")]
    return needs(ground, ("why", "停表原因（--why）"))


def _resumed(ground: Ground) -> list[Lack]:
    standing = ground.standing
    if not standing.paused:
        return [Lack("表没有停")]
    given = ground.data.get("at")
    if given and parse(str(given)) < standing.pauses[-1].begin:
        return [Lack("恢复的时刻早于停表", "--at 写实际发生的时刻")]
    return []


CHECKS: dict[str, Callable[[Ground], list[Lack]]] = {
    "verified": _verified, "owned": _owned, "dispatched": _dispatched, "arranged": undispatched,
    "responded": undispatched, "met": _met, "planned": _planned, "evidence": _evidence,
    "extended": _extended, "paused": _paused, "resumed": _resumed, "excluded": lacks_end.excluded,
    "concluded": lacks_end.concluded, "replied": lacks_end.replied, "callback": lacks_end.callback,
    "final": lacks_end.final, "reopened": lacks_end.reopened,
    "reminded": lambda ground: needs(ground, ("text", "催什么（--text）")),
    "escalated": lambda ground: needs(ground, ("to", "报给谁（--to）")),
    "noted": lambda ground: needs(ground, ("text", "内容")),
    "outcry": lambda ground: needs(ground, ("why", "哪里的舆情（--why）")),
    "follow_up": lambda ground: needs(
        ground, ("what", "要改进什么"), ("who", "谁负责（--who 岗位）"), ("due", "哪天完成（--due）")
    ),
    "unmasked": lambda ground: needs(ground, ("why", "看完整号码的理由")),
}  # fmt: skip
