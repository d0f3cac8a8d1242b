"""What a drill file holds: frozen structures, no behaviour. Times are whole seconds of the drill's clock."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.model import Span
from engine.practice.model import Way

Channel = Literal["scene", "radio", "phone", "wechat", "visitor", "leader", "social"]
CHANNELS: dict[str, str] = {
    "scene": "现场",
    "radio": "对讲机",
    "phone": "电话",
    "wechat": "微信",
    "visitor": "有人找来",
    "leader": "领导来电",
    "social": "网上",
}
On = Literal["answered", "asked", "done", "blocked", "missed", "said", "harmed", "met", "unmet", "fired"]
Value = bool | int | str | frozenset[str]


class Frozen(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value."""


class Trigger(Frozen, frozen=True):
    """When something happens: `at` seconds from the start, or `delay` seconds after `on` happened to `name`.

    on: answered/asked (a fact), done/blocked (a step), missed (a step wanted whose time is up and that
    nobody has begun), said (an expectation's words), harmed (a harmful act, empty name: any), met/unmet (an
    expectation), fired (an inject).
    """

    at: int | None = None
    on: On | None = None
    name: str = ""
    value: Value | None = None  # answered: only with this value
    delay: int = 0


class Growth(Frozen, frozen=True):
    """A post that spreads: counts at the start and what they are multiplied by each minute, in percent."""

    shares: int = 0
    comments: int = 0
    percent: int = 100
    until: tuple[str, ...] = ()  # injects or steps after which it grows no more


class Inject(Frozen, frozen=True):
    """Trouble that comes from outside."""

    id: str
    when: Trigger
    tell: str  # what the trainee sees or hears
    channel: Channel = "scene"
    sender: str = ""  # who says it, in words
    to: tuple[str, ...] = ()  # roles that get it; empty: everybody
    sets: dict[str, Value] = {}  # what it makes true, hidden
    reveals: tuple[str, ...] = ()  # facts that it tells
    unless: tuple[Trigger, ...] = ()  # does not come once one of these has happened
    red_herring: bool = False
    growth: Growth | None = None
    note: str = ""  # for the controller only
    source: tuple[str, ...] = ()
    span: Span = Span()


class Truth(Frozen, frozen=True):
    """A fact as it is, hidden until it is found or asked. `value` None: 说不清; `open_`: 还没有."""

    fact: str
    value: Value | None = None
    open_: bool = False
    told: str = ""  # the words with which the world answers; empty: made from the fact's labels
    delay: int = 0  # seconds until the answer comes
    span: Span = Span()


class Takes(Frozen, frozen=True):
    """How long a step takes, seconds; `fails`: how many tries (ways) come to nothing first, with `reason`."""

    step: str
    seconds: int = 0
    fails: int = 0
    chance: int = 0  # percent of further tries that fail, drawn with the drill's seed
    reason: str = ""
    told: str = ""  # what comes back when it is done
    span: Span = Span()


class Expectation(Frozen, frozen=True):
    """What the trainee should do. Exactly one of `steps`, `facts`, `says`/`points`, `documents`, `never`.

    steps: any of them done or handed over; facts: any of them asked or found; says: words in one of these
    ways; points: marking points of practice questions reached by what was said; documents: any of them
    issued; never: harmful acts that must not happen.
    """

    id: str
    what: str
    weight: int
    objective: str
    steps: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    says: tuple[Way, ...] = ()
    points: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    since: Trigger = Trigger(at=0)  # its time runs from here; never happens: the expectation does not count
    within: int = 0  # full marks until then; 0: until the end of the drill
    late: int = 0  # then fading to nothing over this long; 0: as long as `within`
    critical: bool = False
    roles: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    span: Span = Span()


class Objective(Frozen, frozen=True):
    """What the drill trains; its rating P/S/M/U follows from its expectations."""

    id: str
    what: str
    owner: str = ""  # role that improves it when it was not met
    span: Span = Span()


class Harm(Frozen, frozen=True):
    """A harmful act that is offered; `fault`: the practice fault it is (E4.f1), or own words."""

    id: str
    what: str
    minus: int
    blame: bool = False  # puts the blame on somebody: never before safety and control
    fault: str = ""
    tell: str = ""  # how the scene reacts
    span: Span = Span()


class Drill(Frozen, frozen=True):
    """A drill as read."""

    id: str
    title: str
    version: int
    minutes: int
    level: int  # 1 (easy) to 5
    start: str  # clock.stamp of the drill's beginning, D+0 H+0 M+0
    playbooks: tuple[str, ...]  # the primary one first
    scene: str  # what the trainees are told at the start
    objectives: tuple[Objective, ...]
    roles: tuple[str, ...]  # trainees may join as these; the rest is played
    known: dict[str, Value] = {}
    truth: tuple[Truth, ...] = ()
    takes: tuple[Takes, ...] = ()
    injects: tuple[Inject, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    harms: tuple[Harm, ...] = ()
    hot_wash: tuple[str, ...] = ()
    hint_costs: int = 2  # marks
    source: tuple[str, ...] = ()
    about: str = ""  # for trainers
    seed: int | None = None  # a generated drill's
    span: Span = Span()
