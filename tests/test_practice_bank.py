"""The question bank: generated questions, questions asked after, drafts of new ones, and their proof."""

import json
import re
from pathlib import Path

import msgspec
import pytest
import yaml
from click.testing import CliRunner

from cli import main
from engine import paths
from engine.errors import BadData, UsageError
from engine.practice.checking import check
from engine.practice.draftfile import weights
from engine.practice.drafting import draft
from engine.practice.marking import mark
from engine.practice.model import Scene
from engine.practice.reading import findings_of, load, parse, texts_of
from engine.practice.reports import document
from engine.practice.scenes import Stage, written
from engine.practice.twists import asked, choose, mark_twist
from engine.reader import load_library

BANK = load()
LIBRARY = load_library(hall=False)
TEXTS = texts_of(paths.shipped("playbooks") / "practice")
GENERATED = [q for q in BANK.questions if q.origin.kind == "generated"]
ANSWERS = yaml.safe_load((Path(__file__).parent / "practice_answers.yaml").read_text("utf-8"))
G04 = "playbooks/practice/G04.yaml"
# enough to read one question: reading all of them strictly takes most of a second
FEW = {name: TEXTS[name] for name in TEXTS if re.search(r"(lexicon|twists|G04)\.yaml$", name)}


def found(old, new):
    """What is wrong with a file after a change."""
    assert old in TEXTS[G04]
    bank = parse({**FEW, G04: TEXTS[G04].replace(old, new, 1)})
    return [f for f in check(bank, LIBRARY) if f.level == "error"]


def run(*args):
    """Exit code and output of `zhiban practice …`."""
    result = CliRunner().invoke(main, ["practice", *map(str, args)])
    return result.exit_code, result.output


# ---- the shipped bank -------------------------------------------------------------------------------


def test_every_question_is_proved():
    """Sources and playbook steps exist and are wanted, weights make 100, the outline reaches the points,
    the question does not answer itself."""
    assert [f"{f.span} {f.message}" for f in check(BANK, LIBRARY) if f.level == "error"] == []


def test_generated_questions_cover_all_playbooks():
    """At least 20 questions, from every playbook that is started by itself, no situation twice."""
    assert len(GENERATED) >= 20
    assert {q.playbook for q in GENERATED} == {p.id for p in LIBRARY.playbooks} - {"always"}
    assert len({(q.playbook, q.origin.scene.facts) for q in GENERATED}) == len(GENERATED)
    assert all(q.origin.seed for q in GENERATED)


def test_every_question_is_followed_by_two_that_change_a_fact():
    """Two questions asked after, each of which changes what the playbook wants."""
    for question in BANK.questions:
        assert len(question.asks) >= 2, question.id
        for twist in question.asks:
            scene = twist.scene
            assert scene.facts or scene.blocked or scene.overdue, twist.id
            assert sum(point.weight for point in twist.expect) == 100, twist.id


@pytest.mark.parametrize("question", GENERATED, ids=lambda q: q.id)
def test_answers_in_other_words(question):
    """An answer that covers the question in other words scores 80 at least, one that fails it 30 at most."""
    good, bad = (mark(BANK, question, ANSWERS[question.id][kind]) for kind in ("good", "bad"))
    assert good.score >= 80, [c.id for c in good.points if c.credit < 1]
    assert good.faults == ()
    assert bad.score <= 30
    assert len(bad.faults) >= 1


def test_answers_belong_to_their_question():
    """A good answer scores next to nothing at a question from another playbook."""
    for question in GENERATED:
        text = ANSWERS[question.id]["good"]
        for other in GENERATED:
            if other.playbook != question.playbook:
                assert mark(BANK, other, text).score <= 25, (question.id, other.id)


def test_repeating_the_question_earns_nothing():
    """Who only tells the scene again reaches no point of a generated question."""
    for question in GENERATED:
        result = mark(BANK, question, question.text)
        assert [c.id for c in result.points if c.credit == 1] == [], question.id


# ---- questions asked after --------------------------------------------------------------------------

FAINT = "我马上打120，说清地点；守在老人身边，不搬动他；请围观的群众散开，留出通道；再报告领导，通知家属。"


