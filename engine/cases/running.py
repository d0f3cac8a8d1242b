"""Cases → results: each is decided by both evaluators, and a failure says why."""

from __future__ import annotations

from collections.abc import Iterable

from engine.bound import Engine, engine_for
from engine.cases.model import Case, Coverage, Failure, Result, RuleCoverage
from engine.clock import BEIJING, SimulatedClock, stamp
from engine.conditions import Answer, Situation, Verdict, evaluate, grounds, needs
from engine.fold import apply
from engine.hall import hall_values
from engine.model import Condition, Event, Happened, Known, Library, Profile, Test
from engine.plan import Plan, Timekeeper, make_plan, questions, running
from engine.ruleset import Ruleset
from engine.state import State, encode
from engine.walk import AT_ONCE
from engine.words import shown
from engine.workdays import is_workday

_OUTCOMES = {"done": "已办成", "blocked": "办不成", "overdue": "已超时", "handed": "已交代"}
_COMPARED = {"lt": "小于", "lte": "不超过", "gt": "大于", "gte": "不小于"}


def run(
    library: Library, cases: Iterable[Case], *, durable: bool = True
) -> tuple[tuple[Result, ...], tuple[Coverage, ...]]:
    """Every case's result, and what the cases of each tested playbook see of its rules."""
    results: list[Result] = []
    seen: dict[str, dict[Verdict, int]] = {}
    counts: dict[str, int] = {}
    fixed: set[str] = set()
    for case in cases:
        trial = _Trial(library, case, durable)
        results.append(Result(case.playbooks[0], case.name, str(case.span), tuple(trial.failures())))
        counts[case.playbooks[0]] = counts.get(case.playbooks[0], 0) + 1
        for key, verdict in trial.verdicts.items():
            tally = seen.setdefault(key, {True: 0, False: 0, None: 0})
            tally[verdict] += 1
            if key not in fixed and _never_false(trial.rules.rules[key].when, trial.rules):
                fixed.add(key)
    coverage = [
        Coverage(
            playbook.id,
            counts[playbook.id],
            tuple(
                RuleCoverage(
                    rule.key,
                    str(rule.span),
                    seen[rule.key][True],
                    seen[rule.key][False],
                    seen[rule.key][None],
                    rule.key in fixed,
                )
                for rule in playbook.rules
            ),
        )
        for playbook in library.playbooks
        if playbook.id in counts
    ]
    return tuple(results), tuple(coverage)


def _never_false(when: Condition, rules: Ruleset) -> bool:
    """Whether nothing can make a condition false: there is none, or it reads only what is reported."""
    heard = all(not rules.facts[key].ask and not rules.facts[key].known_from for key in needs(when))
    return heard and evaluate(when, Situation({})) is not False


def _engine(library: Library, case: Case, durable: bool) -> Engine:
    declared = [*library.vocabulary.hall, *(v for p in library.playbooks for v in p.hall)]
    return engine_for(library, case.playbooks, hall_values(declared, Profile()) | case.hall, durable)


