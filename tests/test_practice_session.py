"""Practising: what comes due, the record that survives, the sitting at a terminal and without one."""

import json
from datetime import datetime, timedelta

import pytest

from engine import paths
from engine.clock import BEIJING, SimulatedClock
from engine.console import practice_desk
from engine.console.practice_view import highlighted
from engine.errors import UsageError
from engine.journal import Journal
from engine.practice import judging, schedule
from engine.practice.attempts import Draft
from engine.practice.entries import AGAIN, EASY, GOOD, HARD, Blamed, Card, Credited
from engine.practice.learner import Learner, name_of
from engine.practice.marking import Blame, Credit, Mark
from engine.practice.model import Bank
from engine.practice.notebook import Notebook
from engine.practice.reading import load
from engine.triage.text import Evidence
from tests.test_practice import GOOD as FULL
from tests.walking import emitted, program, run

BANK = load()
MONDAY = datetime(2026, 6, 1, 19, 30, tzinfo=BEIJING)
SOME = "我先扶老人到休息室坐下。我听他说完，问清要办什么业务、缺哪几样材料。"
# in the tests of the schedule the marks are given by hand: points reached, ~ those touched, ! faults
TWO, ALL = "p1 p3", "all"
HIT = {"E1.p1", "E1.p3"}
LEFT = {f"E1.p{n}" for n in (2, 4, 5, 6, 7, 8, 9, 10)}


def by_hand(bank, question, text):
    """A marker that does what it is told."""
    told = text.split()

    def credit(id):
        name = id.rpartition(".")[2]
        value = 1.0 if name in told or ALL in told else 0.5 * (f"~{name}" in told)
        return Credit(id, value, Evidence(0, 1, text[:1]) if value else None)

    made = [fault.id for fault in question.faults if f"!{fault.id.rpartition('.')[2]}" in told]
    return Mark(
        question.id, 50, tuple(credit(point.id) for point in question.points),
        tuple(Blame(id, Evidence(0, 1, "!")) for id in made), "elsewhere" if "other" in told else "answer",
    )  # fmt: skip


@pytest.fixture
def told(monkeypatch):
    """The marks of answers are given by hand."""
    monkeypatch.setattr(judging, "mark", by_hand)


class Week:
    """A learner with a clock that is told to move."""

    def __init__(self, journal=None, bank=BANK):
        self.clock = SimulatedClock(MONDAY)
        self.book = Notebook(journal or Journal(None), self.clock)
        self.bank = bank

    def answers(self, id, text, *, spent=120, limit=180, who="小王"):
        """Answer a question; the entry."""
        question = self.bank.find(id)
        attempt = self.book.begin(who, id, limit=limit)
        attempt.typed(text[:10], 30, 5)
        attempt.answered(text, 30, spent)
        entry = judging.answered(
            self.bank, question, self.me(who), text, self.clock.now(), attempt.number,
            think=30, spent=spent, limit=limit,
        )  # fmt: skip
        attempt.marked(entry)
        attempt.close()
        return entry

    def reviews(self, point, text, who="小王"):
        """Say something to one point."""
        question = self.bank.find(point.partition(".")[0])
        entry = judging.reviewed(self.bank, question, point, self.me(who), text, self.clock.now())
        self.book.reviewed(who, entry)
        return entry

    def me(self, who="小王"):
        return self.book.learner(who)

    def pick(self, who="小王"):
        return schedule.picks(self.bank, self.me(who), self.clock.now())[0]

    def missed(self):
        return {point for _, point in schedule.missed(self.bank, self.me(), self.clock.now())}

    def until(self, day, hour=19, minute=30):
        """On to a moment of June."""
        self.clock.advance(datetime(2026, 6, day, hour, minute, tzinfo=BEIJING) - self.clock.now())


def day(card: Card) -> str:
    """When a card is due, short."""
    return card.due[5:16].replace("T", " ")


