"""Case files → cases: the reader's own nodes, so that faults have places and suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.cases.expecting import expected
from engine.cases.given import INSIDE, Given
from engine.cases.model import Case, Expected
from engine.cases.naming import Names
from engine.errors import NotFound, reason
from engine.hall import hall_values
from engine.model import Finding, Library, Profile, Span
from engine.reader import nodes, values
from engine.reader.fields import Field, Table
from engine.reader.nodes import Mapping, Node
from engine.reader.report import Desk, Findings, suggest
from engine.ruleset import Ruleset

_CASE: Table = {
    "name": Field("text", "这一例说的是什么情形", required=True),
    "playbooks": Field("names", "同时启用的别的剧本"),
    "given": Field("facts", "已知的事实；at、clock、outcomes、hall 也写在里面", required=True),
    "expect": Field("names", "应该怎样", required=True),
}


def read(library: Library, paths: Sequence[Path]) -> tuple[list[Case], tuple[Finding, ...]]:
    """The cases of files and folders; faults are findings. NotFound: a path does not exist."""
    findings, cases = Findings(), []
    for file in _files(paths):
        text = _text(file, findings)
        root = nodes.compose(file.as_posix(), text, findings) if text is not None else None
        if root is not None:
            cases += _File(library, file, findings).read(root)
    return cases, findings.sorted()


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise NotFound(f"没有文件 `{path}`", "检查路径")
        inside = path.iterdir() if path.is_dir() else [path]
        found += sorted(file for file in inside if file.suffix in (".yaml", ".yml") or file == path)
    return list(dict.fromkeys(found))


def _text(file: Path, findings: Findings) -> str | None:
    place = Span(file.as_posix(), 1, 1)
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        findings.error("unreadable", place, f"读不了文件：{reason(error)}", "检查文件和权限")
    except UnicodeDecodeError:
        findings.error("not-utf8", place, "文件不是 UTF-8 编码", "在编辑器里另存为 UTF-8")
    return None


class _File:
    """Reads one file, whose name is the id of the playbook that it tests."""

    def __init__(self, library: Library, file: Path, findings: Findings) -> None:
        self.library, self.playbook, self.findings = library, file.stem, findings
        self.file = Span(file.as_posix(), 1, 1)
        self.ids = [playbook.id for playbook in library.playbooks]

    def read(self, root: Mapping) -> list[Case]:
        desk = Desk(self.findings)
        if self.playbook not in self.ids:
            help = suggest(self.playbook, self.ids) or "文件名要与所测的剧本相同"
            desk.error("unknown-playbook", self.file, f"没有剧本 `{self.playbook}`", help)
            return []
        found = values.check_keys(desk, root.pairs, {"cases": Field("names", "各例", required=True)}, root)
        listed = found.get("cases")
        if listed is None:
            return []
        if not isinstance(listed, nodes.Sequence):
            values.wrong(desk, listed, "wrong-type", f"`cases` 要写列表，这里是{values.shape(listed)}")
            return []
        cases: list[Case] = []
        for item in listed.items:
            before = self.findings.errors
            case = _case(self, item)
            if case is not None and any(case.name == other.name for other in cases):
                desk.error("duplicate-case", case.span, f"有两例都叫“{case.name}”", "名称写出不同在哪")
            elif case is not None and self.findings.errors == before:
                cases.append(case)
        return cases


def _case(file: _File, node: Node) -> Case | None:
    """One case; None when it is no mapping."""
    desk = Desk(file.findings)
    if not isinstance(node, Mapping):
        text = f"一例要写成 `{{name: …}}`，这里是{values.shape(node)}"
        values.wrong(desk, node, "wrong-type", text)
        return None
    for name in INSIDE:
        if name in node.pairs:
            help = f"写成 `given: {{…, {name}: …}}`"
            desk.error("misplaced", node.pairs[name].key.span, f"`{name}` 要写在 `given` 里面", help)
    # `given: {}` says that nothing is known; an empty field says nothing
    found = values.check_keys(desk, {k: p for k, p in node.pairs.items() if k not in INSIDE}, _CASE, node)
    title = values.plain_text(desk, "name", found["name"]) if "name" in found else None
    desk = desk.about(f"例“{title}”") if title else desk
    library = file.library
    others = values.references(desk, "playbooks", found["playbooks"]) if "playbooks" in found else []
    known = {playbook.id for playbook in library.playbooks}
    for other in others:
        if other.text not in known:
            text = f"没有剧本 `{values.brief(other.text)}`"
            desk.error("unknown-playbook", other.span, text, suggest(other.text, known))
    active = tuple(dict.fromkeys([file.playbook, *(other.text for other in others if other.text in known)]))
    declared = [*library.vocabulary.hall, *(v for p in library.playbooks for v in p.hall)]
    rules = Ruleset(library, active, hall_values(declared, Profile()))
    names = Names(desk, library, rules)
    given = Given(names)
    if "given" in found:
        given.read(found["given"])
    wanted = expected(names, given, found["expect"]) if "expect" in found else Expected()
    return Case(
        title or "",
        active,
        given.facts,
        tuple(given.outcomes.items()),
        given.hall,
        wanted,
        node.span,
        given.at,
    )
