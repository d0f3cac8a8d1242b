"""What the officer sees of a prompt: what to do, what is asked, which clocks run. Shows, decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from engine.conditions import OPEN, Answer
from engine.console.replies import listed
from engine.console.terminal import Terminal
from engine.console.wrap import columns
from engine.model import PHASE_TITLES, Fact, Step
from engine.plan import Wanted, Watch
from engine.session import Session
from engine.walk import in_use, owner_of
from engine.words import shown

WHY_AGAIN = {"anew": "又要做", "updated": "更新", "every": "再做一次"}


def short_time(at: datetime, now: datetime) -> str:
    """`9:12`, with the day when it is not today."""
    clock = f"{at.hour}:{at.minute:02d}"
    if at.date() == now.date():
        return clock
    if at.date() == now.date() + timedelta(days=1):
        return f"明天{clock}"
    if at.year != now.year:
        return f"{at.year}年{at.month}月{at.day}日"
    far = abs((at - now).days) > 2
    return f"{at.month}月{at.day}日" + ("" if far else clock)


def span(seconds: float) -> str:
    """`3分钟`, `2小时5分`, `3天`."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "不到1分钟"
    if minutes < 60:
        return f"{minutes}分钟"
    if minutes < 24 * 60:
        return f"{minutes // 60}小时" + (f"{minutes % 60}分" if minutes % 60 else "")
    return f"{minutes // 1440}天"


def left(due: datetime, now: datetime) -> str:
    """`还有3分钟` or `已超5分钟`."""
    seconds = (due - now).total_seconds()
    return f"还有{span(seconds)}" if seconds > 0 else f"已超{span(-seconds)}"


