"""What a rule test is and what running it gives: frozen structures."""

from __future__ import annotations

from engine.conditions import Answer
from engine.model import Finding, Frozen, Span


class Expected(Frozen, frozen=True):
    """What a case demands; names are keys, an absent list demands nothing.

    `wanted` and `missing` (`not` in the file): steps that are, are not in the plan · `first`: how the
    first screen begins, in order · `asks`: facts among the questions now · `activates`: playbooks
    proposed · `ends`: whether one of `ends_in` is wanted.
    """

    wanted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    activates: tuple[str, ...] = ()
    ends: bool | None = None


class Case(Frozen, frozen=True):
    """One rule test. `playbooks`: the tested one first; `outcomes`: (step or awaited fact, outcome)."""

    name: str
    playbooks: tuple[str, ...]
    facts: dict[str, Answer]
    outcomes: tuple[tuple[str, str], ...]
    hall: dict[str, int | str | bool]
    expected: Expected
    span: Span


class Failure(Frozen, frozen=True):
    """One expectation that is not met: `subject` names it, `message` says what was expected and what is."""

    expectation: str  # wanted, not, first, asks, activates, ends, evaluators
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


class RuleCoverage(Frozen, frozen=True):
    """In how many cases a rule's condition was true, false and undecided.

    `fixed`: nothing can make it false (no condition, or one about reported facts only).
    """

    rule: str
    place: str
    true: int
    false: int
    undecided: int
    fixed: bool


class Coverage(Frozen, frozen=True):
    """What the cases see of one playbook's rules."""

    playbook: str
    cases: int
    rules: tuple[RuleCoverage, ...]

    @property
    def never_true(self) -> tuple[str, ...]:
        """Rules that hold in no case."""
        return tuple(entry.rule for entry in self.rules if not entry.true)

    @property
    def never_false(self) -> tuple[str, ...]:
        """Rules that no case ever shows as not holding although something could make them false."""
        return tuple(entry.rule for entry in self.rules if not entry.false and not entry.fixed)


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
