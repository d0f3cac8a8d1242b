"""What a good playbook becomes: every part of the language once."""

import pytest
from reader_texts import GOOD, TEXTS, by_id, codes, read, small

from engine import model as m
from engine.reader import parse_texts


@pytest.fixture(scope="module")
def library():
    """The shared texts, read."""
    return read()


@pytest.fixture(scope="module")
def playbook(library):
    """The playbook that uses the whole language."""
    return by_id(library)["system-failure"]


def named(items, key):
    """The item whose key ends so."""
    return next(item for item in items if item.key.endswith(key))


def test_good_texts_have_no_findings(library):
    """The shared texts use the whole language and are faultless; `always` comes first."""
    assert library.findings == ()
    assert [p.id for p in library.playbooks] == ["always", "system-failure"]
    assert set(library.texts) == set(TEXTS)
    assert by_id(library)["always"].origin == "shipped"


def test_scalars_are_read_by_their_declared_type(playbook):
    """012 is twelve, no is a name, 12345 is a word: YAML's own guesses never apply."""
    assert playbook.version == 12
    assert playbook.hall == (m.HallValue("desk_count", "窗口数", "number", 12, "个", playbook.hall[0].span),)
    fact = named(playbook.facts, "fault_kind")
    assert [choice.id for choice in fact.choices] == ["slow", "no", "total"]
    assert playbook.hear[-1].groups == (("12345",),)


def test_signals(playbook):
    """`甲|乙 + 丙 - 丁` is groups and words that annul, the mapping form has a weight."""
    first, second, third, _ = playbook.hear
    assert first == m.Signal((("系统崩了",),))
    assert second == m.Signal((("系统", "网络"), ("坏了", "卡")), ("演练",))
    assert third == m.Signal((("死机",),), weight=2.5)


def test_fact_kinds(playbook):
    """The kind of a fact follows from its fields; keys carry the playbook's id."""
    kinds = {fact.key: fact.kind for fact in playbook.facts}
    assert kinds == {
        "system-failure.fault_kind": "choice",
        "system-failure.fix_minutes": "number",
        "system-failure.fix_soon": "bool",
        "system-failure.system_back": "bool",
        "system-failure.broken": "many",
        "system-failure.since": "time",
        "system-failure.note": "text",
    }
    broken = named(playbook.facts, "broken")
    assert broken.hear == (m.Heard("net", (m.Signal((("断网",),)),)),)
    back = named(playbook.facts, "system_back")
    assert back.recheck == m.Duration(10)
    assert back.within == m.Deadline(m.Duration(hall="promise"), warn=m.Duration(5))
    assert named(playbook.facts, "fault_kind").source == ("S4.01",)
    assert named(playbook.facts, "fault_kind").label == "还能办到什么程度？"


def test_facts_of_the_vocabulary(library):
    """Plain keys; `hear` as a list means yes; `from` says who knows it."""
    office, fire, _, tense = library.vocabulary.facts
    assert (office.key, office.known_from) == ("office_hours", "clock")
    assert fire.hear == (m.Heard(True, (m.Signal((("着火",),)), m.Signal((("冒烟",),)))),)
    yes = (True,)
    assert tense.when == m.Any((m.Test("quarrel", "in", yes), m.Test("fire", "in", yes)))


def rule(playbook, id):
    """The rule of that id."""
    return next(item for item in playbook.rules if item.key == f"system-failure.{id}")


def test_conditions(playbook):
    """Keys are joined by and; comparisons, lists, ne, known, unknown, maybe and outcomes."""
    key = "system-failure.".__add__
    soon = named(playbook.facts, "fix_soon").when
    minutes = key("fix_minutes")
    assert soon == m.All((m.Test(minutes, "lte", ("soon_minutes",)), m.Test(minutes, "gte", (1,))))
    assert rule(playbook, "look").when == m.ALWAYS
    assert rule(playbook, "again").when == m.Not(m.Test(key("broken"), "in", ("net", "power")))
    assert rule(playbook, "look-2").when == m.Not(m.Test(key("broken"), "in", ("net",)))
    overdue = m.Happened("overdue", key("call-it"))
    blocked = m.All((m.Happened("blocked", key("call-it")), m.Happened("blocked", key("look"))))
    assert rule(playbook, "lead-calls").when == m.Any((overdue, blocked))
    assert rule(playbook, "tell").when == m.All(
        (
            m.Test("office_hours", "in", (True,)),
            m.All((m.Known(minutes), m.Known(key("since")))),
            m.Maybe(m.Test("quarrel", "in", (True,))),
            m.Test(key("fault_kind"), "in", ("slow", "no")),
        )
    )
    assert rule(playbook, "come-back").when == m.Not(m.Known(minutes))
    assert rule(playbook, "say-back").when == m.All(
        (
            m.Test(key("system_back"), "in", (True,)),
            m.Test("tense", "in", (False,)),
            m.Happened("overdue", key("system_back")),
        )
    )


