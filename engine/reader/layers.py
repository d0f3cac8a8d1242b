"""Which file counts: shipped, the hall's own, those given; one of each id."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import PurePosixPath

from engine.reader.build import ALWAYS_ID
from engine.reader.cutter import outline
from engine.reader.folders import NAMED
from engine.reader.nodes import compose
from engine.reader.outline import Outline
from engine.reader.report import Findings

LAYERS = ("shipped", "hall", "file")


def origin_of(file: str) -> str:
    """The layer that a file name belongs to."""
    if file.startswith(NAMED):
        return "hall"
    return {"playbooks": "shipped", "hall": "hall"}.get(file.partition("/")[0], "file")


@dataclass
class Files:
    """The outlines of all files, best layer first for each id."""

    vocabularies: list[Outline] = default(default_factory=list)
    playbooks: dict[str, list[Outline]] = default(default_factory=dict)
    changes: list[Outline] = default(default_factory=list)
    broken: set[str] = default(default_factory=set)  # ids of files that could not be cut

    @property
    def installed(self) -> set[str]:
        """Ids that may be activated; a broken file must not break those that name it."""
        return {*self.playbooks, *self.broken}


def sha256(text: str) -> str:
    """The digest of a text, hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def cut(texts: Mapping[str, str], findings: Findings) -> Files:
    """The outlines of texts by name; faults of shape go to `findings`."""
    files = Files()
    for name in sorted(texts, key=lambda name: (LAYERS.index(origin_of(name)), name)):
        before = findings.errors
        root = compose(name, texts[name], findings)
        out = outline(root, name, origin_of(name), findings) if root else None
        if out is None:
            files.broken.add(PurePosixPath(name).stem)
            continue
        out.flawed = findings.errors > before
        if out.id.startswith("?"):
            files.broken.add(PurePosixPath(name).stem)
        out.digests = (sha256(texts[name]),)
        if out.kind == "extends":
            files.changes.append(out)
            continue
        rivals = files.vocabularies if out.kind == "vocabulary" else files.playbooks.setdefault(out.id, [])
        if rivals and rivals[0].origin == out.origin:
            what = f"剧本 `{out.id}`" if out.kind == "playbook" else "公用词汇"
            findings.error(
                "duplicate-playbook", out.span, f"{what}有两份", f"另一份在 {rivals[0].span}；留下一份"
            )
        elif rivals and (out.origin == "hall" or (_safety(out) and out.digests != rivals[0].digests)):
            # a copy would go without later corrections, and without the safety rules of the original
            help = f"只写要改的几处，用 `extends: {out.id}`；另做一个剧本就换个名称"
            findings.error("replaces-shipped", out.span, f"不能替换自带的 `{rivals[0].id}`", help)
        else:
            rivals.insert(0, out)
    return files


def _safety(out: Outline) -> bool:
    """Whether it is the playbook of safety, which nothing may take the place of, not even for a check."""
    return out.kind == "playbook" and out.id == ALWAYS_ID
