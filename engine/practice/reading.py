"""Question files → the bank; every fault of a file with file:line:column."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Texts
from pathlib import Path

from engine import paths
from engine.errors import BadData
from engine.model import Duration, Finding
from engine.practice.asking import Common, branch, common, names, origin, twist
from engine.practice.fields import FAULT, LEXICON, PHASES, POINT, QUESTION, TWISTS
from engine.practice.model import ROLES, Bank, Fault, Group, Point, Question, Way
from engine.practice.patterns import Patterns
from engine.reader.fields import Table
from engine.reader.nodes import Mapping, Node, Scalar, Sequence, compose
from engine.reader.report import Desk, Findings, suggest
from engine.reader.values import check_keys, plain_duration, sources, text, whole, wrong


def load() -> Bank:
    """The shipped questions. Errors: BadData with every finding."""
    return parse(texts_of(paths.shipped("playbooks") / "practice"), strict=False)


def texts_of(folder: Path) -> dict[str, str]:
    """The files of the shipped folder by name."""
    return {f"playbooks/practice/{file.name}": file.read_text("utf-8") for file in folder.glob("*.yaml")}


def parse(texts: Texts[str, str], *, strict: bool = True) -> Bank:
    """Files by name → the bank. Errors: BadData with every finding.

    `strict`: every pattern is compiled to see whether it can be, which takes most of the time.
    """
    findings = Findings()
    roots = {name: compose(name, body, findings) for name, body in texts.items()}
    words: dict[str, str] = {}
    usual: dict[str, str] = {}
    for root in roots.values():
        if root and "lexicon" in root.pairs:
            desk = Desk(findings, "词表")
            fields = check_keys(desk, root.pairs, LEXICON, root)
            words |= _words(desk, fields.get("words"))
            usual |= _words(desk, fields.get("usual"))
    shared: dict[str, Common] = {}
    for root in roots.values():
        if root and "twists" in root.pairs:
            desk = Desk(findings, "通用追问")
            check_keys(desk, root.pairs, TWISTS, root)
            shared |= common(desk, root)
    reader = _Reader(findings, Patterns(words, strict), shared)
    found = [
        reader.question(root)
        for root in roots.values()
        if root and "lexicon" not in root.pairs and "twists" not in root.pairs
    ]
    questions = sorted((q for q in found if q), key=lambda q: order(q.id))
    if findings.errors:
        raise BadData("练习题库有错", "照下面的位置改好再试", findings.sorted())
    return Bank(tuple(questions), tuple(usual.items()), tuple(words.items()))


def order(id: str) -> tuple[str, int]:
    """Q2 before Q10."""
    letters = id.rstrip("0123456789")
    return letters, int(id[len(letters) :] or 0)


def findings_of(texts: Texts[str, str]) -> tuple[Finding, ...]:
    """What is wrong with files; empty when nothing is."""
    try:
        parse(texts)
    except BadData as error:
        return tuple(f for f in error.findings if isinstance(f, Finding))
    return ()


def ways_reader(findings: Findings) -> Callable[[Desk, Node], tuple[Way, ...]]:
    """Reads `ways` written elsewhere, such as the words that a drill expects, with the bank's lexicon."""
    file = paths.shipped("playbooks") / "practice" / "lexicon.yaml"
    root = compose("playbooks/practice/lexicon.yaml", file.read_text("utf-8"), findings)
    words = _words(Desk(findings, "词表"), root.pairs["words"].value) if root else {}
    return _Reader(findings, Patterns(words, strict=True), {}).ways


def _words(desk: Desk, node: Node | None) -> dict[str, str]:
    """Name → words."""
    if not isinstance(node, Mapping):
        return {}
    words = {name: text(desk, name, pair.value) for name, pair in node.pairs.items()}
    return {name: value for name, value in words.items() if value}


