"""Small drills made in Python, and scripts for trainees, for the tests of running drills."""

import weakref
from typing import NamedTuple

from engine.clock import parse
from engine.drill.model import Drill, Expectation, Growth, Harm, Inject, Objective, Takes, Trigger, Truth
from engine.drill.store import Store
from engine.drill.trainees import Act
from engine.journal import Journal
from engine.practice.model import Bank, Group, Way
from engine.practice.reading import load
from engine.reader import load_library

LIBRARY = load_library(hall=False)
BANK: Bank = load()
START = "2026-06-01T08:20:00+08:00"


def way(*groups):
    """A way of saying something: one pattern a group."""
    return Way(tuple(Group("act", words, words) for words in groups))


def on(kind, name, delay=0, value=None):
    """Something that follows from another."""
    return Trigger(on=kind, name=name, delay=delay, value=value)


def expect(id, weight, *, objective="calm", **more):
    """An expectation with a weight."""
    return Expectation(id=id, what=f"要求 {id}", weight=weight, objective=objective, **more)


_R = "rain-before-opening."
RAIN = Drill(
    id="rain",
    title="雨",
    version=1,
    minutes=10,
    level=1,
    start=START,
    playbooks=("rain-before-opening",),
    scene="八点二十，大雨，门外四十来人。",
    objectives=(Objective("calm", "把人稳住", "head"), Objective("life", "先救人", "guard")),
    roles=("duty", "guide"),
    known={"office_hours": False},
    truth=(
        Truth("quarrel", True),
        Truth(_R + "storm", False),
        Truth(_R + "can_shelter", True, told="前厅能单独开。", delay=20),
        Truth(_R + "may_open", "lead"),
        Truth(_R + "lead_ok", True),
        Truth("frail_present", True),
        Truth(_R + "rain_over", open_=True),
        Truth("hurt", False),
    ),
    takes=(
        Takes(_R + "ask-lead", 30, fails=1, reason="占线", told="领导说行。"),
        Takes(_R + "open-lobby", 60, chance=30, reason="锁打不开"),
    ),
    injects=(
        Inject("shout", on("missed", _R + "promise", 20), "管事的人呢？", sender="一个男的"),
        Inject(
            "post",
            Trigger(at=150),
            "门口的照片发到群里了。",
            channel="social",
            growth=Growth(10, 4, 200, (_R + "guide-in",)),
            red_herring=True,
        ),
        Inject(
            "fall",
            Trigger(at=240),
            "一位老人在台阶上滑倒了！",
            channel="radio",
            sets={"hurt": True},
            reveals=("hurt",),
        ),
        Inject("dry", Trigger(at=400), "雨点小了。", sets={_R + "rain_over": True}),
        Inject("guide-only", Trigger(at=60), "引导台有人找。", channel="phone", to=("guide",)),
        Inject("thanks", on("met", "soothe", 10), "有人说了声谢谢。", unless=(on("harmed", ""),)),
        Inject("grumble", on("unmet", "soothe"), "没人理我们！"),
    ),
    expectations=(
        expect("door", 20, steps=(_R + "to-door",), within=120, critical=True),
        expect("soothe", 20, says=(way("对不住|抱歉", "避雨|进来"),), within=180, late=60),
        expect("room", 10, facts=(_R + "can_shelter",), within=180),
        expect("lead", 10, steps=(_R + "ask-lead",), within=240),
        expect(
            "call", 25, objective="life", steps=("always.call-120",), since=on("fired", "fall"),
            within=60, critical=True,
        ),
        expect("civil", 15, never=("shout-back",)),
    ),
    harms=(
        Harm("shout-back", "冲着人群喊“吵什么”", 15, tell="人群更乱了。"),
        Harm("scold", "当众训保安", 8, blame=True),
    ),
)  # fmt: skip

_S = "system-failure."
SYSTEM = Drill(
    id="system",
    title="系统",
    version=1,
    minutes=12,
    level=2,
    start="2026-06-01T10:00:00+08:00",
    playbooks=("system-failure", "recording-threat"),
    scene="十点，窗口电脑都卡住了。",
    objectives=(Objective("tell", "讲清"), Objective("fix", "修好")),
    roles=("duty",),
    known={"office_hours": True},
    truth=(
        Truth(_S + "fault_kind", "total"),
        Truth(_S + "angry", True),
        Truth(_S + "fix_minutes", 50),
        Truth(_S + "system_back", open_=True),
        Truth(_S + "online_ok", False),
        Truth("queue_papers", "complete"),
    ),
    takes=(Takes(_S + "call-it", 120, told="说要五十分钟。"),),
    injects=(
        Inject("film", Trigger(at=200), "有人举着手机拍。", sets={"filming": True}, reveals=("filming",)),
        Inject("back", on("done", _S + "call-it", 200), "系统好了！", sets={_S + "system_back": True}),
        Inject("second", on("answered", _S + "system_back", 5, True), "有人问几号了。"),
    ),
    expectations=(
        expect("look", 20, objective="fix", steps=(_S + "look",), within=200),
        expect("announce", 30, objective="tell", steps=(_S + "announce",), within=180),
        expect("ask", 20, objective="fix", facts=(_S + "fix_minutes",), within=400),
        expect("paper", 10, objective="tell", documents=("register",), within=600),
        expect(
            "words",
            20,
            objective="tell",
            says=(way("抱歉|对不起", "系统|电脑"),),
            since=on("fired", "film"),
            within=100,
        ),
    ),
    harms=(Harm("grab", "夺下群众的手机", 20, tell="围上来更多人。"), Harm("deny", "说“不关我们的事”", 10)),
)
DRILLS = (RAIN, SYSTEM)


class Do(NamedTuple):
    """An act at a second of the drill."""

    second: int
    act: Act


class Script:
    """Does each act at its second, in its order."""

    def __init__(self, *acts: Do) -> None:
        self._left = list(acts)

    def next(self, store, now):
        if self._left and self._left[0].second <= store.state.seconds(now):
            return self._left.pop(0).act
        return None


def do(second, kind, id="", text="", role="duty"):
    """An entry of a Script."""
    return Do(second, Act(role, kind, id, text))


def begin(drill=RAIN, journal=None, **more) -> Store:
    """A run that has just begun."""
    record = journal or Journal(None)
    store = Store.create(record, drill, LIBRARY, {}, parse(drill.start), bank=BANK, **more)
    if journal is None:
        weakref.finalize(store, record.close)
    return store


def plain(store, *without):
    """The events as (kind, at, cause, data); cause and seqs stay comparable."""
    return [(e.kind, e.at, e.cause, e.data) for e in store.events if e.kind not in without]


def kinds(store, kind, field):
    """One field of all events of a kind."""
    return [event.data[field] for event in store.events if event.kind == kind]