def test_rating_rule():
    """Missed Again, touched Hard, reached Good; Easy only in time and at the first sight."""
    seen = schedule.after(None, GOOD, MONDAY)
    rated = [
        schedule.rating(0, in_time=True, before=None),
        schedule.rating(0.5, in_time=True, before=None),
        schedule.rating(1, in_time=False, before=None),
        schedule.rating(1, in_time=True, before=None),
        schedule.rating(1, in_time=True, before=seen),
    ]
    assert rated == [AGAIN, HARD, GOOD, EASY, GOOD]


def test_a_week(told):
    """Monday to Tuesday week: what comes due, and why. FSRS's first intervals: Again a day, Easy 8.3 days."""
    week = Week()
    # Monday: nothing is known of the learner, the first question is new
    assert week.pick().question.id == "E1"
    assert week.pick().why == "没有该重做的，做一道新题"
    entry = week.answers("E1", TWO)
    assert {p.id for p in entry.points if p.credit == 1} == HIT
    cards = week.me().cards
    assert {id: day(cards[id]) for id in HIT} == dict.fromkeys(HIT, "06-09 19:30")  # round(8.2956) = 8 days
    assert {day(cards[id]) for id in LEFT} == {"06-01 19:40"}  # again in ten minutes
    # ten minutes later the missed points can be reviewed, but the question rests: another scene is next
    assert week.missed() == set()
    week.until(1, 19, 40)
    assert week.missed() == LEFT
    assert week.pick().question.id == "E2"
    said = week.reviews("E1.p2", "p2")
    assert said.point.credit == 1
    assert said.cards["E1.p2"].rating == GOOD
    # a success the same day: S·e^(w17·w18)·S^−w19 = 0.212·1.0507·1.1075 = 0.247; a day at least
    assert day(week.me().cards["E1.p2"]) == "06-02 19:40"
    # Tuesday morning: due, but the question rests until Thursday; what was missed can be said by itself
    week.until(2, 8, 0)
    assert schedule.due(week.me().cards["E1.p2"], week.clock.now())
    assert week.missed() == LEFT - {"E1.p2"}
    assert week.pick().question.id == "E2"
    week.until(3, 23, 59)
    assert week.pick().question.id == "E2"
    # Thursday from midnight on: what was missed, with p2, weighs 78
    week.until(4, 0, 1)
    pick = week.pick()
    assert pick.question.id == "E1"
    assert set(pick.points) == LEFT
    assert pick.weight == sum(p.weight for p in BANK.find("E1").points if p.id in LEFT) == 78
    assert pick.why == "到期的采分点 8 个，共 78 分，其中上次没说全的 7 个"
    # everything is said, but late: Good; what was reached on Monday was not due and is looked at all the same
    week.until(4, 8, 0)
    entry = week.answers("E1", ALL, spent=200)
    assert entry.late
    assert {card.rating for card in entry.cards.values()} == {GOOD}
    assert week.missed() == set()
    assert min(day(entry.cards[id]) for id in LEFT) > "06-05"
    # a new one is next; after it E1 rests no longer than Sunday
    assert week.pick().question.id == "E2"
    week.until(4, 8, 10)
    week.answers("E2", ALL)
    week.until(9)
    assert week.pick().question.id == "E1"


def test_new_and_old_by_turns(told):
    """After a question done again comes a new one, however much is due; a set takes them by turns."""
    week = Week()
    for id in ("E1", "E2", "E3"):
        week.answers(id, TWO)
    week.until(8)
    three = schedule.picks(BANK, week.me(), week.clock.now(), 3)
    known = [week.me().last(pick.question.id) is not None for pick in three]
    assert known == [True, False, True]
    week.answers(three[0].question.id, TWO)
    assert week.pick().question.id == three[1].question.id
    assert week.pick().why == "新题：新旧轮着做"
    week.clock.advance(timedelta(minutes=5))
    week.answers(three[1].question.id, TWO)
    assert week.pick().question.id == three[2].question.id


def test_new_questions_of_scenes_not_yet_seen(told):
    """New questions change the scene: none comes twice before every scene that has one was seen."""
    week = Week()
    scenes = []
    for _ in range(len({question.playbook for question in BANK.questions})):
        question = week.pick().question
        scenes.append(question.playbook)
        week.answers(question.id, ALL)
    assert sorted(scenes) == sorted({question.playbook for question in BANK.questions})


