"""Which column of a sheet is which field of an order: guessed by its header, said by hand, kept per hall."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from engine import paths
from engine.errors import BadData, UsageError, reason
from engine.orders.columns import FIELDS
from engine.orders.problems import Problems, index, letter
from engine.reader.report import suggest

REQUIRED = ("no", "received")
IGNORE = ("-", "不要", "忽略")
# what cannot be reckoned without a column; said, not refused
WANTED = {
    "unit": "不能按单位统计和排名",
    "kind": "不能按类别统计",
    "phone": "查不出重复来电",
    "closed": "算不出办结率",
    "responded": "算不出响应率",
    "resolved": "算不出解决率和回访得分",
    "satisfied": "算不出满意率和回访得分",
}
_DECOR = re.compile(r"[\s*:\u3000_\-]|\([^)]*\)|\[[^\]]*\]|【[^】]*】")
How = Literal["said", "saved", "label", "guessed"]


class Column(NamedTuple):
    """A column that is used; `at`: its place, from 0."""

    at: int
    header: str
    field: str
    how: How


class Mapped(NamedTuple):
    """What a sheet's columns are; `unused`: (index, header) of the others."""

    columns: tuple[Column, ...]
    unused: tuple[tuple[int, str], ...]

    def by_field(self) -> dict[str, Column]:
        """Field → its column."""
        return {column.field: column for column in self.columns}


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The shipped table of headers and of what people write in cells."""
    text = (paths.shipped("playbooks") / "orders" / "columns.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def label(field: str) -> str:
    """What people call a field."""
    return str(words()["fields"][field]["label"])


def plain(header: str) -> str:
    """A header without decoration: width, blanks, stars and brackets."""
    return _DECOR.sub("", unicodedata.normalize("NFKC", header)).casefold()


@lru_cache(maxsize=1)
def known() -> dict[str, tuple[str, How]]:
    """Plain header → field, and whether it is the label or a synonym."""
    found: dict[str, tuple[str, How]] = {}
    for field, entry in words()["fields"].items():
        for name in entry["names"]:
            found.setdefault(plain(name), (field, "guessed"))
    for field, entry in words()["fields"].items():
        found[plain(entry["label"])] = found[field] = (field, "label")
    return found


def recognised(headers: Iterable[str]) -> int:
    """How many different fields these headers name: how a row of headers is told from others."""
    return len({known()[plain(name)][0] for name in headers if plain(name) in known()})


def said(texts: Sequence[str]) -> dict[str, str]:
    """`--map 列=字段` → column (header or letter) → field id ("" : left out). UsageError."""
    found: dict[str, str] = {}
    for text in texts:
        column, equals, field = text.partition("=")
        field = field.strip()
        if not equals or not column.strip() or not field:
            raise UsageError(
                f"看不懂 --map {text}", "写成 --map 列=字段，如 --map 办件号=工单编号 或 --map C=电话"
            )
        if field in IGNORE:
            found[column.strip()] = ""
            continue
        match = known().get(plain(field))
        if match is None:
            labels = [label(name) for name in FIELDS]
            raise UsageError(f"没有字段“{field}”", suggest(field, labels) or f"字段有：{'、'.join(labels)}")
        found[column.strip()] = match[0]
    return found


def mapped(
    headers: Sequence[str], by_hand: Mapping[str, str], saved: Mapping[str, str], problems: Problems
) -> Mapped:
    """Match columns with fields: by hand, then as saved, then labels, then synonyms. UsageError: `by_hand`
    names a column that is not there. A field that two columns would be is reported, the better one used.
    """
    chosen: dict[int, tuple[str, How]] = {}
    for name, field in by_hand.items():
        places = [i for i, header in enumerate(headers) if plain(header) == plain(name)]
        if not places and (place := index(name)) is not None and place < len(headers):
            places = [place]
        if not places:
            raise UsageError(
                f"表里没有“{name}”这一列", suggest(name, [h for h in headers if h]) or _list(headers)
            )
        chosen.update((place, (field, "said")) for place in places[:1])
    keep = {plain(name): field for name, field in saved.items()}
    for i, header in enumerate(headers):
        if i not in chosen and plain(header) in keep:
            chosen[i] = keep[plain(header)], "saved"
        elif i not in chosen and plain(header) in known():
            chosen[i] = known()[plain(header)]
    rank = {"said": 0, "saved": 1, "label": 2, "guessed": 3}
    best: dict[str, Column] = {}
    for i, (field, how) in sorted(chosen.items(), key=lambda item: (rank[item[1][1]], item[0])):
        if not field:
            continue
        if field in best:
            first = best[field]
            problems.add(
                "warning",
                "two-columns",
                f"“{headers[i]}”和 {letter(first.at)} 列“{first.header}”都像“{label(field)}”，用了后者",
                f"要换就加 --map {letter(i)}={label(field)}",
                column=letter(i),
                header=headers[i],
            )
        else:
            best[field] = Column(i, headers[i], field, how)
    used = {column.at for column in best.values()}
    unused = tuple((i, header) for i, header in enumerate(headers) if i not in used)
    _report(best, unused, problems)
    return Mapped(tuple(sorted(best.values())), unused)


def _report(best: Mapping[str, Column], unused: Sequence[tuple[int, str]], problems: Problems) -> None:
    left = [header for _, header in unused if header]
    for field in (*REQUIRED, *WANTED):
        if field in best:
            continue
        names = [label(field), *words()["fields"][field]["names"]]
        near = next((hint for name in names if (hint := _near(name, left))), "")
        must = field in REQUIRED
        if near:
            help = f"如果是“{near}”，加 --map {near}={label(field)}"
        elif left:
            help = f"表里有的话，加 --map 列={label(field)}（如 --map {left[0]}={label(field)}）"
        else:
            help = "表里没有的话，导出时加上这一列"
        problems.add(
            "error" if must else "warning",
            "no-column",
            f"没有找到“{label(field)}”列" + ("" if must else f"，{WANTED[field]}"),
            help,
            header=label(field),
        )


def _near(name: str, headers: Sequence[str]) -> str:
    import difflib

    close = difflib.get_close_matches(plain(name), [plain(h) for h in headers], 1, 0.6)
    return next((h for h in headers if close and plain(h) == close[0]), "")


def _list(headers: Sequence[str]) -> str:
    shown = [f"{letter(i)}“{header}”" for i, header in enumerate(headers) if header][:12]
    return f"表里的列：{'、'.join(shown)}"


def file() -> Path:
    """Where the hall's own mapping is kept."""
    return paths.config_dir() / "order-columns.yaml"