def test_steps(playbook):
    """Names are resolved to keys, deadlines have an origin, words tell which names they use."""
    step = named(playbook.steps, "call-it")
    assert step.within == m.Deadline(m.Duration(30), "system-failure.since", m.Duration(10))
    assert step.ways == ("打电话", "去{{ quiet_room }}找人")
    assert step.uses == ("quiet_room",)
    assert step.finds == ("system-failure.fix_minutes",)
    lead = named(playbook.steps, "lead-calls")
    assert (lead.after, lead.every, lead.optional) == (("system-failure.call-it",), m.Duration(15), True)
    assert lead.conflicts_with == ("calm",)
    assert named(playbook.steps, "tell").uses == ("system-failure.fix_minutes", "system-failure.note")
    # what the document prints counts, a name that belongs to other playbooks does not
    assert named(playbook.steps, "come-back").uses == ("promise", "system-failure.fault_kind")
    assert named(playbook.steps, "plan-b").check == m.Duration(90, "d")


def test_rules(playbook):
    """Default ids are the first step's, numbered when taken; a reference may tighten a deadline."""
    ids = [item.key.partition(".")[2] for item in playbook.rules]
    assert ids[:3] == ["look", "again", "look-2"]
    first = playbook.rules[0]
    assert first.do == (
        m.Want("system-failure.look"),
        m.Want("report-lead", m.Deadline(m.Duration(5))),
    )
    back = rule(playbook, "come-back")
    assert back.activate == ("always",)
    assert back.source == ("S4.02", "E3.05")
    assert playbook.ends_in == ("system-failure.say-back", "system-failure.come-back")


def test_asking_order(playbook):
    """Own listing first, with bare vocabulary names; then what is named, also through derived facts."""
    order = [key.removeprefix("system-failure.") for key in playbook.order]
    own = ["fault_kind", "office_hours", "fix_minutes", "fix_soon", "system_back", "broken", "since", "note"]
    assert order == [*own, "fire", "quarrel", "tense"]


def test_places(playbook):
    """Spans point at the names as they stand in the file."""
    lines = GOOD.splitlines()
    for item in (*playbook.facts, *playbook.steps, *playbook.hall):
        name = item.id if isinstance(item, m.HallValue) else item.key.partition(".")[2]
        text = lines[item.span.line - 1][item.span.column - 1 :]
        assert text.startswith(name)
        assert item.span.file == "playbooks/system-failure.yaml"


def test_phases_sort_rules():
    """Rules come in the order of phases, whatever the order in the file."""
    text = small("  improve:\n  control:\n  - do: {a: {what: 做}}\n  safety:\n  - do: {b: {what: 做}}")
    library = read(t=text)
    assert [r.phase for r in by_id(library)["t"].rules] == ["safety", "control"]
    assert codes(library) == []


def test_missing_templates_are_the_shipped_ones():
    """Texts without any template are read with the shipped templates."""
    library = parse_texts({"a.yaml": small("  control:\n  - do: {a: {what: 做, issue: nosuch}}")})
    assert codes(library) == ["unknown-document"]


def test_yes_and_no_in_any_spelling():
    """yes, True, 是 and their opposites, quoted or not."""
    rules = "".join(
        f"  - when: {{f: {word}}}\n    do: {{a{number}: {{what: 做}}}}\n"
        for number, word in enumerate(["yes", "No", "TRUE", "'false'", "是", "否"])
    )
    text = small("  control:\n" + rules.rstrip(), "  f: {ask: 吗？}", head="ends_in: a0")
    library = read(t=text)
    assert codes(library) == []
    values = [r.when.values[0] for r in by_id(library)["t"].rules]
    assert values == [True, False, True, False, True, False]