def test_three_weeks_reach_the_bank(told):
    """Three questions a day for three weeks: most of the bank is seen, nothing again within three days."""
    week, done = Week(), {}
    for number in range(21):
        week.until(1 + number)
        for pick in schedule.picks(BANK, week.me(), week.clock.now(), 3):
            id = pick.question.id
            assert number - done.get(id, -9) >= schedule.REST, id
            week.clock.advance(timedelta(minutes=5))
            week.answers(id, TWO if id not in done else "p1 p2 p3 p4 p5")
            done[id] = number
    assert len(done) >= 30
    assert len(week.me().answers) - len(done) >= 20  # and what was missed came back


def test_night_is_a_day(told):
    """Seen in the evening and the next morning, a point grows as after a day, not as on the same day."""
    first = schedule.after(None, GOOD, MONDAY)
    first = schedule.after(first, GOOD, MONDAY)
    morning = MONDAY.replace(day=2, hour=8)
    evening = MONDAY.replace(day=2)
    assert schedule.after(first, GOOD, morning).stability == schedule.after(first, GOOD, evening).stability
    assert schedule.after(first, GOOD, morning).stability > 2 * first.stability


def test_few_marks_due_wait(told):
    """A question is not done again for a few marks: a new one comes first, and that is said."""
    week = Week()
    week.answers("E1", "p1 ~p2 p3 p4 p5 p6 p7 p8 p9 p10")
    week.until(4)
    assert week.missed() == {"E1.p2"}
    assert week.pick().question.id == "E2"
    assert week.pick().why == "新题；到期的每道都不到 30 分，先攒着"
    only = Week(bank=Bank((BANK.find("E1"),), BANK.usual))
    only.answers("E1", "p1 ~p2 p3 p4 p5 p6 p7 p8 p9 p10")
    assert only.pick().why == "没有该重做的，也没有新题；这道最先到期：6月1日"
    only.until(4)
    assert only.pick().why == "到期的采分点 1 个，共 8 分，其中上次没说全的 1 个"


def test_faults_weigh_too(told):
    """Faults of the last answer make a question that is due weigh more."""
    week = Week()
    entry = week.answers("E1", "p1 p3 !f1")
    week.until(4)
    pick = week.pick()
    assert pick.faults == entry.faults[0].minus == BANK.find("E1").faults[0].minus > 0
    assert f"扣了 {pick.faults} 分" in pick.why


def test_answer_to_another_question_schedules_nothing(told):
    """Somebody who answers the wrong question is marked 0, but what he knows of it stays as it was."""
    week = Week()
    assert week.answers("E1", "other").shape == "elsewhere"
    assert week.me().cards == {}


def test_clock_set_back():
    """A machine's clock that goes back breaks nothing."""
    card = schedule.after(None, GOOD, MONDAY)
    again = schedule.after(card, GOOD, MONDAY - timedelta(days=3))
    assert again.seen == card.seen
    assert again.due >= card.due


def test_draft_survives_and_is_small(tmp_path):
    """What was typed is there after the program is gone; the record grows with the text, not its square."""
    file = tmp_path / "practice.db"
    text = "".join(f"第{n}句，说清楚怎么办。" for n in range(400))
    with Journal(file) as journal:
        week = Week(journal)
        attempt = week.book.begin("小王", "E1", limit=180)
        for end in range(0, len(text) + 1, 20):
            attempt.typed(text[:end], 60, end / 10)
        attempt.typed(text[:1000] + "改", 60, 500)
        attempt.typed(text, 60, 501)
        attempt.typed(text, 60, 502)  # nothing new, nothing written
        size = sum(len(json.dumps(event.data)) for event in journal.events(attempt.id))
        assert size < 20 * len(text)
    with Journal(file) as journal:
        [draft] = Week(journal).book.drafts("小王")
        assert (draft.text, draft.think, draft.spent, draft.question) == (text, 60, 501, "E1")
        assert not draft.done
        assert journal.list("real") == journal.list("drill") == []
        assert journal.verify(draft.id) == []


