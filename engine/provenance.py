"""Where each statement of `playbooks/sources.yaml` is realised: cited, reached on some path, or excused.

A rule, step or fact cites with `source:`. A document cites in a comment, `{# source: S4.05, S4.07 #}`;
drills and practice questions cite with `source:` as playbooks do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from engine import paths
from engine.checks import Checked
from engine.errors import NotFound
from engine.model import Fact, Library, Rule, Step
from engine.sources import ENACTED, Source

# kinds of places in the order in which they are told; what a reader is told of each kind
KINDS = {
    "rule": "规则",
    "step": "步骤",
    "followup": "跟进",
    "fact": "事实",
    "document": "文书",
    "drill": "演练",
    "practice": "练习",
}
_CITATION = re.compile(r"\bsource:\s*\[?((?:[A-Z]+\d*\.\d+[,\s]*)+)")


class Place(msgspec.Struct, frozen=True):
    """One citation: `name` is a key, or the document's or question's file; `place` is file:line."""

    kind: str
    name: str
    playbook: str
    place: str


class Statement(msgspec.Struct, frozen=True):
    """One statement with everything that cites it. `reached`: some situation brings a citation up."""

    id: str
    playbook: str
    phase: str
    text: str
    excused: str
    reached: bool
    cited: tuple[Place, ...] = ()

    @property
    def state(self) -> str:
        """reached, cited (on no path), excused (not cited, with a reason) or unused."""
        if self.reached:
            return "reached"
        return "cited" if self.cited else "excused" if self.excused else "unused"

    @property
    def lacking(self) -> bool:
        """Whether it should be realised and is neither reached nor excused."""
        return self.phase in ENACTED and self.state in ("cited", "unused")


def statements(library: Library, known: Mapping[str, Source]) -> list[Statement]:
    """Every statement of `known` in its order, with the citations of everything shipped or loaded."""
    found: dict[str, list[Place]] = {}
    reached: set[str] = set()
    issued: set[str] = set()
    for playbook in library.playbooks:
        check = Checked(library, [playbook.id], durable=False)
        reached.update(check.reached())
        wanted = {want.step for rule in playbook.rules for want in rule.do}
        issued.update(check.ruleset.steps[step].issue for step in wanted)
    for id, place in (*_in_playbooks(library), *_in_files()):
        found.setdefault(id, []).append(place)
        # a text is read whenever it is opened, a document when some step issues it; what is to be done is
        # not done by a question about it
        read = place.kind in ("drill", "practice") and id in known and known[id].phase not in ENACTED
        if read or (place.kind == "document" and place.name in issued):
            reached.add(id)
    order = list(KINDS)
    return [
        Statement(
            source.id,
            source.playbook,
            source.phase,
            source.text,
            source.excused,
            source.id in reached,
            tuple(sorted(found.get(source.id, ()), key=lambda place: order.index(place.kind))),
        )
        for source in known.values()
    ]


def select(found: Sequence[Statement], ids: Collection[str]) -> list[Statement]:
    """The statements with these ids, of these scenarios or with these prefixes (`S4`, `E3`); NotFound."""
    chosen: set[str] = set()
    for id in ids:
        named = {s.id for s in found if id in (s.id, s.playbook, s.id.partition(".")[0], s.phase)}
        if not named:
            raise NotFound(f"没有语句 `{id}`", "写语句编号（S4.08）、编号前缀（S4）、剧本或阶段的名称")
        chosen |= named
    return [statement for statement in found if statement.id in chosen]


def counted(found: Sequence[Statement], by: str) -> dict[str, dict[str, int]]:
    """`playbook` or `phase` → how many statements there are, and how many in each state."""
    numbers: dict[str, dict[str, int]] = {}
    for statement in found:
        row = numbers.setdefault(
            getattr(statement, by), {"all": 0, "reached": 0, "cited": 0, "excused": 0, "unused": 0}
        )
        row["all"] += 1
        row[statement.state] += 1
    return numbers


def _in_playbooks(library: Library) -> Iterator[tuple[str, Place]]:
    vocabulary = library.vocabulary
    later = [rule for p in library.playbooks for rule in p.rules if rule.phase == "improve"]
    followed = {want.step for rule in later for want in rule.do}
    entries: list[tuple[str, Rule | Step | Fact]] = []
    entries += [("", fact) for fact in vocabulary.facts]
    entries += [("", step) for step in vocabulary.steps]
    for playbook in library.playbooks:
        entries += [(playbook.id, fact) for fact in playbook.facts]
        entries += [(playbook.id, rule) for rule in playbook.rules]
        entries += [(playbook.id, step) for step in playbook.steps]
    for owner, entry in entries:
        kind = type(entry).__name__.lower()
        if isinstance(entry, Step) and entry.key in followed:
            kind = "followup"
        place = Place(kind, entry.key, owner, f"{entry.span.file}:{entry.span.line}")
        for id in entry.source:
            if id != "own":
                yield id, place


def _in_files() -> Iterator[tuple[str, Place]]:
    """The citations of documents, drills and practice questions."""
    for kind, root, folder in (
        ("document", "templates", "documents"),
        ("drill", "playbooks", "drills"),
        ("practice", "playbooks", "practice"),
    ):
        top = paths.shipped(root)
        for file in sorted(top.joinpath(folder).rglob("*.*")):
            for id, line in _cited(file):
                place = f"{root}/{file.relative_to(top).as_posix()}:{line}"
                yield id, Place(kind, file.name.partition(".")[0], "", place)


def _cited(file: Path) -> Iterator[tuple[str, int]]:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return  # what uses the file says what is wrong with it
    for found in _CITATION.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield from ((id, line) for id in re.findall(r"[A-Z]+\d*\.\d+", found[1]))
