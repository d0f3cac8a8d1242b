"""What happened in a run, in the order in which it did: every line with who, what and what became of it."""

from __future__ import annotations

from typing import NamedTuple

from engine.clock import parse
from engine.drill.model import CHANNELS
from engine.drill.scoring import RATED
from engine.drill.state import Data, DrillState
from engine.drill.times import spoken
from engine.drill.view import who
from engine.model import Event
from engine.orders.privacy import masked
from engine.render.times import clean

VERDICTS = {"good": "及时", "late": "晚了", "harm": "有害", "neutral": ""}
_ENDS = {"time": "时间到", "controller": "主持人结束", "trainee": "参演人结束"}
_CLOCK = {
    "pause": "暂停",
    "go": "计时",
    "stop": "停钟，一步一步走",
    "speed": "改快慢",
    "resumed": "断开后接着走",
}
CONTROLLER = "主持人"


class Entry(NamedTuple):
    """One line. `kind`: inject, act, told, mark, control; `verdict`: in words, or ""."""

    seq: int
    seconds: int  # since the start, drill time
    clock: str  # of the hall, HH:MM:SS
    kind: str
    who: str
    text: str
    verdict: str = ""


def plain(text: str, most: int = 300) -> str:
    """Somebody's words on one line, without telephone and identity numbers; `most` characters."""
    line = clean(masked(text), 100_000)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def numbers(state: DrillState) -> dict[str, int]:
    """Inject → its number in the order in which they came."""
    return {str(event.data["inject"]): n for n, event in enumerate(state.of_kind("injected"), 1)}


def worth(state: DrillState) -> dict[int, str]:
    """Seq of an act → good, late, harm or neutral."""
    found = {
        event.seq: "harm" if event.data["kind"] == "harm" else "neutral" for event in state.of_kind("act")
    }
    for entry in state.drill.expectations:
        live = state.expected[entry.id]
        if entry.never or live.outcome not in ("met", "late"):
            continue
        for seq in live.evidence:
            if found.get(seq) in ("neutral", "late"):
                found[seq] = "good" if live.outcome == "met" else "late"
    return found


def chronicle(state: DrillState) -> tuple[Entry, ...]:
    """The whole record in words, but for what only the program needs."""
    kinds, order = worth(state), numbers(state)
    found = []
    for event in state.events:
        line = _line(state, event, kinds, order)
        if line is not None:
            at = parse(event.at)
            kind, name, text, verdict = line
            entry = Entry(event.seq, state.seconds(at), f"{at:%H:%M:%S}", kind, name, plain(text), verdict)
            found.append(entry)
    return tuple(found)


def _line(
    state: DrillState, event: Event, kinds: dict[int, str], order: dict[str, int]
) -> tuple[str, str, str, str] | None:
    data: Data = event.data
    match event.kind:
        case "begun":
            return "inject", "现场", state.drill.scene, "开始"
        case "injected":
            return _inject(state, event, order)
        case "told" if data["words"]:
            return "told", "得知", str(data["words"]), ""
        case "returned":
            words = data["words"] or "办好了"
            return "told", "回音", f"{state.event(event.cause).data['text']}：{words}", ""
        case "act":
            return _act(state, event, kinds)
        case "expected":
            return _expected(state, event)
        case "hint":
            return "control", who(state, data["role"]), f"要了提示：{data['text']}", "扣分"
        case "ended":
            return "control", "", _ENDS[data["why"]], "结束"
    return _controller(state, event)


def _inject(state: DrillState, event: Event, order: dict[str, int]) -> tuple[str, str, str, str]:
    data: Data = event.data
    inject = state.injects[data["inject"]]
    sender = f"·{inject.sender}" if inject.sender else ""
    notes = ["干扰项"] if inject.red_herring else []
    notes += ["主持人放出"] if data["by"] == "controller" else []
    return (
        "inject",
        f"情况{order[inject.id]} {CHANNELS[inject.channel]}{sender}",
        data["tell"],
        "，".join(notes),
    )


def _act(state: DrillState, event: Event, kinds: dict[int, str]) -> tuple[str, str, str, str]:
    data: Data = event.data
    verdict = VERDICTS[kinds[event.seq]]
    text = str(data["text"])
    if data["kind"] == "say":
        text = f"说：{text}"
    elif data["kind"] == "unknown":
        text, verdict = f"打了一句没人明白的话：{text}", ""
    elif data["kind"] == "harm" and "said" in data:
        text = f"话里有错：{data['said']}"
    elif data.get("result") == "blocked":
        verdict = f"没办成：{data['reason']}" if data["reason"] else "没办成"
    elif data.get("result") == "handed":
        verdict = f"{verdict}，交代下去" if verdict else "交代下去"
    elif data.get("result") == "again":
        verdict = "重复"
    return "act", who(state, data["role"]), text, verdict


def _expected(state: DrillState, event: Event) -> tuple[str, str, str, str] | None:
    data: Data = event.data
    entry = state.expectations[data["expectation"]]
    told = {"met": "按时", "late": f"晚了，得 {data['share']}%", "missed": "没做到"}.get(data["outcome"])
    return ("mark", "评定", entry.what, told) if told else None


def _controller(state: DrillState, event: Event) -> tuple[str, str, str, str] | None:
    data: Data = event.data
    match event.kind:
        case "clock":
            speed = f"，{data['speed']} 倍" if data["speed"] > 1 else ""
            return ("control", "", f"{_CLOCK[data['why']]}{speed}", "") if data["why"] in _CLOCK else None
        case "joined":
            return "control", who(state, data["role"]), "到位", ""
        case "left":
            return "control", who(state, data["role"]), "离开", ""
        case "skipped" if data["by"] == "controller":
            return "control", CONTROLLER, f"取消情况：{state.injects[data['inject']].tell}", ""
        case "delayed":
            seconds = int(data["seconds"])
            way = "推迟" if seconds > 0 else "提前"
            return (
                "control",
                CONTROLLER,
                f"{way} {spoken(abs(seconds))}：{state.injects[data['inject']].tell}",
                "",
            )
        case "set":
            return "control", CONTROLLER, "改了实情", ""
        case "note":
            return "control", CONTROLLER, f"记：{data['text']}", ""
        case "observed":
            about = state.expectations.get(data["expectation"])
            return "control", CONTROLLER, f"看到：{data['text']}" + (f"（{about.what}）" if about else ""), ""
        case "rated":
            what = next(o.what for o in state.drill.objectives if o.id == data["objective"])
            return (
                "control",
                CONTROLLER,
                f"评“{what}”：{RATED[data['rating']]}（{data['reason']}）",
                data["rating"],
            )
        case "override":
            what = state.expectations[data["expectation"]].what
            return "control", CONTROLLER, f"改“{what}”为 {data['share']}%：{data['reason']}", "改分"
    return None
