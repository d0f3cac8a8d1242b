"""The picture of one phase: facts → derived facts → rules → steps, as boxes and lines in place.

Only geometry and words are made here; `templates/reports/playbook.html.j2` draws them. Each phase is a
drawing of its own, so that lines stay short and a page of paper holds a band.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.conditions import leaves
from engine.model import Condition, Happened
from engine.phrases import Phrases
from engine.render.sketch import Line, Sketch

Wrap = Callable[[str, int], list[str]]  # text, columns → lines
WIDTH = 960
# x and width of the columns
PLACES = {"input": (0, 168), "derived": (214, 138), "rule": (404, 256), "step": (708, 252)}
HEADS = {"input": "事实和结果", "derived": "由此推出", "rule": "规则：如果…", "step": "步骤"}
FONT, ROW, PAD, GAP = 12.5, 17, 7, 8  # size of letters, height of a line, space in and between boxes
_MOST = {"input": 3, "derived": 3, "rule": 5, "step": 3}  # lines of a box; all words are in its title


@dataclass
class Box:
    """One thing drawn. `key` is the same wherever it is drawn: `fact:…`, `out:…`, `rule:…`, `step:…`."""

    kind: str
    key: str
    title: str
    lines: list[str]
    y: float = 0.0
    note: str = ""

    @property
    def x(self) -> int:
        """The left edge, in px."""
        return PLACES[self.kind][0]

    @property
    def width(self) -> int:
        """In px."""
        return PLACES[self.kind][1]

    @property
    def height(self) -> float:
        """In px."""
        return len(self.lines) * ROW + 2 * PAD

    @property
    def middle(self) -> float:
        """The middle from above, in px."""
        return self.y + self.height / 2

    @property
    def rows(self) -> list[tuple[float, str]]:
        """(baseline, text) of each line."""
        return [(self.y + PAD + (n + 1) * ROW - 4.5, line) for n, line in enumerate(self.lines)]


@dataclass
class Band:
    """The drawing of one phase; `edges`: (from key, to key, path)."""

    phase: str
    height: float = 0.0
    boxes: list[Box] = field(default_factory=list)
    edges: list[tuple[str, str, str]] = field(default_factory=list)


def band(sketch: Sketch, phase: str, wrap: Wrap) -> Band:
    """The band of a phase that has rules."""
    return _Drawer(sketch, phase, wrap).draw()


class _Drawer:
    def __init__(self, sketch: Sketch, phase: str, wrap: Wrap) -> None:
        self.sketch, self.phase, self.wrap = sketch, phase, wrap
        self.whens = {rule.key: rule.when for rule in sketch.playbook.rules}
        self.boxes: dict[str, Box] = {}
        self.links: dict[tuple[str, str], None] = {}

    def draw(self) -> Band:
        rules = [rule for rule in self.sketch.rules if rule.phase == self.phase]
        bottom = self.right(rules)
        for rule in rules:
            self.reads(f"rule:{rule.key}", self.whens[rule.key])
        for kind in ("derived", "input"):
            bottom = max(bottom, self.left(kind))
        for kind in ("derived", "input"):
            self.settle(kind, bottom)
        edges = [(a, b, _curve(self.boxes[a], self.boxes[b])) for a, b in self.links]
        return Band(self.phase, round(bottom + 2, 1), list(self.boxes.values()), edges)

    def box(self, kind: str, key: str, text: str, title: str = "", note: str = "") -> Box:
        """The box of a key, made when it is not there yet."""
        if key not in self.boxes:
            columns = int((PLACES[kind][1] - 2 * PAD - (12 if kind == "rule" else 0)) / FONT * 2)
            lines = self.wrap(text, columns)
            if len(lines) > _MOST[kind]:
                kept = lines[: _MOST[kind]]
                lines = [*kept[:-1], kept[-1][:-1].rstrip("，、；：（“") + "…"]
            self.boxes[key] = Box(kind, key, title or text, lines, note=note)
        return self.boxes[key]

    def right(self, rules: Iterable[Line]) -> float:
        """Rules from top to bottom, each beside the steps that it is the first to want."""
        y = 0.0
        for rule in rules:
            made = self.box("rule", f"rule:{rule.key}", rule.when or "一开始就做")
            top = y
            for key, target in self.targets(rule):
                fresh = key not in self.boxes
                box = self.box("step", key, *target)
                self.links[made.key, key] = None
                if fresh:
                    box.y, y = y, y + box.height + GAP
            tall = max(y - GAP - top, made.height)
            made.y = top + (tall - made.height) / 2
            y = top + tall + GAP
        return y - GAP

    def targets(self, rule: Line) -> Iterable[tuple[str, tuple[str, str, str]]]:
        for key, tightened in rule.wants:
            card = self.sketch.steps[key]
            due = tightened or dict(card.lines).get("时限", "")
            note = "，".join(filter(None, (card.who, due)))
            yield f"step:{key}", (card.what, f"{card.what}（{note}）", note)
        for title in rule.starts:
            yield f"start:{title}", (f"→ 启用：{title}", f"建议同时启用“{title}”", "")

    def reads(self, target: str, when: Condition) -> None:
        """Lines from everything that a condition names; what a derived fact follows from lies before it."""
        kind = self.boxes[target].kind
        say = self.sketch.phrases
        for leaf in leaves(when):
            if isinstance(leaf, Happened) and leaf.name not in say.facts:
                key = f"out:{leaf.name}"
                self.box("input", key, f"结果：{say.label(leaf.name)}")
            else:
                name = leaf.name if isinstance(leaf, Happened) else leaf.fact
                inner = say.facts[name].when
                if inner is not None and kind == "derived":
                    self.reads(target, inner)  # derived facts stand in one column
                    continue
                key = f"fact:{name}"
                fresh = key not in self.boxes
                title = _said(say, name)
                self.box("derived" if inner is not None else "input", key, say.label(name), title)
                if inner is not None and fresh:
                    self.reads(key, inner)
            self.links[key, target] = None

    def left(self, kind: str) -> float:
        """Boxes of a column as near as may be to what they lead to; the height they need."""
        found = [box for box in self.boxes.values() if box.kind == kind]
        for box in found:
            box.y = self.pull(box) - box.height / 2
        found.sort(key=lambda box: box.middle)
        y = 0.0
        for box in found:
            box.y = max(y, box.y)
            y = box.y + box.height + GAP
        return sum(box.height + GAP for box in found) - GAP

    def pull(self, box: Box) -> float:
        ends = [self.boxes[b].middle for a, b in self.links if a == box.key]
        return sum(ends) / len(ends) if ends else 0.0

    def settle(self, kind: str, bottom: float) -> None:
        """Push up what would lie below the band."""
        limit = bottom
        for box in sorted((b for b in self.boxes.values() if b.kind == kind), key=lambda b: -b.y):
            box.y = min(box.y, limit - box.height)
            limit = box.y - GAP


def _said(say: Phrases, key: str) -> str:
    fact = say.facts[key]
    if fact.when is not None:
        return f"{say.label(key)}：{say.condition(fact.when)}"
    return f"{say.label(key)}：{fact.ask}" if fact.ask else say.label(key)


def _curve(a: Box, b: Box) -> str:
    x, end = a.x + a.width, b.x
    bend = (end - x) / 2
    return (
        f"M{x} {a.middle:.1f}C{x + bend:g} {a.middle:.1f} {end - bend:g} {b.middle:.1f} {end} {b.middle:.1f}"
    )
