"""`zhiban triage`: one sentence, a batch, or a measurement."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.console import desk, record
from engine.console.respond import terminal
from engine.errors import BadData, NotFound, UsageError
from engine.model import Library
from engine.triage import Triage, to_json, triage


class _Line(msgspec.Struct):
    id: str | int
    text: str


def triage_command(text: str, batch: Path | None, evaluation: Path | None, *, json: bool) -> None:
    """Read what was given and show or emit it."""
    library = desk.shelf().library
    if evaluation is not None:
        from engine.triage.evaluate import evaluate, show

        _exists(evaluation)
        measured = evaluate(evaluation, library)
        if json:
            record.emit(measured)
        else:
            terminal().out.write(show(measured) + "\n")
    elif batch is not None:
        _exists(batch)
        decoder = msgspec.json.Decoder(_Line)
        for number, raw in enumerate(batch.read_bytes().splitlines(), 1):
            if not raw.strip():
                continue
            try:
                line = decoder.decode(raw)
            except msgspec.DecodeError as error:
                raise BadData(
                    f'{batch}:{number}: 这一行不是 {{"id", "text"}}（{error}）', "每行一个 JSON 对象"
                ) from None
            record.emit_line({"id": line.id, **_document(triage(line.text, library), library)})
    elif not text.strip():
        raise UsageError("要写一句话", '例如：zhiban triage "系统崩了，群众在骂"')
    else:
        result = triage(text, library)
        if json:
            record.emit(_document(result, library))
        else:
            from engine.console.lists import triaged

            triaged(terminal(), result, library)


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
