"""What is wrong with a drill that can be read: what cannot happen, gives itself away, cannot be scored."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from engine.drill.model import Drill, Trigger
from engine.model import Finding, Library, Span
from engine.practice.model import Bank
from engine.reader.report import Desk, Findings, suggest
from engine.triage import heard_facts

TOTAL = 100  # marks
LEAST_SHARED = 8  # signs of a hidden answer that stand elsewhere: it has been given away


def check(drill: Drill, library: Library, bank: Bank) -> tuple[Finding, ...]:
    """Everything that a reader can see without playing; `trial` plays it as well."""
    findings = Findings()
    checker = _Check(drill, library, bank, Desk(findings))
    checker.weights()
    checker.times()
    checker.circles()
    checker.wanted()
    checker.answers()
    checker.faults()
    checker.leaks()
    return findings.sorted()


class _Check:
    """The checks of one drill."""

    def __init__(self, drill: Drill, library: Library, bank: Bank, desk: Desk) -> None:
        self.drill, self.library, self.bank, self.desk = drill, library, bank, desk
        active = {*drill.playbooks, "always"}
        self.playbooks = [book for book in library.playbooks if book.id in active]

    def weights(self) -> None:
        """Marks make 100, and every objective can be rated."""
        drill = self.drill
        total = sum(entry.weight for entry in drill.expectations)
        if total != TOTAL:
            self.desk.error("weights", drill.span, f"各条要求一共 {total} 分", f"合计要 {TOTAL} 分")
        rated = {entry.objective for entry in drill.expectations}
        for objective in drill.objectives:
            if objective.id not in rated:
                text = f"目标 `{objective.id}` 没有一条要求，评不出来"
                self.desk.error("unrated", objective.span, text, f"给一条要求写 `for: {objective.id}`")
        for entry in drill.expectations:
            if not entry.weight:
                self.desk.error("no-weight", entry.span, f"要求 `{entry.id}` 是 0 分", "写上分值，或删掉它")
            if entry.late and not entry.within:
                help = "写上 `within`，或删掉 `late`"
                self.desk.error(
                    "late-without", entry.span, f"要求 `{entry.id}` 有 `late` 没有 `within`", help
                )
            if others := set(entry.roles) - set(drill.roles):
                text = f"要求 `{entry.id}` 的岗位 {'、'.join(sorted(others))} 没有人担任"
                self.desk.error("nobody", entry.span, text, "加进 `roles`，或换一个岗位")
        for inject in drill.injects:
            if others := set(inject.to) - set(drill.roles):
                text = f"情况 `{inject.id}` 只给 {'、'.join(sorted(others))}，没有人担任"
                self.desk.error("nobody", inject.span, text, "加进 `roles`，或删掉 `to`")

    def times(self) -> None:
        """What is set for after the end does not come."""
        end = self.drill.minutes * 60
        spots = [(f"情况 `{i.id}`", i.when, i.span) for i in self.drill.injects]
        spots += [(f"要求 `{e.id}`", e.since, e.span) for e in self.drill.expectations]
        for what, trigger, span in spots:
            if trigger.at is not None and trigger.at >= end:
                text = f"{what}在结束以后：全场只有 {self.drill.minutes} 分钟"
                self.desk.error("too-late", span, text, "改早一些，或把 `minutes` 改大")
        for takes in self.drill.takes:
            if takes.chance > 100:
                self.desk.error("bad-chance", takes.span, f"可能性 {takes.chance} 大于百分之百", "0 到 100")
            if (takes.fails or takes.chance) and not takes.reason:
                text = f"步骤 `{takes.step}` 会不成，却没有写 `why`"
                self.desk.error("no-reason", takes.span, text, "写上参演人听到的原因")
            if takes.chance >= 100 and takes.seconds:
                text = f"步骤 `{takes.step}` 总是不成，`time` 用不上"
                self.desk.error("never-done", takes.span, text, "把 `chance` 改小，或删掉 `time`")

    def circles(self) -> None:
        """What waits for itself never comes."""
        graph: dict[str, set[str]] = {}
        places: dict[str, Span] = {}
        for inject in self.drill.injects:
            graph[f"情况 {inject.id}"] = set(_waits(inject.when))
            places[f"情况 {inject.id}"] = inject.span
        for entry in self.drill.expectations:
            graph[f"要求 {entry.id}"] = set(_waits(entry.since))
            places[f"要求 {entry.id}"] = entry.span
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            ring = [str(name) for name in error.args[1]]
            text = f"绕成了圈，谁也不会来：{' → '.join(ring)}"
            self.desk.error("circle", places.get(ring[0], self.drill.span), text, "让其中一个按时刻来")
        for inject in self.drill.injects:
            for trigger in inject.unless:
                if trigger.on == "fired" and trigger.name == inject.id:
                    self.desk.error("circle", inject.span, f"情况 `{inject.id}` 被自己挡住了", "删掉它")

    def wanted(self) -> None:
        """Steps that no rule asks for cannot be expected."""
        asked = {want.step for book in self.playbooks for rule in book.rules for want in rule.do}
        follow = {
            want.step
            for book in self.playbooks
            for rule in book.rules
            if rule.phase == "improve"
            for want in rule.do
        }
        for entry in self.drill.expectations:
            if entry.steps and not asked & set(entry.steps):
                names = "、".join(entry.steps)
                self.desk.error(
                    "never-wanted", entry.span, f"剧本里没有哪条规则要 {names}", "换成剧本要的步骤"
                )
            if entry.steps and set(entry.steps) <= follow:
                text = f"要求 `{entry.id}` 是长效改进的步骤，当场办不了"
                self.desk.error("follow-up", entry.span, text, "换成当场要办的步骤")
        for takes in self.drill.takes:
            if takes.step not in asked:
                self.desk.error("never-wanted", takes.span, f"剧本里没有哪条规则要 {takes.step}", "删掉它")

    def answers(self) -> None:
        """What is told or asked for needs a truth."""
        drill = self.drill
        have = {truth.fact for truth in drill.truth} | set(drill.known)
        for inject in drill.injects:
            for fact in inject.reveals:
                if fact not in have | set(inject.sets):
                    text = f"情况 `{inject.id}` 要说出 `{fact}`，却没有它的实情"
                    self.desk.error("no-truth", inject.span, text, "写进 `truth`，或写进这条的 `set`")
        for entry in drill.expectations:
            lacking = set(entry.facts) - have - {f for inject in drill.injects for f in inject.sets}
            if entry.facts and lacking == set(entry.facts):
                text = f"要求 `{entry.id}` 问的事没有实情，问了也没有答案"
                self.desk.error("no-truth", entry.span, text, "写进 `truth`")
            if entry.facts and set(entry.facts) <= set(drill.known):
                text = f"要求 `{entry.id}` 问的事开场就知道"
                self.desk.error("known-already", entry.span, text, "从 `known` 移到 `truth`")
        for truth in drill.truth:
            if truth.fact in drill.known:
                text = f"`{truth.fact}` 开场就知道，不是实情"
                self.desk.error("known-already", truth.span, text, "`known` 和 `truth` 只留一处")

    def faults(self) -> None:
        """Points and faults of the practice questions that the drill names."""
        points = [point.id for question in self.bank.questions for point in question.points]
        faults = [fault.id for question in self.bank.questions for fault in question.faults]
        for entry in self.drill.expectations:
            for id in entry.points:
                if id not in points:
                    text = f"没有采分点 `{id}`"
                    self.desk.error("unknown-point", entry.span, text, suggest(id, points))
        for harm in self.drill.harms:
            if harm.fault and harm.fault not in faults:
                text = f"没有失分点 `{harm.fault}`"
                self.desk.error("unknown-fault", harm.span, text, suggest(harm.fault, faults))
            if not harm.minus:
                self.desk.error("no-weight", harm.span, f"`{harm.id}` 扣 0 分", "写上扣几分")

    def leaks(self) -> None:
        """Texts that say what is still hidden when they are shown."""
        drill = self.drill
        hidden = {truth.fact: truth.told for truth in drill.truth if len(truth.told) >= LEAST_SHARED}
        shown: list[tuple[str, str, Span, set[str]]] = [
            ("开场的话", drill.scene, drill.span, set()),
            ("题目", drill.title, drill.span, set()),
        ]
        shown += [(f"情况 `{i.id}`", i.tell, i.span, {*i.reveals}) for i in drill.injects]
        for harm in drill.harms:
            shown += [(f"不该做的事 `{harm.id}`", text, harm.span, set()) for text in (harm.what, harm.tell)]
        steps = {step.key: step for book in self.playbooks for step in book.steps}
        steps |= {step.key: step for step in self.library.vocabulary.steps}
        for takes in drill.takes:  # who does a step learns what it finds
            finds = set(steps[takes.step].finds) if takes.step in steps else set()
            shown += [
                (f"步骤 `{takes.step}` 的回话", text, takes.span, finds)
                for text in (takes.told, takes.reason)
            ]
        for what, text, span, told in shown:
            for fact, words in hidden.items():
                if fact not in told and _shared(words, text):
                    self.desk.error(
                        "leak", span, f"{what}已经说出了 `{fact}` 的答案", "改掉这句话，或写进 `reveal`"
                    )
        self._heard("开场的话", drill.scene, drill.span, set(drill.known))
        self._heard("题目", drill.title, drill.span, set(drill.known))
        told = set(drill.known)
        for inject in drill.injects:  # what an earlier one has told is no secret any more
            told |= {*inject.reveals}
            self._heard(f"情况 `{inject.id}`", inject.tell, inject.span, told)

    def _heard(self, what: str, text: str, span: Span, told: set[str]) -> None:
        """Facts that zhiban itself would hear in a text, and that are so, are known from then on."""
        now = {truth.fact: truth.value for truth in self.drill.truth}
        now |= {fact: value for inject in self.drill.injects for fact, value in inject.sets.items()}
        facts = [*self.library.vocabulary.facts, *(fact for book in self.playbooks for fact in book.facts)]
        for heard in heard_facts(text, facts):
            value = now.get(heard.fact)
            so = heard.value in value if isinstance(value, frozenset) else heard.value == value
            if heard.fact in now and heard.fact not in told and so:
                help = "写进 `known` 或这条的 `reveal`，或换一种说法"
                self.desk.warn("leak", span, f"{what}里听得出 `{heard.fact}`，却算作还不知道", help)


def _waits(trigger: Trigger) -> Iterable[str]:
    if trigger.on == "fired":
        yield f"情况 {trigger.name}"
    elif trigger.on in ("met", "unmet", "said"):
        yield f"要求 {trigger.name}"


def _shared(words: str, text: str) -> bool:
    """Whether a stretch of the words stands in the text."""
    return any(words[at : at + LEAST_SHARED] in text for at in range(len(words) - LEAST_SHARED + 1))