def test_two_terminals_at_one_draft():
    """The second one goes on in an attempt of its own; nothing of either is lost."""
    week = Week()
    first = week.book.begin("小王", "E1", limit=180)
    first.typed("甲乙", 1, 1)
    [draft] = week.book.drafts("小王")
    second = week.book.go_on(draft)
    first.typed("甲乙丙", 1, 2)
    second.typed("甲乙丁", 1, 3)
    second.typed("甲乙丁戊", 1, 4)
    assert {one.text for one in week.book.drafts("小王")} == {"甲乙丙", "甲乙丁戊"}


def test_draft_of_a_reply():
    """A reply that was not finished is a draft too."""
    week = Week()
    attempt = week.book.begin("小王", "E1", limit=180)
    attempt.answered(SOME, 1, 1)
    entry = judging.answered(BANK, BANK.find("E1"), week.me(), SOME, MONDAY, attempt.number)
    attempt.marked(entry)
    assert week.book.drafts("小王") == []
    attempt.asked("E1.a1")
    attempt.typed("马上", 0, 2)
    [draft] = week.book.drafts("小王")
    assert isinstance(draft, Draft)
    assert (draft.ask, draft.text) == ("E1.a1", "马上")


def test_same_learner_in_any_order(told):
    """The fold takes entries in any order and twice."""
    week = Week()
    week.answers("E1", TWO)
    week.until(2)
    week.answers("E2", "p2 ~p3")
    week.reviews("E1.p2", "p2")
    entries = week.me().entries
    again = Learner("小王", [*reversed(entries), *entries])
    assert again.entries == entries
    assert again.cards == week.me().cards


@pytest.mark.parametrize("name", ["", " ", "小/王", "王" * 21, "a\x00b", "\ud800"])
def test_names_that_are_none(name):
    """A learner's name that cannot be kept is refused in words."""
    with pytest.raises(UsageError):
        name_of(name)


# ---- without a terminal ---------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path):
    """Empty folders."""
    return tmp_path


def write(home, text, name="a.txt", encoding="utf-8"):
    """An answer in a file."""
    file = home / name
    file.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return str(file)


def test_due_question_through_a_pipe(home):
    """`zhiban practice` without a terminal says which question and why, and asks nothing."""
    told = emitted(home, "practice", "--json", "--learner", "小王")
    assert told["question"] == "E1"
    assert told["why"] == "没有该重做的，做一道新题"
    assert told["learner"] == "小王"
    shown = run(home, "practice")
    assert shown.returncode == 0
    assert "practice start E1 --answer" in shown.stdout
    assert not (home / "data" / "practice.db").exists()  # looking leaves no trace


def test_answers_from_files_and_standard_input(home):
    """An answer from a file or a pipe is marked, kept and scheduled; the last learner is the next one."""
    file = write(home, SOME)
    marked = emitted(home, "practice", "start", "E1", "--answer", file, "--learner", "小王", "--json")
    assert marked["learner"] == "小王"
    assert {p["id"] for p in marked["points"] if p["credit"] == 1} >= HIT
    assert all(p["evidence"] in SOME for p in marked["points"])
    assert set(marked["due"]) == HIT | LEFT
    assert len(marked["bank"]) == 16
    assert marked["marker"]
    assert {one["name"] for one in marked["profile"]} >= {"情绪稳定", "思维敏捷"}
    piped = run(home, "practice", "start", "E2", stdin="请年轻人消消气，\n\n安抚老人坐下。")
    assert piped.returncode == 0, piped.stderr
    assert "学员 小王（上次练的" in piped.stderr
    assert piped.stdout.startswith("E2：")
    assert "答题提纲" in piped.stdout
    assert piped.stdout.index("没说到的") < piped.stdout.index("【")  # gaps first
    seen = emitted(home, "practice", "progress", "--json")
    assert (seen["answers"], seen["tried"], seen["streak"]) == (2, 2, 1)


