"""Events → the lines of the record, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.clock import parse
from engine.conditions import Answer
from engine.model import Event
from engine.render.history import History
from engine.render.structure import Entry
from engine.render.times import at_minute, clean
from engine.words import shown

HOW = {"asked": "查明", "reported": "接报", "corrected": "更正", "changed": "变化"}
OUTCOMES = {
    "": "未办",
    "handed": "已交办",
    "done": "办结",
    "blocked": "未办成",
    "skipped": "未做",
    "withdrawn": "不再需要",
}


class Lines:
    """Collects the lines; handed to `History.walk`. `titles`: playbook id → title."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self.titles = titles
        self.entries: list[Entry] = []

    def see(self, event: Event, history: History) -> None:
        """Add the line of an event, if it has one."""
        write = getattr(self, f"_{event.kind}", None)
        found = write(event.data, history) if write is not None else None
        if found is None:
            return
        kind, text, *rest = found
        at = parse(str(event.data.get("since") or event.at))
        self.entries.append(Entry(at, event.seq, kind, text, *rest))

    def sorted(self) -> tuple[Entry, ...]:
        """The lines by the time of what they tell."""
        return tuple(sorted(self.entries, key=lambda entry: (entry.at, entry.seq)))

    def _named(self, id: str) -> str:
        return f"《{self.titles.get(id, '已不在的剧本')}》"

    def _begun(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        text = clean(data.get("text", ""))
        plan = "".join(self._named(id) for id in data["playbooks"])
        said = f"接报：{text}" if text else f"接报：{clean(data['title'])}"
        return "begun", f"{said}；启用{plan}", f"{said}"

    def _answered(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        change = history.state.changes[-1]
        label, now = history.label(change.fact), value(history, change.fact, change.answer)
        if change.answer.state == "unsure":
            return change.how, f"待核实：{label}（说不清）"
        if change.answer.state == "open":
            return change.how, f"等待：{label}（还没有）"
        if change.how in ("corrected", "changed") and change.before is not None:
            before = value(history, change.fact, change.before)
            told = f"{HOW[change.how]}：{label}，由“{before}”改为“{now}”"
            return change.how, told, told
        told = f"{HOW.get(change.how, '查明')}：{label}——{now}"
        return change.how, told, "" if _minor(history, change.fact, change.answer) else told

    def _marked(self, data: dict[str, Any], history: History) -> tuple[str, ...] | None:
        key, outcome = data["step"], data["outcome"]
        what, who = history.what(key), person(history, key)
        reason = clean(data.get("reason", ""))
        because = f"（{reason}）" if reason else ""
        if outcome == "handed":
            step = history.ruleset.steps.get(key)
            told = f"交{who}：{what}" if step and step.who else f"已布置：{what}"
            return outcome, f"{told}{because}", told
        if outcome == "done":
            return outcome, f"办结：{what}（{who}）{because}", f"{what}{because}"
        if outcome == "blocked":
            told = f"未办成：{what}{because}"
            return outcome, told, told
        return outcome, f"未做：{what}{because}"

    def _way(self, data: dict[str, Any], history: History) -> tuple[str, ...] | None:
        step = history.ruleset.steps.get(data["step"])
        if step is None or data["way"] >= len(step.ways):
            return None
        reason = clean(data.get("reason", ""))
        way = history.fill(step.key, step.ways[data["way"]])
        return "way", f"改用：{way}（{history.what(step.key)}{'；' + reason if reason else ''}）"

    def _opened(self, data: dict[str, Any], history: History) -> tuple[str, ...] | None:
        why = {"anew": "情况有变，重新要办", "updated": "内容有更新，再办一次"}.get(data.get("why", ""))
        return ("opened", f"{why}：{history.what(data['step'])}") if why else None

    def _withdrawn(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        tell = "，并通知已交办的人撤回" if data.get("notify") else ""
        return "withdrawn", f"不再需要：{history.what(data['step'])}{tell}"

    def _overdue(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        if "step" in data:
            return "overdue", f"逾期：{history.what(data['step'])}"
        return "overdue", f"逾期：{history.label(data['fact'])}，一直没有结果"

    def _activated(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        told = f"同时启用{self._named(data['playbook'])}"
        return "activated", told, told

    def _declined(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        return "declined", f"不启用{self._named(data['playbook'])}"

    def _ended(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        return "ended", f"结束{self._named(data['playbook'])}"

    def _noted(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        return "noted", f"记录：{clean(data['text'])}"

    def _reported(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        told = f"接报：{clean(data['text'])}"
        return "reported", told, told

    def _handover(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        return "handover", f"交接：{clean(data['text'])}"

    def _issued(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        title = clean(data.get("title", "文书"))
        return "issued", f"拟出文书：{title}（草稿）" if data.get("draft") else f"出具文书：{title}"

    def _deferred(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        who = owner(history, str(data.get("who", "")), str(data.get("name", "")))
        due = f"，{at_minute(parse(data['due']), _now(history))} 前" if data.get("due") else ""
        return "deferred", f"转后续跟进：{clean(data['what'])}（{who}{due}）"

    def _paused(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        return "paused", "暂停处置"

    def _resumed(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        return "resumed", "继续处置"

    def _closed(self, data: dict[str, Any], history: History) -> tuple[str, ...]:
        return "closed", "处置结束", "处置结束"


def person(history: History, key: str) -> str:
    """Who acts on a step: the role and, where the profile knows it, the name."""
    step = history.ruleset.steps.get(key)
    return owner(history, (step.who if step else "") or "duty")


def owner(history: History, role: str, name: str = "") -> str:
    """A role and who holds it."""
    labels = {entry.id: entry.label for entry in history.ruleset.library.vocabulary.roles}
    label = labels.get(role, "值班负责人" if role == "duty" else "责任人")
    known = clean(name or history.profile.people.get(role, ("", ""))[0])
    return f"{label} {known}" if known else label


def _minor(history: History, key: str, answer: Answer) -> bool:
    """Whether a course of action may leave an answer out: circumstances, and a no to what was not awaited."""
    fact = history.ruleset.facts.get(key)
    return fact is None or bool(fact.known_from) or (answer.value is False and fact.recheck is None)


def value(history: History, fact: str, answer: Answer | None) -> str:
    """A fact's value on one line."""
    declared = history.ruleset.facts.get(fact)
    return clean(shown(declared, answer)) if declared else "（无法显示）"


def _now(history: History) -> datetime:
    assert history.state.at is not None
    return history.state.at
