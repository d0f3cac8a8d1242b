"""What is drawn for a generated drill: truths, and the news that turn what is to be done."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from engine.conditions import OPEN, Answer
from engine.drill.model import (
    Channel,
)
from engine.drill.path import News, Walker
from engine.model import Fact, Playbook, Step

DANGERS: dict[str, tuple[Channel, str, str]] = {
    "hurt": ("radio", "保安", "等候区有人倒在地上，叫他没反应！"),
    "violence": ("radio", "引导员", "窗口前动手了，有人抄起了凳子砸人！"),
    "fire": ("radio", "保安", "复印间冒烟着火了，看得见火苗！"),
    "lost_child": ("visitor", "一位母亲", "我孩子不见了，四岁，穿红衣服，刚才还在身边！"),
}


class Draw(NamedTuple):
    """What one attempt works with."""

    playbook: Playbook
    level: int
    chance: random.Random
    steps: dict[str, Step]
    facts: dict[str, Fact]
    words: Callable[[str], str]  # of a step, without an incident


def drawn(fact: Fact, on: Draw) -> Answer:
    """An answer; harder drills have more of what cannot be told or is not known yet."""
    chance = on.chance
    if fact.recheck is not None and chance.random() < 0.75:
        return OPEN
    if chance.random() < 0.03 * on.level:
        return Answer("unsure")
    match fact.kind:
        case "bool":
            return Answer("known", chance.random() < 0.6)
        case "choice":
            return Answer("known", chance.choice(fact.choices).id)
        case "many":
            ids = [choice.id for choice in fact.choices]
            return Answer("known", frozenset(chance.sample(ids, chance.randint(1, len(ids)))))
        case "number":
            return Answer("known", chance.choice((5, 10, 20, 30, 45, 60, 90, 120)))
        case "time":
            return Answer("known", f"{chance.randint(9, 16)}:{chance.randrange(0, 60, 5):02d}")
        case _:
            return Answer("known", "某某")


def news_for(walker: Walker, on: Draw) -> list[News] | None:
    """What comes on the way, put to the walker; None when nothing of it changes what is to be done."""
    told: list[News] = []
    turned = False
    for number in range(1 + (on.level + 1) // 2):
        options = [news for news in _options(walker, on, number) if walker.brings(news.fact, news.answer)]
        quiet = [news for news in _options(walker, on, number) if news not in options]
        pool = options if options and (not turned or on.chance.random() < 0.7) else quiet or options
        if not pool:
            break
        news = on.chance.choice(pool)
        turned = turned or news in options
        told.append(news)
        walker.news(news)
    return told if turned else None


def _options(walker: Walker, on: Draw, number: int) -> list[News]:
    """Facts that may be reported now: only heard ones, and awaited ones that have an answer at last."""
    state = walker.session.state
    found = []
    for key, fact in walker.session.ruleset.facts.items():
        if fact.when is not None or fact.known_from:
            continue
        if key in state.open_since:
            answer = drawn(fact, on)
            while answer.state != "known":
                answer = drawn(fact, on)
            found.append(News(f"news{number + 1}", key, answer))
        elif key not in state.facts and not fact.ask and fact.kind == "bool" and fact.hear:
            dangerous = key in DANGERS
            if key in ("self_harm",) or (dangerous and (on.level < 3 or number == 0)):
                continue
            found.append(News(f"news{number + 1}", key, Answer("known", True)))
    return found
