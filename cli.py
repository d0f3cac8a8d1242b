"""The command line: each command parses, makes one call and shows one view."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from engine import __version__
from engine.console.errors import Program

_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON")
_FILE = click.Path(path_type=Path)
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
@click.argument("playbook", metavar="ID")
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


@main.group(context_settings=_SETTINGS)
def practice() -> None:
    """面试练习：题目、评分、量准确率。"""


@practice.command("list")
@_JSON
def practice_list(as_json: bool) -> None:
    """列出题目。"""
    from engine.console import grading

    grading.questions(json=as_json)


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


if __name__ == "__main__":
    sys.exit(main())
