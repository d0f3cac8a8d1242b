"""Findings about promises: what is said to the public must be kept by a step that has a deadline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from engine.checks.ground import Ground
from engine.checks.written import short
from engine.diagrams import NO
from engine.model import NO_PROMISE, Finding, Signal, Step
from engine.reader import locate

_SENTENCE = re.compile(r"[^。；！？\n]+")
_REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)


def promises(on: Ground, step: Step) -> Iterator[Finding]:
    """A promise that nobody keeps, or that is kept without a deadline.

    A step that comes back keeps its own word. Its `within` does not: that is when the words are due.
    """
    if step.promises == NO_PROMISE or step.every is not None:
        return
    name, made = short(step.key), _promise(on.library.vocabulary.promises, step)
    clocked = (key for key in on.ruleset.reasons if _runs_from(on.ruleset.steps[key], step))
    keepers = step.promises or tuple(clocked)
    where = on.feasible(on.relevance.wanted.get(step.key, NO))
    if not keepers:
        if made:
            text = f"步骤 `{name}` 的话里有许诺“{made}”，却没有到期要兑现的步骤"
            help = "写上 `promises: 兑现的步骤`，那一步要有 within；不是许诺就写 `promises: no`"
            yield on.shown("error", "promise", text, step.span, where, help)
        return
    kept = NO
    for key in keepers:
        if key not in on.ruleset.timed:
            text = f"步骤 `{name}` 许诺的事由 `{short(key)}` 兑现，那一步却没有期限"
            yield on.shown("error", "promise", text, step.span, where, f"给 `{short(key)}` 写上 `within`")
        kept = on.d.either(kept, on.sometime(on.relevance.wanted.get(key, NO)))
    if on.feasible(on.d.both(where, kept)) == NO:
        several = "、".join(f"`{short(key)}`" for key in keepers)
        text = f"步骤 `{name}` 许诺的事由{several}兑现，可是做了这一步就轮不到它"
        yield on.shown("error", "promise", text, step.span, where, "改兑现那一步的条件，或换一步")


def _runs_from(other: Step, step: Step) -> bool:
    return other.within is not None and other.within.origin == step.key


def _promise(words: tuple[Signal, ...], step: Step) -> str:
    """The first sentence of a step's words or document that promises something."""
    for sentence in _SENTENCE.findall(step.say + "\n" + (_document(step.issue) if step.issue else "")):
        if any(_in(signal, sentence) for signal in words):
            found: str = sentence.strip()
            return found
    return ""


def _in(signal: Signal, sentence: str) -> bool:
    every = all(any(word in sentence for word in group) for group in signal.groups)
    return every and not any(word in sentence for word in signal.unless)


@cache
def _document(id: str) -> str:
    """The words of a document; what cannot be read promises nothing (the reader has said so)."""
    try:
        return _REMARK.sub("", locate(f"templates/documents/{id}.md.j2").read_text("utf-8"))
    except OSError:
        return ""
