"""Marks cannot be had by doing everything, and the acts meant are found by natural words."""

from datetime import timedelta

import pytest

from engine.clock import parse
from engine.drill import attention, control, perform
from engine.drill.catalogue import Catalogue
from engine.drill.examples import sentence
from engine.drill.reading import files, load
from engine.drill.saying import points_of
from engine.drill.scoring import score
from engine.drill.script import run_script
from engine.drill.store import Store
from engine.drill.trainees import Act
from engine.journal import Journal
from engine.practice.reading import load as load_bank
from engine.reader import load_library

NAMES = [file.stem for file in files()]
LIBRARY, BANK = load_library(hall=False), load_bank()


def drill_of(name):
    """A shipped drill."""
    return load(LIBRARY, name).drill


class Everything:
    """Does every act of the list that is not harmful and says all that is expected, as fast as it goes;
    begins anew every `again` seconds."""

    def __init__(self, drill, again):
        self._acts, self._again, self._todo, self._round = _everything(drill), again, [], 0

    def next(self, store, now):
        """The next act."""
        state = store.state
        if not self._todo and state.seconds(now) >= self._round * self._again:
            self._round += 1
            self._todo = list(self._acts)
        return self._todo.pop(0) if self._todo else None


def _everything(drill):
    role = drill.roles[0]
    acts = [Act(role, act.kind, act.id) for act, *_ in Catalogue(drill, LIBRARY).acts if act.kind != "harm"]
    for entry in drill.expectations:
        ways = [*entry.says, *(way for point in points_of(drill, BANK, entry.points) for way in point.ways)]
        acts += [Act(role, "say", text=sentence(way, dict(BANK.usual))) for way in ways[:1]]
    return [act for act in acts if act.kind != "say" or act.text]


@pytest.mark.parametrize("name", NAMES)
def test_doing_everything_is_worth_nothing(name):
    """Who does all that the list offers, again and again, has no marks left, and the marks say why."""
    drill = drill_of(name)
    found = run_script(drill, LIBRARY, Everything(drill, 240), bank=BANK).score
    assert found.total <= 0
    line = next(line for line in found.lines if line.kind == "needless")
    assert line.marks < 0
    assert len(line.events) > attention.FREE


@pytest.mark.parametrize("name", NAMES)
def test_perfect_play_needs_all_that_it_does(name):
    """Who follows the playbooks does nothing that counts as needless."""
    assert attention.needless(run_script(drill_of(name), LIBRARY, "perfect", bank=BANK).state) == []


@pytest.fixture
def store():
    """A run of the rain drill, clock standing at the start."""
    journal = Journal(None)
    drill = drill_of("rain-ten-minutes")
    yield Store.create(journal, drill, LIBRARY, {}, parse(drill.start), bank=BANK)
    journal.close()


def test_a_few_needless_acts_are_free(store):
    """Three acts of other playbooks cost nothing in ten minutes, the fourth costs."""
    drill = store.drill
    mine = (*drill.playbooks, "always")
    others = [a.id for a in Catalogue(drill, LIBRARY).of("step") if "." in a.id and not a.id.startswith(mine)]
    now = store.state.begun
    perform.act(store, "duty", "step", "rain-before-opening.to-door", "", now)
    for step in others[:3]:
        perform.act(store, "duty", "step", step, "", now)
    before = score(store.state).total
    perform.act(store, "duty", "step", others[3], "", now)
    assert score(store.state).total == before - attention.COST


def test_acts_at_one_moment_count_one_after_the_other(store):
    """Twenty-five orders in a breath: the last one counts when its turn comes; each person has own hands."""
    now = store.state.begun
    for _ in range(25):
        perform.act(store, "duty", "unknown", "", "喂", now)
        perform.act(store, "duty", "ask", "frail_present", "", now)
    perform.act(store, "duty", "ask", "rain-before-opening.can_shelter", "", now)
    perform.act(store, "guide", "step", "rain-before-opening.to-door", "", now)
    asked = sum(event.data["kind"] == "ask" for event in store.state.of_kind("act")) - 1
    assert store.state.seconds(max(store.state.turns.values())) == asked * attention.PACE["ask"]
    assert store.state.expected["door"].share == 100
    assert store.state.expected["room"].share == 100  # within three minutes even so


def test_what_comes_too_late_by_its_turn_is_late(store):
    """Three minutes of talk before the order to the door: it counts as late, and the marks say why."""
    now = store.state.begun
    perform.act(store, "duty", "say", "", "大家听我说" * 180, now)
    perform.act(store, "duty", "step", "rain-before-opening.to-door", "", now)
    live = store.state.expected["door"]
    assert live.outcome == "late"
    assert 0 < live.share < 100
    line = next(line for line in score(store.state).lines if line.id == "door")
    assert "同时做得太多" in line.why


