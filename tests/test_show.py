"""`playbook show`: the tree, the page, the picture, the page's script against the engine."""

from __future__ import annotations

import json
import re
from functools import cache
from random import Random

import msgspec
import pytest
import quickjs

from engine import paths
from engine.conditions import Situation, bind, evaluate
from engine.console.wrap import columns, wrap
from engine.hall import hall_values
from engine.model import Library, Profile
from engine.phrases import Phrases
from engine.reader import parse_texts, read_files
from engine.render.picture import band
from engine.render.playbook import data, page
from engine.render.sketch import Sketch
from engine.ruleset import Ruleset
from tests.walking import emitted, run
from tests.worlds import some_answer

RAIN_ID = "rain-before-opening"


@cache
def shipped() -> Library:
    """The shipped playbooks."""
    return parse_texts(read_files(hall=False))


IDS = [playbook.id for playbook in shipped().playbooks]


@cache
def sketch(id: str) -> Sketch:
    """One of them in words."""
    return Sketch(shipped(), id, Profile())


@cache
def engine() -> quickjs.Context:
    """A JavaScript engine that knows what the page knows."""
    made = quickjs.Context()
    made.eval((paths.shipped("templates") / "reports" / "kleene.js").read_text("utf-8"))
    made.eval(
        "function all(conditions, situations) { return JSON.stringify(JSON.parse(situations).map(at =>"
        " JSON.parse(conditions).map(c => kleene(c, at)))); }"
    )
    return made


def call(name: str, *arguments: object) -> object:
    """What a function of the page's script returns."""
    given = ",".join(json.dumps(value) for value in arguments)
    return json.loads(engine().eval(f"JSON.stringify({name}({given}))"))


def some_situation(chance: Random, ruleset: Ruleset) -> Situation:
    """Some facts answered, some outcomes happened."""
    known = {k: some_answer(chance, ruleset.facts[k]) for k in ruleset.used if chance.random() < 0.7}
    return Situation(known, {o for o in ruleset.outcomes if chance.random() < 0.3})


def for_script(at: Situation) -> dict[str, object]:
    """A situation as the script has it."""
    facts = {
        key: {"state": a.state, "value": sorted(a.value) if isinstance(a.value, frozenset) else a.value}
        for key, a in at.facts.items()
    }
    return {"facts": facts, "happened": {f"{kind} {name}": True for kind, name in at.happened}}


@pytest.mark.parametrize("id", IDS)
def test_script_evaluates_like_the_engine(id: str) -> None:
    """On random situations every rule and derived fact of a page has the tree evaluator's value."""
    chance = Random(id)
    values = hall_values(
        [*shipped().vocabulary.hall, *(v for p in shipped().playbooks for v in p.hall)], Profile()
    )
    ruleset = Ruleset(shipped(), [id], values)
    made = json.loads(re.search(r'id="data">(.*?)</script>', page_of(id), re.S)[1])
    wanted = {key: bound.when for key, bound in ruleset.rules.items()}
    wanted |= {key: bind(ruleset.facts[key].when, ruleset.facts, values) for key in made["derived"]}
    at = [some_situation(chance, ruleset) for _ in range(60)]
    drawn = {
        rule["key"]: {"type": "all", "items": [c["when"] for c in rule["clauses"]]} for rule in made["rules"]
    }
    drawn |= made["derived"]
    assert drawn.keys() == wanted.keys()
    found = json.loads(
        engine().get("all")(json.dumps(list(drawn.values())), json.dumps([for_script(a) for a in at]))
    )
    seen = set()
    for situation, verdicts in zip(at, found, strict=True):
        for key, verdict in zip(drawn, verdicts, strict=True):
            assert verdict is evaluate(wanted[key], situation), (key, situation)
            seen.add(verdict)
    assert seen == {True, False, None}


@cache
def page_of(id: str) -> str:
    """The page of a shipped playbook."""
    return page(sketch(id), None if id == "always" else sketch("always"), wrap)


