"""What is missing before an act can be done: one function an act, each naming the command that brings it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.clock import parse
from engine.model import Duration
from engine.orders import clocks
from engine.orders.ground import MEETINGS, OWNERS, TRUTHS, Ground, Lack, watched
from engine.orders.standing import STEPS
from engine.reader.report import suggest


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
    if ground.data.get("unreached"):
        if ground.data.get("resolved") is not None or ground.data.get("satisfied"):
            lacks.append(Lack("问到了就不是问不到", "--unreached 只写 --why 原因"))
        return [*lacks, *_needs(ground, ("why", "打过几次、为什么问不到（--why）"))]
    if not isinstance(ground.data.get("resolved"), bool):
        lacks.append(Lack("没有写解决没有", "--resolved 或 --unresolved"))
    level = str(ground.data.get("satisfied", ""))
    levels = dict.fromkeys(level for scale in ground.scheme.scales.values() for level in scale.levels)
    if level not in levels:
        lacks.append(Lack(f"没有“{level}”这一档" if level else "没有写满意度", suggest(level, levels)))
    return lacks


def _final(ground: Ground) -> list[Lack]:
    """Only after a dissatisfied answer; a leader gives it, in writing (C.22, H3.39)."""
    lacks = []
    if not ground.standing.order.returned:
        what = "来电人没有说过不满意，照常办结、回访"
        lacks.append(Lack(what, f"zhiban order show {ground.no}"))
    needed = (
        ("by", "哪位领导答复的（--by）"),
        ("text", "办了什么、到哪里复核（--text）"),
        ("evidence", "书面答复（--evidence）"),
    )
    return [*lacks, *_needs(ground, *needed)]


def _reopened(ground: Ground) -> list[Lack]:
    if ground.standing.order.closed is None and not ground.standing.done:
        return [Lack("这一单还没有办结，接着办就行")]
    return _needs(ground, ("why", "重办原因（--why）"))


CHECKS: dict[str, Callable[[Ground], list[Lack]]] = {
    "verified": _verified, "owned": _owned, "dispatched": _dispatched, "arranged": _after_dispatch,
    "responded": _after_dispatch, "met": _met, "planned": _planned, "evidence": _evidence,
    "extended": _extended, "paused": _paused, "resumed": _resumed, "excluded": _excluded,
    "concluded": _concluded, "replied": _replied, "callback": _callback, "final": _final,
    "reopened": _reopened,
    "reminded": lambda ground: _needs(ground, ("text", "催什么（--text）")),
    "escalated": lambda ground: _needs(ground, ("to", "报给谁（--to）")),
    "noted": lambda ground: _needs(ground, ("text", "内容")),
    "outcry": lambda ground: _needs(ground, ("why", "哪里的舆情（--why）")),
    "follow_up": lambda ground: _needs(
        ground, ("what", "要改进什么"), ("who", "谁负责（--who 岗位）"), ("due", "哪天完成（--due）")
    ),
    "unmasked": lambda ground: _needs(ground, ("why", "看完整号码的理由")),
}  # fmt: skip
