"""How well triage does on labelled lines (`zhiban triage --eval FILE`): the measures of the set's README.

A line is judged only where one of its accepted answers can be given: lines all of whose scenarios are
not installed are counted apart. Danger is judged on every line.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from engine.errors import BadData
from engine.model import Library
from engine.triage import FALLBACK, NONE, Triage, triage

Part = Literal["all", "odd", "even"]
# the groups of the development set by the number of the line; below 154 the scenario is the group
_GROUPS = ((154, 178, "several"), (179, 193, FALLBACK), (194, 208, NONE), (209, 223, "life safety"),
           (224, 229, "negated danger"), (230, 241, "near misses"))  # fmt: skip


class Line(msgspec.Struct, frozen=True):
    """A labelled line."""

    id: str
    text: str
    primary: str = ""
    also: tuple[str, ...] = ()
    ok: tuple[str, ...] = ()
    safety: str = NONE
    group: str = ""

    @property
    def accepted(self) -> frozenset[str]:
        """The ids that are right as the first."""
        return frozenset({self.primary, *self.ok})

    @property
    def part(self) -> str:
        """The group in which the line is reported: the one named, else by its number."""
        if self.group:
            return self.group
        number = int("".join(filter(str.isdigit, self.id)) or 0)
        named = next((name for first, last, name in _GROUPS if first <= number <= last), "")
        return named or self.primary


class Share(msgspec.Struct, frozen=True):
    """`hits` of `of`."""

    hits: int = 0
    of: int = 0

    def __str__(self) -> str:
        return f"{self.hits}/{self.of}" + (f" ({self.hits / self.of:.1%})" if self.of else "")


class Miss(msgspec.Struct, frozen=True):
    """A line that went wrong in some way."""

    id: str
    text: str
    wrong: Literal["first", "also", "safety", "not installed"]
    expected: tuple[str, ...]
    got: tuple[str, ...]


class Evaluation(msgspec.Struct, frozen=True):
    """The measures. `not_installed`: lines left out; `quiet`: of these, those that no scenario claimed."""

    top1: Share
    top3: Share
    also: Share
    precision: dict[str, Share]  # of `none` and `general-incident`
    recall: dict[str, Share]
    alarms: Share
    right_kind: Share
    false_alarms: Share
    groups: dict[str, Share]  # top-1
    not_installed: int
    quiet: Share
    misses: tuple[Miss, ...]


def read(path: Path) -> tuple[Line, ...]:
    """The labelled lines of a JSON Lines file."""
    decoder = msgspec.json.Decoder(Line)
    lines = []
    for number, raw in enumerate(path.read_bytes().splitlines(), 1):
        if raw.strip():
            try:
                lines.append(decoder.decode(raw))
            except msgspec.DecodeError as error:
                raise BadData(f"{path}:{number}: 不是评测用的一行：{error}") from error
    return tuple(lines)


def evaluate(path: Path, library: Library, part: Part = "all") -> Evaluation:
    """Measure on the lines of a file; `part`: only those with an odd or even number."""
    lines = [line for n, line in enumerate(read(path), 1) if part == "all" or (n % 2 == 1) == (part == "odd")]
    return measure(lines, library)


def measure(lines: Iterable[Line], library: Library) -> Evaluation:
    """Measure on these lines."""
    installed = {p.id for p in library.playbooks} | {NONE}
    done = [(line, triage(line.text, library)) for line in lines]
    judged = [(line, got) for line, got in done if line.accepted & installed]
    left = [(line, got) for line, got in done if not line.accepted & installed]
    misses = [miss for line, got in done for miss in _misses(line, got, installed)]
    groups = sorted({line.part for line, _ in judged})
    alarms = [(line, got) for line, got in done if line.safety != NONE]
    calm = [got for line, got in done if line.safety == NONE]
    wanted = [(a, got) for line, got in judged for a in line.also if a in installed]
    return Evaluation(
        top1=_share(_first(line, got) for line, got in judged),
        top3=_share(bool(line.accepted & set(ids(got)[:3])) for line, got in judged),
        also=_share(a in got.active for a, got in wanted),
        precision={
            label: _share(_first(line, got) for line, got in judged if got.primary == label)
            for label in (NONE, FALLBACK)
        },
        recall={
            label: _share(_first(line, got) for line, got in judged if line.primary == label)
            for label in (NONE, FALLBACK)
        },
        alarms=_share(got.safety.kind != NONE for _, got in alarms),
        right_kind=_share(got.safety.kind == line.safety for line, got in alarms),
        false_alarms=_share(got.safety.kind != NONE for got in calm),
        groups={g: _share(_first(line, got) for line, got in judged if line.part == g) for g in groups},
        not_installed=len(left),
        quiet=_share(got.primary in (FALLBACK, NONE) for _, got in left),
        misses=tuple(misses),
    )


def ids(got: Triage) -> tuple[str, ...]:
    """The answers in order: what is active, then the other candidates."""
    return tuple(dict.fromkeys((got.primary, *got.active, *(m.playbook for m in got.matches))))


def _first(line: Line, got: Triage) -> bool:
    return got.primary in line.accepted


def _share(hits: Iterable[bool]) -> Share:
    every = list(hits)
    return Share(sum(every), len(every))


def _misses(line: Line, got: Triage, installed: set[str]) -> list[Miss]:
    """In how many ways the line went wrong."""
    out = []
    if not line.accepted & installed:
        if got.primary not in (FALLBACK, NONE):
            out.append(Miss(line.id, line.text, "not installed", (line.primary,), ids(got)))
    elif not _first(line, got):
        out.append(Miss(line.id, line.text, "first", tuple(sorted(line.accepted)), ids(got)))
    lacking = tuple(a for a in line.also if a in installed and a not in got.active)
    if lacking:
        out.append(Miss(line.id, line.text, "also", lacking, got.active))
    if got.safety.kind != line.safety:
        words = tuple(e.text for e in got.safety.evidence)
        out.append(Miss(line.id, line.text, "safety", (line.safety,), (got.safety.kind, *words)))
    return out


def show(result: Evaluation) -> str:
    """The measures as lines of text."""
    lines = [
        f"top-1            {result.top1}",
        f"top-3            {result.top3}",
        f"also             {result.also}",
        *(
            f"{label} precision {result.precision[label]}, recall {result.recall[label]}"
            for label in result.recall
        ),
        f"danger           alarm {result.alarms}, kind {result.right_kind}, false {result.false_alarms}",
        f"not installed    {result.not_installed} lines left out, {result.quiet} claimed by no scenario",
        *(f"  {name:24} {share}" for name, share in result.groups.items()),
        *(
            f"{m.id} {m.wrong}: {'|'.join(m.expected)} ≠ {' '.join(m.got) or '-'}  {m.text}"
            for m in result.misses
        ),
    ]
    return "\n".join(lines)
