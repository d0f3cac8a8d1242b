"""What a rule test is and what running it gives: frozen structures."""

from __future__ import annotations

from engine.conditions import Answer
from engine.model import Finding, Frozen, Span

LEAST_SCORE = 0.9


class Expected(Frozen, frozen=True):
    """What a case demands; names are keys, an absent list demands nothing.

    `wanted` and `missing` (`not` in the file): steps that are, are not in the plan; follow-ups too ·
    `only`: of the steps that depend on a condition of the tested playbook exactly these · `first`: how
    the first screen begins, in order · `asks`, `skips` (`not_asks`): facts that are, are not among the
    questions now · `activates`, `spares` (`not_activates`): playbooks that are, are not proposed ·
    `documents`: templates that wanted steps issue · `due`: (step, `clock.stamp` of its deadline) ·
    `ends`: whether one of `ends_in` is wanted · `closable`: whether nothing stands in the way of closing.
    """

    wanted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    first: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()
    activates: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    due: tuple[tuple[str, str], ...] = ()
    ends: bool | None = None
    closable: bool | None = None


class Case(Frozen, frozen=True):
    """One rule test. `playbooks`: the tested one first; `outcomes`: (step or awaited fact, outcome)."""

    name: str
    playbooks: tuple[str, ...]
    facts: dict[str, Answer]
    outcomes: tuple[tuple[str, str], ...]
    hall: dict[str, int | str | bool]
    expected: Expected
    span: Span
    at: str = ""  # clock.stamp; empty: a moment that says nothing about opening hours


class Failure(Frozen, frozen=True):
    """One expectation that is not met: `subject` names it, `message` says what was expected and what is."""

    expectation: str  # a field of `expect`, or `evaluators`
    subject: str
    message: str


class Result(Frozen, frozen=True):
    """One case that was run."""

    playbook: str
    name: str
    place: str  # file:line:column
    failures: tuple[Failure, ...] = ()

    @property
    def passed(self) -> bool:
        """Every expectation was met."""
        return not self.failures


class Unseen(Frozen, frozen=True):
    """A condition that no case shows with one of the verdicts it can have.

    `owner`: key of the rule or derived fact · `condition` as written · `verdict`: true, false, undecided.
    """

    owner: str
    place: str
    condition: str
    verdict: str
    given: str = ""  # a situation that would show it, in the form of a case file


class Survivor(Frozen, frozen=True):
    """A fault that no case notices. `given` and `expect`: a case that would, in the form of a case file."""

    owner: str
    place: str
    change: str
    given: str = ""
    expect: str = ""


class Coverage(Frozen, frozen=True):
    """What the cases see of one playbook.

    `points`: (condition, verdict) pairs that can occur, `unseen` those that no case shows · `mutants`:
    faults put in that change what is to be done, `survivors` those that no case notices · `same`: faults
    that change nothing, which count neither way.
    """

    playbook: str
    cases: int
    rules: int
    points: int
    unseen: tuple[Unseen, ...]
    mutants: int
    survivors: tuple[Survivor, ...]
    same: int

    @property
    def conditions(self) -> float:
        """Share of the points that are shown, 0 to 1."""
        return 1 - len(self.unseen) / self.points if self.points else 1.0

    @property
    def score(self) -> float:
        """Share of the mutants that some case notices, 0 to 1."""
        return 1 - len(self.survivors) / self.mutants if self.mutants else 1.0

    @property
    def enough(self) -> bool:
        """Every condition is shown every way and nearly every fault is noticed: what shipped ones keep to."""
        return not self.unseen and self.score >= LEAST_SCORE


class Results(Frozen, frozen=True):
    """All cases of some files, their coverage, and what is wrong with the files themselves."""

    results: tuple[Result, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Every case could be read and passed."""
        return all(result.passed for result in self.results) and not any(
            finding.level == "error" for finding in self.findings
        )
