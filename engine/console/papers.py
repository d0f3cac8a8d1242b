"""Documents and reports: shown, kept in the record, written to files."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from engine.console import desk, record
from engine.console.talk import Again, Talk
from engine.errors import UsageError
from engine.session import Session

REPORTS = {"first": "初报", "progress": "续报", "final": "终报", "summary": "总结报告", "handover": "交接单"}


def document(talk: Talk, step: str) -> None:
    """The document of a step; on Enter it is issued: journalled and written to files."""
    from engine.console import replies
    from engine.render import folder, issue, preview, save

    t, session = talk.t, talk.session
    made = preview(session, step)
    t.blank()
    t.line(str(made["text"]))
    if made["draft"]:
        t.line(f"草稿，还缺：{'、'.join(made['pending']) or '几处空格'}", "soon")
    t.line("Enter＝出稿存档；0＝只看", "quiet")
    reply = talk.ask(lambda text: replies.pick(text, 0))
    if isinstance(reply, Again | replies.Picked):
        return
    issued = talk.do(lambda: issue(session, step))
    if issued is not None:
        files = talk.do(lambda: save(str(issued["text"]), folder(session), str(issued["title"])))
        t.line(f"已出稿，记在本事件下{'：' + str(files[1]) if files else ''}", "good")


def report(session: Session, kind: str, *, html: bool, output: Path | None, json: bool) -> None:
    """A report on an incident to the screen or a file."""
    from engine.console.incidents import write
    from engine.render import report as rendered
    from engine.render.structure import Kind

    known = get_args(Kind)
    if kind not in known:
        said = "、".join(f"{name}（{REPORTS.get(name, name)}）" for name in known)
        raise UsageError(f"没有报告种类 `{kind}`", f"可以写：{said}")
    form = "json" if json else "html" if html or (output is not None and output.suffix == ".html") else "md"
    text = rendered(session, kind, form)  # type: ignore[arg-type]
    if output is None and form == "md":
        desk.stdout(text)
    elif output is None and json:
        record.raw(text.encode())
    else:
        write(text.encode(), output)
