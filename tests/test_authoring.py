"""`zhiban playbook new`: a draft that checks clean and passes its own cases, whatever its author says."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import cases, checks
from engine.authoring import Draft, cases_text, defaults, id_fault, playbook_text, write_new
from engine.errors import BadData, Conflict
from engine.reader import parse_texts, read_files
from tests.walking import Officer, emitted, run

SHARED = {
    name: text
    for name, text in read_files(hall=False).items()
    if name in ("playbooks/vocabulary.yaml", "playbooks/always.yaml") or name.endswith(".j2")
}
VOCABULARY = parse_texts(SHARED, cache=True).vocabulary
BARE = {
    "playbooks/vocabulary.yaml": "vocabulary: zhiban\nroles: {duty: 值班, lead: 领导}\n"
    "facts: {main_question: {ask: 呢？}}\n"
}
HARD = """'"\\{}[]#:,&*!|>%@`-?~= \t\n\r\x00\x85\u2028😀é‘—｛＋｜yesnull"""
NASTY = st.text(alphabet=HARD + "坏了，。？不", max_size=12) | st.sampled_from(
    [
        "",
        " ",
        "yes",
        "null",
        "- a",
        "a: b",
        "{{ x }}",
        "{% if %}",
        "{# a",
        "'",
        '"',
        "# x",
        "+",
        " - ",
        "---",
        "\\",
    ]
)
DRAFTS = st.builds(Draft, *[NASTY] * 8)


def findings(texts, id, draft, vocabulary):
    """What reading, checking and the cases say about a draft."""
    library = parse_texts({**texts, f"hall/{id}.yaml": playbook_text(id, draft, vocabulary)}, cache=False)
    assert [p.id for p in library.playbooks if p.origin == "hall"] == [id], library.findings
    own = [f for f in library.findings if f.span.file.startswith("hall/")]
    return library, [str(f) for f in (*own, *checks.check(library, [id])["findings"])]


@settings(max_examples=40, deadline=None)
@given(DRAFTS, st.sampled_from(["own-x", "a", "no", "a_b-9", "if-yes"]))
@example(
    Draft("叫号机故障", "叫号机坏了，不出号", "去看", "guard", "还坏吗？", "甲", "乙", "丙"), "queue-machine"
)
def test_any_draft_is_clean(draft, id):
    """Whatever is said, the draft reads without a finding, checks clean, and its blanks are filled."""
    library, said = findings(SHARED, id, draft, VOCABULARY)
    assert said == []
    playbook = next(p for p in library.playbooks if p.id == id)
    assert all(text.strip() for text in (playbook.title, *(s.what for s in playbook.steps)))
    assert playbook.hear


@settings(max_examples=20, deadline=None)
@given(draft=DRAFTS)
def test_any_cases_pass(tmp_path_factory, draft):
    """The cases beside the draft are read without a finding and all pass."""
    library, _ = findings(SHARED, "own-x", draft, VOCABULARY)
    file = tmp_path_factory.mktemp("cases") / "own-x.yaml"
    file.write_text(cases_text("own-x", draft, VOCABULARY), "utf-8")
    results = cases.run_cases(library, [file], durable=False)
    assert results.ok
    assert len(results.results) == 4
    [coverage] = results.coverage
    assert coverage.playbook == "own-x"


def test_a_vocabulary_without_what_the_draft_would_use():
    """Roles, shared steps and names that the hall's vocabulary lacks or has taken are got round."""
    vocabulary = parse_texts(BARE).vocabulary
    library, said = findings(BARE, "own-x", defaults("标题"), vocabulary)
    assert said == []
    [playbook] = library.playbooks
    assert [fact.key for fact in playbook.facts] == ["own-x.main_question_2"]
    assert {step.who for step in playbook.steps} == {"", "lead"}


def test_what_is_said_stands_in_the_draft():
    """The author's words stand where they belong, quoted only as far as YAML needs it."""
    draft = Draft(
        "叫号机故障", "叫号机坏了、不出号，不出号", "去看 #1 机", "guard", "还要很久吗？", "甲", "乙", "丙"
    )
    library, _ = findings(SHARED, "own-x", draft, VOCABULARY)
    playbook = next(p for p in library.playbooks if p.id == "own-x")
    assert [signal.groups for signal in playbook.hear] == [(("叫号机坏了",),), (("不出号",),)]
    [fact] = playbook.facts
    assert (playbook.title, fact.ask, fact.label) == ("叫号机故障", "还要很久吗？", "还要很久")
    assert [(s.what, s.who) for s in playbook.steps[:4]] == [
        ("去看 #1 机", "guard"),
        ("甲", ""),
        ("乙", ""),
        ("丙", ""),
    ]


@pytest.mark.parametrize(
    "id", ["", "A", "1a", "a b", "叫号机", "a/b", "../a", "a.b", "vocabulary", "sources", "null"]
)
def test_ids_that_cannot_be(id):
    """A name that no playbook or file can have is refused with a sentence."""
    assert f"`{id}`" in id_fault(id)