@pytest.mark.parametrize("id", IDS)
def test_page_is_self_contained(id: str) -> None:
    """Nothing is loaded from anywhere; every rule and step is in the text and in the picture."""
    text = page_of(id)
    assert "default-src 'none'" in text
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\(|@import|https?://""", text)
    assert text.count("<script") == 3 == text.count("</script>")
    for rule in sketch(id).rules:
        assert f'data-rule="{rule.key}"' in text
        assert f'data-key="rule:{rule.key}"' in text
        assert all(f'<g class="box step" data-key="step:{key}"' in text for key, _ in rule.wants)


@pytest.mark.parametrize("id", IDS)
def test_nothing_overlaps_in_the_picture(id: str) -> None:
    """No box lies over another of its column or outside its band; words fit; lines join boxes."""
    for phase in {rule.phase for rule in sketch(id).rules}:
        drawn = band(sketch(id), phase, wrap)
        keys = [box.key for box in drawn.boxes]
        assert len(keys) == len(set(keys))
        assert all(a in keys and b in keys for a, b, _ in drawn.edges)
        for box in drawn.boxes:
            assert -0.01 <= box.y <= box.y + box.height <= drawn.height
            assert all(columns(line) * 12.5 / 2 <= box.width - 14 for line in box.lines), box.lines
            beside = [b for b in drawn.boxes if b.kind == box.kind and b is not box]
            assert all(b.y >= box.y + box.height or b.y + b.height <= box.y for b in beside)


BOOK = """\
playbook: p
title: 试
version: 1
ends_in: [call]
hall: {limit: {label: 限, default: 30, unit: 分}}
facts:
  angry: {label: 发火, ask: 有人发火吗？}
  inside: {label: 厅里有人, ask: 厅里有人吗？}
  kind: {label: 程度, ask: 怎样？, choices: {slow: 很慢, total: 全停}}
  minutes: {label: 还要, ask: 还要多久？, unit: 分, recheck: 5m}
  back: {label: 好了, ask: 好了吗？, recheck: 5m, within: 1h}
  papers: {label: 材料, ask: 怎样？, many: yes, choices: {whole: 齐的, lacking: 不齐的}}
  serving: {label: 要接待, when: {any: [{inside: yes}, {angry: yes}]}}
rules:
  control:
  - when: {serving: yes, angry: yes}
    do: {front: {what: 站到前面, within: 3m, source: own}, near: {what: 站到两侧, source: own}}
  - do: {call: {what: 打电话, within: 5m, source: own}}
  - when: {any: [{blocked: call}, {overdue: call}, {overdue: back}], unknown: back}
    do: {lead: {what: 请领导, source: own}}
  - when: {kind: total, papers: [whole], minutes: {gt: limit}}
    do: {take: {what: 收下, source: own}}
  - when: {kind: slow}
    do: {tune: {what: 调试, source: own}}
  - when: {inside: yes, kind: total}
    do: {wait: {what: 请等一等, source: own}}
"""


def own() -> Sketch:
    """BOOK in words."""
    library = parse_texts({"p.yaml": BOOK})
    assert not library.findings
    return Sketch(library, "p", Profile())


def test_everything_leads_somewhere_in_the_picture() -> None:
    """Each fact that a condition reads has a line to the rule, through the derived fact when there is one."""
    edges = {(a, b) for a, b, _ in band(own(), "control", wrap).edges}
    assert {("fact:p.angry", "rule:p.front"), ("fact:p.serving", "rule:p.front")} <= edges
    assert {("fact:p.inside", "fact:p.serving"), ("fact:p.angry", "fact:p.serving")} <= edges
    assert ("fact:p.inside", "rule:p.front") not in edges
    assert {("rule:p.front", "step:p.front"), ("rule:p.front", "step:p.near")} <= edges
    assert {("out:p.call", "rule:p.lead"), ("fact:p.back", "rule:p.lead")} <= edges


def test_address_and_choices() -> None:
    """What was chosen survives the address and means its answer; strange addresses choose nothing."""
    made = msgspec.json.decode(msgspec.json.encode(data(own(), None)))
    text = (
        "inside=yes&kind=total&minutes=31&back=~open&.back=overdue&papers=whole,lacking&.call=blocked,overdue"
    )
    picks = call("readHash", f"#{text}", made)
    assert set(call("writeHash", picks, made).split("&")) == set(text.split("&"))
    at = call("situation", picks, made)
    assert at["facts"]["p.inside"] == {"state": "known", "value": True}
    assert at["facts"]["p.minutes"] == {"state": "known", "value": 31}
    assert at["facts"]["p.back"] == {"state": "open", "value": None}
    assert at["facts"]["p.papers"] == {"state": "known", "value": ["whole", "lacking"]}
    assert set(at["happened"]) == {"overdue p.back", "blocked p.call", "overdue p.call"}
    judged = call("judge", made, at)
    assert judged["rules"] == {
        "p.front": None, "p.call": True, "p.lead": True, "p.take": True, "p.tune": False, "p.wait": True,
    }  # fmt: skip
    assert judged["steps"]["p.near"] is None
    assert judged["derived"] == {"p.serving": True}
    for strange in ("", "#", "#plan", "#a=b&&=&kind=nothing&%ZZ=1&.x", "#papers=", "#__proto__=yes"):
        assert call("readHash", strange, made) == {}
    none = call("situation", call("readHash", "#papers=~none", made), made)
    assert none["facts"]["p.papers"] == {"state": "known", "value": []}


def test_page_script_is_read_by_an_engine() -> None:
    """The part of the script that moves things about has no syntax error (what it shows was looked at)."""
    text = (paths.shipped("templates") / "reports" / "playbook.js").read_text("utf-8")
    quickjs.Context().eval(f"new Function({json.dumps(text)})")
    with pytest.raises(quickjs.JSException):
        quickjs.Context().eval(f"new Function({json.dumps(text + '}')})")


def test_number_choices_are_what_conditions_tell_apart() -> None:
    """A number's choices lie on both sides of each threshold, with the hall's own value in place."""
    library = parse_texts({"p.yaml": BOOK})
    hall = Sketch(library, "p", Profile(values={"limit": 20}))
    [fix] = [f for f in data(hall, None)["facts"] if f["name"] == "minutes"]
    assert [o["label"] for o in fix["options"]] == ["0到20分", "21分以上", "说不清", "还没有"]
    assert [o["value"] for o in fix["options"]][:2] == [0, 21]


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("{sure: yes}", "有把握"),
        ("{sure: no}", "“有把握”为否"),
        ("{kind: [slow, total], open: yes}", "程度是“很慢”或“全停”，并且 开着门"),
        ("{open: yes, any: [{sure: yes}, {done: go}]}", "开着门，并且 （有把握，或 “走一趟”办好）"),
        ("{any: [{blocked: go}, {overdue: go}]}", "“走一趟”办不成或超时"),
        ("{any: [{back: no}, {unknown: back}]}", "“好了”为否或说不清或还没有"),
        ("{unknown: sure}", "“有把握”说不清"),
        ("{known: n}", "已弄清“几分钟”"),
        ("{n: {gt: limit}}", "几分钟超过7分"),
        ("{any: [{n: {lt: 3}}, {n: {gte: 9}}]}", "几分钟小于3分，或 几分钟不少于9分"),
        ("{maybe: {sure: no}}", "没有确知“有把握”"),
        ("{maybe: {kind: total}}", "不排除程度是“全停”"),
        ("{maybe: {unknown: sure}}", "还不知道“有把握”"),
        ("{not: {kind: total}}", "并非（程度是“全停”）"),
        ("{lacks: [id]}", "缺的含“身份证”"),
        ("{overdue: back}", "“好了”等到超时"),
    ],
)
def test_conditions_in_words(when: str, said: str) -> None:
    """A condition reads as Chinese, and says exactly what holds: no is not 说不清, outcomes are named."""
    text = f"""\
playbook: p
title: 试
version: 1
hall: {{limit: {{label: 限, default: 7, unit: 分}}}}
facts:
  sure: {{label: 有把握, ask: 有把握吗？}}
  open: {{label: 开着门, ask: 开着门吗？}}
  kind: {{label: 程度, ask: 怎样？, choices: {{slow: 很慢, partial: 一半, total: 全停}}}}
  n: {{label: 几分钟, ask: 几分？, unit: 分}}
  back: {{label: 好了, ask: 好了吗？, recheck: 5m, within: 1h}}
  lacks: {{label: 缺的, ask: 缺什么？, many: yes, choices: {{id: 身份证, form: 表}}}}
rules:
  control:
  - do: {{go: {{what: 走一趟, within: 5m}}}}
  - when: {when}
    do: {{other: {{what: 另一步}}}}
"""
    library = parse_texts({"p.yaml": text})
    book = library.playbooks[0]
    phrases = Phrases(
        {fact.key: fact for fact in book.facts},
        {step.key: step for step in book.steps},
        {value.id: value for value in book.hall},
        hall_values(book.hall, Profile()),
        owner="p",
    )
    assert phrases.condition(book.rules[1].when) == said


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("id", ["system-failure", "hotline-order"])
def test_tree_fits_any_window(tmp_path, id: str, width: int) -> None:
    """The tree names every phase, condition and end in GBK within the window."""
    shown = run(tmp_path, "playbook", "show", id, COLUMNS=str(width)).stdout
    shown.encode("gbk")
    assert max(columns(line) for line in shown.splitlines()) <= width
    flat = re.sub(r"[\s│├●○]", "", shown)
    for rule in sketch(id).rules:
        assert re.sub(r"\s", "", rule.when) in flat
    for part in ("【怎样算了结】", "【事实：会问的】", "【事实：推出来的】", "【本厅的数和地点】", "另有"):
        assert part.replace(" ", "") in flat


