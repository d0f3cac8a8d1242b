"""What a playbook is made of: frozen structures, no behaviour.

Names of facts and steps are *keys*: `office_hours` when declared in the vocabulary,
`system-failure.fix_minutes` when declared in that playbook. The reader resolves what authors write.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Phase = Literal["safety", "control", "understand", "resolve", "communicate", "improve"]
PHASES: tuple[Phase, ...] = (
    "safety",
    "control",
    "understand",
    "resolve",
    "communicate",
    "improve",
)
PHASE_TITLES: dict[str, str] = {
    "safety": "人身安全",
    "control": "控制现场",
    "understand": "了解情况",
    "resolve": "分类处置",
    "communicate": "反馈沟通",
    "improve": "长效改进",
}
# numbers are whole; a text in a test of a number is the id of a hall value
Scalar = bool | int | str


class Frozen(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of every model structure."""


class Span(Frozen, frozen=True, array_like=True):
    """A place in a file; line and column count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


# ---- conditions -------------------------------------------------------------------------------


class Test(Frozen, frozen=True, tag="test"):
    """A fact compared. `in`: the value is one of `values` (a `many` fact: holds any of them).

    lt lte gt gte: exactly one value, a number or a hall value's id.
    """

    fact: str
    op: Literal["in", "lt", "lte", "gt", "gte"]
    values: tuple[Scalar, ...]


class All(Frozen, frozen=True, tag="all"):
    """Every item; true when empty."""

    items: tuple[Condition, ...] = ()


class Any(Frozen, frozen=True, tag="any"):
    """At least one item; false when empty."""

    items: tuple[Condition, ...] = ()


class Not(Frozen, frozen=True, tag="not"):
    """The Kleene opposite: undecided stays undecided."""

    item: Condition


class Maybe(Frozen, frozen=True, tag="maybe"):
    """True unless the item is false."""

    item: Condition


class Known(Frozen, frozen=True, tag="known"):
    """Undecided while unasked; then true if the value is known, false for 说不清 and 还没有.

    `unknown: f` is `Not(Known(f))`.
    """

    fact: str


class Happened(Frozen, frozen=True, tag="happened"):
    """An outcome: false until it happens. `name` is a step, or for `overdue` also a fact."""

    kind: Literal["done", "blocked", "overdue", "handed"]
    name: str


Condition = Test | All | Any | Not | Maybe | Known | Happened
ALWAYS = All()
NO_PROMISE = ("no",)  # no step can have this id


# ---- declarations -----------------------------------------------------------------------------


class Duration(Frozen, frozen=True):
    """`amount` of `unit`: m(inutes), h(ours), d(ays), wd (working days).

    `hall`: the id of a hall value of type duration that takes the place of both.
    """

    amount: int = 0
    unit: Literal["m", "h", "d", "wd"] = "m"
    hall: str = ""


class Deadline(Frozen, frozen=True):
    """Due `due` after `origin` (a step's completion or a fact's time; empty: the step's entry)."""

    due: Duration
    origin: str = ""
    warn: Duration | None = None  # this long before due; absent: a quarter of the time


class Signal(Frozen, frozen=True):
    """Words that speak for something: every group must occur, by any one of its words.

    `unless`: words whose occurrence annuls the signal.
    """

    groups: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...] = ()
    weight: float = 1.0


class Heard(Frozen, frozen=True):
    """A report that settles a fact: `value` when one of the signals is found."""

    value: Scalar
    signals: tuple[Signal, ...]


class Choice(Frozen, frozen=True):
    """One answer of a fact with choices."""

    id: str
    label: str


class Fact(Frozen, frozen=True):
    """Something that may be known about the incident.

    `source` says who knows it: `ask`ed of the officer, only `hear`d, `clock`, `hall`, or derived
    (`when` is set). `recheck` makes it awaited.
    """

    key: str
    kind: Literal["bool", "choice", "many", "number", "time", "text"]
    label: str
    ask: str = ""
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    hear: tuple[Heard, ...] = ()
    when: Condition | None = None
    known_from: Literal["", "clock", "hall"] = ""
    recheck: Duration | None = None
    within: Deadline | None = None
    source: tuple[str, ...] = ()
    span: Span = Span()


