"""The walk: prompt after prompt to the close. `walk.next_prompt` decides; this shows and answers."""

from __future__ import annotations

from typing import Literal

from engine import walk
from engine.console import replies
from engine.console.asides import Asides
from engine.console.marking import mark as do_mark
from engine.console.marking import no_way
from engine.console.replies import Chosen, Empty, Mark, Marks, Picked
from engine.console.talk import Again, Leave, Talk
from engine.console.terminal import Terminal
from engine.plan import Wanted, running
from engine.session import Session
from engine.walk import Prompt

End = Literal["closed", "left"]


class Walk:
    """One officer walks one incident at one terminal."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self.session, self.t = session, terminal
        self.talk = Talk(session, terminal)
        self.screens = self.talk.screens
        self.asides = Asides(self.talk)
        self.talk.aside = self.asides.handle
        self._hinted = False
        self._spare = -1  # before the first question there is nothing to compare with

    def run(self) -> End:
        """Until the incident is closed or the officer leaves; EOFError at the end of input."""
        try:
            while True:
                prompt = self.talk.do(lambda: walk.next_prompt(self.session))
                if prompt is None:
                    continue
                if prompt.kind == "closed":
                    self.closed()
                    return "closed"
                getattr(self, f"_{prompt.kind}")(prompt)
        except Leave:
            return "left"

    # ---- steps ----------------------------------------------------------------------------------

    def _steps(self, prompt: Prompt) -> None:
        """A screen of actions; what stays unmarked stays in the list (r)."""
        items = list(prompt.steps)
        self.talk.shown, self.talk.current = tuple(items), ""
        self.t.blank()
        self.screens.steps(items)
        self._clock_line(items)
        self.t.line(
            "办好打号（1）· 已交代 1h · 办不成 1x · Enter 往下"
            + ("" if self._hinted else "；新情况直接说；? 帮助"),
            "quiet",
        )
        self._hinted = True
        closing = self.session.state.closing
        while True:
            reply = self._marks(len(items))
            if isinstance(reply, Empty):
                break
            if isinstance(reply, Marks):
                for mark in reply.marks:
                    self.mark(mark, items)
            if self._urgent() or self.session.state.status != "open":
                self._safety_first(items)
                break
            if self.session.state.closing and not closing:
                break
            self.talk.shown = tuple(items)
            left = self._left(items)
            if not left:
                break
            self.screens.brief(left)

    def _safety_first(self, items: list[Wanted]) -> None:
        """Danger came up: its steps now, then back to what is left of this screen."""
        while self._urgent():
            prompt = self.talk.do(lambda: walk.next_prompt(self.session))
            if prompt is not None and prompt.kind == "steps":
                self._steps(prompt)
        left = [item for _, item in self._left(items)]
        if left and self.session.state.status == "open":
            self.t.line("回到刚才：", "title")
            self._steps(Prompt("steps", tuple(left)))

    def _left(self, items: list[Wanted]) -> list[tuple[int, Wanted]]:
        """What of a screen is still to be marked, with its numbers."""
        wanted, state = self.session.plan.wanted, self.session.state
        return [
            (number, wanted[item.key])
            for number, item in enumerate(items, 1)
            if item.key in wanted
            and (live := state.steps.get(item.key))
            and live.running
            and not live.outcome
        ]

    def _marks(self, count: int, prompt: str = "> ") -> Marks | Empty | Again:
        now = self.session.clock.now()
        reply = self.talk.ask(lambda text: replies.steps(text, count, now), prompt)
        assert not isinstance(reply, Chosen | Picked)
        return reply

    def _urgent(self) -> bool:
        prompt = self.talk.do(lambda: walk.next_prompt(self.session, present=False))
        return prompt is not None and prompt.kind == "steps" and prompt.steps[0].phase == "safety"

    def mark(self, mark: Mark, items: list[Wanted]) -> None:
        """Journal the outcome of some steps."""
        do_mark(self.talk, mark, items)

    # ---- questions ------------------------------------------------------------------------------

    def _question(self, prompt: Prompt) -> None:
        assert prompt.fact is not None
        self.t.blank()
        self.screens.deadlines(prompt.clocks)
        self.talk.shown = tuple(running(self.session.plan, self.session.state))
        self.asides.put(prompt.fact, spare=prompt.spare if 0 <= self._spare < prompt.spare else 0)
        self._spare = prompt.spare

    def _propose(self, prompt: Prompt) -> None:
        playbook = next(p for p in self.session.library.playbooks if p.id == prompt.playbook)
        self.t.blank()
        self.t.line(f"看来还有一类事：{playbook.title}。要一并处置吗？", "ask", first="问 ")
        because = self.asides.because(prompt.rules)
        if because:
            self.t.line(f"因为：{because}", "quiet", first="   ")
        self.t.line("1 一并处置★   2 不用", first="   ")
        reply = self.talk.ask(lambda text: replies.pick(text, 2))
        if isinstance(reply, Again):
            return
        kind = "declined" if isinstance(reply, Picked) and reply.numbers[0] in (0, 2) else "activated"
        self.talk.do(lambda: self.session.perform(kind, {"playbook": prompt.playbook}))

    def _due(self, prompt: Prompt) -> None:
        item = prompt.steps[0]
        self.talk.shown = (item,)
        self.t.blank()
        self.t.line(f"交代出去的事到时间了：{self.screens.words(item.step)}", "late", first="问 ")
        self.screens.deadlines(prompt.clocks, skip=[item.key])
        self.t.line("1 办好了   2 还没有，再等等★   3 没办成", first="   ")
        reply = self.talk.ask(lambda text: self._due_reply(text))
        if isinstance(reply, Again):
            return
        if isinstance(reply, Marks):
            self.mark(reply.marks[0], [item])
        elif isinstance(reply, Picked) and reply.numbers[0] == 1:
            self.mark(Mark((1,), "done"), [item])
        elif isinstance(reply, Picked) and reply.numbers[0] == 3:
            no_way(self.talk, 1, item, "")
        else:
            self.talk.do(lambda: walk.not_yet(self.session, item.key))

    def _due_reply(self, text: str) -> replies.Reply:
        """Numbers choose here; `1 9:12` and `1 不行 原因` are marks as everywhere."""
        found = replies.steps(text, 1, self.session.clock.now())
        if isinstance(found, Marks):
            first = found.marks[0]
            if first.since or first.reason or first.outcome != "done" or replies.numbers(text) is None:
                return found
        return replies.pick(text, 3)

    # ---- between and at the end -----------------------------------------------------------------

    def _standing(self, prompt: Prompt) -> None:
        self.t.blank()
        self.t.line("眼下没有新的事要做。", "title")
        self.asides.open_list()

    def _settle(self, prompt: Prompt) -> None:
        from engine.console.closing import settle

        settle(self, prompt)

    def _close(self, prompt: Prompt) -> None:
        from engine.console.closing import finish

        finish(self, prompt)

    def closed(self) -> None:
        """The last screen."""
        from engine.console.closing import farewell

        farewell(self.session, self.t, self.screens)

    def _clock_line(self, items: list[Wanted]) -> None:
        if self._hinted:  # the first screen is about its steps alone
            self.screens.deadlines(self.talk.clocks(), skip=[item.key for item in items])
