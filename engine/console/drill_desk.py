"""Opening drills: the record, a new run, one that is there, who plays which role, the two clocks."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator, Sequence
from typing import IO, Any, NamedTuple

import msgspec

from engine import paths
from engine.clock import RealClock
from engine.console import desk
from engine.console.desk import Shelf
from engine.drill import clockwork, control
from engine.drill.reading import load
from engine.drill.store import TEXT, Store, drills_file, runs
from engine.errors import BadData, Conflict, NotFound, UsageError, ZhibanError
from engine.journal import Journal
from engine.journal.records import Summary
from engine.model import Library, Profile

LIST = "zhiban drill runs 看有哪些"


def real() -> int:
    """Real time in whole milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def role_name(library: Library, role: str) -> str:
    """A role in words."""
    return next((entry.label for entry in library.vocabulary.roles if entry.id == role), role)


def journal_to_write() -> Journal:
    """The record of drills. BadData when it cannot be written: a drill is no emergency."""
    return Journal(drills_file())


def journal_to_read() -> Journal:
    """The record of drills for a look; an empty one where there is none."""
    if paths.missing(drills_file()):
        return Journal(None)
    journal, warning = Journal.open_to_read(drills_file())
    if warning:
        desk.warn(f"注意：{warning}")
    return journal


# ---- runs -----------------------------------------------------------------------------------------


class Kept(NamedTuple):
    """A run in a list."""

    run: Summary
    opening: dict[str, Any]  # the data of its first event
    status: str  # open, ended, closed
    people: dict[str, Any]  # role → name, of all who ever played

    @property
    def scripted(self) -> str:
        """The scripted trainee that played, or nothing."""
        return str(self.opening.get("scripted", ""))


def kept(journal: Journal) -> list[Kept]:
    """All runs, the one begun last first."""
    openings, ended, joined = (journal.of_kind(kind) for kind in ("begun", "ended", "joined"))
    found = []
    for run in runs(journal):
        status = "closed" if run.status == "closed" else "ended" if run.id in ended else "open"
        opening: Any = openings[run.id][0].data if run.id in openings else {}
        people: dict[str, Any] = dict(opening.get("people", {}))
        people |= {str(e.data["role"]): e.data.get("name", "") for e in joined.get(run.id, [])}
        found.append(Kept(run, opening, status, people))
    return sorted(found, key=lambda entry: str(entry.opening.get("real", "")), reverse=True)


def find(journal: Journal, name: str) -> str:
    """The id of a run: the whole one, a beginning that is clear, `last` or nothing for the latest."""
    ids = [run.id for run in runs(journal)]
    if name in ("", "last") and ids:
        last = last_open(journal)
        return last.run.id if last is not None else kept(journal)[0].run.id
    like = [name] if name in ids else [id for id in ids if name and id.startswith(name)]
    if len(like) == 1:
        return like[0]
    if like:
        raise UsageError(f"`{name}` 对应 {len(like)} 次演练：{'、'.join(like[:5])}", "把编号写全")
    if not ids:
        raise NotFound("还没有演练记录", "zhiban drill run 名称 开始一场")
    raise NotFound(f"没有编号为 `{name}` 的演练", LIST)


def last_open(journal: Journal) -> Kept | None:
    """The open run that people play and that was begun last."""
    return next((entry for entry in kept(journal) if entry.status == "open" and not entry.scripted), None)


@contextlib.contextmanager
def opened(journal: Journal, id: str) -> Iterator[Store]:
    """A run as it stands; one that was changed by hand is told so, and BadData where it makes no sense."""
    changed = True
    try:
        changed = bool(journal.verify(id))
        if changed:
            desk.warn(f"注意：演练 {id} 的记录被改过或不完整")
        store = Store.open(journal, id)
        if not store.state.status:
            raise BadData(f"演练 {id} 的记录里没有开头", "从备份恢复记录文件")
        yield store
    except (ZhibanError, EOFError, OSError):
        raise
    except Exception as error:
        if not changed:
            raise
        raise BadData(f"演练 {id} 的记录被改过或损坏，读不下去", "从备份恢复记录文件，或另开一场") from error


def is_drill(name: str) -> bool:
    """Whether a name is that of a drill or a file; runs begin with a day."""
    return bool(name) and name != "last" and not re.match(r"20\d{2,6}(?:-|$)", name)


def create(journal: Journal, shelf: Shelf, name: str, *, seed: int | None = None, **more: Any) -> Store:
    """Begin a run of a drill by name or file; its clock stands. `more`: as `Store.create`."""
    read = load(shelf.library, name)
    assert read.drill is not None  # load raises otherwise
    texts = {**shelf.texts, TEXT + read.file: read.text}
    chosen = seed if seed is not None else read.drill.seed or 0
    return Store.create(
        journal, read.drill, shelf.library, texts, RealClock().now(), seed=chosen, profile=_profile(shelf),
        **more,
    )  # fmt: skip


def _profile(shelf: Shelf) -> Profile:
    """The hall's people and values; not its hours: the drill says what the clock says."""
    from engine.hall import read_profile

    values = [value for playbook in shelf.library.playbooks for value in playbook.hall]
    profile, _ = read_profile(None, shelf.library.vocabulary, values)
    return msgspec.structs.replace(profile, hours={})


# ---- who plays ------------------------------------------------------------------------------------


def role_among(roles: Sequence[str], library: Library, given: str) -> str:
    """One of a drill's roles by its id or in words; nothing: the first one. UsageError."""
    if not given:
        return roles[0]
    for role in roles:
        if given in (role, role_name(library, role)):
            return role
    names = "、".join(f"{role}（{role_name(library, role)}）" for role in roles)
    raise UsageError(f"这场演练没有岗位 `{given}`", f"有：{names}")


@contextlib.contextmanager
def seat(store: Store, role: str, name: str) -> Iterator[None]:
    """Hold a role at this terminal as long as the body runs. Conflict when somebody else has it.

    The lock goes with the process: who was killed may come back at once, under the same name.
    """
    label = role_name(store.library, role)
    there = store.state.people.get(role)
    whom = f"（{there}）" if there else ""
    with _locked(store.id, role) as mine:
        if not mine:
            raise Conflict(
                f"岗位 {label}{whom}正在另一个终端上演练",
                f"换一个岗位：zhiban drill join {store.id} --role 岗位",
            )
        if there and name and there != name:
            raise Conflict(
                f"岗位 {label} 已由 {there} 担任", f"是同一个人就写 --name {there}，否则换一个岗位"
            )
        if store.state.status == "open" and (there is None or (name and not there)):
            control.join(store, store.state.at, role, name)
        yield


@contextlib.contextmanager
def _locked(id: str, role: str) -> Iterator[bool]:
    file: IO[str] | None = None
    try:
        import fcntl
    except ImportError:  # Windows: nobody is refused
        yield True
        return
    path = clockwork.beat_file(id).with_suffix(f".{role}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    except OSError:  # a disk without locks, or one that is full: better twice than not at all
        yield True
        return
    else:
        yield True
    finally:
        if file is not None:
            file.close()
