"""The rules of the playbooks that are active together, bound to one hall's values.

Derived facts are inlined and hall values put in, so that evaluators, planner and diagrams see only
facts that can be known and outcomes that can happen.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from engine.bits import Program
from engine.conditions import Situation, bind, evaluate, leaves, needs
from engine.disjuncts import disjuncts
from engine.errors import BadData, NotFound
from engine.literals import Conjunct, Scalars, of_fact, outcome_of, properties
from engine.model import PHASES, Condition, Deadline, Fact, Happened, Library, Phase, Playbook, Rule, Step

ALWAYS_ON = "always"


class Reason(NamedTuple):
    """Why a step is wanted: a rule and the deadline that its reference tightens (index into `do`)."""

    rule: str
    want: int


class Bound(NamedTuple):
    """A rule with its condition bound; `position` sorts by playbook, then declaration."""

    rule: Rule
    playbook: str
    when: Condition
    position: int


class Ruleset:
    """Everything the planner needs of the active playbooks.

    `active`: playbook ids, the primary one first; `always` is added when the library has it.
    `values`: hall value id → value. NotFound for an unknown playbook.
    """

    def __init__(
        self, library: Library, active: Iterable[str], values: Mapping[str, int | str | bool]
    ) -> None:
        by_id = {playbook.id: playbook for playbook in library.playbooks}
        wanted = list(dict.fromkeys(active))
        for name in wanted:
            if name not in by_id:
                raise NotFound(f"没有剧本 `{name}`", "用 zhiban playbook list 看有哪些")
        if ALWAYS_ON in by_id and ALWAYS_ON not in wanted:
            wanted.append(ALWAYS_ON)
        self.library = library
        self.values = dict(values)
        self.playbooks: tuple[Playbook, ...] = tuple(by_id[name] for name in wanted)
        vocabulary = library.vocabulary
        self.facts: dict[str, Fact] = {fact.key: fact for fact in vocabulary.facts}
        self.steps: dict[str, Step] = {step.key: step for step in vocabulary.steps}
        for playbook in self.playbooks:
            self.facts.update((fact.key, fact) for fact in playbook.facts)
            self.steps.update((step.key, step) for step in playbook.steps)
        self.rules: dict[str, Bound] = {}
        self.reasons: dict[str, list[Reason]] = {}
        self.activations: dict[str, list[str]] = {}
        for playbook in self.playbooks:
            for rule in playbook.rules:
                when = bind(rule.when, self.facts, self.values)
                self.rules[rule.key] = Bound(rule, playbook.id, when, len(self.rules))
                for index, want in enumerate(rule.do):
                    self.reasons.setdefault(want.step, []).append(Reason(rule.key, index))
                for name in rule.activate:
                    if name in by_id:
                        self.activations.setdefault(name, []).append(rule.key)
        # plan entries by step and reasons, made once: the plan is made anew after every act
        self.entries: dict[tuple[str, tuple[str, ...]], Any] = {}
        self.bases: dict[frozenset[str], Any] = {}
        self._deadlines: dict[tuple[str, tuple[str, ...]], tuple[Deadline, ...]] = {}
        self.finders: dict[str, list[str]] = {}
        for step in self.reasons:
            for fact_key in self.steps[step].finds:
                self.finders.setdefault(fact_key, []).append(step)

    def planning(self, rule: Rule) -> Ruleset:
        """A copy for the planner alone, in which a rule of that key asks for something else."""
        other = copy.copy(self)
        other.rules = self.rules | {rule.key: self.rules[rule.key]._replace(rule=rule)}
        other.entries, other.bases, other._deadlines = {}, {}, {}
        return other

    @cached_property
    def used(self) -> tuple[str, ...]:
        """Keys of the facts that conditions read, in asking order (see `order`)."""
        read = {key for bound in self.rules.values() for key in needs(bound.when)}
        return tuple(key for key in self.order if key in read)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All fact keys in the order of asking: playbook by playbook, as their authors list them."""
        listed = [key for playbook in self.playbooks for key in playbook.order]
        return tuple(dict.fromkeys([*listed, *self.facts]))

    @cached_property
    def outside(self) -> dict[str, Fact]:
        """The facts that the clock or the hall profile may know."""
        return {key: fact for key, fact in self.facts.items() if fact.known_from}

    @cached_property
    def outcomes(self) -> tuple[tuple[str, str], ...]:
        """The outcomes that conditions read."""
        found = (
            (leaf.kind, leaf.name)
            for bound in self.rules.values()
            for leaf in leaves(bound.when)
            if isinstance(leaf, Happened)
        )
        return tuple(dict.fromkeys(found))

    @cached_property
    def conjuncts(self) -> dict[str, tuple[Conjunct, ...]]:
        """Rule key → disjunctive form of its condition."""
        found: dict[str, tuple[Conjunct, ...]] = {}
        for key, bound in self.rules.items():
            try:
                found[key] = disjuncts(bound.when, self.facts)
            except BadData as error:
                raise BadData(f"{bound.rule.span} 规则 `{key}`：{error.message}", error.help) from error
        return found

    @cached_property
    def program(self) -> Program:
        """The bit program of all rules."""
        return Program(self.conjuncts, self.blank)

    @cached_property
    def blank(self) -> Scalars:
        """The properties of a situation in which nothing is known and nothing has happened."""
        return properties(Situation({}, set()), self.used_facts, self.outcomes)

    @cached_property
    def _read(self) -> dict[str, Fact]:
        return {fact.key: fact for fact in self.used_facts}

    @cached_property
    def _read_outcomes(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.outcomes)

    def said(self, at: Situation) -> Scalars:
        """The properties of a situation that what is known and has happened puts in place of `blank`'s."""
        read, found = self._read, Scalars()
        for key, answer in at.facts.items():
            if key in read:
                found.update(of_fact(read[key], answer))
        for kind, name in at.happened & self._read_outcomes:
            found[outcome_of(kind, name)] = True
        return found

    def flat(self, at: Situation) -> Scalars:
        """The properties of a situation that the rules read."""
        return self.blank | self.said(at)

    def holding(self, at: Situation) -> set[str]:
        """The keys of the rules that hold, by the bit program."""
        return self.program.after(self.said(at))

    def holding_by_tree(self, at: Situation) -> set[str]:
        """The same by the tree evaluator: the reference for tests and checks."""
        return {key for key, bound in self.rules.items() if evaluate(bound.when, at) is True}

    def rank(self, rule: str) -> tuple[int, int]:
        """(phase, position) of a rule: the order of the plan."""
        bound = self.rules[rule]
        return PHASES.index(bound.rule.phase), bound.position

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The facts of `used` that somebody may be asked for."""
        return tuple(key for key in self.used if self.facts[key].ask)

    def deadlines(self, step: str, rules: tuple[str, ...]) -> tuple[Deadline, ...]:
        """The deadlines of a step that is wanted by these rules: its own and those that tighten it."""
        found = self._deadlines.get((step, rules))
        if found is None:
            own = self.steps[step].within
            listed = [own] if own is not None else []
            for key in rules:
                wants = (want for want in self.rules[key].rule.do if want.step == step)
                listed += [want.within for want in wants if want.within is not None]
            found = self._deadlines[step, rules] = tuple(listed)
        return found

    def mentioned(self, step: str) -> tuple[str, ...]:
        """The facts that a step's words use or that a deadline of it runs from."""
        rules = tuple(reason.rule for reason in self.reasons.get(step, ()))
        origins = (within.origin for within in self.deadlines(step, rules))
        return tuple(dict.fromkeys(key for key in (*self.steps[step].uses, *origins) if key in self.facts))

    @cached_property
    def timed(self) -> frozenset[str]:
        """The steps that have a deadline, their own or from a rule that tightens it."""
        tightened = {w.step for b in self.rules.values() for w in b.rule.do if w.within is not None}
        return frozenset(key for key in self.reasons if self.steps[key].within or key in tightened)

    @cached_property
    def recurring(self) -> frozenset[str]:
        """The steps that come back while they are wanted."""
        return frozenset(key for key in self.reasons if self.steps[key].every is not None)

    @cached_property
    def ranked(self) -> tuple[str, ...]:
        """Rule keys in the order of the plan."""
        return tuple(sorted(self.rules, key=self.rank))

    @cached_property
    def place(self) -> dict[str, int]:
        """Fact key → its place in the order of asking."""
        return {key: index for index, key in enumerate(self.order)}

    @cached_property
    def used_facts(self) -> tuple[Fact, ...]:
        """The facts of `used`."""
        return tuple(self.facts[key] for key in self.used)

    def phase(self, rules: Iterable[str]) -> Phase:
        """The earliest phase of some rules."""
        return self.rules[min(rules, key=self.rank)].rule.phase

    def resolve(self, name: str, kind: str) -> str | None:
        """The key of a fact or step written short: exact, or the only active one of that ending.

        Declarations of the primary playbook win over the others'. None when there is none.
        """
        table: Mapping[str, object] = self.facts if kind == "fact" else self.steps
        if name in table:
            return name
        return next((k for p in self.playbooks if (k := f"{p.id}.{name}") in table), None)
