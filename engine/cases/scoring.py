"""The mutation score: of the faults that change what is to be done, how many do some cases notice?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from engine.cases.judging import unmet
from engine.cases.model import Survivor
from engine.cases.mutants import Mutant, derived, lessened, mutants, variants
from engine.cases.survivors import remedy
from engine.cases.trial import Decision, Trial
from engine.checks.ground import Ground
from engine.conditions import bind, evaluate
from engine.hall import hall_values
from engine.model import Condition, Fact, Library, Playbook, Profile
from engine.ruleset import Ruleset


class Faults:
    """The faults of one playbook, and what each does to the rules as they are bound."""

    def __init__(self, library: Library, playbook: Playbook) -> None:
        self.library, self.playbook = library, playbook
        declared = [*library.vocabulary.hall, *(v for p in library.playbooks for v in p.hall)]
        self.rules = Ruleset(library, (playbook.id,), hall_values(declared, Profile()))
        self.all = mutants(playbook, self.rules.facts, self.rules.values)
        self.own = {rule.key: rule for rule in playbook.rules}
        self._readers: dict[str, list[str]] = {}
        for rule in playbook.rules:
            for key in derived(rule.when, self.rules.facts):
                self._readers.setdefault(key, []).append(rule.key)
        self._variants: dict[tuple[int, str], list[tuple[str, Condition]]] = {}

    def bound(self, mutant: Mutant, rules: Ruleset) -> dict[str, Condition]:
        """Rule key → its condition with the fault, bound to a ruleset's values."""
        rule = self.own.get(mutant.key)
        facts = rules.facts
        when = rule.when if rule is not None else facts[mutant.key].when
        assert when is not None
        place = id(rules), mutant.key
        if place not in self._variants:
            self._variants[place] = variants(when, facts, rules.values)
        changed = self._variants[place][mutant.number][1]
        if rule is not None:
            return {rule.key: bind(changed, facts, rules.values)}
        fact: Fact = msgspec.structs.replace(facts[mutant.key], when=changed)
        with_it = {**facts, mutant.key: fact}
        readers = self._readers.get(mutant.key, ())
        return {key: bind(self.own[key].when, with_it, rules.values) for key in readers}

    def noticed(self, mutant: Mutant, trials: Iterable[Trial]) -> bool:
        """Whether an expectation of some trial fails with the fault."""
        known: dict[int, dict[str, Condition]] = {}
        for trial in trials:
            rules, holding = trial.rules, trial.holding
            if mutant.lost:
                if mutant.key not in holding:
                    continue
                rules = rules.planning(lessened(self.own[mutant.key], mutant.lost))
            else:
                conditions = known.get(id(rules)) or known.setdefault(id(rules), self.bound(mutant, rules))
                turned = {
                    key
                    for key, when in conditions.items()
                    if (evaluate(when, trial.at) is True) != (key in holding)
                }
                if not turned:
                    continue
                holding = holding ^ turned
            if any(unmet(trial.case.expected, Decision(trial, rules, holding), asks=False)):
                return True
        return False


def score(faults: Faults, trials: Sequence[Trial]) -> tuple[int, tuple[Survivor, ...], int]:
    """(faults that matter, those that no trial notices, how many change nothing)."""
    left = [mutant for mutant in faults.all if not faults.noticed(mutant, trials)]
    bound = [{} if mutant.lost else faults.bound(mutant, faults.rules) for mutant in left]
    further = [condition for conditions in bound for condition in conditions.values()]
    on = Ground(faults.library, (faults.playbook.id,), durable=False, further=further)
    found = [remedy(mutant, conditions, on) for mutant, conditions in zip(left, bound, strict=True)]
    survivors = tuple(survivor for survivor in found if survivor is not None)
    same = len(found) - len(survivors)
    return len(faults.all) - same, survivors, same