def load() -> dict[str, str]:
    """The hall's own mapping, header → field id ("": left out). BadData when it cannot be read."""
    place = file()
    if paths.missing(place):
        return {}
    try:
        found = yaml.safe_load(place.read_text("utf-8-sig"))
    except OSError as error:
        raise BadData(f"读不了 {place}：{reason(error)}", "检查文件和权限") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark else "文件"
        why = "不是 UTF-8" if isinstance(error, UnicodeDecodeError) else "写法不对"
        raise BadData(f"{place}：{where}{why}", "改正或移走它，再用 --save-map 重新记") from error
    if not isinstance(found, dict):
        raise BadData(f"{place} 应当是“列名: 字段”的表", "改正或移走它，再用 --save-map 重新记")
    try:
        return said([f"{column}={field}" for column, field in found.items()])
    except UsageError as error:
        raise BadData(f"{place}：{error.message}", error.help) from error


def save(columns: Mapped) -> Path:
    """Keep how these columns were matched. BadData when the file cannot be written."""
    kept = {plain(name): (name, field) for name, field in load().items()}
    kept.update((plain(c.header), (c.header, c.field)) for c in columns.columns if c.header)
    rows = {name: label(field) if field else IGNORE[0] for name, field in kept.values()}
    place = file()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False), "utf-8")
    except OSError as error:
        raise BadData(f"写不了 {place}：{reason(error)}", "检查目录和权限") from error
    return place
