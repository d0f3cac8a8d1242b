"""Opening practice: the record, the learner, the question bank, an answer that comes without a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine import paths
from engine.clock import Clock, RealClock
from engine.console import desk, grading
from engine.errors import BadData, NeedsInput, NotFound
from engine.practice.learner import name_of
from engine.practice.model import Bank, Question

if TYPE_CHECKING:
    from engine.practice.notebook import Notebook

NOBODY = "本人"


def clock() -> Clock:
    """The clock of practice."""
    return RealClock()


def file() -> Path:
    """The record of practice, apart from that of incidents."""
    from engine.practice.notebook import FILE

    return paths.data_dir() / FILE


@contextmanager
def notebook(*, write: bool = False, lasting: bool = False) -> Iterator[Notebook]:
    """The record; to write, one in memory with a warning where there can be none on the disk.

    `lasting`: what is written is of no use in memory; its error is raised.
    """
    from engine.journal import Journal
    from engine.practice.notebook import Notebook

    if lasting:
        journal, warning = Journal(file()), ""
    elif write:
        journal, warning = Journal.open_or_memory(file())
    elif paths.missing(file()):
        journal, warning = Journal(None), ""
    else:
        journal, warning = Journal.open_to_read(file())
    if warning:
        desk.warn(f"注意：{warning}")
    with journal:
        yield Notebook(journal, clock())


def name(book: Notebook, given: str) -> tuple[str, str]:
    """Who practises and how that is known, in words: named, else the last one, else who is on duty here."""
    if given:
        wanted = name_of(given)
        known = book.names()
        if wanted in known:
            return wanted, ""
        others = f"；这台机器上已有：{'、'.join(known[:5])}" if known else ""
        return wanted, f"新学员 {wanted}{others}"
    if known := book.names():
        return known[0], f"学员 {known[0]}（上次练的；换人用 --learner 名字）"
    own = _on_duty()
    return own, f"学员 {own}（换人用 --learner 名字）"


def known(book: Notebook, given: str) -> str:
    """The name of somebody who has practised. NotFound."""
    names = book.names()
    if not given and names:
        return names[0]
    wanted = name_of(given) if given else ""
    if wanted in names:
        return wanted
    if not names:
        raise NotFound("还没有人练过", "zhiban practice 开始练")
    raise NotFound(f"没有学员 `{wanted}`", f"有：{'、'.join(names[:9])}")


def _on_duty() -> str:
    from engine.hall import read_profile

    profile, _ = read_profile()
    return name_of(profile.people.get("duty", ("", ""))[0] or NOBODY)


def question(bank: Bank, id: str) -> Question:
    """The question with this id. NotFound with the nearest one."""
    return grading.find(bank, id)


def given(answer: Path | None, screen_note: bool = True) -> str:
    """An answer from a file, or from standard input where that is no terminal.

    NeedsInput when there is none; BadData when it cannot be read.
    """
    if answer is not None:
        text, note = grading.read(answer)
    else:
        data = b"" if sys.stdin.closed or sys.stdin.isatty() else _standard_input()
        if not data.strip():
            raise NeedsInput("没有终端，也没有给作答", "用 --answer 文件，或从标准输入送进来")
        text, note = grading.decoded(data, "标准输入")
    if note:
        desk.warn(f"注意：{note}")
    return text


def _standard_input() -> bytes:
    stream = getattr(sys.stdin, "buffer", None)
    data = stream.read(grading.LIMIT + 1) if stream is not None else sys.stdin.read().encode()
    if len(data) > grading.LIMIT:
        raise BadData(f"标准输入超过 {grading.LIMIT // 1_000_000} MB，不像一份作答", "检查送进来的是什么")
    return bytes(data)
