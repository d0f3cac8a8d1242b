"""A debrief as a paper: sections with sentences and tables, which Markdown, Word and the page all print."""

from __future__ import annotations

from collections.abc import Callable

from engine.clock import parse
from engine.drill.debrief import Debrief
from engine.drill.improvement import Plan
from engine.drill.particulars import Head
from engine.drill.scoring import RATED, Line
from engine.drill.times import spoken
from engine.drill.trainees import TITLES
from engine.exports import Paper, Section, Table
from engine.render.times import full

NUMERALS = "一二三四五六七八九十"
LOG = "经过"
COURSE = "时间线"
RATINGS = "目标"
_PATH = 12  # steps named a line
Label = Callable[[str], str]  # role → in words


def paper(made: Debrief, role: Label) -> Paper:
    """The whole report. `role`: a role's id in words."""
    sections = [
        Section("总的情况", made.overview, (_who(made.head),)),
        Section(RATINGS, (_rule(),), (_ratings(made, role),)),
        Section(COURSE, ("每条情况来了之后，参演人接着做了什么。",), (_reactions(made),)),
        _strengths(made),
        _gaps(made),
        _causes(made),
        _harms(made),
        _path(made),
        _remarks(made),
        _questions(made),
        _plan(made, role),
        Section("得分明细", (f"合计 {made.score.total} 分。",), (_lines(made),)),
        Section(LOG, (), (_log(made),)),
    ]
    kept = [section for section in sections if section is not None]
    numbered = tuple(
        section._replace(title=f"{numeral(number)}、{section.title}")
        for number, section in enumerate(kept, 1)
    )
    return Paper(f"{made.head.title}：讲评", lead(made.head), numbered, foot(made))


def numeral(number: int) -> str:
    """1 to 19 in Chinese."""
    return NUMERALS[number - 1] if number <= 10 else f"十{NUMERALS[number - 11]}"


def lead(head: Head) -> str:
    """The line under the title."""
    begun = full(parse(head.begun)) if head.begun else ""
    return f"演练编号 {head.id}" + (f"　{begun} 开始" if begun else "") + f"　{head.ended}"


def foot(made: Debrief) -> str:
    """The line at the end."""
    kept = "本报告已收尾。" if made.head.status == "closed" else "本报告还没有收尾。"
    return (
        f"【演练】本报告由记录写成，记录号（#）指事件顺序。{kept}"
        "演练不计入真实事件的统计；改进措施是真的，列入后续台账。"
    )


def _rule() -> str:
    return "P 做到（90% 以上），S 做到、有小问题（70% 以上），M 勉强做到（50% 以上），U 没做到。"


def rows_about(head: Head) -> list[tuple[str, str]]:
    """What is said of the run: name, words."""
    who = "、".join(f"{role}（{name}）" if name else role for role, name in head.people)
    if head.scripted:
        who = f"脚本参演人“{TITLES.get(head.scripted, head.scripted)}”（不是人）"
    real = "没有计（不是照真实时间演的）" if head.real is None else spoken(head.real)
    return [
        ("演练", f"{head.title}（{head.drill}，第 {head.version} 版，难度 {head.level}）"),
        ("用的剧本", "、".join(head.playbooks)),
        ("参演人", who or "没有写姓名"),
        ("演练里的钟", f"{head.start:%H:%M:%S} 起，走了 {spoken(head.lasted)}"),
        ("真实用时", real + (f"，{'、'.join(head.speeds)}" if head.speeds else "")),
        ("主持", "程序自己放情况" if head.solo else "主持人"),
        ("提示", "可以要，扣分" if head.hints else "不给"),
        ("种子", str(head.seed)),
    ]


def _who(head: Head) -> Table:
    return Table("这一场", ("项目", "内容"), tuple(rows_about(head)))


def _ratings(made: Debrief, role: Label) -> Table:
    owners = {plan.objective: plan.owner for plan in made.plan}
    rows = tuple(
        (
            rating.rating or "—", rating.what, f"{rating.percent}%" if rating.percent is not None else "不计",
            RATED[rating.rating], rating.why, role(owners.get(rating.objective, "")),
        )
        for rating in made.ratings
    )  # fmt: skip
    return Table("", ("评", "目标", "得分", "意思", "依据", "谁改进"), rows)


def _reactions(made: Debrief) -> Table:
    rows = tuple(
        (
            str(one.number), one.clock, one.channel + ("（干扰项）" if one.red_herring else ""), one.text,
            one.next if one.after is None else f"{one.next}（{spoken(one.after)}后）",
        )
        for one in made.reactions
    )  # fmt: skip
    return Table("", ("号", "时间", "来路", "情况", "接着做的"), rows)


def _strengths(made: Debrief) -> Section:
    if not made.strengths:
        return Section("做得好的", ("没有一条要求按时做到。",))
    rows = tuple(
        (("★" if one.critical else "") + one.what, one.told, f"{one.marks:g}", seqs(one.events))
        for one in made.strengths
    )
    return Section("做得好的", ("★ 是要紧的。",), (Table("", ("要求", "怎样", "分", "记录"), rows),))