def test_written_together_or_not_at_all(tmp_path):
    """Nothing is overwritten; when one file cannot be written, none is left."""
    one, two = tmp_path / "a" / "x.yaml", tmp_path / "b" / "x.yaml"
    write_new({one: "1", two: "2"})
    assert (one.read_text(), two.read_text()) == ("1", "2")
    with pytest.raises(Conflict):
        write_new({tmp_path / "new.yaml": "3", two: "4"})
    with pytest.raises(BadData):
        write_new({tmp_path / "new.yaml": "3", one / "sub" / "x.yaml": "4"})
    assert not (tmp_path / "new.yaml").exists()
    assert two.read_text() == "2"


# ---- the command ----------------------------------------------------------------------------------


def test_new_with_options(tmp_path):
    """Without a terminal it writes at once; `check` and `test` find nothing; a second time is refused."""
    written = emitted(
        tmp_path,
        "playbook",
        "new",
        "own-x",
        "--title",
        "漏水",
        "--words",
        "漏水,滴水",
        "--who",
        "保安",
        "--json",
    )
    book = tmp_path / "config" / "playbooks" / "own-x.yaml"
    assert written == {
        "playbook": "own-x",
        "written": str(book),
        "cases": str(book.parent / "cases" / "own-x.yaml"),
    }
    assert "who: guard" in book.read_text("utf-8")
    [report] = emitted(tmp_path, "playbook", "check", "own-x", "--json")
    assert report["findings"] == []
    assert emitted(tmp_path, "playbook", "test", written["cases"], "--json")["ok"]
    before = book.read_bytes()
    again = run(tmp_path, "playbook", "new", "own-x")
    assert (again.returncode, "已经有剧本" in again.stderr) == (6, True)
    assert book.read_bytes() == before


def test_new_into_a_file(tmp_path):
    """`-o` names the file or its folder; cases go beside it; an existing one of either is not touched."""
    emitted(tmp_path, "playbook", "new", "own-x", "-o", "mine/y.yaml", "--json")
    assert (tmp_path / "mine" / "cases" / "own-x.yaml").is_file()
    (tmp_path / "folder").mkdir()
    inside = emitted(tmp_path, "playbook", "new", "own-x", "-o", "folder", "--json")
    assert inside["written"] == str(Path("folder", "own-x.yaml"))
    taken = run(tmp_path, "playbook", "new", "own-x", "-o", "mine/z.yaml")
    assert (taken.returncode, (tmp_path / "mine" / "z.yaml").exists()) == (6, False)
    assert "已经在了" in taken.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["Own"], 2, "小写字母"),
        (["system-failure"], 6, "extends"),
        (["own-x", "--who", "guardd"], 2, "`guard`"),
        (["own-x", "-o", "/dev/null/x.yaml"], 4, "写不了"),
    ],
)
def test_new_refused(tmp_path, arguments, code, says):
    """What cannot be done is said in one Chinese sentence with what to do; nothing is written."""
    done = run(tmp_path, "playbook", "new", *arguments)
    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (code, True, False)
    assert not (tmp_path / "config").exists()


def test_new_at_a_terminal(tmp_path):
    """One question a line: what is typed counts, Enter takes the default, a role by number or by name."""
    officer = Officer(tmp_path, "playbook", "new", "own-x")
    officer.sees("这件事叫什么")
    officer.types("")
    officer.sees("要写几个字")
    officer.types("屋顶漏水: 三楼")
    officer.sees("怎么说这件事")
    officer.types("漏水，滴水")
    officer.sees("最要紧的一步")
    officer.types("")
    officer.sees("谁来做")
    officer.types("厨师")
    officer.sees("打 1 到")
    officer.types("3")
    for _ in range(4):
        officer.types("")
    officer.sees("写好了剧本")
    text = (tmp_path / "config" / "playbooks" / "own-x.yaml").read_text("utf-8")
    assert "title: '屋顶漏水: 三楼'" in text
    assert "hear: [漏水, 滴水]" in text
    assert "first-step: {who: guard, what: 到现场看清楚，先让人离开危险的地方," in text


@pytest.mark.parametrize("answers", [["q"], ["漏水", "ｑ"], ["漏水", "\x04"]])
def test_leaving_writes_nothing(tmp_path, answers):
    """q or the end of input at any question leaves without a file."""
    officer = Officer(tmp_path, "playbook", "new", "own-x")
    shown = officer.at_prompt()
    assert "这件事叫什么" in shown
    for answer in answers:
        shown = officer.types(answer)
    assert "没有写任何文件" in shown
    assert officer.ends() == 0
    assert not (tmp_path / "config").exists()
    assert os.listdir(tmp_path) in ([], ["cache"], ["cache", "data"])


def test_refused_before_anything_is_asked(tmp_path):
    """Where cases of that name lie already, or a broken playbook, no question is asked first."""
    books = tmp_path / "config" / "playbooks"
    (books / "cases").mkdir(parents=True)
    (books / "cases" / "own-x.yaml").write_text("cases: []\n", "utf-8")
    (books / "own-y.yaml").write_text("playbook: own-y\n", "utf-8")
    for id, says in (("own-x", "已经在了"), ("own-y", "已经有剧本")):
        officer = Officer(tmp_path, "playbook", "new", id)
        shown = officer.at_prompt()
        assert (says in shown, "这件事叫什么" in shown, officer.ends()) == (True, False, 6)
