"""What is missing before an order can end: setting aside, conclusion, reply, callback, the last word."""

from __future__ import annotations

from engine.clock import parse
from engine.orders.ground import Ground, Lack, needs, undispatched, unverified
from engine.orders.standing import STEPS
from engine.reader.report import suggest


def excluded(ground: Ground) -> list[Lack]:
    """A reason that the scheme has, what it needs, and the evidence (H1.54, H4.17)."""
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


def concluded(ground: Ground) -> list[Lack]:
    """A conclusion needs all that was to be done before it, and its record (H4.18, H3.39)."""
    standing, order = ground.standing, ground.standing.order
    if order.closed is not None:
        return [Lack("已经办结")]
    lacks = needs(ground, ("text", "办成什么样（--text）"))
    if order.excluded:
        return lacks
    lacks += [*unverified(ground), *undispatched(ground)]
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


def replied(ground: Ground) -> list[Lack]:
    """Verified, and said how: by telephone or face to face."""
    lacks = [] if ground.standing.order.excluded else unverified(ground)
    if ground.data.get("how") not in ("phone", "face"):
        lacks.append(Lack("没有写怎么答复的", "--how phone（打电话）或 --how face（当面）"))
    return lacks


def callback(ground: Ground) -> list[Lack]:
    """Only after the conclusion (H1.53) and the reply; before, the caller cannot judge (H1.52)."""
    order = ground.standing.order
    if order.excluded:
        return [Lack("已经剔除，不用回访")]
    lacks = []
    if order.closed is None:
        lacks.append(Lack("还没有办结，回访要在办结之后", f"zhiban order close {ground.no} --text 结果"))
    if ground.standing.answered is None:
        lacks.append(Lack("还没有答复来电人", f"zhiban order reply {ground.no} --how phone"))
    given = ground.data.get("at")
    # what a walk told has its own course: there the conclusion may have waited for its record
    if (
        given
        and order.closed is not None
        and not ground.standing.incident
        and parse(str(given)) < order.closed
    ):
        lacks.append(Lack(f"回访在办结（{order.closed:%Y-%m-%d %H:%M}）之前", "--at 写实际回访的时刻"))
    if ground.data.get("unreached"):
        if ground.data.get("resolved") is not None or ground.data.get("satisfied"):
            lacks.append(Lack("问到了就不是问不到", "--unreached 只写 --why 原因"))
        return [*lacks, *needs(ground, ("why", "打过几次、为什么问不到（--why）"))]
    if not isinstance(ground.data.get("resolved"), bool):
        lacks.append(Lack("没有写解决没有", "--resolved 或 --unresolved"))
    level = str(ground.data.get("satisfied", ""))
    levels = dict.fromkeys(level for scale in ground.scheme.scales.values() for level in scale.levels)
    if level not in levels:
        lacks.append(Lack(f"没有“{level}”这一档" if level else "没有写满意度", suggest(level, levels)))
    return lacks


def final(ground: Ground) -> list[Lack]:
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
    return [*lacks, *needs(ground, *needed)]


def reopened(ground: Ground) -> list[Lack]:
    """Only what was concluded, set aside or shut, and with the reason."""
    order = ground.standing.order
    if order.closed is None and not order.excluded and not ground.standing.done:
        return [Lack("这一单还没有办结，接着办就行")]
    lacks = needs(ground, ("why", "重办原因（--why）"))
    due = ground.data.get("due")
    if due and parse(str(due)) < ground.now:
        lacks.append(Lack(f"新的办结时刻 {parse(str(due)):%Y-%m-%d %H:%M} 已经过去", "--due 写以后的时刻"))
    return lacks
