"""Root mapping → outline: what every section holds, with the faults of its shape."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model import PHASES
from engine.reader import fields, values
from engine.reader.nodes import Mapping, Node, Pair, Scalar, Sequence
from engine.reader.outline import Entry, Outline, RawRule, RawWant, declared_twice, name_rules
from engine.reader.report import Desk, Findings, suggest


def outline(root: Mapping, file: str, origin: str, findings: Findings) -> Outline | None:
    """The declarations of a file; None when it does not even say what it is."""
    desk = Desk(findings)
    kinds = [kind for kind in fields.TOPS if kind in root.pairs]
    if len(kinds) != 1:
        text = "写了不止一个最外层名称" if kinds else "没有说明是什么文件"
        help = "第一行写 `playbook: 名称`，本厅的改动写 `extends: 名称`，公用词汇写 `vocabulary: 名称`"
        span = root.pairs[kinds[1]].key.span if kinds else root.span
        desk.error("unknown-file-kind", span, text, help)
        return None
    kind = kinds[0]
    name = values.identifier(desk, "剧本名称", root.pairs[kind].value)
    place = root.pairs[kind].value
    if not name and not (kind == "playbook" and isinstance(place, Scalar)):
        return None
    # a bad name does not hide the other faults: the file is read under one that no playbook can have
    id = name.text if name else f"?{file}"
    read = _Cutter(
        Outline(kind, id, file, origin, place), desk.about(f"剧本 `{name.text if name else file}`")
    )
    read.cut(root)
    return read.out


class _Cutter:
    def __init__(self, out: Outline, desk: Desk) -> None:
        self.out = out
        self.desk = desk

    def cut(self, root: Mapping) -> None:
        table = fields.TOPS[self.out.kind]
        place = self.out.place
        empty = {n for n, p in root.pairs.items() if isinstance(p.value, Scalar) and p.value.null}
        sections = {"roles", "hall", "facts", "steps", "rules"}
        # an empty section is what is left when everything in it was commented out
        pairs = {n: p for n, p in root.pairs.items() if not (n in sections & empty and n in table)}
        found = values.check_keys(self.desk, pairs, table)
        for name, field in table.items():
            if field.required and name not in root.pairs:
                self.desk.error("missing-field", place.span, f"缺少 `{name}`", field.about)
        self.out.head = {name: node for name, node in found.items() if name not in sections}
        if "roles" in found:
            self.out.roles = dict(self.section("roles", found["roles"]))
        if "hall" in found:
            self.out.hall = dict(self.entries("hall", "大厅值", found["hall"]))
        if "facts" in found:
            self.facts(found["facts"])
        if "steps" in found:
            self.out.steps = dict(self.entries("steps", "步骤", found["steps"]))
        if "rules" in found:
            self.rules(found["rules"])

    def section(self, field: str, node: Node) -> Iterator[tuple[str, Pair]]:
        if not isinstance(node, Mapping):
            text = f"`{field}` 要写成 `名称: 值`，这里是{values.shape(node)}"
            values.wrong(self.desk, node, "wrong-type", text)
            return
        for name, pair in node.pairs.items():
            if values.identifier(self.desk, "名称", pair.key, variable=field in ("facts", "hall")):
                if name in fields.RESERVED and field in ("facts", "hall"):
                    self.out.refused.add(name)
                    self.desk.error(
                        "reserved-name", pair.key.span, f"`{name}` 是语言自己的词，不能作名称", "换一个名称"
                    )
                else:
                    yield name, pair

    def entries(self, field: str, what: str, node: Node) -> Iterator[tuple[str, Entry]]:
        for name, pair in self.section(field, node):
            if isinstance(pair.value, Mapping):
                yield name, Entry(pair.key, pair.value.pairs, pair.key)
            else:
                help = f"写成 `{name}: {{字段: 值}}`"
                text = f"{what} `{name}` 要写字段，这里是{values.shape(pair.value)}"
                values.wrong(self.desk, pair.value, "wrong-type", text, help)
                yield name, Entry(pair.key, {}, Scalar(pair.key.span, broken=True))

    def facts(self, node: Node) -> None:
        if isinstance(node, Mapping):
            for pair in node.pairs.values():
                if isinstance(pair.value, Scalar) and pair.value.null:
                    self.out.listed.append(pair.key)
            self.out.order = list(node.pairs)
            skip = {name.text for name in self.out.listed}
            node = Mapping(node.span, {n: p for n, p in node.pairs.items() if n not in skip})
        self.out.facts = dict(self.entries("facts", "事实", node))

    def rules(self, node: Node) -> None:
        if not isinstance(node, Mapping):
            text = f"`rules` 要写成 `阶段: 规则列表`，这里是{values.shape(node)}"
            values.wrong(self.desk, node, "wrong-type", text)
            return
        for phase, pair in node.pairs.items():
            if phase not in PHASES:
                text = f"未知阶段 `{values.brief(phase)}`"
                self.desk.error("unknown-phase", pair.key.span, text, suggest(phase, PHASES))
            elif isinstance(pair.value, Sequence):
                for item in pair.value.items:
                    self.rule(phase, item)
            elif not (isinstance(pair.value, Scalar) and pair.value.null):
                text = f"阶段 `{phase}` 要写规则列表，这里是{values.shape(pair.value)}"
                values.wrong(self.desk, pair.value, "wrong-type", text, "每条规则以 `- ` 开头")
        name_rules(self.out.rules, set(), self.desk)

    def rule(self, phase: str, node: Node) -> None:
        if not isinstance(node, Mapping):
            text = f"规则要写成 `when`、`do`，这里是{values.shape(node)}"
            values.wrong(self.desk, node, "wrong-type", text)
            return
        named = node.pairs.get("id")
        own = values.identifier(self.desk, "规则名称", named.value) if named else None
        rule = RawRule(own.text if own else "", phase, node.pairs, [], node, own is not None)
        self.out.rules.append(rule)
        do = node.pairs.get("do")
        if do:
            self.do(rule, do.value)
        rule.wish = rule.id = rule.id or self.default_id(rule)
        if not (do or "activate" in node.pairs):
            text = f"规则 `{rule.id}`：没有 `do` 也没有 `activate`"
            self.desk.findings.error("empty-rule", node.span, text, "写上要做的步骤")

    def default_id(self, rule: RawRule) -> str:
        if rule.do:
            return rule.do[0].name.text
        activate = rule.pairs.get("activate")
        for node in values.listed(activate.value) if activate else ():
            if isinstance(node, Scalar) and node.text:
                return values.brief(node.text)
        return f"{rule.phase}-{rule.place.span.line}"

    def do(self, rule: RawRule, node: Node) -> None:
        if not isinstance(node, Mapping) or not node.pairs:
            help = "写成 `do: {步骤: {what: …}}`；别处声明过的步骤写 `步骤:`"
            text = f"`do` 要写步骤，这里是{values.shape(node)}"
            values.wrong(self.desk, node, "wrong-type", text, help)
            return
        for name, pair in node.pairs.items():
            if not values.identifier(self.desk, "步骤名称", pair.key):
                continue
            pairs = pair.value.pairs if isinstance(pair.value, Mapping) else {}
            if not isinstance(pair.value, Mapping) and not (
                isinstance(pair.value, Scalar) and pair.value.null
            ):
                text = f"步骤 `{name}` 要写字段，这里是{values.shape(pair.value)}"
                values.wrong(self.desk, pair.value, "wrong-type", text, f"写成 `{name}: {{what: 文字}}`")
                pairs = {}
            declares = any(field not in fields.REFERENCE for field in pairs)
            rule.do.append(RawWant(pair.key, {} if declares else pairs))
            if declares:
                self.declare(Entry(pair.key, pairs, pair.key, inline=True))

    def declare(self, entry: Entry) -> None:
        name = entry.name.text
        first = self.out.steps.get(name)
        if first:
            declared_twice(self.desk, entry, first)
        else:
            self.out.steps[name] = entry
