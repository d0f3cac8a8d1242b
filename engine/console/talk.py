"""One officer's conversation: reading a line, doing acts safely, hearing reports, announcing clocks.

Whatever is typed is first cleaned, then taken as a letter command, then as the screen's own reply, else as
a report. An act that cannot be kept is never lost silently.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from engine.console import desk, replies
from engine.console.replies import Chosen, Command, Empty, Marks, Picked, Reply, Report, Unclear
from engine.console.screens import Screens
from engine.console.terminal import Terminal
from engine.errors import Conflict, ZhibanError
from engine.plan import Watch, running
from engine.session import Session

T = TypeVar("T")
POLL = 60.0  # seconds between looks at the clock when no deadline is nearer


class Leave(Exception):
    """The officer saves and leaves."""


class Again(NamedTuple):
    """Something else was dealt with; `changed`: the plan may be another one now."""

    changed: bool


Answered = Marks | Chosen | Picked | Empty | Again
Aside = Callable[[Command], bool]


class Talk:
    """Reads replies for the screens. `aside` does the letter commands and says whether anything changed."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self.session, self.t = session, terminal
        self.screens = Screens(session, terminal)
        self.aside: Aside = lambda command: False
        self.shown: tuple[Any, ...] = ()  # the steps that `w 1` and `d 1` mean
        self.current: str = ""  # the fact that is being asked
        self._said: set[str] = set()
        self._announced: set[tuple[str, str]] = set()
        self._seen = session.state.seq  # events up to here were told
        self._typed = ""  # the last line, until it is dealt with

    # ---- reading --------------------------------------------------------------------------------

    def ask(self, parse: Callable[[str], Reply], prompt: str = "> ") -> Answered:
        """One reply that belongs to the screen; commands and reports are dealt with here."""
        while True:
            text = self.line(prompt)
            reply = parse(text)
            if isinstance(reply, Unclear):
                self.t.line(reply.hint, "soon")
            elif isinstance(reply, Command):
                return Again(self.aside(reply))
            elif isinstance(reply, Report):
                self.hear(reply.text)
                return Again(True)
            else:
                return reply

    def line(self, prompt: str = "> ") -> str:
        """One cleaned line; says when it had to be cut."""
        typed = self.t.read(prompt, self.wake)
        text, cut = replies.clean(typed)
        if cut:
            self.t.line(f"太长了，只留下前 {replies.LIMIT} 个字。", "soon")
        self._typed = text
        return text

    def words(self, prompt: str) -> str:
        """A line of free words (a reason, a name, a day): a letter command is never taken for them."""
        while True:
            text = self.line(prompt)
            found = replies.command(text)
            if found is None or found.rest:
                return text
            if found.name == "quit":
                raise Leave
            self.t.line("这里写字，Enter 略过；写完再用这个键", "soon")

    # ---- acting ---------------------------------------------------------------------------------

    def do(self, act: Callable[[], T], typed: str = "") -> T | None:
        """Do an act. None when it could not be done: then the officer has been told why.

        Another terminal wrote first: the session stands at its state now.
        """
        try:
            done = act()
            self._typed = ""
            self._warn()
            for text, style in self._gone():
                self.t.line(text, style)
            return done
        except Conflict as error:
            self.t.line(f"{error.message}。已换成最新情况，刚才这一步没有记上。", "late")
            typed, self._typed = self._typed or typed, ""
            if typed:
                self._keep(typed)
            return None
        except ZhibanError as error:
            if error.exit_code == 1:
                raise
            self.t.line(error.message + (f"。{error.help}" if error.help else ""), "soon")
            return None

    def _warn(self) -> None:
        """What the officer must know about the record or the evaluators, each said once."""
        for text, style in ((self.session.warning, "alarm"), (self.session.evaluator.note, "quiet")):
            if text and text not in self._said:
                self._said.add(text)
                self.t.line(f"注意：{text}", style)

    def _gone(self) -> list[tuple[str, str]]:
        """The steps that left the plan since the last look: (what to say, style)."""
        session, told = self.session, []
        new = [event for event in session.events if event.seq > self._seen and event.kind == "withdrawn"]
        self._seen = session.state.seq
        for key in dict.fromkeys(str(event.data["step"]) for event in new):
            live = session.state.steps.get(key)
            if live is None or not live.withdrawn or not (live.presented or live.outcome):
                continue  # it is back, or was never shown
            what = self._what(key)
            if live.outcome == "handed":
                told.append((f"通知撤回：{what}（交代过了，告诉经办的人不用办了）", "soon"))
            else:
                told.append((f"不用办了：{what}", "quiet"))
        return told

    def _what(self, key: str) -> str:
        """What a step says, also one of a playbook that was ended."""
        library = self.session.library
        steps = (library.vocabulary.steps, *(playbook.steps for playbook in library.playbooks))
        return next((self.screens.words(step) for some in steps for step in some if step.key == key), key)

    def act(self, act: Callable[[], None], typed: str = "") -> bool:
        """`do` for an act that returns nothing; whether it was done."""

        def done() -> bool:
            act()
            return True

        return bool(self.do(done, typed))

    def _keep(self, typed: str) -> None:
        from engine.console.keyboard import remember

        remember(typed)
        self.t.line(f"刚才输入的是：{typed}（按上箭头可以再用）")

    # ---- reports --------------------------------------------------------------------------------

    def hear(self, text: str) -> None:
        """A sentence about something new: danger first, the rest after one confirmation."""
        from engine.console.hearing import Hearing

        Hearing(self).report(text)

    def alarm(self, text: str) -> bool:
        """Only look for danger in words that were typed for another purpose."""
        from engine.console.hearing import Hearing

        return bool(replies.is_report(text) and Hearing(self).danger(text))

    # ---- clocks ---------------------------------------------------------------------------------

    def wake(self) -> tuple[float | None, list[str]]:
        """Let time pass: (seconds until to look again, announcements)."""
        session = self.session
        if session.state.status != "open":
            return None, []
        try:
            events = session.tick()
            said = [
                self._late(name) for event in events if event.kind == "overdue" for name in _names(event.data)
            ]
            said += [text for text, _ in self._gone()]
            now = session.clock.now()
            watches = self.clocks()
        except ZhibanError:
            return POLL, []  # the next act meets the same trouble and tells it
        for watch in watches:
            again = ("again", f"{watch.name} {watch.next}")
            if watch.next is not None and watch.next <= now and again not in self._announced:
                self._announced.add(again)
                said.append(f"该问问了：{session.ruleset.facts[watch.name].ask}（直接打一句话，或按 r 选）")
        times = [at for watch in watches for at in (watch.due, watch.next) if at is not None and at > now]
        ahead = min(((at - now).total_seconds() for at in times), default=POLL)
        return min(ahead + 0.3, POLL), said

    def _late(self, name: str) -> str:
        fact = self.session.ruleset.facts.get(name)
        what = fact.label if fact else self.screens.words(self.session.ruleset.steps[name])
        return f"时间到了：{what}"

    def clocks(self) -> tuple[Watch, ...]:
        """The running clocks; the diagrams are built only where an open fact needs them."""
        session = self.session
        if session.state.open_since:
            return tuple(session.watches())
        found = [
            Watch(item.key, "step", item.due, item.warn)
            for item in running(session.plan, session.state)
            if item.due is not None
        ]
        return tuple(sorted(found, key=lambda watch: str(watch.due)))

    def summary(self) -> str:
        """One line: what is done and what is open."""
        state = self.session.state
        done = sum(step.outcome == "done" for step in state.steps.values())
        open_steps = len(running(self.session.plan, state))
        return f"已办 {done} 件，未了 {open_steps} 件"

    def danger_keys(self, kinds: tuple[str, ...]) -> list[str]:
        """The facts for these kinds of danger."""
        return desk.danger_facts(kinds, self.session.ruleset.facts)


def _names(data: dict[str, object]) -> list[str]:
    return [str(data[kind]) for kind in ("step", "fact") if kind in data]
