"""Roles, hall values and facts: entries → model."""

from __future__ import annotations

from engine.model import Choice, Fact, HallValue, Role, Span
from engine.reader import signals, values
from engine.reader.fields import FACT, FACT_TYPES, HALL, HALL_TYPES, KNOWN_FROM
from engine.reader.nodes import Mapping, Node, Pair, Scalar
from engine.reader.outline import Entry
from engine.reader.report import Desk
from engine.reader.scope import Scope
from engine.reader.terms import NOTHING, Terms
from engine.reader.times import Times

_DERIVED = ("ask", "hear", "recheck", "within", "from", "choices", "many", "unit", "type")


def role(desk: Desk, name: str, pair: Pair) -> Role | None:
    """`guard: 保安`."""
    label = values.plain_text(desk.about(f"岗位 `{name}`"), name, pair.value)
    return Role(name, label) if label else None


def hall_value(desk: Desk, entry: Entry) -> HallValue | None:
    """A local value: number by its unit, else by its type, else text."""
    name = entry.name.text
    desk = desk.about(f"大厅值 `{name}`")
    found = values.check_keys(desk, entry.pairs, HALL, entry.place)
    label = values.plain_text(desk, "label", found["label"]) if "label" in found else None
    unit = values.plain_text(desk, "unit", found["unit"]) if "unit" in found else ""
    kind = "number" if unit else "text"
    if "type" in found:
        kind = values.option(desk, "type", found["type"], HALL_TYPES) or kind
        if unit and kind != "number":
            desk.error(
                "bad-fields", found["unit"].span, f"有 `unit` 就是数，`type` 不能是 `{kind}`", "留下一个"
            )
    default = _default(desk, kind, found["default"]) if "default" in found else None
    return HallValue(name, label or name, kind, default, unit or "", entry.name.span)  # type: ignore[arg-type]


def _default(desk: Desk, kind: str, node: Node) -> object:
    if kind == "number":
        return values.whole(desk, "default", node)
    if kind == "duration":
        return values.plain_duration(desk, "default", node)
    return values.flag(desk, "default", node) if kind == "bool" else values.plain_text(desk, "default", node)


def fact(desk: Desk, scope: Scope, entry: Entry) -> Fact:
    """A fact without its condition and deadline: these need all names, see `fact_terms`."""
    name = entry.name.text
    desk = desk.about(f"事实 `{name}`")
    found = values.check_keys(desk, entry.pairs, FACT)
    ask = values.plain_text(desk, "ask", found["ask"]) if "ask" in found else ""
    label = values.plain_text(desk, "label", found["label"]) if "label" in found else ask
    if not label and "label" not in entry.pairs and "ask" not in entry.pairs:
        values.wrong(desk, entry.place, "missing-field", "缺少 `label`", FACT["label"].about)
    many = values.flag(desk, "many", found["many"]) if "many" in found else False
    unit = values.plain_text(desk, "unit", found["unit"]) if "unit" in found else ""
    choices = _choices(desk, found["choices"]) if "choices" in found else ()
    known_from = values.option(desk, "from", found["from"], KNOWN_FROM) if "from" in found else ""
    recheck = Times(desk, scope).duration("recheck", found["recheck"]) if "recheck" in found else None
    read = Fact(
        scope.prefix + name,
        _kind(desk, found, bool(many)),  # type: ignore[arg-type]
        label or name,
        ask or "",
        choices,
        unit or "",
        # a stand-in that says "derived" until all names are known
        when=NOTHING if "when" in found else None,
        known_from=known_from or "",  # type: ignore[arg-type]
        recheck=recheck,
        source=values.sources(desk, found["source"]) if "source" in found else (),
        span=entry.name.span,
    )
    heard = signals.heard(desk, read, found["hear"]) if "hear" in found else ()
    _check_source(desk, found, entry.name.span)
    return _with(read, hear=heard)


def _with(read: Fact, **changes: object) -> Fact:
    import msgspec

    return msgspec.structs.replace(read, **changes)


def fact_terms(desk: Desk, scope: Scope, entry: Entry, read: Fact) -> Fact:
    """The fact with its condition and deadline, once every name of the file is known."""
    desk = desk.about(f"事实 `{entry.name.text}`")
    when, within = entry.pairs.get("when"), entry.pairs.get("within")
    if when and read.when is not None:
        read = _with(read, when=Terms(desk, scope, read.key).condition(when.value))
    if within and not (isinstance(within.value, Scalar) and within.value.null):
        if "recheck" not in entry.pairs:
            desk.error(
                "bad-fields", within.key.span, "`within` 只用于有 `recheck` 的事实", "加上 `recheck: 10m`"
            )
        deadline = Times(desk, scope).deadline("within", within.value)
        read = _with(read, within=deadline)
    return read


def _kind(desk: Desk, found: dict[str, Node], many: bool) -> str:
    """The type that follows from the fields; two that disagree are reported."""
    signs = [name for name in ("choices", "unit", "type") if name in found]
    if len(signs) > 1:
        text = f"`{signs[0]}` 和 `{signs[1]}` 不能同时写"
        desk.error("bad-fields", found[signs[1]].span, text, "有 `choices` 是选项，有 `unit` 是整数")
    if many and "choices" not in found:
        desk.error("bad-fields", found["many"].span, "`many` 要和 `choices` 一起写", "写上可选的答案")
    if "choices" in found:
        return "many" if many else "choice"
    if "unit" in found:
        return "number"
    return (values.option(desk, "type", found["type"], FACT_TYPES) if "type" in found else None) or "bool"


def _choices(desk: Desk, node: Node) -> tuple[Choice, ...]:
    if not isinstance(node, Mapping) or not node.pairs:
        text = f"`choices` 要写成 `{{名称: 说法}}`，这里是{values.shape(node)}"
        values.wrong(desk, node, "wrong-type", text)
        return ()
    read = []
    for name, pair in node.pairs.items():
        own = values.identifier(desk, "答案名称", pair.key)
        label = values.plain_text(desk, f"choices.{values.brief(name)}", pair.value)
        if own and label:
            read.append(Choice(name, label))
    labels: dict[str, str] = {}
    for choice in read:
        if choice.label in labels:
            text = f"答案 `{labels[choice.label]}` 和 `{choice.id}` 的说法相同"
            desk.error("repeated", node.pairs[choice.id].value.span, text, "换一种说法")
        labels.setdefault(choice.label, choice.id)
    return tuple(read)


def _check_source(desk: Desk, found: dict[str, Node], span: Span) -> None:
    """Who knows it: derived, asked, heard, the clock or the hall; not several against each other."""
    if "when" in found:
        for name in _DERIVED:
            if name in found:
                text = f"有 `when` 的事实由推理得出，不能再写 `{name}`"
                desk.error("derived-and-asked", found[name].span, text, "删掉其中一个，或分成两个事实")
        return
    if "recheck" in found and "ask" not in found:
        desk.error("missing-field", found["recheck"].span, "有 `recheck` 就要写 `ask`", "到时间要再问")
    if not {"ask", "hear", "from"} & set(found):
        desk.warn(
            "never-known", span, "没有 `ask`、`hear`、`from`、`when`，无从得知", "写上怎么问或听到哪些词"
        )
