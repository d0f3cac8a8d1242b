"""Taking one answer at the terminal: time to think, time to write, what is written kept as it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine.console import desk, practice_keys
from engine.console.practice_pad import HOW, LEAVE, PAPER, Ended, Pad, Watch, think
from engine.console.terminal import Terminal
from engine.errors import ZhibanError

Keep = Callable[[str, float, float], None]  # text, seconds of thinking, seconds of writing


class Taken(NamedTuple):
    """An answer as given."""

    text: str
    think: float
    spent: float
    ended: Ended


class Wishes(NamedTuple):
    """How long to think and to answer, in seconds; 0: no such clock."""

    think: float
    limit: float


def take(
    screen: Terminal, wishes: Wishes, keep: Keep, *, text: str = "", thought: float = -1, spent: float = 0,
    single: bool = False, paper: Callable[[], None] | None = None,
) -> Taken:  # fmt: skip
    """Let an answer be written. `text`, `thought`, `spent`: how far it was; `thought` < 0: not begun.

    `paper` shows what is asked once more.
    """
    kept = _Careful(keep)
    if not single:
        screen.line(HOW, "quiet")
    if not practice_keys.possible(screen.out):
        return _by_lines(screen, wishes, kept, text, max(thought, 0), spent, single=single, paper=paper)
    with practice_keys.Keys(screen.out) as keys:
        if thought < 0:
            thought = 0.0
            if wishes.think:
                thought = think(keys, screen, wishes.think, "思考，回车就开始作答")
        watch = Watch(wishes.limit, spent)
        save = lambda now, used: kept(now, thought, used)  # noqa: E731
        written = Pad(keys, screen, watch, save, text, paper).write(single=single)
    return Taken(written.text, thought, written.spent, written.ended)


def _by_lines(
    screen: Terminal, wishes: Wishes, keep: Keep, text: str, thought: float, spent: float, *, single: bool,
    paper: Callable[[], None] | None,
) -> Taken:  # fmt: skip
    """Where single keys cannot be read: whole lines, the time before each."""
    watch = Watch(wishes.limit, spent)
    lines = text.split("\n") if text else []
    if text:
        screen.line(text, "quiet", first="  ")
    ended: Ended = "done"
    while True:
        try:
            line = screen.read(f"{watch.shown()}> ")
        except EOFError:
            ended = "done" if lines else "left"
            break
        if line.strip().lower() == LEAVE:
            ended = "left"
            break
        if line.strip() in PAPER and paper is not None:
            paper()
            continue
        if single or not line.strip() or line.strip() in (".", "。"):
            lines += [line] if single else []
            if lines:
                break
            screen.line(f"还没有写。{HOW}", "quiet")
            continue
        lines.append(line)
        keep("\n".join(lines), thought, watch.spent)
    return Taken("\n".join(lines).strip(), thought, watch.spent, ended)


class _Careful:
    """Keeps what is typed; when that fails says so once and lets the learner write on."""

    def __init__(self, keep: Keep) -> None:
        self.keep, self.told = keep, False

    def __call__(self, text: str, thought: float, spent: float) -> None:
        try:
            self.keep(text, thought, spent)
        except ZhibanError as error:
            if not self.told:
                self.told = True
                desk.warn(f"\n注意：写的存不下来（{error.message}），请写完再离开")
