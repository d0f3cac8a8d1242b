"""`zhiban drill run`, `join`, `runs`, `score`: from a name to a drill on this terminal."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from engine.console import desk, drill_desk, record
from engine.console import drill_show as show
from engine.console.drill_line import nothing
from engine.console.drill_trainee import Trainee
from engine.console.respond import interactive, terminal
from engine.console.tables import table
from engine.console.terminal import Terminal
from engine.drill import control, view
from engine.drill.scoring import score as marks
from engine.drill.store import Store
from engine.errors import NeedsInput, UsageError
from engine.journal import Journal

STATUS = {"open": "没完", "ended": "已结束", "closed": "已讲评"}


class Pace(NamedTuple):
    """How a run's clock goes: `speed` times real time, by steps, or standing until it is set going."""

    speed: int = 1
    step: bool = False
    paused: bool = False


NORMAL = Pace()


def run(
    name: str,
    *,
    role: str = "",
    person: str = "",
    seed: int | None = None,
    pace: Pace = NORMAL,
    hints: bool = False,
    team: bool = False,
    answers: Path | None = None,
    scripted: str = "",
    json: bool = False,
) -> int:
    """Begin a run, or go on with one; returns the exit code."""
    if answers is not None or scripted:
        from engine.console import drill_script

        return drill_script.run(
            name, answers, scripted, role=role, person=person, seed=seed, hints=hints, json=json
        )
    if json:
        raise UsageError("--json 要同 --answers 或 --as 一起用", "zhiban drill score 编号 --json 出分数")
    screen = _terminal()
    with drill_desk.journal_to_write() as journal:
        id = "" if drill_desk.is_drill(name) else _open_run(journal, screen, name)
        if id:
            with drill_desk.opened(journal, id) as store:
                return _play(store, screen, role, person, pace)
        store = drill_desk.create(journal, desk.shelf(), name, seed=seed, hints=hints, solo=not team)
        return _play(store, screen, role, person, pace, team=team)


def join(name: str, *, role: str, person: str) -> int:
    """One more trainee at an open run."""
    screen = _terminal()
    with (
        drill_desk.journal_to_write() as journal,
        drill_desk.opened(journal, drill_desk.find(journal, name)) as store,
    ):
        return _play(store, screen, role, person, NORMAL, join=True)


def _terminal() -> Terminal:
    """The terminal of a trainee; NeedsInput where nothing can come from it."""
    if nothing():
        raise NeedsInput("没有终端，也没有给作答", "--answers 文件 照文件演，或在终端里运行")
    return terminal()


def _open_run(journal: Journal, screen: Terminal, name: str) -> str:
    """The run that a name means; without one the last open run, after asking. UsageError."""
    if name:
        return drill_desk.find(journal, name)
    last = drill_desk.last_open(journal)
    if last is None:
        raise UsageError(
            "要写演练的名称", "zhiban drill list 看有哪些，例如 zhiban drill run rain-ten-minutes"
        )
    if not interactive():
        return last.run.id
    screen.line(f"上次没完：{last.run.title}（{last.run.id}）", "title")
    screen.line("回车＝接着练，n＝不练")
    if screen.read("演练> ").strip().lower() in ("n", "不", "q"):
        raise UsageError("没有接着练", "zhiban drill list 看有哪些演练")
    return last.run.id


def _play(
    store: Store,
    screen: Terminal,
    role: str,
    person: str,
    pace: Pace,
    *,
    team: bool = False,
    join: bool = False,
) -> int:
    state = store.state
    if state.status != "open":
        raise UsageError(f"演练 {store.id} 已经结束", f"看分数：zhiban drill score {store.id}")
    seat = drill_desk.role_among(store.drill.roles, store.library, role)
    end = ""
    with drill_desk.seat(store, seat, person):
        trainee = Trainee(store, seat, screen, speed=pace.speed)
        _first_screen(screen, store, trainee.own, new=state.anchor is None)
        if trainee.look():
            trainee.show()
        if state.anchor is None and not join:
            _invite(screen, store, team)
            end = "" if _ready(trainee, pace, team) else "left"
        end = end or trainee.run()
        if end == "ended":
            return 0
        if not state.opening.get("solo") and state.status == "open":
            control.leave(store, trainee.now(), seat)
    if not trainee.lines.count and not interactive():
        raise NeedsInput("输入里什么也没有", f"在终端里接着练：zhiban drill run {store.id}")
    also = f" --role {seat}" + (f" --name {person}" if person else "")
    command = "run" if state.opening.get("solo") else "join"
    screen.line(f"先到这里，都记下了。接着练：zhiban drill {command} {store.id}{also}", "good")
    return 0


