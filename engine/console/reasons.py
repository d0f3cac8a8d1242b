"""Explanations on the screen: why a step, why a question, why not a rule, what if."""

from __future__ import annotations

from engine import explain, walk
from engine.console import replies
from engine.console.screens import Screens
from engine.errors import UsageError
from engine.session import Session
from engine.sources import source_texts


def show_step(session: Session, screens: Screens, key: str) -> None:
    """The rules behind a step, the facts that made them true, where they stand and what they come from."""
    t, step = screens.t, session.ruleset.steps[key]
    t.line(f"为什么要“{screens.words(step)}”：", "title")
    _reasons(screens, explain.why(session, key))


def _reasons(screens: Screens, reasons: tuple[explain.Reason, ...]) -> None:
    t = screens.t
    sources: dict[str, str] = {}
    for reason in reasons:
        verdict = {True: "成立", False: "不成立", None: "还不能定"}[reason.verdict]
        t.line(f"规则 {reason.rule}（{reason.phase}，{verdict}） {reason.place}", first="   ")
        if not reason.grounds:
            t.line("任何情况下都要做", first="     ")
        for ground in reason.grounds:
            t.line(_told(reason, ground), first="     ")
        sources.update(reason.sources)
    for name, text in sources.items():
        t.line(f"出处 {name}{'：' + text if text else ''}", "quiet", first="   ")


def _told(reason: explain.Reason, ground: explain.Ground) -> str:
    """One comparison in words; a rule may also hold because something is not so, or not known yet."""
    now = f"（现在：{ground.is_}）"
    if reason.verdict is True:
        if ground.verdict is True:
            return f"因为 {ground.asks}"
        return (
            f"因为 并非 {ground.asks}{now}"
            if ground.verdict is False
            else f"因为 还没说定 {ground.asks}{now}"
        )
    return f"{'不符' if reason.verdict is False else '还缺'} {ground.asks}{now}"


def show_question(session: Session, screens: Screens, fact: str) -> None:
    """What depends on the question that is being asked."""
    screens.t.line("问这个，是因为它决定要不要做：", "title")
    steps = explain.why_asked(session, fact)
    for key in steps[:6]:
        screens.t.line(screens.words(session.ruleset.steps[key]), first=" ● ")
    if len(steps) > 6:
        screens.t.line(f"等 {len(steps)} 件", first="   ")
    declared = session.ruleset.facts[fact]
    known = source_texts()
    for name in declared.source:
        text = "本厅自定，不出自原文" if name == "own" else known.get(name, "")
        screens.t.line(f"出处 {name}{'：' + text if text else ''}", "quiet", first="   ")


def show_rule(session: Session, screens: Screens, rule: str) -> bool:
    """What blocks a rule or what it still needs."""
    if not rule:
        raise UsageError("哪条规则？", "写成 why-not 规则名；规则名用 w 看")
    _reasons(screens, explain.why_not(session, rule))
    return True


def effect(session: Session, text: str) -> explain.Effect:
    """`fact=value` as people or files write it → its effect."""
    name, equals, value = text.replace("＝", "=").partition("=")
    if not equals or not name.strip() or not value.strip():
        raise UsageError("写成 what-if 事实=值", "例如：what-if 有可先开的非办公区=是")
    key = session.ruleset.resolve(name.strip(), "fact")
    if key is None:
        like = [f.key for f in session.ruleset.facts.values() if name.strip() in (f.label, f.ask)]
        if not like:
            raise UsageError(f"没有事实 `{name.strip()}`", "写事实名或 f 里看到的名称")
        key = like[0]
    fact = session.ruleset.facts[key]
    reply = replies.question(value.strip(), fact, walk.options(fact), session.clock.now())
    if not isinstance(reply, replies.Chosen):
        choices = "、".join(label for label, _ in walk.options(fact))
        raise UsageError(f"`{value.strip()}` 不是“{fact.label}”的值", f"可以写：{choices}")
    return explain.what_if(session, key, reply.answer)


def show_effect(session: Session, screens: Screens, text: str) -> bool:
    """How the plan would change."""
    found, t, ruleset = effect(session, text), screens.t, session.ruleset
    t.line(f"如果“{ruleset.facts[found.fact].label}”是“{found.value}”：", "title")
    for lead, keys in (("多做", found.steps_added), ("不做", found.steps_gone)):
        for key in keys:
            t.line(screens.words(ruleset.steps[key]), first=f"   {lead} ")
    for playbook in found.proposed:
        title = next((p.title for p in session.library.playbooks if p.id == playbook), playbook)
        t.line(f"建议启用：{title}", first="   ")
    if not (found.steps_added or found.steps_gone or found.proposed):
        t.line("要做的事不变", first="   ")
    return True