class _Trial:
    """One case, decided."""

    def __init__(self, library: Library, case: Case, durable: bool) -> None:
        self.case = case
        self.engine = _engine(library, case, durable)
        self.rules: Ruleset = self.engine.ruleset
        self.state = _state(case)
        self.at = self.state.situation
        evaluator = self.engine.evaluator
        evaluator.differences.clear()
        holding = evaluator.compare(self.at)
        self.verdicts = {key: evaluate(bound.when, self.at) for key, bound in self.rules.rules.items()}
        by_tree = {key for key, verdict in self.verdicts.items() if verdict is True}
        self.differing = sorted((holding ^ by_tree).union(*evaluator.differences))
        self.time = Timekeeper(self.rules.values, lambda day: is_workday(day, Profile()))
        self.plan = self._opened(by_tree)

    def _opened(self, holding: set[str]) -> Plan:
        """The plan, with the steps opened that are now shown."""
        plan = make_plan(self.rules, self.state, holding, self.time)
        now = self.state.at
        assert now is not None
        for key, item in plan.wanted.items():
            live = self.state.steps.get(key)
            if item.phase != "improve" and not item.waits and (live is None or live.opened is None):
                apply(self.state, Event(self.state.seq + 1, "opened", stamp(now), 0, {"step": key}))
        return make_plan(self.rules, self.state, holding, self.time)

    # ---- expectations ---------------------------------------------------------------------------

    def failures(self) -> Iterable[Failure]:
        """Every expectation that is not met, in the order of the file's fields."""
        expected, wanted = self.case.expected, self.plan.wanted
        if self.differing:
            text = f"两个判定器在规则 {_quoted(self.differing)} 上不一致；这是程序的错，请报告"
            yield Failure("evaluators", "", text)
        for key in expected.wanted:
            if key not in wanted:
                yield Failure("wanted", key, f"应有{self._step(key)}，却没有：{self._why_not(key)}")
        for key in expected.missing:
            if key in wanted:
                yield Failure("not", key, f"不该有{self._step(key)}，却有：{self._why(wanted[key].rules)}")
        if expected.first:
            yield from self._first(expected.first)
        yield from self._asks(expected.asks)
        proposed = dict(self.plan.proposals)
        for id in expected.activates:
            if id not in proposed:
                yield Failure("activates", id, f"应建议启动 `{id}`，却没有：{self._why_not(id)}")
        if expected.ends is not None:
            yield from self._ends(expected.ends)

    def _first(self, expected: tuple[str, ...]) -> Iterable[Failure]:
        screen = [
            item.key
            for item in running(self.plan, self.state)
            if not item.waits and not self.state.steps[item.key].outcome
        ][:AT_ONCE]
        if tuple(screen[: len(expected)]) != expected:
            text = f"第一屏应从 {_quoted(map(_short, expected))} 开始，"
            text += f"现在是 {_quoted(map(_short, screen))}" if screen else "现在一步也没有"
            yield Failure("first", "", text)

    def _asks(self, expected: tuple[str, ...]) -> Iterable[Failure]:
        if not expected:
            return
        relevance = self.engine.relevance
        ready = [item.key for item in running(self.plan, self.state) if not item.waits]
        asked, _, waiting = questions(self.rules, relevance, self.state, relevance.vector(self.state), ready)
        now = [fact for _, fact in asked]
        for key in expected:
            if key in now:
                continue
            fact = self.rules.facts[key]
            if key in self.at.facts:
                reason = f"已有答案“{shown(fact, self.at.facts[key])}”"
            elif not fact.ask:
                reason = "它没有 `ask`，只听不问"
            elif key in waiting:
                finders = " 或 ".join(f"`{_short(step)}`" for step in self.rules.finders[key])
                reason = f"要等 {finders} 办成才问"
            else:
                reason = "它不会改变任何安排"
            asks = _quoted(map(_short, now)) if now else "什么也不问"
            text = f"应问“{fact.label or fact.ask}”（`{_short(key)}`），却没问：{reason}；现在问：{asks}"
            yield Failure("asks", key, text)

    def _ends(self, expected: bool) -> Iterable[Failure]:
        ends = next(p.ends_in for p in self.rules.playbooks if p.id == self.case.playbooks[0])
        wanted = [key for key in ends if key in self.plan.wanted]
        if expected and not wanted:
            reasons = "；".join(f"`{_short(key)}` {self._why_not(key)}" for key in ends)
            yield Failure("ends", "", f"应有了结的步骤，却没有：{reasons or '剧本没有写 `ends_in`'}")
        elif not expected and wanted:
            reasons = "；".join(self._why(self.plan.wanted[key].rules) for key in wanted)
            yield Failure(
                "ends", wanted[0], f"还不该有了结的步骤，却有 {_quoted(map(_short, wanted))}：{reasons}"
            )

    # ---- reasons --------------------------------------------------------------------------------

    def _step(self, key: str) -> str:
        return f"“{self.rules.steps[key].what}”（`{_short(key)}`）"

    def _why(self, rules: Iterable[str]) -> str:
        parts = []
        for key in rules:
            bound = self.rules.rules[key]
            found = dict.fromkeys(self._ground(leaf, now=False) for leaf, _ in grounds(bound.when, self.at))
            parts.append(f"{self._rule(key)}成立，因为{'、'.join(found) or '它没有条件'}")
        return "；".join(parts)

    def _why_not(self, name: str) -> str:
        """Why no rule wants a step, or proposes a playbook."""
        reasons = self.rules.reasons.get(name)
        keys = [reason.rule for reason in reasons] if reasons else self.rules.activations.get(name, [])
        if not keys:
            return "没有规则用到它" if name in self.rules.steps else "没有规则会建议它，或它已在启用"
        parts = []
        for key in dict.fromkeys(keys):
            carrying = grounds(self.rules.rules[key].when, self.at)
            found = dict.fromkeys(self._ground(leaf, now=True) for leaf, _ in carrying)
            undecided = "还定不了，缺" if self.verdicts[key] is None else "不成立，卡在"
            parts.append(f"{self._rule(key)}{undecided} {'、'.join(found)}")
        return "；".join(parts)

    def _rule(self, key: str) -> str:
        span = self.rules.rules[key].rule.span
        return f"规则 `{_short(key)}`（{span.file}:{span.line}）"

    def _ground(self, leaf: Test | Known | Happened, *, now: bool) -> str:
        """What a comparison asks, and (`now`) what is the case."""
        if isinstance(leaf, Happened):
            fact = self.rules.facts.get(leaf.name)
            step = self.rules.steps.get(leaf.name)
            what = fact.label if fact else step.what if step else leaf.name
            asks = f"“{what}”{_OUTCOMES[leaf.kind]}"
            return (
                f"{asks}（{'是' if (leaf.kind, leaf.name) in self.at.happened else '没有'}）" if now else asks
            )
        fact = self.rules.facts[leaf.fact]
        label = fact.label or fact.ask
        if isinstance(leaf, Known):
            asks = f"{label}有答案"
        elif leaf.op != "in":
            asks = f"{label}{_COMPARED[leaf.op]}{leaf.values[0]}{fact.unit}"
        else:
            many = fact.kind == "many"
            said = (shown(fact, Answer("known", frozenset((str(v),)) if many else v)) for v in leaf.values)
            asks = f"{label}={'或'.join(said)}"
        answer = self.at.facts.get(leaf.fact)
        return f"{asks}（现为{shown(fact, answer)}）" if now or isinstance(leaf, Known) else asks


def _state(case: Case) -> State:
    """The folded state that the case describes."""
    state = State()
    at = SimulatedClock().now().astimezone(BEIJING)

    def put(kind: str, data: dict[str, object]) -> None:
        # given, not decided: nothing here is an act that could be taken back
        apply(state, Event(state.seq + 1, kind, stamp(at), 0, data))

    put("begun", {"mode": "drill", "title": case.name, "playbooks": list(case.playbooks)})
    for key, answer in case.facts.items():
        put("answered", {"fact": key, **encode(answer)})
    for key, outcome in case.outcomes:
        if outcome == "overdue" and key in case.facts:
            put("overdue", {"fact": key})
        elif outcome == "overdue":
            put("opened", {"step": key})
            put("overdue", {"step": key})
        else:
            put("marked", {"step": key, "outcome": outcome})
    return state


def _short(key: str) -> str:
    return key.partition(".")[2] or key


def _quoted(names: Iterable[str]) -> str:
    return "、".join(f"`{name}`" for name in names)
