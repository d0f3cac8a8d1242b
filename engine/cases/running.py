"""Cases → results: each is decided by both evaluators, and a failure says why."""

from __future__ import annotations

from collections.abc import Iterable

from engine.cases.coverage import unseen
from engine.cases.judging import unmet
from engine.cases.model import Case, Coverage, Failure, Result
from engine.cases.scoring import Faults, score
from engine.cases.trial import Trial
from engine.cases.wording import Wording, quoted
from engine.checks.ground import Ground
from engine.model import Library


def run(
    library: Library, cases: Iterable[Case], *, durable: bool = True
) -> tuple[tuple[Result, ...], tuple[Coverage, ...]]:
    """Every case's result, and what the cases of each tested playbook see of it."""
    results: list[Result] = []
    trials: dict[str, list[Trial]] = {}
    for case in cases:
        trial = Trial(library, case, durable)
        failures = tuple(_failures(trial))
        results.append(Result(case.playbooks[0], case.name, str(case.span), failures))
        # a case that fails already would seem to notice every fault
        trials.setdefault(case.playbooks[0], []).extend([] if failures else [trial])
    found = []
    for playbook in library.playbooks:
        if playbook.id in trials:
            own = trials[playbook.id]
            count, survivors, same = score(Faults(library, playbook), own)
            points, dark = unseen(playbook, own, Ground(library, (playbook.id,), durable=False))
            tested = sum(result.playbook == playbook.id for result in results)
            found.append(
                Coverage(playbook.id, tested, len(playbook.rules), points, dark, count, survivors, same)
            )
    return tuple(results), tuple(found)


def _failures(trial: Trial) -> Iterable[Failure]:
    """Every expectation that is not met, in the order of the file's fields."""
    if trial.differing:
        text = f"两个判定器在规则 {quoted(trial.differing)} 上不一致；这是程序的错，请报告"
        yield Failure("evaluators", "", text)
    words = Wording(trial)
    for expectation, subject in unmet(trial.case.expected, trial.decision):
        yield words.failure(expectation, subject)
