"""A drill → the text of its file: for generated drills, and for those changed in a sheet."""

from __future__ import annotations

from typing import Any

from engine.clock import parse
from engine.drill import times
from engine.drill.model import Drill, Expectation, Growth, Harm, Inject, Takes, Trigger, Truth, Value
from engine.practice.model import Way

_WIDTH = 120
_START = Trigger(at=0)


def write(drill: Drill, remark: str = "") -> str:
    """The YAML text that reads as `drill` again (places apart). `remark`: a comment for the first line."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Leaves yes, no and on without quotes: the reader takes every scalar as text."""

    Dumper.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool"]
        for first, rules in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }
    body = yaml.dump(
        plain(drill),
        Dumper=Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=_WIDTH,
        default_flow_style=None,
    )
    return (f"# {remark}\n" if remark else "") + str(body)


def plain(drill: Drill) -> dict[str, Any]:
    """The file's fields as plain values; what is absent or usual is left out."""
    data: dict[str, Any] = {
        "drill": drill.id,
        "title": drill.title,
        "version": drill.version,
        "about": drill.about,
        "minutes": drill.minutes,
        "level": drill.level,
        "start": parse(drill.start).strftime("%Y-%m-%d %H:%M"),
        "playbooks": list(drill.playbooks),
        "scene": drill.scene,
        "roles": list(drill.roles),
        "objectives": [_without({"id": o.id, "what": o.what, "owner": o.owner}) for o in drill.objectives],
        "known": {fact: _value(value) for fact, value in drill.known.items()},
        "truth": {entry.fact: _truth(entry) for entry in drill.truth},
        "takes": {entry.step: _takes(entry) for entry in drill.takes},
        "injects": [_inject(entry) for entry in drill.injects],
        "expect": [_expectation(entry) for entry in drill.expectations],
        "harm": [_harm(entry) for entry in drill.harms],
        "hot_wash": list(drill.hot_wash),
        "hint_costs": drill.hint_costs,
        "seed": drill.seed,
        "source": list(drill.source),
    }
    return _without(data)


def _without(data: dict[str, Any]) -> dict[str, Any]:
    """What says something; zero does only as a seed."""
    return {k: v for k, v in data.items() if v not in (None, "", [], {}, False) and (v != 0 or k == "seed")}


def _value(value: Value | None) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _answer(entry: Truth) -> Any:
    if entry.open_:
        return "还没有"
    return "说不清" if entry.value is None else _value(entry.value)


def _truth(entry: Truth) -> Any:
    if not entry.told and not entry.delay:
        return _answer(entry)
    delay = times.short(entry.delay) if entry.delay else ""
    return {"is": _answer(entry), **_without({"told": entry.told, "after": delay})}


def _takes(entry: Takes) -> dict[str, Any]:
    time = times.short(entry.seconds) if entry.seconds else ""
    more = {"fails": entry.fails, "chance": entry.chance, "why": entry.reason, "told": entry.told}
    return _without({"time": time, **more})


def _happening(trigger: Trigger) -> dict[str, Any]:
    name: Any = trigger.name or "any"
    if trigger.on == "answered" and trigger.value is not None:
        name = {trigger.name: _value(trigger.value)}
    return {str(trigger.on): name}


def _trigger(trigger: Trigger) -> dict[str, Any]:
    if trigger.at is not None:
        return {"at": times.written(trigger.at)}
    after = times.short(trigger.delay) if trigger.delay else ""
    return _without({"on": _happening(trigger), "after": after})


def _growth(growth: Growth | None) -> dict[str, Any]:
    if growth is None:
        return {}
    counts = {"shares": growth.shares, "comments": growth.comments}
    return _without({**counts, "percent": growth.percent, "until": list(growth.until)})


def _inject(entry: Inject) -> dict[str, Any]:
    return {
        "id": entry.id,
        **_trigger(entry.when),
        "by": entry.channel,
        **_without(
            {
                "from": entry.sender,
                "to": list(entry.to),
                "tell": entry.tell,
                "set": {fact: _value(value) for fact, value in entry.sets.items()},
                "reveal": list(entry.reveals),
                "unless": [_happening(trigger) for trigger in entry.unless],
                "red_herring": "yes" if entry.red_herring else "",
                "spreads": _growth(entry.growth),
                "note": entry.note,
                "source": list(entry.source),
            }
        ),
    }


def _ways(ways: tuple[Way, ...]) -> list[dict[str, str]]:
    return [{group.role: group.written for group in way.groups} for way in ways]


def _expectation(entry: Expectation) -> dict[str, Any]:
    return _without(
        {
            "id": entry.id,
            "what": entry.what,
            "do": list(entry.steps),
            "ask": list(entry.facts),
            "say": _ways(entry.says),
            "points": list(entry.points),
            "issue": list(entry.documents),
            "never": list(entry.never),
            "since": {} if entry.since == _START else _trigger(entry.since),
            "within": times.short(entry.within) if entry.within else "",
            "late": times.short(entry.late) if entry.late else "",
            "weight": entry.weight,
            "for": entry.objective,
            "critical": "yes" if entry.critical else "",
            "roles": list(entry.roles),
            "source": list(entry.source),
        }
    )


def _harm(entry: Harm) -> dict[str, Any]:
    blame = "yes" if entry.blame else ""
    more = {"minus": entry.minus, "blame": blame, "fault": entry.fault, "tell": entry.tell}
    return _without({"id": entry.id, "what": entry.what, **more})
