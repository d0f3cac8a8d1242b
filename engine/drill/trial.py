"""A drill tried out before people play it: scripted trainees must come out in the right order.

What `check` cannot see without playing: expectations that nobody can meet, facts that nobody knows, injects
that never come, a drill in which nothing turns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from engine.drill.check import TOTAL
from engine.drill.model import Drill
from engine.drill.script import Run, run_script
from engine.drill.trainees import TITLES
from engine.model import Finding, Library
from engine.practice.model import Bank
from engine.reader.report import Findings

SCRIPTED = {name: TITLES[name] for name in ("perfect", "silent", "harmful")}


class Trial(NamedTuple):
    """The totals of the scripted trainees and what they showed."""

    totals: Mapping[str, float]
    findings: tuple[Finding, ...]


def trial(drill: Drill, library: Library, bank: Bank) -> Trial:
    """Play the drill; one that `check` finds faulty need not be tried."""
    runs = {who: run_script(drill, library, who, bank=bank) for who in SCRIPTED}
    findings = Findings()
    _unmet(drill, runs["perfect"], findings)
    _unknown(drill, runs["perfect"], findings)
    _never(drill, runs, findings)
    _turn(drill, library, bank, runs["perfect"], findings)
    totals = {who: run.score.total for who, run in runs.items()}
    if not totals["perfect"] > totals["silent"] > totals["harmful"]:
        told = "、".join(f"{name} {totals[who]:g} 分" for who, name in SCRIPTED.items())
        findings.error("bad-order", drill.span, f"分数排得不对：{told}", "看看扣分和分值")
    return Trial(totals, findings.sorted())


def _unmet(drill: Drill, run: Run, findings: Findings) -> None:
    """What the perfect trainee does not get full marks for cannot be met."""
    if run.score.total >= TOTAL:
        return
    places = {entry.id: entry.span for entry in drill.expectations}
    for line in run.score.lines:
        if line.kind == "expectation" and line.marks < line.of:
            text = f"要求 `{line.id}` 照着做也拿不满：{line.marks:g}/{line.of:g} 分（{line.why}）"
            findings.error("out-of-reach", places[line.id], text, "放宽 `within`，或看它等的事来不来")


def _unknown(drill: Drill, run: Run, findings: Findings) -> None:
    """A question of the playbooks that nobody in the drill can answer."""
    facts = run.state.session.ruleset.facts
    have = {truth.fact for truth in drill.truth} | set(drill.known)
    have |= {fact for inject in drill.injects for fact in inject.sets}
    for event in run.state.of_kind("told"):
        key = str(event.data["fact"])
        if key in facts and key not in have and facts[key].ask and not facts[key].known_from:
            text = f"剧本会问“{facts[key].ask}”，演练里没人答得出"
            findings.add("warning", "no-answer", drill.span, text, f"在 `truth` 里写上 `{key}`")


def _never(drill: Drill, runs: dict[str, Run], findings: Findings) -> None:
    """An inject that comes to none of the scripted trainees may never come."""
    fired = {inject for run in runs.values() for inject in run.state.fired}
    for inject in drill.injects:
        if inject.id not in fired:
            text = f"情况 `{inject.id}` 全做到、什么都不做、专做错的都没碰上"
            findings.add("warning", "never-fired", inject.span, text, "看看 `on` 和 `unless`")


def _turn(drill: Drill, library: Library, bank: Bank, run: Run, findings: Findings) -> None:
    """Some inject must change what is to be done: without them the steps would be others."""
    # injects that tell and change nothing leave every trigger of the others as it is
    quiet = tuple(replace(inject, sets={}, reveals=()) for inject in drill.injects)
    calm = run_script(replace(drill, injects=quiet), library, "perfect", bank=bank)
    if _steps(calm) == _steps(run):
        findings.error("no-turn", drill.span, "没有一个情况改变要做的事", "给一个情况写上 `set` 和 `reveal`")


def _steps(run: Run) -> frozenset[str]:
    """The steps that came up, follow-ups apart."""
    state = run.state.session.state
    return frozenset(state.steps)
