"""The debrief of a run: figures reckoned by hand, causes from the record, all its forms."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from io import BytesIO

import pytest
from msgspec.structs import replace

from engine.drill import control
from engine.drill.causes import KINDS
from engine.drill.chronicle import worth
from engine.drill.debrief import debrief
from engine.drill.debriefforms import docx, html, markdown
from engine.drill.model import Inject, Trigger
from engine.drill.picture import picture
from engine.drill.reading import load
from engine.drill.script import run_script
from tests.drilled import MARKS, PHONE, TOTAL, drilled, role
from tests.drilling import _R, BANK, LIBRARY, RAIN, do, expect


@pytest.fixture(scope="module")
def store():
    """The run whose figures are in tests/drilled.py."""
    return drilled()


@pytest.fixture(scope="module")
def made(store):
    """Its debrief."""
    return debrief(store.state, store.id)


def loss(made, id):
    """The loss of an expectation or harmful act."""
    return next(gap.loss for gap in made.gaps if gap.loss.id == id)


def one_cause(id, *acts, drill=RAIN):
    """(cause, words) for which an expectation lost its marks in a run of these acts."""
    store = drilled(acts=acts, drill=drill)
    found = loss(debrief(store.state, store.id), id)
    return found.kind, found.told


# ---- figures --------------------------------------------------------------------------------------


def test_marks_and_total_are_those_of_the_score(made):
    """Each expectation's marks and the total are what the rules give by hand."""
    marks = {line.id: line.marks for line in made.score.lines if line.kind == "expectation"}
    assert (marks, made.score.total) == (MARKS, TOTAL)


def test_losses_and_strengths_share_out_everything(made):
    """What was met stands under strengths, the rest under losses, the worst first."""
    assert [one.id for one in made.strengths] == ["door"]
    assert [(gap.loss.id, gap.loss.marks) for gap in made.gaps] == [
        ("call", 25), ("soothe", 20), ("civil", 15), ("shout-back", 15), ("lead", 10), ("room", 5),
    ]  # fmt: skip


def test_causes_are_counted_with_their_marks(made):
    """Losses by cause: 30 by harm, 25 not done, 20 by words, 10 by a question, 5 by the clock."""
    found = {cause.kind: (len(cause.losses), cause.marks) for cause in made.causes}
    assert found == {
        "harmful": (2, 30), "omitted": (1, 25), "off": (1, 20), "unasked": (1, 10), "late": (1, 5),
    }  # fmt: skip
    assert all(loss.events for cause in made.causes for loss in cause.losses)


def test_the_head_says_who_when_how_long(made):
    """Who took part with their roles, the real beginning, drill time; nothing is made up."""
    head = made.head
    assert head.title == "【演练】雨"
    assert head.people == (("值班负责人", "王敏"), ("引导员", ""))
    assert (head.begun, head.lasted, head.real) == ("2026-11-20T09:30:00+08:00", 600, None)


def test_reactions_follow_injects(made):
    """Each inject with the next act and how long after; none after the last act."""
    by_text = {one.text: one for one in made.reactions}
    fall = by_text["一位老人在台阶上滑倒了！"]
    assert (fall.after, "前厅" in fall.next) == (30, True)
    assert by_text["雨点小了。"].after is None
    assert [one.number for one in made.reactions] == list(range(1, len(made.reactions) + 1))


def test_harm_stands_with_the_reaction_of_the_scene(made):
    """A harmful act: when, who, how the scene took it, what it cost."""
    (harm,) = made.harms
    assert (harm.clock, harm.reaction, harm.marks, harm.seq) == ("08:23:20", "人群更乱了。", -15, 13)


def test_every_unmet_objective_has_a_plan_with_its_owner(made):
    """Both objectives are U: each is proposed a measure, by the owner that the drill names."""
    assert [(plan.objective, plan.rating, plan.owner) for plan in made.lacking] == [
        ("calm", "U", "head"), ("life", "U", "guard"),
    ]  # fmt: skip
    assert all(plan.proposal and plan.lacks for plan in made.lacking)


def test_real_time_runs_from_the_first_start_to_the_end():
    """At double speed half the drill's time has passed; a pause counts, and the speeds are told."""
    store = drilled(acts=[])
    fresh = type(store).create(store.journal, RAIN, LIBRARY, {}, store.state.begun, bank=BANK)
    at = fresh.state.at
    control.set_clock(fresh, at, 1_000_000, 2)
    fresh.advance(fresh.state.end)
    head = debrief(fresh.state, fresh.id).head
    assert (head.real, head.speeds) == (300, ("×2",))


# ---- causes ---------------------------------------------------------------------------------------

ROOM = (do(20, "ask", _R + "can_shelter"), do(25, "ask", _R + "may_open"))


def test_a_fact_that_was_not_asked_is_named(made):
    """Nobody asked for a room, so the step of asking the lead never came up in its time."""
    assert loss(made, "lead").kind == "unasked"
    assert "有可先开的非办公区" in loss(made, "lead").told


