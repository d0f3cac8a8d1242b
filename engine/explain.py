"""Why a step is wanted, why a rule does not hold, what an answer would change: data, not text."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.comparisons import Comparison, compared
from engine.conditions import Answer, Situation, Verdict, evaluate, grounds, needs
from engine.errors import NotFound, UsageError
from engine.model import PHASE_TITLES, Happened, Known, Test
from engine.session import Session
from engine.sources import source_texts
from engine.words import shown


class Ground(msgspec.Struct, frozen=True):
    """One comparison of a condition: `asks` what it tests, `is_` what is the case, and its verdict."""

    asks: str
    is_: str = msgspec.field(name="is")
    verdict: Verdict = None
    name: str = ""


class Reason(msgspec.Struct, frozen=True):
    """A rule with what carries its verdict. `needs`: facts that are still missing."""

    rule: str
    playbook: str
    phase: str
    verdict: Verdict
    place: str
    grounds: tuple[Ground, ...] = ()
    needs: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()


class Effect(msgspec.Struct, frozen=True):
    """How another answer changes the plan: keys of steps and playbooks."""

    fact: str
    value: str
    steps_added: tuple[str, ...] = ()
    steps_gone: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()


def why(session: Session, step: str) -> tuple[Reason, ...]:
    """The rules that want a step now, or (none does) those that could. NotFound: no such step."""
    key = session.ruleset.resolve(step, "step")
    if key is None or key not in session.ruleset.reasons:
        raise NotFound(
            f"启用的剧本里没有步骤 `{step}`", f"用 zhiban incident show {session.id} --json 看步骤名"
        )
    item = session.plan.wanted.get(key)
    rules = item.rules if item else tuple(reason.rule for reason in session.ruleset.reasons[key])
    sources = session.ruleset.steps[key].source
    return tuple(_reason(session, rule, sources) for rule in dict.fromkeys(rules))


def why_not(session: Session, rule: str) -> tuple[Reason, ...]:
    """What blocks a rule, or the facts it still needs; a step's name stands for all its rules."""
    ruleset = session.ruleset
    if rule in ruleset.rules:
        keys = [rule]
    else:
        keys = [key for key in ruleset.rules if key.rpartition(".")[2] == rule]
    if not keys:
        step = ruleset.resolve(rule, "step")
        keys = [reason.rule for reason in ruleset.reasons.get(step or "", ())]
    if not keys:
        raise NotFound(f"启用的剧本里没有规则 `{rule}`", "规则名见 w 的说明，或剧本文件")
    return tuple(_reason(session, key, ruleset.rules[key].rule.source) for key in dict.fromkeys(keys))


def what_if(session: Session, fact: str, answer: Answer) -> Effect:
    """The steps that would come and go if the fact were answered so, everything else as it is."""
    ruleset, state = session.ruleset, session.state
    declared = ruleset.facts.get(fact)
    if declared is None:
        raise NotFound(f"没有事实 `{fact}`", "")
    if declared.when is not None:
        raise UsageError(f"`{fact}` 由别的事实推出，不能直接假设", "改为假设它所依据的事实")
    before = state.situation
    after = Situation({**before.facts, fact: answer}, before.happened)
    held, holding = ruleset.holding(before), ruleset.holding(after)
    return Effect(
        fact,
        shown(declared, answer),
        tuple(name for name in _steps(session, holding) if name not in _steps(session, held)),
        tuple(name for name in _steps(session, held) if name not in _steps(session, holding)),
        tuple(name for name in _proposed(session, holding) if name not in _proposed(session, held)),
    )


def why_asked(session: Session, fact: str) -> tuple[str, ...]:
    """The keys of unsettled steps whose rules or words depend on a fact, in the order of their rules."""
    found: dict[str, None] = {}
    for bound in session.ruleset.rules.values():
        reads = fact in needs(bound.when) and evaluate(bound.when, session.state.situation) is None
        for want in bound.rule.do:
            live = session.state.steps.get(want.step)
            if (live is None or not live.settled) and (
                reads or fact in session.ruleset.steps[want.step].uses
            ):
                found[want.step] = None
    return tuple(found)


def describe(session: Session, leaf: Test | Known | Happened) -> Comparison:
    """What a comparison asks, what is the case, and the name it is about."""
    ruleset = session.ruleset

    def step_words(key: str) -> str:
        step = ruleset.steps.get(key)
        return session.words().fill(step.what) if step else key

    return compared(leaf, session.state.situation, ruleset.facts, step_words)


def _reason(session: Session, rule: str, sources: Iterable[str]) -> Reason:
    bound = session.ruleset.rules[rule]
    situation = session.state.situation
    verdict = evaluate(bound.when, situation)
    found = []
    for leaf, truth in grounds(bound.when, situation):
        asks, now, name = describe(session, leaf)
        ground = Ground(asks, now, truth, name)
        if ground not in found:
            found.append(ground)
    known = source_texts()
    cited = dict.fromkeys((*sources, *bound.rule.source))
    return Reason(
        rule,
        bound.playbook,
        PHASE_TITLES[bound.rule.phase],
        verdict,
        f"{bound.rule.span.file}:{bound.rule.span.line}",
        tuple(found),
        tuple(dict.fromkeys(ground.name for ground in found)) if verdict is None else (),
        tuple((name, "本厅自定，不出自原文" if name == "own" else known.get(name, "")) for name in cited),
    )


def _steps(session: Session, rules: Iterable[str]) -> list[str]:
    ruleset = session.ruleset
    ordered = sorted(rules, key=ruleset.rank)
    return list(dict.fromkeys(want.step for key in ordered for want in ruleset.rules[key].rule.do))


def _proposed(session: Session, rules: Iterable[str]) -> list[str]:
    found = (name for key in sorted(rules) for name in session.ruleset.rules[key].rule.activate)
    settled = {*session.state.active, *session.state.declined}
    return [name for name in dict.fromkeys(found) if name not in settled]