def _first_screen(screen: Terminal, store: Store, own: str, *, new: bool) -> None:
    state = store.state
    screen.line(f"{view.DRILL}{state.drill.title}（编号 {store.id}）", "title")
    allowed = "h 提示（扣 " + f"{state.drill.hint_costs} 分）　" if state.opening.get("hints") else ""
    pause = "p 暂停　" if state.opening.get("solo") else ""
    screen.line(f"你演：{own}。{state.drill.minutes} 分钟。{'' if new else '接着上次练。'}")
    for line in show.HELP:
        screen.line(line, "quiet")
    screen.line(show.KEYS.format(more=allowed + pause), "quiet")


def _invite(screen: Terminal, store: Store, team: bool) -> None:
    """How the others come to this run."""
    state = store.state
    if team:
        for role in (role for role in state.drill.roles if role not in state.people):
            label = drill_desk.role_name(store.library, role)
            screen.line(f"等{label}：zhiban drill join {store.id} --role {role} --name 姓名")
        screen.line(f"主持人：zhiban drill control {store.id}")


def _ready(trainee: Trainee, pace: Pace, team: bool) -> bool:
    """Set the clock going when the trainees are ready; False: they leave."""
    store = trainee.store
    if interactive() and not pace.paused:
        trainee.screen.line("人齐了，回车开始。" if team else "看好了，回车开始计时。", "act")
        if not trainee.wait():
            return False
    if store.state.anchor is None:
        speed, why = (0, "pause") if pace.paused else (0, "stop") if pace.step else (pace.speed, "go")
        control.set_clock(store, store.state.at, trainee.clock(), speed, why)
    return True


# ---- lists ----------------------------------------------------------------------------------------


def listing(*, json: bool) -> None:
    """All runs, the last one first."""
    with drill_desk.journal_to_read() as journal:
        kept = drill_desk.kept(journal)
    if json:
        record.emit([plain(entry) for entry in kept])
        return
    screen = terminal()
    if not kept:
        screen.line("还没有演练记录。zhiban drill run 名称 开始一场。")
        return
    screen.line("演练记录：", "title")
    rows = []
    for entry in kept:
        people = "、".join(str(name) for name in entry.people.values() if name)
        who = "脚本" if entry.scripted else people
        rows.append((entry.run.id, STATUS[entry.status], entry.run.title + (f"　{who}" if who else "")))
    table(screen, rows)


def plain(entry: drill_desk.Kept) -> dict[str, object]:
    """A run in a list, for JSON."""
    opening = entry.opening
    return {
        "id": entry.run.id,
        "mode": "drill",
        "title": entry.run.title,
        "status": entry.status,
        "begun": opening.get("real"),
        "drill": opening.get("drill"),
        "seed": opening.get("seed"),
        "people": entry.people,
        "solo": opening.get("solo", False),
        "scripted": entry.scripted,
        "events": entry.run.events,
    }


def score(name: str, *, json: bool) -> None:
    """The marks of an ended run, explained."""
    with (
        drill_desk.journal_to_read() as journal,
        drill_desk.opened(journal, drill_desk.find(journal, name)) as store,
    ):
        state = store.state
        if state.status == "open":
            raise UsageError(f"演练 {store.id} 还没有结束", f"主持人看 zhiban drill control {store.id}")
        found = marks(state)
        if json:
            record.emit(show.plain(state, found, store.id))
        else:
            show.result(terminal(), state, found, store.id, brief=False)