class Screens:
    """The views of one incident on one terminal."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self.session, self.t = session, terminal

    # ---- steps ----------------------------------------------------------------------------------

    def words(self, step: Step) -> str:
        """What a step says to do."""
        return self.session.words().fill(step.what, owner_of(step.key))

    def person(self, role: str, *, phone: bool) -> str:
        """A role with the name and number that the hall profile gives."""
        labels = {entry.id: entry.label for entry in self.session.library.vocabulary.roles}
        name, number = self.session.profile.people.get(role, ("", ""))
        label = labels.get(role, role)
        told = f"{label}{' ' + name if name else ''}"
        if phone and role not in ("duty",):
            told += f" {number}" if number else ""
        return told

    def steps(self, items: Sequence[Wanted], *, phase: bool = True) -> None:
        """Numbered steps in full: what, who, by when, the words to say."""
        before = ""
        for number, item in enumerate(items, 1):
            if phase and item.phase != before:
                urgent = item.phase == "safety"
                self.t.line(f"【{PHASE_TITLES[item.phase]}】", "alarm" if urgent else "title")
                before = item.phase
            self.step(item, number)

    def step(self, item: Wanted, number: int) -> None:
        """One step in full."""
        step, live = item.step, self.session.state.steps.get(item.key)
        words, playbook = self.session.words(), owner_of(item.key)
        again = WHY_AGAIN.get(live.why, "") if live is not None else ""
        mark = f"（{again}）" if again else ""
        self.t.line(mark + words.fill(step.what, playbook), "act", first=f"{number:>2} ")
        self.t.line(" · ".join(self._details(item)), self._urgency(item.due, item.warn), first="   ")
        way = in_use(step, live.way if live is not None else 0)
        if way:
            last = (live.way if live is not None else 0) + 1 >= len(step.ways)
            hint = "" if last else f"（不成按 {number}x 换）"
            self.t.line(f"办法：{words.fill(way, playbook)}{hint}", "quiet", first="   ")
        if step.say:
            self.t.line(f"说：“{words.fill(step.say, playbook)}”", "say", first="   ")
        if step.issue:
            self.t.line(f"文书：按 d {number} 看稿", "quiet", first="   ")

    def _details(self, item: Wanted) -> list[str]:
        step, now = item.step, self.session.clock.now()
        # who reads this is the duty officer: one word instead of his title on nearly every step
        who = "你" if step.who in ("", "duty") else self.person(step.who, phone=True)
        if step.to:
            who += f" → {self.person(step.to, phone=True)}"
            if step.to in self._blank_phones():
                who += "（电话没填）"
        found = [f"谁：{who}"]
        if item.due is not None:
            found.append(f"{short_time(item.due, now)} 前（{left(item.due, now)}）")
        if step.optional:
            found.append("可不做")
        return found

    def _blank_phones(self) -> set[str]:
        """Roles whose number the hall has not filled in; emergency services carry it in their name."""
        people = self.session.profile.people
        roles = self.session.library.vocabulary.roles
        return {role.id for role in roles if not people.get(role.id, ("", ""))[1] and "（1" not in role.label}

    def _urgency(self, due: datetime | None, warn: datetime | None) -> str:
        now = self.session.clock.now()
        if due is None:
            return "quiet"
        return "late" if due <= now else "soon" if warn is not None and warn <= now else "quiet"

    def brief(self, items: Iterable[tuple[int, Wanted]]) -> None:
        """Steps with their numbers, in a line or two each."""
        state, now = self.session.state, self.session.clock.now()
        for number, item in items:
            live = state.steps.get(item.key)
            told = self.words(item.step)
            notes = []
            if live is not None and live.outcome == "handed":
                notes.append("已交代")
            if item.waits:
                waits = "、".join(self.words(self.session.ruleset.steps[name]) for name in item.waits)
                notes.append(f"等：{waits}")
            if item.due is not None:
                notes.append(left(item.due, now))
            note = f"（{'，'.join(notes)}）" if notes else ""
            self.t.line(
                told + note, self._urgency(item.due, item.warn).replace("quiet", ""), first=f"{number:>2} "
            )

    # ---- questions ------------------------------------------------------------------------------

    def question(
        self, fact: Fact, offered: list[tuple[str, Answer]], default: Answer | None = None, spare: int = 0
    ) -> None:
        """A question with its numbered answers; the default is marked ★."""
        self.t.line(fact.ask or fact.label, "ask", first="问 ")
        if fact.kind in ("number", "time", "text"):
            form = {
                "number": f"打一个数{'（' + fact.unit + '）' if fact.unit else ''}",
                "time": "打时间，如 9:12",
                "text": "打字回答",
            }
            hints = [form[fact.kind], "s 说不清"]
            if fact.recheck is not None:
                hints.append("还没消息就打 还没有（过会儿再问）")
            if default is not None:
                hints.append(f"Enter＝{shown(fact, default)}")
            self.t.line("，".join(hints), "quiet", first="   ")
        else:
            self._answers(fact, offered, default)
        if spare:
            self.t.line(f"（另有 {spare} 个问题已不用问）", "quiet", first="   ")

    def _answers(self, fact: Fact, offered: list[tuple[str, Answer]], default: Answer | None) -> None:
        entries = [
            (str(number), self._plainly(fact, label, answer), default == answer)
            for number, (label, answer) in enumerate(listed(offered), 1)
        ]
        if fact.kind == "many":
            count = len(fact.choices)
            entries = [(str(n), c.label, False) for n, c in enumerate(fact.choices, 1)]
            entries += [(str(count + 1), "都没有", False)]
            if fact.recheck is not None:
                entries.append((str(count + 2), self._plainly(fact, "还没有", OPEN), False))
        entries.append(("0", "说不清", default is not None and default.state == "unsure"))
        told = [f"{number} {label}{'★' if marked else ''}" for number, label, marked in entries]
        if sum(columns(entry) + 3 for entry in told) <= self.t.width:
            self.t.line("   ".join(told), first="   ")
        else:
            for number, label, marked in entries:
                self.t.line(label + ("  ★" if marked else ""), first=f"{number:>2} ")
        if fact.kind == "many":
            self.t.line("可选几个，中间空格", "quiet", first="   ")

    @staticmethod
    def _plainly(fact: Fact, label: str, answer: Answer) -> str:
        """Of what is awaited: a final no is not asked again, no news yet is."""
        if answer == OPEN:
            return f"{label}（过会儿再问）"
        if fact.recheck is not None and answer == Answer("known", False):
            return f"{label}（定了，不再问）"
        return label

    # ---- clocks ---------------------------------------------------------------------------------

    def deadlines(self, clocks: Sequence[Watch], *, skip: Iterable[str] = ()) -> None:
        """The most urgent clocks on one or two lines."""
        now, hidden = self.session.clock.now(), set(skip)
        told = []
        for watch in clocks:
            if watch.name in hidden:
                continue
            at = watch.due or watch.next
            if at is None:
                continue
            told.append(
                (
                    watch,
                    f"{self._nickname(watch)} {left(at, now) if watch.due else self._again(watch, now)}",
                )
            )
        if not told:
            return
        late = any(watch.due is not None and watch.due <= now for watch, _ in told)
        soon = any(watch.warn is not None and watch.warn <= now for watch, _ in told)
        more = f"  另有{len(told) - 2}项（t）" if len(told) > 2 else ""
        style = "late" if late else "soon" if soon else "quiet"
        self.t.line("；".join(text for _, text in told[:2]) + more, style, first="时限 ")

    def _again(self, watch: Watch, now: datetime) -> str:
        assert watch.next is not None
        return "该再问了" if watch.next <= now else f"{span((watch.next - now).total_seconds())}后再问"

    def clock_name(self, watch: Watch) -> str:
        """What a clock is about."""
        ruleset = self.session.ruleset
        if watch.of == "fact":
            return ruleset.facts[watch.name].label or ruleset.facts[watch.name].ask
        return self.words(ruleset.steps[watch.name])

    def _nickname(self, watch: Watch) -> str:
        """The same in some eight characters."""
        head = re.split(r"[，：；。（、]", self.clock_name(watch))[0]
        return head if len(head) <= 9 else f"{head[:8]}…"

    def clocks(self, clocks: Sequence[Watch], start: int = 0) -> None:
        """All clocks, one a line; numbered from `start` when given."""
        now = self.session.clock.now()
        if not clocks:
            self.t.line("没有在计时的事。")
        for number, watch in enumerate(clocks, start):
            told = []
            if watch.due is not None:
                told.append(f"{short_time(watch.due, now)} 前，{left(watch.due, now)}")
            if watch.next is not None:
                told.append("该再问了" if watch.next <= now else f"{short_time(watch.next, now)} 再问")
            due = watch.due or watch.next
            urgent = self._urgency(due, watch.warn or due).replace("quiet", "")
            first = f"{number:>2} " if start else "   "
            self.t.line(f"{self.clock_name(watch)}：{'；'.join(told)}", urgent, first=first)
