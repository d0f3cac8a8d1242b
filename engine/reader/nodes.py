"""YAML text → nodes with places. Scalars stay text: their declared type reads them later.

Built on parser events, not on yaml's composer: that one overruns the C stack on deep nesting, and
accepts duplicate keys, anchors and tags, none of which a playbook needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any, TypeAlias

import yaml

from engine.model import Span
from engine.reader import syntax
from engine.reader.report import Findings

DEPTH = 40  # levels of nesting; the deepest real playbook has 9
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Scalar:
    """A text as written; `plain` without quotes. `broken`: already reported, not to be again."""

    span: Span
    text: str = ""
    plain: bool = True
    block: bool = False  # written with | or >: the text begins on the line after
    broken: bool = False

    @property
    def null(self) -> bool:
        """Nothing was written."""
        return self.plain and self.text in ("", "~", "null")


@dataclass(slots=True)
class Sequence:
    """A list."""

    span: Span
    items: list[Node] = default(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Names and values in their order; each name once."""

    span: Span
    pairs: dict[str, Pair] = default(default_factory=dict)


@dataclass(slots=True)
class Pair:
    """A name with its place, and its value."""

    key: Scalar
    value: Node


Node: TypeAlias = Scalar | Sequence | Mapping


def texts(node: Node) -> set[str]:
    """Every text below a node."""
    return set(scalars(node))


def scalars(node: Node) -> Iterator[str]:
    """Every name and text below a node."""
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)
    else:
        for name, pair in node.pairs.items():
            yield name
            yield from scalars(pair.value)


def null(node: Node) -> bool:
    """Whether a field was written without value."""
    return isinstance(node, Scalar) and node.null and not node.broken


class _TooDeep(Exception):
    """Nesting beyond DEPTH."""


def compose(file: str, text: str, findings: Findings) -> Mapping | None:
    """The top mapping of a YAML text; what is wrong with it goes to `findings`.

    Returns None when there is no usable mapping (empty file, broken syntax, a list …).
    """
    text = text.removeprefix("\ufeff")
    bad = syntax.forbidden(text)
    if bad:
        line, column, message = bad
        findings.error("bad-character", Span(file, line, column), message, "删掉它")
        return None
    builder = _Builder(file, findings)
    try:
        root = builder.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        findings.error(
            "yaml-syntax", builder.span(mark), *syntax.translate(f"{error.problem} {error.context}")
        )
        return None
    except yaml.YAMLError:
        findings.error("yaml-syntax", Span(file, 1, 1), "YAML 写法有误，无法读取")
        return None
    except _TooDeep:
        findings.error("too-deep", builder.place, f"括号或缩进超过 {DEPTH} 层", "看看括号是否配对")
        return None
    if isinstance(root, Mapping):
        return root
    if root is None or (isinstance(root, Scalar) and root.null):
        findings.error("empty-file", Span(file, 1, 1), "文件是空的", "第一行写 `playbook: 名称`")
    else:
        help = "第一行写 `playbook: 名称`，冒号用半角，后面空一格"
        findings.error("not-a-mapping", root.span, "文件最外层要写成 `名称: 值`", help)
    return None


class _Builder:
    """Turns parser events into nodes."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.place = Span(file, 1, 1)

    def span(self, mark: Any) -> Span:
        return Span(self.file, mark.line + 1, mark.column + 1) if mark else self.place

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    span = self.span(event.start_mark)
                    help = "一个文件只写一份，不用 `---` 分隔"
                    self.findings.error("several-documents", span, "文件里有第二份内容", help)
            elif isinstance(event, yaml.NodeEvent):
                node = self.node(event, events, 0)
                root = root or node
        return root

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        self.place = span = self.span(event.start_mark)
        if depth > DEPTH:
            raise _TooDeep
        if isinstance(event, yaml.AliasEvent):
            help = "把内容照写一遍；文字以 * 开头时要加引号"
            self.findings.error("alias", span, f"不支持别名 `*{event.anchor}`", help)
            return Scalar(span, broken=True)
        if getattr(event, "anchor", None):
            help = "以 & 开头的文字要加引号"
            self.findings.error("anchor", span, f"不支持锚点 `&{event.anchor}`", help)  # type: ignore[attr-defined]
        if isinstance(event, yaml.SequenceStartEvent):
            self.refuse_tag(event.tag, span)
            items = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self.node(inner, events, depth + 1))
            return Sequence(span, items)
        if isinstance(event, yaml.MappingStartEvent):
            self.refuse_tag(event.tag, span)
            return self.mapping(span, events, depth)
        assert isinstance(event, yaml.ScalarEvent)
        # an explicit "!" only means: not plain
        self.refuse_tag(event.tag, span)
        return Scalar(span, event.value, not event.style or event.style == "", event.style in ("|", ">"))

    def mapping(self, span: Span, events: Iterator[yaml.Event], depth: int) -> Mapping:
        found = Mapping(span)
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            key = self.node(inner, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                help = "名称只能是一个词；文字里有括号时要加引号"
                self.findings.error("bad-key", key.span, "名称不能是列表或括号", help)
            elif key.broken:
                pass
            elif key.text == "<<" and key.plain:
                self.findings.error("merge-key", key.span, "不支持合并写法 `<<`", "把内容照写一遍")
            elif key.text in found.pairs:
                first = found.pairs[key.text].key.span
                help = f"前一个在第 {first.line} 行；留下一个"
                self.findings.error("duplicate-key", key.span, f"名称 `{key.text}` 写了两次", help)
            else:
                found.pairs[key.text] = Pair(key, value)
        return found

    def refuse_tag(self, tag: str | None, span: Span) -> None:
        if tag and tag != "!":
            self.findings.error("tag", span, f"不支持标签 `{tag}`", "以 ! 开头的文字要加引号")
