"""`zhiban order import`, `stats`, `export`: sheets in, figures and sheets out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from msgspec.structs import asdict

from engine.console import desk, record, tables
from engine.console.incidents import write
from engine.console.orders import moment, opened
from engine.console.terminal import Terminal, terminal
from engine.console.wrap import clip
from engine.console.wrap import columns as wide
from engine.errors import BadData, UsageError

if TYPE_CHECKING:
    from engine.orders.batches import Batch, Batches
    from engine.orders.importing import Checked
    from engine.orders.ledger import Ledger
    from engine.orders.model import Order
    from engine.orders.problems import Problem
    from engine.orders.report import Compared
    from engine.orders.statistics import Period, Statistics

_SHOWN = 40  # cells on the screen; all of them go to --problems
_LEVELS = {"error": ("错", "late"), "warning": ("注意", "soon"), "info": ("说明", "quiet")}
_HOW = {"said": "指定", "saved": "上次记下", "guessed": "猜的"}
_LINES = 10  # of a list on the screen
_PLACE, _POINTS = 5, 16  # columns for the place before a unit and its points at the end, with blanks


@contextmanager
def _ledger(*, write: bool) -> Iterator[tuple[Ledger, Batches]]:
    from engine.orders.batches import Batches

    with opened(write=write) as ledger:
        assert isinstance(ledger.rows, Batches)
        yield ledger, ledger.rows


# ---- import ---------------------------------------------------------------------------------------


def bring_in(
    file: Path, maps: Sequence[str], *, dry_run: bool, save_map: bool, sheet: str, update: bool,
    problems: Path | None, json: bool,
) -> int:  # fmt: skip
    """Check a sheet and, unless `dry_run` or there is an error, import it whole; 4 when there is one."""
    from engine.orders import importing, mapping
    from engine.orders.batches import current
    from engine.orders.ledger import PREFIX

    by_hand, saved = mapping.said(maps), mapping.load()
    with _ledger(write=not dry_run) as (ledger, batches):
        now = ledger.clock.now()
        acted = [unquote(id.removeprefix(PREFIX)) for id in ledger.journal.heads(PREFIX)]
        there = current(ledger.journal, batches)
        known = importing.Known(batches, acted, ledger.schemes, there)
        checked = importing.check(file, known, now, by_hand=by_hand, saved=saved, sheet=sheet, update=update)
        errors = checked.problems.errors
        if problems is not None:
            write_problems(checked.problems.sorted(), problems)
        batch = None if dry_run or errors else importing.commit(checked, batches, now)
        if save_map and not errors:
            place = mapping.save(checked.columns)
            desk.warn(f"列的对应记在 {place}")
        if json:
            record.emit(_import_json(checked, batch, dry_run))
        else:
            _told(terminal(), checked, batch, dry_run)
    return BadData.exit_code if errors else 0


def _told(screen: Terminal, checked: Checked, batch: Batch | None, dry_run: bool) -> None:
    from engine.orders.mapping import label
    from engine.orders.problems import letter

    table, problems = checked.table, checked.problems
    screen.line(f"{table.file}（{table.form}）：{checked.rows} 行，表头在第 {table.header_row} 行", "title")
    if same := [f"{letter(c.at)} {c.header}" for c in checked.columns.columns if c.how == "label"]:
        screen.line(f"同名的列：{'、'.join(same)}")
    others = [c for c in checked.columns.columns if c.how != "label"]
    tables.table(screen, [(letter(c.at), c.header, f"→ {label(c.field)}（{_HOW[c.how]}）") for c in others])
    if left := [f"{letter(i)}“{header}”" for i, header in checked.columns.unused if header]:
        more = f" 等 {len(left)} 列" if len(left) > 12 else ""
        screen.line(f"没有用的列：{'、'.join(left[:12])}{more}", "quiet")
    listed = problems.sorted()
    helps = [problem.help for problem in listed] + [""]
    for number, problem in enumerate(listed[:_SHOWN]):
        _problem(screen, problem, say=problem.help if helps[number + 1] != problem.help else "")
    if (rest := len(listed) + problems.unlisted - _SHOWN) > 0:
        screen.line(f"……还有 {rest} 处；全部写成表：加 --problems 文件.csv", "soon")
    if checked.callers:
        screen.line(f"重复来电：{checked.repeaters} 人就同一件事来电多次，应提级", "soon")
        for caller in checked.callers[:_LINES]:
            about = "、".join(part for part in (caller.kind, caller.subject) if part)
            screen.line(f"{caller.phone} {about}：{caller.calls} 次，最近一单 {caller.last}", first="  ")
    screen.line(*_result(checked, batch, dry_run))


def _problem(screen: Terminal, problem: Problem, say: str) -> None:
    word, style = _LEVELS[problem.level]
    about = problem.header if problem.header and problem.column else ""
    about += f"“{problem.value}”" if problem.value else ""
    screen.line(
        f"{about}：{problem.message}" if about else problem.message, style, first=f"{word} {problem.place} "
    )
    if say:
        screen.line(say, first="  → ")


def _result(checked: Checked, batch: Batch | None, dry_run: bool) -> tuple[str, str]:
    errors, warnings = checked.problems.errors, checked.problems.number("warning")
    same = f"，{checked.same} 行台账里已有且相同" if checked.same else ""
    more = f"，其中 {checked.updates} 行替换台账里的" if checked.updates else ""
    noted = f"（另有 {warnings} 处要注意）" if warnings else ""
    if errors:
        return f"{errors} 处错误{noted}：一行也没有导入。改好再导入。", "late"
    if dry_run:
        return f"可以导入 {checked.new.height} 行{more}{same}{noted}。这次只检查，什么也没有写。", "good"
    if batch is None:
        return f"没有新工单{same}。", "good"
    return f"已导入 {batch.rows} 行{more}{same}{noted}，批号 {batch.id}。", "good"


def _import_json(checked: Checked, batch: Batch | None, dry_run: bool) -> dict[str, Any]:
    from engine.orders.problems import letter

    problems = checked.problems
    return {
        "file": checked.table.file,
        "form": checked.table.form,
        "header_row": checked.table.header_row,
        "rows": checked.rows,
        "columns": [
            {"column": letter(c.at), "header": c.header, "field": c.field, "how": c.how}
            for c in checked.columns.columns
        ],
        "unused": [{"column": letter(i), "header": header} for i, header in checked.columns.unused],
        "errors": problems.errors,
        "warnings": problems.number("warning"),
        "problems": [{**asdict(problem), "place": problem.place} for problem in problems.sorted()],
        "unlisted": problems.unlisted,
        "new": checked.new.height,
        "same": checked.same,
        "updates": checked.updates,
        "repeaters": checked.repeaters,
        "callers": [caller._asdict() for caller in checked.callers],
        "dry_run": dry_run,
        "imported": batch.rows if batch else 0,
        "batch": batch.id if batch else None,
    }


def write_problems(found: Sequence[Problem], output: Path) -> None:
    """Problems as a CSV sheet, one cell a line."""
    from engine.exports import Column, Sheet, csv

    titles = ("轻重", "位置", "行", "列", "列名", "内容", "问题", "怎么办")
    rows = (
        (_LEVELS[p.level][0], p.place, p.row or None, p.column, p.header, p.value, p.message, p.help)
        for p in found
    )
    write(csv(Sheet("问题", tuple(Column(title) for title in titles), rows)), output)


# ---- figures --------------------------------------------------------------------------------------


def _period(span: str | None, day: str | None, today: date) -> Period | None:
    """The week (default), the month, or None for all."""
    from engine.orders.statistics import period

    if span == "all":
        if day:
            raise UsageError("--all 是全部，不用写 --day", "去掉一个")
        return None
    return period("month" if span == "month" else "week", _day(day, today))


def _day(text: str | None, today: date) -> date:
    if not text:
        return today
    from datetime import datetime, time

    from engine.clock import BEIJING

    return moment(text, datetime.combine(today, time(), BEIJING)).date()


def stats(span: str | None, day: str | None, form: str | None, output: Path | None, *, json: bool) -> None:
    """Figures on the screen, or a report as `form` says (else the name of `output`)."""
    from engine.orders import report
    from engine.orders.batches import current
    from engine.orders.statistics import earlier, statistics

    with _ledger(write=False) as (ledger, batches):
        now, rows = ledger.clock.now(), current(ledger.journal, batches)
        about = _period(span, day, now.date())
        found, before = statistics(rows, ledger.schemes, about), None
        if about is not None:
            with suppress(UsageError):  # no order then: nothing to compare with
                before = statistics(rows, ledger.schemes, earlier(about))
    form = form or (output.suffix.lstrip(".").lower() if output is not None else None)
    if json:
        record.emit(as_json(found, report.compare(found, before, now) if before else None))
        return
    if form is None:
        show(terminal(), found, report.compared(found, before, now) if before else "")
        return
    made = report.paper(found, _hall(), now, before)
    if form in ("html", "htm"):
        write(report.html(made, found).encode(), output)
    elif form == "docx":
        write(report.docx(made), output)
    elif form == "md" and output is None:
        desk.stdout(report.markdown(made))
    elif form == "md":
        write(report.markdown(made).encode(), output)
    else:
        raise UsageError(f"不认得报告格式 `{form}`", "文件名以 .md、.html 或 .docx 结尾")


def _hall() -> str:
    from engine.hall import read_profile

    return read_profile()[0].name


def show(screen: Terminal, found: Statistics, compared: str = "") -> None:
    """The figures in 80 columns."""
    from engine.orders import report
    from engine.orders.statistics import GROUPS
    from engine.render import heat

    total, scheme = found.total, found.scheme
    screen.line(f"{found.period.title}：{report.counts(found)}", "title")
    tables.table(screen, report.rates(total, found))
    if compared:
        screen.line(compared)
    if total.excluded:
        labels = {id: reason.label for id, reason in scheme.excluded.items()}
        screen.line("剔除：" + "，".join(f"{labels.get(id, id)} {n} 件" for id, n in total.excluded.items()))
    scores = [
        f"{scheme.points[id].label} {n} 件" for id, n in total.scores.items() if n and id in scheme.points
    ]
    if scores:
        worth = f"计分 {report.signed(total.points)} 分，折 {total.money:+,.0f} 元："
        screen.line(worth + "，".join(scores))
    for field, shares in found.groups.items():
        screen.line(f"【按{GROUPS[field]}】", "title")
        tables.table(screen, [(s.name, f"{s.count:>6}", report.percent(s.share)) for s in shares[:_LINES]])
        if (rest := len(shares) + found.others[field] - _LINES) > 0:
            screen.line(f"另有 {rest} 种", "quiet")
    if found.units:
        screen.line("【承办单位排名】", "title")
        taken = sum(wide(scheme.rates[id].label) + 2 for id in scheme.rates)
        room = max(16, screen.width - taken - _PLACE - _POINTS)
        heads = ("", "单位", *(scheme.rates[id].label for id in scheme.rates), "得分")
        rows = [
            (str(e.place or "—"), clip(e.name, room),
             *(report.percent(found.rate(e.tally, id)) for id in scheme.rates),
             report.signed(e.tally.points) + ("（负分）" if e.lost else ""))
            for e in found.units[:_LINES * 2]
        ]  # fmt: skip
        tables.table(screen, [heads, *rows])
        if len(found.units) > len(rows):
            screen.line(f"另有 {len(found.units) - len(rows)} 个单位，见报告", "quiet")
    if found.frequent:
        screen.line("【高频问题】", "title")
        rows = [(f"{e.count:>5} 件", f"{e.kind}：{e.about}") for e in found.frequent[:_LINES]]
        tables.table(screen, rows)
    for map in (report.heat_hours(found), report.heat_map(found)):
        screen.blank()
        for line in heat.lines(map, screen.width):
            screen.line(line)


def as_json(found: Statistics, against: Compared | None = None) -> dict[str, Any]:
    """The contract of `order stats --json`."""

    def counts(tally: Any) -> dict[str, Any]:
        return {
            "received": tally.received, "analysed": tally.analysed, "excluded": tally.excluded,
            "rates": {id: found.rate(tally, id) for id in found.scheme.rates}, "scores": tally.scores,
            "points": tally.points, "money": tally.money,
            "unknown": {id: n for id in found.scheme.rates if (n := found.unknown(tally, id))},
        }  # fmt: skip

    def ranked(entries: Any) -> list[dict[str, Any]]:
        return [{"place": e.place, "unit": e.name, "lost": e.lost, **counts(e.tally)} for e in entries]

    def parts(listed: Any) -> list[dict[str, Any]]:
        return [
            {"begin": p.begin.isoformat(), "title": p.title, **counts(p.total), "units": ranked(p.ranking)}
            for p in listed
        ]

    return {
        "period": {
            "first": found.period.first.isoformat(), "last": found.period.last.isoformat(),
            "title": found.period.title,
        },
        "scheme": found.scheme.scheme,
        **counts(found.total),
        "compared": asdict(against) if against else None,
        "units": ranked(found.units),
        "groups": {field: [asdict(share) for share in shares] for field, shares in found.groups.items()},
        "others": found.others,
        "frequent": [asdict(entry) for entry in found.frequent],
        "hours": found.hours,
        "map": {"units": found.map_units, "kinds": found.map_kinds, "counts": found.map},
        "days": [[day.isoformat(), number] for day, number in found.days],
        "weeks": parts(found.weeks),
        "months": parts(found.months),
        "repeated": found.repeated,
    }  # fmt: skip


# ---- sheets out -----------------------------------------------------------------------------------


def export(
    span: str | None, day: str | None, form: str | None, unit: str, output: Path | None, unmask: str | None
) -> None:
    """The orders of a period (default: all) as a sheet; numbers are masked unless a reason is given."""
    from engine.exports import Column, Sheet, csv, xlsx
    from engine.orders import columns, privacy
    from engine.orders.batches import current
    from engine.orders.mapping import label
    from engine.orders.statistics import within

    form = form or (output.suffix.lstrip(".").lower() if output is not None else "csv")
    if form not in ("csv", "xlsx"):
        raise UsageError(f"不认得格式 `{form}`", "文件名以 .csv 或 .xlsx 结尾，或写 --csv、--xlsx")
    with _ledger(write=unmask is not None) as (ledger, batches):
        if unmask is not None:
            ledger.note_unmasked(f"order export {output or form}", unmask)
        rows = current(ledger.journal, batches)
        about = _period(span or ("week" if day else "all"), day, ledger.clock.now().date())
    if about is not None:
        rows = within(rows, about)
    found = columns.orders(rows.sort("received", "no"))
    kinds = {"time": "moment", "bool": "yesno", "int": "number", "text": "text"}
    heads = tuple(Column(label(field), kinds[columns.KINDS[field]]) for field in columns.FIELDS)  # type: ignore[arg-type]
    picked = (order for order in found if not unit or order.unit == unit)
    shown = picked if unmask is not None else map(privacy.order, picked)
    sheet = Sheet("工单", heads, (_row(order, ledger) for order in shown))
    write(csv(sheet) if form == "csv" else xlsx([sheet]), output)


def _row(order: Order, ledger: Ledger) -> tuple[Any, ...]:
    """An order's cells, ids as the words that `import` reads."""
    from engine.orders.columns import FIELDS
    from engine.orders.mapping import words

    said = words()["words"]
    reasons = ledger.scheme(order).excluded
    told = {
        "urgency": said["urgency"][order.urgency][0],
        "met": said["met"][order.met][0] if order.met else "",
        "excluded": reasons[order.excluded].label if order.excluded in reasons else order.excluded,
    }
    return tuple(told.get(field, value) for field, value in asdict(order).items() if field in FIELDS)
