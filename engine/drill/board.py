"""The controller's board: everything about a run at a glance, and each event in words with its judgement.

Pure functions of the state and drill time. None of it may reach a trainee's screen.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.conditions import Answer
from engine.drill import conduct, perform, view
from engine.drill.model import CHANNELS, Trigger
from engine.drill.state import DrillState
from engine.drill.times import spoken
from engine.model import Event
from engine.words import shown

OUTCOMES = {
    "met": "按时", "late": "晚了", "missed": "没做到", "open": "不计",
    "running": "还在等", "waiting": "没到时候",
}  # fmt: skip
MARKS = {"met": "√", "late": "△", "missed": "×", "open": "－", "running": "…", "waiting": " "}
_KINDS = {"step": "办", "ask": "问", "say": "说", "issue": "发", "harm": "有害", "unknown": "没听懂"}
_RESULTS = {"done": "办成", "handed": "交代下去了", "blocked": "没办成", "again": "重复", "ahead": "先办了"}
_ON = {
    "answered": "得知", "asked": "问到", "done": "办了", "blocked": "没办成", "missed": "过时没办",
    "said": "说到", "harmed": "做了", "met": "做到", "unmet": "没按时做到", "fired": "出了",
}  # fmt: skip
_CLOCK = {
    "go": "开始走", "pause": "暂停", "speed": "换快慢", "stop": "停住，一步一步走", "step": "走了一步",
    "resumed": "没人在，从停下的地方接着走",
}  # fmt: skip


def board(state: DrillState, now: datetime, acts: int = 8) -> dict[str, Any]:
    """Everything for the controller, as JSON can hold it; times in seconds of the drill.

    Injects and expectations keep their numbers (from 1) through the whole run.
    """
    anchor = state.anchor
    done = state.of_kind("act")
    return {
        "mode": "drill",
        "title": f"{view.DRILL}{state.drill.title}",
        "drill": state.drill.id,
        "status": state.status,
        "at": f"{now:%H:%M:%S}",
        "passed": state.seconds(now),
        "length": state.drill.minutes * 60,
        "speed": anchor.speed if anchor is not None else 0,
        "paused": state.paused,
        "started": anchor is not None,
        "people": dict(state.people),
        "injects": injects(state, now),
        "expectations": expectations(state, now),
        "objectives": [
            {"id": entry.id, "what": entry.what, "rated": state.ratings.get(entry.id, ("", "", 0))[0]}
            for entry in state.drill.objectives
        ],
        "under_way": [
            {"step": key, "role": doing.role, "since": state.seconds(doing.moment)}
            for key, doing in state.handed.items()
        ],
        "acts": [
            {"seq": event.seq, "at": event.at, "role": event.data["role"], "text": told(state, event)}
            for event in done[-acts:]
        ],
    }


def injects(state: DrillState, now: datetime) -> list[dict[str, Any]]:
    """Every inject in the order of the drill file: next (with seconds left), waiting, fired or skipped."""
    due = {data["inject"]: at for at, kind, data in conduct.upcoming(state) if kind == "injected"}
    found = []
    for number, inject in enumerate(state.drill.injects, 1):
        entry: dict[str, Any] = {
            "number": number,
            "id": inject.id,
            "state": "waiting",
            "by": CHANNELS[inject.channel],
            "from": inject.sender,
            "tell": inject.tell,
            "note": inject.note,
            "red_herring": inject.red_herring,
        }
        if inject.id in state.fired:
            entry |= {"state": "fired", "at": state.seconds(state.fired[inject.id])}
            grown = view.spread(state, inject.id, now)
            if grown is not None:
                entry |= grown._asdict()
        elif inject.id in state.skipped:
            entry |= {"state": "skipped", "why": state.skipped[inject.id]}
        elif inject.id in due:
            left = int((due[inject.id] - now).total_seconds())
            entry |= {"state": "next", "at": state.seconds(due[inject.id]), "left": left}
        else:
            entry |= {"on": trigger(state, inject.when)}
        found.append(entry)
    return found


def expectations(state: DrillState, now: datetime) -> list[dict[str, Any]]:
    """Every expectation: running with seconds left for full marks, waiting for its time, or its outcome."""
    found = []
    for number, expectation in enumerate(state.drill.expectations, 1):
        live = state.expected[expectation.id]
        begun = live.opened is not None and live.opened <= now
        entry: dict[str, Any] = {
            "number": number,
            "id": expectation.id,
            "what": expectation.what,
            "objective": expectation.objective,
            "critical": expectation.critical,
            "state": live.outcome or ("running" if begun else "waiting"),
            "share": live.share,
            "evidence": list(live.evidence),
        }
        if begun and not live.outcome and expectation.within and live.opened is not None:
            entry["left"] = expectation.within - int((now - live.opened).total_seconds())
        if expectation.id in state.overrides:
            entry["override"] = state.overrides[expectation.id][0]
        found.append(entry)
    return found


def trigger(state: DrillState, when: Trigger) -> str:
    """What something waits for, in words."""
    if when.on is None:
        return f"开始后 {spoken(when.at or 0)}"
    later = f"，再过 {spoken(when.delay)}" if when.delay else ""
    fact, value = state.facts.get(when.name), ""
    if when.value is not None:
        value = f"：{shown(fact, Answer('known', when.value)) if fact is not None else when.value}"
    return f"{_ON[when.on]}“{_name(state, when.on, when.name)}”{value}{later}"


def _name(state: DrillState, on: str, name: str) -> str:
    if on in ("answered", "asked") and name in state.facts:
        return state.facts[name].label or state.facts[name].ask
    if on in ("done", "blocked", "missed") and name in state.steps:
        return perform.what(state, name)
    if on in ("said", "met", "unmet") and name in state.expectations:
        return state.expectations[name].what
    if on == "fired" and name in state.injects:
        return state.injects[name].tell
    return next((harm.what for harm in state.drill.harms if harm.id == name), name or "任何有害的做法")


def told(state: DrillState, event: Event) -> str:
    """An event in words, acts with their judgement; nothing for what is only kept for the program."""
    data: dict[str, Any] = event.data
    match event.kind:
        case "act":
            who = view.who(state, data["role"])
            return f"{who} {_KINDS[data['kind']]}：{data['text']}{_judged(state, data)}"
        case "injected":
            inject = state.injects[data["inject"]]
            by = "（你放的）" if data["by"] == "controller" else ""
            return f"情况 {_number(state, inject.id)} 出了{by}：{data['tell']}"
        case "skipped":
            why = "你取消的" if data["by"] == "controller" else "不用来了"
            return (
                f"情况 {_number(state, data['inject'])} 不来了（{why}）：{state.injects[data['inject']].tell}"
            )
        case "delayed":
            how = "推迟" if data["seconds"] > 0 else "提前"
            return f"情况 {_number(state, data['inject'])} {how} {spoken(abs(data['seconds']))}"
        case "expected":
            return _expected(state, data)
        case "told":
            return f"告诉了他们：{data['words']}" if data["words"] else ""
        case "returned":
            return f"办完了：{state.event(event.cause).data['text']}"
        case "set":
            return "实情改为：" + "，".join(f"{key}={value}" for key, value in data["facts"].items())
        case "hint":
            return f"{view.who(state, data['role'])}要了提示：{data['text']}"
        case "note":
            return f"记：{data['text']}"
        case "observed":
            of = f"（要求：{state.expectations[data['expectation']].what}）" if data["expectation"] else ""
            return f"看到：{data['text']}{of}"
        case "rated":
            return f"评定 {data['objective']} 为 {data['rating']}：{data['reason']}"
        case "override":
            return f"改分 {state.expectations[data['expectation']].what} {data['share']}%：{data['reason']}"
        case "joined" | "left":
            what = "来了" if event.kind == "joined" else "走了"
            return f"{view.who(state, data['role'])} {what}"
        case "clock":
            fast = f"（×{data['speed']}）" if data["speed"] > 1 else ""
            return f"钟：{_CLOCK.get(data['why'], data['why'])}{fast}"
        case "ended":
            return "演练结束"
    return ""


def _judged(state: DrillState, data: dict[str, Any]) -> str:
    if data["kind"] == "step":
        reason = f"，{data['reason']}" if data.get("reason") else ""
        return f" → {_RESULTS[data['result']]}{reason}"
    if data["kind"] == "harm":
        minus = next(harm.minus for harm in state.drill.harms if harm.id == data["id"])
        return f" → 扣 {minus} 分"
    reached = [state.expectations[id].what for id in data.get("reached", {})]
    said = f" → 说到：{'；'.join(reached)}" if reached else ""
    return said + (f" → 毛病：{'、'.join(data['faults'].values())}" if data.get("faults") else "")


def _expected(state: DrillState, data: dict[str, Any]) -> str:
    ids = [entry.id for entry in state.drill.expectations]
    number, what = ids.index(data["expectation"]) + 1, state.expectations[data["expectation"]].what
    share = f" {data['share']}%" if data["outcome"] == "late" else ""
    return f"{MARKS[data['outcome']]} 要求 {number} {OUTCOMES[data['outcome']]}{share}：{what}"


def _number(state: DrillState, inject: str) -> int:
    return [entry.id for entry in state.drill.injects].index(inject) + 1
