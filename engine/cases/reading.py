"""Case files → cases: the reader's own nodes, so that faults have places and suggestions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from engine.cases.model import Case, Expected
from engine.conditions import OPEN, UNSURE, Answer
from engine.durations import parse_duration
from engine.errors import NotFound
from engine.hall import hall_values
from engine.model import Fact, Finding, Library, Profile, Span
from engine.reader import nodes, values
from engine.reader.fields import Field, Table
from engine.reader.nodes import Mapping, Node, Pair, Scalar
from engine.reader.report import Desk, Findings, quoted, suggest
from engine.ruleset import Ruleset

_CASE: Table = {
    "name": Field("text", "这一例说的是什么情形", required=True),
    "playbooks": Field("names", "同时启用的别的剧本"),
    "given": Field("facts", "已知的事实；outcomes、clock、hall 也写在里面", required=True),
    "expect": Field("names", "应该怎样", required=True),
}
_EXPECT: Table = {
    "wanted": Field("names", "要做的步骤"),
    "not": Field("names", "不该出现的步骤"),
    "first": Field("names", "第一屏从头数起的步骤"),
    "asks": Field("names", "现在要问的事实"),
    "activates": Field("names", "建议启动的剧本"),
    "ends": Field("flag", "是否已有了结的步骤"),
}
_INSIDE = ("outcomes", "clock", "hall")
OUTCOMES = ("done", "blocked", "overdue", "handed")


def read(library: Library, paths: Sequence[Path]) -> tuple[list[Case], tuple[Finding, ...]]:
    """The cases of files and folders; faults are findings. NotFound: a path does not exist."""
    findings, cases = Findings(), []
    for file in _files(paths):
        text = _text(file, findings)
        root = nodes.compose(file.as_posix(), text, findings) if text is not None else None
        if root is not None:
            cases += _File(library, file, findings).read(root)
    return cases, findings.sorted()


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise NotFound(f"没有文件 `{path}`", "检查路径")
        inside = path.iterdir() if path.is_dir() else [path]
        found += sorted(file for file in inside if file.suffix in (".yaml", ".yml") or file == path)
    return list(dict.fromkeys(found))


def _text(file: Path, findings: Findings) -> str | None:
    place = Span(file.as_posix(), 1, 1)
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        findings.error("unreadable", place, f"读不了文件：{error.strerror or error}", "检查文件和权限")
    except UnicodeDecodeError:
        findings.error("not-utf8", place, "文件不是 UTF-8 编码", "在编辑器里另存为 UTF-8")
    return None


class _File:
    """Reads one file, whose name is the id of the playbook that it tests."""

    def __init__(self, library: Library, file: Path, findings: Findings) -> None:
        self.library, self.playbook, self.findings = library, file.stem, findings
        self.file = Span(file.as_posix(), 1, 1)
        self.ids = [playbook.id for playbook in library.playbooks]

    def read(self, root: Mapping) -> list[Case]:
        desk = Desk(self.findings)
        if self.playbook not in self.ids:
            help = suggest(self.playbook, self.ids) or "文件名要与所测的剧本相同"
            desk.error("unknown-playbook", self.file, f"没有剧本 `{self.playbook}`", help)
            return []
        found = values.check_keys(desk, root.pairs, {"cases": Field("names", "各例", required=True)}, root)
        listed = found.get("cases")
        if listed is None:
            return []
        if not isinstance(listed, nodes.Sequence):
            values.wrong(desk, listed, "wrong-type", f"`cases` 要写列表，这里是{values.shape(listed)}")
            return []
        cases: list[Case] = []
        for item in listed.items:
            before = self.findings.errors
            case = _Reading(self, item).case
            if case is not None and any(case.name == other.name for other in cases):
                desk.error("duplicate-case", case.span, f"有两例都叫“{case.name}”", "名称写出不同在哪")
            elif case is not None and self.findings.errors == before:
                cases.append(case)
        return cases


class _Reading:
    """Reads one case; `case` is None when it is no mapping."""

    def __init__(self, file: _File, node: Node) -> None:
        self.library, self.desk = file.library, Desk(file.findings)
        self.case: Case | None = None
        if not isinstance(node, Mapping):
            values.wrong(
                self.desk, node, "wrong-type", f"一例要写成 `{{name: …}}`，这里是{values.shape(node)}"
            )
            return
        self.check_outside(node.pairs)
        # `given: {}` says that nothing is known; an empty field says nothing
        found = values.check_keys(
            self.desk, {k: p for k, p in node.pairs.items() if k not in _INSIDE}, _CASE, node
        )
        name = values.plain_text(self.desk, "name", found["name"]) if "name" in found else None
        self.desk = self.desk.about(f"例“{name}”") if name else self.desk
        extra = [self.playbook(item) for item in self.names("playbooks", found)]
        active = (file.playbook, *(id for id in extra if id and id != file.playbook))
        declared = [*self.library.vocabulary.hall, *(v for p in self.library.playbooks for v in p.hall)]
        self.hall_kinds = {value.id: value.kind for value in declared}
        self.rules = Ruleset(self.library, active, hall_values(declared, Profile()))
        self.known = {
            name: key
            for playbook in reversed(self.rules.playbooks)
            for key in (*(fact.key for fact in playbook.facts), *(step.key for step in playbook.steps))
            for name in (key, key.partition(".")[2])
        } | {key: key for key in (*self.rules.facts, *self.rules.steps)}
        self.facts: dict[str, Answer] = {}
        self.outcomes: dict[str, str] = {}
        self.hall: dict[str, int | str | bool] = {}
        if "given" in found:
            self.given(found["given"])
        expected = self.expect(found["expect"]) if "expect" in found else Expected()
        self.case = Case(
            name or "", active, self.facts, tuple(self.outcomes.items()), self.hall, expected, node.span
        )

    def check_outside(self, pairs: dict[str, Pair]) -> None:
        for name in _INSIDE:
            if name in pairs:
                help = f"写成 `given: {{…, {name}: {{…}}}}`"
                self.desk.error("misplaced", pairs[name].key.span, f"`{name}` 要写在 `given` 里面", help)

    def names(self, field: str, found: dict[str, Node]) -> list[Scalar]:
        return values.references(self.desk, field, found[field]) if field in found else []

    def playbook(self, name: Scalar) -> str:
        ids = [playbook.id for playbook in self.library.playbooks]
        if name.text in ids:
            return name.text
        text = f"没有剧本 `{values.brief(name.text)}`"
        self.desk.error("unknown-playbook", name.span, text, suggest(name.text, ids))
        return ""

    # ---- given --------------------------------------------------------------------------------

    def given(self, node: Node) -> None:
        for name, pair in self.pairs("given", node).items():
            if name == "outcomes":
                for step, outcome in self.pairs(name, pair.value).items():
                    self.outcome(step, outcome)
            elif name == "clock":
                for fact, answer in self.pairs(name, pair.value).items():
                    self.fact(fact, answer, clock=True)
            elif name == "hall":
                for value, setting in self.pairs(name, pair.value).items():
                    self.hall_value(value, setting)
            else:
                self.fact(name, pair)
        for key in [key for key, outcome in self.outcomes.items() if key in self.rules.facts]:
            # who waits in vain has asked and got no answer
            self.facts.setdefault(key, OPEN)

    def pairs(self, field: str, node: Node) -> dict[str, Pair]:
        if isinstance(node, Mapping):
            return node.pairs
        text = f"`{field}` 要写成 `{{名称: 值}}`，这里是{values.shape(node)}"
        values.wrong(self.desk, node, "wrong-type", text)
        return {}

    def key(self, name: Scalar, kind: str) -> str | None:
        """The key of a fact or step, written short or in full."""
        table = self.rules.facts if kind == "fact" else self.rules.steps
        key = self.known.get(name.text)
        if key in table:
            return key
        what, other = ("事实", "步骤") if kind == "fact" else ("步骤", "事实")
        if key is not None:
            help = f"`{name.text}` 是{other}，这里要写{what}"
        else:
            help = suggest(name.text, [short for short, key in self.known.items() if key in table])
        self.desk.error(f"unknown-{kind}", name.span, f"未知{what} `{values.brief(name.text)}`", help)
        return None

    def fact(self, name: str, pair: Pair, *, clock: bool = False) -> None:
        key = self.key(pair.key, "fact")
        if key is None:
            return
        fact = self.rules.facts[key]
        if fact.when is not None:
            text = f"`{name}` 由别的事实推出，不能直接给定"
            self.desk.error("derived-given", pair.key.span, text, "改为给定它所依据的事实")
        elif clock and not fact.known_from:
            text = f"`{name}` 不由时钟或大厅资料得知"
            self.desk.error("not-from-clock", pair.key.span, text, "从 `clock` 移到 `given` 里")
        elif (answer := self.answer(fact, name, pair.value)) is not None:
            self.facts[key] = answer

    def answer(self, fact: Fact, field: str, node: Node) -> Answer | None:
        """A fact's answer as an author writes it; None after a finding."""
        if isinstance(node, Scalar) and node.text == "说不清":
            return UNSURE
        if isinstance(node, Scalar) and node.text == "还没有":
            if fact.recheck is not None:
                return OPEN
            self.desk.error("not-awaited", node.span, f"`{field}` 没有 `recheck`，不能答还没有", "改为说不清")
            return None
        if fact.kind == "many":
            chosen = [self.choice(fact, field, item) for item in values.listed(node)]
            return None if None in chosen else Answer("known", frozenset(id for id in chosen if id))
        read: dict[str, Callable[[], int | str | bool | None]] = {
            "bool": lambda: values.flag(self.desk, field, node),
            "number": lambda: values.whole(self.desk, field, node),
            "choice": lambda: self.choice(fact, field, node),
        }
        value = read.get(fact.kind, lambda: values.text(self.desk, field, node))()
        return None if value is None else Answer("known", value)

    def choice(self, fact: Fact, field: str, node: Node) -> str | None:
        ids = {choice.id: choice.label for choice in fact.choices}
        given = node.text if isinstance(node, Scalar) else ""
        if given in ids:
            return given
        by_label = {label: id for id, label in ids.items()}.get(given)
        help = f"是否想写 `{by_label}`？" if by_label else suggest(given, ids)
        values.wrong(self.desk, node, "unknown-choice", f"`{field}` 没有{values.shape(node)} 这个答案", help)
        return None

    def outcome(self, name: str, pair: Pair) -> None:
        outcome = values.option(self.desk, f"outcomes.{name}", pair.value, OUTCOMES)
        if outcome is None:
            return
        awaited = self.known.get(name) in self.rules.facts
        key = self.key(pair.key, "fact" if awaited else "step")
        if key is None:
            return
        if awaited and (outcome != "overdue" or self.rules.facts[key].recheck is None):
            help = "只有写了 `recheck` 的事实可以是 `overdue`"
            self.desk.error("bad-outcome", pair.key.span, f"事实 `{name}` 不能是 `{outcome}`", help)
        elif awaited and self.facts.get(key, OPEN) != OPEN:
            self.desk.error("bad-outcome", pair.key.span, f"`{name}` 已有答案，不会超时", "答案改为还没有")
        else:
            self.outcomes[key] = outcome

    def hall_value(self, name: str, pair: Pair) -> None:
        kind = self.hall_kinds.get(name)
        if kind is None:
            text = f"未知大厅值 `{values.brief(name)}`"
            self.desk.error("unknown-hall-value", pair.key.span, text, suggest(name, self.hall_kinds))
            return
        if kind == "duration":
            written = values.text(self.desk, name, pair.value)
            value: int | str | bool | None = written
            if written is not None and parse_duration(written) is None:
                values.plain_duration(self.desk, name, pair.value)
                return
        elif kind == "number":
            value = values.whole(self.desk, name, pair.value)
        elif kind == "bool":
            value = values.flag(self.desk, name, pair.value)
        else:
            value = values.text(self.desk, name, pair.value)
        if value is not None:
            self.hall[name] = value

    # ---- expect -------------------------------------------------------------------------------

    def expect(self, node: Node) -> Expected:
        pairs = self.pairs("expect", node)
        found = values.check_keys(self.desk, pairs, _EXPECT)
        if isinstance(node, Mapping) and not pairs:
            help = f"可以写 {quoted(_EXPECT)}"
            self.desk.error("nothing-expected", node.span, "没有写应该怎样", help)
        steps = {
            field: tuple(key for name in self.names(field, found) if (key := self.key(name, "step")))
            for field in ("wanted", "not", "first")
        }
        both = [name for name in self.names("not", found) if self.known.get(name.text) in steps["wanted"]]
        for name in both:
            self.desk.error("contradiction", name.span, f"`{name.text}` 既要出现又不该出现", "留下一处")
        return Expected(
            wanted=steps["wanted"],
            missing=steps["not"],
            first=steps["first"],
            asks=tuple(key for name in self.names("asks", found) if (key := self.key(name, "fact"))),
            activates=tuple(id for name in self.names("activates", found) if (id := self.playbook(name))),
            ends=values.flag(self.desk, "ends", found["ends"]) if "ends" in found else None,
        )
