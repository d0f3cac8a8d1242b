"""Texts → Library: layers, replacements, hall changes. What is broken never takes the rest with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import PurePosixPath

from engine.model import Finding, HallValue, Library, Playbook
from engine.reader import build
from engine.reader.build import ALWAYS_ID
from engine.reader.extends import apply, protected_names
from engine.reader.nodes import compose
from engine.reader.outline import Outline, outline
from engine.reader.report import Findings, suggest
from engine.reader.scope import Shared
from engine.reader.words import Templates

LAYERS = ("shipped", "hall", "file")


def origin_of(file: str) -> str:
    """The layer that a file name belongs to."""
    return {"playbooks": "shipped", "hall": "hall"}.get(file.partition("/")[0], "file")


@dataclass
class _Files:
    """The outlines of all files, best layer first for each id."""

    vocabularies: list[Outline] = default(default_factory=list)
    playbooks: dict[str, list[Outline]] = default(default_factory=dict)
    changes: list[Outline] = default(default_factory=list)
    broken: set[str] = default(default_factory=set)  # ids of files that could not be cut

    @property
    def installed(self) -> set[str]:
        """Ids that may be activated; a broken file must not break those that name it."""
        return {*self.playbooks, *self.broken}


def parse(texts: Mapping[str, str]) -> Library:
    """Read a set of texts, see `engine.reader.parse_texts`."""
    findings = Findings()
    files = _cut({name: text for name, text in texts.items() if not name.endswith(".j2")}, findings)
    templates = Templates(texts, findings)
    shared = _vocabulary(files, templates, findings)
    found: list[Playbook] = []
    for id in files.playbooks:
        playbook = _playbook(id, files, shared, templates, findings)
        if playbook:
            found.append(playbook)
    for change in files.changes:
        targets = {*files.playbooks, *(out.id for out in files.vocabularies)}
        if change.id not in targets and change.id not in files.broken:
            text = f"没有可改的剧本 `{change.id}`"
            findings.error("no-target", change.span, text, suggest(change.id, targets))
    found = _agree_on_hall(found, findings)
    found.sort(key=lambda playbook: playbook.id != ALWAYS_ID)
    digests = {name: _sha256(text) for name, text in texts.items()}
    return Library(shared.vocabulary, tuple(found), findings.sorted(), digests)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _cut(texts: Mapping[str, str], findings: Findings) -> _Files:
    files = _Files()
    for name in sorted(texts, key=lambda name: (LAYERS.index(origin_of(name)), name)):
        root = compose(name, texts[name], findings)
        out = outline(root, name, origin_of(name), findings) if root else None
        if out is None:
            files.broken.add(PurePosixPath(name).stem)
            continue
        out.digests = (_sha256(texts[name]),)
        if out.kind == "extends":
            files.changes.append(out)
            continue
        rivals = files.vocabularies if out.kind == "vocabulary" else files.playbooks.setdefault(out.id, [])
        if rivals and rivals[0].origin == out.origin:
            what = f"剧本 `{out.id}`" if out.kind == "playbook" else "公用词汇"
            findings.error(
                "duplicate-playbook", out.span, f"{what}有两份", f"另一份在 {rivals[0].span}；留下一份"
            )
        elif out.id == ALWAYS_ID and rivals and out.origin == "hall":
            help = "人身安全的规则只能加严：用 `extends: always` 添加"
            findings.error("safety", out.span, "不能替换 `always`", help)
        else:
            if rivals and out.origin == "hall":
                help = f"只改几处时用 `extends: {out.id}`，以后还能得到更新"
                findings.add("warning", "replaces-shipped", out.span, f"`{out.id}` 替换了自带的一份", help)
            rivals.insert(0, out)
    return files


def _vocabulary(files: _Files, templates: Templates, findings: Findings) -> Shared:
    """The best vocabulary without errors, else the best there is; with the hall's changes that fit."""
    if not files.vocabularies:
        return Shared()
    shared, chosen = Shared(), files.vocabularies[0]
    for chosen in files.vocabularies:
        own = Findings()
        shared = build.vocabulary(chosen, templates, own)
        findings.items += own.items
        if not own.errors:
            break
    protected = protected_names([*(outs[0] for outs in files.playbooks.values()), chosen])
    for change in files.changes:
        if change.id == chosen.id:
            own = Findings()
            merged = apply(chosen, change, protected, own)
            changed = build.vocabulary(merged, templates, own)
            own.items += _new_errors(files, shared, changed, templates)
            if _accepted(change, own, findings):
                chosen, shared = merged, changed
    return shared


def _new_errors(files: _Files, old: Shared, new: Shared, templates: Templates) -> list[Finding]:
    """Errors that a change of the vocabulary causes in playbooks."""
    found: list[Finding] = []
    for outs in files.playbooks.values():
        before, after = Findings(), Findings()
        build.playbook(outs[0], old, templates, files.installed, before)
        build.playbook(outs[0], new, templates, files.installed, after)
        found += [item for item in after.items if item not in before.items and item.level == "error"]
    return found


def _accepted(change: Outline, own: Findings, findings: Findings) -> bool:
    """Pass on the findings about a change; with errors it is left out and that is said."""
    findings.items += own.items
    if own.errors:
        text = f"对 `{change.id}` 的这份改动有错，没有采用，仍用改动前的"
        findings.error("change-rejected", change.span, text, "改好其他各处错误后会自动采用")
    return not own.errors


def _playbook(
    id: str, files: _Files, shared: Shared, templates: Templates, findings: Findings
) -> Playbook | None:
    """The best file of that id without errors, with the hall's changes that fit."""
    found: Playbook | None = None
    base = files.playbooks[id][0]
    for base in files.playbooks[id]:
        own = Findings()
        built = build.playbook(base, shared, templates, files.installed, own)
        findings.items += own.items
        if not own.errors:
            found = built
            break
    for change in files.changes:
        if change.id == id:
            own = Findings()
            merged = apply(base, change, protected_names([base]), own)
            built = build.playbook(merged, shared, templates, files.installed, own)
            if found is None:
                # the base has errors of its own: they were reported, the change's own places matter
                findings.items += [item for item in own.items if item.span.file == change.file]
            elif _accepted(change, own, findings):
                base, found = merged, built
    return found


def _agree_on_hall(found: list[Playbook], findings: Findings) -> list[Playbook]:
    """Leave out playbooks that give a hall value of another one a different meaning."""
    first: dict[str, HallValue] = {}
    kept = []
    for playbook in found:
        good = True
        for value in playbook.hall:
            other = first.setdefault(value.id, value)
            if (other.kind, other.default, other.unit) != (value.kind, value.default, value.unit):
                good = False
                text = f"大厅值 `{value.id}` 在别的剧本里有不同的含义"
                help = f"另一处在 {other.span}；换一个名称，或移到公用词汇里"
                findings.error("hall-value-clash", value.span, text, help)
        if good:
            kept.append(playbook)
    return kept
