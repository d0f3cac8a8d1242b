"""From a trainee's line to an act: what is offered for it, what a number or an empty line takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from engine.console.terminal import Terminal
from engine.drill.catalogue import Act, Catalogue
from engine.drill.meant import understand

PAGE = 14  # acts on a page of the list
_MARKS = {"ask": "问：", "issue": "发文书："}  # a step and its document may have the same words
_KINDS = {"办": ("step", "harm"), "问": ("ask",), "发": ("issue",)}


class Player(Protocol):
    """Who acts."""

    screen: Terminal

    def act(self, kind: str, id: str, text: str) -> None:
        """Do it (as `perform.act`) and show what it brings."""
        ...


class Acts:
    """What is offered at one terminal: it stays until something else is offered or done."""

    def __init__(self, player: Player, catalogue: Catalogue) -> None:
        self.player, self.screen, self.catalogue = player, player.screen, catalogue
        self._offered: Sequence[Act] = ()
        self._rest: list[Act] = []  # of the list, not shown yet
        self._words = ""  # said as they stand with 0
        self._enter: Act | str | None = None  # what an empty line does or says

    def typed(self, text: str) -> None:
        """Free words."""
        if self._words and (self._offered or isinstance(self._enter, str)):
            self.screen.line(f"上一句没有办：{self._words}", "late")
        meant = understand(self.catalogue, text)
        best = meant.acts[0] if meant.acts else None
        if meant.what == "say":
            self._say(meant.text)
        elif best is not None and meant.exact:
            self._do(best)
        elif best is not None:
            self._offer(meant.acts, meant.text, meant.text if meant.speech else best if meant.clear else None)
        elif meant.speech:
            self._offer((), meant.text, meant.text)
        else:
            self.player.act("unknown", "", meant.text)
            self._offer((), meant.text, None)

    def empty(self) -> bool:
        """An empty line: what is clear, or the next page; whether it meant something."""
        chosen, self._enter = self._enter, None
        if isinstance(chosen, Act):
            self._do(chosen)
        elif isinstance(chosen, str):
            self._say(chosen)
        elif self._rest:
            self._page()
        elif self._offered:
            self.screen.line("写编号选一项，或换一种说法。", "quiet")
        else:
            return False
        return True

    def number(self, number: int) -> None:
        """A number of what is offered; 0: the words as they stand."""
        if number == 0 and self._words:
            self._say(self._words)
        elif 0 < number <= len(self._offered):
            self._do(self._offered[number - 1])
        else:
            self.screen.line("没有这一项；直接写你要做的事，? 看都能做什么。", "quiet")

    def list(self, words: str = "") -> None:
        """All acts by pages; of a kind (办, 问, 发), or those with the words."""
        kinds = _KINDS.get(words)
        every = [act for act, *_ in self.catalogue.acts]
        self._rest = [act for act in every if (act.kind in kinds if kinds else words in act.text)]
        if self._rest:
            self._page()
        else:
            self.screen.line(f"没有带“{words}”的。", "quiet")

    def _offer(self, acts: Sequence[Act], words: str, enter: Act | str | None) -> None:
        self._offered, self._words, self._enter, self._rest = acts, words, enter, []
        for number, act in enumerate(acts, 1):
            self.screen.line(_shown(act), "act" if act is enter else "", first=f" {number} ")
        first = "回车＝1，" if isinstance(enter, Act) else ""
        said = "回车" if isinstance(enter, str) else "0"
        none = "都不是就换一种说法" if acts else "? 看都能做什么"
        self.screen.line(f"{first}{said}＝就这么说出口，{none}", "quiet")

    def _page(self) -> None:
        page, self._rest = self._rest[:PAGE], self._rest[PAGE:]
        self._offered, self._words, self._enter = page, "", None
        for number, act in enumerate(page, 1):
            self.screen.line(_shown(act), first=f"{number:>3} ")
        more = f"回车＝下一页（还有 {math.ceil(len(self._rest) / PAGE)} 页）；" if self._rest else ""
        self.screen.line(f"{more}写编号就办；?办 ?问 ?发 分类看", "quiet")

    def _do(self, act: Act) -> None:
        self.player.act(act.kind, act.id, act.text)
        self._clear()

    def _say(self, words: str) -> None:
        self.player.act("say", "", words)
        self._clear()

    def _clear(self) -> None:
        self._offered, self._words, self._enter, self._rest = (), "", None, []


def _shown(act: Act) -> str:
    return _MARKS.get(act.kind, "") + act.text
