"""`zhiban practice grade` and `eval`: an answer marked, a batch, a measurement."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from engine.console import practice_view as view
from engine.console import record
from engine.console.respond import terminal
from engine.console.terminal import Terminal
from engine.errors import BadData, NotFound, UsageError, reason
from engine.practice.evaluate import Judged, Line, by_group, judge
from engine.practice.judging import blamed, credited
from engine.practice.marking import Mark, mark
from engine.practice.model import Bank, Question
from engine.practice.reading import load
from engine.practice.reports import band, document, notes, profile_lines
from engine.reader.report import suggest

_BATCH = 200_000_000  # bytes of many answers
LIMIT = 2_000_000  # bytes of an answer; a spoken answer has about 2,000
_LEVELS = {"all": "全部", "excellent": "优", "good": "良", "fair": "中", "poor": "差", "adversarial": "对抗"}
_T = TypeVar("_T")


class _Entry(msgspec.Struct):
    id: str | int
    question: str
    text: str


def grade(id: str, answer: Path | None, batch: Path | None, *, json: bool) -> None:
    """Mark one answer, or a batch of them."""
    bank = load()
    if batch is not None:
        entries = _lines(batch, _Entry, "id、question、text")
        questions = [_asked(bank, entry, batch) for entry in entries]
        for entry, question in zip(entries, questions, strict=True):
            record.emit_line({"id": entry.id, **document(mark(bank, question, entry.text), question)})
        return
    if not id or answer is None:
        raise UsageError("要写题号和答案文件", "例如：zhiban practice grade E1 --answer 答案.txt")
    question = find(bank, id)
    text, note = read(answer)
    result = mark(bank, question, text)
    if json:
        record.emit(document(result, question))
    else:
        _show(terminal(), result, question, text, note)


def _asked(bank: Bank, entry: _Entry, file: Path) -> Question:
    """The question of an entry. NotFound with the entry's id."""
    try:
        return find(bank, entry.question)
    except NotFound as error:
        raise NotFound(f"{file}：{entry.id} 这一条：{error.message}", error.help) from None


def evaluate(file: Path, *, json: bool) -> None:
    """Measure the marker on labelled answers."""
    bank = load()
    lines = _lines(file, Line, "id、question、text、hit、partial、fault、score")
    if not lines:
        raise BadData(f"{file}：没有一行作答", "每行一个 JSON 对象")
    for line in lines:
        find(bank, line.question)
    judged = judge(bank, lines)
    groups = by_group(judged)
    if json:
        misses = [{"id": j.line.id, "score": j.mark.score, "label": j.line.score, **j.misses} for j in judged]
        record.emit({"groups": groups, "answers": misses})
        return
    out = terminal().out
    out.write("组               份数  点查准 点查全 点F1   失分查准 失分查全 等级相关 平均误差 偏差\n")
    for name, m in groups.items():
        level, _, kind = name.partition("/")
        label = _LEVELS.get(level, level) + (f" {kind}" if kind else "")
        label += " " * (17 - sum(2 if sign > "\u2e80" else 1 for sign in label))
        out.write(
            f"{label}{m.answers:>4}  {_number(m.point_precision)}  {_number(m.point_recall)}"
            f"  {_number(m.point_f1)}  {_number(m.fault_precision)}    {_number(m.fault_recall)}"
            f"    {_number(m.spearman)}    {m.mean_error:5.1f}  {m.bias:+5.1f}\n"
        )
    _differences(terminal(), judged)


def _number(value: float | None) -> str:
    return "  -  " if value is None else f"{value:5.3f}"


_TOLD = {
    "points_wrong": "多给",
    "points_missed": "漏给",
    "faults_wrong": "错扣",
    "faults_missed": "漏扣",
}


def _differences(screen: Terminal, judged: list[Judged]) -> None:
    screen.blank()
    for j in judged:
        told = [f"{_TOLD[kind]} {'、'.join(ids)}" for kind, ids in j.misses.items() if ids]
        if told:
            screen.line(f"{j.mark.score} 分（标注 {j.line.score}）：{'；'.join(told)}", first=f"{j.line.id} ")


def _show(screen: Terminal, result: Mark, question: Question, text: str, note: str) -> None:
    """The mark for a learner: the gaps first, then the answer with what was reached, then the outline."""
    points, faults = credited(result, question), blamed(result, question)
    screen.line(f"{result.question}：{result.score} 分（{band(result.score)}）", "act")
    for words in (*([note] if note else []), *notes(result)):
        screen.line(words, "soon")
    view.gaps(screen, question.points, points, text)
    view.faults(screen, question.faults, faults, text)
    view.said(screen, text, points, faults)
    view.reached(screen, question.points, points)
    view.outline(screen, question)
    for first, words in profile_lines(result.profile) if result.profile else ():
        screen.line(words, first=first, rest="  ")


def find(bank: Bank, id: str) -> Question:
    """The question with this id. NotFound with the nearest one."""
    question = bank.find(id)
    if question is None:
        ids = [q.id for q in bank.questions]
        raise NotFound(f"没有题目 `{id[:30]}`", suggest(id, ids) or "zhiban practice list 列出所有题目")
    return question


def read(file: Path) -> tuple[str, str]:
    """The text of an answer file, UTF-8 or GBK, and a remark about it. Errors: NotFound, BadData."""
    return decoded(read_bytes(file), str(file))


def decoded(data: bytes, where: str) -> tuple[str, str]:
    """Bytes as text, UTF-8 or GBK, and a remark about it. BadData when they are no text."""
    if b"\0" in data:
        raise BadData(f"{where}：不是文字文件", "把作答存成 UTF-8 的文本文件")
    try:
        text, note = data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        try:
            text, note = data.decode("gb18030"), "文件是 GBK 编码，已按 GBK 读"
        except UnicodeDecodeError:
            raise BadData(f"{where}：读不出文字", "把作答存成 UTF-8 的文本文件") from None
    if not text.strip():
        raise BadData(f"{where}：文件是空的", "把作答写进文件再评")
    return text, note


def read_bytes(file: Path, most: int = LIMIT, what: str = "作答") -> bytes:
    """A file as it is. Errors: NotFound; BadData when it cannot be read or has more than `most` bytes."""
    if not file.is_file():
        raise NotFound(f"没有文件 `{file}`", "检查路径")
    try:
        with file.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise BadData(f"{file}：打不开（{reason(error)}）", "检查权限") from None
    if len(data) > most:
        raise BadData(f"{file}：超过 {most // 1_000_000} MB，不像一份{what}", "检查是不是选错了文件")
    return data


def _lines(file: Path, kind: type[_T], fields: str) -> list[_T]:
    """The JSON Lines of a file. Errors: NotFound, BadData with the line."""
    decoder = msgspec.json.Decoder(kind)
    found = []
    for number, raw in enumerate(read_bytes(file, _BATCH, "一批作答").splitlines(), 1):
        if raw.strip():
            try:
                found.append(decoder.decode(raw))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadData(
                    f"{file}:{number}：这一行读不了（{error}）", f"每行一个 JSON 对象：{fields}"
                ) from None
    return found
