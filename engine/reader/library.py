"""Texts → Library: layers, replacements, hall changes. What is broken never takes the rest with it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.model import Finding, HallValue, Library, Playbook
from engine.reader import build
from engine.reader.build import ALWAYS_ID
from engine.reader.extends import apply
from engine.reader.layers import Files, cut, sha256
from engine.reader.outline import Outline
from engine.reader.report import Findings, suggest
from engine.reader.safety import protected_names
from engine.reader.scope import Shared
from engine.reader.words import Templates


def parse(texts: Mapping[str, str]) -> Library:
    """Read a set of texts, see `engine.reader.parse_texts`."""
    findings = Findings()
    files = cut({name: text for name, text in texts.items() if not name.endswith(".j2")}, findings)
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
    digests = {name: sha256(text) for name, text in texts.items()}
    return Library(shared.vocabulary, tuple(found), findings.sorted(), digests)


def _vocabulary(files: Files, templates: Templates, findings: Findings) -> Shared:
    """The best vocabulary without errors, else the best there is; with the hall's changes that fit."""
    if not files.vocabularies:
        return Shared()
    shared, chosen = Shared(), files.vocabularies[0]
    for chosen in files.vocabularies:
        own = Findings()
        shared = build.vocabulary(chosen, templates, own)
        findings.items += own.items
        if not (own.errors or chosen.flawed):
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


def _new_errors(files: Files, old: Shared, new: Shared, templates: Templates) -> list[Finding]:
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
    rejected = own.errors or change.flawed
    if rejected:
        text = f"对 `{change.id}` 的这份改动有错，没有采用，仍用改动前的"
        findings.error("change-rejected", change.span, text, "改好其他各处错误后会自动采用")
    return not rejected


def _playbook(
    id: str, files: Files, shared: Shared, templates: Templates, findings: Findings
) -> Playbook | None:
    """The best file of that id without errors, with the hall's changes that fit."""
    found: Playbook | None = None
    base = files.playbooks[id][0]
    for base in files.playbooks[id]:
        own = Findings()
        built = build.playbook(base, shared, templates, files.installed, own)
        findings.items += own.items
        if not (own.errors or base.flawed):
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
