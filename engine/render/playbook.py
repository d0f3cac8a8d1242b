"""A playbook as one HTML page that needs nothing else: picture, chooser of answers, every rule in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from markupsafe import Markup

from engine.conditions import bind, leaves
from engine.model import PHASE_TITLES, PHASES, Condition, Fact, Happened
from engine.phrases import OUTCOMES
from engine.render.picture import FONT, HEADS, PLACES, WIDTH, Wrap, band
from engine.render.sketch import GROUPS, Sketch, origin
from engine.render.templates import fill
from engine.variables import Variables


def page(sketch: Sketch, always: Sketch | None, wrap: Wrap) -> str:
    """The whole file. `always`: the rules that are active beside it, shown folded. BadData when a
    condition needs a hall value that is blank."""
    book = sketch.playbook
    phases = [phase for phase in PHASES if any(rule.phase == phase for rule in sketch.rules)]
    values = {
        "title": book.title,
        "about": book.about,
        "book": book,
        "origin": origin(book),
        "sketch": sketch,
        "always": always,
        "groups": GROUPS,
        "phases": [(phase, PHASE_TITLES[phase]) for phase in phases],
        "bands": {phase: band(sketch, phase, wrap) for phase in phases},
        "heads": [(kind, PLACES[kind][0], head) for kind, head in HEADS.items()],
        "width": WIDTH,
        "font": FONT,
        "data": script_safe(data(sketch, always)),
    }
    return fill("playbook", "html", values)


def data(sketch: Sketch, always: Sketch | None) -> dict[str, Any]:
    """What the page's script knows: facts that can be answered, outcomes that count, bound rules."""
    parts = [_Part(sketch, False), *([_Part(always, True)] if always else [])]
    facts: dict[str, Any] = {}
    outcomes: dict[str, Any] = {}
    for part in parts:
        for fact in part.facts():
            facts.setdefault(fact["key"], fact)
        for outcome in part.outcomes():
            outcomes.setdefault(outcome["key"], outcome)
    return {
        "id": sketch.playbook.id,
        "phases": [[phase, PHASE_TITLES[phase]] for phase in PHASES],
        "facts": list(facts.values()),
        "outcomes": list(outcomes.values()),
        "derived": {key: when for part in parts for key, when in part.derived.items()},
        "rules": [rule for part in parts for rule in part.rules()],
        "steps": {key: step for part in reversed(parts) for key, step in part.steps()},
    }


def script_safe(data: object) -> Markup:
    """JSON that may stand in a `script` element: nothing in it can end the element."""
    text = msgspec.json.encode(data).decode()
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


class _Part:
    """What one playbook gives to the script."""

    def __init__(self, sketch: Sketch, folded: bool) -> None:
        self.sketch, self.folded = sketch, folded
        self.say = sketch.phrases
        self.whens = {rule.key: rule.when for rule in sketch.playbook.rules}
        self.bound = {key: self.bind(when) for key, when in self.whens.items()}
        derived = (self.say.facts[key] for key, ask in sketch.facts.items() if ask.group == "derived")
        self.derived = {fact.key: self.bind(fact.when) for fact in derived if fact.when is not None}
        conditions = [*self.bound.values(), *self.derived.values()]
        self.variables = Variables({key: self.say.facts[key] for key in sketch.facts}, conditions)

    def bind(self, when: Condition) -> Condition:
        return bind(when, self.say.facts, self.say.values)

    def rules(self) -> Iterator[dict[str, Any]]:
        for rule in self.sketch.rules:
            yield {
                "key": rule.key,
                "phase": rule.phase,
                "folded": self.folded,
                "clauses": [
                    {"text": self.say.condition(clause), "when": self.bind(clause)}
                    for clause in self.say.clauses(self.whens[rule.key])
                ],
                "steps": [key for key, _ in rule.wants],
                "due": [tightened for _, tightened in rule.wants],
                "starts": rule.starts,
            }

    def steps(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for key, card in self.sketch.steps.items():
            named = dict(card.lines)
            kept = {"to": "找谁", "due": "时限", "say": "说", "issue": "文书"}
            told = {name: named[line] for name, line in kept.items() if line in named}
            yield key, {"what": card.what, "who": card.who, "optional": card.optional, **told}

    def facts(self) -> Iterator[dict[str, Any]]:
        """The facts that conditions read, with the answers that conditions can tell apart."""
        overdue = {leaf.name for leaf in self._outcomes() if leaf.name in self.say.facts}
        for key, ask in self.sketch.facts.items():
            fact = self.say.facts[key]
            if key not in self.variables.of_fact and key not in overdue:
                continue
            options = list(self._options(fact))
            if fact.ask:
                options.append(("~unsure", "说不清", "unsure", None))
                if fact.recheck is not None:
                    options.append(("~open", "还没有", "open", None))
            yield {
                "key": key,
                "name": ask.name,
                "label": ask.label,
                "ask": ask.ask,
                "group": ask.group,
                "many": fact.kind == "many",
                "overdue": key in overdue,
                "folded": self.folded,
                "options": [dict(zip(("id", "label", "state", "value"), o, strict=True)) for o in options],
            }

    def _options(self, fact: Fact) -> Iterable[tuple[str, str, str, Any]]:
        match fact.kind:
            case "bool":
                return [("yes", "是", "known", True), ("no", "否", "known", False)]
            case "choice":
                return [(choice.id, choice.label, "known", choice.id) for choice in fact.choices]
            case "many":
                chosen = [(choice.id, choice.label, "known", choice.id) for choice in fact.choices]
                return [*chosen, ("~none", "都没有", "known", None)]
            case "number":
                cells = _cells(fact, self.variables.cuts[fact.key])
                return [(str(low), text, "known", low) for low, text in cells]
            case _:
                return [("~known", "知道了", "known", "09:00")]

    def outcomes(self) -> Iterator[dict[str, Any]]:
        kinds: dict[str, dict[str, None]] = {}
        for leaf in self._outcomes():
            if leaf.name not in self.say.facts:
                kinds.setdefault(leaf.name, {})[leaf.kind] = None
        for key, found in kinds.items():
            label, name = self.say.label(key), key.rpartition(".")[2]
            options = [{"kind": kind, "label": OUTCOMES[kind]} for kind in OUTCOMES if kind in found]
            yield {"key": key, "name": name, "label": label, "options": options, "folded": self.folded}

    def _outcomes(self) -> Iterator[Happened]:
        for when in (*self.bound.values(), *self.derived.values()):
            yield from (leaf for leaf in leaves(when) if isinstance(leaf, Happened))


def _cells(fact: Fact, cuts: list[int]) -> Iterator[tuple[int, str]]:
    """(a number of it, its words) of each stretch of numbers that conditions tell apart."""
    lows = [0, *cuts]
    for low, after in zip(lows, [*cuts, None], strict=True):
        if after is None:
            yield low, f"{low}{fact.unit}以上" if low else "有数"
        else:
            yield low, f"{low}{fact.unit}" if after == low + 1 else f"{low}到{after - 1}{fact.unit}"