@pytest.mark.parametrize(
    ("id", "acts", "kind", "words"),
    [
        ("soothe", (do(30, "step", _R + "to-door"),), "silent", "一句话也没有说"),
        ("door", (do(150, "step", _R + "to-door"),), "late", "用了 2分30秒，晚了 30秒"),
        ("call", (do(500, "step", "always.call-120"),), "late", "到了时限之后才办"),
        ("call", (do(30, "step", _R + "to-door"),), "omitted", "没有办"),
        ("room", (do(500, "ask", _R + "can_shelter"),), "late", "问得太晚"),
        ("room", (do(30, "step", _R + "to-door"),), "unasked", "没问"),
        (
            "lead",
            (*ROOM, do(90, "step", _R + "ask-lead")),
            "stuck",
            "占线",
        ),
    ],
)  # fmt: skip
def test_causes_from_the_record(id, acts, kind, words):
    """Each way of losing marks has its own cause, with what happened in words."""
    found, told = one_cause(id, *acts)
    assert (KINDS[found], words in told) == (KINDS[kind], True), told


def test_a_document_that_was_not_issued():
    """A document that was expected and not issued is its own cause."""
    drill = replace(RAIN, expectations=(expect("paper", 100, documents=("queue-card",), within=60),))
    assert one_cause("paper", do(5, "step", _R + "to-door"), drill=drill)[0] == "unissued"


def test_pulled_away_by_a_red_herring():
    """Right after a red herring, while something critical was open, something useless was done: that is why.
    Something useful, or the same act without a herring, is not."""
    herring = Inject("photo", Trigger(at=20), "下午要拍照，把绿植摆好。", red_herring=True)
    drill = replace(RAIN, injects=(*RAIN.injects, herring))
    useless = do(30, "say", text="绿植摆到门口来。")
    assert one_cause("door", useless, drill=drill)[0] == "distracted"
    assert one_cause("door", useless)[0] == "omitted"
    assert one_cause("door", do(30, "ask", _R + "can_shelter"), drill=drill)[0] == "omitted"


def test_the_controllers_word_stands():
    """Overrides, ratings and notes are in the report, and the plan follows the controller's rating."""
    store = drilled()
    end = store.state.at
    control.override(store, end, "call", 100, "打了电话，没记上")
    control.rate(store, end, "calm", "S", "安抚住了")
    control.note(store, end, "引导员反应快")
    made = debrief(store.state, store.id)
    assert made.score.total == TOTAL + 25
    assert [entry.verdict for entry in made.remarks] == ["改分", "S", ""]
    assert not made.lacking


# ---- forms ----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Texts and addresses of a page; fails on tags that are closed wrongly."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text):
        super().__init__()
        self.open, self.links, self.texts, self.seen = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)


def test_the_page_stands_alone_and_hides_numbers(store, made):
    """Well nested, nothing from elsewhere, no script; 演练 on it; telephone numbers are masked."""
    text = html(made, store.state, role)
    page = Page(text)
    assert not page.open
    assert not page.links
    assert "script" not in page.seen
    assert "演练" in page.texts
    assert PHONE not in text
    assert "138******78" in text
    text.encode("gbk")


@pytest.mark.parametrize("form", [html, markdown, docx])
def test_markup_in_words_stays_words(form):
    """What somebody said is text in every form."""
    store = drilled(acts=[do(30, "say", text="<script>alert(1)</script> **粗** {{ x }}")])
    made = debrief(store.state, store.id)
    done = form(made, store.state, role) if form is html else form(made, role)
    if isinstance(done, str):
        assert "<script>" not in done
    else:
        assert "{{ x }}" in words(done)


def words(document):
    """All texts of a Word document."""
    from docx import Document

    opened = Document(BytesIO(document))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in opened.paragraphs), *cells])


def test_word_opens_again_with_everything(made):
    """The docx is read back: title with 演练, sections, the plan, nobody's number."""
    found = words(docx(made, role))
    assert "【演练】雨：讲评" in found
    assert all(name in found for name in ("要改进的", "为什么", "改进计划", "经过", "引导员"))
    assert PHONE not in found


def test_the_picture_shows_everything_once(store, made):
    """Well-formed; a number for every inject, a row for every expectation, a mark for every act."""
    root = ET.fromstring(picture(store.state, made.score))
    titles = [found.text for found in root.iter("{http://www.w3.org/2000/svg}title")]
    assert sum(bool(re.match("情况[0-9]", title)) for title in titles) == len(store.state.fired)
    assert sum(bool(re.match("★?要求 ", title)) for title in titles) == len(RAIN.expectations)
    assert sum(bool(re.match("08:2", title)) for title in titles) == len(worth(store.state)) == 4
    assert worth(store.state) == {2: "good", 4: "neutral", 13: "harm", 19: "late"}


@pytest.mark.parametrize("who", ["perfect", "silent", "harmful", "random"])
@pytest.mark.parametrize("name", ["rain-ten-minutes", "morning-hour-60"])
def test_shipped_drills_can_be_debriefed(name, who):
    """Whatever the trainee did: all forms come out, losses and marks add up to the total."""
    drill = load(LIBRARY, name).drill
    run = run_script(drill, LIBRARY, who, seed=5, bank=BANK)
    made = debrief(run.state, run.store.id)
    ET.fromstring(picture(run.state, made.score))
    Page(html(made, run.state, role))
    lost = sum(gap.loss.marks for gap in made.gaps)
    assert abs(100 - lost - made.score.total) <= 1.5
    assert bool(made.gaps) == (who != "perfect")