def test_a_twist_is_marked_by_its_own_points():
    """The answer to a question asked after earns the points of what changed, with evidence."""
    question = BANK.find("E1")
    twist = next(t for t in question.asks if t.scene.facts == (("hurt", ("yes",)),))
    result = mark_twist(BANK, question, twist, FAINT)
    assert {c.id for c in result.points if c.credit == 1} == {p.id for p in twist.expect}
    assert all(id.startswith(twist.id + ".") for id in (p.id for p in twist.expect))
    told = document(result, asked(question, twist))
    assert {"score", "points", "faults"} <= told.keys()
    assert mark_twist(BANK, question, twist, "我不会打120，也不会报告领导，接着讲材料的事。").score < 20


REPLIES = yaml.safe_load((Path(__file__).parent / "practice_replies.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def plain():
    """The files as the reader without libyaml takes them."""
    return {name: yaml.safe_load(text) for name, text in TEXTS.items()}


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_replies_in_other_words(name, plain):
    """What is expected whatever the scene is reached by a reply in other words, wherever it is asked."""
    asks = [(f["id"], a) for f in plain.values() for a in f.get("asks", ()) if a["expect"] == name]
    places = [(id, f"{id}.{ask['id']}") for id, ask in asks]
    assert places
    for id, ask in places:
        question = BANK.find(id)
        twist = next(t for t in question.asks if t.id == ask)
        result = mark_twist(BANK, question, twist, REPLIES[name])
        assert result.score >= 80, (ask, [c.id for c in result.points if c.credit < 1], result.faults)


def test_every_common_twist_is_used_and_answered(plain):
    """No common set without a question that uses it, none without a reply in the tests."""
    names = set(plain["playbooks/practice/twists.yaml"]["twists"])
    assert names == set(REPLIES)


def test_files_read_by_any_reader_of_yaml(plain):
    """The files are plain YAML: the reader without libyaml takes them, and reads the same words."""
    for question in GENERATED:
        file = plain[question.span.file]
        assert [p["point"] for p in file["points"]] == [p.text for p in question.points]
        ways = [group for p in file["points"] for way in p["ways"] for group in way.values()]
        assert [str(w) for w in ways] == [
            g.written for p in question.points for w in p.ways for g in w.groups
        ]


def test_the_next_twist_fits_what_was_reached():
    """A twist tied to points is asked when one was reached; none is asked twice."""
    question = BANK.find("E1")
    tied = next(t for t in question.asks if t.after)
    free = next(t for t in question.asks if not t.after)
    assert choose(question, [], ()) == free
    assert choose(question, tied.after, ()) == tied
    assert choose(question, tied.after, [tied.id]) == free
    assert choose(question, tied.after, [tied.id, free.id]) is None


def test_safety_twists_follow_the_safety_playbook():
    """Where somebody is in danger, the expected points stand on steps that `always` wants first."""
    stage = Stage(LIBRARY)
    for question in BANK.questions:
        for twist in question.asks:
            if set(dict(twist.scene.facts)) & {"hurt", "violence", "fire", "self_harm", "lost_child"}:
                told = stage.put([question.playbook], question.origin.scene, twist.scene)
                wanted = told.wanted()
                first = [told.ruleset.resolve(step, "step") for step in twist.expect[0].steps]
                assert first, twist.id
                assert all(told.ruleset.phase(wanted[step]) == "safety" for step in first), twist.id


# ---- what is wrong with a file ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("steps: [tell-no]", "steps: [tell-yes]", "unknown-step"),
        ("steps: [tell-no]", "steps: [do-it-now]", "not-wanted"),
        ("  steps: [list-gap]\n", "", "no-step"),
        ("gap: key}}", "gap: locked}}", "scene"),
        ("gap: key}}", "key_gap: yes}}", "scene"),
        ("source: [W.06, E4.22]", "source: [W.06, E4.99]", "unknown-source"),
        ("playbook: recording-threat", "playbook: recording", "unknown-playbook"),
        ("when: {facts: {visitor_content: no}}", "when: {facts: {visitor_content: yes}}", "not-wanted"),
        ("facts: {gap: none}", "facts: {gap: key}", "no-effect"),
        ("  facts: {gap: none}\n", "", "no-change"),
        ("object: 缺|怎么补|材料|哪里|去哪|清楚", "object: 没有这话", "not-reached"),
        ("- 了解：耐心听他讲完，问清来办什么、急在哪，记下来。\n", "- 我抢下他的手机。\n", "outline"),
        (
            "  - {act: 搬|拿|请, object: 椅子",
            "  - {act: 嚷着}\n  - {act: 搬|拿|请, object: 椅子",
            "given-away",
        ),
    ],
)
def test_what_only_the_playbook_and_the_marker_can_tell(old, new, code):
    """Each fault of a question that reads well is found, with its line and what to do."""
    errors = found(old, new)
    hits = [f for f in errors if f.code == code]
    assert hits, [(f.code, f.message) for f in errors]
    assert hits[0].span.line > 0
    assert hits[0].help


