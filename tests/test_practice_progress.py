"""How learners get on: figures from made-up entries, the page, the sheets, a record taken elsewhere."""

import io
import json
from datetime import date, datetime
from html.parser import HTMLParser

import pytest
from openpyxl import load_workbook

from engine.clock import BEIJING, SimulatedClock, stamp
from engine.console import practice_desk
from engine.console.wrap import columns
from engine.errors import BadData
from engine.exports import xlsx
from engine.journal import Journal
from engine.practice import schedule, transfer
from engine.practice.curve import curve, plot
from engine.practice.entries import Answered, Blamed, Card, Credited, Observed, Replied, Reviewed
from engine.practice.learner import Learner
from engine.practice.notebook import Notebook
from engine.practice.page import page
from engine.practice.progress import Again, Score, Share, due_list, figures, streaks
from engine.practice.reading import load
from tests.walking import emitted, run

BANK = load()
TITLES = {"missing-materials": "材料不全", "priority-dispute": "老年人优先"}
NOW = datetime(2026, 6, 10, 9, 0, tzinfo=BEIJING)


def at(day, hour=20):
    """A stamp of June."""
    return stamp(datetime(2026, 6, day, hour, tzinfo=BEIJING))


def card(due, rating=3):
    """A card that is due on a day of June."""
    return Card(due=at(due), seen=at(1), rating=rating, state=2, stability=2.0, difficulty=5.0)


def answered(day, question, playbook, score, points, cards=(), faults=(), **more):
    """An answer; points as id, phase, weight, credit."""
    return Answered(
        id=f"{day}-{question}", at=at(day), question=question, playbook=playbook, text="=说了什么",
        score=score, band="中", points=tuple(Credited(*point, start=0, end=3) for point in points),
        cards=dict(cards) or {"E1.p1": card(30)}, faults=faults, marker="1", bank="0" * 16, **more,
    )  # fmt: skip


HAND = Learner(
    "小王",
    [
        answered(
            1, "E1", "missing-materials", 40,
            [("E1.p1", "control", 12, 1.0), ("E1.p2", "control", 8, 0.0), ("E1.p3", "understand", 10, 0.5)],
            [("E1.p1", card(30)), ("E1.p2", card(9)), ("E1.p3", card(12))],
            spent=200, limit=180, faults=(Blamed("E1.f1", 10, 0, 2),),
            profile=(Observed("情绪稳定", "中", 6), Observed("先后", "", 0, "颠倒")),
        ),
        answered(
            2, "E1", "missing-materials", 70,
            [("E1.p1", "control", 12, 0.0), ("E1.p2", "control", 8, 1.0), ("E1.p3", "understand", 10, 1.0)],
            [("E1.p1", card(10)), ("E1.p2", card(10)), ("E1.p3", card(20))],
            spent=100, limit=180, profile=(Observed("情绪稳定", "好", 9),),
        ),
        Reviewed(
            "r1", at(3), "E1", "missing-materials", "请坐", Credited("E1.p1", "control", 12, 1.0, 0, 2),
            {"E1.p1": card(11)},
        ),
        answered(
            5, "E2", "priority-dispute", 90, [("E2.p1", "control", 10, 1.0)], [("E2.p1", card(16))],
            faults=(Blamed("E1.f1", 10, 0, 2),),
        ),
        Replied("2-E1", at(9), "E1", "E1.a1", "打120", 0.75, (Credited("E1.a1.p1", "control", 100, 0.75),)),
    ],
)  # fmt: skip


