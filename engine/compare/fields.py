"""What two versions say differently, field by field: rules, steps, facts, hall values, head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from engine.compare.report import Change, Field
from engine.compare.versions import Version
from engine.model import PHASE_TITLES, Span
from engine.render.sketch import Ask, Card, Line

T = TypeVar("T")
Words = dict[str, str]
_KINDS = {
    "bool": "是或否",
    "choice": "几选一",
    "many": "可选几个",
    "number": "数",
    "time": "钟点",
    "text": "文字",
}


def differences(old: Version, new: Version) -> dict[str, Any]:
    """`head`, `rules`, `steps`, `facts` and `hall` of a Report."""
    steps = [_keyed(version, version.sketch.steps) for version in (old, new)]
    facts = [_keyed(version, version.sketch.facts) for version in (old, new)]
    return {
        "head": tuple(_fields(_head(old), _head(new))),
        "rules": tuple(_rule_changes(old, new)),
        "steps": _changes(steps[0], steps[1], _step, lambda card: card.what),
        "facts": _changes(facts[0], facts[1], _fact, lambda ask: ask.label),
        "hall": _changes(_hall(old), _hall(new), lambda words, _: words, lambda words: words["叫法"]),
    }


def _changes(
    old: Mapping[str, tuple[T, Version]],
    new: Mapping[str, tuple[T, Version]],
    words: Callable[[T, Version], Words],
    label: Callable[[T], str],
) -> tuple[Change, ...]:
    found: list[Change] = []
    for key in dict.fromkeys((*new, *old)):
        if key not in old:
            found.append(Change("added", key, label(new[key][0]), span=_span(key, new[key][1])))
        elif key not in new:
            found.append(Change("removed", key, label(old[key][0]), span=_span(key, old[key][1])))
        elif fields := tuple(_fields(words(*old[key]), words(*new[key]))):
            found.append(Change("changed", key, label(new[key][0]), fields, _span(key, new[key][1])))
    return tuple(found)


def _fields(old: Words, new: Words) -> Iterable[Field]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name, "") != new.get(name, ""):
            yield Field(name, old.get(name, ""), new.get(name, ""))


def _span(key: str, version: Version) -> Span:
    spans = {version.key(rule.key): rule.span for rule in version.playbook.rules}
    spans |= {id: value.span for id, value in version.say.hall.items()}
    spans |= {version.key(key): fact.span for key, fact in version.say.facts.items()}
    spans |= {version.key(key): step.span for key, step in version.say.steps.items()}
    return spans.get(key, Span())


def _keyed(version: Version, found: Mapping[str, T]) -> dict[str, tuple[T, Version]]:
    return {version.key(key): (item, version) for key, item in found.items()}


def _rules(version: Version) -> dict[str, tuple[Line, Version]]:
    return {version.key(line.key): (line, version) for line in version.sketch.rules}


def _rule_changes(old: Version, new: Version) -> Iterable[Change]:
    """A condition differs where its comparisons do, not where a fact is only called something else; what
    a rule asks for where its steps do, not where a step is only worded otherwise (told with the step)."""
    before, after = _rules(old), _rules(new)
    for change in _changes(before, after, _rule, _rule_label):
        if change.kind == "changed":
            dues, later = _wanted(*before[change.key]), _wanted(*after[change.key])
            same = {
                "条件": old.written(change.key) == new.written(change.key),
                "步骤": list(dues) == list(later),
                "时限": dues == later,
            }
            fields = tuple(field for field in change.fields if not same.get(field.name.partition("（")[0]))
            if not fields:
                continue
            change = msgspec.structs.replace(change, fields=fields)
        yield change


def _wanted(line: Line, version: Version) -> dict[str, str]:
    """The steps of a rule, with the deadlines that it gives them."""
    return {version.key(key): due for key, due in line.wants}


def _rule(line: Line, version: Version) -> Words:
    words = {"阶段": PHASE_TITLES[line.phase], "条件": line.when or "总是", "启用": "、".join(line.starts)}
    words["步骤"] = "；".join(version.sketch.steps[key].what for key, _ in line.wants)
    # the step's own words are told with the step
    words |= {f"时限（{version.sketch.steps[key].what}）": due for key, due in line.wants if due}
    return words


def _rule_label(line: Line) -> str:
    return f"如果 {line.when}" if line.when else "一开始就做"


def _step(card: Card, version: Version) -> Words:
    sources = "、".join(id for id, _ in card.sources)
    words = {"做什么": card.what, "谁做": card.who, **dict(card.lines)}
    return {**words, "可做可不做": "是" if card.optional else "", "出处": sources}


def _fact(ask: Ask, version: Version) -> Words:
    fact = next(fact for key, fact in version.say.facts.items() if key == ask.key)
    signals = (signal for heard in fact.hear for signal in heard.signals)
    heard = ("+".join("|".join(group) for group in signal.groups) for signal in signals)
    notes = {name: text for name, text in ask.notes if name != "听到"}
    words = {"叫法": ask.label, "问题": ask.ask, "类型": _KINDS[fact.kind], "回答": " / ".join(ask.answers)}
    return {**words, **notes, "听到": "、".join(heard)}


def _hall(version: Version) -> dict[str, tuple[Words, Version]]:
    return {value.id: ({"叫法": value.label, "默认": value.shown}, version) for value in version.sketch.hall}


def _head(version: Version) -> Words:
    book = version.playbook
    heard = ("+".join("|".join(group) for group in signal.groups) for signal in book.hear)
    return {
        "标题": book.title,
        "说明": book.about,
        "了结": "；".join(version.sketch.ends),
        "听到": "、".join(heard),
        "只配合别的剧本": "是" if book.addon else "",
        "卡住多少人": {1: "全厅", 2: "一群人"}.get(book.reach, ""),
    }