class _Reader:
    """Reads questions."""

    def __init__(self, findings: Findings, patterns: Patterns, shared: dict[str, Common]) -> None:
        self.findings = findings
        self.patterns = patterns
        self.shared = shared

    def question(self, root: Mapping) -> Question | None:
        desk = Desk(self.findings, "题目")
        fields = check_keys(desk, root.pairs, QUESTION, root)
        plain = {
            k: text(desk, k, fields[k]) or "" for k in ("id", "playbook", "kind", "question") if k in fields
        }
        think, answer = (self._duration(desk, k, fields.get(k)) for k in ("think", "answer"))
        points = [self.point(plain.get("id", ""), node) for node in self._list(desk, "points", fields)]
        faults = [self.fault(plain.get("id", ""), node) for node in self._list(desk, "faults", fields)]
        outline = [text(desk, "outline", node) or "" for node in self._list(desk, "outline", fields)]
        real = [p for p in points if p]
        total = sum(p.weight for p in real)
        if real and total != 100:
            desk.error("weights", fields["points"].span, f"采分点一共 {total} 分", "合计要 100 分")
        own = plain.get("id", "")
        known = {p.id for p in real}
        asks = [
            twist(desk.about("追问"), own, node, self.point, self.shared, known)
            for node in self._list(desk, "asks", fields)
        ]
        seen: set[str] = set()
        items = [(p.id, p.span) for p in real] + [(f.id, f.span) for f in faults if f]
        items += [(a.id, a.span) for a in asks if a]
        for id, span in items:
            if id in seen:
                desk.error("repeated", span, f"编号 `{id}` 写了两次", "换一个编号")
            seen.add(id)
        if len(plain) < 4:
            return None
        return Question(
            id=plain["id"], playbook=plain["playbook"], kind=plain["kind"], think=think, answer=answer,
            text=plain["question"], points=tuple(real), faults=tuple(f for f in faults if f),
            outline=tuple(outline), span=root.span, asks=tuple(a for a in asks if a),
            origin=origin(desk.about("出处"), fields.get("origin")),
        )  # fmt: skip

    def point(self, owner: str, node: Node) -> Point | None:
        desk = Desk(self.findings, "采分点")
        fields = self._fields(desk, node, POINT)
        if not {"id", "weight", "point", "ways", "phase"} <= fields.keys():
            return None
        phase = text(desk, "phase", fields["phase"]) or ""
        if phase not in PHASES:
            desk.error("unknown-phase", fields["phase"].span, f"没有阶段 `{phase}`", suggest(phase, PHASES))
        id = f"{owner}.{text(desk, 'id', fields['id'])}"
        return Point(
            id=id, phase=phase, weight=whole(desk, "weight", fields["weight"]) or 0,
            text=text(desk, "point", fields["point"]) or "", ways=self.ways(desk, fields["ways"]),
            near=self.ways(desk, fields["near"]) if "near" in fields else (),
            unless=self.ways(desk, fields["unless"]) if "unless" in fields else (),
            source=sources(desk, fields["source"]) if "source" in fields else (), span=node.span,
            steps=names(desk, "steps", fields),
            when=branch(desk, fields["when"]) if "when" in fields else None,
        )  # fmt: skip

    def fault(self, owner: str, node: Node) -> Fault | None:
        desk = Desk(self.findings, "失分点")
        fields = self._fields(desk, node, FAULT)
        if not {"id", "minus", "fault", "ways"} <= fields.keys():
            return None
        return Fault(
            id=f"{owner}.{text(desk, 'id', fields['id'])}", minus=whole(desk, "minus", fields["minus"]) or 0,
            text=text(desk, "fault", fields["fault"]) or "", ways=self.ways(desk, fields["ways"]),
            unless=self.ways(desk, fields["unless"]) if "unless" in fields else (), span=node.span,
        )  # fmt: skip

    def ways(self, desk: Desk, node: Node) -> tuple[Way, ...]:
        """A list of groups by role."""
        if not isinstance(node, Sequence) or not node.items:
            wrong(desk, node, "wrong-type", "这里要写一个列表", "每行写 `- {act: 说法, object: 说法}`")
            return ()
        return tuple(Way(groups) for item in node.items if (groups := self.groups(desk, item)))

    def groups(self, desk: Desk, node: Node) -> tuple[Group, ...]:
        if not isinstance(node, Mapping):
            wrong(desk, node, "wrong-type", "一种说法要写成几组意思", "写成 `{act: 说法, object: 说法}`")
            return ()
        found = []
        for role, pair in node.pairs.items():
            if role not in ROLES:
                desk.error("unknown-role", pair.key.span, f"没有 `{role}` 这一组", suggest(role, ROLES))
                continue
            written = text(desk, role, pair.value)
            pattern = self.patterns.read(desk, written, pair.value) if written else ""
            if written and pattern:
                found.append(Group(role, pattern, written))
        return tuple(found)

    def _fields(self, desk: Desk, node: Node, table: Table) -> dict[str, Node]:
        if isinstance(node, Mapping):
            return check_keys(desk, node.pairs, table, node)
        wrong(desk, node, "wrong-type", "这里要写 `名称: 值`")
        return {}

    def _list(self, desk: Desk, name: str, fields: dict[str, Node]) -> list[Node]:
        node = fields.get(name)
        if node is None:
            return []
        if isinstance(node, Sequence):
            return node.items
        wrong(desk, node, "wrong-type", f"`{name}` 要写一个列表")
        return []

    def _duration(self, desk: Desk, name: str, node: Node | None) -> Duration:
        found = plain_duration(desk, name, node) if isinstance(node, Scalar) else None
        return found or Duration(1, "m")
