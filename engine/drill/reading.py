"""Drill files → drills; every fault with file:line:column and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from engine import paths
from engine.cases.naming import Names
from engine.clock import BEIJING, stamp
from engine.drill.fields import DRILL
from engine.drill.model import Drill
from engine.drill.parts import Parts
from engine.drill.terms import Declared
from engine.errors import BadData, NotFound, reason
from engine.hall import hall_values
from engine.model import Finding, Library, Profile, Span
from engine.practice.reading import ways_reader
from engine.reader import values
from engine.reader.nodes import Mapping, Node, Scalar, Sequence, compose
from engine.reader.report import Desk, Findings, suggest
from engine.ruleset import Ruleset

SUFFIXES = (".yaml", ".yml")


class Read(NamedTuple):
    """A drill as read, None with errors; `text` is what is pinned with its runs."""

    drill: Drill | None
    findings: tuple[Finding, ...]
    file: str
    text: str


def folder() -> Path:
    """Where the shipped drills are."""
    return paths.shipped("playbooks") / "drills"


def files(given: Iterable[Path] = ()) -> list[Path]:
    """The drill files of some files and folders; of the shipped folder when none is given. NotFound."""
    found: list[Path] = []
    for path in list(given) or [folder()]:
        if not path.exists():
            raise NotFound(f"没有文件 `{path}`", "检查路径；zhiban drill list 看有哪些演练")
        found += sorted(p for p in path.iterdir() if p.suffix in SUFFIXES) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


def read_file(library: Library, file: Path) -> Read:
    """One file. What is wrong with it is told by findings, never raised."""
    name = f"playbooks/drills/{file.name}" if file.parent == folder() else file.as_posix()
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return Read(None, (_fault(name, f"读不了文件：{reason(error)}", "检查文件和权限"),), name, "")
    except UnicodeDecodeError:
        return Read(None, (_fault(name, "文件不是 UTF-8 编码", "在编辑器里另存为 UTF-8"),), name, "")
    return parse(library, name, text)


def parse(library: Library, name: str, text: str) -> Read:
    """The text of a drill file, which stands under `name` in findings."""
    findings = Findings()
    root = compose(name, text, findings)
    drill = _File(library, findings).read(root) if root is not None else None
    if drill is not None and Path(name).stem != drill.id:
        findings.add("warning", "other-name", drill.span, f"文件名与演练名 `{drill.id}` 不同", "改成一样")
    return Read(drill if not findings.errors else None, findings.sorted(), name, text)


def load(library: Library, name: str) -> Read:
    """A drill by its id, or by the path of a file. NotFound; BadData with every finding."""
    given = Path(name)
    if given.suffix in SUFFIXES or "/" in name:
        found = read_file(library, files([given])[0])
    else:
        ids = {file.stem: file for file in files()}
        if name not in ids:
            raise NotFound(f"没有演练 `{name}`", suggest(name, ids) or "zhiban drill list 看有哪些演练")
        found = read_file(library, ids[name])
    if found.drill is None:
        raise BadData(f"演练 `{name}` 有错，不能用", "照下面的位置改好再试", found.findings)
    return found


def _fault(name: str, text: str, help: str) -> Finding:
    return Finding("error", "unreadable", text, Span(name, 1, 1), help)


class _File:
    """Reads one drill."""

    def __init__(self, library: Library, findings: Findings) -> None:
        self.library, self.findings = library, findings
        self.desk = Desk(findings)

    def read(self, root: Mapping) -> Drill | None:
        desk = self.desk
        fields = values.check_keys(desk, root.pairs, DRILL, root)
        id = values.identifier(desk, "`drill` ", fields["drill"]) if "drill" in fields else None
        playbooks = self._playbooks(fields)
        if id is None or not playbooks:
            return None
        desk = desk.about(f"演练 `{id.text}`")
        known = [*self.library.vocabulary.hall, *(v for p in self.library.playbooks for v in p.hall)]
        rules = Ruleset(self.library, playbooks, hall_values(known, Profile()))
        names = Names(desk, self.library, rules)
        roles = [role.id for role in self.library.vocabulary.roles]
        documents = sorted({step.issue for step in rules.steps.values() if step.issue})
        parts = Parts(names, self._declared(fields), roles, documents, ways_reader(self.findings))

        def text(name: str) -> str:
            return (values.plain_text(desk, name, fields[name]) or "") if name in fields else ""

        def number(name: str, default: int) -> int:
            return (values.whole(desk, name, fields[name]) or default) if name in fields else default

        return Drill(
            id=id.text,
            title=text("title"),
            version=number("version", 1),
            minutes=number("minutes", 1),
            level=self._level(desk, fields),
            start=self._start(desk, fields),
            playbooks=tuple(playbooks),
            scene=text("scene"),
            objectives=parts.items("objectives", fields, parts.objective),
            roles=names.among("roles", fields, "role", "岗位", roles),
            known=parts.answers("known", fields["known"]) if "known" in fields else {},
            truth=parts.truths(fields["truth"]) if "truth" in fields else (),
            takes=parts.takes(fields["takes"]) if "takes" in fields else (),
            injects=parts.items("injects", fields, parts.inject),
            expectations=parts.items("expect", fields, parts.expectation),
            harms=parts.items("harm", fields, parts.harm),
            hot_wash=parts.items("hot_wash", fields, lambda node: values.plain_text(desk, "hot_wash", node)),
            hint_costs=number("hint_costs", 2),
            source=values.sources(desk, fields["source"]) if "source" in fields else (),
            about=text("about"),
            seed=number("seed", 0) if "seed" in fields else None,
            span=root.span,
        )

    def _playbooks(self, fields: dict[str, Node]) -> list[str]:
        known = [playbook.id for playbook in self.library.playbooks]
        found = []
        for name in (
            values.references(self.desk, "playbooks", fields["playbooks"]) if "playbooks" in fields else []
        ):
            if name.text in known:
                found.append(name.text)
            else:
                text = f"没有剧本 `{values.brief(name.text)}`"
                help = suggest(name.text, known) or "zhiban playbook list 看有哪些"
                self.desk.error("unknown-playbook", name.span, text, help)
        return found

    def _declared(self, fields: dict[str, Node]) -> Declared:
        """The ids of the lists; one that stands twice is reported."""
        found = []
        for field in ("injects", "expect", "harm", "objectives"):
            node = fields.get(field)
            ids: dict[str, Scalar] = {}
            for item in node.items if isinstance(node, Sequence) else ():
                pair = item.pairs.get("id") if isinstance(item, Mapping) else None
                id = values.identifier(self.desk, f"{field} 的 `id` ", pair.value) if pair else None
                if id is not None and id.text in ids:
                    self.desk.error("repeated", id.span, f"`{field}` 里 `{id.text}` 写了两次", "换一个名称")
                elif id is not None:
                    ids[id.text] = id
            found.append(tuple(ids))
        return Declared(*found)

    def _level(self, desk: Desk, fields: dict[str, Node]) -> int:
        level = values.whole(desk, "level", fields["level"]) if "level" in fields else None
        if level is not None and not 1 <= level <= 5:
            desk.error("bad-level", fields["level"].span, f"`level` 是 1 到 5，这里是 {level}", "1 最容易")
        return level or 1

    def _start(self, desk: Desk, fields: dict[str, Node]) -> str:
        node = fields.get("start")
        said = node.text if isinstance(node, Scalar) else ""
        try:
            return stamp(datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING))
        except ValueError:
            if node is not None:
                text = f"`start` 要写日期和钟点，这里是{values.shape(node)}"
                values.wrong(desk, node, "bad-moment", text, "写成 `2026-06-01 08:20`")
            return stamp(datetime(2026, 6, 1, 8, 10, tzinfo=BEIJING))
