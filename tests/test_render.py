"""Reports: one data structure, five kinds, three formats; harmless, self-contained, the same every time."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta

import pytest
from render_texts import HOSTILE, begin, half_way, parsed, told, wait

from engine import walk
from engine.clock import SimulatedClock
from engine.conditions import Answer
from engine.errors import UsageError
from engine.journal import Journal
from engine.model import Profile
from engine.reader import load_library, read_files
from engine.render import build, drawing, report, submit
from engine.render.times import clean, span
from engine.session import Session

KINDS = ("first", "progress", "final", "summary", "handover")


def closed() -> Session:
    """The incident of `half_way`, brought to its close at 8:42."""
    session = half_way()
    told(session, "back", True)
    for step in ("outage.call-it", "outage.take-in", "outage.say-back", "outage.calm"):
        session.mark(step, "done")
    wait(session, minutes=20)
    walk.begin_closing(session)
    walk.close(session)
    return session


def step(session: Session, key: str):
    """The lines of a step in the report's data."""
    return [line for line in build(session, "summary").steps if line.key == key]


# ---- what is told ---------------------------------------------------------------------------------


def test_every_step_with_its_clock():
    """Opened, due, done and by how much it was late; the tightest deadline of the rules counts."""
    session = half_way()
    [lead] = step(session, "report-lead")
    assert (lead.due - lead.opened, lead.late, lead.outcome) == (timedelta(minutes=5), 0, "done")
    [announce] = step(session, "outage.announce")
    assert (announce.late, announce.phase) == (60, "control")
    [call] = step(session, "outage.call-it")
    assert (call.late, call.outcome, call.ended) == (7 * 60, "", None)
    assert step(session, "outage.take-in")[0].handed is not None


def test_a_deadline_from_another_step_is_told():
    """A step due after another one's completion has its deadline in the report."""
    session = half_way()
    told(session, "back", True)
    [back] = step(session, "outage.say-back")
    assert back.due.strftime("%H:%M") == "08:19"


def test_an_earlier_time_counts():
    """A step reported as done at an earlier time is late by that time, and told at it."""
    session = begin()
    wait(session, minutes=9)
    session.mark("outage.announce", "done", since=session.state.begun + timedelta(minutes=2))
    [announce] = step(session, "outage.announce")
    assert announce.late == 0
    assert "8:12　广播告诉全厅。" in report(session, "first")


def test_every_occurrence_is_told():
    """What has to be done anew after a change is told twice, with the words of its time."""
    session = begin()
    told(session, "minutes", 20)
    session.mark("outage.tell", "done")
    wait(session, minutes=5)
    told(session, "minutes", 40, how="changed")
    assert [line.outcome for line in step(session, "outage.tell")] == ["done", ""]
    text = report(session, "summary")
    assert "报时间（第2次）" in text
    assert "变化：预计还要，由“20分钟”改为“40分钟”" in text
    assert "8:10 20分钟 → 8:15 40分钟" in text


def test_what_was_undone_is_left_out():
    """An act taken back appears nowhere, nor does what it caused."""
    session = begin()
    told(session, "kind", "total")
    session.undo()
    assert "先收件" not in report(session, "summary")
    assert "全停了" not in report(session, "summary")


def test_withdrawn_steps_are_told():
    """A step whose reason went is shown as no longer needed."""
    session = begin()
    told(session, "kind", "total")
    told(session, "kind", "slow", how="corrected")
    assert [line.outcome for line in step(session, "outage.take-in")] == ["withdrawn"]
    assert "不再需要：先收件" in report(session, "summary")


def test_overdue_is_marked():
    """Late steps are marked with words, a sign and by how much, in every format that people read."""
    session = half_way()
    for form in ("md", "html"):
        text = report(session, "summary", form)
        assert "▲逾期7分钟" in text
        assert "广播告诉全厅（值班负责人 王敏）：应于 8:13 前，8:14 办结，逾期1分钟" in text
        assert "至今未办" in text


def test_unverified_is_marked():
    """说不清, 还没有 and what was never asked stand as 待核实; what is known does not."""
    session = half_way()
    text = report(session, "handover")
    assert "预计还要：**待核实（说不清）**" in text
    assert "系统恢复：**待核实（还没有）**" in text
    assert "故障程度：全停了（8:14 查明）" in text
    assert "待核实：预计还要（说不清）；系统恢复（还没有）" in report(session, "first")
    fresh = begin()
    assert "故障程度：**待核实（未问）**" in report(fresh, "handover")


def test_numbers():
    """Time to the first action, to control and to the close, and what went wrong, in seconds and counts."""
    numbers = build(half_way(), "summary").numbers
    assert (numbers.first_action, numbers.to_control, numbers.to_close) == (60, None, None)
    assert (numbers.overdue, numbers.unverified, numbers.follow_ups) == (2, 2, 1)
    numbers = build(closed(), "summary").numbers
    assert (numbers.to_control, numbers.to_close) == (12 * 60, 32 * 60)
    assert numbers.open == 0


