"""One outline → model: the vocabulary, or a playbook upon it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from engine.model import PHASES, Fact, HallValue, Playbook, Step, Vocabulary
from engine.reader import declarations, links, steps
from engine.reader.head import read_head
from engine.reader.nodes import Scalar
from engine.reader.outline import Outline
from engine.reader.report import Desk, Findings
from engine.reader.scope import Scope, Shared
from engine.reader.words import Templates

ALWAYS_ID = "always"
_T = TypeVar("_T")


class Builder:
    """Reads an outline into a scope; errors go to `findings`."""

    def __init__(self, out: Outline, scope: Scope, templates: Templates, findings: Findings) -> None:
        self.out = out
        self.scope = scope
        self.templates = templates
        self.findings = findings
        what = "公用词汇" if out.kind == "vocabulary" else f"剧本 `{out.id}`"
        self.desk = Desk(findings, what)
        self.shared_names = {*scope.facts, *scope.steps, *scope.hall, *scope.broken}
        self.names: dict[str, Scalar] = {}
        self.hall: list[HallValue] = []
        self.facts: list[Fact] = []
        self.steps: list[Step] = []
        scope.broken |= out.refused
        self.declare()

    def declare(self) -> None:
        """Roles, hall values, facts, then steps: each may name the ones before it, facts also each other."""
        for name, pair in self.out.roles.items():
            role = self.guarded(name, partial(declarations.role, self.desk, name, pair))
            if role:
                self.scope.roles[name] = role
        for name, entry in self.out.hall.items():
            if self.free(entry.name):
                value = self.guarded(name, partial(declarations.hall_value, self.desk, entry))
                if value:
                    self.hall.append(value)
                    self.scope.hall[name] = value
        own = {n: e for n, e in self.out.facts.items() if self.free(e.name)}
        own_steps = {n: e for n, e in self.out.steps.items() if self.free(e.name)}
        for name, entry in own.items():
            fact = self.guarded(name, partial(declarations.fact, self.desk, self.scope, entry))
            if fact:
                self.scope.facts[name] = fact
        for name in own_steps:
            self.scope.steps[name] = self.scope.prefix + name
        for name, entry in own.items():
            if name in self.scope.facts:
                fact = declarations.fact_terms(self.desk, self.scope, entry, self.scope.facts[name])
                self.scope.facts[name] = fact
                self.facts.append(fact)
        for entry in own_steps.values():
            self.steps.append(steps.step(self.desk, self.scope, self.templates, entry))
        for listed in self.out.listed:
            if listed.text not in own:
                self.scope.fact(self.desk, listed)
        links.cycles(self.desk, self.scope)
        links.polarity(self.desk, self.scope)
        links.after_cycles(self.desk, self.steps)

    def guarded(self, name: str, read: Callable[[], _T]) -> _T | None:
        """Read a declaration; with errors the name is broken, so that using it adds no noise."""
        before = self.findings.errors
        value = read()
        if self.findings.errors > before:
            self.scope.broken.add(name)
            return None
        return value

    def free(self, name: Scalar) -> bool:
        """Whether a name may be declared here: not the vocabulary's, and only once."""
        first = self.names.get(name.text)
        if name.text in self.shared_names:
            help = "换一个名称；要改公用的，在本厅的改动里写 `extends: 公用词汇的名称`"
            self.desk.error("shadows-vocabulary", name.span, f"`{name.text}` 是公用词汇里的名称", help)
        elif first:
            help = f"前一个在第 {first.span.line} 行；换一个名称"
            self.desk.error("declared-twice", name.span, f"名称 `{name.text}` 用了两次", help)
            self.scope.broken.add(name.text)
        else:
            self.names[name.text] = name
            return True
        return False


def vocabulary(out: Outline, templates: Templates, findings: Findings) -> Shared:
    """The vocabulary; entries with errors are left out and marked broken."""
    read = Builder(out, Scope(), templates, findings)
    head = read_head(read.desk, read.scope, out.head)
    roles = tuple(read.scope.roles.values())
    model = Vocabulary(roles, tuple(read.hall), tuple(read.facts), tuple(read.steps), head.promises)
    return Shared(model, read.scope, {step.key: step for step in read.steps})


def playbook(
    out: Outline, shared: Shared, templates: Templates, installed: set[str], findings: Findings
) -> Playbook:
    """A playbook upon the vocabulary; only usable when `findings` got no error."""
    read = Builder(out, shared.scope.inner(out.prefix), templates, findings)
    scope, desk = read.scope, read.desk
    head = read_head(desk, scope, out.head)
    rules = [steps.rule(desk, scope, raw, out.id, installed) for raw in out.rules]
    rules.sort(key=lambda rule: PHASES.index(rule.phase))
    all_steps = shared.steps | {step.key: step for step in read.steps}
    links.polarity(desk, scope)
    links.deadlines(desk, scope, all_steps.values(), rules)
    links.follow_ups(desk, all_steps, rules)
    links.unused_steps(desk, read.steps, rules)
    for name, span in scope.leaned.items():
        if name in shared.scope.broken:
            desk.error("leans-on-broken", span, f"公用词汇里的 `{name}` 有错，这里用不了", "先改好公用词汇")
    wanted = {want.step for rule in rules for want in rule.do}
    for end in head.ends:
        if end.text in scope.steps and scope.steps[end.text] not in wanted:
            text = f"`ends_in` 里的 `{end.text}` 没有规则要做"
            desk.error("unused-end", end.span, text, "写进某条规则的 `do`，或从 `ends_in` 去掉")
    if not head.ends and "ends_in" not in out.head and not head.addon and out.id != ALWAYS_ID:
        desk.warn("no-ends-in", out.span, "没有 `ends_in`，不知道怎样算了结", "写上哪些步骤办成算了结")
    if not findings.errors:
        links.too_wide(desk, scope, rules)
    listed = [n for n in out.order if n in scope.facts] + [n for n in out.facts if n not in out.order]
    own = [scope.facts[n].key for n in listed if n in scope.facts]
    return Playbook(
        out.id,
        head.title,
        head.version,
        head.about,
        head.addon,
        head.hear,
        tuple(scope.steps[name.text] for name in head.ends if name.text in scope.steps),
        tuple(read.hall),
        tuple(read.facts),
        tuple(read.steps),
        tuple(rules),
        links.asking_order(own, scope, shared, rules),
        out.origin,
        _digest(out.digests),
        out.span,
        head.reach,
    )


def _digest(digests: tuple[str, ...]) -> str:
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(digests).encode()).hexdigest()
