"""Every fault that the reader finds: its code, its place, its help, and that it is the only finding."""

import pytest
from reader_texts import VOCABULARY, by_id, codes, read, small

from engine.reader import parse_texts

DO = "do: {a: {what: 做}}"
MARK = "«"  # stands before the place of the finding


def rule(text):
    """A playbook whose second rule has this line."""
    return small(
        f"  control:\n  - {DO}\n  - {{id: r, {text}}}", "  yn: {ask: 吗？}\n  n: {ask: 几？, unit: 个}"
    )


def when(text):
    """A playbook with this condition."""
    return rule(f"when: {text}, do: {{a: }}")


def fact(text):
    """A playbook with this fact."""
    return small(facts="  " + text, rules="")


def step(text, facts=""):
    """A playbook with these fields of a step."""
    return small(f"  control:\n  - do: {{a: {{what: 做, {text}}}}}", facts)


# (text with MARK, code, part of the help)
CASES = {
    # the file
    "empty": ("«", "empty-file", "playbook"),
    "only comments": ("«# nothing\n", "empty-file", "playbook"),
    "null": ("«~\n", "empty-file", "playbook"),
    "a list": ("«- playbook: x\n", "not-a-mapping", "半角"),
    "a word": ("«playbook：x\n", "not-a-mapping", "半角"),
    "no kind": ("«title: x\n", "unknown-file-kind", "extends"),
    "two kinds": ("playbook: x\n«extends: y\n", "unknown-file-kind", "vocabulary"),
    "bad id": ("playbook: «Bad Name\ntitle: x\nrules: {}\n", "bad-name", "小写字母"),
    "id is a list": ("playbook: «[x]\ntitle: x\n", "bad-name", "小写字母"),
    "two documents": (small() + "«---\nplaybook: u\n", "several-documents", "---"),
    "control character": ("playbook: t\ntitle: a«\x07b\n", "bad-character", "删掉"),
    "line separator": ("playbook: t\ntitle: a«\u2028b\n", "bad-character", "删掉"),
    # syntax
    "tab": ("playbook: t\n«\ttitle: x\n", "yaml-syntax", "空格"),
    "open bracket": ("playbook: t\nhear: [a, b\ntitle«: x\n", "yaml-syntax", "半角"),
    "open brace": ("playbook: t\nfacts: {a: {ask: x}\n«title: x\n", "yaml-syntax", "半角"),
    "open quote": ("playbook: t\ntitle: 'x\n«", "yaml-syntax", "引号"),
    "colon in text": ("playbook: t\ntitle: a«: b\n", "yaml-syntax", "引号"),
    "indentation": ("playbook: t\n title«: x\n", "yaml-syntax", "对齐"),
    "escape": ('playbook: t\ntitle: "a«\\q"\n', "yaml-syntax", "单引号"),
    "duplicate key": ("playbook: t\ntitle: x\n«title: y\nrules:\n", "duplicate-key", "第 2 行"),
    "anchor": (small(head="ends_in: «&x a"), "anchor", "引号"),
    "merge key": (step("«<<: {say: x}"), "merge-key", "照写"),
    "tag": (small(head="ends_in: «!!str a"), "tag", "引号"),
    "list as key": ("playbook: t\ntitle: x\n«[a]: y\nrules:\n", "bad-key", "引号"),
    "deep": ("playbook: " + "[" * 40 + "«[" + "\n", "too-deep", "配对"),
    # top level
    "unknown field": (small() + "«titel: x\n", "unknown-field", "是否想写 `title`？"),
    "no title": (
        "playbook: «t\nends_in: a\nrules:\n  control:\n  - do: {a: {what: 做}}\n",
        "missing-field",
        "标题",
    ),
    "no rules": ("playbook: «t\ntitle: x\naddon: yes\n", "missing-field", "规则"),
    "empty title": ("playbook: t\ntitle:«\naddon: yes\nrules:\n", "empty-field", "删掉"),
    "title is a list": ("playbook: t\ntitle: «[x]\naddon: yes\nrules:\n", "wrong-type", "引号"),
    "title is a template": ("playbook: t\ntitle: «'{{ x }}'\naddon: yes\nrules:\n", "not-a-template", "what"),
    "version": (small() + "version: «1e3\n", "wrong-type", "半角"),
    "version zero": (small() + "version: «0\n", "wrong-type", "version: 1"),
    "time as version": (small() + "version: «10:30\n", "wrong-type", "半角"),
    "addon": (small() + "addon: «maybe\n", "wrong-type", ""),
    "bad signal": (small() + "hear: [a, «'b + ']\n", "bad-signal", "甲|乙"),
    "signal twice not": (small() + "hear: «a - b - c\n", "bad-signal", "甲|乙"),
    "no signal": (small() + "hear: «[]\n", "empty-field", "删掉"),
    "weight": (small() + "hear: [{is: a, weight: «-1}]\n", "wrong-type", ""),
    "signal field": (small() + "hear: [{is: a, «wieght: 1}]\n", "unknown-field", "`weight`"),
    "unknown end": (small(head="ends_in: [a, «say-bck]"), "unknown-step", ""),
    "end without rule": (small(head="ends_in: [a, «calm]"), "unused-end", "do"),
    "facts as list": (small() + "facts: «[a]\n", "wrong-type", ""),
    # hall values
    "hall type": (small() + "hall: {v: {label: x, type: «numbr}}\n", "wrong-type", "`number`"),
    "hall label": (small() + "hall: {«v: {default: x}}\n", "missing-field", "是什么"),
    "hall default": (small() + "hall: {v: {label: x, unit: 个, default: «三}}\n", "wrong-type", "半角"),
    "hall duration": (
        small() + "hall: {v: {label: x, type: duration, default: «30}}\n",
        "bad-duration",
        "30m",
    ),
    "hall unit and type": (small() + "hall: {v: {label: x, unit: «个, type: text}}\n", "bad-fields", "留下"),
    "hall hyphen": (small() + "hall: {«a-b: {label: x}}\n", "bad-name", "下划线"),
    # facts
    "fact name": (fact("«Fact: {ask: x}"), "bad-name", "小写"),
    "fact hyphen": (fact("«a-b: {ask: x}"), "bad-name", "下划线"),
    "reserved": (fact("«done: {ask: x}"), "reserved-name", "换一个"),
    "shadows": (fact("«quarrel: {ask: x}"), "shadows-vocabulary", "extends"),
    "listed but unknown": (fact("«quarel:"), "unknown-fact", "是否想写 `quarrel`？"),
    "fact is text": (fact("f: «x"), "wrong-type", "{字段: 值}"),
    "no label": (fact("«f: {hear: [x]}"), "missing-field", "短名词"),
    "fact field": (fact("f: {ask: x, «chioces: {a: b}}"), "unknown-field", "`choices`"),
    "choices as list": (fact("f: {ask: x, choices: «[a, b]}"), "wrong-type", ""),
    "choice label": (fact("f: {ask: x, choices: {a: 甲, b: «甲}}"), "repeated", "换"),
    "many without choices": (fact("f: {ask: x, many: «yes}"), "bad-fields", "答案"),
    "choices and unit": (fact("f: {ask: x, choices: {a: b}, unit: «个}"), "bad-fields", "整数"),
    "fact type": (fact("f: {ask: x, type: «tim}"), "wrong-type", "`time`"),
    "fact from": (fact("f: {ask: x, from: «halll}"), "wrong-type", "`hall`"),
    "derived and asked": (fact("f: {label: x, ask: «x, when: {quarrel: yes}}"), "derived-and-asked", "分成"),
    "within without recheck": (fact("f: {ask: x, «within: 2h}"), "bad-fields", "recheck"),
    "recheck without ask": (fact("f: {label: x, hear: [y], recheck: «2h}"), "missing-field", "再问"),
    "recheck unit": (fact("f: {ask: x, recheck: «10分钟}"), "bad-duration", "是否想写 `10m`？"),
    "heard list for choices": (fact("f: {ask: x, choices: {a: b}, hear: «[y]}"), "bad-heard", "答案"),
    "heard unknown choice": (
        fact("f: {ask: x, choices: {slow: b}, hear: {«slwo: y}}"),
        "unknown-choice",
        "`slow`",
    ),
    "heard time": (fact("f: {ask: x, type: time, hear: {«a: y}}"), "bad-heard", "删掉"),
    "fact cycle": (
        small(facts="  «p: {label: p, when: {q: yes}}\n  q: {label: q, when: {p: yes}}"),
        "fact-cycle",
        "询问",
    ),
    # steps
    "step without what": (
        small("  control:\n  - do: {a: {what: 做}}\n  - do: {«b: {say: x}}"),
        "missing-field",
        "做什么",
    ),
    "step field": (step("«sya: x"), "unknown-field", "`say`"),
    "empty say": (step("say: «"), "empty-field", "删掉"),
    "unknown role": (step("who: «dut"), "unknown-role", "是否想写 `duty`？"),
    "role is a list": (step("who: «[duty]"), "wrong-type", ""),
    "within": (step("within: «half an hour"), "bad-duration", "30m"),
    "within zero": (step("within: «0m"), "bad-duration", "30m"),
    "within words": (step("within: «2 hours"), "bad-duration", "是否想写 `2h`？"),
    "within number value": (step("within: «soon_minutes"), "bad-duration", "type: duration"),
    "within unknown value": (step("within: «promis"), "bad-duration", "是否想写 `promise`？"),
    "late warning": (step("within: {due: 10m, warn: «10m}"), "late-warning", "早于"),
    "deadline field": (step("within: {due: 10m, «form: calm}"), "unknown-field", "`from`"),
    "deadline without due": (step("within: «{from: calm}"), "missing-field", "多久"),
    "unknown origin": (step("within: {due: 10m, from: «clam}"), "unknown-name", "是否想写 `calm`？"),
    "own origin": (step("within: «{due: 10m, from: a}"), "refers-to-itself", "删掉"),
    "unknown after": (step("after: «clam"), "unknown-step", "是否想写 `calm`？"),
    "after a fact": (step("after: «quarrel"), "unknown-step", "`quarrel` 是事实"),
    "after itself": (step("after: [calm, «a]"), "refers-to-itself", "别的步骤"),
    "after twice": (step("after: [calm, «calm]"), "repeated", ""),
    "after cycle": (
        small("  control:\n  - do: {«a: {what: 做, after: b}, b: {what: 做, after: a}}"),
        "after-cycle",
        "after",
    ),
    "finds unknown": (step("finds: «quarel"), "unknown-fact", "`quarrel`"),
    "finds unasked": (step("finds: «fire"), "not-asked", "ask"),
    "no ways": (step("issue: «notise"), "unknown-document", "是否想写 `notice`？"),
    "optional": (step("optional: «1"), "wrong-type", ""),
    "source": (step("source: [S4.01, «S4-02]"), "bad-source", "own"),
    "unknown variable": (step("say: '好{{ «fier }}'"), "unknown-variable", "是否想写 `fire`？"),
    "unknown variable in ways": (step("ways: [打电话, '去{{ «rom }}']"), "unknown-variable", ""),
    "unknown filter": (step("say: '{{ fire|«uper }}'"), "unknown-filter", "是否想写 `upper`？"),
    "unknown role in words": (step("say: '请{{ role.«led }}'"), "unknown-role", "是否想写 `lead`？"),
    "role by item": (step("say: '打{{ phone[\"«led\"] }}'"), "unknown-role", "是否想写 `lead`？"),
    "open braces": (step("say: '好«{{ fire'"), "template-syntax", "{{ 名称 }}"),
    "open if": (step("say: '好«{% if fire %}'"), "template-syntax", "endif"),
    "declared twice": (
        small("  control:\n  - do: {a: {what: 做}}\n  - do: {«a: {what: 又}}"),
        "declared-twice",
        "第 7 行",
    ),
    "step shadows": (
        small("  control:\n  - do: {a: {what: 做}, «calm: {what: 又}}"),
        "shadows-vocabulary",
        "extends",
    ),
    "step named like a fact": (
        small("  control:\n  - do: {a: {what: 做}, «f: {what: 做}}", "  f: {ask: x}"),
        "declared-twice",
        "第 4 行",
    ),
    "loosened": (
        small("  control:\n  - do: {a: {what: 做}}\n  - «do: {report-lead: {within: 11m}}"),
        "loosened",
        "更快",
    ),
    # rules
    "unknown phase": (small() + "  «contrl:\n  - do: {calm: }\n", "unknown-phase", "是否想写 `control`？"),
    "rules as list": ("playbook: t\ntitle: x\naddon: yes\nrules: «[]\n", "wrong-type", ""),
    "phase as mapping": (
        small("  control: «{do: {a: {what: 做}}}\n  safety:\n  - do: {a: {what: 做}}"),
        "wrong-type",
        "- ",
    ),
    "rule is text": (small() + "  - «calm\n", "wrong-type", ""),
    "rule field": (rule("do: {a: }, «wehn: {yn: yes}"), "unknown-field", "`when`"),
    "rule without do": (small() + "  - «{when: {fire: yes}}\n", "empty-rule", "步骤"),
    "empty do": (small() + "  - {do: «{}}\n", "wrong-type", "what"),
    "do as list": (small() + "  - do: «[calm]\n", "wrong-type", "what"),
    "unknown step": (small() + "  - do: {«clam: }\n", "unknown-step", "是否想写 `calm`？"),
    "tightening nothing": (small() + "  - do: {«clam: {within: 5m}}\n", "unknown-step", "`calm`"),
    "step is text": (small() + "  - do: {calm: «now}\n", "wrong-type", "what"),
    "duplicate rule": (small() + "  - {id: r, do: {a: }}\n  - {id: «r, do: {a: }}\n", "duplicate-rule", "换"),
    "unknown playbook": (rule("activate: «alwys"), "unknown-playbook", "是否想写 `always`？"),
    "activates itself": (rule("activate: «t"), "activates-itself", "删掉"),
    "follow-up": (
        small("  improve:\n  - do: {«a: {what: 做, who: lead, within: 30d}}"),
        "incomplete-follow-up",
        "evidence",
    ),
    # conditions
    "condition is text": (when("«yn"), "bad-condition", ""),
    "empty condition": (when("«{}"), "bad-condition", "when"),
    "unknown fact": (when("{«quarel: yes}"), "unknown-fact", "是否想写 `quarrel`？"),
    "a step as fact": (when("{«calm: yes}"), "unknown-fact", "`calm` 是步骤"),
    "a hall value as fact": (when("{«soon_minutes: 3}"), "unknown-fact", "`soon_minutes` 是大厅值"),
    "misspelt connective": (when("{«nott: {yn: yes}}"), "unknown-fact", "是否想写 `not`？"),
    "yes-no value": (when("{yn: «maybe}"), "wrong-type", ""),
    "number value": (when("{n: «many}"), "wrong-type", "soon_minutes"),
    "number with unit": (when("{n: {gte: «5个}}"), "wrong-type", "半角"),
    "empty values": (when("{n: «[]}"), "bad-condition", ""),
    "unknown comparison": (when("{n: {«get: 5}}"), "unknown-comparison", ""),
    "compared yes-no": (when("{yn: {«gt: 5}}"), "not-a-number", "yn: 值"),
    "any as mapping": (when("{any: «{yn: yes}}"), "bad-condition", "[{"),
    "empty any": (when("{any: «[]}"), "bad-condition", "[{"),
    "known nothing": (when("{known: «[]}"), "empty-field", ""),
    "known unknown": (when("{known: «nn}"), "unknown-fact", ""),
    "known derived": (when("{known: «tense}"), "known-derived", "条件"),
    "done unknown": (when("{done: «clam}"), "unknown-step", "`calm`"),
    "negated outcome": (when("{not: {done: «a}}"), "negated-outcome", "blocked"),
    "overdue without deadline": (when("{overdue: «a}"), "never-overdue", "within"),
    "overdue fact": (when("{overdue: «yn}"), "never-overdue", "recheck"),
    "choice": (
        small(
            "  control:\n  - {when: {f: «totl}, do: {a: {what: 做}}}",
            "  f: {ask: x, choices: {total: 全停, b: 乙}}",
        ),
        "unknown-choice",
        "是否想写 `total`？",
    ),
    "choice by label": (
        small(
            "  control:\n  - {when: {f: «全停}, do: {a: {what: 做}}}",
            "  f: {ask: x, choices: {total: 全停, b: 乙}}",
        ),
        "unknown-choice",
        "是否想写 `total`？",
    ),
    "text in condition": (
        small("  control:\n  - {when: {known: «f}, do: {a: {what: 做}}}", "  f: {ask: x, type: text}"),
        "text-in-condition",
        "choices",
    ),
    "time in condition": (
        small("  control:\n  - {when: {«f: 10:30}, do: {a: {what: 做}}}", "  f: {ask: x, type: time}"),
        "time-in-condition",
        "known",
    ),
    "negated through a derived fact": (
        small(
            "  control:\n  - do: {a: {what: 做}}\n  - {when: {«g: no}, do: {a: }}",
            "  g: {label: g, when: {done: a}}",
        ),
        "negated-outcome",
        "拆开",
    ),
    "negated through two": (
        small(
            "  control:\n  - do: {a: {what: 做}}",
            "  g: {label: g, when: {done: a}}\n  h: {label: h, when: {maybe: {«g: {ne: yes}}}}",
        ),
        "negated-outcome",
        "拆开",
    ),
    "both values of an outcome": (
        small(
            "  control:\n  - do: {a: {what: 做}}\n  - {when: {«g: [yes, no]}, do: {a: }}",
            "  g: {label: g, when: {done: a}}",
        ),
        "negated-outcome",
        "拆开",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_fault(case):
    """A single fault gives a single error, at its place, with a help; the file is left out."""
    marked, code, help = case
    line = marked.count("\n", 0, marked.index(MARK)) + 1
    column = marked.index(MARK) - (marked.rfind("\n", 0, marked.index(MARK)) + 1) + 1
    library = read(t=marked.replace(MARK, "", 1))
    errors = [finding for finding in library.findings if finding.level == "error"]
    assert [(f.code, str(f.span)) for f in errors] == [(code, f"t.yaml:{line}:{column}")]
    assert help in errors[0].help
    assert not errors[0].message.endswith(("。", "."))
    assert list(by_id(library)) == ["always", "system-failure"]


WARNINGS = {
    "not GBK": (step("say: «好👍"), "not-gbk", "常用"),
    "never known": (fact("«f: {label: x}"), "never-known", "听到"),
    "unused step": (small(steps="  «b: {what: 做}"), "unused-step", "do"),
    "no end": ("playbook: «t\ntitle: x\nrules:\n", "no-ends-in", "了结"),
}


@pytest.mark.parametrize("case", WARNINGS.values(), ids=WARNINGS.keys())
def test_remark(case):
    """What is only odd is a warning, and the playbook is used."""
    marked, code, help = case
    line = marked.count("\n", 0, marked.index(MARK)) + 1
    library = read(t=marked.replace(MARK, "", 1))
    assert [(f.level, f.code, f.span.line) for f in library.findings] == [("warning", code, line)]
    assert help in library.findings[0].help
    assert "t" in by_id(library)


def test_everything_is_said_at_once():
    """One broken rule does not hide the next: a file with many faults names each of them."""
    text = small(
        "  control:\n  - {when: {yn: perhaps}, do: {a: {what: 做, who: nobody}}}\n"
        "  - {wen: {}, do: {b: {say: x}}}\n  - {when: {zz: yes}, do: {c: }}\n  contrl: []",
        "  yn: {ask: 吗？, hear: 5, recheck: soon}\n  Yn: {ask: x}\n  d: {label: d, when: {n: 5}}",
    )
    found = codes(read(t=text))
    expected = {
        "wrong-type": 1,
        "unknown-role": 1,
        "unknown-field": 1,
        "missing-field": 1,
        "unknown-fact": 2,
        "unknown-step": 1,
        "unknown-phase": 1,
        "bad-duration": 1,
        "bad-name": 1,
    }
    # `yn` itself is broken by its recheck, so its test with `perhaps` is not judged
    expected["wrong-type"] -= 1
    assert {code: found.count(code) for code in found} == {c: n for c, n in expected.items() if n}


def test_broken_vocabulary_is_named_once():
    """A fact with an error in the vocabulary: one error there, one in each playbook that leans on it."""
    broken = VOCABULARY.replace("ask: 还在争吵吗？", "aks: 还在争吵吗？")
    library = read(playbooks__vocabulary=broken)
    places = [(f.code, f.span.file) for f in library.findings]
    assert places == [
        ("leans-on-broken", "playbooks/system-failure.yaml"),
        ("unknown-field", "playbooks/vocabulary.yaml"),
    ]
    assert [p.id for p in library.playbooks] == ["always"]
    assert [f.key for f in library.vocabulary.facts] == ["office_hours", "fire", "tense"]


def test_template_faults_stand_in_the_template():
    """A document with a syntax error is reported at its own line."""
    from reader_texts import TEXTS

    from engine.reader import parse_texts

    library = parse_texts({**TEXTS, "templates/documents/notice.md.j2": "a\n{% if fire %}\nb"})
    assert [(f.code, f.span.file) for f in library.findings] == [
        ("template-syntax", "templates/documents/notice.md.j2")
    ]


def test_too_many_alternatives() -> None:
    """A condition with more alternatives than the matcher takes is a finding with its place and a hint."""
    facts = "\n".join(f"  f{n}: {{ask: 有{n}？, unit: 个}}" for n in range(6))
    pairs = ", ".join(f"{{any: [{{f{n}: {{lt: 3}}}}, {{f{n}: {{gt: 7}}}}]}}" for n in range(6))
    text = (
        "playbook: p\ntitle: 试\nends_in: a\nfacts:\n"
        + facts
        + f"\nrules:\n  control:\n  - {{when: {{all: [{pairs}]}}, do: {{a: {{what: 去, source: own}}}}}}\n"
    )
    library = parse_texts({"playbooks/vocabulary.yaml": "vocabulary: zhiban\n", "p.yaml": text})
    (found,) = [f for f in library.findings if f.code == "too-many-alternatives"]
    assert (found.span.file, found.span.line) == ("p.yaml", 13)
    assert "拆成几条规则" in found.help
    assert library.playbooks == ()


def test_a_bad_name_hides_nothing():
    """A playbook whose name cannot be used still shows its other faults, and is not used."""
    text = (
        "playbook: Bad Name\ntitle: 试\nbogus: 1\nends_in: [a]\nrules:\n  control: [{do: {a: {whta: 甲}}}]\n"
    )
    library = read(hall__x=text)
    found = [finding.code for finding in library.findings if finding.span.file == "hall/x.yaml"]
    assert {"bad-name", "unknown-field", "missing-field"} <= set(found)
    assert not [playbook for playbook in library.playbooks if playbook.origin == "hall"]
