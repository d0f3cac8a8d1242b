"""Views of follow-ups: what, who, until when, how many days are left or over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from engine.clock import parse, stamp
from engine.console.screens import short_time
from engine.console.terminal import Terminal
from engine.errors import UsageError, ZhibanError
from engine.followups.leaving import days_left, state_of
from engine.followups.ledger import PREFIX
from engine.followups.model import ORIGINS, FollowUp
from engine.orders.privacy import masked

if TYPE_CHECKING:
    from engine.followups.causes import Proposal
    from engine.model import Event, Library, Profile

_DID = {
    "created": "列入",
    "done": "办好",
    "checked": "检查效果",
    "postponed": "改期",
    "reopened": "重新办",
    "noted": "备注",
    "closed": "办结",
}


class Roles:
    """Names of roles, people and playbooks; the ids themselves where the hall's files cannot be read."""

    @cached_property
    def _library(self) -> Library | None:
        from engine.console import desk

        try:
            return desk.shelf().library
        except ZhibanError as error:
            desk.warn(f"注意：{error.message}；岗位只写代号")
            return None

    @cached_property
    def _profile(self) -> Profile:
        from engine.hall import read_profile

        return read_profile(None, self._library.vocabulary if self._library else None)[0]

    @cached_property
    def labels(self) -> dict[str, str]:
        """Role id → label."""
        return {role.id: role.label for role in self._library.vocabulary.roles} if self._library else {}

    def person(self, entry: FollowUp) -> str:
        """Who does it by name: the one named for it, who did it, else who has the role now."""
        if entry.name or entry.status == "closed":
            return entry.name or entry.by
        return self._profile.people.get(entry.who, ("", ""))[0]

    def owner(self, entry: FollowUp) -> str:
        """`大厅主任 王敏`."""
        return " ".join(filter(None, (self.labels.get(entry.who, entry.who), self.person(entry))))

    def find(self, name: str) -> str:
        """The id of a role by id or label, or a person's name as it is. UsageError: nobody is called so."""
        name = name.strip()
        if not self.labels or name in self.labels:
            return name
        for id, label in self.labels.items():
            if name == label:
                return id
        if any(name == person for person, _ in self._profile.people.values()):
            return next(role for role, (person, _) in self._profile.people.items() if person == name)
        from engine.reader.report import suggest

        near = suggest(name, [*self.labels, *self.labels.values()])
        raise UsageError(
            f"没有岗位 `{name}`", near or f"可以写 {'、'.join(self.labels.values())}，或 hall.yaml 里的姓名"
        )

    def cause(self, cause: str) -> str:
        """A cause in words: the playbook's title, the reason as named, or the orders' kind and place."""
        kind, _, name = cause.partition(":")
        if kind == "p" and self._library:
            return next((p.title for p in self._library.playbooks if p.id == name), name)
        if kind == "o" and name.endswith("/"):
            name = f"{name[:-1]}（没写哪里）"
        elif kind == "o" and name.startswith("/"):
            name = f"{name[1:]}（没写类别）"
        return masked(name)


def listing(
    screen: Terminal, entries: Sequence[FollowUp], now: datetime, roles: Roles,
    *, hide: bool = True, some: bool = False,
) -> None:  # fmt: skip
    """The list; `some`: it was asked for with a filter."""
    if not entries:
        screen.line("没有这样的后续。" if some else "没有要跟进的事。", "good")
        return
    late = sum(entry.late(now) for entry in entries)
    waiting = sum(entry.status == "done" for entry in entries)
    parts = [
        f"后续 {len(entries)} 项",
        f"过期 {late} 项" if late else "",
        f"等查效果 {waiting} 项" if waiting else "",
    ]
    screen.line("，".join(filter(None, parts)), "title")
    for one in entries:
        entry(screen, one, now, roles, hide=hide)


def entry(screen: Terminal, entry: FollowUp, now: datetime, roles: Roles, *, hide: bool = True) -> None:
    """Two lines: how long and what; who, until when, evidence, id."""
    what = "检查效果：" if entry.status == "done" else ""
    style = "late" if entry.late(now) else "quiet" if entry.status == "closed" else ""
    screen.line(f"{left(entry, now)}  {what}{_shown(entry.what, hide)}", style, first="● ")
    date = short_time(entry.next, now) + "前" if entry.next else ""
    again = f"第{entry.reopened + 1}次办" if entry.reopened else ""
    wanted = f"要：{_shown(entry.evidence, hide)}" if entry.evidence and entry.status == "open" else ""
    parts = (roles.owner(entry), date, again, wanted, entry.id.removeprefix(PREFIX))
    screen.line("，".join(filter(None, parts)), "quiet", first="   ")


def left(entry: FollowUp, now: datetime) -> str:
    """`还剩 3 天`, `今天到期`, `过期 2 天`, `今天过期`, `期限未定`, `已办结`."""
    if entry.status == "closed":
        return "已办结"
    days = days_left(entry, now)
    if days is None:
        return "期限未定"
    if entry.late(now):
        return f"过期 {-days} 天" if days else "今天过期"
    return f"还剩 {days} 天" if days else "今天到期"


