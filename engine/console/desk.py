"""Opening things: the journal, the library, an incident, and what a first sentence settles."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine import paths
from engine.clock import Clock, RealClock
from engine.conditions import Answer
from engine.console.terminal import warn as warn
from engine.errors import BadData, NotFound, UsageError, ZhibanError
from engine.model import Library
from engine.reader import load_with_texts, parse_texts
from engine.triage.safety import KINDS

if TYPE_CHECKING:
    from engine.journal import Journal, Summary
    from engine.session import Session
    from engine.triage import Triage

GENERAL = "general-incident"
_SHOWN = 3  # names of broken files in the one line that says so


def journal_file() -> Path:
    """The one file of the record."""
    return paths.data_dir() / "journal.db"


def journal_to_write() -> Journal:
    """The record, or one in memory with a loud warning: an officer must be able to work on."""
    from engine.journal import Journal

    journal, warning = Journal.open_or_memory(journal_file())
    if warning:
        warn(f"注意：{warning}")
    return journal


def journal_to_read() -> Journal:
    """The record of what has been; BadData when it cannot be opened."""
    from engine.journal import Journal

    if paths.missing(paths.data_dir()):
        return Journal(None)
    journal, warning = Journal.open_to_read(journal_file())
    if warning:
        warn(f"注意：{warning}")
    return journal


_said: set[str] = set()


def warn_if_taught_is_damaged() -> None:
    """One line to standard error, once, when nothing that the hall has taught is heard."""
    from engine.triage import taught

    fault = taught.fault()
    if fault is not None and fault.message not in _said:
        _said.add(fault.message)
        warn(f"注意：教过的话没有用上，{fault.message}；{fault.help}")


def stdout(text: str) -> None:
    """Finished text to standard output as the console can show it."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


class Shelf(NamedTuple):
    """The playbooks as read now, with their texts."""

    library: Library
    texts: dict[str, str]


def shelf() -> Shelf:
    """Everything installed. A broken file costs itself only; a line to standard error says so."""
    library, texts = load_with_texts()
    broken = {finding.span.file for finding in library.findings if finding.level == "error"}
    broken -= {playbook.span.file for playbook in library.playbooks}  # a hall's change was refused, not these
    if broken:
        some = "、".join(sorted(broken)[:_SHOWN]) + (f" 等 {len(broken)} 处" if len(broken) > _SHOWN else " ")
        warn(f"注意：{some}有错误，没有启用；zhiban playbook check 看详情")
    if not library.playbooks:
        raise BadData("没有可用的剧本", "运行 zhiban doctor 查看")
    return Shelf(library, texts)


def known(library: Library, id: str) -> None:
    """NotFound, with the nearest name, when there is no such playbook."""
    ids = [playbook.id for playbook in library.playbooks]
    if id not in ids:
        from engine.reader.report import suggest

        raise NotFound(f"没有剧本 `{id}`", suggest(id, ids) or "用 zhiban playbook list 看有哪些")


def begin(
    shelf: Shelf,
    journal: Journal,
    playbooks: Sequence[str],
    text: str = "",
    heard: Iterable[tuple[str, Answer]] = (),
    clock: Clock | None = None,
) -> Session:
    """Open an incident with the hall's profile."""
    from engine.hall import read_profile
    from engine.session import Session

    profile, findings = read_profile(
        None, shelf.library.vocabulary, [value for p in shelf.library.playbooks for value in p.hall]
    )
    if findings:
        warn(f"注意：hall.yaml 有 {len(findings)} 处写得不对，对应的内容先空着；zhiban doctor 看详情")
    return Session.begin(
        journal, shelf.library, shelf.texts, playbooks, clock or RealClock(),
        profile=profile, text=text, heard=heard,
    )  # fmt: skip