class Step(Frozen, frozen=True):
    """The one action type. Fields as the language defines them; empty means absent."""

    key: str
    what: str
    who: str = ""
    to: str = ""
    say: str = ""
    issue: str = ""
    within: Deadline | None = None
    after: tuple[str, ...] = ()
    finds: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    every: Duration | None = None
    optional: bool = False
    conflicts_with: tuple[str, ...] = ()
    # the steps that keep what its words promise; NO_PROMISE: they promise nothing
    promises: tuple[str, ...] = ()
    evidence: str = ""
    check: Duration | None = None
    source: tuple[str, ...] = ()
    # facts and hall values that the words of `what`, `say`, `ways` and the document use
    uses: tuple[str, ...] = ()
    span: Span = Span()


class Want(Frozen, frozen=True):
    """A rule's reference to a step; `within` tightens the step's own deadline."""

    step: str
    within: Deadline | None = None


class Rule(Frozen, frozen=True):
    """When `when` is true, the steps of `do` are wanted and `activate` is proposed."""

    key: str  # `playbook.rule`
    phase: Phase
    when: Condition = ALWAYS
    do: tuple[Want, ...] = ()
    activate: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    span: Span = Span()


class HallValue(Frozen, frozen=True):
    """A local value with its declared default (`None`: a blank to fill)."""

    id: str
    label: str
    kind: Literal["number", "duration", "text", "bool"]
    default: int | str | bool | Duration | None = None
    unit: str = ""
    span: Span = Span()


class Role(Frozen, frozen=True):
    """Somebody who acts or is contacted; name and phone come from the hall profile."""

    id: str
    label: str


class Vocabulary(Frozen, frozen=True):
    """What all playbooks share. Keys here have no prefix. Order is the order of declaration."""

    roles: tuple[Role, ...] = ()
    hall: tuple[HallValue, ...] = ()
    facts: tuple[Fact, ...] = ()
    steps: tuple[Step, ...] = ()
    promises: tuple[Signal, ...] = ()  # words by which a promise to the public is known


class Playbook(Frozen, frozen=True):
    """One scenario. `facts` and `steps` are its own declarations, `order` all facts it names,
    in the order in which they should be asked (declared here, then the vocabulary's)."""

    id: str
    title: str
    version: int = 1
    about: str = ""
    addon: bool = False
    hear: tuple[Signal, ...] = ()
    ends_in: tuple[str, ...] = ()
    hall: tuple[HallValue, ...] = ()
    facts: tuple[Fact, ...] = ()
    steps: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()
    order: tuple[str, ...] = ()
    origin: str = "shipped"  # shipped | hall | file
    digest: str = ""  # sha256 of the texts it was read from, hex
    span: Span = Span()
    reach: int = 3  # how many it blocks: 1 the whole hall, 2 a group of people, 3 one matter


class Finding(Frozen, frozen=True):
    """One fault or remark about a file."""

    level: Literal["error", "warning", "info"]
    code: str  # a short stable kebab-case name of the kind of finding
    message: str
    span: Span = Span()
    help: str = ""
    situation: tuple[str, ...] = ()  # a concrete situation that shows it, one line each


class Library(Frozen, frozen=True):
    """Everything that can be activated, as read: hall changes already merged in."""

    vocabulary: Vocabulary = Vocabulary()
    playbooks: tuple[Playbook, ...] = ()  # `always` first
    findings: tuple[Finding, ...] = ()
    texts: dict[str, str] = {}  # file name → sha256 of its text


class Profile(Frozen, frozen=True):
    """The hall profile, as read from `hall.yaml`; what is absent is a blank, never an error."""

    name: str = ""
    hours: dict[str, tuple[tuple[str, str], ...]] = {}  # "mon".."sun" → (("09:00","12:00"), …)
    people: dict[str, tuple[str, str]] = {}  # role id → (name, phone)
    values: dict[str, int | str | bool] = {}  # hall value or hall fact id → value ("30m" for times)
    workdays: dict[str, bool] = {}  # "2027-02-10" → True working, False off
    calendar_sources: dict[str, str] = {}  # "2027" → where its table is from: other days follow the week


class Event(Frozen, frozen=True):
    """One line of the record. `cause`: seq of the officer's act that this is a consequence of
    (its own seq for an act). `data` depends on `kind`; see `session`."""

    seq: int
    kind: str
    at: str  # clock.stamp
    cause: int
    data: dict[str, object] = {}
    version: int = 1
