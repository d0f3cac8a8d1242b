"""`zhiban practice progress`, `export`, `import`: how learners get on, on the screen and in files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from engine.clock import parse
from engine.console import desk, grading, practice_desk, record
from engine.console.incidents import write
from engine.console.respond import terminal
from engine.console.tables import table
from engine.console.terminal import Terminal
from engine.console.wrap import clip, columns, pad
from engine.errors import BadData, UsageError
from engine.model import PHASE_TITLES
from engine.practice.curve import plot
from engine.practice.entries import Entry
from engine.practice.model import Bank
from engine.practice.notebook import Notebook
from engine.practice.progress import Figures, Share, figures, waiting_now
from engine.practice.reading import load
from engine.practice.schedule import day
from engine.reader import load_library

_BAR = 20  # signs of a bar
_LIST = 9  # lines of a list
_WEEKS = 4
_MOST = 100_000_000  # bytes of a record: many years of practice


def progress(learner: str, html: Path | None, *, force: bool, json: bool) -> None:
    """The figures of a learner: on the screen, as a page, or as JSON."""
    bank = load()
    with practice_desk.notebook() as book:
        who = practice_desk.known(book, learner)
        one = book.learner(who)
        made = figures(one, bank, book.clock.now())
        if html is not None:
            from engine.practice.page import page

            write(page(made, bank, _titles()).encode(), html, force=force)
        if json:
            record.emit(msgspec.to_builtins(made))
        elif html is None:
            _show(terminal(), book, bank, made)


def everybody(*, json: bool) -> None:
    """One line a learner, who practised last first."""
    bank = load()
    with practice_desk.notebook() as book:
        made = [figures(one, bank, book.clock.now()) for one in book.everyone(book.names())]
    if json:
        record.emit([msgspec.to_builtins(one) for one in made])
        return
    if not made:
        terminal().line("还没有人练过。zhiban practice 开始。")
    rows = [
        (
            f.learner,
            f"{f.answers} 次 {f.tried}/{f.questions} 题",
            "-" if f.recent is None else f"最近 {f.recent:.0f} 分",
            f"连续 {f.streak} 天",
            f"今天到期 {f.today} 点",
        )
        for f in made
    ]
    table(terminal(), rows)


def _titles() -> dict[str, str]:
    return {playbook.id: playbook.title for playbook in load_library().playbooks}


def _show(screen: Terminal, book: Notebook, bank: Bank, f: Figures) -> None:
    others = [name for name in book.names() if name != f.learner]
    screen.line(f"学员 {f.learner}　{f.at[:10]}　连续 {f.streak} 天（最长 {f.longest} 天）", "title")
    if others:
        screen.line(f"还有：{'、'.join(others[:5])}（--learner 名字）", "quiet")
    if not f.answers:
        screen.line("还没有做过题。zhiban practice 开始。")
        return
    told = f"做题 {f.answers} 次，做过 {f.tried}/{f.questions} 题"
    if f.recent is not None:
        told += f"；最近 5 次平均 {f.recent:.0f} 分"
    screen.line(told + (f"；超时 {f.late} 次" if f.late else ""))
    if again := f.again:
        told = f"重做过的 {again.questions} 题：第一次平均 {again.first:.0f} 分，最近一次 {again.last:.0f} 分"
        screen.line(told, "good" if again.last > again.first else "")
    extra = [f"单练 {f.reviews} 个点，说到 {f.reviews_right} 个"] if f.reviews else []
    extra += [f"追问 {f.replies} 次，说到 {f.replies_share}%"] if f.replies else []
    if extra:
        screen.line("；".join(extra))
    _curve(screen, f)
    screen.line("按阶段（每个采分点按最近一次算）", "title")
    for phase, share in f.phases.items():
        screen.line(_bar(share), first=f"  {PHASE_TITLES[phase]} ")
    if f.observed:
        told = "，".join(f"{name} {mean:g}" for name, mean in f.observed.items())
        screen.line(f"四项观察（近 5 次平均）：{told}")
    _scenarios(screen, f)
    _weeks(screen, f)
    _due(screen, book, bank, f)
    faults = {fault.id: fault.text for question in bank.questions for fault in question.faults}
    for id, times in f.faults[:3]:
        screen.line(f"{faults.get(id, id)}（{times} 次）", "soon", first="说过的失分点 ")


def _curve(screen: Terminal, f: Figures) -> None:
    drawn = plot(f.scores, screen.width)
    title = f"得分（最近 {drawn.shown} 次，新的在右；o 新题，* 重做"
    screen.line(title + ("，! 超时" if f.late else "") + "；横线是 80 好、60 中）", "title")
    for row in drawn.rows:
        screen.out.write(row + "\n")


def _bar(share: Share) -> str:
    if not share.points:
        return f"[{' ' * _BAR}]  还没练到"
    full = round(_BAR * share.percent / 100)
    return f"[{'#' * full}{'.' * (_BAR - full)}] {share.percent:>3}%　{share.points} 个点"


def _scenarios(screen: Terminal, f: Figures) -> None:
    screen.line("按场景（弱的在前）", "title")
    titles = _titles()
    names = {s.playbook: clip(titles.get(s.playbook, s.playbook), 20) for s in f.scenarios}
    wide = max(map(columns, names.values()))
    for one in f.scenarios[:_LIST]:
        told = f"{_bar(one.share)[: _BAR + 7]} {one.tried}/{one.questions}题 {one.answers}次"
        screen.line(f"{told} 最好{one.best} 最近{one.last}", first=f"  {pad(names[one.playbook], wide)} ")
    if len(f.scenarios) > _LIST:
        screen.line(f"  还有 {len(f.scenarios) - _LIST} 个场景：--json 或 --html 全看", "quiet")


def _weeks(screen: Terminal, f: Figures) -> None:
    """Four weeks, a sign a day: . nothing, a number, + ten and more."""
    today = date.fromisoformat(f.at[:10])
    start = today - timedelta(days=today.weekday() + 7 * (_WEEKS - 1))
    rows = []
    for week in range(_WEEKS):
        days = [start + timedelta(days=7 * week + n) for n in range(7)]
        marks = "".join("" if day > today else _many(f.days.get(day.isoformat(), 0)) for day in days)
        rows.append(f"{days[0].month}/{days[0].day} {marks}")
    screen.line(f"近四周（. 没练）：{'　'.join(rows)}")


def _many(count: int) -> str:
    return "." if not count else str(count) if count < 10 else "+"


def _due(screen: Terminal, book: Notebook, bank: Bank, f: Figures) -> None:
    waiting, cards = waiting_now(book.learner(f.learner), bank, book.clock.now())
    screen.line("到期", "title")
    if not waiting and not cards:
        screen.line("  现在没有要做的。")
    for pick in waiting[:_LIST]:
        screen.line(pick.why, first=f"  {pick.question.id} ")
    if cards:
        screen.line(f"  没说全、现在可单练的点 {cards} 个，分次练：zhiban practice review")
    if f.due:
        days = "，".join(f"{'今天' if d.day == f.at[:10] else day(d.day)} {d.points}" for d in f.due)
        screen.line(f"  往后七天到期的点：{days}")


def export(file: Path | None, learner: str, state: Path | None, *, force: bool, json: bool) -> None:
    """A trainer's workbook of all learners, or the record of one as JSON."""
    from engine.practice import transfer

    if file is None and state is None and not json:
        raise UsageError("要写一个 .xlsx 文件，或 --state 文件", "例如：zhiban practice export 练习.xlsx")
    with practice_desk.notebook() as book:
        if file is not None:
            from engine.exports import xlsx

            names = book.names() if not learner else [practice_desk.known(book, learner)]
            everyone = book.everyone(sorted(names))
            write(xlsx(transfer.sheets(everyone, load(), _titles(), book.clock.now())), file, force=force)
        if state is not None or json:
            who = practice_desk.known(book, learner)
            data = transfer.state(book.learner(who), book.clock.now())
            if state is not None:
                write(data, state, force=force)
            if json:
                record.raw(data)


def _not_ahead(entries: Iterable[Entry], now: datetime, file: Path) -> None:
    """BadData for entries of the days to come: they would stand above everything done until then."""
    ahead = [entry.at for entry in entries if parse(entry.at) > now + timedelta(days=1)]
    if ahead:
        raise BadData(
            f"{file}：有 {len(ahead)} 条的时间在将来，最晚 {max(ahead)[:10]}",
            "两台机器的日期有一台不对，对好了再导出、导入",
        )


def bring_in(file: Path, learner: str, *, json: bool) -> None:
    """Take over the record of a learner; what is here already stays as it is."""
    from engine.practice import transfer
    from engine.practice.learner import name_of

    found = transfer.read_state(grading.read_bytes(file, _MOST, "练习记录"), str(file))
    with practice_desk.notebook(lasting=True) as book:
        _not_ahead(found.entries, book.clock.now(), file)
        who = name_of(learner or found.learner)
        new = book.bring_in(who, found.entries)
    if json:
        record.emit({"learner": who, "new": new, "known": len(found.entries) - new})
        return
    old = len(found.entries) - new
    desk.stdout(f"学员 {who}：导入 {new} 条" + (f"，{old} 条本来就有" if old else "") + "。")
