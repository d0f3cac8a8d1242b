"""From a sheet's texts to an order's fields, columns at a time; every unreadable cell is told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.clock import BEIJING
from engine.errors import BadData
from engine.orders import privacy
from engine.orders.columns import BLANK, FIELDS, KINDS, TIMES, schema
from engine.orders.mapping import REQUIRED, Column, Mapped, label, words
from engine.orders.moments import Moment, moment
from engine.orders.problems import Problems, letter
from engine.orders.scheme import Schemes
from engine.orders.sheets import Table

if TYPE_CHECKING:
    import polars as pl

_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S")
_NOTHING = frozenset(("-", "--", "/", "—", "——", "无", "n/a", "na", "null", "none", "nan", "nat"))
_UNASKED = ("未评价", "未回访", "未联系上", "未接通", "无法联系", "不评价")
_CHOICES = ("urgency", "met")
_EXACT = ("no", "phone")  # numbers of which every digit counts
Reader = Callable[[str], Any]  # ValueError: the text says nothing that can be read


class Cells:
    """Reads the cells of one table. `now` (aware): what has happened cannot lie behind it."""

    def __init__(
        self, table: Table, mapped: Mapped, schemes: Schemes, now: datetime, problems: Problems
    ) -> None:
        self.table, self.mapped, self.schemes, self.problems = table, mapped, schemes, problems
        self.now = now.astimezone(BEIJING).replace(tzinfo=None)

    def frame(self) -> pl.DataFrame:
        """The orders as columns, with `row`; cells with errors are as if they were empty."""
        import polars as pl

        by_field = self.mapped.by_field()
        self._whole()
        stripped = {f: pl.col(f"c{c.at}").str.strip_chars().replace("", None) for f, c in by_field.items()}
        raw = self.table.rows.select("row", **stripped)
        made: dict[str, pl.Series] = {"row": raw["row"]}
        for field in FIELDS:
            column = by_field.get(field)
            if column is None:
                continue
            kind, series = KINDS[field], raw[field]
            if kind == "time":
                made[field] = self._times(column, series, raw["row"])
            elif kind == "text" and field not in (*_CHOICES, "satisfied", "excluded"):
                made[field] = self._texts(column, series, raw["row"])
            else:
                made[field] = self._words(column, series, raw["row"], self._reader(field))
        frame = pl.DataFrame(made)
        missing = [
            pl.lit(BLANK[field], dtype=dtype).alias(field)
            for field, dtype in schema().items()
            if field not in made
        ]
        frame = frame.with_columns(missing).select("row", *FIELDS).cast(schema())  # type: ignore[arg-type]
        self._required(raw, frame, by_field)
        self._sequence(frame, by_field)
        return frame

    # ---- what the reading of the file found ----------------------------------------------------

    def _whole(self) -> None:
        """Merged ranges, formulas without a value and error values, where a used column is touched."""
        used = {column.at: column for column in self.mapped.columns}
        for merge in self.table.merges:
            touched = [used[i] for i in range(merge.left, merge.right + 1) if i in used]
            if merge.bottom < self.table.header_row or not touched:
                continue
            head = merge.top <= self.table.header_row
            what = "表头" if head else "数据"
            self.problems.add(
                "error",
                "merged",
                f"{what}里有合并单元格 {merge.ref}，只有左上角一格有值",
                "表头改成一行一格" if head else "取消合并，每一行都填上",
                cells=[(merge.top, merge.ref)],
                column=letter(merge.left),
                header=touched[0].header,
            )
        for cells, code, message, help in (
            (
                self.table.uncached,
                "formula",
                "公式没有存下结果",
                "在 Excel 里打开算好、另存一次；或粘贴成数值",
            ),
            (self.table.faulty, "error-value", "公式出错", "改正公式，或填上值"),
        ):
            for row, i, value in cells:
                if i in used:
                    self._cell("error", code, used[i], [(row, value)], message, help)
        for row, i, value in self.table.lossy:
            if i in used and used[i].field in _EXACT:
                self._cell(
                    "error",
                    "digits-lost",
                    used[i],
                    [(row, value)],
                    "长号码存成了数字，15 位以后的数字已经丢了",
                    "从原系统重新导出，把这一列设为文本",
                )

    def _cell(
        self,
        level: Any,
        code: str,
        column: Column,
        cells: Iterable[tuple[int, object]],
        message: str,
        help: str,
        number: int = 0,
    ) -> None:
        if column.field != "no":  # what is wrong is told without telling a number; columns may be mixed up
            hide = privacy.phone if column.field == "phone" else privacy.masked
            cells = ((row, hide(str(value))) for row, value in cells)
        self.problems.add(
            level,
            code,
            message,
            help,
            cells=cells,
            number=number,
            column=letter(column.at),
            header=column.header,
        )

    # ---- kinds of cells ------------------------------------------------------------------------

    def _texts(self, column: Column, series: pl.Series, rows: pl.Series) -> pl.Series:
        odd = r"^['=＝]"
        if column.field in _EXACT:
            odd = r"^['=＝]|[０-９]|\.0$|[eE]\+"
        mask = series.str.contains(odd)
        if mask.any():
            cells = zip(rows.filter(mask), series.filter(mask), strict=True)
            formulas, fixed = [], {}
            for row, text in cells:
                clean = _plain(text, exact=column.field in _EXACT)
                if clean is None:
                    formulas.append((row, text))
                    clean = ""
                fixed[text] = clean
            series = series.replace(list(fixed), list(fixed.values()))
            science = [(row, text) for row, text in formulas if not text.startswith(("=", "＝"))]
            self._cell(
                "error",
                "digits-lost",
                column,
                science,
                "长号码变成了科学计数，后面的数字已经丢了",
                "从原系统重新导出，把这一列设为文本",
            )
            self._cell(
                "error",
                "formula",
                column,
                [cell for cell in formulas if cell not in science],
                "是公式，没有结果",
                "换成值",
            )
        return series.fill_null("")

    def _times(self, column: Column, series: pl.Series, rows: pl.Series) -> pl.Series:
        import polars as pl

        parsed = pl.Series(series.name, [None], dtype=pl.Datetime("ms")).new_from_index(0, len(series))
        left = series.is_not_null()
        for form in _FORMATS:
            if not left.any():
                break
            first = series.filter(left).head(1)
            if first.str.strptime(pl.Datetime("ms"), form, strict=False).null_count():
                continue
            now = series.str.strptime(pl.Datetime("ms"), form, strict=False)
            parsed = now if parsed.null_count() == len(parsed) else parsed.zip_with(parsed.is_not_null(), now)
            left = series.is_not_null() & parsed.is_null()
        if left.any():
            self._leftover(column, series, rows, left)
            texts = series.filter(left).unique().to_list()
            found = [read.at if (read := self._moment(text)) else None for text in texts]
            values = pl.Series(found, dtype=pl.Datetime("ms"))
            more = series.replace_strict(
                pl.Series(texts), values, default=None, return_dtype=pl.Datetime("ms")
            )
            parsed = parsed.zip_with(parsed.is_not_null(), more)
        return self._plausible(column, parsed, series, rows)

    def _moment(self, text: str) -> Moment | None:
        return moment(text, since_1904=self.table.since_1904)

    def _leftover(self, column: Column, series: pl.Series, rows: pl.Series, left: pl.Series) -> None:
        sorts: dict[str, list[tuple[int, str]]] = {"bad": [], "day": [], "serial": []}
        read: dict[str, str] = {}
        for row, text in zip(rows.filter(left), series.filter(left), strict=True):
            if text not in read:
                found = self._moment(text)
                nothing = found is None and text.casefold() in _NOTHING
                read[text] = "nothing" if nothing else found.remark if found else "bad"
            if read[text] in sorts:
                sorts[read[text]].append((row, text))
        self._cell(
            "error",
            "time",
            column,
            sorts["bad"],
            "看不懂这个时间",
            "写成 2026-11-16 09:05（年-月-日 时:分）",
        )
        serials = [
            (row, f"{text} → {found.at:%Y-%m-%d %H:%M}")
            for row, text in sorts["serial"]
            if (found := self._moment(text)) is not None
        ]
        self._cell(
            "warning",
            "serial",
            column,
            serials,
            "日期存成了数字，按表格的日期序号读",
            "核对几行；不对就把这一列设为日期格式再导出",
        )
        if sorts["day"] and column.field != "due":
            number = len(sorts["day"])
            self._cell(
                "warning",
                "day-only",
                column,
                sorts["day"][:1],
                f"有 {number} 格只有日期没有钟点，按 0 时算",
                "要按小时算时限，就导出带钟点的时间",
                number,
            )

    def _plausible(self, column: Column, parsed: pl.Series, series: pl.Series, rows: pl.Series) -> pl.Series:
        early = parsed < datetime(2000, 1, 1)  # noqa: DTZ001
        late = parsed > self.now
        limits = [(early, "年份不对")]
        if column.field == "due":
            late = parsed.dt.year() > self.now.year + 10
            limits.append((late, "年份不对"))
        else:
            limits.append((late, f"比现在（{self.now:%Y-%m-%d %H:%M}）还晚"))
        for mask, message in limits:
            if mask.any():
                cells = zip(rows.filter(mask), series.filter(mask), strict=True)
                self._cell("error", "time-range", column, cells, message, "核对这一格")
        return parsed

    def _words(self, column: Column, series: pl.Series, rows: pl.Series, read: Reader) -> pl.Series:
        import polars as pl

        texts = series.drop_nulls().unique().to_list()
        values: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for text in texts:
            try:
                values[text] = read(text)
            except ValueError as error:
                wrong[text], values[text] = str(error), None
        for text, help in wrong.items():
            mask = (series == text).fill_null(False)
            cells = zip(rows.filter(mask), series.filter(mask), strict=True)
            self._cell("error", "word", column, cells, f"不是“{label(column.field)}”的写法", help)
        dtype, blank = schema()[column.field], BLANK[column.field]
        held = pl.Series([values[text] for text in texts], dtype=dtype)
        made = series.replace_strict(
            pl.Series(texts, dtype=pl.String), held, default=None, return_dtype=dtype
        )
        return made if blank is None else made.fill_null(blank)

    def _reader(self, field: str) -> Reader:
        if KINDS[field] == "int":
            return _number
        if KINDS[field] == "bool":
            said = words()["words"]["bool"]
            blank = BLANK[field]
            return _chooser({**dict.fromkeys(said["yes"], True), **dict.fromkeys(said["no"], False)}, blank)
        if field in _CHOICES:
            said = words()["words"][field]
            table = {word: id for id, listed in said.items() for word in (id, *listed)}
            return _chooser(table, BLANK[field])
        scheme = self.schemes.at(self.now.date())
        if field == "satisfied":
            levels = {level: level for scale in scheme.scales.values() for level in scale.levels}
            return _chooser({**levels, **dict.fromkeys(_UNASKED, "")}, "")
        reasons = {name: id for id, reason in scheme.excluded.items() for name in (id, reason.label)}
        return _chooser({**reasons, "否": "", "不剔除": ""}, "")

    # ---- what holds between cells --------------------------------------------------------------

    def _required(self, raw: pl.DataFrame, frame: pl.DataFrame, by_field: Mapping[str, Column]) -> None:
        import polars as pl

        told = {(row, i) for row, i, _ in (*self.table.uncached, *self.table.faulty)}
        for field in REQUIRED:
            column = by_field[field]
            rows = raw.filter(pl.col(field).is_null())["row"]
            cells = [(row, "") for row in rows if (row, column.at) not in told]
            help = "补上；不是工单的行（合计等）删掉"
            self._cell("error", "empty", column, cells, f"没有{label(field)}", help)
        if "no" in by_field:
            twice = frame.filter((pl.col("no") != "") & pl.col("no").is_duplicated()).select("no", "row")
            first: dict[str, int] = {}
            for no, row in twice.iter_rows():
                if no in first:
                    self._cell(
                        "error",
                        "twice",
                        by_field["no"],
                        [(row, no)],
                        f"编号与第 {first[no]} 行重复",
                        "同一单留一行；不同的单改正编号",
                    )
                first.setdefault(no, row)
        if "received" in by_field and frame.height:
            begins = first_day(self.schemes)
            early = frame.filter(pl.col("received").dt.date() < begins).select("row", "received")
            cells = [(row, f"{at:%Y-%m-%d}") for row, at in early.iter_rows() if at.year >= 2000]
            self._cell(
                "error",
                "before-scheme",
                by_field["received"],
                cells,
                f"在最早的口径（{begins}）之前，没有可用的时限和计分",
                "在本厅的 orders.yaml 写明当时的规定",
            )

    def _sequence(self, frame: pl.DataFrame, by_field: Mapping[str, Column]) -> None:
        import polars as pl

        fields = [field for field in TIMES if field in by_field and field != "received"]
        wrong = frame.select(
            [(pl.col(field) < pl.col("received")).any().alias(field) for field in fields]
        ) if fields else frame.select([])  # fmt: skip
        for field in fields:
            if wrong[field][0]:
                cells = frame.filter(pl.col(field) < pl.col("received")).select("row", field)
                told = [(row, f"{at:%Y-%m-%d %H:%M}") for row, at in cells.iter_rows()]
                self._cell("error", "before", by_field[field], told, "比受理时间还早", "核对两个时间")
        if {"closed", "called_back"} <= by_field.keys():
            early = frame.filter(pl.col("called_back") < pl.col("closed")).select("row", "called_back")
            told = [(row, f"{at:%Y-%m-%d %H:%M}") for row, at in early.iter_rows()]
            column = by_field["called_back"]
            self._cell("warning", "early-callback", column, told, "没办结就回访（H1.52）", "回访放在办结之后")


def first_day(schemes: Schemes) -> Any:
    """The first day for which the scheme says everything that is needed."""
    for day in schemes.changes:
        try:
            schemes.at(day)
        except BadData:
            continue
        return day
    return schemes.at(schemes.changes[-1])  # raises what is wrong


def _plain(text: str, exact: bool) -> str | None:
    """A text without a spreadsheet's crutches: `'=x`, `="123"`, `123.0`; None: a formula, or digits lost."""
    from engine.exports import original

    if found := re.fullmatch(r'="([^"]*)"', text):
        text = found[1]
    elif text.startswith(("=", "＝")):
        return None
    text = original(text)
    if exact:
        text = unicodedata.normalize("NFKC", text).removeprefix("'")
        if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
            return None
        if re.fullmatch(r"\d+\.0", text):
            text = text[:-2]
    return text


def _number(text: str) -> int:
    found = re.fullmatch(r"(\d{1,6})(?:\.0+)?\s*[次件]?", unicodedata.normalize("NFKC", text))
    if found:
        return int(found[1])
    if text.casefold() in _NOTHING:
        return 0
    raise ValueError("写成数字")


def _chooser(table: Mapping[str, Any], blank: Any) -> Reader:
    def read(text: str) -> Any:
        key = unicodedata.normalize("NFKC", text).strip().casefold()
        for candidate in (text, key):
            if candidate in table:
                return table[candidate]
        if key in _NOTHING:
            return blank
        shown = list(dict.fromkeys(name for name in table if not name.isascii()))[:12]
        raise ValueError(f"可以写：{'、'.join(shown)}")

    return read