def test_a_question_needs_two_questions_after_it():
    """One question asked after is too few."""
    text = TEXTS[G04]
    cut = text[: text.index("- id: a2")]
    bank = parse({**FEW, G04: cut})
    assert "few-asks" in [f.code for f in check(bank, LIBRARY, [bank.find("G04")])]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("expect: leader", "expect: leadr", "leader"),
        ("- id: a2", "- id: a1", "写了两次"),
        ("weight: 40, point: 当面认错", "weight: 41, point: 当面认错", "101 分"),
        ("from: generated", "from: generatd", "generated"),
        ("from: generated, seed: 4", "from: generated, sed: 4", "seed"),
        ("facts: {gap: none}", "facts: gap", "名称: 答案"),
        ("  facts: {gap: none}", "  after: [p77]\n  facts: {gap: none}", "p77"),
        ("when: {facts:", "when: {fact:", "facts"),
    ],
)
def test_findings_of_the_new_fields_have_places(old, new, said):
    """What is written wrong in origin, branches and questions asked after is told with its line."""
    assert old in TEXTS[G04]
    line = TEXTS[G04].count("\n", 0, TEXTS[G04].index(old)) + 1
    faults = findings_of({**FEW, G04: TEXTS[G04].replace(old, new, 1)})
    hits = [f for f in faults if said in f.message + f.help]
    assert hits, [f.message for f in faults]
    assert hits[0].span.file == G04
    assert abs(hits[0].span.line - line) <= 2
    assert hits[0].help


def test_common_twists_are_checked_where_they_stand():
    """A fault of twists.yaml is told with the place in twists.yaml."""
    name = "playbooks/practice/twists.yaml"
    bank = parse({**FEW, name: TEXTS[name].replace("inspection-visit.arrive", "inspection-visit.arive", 1)})
    hits = [f for f in check(bank, LIBRARY) if f.code == "unknown-step"]
    assert hits
    assert {f.span.file for f in hits} == {name}


def test_scenes_take_the_answers_of_the_language():
    """yes/no, choices, numbers, several choices, 说不清, 还没有; anything else is refused."""
    put = Stage(LIBRARY).put
    facts = [
        ("fault_kind", ("total",)), ("office_hours", ("yes",)), ("fix_minutes", ("20",)),
        ("queue_papers", ("minor", "key")), ("angry", ("unknown",)), ("system_back", ("open",)),
    ]  # fmt: skip
    told = put(["system-failure"], Scene(facts=tuple(facts)))
    assert told.faults == ()
    answers = [written(answer) for answer in told.situation.facts.values()]
    assert answers == ["total", "yes", "20", "[key, minor]", "unknown", "open"]
    for name, value in (
        ("fault_kind", "half"),
        ("office_hours", "2"),
        ("fix_minutes", "soon"),
        ("down", "yes"),
    ):
        assert put(["system-failure"], Scene(facts=((name, (value,)),))).faults, name


# ---- drafts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "playbook", ["rain-before-opening", "queue-disorder", "hotline-order", "general-incident"]
)
@pytest.mark.parametrize("seed", [1, 5])
def test_a_draft_reads_and_stands_in_its_playbook(playbook, seed):
    """A draft is read without findings, its weights make 100, its steps are wanted in its scene; what is
    left to a person is only the telling."""
    text = draft(BANK, LIBRARY, playbook, seed)
    assert text == draft(BANK, LIBRARY, playbook, seed)
    bank = parse({**FEW, "draft.yaml": text})
    question = bank.find("G00")
    assert sum(p.weight for p in question.points) == 100
    assert 4 <= len(question.points) <= 9
    assert question.origin.seed == seed
    codes = {f.code for f in check(bank, LIBRARY, [question])}
    assert codes <= {"few-asks", "given-away", "outline", "not-reached", "no-scene"}, codes


