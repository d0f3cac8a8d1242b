"""What checks find on small playbooks, and that exploring counts exactly what walking counts."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from worlds import fact, library

from engine.checks import check
from engine.conditions import OPEN, UNSURE, Answer, Situation, compare, leaves
from engine.explore import explore
from engine.model import PHASES, Fact, Finding, Library
from engine.model import Test as Compare
from engine.plan import questions
from engine.reader import parse_texts
from engine.relevance import Relevance
from engine.ruleset import Ruleset
from engine.state import State

VOCABULARY = """\
vocabulary: zhiban
roles: {duty: 值班负责人, lead: 领导}
promises: ['分钟内|马上 + 我 - 告诉我']
facts:
  office_hours: {label: 上班时间, from: clock, ask: 现在上班吗？}
"""
X = "x: {label: 甲, ask: 甲？}"
XY = X + ", y: {label: 乙, ask: 乙？}"
AWAITED = "x: {label: 甲, ask: 甲？, recheck: 5m, within: 30m}"
END = "do: {end: {what: 收尾, ways: [一, 二], source: own}}"  # when one way fails there is another


def step(name: str, more: str = "") -> str:
    """`do: …` of one step."""
    return f"do: {{{name}: {{what: 做{name}, source: own{more}}}}}"


def when(condition: str, act: str) -> str:
    """`act` under a condition."""
    return f"when: {{{condition}}}, {act}"


def book(facts: str, *rules: str, ends: str = "end", phase: str = "control", head: str = "") -> str:
    """A playbook `p` of some rules."""
    lines = [f"playbook: p\ntitle: 试\nends_in: {ends}", f"facts: {{{facts}}}" if facts else "about: 无"]
    lines += [head] if head else []
    return "\n".join([*lines, "rules:", f"  {phase}:", *(f"  - {{{rule}}}" for rule in rules)]) + "\n"


def read(text: str) -> Library:
    """The playbook `p` of a text; the reader itself has nothing but remarks."""
    made = parse_texts({"playbooks/vocabulary.yaml": VOCABULARY, "playbooks/p.yaml": text})
    assert [str(finding) for finding in made.findings if finding.level == "error"] == []
    return made


def findings(text: str) -> list[Finding]:
    """What the check finds."""
    found: list[Finding] = check(read(text), ["p"])["findings"]
    return found


PROMISE, LATER = ", say: 十分钟内我来说", ", within: 9m"
WAYS = ", ways: [一, 二]"
SAY, SAY_IF = ", say: '是{{ x }}'", ", say: '是{% if x %}{{ x }}{% endif %}'"
LAST = f"  communicate:\n  - {{{END}}}\n"
# name: (code, situation, bad, good); the good one differs only in the fault
TWINS = {
    "contradiction": (
        "never-fires",
        ("甲：是", "乙：是", "差 `x: no`"),
        book(XY, END, when("x: yes, y: yes, all: [{x: no}]", step("a")), when("x: yes, y: no", step("b"))),
        book(XY, END, when("x: yes, y: yes, all: [{x: yes}]", step("a")), when("x: yes, y: no", step("b"))),
    ),
    "an outcome of a step that is not wanted then": (
        "never-fires",
        ("甲：否", "差 `blocked: a`"),
        book(X, END, when("x: yes", step("a")), when("x: no, blocked: a", step("b"))),
        book(X, END, when("x: yes", step("a")), when("x: yes, blocked: a", step("b"))),
    ),
    "a condition that cannot fail": (
        "always-fires",
        ("任何情况",),
        book(X, END, when("any: [{maybe: {x: yes}}, {x: no}]", step("a")), when("x: yes", step("b"))),
        book(X, END, when("maybe: {x: yes}", step("a")), when("x: yes", step("b"))),
    ),
    "covered by another rule": (
        "subsumed",
        ("甲：是", "乙：是"),
        book(
            XY, END, when("x: yes", step("a")), "when: {x: yes, y: yes}, do: {a: }", when("y: no", step("b"))
        ),
        book(
            XY, END, when("x: yes", step("a")), "when: {x: no, y: yes}, do: {a: }", when("y: no", step("b"))
        ),
    ),
    "covered, and no sooner": (
        "subsumed",
        ("甲：是", "乙：是"),
        book(
            XY,
            END,
            when("x: yes", step("a", ", within: 9m")),
            "when: {x: yes, y: yes}, do: {a: }",
            when("y: no", step("b")),
        ),
        book(
            XY,
            END,
            when("x: yes", step("a", ", within: 9m")),
            "when: {x: yes, y: yes}, do: {a: {within: 3m}}",
            when("y: no", step("b")),
        ),
    ),
    "asked for nothing": (
        "useless-question",
        ("甲：是 和 甲：否，要做的事一样",),
        book(XY, END, when("y: no", step("a"))),
        book(XY, END, when("y: no", step("a")), when("x: no", step("b"))),
    ),
    "asked for words": (
        "useless-question",
        ("甲：是 和 甲：否，要做的事一样",),
        book(X, END, step("a")),
        book(X, END, step("a", ", say: '好{% if x %}的{% endif %}'")),
    ),
    "asked for a deadline": (
        "useless-question",
        ("几点：任何回答 和 几点：说不清，要做的事一样",),
        book("t: {label: 几点, ask: 几点？, type: time}", END, step("a", ", within: 30m")),
        book("t: {label: 几点, ask: 几点？, type: time}", END, step("a", ", within: {due: 30m, from: t}")),
    ),
    "heard for nothing": (
        "useless-question",
        ("甲：是 和 甲：否，要做的事一样",),
        book("x: {label: 甲, hear: [甲]}", END, step("a")),
        book("x: {label: 甲, hear: [甲]}", END, when("x: yes", step("a"))),
    ),
    "contradictory steps": (
        "conflict",
        ("甲：是", "乙：是"),
        book(XY, END, when("x: yes", step("a", ", conflicts_with: b")), when("y: yes", step("b"))),
        book(XY, END, when("x: yes", step("a", ", conflicts_with: b")), when("y: yes, x: no", step("b"))),
    ),
    "nothing to do before a question": (
        "no-first-action",
        ("什么都还没问",),
        book(X, when("x: yes", step("a"))) + LAST,
        book(X, when("maybe: {x: yes}", step("a")), when("x: no", step("b"))) + LAST,
    ),
    "nothing to do after an answer": (
        "no-control",
        ("甲：否",),
        book(X, when("maybe: {x: yes}", step("a"))) + LAST,
        book(X, when("maybe: {x: yes}", step("a")), when("x: no", step("b"))) + LAST,
    ),
    "nothing to do outside office hours": (
        "no-first-action",
        ("什么都还没问", "上班时间：否"),
        book("", when("office_hours: yes", step("a"))) + LAST,
        book("", when("office_hours: yes", step("a")), when("maybe: {office_hours: no}", step("b"))) + LAST,
    ),
    "no end for an unsure answer": (
        "no-end",
        ("甲：说不清",),
        book(X, step("a"), when("known: x", END)),
        book(X, step("a"), when("known: x", END), when("unknown: x", step("b", WAYS)), ends="[end, b]"),
    ),
    "no end when a step is blocked": (
        "no-end",
        ("“做a”办不成",),
        book("", step("a", WAYS), when("done: a", END)),
        book("", step("a", WAYS), when("any: [{done: a}, {blocked: a}]", END)),
    ),
    "no end when the last step is blocked": (
        "no-end",
        ("“做end”办不成",),
        book("", step("end")),
        book("", step("end"), when("blocked: end", step("other")), ends="[end, other]"),
    ),
    "no end when a step is overdue": (
        "no-end",
        ("甲：是",),
        book(
            X,
            step("a", ", within: 5m"),
            when("any: [{blocked: a}, {done: a, x: no}, {done: a, unknown: x}, {overdue: a, x: no}]", END),
        ),
        book(X, step("a", ", within: 5m"), when("any: [{blocked: a}, {done: a}, {overdue: a, x: no}]", END)),
    ),
    "no end when an awaited fact cannot be told": (
        "no-end",
        ("甲：说不清",),
        book(AWAITED, step("a"), when("any: [{known: x}, {overdue: x}]", END)),
        book(AWAITED, step("a"), when("known: x", END), when("unknown: x", step("b", WAYS)), ends="[end, b]"),
    ),
    "no provenance": (
        "no-source",
        ("任何情况",),
        book("", END, "do: {a: {what: 做}}"),
        book("", END, "do: {a: {what: 做, source: S1.01}}"),
    ),
    "waited for, and may fail": (
        "no-way-round",
        ("甲：是", "“做a”办不成"),
        book(X, END, when("x: yes", step("a")), when("done: a", step("b"))),
        book(X, END, when("x: yes", step("a", WAYS)), when("done: a", step("b"))),
    ),
    "waited for, and nothing said of its failing": (
        "no-way-round",
        ("“做a”办不成",),
        book(X, END, step("a"), when("x: yes, done: a", step("b"))),
        book(X, END, step("a"), when("x: yes, done: a", step("b")), when("blocked: a", step("c"))),
    ),
    "he calls himself": (
        "no-owner",
        ("甲：是",),
        book(X, END, when("x: yes", step("a", ", who: lead, to: lead"))),
        book(X, END, when("x: yes", step("a", ", to: lead"))),
    ),
    "promised and forgotten": (
        "promise",
        ("甲：是",),
        book(X, END, when("x: yes", step("a", PROMISE)), when("x: yes", step("b", LATER))),
        book(X, END, when("x: yes", step("a", PROMISE + ", promises: b")), when("x: yes", step("b", LATER))),
    ),
    "promised without a deadline": (
        "promise",
        ("任何情况",),
        book("", END, step("a", ", promises: b"), step("b")),
        book("", END, step("a", ", promises: b"), step("b", LATER)),
    ),
    "promised to those who never get it": (
        "promise",
        ("甲：是",),
        book(X, END, when("x: yes", step("a", ", promises: b")), when("x: no", step("b", LATER))),
        book(X, END, when("x: yes", step("a", ", promises: b")), when("maybe: {x: yes}", step("b", LATER))),
    ),
    "a clock that the promise does not start": (
        "promise",
        ("任何情况",),
        book("", END, step("a", PROMISE), step("b", LATER)),
        book("", END, step("a", PROMISE), step("b", ", within: {due: 9m, from: a}")),
    ),
    "said to be no promise": (
        "promise",
        ("任何情况",),
        book("", END, step("a", ", say: 马上给我回来")),
        book("", END, step("a", ", say: 马上给我回来, promises: no")),
    ),
    "not a word of it": (
        "promise",
        ("任何情况",),
        book("", END, step("a", ", say: 我马上来。看到就告诉我")),
        book("", END, step("a", ", say: 看到就马上告诉我。我也看")),
    ),
    "printed without being known": (
        "unknown-in-words",
        ("甲：说不清",),
        book(X, END, step("a", SAY), when("x: no", step("b"))),
        book(X, END, when("known: x", step("a", SAY)), when("x: no", step("b"))),
    ),
    "printed without a test": (
        "unknown-in-words",
        ("任何情况",),
        book(X, END, step("a", SAY)),
        book(X, END, step("a", SAY_IF)),
    ),
}


@pytest.mark.parametrize("name", TWINS)
def test_each_fault_is_found(name: str) -> None:
    """A fault gives exactly its finding, with a place, a way out and a situation; its twin gives none."""
    code, situation, bad, good = TWINS[name]
    (found,) = findings(bad)
    assert (found.code, found.situation) == (code, situation)
    assert found.span.file == "playbooks/p.yaml"
    assert found.span.line
    assert found.message
    assert found.help
    assert findings(good) == []


def test_steps_that_only_bring_about_each_other() -> None:
    """What follows from itself alone never happens: both rules are found."""
    rules = when("done: b", step("a", WAYS)), when("done: a", step("b", WAYS))
    found = findings(book("", END, *rules))
    assert [(entry.code, entry.situation) for entry in found] == [
        ("never-fires", ("任何情况", "差 `done: b`")),
        ("never-fires", ("任何情况", "差 `done: a`")),
    ]


def test_no_ends_at_all() -> None:
    """A playbook without `ends_in` is an error, unless it only ever goes with another one."""
    rule = f"rules:\n  control:\n  - {{{END}}}\n"
    assert [found.code for found in findings(f"playbook: p\ntitle: 试\n{rule}")] == ["no-ends"]
    assert findings(f"playbook: p\ntitle: 试\naddon: yes\n{rule}") == []


def test_too_many_states_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not explored is said, and the numbers are a lower bound."""
    text = book(XY, END, when("x: yes, y: yes", step("a")))
    whole = check(read(text), ["p"])
    monkeypatch.setattr("engine.explore.LIMIT", 1)
    report = check(read(text), ["p"])
    assert [found.code for found in report["findings"]] == ["unexplored"]
    assert int(report["paths"]) < int(whole["paths"])