def test_promises_keep_their_words():
    """Words with a clock: what was said in the words of then, what is still to be said and by when."""
    session = half_way()
    told(session, "back", True)
    said, *_ = build(session, "handover").promises
    assert (said.say, said.keeps) == ("正在抢修，请先坐。", ("告诉大家恢复了",))
    told(session, "minutes", 20, how="changed")
    to_say = build(session, "handover").promises[0]
    assert (to_say.say, to_say.said) == ("大约还要20分钟。", None)
    assert to_say.next.strftime("%H:%M") == "08:27"


def test_follow_ups_with_owner_date_and_proof():
    """After the close every follow-up has them; before it they are announced."""
    assert "| 1 | 写预案 | 大厅主任 | 7月1日前 | 演练记录 | 9月29日前 |" in report(closed(), "summary")
    assert "后续：写预案（大厅主任，结束后30天内）" in report(half_way(), "handover")


def test_people_and_dangers():
    """Numbers of people are told where known; dangers to life only where reported."""
    assert "**人数：**等候35人。没有接到人员受伤或遇险的报告。" in report(half_way(), "first")
    session = begin()
    session.answer("hurt", Answer("known", True), how="reported")
    assert "**人数：**待核实。接到报告：有人受伤。" in report(session, "first")


def test_handover():
    """Open items by urgency with their clocks, what is awaited, promises, notes, a line to sign."""
    session = half_way()
    session.perform("handover", {"text": "李强在机房，分机 8123"})
    text = report(session, "handover")
    items = re.findall(r"^\| (问原因|先收件|安抚等候的人) \| (.*?) \|", text, re.MULTILINE)
    assert items == [("问原因", "信息技术部门 李强"), ("先收件", "引导员"), ("安抚等候的人", "引导员")]
    assert "系统恢复：8:14 起在等，下次 8:24 问，最迟 9:14" in text
    assert "“正在抢修，请先坐。”" in text
    assert "交接：李强在机房，分机 8123" in text
    assert "交班人（签名）" in text


def test_kinds_say_what_they_are():
    """Each kind has its title; final ones are drafts until the incident is closed; drills say so on top."""
    session = half_way(mode="drill")
    assert report(session, "first").startswith("# 【演练】关于系统故障的初报\n")
    assert report(session, "final").startswith("# 【演练】关于系统故障的终报（草稿：处置尚未结束）\n")
    assert '<p class="mode">演练</p>' in report(session, "summary", "html")
    done = report(closed(), "final")
    assert done.startswith("# 关于系统故障的终报\n")
    assert "8:10 接报，8:42 处置结束" in done


def test_progress_reports_are_numbered():
    """The next 续报 has the next number and tells what came since the last report."""
    session = half_way()
    assert report(session, "progress").startswith("# 关于系统故障的续报（第1期）")
    sent = submit(session, "progress")
    assert sent["title"] == "关于系统故障的续报（第1期）"
    wait(session, minutes=3)
    session.mark("outage.call-it", "done")
    text = report(session, "progress")
    assert text.startswith("# 关于系统故障的续报（第2期）")
    assert "8:22 上次报告以来的处置经过" in text
    assert "8:25　问原因。" in text
    assert "广播告诉全厅。" not in text
    with pytest.raises(UsageError):
        submit(closed(), "progress")


def test_keys_are_for_programs_only():
    """People never read keys of facts and steps; JSON gives them."""
    session = half_way()
    for kind in KINDS:
        for form in ("md", "html"):
            assert not re.search(r"outage\.|report-lead|call-it|take-in", report(session, kind, form))
    found = json.loads(report(session, "summary", "json"))
    assert {"report-lead", "outage.call-it"} <= {line["key"] for line in found["steps"]}
    assert found["head"]["opened"] == "2026-06-01T08:10:00+08:00"


def test_playbooks_no_longer_active_are_told():
    """What was done under a playbook that was ended since is still told in words."""
    texts = read_files(hall=False)
    library, clock = load_library(hall=False), SimulatedClock()
    session = Session.begin(Journal(None), library, texts, ["system-failure", "viral-photo"], clock)
    session.mark("viral-photo.save-post", "done")
    what = session.ruleset.steps["viral-photo.save-post"].what
    session.perform("ended", {"playbook": "viral-photo"})
    assert what in report(session, "summary")


