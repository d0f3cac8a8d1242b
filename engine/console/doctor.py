"""`zhiban doctor`: is everything there? One line a point, and what to do about it."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from engine import __version__, paths
from engine.errors import ZhibanError, reason


def examine() -> list[dict[str, Any]]:
    """Points with `name`, `ok`, `says` and `help`."""
    own = [_journal(), *_taught(), *_hall()]
    return [_python(), _durable(), *_folders(), *_library(), *own, _encoding(), _calendar()]


def _point(name: str, ok: bool, says: str, help: str = "") -> dict[str, Any]:
    return {"name": name, "ok": ok, "says": says, "help": "" if ok else help}


def _python() -> dict[str, Any]:
    version = platform.python_version()
    return _point("Python", sys.version_info >= (3, 11), f"{version}，zhiban {__version__}", "要 3.11 以上")


def _durable() -> dict[str, Any]:
    from engine.matcher import Matcher, Unavailable
    from engine.model import Library
    from engine.ruleset import Ruleset

    try:
        Matcher(Ruleset(Library(), (), {}))
    except Unavailable as fault:
        return _point(
            "durable-rules",
            False,
            f"{fault}，用内置判定，结果相同",
            "装 C 编译器后 make -B setup；不装也能用",
        )
    return _point("durable-rules", True, "已装载")


def _folders() -> list[dict[str, Any]]:
    named = (
        ("记录目录", paths.data_dir()),
        ("配置目录", paths.config_dir()),
        ("缓存目录", paths.cache_dir()),
    )
    return [_folder(name, path) for name, path in named]


def _folder(name: str, path: Path) -> dict[str, Any]:
    near = path
    while paths.missing(near) and near != near.parent:
        near = near.parent
    try:
        if not paths.missing(path):
            with tempfile.TemporaryFile(dir=path):
                pass
        elif not os.access(near, os.W_OK):
            raise PermissionError(13, "没有权限")
    except OSError as error:
        return _point(
            name, False, f"{path} 写不进去（{reason(error)}）", "改权限，或用 ZHIBAN_HOME 指定别的目录"
        )
    return _point(name, True, str(path))


def _library() -> list[dict[str, Any]]:
    from engine.reader import load_library
    from engine.reader.folders import user_folders

    library = load_library()
    errors = [finding for finding in library.findings if finding.level == "error"]
    points = [_point("剧本", bool(library.playbooks), f"{len(library.playbooks)} 个", "重新安装 zhiban")]
    points.append(_point("本厅剧本放在", True, "、".join(str(folder.path) for folder in user_folders([]))))
    points += [
        _point("剧本", False, f"{finding.span} {finding.message}", finding.help) for finding in errors[:10]
    ]
    return points


def _journal() -> dict[str, Any]:
    from engine.console.desk import journal_file
    from engine.journal import Journal

    if paths.missing(journal_file()):
        return _point("事件记录", True, "还没有")
    try:
        with Journal(journal_file()) as journal:
            return _point("事件记录", True, f"{len(journal.list(None))} 件")
    except ZhibanError as error:
        return _point("事件记录", False, error.message, error.help)


def _taught() -> list[dict[str, Any]]:
    """What the hall has taught triage, if it has: a damaged line makes all of it void."""
    from engine.triage import taught

    fault = taught.fault()
    if fault is not None:
        return [_point("教过的话", False, fault.message, fault.help)]
    lessons = taught.read(taught.file())
    return [_point("教过的话", True, f"{len(lessons)} 句")] if lessons else []


def _hall() -> list[dict[str, Any]]:
    from engine.hall import read_profile
    from engine.reader import load_library

    if paths.missing(paths.hall_file()):
        return [_point("本厅资料", False, "还没有 hall.yaml，姓名、电话、地点会空着", "zhiban init")]
    library = load_library()
    declared = [value for playbook in library.playbooks for value in playbook.hall]
    profile, findings = read_profile(None, library.vocabulary, declared)
    points = [_point("本厅资料", True, profile.name or str(paths.hall_file()))]
    blank = [role.label for role in library.vocabulary.roles if not profile.people.get(role.id, ("", ""))[1]]
    if blank:
        points.append(_point("本厅资料", False, f"没填电话：{'、'.join(blank)}", f"编辑 {paths.hall_file()}"))
    return points + [_point("本厅资料", False, f"{f.span} {f.message}", f.help) for f in findings]


def _encoding() -> dict[str, Any]:
    name = (sys.stdout.encoding or "ascii").lower()
    fine = name.replace("-", "").startswith(("utf", "gb", "cp936", "cp65001"))
    return _point("终端编码", fine, name, "设 LANG=zh_CN.UTF-8，或 PYTHONUTF8=1")


def _calendar() -> dict[str, Any]:
    from datetime import date

    from engine.clock import RealClock
    from engine.hall import read_profile
    from engine.workdays import is_workday

    year, profile = RealClock().now().year, read_profile()[0]
    known = []
    for candidate in (year, year + 1):
        try:
            is_workday(date(candidate, 6, 1), profile)
            known.append(candidate)
        except ZhibanError:
            pass
    help = f"升级 chinesecalendar，或在 hall.yaml 的 calendar: 里列出 {year} 年的放假和调休"
    return _point(
        "工作日历", year in known, f"知道 {'、'.join(map(str, known)) or '无'}（今年 {year}）", help
    )