def test_follow_up_from_a_file(home):
    """One question after the answer, replied to from a file, marked and counted apart."""
    asks = next(q for q in BANK.questions if any(not ask.after for ask in q.asks))
    marked = emitted(
        home, "practice", "start", asks.id, "--answer", write(home, SOME),
        "--reply", write(home, "马上打120，请懂急救的同事照看，疏散围观的人。", "r.txt"), "--json",
    )  # fmt: skip
    assert marked["ask"]["id"].startswith(f"{asks.id}.")
    assert marked["reply"]["ask"] == marked["ask"]["id"]
    assert 0 <= marked["reply"]["share"] <= 1
    seen = emitted(home, "practice", "progress", "--json")
    assert (seen["answers"], seen["replies"]) == (1, 1)


def test_set_from_files(home):
    """Three answers are a set with a mean; named questions first, then those that are due."""
    files = [write(home, text, f"{n}.txt") for n, text in enumerate((SOME, FULL, SOME))]
    given = [part for file in files for part in ("--answer", file)]
    made = emitted(home, "practice", "start", "Q3", "--set", *given, "--json")
    assert [one["question"] for one in made["answers"]] == ["Q3", "E1", "E2"]
    assert made["mean"] == round(sum(one["score"] for one in made["answers"]) / 3, 1)
    assert {one["set"] for one in made["answers"]} == {made["set"]}


def test_review_from_a_file(home, monkeypatch):
    """Missed points that are due are listed and, answered in a file, marked one by one."""
    clock = SimulatedClock(MONDAY)
    monkeypatch.setattr(practice_desk, "clock", lambda: clock)
    marked = emitted(home, "practice", "start", "E1", "--answer", write(home, SOME), "--json")
    left = {point["id"] for point in marked["points"] if point["credit"] < 1}
    assert left >= {"E1.p2", "E1.p9"}
    assert emitted(home, "practice", "review", "--json")["due"] == []
    nothing = run(home, "practice", "review")
    assert nothing.returncode == 0
    assert "最早 6月1日 19:40" in nothing.stdout
    clock.advance(timedelta(minutes=10))
    listed = emitted(home, "practice", "review", "--json")["due"]
    assert {one["point"] for one in listed} == left
    assert run(home, "practice", "review").returncode == 3
    said = write(home, json.dumps({"E1.p2": "给他毛巾，倒热水", "E1.p9": "不知道"}), "r.json")
    marked = emitted(home, "practice", "review", "--answers", said, "--json")["reviews"]
    assert [(one["id"], one["credit"]) for one in marked] == [("E1.p2", 1), ("E1.p9", 0)]
    listed = emitted(home, "practice", "review", "--json")["due"]
    assert {one["point"] for one in listed} == left - {"E1.p2", "E1.p9"}


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", 4, "文件是空的"),
        ("。，！？……", 4, "没有读到中文作答"),
        ("I would calm the old man down and ask what he needs.", 4, "没有读到中文作答"),
        (b"\x89PNG\x00\x1a", 4, "不是文字文件"),
        (b"\xff\xfe\xff", 4, "读不出文字"),
        ("字" * 700_000, 4, "不像一份作答"),
    ],
)
def test_bad_answers(home, text, code, said):
    """An answer that is none: a clear message, the right code, nothing counted."""
    done = run(home, "practice", "start", "E1", "--answer", write(home, text))
    assert done.returncode == code
    assert said in done.stderr
    assert done.stdout == ""
    if (home / "data" / "practice.db").exists():
        assert emitted(home, "practice", "progress", "--json")["answers"] == 0