def test_a_draft_has_the_facts_that_were_asked_for():
    """Given facts stand in the scene; the steps of safety then come first. Impossible ones are refused."""
    text = draft(BANK, LIBRARY, "queue-disorder", 2, [("hurt", "yes"), ("crowd_danger", "crush|heat")])
    bank = parse({**FEW, "draft.yaml": text})
    question = bank.find("G00")
    assert dict(question.origin.scene.facts)["hurt"] == ("yes",)
    assert set(dict(question.origin.scene.facts)["crowd_danger"]) == {"crush", "heat"}
    assert "call-120" in question.points[0].steps[0]
    with pytest.raises(UsageError):
        draft(BANK, LIBRARY, "queue-disorder", 2, [("hurt", "maybe")])


def test_a_draft_uses_the_lexicon():
    """Where a step says a word of the lexicon, the drafted way takes all its synonyms."""
    ways = [
        line for line in draft(BANK, LIBRARY, "staff-dispute", 9).splitlines() if line.startswith("  - {")
    ]
    assert any("<" in way for way in ways)
    assert all(name in dict(BANK.words) for way in ways for name in re.findall(r"<([a-z]+)>", way))


@pytest.mark.parametrize("shares", [[1, 1, 1], [30, 24, 14, 36, 16, 10], [5] * 9, [100, 1, 1]])
def test_weights_make_a_hundred(shares):
    """Whole weights in proportion, none below three."""
    got = weights(shares)
    assert sum(got) == 100
    assert min(got) >= 3
    pairs = list(zip(got, shares, strict=True))
    assert all(a >= b for a, m in pairs for b, n in pairs if m > n)


# ---- commands ---------------------------------------------------------------------------------------


def test_new_writes_a_draft_and_never_over_a_file(tmp_path):
    """`practice new` writes to the screen or a file; what is there stays."""
    code, out = run("new", "--from", "long-queue", "--seed", 3, "--fact", "cause=short")
    assert code == 0
    assert re.search(r"^origin: .*cause: 'short'", out, re.M)
    file = tmp_path / "g.yaml"
    assert run("new", "--from", "long-queue", "--seed", 3, "--fact", "cause=short", "-o", file)[0] == 0
    assert file.read_text("utf-8") == out
    assert run("new", "--from", "long-queue", "-o", file)[0] != 0
    assert file.read_text("utf-8") == out


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--from", "long-queu"], 5, "long-queue"),
        (["--from", "always"], 2, "--fact"),
        (["--from", "long-queue", "--fact", "cause"], 2, "名称=答案"),
        (["--from", "long-queue", "--fact", "cause=none"], 2, "short"),
        (["--from", "long-queue", "--fact", "cuase=short"], 2, "cause"),
        ([], 2, "--from"),
    ],
)
def test_new_tells_what_is_wrong(args, code, said):
    """A wrong playbook, fact or answer is told in Chinese, with what could be meant."""
    got, out = run("new", *args)
    assert got == code
    assert said in out


def test_check_of_the_bank_and_of_one_file(tmp_path):
    """`practice check` proves everything shipped, or the files given, wherever they are."""
    code, out = run("check", "--json")
    assert code == 0
    assert len(json.loads(out)["questions"]) == len(BANK.questions)
    file = tmp_path / "mine.yaml"
    text = TEXTS[G04].replace("id: G04", "id: X1")
    file.write_text(text, "utf-8")
    assert run("check", file)[0] == 0
    file.write_text(text.replace("steps: [tell-no]", "steps: [tell-yes]"), "utf-8")
    code, out = run("check", file)
    assert code == 4
    assert "tell-yes" in out
    assert "mine.yaml:" in out.replace("\n", "").replace(" ", "")


def test_check_tells_what_it_cannot_read(tmp_path):
    """A missing file, a folder, other bytes, a number taken already, a faulty file."""
    assert run("check", tmp_path / "none.yaml")[0] == 5
    assert run("check", tmp_path)[0] == 4
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    assert run("check", file)[0] == 4
    file.write_text(TEXTS[G04], "utf-8")
    code, out = run("check", file)
    assert code == 4
    assert "G04" in out
    file.write_text(TEXTS[G04].replace("id: G04", "id: X1").replace("weight: 12", "weight: 13", 1), "utf-8")
    code, out = run("check", file)
    assert code == 4
    assert "101 分" in out


def test_a_bank_without_its_common_twists_does_not_read():
    """What a question refers to has to be there."""
    with pytest.raises(BadData):
        parse({name: text for name, text in TEXTS.items() if "twists" not in name})


def test_questions_are_plain_data():
    """The bank goes through JSON and back unchanged: nothing in it is more than data."""
    assert msgspec.json.decode(msgspec.json.encode(BANK), type=type(BANK)) == BANK
