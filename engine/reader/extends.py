"""A hall's changes merged into what they extend, before anything is read.

Fields of an override replace those of the original (`hear` is added to it; a field written without
value is removed). Life safety can be made stricter or said in local words, never weaker.
"""

from __future__ import annotations

import re
from dataclasses import replace

from engine.reader import values
from engine.reader.nodes import Mapping, Node, Pair, Scalar, Sequence, null, scalars
from engine.reader.outline import Entry, Outline, declared_twice, name_rules
from engine.reader.report import Desk, Findings, suggest
from engine.reader.safety import SAFETY_HELP, check_override, is_protected


def apply(base: Outline, change: Outline, protected: set[str], findings: Findings) -> Outline:
    """A copy of `base` with the change merged in; `protected` are names that life safety rests on."""
    desk = Desk(findings, f"对 `{base.id}` 的改动")
    merger = _Merger(base, change, protected, desk)
    return merger.merge()


class _Merger:
    def __init__(self, base: Outline, change: Outline, protected: set[str], desk: Desk) -> None:
        self.base = base
        self.change = change
        self.protected = protected
        self.desk = desk
        self.out = replace(
            base,
            head=dict(base.head),
            roles=dict(base.roles),
            hall=dict(base.hall),
            facts=dict(base.facts),
            listed=list(base.listed),
            order=list(base.order),
            steps=dict(base.steps),
            rules=[replace(rule, do=list(rule.do)) for rule in base.rules],
            digests=(*base.digests, *change.digests),
        )

    def merge(self) -> Outline:
        out, change = self.out, self.change
        for field, node in change.head.items():
            if field == "hear" and field in out.head:
                items = [*values.listed(out.head[field]), *values.listed(node)]
                out.head[field] = Sequence(node.span, items)
            elif field in ("title", "about", "hear", "ends_in"):
                out.head[field] = node
        if change.roles and out.kind != "vocabulary":
            place = next(iter(change.roles.values())).key.span
            self.desk.error("bad-fields", place, "岗位只能在公用词汇里改", "另写一个改公用词汇的文件")
        elif out.kind == "vocabulary":
            out.roles |= change.roles
            self.refuse_sections()
        if "drop" in change.head:
            self.drop(change.head["drop"])
        self.entries("大厅值", out.hall, change.hall)
        self.entries("事实", out.facts, change.facts)
        self.entries("步骤", out.steps, change.steps)
        out.listed += change.listed
        out.order += [name for name in change.order if name not in out.order]
        added = [replace(rule) for rule in change.rules]
        name_rules(added, {rule.id for rule in out.rules}, self.desk)
        out.rules += added
        return out

    def refuse_sections(self) -> None:
        """The vocabulary has no rules, title and the like."""
        for field in ("title", "hear", "ends_in"):
            if field in self.out.head and field in self.change.head:
                span = self.change.head[field].span
                self.desk.error("bad-fields", span, f"公用词汇没有 `{field}`", "改到要改的剧本里")
        if self.change.rules:
            span = self.change.rules[0].place.span
            self.desk.error("bad-fields", span, "公用词汇没有规则", "写到剧本的改动里")

    # ---- fields -------------------------------------------------------------------------------

    def entries(self, what: str, target: dict[str, Entry], given: dict[str, Entry]) -> None:
        for name, entry in given.items():
            old = target.get(name)
            if old is None:
                if self.may_add(what, name, entry, target):
                    target[name] = entry
            elif entry.inline:
                declared_twice(self.desk, entry, old)
            else:
                if what != "大厅值" and name in self.protected:
                    check_override(self.desk, what, old, entry)
                target[name] = _override(old, entry)

    def may_add(self, what: str, name: str, entry: Entry, target: dict[str, Entry]) -> bool:
        """A new name must be complete and be used by the change itself, else it is a mistyped override."""
        needed = {"步骤": {"what"}, "事实": {"label", "ask", "when"}, "大厅值": {"label"}}[what]
        if needed & set(entry.pairs) and (
            entry.inline or self.out.kind == "vocabulary" or self.mentions(name)
        ):
            return True
        help = suggest(name, target) or "新加的要写全字段，并在这个文件的规则里用到"
        if what != "大厅值" and not target:
            help = "公用的步骤和事实，在 `extends: 公用词汇的名称` 的文件里改"
        self.desk.error("no-target", entry.name.span, f"没有可改的{what} `{name}`", help)
        return False

    def mentions(self, name: str) -> bool:
        change = self.change
        nodes = [pair.value for rule in change.rules for pair in rule.pairs.values()]
        for section in (change.facts, change.steps, change.hall):
            nodes += [pair.value for entry in section.values() for pair in entry.pairs.values()]
        if "ends_in" in change.head:
            nodes.append(change.head["ends_in"])
        pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        return any(pattern.search(text) for node in nodes for text in scalars(node))

    # ---- drop ---------------------------------------------------------------------------------

    def drop(self, node: Node) -> None:
        """Remove rules, steps and facts; a name that is both a step and a rule is the step."""
        for name in values.references(self.desk, "drop", node):
            text = name.text
            rules = [rule for rule in self.out.rules if rule.id == text]
            if text not in self.out.steps and text not in self.out.facts and not rules:
                known = {*self.out.steps, *self.out.facts, *(rule.id for rule in self.base.rules)}
                found = f"没有可去掉的步骤、规则或事实 `{values.brief(text)}`"
                self.desk.error("no-target", name.span, found, suggest(text, known))
            elif text in self.protected or any(is_protected(self.base, rule) for rule in rules):
                self.desk.error("safety", name.span, f"不能去掉 `{text}`：它关系人身安全", SAFETY_HELP)
            elif text in self.out.steps or text in self.out.facts:
                self.forget(text)
            else:
                self.out.rules = [rule for rule in self.out.rules if rule.id != text]

    def forget(self, name: str) -> None:
        out = self.out
        out.steps.pop(name, None)
        out.facts.pop(name, None)
        for rule in out.rules:
            rule.do = [want for want in rule.do if want.name.text != name]
        out.rules = [rule for rule in out.rules if rule.do or "activate" in rule.pairs]
        if "ends_in" in out.head:
            node = out.head["ends_in"]
            kept = [i for i in values.listed(node) if not (isinstance(i, Scalar) and i.text == name)]
            out.head["ends_in"] = Sequence(node.span, kept)


def _override(old: Entry, entry: Entry) -> Entry:
    pairs = dict(old.pairs)
    for field, pair in entry.pairs.items():
        if null(pair.value) and field in pairs:
            del pairs[field]
        elif field == "hear" and field in pairs:
            pairs[field] = Pair(pair.key, _more_heard(pairs[field].value, pair.value))
        else:
            pairs[field] = pair
    return Entry(old.name, pairs, old.place, old.inline)


def _more_heard(old: Node, new: Node) -> Node:
    """Both lists of words, answer by answer."""
    answers: dict[str, Pair] = {}
    for node in (old, new):
        pairs = node.pairs if isinstance(node, Mapping) else {"yes": Pair(Scalar(node.span, "yes"), node)}
        for name, pair in pairs.items():
            before = values.listed(answers[name].value) if name in answers else []
            answers[name] = Pair(pair.key, Sequence(pair.value.span, [*before, *values.listed(pair.value)]))
    return Mapping(new.span, answers)