def show(
    screen: Terminal, entry: FollowUp, events: Sequence[Event], now: datetime, roles: Roles, *, hide: bool
) -> None:
    """One follow-up with its history."""
    screen.line(_shown(entry.what, hide), "title")
    due = f"{entry.due:%Y-%m-%d %H:%M}" if entry.due else f"未定（{entry.note}）" if entry.note else "未定"
    check = f"{entry.check:%Y-%m-%d}" if entry.check else "不用"
    standing = entry.origin == "standing"
    title = f"{_shown(entry.title, hide)}" + (f"（{entry.source}）" if entry.source else "")
    rows = (
        ("编号", entry.id.removeprefix(PREFIX)),
        ("状态", f"{state_of(entry, now)}，{left(entry, now)}" if entry.status != "closed" else "已办结"),
        ("责任人", roles.owner(entry)),
        ("期限", due),
        ("要的凭据", _shown(entry.evidence, hide)),
        ("效果检查", check),
        ("由来", "：".join(filter(None, (ORIGINS.get(entry.origin, entry.origin), title)))),
        ("原因", roles.cause(entry.cause) if standing else _shown(entry.cause, hide)),
        ("背后的事", "、".join(entry.sources)),
    )
    for name, text in rows:
        if text:
            screen.line(text, first=f"{name}：")
    screen.line("经过：", "title")
    for event in events:
        said: dict[str, Any] = event.data
        texts = [said.get(name, "") for name in ("reason", "note", "text")]
        if event.kind == "done":
            texts = [f"凭据：{said['evidence']}"]
        if event.kind == "checked":
            texts.insert(0, "见效" if said["worked"] else "没见效")
        if event.kind in ("postponed", "reopened"):
            texts.append(f"新期限 {parse(said['due']):%Y-%m-%d}")
        told = "，".join(_shown(str(text), hide) for text in texts if text and event.kind != "created")
        label = _DID.get(event.kind, event.kind)
        screen.line(f"{label}{'：' if told else ''}{told}", first=f"  {parse(event.at):%Y-%m-%d %H:%M}  ")


def as_json(
    entry: FollowUp, now: datetime, roles: Roles, events: Sequence[Event] = (), *, hide: bool = True
) -> dict[str, Any]:
    """Everything; moments as stamps, null where there is none."""
    period = entry.period
    made: dict[str, Any] = {
        name: _shown(value, hide and name not in ("id", "source")) if isinstance(value, str) else value
        for name, value in msgspec.structs.asdict(entry).items()
    }
    for name in ("due", "check", "created", "last", "done_at"):
        made[name] = stamped(made[name]) or None
    made["period"] = int(period.total_seconds()) if period is not None else None
    made |= {
        "owner": roles.owner(entry),
        "state": state_of(entry, now),
        "late": entry.late(now),
        "days_left": days_left(entry, now),
    }
    if events:
        made["events"] = [
            {"seq": e.seq, "kind": e.kind, "at": e.at,
             **{k: _shown(v, hide) if isinstance(v, str) else v for k, v in e.data.items()}}
            for e in events
        ]  # fmt: skip
    return made


def proposals(screen: Terminal, found: Sequence[Proposal], roles: Roles, now: datetime) -> None:
    """Each cause with what is behind it and how to answer."""
    if not found:
        screen.line("没有一再发生到要立常备办法的事。", "good")
    for proposal in found:
        label = roles.cause(proposal.cause)
        more = f"（下面是最近 {len(proposal.behind)} 次）" if proposal.times > len(proposal.behind) else ""
        screen.line(f"“{label}”{proposal.times} 次，该立常备办法{more}", "title")
        for one in proposal.behind:
            screen.line(f"{masked(one.title)}（{one.id}）", first=f"  {short_time(one.at, now)}  ")
        # of orders the words, which are masked; the id of a playbook is shorter than its title
        name = label if proposal.cause.startswith("o:") else proposal.cause[2:]
        name = f'"{name}"' if " " in name else name
        screen.line(f"采纳：zhiban followup accept {name}", "quiet", first="  ")
        screen.line(f"不采纳：zhiban followup decline {name} --reason 原因", "quiet", first="  ")


def proposal_json(proposal: Proposal, roles: Roles) -> dict[str, Any]:
    """Cause, its words, and the occurrences."""
    behind = [{"id": one.id, "title": masked(one.title), "at": stamp(one.at)} for one in proposal.behind]
    return {
        "cause": masked(proposal.cause[2:]),
        "label": roles.cause(proposal.cause),
        "times": proposal.times,
        "behind": behind,
    }


def stamped(at: datetime | None) -> str:
    """A stamp, "" for none."""
    return stamp(at) if at is not None else ""


def _shown(text: str, hide: bool) -> str:
    return masked(text) if hide else text
