"""From a sheet's texts to an order's fields, columns at a time; every unreadable cell is told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.clock import BEIJING
from engine.orders.cell_checks import EXACT, of_the_file, required, sequence
from engine.orders.cell_times import times
from engine.orders.cell_words import CHOICES, UNKNOWN, Reader, plain, reader
from engine.orders.columns import BLANK, FIELDS, KINDS, TOLD, schema, untold
from engine.orders.complaints import tell
from engine.orders.mapping import Column, Mapped, label
from engine.orders.problems import Problems
from engine.orders.scheme import Schemes
from engine.orders.sheets import Table

if TYPE_CHECKING:
    import polars as pl


class Cells:
    """Reads the cells of one table. `now` (aware): what has happened cannot lie behind it."""

    def __init__(
        self, table: Table, mapped: Mapped, schemes: Schemes, now: datetime, problems: Problems
    ) -> None:
        self.table, self.mapped, self.schemes, self.problems = table, mapped, schemes, problems
        self.now = now.astimezone(BEIJING).replace(tzinfo=None)

    def frame(self) -> pl.DataFrame:
        """The orders as columns; cells with errors are as if they were empty.

        Beside the fields: `row`, `untold`, and whether the number of repeated calls is `given`.
        """
        import polars as pl

        by_field = self.mapped.by_field()
        of_the_file(self.table, self.mapped, self.problems)
        stripped = {f: pl.col(f"c{c.at}").str.strip_chars().replace("", None) for f, c in by_field.items()}
        raw = self.table.rows.select("row", **stripped)
        silent = {
            f: pl.col(f).is_in(UNKNOWN).fill_null(False) if f in by_field else pl.lit(True) for f in TOLD
        }
        unknown = raw.with_columns(untold(silent))["untold"]
        raw = raw.with_columns(pl.when(~silent[f]).then(f).alias(f) for f in TOLD if f in by_field)
        made: dict[str, pl.Series] = {"row": raw["row"]}
        for field in FIELDS:
            column = by_field.get(field)
            if column is None:
                continue
            kind, series = KINDS[field], raw[field]
            if kind == "time":
                made[field] = times(
                    column, series, raw["row"], self.problems,
                    now=self.now, since_1904=self.table.since_1904,
                )  # fmt: skip
            elif kind == "text" and field not in (*CHOICES, "satisfied", "excluded"):
                made[field] = self._texts(column, series, raw["row"])
            else:
                made[field] = self._words(
                    column, series, raw["row"], reader(field, self.schemes, self.now.date())
                )
        frame = pl.DataFrame(made)
        missing = [
            pl.lit(BLANK[field], dtype=dtype).alias(field)
            for field, dtype in schema().items()
            if field not in made
        ]
        frame = frame.with_columns(missing).select("row", *FIELDS).cast(schema())  # type: ignore[arg-type]
        required(self.table, raw, frame, by_field, self.schemes, self.problems)
        sequence(frame, by_field, self.problems)
        given = raw["repeats"].is_not_null() if "repeats" in by_field else pl.lit(False)
        return frame.with_columns(unknown, given.alias("given"))

    def _texts(self, column: Column, series: pl.Series, rows: pl.Series) -> pl.Series:
        odd = r"^['=＝]"
        if column.field in EXACT:
            odd = r"^['=＝]|[０-９]|\.0$|[eE]\+"
        mask = series.str.contains(odd)
        if mask.any():
            cells = zip(rows.filter(mask), series.filter(mask), strict=True)
            formulas, fixed = [], {}
            for row, text in cells:
                clean = plain(text, exact=column.field in EXACT)
                if clean is None:
                    formulas.append((row, text))
                    clean = ""
                fixed[text] = clean
            series = series.replace(list(fixed), list(fixed.values()))
            science = [(row, text) for row, text in formulas if not text.startswith(("=", "＝"))]
            tell(
                self.problems,
                "error",
                "digits-lost",
                column,
                science,
                "长号码变成了科学计数，后面的数字已经丢了",
                "从原系统重新导出，把这一列设为文本",
            )
            tell(
                self.problems,
                "error",
                "formula",
                column,
                [cell for cell in formulas if cell not in science],
                "是公式，没有结果",
                "换成值",
            )
        return series.fill_null("")

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
            tell(self.problems, "error", "word", column, cells, f"不是“{label(column.field)}”的写法", help)
        dtype, blank = schema()[column.field], BLANK[column.field]
        held = pl.Series([values[text] for text in texts], dtype=dtype)
        made = series.replace_strict(
            pl.Series(texts, dtype=pl.String), held, default=None, return_dtype=dtype
        )
        return made if blank is None else made.fill_null(blank)
