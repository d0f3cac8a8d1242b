"""A playbook put into words, ready to be drawn as a tree or as a page: nothing of an incident in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from engine import paths
from engine.conditions import leaves, needs
from engine.hall import hall_values
from engine.model import PHASES, Fact, Library, Playbook, Profile, Rule, Step, Test
from engine.phrases import Phrases
from engine.sources import source_texts

_HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)
_TAGS = re.compile(r"\{[{%#].*?[}%#]\}")
# how a fact becomes known, in the order in which the groups are shown
GROUPS = {
    "asked": "会问的",
    "heard": "不问，听到或报告才算",
    "known": "时钟和本厅资料知道的",
    "derived": "推出来的",
}


class Card(NamedTuple):
    """A step in words. `lines`: (what the words are, the words), in reading order."""

    key: str
    name: str
    what: str
    who: str
    lines: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]
    optional: bool


class Ask(NamedTuple):
    """A fact in words. `group`: see GROUPS; `answers`: what can be answered; `notes` like `Card.lines`."""

    key: str
    name: str
    label: str
    group: str
    ask: str
    answers: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]


class Line(NamedTuple):
    """A rule in words: `when` is "" when it always holds; `wants`: (step, deadline of this rule or "")."""

    key: str
    name: str
    phase: str
    when: str
    wants: tuple[tuple[str, str], ...]
    starts: tuple[str, ...]
    place: str


class Value(NamedTuple):
    """A hall value in words; `origin`: who says so."""

    id: str
    label: str
    shown: str
    origin: str


class Sketch:
    """One playbook of a library in words; `profile` fills in what this hall has."""

    def __init__(self, library: Library, id: str, profile: Profile) -> None:
        self.library, self.profile = library, profile
        self.playbook: Playbook = next(p for p in library.playbooks if p.id == id)
        shared = library.vocabulary
        declared = {value.id: value for value in (*shared.hall, *self.playbook.hall)}
        self.phrases = Phrases(
            {fact.key: fact for fact in (*shared.facts, *self.playbook.facts)},
            {step.key: step for step in (*shared.steps, *self.playbook.steps)},
            declared,
            hall_values(declared.values(), profile),
            {role.id: role.label for role in shared.roles},
            id,
        )

    # ---- what is in it ------------------------------------------------------------------------

    @cached_property
    def rules(self) -> tuple[Line, ...]:
        """The rules by phase, then as declared."""
        ordered = sorted(self.playbook.rules, key=lambda rule: PHASES.index(rule.phase))
        return tuple(map(self._rule, ordered))

    @cached_property
    def steps(self) -> dict[str, Card]:
        """The steps that the rules want, in the order of the plan."""
        keys = dict.fromkeys(key for rule in self.rules for key, _ in rule.wants)
        return {key: self._step(self.phrases.steps[key]) for key in keys}

    @cached_property
    def facts(self) -> dict[str, Ask]:
        """The facts that matter to it, in the order of asking, derived ones last."""
        found = [self.phrases.facts[key] for key in self._named()]
        found.sort(key=lambda fact: fact.when is not None)
        return {fact.key: self._fact(fact) for fact in found}

    def _named(self) -> Iterator[str]:
        """The keys of all facts that rules, steps and derived facts name."""
        named: dict[str, None] = {}
        todo = [key for rule in self.playbook.rules for key in needs(rule.when)]
        for key in self.steps:
            step = self.phrases.steps[key]
            uses = (self._own(name) for name in step.uses)
            origin = step.within.origin if step.within else ""
            todo += [name for name in (*uses, *step.finds, origin) if name in self.phrases.facts]
        while todo:
            key = todo.pop()
            if key not in named:
                named[key] = None
                when = self.phrases.facts[key].when
                todo += needs(when) if when is not None else ()
        order = dict.fromkeys((*self.playbook.order, *self.phrases.facts))
        return (key for key in order if key in named)

    def _own(self, name: str) -> str:
        own = f"{self.playbook.id}.{name}"
        return own if own in self.phrases.facts else name

    @cached_property
    def hall(self) -> tuple[Value, ...]:
        """Each hall value in use, shared ones first."""
        used = self._values_used()
        found = []
        for id, value in self.phrases.hall.items():
            if id in used:
                shown = self.phrases.value(id)
                origin = "本厅填的" if id in self.profile.values else "默认" if shown else "还没填"
                found.append(Value(id, value.label, shown or "______", origin))
        return tuple(found)

    def _values_used(self) -> set[str]:
        facts = [self.phrases.facts[key] for key in self.facts]
        steps = [self.phrases.steps[key] for key in self.steps]
        wants = [want for rule in self.playbook.rules for want in rule.do]
        conditions = [rule.when for rule in self.playbook.rules]
        conditions += [fact.when for fact in facts if fact.when is not None]
        used = {v for c in conditions for leaf in leaves(c) if isinstance(leaf, Test) for v in leaf.values}
        limits = [item.within for item in facts if item.within is not None]
        limits += [item.within for item in steps if item.within is not None]
        limits += [item.within for item in wants if item.within is not None]
        spans = [span for limit in limits for span in (limit.due, limit.warn) if span is not None]
        spans += [fact.recheck for fact in facts if fact.recheck is not None]
        spans += [span for step in steps for span in (step.every, step.check) if span is not None]
        names = {span.hall for span in spans} | {name for step in steps for name in step.uses}
        return {value for value in used if isinstance(value, str)} | names

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """What finishes the matter."""
        return tuple(self.phrases.label(key) for key in self.playbook.ends_in)

    # ---- one thing in words -------------------------------------------------------------------

    def _rule(self, rule: Rule) -> Line:
        titles = {playbook.id: playbook.title for playbook in self.library.playbooks}
        wants = tuple((w.step, self.phrases.deadline(w.within) if w.within else "") for w in rule.do)
        starts = tuple(titles.get(id, id) for id in rule.activate)
        return Line(
            rule.key,
            rule.key.rpartition(".")[2],
            rule.phase,
            self.phrases.condition(rule.when),
            wants,
            starts,
            f"{rule.span.file}:{rule.span.line}",
        )

    def _step(self, step: Step) -> Card:
        say = self.phrases
        lines = (
            ("说", f"“{say.words(step.say)}”" if step.say else ""),
            ("找谁", say.role(step.to) if step.to else ""),
            ("时限", say.deadline(step.within) if step.within else ""),
            ("先后", "等" + "、".join(map(say.quoted, step.after)) + "之后" if step.after else ""),
            ("办法", " → ".join(say.words(way) for way in step.ways)),
            ("弄清", "、".join(map(say.label, step.finds))),
            ("文书", f"《{document_title(step.issue)}》" if step.issue else ""),
            ("兑现", "、".join(say.quoted(key) for key in step.promises if key in say.steps)),
            ("重复", f"每{say.span(step.every)}一次" if step.every else ""),
            ("凭据", step.evidence),
            ("复查", f"{say.span(step.check)}后看效果" if step.check else ""),
            ("不同时", "、".join(map(say.quoted, step.conflicts_with))),
        )
        return Card(
            step.key,
            step.key.rpartition(".")[2],
            say.words(step.what),
            say.role(step.who),
            tuple((name, text) for name, text in lines if text),
            cited(step.source),
            step.optional,
        )

    def _fact(self, fact: Fact) -> Ask:
        say = self.phrases
        group = "derived" if fact.when is not None else "known" if fact.known_from else ""
        heard = [word for entry in fact.hear for signal in entry.signals for word in signal.groups[0]]
        notes = (
            ("推出", say.condition(fact.when) if fact.when is not None else ""),
            ("再问", f"没有结果就每{say.span(fact.recheck)}再问一次" if fact.recheck else ""),
            ("时限", say.deadline(fact.within).replace("内", "还没有就算超时") if fact.within else ""),
            ("听到", "、".join(dict.fromkeys(heard[:8])) + ("…" if len(heard) > 8 else "")),
        )
        return Ask(
            fact.key,
            fact.key.rpartition(".")[2],
            fact.label or fact.ask,
            group or ("asked" if fact.ask else "heard"),
            fact.ask,
            tuple(_answers(fact)),
            tuple((name, text) for name, text in notes if text),
        )


def _answers(fact: Fact) -> Iterator[str]:
    """What can be answered, 说不清 and 还没有 included."""
    if fact.when is not None:
        return
    match fact.kind:
        case "bool":
            yield from ("是", "否")
        case "choice":
            yield from (choice.label for choice in fact.choices)
        case "many":
            yield from (choice.label for choice in fact.choices)
            yield "都没有"
        case "number":
            yield f"多少{fact.unit}"
        case _:
            yield "钟点" if fact.kind == "time" else "文字"
    if fact.ask:
        yield "说不清"
        if fact.recheck is not None:
            yield "还没有"


def cited(ids: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(statement id, what it says); what the hall made up itself has none."""
    known = source_texts()
    return tuple(("自定", "") if id == "own" else (id, known.get(id, "")) for id in dict.fromkeys(ids))


def document_title(id: str) -> str:
    """The heading of a document's template; its id when there is none."""
    try:
        text = (paths.shipped("templates") / "documents" / f"{id}.md.j2").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return id
    heading = _HEADING.search(text)
    return _TAGS.sub("", heading[1]).strip() or id if heading else id


def origin(playbook: Playbook) -> str:
    """Where a playbook comes from, in a word."""
    return {"shipped": "自带", "hall": "本厅", "file": "文件"}.get(playbook.origin, playbook.origin)