def test_figures_by_hand():
    """Every figure of a hand-made record."""
    f = figures(HAND, BANK, NOW)
    assert (f.answers, f.tried, f.questions) == (3, 2, len(BANK.questions))
    assert f.first == f.recent == round((40 + 70 + 90) / 3, 1) == 66.7
    assert f.again == Again(1, 40, 70)  # E1 twice; E2 once does not count
    assert f.late == 1
    # 1, 2, 3 June in a row; 5 alone; 9 alone, which was yesterday
    assert (f.streak, f.longest) == (1, 3)
    assert f.days == {"2026-06-01": 1, "2026-06-02": 1, "2026-06-03": 1, "2026-06-05": 1, "2026-06-09": 1}
    # the last look counts: E1.p1 12 of 12 by review, E1.p2 8 of 8, E2.p1 10 of 10; E1.p3 10 of 10
    assert f.phases["control"] == Share(30, 30, 3)
    assert f.phases["understand"].percent == 100
    assert f.phases["improve"].points == 0
    assert [(s.playbook, s.tried, s.answers, s.best, s.last) for s in f.scenarios] == [
        ("missing-materials", 1, 2, 70, 70),
        ("priority-dispute", 1, 1, 90, 90),
    ]
    assert [(s.score, s.mean, s.late) for s in f.scores] == [
        (40, 40, True),
        (70, 55, False),
        (90, 66.7, False),
    ]
    assert [(s.question, s.again) for s in f.scores] == [("E1", False), ("E1", True), ("E2", False)]
    assert f.faults == (("E1.f1", 2),)
    assert (f.reviews, f.reviews_right, f.replies, f.replies_share) == (1, 1, 1, 75)
    assert f.observed == {"情绪稳定": 7.5}
    assert f.today == 1
    # p2 was due yesterday and stands at today; p3 on the 20th and later ones are beyond seven days
    assert [(d.day, d.points, d.questions) for d in f.due] == [
        ("2026-06-10", 1, ("E1",)),
        ("2026-06-11", 1, ("E1",)),
        ("2026-06-16", 1, ("E2",)),
    ]


def test_figures_of_nobody():
    """Somebody who has done nothing has figures too."""
    f = figures(Learner("新人"), BANK, NOW)
    assert (f.answers, f.first, f.streak, f.due, f.scores) == (0, None, 0, (), ())
    assert "还没有做过题" in page(f, BANK, TITLES)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], (0, 0)),
        ([10], (1, 1)),
        ([9], (1, 1)),
        ([8], (0, 1)),
        ([10, 9, 8, 8, 6, 5], (3, 3)),
        ([1, 2, 3, 4, 9, 10], (2, 4)),
    ],
)
def test_streaks(days, expected):
    """Days in a row up to today or yesterday, and the most there were."""
    assert streaks([date(2026, 6, day) for day in days], date(2026, 6, 10)) == expected


def test_overdue_stands_at_today():
    """What was due long ago is due today."""
    found = due_list(
        Learner("甲", [answered(1, "E1", "x", 1, [], [("E1.p1", card(2)), ("E1.p2", card(10))])]), NOW
    )
    assert [(one.day, one.points) for one in found] == [("2026-06-10", 2)]


def test_plot():
    """The terminal's curve: a column a score, its row by tens, o new, * again, ! over time, not too wide."""
    scores = [
        Score(at(1), "E1", score, score, late, again)
        for score, late, again in ((100, False, False), (59, True, False), (0, False, True))
    ]
    drawn = plot(scores * 30, 40)
    assert all(len(row) <= 40 for row in drawn.rows)
    assert drawn.shown == 17
    rows = {row[:3].strip(): row[4:] for row in plot(scores, 40).rows}
    assert (rows["90"], rows["50"], rows["0"]) == (" o", "   !", "     *")
    assert set(rows["80"]) == {"-"}


