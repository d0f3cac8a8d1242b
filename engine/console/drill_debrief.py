"""`zhiban drill debrief`, `improve`, `close`: the report on a run, what follows from it, and its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.clock import RealClock, parse, stamp
from engine.console import desk, drill_desk, record
from engine.console.followupdesk import ahead
from engine.console.followupview import Roles
from engine.console.incidents import write
from engine.console.respond import terminal
from engine.console.terminal import Terminal
from engine.drill import control, debriefforms
from engine.drill.debrief import Debrief, debrief
from engine.drill.debriefpaper import lead
from engine.drill.improvement import Plan
from engine.drill.scoring import RATED, times
from engine.drill.store import Store
from engine.drill.trainees import TITLES
from engine.errors import UsageError
from engine.reader.report import suggest

_GAPS = 8  # lines of what lost marks
_STYLES = {"P": "good", "S": "good", "U": "late"}


def show(name: str, html: Path | None, docx: Path | None, md: bool, *, force: bool, json: bool) -> None:
    """The report on a run that has ended: on the screen, as files, as JSON."""
    with (
        drill_desk.journal_to_read() as journal,
        drill_desk.opened(journal, drill_desk.find(journal, name)) as store,
    ):
        made = _made(store)

        def role(id: str) -> str:
            return drill_desk.role_name(store.library, id)

        if html is not None:
            write(debriefforms.html(made, store.state, role).encode(), html, force=force)
        if docx is not None:
            write(debriefforms.docx(made, role), docx, force=force)
        if json:
            record.emit(plain(made))
        elif md:
            desk.stdout(debriefforms.markdown(made, role))
        elif html is None and docx is None:
            _summary(terminal(), made, store)


def _made(store: Store) -> Debrief:
    if store.state.status == "open":
        raise UsageError(f"演练 {store.id} 还没有结束", f"结束了再讲评；接着演：zhiban drill run {store.id}")
    return debrief(store.state, store.id)


def plain(made: Debrief) -> dict[str, Any]:
    """The report for JSON."""
    found = {name: _plain(value) for name, value in made._asdict().items()}
    found["score"]["path"]["percent"] = made.score.path.percent
    found["plan"] = [_plain(plan) | {"lacks": plan.lacks} for plan in made.plan]
    found["lacking"] = [plan.objective for plan in made.lacking]
    found["head"]["start"] = stamp(made.head.start)
    return {"mode": "drill", **found}


def _plain(value: Any) -> Any:
    """Named tuples as objects, all the way down."""
    if hasattr(value, "_asdict"):
        return {name: _plain(item) for name, item in value._asdict().items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


# ---- the screen -----------------------------------------------------------------------------------


def _summary(screen: Terminal, made: Debrief, store: Store) -> None:
    screen.line(f"{made.head.title}：讲评　{made.score.total} 分", "title")
    people = "、".join(f"{role}（{name}）" if name else role for role, name in made.head.people)
    who = (
        f"脚本参演人“{TITLES.get(made.head.scripted, made.head.scripted)}”" if made.head.scripted else people
    )
    screen.line(lead(made.head) + (f"　参演：{who}" if who else ""), "quiet")
    screen.line(f"{times(made.score)}；最佳路径走了 {made.score.path.percent}%")
    screen.line("目标", "act")
    for rating in made.ratings:
        share = f"{rating.percent}%" if rating.percent is not None else "不计"
        style = _STYLES.get(rating.rating, "")
        said = f"{rating.what}：{RATED[rating.rating]} {share}" + (
            f"（{rating.why}）" if rating.overridden else ""
        )
        screen.line(said, style, first=f"  {rating.rating or '－'} ", rest="    ")
    if made.gaps:
        more = f"（前 {_GAPS} 条，共 {len(made.gaps)} 条）" if len(made.gaps) > _GAPS else ""
        screen.line(f"要改进的，丢分多的在前{more}", "act")
    for gap in made.gaps[:_GAPS]:
        star = "★" if gap.loss.critical else ""
        text = f"{star}{gap.loss.what}（{gap.expected}）：{gap.loss.told}"
        screen.line(text, first=f"  -{gap.loss.marks:g} ", rest="      ")
    if made.causes:
        told = "，".join(f"{cause.title} {len(cause.losses)} 条 {cause.marks:g} 分" for cause in made.causes)
        screen.line(told, first="为什么：", rest="  ")
    if made.strengths:
        told = "；".join(("★" if one.critical else "") + one.what for one in made.strengths[:5])
        screen.line(told, "good", first="做得好的：", rest="  ")
    _plan(screen, made, store)


def _plan(screen: Terminal, made: Debrief, store: Store) -> None:
    if made.plan:
        screen.line("改进计划", "act")
    for plan in made.plan:
        screen.line(f"{plan.what}", "", first=f"  {plan.rating or '－'} ", rest="    ")
        for one in plan.taken:
            who = drill_desk.role_name(store.library, one.who) + (f"（{one.name}）" if one.name else "")
            due = f"{parse(one.due):%Y-%m-%d}" if one.due else ""
            screen.line("，".join(filter(None, (one.what, who, due))), "good", first="    √ ", rest="      ")
        if not plan.taken:
            screen.line(plan.proposal, first="    建议：", rest="      ")
    if made.lacking:
        first = made.lacking[0]
        owner = "" if first.owner else " --who 岗位"
        screen.line(f"还有 {len(made.lacking)} 个没做到的目标没有责任人和期限，报告不能收尾。", "late")
        screen.line(f"zhiban drill improve {store.id} {first.objective}{owner} --due 15天", first="  ")
    elif made.head.status == "closed":
        screen.line("报告已收尾；改进措施在 zhiban followup list。", "good")
    else:
        screen.line(f"可以收尾：zhiban drill close {store.id}", "good")
    screen.line(f"整份报告：zhiban drill debrief {store.id} --html 文件 或 --docx 文件", "quiet")


# ---- acting ---------------------------------------------------------------------------------------


def improve(
    name: str, objective: str, *, what: str, who: str, person: str, due: str, evidence: str, json: bool
) -> None:
    """Take on an improvement for an objective; it is real work in the ledger of follow-ups."""
    with (
        drill_desk.journal_to_write() as journal,
        drill_desk.opened(journal, drill_desk.find(journal, name)) as store,
    ):
        made = _made(store)
        if made.head.scripted:
            raise UsageError(f"演练 {store.id} 是脚本演的，不列真的改进", "真人演的才列入后续台账")
        plan = _plan_of(store, made, objective)
        owner = Roles().find(who) if who else plan.owner
        if not owner:
            raise UsageError(f"“{plan.what}”要写谁负责", "加上 --who 岗位，如 head、大厅主任")
        now = RealClock().now()
        data = {
            "what": " ".join(what.split()) or plan.proposal,
            "who": owner,
            "name": person.strip(),
            "due": stamp(ahead(due, now)),
            "evidence": " ".join(evidence.split()) or plan.evidence,
            "cause": objective,
            "created": stamp(now),
        }
        control.follow_up(store, store.state.at, data)
        again = debrief(store.state, store.id)
        if json:
            record.emit({"id": store.id, "mode": "drill", "follow_up": data, **_rest(again)})
            return
        screen = terminal()
        whom = drill_desk.role_name(store.library, owner) + (f"（{data['name']}）" if data["name"] else "")
        screen.line(f"已记下：{data['what']}", "good")
        screen.line(f"{whom}，{data['due'][:10]} 前；已列入 zhiban followup list。")
        _left(screen, again, store)


def _plan_of(store: Store, made: Debrief, objective: str) -> Plan:
    from engine.drill.causes import losses
    from engine.drill.improvement import propose

    found = next((plan for plan in made.plan if plan.objective == objective), None)
    if found is not None:
        return found
    rating = next((rating for rating in made.ratings if rating.objective == objective), None)
    if rating is None:
        names = [entry.id for entry in store.drill.objectives]
        raise UsageError(f"没有目标 `{objective}`", suggest(objective, names) or f"有：{'、'.join(names)}")
    owner = next(entry.owner for entry in store.drill.objectives if entry.id == objective)
    text = propose(store.state, rating, losses(store.state, made.score))
    return Plan(objective, rating.what, rating.rating, text, f"再演一次，“{rating.what}”仍达到", owner, ())


def close(name: str, *, json: bool) -> None:
    """Close the report on a run. UsageError while an unmet objective has no owner or date."""
    with (
        drill_desk.journal_to_write() as journal,
        drill_desk.opened(journal, drill_desk.find(journal, name)) as store,
    ):
        made = _made(store)
        if made.lacking:
            told = "；".join(f"{plan.what}（{plan.objective}，{plan.lacks}）" for plan in made.lacking)
            raise UsageError(
                f"报告不能收尾，还有 {len(made.lacking)} 个没做到的目标：{told}",
                f"zhiban drill improve {store.id} {made.lacking[0].objective} --due 期限",
            )
        if made.head.status != "closed":
            control.close(store, store.state.at)
        if json:
            record.emit({"id": store.id, "mode": "drill", "status": store.state.status})
        else:
            terminal().line(f"演练 {store.id} 的报告收尾了。", "good")


def _rest(made: Debrief) -> dict[str, Any]:
    return {"lacking": [plan.objective for plan in made.lacking]}


def _left(screen: Terminal, made: Debrief, store: Store) -> None:
    if made.lacking:
        told = "；".join(f"{plan.what}（{plan.objective}）" for plan in made.lacking)
        screen.line(told, "soon", first=f"还差 {len(made.lacking)} 个目标：", rest="  ")
    elif made.head.status != "closed":
        screen.line(f"可以收尾：zhiban drill close {store.id}")
