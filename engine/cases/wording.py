"""An expectation that is not met, in a sentence: what was expected, what is, and which rule is why."""

from __future__ import annotations

from collections.abc import Iterable

from engine.cases.model import Failure
from engine.cases.mutants import short
from engine.cases.trial import Trial
from engine.comparisons import compared
from engine.conditions import grounds
from engine.model import Happened, Known, Test
from engine.words import shown


class Wording:
    """Words the failures of one case."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.rules, self.made = trial, trial.rules, trial.decision
        self.expected = trial.case.expected

    def failure(self, expectation: str, subject: str) -> Failure:
        """The sentence for what `judging.unmet` found."""
        return Failure(expectation, subject, self._said(expectation, subject))

    def _said(self, expectation: str, subject: str) -> str:
        made = self.made
        match expectation:
            case "wanted" | "not" | "only":
                if subject not in made.steps:
                    return f"应有{self._step(subject)}，却没有：{self._why_not(subject)}"
                text = f"不该有{self._step(subject)}，却有：{self._why(made.plan.wanted[subject].rules)}"
                return f"{text}（`only` 里没有它）" if expectation == "only" else text
            case "first":
                text = f"第一屏应从 {quoted(map(short, self.expected.first))} 开始，"
                screen = quoted(map(short, made.screen))
                return text + (f"现在是 {screen}" if screen else "现在一步也没有")
            case "asks" | "not_asks":
                return self._asks(subject)
            case "activates":
                return f"应建议启动 `{subject}`，却没有：{self._why_not(subject)}"
            case "not_activates":
                rules = next(rules for id, rules in made.plan.proposals if id == subject)
                return f"不该建议启动 `{subject}`，却建议了：{self._why(rules)}"
            case "documents":
                issued = dict.fromkeys(
                    step.issue for key in made.plan.wanted if (step := self.rules.steps[key]).issue
                )
                return f"应发文书 `{subject}`，却不发；现在发：{quoted(issued) or '没有'}"
            case "due":
                return self._due(subject)
            case "closable":
                return self._closable()
            case _:
                return self._ends(subject)

    def _asks(self, key: str) -> str:
        fact = self.rules.facts[key]
        asked, waiting = self.made.asked
        what = self._fact(key)
        if key in asked:
            return f"不该问{what}，却问了"
        if key in self.trial.at.facts:
            reason = f"已有答案“{shown(fact, self.trial.at.facts[key])}”"
        elif not fact.ask:
            reason = "它没有 `ask`，只听不问"
        elif key in waiting:
            finders = " 或 ".join(f"`{short(step)}`" for step in self.rules.finders[key])
            reason = f"要等 {finders} 办成才问"
        else:
            reason = "它不会改变任何安排"
        return f"应问{what}，却没问：{reason}；现在问：{quoted(map(short, asked)) or '什么也不问'}"

    def _due(self, key: str) -> str:
        wanted = dict(self.expected.due)[key][:16].replace("T", " ")
        item = self.made.plan.wanted.get(key)
        if item is None:
            return f"{self._step(key)}应在 {wanted} 到期，却没有这一步：{self._why_not(key)}"
        now = f"现在是 {item.due:%Y-%m-%d %H:%M}" if item.due else "现在没有期限，或还没开始计时"
        return f"{self._step(key)}应在 {wanted} 到期，{now}"

    def _closable(self) -> str:
        left = self.made.unsettled()
        if not left:
            return "还不该能结束，却没有什么要办了"
        waits = "、".join(self._step(key) if key in self.rules.steps else self._fact(key) for key in left)
        return f"应能结束，却还要办或等：{waits}"

    def _fact(self, key: str) -> str:
        fact = self.rules.facts[key]
        return f"“{fact.label or fact.ask}”（`{short(key)}`）"

    def _ends(self, found: str) -> str:
        ends = next(p.ends_in for p in self.rules.playbooks if p.id == self.trial.case.playbooks[0])
        if not found:
            reasons = "；".join(f"`{short(key)}` {self._why_not(key)}" for key in ends)
            return f"应有了结的步骤，却没有：{reasons or '剧本没有写 `ends_in`'}"
        wanted = [key for key in ends if key in self.made.steps]
        reasons = "；".join(self._why(self.made.plan.wanted[key].rules) for key in wanted)
        return f"还不该有了结的步骤，却有 {quoted(map(short, wanted))}：{reasons}"

    def _step(self, key: str) -> str:
        return f"“{self.rules.steps[key].what}”（`{short(key)}`）"

    def _why(self, rules: Iterable[str]) -> str:
        parts = []
        for key in rules:
            bound = self.rules.rules[key]
            carrying = grounds(bound.when, self.trial.at)
            # a rule may also hold because something is not so, or not known yet
            found = dict.fromkeys(
                {False: "并非", None: "还没说定"}.get(verdict, "")
                + self._ground(leaf, now=verdict is not True)
                for leaf, verdict in carrying
            )
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
            carrying = grounds(self.rules.rules[key].when, self.trial.at)
            found = dict.fromkeys(self._ground(leaf, now=True) for leaf, _ in carrying)
            undecided = "还定不了，缺" if self.trial.verdicts[key] is None else "不成立，卡在"
            parts.append(f"{self._rule(key)}{undecided} {'、'.join(found)}")
        return "；".join(parts)

    def _rule(self, key: str) -> str:
        span = self.rules.rules[key].rule.span
        return f"规则 `{short(key)}`（{span.file}:{span.line}）"

    def _ground(self, leaf: Test | Known | Happened, *, now: bool) -> str:
        """What a comparison asks and (`now`) what is the case."""
        steps = self.rules.steps
        asks, is_, _ = compared(
            leaf, self.trial.at, self.rules.facts, lambda key: steps[key].what if key in steps else key
        )
        return f"{asks}（现为{is_}）" if now else asks


def quoted(names: Iterable[str]) -> str:
    """Names in a row."""
    return "、".join(f"`{name}`" for name in names)
