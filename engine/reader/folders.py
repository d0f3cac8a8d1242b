"""Where a hall's own playbooks lie: the configuration folder, the one its profile names, `--playbooks`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from engine import paths
from engine.model import Finding, Span

NAMED = "hall:"  # names of files in named folders: `hall:/srv/books/x.yaml`
_HELP = "写成 `playbooks: 文件夹`，相对路径从 hall.yaml 所在的文件夹算起"
# the profile is parsed only when it has this line: YAML is most of the start-up time
_LINE = re.compile(r"^(playbooks|\"playbooks\"|'playbooks')[ \t]*:", re.MULTILINE)


class Folder(NamedTuple):
    """One folder of user playbooks; `prefix` begins the names of its files."""

    path: Path
    prefix: str
    said: Span | None = None  # where it is named: it must exist; None: the default one, which need not


def user_folders(findings: list[Finding]) -> list[Folder]:
    """The folders in the order in which they are read, each once; what is wrong goes to `findings`."""
    found = [Folder(paths.hall_playbooks(), "hall/")]
    for path, said in (*_profile(findings), *_option()):
        if path.absolute() not in [folder.path.absolute() for folder in found]:
            found.append(Folder(path, f"{NAMED}{path.absolute().as_posix()}/", said))
    return found


def own_playbooks() -> Path:
    """The folder where a hall writes its playbooks: the one named last, else the default one."""
    return user_folders([])[-1].path


def _option() -> Iterator[tuple[Path, Span]]:
    given = paths.extra_playbooks()
    if given is not None:
        yield given, Span("--playbooks", 1, 1)


def _profile(findings: list[Finding]) -> Iterator[tuple[Path, Span]]:
    file = paths.hall_file()
    try:
        content = file.read_bytes()
    except OSError:
        return  # the profile's own reader reports it
    text = content.decode("utf-8-sig", errors="surrogateescape")
    if any("\udc80" <= letter <= "\udcff" for letter in text):
        text = content.decode("gb18030", errors="replace")
    line = _LINE.search(text)
    if line is None:
        return
    from engine.reader.nodes import Scalar, compose
    from engine.reader.report import Findings

    # only this section: a slip elsewhere in the profile must not cost the hall its playbooks
    before = text.count("\n", 0, line.start())
    section = re.split(r"\n(?=[^\s#])", text[line.start() :], maxsplit=1)[0]
    faults = Findings()
    root = compose(str(file), "\n" * before + section, faults)
    if root is None:
        return  # likewise
    value = root.pairs["playbooks"].value
    if isinstance(value, Scalar):
        if not value.null:
            try:
                yield paths.config_dir() / Path(value.text).expanduser(), value.span
            except (RuntimeError, ValueError) as error:
                text = f"看不懂 `playbooks` 的路径 `{value.text}`（{error}）"
                findings.append(Finding("error", "bad-folder", text, value.span, _HELP))
    else:
        text = "`playbooks` 要写一个文件夹，这里不是文字"
        findings.append(Finding("error", "bad-folder", text, value.span, _HELP))
