"""Words to listen for: `保安|门卫 + 吵|骂 - 没吵|演练`."""

from __future__ import annotations

import re

from engine.model import Fact, Heard, Signal
from engine.model import Scalar as Value
from engine.reader import values
from engine.reader.fields import SIGNAL
from engine.reader.nodes import Mapping, Node, Scalar
from engine.reader.report import Desk, suggest

_HELP = "写成 `甲|乙 + 丙 - 丁`：甲或乙、并且丙，丁出现则不算"


def signals(desk: Desk, field: str, node: Node) -> tuple[Signal, ...]:
    """One signal, or a list of them."""
    items = values.listed(node)
    if not items:
        values.wrong(desk, node, "empty-field", f"`{field}` 是空列表", "写上词，或删掉这一行")
    read = [_signal(desk, field, item) for item in items]
    return tuple(signal for signal in read if signal)


def _signal(desk: Desk, field: str, node: Node) -> Signal | None:
    weight = 1.0
    if isinstance(node, Mapping):
        fields = values.check_keys(desk, node.pairs, SIGNAL, node)
        if "weight" in fields:
            weight = _weight(desk, fields["weight"])
        if "is" not in fields:
            return None
        node = fields["is"]
    words = values.plain_text(desk, field, node)
    if words is None:
        return None
    wanted, *unwanted = re.split(r"(?:^|\s+)[-－](?:\s+|$)", words)
    groups = [_words(group) for group in re.split(r"\s*[+＋]\s*", wanted.strip())]
    unless = _words(unwanted[0]) if unwanted else ()
    if len(unwanted) > 1 or None in (*groups, unless) or any(re.search("[+＋]", part) for part in unwanted):
        values.wrong(desk, node, "bad-signal", f"`{field}` 的写法不对：`{values.brief(words)}`", _HELP)
        return None
    return Signal(tuple(group for group in groups if group), unless or (), weight)


def _words(group: str) -> tuple[str, ...] | None:
    words = tuple(word.strip() for word in re.split("[|｜]", group))
    return tuple(dict.fromkeys(words)) if all(words) else None


def _weight(desk: Desk, node: Node) -> float:
    if (
        isinstance(node, Scalar)
        and re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", node.text)
        and float(node.text) > 0
    ):
        return float(node.text)
    values.wrong(desk, node, "wrong-type", f"`weight` 要写大于零的数，这里是{values.shape(node)}")
    return 1.0


def heard(desk: Desk, fact: Fact, node: Node) -> tuple[Heard, ...]:
    """Reports that settle a fact: a plain list means yes, else value → signals."""
    if not isinstance(node, Mapping):
        if fact.kind == "bool":
            return (Heard(True, signals(desk, "hear", node)),)
        help = "写成 `hear: {答案: [词, 词]}`"
        values.wrong(desk, node, "bad-heard", "`hear` 要说明听到这些词时的答案", help)
        return ()
    found = []
    for name, pair in node.pairs.items():
        value = _answer(desk, fact, pair.key)
        read = signals(desk, f"hear.{values.brief(name)}", pair.value)
        if value is not None:
            found.append(Heard(value, read))
    return tuple(found)


def _answer(desk: Desk, fact: Fact, key: Scalar) -> Value | None:
    if fact.kind == "bool":
        return values.flag(desk, "hear", key)
    if fact.kind == "number":
        return values.whole(desk, "hear", key)
    names = [choice.id for choice in fact.choices]
    if key.text in names:
        return key.text
    if names:
        text = f"`hear` 里没有 `{values.brief(key.text)}` 这个答案"
        values.wrong(desk, key, "unknown-choice", text, suggest(key.text, names))
    else:
        values.wrong(desk, key, "bad-heard", "时间和文字不能由听到的词确定", "删掉 `hear`")
    return None
