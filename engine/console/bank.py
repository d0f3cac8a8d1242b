"""`zhiban practice new` and `practice check`: question files drafted from playbooks, and proved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine import paths
from engine.console import desk, record
from engine.console.incidents import write
from engine.console.respond import terminal
from engine.errors import BadData, NotFound, UsageError, reason
from engine.practice.checking import check as prove
from engine.practice.drafting import draft
from engine.practice.reading import load, parse, texts_of
from engine.reader import load_library


def new(playbook: str, seed: int, facts: Sequence[str], output: Path | None) -> None:
    """Draft a question from a walk through a playbook. `facts`: name=answer."""
    library = load_library(hall=False)
    desk.known(library, playbook)
    given = []
    for entry in facts:
        name, _, value = entry.partition("=")
        if not name or not value:
            raise UsageError(f"`--fact {entry}` 写得不对", "写成 名称=答案，例如 --fact quarrel=yes")
        given.append((name, value))
    write(draft(load(), library, playbook, seed, given).encode(), output)


def check(files: Sequence[Path], *, json: bool) -> int:
    """Prove question files, or the whole bank; 4 when something is wrong."""
    texts, own = texts_of(paths.shipped("playbooks") / "practice"), set()
    for file in files:
        name = _shipped_name(file, texts) or str(file)
        texts[name] = _text(file)
        own.add(name)
    bank = parse(texts)
    chosen = [q for q in bank.questions if not files or q.span.file in own]
    if files and not chosen:
        raise NotFound(f"`{files[0]}` 里没有练习题", "写题目文件，例如 playbooks/practice/G01.yaml")
    repeated = {q.id for q in chosen if sum(q.id == other.id for other in bank.questions) > 1}
    if repeated:
        raise BadData(f"题号 `{min(repeated)}` 已经有了", "换一个题号")
    findings = prove(bank, load_library(hall=False), chosen)
    errors = [finding for finding in findings if finding.level == "error"]
    if json:
        record.emit({"questions": [q.id for q in chosen], "findings": findings})
        return 4 if errors else 0
    screen = terminal()
    for finding in findings:
        style = "alarm" if finding.level == "error" else "soon"
        screen.line(f"{finding.span} {finding.message}（{finding.help}）", style, rest="  ")
    screen.line(f"查了 {len(chosen)} 道题，{len(errors)} 处要改", "alarm" if errors else "good")
    return 4 if errors else 0


def _shipped_name(file: Path, texts: dict[str, str]) -> str:
    """The name of a shipped file that is given by its path."""
    folder = paths.shipped("playbooks") / "practice"
    name = f"playbooks/practice/{file.name}"
    return name if name in texts and file.resolve().parent == folder.resolve() else ""


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise NotFound(f"没有文件 `{file}`", "检查路径") from None
    except UnicodeDecodeError:
        raise BadData(f"{file}：不是 UTF-8 的文字文件", "存成 UTF-8 再查") from None
    except OSError as error:
        raise BadData(f"{file}：打不开（{reason(error)}）", "检查是不是文件、能不能读") from None
