"""Playbooks that a command names: by id, or by file, with the library that each is read in."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from engine import paths
from engine.console import desk
from engine.errors import BadData, UsageError
from engine.model import Library
from engine.reader import load_library, locate, parse_texts
from engine.reader.store import load_with_texts

_DECLARED = re.compile(r"^(playbook|extends)[ \t]*:[ \t]*[\"']?([\w-]+)", re.MULTILINE)
_SUFFIXES = (".yaml", ".yml")


class Given(NamedTuple):
    """A playbook and the library that it is in; `id` is "" for a file that changes what all share."""

    library: Library
    id: str


def one(name: str) -> Given:
    """A playbook by id, or by a file that is one or changes one.

    NotFound for an unknown id or file, UsageError for a folder, BadData for a file with errors.
    """
    if not _is_file(name):
        library = desk.shelf().library
        desk.known(library, name)
        return Given(library, name)
    return _of_some_playbook(_read(name, ()), name)


def two(old: str, new: str) -> tuple[Given, Given]:
    """Two versions. Each is read with what is installed, but without the other's file: an id against a
    hall's file of changes is the playbook without these changes against the playbook with them.

    Without `new`: an id as shipped against as installed; a file against what is there without it.
    """
    if not new:
        after = one(old)
        before = _without([old]) if _is_file(old) else load_library(hall=False)
        desk.known(before, after.id)
        return Given(before, after.id), after
    files = [name for name in (old, new) if _is_file(name)]
    first, second = _side(old, files), _side(new, files)
    # a change of what all playbooks share is looked at in the playbook that the other side names
    first = first._replace(id=first.id or second.id)
    second = second._replace(id=second.id or first.id)
    for found, name in ((first, old), (second, new)):
        desk.known(_of_some_playbook(found, name).library, found.id)
    return first, second


def _side(name: str, files: Collection[str]) -> Given:
    if _is_file(name):
        return _read(name, files)
    if not files:
        return one(name)
    library = _without(files)
    desk.known(library, name)
    return Given(library, name)


def _is_file(name: str) -> bool:
    """Whether a name is meant as a path: it looks like one, or there is one of this name."""
    if paths.folder(Path(name)):
        raise UsageError(f"`{name}` 是文件夹", "写其中的一个文件，或剧本的 ID")
    looks = name.endswith(_SUFFIXES) or "/" in name or "\\" in name
    return looks or (not paths.missing(Path(name)) and "." in name)


def _without(files: Collection[str]) -> Library:
    """What is installed, less some files."""
    gone = {Path(file).resolve() for file in files}
    texts = load_with_texts()[1]
    return parse_texts({n: text for n, text in texts.items() if locate(n).resolve() not in gone}, cache=True)


def _read(name: str, files: Collection[str]) -> Given:
    """The playbook that a file is or changes, read with what is installed less the other `files`."""
    here = Path(name).resolve()
    library, texts = load_with_texts([Path(name)])
    gone = {Path(file).resolve() for file in files} - {here}
    kept = {n: text for n, text in texts.items() if locate(n).resolve() not in gone}
    if len(kept) < len(texts):
        library = parse_texts(kept, cache=True)
    own = [n for n in kept if locate(n).resolve() == here]
    places = {*own, Path(name).as_posix(), f"./{Path(name).as_posix()}"}
    wrong = tuple(f for f in library.findings if f.level == "error" and f.span.file in places)
    declared = _DECLARED.search(kept[own[0]]) if own else None
    if wrong and declared is not None and declared[1] == "extends":  # the fault shows where it is merged
        wrong = tuple(finding for finding in library.findings if finding.level == "error")
    if wrong or not own:
        raise BadData(f"`{name}` 有错误，用不了", "改好再来；zhiban playbook check 看详情", wrong)
    if declared is None:
        raise BadData(f"`{name}` 不是剧本，也不是剧本的改动", "第一个字段写 `playbook:` 或 `extends:`")
    ids = [playbook.id for playbook in library.playbooks]
    return Given(library, declared[2] if declared[2] in ids else "")


def _of_some_playbook(found: Given, name: str) -> Given:
    if not found.id:
        raise UsageError(f"`{name}` 改的是公用词汇，不是一个剧本", "另一边写要看的剧本的 ID")
    return found