def test_differing_evaluators_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A state on which the evaluators disagree is an error that names the rule."""
    monkeypatch.setattr("engine.ruleset.Ruleset.holding_by_tree", lambda self, at: {"p.end"})
    report = check(read(book(X, END, when("x: yes", step("a")), when("maybe: {x: no}", step("b")))), ["p"])
    (found,) = {found.message: found for found in report["findings"]}.values()
    assert found.code == "evaluators-differ"
    assert "“做b”办成了" in found.situation
    assert "p.b" in found.message


def test_conflict_of_two_playbooks() -> None:
    """Steps of two playbooks that contradict each other are found when the two are checked together."""
    vocabulary = VOCABULARY + "steps:\n  open-up: {what: 开门, conflicts_with: shut, source: own}\n"
    vocabulary += "  shut: {what: 关门, source: own}\n"
    texts = {
        "playbooks/vocabulary.yaml": vocabulary,
        "playbooks/p.yaml": book("", END, "do: {open-up: }"),
        "playbooks/q.yaml": book("", END, "do: {shut: }").replace("playbook: p", "playbook: q"),
    }
    made = parse_texts(texts)
    assert check(made, ["p"])["findings"] == check(made, ["q"])["findings"] == []
    assert [found.code for found in check(made, ["p", "q"])["findings"]] == ["conflict"]


def test_playbooks_that_start_each_other() -> None:
    """Proposals that lead back to where they began are found in each playbook on the way."""
    other = book(X, END, when("x: yes", "activate: p")).replace("playbook: p", "playbook: q")
    good = book(X, END, step("a"), when("x: yes", step("b")))
    bad = good + "  understand:\n  - {when: {x: no}, activate: q}\n"
    for text, situations in ((bad, [("甲：否",), ("甲：是",)]), (good, [])):
        texts = {"playbooks/vocabulary.yaml": VOCABULARY, "playbooks/p.yaml": text, "playbooks/q.yaml": other}
        found = [entry for name in "pq" for entry in check(parse_texts(texts), [name])["findings"]]
        assert [entry.situation for entry in found if entry.code == "activation-cycle"] == situations


def test_report_of_sources() -> None:
    """Statements cited anywhere are listed, those of what can never happen are not reached."""
    text = book(
        "x: {label: 甲, ask: 甲？, source: S1.05}",
        END,
        when("x: yes", step("a").replace("own", "[S1.02, S1.03]")),
        when("x: yes, all: [{x: no}]", step("b").replace("own", "S1.04")),
    )
    report = check(read(text), ["p"])
    assert report["sources_cited"] == ["S1.02", "S1.03", "S1.04", "S1.05", "own"]
    assert report["sources_reached"] == ["S1.02", "S1.03", "S1.05", "own"]


# ---- exploring against walking ------------------------------------------------------------------

SMALL = (
    fact("b0", "bool"),
    fact("b1", "bool", awaited=True),
    fact("b2", "bool", asked=False),
    fact("n0", "number"),
)
WIDE = (fact("b0", "bool"), fact("c0", "choice"), fact("c1", "choice", awaited=True))
Given = tuple[tuple[str, Answer], ...]


def answers(entry: Fact, made: Library) -> list[Answer]:
    """The distinguishable answers of a fact: of equal neighbouring numbers one."""
    extra = [UNSURE, OPEN] if entry.recheck else [UNSURE]
    if entry.kind == "bool":
        return [Answer("known", True), Answer("known", False), *extra]
    if entry.kind == "choice":
        return [*(Answer("known", value) for value in "xyz"), *extra]
    tests = [
        leaf
        for rule in made.playbooks[0].rules
        for leaf in leaves(rule.when)
        if isinstance(leaf, Compare) and leaf.fact == entry.key
    ]
    values = [n for n in range(16) if not n or any(compare(t, n - 1) != compare(t, n) for t in tests)]
    return [*(Answer("known", value) for value in values), *extra]


class Walker:
    """Answers everything by brute force: no diagrams, no residuals, only the rules and situations."""

    def __init__(self, made: Library) -> None:
        self.rules = Ruleset(made, ["p"], {})
        self.asked = [self.rules.facts[key] for key in self.rules.used if self.rules.facts[key].ask]
        self.answers = {entry.key: answers(entry, made) for entry in self.asked}
        self.phase = {
            name: PHASES.index(self.rules.phase(reason.rule for reason in reasons))
            for name, reasons in self.rules.reasons.items()
        }
        self.wanted: dict[Given, frozenset[str]] = {}
        for chosen in product(*self.answers.values()):
            given = tuple(zip(self.answers, chosen, strict=True))
            self.wanted[given] = self.done(dict(given))

    def done(self, facts: dict[str, Answer]) -> frozenset[str]:
        """The steps that get wanted, and are done, when all is answered."""
        happened: set[tuple[str, str]] = set()
        while True:
            holding = self.rules.holding_by_tree(Situation(facts, happened))
            wanted = {want.step for key in holding for want in self.rules.rules[key].rule.do}
            if {("done", step) for step in wanted} <= happened:
                return frozenset(wanted)
            happened |= {("done", step) for step in wanted}

    def walk(self, given: dict[str, Answer]) -> tuple[int, int, int]:
        """(paths, fewest, most questions) from what was answered so far."""
        left = [
            (facts, wanted)
            for facts, wanted in ((dict(key), steps) for key, steps in self.wanted.items())
            if facts.items() >= given.items()
        ]
        ranked = []
        for place, entry in enumerate(self.asked):
            if entry.key not in given:
                changing = self.changing(entry.key, left)
                if changing:
                    ranked.append((min(self.phase[step] for step in changing), place, entry.key))
        if not ranked:
            return 1, 0, 0
        key = min(ranked)[2]
        results = [self.walk({**given, key: answer}) for answer in self.answers[key]]
        return (
            sum(result[0] for result in results),
            1 + min(result[1] for result in results),
            1 + max(result[2] for result in results),
        )

    def changing(self, key: str, left: list[tuple[dict[str, Answer], frozenset[str]]]) -> set[str]:
        """The steps that hang on a fact, everything else being equal."""
        groups: dict[Given, list[frozenset[str]]] = {}
        for facts, wanted in left:
            rest = tuple(item for item in facts.items() if item[0] != key)
            groups.setdefault(rest, []).append(wanted)
        return {step for group in groups.values() for wanted in group for step in wanted ^ group[0]}


def agree(made: Library) -> None:
    """Exploring and walking give the same three numbers."""
    rules = Ruleset(made, ["p"], {})
    found = explore(rules, Relevance(rules))
    assert found.complete
    assert tuple(found.walks) == Walker(made).walk({})


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(library(SMALL, depth=2, most=5))
def test_paths_with_numbers_and_awaited_facts(made: Library) -> None:
    """Paths, shortest and longest of exploring are those of walking every answer."""
    agree(made)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(library(WIDE, depth=2, most=5))
def test_paths_with_choices(made: Library) -> None:
    """The same for facts with choices."""
    agree(made)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(library(SMALL, depth=2, most=5))
def test_planner_asks_as_many(made: Library) -> None:
    """Asking what the planner asks, in its order, takes no more questions than exploring says."""
    rules = Ruleset(made, ["p"], {})
    relevance = Relevance(rules)
    walker = Walker(made)

    def ask(state: State) -> int:
        happened = {("done", step) for step in walker.done(dict(state.facts))}
        state.happened |= happened
        for _, name in happened:
            state.step(name).outcome = "done"
        now, _, waiting = questions(rules, relevance, state, relevance.vector(state), ())
        assert not waiting
        if not now:
            return 0
        most = 0
        for answer in walker.answers[now[0][1]]:
            after = State()
            after.facts = {**state.facts, now[0][1]: answer}
            after.happened = set(state.happened)
            for name, live in state.steps.items():
                after.step(name).outcome = live.outcome
            most = max(most, 1 + ask(after))
        return most

    assert ask(State()) <= explore(rules, relevance).walks.longest