class Page(HTMLParser):
    """What a page has in it."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.rows = [], [], []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br", "rect", "path", "circle"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag):
        if tag in ("rect", "path", "circle"):
            return
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        self.words += data
        if self.open and self.open[-1] in ("td", "th") and self.rows:
            self.rows[-1].append(data)


def test_page_is_whole_and_needs_nothing():
    """Well nested, no script, nothing from elsewhere; drawings and tables have figures; names are text."""
    name = "<b>小王"
    text = page(figures(Learner(name, HAND.entries), BANK, NOW), BANK, TITLES)
    made = Page(text)
    assert made.open == []
    names = {tag for tag, _ in made.tags}
    assert not names & {"script", "link", "img", "iframe"}
    assert name not in text
    assert not any(
        value and "//" in value for _, given in made.tags for key, value in given.items() if key != "xmlns"
    )
    assert sum(tag == "circle" for tag, _ in made.tags) == 3
    assert sum(tag == "svg" for tag, _ in made.tags) == 5
    assert ["材料不全", "1/2", "2", "70", "70", "100%"] in made.rows
    assert name in made.words
    assert "2026-06-01 E1：40 分，超时" in made.words
    text.encode("gb18030")


def test_one_score_and_many_are_drawn():
    """A single score stands in the middle; a thousand still fit the drawing."""
    one = Score(at(1), "E1", 50, 50, False)
    assert 'cx="382.0"' in curve("得分", [one])
    places = [float(part.split('"')[1]) for part in curve("得分", [one] * 1000).split("cx=")[1:]]
    assert len(places) == 1000
    assert max(places) <= 720


# ---- records taken elsewhere ------------------------------------------------------------------------


def test_round_trip_of_the_scheduler(tmp_path):
    """Out and in again: the same cards to the last digit, the same picks; twice in changes nothing."""
    clock = SimulatedClock(NOW)
    here, there = Notebook(Journal(None), clock), Notebook(Journal(tmp_path / "practice.db"), clock)
    assert here.bring_in("小王", HAND.entries) == 5
    data = transfer.state(here.learner("小王"), NOW)
    found = transfer.read_state(data, "x.json")
    assert found.learner == "小王"
    assert there.bring_in(found.learner, found.entries) == 5
    assert there.bring_in(found.learner, found.entries) == 0
    assert there.learner("小王").cards == here.learner("小王").cards == HAND.cards
    assert transfer.state(there.learner("小王"), NOW) == data
    left, right = (schedule.picks(BANK, book.learner("小王"), NOW, 9) for book in (here, there))
    assert left == right
    with Journal(tmp_path / "practice.db") as again:
        assert Notebook(again, clock).learner("小王").entries == HAND.entries


def test_real_cards_survive_exactly():
    """Stability and difficulty of FSRS come back bit for bit."""
    made = schedule.after(schedule.after(None, 1, NOW), 3, NOW.replace(day=12))
    entry = answered(1, "E1", "x", 1, [], [("E1.p1", made)])
    found = transfer.read_state(transfer.state(Learner("甲", [entry]), NOW), "x")
    [back] = [one.cards["E1.p1"] for one in found.entries]
    assert back == made
    assert schedule.after(back, 3, NOW.replace(day=20)) == schedule.after(made, 3, NOW.replace(day=20))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: b"", "JSON"),
        (lambda data: b"[1]", "不是练习记录"),
        (lambda data: data.replace(b'"format": 1', b'"format": 9'), "格式 9"),
        (lambda data: data.replace(b'"score": 40', b'"score": "much"'), "score"),
        (lambda data: data.replace(b'"kind": "reviewed"', b'"kind": "dreamt"'), "内容不对"),
        (lambda data: data.replace(b"2026-06-30T", b"2026-06-31T"), "内容不对"),
        (lambda data: data.replace(b'"stability": 2.0', b'"stability": 0.0'), "内容不对"),
        (lambda data: data.replace(b'"E1.f1"', b'"E1\\u001b[2J"'), "内容不对"),
        (lambda data: data.replace('"小王"'.encode(), b'"a/b"'), "名字"),
    ],
)
def test_damaged_state_is_refused(change, said):
    """A file that is something else, newer or damaged is refused as a whole, in words."""
    data = change(transfer.state(HAND, NOW))
    with pytest.raises(Exception, match=said) as caught:
        transfer.read_state(data, "x.json")
    assert caught.value.exit_code in (BadData.exit_code, 2)


def test_sheets_for_the_trainer():
    """A workbook over all learners: figures by hand, answers as text however they look."""
    everyone = [
        HAND,
        Learner("李四", [answered(4, "E2", "priority-dispute", 55, [("E2.p1", "control", 10, 0.0)])]),
    ]
    book = load_workbook(io.BytesIO(xlsx(transfer.sheets(everyone, BANK, TITLES, NOW))))
    assert book.sheetnames == ["学员", "作答", "采分点", "失分点"]
    [heads, *rows] = [[cell.value for cell in row] for row in book["学员"].iter_rows()]
    first = dict(zip(heads, rows[0], strict=True))
    assert (first["学员"], first["做题次数"], first["最好"], first["超时次数"]) == ("小王", 3, 90, 1)
    assert (first["最近5次平均"], first["最长连续"], first["今天到期的点"]) == (66.7, 3, 1)
    assert (first["控制现场%"], first["长效改进%"]) == (100, None)
    assert dict(zip(heads, rows[1], strict=True))["控制现场%"] == 0
    answers = list(book["作答"].iter_rows(min_row=2))
    assert len(answers) == 4
    text = answers[0][14]
    assert (text.value, text.data_type, text.quotePrefix) == ("=说了什么", "s", True)
    points = {(row[0].value, row[1].value): row for row in book["采分点"].iter_rows(min_row=2)}
    assert [cell.value for cell in points["小王", "E1.p1"]][4:8] == [12, 1, 3, 1]
    assert len(list(book["失分点"].iter_rows(min_row=2))) == 2


# ---- the commands -----------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Two learners' records, on 10 June."""
    monkeypatch.setattr(practice_desk, "clock", lambda: SimulatedClock(NOW))
    for name in ("小王", "李四"):
        file = tmp_path / f"{name}.json"
        file.write_bytes(transfer.state(Learner(name, HAND.entries), NOW))
        assert emitted(tmp_path, "practice", "import", str(file), "--json")["new"] == 5
    return tmp_path


