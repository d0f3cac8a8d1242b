"""`zhiban playbook show` and `playbook diff`: what is in a playbook, and what differs between two."""

from __future__ import annotations

from pathlib import Path

from engine.console import record
from engine.console.incidents import write
from engine.console.respond import terminal
from engine.console.versions import one, two
from engine.errors import UsageError
from engine.hall import read_profile
from engine.model import Library, Profile
from engine.ruleset import ALWAYS_ON


def show(id: str, *, html: bool, output: Path | None, json: bool) -> None:
    """Draw a playbook (id or file): a tree, or a page (`html`) to a file or standard output.

    `json`: the model. Errors are those of `versions.one`.
    """
    if html and json:
        raise UsageError("--html 和 --json 只能用一个")
    if output is not None and not html:
        raise UsageError("-o 要和 --html 一起用", f"zhiban playbook show {id} --html -o {output}")
    library, id = one(id)
    if json:
        record.emit(next(playbook for playbook in library.playbooks if playbook.id == id))
        return
    from engine.render.sketch import Sketch

    profile = _profile(library, id)
    sketch = Sketch(library, id, profile)
    beside = id != ALWAYS_ON and any(playbook.id == ALWAYS_ON for playbook in library.playbooks)
    always = Sketch(library, ALWAYS_ON, profile) if beside else None
    if html:
        from engine.console.wrap import wrap
        from engine.render.playbook import page

        write(page(sketch, always, wrap).encode(), output)
        return
    from engine.render.tree import tree

    screen = terminal()
    for row in tree(sketch, always):
        screen.line(row.text, row.style, row.first, row.rest)


def _profile(library: Library, id: str) -> Profile:
    """The hall's own values; a broken profile is `doctor`'s matter."""
    own = (
        value for playbook in library.playbooks if playbook.id in (id, ALWAYS_ON) for value in playbook.hall
    )
    return read_profile(None, library.vocabulary, list(own))[0]


def diff(old: str, new: str, *, exit_code: bool, json: bool) -> int:
    """What differs between two playbooks (ids or files; without `new` see `versions.two`).

    0 whether or not they differ; with `exit_code` 1 when they do, as `git diff --exit-code`.
    """
    from engine.compare import compare

    before, after = two(old, new)
    report = compare(before.library, before.id, after.library, after.id)
    if json:
        record.emit(report)
    else:
        from engine.console.changes import changes

        screen = terminal()
        for row in changes(report):
            screen.line(row.text, row.style, row.first, row.rest)
    return 1 if exit_code and not report.same else 0