# ---- harmless, whole, the same every time -----------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_pages_need_nothing_and_are_well_formed(kind):
    """Every page is balanced, loads nothing, runs nothing, open or closed."""
    for session in (half_way(), closed(), begin(profile=Profile())):
        parsed(report(session, kind, "html"))


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_words_stay_words(kind):
    """Markup, control characters and line breaks in what people wrote change nothing but the text."""
    session = half_way(text=HOSTILE, profile=Profile(name=HOSTILE, people={"duty": (HOSTILE, "")}))
    session.perform("noted", {"text": HOSTILE})
    session.perform("handover", {"text": HOSTILE})
    session.no_way("outage.call-it", HOSTILE)
    session.mark("outage.call-it", "blocked", reason=HOSTILE)
    page = report(session, kind, "html")
    assert "<script>alert(1)</script>" in "".join(parsed(page).words)
    text = report(session, kind, "md")
    assert "<script" not in text
    assert "\n# 标题" not in text
    assert not re.search(r"(?<!\\)\[a\]|[\x00-\x08\x0b-\x1f\u202e]", text)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_same_session_same_text(kind, form):
    """Rendering twice, or after a reload, gives the same text; a closed incident's never changes again."""
    session = half_way()
    again = Session.load(session.journal, session.id, session.library, session.clock)
    assert report(session, kind, form) == report(session, kind, form) == report(again, kind, form)
    done = closed()
    before = report(done, kind, form)
    done.clock.advance(timedelta(days=3))
    assert report(done, kind, form) == before


def test_reports_change_nothing():
    """Reading is not acting: no event is added."""
    session = half_way()
    before = len(session.events)
    for kind in KINDS:
        report(session, kind, "html")
    assert len(session.events) == before == len(session.journal.events(session.id))


def test_long_words_are_cut():
    """A megabyte of pasted text does not drown the report; its length is told."""
    session = begin()
    session.perform("noted", {"text": "长" * 1_000_000})
    text = report(session, "summary")
    assert len(text) < 8000
    assert "（共1000000字，全文见事件记录）" in text


def test_long_incidents_render_fast():
    """10,000 events in under two seconds."""
    session = half_way()
    while len(session.events) < 10_000:  # written past `perform`, which decides after each
        at = session.clock.now()
        for _ in range(100):
            session._compute("noted", {"text": "情况平稳"}, at)
            session._compute("marked", {"step": "outage.call-it", "outcome": "handed"}, at)
        session.clock.advance(timedelta(minutes=1))
    for form in ("html", "md"):
        start = time.perf_counter()
        report(session, "summary", form)
        assert time.perf_counter() - start < 2


# ---- the drawing --------------------------------------------------------------------------------------


def test_drawing_shows_bars_deadlines_and_lateness():
    """One labelled row a step; the late part hatched, marked and in words, so that it prints in black."""
    page = report(half_way(), "summary", "html")
    drawn = page[page.index("</style>\n<figure") :]
    late = re.findall(r"<title>(.*?)　(.*?)</title>", drawn)
    assert ("广播告诉全厅", "▲逾期1分钟") in late
    assert ("报告值班领导", "8:11 办结") in late
    assert ("等：系统恢复", "还没有") in late
    assert drawn.count('class="b-late"') == 1 + 2  # the legend and two steps
    assert "fill: url(#late)" in page
    assert drawn.count('id="late"') == 1


def test_drawing_stays_within_the_sheet():
    """Bars keep inside their field and move rightward with time, idle hours folded."""
    session = half_way()
    wait(session, hours=30)
    session.mark("outage.call-it", "done")
    page = report(session, "summary", "html")
    bars = re.findall(r'class="b-\w+" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', page[page.index("时间线") :])
    assert all(float(x) + float(width) <= 851 for x, width in bars)
    assert "隔1天" in page
    assert "6月2日" in page


def test_drawing_of_many_steps_is_cut_into_sheets():
    """No sheet is longer than a printed page allows."""
    texts, library = read_files(hall=False), load_library(hall=False)
    books = [book.id for book in library.playbooks if book.id != "always"]
    session = Session.begin(Journal(None), library, texts, books, SimulatedClock())
    page = report(session, "summary", "html")
    heights = [int(height) for height in re.findall(r'viewBox="0 0 1000 (\d+)"', page)]
    assert len(heights) > 2
    assert max(heights) <= 34 + 26 * 21 + 6
    parsed(page)


def test_a_short_last_sheet_joins_the_one_before():
    """No row is lost when the sheets are put together."""
    for count in range(1, 90):
        rows = [{"n": n} for n in range(count)]
        assert [row for sheet in drawing._sheets(rows) for row in sheet] == rows


# ---- words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "不到1分钟"),
        (60, "1分钟"),
        (3600, "1小时"),
        (3900, "1小时5分钟"),
        (90000, "1天1小时"),
        (86400 * 3 + 59, "3天"),
    ],
)
def test_spans_in_words(seconds, words):
    """The two largest units, zeros left out."""
    assert span(seconds) == words


def test_clean_keeps_one_line():
    """Line breaks become spaces, control characters go, long text is cut with its length."""
    assert clean("a\r\n b\x1b[0m\u202ec") == "a b[0mc"
    assert clean("字" * 600).endswith("（共600字，全文见事件记录）")
