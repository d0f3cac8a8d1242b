"""`drill run --answers` and `--as`: a drill in simulated time, from a file or by a scripted trainee."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from engine.console import desk, drill_desk, record
from engine.console import drill_show as show
from engine.console.respond import terminal
from engine.drill import control, perform
from engine.drill.catalogue import Catalogue
from engine.drill.meant import understand
from engine.drill.reading import load
from engine.drill.scoring import score
from engine.drill.script import play
from engine.drill.store import Store
from engine.drill.times import moment
from engine.drill.trainees import Act, trainee
from engine.errors import BadData, NeedsInput, UsageError, reason
from engine.model import Finding, Span

_LINE = re.compile(
    r"(?P<at>T\+\S+|D\+\d+(?: +H\+\d+)?(?: +M\+\d+)?(?: +S\+\d+)?)[\s\u3000]+"
    r"(?:@(?P<role>\S+)[\s\u3000]+)?(?P<text>.+)"
)
_FORM = "每行写 T+90s 说 …，岗位写在中间：T+90s @guide 办 …"
_PREFIX = {"say": "说", "ask": "问", "issue": "发", "do": "办", "text": ""}


class Given(NamedTuple):
    """One line of an answers file: `seconds` after the start."""

    seconds: int
    role: str
    text: str
    span: Span


def run(
    name: str,
    answers: Path | None,
    scripted: str,
    *,
    role: str,
    person: str,
    seed: int | None,
    hints: bool,
    json: bool,
) -> int:
    """Play a new run to its end; returns the exit code."""
    if answers is not None and scripted:
        raise UsageError("--answers 和 --as 只能用一个", "照文件演，或让脚本演")
    if not drill_desk.is_drill(name):
        raise UsageError("照文件演、脚本演都要新开一场", "写演练的名称或文件；zhiban drill list 看有哪些")
    shelf = desk.shelf()
    drill = load(shelf.library, name).drill
    assert drill is not None  # load raises otherwise
    first = drill_desk.role_among(drill.roles, shelf.library, role)
    acts = []
    if answers is not None:
        given = read(answers, first)
        roles = {one.role: drill_desk.role_among(drill.roles, shelf.library, one.role) for one in given}
        given = [one._replace(role=roles[one.role]) for one in given]
        acts = resolve(Catalogue(drill, shelf.library), given)
    with drill_desk.journal_to_write() as journal:
        store = drill_desk.create(
            journal, shelf, name, seed=seed, hints=hints, solo=True, scripted=scripted,
            people={first: "脚本" if scripted else person},
        )  # fmt: skip
        if scripted:
            play(store, trainee(scripted, int(store.state.opening["seed"])), store.state.end)
        else:
            _play(store, acts)
        state = store.state
        if json:
            record.emit(show.plain(state, score(state), store.id))
        else:
            show.result(terminal(), state, score(state), store.id)
            show.hot_wash(terminal(), state, store.id)
    return 0


def _play(store: Store, acts: list[tuple[int, Act]]) -> None:
    for seconds, act in acts:
        now = store.state.begun + timedelta(seconds=seconds)
        store.advance(now)
        if store.state.status != "open":
            desk.warn(
                f"注意：演练 {show.short(store.state.seconds(store.state.at))} 就结束了，后面的行没有演"
            )
            return
        if act.kind == "end":
            control.end(store, now, "trainee")
        elif act.kind == "hint":
            perform.hint(store, act.role, now)
        else:
            perform.act(store, act.role, act.kind, act.id, act.text, now)
    store.advance(store.state.end)


def resolve(catalogue: Catalogue, given: list[Given]) -> list[tuple[int, Act]]:
    """What the lines mean, in the order of time. NeedsInput names every line that is not clear."""
    acts, unclear = [], []
    for one in sorted(given, key=lambda line: line.seconds):
        if one.text in ("完", "h"):
            acts.append((one.seconds, Act(one.role, "end" if one.text == "完" else "hint")))
            continue
        meant = understand(catalogue, one.text)
        if meant.what == "say" or (meant.what == "nothing" and meant.speech):
            acts.append((one.seconds, Act(one.role, "say", "", meant.text)))
        elif meant.what == "offer" and (meant.clear or len(meant.acts) == 1):
            best = meant.acts[0]
            acts.append((one.seconds, Act(one.role, best.kind, best.id, best.text)))
        else:
            could = "；".join(act.text for act in meant.acts)
            place = f"{one.span.file}:{one.span.line}"
            unclear.append(f"{place} “{one.text}”：{f'是哪一项？{could}' if could else '没有这一项'}")
    if unclear:
        raise NeedsInput(f"有 {len(unclear)} 行要写清楚：\n" + "\n".join(unclear), "照列出的写全，或用 说 …")
    return acts


def read(file: Path, role: str) -> list[Given]:
    """An answers file, lines or a JSON list. BadData with every fault and its place."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadData(f"读不了 {file}：{reason(error)}", "检查文件和权限") from error
    except UnicodeDecodeError as error:
        raise BadData(f"{file} 不是 UTF-8 编码", "在编辑器里另存为 UTF-8") from error
    found, faults = (_json if text.lstrip().startswith("[") else _lines)(text, str(file), role)
    if faults:
        raise BadData(f"{file} 有 {len(faults)} 处写得不对", _FORM, tuple(faults))
    return found


def _lines(text: str, file: str, role: str) -> tuple[list[Given], list[Finding]]:
    found, faults = [], []
    for number, line in enumerate(text.splitlines(), 1):
        line, span = line.strip(), Span(file, number, 1)
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        seconds = moment(match["at"]) if match is not None else None
        if match is None or seconds is None:
            faults.append(Finding("error", "bad-line", f"看不懂 `{line[:30]}`", span, _FORM))
        else:
            found.append(Given(seconds, match["role"] or role, match["text"].strip(), span))
    return found, faults


def _json(text: str, file: str, role: str) -> tuple[list[Given], list[Finding]]:
    try:
        entries: Any = msgspec.json.decode(text.encode())
    except msgspec.DecodeError as error:
        raise BadData(f"{file} 不是 JSON：{error}", _FORM) from error
    found, faults = [], []
    for number, entry in enumerate(entries, 1):
        span = Span(file, number, 1)
        plain = entry if isinstance(entry, dict) else {}
        seconds = moment(str(plain.get("at", "")))
        said = [key for key in _PREFIX if isinstance(plain.get(key), str) and plain[key].strip()]
        if seconds is None or len(said) != 1:
            text = f"第 {number} 项要有 at 和 say、ask、issue、do、text 之一"
            faults.append(Finding("error", "bad-line", text, span, '{"at": "T+90s", "say": "…"}'))
        else:
            words = f"{_PREFIX[said[0]]} {plain[said[0]].strip()}".strip()
            found.append(Given(seconds, str(plain.get("role") or role), words, span))
    return found, faults
