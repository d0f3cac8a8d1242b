"""Everything that a trainee may do, found by free words. Nothing in it tells what the playbooks want.

Beside the steps, questions and documents of the drill's playbooks stand steps of other playbooks and the
harmful acts of the drill, in an order that depends on their names alone.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal, NamedTuple

from engine.drill.alike import usual
from engine.drill.declared import facts_of, steps_of
from engine.drill.model import Drill
from engine.model import Library
from engine.triage.grams import grams
from engine.triage.text import normalise

Kind = Literal["step", "ask", "issue", "harm"]
DECOYS = 12  # steps of playbooks that the drill is not about
LEAST = 0.16  # share of what was typed that an act has to account for
_EMPTY = frozenset("的了是我你他她们把给让叫请先再就去来到上下在不人个一一下这那和看要好也都还")
_BLANK = "……"
_SIGN = 0.7  # a single sign says less than a pair
_OTHER = 0.8  # the worth of a gram that no act has
_SAYS = 0.6  # a gram that only the words to say have counts for less


class Act(NamedTuple):
    """One act. `id`: key of a step or fact, name of a document or harm; `text`: as it is offered."""

    kind: Kind
    id: str
    text: str


class Found(NamedTuple):
    """An act and how well it answers to what was typed, 0 to 1."""

    act: Act
    score: float


class Catalogue:
    """The acts of one drill."""

    def __init__(self, drill: Drill, library: Library) -> None:
        self.acts = tuple(sorted(_acts(drill, library), key=lambda entry: _shuffled(entry[0])))
        self._grams: dict[Act, dict[str, float]] = {}
        spread: Counter[str] = Counter()
        for act, *more in self.acts:
            weights = dict.fromkeys(_said(" ".join(more)), _SAYS) | dict.fromkeys(_said(act.text), 1.0)
            self._grams[act] = weights
            spread.update(weights.keys())
        total = len(self.acts)
        self._rare = {gram: math.log(1 + total / count) for gram, count in spread.items()}
        self._own = {  # what the words of each act say, those to speak apart
            act: sum(self._worth(gram) for gram, weight in weights.items() if weight == 1.0)
            for act, weights in self._grams.items()
        }

    def of(self, kind: Kind) -> list[Act]:
        """The acts of a kind, in an order that says nothing."""
        return [act for act, *_ in self.acts if act.kind == kind]

    def find(self, text: str, kind: Kind | None = None, most: int = 5) -> list[Found]:
        """The acts that answer to free words, best first; empty when none does."""
        said = _said(text)
        if not said:
            return []
        whole = sum(self._worth(gram) for gram in said)
        found = []
        for act, weights in self._grams.items():
            if kind is None or act.kind == kind:
                common = sum(self._worth(gram) * weights[gram] for gram in said & weights.keys())
                score = common / whole * 0.75 + min(1.0, common / (self._own[act] or 1.0)) * 0.25
                if score >= LEAST:
                    found.append(Found(act, round(score, 3)))
        found.sort(key=lambda entry: (-entry.score, _shuffled(entry.act)))
        return found[:most]

    def _worth(self, gram: str) -> float:
        """How much a gram says: rare ones more; one that no act has says little, people have many words."""
        rare = self._rare.get(gram)
        return (_OTHER if rare is None else rare) * (1.0 if len(gram) > 1 else _SIGN)


def _said(text: str) -> set[str]:
    """The signs and pairs of signs of a text in plain form, without those that nearly every text has."""
    return {gram for gram in grams(usual(normalise(text).plain)) if gram not in _EMPTY and gram[-1].isalnum()}


def _acts(drill: Drill, library: Library) -> Iterable[tuple[Act, str]]:
    """Every act with further words by which it is found."""
    active = {*drill.playbooks, "always"}
    plain = worded(library)
    steps, facts = steps_of(library), facts_of(library)
    mine: dict[str, None] = {}
    others: dict[str, None] = {}
    asked: dict[str, None] = {}
    for playbook in library.playbooks:
        now = [want.step for rule in playbook.rules if rule.phase != "improve" for want in rule.do]
        (mine if playbook.id in active else others).update(dict.fromkeys(now))
        if playbook.id in active:
            asked.update(dict.fromkeys(key for key in playbook.order if facts[key].ask))
    texts: set[str] = set()
    for key in mine:
        texts.add(plain(steps[key].what))
        yield Act("step", key, plain(steps[key].what)), plain(steps[key].say + " ".join(steps[key].ways))
    decoys = sorted((k for k in others if k not in mine), key=lambda key: _mixed(f"{drill.id} {key}"))
    for key in [key for key in decoys if plain(steps[key].what) not in texts][:DECOYS]:
        yield Act("step", key, plain(steps[key].what)), ""
    for key in asked:
        heard = [sign for entry in facts[key].hear for signal in entry.signals for sign in signal.groups[0]]
        labels = [choice.label for choice in facts[key].choices]
        yield Act("ask", key, facts[key].ask), "，".join([facts[key].label, *heard, *labels])
    for name in sorted({steps[key].issue for key in mine if steps[key].issue}):
        titles = "、".join(plain(steps[key].what) for key in mine if steps[key].issue == name)
        yield Act("issue", name, titles), name
    for harm in drill.harms:
        yield Act("harm", harm.id, harm.what), ""


def worded(library: Library) -> Callable[[str], str]:
    """Says the words of a step without an incident, see `_plain`."""
    hall = {entry.id: entry.default for entry in library.vocabulary.hall}
    return partial(_plain, hall={id: value for id, value in hall.items() if isinstance(value, str)})


def _plain(words: str, hall: Mapping[str, str]) -> str:
    """Words of a step: what the hall knows as it is declared, other blanks as dots, as nothing fills them
    before there is an incident."""
    filled = re.sub(r"\{\{ *(\w+) *\}\}", lambda found: hall.get(found[1], _BLANK), words)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", filled).strip()


def _mixed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _shuffled(act: Act) -> str:
    return _mixed(f"{act.kind} {act.id}")
