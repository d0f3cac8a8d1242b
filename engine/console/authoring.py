"""`zhiban playbook new` and `playbook export`: what an author makes, and what other programs take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.authoring import Draft, cases_text, defaults, id_fault, must_be_free, playbook_text, write_new
from engine.console import desk, record, replies, respond
from engine.console.terminal import Terminal
from engine.errors import Conflict, UsageError
from engine.model import Role, Vocabulary
from engine.reader.report import suggest

# the roles that most first steps fall to; any other may be typed
_COMMON = ("duty", "guide", "guard", "clerk", "lead")
_ASKED = {
    "title": "这件事叫什么？",
    "words": "值班人员会怎么说这件事？几种说法用逗号隔开",
    "first": "一开始最要紧的一步是什么？",
    "who": "这一步谁来做？",
    "question": "有什么要问清楚的？写成一个是或否的问题",
    "if_yes": "答“是”，做什么？",
    "if_no": "答“否”或说不清，做什么？",
    "finish": "做完哪一步，事情就算了结？",
}


class _Left(Exception):
    """The author leaves; nothing was written."""


def new(id: str, given: Mapping[str, str | None], output: Path | None, *, json: bool) -> int:
    """Write a first draft of a playbook and its cases; at a terminal its words are asked for."""
    fault = id_fault(id)
    if fault:
        raise UsageError(fault, "例如：zhiban playbook new queue-machine")
    library = desk.shelf().library
    # a broken file is not in the library, and its name is taken all the same
    files = {Path(name).stem for name in library.texts if name.endswith((".yaml", ".yml"))}
    if id in {*files, *(playbook.id for playbook in library.playbooks)}:
        help = f"换一个名称；要改现有的，写一份 `extends: {id}`，见 docs/language.md"
        raise Conflict(f"已经有剧本 `{id}`", help)
    from engine.reader.folders import own_playbooks

    file = output or own_playbooks()
    if output is None or output.is_dir():
        file = file / f"{id}.yaml"
    cases = file.parent / "cases" / f"{id}.yaml"
    must_be_free((file, cases))  # before anything is asked
    said = {name: text for name, text in given.items() if text is not None}
    vocabulary = library.vocabulary
    if "who" in said:
        said["who"] = _role(said["who"], vocabulary)
    if not said and output is None and not json and respond.interactive():
        try:
            said = _asked(id, vocabulary, respond.terminal())
        except (_Left, EOFError, KeyboardInterrupt):
            respond.terminal().line("没有写任何文件。")
            return 0
    draft = defaults(said.get("title", id))._replace(**said)
    write_new({file: playbook_text(id, draft, vocabulary), cases: cases_text(id, draft, vocabulary)})
    if json:
        record.emit({"playbook": id, "written": str(file), "cases": str(cases)})
        return 0
    screen = respond.terminal()
    screen.line(f"写好了剧本 {file}", "good")
    screen.line(f"和它的用例 {cases}", "good")
    screen.line(f"用编辑器改，改完查：zhiban playbook check {id if output is None else file}")
    return 0


def _role(said: str, vocabulary: Vocabulary) -> str:
    """The id of a role that was named by its id or in words. UsageError when there is none."""
    role = _find(said, vocabulary.roles)
    if role is None:
        ids = [role.id for role in vocabulary.roles]
        raise UsageError(f"没有岗位 `{said}`", suggest(said, ids) or f"有这些：{'、'.join(ids)}")
    return role.id


def _find(said: str, roles: tuple[Role, ...]) -> Role | None:
    return next((role for role in roles if said.strip() in (role.id, role.label)), None)


def _asked(id: str, vocabulary: Vocabulary, screen: Terminal) -> dict[str, str]:
    """One question a line; Enter takes what stands there, q leaves."""
    screen.line(f"新剧本 {id}。一问一答，Enter 用括号里的，q 离开，什么都不写。", "title")
    said: dict[str, str] = {}
    standing: Draft = defaults(id)
    for name, question in _ASKED.items():
        screen.line(question, "ask")
        if name == "who":
            said[name] = _asked_role(vocabulary, screen)
            continue
        default = "" if name == "title" else getattr(standing, name)
        while True:
            typed = _read(screen, default)
            if typed or default:
                break
            screen.line("要写几个字，例如：叫号机故障", "soon")
        said[name] = typed or default
        if name == "title":
            standing = defaults(said[name])
    return said


def _asked_role(vocabulary: Vocabulary, screen: Terminal) -> str:
    by_id = {role.id: role for role in vocabulary.roles}
    listed = [by_id[id] for id in _COMMON if id in by_id] or list(vocabulary.roles)
    for number, role in enumerate(listed, 1):
        screen.line(role.label, first=f"{number:>2} ")
    default = by_id.get("guide", listed[0]) if listed else None
    while default:
        typed = _read(screen, default.label)
        reply = replies.pick(typed, len(listed))
        if isinstance(reply, replies.Empty):
            return default.id
        if isinstance(reply, replies.Picked) and reply.numbers[0]:
            return listed[reply.numbers[0] - 1].id
        found = _find(typed, vocabulary.roles)
        if found is not None:
            return found.id
        others = "、".join(role.label for role in vocabulary.roles if role not in listed)
        screen.line(f"打 1 到 {len(listed)} 的号，或写岗位：{others}", "soon")
    return ""


def _read(screen: Terminal, default: str) -> str:
    if default:
        screen.line(f"（{default}）", "quiet")
    typed = replies.clean(screen.read())[0]
    if typed.lower() in ("q", "ｑ"):
        raise _Left
    return typed


def export(id: str, output: Path | None) -> None:
    """A playbook (id or file) as a CACAO 2.0 document. Errors are those of `versions.one`."""
    import msgspec

    from engine.cacao import cacao
    from engine.console.incidents import write
    from engine.console.versions import one

    library, id = one(id)
    write(msgspec.json.format(msgspec.json.encode(cacao(library, id)), indent=2) + b"\n", output)
