"""`zhiban drill debrief`, `improve`, `close`, `compare`; improvements of drills in the ledger."""

from datetime import timedelta

import pytest

from engine.clock import SimulatedClock
from engine.console.wrap import columns
from engine.drill import control
from engine.drill.comparecharts import objectives, totals
from engine.drill.comparing import by_objective, by_person, played
from engine.followups.causes import propose, seen
from engine.followups.intake import take_over_drills
from engine.followups.ledger import Ledger
from engine.journal import Journal
from tests.drilled import PHONE, REAL, drilled, shipped
from tests.drilling import do
from tests.walking import emitted, run


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """One folder of parsed playbooks for all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def home(tmp_path, cache):
    """Folders with drill runs: 王敏's two, one that a script played."""
    (tmp_path / "cache").symlink_to(cache)
    with Journal(tmp_path / "data" / "drills.db") as journal:
        shipped(journal, acts=(do(30, "say", text=f"我的电话是{PHONE}"),))
        shipped(journal, real=REAL + timedelta(days=1))
        shipped(journal, real=REAL + timedelta(days=2), scripted="perfect")
    return tmp_path


def ids(home):
    """Ids of the runs, the first begun first."""
    return [entry["id"] for entry in reversed(emitted(home, "drill", "runs", "--json"))]


def improve_all(home, id):
    """An improvement for everything that keeps a report open; what was taken on."""
    lacking = emitted(home, "drill", "debrief", id, "--json")["lacking"]
    return [
        emitted(home, "drill", "improve", id, name, "--due", "15天", "--who", "head", "--json")["follow_up"]
        for name in lacking
    ]


# ---- the report -----------------------------------------------------------------------------------


def test_summary_fits_the_screen(home):
    """Objectives, gaps, plan, what keeps it open: within 80 columns, 演练 in the first line, no number."""
    shown = run(home, "drill", "debrief", ids(home)[0], COLUMNS="80").stdout
    assert shown.startswith("【演练】")
    assert max(map(columns, shown.splitlines())) <= 80
    assert all(word in shown for word in ("目标", "要改进的", "改进计划", "报告不能收尾"))
    assert PHONE not in shown


def test_files_and_json(home):
    """HTML and Word files are written, not over one another; JSON says 演练 and adds up."""
    id = ids(home)[1]
    assert run(home, "drill", "debrief", id, "--html", "a.html", "--docx", "a.docx").returncode == 0
    assert "演练" in (home / "a.html").read_text("utf-8")
    assert (home / "a.docx").read_bytes()[:2] == b"PK"
    assert run(home, "drill", "debrief", id, "--html", "a.html").returncode == 4
    made = emitted(home, "drill", "debrief", id, "--json")
    assert made["mode"] == "drill"
    assert made["head"]["title"].startswith("【演练】")
    assert (
        round(sum(line["marks"] for line in made["score"]["lines"] if line["counts"]))
        == made["score"]["total"]
    )


def test_markdown_carries_the_mark(home):
    """The Markdown's title begins with 【演练】."""
    assert run(home, "drill", "debrief", ids(home)[0], "--md").stdout.startswith("# 【演练】")


# ---- the plan -------------------------------------------------------------------------------------


def test_unmet_objectives_keep_the_report_open(home):
    """Closing names each objective without owner and date; with them it closes, for good."""
    id = ids(home)[0]
    lacking = emitted(home, "drill", "debrief", id, "--json")["lacking"]
    refused = run(home, "drill", "close", id)
    assert refused.returncode == 2
    assert all(objective in refused.stderr for objective in lacking)
    assert len(lacking) > 1
    improve_all(home, id)
    assert run(home, "drill", "close", id).returncode == 0
    assert emitted(home, "drill", "debrief", id, "--json")["head"]["status"] == "closed"
    assert run(home, "drill", "improve", id, lacking[0], "--due", "15天").returncode == 2