def test_odd_answers_that_are_read(home):
    """GBK is read and said; a hundred thousand signs are read as far as the marker reads, and kept whole."""
    gbk = run(home, "practice", "start", "E1", "--answer", write(home, SOME, encoding="gbk"))
    assert gbk.returncode == 0
    assert "GBK" in gbk.stderr
    assert "/10 点" in gbk.stdout
    assert "休息室" in gbk.stdout
    long = SOME + "我会好好地跟他说。" * 11_000
    marked = emitted(home, "practice", "start", "E1", "--answer", write(home, long), "--json")
    assert any("8000" in note or "只" in note for note in marked["notes"])
    assert marked["text"] == long


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("start", "E99", "--answer", "a.txt"), 5, "没有题目"),
        (("start", "E1", "--answer", "gone.txt"), 5, "没有文件"),
        (("start", "E1"), 3, "没有给作答"),
        (("start", "E1", "E2", "--answer", "a.txt"), 2, "--set"),
        (("start", "--set"), 3, "文件"),
        (("start", "--set", "E1", "E2", "--answer", "a.txt"), 2, "2 道题只有 1 个"),
        (("start", "E1", "--limit", "-1", "--answer", "a.txt"), 2, "时间"),
        (("start", "E1", "--answer", "a.txt", "--learner", "小/王"), 2, "名字"),
        (("progress", "--learner", "小明"), 5, "没有人练过"),
        (("review",), 5, "没有人练过"),
        (("export", "--state", "s.json"), 5, "没有人练过"),
        (("export",), 2, "xlsx"),
        (("import", "gone.json"), 5, "没有文件"),
        (("import", "a.txt"), 4, "不是练习记录"),
    ],
)
def test_bad_commands(home, arguments, code, said):
    """What cannot be done is said in Chinese, with the right code."""
    write(home, SOME)
    done = run(home, "practice", *arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_learner_is_named(home):
    """A learner who does not exist is told from those who do."""
    run(home, "practice", "start", "E1", "--answer", write(home, SOME), "--learner", "小王")
    done = run(home, "practice", "progress", "--learner", "小汪")
    assert done.returncode == 5
    assert "小王" in done.stderr


def test_learner_before_the_subcommand(home):
    """`practice --learner X start` means the same as `practice start --learner X`."""
    file = write(home, SOME)
    marked = emitted(home, "practice", "--learner", "小张", "--json", "start", "E1", "--answer", file)
    assert marked["learner"] == "小张"


def test_practice_never_mixes(home):
    """Practice leaves nothing in the record of incidents."""
    run(home, "practice", "start", "E1", "--answer", write(home, SOME))
    assert emitted(home, "incident", "list", "--all", "--json") == []
    assert paths.shipped("playbooks").is_dir()


def test_fsrs_is_loaded_only_to_schedule(home):
    """Neither the list of questions nor the progress of nobody needs the scheduler."""
    code = "import sys, cli; sys.argv = ['zhiban', 'practice', 'list']\n"
    code += "try: cli.main()\nexcept SystemExit: print('fsrs' in sys.modules, file=sys.stderr)"
    import subprocess
    import sys

    from tests.walking import ROOT, environment

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(home), capture_output=True, encoding="utf-8"
    )
    assert done.stderr.strip() == "False"
    assert program(home, "practice", "list", "--json").returncode == 0


def test_evidence_between_brackets():
    """Each stretch with the number of its point; overlaps share brackets; control signs are not shown."""
    text = "先请坐。\x1b[2J再打119，骂人。"
    points = [
        Credited("a", "control", 10, 1, 0, 3),
        Credited("b", "control", 10, 0),
        Credited("c", "control", 10, 0.5, 8, 13),
        Credited("d", "control", 10, 1, 9, 13),
    ]
    shown = highlighted(text, points, [Blamed("f", 5, 14, 16)])
    assert shown == "【1 先请坐】。 [2J【3?·4 再打119】，【× 骂人】。"


def test_batch_with_an_unknown_question(home):
    """A batch is looked through before anything comes back; the wrong entry is named by its id."""
    file = home / "b.jsonl"
    file.write_text(
        '{"id":"甲","question":"E1","text":"请坐"}\n{"id":"乙","question":"E99","text":"x"}\n', "utf-8"
    )
    done = run(home, "practice", "grade", "--batch", str(file))
    assert (done.returncode, done.stdout) == (5, "")
    assert "乙 这一条：没有题目 `E99`" in done.stderr
