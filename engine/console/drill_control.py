"""`zhiban drill control`: the controller's terminal beside those of the trainees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.console import drill_desk, drill_orders, record
from engine.console import drill_show as show
from engine.console.drill_desk import real
from engine.console.drill_line import Lines
from engine.console.respond import interactive, terminal
from engine.console.terminal import Terminal
from engine.console.wrap import clip
from engine.drill import board, clockwork, view
from engine.drill.scoring import score
from engine.drill.store import Store
from engine.errors import NeedsInput, ZhibanError
from engine.model import Event

SHOWN = 3  # of each list on the board
_ALARMS = ("missed", "late")


def control(name: str, *, orders: tuple[str, ...] = (), json: bool = False) -> int:
    """Control a run: by hand, by single orders, or a look at it as JSON; returns the exit code."""
    journal = drill_desk.journal_to_read() if json and not orders else drill_desk.journal_to_write()
    with journal, drill_desk.opened(journal, drill_desk.find(journal, name)) as store:
        if not orders and not json:
            if not interactive():
                raise NeedsInput("没有终端", "--do “放 2” 做一件事，--json 看一眼")
            return Controller(store, terminal()).run()
        if orders:
            beat = clockwork.Beat(clockwork.beat_file(store.id))
            clockwork.poll(store, beat, real())
            seen = store.state.seq
            for order in orders:
                drill_orders.perform(store, real(), order)
            if not json:
                for event in store.events[seen:]:
                    _tell(terminal(), store, event)
        if json:
            record.emit({"id": store.id, **board.board(store.state, seen_now(store))})
    return 0


def seen_now(store: Store) -> datetime:
    """Drill time for a look that writes nothing: where it stands when nobody is there."""
    state, now = store.state, real()
    last = clockwork.Beat(clockwork.beat_file(store.id)).read()
    if clockwork.runs(state) and last is not None and now - last[0] > clockwork.GAP:
        now = last[0]
    return clockwork.drill_now(state, now)


class Controller:
    """The controller at one terminal: a board when asked for, each event as it comes, orders."""

    def __init__(self, store: Store, screen: Terminal, clock: Callable[[], int] = real) -> None:
        self.store, self.screen, self.clock = store, screen, clock
        self.beat = clockwork.Beat(clockwork.beat_file(store.id))
        self.lines = Lines(screen, self)
        self._seen = store.state.seq
        self._leaving = False

    def look(self) -> bool:
        """Look at the record once; whether there is something new."""
        clockwork.poll(self.store, self.beat, self.clock())
        return self.store.state.seq > self._seen

    def show(self) -> None:
        """Print what is new."""
        events, self._seen = self.store.events[self._seen :], self.store.state.seq
        for event in events:
            _tell(self.screen, self.store, event)

    def over(self) -> bool:
        """Never: after the end the controller still rates and notes."""
        return False

    def now(self) -> datetime:
        """Drill time."""
        return clockwork.drill_now(self.store.state, self.clock())

    def prompt(self) -> str:
        """The clock and when the next inject comes."""
        state, now = self.store.state, self.now()
        if state.status != "open":
            return "演练主持 已结束> "
        left = [entry["left"] for entry in board.injects(state, now) if entry["state"] == "next"]
        following = f" 下一个 {show.short(min(left))}" if left else ""
        return show.prompt(state, now, "演练主持").removesuffix("> ") + f"{following}> "

    def run(self) -> int:
        """Until the controller leaves; the drill goes on."""
        self.look()
        self._seen = self.store.state.seq
        self.board()
        while True:
            try:
                typed = (self.lines.read() or "").strip()
            except (EOFError, KeyboardInterrupt):
                break
            if typed.lower() in ("q", "退出"):
                break
            try:
                self._take(typed)
            except ZhibanError as error:
                self.screen.line(f"{error.message}{'；' + error.help if error.help else ''}", "soon")
        self.screen.line(
            f"演练还在走。再看：zhiban drill control {self.store.id}" if self._open() else "走了。", "good"
        )
        return 0

    def _open(self) -> bool:
        return self.store.state.status == "open"

    def _take(self, typed: str) -> None:
        match typed.lower():
            case "":
                self.board()
            case "?" | "？" | "help":
                for word, means in drill_orders.HELP:
                    self.screen.line(f"{word}　{means}", first="  ", rest="      ")
            case "全" | "all":
                self.board(99)
            case "分" | "score":
                show.result(self.screen, self.store.state, score(self.store.state), self.store.id)
            case _:
                drill_orders.perform(self.store, self.clock(), typed)
                if self.look():
                    self.show()

    # ---- the board ----------------------------------------------------------------------------------

    def board(self, most: int = SHOWN) -> None:
        """Everything at a glance, so that it fits a window of 24 lines; `most`: of each list."""
        screen, state, now = self.screen, self.store.state, self.now()
        found = board.board(state, now, acts=min(most, 5))
        screen.line(f"{show.clock_line(state, now)}　{self.store.id}", "title")
        people = "、".join(view.who(state, role) for role in state.people)
        screen.short(f"在场：{people or '还没有人'}　? 能写什么　回车 重看　q 离开（演练照走）", "quiet")
        injects = found["injects"]
        coming = sorted((e for e in injects if e["state"] == "next"), key=lambda e: e["left"])
        self._injects("要来的情况", coming, most)
        self._injects("等着的情况", [e for e in injects if e["state"] == "waiting"], most)
        if most > SHOWN:
            self._injects("来过的、取消的", [e for e in injects if e["state"] in ("fired", "skipped")], most)
        self._expectations(found["expectations"], most)
        if most > SHOWN or not self._open():
            screen.line("目标（评 编号 P/S/M/U 理由）：", "act")
            for number, entry in enumerate(found["objectives"], 1):
                self._row(f"{number:>3} {entry['rated']:>5} ", entry["what"])
        if found["acts"]:
            screen.line("他们办的：", "act")
        for act in found["acts"]:
            self._row(f"  {act['at'][11:19]} ", act["text"])

    def _injects(self, title: str, found: list[dict[str, Any]], most: int) -> None:
        if not found:
            return
        more = f"（共 {len(found)}）" if len(found) > most else ""
        self.screen.line(f"{title}{more}：", "act")
        for entry in found[:most]:
            who = f"{entry['by']} {entry['from']}".strip()
            when = show.short(entry["left"]) if "left" in entry else ""
            asides = [entry["note"], f"等：{entry['on']}" if "on" in entry else ""]
            said = clip(f"{who}：{entry['tell']}", 44 if any(asides) and most <= SHOWN else 200)
            said += "".join(
                f"〔{text}〕" for text in ("干扰" if entry["red_herring"] else "", *asides) if text
            )
            first = f"{entry['number']:>3} {when:>5} "
            if most > SHOWN:
                self.screen.line(said, first=first, rest=None)
            else:
                self._row(first, said)

    def _expectations(self, found: list[dict[str, Any]], most: int) -> None:
        running = sorted((e for e in found if e["state"] == "running"), key=lambda e: e.get("left", 10**6))
        done = [e for e in found if e["state"] not in ("running", "waiting")]
        later = [e for e in found if e["state"] == "waiting"]
        counts = "，".join(
            f"{words} {count}"
            for state, words in board.OUTCOMES.items()
            if (count := sum(e["state"] == state for e in found))
        )
        self.screen.line(f"要求（{counts}）：", "act")
        rows = [*running[: most + 1], *reversed(done[-most:]), *(later if most > SHOWN else [])]
        for entry in rows:
            left = show.short(entry["left"]) if "left" in entry else ""
            critical = "！" if entry["critical"] else ""
            text = f"{board.MARKS[entry['state']]} {critical}{entry['what']}"
            style = "late" if entry["state"] in _ALARMS or entry.get("left", 1) < 0 else ""
            self._row(f"{entry['number']:>3} {left:>5} ", text, style)

    def _row(self, first: str, text: str, style: str = "") -> None:
        self.screen.line(clip(text, self.screen.width - len(first)), style, first=first)


def _tell(screen: Terminal, store: Store, event: Event) -> None:
    text = board.told(store.state, event)
    if text:
        missed = event.kind == "expected" and event.data["outcome"] in _ALARMS
        harm = event.kind == "act" and event.data["kind"] == "harm"
        style = "late" if missed or harm else "soon" if event.kind == "injected" else ""
        screen.line(text, style, first=f"{event.at[11:19]} ", rest="         ")
    if event.kind == "ended":
        show.result(screen, store.state, score(store.state), store.id)
        screen.line(f"还可以 评、改分、记。zhiban drill score {store.id} 逐条看。", "quiet")