def _gaps(made: Debrief) -> Section:
    if not made.gaps:
        return Section("要改进的", ("没有丢分。",))
    rows = tuple(
        (
            f"{gap.loss.marks:g}", ("★" if gap.loss.critical else "") + gap.loss.what, gap.expected,
            gap.loss.told, seqs(gap.loss.events),
        )
        for gap in made.gaps
    )  # fmt: skip
    return Section(
        "要改进的", ("丢分多的在前。",), (Table("", ("丢分", "哪一条", "要求", "实际", "记录"), rows),)
    )


def _causes(made: Debrief) -> Section | None:
    if not made.causes:
        return None
    rows = tuple(
        (
            cause.title, str(len(cause.losses)), f"{cause.marks:g}",
            "；".join(f"{loss.what}：{loss.told}" for loss in cause.losses[:3])
            + (f"；另有 {len(cause.losses) - 3} 条" if len(cause.losses) > 3 else ""),
        )
        for cause in made.causes
    )  # fmt: skip
    worst = made.causes[0]
    text = f"丢分最多的原因是“{worst.title}”，{len(worst.losses)} 条，{worst.marks:g} 分。"
    return Section("为什么", (text,), (Table("", ("原因", "条数", "丢分", "都是哪些"), rows),))


def _harms(made: Debrief) -> Section | None:
    if not made.harms:
        return None
    rows = tuple(
        (
            one.clock, one.who, one.what + (f"（原话：{one.said}）" if one.said else ""), one.reaction or "—",
            f"{one.marks:g}" + ("，现场还没控制住" if one.early else ""),
        )
        for one in made.harms
    )  # fmt: skip
    return Section("做了不该做的", (), (Table("", ("时间", "谁", "做了什么", "现场的反应", "扣分"), rows),))


def _path(made: Debrief) -> Section:
    path = made.score.path
    texts = [f"剧本的最佳路径走了 {path.percent}%：办了 {len(path.done)} 步。"]
    for said, steps in (("提上来了没有办", made.undone), ("从没提上来（情况没问到）", made.unseen)):
        if steps:
            more = f"；另有 {len(steps) - _PATH} 步" if len(steps) > _PATH else ""
            texts.append(f"{said}的 {len(steps)} 步：{'；'.join(steps[:_PATH])}{more}。")
    return Section("和剧本比", tuple(texts))


def _remarks(made: Debrief) -> Section | None:
    if not made.remarks:
        return None
    rows = tuple((entry.clock, entry.text, entry.verdict, f"#{entry.seq}") for entry in made.remarks)
    return Section("主持人的记录", (), (Table("", ("时间", "内容", "", "记录"), rows),))


def _questions(made: Debrief) -> Section | None:
    if not made.hot_wash:
        return None
    return Section("趁热想一想", tuple(f"{n}. {text}" for n, text in enumerate(made.hot_wash, 1)))


def _plan(made: Debrief, role: Label) -> Section:
    if not made.plan:
        return Section("改进计划", ("各项目标都达到了，没有要跟进的。",))
    texts = []
    if made.lacking:
        lacking = "、".join(f"“{plan.what}”（{plan.lacks}）" for plan in made.lacking)
        texts.append(f"还缺责任人或期限，报告不能收尾：{lacking}。")
    rows = tuple(row for plan in made.plan for row in _plan_rows(plan, role))
    columns = ("评", "目标", "改进措施", "责任人", "期限", "佐证")
    return Section("改进计划", tuple(texts), (Table("", columns, rows),))


def _plan_rows(plan: Plan, role: Label) -> list[tuple[str, ...]]:
    if not plan.taken:
        who = role(plan.owner) or "待定"
        return [(plan.rating, plan.what, f"建议：{plan.proposal}", who, "待定", plan.evidence)]
    return [
        (
            plan.rating, plan.what, one.what,
            role(one.who) + (f"（{one.name}）" if one.name else "") or "待定",
            f"{parse(one.due):%Y-%m-%d}" if one.due else "待定", one.evidence,
        )
        for one in plan.taken
    ]  # fmt: skip


def _lines(made: Debrief) -> Table:
    rows = tuple((_worth(line), line.what, line.why, seqs(line.events)) for line in made.score.lines)
    return Table("", ("得分", "哪一条", "为什么", "记录"), rows)


def _worth(line: Line) -> str:
    if not line.counts:
        return "不计"
    return f"{line.marks:g}/{line.of:g}" if line.of else f"{line.marks:g}"


def _log(made: Debrief) -> Table:
    rows = tuple((entry.clock, entry.who, entry.text, entry.verdict) for entry in made.log)
    return Table("", ("时间", "谁", "什么", "判断"), rows)


def seqs(events: tuple[int, ...]) -> str:
    """Evidence as it is printed: `#3 #17`; many are counted."""
    return " ".join(f"#{seq}" for seq in events[:3]) + (f" 等 {len(events)} 条" if len(events) > 3 else "")
