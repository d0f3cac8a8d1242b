"""What only shows when everything is read: cycles, polarity, deadlines that cannot pass, loose ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.conditions import bind
from engine.disjuncts import disjuncts
from engine.errors import BadData
from engine.model import Deadline, Rule, Step
from engine.reader.report import Desk
from engine.reader.scope import Scope, Shared
from engine.reader.times import later


def cycles(desk: Desk, scope: Scope) -> None:
    """Report each cycle of derived facts once."""
    graph: dict[str, dict[str, None]] = {}
    for use in scope.uses:
        if use.reader:
            graph.setdefault(use.reader, {})[use.fact] = None
    spans = {fact.key: fact.span for fact in scope.facts.values()}
    for cycle in _find_cycles({key: list(reads) for key, reads in graph.items()}):
        names = " → ".join(f"`{key.removeprefix(scope.prefix)}`" for key in (*cycle, cycle[0]))
        desk.error("fact-cycle", spans[cycle[0]], f"推出的事实互相循环：{names}", "让其中一个改为询问")


def after_cycles(desk: Desk, steps: Iterable[Step]) -> None:
    """Report steps that wait for each other."""
    by_key = {step.key: step for step in steps}
    for cycle in _find_cycles({step.key: list(step.after) for step in by_key.values()}):
        names = " → ".join(f"`{key.rpartition('.')[2]}`" for key in (*cycle, cycle[0]))
        text = f"步骤互相等待：{names}"
        desk.error("after-cycle", by_key[cycle[0]].span, text, "删掉其中一个 `after`")


def _find_cycles(graph: Mapping[str, list[str]]) -> list[list[str]]:
    """Cycles met by a depth-first walk; without recursion, for a chain may be long."""
    state: dict[str, int] = {}  # 1 on the path, 2 finished
    found: list[list[str]] = []
    for start in graph:
        if start in state:
            continue
        path, rest = [start], [iter(graph[start])]
        state[start] = 1
        while path:
            following = next(rest[-1], None)
            if following is None:
                state[path.pop()] = 2
                rest.pop()
            elif state.get(following) == 1:
                found.append(path[path.index(following) :])
            elif following in graph and following not in state:
                state[following] = 1
                path.append(following)
                rest.append(iter(graph[following]))
    return found


def polarity(desk: Desk, scope: Scope) -> None:
    """Report derived facts with an outcome inside that are used against their sign.

    Outcomes directly under `not` were reported where they stand, so inside derived facts they
    count only positively; what remains is a derived fact tested `no`.
    """
    inside = set(scope.outcomes)
    grown = True
    while grown:
        more = {use.reader for use in scope.uses if use.reader and use.fact in inside} - inside
        inside |= more
        grown = bool(more)
    scope.outcomes |= inside
    for use in scope.uses:
        if use.fact in inside and use.sign != "+":
            name = use.fact.removeprefix(scope.prefix)
            help = "把它的条件拆开，只对事实写 `no`；做过的事不能使别的事变成该做或不该做"
            desk.about(use.owner).error(
                "negated-outcome", use.span, f"`{name}` 的条件里有步骤的结果，不能用它的否定", help
            )


def deadlines(desk: Desk, scope: Scope, steps: Iterable[Step], rules: Iterable[Rule]) -> None:
    """Report `overdue` of steps without a deadline, and references that loosen one."""
    declared: dict[str, Deadline | None] = {step.key: step.within for step in steps}
    timed = {key for key, within in declared.items() if within}
    for rule in rules:
        for want in rule.do:
            if want.within is None:
                continue
            timed.add(want.step)
            own = declared.get(want.step)
            if own and own.origin == want.within.origin and later(want.within.due, own.due):
                text = f"步骤 `{want.step.rpartition('.')[2]}` 的 `within` 比声明的还长"
                desk.about(_owner(rule)).error("loosened", rule.span, text, "引用时只能要得更快")
    for key, span, owner in scope.overdue:
        if key in declared and key not in timed:
            text = f"步骤 `{key.rpartition('.')[2]}` 没有期限，不会超时"
            desk.about(owner).error("never-overdue", span, text, "给它写上 `within`")


def too_wide(desk: Desk, scope: Scope, rules: Iterable[Rule]) -> None:
    """Report conditions with more alternatives than the matcher takes; called when nothing else is wrong."""
    facts = {fact.key: fact for fact in scope.facts.values()}
    numbers = dict.fromkeys(scope.hall, 1)  # their size does not change how many alternatives there are
    for rule in rules:
        try:
            disjuncts(bind(rule.when, facts, numbers), facts)
        except BadData as error:
            desk.about(_owner(rule)).error("too-many-alternatives", rule.span, error.message, error.help)


def follow_ups(desk: Desk, steps: Mapping[str, Step], rules: Iterable[Rule]) -> None:
    """A step wanted in `improve` must say who does it, by when, and what proves it."""
    seen = set()
    for rule in rules:
        for want in rule.do if rule.phase == "improve" else ():
            step = steps.get(want.step)
            if step is None or step.key in seen:
                continue
            seen.add(step.key)
            present = {"who": step.who, "within": step.within or want.within, "evidence": step.evidence}
            for field, value in present.items():
                if not value:
                    text = f"长效改进的步骤缺少 `{field}`"
                    help = "写上谁负责（who）、多久以内（within）、拿什么证明（evidence）"
                    name = step.key.rpartition(".")[2]
                    desk.about(f"步骤 `{name}`").error("incomplete-follow-up", step.span, text, help)


def unused_steps(desk: Desk, own: Iterable[Step], rules: Iterable[Rule]) -> None:
    """Remark on steps that no rule wants."""
    wanted = {want.step for rule in rules for want in rule.do}
    for step in own:
        if step.key not in wanted:
            desk.about(f"步骤 `{step.key.rpartition('.')[2]}`").warn(
                "unused-step", step.span, "没有规则要做它", "写进某条规则的 `do`，或删掉"
            )


def asking_order(own: list[str], scope: Scope, shared: Shared, rules: Iterable[Rule]) -> tuple[str, ...]:
    """All facts that a playbook names, its own listing first, then the vocabulary's in its order."""
    named = {use.fact for use in scope.uses}
    for rule in rules:
        for want in rule.do:
            step = shared.steps.get(want.step)
            if step:
                named |= {*step.uses, *step.finds}
                named |= {step.within.origin} if step.within else set()
    named = shared.closure(named)
    return tuple(dict.fromkeys([*own, *(fact.key for fact in shared.vocabulary.facts if fact.key in named)]))


def _owner(rule: Rule) -> str:
    return f"规则 `{rule.key.partition('.')[2]}`"
