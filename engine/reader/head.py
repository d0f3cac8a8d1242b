"""The fields of a file above its sections."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as default

from engine.model import Signal
from engine.reader import values
from engine.reader.nodes import Node, Scalar
from engine.reader.report import Desk
from engine.reader.scope import Scope
from engine.reader.signals import signals


@dataclass
class Head:
    """Title and the like; `ends` are the names under `ends_in` with their places."""

    title: str = ""
    version: int = 1
    about: str = ""
    addon: bool = False
    reach: int = 3
    hear: tuple[Signal, ...] = ()
    promises: tuple[Signal, ...] = ()
    ends: list[Scalar] = default(default_factory=list)


_REACH = "1 是卡住全厅，2 是卡住一群人，3 是一个人、一件事"


def read_head(desk: Desk, scope: Scope, nodes: dict[str, Node]) -> Head:
    """Read what stands at the top level of a file; steps in `ends_in` are looked up in `scope`."""
    head = Head()
    if "title" in nodes:
        head.title = values.plain_text(desk, "title", nodes["title"]) or ""
    if "about" in nodes:
        head.about = values.plain_text(desk, "about", nodes["about"]) or ""
    if "version" in nodes:
        version = values.whole(desk, "version", nodes["version"])
        if version is not None and version < 1:
            values.wrong(desk, nodes["version"], "wrong-type", "`version` 从 1 起", "写 `version: 1`")
        head.version = version or 1
    if "addon" in nodes:
        head.addon = bool(values.flag(desk, "addon", nodes["addon"]))
    if "reach" in nodes:
        reach = values.whole(desk, "reach", nodes["reach"])
        if reach not in (None, 1, 2, 3):
            values.wrong(desk, nodes["reach"], "wrong-type", "`reach` 写 1、2 或 3", _REACH)
        head.reach = reach or 3
    if "hear" in nodes:
        head.hear = signals(desk, "hear", nodes["hear"])
    if "promises" in nodes:
        head.promises = signals(desk, "promises", nodes["promises"])
    if "ends_in" in nodes:
        head.ends = [
            name for name in values.references(desk, "ends_in", nodes["ends_in"]) if scope.step(desk, name)
        ]
    return head
