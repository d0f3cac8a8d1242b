"""Documents that the hall issues: filled, marked as drafts, journalled and written without loss."""

from __future__ import annotations

import os
import re
import stat

import pytest
from render_texts import HOSTILE, PROFILE, TEXTS, begin, parsed, told

from engine import paths
from engine.clock import SimulatedClock
from engine.errors import BadData, NotFound, UsageError
from engine.journal import Journal
from engine.model import Profile
from engine.reader import load_library, parse_texts, read_files
from engine.render import folder, issue, page, preview, report, save
from engine.session import Session

STEP = "outage.take-in"


def ready(**how: object) -> Session:
    """An incident in which the notice is wanted and the time of repair is known."""
    session = begin(**how)  # type: ignore[arg-type]
    told(session, "kind", "total")
    told(session, "minutes", 30)
    return session


def test_issued_documents_are_in_the_record():
    """The text that went out is journalled with its title, and comes back after a reload."""
    session = ready()
    made = issue(session, STEP)
    assert made["title"] == "停机公告"
    assert (made["draft"], made["document"], made["step"]) == (False, "notice", STEP)
    assert "河东区政务服务中心系统故障（全停了），估计还要 30 分钟" in made["text"]
    again = Session.load(session.journal, session.id, session.library, session.clock)
    assert again.state.documents[0]["text"] == made["text"]
    assert "出具文书：停机公告" in report(session, "summary")


def test_unknown_facts_make_a_draft():
    """What is not established prints （待定）, is named by its label, and keeps the document a draft."""
    session = begin()
    told(session, "kind", "total")
    made = preview(session, STEP)
    assert made["draft"] is True
    assert made["pending"] == ["预计还要"]
    assert made["text"].startswith("# 停机公告（草稿）\n")
    assert "估计还要 （待定） 分钟" in made["text"]
    issue(session, STEP)
    assert "停机公告（草稿，待定：预计还要）" in report(session, "handover")


def test_blanks_of_the_hall_are_no_draft():
    """A value that the hall has not filled in is a line to write on."""
    made = preview(ready(), STEP)
    assert "咨询：______。" in made["text"]
    assert made["draft"] is False


def test_preview_journals_nothing():
    """Looking is not issuing."""
    session = ready()
    before = len(session.events)
    preview(session, STEP)
    assert len(session.events) == before


def test_drills_are_marked():
    """A drill's document says so in its heading and large on its page."""
    text = preview(ready(mode="drill"), STEP)["text"]
    assert text.startswith("# 【演练】停机公告\n")
    assert '<p class="mode">演练</p>' in page(text)


def test_the_pinned_text_counts():
    """The template as it was when the incident was opened is used, not the one of today."""
    texts = {**TEXTS, "templates/documents/notice.md.j2": "# 旧公告\n\n{{ minutes }}\n"}
    session = Session.begin(
        Journal(None), parse_texts(texts), texts, ["outage"], SimulatedClock(), profile=PROFILE
    )
    assert preview(session, STEP)["title"] == "旧公告"


def test_shipped_text_where_none_is_pinned():
    """Without pinned texts the shipped template is used."""
    library = load_library(hall=False)
    session = Session.begin(Journal(None), library, {}, ["system-failure"], SimulatedClock())
    assert preview(session, "system-failure.take-in")["title"] == "收件登记表"


def test_steps_without_document():
    """A step that issues nothing, or does not exist, is a clear error."""
    for step in ("report-lead", "outage.nothing"):
        with pytest.raises(NotFound):
            preview(begin(), step)


def test_every_shipped_document_renders():
    """All documents of all playbooks fill without a trace of template or key, as text and as a page."""
    library, texts = load_library(hall=False), read_files(hall=False)
    books = [book.id for book in library.playbooks if book.id != "always"]
    session = Session.begin(Journal(None), library, texts, books, SimulatedClock(), profile=PROFILE)
    steps = [key for key, step in session.ruleset.steps.items() if step.issue]
    assert steps
    for step in steps:
        made = preview(session, step)
        assert not re.search(r"\{[{%#]|[#%}]\}", made["text"]), step
        assert made["text"].startswith("# ")
        parsed(page(made["text"]))


def test_pages_are_harmless():
    """HTML, links and pictures in a text stay text; blanks are lines, tables are tables."""
    table = "| a |\n|---|\n| ______ |\n"
    text = f"# 标题\n\n正文 {HOSTILE}\n\n[b](http://e.example) <b>x</b>\n\n______\n\n{table}"
    read = parsed(page(text))
    words = "".join(read.words)
    assert "<script>alert(1)</script>" in words
    assert "[b](http://e.example)" in words
    assert "table" in read.tags
    assert "b" not in read.tags
    assert ("class", "blank") in read.attributes


def test_files_are_private_and_never_overwritten(tmp_path):
    """Both files are readable by their owner only; the same text is one file, another one is numbered."""
    text = preview(ready(), STEP)["text"]
    place = tmp_path / "documents" / "x"
    first = save(text, place, "停机公告")
    assert [path.name for path in first] == ["停机公告.md", "停机公告.html"]
    assert first[0].read_text("utf-8") == text
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in first)
    assert save(text, place, "停机公告") == first
    second = save(text + "更正\n", place, "停机公告")
    assert [path.name for path in second] == ["停机公告-2.md", "停机公告-2.html"]
    assert first[0].read_text("utf-8") == text
    assert save(text, place, "停机公告") == first
    assert len(list(place.iterdir())) == 4


def test_file_names_are_fit(tmp_path):
    """A title with slashes, dots or nothing at all gives a file in the folder."""
    for title in ("../../etc/passwd", "a/b\\c:d", "", "....", "长" * 300):
        for path in save("# x\n", tmp_path / "f", title):
            assert path.parent == tmp_path / "f"


def test_a_page_of_ones_own(tmp_path):
    """A report's own page is written beside its Markdown."""
    session = ready()
    files = save(report(session, "first"), tmp_path, "初报", report(session, "first", "html"))
    assert files[1].read_text("utf-8") == report(session, "first", "html")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_read_only_folder(tmp_path):
    """A folder that cannot be written is a clear error."""
    tmp_path.chmod(0o500)
    with pytest.raises(BadData, match="写不进"):
        save("# x\n", tmp_path / "f", "x")


def test_a_file_in_the_way(tmp_path):
    """A file where the folder should be is a clear error."""
    (tmp_path / "f").write_text("")
    with pytest.raises(BadData, match="写不进"):
        save("# x\n", tmp_path / "f", "x")


def test_the_folder_of_an_incident(monkeypatch, tmp_path):
    """Files lie in the data folder, by incident."""
    monkeypatch.setenv("ZHIBAN_HOME", str(tmp_path))
    session = ready()
    assert folder(session) == paths.data_dir() / "documents" / session.id


def test_hostile_values_stay_in_their_place():
    """A hall's name with markup cannot become markup on the page."""
    session = ready(profile=Profile(name="<img src=x onerror=y>"))
    parsed(page(preview(session, STEP)["text"]))


def test_closed_incidents_issue_nothing():
    """After the close documents can be looked at but no longer issued."""
    session = ready()
    session.perform("closed", {"chosen": []})
    assert preview(session, STEP)["title"] == "停机公告"
    with pytest.raises(UsageError):
        issue(session, STEP)
