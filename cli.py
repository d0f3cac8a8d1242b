"""The command line: each command parses, makes one call and shows one view."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from engine import __version__
from engine.console.errors import File, Program

_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON")
_FILE = File(path_type=Path)
_INCIDENT = click.argument("incident", metavar="[编号]", default="")


def _more_playbooks(context: click.Context, parameter: click.Parameter, folder: Path | None) -> None:
    """`--playbooks`: one more folder for this run; whether it is usable is found where it is read."""
    if folder is not None:
        from engine import paths

        os.environ[paths.EXTRA] = str(folder)


# at the top and at the commands where people would write it
_FOLDER = click.option(
    "--playbooks",
    "folder",
    type=_FILE,
    metavar="文件夹",
    help="另用这个文件夹里的剧本",
    callback=_more_playbooks,
    expose_value=False,
)
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(
    cls=Program,
    context_settings=_SETTINGS,
    invoke_without_command=True,
    epilog="没有终端时：zhiban respond 一句话 --answers 文件 --json；缺的回答以退出码 3 说明。",
)
@_FOLDER
@click.version_option(__version__, "--version", prog_name="zhiban", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> int:
    """值班：政务大厅突发情况，一步一步告诉你现在该做什么。不带参数直接开始。"""
    if context.invoked_subcommand is not None:
        return 0
    from engine.console import respond

    if not respond.interactive():
        click.echo(context.get_help())
        return 0
    return respond.home()


# ---- incidents ------------------------------------------------------------------------------------


@main.command()
@click.argument("text", nargs=-1, metavar="[一句话]")
@click.option("--playbook", "playbooks", multiple=True, metavar="ID", help="直接指定剧本，可几个")
@click.option("--answers", type=_FILE, metavar="文件", help="不用人按，照文件回答（YAML 或 JSON）")
@click.option("--first-screen", is_flag=True, help="只出第一屏就退出")
@_FOLDER
@_JSON
def respond(
    text: tuple[str, ...], playbooks: tuple[str, ...], answers: Path | None, first_screen: bool, as_json: bool
) -> int:
    """处置一件突发情况。"""
    from engine.console import respond

    return respond.respond(" ".join(text), playbooks, answers, json=as_json, first_screen=first_screen)


@main.command()
@_INCIDENT
@click.option("--answers", type=_FILE, metavar="文件", help="照文件回答")
@_JSON
def resume(incident: str, answers: Path | None, as_json: bool) -> int:
    """接着办没结束的事件（默认最近一件）。"""
    from engine.console import respond

    return respond.resume(incident, answers, json=as_json)


@main.group(context_settings=_SETTINGS)
def incident() -> None:
    """事件记录：查看、核对、报告、导出、交班。"""


@incident.command("list")
@click.option("--all", "every", is_flag=True, help="连演练、练习一起列")
@_JSON
def incident_list(every: bool, as_json: bool) -> None:
    """列出事件，新的在前。"""
    from engine.console import incidents

    incidents.listing(every=every, json=as_json)


@incident.command("show")
@_INCIDENT
@_JSON
def incident_show(incident: str, as_json: bool) -> None:
    """一件事的全部情况。"""
    from engine.console import incidents

    incidents.show(incident, json=as_json)


@incident.command("verify")
@_INCIDENT
@_JSON
def incident_verify(incident: str, as_json: bool) -> None:
    """核对记录有没有被改过。"""
    from engine.console import incidents

    incidents.verify(incident, json=as_json)


@incident.command("replay")
@_INCIDENT
@_JSON
def incident_replay(incident: str, as_json: bool) -> None:
    """按记录重新推一遍，与当时的结果对照。"""
    from engine.console import incidents

    incidents.replay(incident, json=as_json)


@incident.command("export")
@_INCIDENT
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件，不写到屏幕")
@click.option("--json", "as_json", is_flag=True, help="总是 JSON Lines，可不写")
def incident_export(incident: str, output: Path | None, as_json: bool) -> None:
    """导出带校验的原始记录（JSON Lines）。"""
    from engine.console import incidents

    incidents.export(incident, output)


@incident.command("handover")
@_INCIDENT
@_JSON
def incident_handover(incident: str, as_json: bool) -> None:
    """交班页：没办完的、时限、说过的话。"""
    from engine.console import incidents

    incidents.handover(incident, json=as_json)


@incident.command("report")
@_INCIDENT
@click.option(
    "--kind", default="summary", metavar="种类", help="summary 总结，first 初报，progress 续报，final 终报"
)
@click.option("--html", "as_html", is_flag=True, help="网页（默认 Markdown）")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件")
@_JSON
def incident_report(incident: str, kind: str, as_html: bool, output: Path | None, as_json: bool) -> None:
    """事件报告。"""
    from engine.console import incidents

    incidents.report(incident, kind, html=as_html, output=output, json=as_json)


@incident.command("why")
@click.argument("incident", metavar="编号")
@click.argument("step", metavar="步骤")
@_JSON
def incident_why(incident: str, step: str, as_json: bool) -> None:
    """为什么要做这一步。"""
    from engine.console import incidents

    incidents.why(incident, step, json=as_json)


@incident.command("why-not")
@click.argument("incident", metavar="编号")
@click.argument("rule", metavar="规则")
@_JSON
def incident_why_not(incident: str, rule: str, as_json: bool) -> None:
    """一条规则为什么没有起作用。"""
    from engine.console import incidents

    incidents.why_not(incident, rule, json=as_json)


@incident.command("what-if")
@click.argument("incident", metavar="编号")
@click.argument("change", metavar="事实=值")
@_JSON
def incident_what_if(incident: str, change: str, as_json: bool) -> None:
    """假如情况不同，要做的事有什么变化。"""
    from engine.console import incidents

    incidents.what_if(incident, change, json=as_json)


# ---- playbooks ------------------------------------------------------------------------------------


@main.group(context_settings=_SETTINGS)
def playbook() -> None:
    """剧本：列表、查看、检查、格式。"""


@playbook.command("list")
@_FOLDER
@_JSON
def playbook_list(as_json: bool) -> None:
    """列出剧本。"""
    from engine.console import books

    books.listing(json=as_json)


@playbook.command("show")
@click.argument("playbook", metavar="ID或文件")
@click.option("--html", "as_html", is_flag=True, help="一张网页：图，能选情况看计划怎么变")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="网页写到文件，不写到屏幕")
@_FOLDER
@_JSON
def playbook_show(playbook: str, as_html: bool, output: Path | None, as_json: bool) -> None:
    """一个剧本：各阶段什么情况下做什么，要弄清哪些事，怎样算了结。"""
    from engine.console import drawing

    drawing.show(playbook, html=as_html, output=output, json=as_json)


@playbook.command("diff")
@click.argument("old", metavar="旧")
@click.argument("new", metavar="[新]", default="")
@click.option("--exit-code", "exit_code", is_flag=True, help="有不同就以退出码 1 结束（平时总是 0）")
@_FOLDER
@_JSON
def playbook_diff(old: str, new: str, exit_code: bool, as_json: bool) -> int:
    """两个剧本（文件或 ID）哪里不同：什么情形下计划变了，话、时限、问题改了什么。

    只写一个 ID：自带的与现在用的相比，看本厅改了什么。只写一个文件：有它与没有它相比。
    """
    from engine.console import drawing

    return drawing.diff(old, new, exit_code=exit_code, json=as_json)


@playbook.command("check")
@click.argument("paths", nargs=-1, type=_FILE, metavar="[文件或 ID]…")
@click.option("--pairs", is_flag=True, help="连每两个剧本的组合一起查")
@_FOLDER
@_JSON
def playbook_check(paths: tuple[Path, ...], pairs: bool, as_json: bool) -> int:
    """走遍每一种情况，找出错处、走不通的路和多余的问题。"""
    from engine.console import checking

    return checking.check(paths, pairs=pairs, json=as_json)


@playbook.command("test")
@click.argument("paths", nargs=-1, type=_FILE, metavar="[用例文件或 ID]…")
@click.option("--mutants", is_flag=True, help="列出用例漏掉的：没照到的条件、看不出的改动，并给出补法")
@click.option("--strict", is_flag=True, help="条件覆盖不到 100%、变异检出不到 90% 也算不通过")
@_JSON
def playbook_test(paths: tuple[Path, ...], mutants: bool, strict: bool, as_json: bool) -> int:
    """跑剧本的用例，量一量用例照得全不全。"""
    from engine.console import testing

    return testing.test(paths, mutants=mutants, strict=strict, json=as_json)


@playbook.command("sources")
@click.argument("ids", nargs=-1, metavar="[剧本、阶段或编号]…")
@click.option("--statement", default="", metavar="编号", help="一条语句落实在哪里，一处不漏")
@click.option("--unused", is_flag=True, help="只列没有引用的和原因")
@_FOLDER
@_JSON
def playbook_sources(ids: tuple[str, ...], statement: str, unused: bool, as_json: bool) -> int:
    """出处：材料里的每条语句落实在哪条规则、哪个步骤。"""
    from engine.console import sourcing

    return sourcing.report(ids, statement=statement, unused=unused, json=as_json)


@playbook.command("new")
@click.argument("playbook", metavar="ID")
@click.option("--title", metavar="文字", help="标题")
@click.option("--words", metavar="文字", help="听到的词，几个用逗号隔开")
@click.option("--first", metavar="文字", help="一开始做的一步")
@click.option("--who", metavar="岗位", help="这一步谁来做")
@click.option("--question", metavar="文字", help="一个是或否的问题")
@click.option("--if-yes", metavar="文字", help="答“是”做什么")
@click.option("--if-no", metavar="文字", help="答“否”或说不清做什么")
@click.option("--finish", metavar="文字", help="了结的一步")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到这里，不写进本厅的剧本文件夹")
@_FOLDER
@_JSON
def playbook_new(playbook: str, output: Path | None, as_json: bool, **said: str | None) -> int:
    """写一份新剧本的底稿和用例：一问一答，或用选项写明。"""
    from engine.console import authoring

    return authoring.new(playbook, said, output, json=as_json)


@playbook.command("export")
@click.argument("playbook", metavar="文件或ID")
@click.option("--cacao", is_flag=True, required=True, help="OASIS CACAO 2.0 的 JSON")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件，不写到屏幕")
@_FOLDER
def playbook_export(playbook: str, cacao: bool, output: Path | None) -> None:
    """把剧本导出给别的程序：CACAO 2.0。"""
    from engine.console import authoring

    authoring.export(playbook, output)


@playbook.command("schema")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件")
@click.option("--json", "as_json", is_flag=True, help="总是 JSON，可不写")
def playbook_schema(output: Path | None, as_json: bool) -> None:
    """剧本格式的 JSON Schema，给编辑器用。"""
    from engine.console import books

    books.schema(output)


# ---- hotline orders -------------------------------------------------------------------------------

_NO = click.argument("no", metavar="工单号")
_UNMASK = click.option("--unmask", metavar="理由", help="显示完整号码；理由记入台账")


@main.group(context_settings=_SETTINGS)
def order() -> None:
    """热线工单：登记、派单、时限、留痕、答复、回访。"""


@order.command("list")
@click.option("--all", "every", is_flag=True, help="连了结的一起列")
@click.option("--late", is_flag=True, help="只列过期的")
@click.option("--unit", default="", metavar="单位", help="只列这个单位的")
@click.option(
    "--limit", type=int, metavar="件数", help="只列前几件，0 全列；不写时屏幕上列 200 件，输出到文件全列"
)
@_UNMASK
@_JSON
def order_list(
    every: bool, late: bool, unit: str, limit: int | None, unmask: str | None, as_json: bool
) -> None:
    """列出没了结的工单，先受理的在前。"""
    from engine.console import orders

    orders.listing(every=every, late=late, unit=unit, limit=limit, unmask=unmask, json=as_json)


@order.command("next")
@click.option("--count", default=9, show_default=True, help="最多几件")
@_JSON
def order_next(count: int, as_json: bool) -> None:
    """现在该办什么：最急的在前，一件一行。"""
    from engine.console import orders

    orders.following(count=count, json=as_json)


@order.command("show")
@_NO
@_UNMASK
@_JSON
def order_show(no: str, unmask: str | None, as_json: bool) -> None:
    """一件工单的全部情况。"""
    from engine.console import orders

    orders.show(no, unmask=unmask, json=as_json)


@order.command("work")
@_NO
@click.option("--answers", type=_FILE, metavar="文件", help="照文件回答")
@_FOLDER
@_JSON
def order_work(no: str, answers: Path | None, as_json: bool) -> int:
    """照热线剧本一步一步办这一单；办到哪，台账记到哪。"""
    from engine.console import orderwork

    return orderwork.work(no, answers, json=as_json)


@order.command("add")
@_NO
@click.option("--received", metavar="时刻", help="受理时间，如 9:12；不写就是现在")
@click.option("--urgency", type=click.Choice(["life", "living", "plain"]), help="轻重：生命财产、民生、其他")
@click.option("--phone", metavar="号码", help="来电人电话")
@click.option("--name", metavar="姓名", help="来电人姓名")
@click.option("--kind", metavar="类别", help="类别")
@click.option("--claim", metavar="类型", help="投诉、举报、咨询、求助、建议")
@click.option("--subject", metavar="名称", help="反映的是谁、什么")
@click.option("--place", metavar="地点", help="地点")
@click.option("--content", metavar="文字", help="内容")
@click.option("--channel", metavar="渠道", help="渠道")
@click.option("--due", metavar="时刻", help="上级要求的办结时刻，先于口径里的时限")
@_JSON
def order_add(no: str, as_json: bool, **fields: str | None) -> None:
    """登记一件工单。"""
    from engine.console import orders

    orders.add(no, fields, json=as_json)


def _act(name: str, kind: str, about: str, *fields: str, **fixed: object) -> None:
    """A command that records one act. Fields: `text` an argument, `--why=原因` an option."""

    def run(no: str, at: str | None, as_json: bool, **data: object) -> None:
        from engine.console import orders

        orders.act(no, kind, {**fixed, **data}, at, json=as_json)

    command = _JSON(click.option("--at", metavar="时刻", help="早先办的，写那时的时刻，如 9:12")(run))
    for field in reversed(fields):
        option, _, help = field.partition("=")
        if option.startswith("--"):
            command = click.option(option, metavar="文字", help=help)(command)
        else:
            command = click.argument(option, metavar=help)(command)
    order.command(name, help=about)(_NO(command))


_TRACE = ("--evidence=留痕的文件名", "--none=确实没有留痕的原因")
_act(
    "verify",
    "verified",
    "记核实结果。",
    "--truth=real、partly、untrue、malicious",
    "--approved=认定恶意的领导",
    *_TRACE,
)
_act("owner", "owned", "定归谁管。", "owner=mine|joint|other|nobody", "--decides=没有主管时由哪位领导定")
_act(
    "dispatch",
    "dispatched",
    "双派：主责单位和所在村。",
    "unit=单位",
    "--second=村（社区）",
    "--why=只派一家的原因",
)
_act("respond", "responded", "记联系上了来电人。", *_TRACE)
_act("meet", "met", "记见面情况。", "how=met|refused|needless", "--why=不用见面的原因", *_TRACE)
_act("plan", "planned", "记方案。", "--text=哪步、谁办、哪天完")
_act("arrange", "arranged", "记调度落实。")
_act("remind", "reminded", "记催办。", "--text=催什么")
_act("escalate", "escalated", "记报领导。", "--to=报给谁", "--why=原因")
_act("repeat", "repeated", "记同一件事再次来电。", "--text=说了什么")
_act("evidence", "evidence", "补一步的留痕。", "step=verify|respond|meet|handle|reply", *_TRACE)
_act("exclude", "excluded", "剔除：写明原因和证据。", "reason=原因编号", "--why=理由", "--evidence=证据材料")
_act("close", "concluded", "办结。", "--text=办成什么样", *_TRACE)
_act("reply", "replied", "记答复来电人。", "--how=phone（打电话）或 face（当面）", "--text=说了什么", *_TRACE)
_act("extend", "extended", "延期，要在到期前。", "--by=多久，如 3wd", "--why=原因", limit="close")
_act("pause", "paused", "停表。", "--why=原因")
_act("continue", "resumed", "恢复计时。")
_act(
    "final",
    "final",
    "领导给不满意的来电人最后书面答复，这一单了结。",
    "--by=哪位领导",
    "--text=办了什么、到哪里复核",
    "--evidence=书面答复",
)
_act("reopen", "reopened", "重办。", "--why=原因", "--due=新的办结时刻")
_act(
    "improve",
    "follow_up",
    "由这一单引出的后续改进，进后续台账。",
    "what=做什么",
    "--who=负责的岗位",
    "--due=哪天完成，如 30d、2026-12-31",
    "--evidence=完成时要什么证据",
    "--cause=原因；同因多了会提议常备办法",
)
_act("note", "noted", "记一笔。", "text=内容")
_act("outcry", "outcry", "记因办得不力闹成的舆情。", "--why=哪里的舆情")


@order.command("callback")
@_NO
@click.option("--resolved/--unresolved", default=None, help="解决了没有")
@click.option("--satisfied", metavar="档", help="满意度，如 满意")
@click.option("--unreached", is_flag=True, help="问不到的：了结，不算满意也不算不满意")
@click.option("--why", metavar="文字", help="打过几次、为什么问不到")
@click.option("--at", metavar="时刻", help="早先回访的，写那时的时刻")
@_JSON
def order_callback(
    no: str,
    resolved: bool | None,
    satisfied: str | None,
    unreached: bool,
    why: str | None,
    at: str | None,
    as_json: bool,
) -> None:
    """记回访：办结、答复之后。"""
    from engine.console import orders

    data = {"resolved": resolved, "satisfied": satisfied, "unreached": unreached or None, "why": why}
    orders.act(no, "callback", data, at, json=as_json)


@order.command("import")
@click.argument("file", type=_FILE, metavar="表格")
@click.option("--dry-run", is_flag=True, help="只检查，什么也不写")
@click.option(
    "--map", "maps", multiple=True, metavar="列=字段", help="指定一列是什么，可几个；字段写 - 就不用它"
)
@click.option("--save-map", is_flag=True, help="把列的对应记下来，下次照用")
@click.option("--sheet", default="", metavar="名称", help="工作簿里的哪张表")
@click.option("--update", is_flag=True, help="台账里已有而不同的，以新表为准")
@click.option("--skip-acted", is_flag=True, help="这里已经办过的，以台账为准，跳过表里那一行")
@click.option("--problems", type=_FILE, metavar="文件", help="把列出的问题写成 CSV，一格一行")
@click.option("--force", is_flag=True, help="问题文件已有也写，盖掉旧的")
@_JSON
def order_import(file: Path, maps: tuple[str, ...], as_json: bool, **wants: Any) -> int:
    """从 CSV、XLSX 导入；有一处错就一行也不写，逐格列出。"""
    from engine.console import orderimport

    return orderimport.bring_in(file, maps, json=as_json, **wants)


_SPAN = [
    click.option("--week", "span", flag_value="week", help="一周（周一到周日）"),
    click.option("--month", "span", flag_value="month", help="一个月"),
    click.option("--quarter", "span", flag_value="quarter", help="一个季度"),
    click.option("--year", "span", flag_value="year", help="一年，评优按它定"),
    click.option("--all", "span", flag_value="all", help="全部"),
    click.option("--day", metavar="日期", help="哪一天所在的周、月、季度或年；不写是今天"),
]


def _span(command: Any) -> Any:
    for option in _SPAN:
        command = option(command)
    return command


@order.command("stats")
@_span
@click.option("--md", "form", flag_value="md", help="报告，Markdown")
@click.option("--html", "form", flag_value="html", help="报告，带图的网页")
@click.option("--docx", "form", flag_value="docx", help="报告，Word 文档")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件")
@click.option("--force", is_flag=True, help="文件已有也写，盖掉旧的")
@_JSON
def order_stats(
    span: str | None, day: str | None, form: str | None, output: Path | None, force: bool, as_json: bool
) -> None:
    """几项率、计分、排名、高频、热力图；周报、月报。"""
    from engine.console import orderstats

    orderstats.stats(span, day, form, output, force=force, json=as_json)


@order.command("export")
@_span
@click.option("--xlsx", "form", flag_value="xlsx", help="Excel 表")
@click.option("--csv", "form", flag_value="csv", help="CSV 表（UTF-8）")
@click.option("--unit", default="", metavar="单位", help="只要这个单位的")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件")
@click.option("--force", is_flag=True, help="文件已有也写，盖掉旧的")
@_UNMASK
def order_export(
    span: str | None, day: str | None, form: str | None, unit: str, output: Path | None, force: bool,
    unmask: str | None,
) -> None:  # fmt: skip
    """导出台账；号码默认打码。"""
    from engine.console import orderexport

    orderexport.export(span, day, form, unit, output, unmask, force=force)


# ---- the rest -------------------------------------------------------------------------------------


@main.command()
@click.argument("playbooks", nargs=-1, required=True, metavar="剧本…")
@click.option("--seed", default=0, show_default=True, help="同一个数走同一遍")
@_FOLDER
@_JSON
def simulate(playbooks: tuple[str, ...], seed: int, as_json: bool) -> int:
    """虚拟值班员把剧本从头走到结束，不留记录。"""
    from engine.console import books

    return books.simulate(playbooks, seed, json=as_json)


@main.command()
@click.argument("text", nargs=-1, metavar="[一句话]")
@click.option("--batch", type=_FILE, metavar="文件", help="JSON Lines，每行 id 和 text")
@click.option("--eval", "evaluation", type=_FILE, metavar="文件", help="按标注好的文件量准确率")
@click.option("--explain", "why", is_flag=True, help="分数怎么来的，哪些字眼没算")
@click.option(
    "--teach", "labels", multiple=True, metavar="剧本", help="听错了：该是哪个剧本，可几个；none＝不是事件"
)
@click.option("--taught", is_flag=True, help="列出教过的话（JSON Lines，可导出）")
@_FOLDER
@_JSON
def triage(
    text: tuple[str, ...],
    batch: Path | None,
    evaluation: Path | None,
    why: bool,
    labels: tuple[str, ...],
    taught: bool,
    as_json: bool,
) -> None:
    """听一句话，判断是哪类事、有没有危险。"""
    from engine.console import hearsay

    if taught:
        hearsay.lessons()
    elif labels:
        hearsay.teach(" ".join(text), labels, json=as_json)
    else:
        hearsay.triage_command(" ".join(text), batch, evaluation, why=why, json=as_json)


_LEARNER = click.option("--learner", default="", metavar="名字", help="谁在练；不写是上次练的那位")


@main.group(context_settings=_SETTINGS, invoke_without_command=True)
@_LEARNER
@_JSON
@click.pass_context
def practice(context: click.Context, learner: str, as_json: bool) -> int:
    """面试练习：做到期的题，逐点评分，复习漏的，看进步。不带子命令就做现在该做的一道。"""
    if context.invoked_subcommand is not None:
        # what stands before the subcommand holds for it
        context.default_map = {context.invoked_subcommand: {"learner": learner, "as_json": as_json}}
        return 0
    from engine.console import practice_commands

    return practice_commands.home(learner, json=as_json)


@practice.command("list")
@_LEARNER
@_JSON
def practice_list(learner: str, as_json: bool) -> None:
    """列出题目，和这位学员上次的得分、到期的点。"""
    from engine.console import practice_commands

    practice_commands.listing(learner, json=as_json)


@practice.command("start")
@click.argument("questions", nargs=-1, metavar="[题号]…")
@_LEARNER
@click.option("--set", "together", is_flag=True, help="一套 3 道 20 分钟，连审题在内，答完一起评分")
@click.option(
    "--answer", "answers", multiple=True, type=_FILE, metavar="文件", help="作答在文件里；一套时一道一个"
)
@click.option("--reply", type=_FILE, metavar="文件", help="追问的回答在文件里")
@click.option("--think", type=float, metavar="秒", help="思考几秒（默认按题，0 不要）")
@click.option("--limit", type=float, metavar="秒", help="作答限几秒（默认按题，0 不限）；一套时是总共")
@_JSON
def practice_start(
    questions: tuple[str, ...],
    learner: str,
    together: bool,
    answers: tuple[Path, ...],
    reply: Path | None,
    think: float | None,
    limit: float | None,
    as_json: bool,
) -> int:
    """做一道题或一套题：倒计时、作答、评分、追问；写的随时存着，断了接着写。"""
    from engine.console import practice_commands

    return practice_commands.start(
        questions, learner, answers, reply, together=together, think=think, limit=limit, json=as_json
    )


@practice.command("review")
@_LEARNER
@click.option("--count", default=10, show_default=True, help="最多几个点")
@click.option("--ahead", is_flag=True, help="没到时候的也练")
@click.option("--answers", type=_FILE, metavar="文件", help="JSON：采分点编号和说的话")
@_JSON
def practice_review(learner: str, count: int, ahead: bool, answers: Path | None, as_json: bool) -> int:
    """单练上次没说全、现在到期的采分点。"""
    from engine.console import practice_review

    return practice_review.review(learner, count, answers, ahead=ahead, json=as_json)


@practice.command("progress")
@_LEARNER
@click.option("--all", "every", is_flag=True, help="全部学员，一人一行")
@click.option("--html", type=_FILE, metavar="文件", help="写成带图的网页")
@click.option("--force", is_flag=True, help="文件已有也写，盖掉旧的")
@_JSON
def practice_progress(learner: str, every: bool, html: Path | None, force: bool, as_json: bool) -> None:
    """进步：按阶段、按场景、按时间，连续天数，到期的。"""
    from engine.console import practice_progress

    if every:
        practice_progress.everybody(json=as_json)
        return
    practice_progress.progress(learner, html, force=force, json=as_json)


@practice.command("export")
@click.argument("file", type=_FILE, metavar="[文件.xlsx]", required=False)
@_LEARNER
@click.option("--state", type=_FILE, metavar="文件", help="一位学员的记录和复习安排，JSON，可导入别的机器")
@click.option("--force", is_flag=True, help="文件已有也写，盖掉旧的")
@click.option("--json", "as_json", is_flag=True, help="同 --state，输出到屏幕")
def practice_export(file: Path | None, learner: str, state: Path | None, force: bool, as_json: bool) -> None:
    """导出：给培训人员的 Excel（全部学员），或一位学员的记录。"""
    from engine.console import practice_progress

    practice_progress.export(file, learner, state, force=force, json=as_json)


@practice.command("import")
@click.argument("file", type=_FILE, metavar="文件")
@click.option("--learner", default="", metavar="名字", help="记到谁名下；不写照文件里的")
@_JSON
def practice_import(file: Path, learner: str, as_json: bool) -> None:
    """导入 export --state 写出的记录；已有的不动，可重复导入。"""
    from engine.console import practice_progress

    practice_progress.bring_in(file, learner, json=as_json)


@practice.command("grade")
@click.argument("question", metavar="[题号]", default="")
@click.option("--answer", type=_FILE, metavar="文件", help="作答，文本文件")
@click.option("--batch", type=_FILE, metavar="文件", help="JSON Lines，每行 id、question、text")
@_JSON
def practice_grade(question: str, answer: Path | None, batch: Path | None, as_json: bool) -> None:
    """给一份作答评分：每个采分点凭哪句话给的，漏了什么。"""
    from engine.console import grading

    grading.grade(question, answer, batch, json=as_json)


@practice.command("eval")
@click.argument("file", type=_FILE, metavar="文件")
@_JSON
def practice_eval(file: Path, as_json: bool) -> None:
    """按标注好的作答量评分的准确率，列出差异。"""
    from engine.console import grading

    grading.evaluate(file, json=as_json)


@practice.command("new")
@click.option("--from", "playbook", metavar="剧本", required=True, help="从哪个剧本的走法写")
@click.option("--seed", type=click.IntRange(1), default=1, metavar="数", help="抽哪一条走法，默认 1")
@click.option("--fact", "facts", multiple=True, metavar="名称=答案", help="题面里要有的事实，可写几次")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件，不写到屏幕")
def practice_new(playbook: str, seed: int, facts: tuple[str, ...], output: Path | None) -> None:
    """从剧本的一条走法写一道题的底稿，改过再用。"""
    from engine.console import bank

    bank.new(playbook, seed, facts, output)


@practice.command("check")
@click.argument("files", nargs=-1, type=_FILE, metavar="[文件]...")
@_JSON
def practice_check(files: tuple[Path, ...], as_json: bool) -> int:
    """查题目：分值、出处、剧本走得到、提纲评得到、题面不漏答案。"""
    from engine.console import bank

    return bank.check(files, json=as_json)


@main.command()
@_JSON
def init(as_json: bool) -> None:
    """写一份空的本厅资料 hall.yaml（已有的不动）。"""
    from engine.console import books

    books.init(json=as_json)


@main.command()
@_FOLDER
@_JSON
def doctor(as_json: bool) -> None:
    """检查运行环境。"""
    from engine.console import books

    books.doctor(json=as_json)


# ---- follow-ups -----------------------------------------------------------------------------------

_ID = click.argument("name", metavar="编号")
_MODE = click.option(
    "--mode",
    type=click.Choice(["real", "drill", "practice"]),
    default="real",
    help="真实（默认）、演练、练习的分开",
)
_DUE = click.option("--due", default="", metavar="期限", help="如 15天、下周一、2026-12-31、5wd（工作日）")
_REASON = click.option("--reason", "--why", "reason", default="", metavar="文字", help="原因")
_LATE = click.option("--overdue", is_flag=True, help="只列过期的")
_MINE = click.option("--mine", default="", metavar="岗位", help="只列这个岗位的，如 head、大厅主任")


@main.group(context_settings=_SETTINGS)
def followup() -> None:
    """后续跟进：事件、工单、演练留下的事，谁办、几时前、凭据、见没见效。"""


@followup.command("list")
@_LATE
@_MINE
@click.option("--all", "every", is_flag=True, help="连办结的一起列")
@_MODE
@_UNMASK
@_JSON
def followup_list(as_json: bool, **picked: Any) -> None:
    """列出要跟进的事，最急的在前。"""
    from engine.console import followups

    followups.listing(**picked, json=as_json)


@followup.command("show")
@_ID
@_UNMASK
@_JSON
def followup_show(name: str, unmask: str | None, as_json: bool) -> None:
    """一件后续的全部情况。"""
    from engine.console import followups

    followups.show(name, unmask=unmask, json=as_json)


@followup.command("add")
@click.argument("what", metavar="做什么")
@click.option("--who", required=True, metavar="岗位", help="谁负责，如 head、大厅主任")
@click.option("--name", default="", metavar="姓名", help="具体的人；不写按 hall.yaml 的岗位")
@_DUE
@click.option("--check", default="", metavar="多久", help="办好后多久检查效果，如 30天")
@click.option("--evidence", default="", metavar="文字", help="要的凭据")
@click.option("--cause", default="", metavar="文字", help="原因；同因几次会提议立常备办法")
@_MODE
@_JSON
def followup_add(mode: Any, as_json: bool, **said: str) -> None:
    """另行交办一件。"""
    from engine.console import followups

    followups.add(**said, mode=mode, json=as_json)


@followup.command("done")
@_ID
@click.option("--evidence", default="", metavar="文字", help="凭据：文号、照片、记录放在哪")
@click.option("--cause", default="", metavar="文字", help="查明的原因")
@_JSON
def followup_done(name: str, evidence: str, cause: str, as_json: bool) -> None:
    """办好了，写上凭据。"""
    from engine.console import followups

    followups.done(name, evidence, cause, json=as_json)


@followup.command("check")
@click.argument("name", metavar="[编号]", default="")
@click.argument("answer", metavar="[yes|no]", default="")
@click.option("--note", default="", metavar="文字", help="检查到的情况")
@_DUE
@click.option("--early", is_flag=True, help="不到时候就已见效（要写 --note）")
@_JSON
def followup_check(name: str, answer: str, note: str, due: str, early: bool, as_json: bool) -> None:
    """检查效果：见效办结，没见效定新期限重新办；不写编号列出等查的。"""
    from engine.console import followups

    followups.check(name, answer, note, due, early=early, json=as_json)


@followup.command("reopen")
@_ID
@_DUE
@_REASON
@_JSON
def followup_reopen(name: str, due: str, reason: str, as_json: bool) -> None:
    """办过的重新办。"""
    from engine.console import followups

    followups.reopen(name, due, reason, json=as_json)


@followup.command("postpone")
@_ID
@_DUE
@_REASON
@_JSON
def followup_postpone(name: str, due: str, reason: str, as_json: bool) -> None:
    """改期限。"""
    from engine.console import followups

    followups.postpone(name, due, reason, json=as_json)


@followup.command("proposals")
@_MODE
@_JSON
def followup_proposals(mode: Any, as_json: bool) -> None:
    """一再发生的事：提议立常备办法，列出背后的几次。"""
    from engine.console import followupcauses

    followupcauses.proposals(mode=mode, json=as_json)


@followup.command("accept")
@click.argument("cause", metavar="原因")
@click.option("--what", default="", metavar="文字", help="立什么办法")
@click.option("--who", default="", metavar="岗位", help="谁负责；不写是大厅主任")
@_DUE
@_MODE
@_JSON
def followup_accept(cause: str, what: str, who: str, due: str, mode: Any, as_json: bool) -> None:
    """采纳一项提议，列入后续。"""
    from engine.console import followupcauses

    followupcauses.accept(cause, mode=mode, what=what, who=who, due=due, json=as_json)


@followup.command("decline")
@click.argument("cause", metavar="原因")
@_REASON
@_MODE
@_JSON
def followup_decline(cause: str, reason: str, mode: Any, as_json: bool) -> None:
    """不采纳一项提议，写明原因。"""
    from engine.console import followupcauses

    followupcauses.decline(cause, reason, mode=mode, json=as_json)


@followup.command("export")
@click.option("--xlsx", is_flag=True, help="Excel 表")
@click.option("--csv", is_flag=True, help="CSV 表（UTF-8）")
@click.option("--ics", is_flag=True, help="日历待办（iCalendar）")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件")
@click.option("--force", is_flag=True, help="文件已有也写，盖掉旧的")
@click.option("--current", is_flag=True, help="不要办结的")
@_LATE
@_MINE
@_MODE
@_UNMASK
def followup_export(xlsx: bool, csv: bool, ics: bool, output: Path | None, **picked: Any) -> None:
    """导出成表格或日历待办。"""
    from engine.console import followupexport

    forms = tuple(name for name, on in (("xlsx", xlsx), ("csv", csv), ("ics", ics)) if on)
    followupexport.export(forms, output, **picked)


# ---- drills ---------------------------------------------------------------------------------------


@main.group(context_settings=_SETTINGS)
def drill() -> None:
    """演练：用同一套剧本练，主持人加情况，打分，讲评。"""


@drill.command("list")
@_JSON
def drill_list(as_json: bool) -> None:
    """列出现成的演练。"""
    from engine.console import drills

    drills.listing(json=as_json)


@drill.command("check")
@click.argument("files", nargs=-1, type=_FILE, metavar="[文件或名称]...")
@click.option("--play/--no-play", default=True, help="让脚本参演人各走一遍（默认走）")
@_JSON
def drill_check(files: tuple[Path, ...], play: bool, as_json: bool) -> int:
    """查演练文件：来不了的、说漏的、评不出的；再走一遍看分数排得对不对。"""
    from engine.console import drills

    return drills.check(files, play=play, json=as_json)


@drill.command("new")
@click.option("--from", "playbook", metavar="剧本", required=True, help="用哪个剧本")
@click.option("--difficulty", type=click.IntRange(1, 5), default=2, help="难度 1 到 5，默认 2")
@click.option("--seed", type=click.IntRange(0), default=1, metavar="数", help="同一颗种子出同一场，默认 1")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件，不写到屏幕")
@_JSON
def drill_new(playbook: str, difficulty: int, seed: int, output: Path | None, as_json: bool) -> None:
    """由剧本生成一场演练：实情、情况和要求沿一条走法抽出。"""
    from engine.console import drills

    drills.new(playbook, difficulty, seed, output, json=as_json)


@drill.command("export")
@click.argument("name", metavar="名称或文件")
@click.option("--xlsx", is_flag=True, help="Excel 表（不写就是 CSV）")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件")
@click.option("--force", is_flag=True, help="文件已有也写，盖掉旧的")
def drill_export(name: str, xlsx: bool, output: Path | None, force: bool) -> None:
    """演练脚本导出成表（MSEL）：什么时刻、从哪来、说什么、预期反应。"""
    from engine.console import drills

    drills.export(name, output, xlsx=xlsx, force=force)


@drill.command("import")
@click.argument("name", metavar="名称或文件")
@click.argument("sheet", type=_FILE, metavar="表")
@click.option("--output", "-o", type=_FILE, metavar="文件", help="写成新的演练文件")
@click.option("--force", is_flag=True, help="文件已有也写，盖掉旧的")
@_JSON
def drill_import(name: str, sheet: Path, output: Path | None, force: bool, as_json: bool) -> int:
    """改过的脚本表收回来，写成新的演练文件；有错逐格说清，不写。"""
    from engine.console import drills

    return drills.take_in(name, sheet, output, force=force, json=as_json)


@drill.command("run")
@click.argument("name", metavar="[演练|文件|编号]", default="")
@click.option("--role", default="", metavar="岗位", help="演哪个岗位，默认第一个")
@click.option("--name", "person", default="", metavar="姓名", help="谁来演")
@click.option("--seed", type=click.IntRange(0), metavar="数", help="同一颗种子同一场")
@click.option("--speed", type=click.IntRange(1, 600), default=1, metavar="倍", help="钟走几倍快")
@click.option("--step", is_flag=True, help="钟一步一步走：空行一步，或 等 30s")
@click.option("--paused", is_flag=True, help="先停着，等主持人或 p 开始")
@click.option("--hints", is_flag=True, help="可以要提示（扣分）")
@click.option("--team", is_flag=True, help="几个人一起练，别的终端用 drill join")
@click.option("--answers", type=_FILE, metavar="文件", help="照文件演，不等时间：每行 T+90s 说 …")
@click.option(
    "--as", "scripted", type=click.Choice(["perfect", "silent", "harmful", "random"]), help="脚本演"
)
@_JSON
def drill_run(name: str, speed: int, step: bool, paused: bool, as_json: bool, **more: Any) -> int:
    """演一场，或接着演没完的（不写名称就是最近一场没完的）。"""
    from engine.console import drill_commands

    pace = drill_commands.Pace(speed, step, paused)
    return drill_commands.run(name, pace=pace, json=as_json, **more)


@drill.command("join")
@click.argument("name", metavar="[编号]", default="")
@click.option("--role", required=True, metavar="岗位", help="演哪个岗位")
@click.option("--name", "person", default="", metavar="姓名", help="谁来演")
def drill_join(name: str, role: str, person: str) -> int:
    """加入正在演的一场，演另一个岗位。"""
    from engine.console import drill_commands

    return drill_commands.join(name, role=role, person=person)


@drill.command("control")
@click.argument("name", metavar="[编号]", default="")
@click.option("--do", "orders", multiple=True, metavar="命令", help="做一件事就走，例如 --do “放 2”")
@_JSON
def drill_control(name: str, orders: tuple[str, ...], as_json: bool) -> int:
    """主持一场：看全局，放情况、推迟、暂停、记、评。"""
    from engine.console import drill_control

    return drill_control.control(name, orders=orders, json=as_json)


@drill.command("runs")
@_JSON
def drill_runs(as_json: bool) -> None:
    """列出演过的和没完的。"""
    from engine.console import drill_commands

    drill_commands.listing(json=as_json)


@drill.command("score")
@click.argument("name", metavar="[编号]", default="")
@_JSON
def drill_score(name: str, as_json: bool) -> None:
    """一场演练的分数，每一分为什么、依据哪一条记录。"""
    from engine.console import drill_commands

    drill_commands.score(name, json=as_json)


@drill.command("debrief")
@click.argument("name", metavar="[编号]", default="")
@click.option("--html", type=_FILE, metavar="文件", help="整份报告写成网页，带时间线图")
@click.option("--docx", type=_FILE, metavar="文件", help="整份报告写成 Word")
@click.option("--md", is_flag=True, help="整份报告打印成 Markdown")
@click.option("--force", is_flag=True, help="文件已有也写，盖掉旧的")
@_JSON
def drill_debrief(
    name: str, html: Path | None, docx: Path | None, md: bool, force: bool, as_json: bool
) -> None:
    """讲评：目标评定、丢分和原因、时间线、改进计划。"""
    from engine.console import drill_debrief

    drill_debrief.show(name, html, docx, md, force=force, json=as_json)


@drill.command("improve")
@click.argument("name", metavar="编号")
@click.argument("objective", metavar="目标")
@click.option("--what", default="", metavar="文字", help="做什么；不写用建议的")
@click.option("--who", default="", metavar="岗位", help="谁负责；不写用演练里定的")
@click.option("--name", "person", default="", metavar="姓名", help="具体的人")
@_DUE
@click.option("--evidence", default="", metavar="文字", help="要的凭据")
@_JSON
def drill_improve(name: str, objective: str, as_json: bool, **said: str) -> None:
    """没做到的目标定下改进：做什么、谁、几时；列入后续台账。"""
    from engine.console import drill_debrief

    drill_debrief.improve(name, objective, **said, json=as_json)


@drill.command("close")
@click.argument("name", metavar="编号")
@_JSON
def drill_close(name: str, as_json: bool) -> None:
    """报告收尾；没做到的目标还没有责任人和期限，就不能收。"""
    from engine.console import drill_debrief

    drill_debrief.close(name, json=as_json)


@drill.command("compare")
@click.option("--person", default="", metavar="姓名", help="只看一个人")
@click.option("--drill", "drill_id", default="", metavar="演练", help="只看一场演练")
@click.option("--html", type=_FILE, metavar="文件", help="写成网页，带图")
@click.option("--force", is_flag=True, help="文件已有也写，盖掉旧的")
@_JSON
def drill_compare(person: str, drill_id: str, html: Path | None, force: bool, as_json: bool) -> None:
    """历次演练比一比：按人、按目标；脚本演的不算。"""
    from engine.console import drill_compare

    drill_compare.show(person, drill_id, html, force=force, json=as_json)


if __name__ == "__main__":
    sys.exit(main())