def test_improvements_are_real_work_once(home):
    """In the ledger of real follow-ups, marked 演练; looking twice changes nothing, and drills have none of
    their own there."""
    taken = improve_all(home, ids(home)[0])
    for _ in range(2):
        listed = emitted(home, "followup", "list", "--json")
        assert sorted(entry["what"] for entry in listed) == sorted(f"【演练】{one['what']}" for one in taken)
    (entry, *_) = listed
    assert (entry["mode"], entry["origin"], entry["who"]) == ("real", "drill", "head")
    assert entry["title"].startswith("【演练】")
    assert emitted(home, "followup", "list", "--mode", "drill", "--json") == []
    assert "演练讲评" in run(home, "followup", "show", entry["id"].removeprefix("f-")).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("0", "nothing", "--due", "15天"), "没有目标"),
        (("0", "calm"), "要写期限"),
        (("0", "calm", "--due", "昨天"), "不是今后的日期"),
        (("2", "calm", "--due", "15天"), "脚本"),
    ],
)
def test_bad_improvements_are_refused(home, arguments, said):
    """No such objective, no date, a date gone by, a run by a script: 2, in words, nothing written."""
    found = ids(home)
    objective = emitted(home, "drill", "debrief", found[0], "--json")["ratings"][0]["objective"]
    number, name, *rest = arguments
    name = objective if name == "calm" else name
    refused = run(home, "drill", "improve", found[int(number)], name, *rest)
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert said in refused.stderr
    assert emitted(home, "followup", "list", "--json") == []


def test_drills_are_nobodys_cause():
    """Improvements of drills propose no standing measure, however many; runs by scripts leave none."""
    with Journal(None) as runs, Journal(None) as kept:
        ledger = Ledger(kept, SimulatedClock(REAL))
        for number, scripted in enumerate(("", "", "", "perfect")):
            store = drilled(runs, scripted=scripted, real=REAL + timedelta(hours=number))
            data = {"what": "练", "who": "head", "due": "2026-12-01T00:00:00+08:00", "cause": "calm"}
            control.follow_up(store, store.state.at, {**data, "created": "2026-11-21T10:00:00+08:00"})
        assert len(take_over_drills(runs, ledger).new) == 3
        assert take_over_drills(runs, ledger).new == ()
        listed = ledger.listed("real")
        assert {entry.created.isoformat() for entry in listed} == {"2026-11-21T10:00:00+08:00"}
        done = [ledger.done(entry.id, "照片", cause="没人管") for entry in listed]
        assert propose(seen(runs, done, "real"), (), 1, 0, REAL + timedelta(days=9)) == []


# ---- comparison -----------------------------------------------------------------------------------


def test_compare_leaves_scripts_out_and_says_so(home):
    """Only people's ended runs are compared; what is left out is counted."""
    found = ids(home)
    made = emitted(home, "drill", "compare", "--json")
    assert [entry["id"] for entry in made["runs"]] == found[:2]
    assert made["left_out"]["scripted"] == 1
    shown = run(home, "drill", "compare", COLUMNS="80").stdout
    assert "脚本演的 1 场" in shown
    assert max(map(columns, shown.splitlines())) <= 80


def test_compare_by_person_and_drill(home):
    """Filters by name and by drill; a name that nobody has compares nothing."""
    assert len(emitted(home, "drill", "compare", "--person", "王敏", "--json")["runs"]) == 2
    assert emitted(home, "drill", "compare", "--person", "李四", "--json")["runs"] == []
    assert emitted(home, "drill", "compare", "--drill", "other", "--json")["runs"] == []
    assert run(home, "drill", "compare", "--html", "c.html").returncode == 0
    assert "王敏" in (home / "c.html").read_text("utf-8")


def test_courses_over_time():
    """Per person in the order of real time; per objective first to last, with the mean; both drawn."""
    with Journal(None) as runs:
        late = drilled(runs, real=REAL + timedelta(days=3))
        early = drilled(runs, acts=(), people={"duty": "王敏", "guide": "李强"})
        found = [played(store.state, store.id) for store in (late, early)]
    people = by_person(found)
    assert [run.total for run in people["王敏"]] == [0, 10]
    assert len(people["李强"]) == 1
    calm = next(course for course in by_objective(found) if course.objective == "calm")
    assert (calm.percents, calm.mean) == ((0, 33), 16)
    drawn = totals(people)
    assert drawn.count("<title>王敏 ") == 2
    assert "0% → 33%" in objectives(by_objective(found))
