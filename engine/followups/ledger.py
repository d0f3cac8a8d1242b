"""The ledger of follow-ups: streams `f-…` of `ledger.db`, one event an act, each act one transaction.

What a method returned from is on the disk; of two terminals at one follow-up the second gets a Conflict.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

from engine.clock import BEIJING, Clock, stamp
from engine.errors import Conflict, NotFound, UsageError
from engine.followups.model import FollowUp, Status, fold
from engine.journal import Journal, Mode
from engine.model import Event

PREFIX = "f-"
_MOST = 2000  # characters of one text


class Ledger:
    """The follow-ups of a hall; real, drill and practice apart."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal, self.clock = journal, clock

    # ---- reading ------------------------------------------------------------------------------

    def listed(self, mode: Mode = "real") -> list[FollowUp]:
        """All of a mode: what is to be done first comes first, closed ones last."""
        modes = {entry.id: entry.mode for entry in self.journal.list(mode)}
        streams = self.journal.events_under(PREFIX)
        found = [fold(id, mode, events) for id, events in streams.items() if id in modes]
        return sorted(found, key=_place)

    def get(self, name: str) -> FollowUp:
        """By its id, with or without `f-`, or a beginning that is clear. NotFound, UsageError."""
        ids = {entry.id: entry.mode for entry in self.journal.list(None) if entry.id.startswith(PREFIX)}
        name = name.strip()
        wanted = name if name.startswith(PREFIX) else PREFIX + name
        like = [wanted] if wanted in ids else [id for id in ids if id.startswith(wanted)]
        if len(like) == 1 and name:
            return fold(like[0], ids[like[0]], self.journal.events(like[0]))
        if len(like) > 1 and name:
            some = "、".join(id.removeprefix(PREFIX) for id in sorted(like)[:5])
            raise UsageError(f"`{name}` 对应 {len(like)} 项后续：{some}", "把编号写全")
        from engine.reader.report import suggest

        near = suggest(name, [id.removeprefix(PREFIX) for id in ids]) if ids and name else ""
        raise NotFound(f"没有编号为 `{name}` 的后续", near or "zhiban followup list --all 看有哪些")

    # ---- making -------------------------------------------------------------------------------

    def create(self, id: str, mode: Mode, data: dict[str, Any], at: datetime) -> bool:
        """Open the follow-up `id` (`f-…`) unless it is there already; whether it was opened now.

        `data`: as `model` says for `created`. The same id, data and `at` give the same record anywhere.
        """
        event = Event(1, "created", stamp(at), 1, data)
        try:
            self.journal.create(id, mode, {}, [event], str(data.get("what", "")))
        except Conflict:
            if id in self.journal.heads(id):
                return False
            raise
        return True

    def add(
        self, what: str, who: str, due: datetime, *, mode: Mode = "real", name: str = "",
        evidence: str = "", check: datetime | None = None, cause: str = "", **more: Any,
    ) -> FollowUp:  # fmt: skip
        """A follow-up that somebody gives out by hand (or an order: origin="order", source=…)."""
        if mode not in get_args(Mode):
            raise UsageError(f"没有 `{mode}` 这种记录", "real、drill 或 practice")
        now = self.clock.now()
        self._ahead(due, now)
        data = {
            "what": _text(what, "要写做什么"),
            "who": who,
            "name": name,
            "due": stamp(due),
            "evidence": evidence,
            "check": _stamp(check),
            "cause": " ".join(cause.split()),
            "origin": "added",
            **more,
        }
        minute = now.astimezone(BEIJING).strftime("%Y%m%d-%H%M")
        for attempt in range(64):
            id = f"{PREFIX}{minute}-{os.urandom(1 + attempt // 16).hex()}"
            if self.create(id, mode, data, now):
                return self.get(id)
        raise Conflict(f"{minute} 这一分钟里列入的后续太多", "过一分钟再试")

    # ---- acts ---------------------------------------------------------------------------------

    def done(self, name: str, evidence: str, cause: str = "", by: str = "") -> FollowUp:
        """Done (`by` a person), with the evidence; closed at once when no check of the effect is wanted."""
        found = self.get(name)
        if found.status != "open":
            raise UsageError(f"后续 {_short(found)} 已经办过了", _after(found))
        wanted = f"（要的凭据：{found.evidence}）" if found.evidence else ""
        evidence = _text(evidence, f"办好要写凭据{wanted}", "加上 --evidence 文字：文号、照片、记录放在哪")
        now = self.clock.now()
        check = None
        if found.check is not None:
            # done late: the effect still gets its whole time to show
            check = max(found.check, now + (found.period or timedelta(0)))
        data = {"evidence": evidence, "check": _stamp(check), "cause": " ".join(cause.split()), "by": by}
        events: list[tuple[str, dict[str, Any]]] = [("done", data)]
        return self._keep(found, events if check is not None else [*events, ("closed", {})])

    def check(
        self, name: str, worked: bool, note: str = "", due: datetime | None = None, early: bool = False
    ) -> FollowUp:
        """The answer to whether it worked. Not: it is open again, until `due`, and is checked again then.

        A yes before the date counts only with `early`, which needs a `note`.
        """
        found = self.get(name)
        now = self.clock.now()
        if found.status == "open":
            raise UsageError(
                f"后续 {_short(found)} 还没有办好，不能检查效果",
                f"先 zhiban followup done {_short(found)} --evidence 凭据",
            )
        if found.status == "closed":
            raise UsageError(f"后续 {_short(found)} 已经办结", _after(found))
        assert found.check is not None
        if worked and now < found.check and not (early and note.strip()):
            raise UsageError(
                f"{found.check.date()} 才到检查效果的时候", "到时再查；确已见效的写 --early --note 依据"
            )
        checked = ("checked", {"worked": worked, "note": _cut(note)})
        if worked:
            return self._keep(found, [checked, ("closed", {})])
        if due is None:
            raise UsageError("没见效的要重新办，得有新期限", "加上 --due，如 --due 15天")
        again = self._again(found, due, _text(note, "没见效要写明情况", "加上 --note 文字"), now)
        return self._keep(found, [checked, ("reopened", again)])

    def reopen(self, name: str, due: datetime, reason: str) -> FollowUp:
        """Open again what was done or closed."""
        found = self.get(name)
        if found.status == "open":
            raise UsageError(f"后续 {_short(found)} 没有办结，不用重开", "改期限用 zhiban followup postpone")
        reason = _text(reason, "重开要写原因", "加上 --reason 文字")
        return self._keep(found, [("reopened", self._again(found, due, reason, self.clock.now()))])

    def postpone(self, name: str, due: datetime, reason: str) -> FollowUp:
        """Another date for what is not done yet."""
        found = self.get(name)
        if found.status != "open":
            raise UsageError(f"后续 {_short(found)} 已经办过了，不能改期", _after(found))
        reason = _text(reason, "延期要写原因", "加上 --reason 文字")
        return self._keep(found, [("postponed", self._again(found, due, reason, self.clock.now()))])

    def note(self, name: str, text: str) -> FollowUp:
        """A remark for the record."""
        return self._keep(self.get(name), [("noted", {"text": _text(text, "要写一句话")})])

    def _again(self, found: FollowUp, due: datetime, reason: str, now: datetime) -> dict[str, Any]:
        self._ahead(due, now)
        check = found.check and max(found.check, due)
        if found.period is not None:
            check = due + found.period
        return {"due": stamp(due), "reason": reason, "check": _stamp(check)}

    def _ahead(self, due: datetime, now: datetime) -> None:
        if due <= now:
            raise UsageError(f"期限 {due.date()} 已经过去", "写今后的日期，如 15天、下周一、2026-12-31")

    def _keep(self, found: FollowUp, acts: Sequence[tuple[str, dict[str, Any]]]) -> FollowUp:
        at, first = stamp(self.clock.now()), found.seq + 1
        events = [Event(first + n, kind, at, first, data) for n, (kind, data) in enumerate(acts)]
        try:
            self.journal.append(found.id, found.seq, events)
        except Conflict as error:
            raise Conflict(
                f"另一个终端刚改过后续 {_short(found)}，这次没有记",
                f"先看现在怎样：zhiban followup show {_short(found)}",
            ) from error
        return self.get(found.id)


def _place(entry: FollowUp) -> tuple[bool, bool, str, str]:
    at = entry.next
    return entry.status == "closed", at is None, stamp(at) if at else "", entry.id


def _stamp(at: datetime | None) -> str:
    return stamp(at) if at is not None else ""


def _short(found: FollowUp) -> str:
    return found.id.removeprefix(PREFIX)


def _after(found: FollowUp) -> str:
    status: Status = found.status
    if status == "done":
        return f"下一步是检查效果：zhiban followup check {_short(found)} yes 或 no"
    return f"要重新办：zhiban followup reopen {_short(found)} --due 期限 --reason 原因"


def _text(text: str, lack: str, help: str = "") -> str:
    cut = _cut(text)
    if not cut:
        raise UsageError(lack, help)
    return cut


def _cut(text: str) -> str:
    return " ".join(text.split())[:_MOST]