def load(journal: Journal, incident: str, clock: Clock | None = None) -> Session:
    """An incident with the playbooks that were pinned when it was opened. NotFound, BadData."""
    from engine.session import Session

    library = parse_texts(journal.texts(incident), cache=True)
    return Session.load(journal, incident, library, clock or RealClock())


@contextmanager
def opened(journal: Journal, incident: str) -> Iterator[Session]:
    """`load`, for a record that may have been changed by hand: that is said on standard error, and
    where it can no longer be made sense of the error is BadData, not a fault of the program.
    """
    changed = True
    try:
        changed = bool(journal.verify(incident))
        if changed:
            warn(f"注意：事件 {incident} 的记录被改过或不完整；zhiban incident verify {incident} 看是哪一条")
        yield load(journal, incident)
    except (ZhibanError, EOFError, OSError):
        raise
    except Exception as error:
        if not changed:
            raise
        raise BadData(
            f"事件 {incident} 的记录被改过或损坏，读不下去",
            f"运行 zhiban incident verify {incident} 看是哪一条；从备份恢复，或另开一个事件",
        ) from error


def find(journal: Journal, name: str) -> str:
    """The id of an incident: the whole one, a beginning that is clear, `last` or nothing for the latest."""
    listed: list[Summary] = journal.list(None)
    if name in ("", "last"):
        real = [entry for entry in listed if entry.mode == "real"]
        if not real:
            raise NotFound("还没有任何事件记录", "zhiban respond 开始处置")
        return next((entry.id for entry in real if entry.status != "closed"), real[0].id)
    ids = [entry.id for entry in listed]
    if name in ids:
        return name
    like = [id for id in ids if id.startswith(name)]
    if len(like) == 1:
        return like[0]
    if like:
        raise UsageError(f"`{name}` 对应 {len(like)} 个事件：{'、'.join(like[:5])}", "把编号写全")
    raise NotFound(f"没有编号为 `{name}` 的事件", "用 zhiban incident list 查看编号")


def heard_at_start(result: Triage, library: Library, playbooks: Sequence[str]) -> list[tuple[str, Answer]]:
    """The facts that the first sentence settles for these playbooks: danger first."""
    facts = {fact.key: fact for fact in library.vocabulary.facts}
    chosen = {"always", *playbooks}
    facts.update((f.key, f) for p in library.playbooks if p.id in chosen for f in p.facts)
    found = {key: Answer("known", True) for key in danger_facts(result.safety.kinds, facts)}
    dangers = set(KINDS)
    for heard in result.facts:
        fact = facts.get(heard.fact)
        if fact is None or heard.fact.rpartition(".")[2] in dangers:
            continue
        found[heard.fact] = merged(fact.kind, found.get(heard.fact), heard.value)
    return list(found.items())


def spoken(text: str, library: Library) -> str:
    """Words of the vocabulary before there is an incident: hall values filled in, blanks as a line."""
    if "{{" not in text:
        return text
    from engine.hall import hall_values, read_profile
    from engine.words import BLANK

    declared = [*library.vocabulary.hall, *(value for p in library.playbooks for value in p.hall)]
    values = hall_values(declared, read_profile()[0])
    return re.sub(r"\{\{\s*([\w.-]+)\s*\}\}", lambda name: str(values.get(name[1]) or BLANK), text)


def danger_facts(kinds: Iterable[str], facts: Iterable[str]) -> list[str]:
    """The keys of the vocabulary's facts for these kinds of danger."""
    wanted = set(kinds)
    names = [name for name, kind in KINDS.items() if kind in wanted]
    keys = list(facts)
    return [key for name in names for key in keys if key.rpartition(".")[2] == name]


def merged(kind: str, before: Answer | None, value: bool | int | str) -> Answer:
    """A reported value as an answer; the values of a `many` fact add up."""
    if kind != "many":
        return Answer("known", value)
    kept = before.value if before is not None and isinstance(before.value, frozenset) else frozenset()
    return Answer("known", kept | {str(value)})
