"""What a controller types: `放 2`, `delay 3 2m`, `评 1 S 理由` …, by Chinese or English words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from engine.drill import clockwork, control
from engine.drill.store import Store
from engine.drill.times import span
from engine.errors import UsageError
from engine.model import Fact
from engine.reader.report import suggest

HELP = (
    ("放 2", "第 2 个情况现在就出（fire 2）"),
    ("取消 2", "第 2 个情况不出了（skip 2）"),
    ("推迟 2 2m", "晚两分钟出；提前 2 30s（delay 2 2m）"),
    ("停 / 走", "停住、接着走（pause / go）"),
    ("速 10", "钟走十倍快（speed 10）"),
    ("步 30s", "停着往前走三十秒（step 30s）"),
    ("记 …", "记一笔，讲评用（note …）"),
    ("看 3 …", "对第 3 条要求看到什么；不写数字就是一般的（observe）"),
    ("评 1 S 理由", "第 1 个目标评为 P S M U（rate）"),
    ("改分 3 50 理由", "第 3 条要求给百分之五十（mark）"),
    ("实情 hurt=否", "改一个实情，参演人看不见（set）"),
    ("全 / 分", "全部情况和要求；到现在的分（all / score）"),
    ("结束", "结束演练（end）"),
)
_YES, _NO = ("是", "yes", "true", "有", "对"), ("否", "no", "false", "没有", "不是")
Doing = Callable[[Store, int, str], None]


def perform(store: Store, real: int, typed: str) -> None:
    """Do what was typed, at real time `real` (ms). UsageError says what is wrong with it."""
    found = re.fullmatch(
        r"([A-Za-z]+|[\u4e00-\u9fff]+?)[\s\u3000]*((?:[\s\u3000\d].*)?)", typed.strip(), re.DOTALL
    )
    word = found[1].lower() if found is not None else typed.strip()
    doing = _WORDS.get(word)
    if doing is None or found is None:
        raise UsageError(f"不认识 `{typed.strip()[:20]}`", suggest(word, _WORDS) or "? 看能写什么")
    doing(store, real, found[2].strip())


def _now(store: Store, real: int) -> datetime:
    return clockwork.drill_now(store.state, real)


def _pick(text: str, what: str, ids: Sequence[str]) -> tuple[str, str]:
    """The id that a text begins with, by number or name, and the rest of the text."""
    first, _, rest = text.partition(" ")
    if first.isdecimal() and 0 < int(first) <= len(ids):
        return ids[int(first) - 1], rest.strip()
    if first in ids:
        return first, rest.strip()
    raise UsageError(f"没有{what} `{first}`" if first else f"要写是哪个{what}", f"1 到 {len(ids)}")


def _inject(store: Store, text: str) -> tuple[str, str]:
    return _pick(text, "情况", [entry.id for entry in store.drill.injects])


def _expectation(store: Store, text: str) -> tuple[str, str]:
    return _pick(text, "要求", [entry.id for entry in store.drill.expectations])


def _seconds(text: str) -> int:
    found = int(text) if text.isdecimal() else span(text)
    if not found:
        raise UsageError(f"`{text}` 不是一段时间" if text else "要写多久", "写成 30s、2m、1m30s")
    return found


def _fire(store: Store, real: int, text: str) -> None:
    control.fire(store, _now(store, real), _inject(store, text)[0])


def _skip(store: Store, real: int, text: str) -> None:
    control.skip(store, _now(store, real), _inject(store, text)[0])


def _delay(store: Store, real: int, text: str) -> None:
    inject, rest = _inject(store, text)
    control.delay(store, _now(store, real), inject, _seconds(rest))


def _earlier(store: Store, real: int, text: str) -> None:
    inject, rest = _inject(store, text)
    control.delay(store, _now(store, real), inject, -_seconds(rest))


def _go(store: Store, real: int, text: str) -> None:
    control.set_clock(store, _now(store, real), real, last_speed(store), "go")


def last_speed(store: Store) -> int:
    """How fast the clock ran when it ran last; 1 when it never did."""
    speeds: list[Any] = [event.data["speed"] for event in store.state.of_kind("clock")]
    return int(next((speed for speed in reversed(speeds) if speed), 1))


def _pause(store: Store, real: int, text: str) -> None:
    control.set_clock(store, _now(store, real), real, 0, "pause")


def _speed(store: Store, real: int, text: str) -> None:
    factor = text.lstrip("×xX").strip()
    if not factor.isdecimal():
        raise UsageError("要写几倍", "速 10")
    control.set_clock(store, _now(store, real), real, int(factor), "speed" if int(factor) else "stop")


def _step(store: Store, real: int, text: str) -> None:
    if clockwork.runs(store.state):
        control.set_clock(store, _now(store, real), real, 0, "stop")
    control.step(store, real, _seconds(text or "30s"))


def _note(store: Store, real: int, text: str) -> None:
    control.note(store, _now(store, real), text)


def _observe(store: Store, real: int, text: str) -> None:
    about = ""
    first = text.partition(" ")[0]
    if first.isdecimal() or first in store.state.expectations:
        about, text = _expectation(store, text)
    control.observe(store, _now(store, real), text, about)


def _rate(store: Store, real: int, text: str) -> None:
    objective, rest = _pick(text, "目标", [entry.id for entry in store.drill.objectives])
    rating, _, reason = rest.partition(" ")
    control.rate(store, _now(store, real), objective, rating.upper(), reason)


def _mark(store: Store, real: int, text: str) -> None:
    expectation, rest = _expectation(store, text)
    share, _, reason = rest.partition(" ")
    share = share.rstrip("%")
    if not share.isdecimal():
        raise UsageError("要写百分之几", "改分 3 50 理由")
    control.override(store, _now(store, real), expectation, int(share), reason)


def _set(store: Store, real: int, text: str) -> None:
    name, sign, said = re.sub(r"\s*[=＝]\s*", "=", text).partition("=")
    facts = store.state.facts
    keys = [key for key in (name, *(f"{book}.{name}" for book in store.drill.playbooks)) if key in facts]
    if not sign or not keys:
        known = [fact.fact.rpartition(".")[2] for fact in store.state.truth.values()]
        raise UsageError(
            f"没有实情 `{name}`" if name else "要写哪一项", suggest(name, known) or "写成 实情 hurt=否"
        )
    control.change(store, _now(store, real), {keys[0]: _value(facts[keys[0]], said)})


def _value(fact: Fact, said: str) -> Any:
    if fact.kind == "bool" and said.lower() in (*_YES, *_NO):
        return said.lower() in _YES
    if fact.kind in ("number", "time") and said.isdecimal():
        return int(said)
    if fact.kind in ("choice", "many"):
        named = {name: choice.id for choice in fact.choices for name in (choice.id, choice.label)}
        parts = [part for part in re.split(r"[,，、]\s*", said) if part]
        if all(part in named for part in parts) and (fact.kind == "many" or len(parts) == 1):
            values = [named[part] for part in parts]
            return values if fact.kind == "many" else values[0]
        raise UsageError(f"`{said}` 不在里面", "有：" + "、".join(choice.label for choice in fact.choices))
    if fact.kind == "text" and said:
        return said
    raise UsageError(f"`{said}` 不合这一项", "是非写 是/否，数写阿拉伯数字")


def _end(store: Store, real: int, text: str) -> None:
    if store.state.status != "open":
        raise UsageError("演练已经结束", "还可以 评、改分、记")
    control.end(store, _now(store, real))


_WORDS: dict[str, Doing] = {}
for _doing, _names in (
    (_fire, "fire f 放 放出"),
    (_skip, "skip 跳过 取消"),
    (_delay, "delay 推迟"),
    (_earlier, "earlier 提前"),
    (_go, "go 走 继续 开始"),
    (_pause, "pause 停 暂停"),
    (_speed, "speed 速 快"),
    (_step, "step 步"),
    (_note, "note n 记"),
    (_observe, "observe o 看 看到"),
    (_rate, "rate 评"),
    (_mark, "mark override 改分"),
    (_set, "set change 实情"),
    (_end, "end 结束"),
):
    _WORDS |= dict.fromkeys(_names.split(), _doing)
