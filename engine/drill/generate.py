"""A playbook and a seed → a drill: hidden facts, injects and expectations along a way that was walked.

The same seed gives the same drill. What is drawn is what the playbook's own rules turn on; the words
for the injects of danger are ours, the others are made from the labels.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from msgspec.structs import replace

from engine.clock import parse
from engine.conditions import Answer
from engine.drill.catalogue import worded
from engine.drill.check import check
from engine.drill.draw import DANGERS, Draw, drawn, news_for
from engine.drill.model import (
    Drill,
    Expectation,
    Harm,
    Inject,
    Objective,
    Takes,
    Trigger,
    Truth,
    Value,
)
from engine.drill.path import News, Opened, Path, Walker
from engine.drill.trial import trial
from engine.errors import NotFound, UsageError
from engine.model import Library
from engine.practice.draftfile import weights
from engine.practice.model import Bank
from engine.reader.report import suggest
from engine.triage import heard_facts
from engine.words import shown

LEVELS = range(1, 6)
TRIES = 40  # draws until a drill has a turn in it and nothing is given away
START = "2026-06-01T09:20:00+08:00"  # a Monday at work
LEAST = 60  # seconds for anything that is expected
USUAL = 300  # where the playbook gives no time
_HURRY = frozenset({"safety", "control"})
_COMMON = (
    ("shrug", "对群众说“这不归我管，找别的部门去”", 10, False),
    ("snap", "冲群众发火：“嚷什么，没看见忙着吗”", 12, True),
    ("grab", "伸手去抢群众的手机，不许拍", 15, False),
)
_OBJECTIVES = (
    Objective("first", "先保人身安全、稳住现场", "duty"),
    Objective("ask", "问清情况再处置，不凭猜", "duty"),
    Objective("solve", "处置到位，给群众交代", "head"),
)


def generate(library: Library, bank: Bank, playbook: str, level: int, seed: int) -> Drill:
    """A drill of the playbook. NotFound, UsageError for a level, or a playbook that gives no drill."""
    by_id = {book.id: book for book in library.playbooks}
    if playbook not in by_id or playbook == "always":
        raise NotFound(f"没有剧本 `{playbook}`", suggest(playbook, by_id) or "zhiban playbook list 看有哪些")
    if level not in LEVELS:
        raise UsageError(f"难度是 1 到 5，这里是 {level}", "1 最容易")
    active = [book for book in library.playbooks if book.id in (playbook, "always")]
    steps = {s.key: s for s in (*library.vocabulary.steps, *(s for b in active for s in b.steps))}
    facts = {f.key: f for f in (*library.vocabulary.facts, *(f for b in active for f in b.facts))}
    words = worded(library)
    for attempt in range(TRIES):
        chance = random.Random(f"{playbook} {level} {seed} {attempt}")
        drill = _attempt(library, bank, Draw(by_id[playbook], level, chance, steps, facts, words), seed)
        if drill is not None and not check(drill, library, bank) and not trial(drill, library, bank).findings:
            return drill
    raise UsageError(f"从剧本 `{playbook}` 的这颗种子排不出演练", "换一个 --seed 或 --difficulty")


def _attempt(library: Library, bank: Bank, on: Draw, seed: int) -> Drill | None:
    start = parse(START)
    scene = _scene(bank, on)
    facts = [on.facts[key] for key in on.playbook.order] + [f for f in on.facts.values() if not f.ask]
    known = {heard.fact: Answer("known", heard.value) for heard in heard_facts(scene, facts)}
    walker = Walker(library, on.playbook.id, start, known, lambda fact: drawn(fact, on))
    try:
        walker.settle()
        told = news_for(walker, on)
    finally:
        walker.close()
    if told is None:
        return None
    path = walker.path()
    return _drill(bank, on, seed, scene, {k: a.value for k, a in known.items()}, path, told)  # type: ignore[misc]


def _scene(bank: Bank, on: Draw) -> str:
    """The scene of a practice question on the playbook; without one, what the playbook is about."""
    asked = [question for question in bank.questions if question.playbook == on.playbook.id]
    if not asked:
        return f"{on.playbook.about.partition('：')[0] or on.playbook.title}。你在现场带班。"
    sentences = re.findall(r"[^。？！]+[。？！]", on.chance.choice(asked).text)
    told = [sentence for sentence in sentences if not sentence.endswith("？")]
    return f"{''.join(told)}你在现场带班。"


# ---- writing down -------------------------------------------------------------------------------


def _drill(
    bank: Bank, on: Draw, seed: int, scene: str, known: dict[str, Value], path: Path, told: list[News]
) -> Drill:
    minutes = 8 + 4 * on.level
    truth = [
        Truth(key, None if a.value is None else a.value, a.state == "open")
        for key, a in path.asked.items()
        if key not in known
    ]
    injects = [_inject(news, on, minutes * 60, at, len(told)) for at, news in enumerate(told)]
    takes = _takes(path, on)
    slow = {entry.step: entry.seconds for entry in takes}
    expectations = _expectations(path, on, minutes * 60, injects, slow)
    rated = {entry.objective for entry in expectations}
    return Drill(
        id=f"{on.playbook.id}-l{on.level}-s{seed}",
        title=f"{on.playbook.title}（生成，难度 {on.level}，种子 {seed}）",
        version=1,
        minutes=minutes,
        level=on.level,
        start=START,
        playbooks=(on.playbook.id,),
        scene=scene,
        objectives=tuple(entry for entry in _OBJECTIVES if entry.id in rated),
        roles=("duty", "guide", "guard", "clerk"),
        known=known,
        truth=tuple(truth),
        takes=takes,
        injects=tuple(injects),
        expectations=expectations,
        harms=_harms(bank, on),
        hot_wash=("头一分钟你先做了什么？", "哪件事问晚了？", "情况变了以后，你改了什么？"),
        seed=seed,
        about=f"由剧本 {on.playbook.id} 生成：难度 {on.level}，种子 {seed}。",
    )


def _inject(news: News, on: Draw, end: int, at: int, count: int) -> Inject:
    seconds = 120 + (end - 360) * (at + 1) // (count + 1)
    if news.fact in DANGERS:
        channel, sender, tell = DANGERS[news.fact]
    else:
        fact = on.facts[news.fact]
        channel, sender = ("phone", "值班电话") if fact.recheck is not None else ("radio", "引导员")
        words = shown(fact, news.answer)
        tell = f"{fact.label}。" if words == "是" else f"“{fact.label}”有结果了：{words}。"
    return Inject(
        news.id, Trigger(at=seconds // 15 * 15), tell, channel, sender,
        sets={news.fact: news.answer.value}, reveals=(news.fact,),  # type: ignore[dict-item]
    )  # fmt: skip


def _takes(path: Path, on: Draw) -> tuple[Takes, ...]:
    """From level 2 on some calls take a while, from 3 on the first try of one fails."""
    calls = [o.step for o in path.opened if on.steps[o.step].to and len(on.steps[o.step].ways) > 1]
    chosen = on.chance.sample(calls, min(len(calls), on.level // 2))
    return tuple(
        Takes(step, 15 * on.chance.randint(1, 4), 1 if on.level >= 3 and not at else 0, 0,
              "没人接" if on.level >= 3 and not at else "", "有回话了，办好了。")
        for at, step in enumerate(chosen)
    )  # fmt: skip


def _expectations(
    path: Path, on: Draw, end: int, injects: list[Inject], slow: Mapping[str, int]
) -> tuple[Expectation, ...]:
    """The most pressing steps, first of all those that an inject brings; some questions; no harm."""
    fired = {inject.id: inject.when.at or 0 for inject in injects}

    def rank(entry: Opened) -> tuple[bool, bool, int, str]:
        turned = entry.since.on == "fired"
        return (not turned, entry.phase not in _HURRY, entry.within or USUAL, entry.step)

    room = 4 + on.level
    after = [o for o in path.opened if o.since.on == "fired"]
    chosen = sorted(after, key=rank)[: room // 2]
    chosen += sorted((o for o in path.opened if o not in after), key=rank)[: room - len(chosen)]
    found: list[Expectation] = []
    for number, entry in enumerate(o for o in path.opened if o in chosen):
        begin = fired.get(entry.since.name, 0) if entry.since.on == "fired" else 0
        within = max(LEAST, entry.within or USUAL) + slow.get(entry.step, 0)
        step = on.steps[entry.step]
        found.append(
            Expectation(
                f"do{number + 1}", on.words(step.what), 1, "first" if entry.phase in _HURRY else "solve",
                steps=(entry.step,), since=entry.since, within=min(within, end - begin),
                critical=entry.phase in _HURRY, source=step.source,
            )
        )  # fmt: skip
    turning = [o.since.name for o in path.opened if o.since.on == "answered"]
    facts = [key for key in path.asked if key in turning] or list(path.asked)
    for number, key in enumerate(facts[: 1 + on.level // 2]):
        found.append(
            Expectation(
                f"ask{number + 1}", f"问清：{on.facts[key].label}", 1, "ask", facts=(key,), within=USUAL
            )
        )
    harms = tuple(id for id, *_ in _COMMON)
    found.append(Expectation("civil", "不推诿、不发火、不抢手机", 1, "first", never=harms))
    shares = [2.0 if e.critical else 1.5 if e.steps else 1.0 for e in found]
    return tuple(replace(e, weight=w) for e, w in zip(found, weights(shares), strict=True))


def _harms(bank: Bank, on: Draw) -> tuple[Harm, ...]:
    own = [Harm(id, what, minus, blame) for id, what, minus, blame in _COMMON]
    faults = [
        fault
        for question in bank.questions
        if question.playbook == on.playbook.id and question.origin.kind == "seed"
        for fault in question.faults
    ]
    return (*own, *(Harm(f"fault{n + 1}", f.text, f.minus, fault=f.id) for n, f in enumerate(faults[:4])))