def test_hall_values_are_told(tmp_path) -> None:
    """What the hall filled in is shown and marked, in the tree and in the page."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "hall.yaml").write_text("values: {soon_minutes: 20}\n", "utf-8")
    shown = run(tmp_path, "playbook", "show", "system-failure").stdout
    assert "20分钟（本厅填的）" in shown
    assert "预计还要不超过20分钟" in shown


def test_page_to_file_and_screen(tmp_path) -> None:
    """-o writes a new file, never over one; else the page goes to standard output; JSON is the model."""
    there = tmp_path / "a.html"
    assert run(tmp_path, "playbook", "show", RAIN_ID, "--html", "-o", "a.html").returncode == 0
    written = there.read_text("utf-8")
    assert written == run(tmp_path, "playbook", "show", RAIN_ID, "--html").stdout
    again = run(tmp_path, "playbook", "show", RAIN_ID, "--html", "-o", "a.html")
    assert (again.returncode, there.read_text("utf-8")) == (4, written)
    assert emitted(tmp_path, "playbook", "show", RAIN_ID, "--json")["id"] == RAIN_ID


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["rain-before-openin"], 5, "是否想写 `rain-before-opening`"),
        (["nothing.yaml"], 5, "没有文件 `nothing.yaml`"),
        (["bad.yaml"], 4, "bad.yaml:5:"),
        (["."], 2, "文件夹"),
        ([RAIN_ID, "-o", "x.html"], 2, "--html"),
        ([RAIN_ID, "--html", "--json"], 2, "只能用一个"),
        ([RAIN_ID, "--html", "-o", "no/such/x.html"], 4, "写不了文件"),
    ],
)
def test_bad_input(tmp_path, arguments: list[str], code: int, said: str) -> None:
    """What is wrong, where, what to do about it, the right exit code and no traceback."""
    (tmp_path / "bad.yaml").write_text(
        "playbook: bad\ntitle: 坏\nversion: 1\nrules:\n  nophase: []\n", "utf-8"
    )
    done = run(tmp_path, "playbook", "show", *arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_file_is_drawn(tmp_path) -> None:
    """A playbook that is not installed is drawn from its file."""
    text = "playbook: mine\ntitle: 我的<剧本>\nversion: 1\nends_in: [go]\nrules:\n  control:\n"
    text += "  - do: {go: {what: 走</script>一趟, source: own}}\n"
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    assert "我的<剧本>（mine" in run(tmp_path, "playbook", "show", "mine.yaml").stdout
    shown = run(tmp_path, "playbook", "show", "mine.yaml", "--html").stdout
    assert "我的&lt;剧本&gt;" in shown
    assert shown.count("</script>") == 3
