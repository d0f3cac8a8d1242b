"""`zhiban triage`: one sentence and why, a batch, a measurement, what the hall teaches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from engine.console import desk, record
from engine.console.terminal import Terminal
from engine.errors import BadData, NotFound, UsageError
from engine.model import Library
from engine.triage import NONE, Triage, taught, to_json, triage

CANDIDATE = 0.35  # a score below which a candidate is not worth a line


class _Line(msgspec.Struct):
    id: str | int
    text: str


def triage_command(
    text: str, batch: Path | None, evaluation: Path | None, *, why: bool = False, json: bool = False
) -> None:
    """Read what was given and show or emit it."""
    library = desk.shelf().library
    desk.warn_if_taught_is_damaged()
    if evaluation is not None:
        _measured(evaluation, library, json=json)
    elif batch is not None:
        _batch(batch, library)
    elif not text.strip():
        raise UsageError("要写一句话", '例如：zhiban triage "系统崩了，群众在骂"')
    elif why:
        _explained(text, library, json=json)
    else:
        result = triage(text, library)
        if json:
            record.emit(_document(result, library))
        else:
            _triaged(Terminal(), result, library)


def _triaged(screen: Terminal, result: Triage, library: Library) -> None:
    """What a sentence says."""
    titles = {playbook.id: playbook.title for playbook in library.playbooks}
    if result.safety.kind != "none":
        screen.line(f"人身安全：{'、'.join(found.text for found in result.safety.evidence)}", "alarm")
        for number, words in enumerate(result.safety.do_first, 1):
            screen.line(desk.spoken(words, library), "act", first=f"{number:>2} ")
    if result.primary == "none":
        screen.line("没有听出是突发情况。")
    least = min([CANDIDATE, *(m.score for m in result.matches if m.playbook in result.active)])
    for match in result.matches:
        if match.score < least:
            continue
        mark = "★" if match.playbook in result.active else "  "
        words = "、".join(dict.fromkeys(found.text for found in match.evidence))
        said = f"：{words}" if words else ""
        screen.line(
            f"{titles[match.playbook]}（{match.playbook}，{match.score:.1f} 分{said}）",
            first=f"{mark} ",
        )
    if result.doubt:
        told = "、".join(titles.get(label, "不是事件") for label in result.doubt)
        screen.line(f"拿不准，更像哪一种，要人定：{told}", "soon")
    if result.note:
        screen.line(result.note, "soon")


def _measured(file: Path, library: Library, *, json: bool) -> None:
    from engine.triage.evaluate import evaluate, show

    _exists(file)
    measured = evaluate(file, library)
    if json:
        record.emit(measured)
    else:
        Terminal().out.write(show(measured) + "\n")


def _batch(file: Path, library: Library) -> None:
    """One JSON document a line; a line that is none ends the batch after those before it."""
    _exists(file)
    decoder, lessons = msgspec.json.Decoder(_Line), taught.own()
    with _progress(file.read_bytes().splitlines()) as lines:
        for number, raw in enumerate(lines, 1):
            if raw.strip():
                try:
                    line = decoder.decode(raw)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise BadData(
                        f'{file}:{number}: 这一行不是 {{"id", "text"}}（{error}）', "每行一个 JSON 对象"
                    ) from None
                result = triage(line.text, library, lessons=lessons)
                record.emit_line({"id": line.id, **_document(result, library)})


@contextmanager
def _progress(lines: Sequence[bytes]) -> Iterator[Iterable[bytes]]:
    """The lines, with a bar on standard error where somebody watches it and the results go elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lines
        return
    from click import progressbar

    with progressbar(lines, label="听判", file=sys.stderr, update_min_steps=200) as bar:
        yield bar


def _explained(text: str, library: Library, *, json: bool) -> None:
    from engine.triage.why import REASONS, explain

    why = explain(text, library)
    if json:
        record.emit(why)
        return
    screen, titles = Terminal(), {playbook.id: playbook.title for playbook in library.playbooks}
    for row in why.scores:
        title = "平常事，不是事件" if row.label == NONE else titles.get(row.label, row.label)
        screen.line(f"{title}（{row.label}）{row.score:g} 分", "title")
        for part in row.signals:
            screen.line(f"听到 {'、'.join(part.words)}：{part.adds:+g}", first="   ")
        if row.learned is not None:
            told = "  ".join(f"{''.join(part.words)} {part.adds:+.2f}" for part in row.stretches)
            screen.line(f"例句学来：{row.learned:+.2f}（起点 {row.bias:+.2f}；{told} …）", first="   ")
        if row.taught:
            screen.line(f"本厅教过相近的话：{row.taught:+g}", first="   ")
    for void in why.void:
        screen.line(f"“{void.word}”不算危险：{REASONS.get(void.reason, void.reason)}", "quiet")


# ---- what the hall teaches ----------------------------------------------------------------------------


def teach(text: str, labels: Sequence[str], *, json: bool = False) -> None:
    """Note down what a sentence should have given; used from now on."""
    library = desk.shelf().library
    known = [*(playbook.id for playbook in library.playbooks if playbook.id != "always"), NONE]
    if not text.strip():
        raise UsageError("要写那句话", '例如：zhiban triage "那铁疙瘩又不认卡了" --teach system-failure')
    for label in labels:
        if label not in known:
            from engine.reader.report import suggest

            raise NotFound(f"没有剧本 `{label}`", suggest(label, known) or "用 zhiban playbook list 看有哪些")
    if NONE in labels and len(labels) > 1:
        raise UsageError("`none` 是“不是事件”，不能和剧本一起教", "只写 --teach none，或只写剧本")
    lesson = taught.teach(text, list(dict.fromkeys(labels)))
    if json:
        record.emit(lesson)
        return
    screen = Terminal()
    screen.line(f"记下了（{lesson.id}）：以后这句话、相近的话，听成 {'、'.join(labels)}", "good")
    screen.line(f"在 {taught.file()}；zhiban triage --taught 可导出", "quiet")


def lessons() -> None:
    """All that was taught, as JSON Lines: for `--eval`, for another hall."""
    for lesson in taught.read(taught.file()):
        record.emit_line(msgspec.to_builtins(lesson))


def _document(result: Triage, library: Library) -> dict[str, object]:
    """The contract, its words filled in."""
    made = to_json(result)
    safety = made["safety"]
    if isinstance(safety, dict):
        safety["do_first"] = [desk.spoken(words, library) for words in result.safety.do_first]
    return made


def _exists(path: Path) -> None:
    if not path.is_file():
        raise NotFound(f"没有文件 `{path}`", "检查路径")