def test_progress_on_the_screen(home):
    """Eighty columns of what GBK has: the head, the curve, phases, scenarios, what is due."""
    shown = run(home, "practice", "progress", "--learner", "小王").stdout
    shown.encode("gbk")
    assert all(columns(line) <= 80 for line in shown.split("\n"))
    for said in (
        "连续 1 天（最长 3 天）",
        "做题 3 次，做过 2/",
        "控制现场 [####################] 100%",
        "还没练到",
        "往后七天到期的点：今天 1，6月11日 1，6月16日 1",
        "单练 1 个点，说到 1 个；追问 1 次，说到 75%",
        "还有：李四",
        "重做过的 1 题：第一次平均 40 分，最近一次 70 分",
        "E1 到期的采分点 1 个，共 8 分",
    ):
        assert said in shown


def test_files_out_and_in(home, tmp_path):
    """Page, workbook and record are written once, over an existing file only when told so."""
    there = {kind: home / f"out.{kind}" for kind in ("html", "xlsx", "json")}
    commands = {
        "html": ("progress", "--learner", "小王", "--html"),
        "xlsx": ("export",),
        "json": ("export", "--learner", "小王", "--state"),
    }
    for kind, command in commands.items():
        assert run(home, "practice", *command, str(there[kind])).returncode == 0
        again = run(home, "practice", *command, str(there[kind]))
        assert again.returncode == 4
        assert "已经存在" in again.stderr
        assert run(home, "practice", *command, str(there[kind]), "--force").returncode == 0
    assert Page(there["html"].read_text("utf-8")).open == []
    assert load_workbook(there["xlsx"])["学员"].max_row == 3
    other = tmp_path / "elsewhere"
    other.mkdir()
    told = run(other, "practice", "import", str(there["json"]), "--learner", "老王")
    assert "学员 老王：导入 5 条" in told.stdout
    assert "5 条本来就有" in run(other, "practice", "import", str(there["json"]), "--learner", "老王").stdout
    moved = emitted(other, "practice", "export", "--json")
    assert moved["entries"] == json.loads(there["json"].read_bytes())["entries"]
    assert emitted(other, "practice", "progress", "--json")["answers"] == 3


def test_all_learners(home, tmp_path):
    """A line a learner, and the same figures as JSON; nobody is told so."""
    shown = run(home, "practice", "progress", "--all").stdout
    assert [line.split()[0] for line in shown.splitlines()] == ["李四", "小王"]
    assert "3 次 2/" in shown
    assert "今天到期 1 点" in shown
    assert [one["learner"] for one in emitted(home, "practice", "progress", "--all", "--json")] == [
        "李四",
        "小王",
    ]
    other = tmp_path / "nobody"
    other.mkdir()
    assert "还没有人练过" in run(other, "practice", "progress", "--all").stdout


def test_record_of_days_to_come_is_refused(home, tmp_path):
    """A record of a machine whose date is wrong would stand above everything done until then: refused."""
    file = tmp_path / "s.json"
    assert run(home, "practice", "export", "--learner", "小王", "--state", str(file)).returncode == 0
    file.write_text(file.read_text("utf-8").replace('"2026-06-09T', '"2096-06-09T'), "utf-8")
    told = run(tmp_path, "practice", "import", str(file))
    assert told.returncode == 4
    assert "时间在将来，最晚 2096-06-09" in told.stderr


def test_import_needs_a_record_on_the_disk(home, tmp_path):
    """Where nothing can be kept an import says so and fails, instead of bringing in what is gone at once."""
    file = tmp_path / "s.json"
    assert run(home, "practice", "export", "--learner", "小王", "--state", str(file)).returncode == 0
    (home / "data" / "practice.db").write_bytes(b"no database at all" * 100)
    told = run(home, "practice", "import", str(file))
    assert (told.returncode, told.stdout) == (4, "")
    assert "不是数据库" in told.stderr
