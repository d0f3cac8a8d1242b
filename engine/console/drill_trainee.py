"""A trainee's terminal: acts are typed freely, what comes in shows at once, nothing hidden ever does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.console import drill_show as show
from engine.console.drill_acts import Acts
from engine.console.drill_desk import real
from engine.console.drill_line import Lines
from engine.console.terminal import Terminal
from engine.drill import clockwork, control, perform, view
from engine.drill.catalogue import Catalogue
from engine.drill.scoring import score
from engine.drill.store import Store
from engine.drill.times import span
from engine.drill.view import Line
from engine.errors import UsageError, ZhibanError

LATEST = 12  # lines that somebody sees who comes back; r tells the rest
STEP = 15  # seconds that an empty line goes on in a stepped drill
_POSTS = 5_000  # ms between looks at how far posts have got
_GROWN = 2  # a post is told again when it is so many times as far
_WORDS = {
    "？": "?",
    "Ｒ": "r",
    "退出": "q",
    "离开": "q",
    "结束": "完",
    "提示": "h",
    "时间": "t",
    "暂停": "p",
    "继续": "p",
}


class Trainee:
    """One trainee in a role. `speed`: of the clock when it is set going here."""

    def __init__(
        self, store: Store, role: str, screen: Terminal, *, speed: int = 1, clock: Callable[[], int] = real
    ) -> None:
        self.store, self.role, self.screen, self.clock, self.speed = store, role, screen, clock, speed
        self.beat = clockwork.Beat(clockwork.beat_file(store.id))
        self.acts = Acts(self, Catalogue(store.drill, store.library))
        self.own = view.who(store.state, role)
        self.lines = Lines(screen, self)
        self._seen = 0
        self._fresh: list[Line] = []
        self._posts: dict[int, int] = {}  # seq → shares when told last
        self._posts_at = 0
        self._ending = False
        self._waiting = False

    # ---- what the line reader asks ------------------------------------------------------------------

    def look(self) -> bool:
        """Look at the record once; whether there is something new for this role."""
        now_real = self.clock()
        clockwork.poll(self.store, self.beat, now_real)
        state = self.store.state
        if state.seq > self._seen:
            found = view.lines(state, self.role, self._seen, self.now())
            if not self._seen and len(found) > LATEST:  # who comes back sees how it began and what was last
                found = [found[0], *found[-LATEST:]]
            self._fresh += found
            self._seen = state.seq
        if now_real - self._posts_at >= _POSTS:
            self._posts_at = now_real
            self._fresh += self._grown()
        return bool(self._fresh)

    def show(self) -> None:
        """Print what is new."""
        fresh, self._fresh = self._fresh, []
        show.lines(self.screen, fresh, self.own)

    def over(self) -> bool:
        """Whether the drill has ended, or has begun where that is waited for."""
        state = self.store.state
        return state.status != "open" or (self._waiting and state.anchor is not None)

    def prompt(self) -> str:
        """The drill's clock and what is left of it."""
        return show.prompt(self.store.state, self.now())

    def now(self) -> datetime:
        """Drill time."""
        return clockwork.drill_now(self.store.state, self.clock())

    def _grown(self) -> list[Line]:
        """Posts that have got much further since they were told last."""
        found = []
        for line in view.lines(self.store.state, self.role, 0, self.now()):
            if line.spread is not None and line.kind == "inject":
                last = self._posts.setdefault(line.seq, max(1, line.spread.shares))
                if line.spread.shares >= _GROWN * last:
                    self._posts[line.seq] = line.spread.shares
                    found.append(line._replace(at=self.now(), text=f"“{line.text[:12]}…”那条传开了"))
        return found

    # ---- the drill ----------------------------------------------------------------------------------

    def run(self) -> str:
        """Until the drill ends or the trainee leaves: `ended` or `left`."""
        while True:
            try:
                line = self.lines.read()
            except (EOFError, KeyboardInterrupt):
                return self._leave()
            if line is None:
                self.finish()
                return "ended"
            try:
                if self._take(line.strip()) == "left":
                    return self._leave()
            except ZhibanError as error:
                self.screen.line(f"{error.message}{'；' + error.help if error.help else ''}", "soon")

    def wait(self) -> bool:
        """Until an empty line, or until somebody else sets the clock going; False: the trainee leaves."""
        self._waiting = True
        try:
            while line := self.lines.read():
                if line.strip().lower() in ("q", "离开"):
                    return False
                self.screen.line("还没开始，回车开始。", "quiet")
        except (EOFError, KeyboardInterrupt):
            return False
        finally:
            self._waiting = False
        return True

    def finish(self) -> None:
        """The marks and what to talk about."""
        state = self.store.state
        self.look()
        self.show()
        show.result(self.screen, state, score(state), self.store.id)
        show.hot_wash(self.screen, state, self.store.id)

    def _leave(self) -> str:
        self.beat.touch(self.store.state, self.clock(), now=True)
        return "left"

    def _take(self, typed: str) -> str:
        """One line. `left`: the trainee leaves."""
        word = _WORDS.get(typed, typed.lower())
        ending, self._ending = self._ending, False
        if word == "q":
            return "left"
        if word == "完":
            self._end(ending)
        elif word.startswith("?"):
            self.acts.list(word[1:].strip())
        elif word == "r":
            show.recap(self.screen, self.store.state, self.role, self.now())
        elif word == "t":
            self._tell_time()
        elif word == "p":
            self._pause()
        elif word == "h":
            perform.hint(self.store, self.role, self.now())
            if self.look():
                self.show()
        elif (seconds := self._wait(typed)) is not None:
            control.step(self.store, self.clock(), seconds)
        elif not typed:
            if not self.acts.empty() and self._stepped():
                control.step(self.store, self.clock(), STEP)
        elif typed.isdecimal():
            self.acts.number(int(typed))
        else:
            self.acts.typed(typed)
        return ""

    def act(self, kind: str, id: str, text: str) -> None:
        """Do something (as `perform.act`) and show what it brings at once."""
        if self.store.state.anchor is None:
            raise UsageError("还没开始", "等人齐了，发起的人按回车，或主持人写 走")
        perform.act(self.store, self.role, kind, id, text, self.now())
        if self.look():
            self.show()

    # ---- the clock ----------------------------------------------------------------------------------

    def _stepped(self) -> bool:
        anchor = self.store.state.anchor
        return anchor is not None and anchor.speed == 0 and not self.store.state.paused

    def _wait(self, typed: str) -> int | None:
        """`等 30s` in a stepped drill: seconds."""
        if not typed.startswith("等") or not self._stepped():
            return None
        return span(typed[1:].strip())

    def _pause(self) -> None:
        state = self.store.state
        if not state.opening.get("solo"):
            raise UsageError("有主持人的演练由主持人暂停", "要走开就按 q，再回来接着练")
        go = state.paused or state.anchor is None
        speed, why = (self.speed, "go") if go else (0, "pause")
        control.set_clock(self.store, self.now(), self.clock(), speed, why)
        self.screen.line("接着走。" if go else "停住了。p 接着走。", "title")

    def _tell_time(self) -> None:
        state, now = self.store.state, self.now()
        self.screen.line(show.clock_line(state, now), "title")
        left = max(timedelta(0), state.end - now)
        self.screen.line(f"还有 {show.short(int(left.total_seconds()))}。")
        for line in view.lines(state, self.role, 0, now):
            if line.spread is not None and line.kind == "inject":
                self.screen.line(show.told(line, self.own), "soon")

    def _end(self, sure: bool) -> None:
        if not sure:
            self._ending = True
            self.screen.line("结束就算分，没办的都算没办。真要结束再写一次 完。", "soon")
            return
        control.end(self.store, self.now(), "trainee")
