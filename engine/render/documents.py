"""Documents that the hall issues: a step's template filled in, a draft while a fact is not established."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from engine import paths
from engine.errors import BadData, NotFound, UsageError, reason
from engine.render.structure import MODES
from engine.render.times import clean
from engine.session import Session
from engine.words import PENDING

_ID = re.compile(r"[a-z][a-z0-9_-]*")
_HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)
_UNFIT = re.compile(r'[\\/:*?"<>|\s\x00-\x1f\x7f]+')


def preview(session: Session, step: str) -> dict[str, Any]:
    """A step's document as things stand: document, title, step, draft, pending (labels), text (Markdown).

    NotFound: the step issues none, or its template is gone.
    """
    declared = session.ruleset.steps.get(step)
    if declared is None or not declared.issue:
        raise NotFound("这一步没有要出的文书")
    words = session.words()
    owner = step.partition(".")[0] if "." in step else ""
    text = words.fill(_template(session, declared.issue), owner).strip() + "\n"
    heading = _HEADING.search(text)
    title = clean(heading[1], 60) if heading else declared.what
    draft = PENDING in text or "{{" in text or "{%" in text
    return {
        "document": declared.issue,
        "title": title,
        "step": step,
        "draft": draft,
        "pending": _labels(session, words.pending, owner),
        "text": _marked(text, title, draft, MODES.get(session.state.mode, "")),
    }


def issue(session: Session, step: str) -> dict[str, Any]:
    """`preview`, journalled as issued. UsageError once the incident is closed."""
    made = preview(session, step)
    session.perform("issued", made)
    return made


def folder(session: Session) -> Path:
    """Where the files of an incident belong (not created here)."""
    return paths.data_dir() / "documents" / session.id


def save(text: str, folder: Path, name: str, html: str = "") -> tuple[Path, Path]:
    """Write Markdown and HTML as NAME.md and NAME.html, readable by their owner only; returns both places.

    Without `html` the page is made from the Markdown. An earlier version with another content stays: the
    new one is NAME-2, NAME-3 … BadData when the folder cannot be written.
    """
    from engine.render.paper import page  # imported late: a Markdown parser

    texts = {".md": text, ".html": html or page(text)}
    stem = _UNFIT.sub("_", name).strip("._")[:60] or "文书"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in range(1, 1000):
            base = stem if number == 1 else f"{stem}-{number}"
            files = {suffix: folder / f"{base}{suffix}" for suffix in texts}
            if all(_fits(files[suffix], texts[suffix]) for suffix in texts):
                for suffix, file in files.items():
                    _write(file, texts[suffix])
                return files[".md"], files[".html"]
    except OSError as error:
        raise BadData(
            f"文书写不进 `{folder}`：{reason(error)}", "检查文件夹的权限和剩余空间；文书内容已在记录里"
        ) from error
    raise UsageError(f"`{folder}` 里“{stem}”的版本太多", "移走旧的文件再试")


def _template(session: Session, id: str) -> str:
    """The text pinned with the incident, else the shipped one."""
    pinned = session.journal.texts(session.id).get(f"templates/documents/{id}.md.j2")
    if pinned is not None:
        return pinned
    try:
        if _ID.fullmatch(id) is None:
            raise FileNotFoundError(id)
        return (paths.shipped("templates") / "documents" / f"{id}.md.j2").read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"没有文书模板 `{id}`", "检查 templates/documents") from error


def _labels(session: Session, names: list[str], owner: str) -> list[str]:
    """The names without a value as people know them, each once."""
    ruleset = session.ruleset
    values = [*ruleset.library.vocabulary.hall, *(v for p in ruleset.playbooks for v in p.hall)]
    halls = {value.id: value.label for value in values}
    found: dict[str, None] = {}
    for name in names:
        key = f"{owner}.{name}"
        key = key if key in ruleset.facts else ruleset.resolve(name, "fact") or ""
        label = ruleset.facts[key].label or ruleset.facts[key].ask if key else halls.get(name, "模板里的空格")
        found[label] = None
    return list(found)


def _marked(text: str, title: str, draft: bool, mode: str) -> str:
    """The text with 【演练】 before its heading and （草稿） behind it."""
    heading = f"# {f'【{mode}】' if mode else ''}{title}{'（草稿）' if draft else ''}"
    if _HEADING.search(text):
        return _HEADING.sub(lambda _: heading, text, count=1)
    return f"{heading}\n\n{text}"


def _fits(file: Path, text: str) -> bool:
    """Whether a place is free or holds exactly this."""
    return not file.exists() or file.read_bytes() == text.encode()


def _write(file: Path, text: str) -> None:
    if file.exists():
        return
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(text.encode())
