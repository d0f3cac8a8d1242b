"""The answers file of a scripted run: YAML or JSON, every fault with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from engine import walk
from engine.clock import SimulatedClock
from engine.conditions import OPEN, UNSURE, Answer
from engine.console import replies
from engine.errors import BadData, NotFound, reason
from engine.model import Fact, Library, Span
from engine.reader.nodes import Mapping, Node, Scalar, Sequence, compose
from engine.reader.report import Findings, suggest

_PARTS = ("facts", "steps", "playbooks", "reports", "close", "follow_ups")
_OUTCOMES = ("done", "handed", "blocked", "skipped")
_YES, _NO = ("yes", "true", "是"), ("no", "false", "否")
LIMIT = 1_000_000


class Told(NamedTuple):
    """What becomes of a step."""

    outcome: str
    reason: str = ""


@dataclass(frozen=True)
class Answers:
    """A file as read. Names are as written: short or full; `*` stands for every other step."""

    facts: dict[str, Answer] = field(default_factory=dict)
    steps: dict[str, Told] = field(default_factory=dict)
    playbooks: dict[str, bool] = field(default_factory=dict)
    reports: tuple[str, ...] = ()
    close: bool = True
    follow_ups: tuple[str, ...] = ()

    def fact(self, key: str) -> Answer | None:
        """The answer to a fact."""
        return self.facts.get(key, self.facts.get(key.rpartition(".")[2]))

    def step(self, key: str) -> Told | None:
        """What becomes of a step."""
        return self.steps.get(key) or self.steps.get(key.rpartition(".")[2]) or self.steps.get("*")


def read(path: Path, library: Library) -> Answers:
    """Read a file for this library. NotFound; BadData with every finding."""
    try:
        with path.open("rb") as file:
            raw = file.read(LIMIT + 1)
        if len(raw) > LIMIT:
            raise BadData(f"答案文件 {path} 超过 1 MB", "检查是不是选错了文件")
        text = raw.decode("utf-8-sig")
    except FileNotFoundError:
        raise NotFound(f"没有文件 `{path}`", "检查路径") from None
    except UnicodeDecodeError:
        raise BadData(f"答案文件 {path} 不是 UTF-8 编码", "在编辑器里另存为 UTF-8") from None
    except OSError as error:
        raise BadData(f"读不了答案文件 {path}：{reason(error)}", "检查文件和权限") from None
    findings = Findings()
    root = compose(str(path), text, findings) if text.strip() else Mapping(Span(str(path), 1, 1))
    reader = _Reader(library, findings)
    answers = reader.answers(root) if root is not None else Answers()
    if findings.errors:
        raise BadData(f"答案文件 {path} 有 {findings.errors} 处错误", "", tuple(findings.sorted()))
    return answers


class _Reader:
    def __init__(self, library: Library, findings: Findings) -> None:
        self.findings = findings
        facts = [*library.vocabulary.facts, *(f for p in library.playbooks for f in p.facts)]
        steps = [*library.vocabulary.steps, *(s for p in library.playbooks for s in p.steps)]
        self.facts: dict[str, list[Fact]] = {}
        for fact in facts:
            for name in {fact.key, fact.key.rpartition(".")[2]}:
                self.facts.setdefault(name, []).append(fact)
        self.steps = {name for step in steps for name in (step.key, step.key.rpartition(".")[2])} | {"*"}
        self.playbooks = [playbook.id for playbook in library.playbooks]
        self.now = SimulatedClock().now()

    def answers(self, root: Mapping) -> Answers:
        for name, pair in root.pairs.items():
            if name not in _PARTS:
                self.error(pair.key.span, f"不认识 `{name}`", suggest(name, _PARTS))
        facts = {name: found for name, key, node in self.items(root, "facts", self.facts)
                 if (found := self.fact(name, node)) is not None}  # fmt: skip
        steps = {name: told for name, key, node in self.items(root, "steps", self.steps)
                 if (told := self.told(node)) is not None}  # fmt: skip
        playbooks = {name: said for name, key, node in self.items(root, "playbooks", self.playbooks)
                     if (said := self.bool(node)) is not None}  # fmt: skip
        close = self.bool(root.pairs["close"].value) if "close" in root.pairs else True
        follow_ups = self.texts(root, "follow_ups")
        for text, span in follow_ups:
            if text not in self.steps:
                self.error(span, f"没有后续跟进 `{text}`", suggest(text, self.steps))
        return Answers(
            facts, steps, playbooks, tuple(text for text, _ in self.texts(root, "reports")),
            close is not False, tuple(text for text, _ in follow_ups),
        )  # fmt: skip

    def error(self, span: Span, message: str, help: str = "") -> None:
        self.findings.error("answers", span, message, help)

    def items(self, root: Mapping, part: str, names: object) -> list[tuple[str, Scalar, Node]]:
        """The pairs of one part whose names exist."""
        pair = root.pairs.get(part)
        if pair is None or (isinstance(pair.value, Scalar) and pair.value.null):
            return []
        if not isinstance(pair.value, Mapping):
            self.error(pair.value.span, f"`{part}` 要写成 名称: 值", "")
            return []
        found = []
        for name, entry in pair.value.pairs.items():
            if name not in names:  # type: ignore[operator]
                kind = {"facts": "事实", "steps": "步骤", "playbooks": "剧本"}[part]
                self.error(entry.key.span, f"没有{kind} `{name}`", suggest(name, list(names)))  # type: ignore[call-overload]
            else:
                found.append((name, entry.key, entry.value))
        return found

    def texts(self, root: Mapping, part: str) -> list[tuple[str, Span]]:
        pair = root.pairs.get(part)
        if pair is None or (isinstance(pair.value, Scalar) and pair.value.null):
            return []
        nodes = pair.value.items if isinstance(pair.value, Sequence) else [pair.value]
        found = []
        for node in nodes:
            if isinstance(node, Scalar):
                found.append((node.text, node.span))
            else:
                self.error(node.span, f"`{part}` 里每一项是一句文字", "")
        return found

    def bool(self, node: Node) -> bool | None:
        text = node.text.strip().lower() if isinstance(node, Scalar) else ""
        if text in _YES or text in _NO:
            return text in _YES
        self.error(node.span, "这里写 yes 或 no", "")
        return None

    def told(self, node: Node) -> Told | None:
        if isinstance(node, Scalar) and node.text in ("done", "handed", "blocked"):
            return Told(node.text, "没有写原因" if node.text == "blocked" else "")
        if isinstance(node, Mapping) and len(node.pairs) == 1:
            [(outcome, pair)] = node.pairs.items()
            if outcome in _OUTCOMES and isinstance(pair.value, Scalar):
                if outcome == "skipped" and not pair.value.text.strip():
                    self.error(node.span, "跳过要写原因", "例如 {skipped: 已由别人做了}")
                    return None
                return Told(outcome, pair.value.text)
        self.error(node.span, "步骤的结果不对", "写 done、handed、{blocked: 原因} 或 {skipped: 原因}")
        return None

    def fact(self, name: str, node: Node) -> Answer | None:
        """The answer as any fact of that name takes it; playbooks may share a short name."""
        problems = []
        for fact in self.facts[name]:
            answer, problem = self.value(fact, node)
            if answer is not None:
                return answer
            problems.append(problem)
        self.error(node.span, f"`{name}` 的值不对", problems[0])
        return None

    def value(self, fact: Fact, node: Node) -> tuple[Answer | None, str]:
        choices = _choices(fact)
        if fact.when is not None:
            return None, "它由别的事实推出，不能直接回答"
        if isinstance(node, Sequence) and fact.kind == "many":
            texts = [item.text for item in node.items if isinstance(item, Scalar)]
            ids = {label: choice.id for choice in fact.choices for label in (choice.id, choice.label)}
            if len(texts) == len(node.items) and all(text in ids for text in texts):
                return Answer("known", frozenset(ids[text] for text in texts)), ""
            return None, choices
        if not isinstance(node, Scalar):
            return None, choices
        text = node.text.strip()
        if text in ("说不清", "unsure"):
            return UNSURE, ""
        if text in ("还没有", "open"):
            return (OPEN, "") if fact.recheck is not None else (None, choices)
        if fact.kind == "bool" and text.lower() in (*_YES, *_NO):
            return Answer("known", text.lower() in _YES), ""
        if fact.kind in ("choice", "many", "bool") and text.isdigit():
            return None, choices
        if fact.kind != "text" and replies.command(text):
            return None, choices
        reply = replies.question(text, fact, walk.options(fact), self.now)
        return (reply.answer, "") if isinstance(reply, replies.Chosen) and not reply.also else (None, choices)


def _choices(fact: Fact) -> str:
    """What may be written for a fact."""
    match fact.kind:
        case "bool":
            form = "yes、no"
        case "choice":
            form = "、".join(f"{c.id}（{c.label}）" for c in fact.choices)
        case "many":
            form = "列表，取自 " + "、".join(f"{c.id}（{c.label}）" for c in fact.choices) + "，都没有写 []"
        case "number":
            form = f"整数{'（' + fact.unit + '）' if fact.unit else ''}"
        case "time":
            form = "时间，如 9:12"
        case _:
            form = "文字"
    return f"可以写：{form}、说不清" + ("、还没有" if fact.recheck is not None else "")


def line_for(fact: Fact) -> str:
    """The line to add for a fact that is missing."""
    return f"facts: {{{fact.key}: …}}　{_choices(fact)}"
