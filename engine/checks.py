"""`playbook check`: what can be proved about a playbook or combination on its decision diagrams.

Every finding is an exact statement about all answers, not a sample, and comes with a concrete
situation that shows it. Outcomes only ever stand positively in conditions, so more outcomes mean
more wanted steps: what closes for every set of answers also closes after any change of answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from engine.conditions import Situation
from engine.diagrams import NO, YES, Node
from engine.errors import BadData
from engine.explore import Closure, concrete, explore
from engine.matcher import Evaluator
from engine.model import ALWAYS, Finding, Library, Playbook, Rule, Span, Step
from engine.relevance import Relevance
from engine.ruleset import ALWAYS_ON, Ruleset
from engine.words import shown


class Checked:
    """One check of some playbooks together (usually one, with `always` beside it)."""

    def __init__(self, library: Library, active: Sequence[str], *, durable: bool = True) -> None:
        self.library, self.active = library, tuple(active)
        declared = [*library.vocabulary.hall, *(v for p in library.playbooks for v in p.hall)]
        values: dict[str, Any] = {}
        for value in declared:
            if isinstance(value.default, (bool, int, str)):
                values[value.id] = value.default
        self.ruleset = Ruleset(library, active, values)
        self.relevance = Relevance(self.ruleset)
        self.d, self.v = self.relevance.diagrams, self.relevance.variables
        self.evaluator = Evaluator(self.ruleset, durable)
        self.compared = 0
        self.rules = [
            b.rule for b in self.ruleset.rules.values() if b.playbook != ALWAYS_ON or ALWAYS_ON in active
        ]
        self.own = [p for p in self.ruleset.playbooks if p.id != ALWAYS_ON or ALWAYS_ON in active]

    # ---- the result ---------------------------------------------------------------------------

    def report(self) -> dict[str, Any]:
        """The check as the contract of `playbook check --json` has it; `findings` are model.Finding."""
        findings = list(self.findings())
        found = explore(self.ruleset, self.relevance, self.compare)
        findings += [
            Finding("error", "evaluators-differ", text, self.own[0].span) for text in found.differences
        ]
        if not found.complete:
            text = "状态太多，没有全部走到；数字只是下限"
            help = "把剧本拆小，或减少互相牵连的问题"
            findings.append(Finding("warning", "unexplored", text, self.own[0].span, help))
        return {
            "playbook": "+".join(self.active),
            "states": found.states,
            "paths": str(found.walks.paths),
            "shortest": found.walks.shortest,
            "longest": found.walks.longest,
            "questions_max": found.walks.longest,
            "findings": findings,
            "sources_cited": sorted({s for p in self.own for s in _cited(p)}),
            "sources_reached": sorted(set(self.reached())),
        }

    def compare(self, at: Situation) -> str:
        """The three evaluators on one situation; "" when they agree."""
        self.compared += 1
        flat = self.ruleset.flat(at)
        second = self.evaluator.run(flat)
        tree = self.ruleset.holding_by_tree(at)
        vector = self.v.vector(at)
        drawn = {key for key, node in self.relevance.rule_nodes.items() if self._follow(node, vector)}
        first = self.evaluator.differences.pop() if self.evaluator.differences else set()
        wrong = first | (second ^ tree) | (drawn ^ tree)
        return f"两个判定器在规则 {'、'.join(sorted(wrong))} 上不一致" if wrong else ""

    def _follow(self, node: Node, vector: list[int]) -> bool:
        while node > YES:
            node = self.d.kids[node][vector[self.d.var[node]]]
        return node == YES

    # ---- findings -----------------------------------------------------------------------------

    def findings(self) -> Iterator[Finding]:
        """Every fault that the diagrams prove."""
        yield from self._rules()
        yield from self._questions()
        yield from self._conflicts()
        yield from self._start()
        for playbook in self.own:
            yield from self._ends(playbook)
            for step in playbook.steps:
                yield from self._step(step)

    @cached_property
    def normal(self) -> Closure:
        """Everything wanted gets done."""
        return Closure(self.relevance)

    @cached_property
    def possible(self) -> Node:
        """Which states facts can be in at all."""
        node = YES
        for key, index in self.v.of_fact.items():
            fact = self.ruleset.facts[key]
            values = range(self.v.values(key))
            unasked = self.v.all[index].size - 1
            if fact.ask:
                continue
            node = self.d.both(node, self.d.states(index, [*values, unasked]))
        return node

    @cached_property
    def settled(self) -> Node:
        """All questions answered; what is known from elsewhere is known."""
        node = self.possible
        for key, index in self.v.of_fact.items():
            fact = self.ruleset.facts[key]
            unasked = self.v.all[index].size - 1
            states = set(range(self.v.all[index].size))
            if fact.ask or fact.known_from:
                states.discard(unasked)
            if fact.recheck is not None and fact.within is None:
                states.discard(unasked - 1)  # without a limit 还没有 is no end: it stays among the clocks
            node = self.d.both(node, self.d.states(index, states))
        return node

    def feasible(self, node: Node) -> Node:
        """`node` without what cannot be: outcomes of steps nobody wants, states a fact is never in.

        Only the constraints on what the diagram reads, and on what those read, are joined in: the
        conjunction of all of them would be needlessly large.
        """
        done: set[int] = set()
        while todo := self.d.support(node) - done:
            for index in sorted(todo):
                done.add(index)
                node = self.d.both(node, self._constraint(index))
        return node

    def _constraint(self, index: int) -> Node:
        entry = self.v.all[index]
        if entry.fact:
            fact = self.ruleset.facts[entry.fact]
            if fact.ask or entry.choice:
                return YES
            return self.d.states(index, [*range(self.v.values(entry.fact)), entry.size - 1])
        kind, name = next(outcome for outcome, place in self.v.of_outcome.items() if place == index)
        if name in self.v.of_fact:
            labels = self.v.all[self.v.of_fact[name]].labels
            cause = self.d.states(self.v.of_fact[name], [labels.index("open")] if "open" in labels else [])
        elif kind == "overdue" and not self._has_deadline(name):
            cause = NO
        else:
            # it may have happened before what was awaited came about
            cause = self._sometime(self.relevance.wanted.get(name, NO))
        return self.d.either(self.d.states(index, (0,)), cause)

    def _sometime(self, node: Node) -> Node:
        """Where a diagram holds for some value of the awaited facts."""
        for index in self.d.support(node):
            entry = self.v.all[index]
            if entry.fact and self.ruleset.facts[entry.fact].recheck is not None:
                some = NO
                for state in range(entry.size):
                    some = self.d.either(some, self.d.restrict(node, index, state))
                node = some
        return node

    def _has_deadline(self, step: str) -> bool:
        declared = self.ruleset.steps.get(step)
        reasons = self.ruleset.reasons.get(step, ())
        tightened = any(self.ruleset.rules[r.rule].rule.do[r.want].within for r in reasons)
        return tightened or (declared is not None and declared.within is not None)

    def _rules(self) -> Iterator[Finding]:
        nodes = self.relevance.rule_nodes
        for rule in self.rules:
            name = rule.key.partition(".")[2]
            node = self.feasible(nodes[rule.key])
            if node == NO:
                yield Finding(
                    "error",
                    "never-fires",
                    f"规则 `{name}` 在任何情况下都不成立",
                    rule.span,
                    "检查条件是否互相矛盾，或所依赖的步骤永远不会出现",
                )
            elif nodes[rule.key] == YES and rule.when != ALWAYS:
                text = f"规则 `{name}` 的条件永远成立"
                yield Finding("warning", "always-fires", text, rule.span, "删去 `when`")
            elif self._subsumed(rule):
                yield Finding(
                    "warning",
                    "subsumed",
                    f"规则 `{name}` 要做的事别的规则已经全包括了",
                    rule.span,
                    "删去它，或写清它多出来的情况",
                )

    def _subsumed(self, rule: Rule) -> bool:
        if not rule.do or rule.activate:
            return False
        rank = self.ruleset.rank(rule.key)[0]
        for index, want in enumerate(rule.do):
            others = NO
            for reason in self.ruleset.reasons[want.step]:
                # two playbooks that want the same shared step are merged, not redundant
                same = self.ruleset.rules[reason.rule].playbook == self.ruleset.rules[rule.key].playbook
                if same and reason.rule != rule.key and self.ruleset.rank(reason.rule)[0] <= rank:
                    others = self.d.either(others, self.relevance.rule_nodes[reason.rule])
            if rule.do[index].within is not None:
                return False
            if self.d.both(self.relevance.rule_nodes[rule.key], self.d.opposite(others)) != NO:
                return False
        return True

    def _questions(self) -> Iterator[Finding]:
        read = {self.v.all[i].fact for item in self.relevance.items.values() for i in item.reads}
        spoken = {name for step in self.ruleset.reasons for name in self.ruleset.steps[step].uses}
        for playbook in self.own:
            for fact in playbook.facts:
                if fact.when is None and fact.key not in read | spoken and not fact.known_from:
                    what = "问了也不会改变任何安排" if fact.ask else "没有一条规则用到"
                    text = f"事实 `{_short(fact.key)}`：{what}"
                    help = "让规则或文字用到它，或删去它"
                    yield Finding("error", "useless-question", text, fact.span, help)

    def _conflicts(self) -> Iterator[Finding]:
        for key, step in self.ruleset.steps.items():
            for other in step.conflicts_with:
                both = self.d.both(self.relevance.wanted.get(key, NO), self.relevance.wanted.get(other, NO))
                both = self.feasible(both)
                if both != NO:
                    text = f"步骤 `{_short(key)}` 与 `{_short(other)}` 互相矛盾，却会同时出现"
                    yield self._shown(
                        "error", "conflict", text, step.span, both, "让其中一条规则的条件排除另一种情况"
                    )

    def _start(self) -> Iterator[Finding]:
        if self.active == (ALWAYS_ON,):
            return
        first = [r for r in self.rules if r.phase in ("safety", "control") and r.do]
        node = NO
        for rule in first:
            node = self.d.either(node, self.relevance.rule_nodes[rule.key])
        vector = {index: self.v.all[index].size - 1 for index in self.v.of_fact.values()}
        vector |= dict.fromkeys(self.v.of_outcome.values(), 0)
        for variable, state in sorted(vector.items()):
            fact = self.v.all[variable].fact
            if not fact or self.ruleset.facts[fact].known_from != "clock":
                node = self.d.restrict(node, variable, state)
        if node != YES:
            text = "一开始没有任何控制现场的动作"
            yield self._shown(
                "error",
                "no-first-action",
                text,
                self.own[0].span,
                self.d.opposite(node),
                "在 control 里至少放一条没有条件的规则",
            )

    def _ends(self, playbook: Playbook) -> Iterator[Finding]:
        if playbook.id == ALWAYS_ON:
            return
        if not playbook.ends_in:
            yield Finding(
                "error",
                "no-ends",
                f"剧本 `{playbook.id}` 没有写 `ends_in`",
                playbook.span,
                "写上了结这件事的步骤",
            )
            return
        seen: set[Node] = set()
        for blocked, overdue, what in self._deviations():
            closure = Closure(self.relevance, blocked=blocked, overdue=overdue, late=True)
            ends = NO
            for step in playbook.ends_in:
                if step != blocked or self.ruleset.steps[step].ways:
                    ends = self.d.either(ends, closure.wanted(step))
            stuck = self.d.both(self.settled, self.d.opposite(ends))
            if stuck != NO and stuck not in seen:
                seen.add(stuck)
                text = f"有一种情况走不到 `ends_in` 的任何一步{what}"
                help = "补一条规则，让这种情况也有了结的步骤"
                yield self._shown("error", "no-end", text, playbook.span, stuck, help)

    def _deviations(self) -> Iterator[tuple[str, str, str]]:
        yield "", "", ""
        for step in self.ruleset.reasons:
            if self.ruleset.phase(r.rule for r in self.ruleset.reasons[step]) == "improve":
                continue
            yield step, "", f"（“{self.ruleset.steps[step].what}”办不到时）"
            if ("overdue", step) in self.v.of_outcome:
                yield "", step, f"（“{self.ruleset.steps[step].what}”超时时）"

    def _step(self, step: Step) -> Iterator[Finding]:
        name = _short(step.key)
        rules = [reason.rule for reason in self.ruleset.reasons.get(step.key, ())]
        if not rules:
            text = f"步骤 `{name}` 没有规则用到"
            yield Finding("error", "unused-step", text, step.span, "删去它，或写一条规则")
            return
        if not step.source:
            yield Finding(
                "warning",
                "no-source",
                f"步骤 `{name}` 没有写出处 `source`",
                step.span,
                "写语句编号；自拟的写 own",
            )
        if self.ruleset.phase(rules) == "improve":
            needed = {"who": step.who, "within": step.within, "evidence": step.evidence}
            missing = [field for field, value in needed.items() if not value]
            if missing:
                text = f"后续事项 `{name}` 缺 {'、'.join(missing)}"
                help = "后续事项要有责任人、期限和佐证"
                yield Finding("error", "follow-up-incomplete", text, step.span, help)
        for fact in _printed(step):
            yield from self._spoken(step, fact)

    def _spoken(self, step: Step, fact: str) -> Iterator[Finding]:
        key = next((k for k in step.uses if _short(k) == fact and k in self.v.of_fact), None)
        if key is None:
            return
        values = self.d.states(self.v.of_fact[key], range(self.v.values(key)))
        unknown = self.d.both(self.relevance.wanted.get(step.key, NO), self.d.opposite(values))
        unknown = self.feasible(unknown)
        if unknown != NO:
            text = f"步骤 `{_short(step.key)}` 的话里用了 `{fact}`，但规则并不保证它已知"
            yield self._shown(
                "error",
                "unknown-in-words",
                text,
                step.span,
                unknown,
                f"在规则里加 `known: {fact}`，或用 {{% if {fact} %}} 判断",
            )

    # ---- showing ------------------------------------------------------------------------------

    def _shown(self, level: Any, code: str, text: str, span: Span, node: Node, help: str) -> Finding:
        states = self.d.witness(node) or {}
        situation: list[str] = []
        for index, state in states.items():
            entry = self.v.all[index]
            if entry.fact and not entry.choice:
                fact = self.ruleset.facts[entry.fact]
                answer = self.v.answer(entry.fact, state)
                situation.append(f"{fact.label or fact.ask}：{shown(fact, answer)}")
            elif entry.choice and state == 0:
                situation.append(f"{self.ruleset.facts[entry.fact].label}含 {entry.choice}")
            elif not entry.fact and state == 1:
                situation.append(entry.name)
        return Finding(level, code, text, span, help, tuple(situation))

    def reached(self) -> Iterator[str]:
        """The statement ids of everything that some situation brings up."""
        for playbook in self.own:
            for step in playbook.steps:
                if self.feasible(self.relevance.wanted.get(step.key, NO)) != NO:
                    yield from step.source
            for rule in playbook.rules:
                if self.feasible(self.relevance.rule_nodes[rule.key]) != NO:
                    yield from rule.source
                    for want in rule.do:
                        yield from self.ruleset.steps[want.step].source
            for fact in playbook.facts:
                yield from fact.source


def check(library: Library, active: Sequence[str], *, durable: bool = True) -> dict[str, Any]:
    """Check some playbooks together; see `Checked.report`. BadData when they cannot be bound."""
    return Checked(library, active, durable=durable).report()


def _short(key: str) -> str:
    return key.partition(".")[2] or key


def _cited(playbook: Playbook) -> Iterator[str]:
    for step in playbook.steps:
        yield from step.source
    for rule in playbook.rules:
        yield from rule.source
    for fact in playbook.facts:
        yield from fact.source


def _printed(step: Step) -> set[str]:
    """The names that a step's own words print without testing them (its document is a draft anyway)."""
    texts = [text for text in (step.what, step.say, *step.ways) if "{" in text]
    if not texts:
        return set()
    from jinja2 import Environment, nodes

    printed: set[str] = set()

    def walk(node: nodes.Node, tested: frozenset[str]) -> None:
        if isinstance(node, (nodes.If, nodes.CondExpr)):
            # `find_all` looks below the test only, and the test may be a bare name
            tested |= {name.name for name in nodes.Output([node.test]).find_all(nodes.Name)}
        if isinstance(node, nodes.Name) and node.name not in tested:
            printed.add(node.name)
        for child in node.iter_child_nodes():
            walk(child, tested)

    for text in texts:
        for node in Environment().parse(text).body:
            walk(node, frozenset())
    return printed


__all__ = ["BadData", "Checked", "check", "concrete"]
