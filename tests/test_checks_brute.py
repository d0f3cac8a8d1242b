"""What the check proves on diagrams is what enumerating every situation of a small playbook finds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, product

import msgspec
from hypothesis import HealthCheck, given, settings
from worlds import STEPS, fact, library

from engine.checks import Checked
from engine.conditions import OPEN, UNSURE, Answer, Situation, evaluate, leaves
from engine.model import ALWAYS, Deadline, Duration, Happened, Library
from engine.model import Test as Compare

FACTS = (
    fact("b0", "bool"),
    fact("b1", "bool", awaited=True),
    fact("b2", "bool", asked=False),
    fact("n0", "number"),
)
# the first two have deadlines, the second two other ways, the third contradicts the first
CHANGED = (
    msgspec.structs.replace(STEPS[0], within=Deadline(Duration(5))),
    msgspec.structs.replace(STEPS[1], within=Deadline(Duration(5)), ways=("甲", "乙")),
    msgspec.structs.replace(STEPS[2], ways=("甲", "乙"), conflicts_with=("s0",)),
    msgspec.structs.replace(STEPS[3], conflicts_with=("s1", "s4")),
    *STEPS[4:],
)
ENDS = ("s0", "s2", "s4")
MOST = 5  # outcomes that are read, in any subset
Outcomes = frozenset[tuple[str, str]]


def small(made: Library) -> Library:
    """The library with deadlines, ways, contradictions and ends."""
    vocabulary = msgspec.structs.replace(made.vocabulary, steps=CHANGED)
    playbook = msgspec.structs.replace(made.playbooks[0], ends_in=ENDS)
    return msgspec.structs.replace(made, vocabulary=vocabulary, playbooks=(playbook,))


class Every:
    """Every situation of a playbook, by nested loops: no diagrams."""

    def __init__(self, made: Library) -> None:
        self.checked = Checked(made, ["p"], durable=False)
        self.rules = self.checked.ruleset
        self.bound = {key: bound.when for key, bound in self.rules.rules.items()}
        self.wants = {key: [w.step for w in b.rule.do] for key, b in self.rules.rules.items()}
        self.read = sorted(
            {
                (leaf.kind, leaf.name)
                for when in self.bound.values()
                for leaf in leaves(when)
                if isinstance(leaf, Happened)
            }
        )
        self.used = [entry for entry in FACTS if entry.key in self.rules.used]
        self.steps = {step.key: step for step in CHANGED}
        self.found = list(self.checked.findings())

    def states(self, key: str) -> list[Answer | None]:
        """The states of a fact; None is unasked. Equal neighbouring numbers count once."""
        entry = next(entry for entry in FACTS if entry.key == key)
        if entry.kind == "number":
            cuts = {0}
            for when in self.bound.values():
                for leaf in leaves(when):
                    if isinstance(leaf, Compare) and leaf.fact == key:
                        cuts |= {int(value) + more for value in leaf.values for more in (0, 1)}
            values = [Answer("known", cut) for cut in sorted(cuts)]
        else:
            values = [Answer("known", True), Answer("known", False)]
        asked = [UNSURE, OPEN] if entry.recheck else [UNSURE]
        return [*values, *(asked if entry.ask else []), None]

    def assignments(self) -> Iterator[dict[str, Answer | None]]:
        """Every combination of states."""
        keys = [entry.key for entry in self.used]
        for chosen in product(*(self.states(key) for key in keys)):
            yield dict(zip(keys, chosen, strict=True))

    def holds(self, rule: str, facts: dict[str, Answer | None], happened: Outcomes) -> bool:
        """Whether a rule holds."""
        at = Situation({key: answer for key, answer in facts.items() if answer is not None}, happened)
        return evaluate(self.bound[rule], at) is True

    def wanted(self, facts: dict[str, Answer | None], happened: Outcomes) -> frozenset[str]:
        """The steps that are wanted."""
        return frozenset(
            s for rule in self.bound if self.holds(rule, facts, happened) for s in self.wants[rule]
        )

    def reachable(self, facts: dict[str, Answer | None]) -> Outcomes:
        """All outcomes that can have come about; an awaited fact may have been anything before."""
        before = [{**facts, "b1": state} for state in self.states("b1")] if "b1" in facts else [facts]
        happened: Outcomes = frozenset()
        while True:
            wanted = frozenset().union(*(self.wanted(earlier, happened) for earlier in before))
            kinds = {
                s: ("done", "blocked", "handed", *(("overdue",) if self.steps[s].within else ()))
                for s in wanted
            }
            more = happened | {(kind, step) for step in wanted for kind in kinds[step]}
            if more == happened:
                return happened
            happened = more

    def possible(self) -> Iterator[tuple[dict[str, Answer | None], Outcomes]]:
        """Every situation that can be: facts, and any of the outcomes that can have come about."""
        for facts in self.assignments():
            yield from ((facts, happened) for happened in self.subsets(facts))

    def subsets(self, facts: dict[str, Answer | None]) -> list[Outcomes]:
        """Any of the outcomes that are read and can have come about."""
        read = [outcome for outcome in self.read if outcome in self.reachable(facts)]
        sizes = (combinations(read, size) for size in range(len(read) + 1))
        return [frozenset(chosen) for chosen in chain.from_iterable(sizes)]

    def names(self, code: str) -> set[str]:
        """What the findings of a code are about: the first name in backquotes of each."""
        return {finding.message.split("`")[1] for finding in self.found if finding.code == code}


def each(made: Library) -> Every | None:
    """Its situations, unless there are too many."""
    every = Every(small(made))
    return every if len(every.read) <= MOST else None


FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(library(FACTS, depth=2, most=5))
def test_rules(made: Library) -> None:
    """Never fires, always fires, subsumed: as enumerated."""
    every = each(made)
    if every is None:
        return
    holding: dict[str, set[bool]] = {key: set() for key in every.bound}
    alone: set[str] = set()
    playbook = every.rules.playbooks[0]
    rank = {rule.key: every.rules.rank(rule.key)[0] for rule in playbook.rules}
    for facts, happened in every.possible():
        now = {key for key in every.bound if every.holds(key, facts, happened)}
        for key in every.bound:
            holding[key].add(key in now)
            others = {s for other in now - {key} if rank[other] <= rank[key] for s in every.wants[other]}
            if key in now and not set(every.wants[key]) <= others:
                alone.add(key)
    always = {rule.key for rule in playbook.rules if rule.when != ALWAYS and holding[rule.key] == {True}}
    never = {key for key, seen in holding.items() if True not in seen}
    short = {key: key.partition(".")[2] for key in every.bound}
    assert every.names("never-fires") == {short[key] for key in never}
    assert every.names("always-fires") == {short[key] for key in always}
    subsumed = set(every.bound) - never - always - alone
    assert every.names("subsumed") == {short[key] for key in subsumed}


@FEW
@given(library(FACTS, depth=2, most=5))
def test_contradictions(made: Library) -> None:
    """A conflict is found exactly when some situation wants both steps, neither settled."""
    every = each(made)
    if every is None:
        return
    both = set()
    for facts, happened in every.possible():
        settled = {step for kind, step in happened if kind in ("done", "blocked")}
        wanted = every.wanted(facts, happened) - settled
        both |= {(s.key, other) for s in CHANGED for other in s.conflicts_with if {s.key, other} <= wanted}
    found = {tuple(f.message.split("`")[1:4:2]) for f in every.found if f.code == "conflict"}
    assert found == both


@FEW
@given(library(FACTS, depth=2, most=5))
def test_questions(made: Library) -> None:
    """A question is useless exactly when no two of its answers ever want different steps."""
    owned = msgspec.structs.replace(made.playbooks[0], facts=FACTS)
    every = each(msgspec.structs.replace(made, playbooks=(owned,)))
    if every is None:
        return
    useless = set()
    for entry in FACTS:
        if not any(
            len({every.wanted({**facts, entry.key: state}, happened) for state in every.states(entry.key)})
            > 1
            for facts, happened in every.possible()
            if entry.key in facts
        ):
            useless.add(entry.key)
    assert every.names("useless-question") == useless


@FEW
@given(library(FACTS, depth=2, most=5))
def test_first_actions(made: Library) -> None:
    """No control action at first, or in some situation: found exactly when there is such a situation."""
    every = each(made)
    if every is None:
        return
    keeping = {b.rule.key for b in every.rules.rules.values() if b.rule.phase in ("safety", "control")}
    bare = [
        (facts, happened)
        for facts, happened in every.possible()
        if not any(every.holds(key, facts, happened) for key in keeping)
    ]
    first = any(not happened and set(facts.values()) <= {None} for facts, happened in bare)
    codes = {finding.code for finding in every.found} & {"no-first-action", "no-control"}
    assert codes == ({"no-first-action"} if first else {"no-control"} if bare else set())


@FEW
@given(library(FACTS, depth=2, most=5))
def test_ends(made: Library) -> None:
    """No end is found exactly when some answers, with at most one step failing or late, reach none."""
    every = each(made)
    if every is None:
        return
    deviations = [("", ""), *product(("blocked", "overdue"), every.steps)]
    stuck = any(
        not _ends(every, facts, kind, step)
        for facts in every.assignments()
        if not any(answer is None and key != "b2" for key, answer in facts.items())
        for kind, step in deviations
        if kind != "overdue" or every.steps[step].within
    )
    assert ("no-end" in {finding.code for finding in every.found}) == stuck


@FEW
@given(library(FACTS, depth=2, most=5))
def test_never_asked(made: Library) -> None:
    """Found exactly when every answer to a question wants the same, and more than no answer does."""
    every = each(made)
    if every is None:
        return
    lost = set()
    for facts in every.assignments():
        if any(answer is None and key != "b2" for key, answer in facts.items()):
            continue
        for key in {"b0", "b1", "n0"} & facts.keys():
            states = [state for state in every.states(key) if state is not None]
            first, *others = (_comes(every, {**facts, key: state}) for state in states)
            if all(first == other for other in others) and first - _comes(every, {**facts, key: None}):
                lost.add(key)
    assert every.names("never-asked") == lost


def _comes(every: Every, facts: dict[str, Answer | None]) -> frozenset[str]:
    """The steps that are wanted when all that is wanted gets done, and 还没有 lasts too long."""
    happened = frozenset(("overdue", key) for key, answer in facts.items() if answer == OPEN)
    while True:
        wanted = every.wanted(facts, happened)
        more = happened | {("done", step) for step in wanted}
        if more == happened:
            return wanted
        happened = more


def _ends(every: Every, facts: dict[str, Answer | None], kind: str, deviating: str) -> bool:
    """Whether an end is reached when all that is wanted gets done, but for one step."""
    happened: Outcomes = frozenset()
    while True:
        wanted = every.wanted(facts, happened)
        more = {("done", step) for step in wanted if (kind, step) != ("blocked", deviating)}
        more |= {(kind, deviating)} if deviating in wanted else set()
        if more <= happened:
            return any(e in wanted and (("blocked", e) not in happened or every.steps[e].ways) for e in ENDS)
        happened |= more
