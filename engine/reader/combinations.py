"""Which playbooks tend to come together: `combinations.yaml` beside the playbooks, shipped or a hall's.

combinations:
- {together: [system-failure, long-queue], heard: hotline_talk, about: 有人扬言打热线}
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from engine import paths
from engine.model import Fact, Finding, Library, Span
from engine.reader import values
from engine.reader.fields import Field, Table
from engine.reader.folders import user_folders
from engine.reader.nodes import Mapping, Node, compose
from engine.reader.report import Desk, Findings, suggest

FILE = "combinations.yaml"
TOP: Table = {"combinations": Field("names", "哪些剧本常常一起用", required=True)}
ENTRY: Table = {
    "together": Field("names", "一起用的剧本，主要的写在前面", required=True),
    "heard": Field("names", "一开始就成立的事实（是或否的）"),
    "about": Field("text", "一句话说明"),
}


class Combination(NamedTuple):
    """Playbooks, the primary one first, and the keys of facts that are so from the start."""

    playbooks: tuple[str, ...]
    heard: tuple[str, ...] = ()


def combinations(library: Library) -> tuple[list[Combination], list[Finding]]:
    """What the shipped file and those of the hall's folders declare; entries with errors are left out."""
    findings = Findings()
    found: dict[Combination, None] = {}
    for name, path in _files(findings):
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError):
            findings.error("unreadable", Span(name, 1, 1), "读不了文件", "检查权限；用 UTF-8 编码保存")
            continue
        for entry in read(name, text, library, findings):
            found[entry] = None
    return list(found), list(findings.sorted())


def _files(findings: Findings) -> Iterator[tuple[str, Path]]:
    yield f"playbooks/{FILE}", paths.shipped("playbooks") / FILE
    for folder in user_folders(findings.items):
        yield f"{folder.prefix}{FILE}", folder.path / FILE


def read(name: str, text: str, library: Library, findings: Findings) -> Iterator[Combination]:
    """The combinations of one file."""
    top = compose(name, text, findings)
    desk = Desk(findings, "组合")
    if top is None:
        return
    node = values.check_keys(desk, top.pairs, TOP, top).get("combinations")
    for item in values.listed(node) if node else ():
        if not isinstance(item, Mapping):
            values.wrong(desk, item, "wrong-type", "每一项要写成 `{together: [剧本, 剧本]}`")
            continue
        before = findings.errors
        fields = values.check_keys(desk, item.pairs, ENTRY, item)
        playbooks = _playbooks(desk, fields["together"], library) if "together" in fields else ()
        heard = _heard(desk, fields["heard"], library, playbooks) if "heard" in fields else ()
        if findings.errors == before:
            yield Combination(playbooks, heard)


def _playbooks(desk: Desk, node: Node, library: Library) -> tuple[str, ...]:
    ids = [playbook.id for playbook in library.playbooks]
    names = values.references(desk, "together", node)
    for name in names:
        if name.text not in ids:
            text = f"未知剧本 `{values.brief(name.text)}`"
            desk.error("unknown-playbook", name.span, text, suggest(name.text, ids))
    if len(names) == 1:
        desk.error("wrong-type", node.span, "只写了一个剧本，不成组合", "再写一个")
    return tuple(name.text for name in names)


def _heard(desk: Desk, node: Node, library: Library, playbooks: tuple[str, ...]) -> tuple[str, ...]:
    facts = {fact.key: fact for fact in library.vocabulary.facts}
    facts |= {f.key: f for p in library.playbooks if p.id in playbooks for f in p.facts}
    keys = []
    for name in values.references(desk, "heard", node):
        fact = facts.get(name.text)
        if fact is None:
            text, help = f"未知事实 `{values.brief(name.text)}`", suggest(name.text, facts)
            desk.error("unknown-fact", name.span, text, help or "本剧本的事实写成 `剧本.事实`")
        elif not _plain(fact):
            desk.error("wrong-type", name.span, f"`{fact.key}` 不是答是或否的事实", "换一个，或删掉")
        else:
            keys.append(fact.key)
    return tuple(keys)


def _plain(fact: Fact) -> bool:
    return fact.kind == "bool" and fact.when is None