SAID = {
    "priority-10": [
        ("走到五号窗口前，请两位先别争", "step-in separate calm"),
        ("请小伙子先到旁边坐，倒杯水", "young-aside"),
        ("老先生的业务继续办", "elder-goes-on"),
        ("去查一下叫号记录有没有跳号", "check-calls skipped"),
        ("看看规定老人够不够条件", "check-rule entitled"),
        ("问小伙子为什么着急", "hurry hear-young ask-both"),
        ("快打急救电话", "call-120"),
        ("把优先的规定贴墙上", "post-rule"),
    ],
    "rain-ten-minutes": [
        ("让老周别拦着，换个人守门", "no-contact"),
        ("问问前厅能不能单独开门", "can_shelter check-lobby"),
        ("给领导打电话请示提前开门", "ask-lead"),
        ("先让老人和抱孩子的进来", "frail-first guide-in"),
        ("给淋湿的人倒点热水", "hot-water warm"),
        ("派人守着摔倒的老太太，别挪动她", "stay-with"),
    ],
    "queue-noon-15": [
        ("为什么窗口没开", "ask-windows check-log cause"),
        ("把吃饭的同事叫回来", "recall"),
        ("给领导打电话要人", "call-hands"),
        ("多开几个窗口", "add-windows"),
        ("孕妇和拄拐的先办", "priority-lane seat-frail"),
        ("打110报警", "call-110"),
    ],
    "system-down-20": [
        ("用广播告诉大家系统坏了", "announce"),
        ("打电话给信息科问什么时候修好", "call-it"),
        ("走到拍桌子的人跟前", "stand-front"),
        ("给不急的人约时间", "book-slot"),
        ("联系厂家来修", "call-vendor"),
        ("修好要多久", "fix_minutes"),
    ],
    "viral-photo-30": [
        ("把帖子截图保存", "save-post"),
        ("发一个情况说明", "say-known first-statement"),
        ("调监控看看", "watch-video"),
        ("通知所有人不要乱说，统一口径", "one-voice press-lines"),
        ("安慰一下小孟", "comfort shield"),
        ("保护小孟的个人信息", "shield"),
    ],
}


@pytest.mark.parametrize("name", SAID)
def test_natural_words_are_offered_the_act_meant(name):
    """Of the four acts offered for a sentence, one is meant."""
    catalogue = Catalogue(drill_of(name), LIBRARY)
    for said, meant in SAID[name]:
        offered = {found.act.id.rpartition(".")[2] for found in catalogue.find(said, most=4)}
        assert offered & set(meant.split()), (said, offered)


def test_no_act_on_the_list_has_a_hole():
    """Blanks of steps are filled with the hall's values or shown as dots."""
    for name in NAMES:
        for act, *_ in Catalogue(drill_of(name), LIBRARY).acts:
            assert "“”" not in act.text
            assert "{" not in act.text


def test_words_said_in_two_lines_belong_together(store):
    """An apology and, right after it, the promise reach what one sentence would; a minute later not."""
    now = store.state.begun
    perform.act(store, "duty", "say", "", "对不起各位", now)
    assert store.state.expected["words"].outcome == ""
    perform.act(store, "duty", "say", "", "五分钟内让大家进来避雨", now + timedelta(seconds=70))
    assert store.state.expected["words"].outcome == ""
    perform.act(store, "duty", "say", "", "抱歉了", now + timedelta(seconds=80))
    assert store.state.expected["words"].outcome == "met"


def test_old_words_do_not_count_with_new_ones(store):
    """What was said before its time is not said again by any word after it."""
    drill = drill_of("system-down-20")
    run = Store.create(store.journal, drill, LIBRARY, {}, parse(drill.start), bank=BANK)
    now = run.state.begun
    perform.act(run, "duty", "say", "", "投诉是您的权利，您先听我说", now)
    control.fire(run, now + timedelta(seconds=10), "line")
    perform.act(run, "duty", "say", "", "大家都坐下吧", now + timedelta(seconds=15))
    assert run.state.expected["right"].outcome == ""
    perform.act(run, "duty", "say", "", "是您的权利，您先听我说", now + timedelta(seconds=20))
    assert run.state.expected["right"].outcome == "met"


class Incurious:
    """Does well all that needs no question."""

    def next(self, store, now):
        """The next act."""
        acts = {"door": "to-door", "part": "no-contact", "frail": "frail-first", "call": "always.call-120"}
        for id, step in acts.items():
            live = store.state.expected[id]
            if live.opened is not None and live.opened <= now and not live.outcome:
                step = step if "." in step else f"rain-before-opening.{step}"
                if step not in store.state.done and step not in store.state.ahead:
                    return Act("duty", "step", step)
        return None


def test_who_never_asks_does_not_get_away_with_it():
    """What an answer would have asked for is missed, not left out, and the marks say what was not asked."""
    run = run_script(drill_of("rain-ten-minutes"), LIBRARY, Incurious(), bank=BANK)
    lines = {line.id: line for line in run.score.lines}
    assert all(lines[id].counts for id in ("leader", "open", "order"))
    assert lines["open"].marks == 0
    assert "没有问到“领导同意先开前厅”" in lines["open"].why
    assert lines["door"].marks == lines["door"].of == 10
    assert run.score.control is None  # opening was critical


@pytest.mark.parametrize(("why", "counts"), [("controller", False), ("trainee", True)])
def test_an_early_end_and_what_was_not_asked_yet(store, why, counts):
    """The controller's end takes nothing away; the trainee's own end does."""
    perform.act(store, "duty", "step", "rain-before-opening.to-door", "", store.state.begun)
    control.end(store, store.state.begun + timedelta(minutes=1), why)
    line = next(line for line in score(store.state).lines if line.id == "open")
    assert line.counts is counts


def test_what_the_playbook_knows_is_never_needless(store):
    """Umbrellas are no help where a lobby opens, and cost nothing; a fire engine for nothing does."""
    now = store.state.begun
    for step in ("umbrellas", "canopy", "neighbour", "supplies", "warm"):
        perform.act(store, "duty", "step", f"rain-before-opening.{step}", "", now)
    assert attention.needless(store.state) == []
    perform.act(store, "duty", "step", "always.call-119", "", now)
    assert [event.data["id"] for event in attention.needless(store.state)] == ["always.call-119"]
