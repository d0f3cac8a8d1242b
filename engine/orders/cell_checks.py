"""What is checked beyond the single cell: what the file itself tells, and what holds between cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import BadData
from engine.orders.columns import TIMES
from engine.orders.complaints import tell
from engine.orders.mapping import REQUIRED, Column, Mapped, label
from engine.orders.problems import Problems, letter
from engine.orders.scheme import Schemes
from engine.orders.sheets import Table

if TYPE_CHECKING:
    import polars as pl

EXACT = ("no", "phone")  # numbers of which every digit counts


def of_the_file(table: Table, mapped: Mapped, problems: Problems) -> None:
    """Merged ranges, formulas without a value and error values, where a used column is touched."""
    used = {column.at: column for column in mapped.columns}
    for merge in table.merges:
        touched = [used[i] for i in range(merge.left, merge.right + 1) if i in used]
        if merge.bottom < table.header_row or not touched:
            continue
        head = merge.top <= table.header_row
        what = "表头" if head else "数据"
        problems.add(
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
            table.uncached,
            "formula",
            "公式没有存下结果",
            "在 Excel 里打开算好、另存一次；或粘贴成数值",
        ),
        (table.faulty, "error-value", "公式出错", "改正公式，或填上值"),
    ):
        for row, i, value in cells:
            if i in used:
                tell(problems, "error", code, used[i], [(row, value)], message, help)
    for row, i, value in table.lossy:
        if i in used and used[i].field in EXACT:
            tell(
                problems,
                "error",
                "digits-lost",
                used[i],
                [(row, value)],
                "长号码存成了数字，15 位以后的数字已经丢了",
                "从原系统重新导出，把这一列设为文本",
            )


def required(
    table: Table,
    raw: pl.DataFrame,
    frame: pl.DataFrame,
    by_field: Mapping[str, Column],
    schemes: Schemes,
    problems: Problems,
) -> None:
    """What no order can be without; numbers given twice; times before any scheme. `raw`: the texts."""
    import polars as pl

    told = {(row, i) for row, i, _ in (*table.uncached, *table.faulty)}
    for field in REQUIRED:
        column = by_field[field]
        rows = raw.filter(pl.col(field).is_null())["row"]
        cells = [(row, "") for row in rows if (row, column.at) not in told]
        help = "补上；不是工单的行（合计等）删掉"
        tell(problems, "error", "empty", column, cells, f"没有{label(field)}", help)
    if "no" in by_field:
        twice = frame.filter((pl.col("no") != "") & pl.col("no").is_duplicated()).select("no", "row")
        first: dict[str, int] = {}
        for no, row in twice.iter_rows():
            if no in first:
                tell(
                    problems,
                    "error",
                    "twice",
                    by_field["no"],
                    [(row, no)],
                    f"编号与第 {first[no]} 行重复",
                    "同一单留一行；不同的单改正编号",
                )
            first.setdefault(no, row)
    if "received" in by_field and frame.height:
        begins = first_day(schemes)
        early = frame.filter(pl.col("received").dt.date() < begins).select("row", "received")
        cells = [(row, f"{at:%Y-%m-%d}") for row, at in early.iter_rows() if at.year >= 2000]
        tell(
            problems,
            "error",
            "before-scheme",
            by_field["received"],
            cells,
            f"在最早的口径（{begins}）之前，没有可用的时限和计分",
            "在本厅的 orders.yaml 写明当时的规定",
        )


def sequence(frame: pl.DataFrame, by_field: Mapping[str, Column], problems: Problems) -> None:
    """Moments in an order in which they cannot have happened."""
    import polars as pl

    fields = [field for field in TIMES if field in by_field and field != "received"]
    wrong = frame.select(
        [(pl.col(field) < pl.col("received")).any().alias(field) for field in fields]
    ) if fields else frame.select([])  # fmt: skip
    for field in fields:
        if wrong[field][0]:
            cells = frame.filter(pl.col(field) < pl.col("received")).select("row", field)
            told = [(row, f"{at:%Y-%m-%d %H:%M}") for row, at in cells.iter_rows()]
            tell(problems, "error", "before", by_field[field], told, "比受理时间还早", "核对两个时间")
    if {"closed", "called_back"} <= by_field.keys():
        early = frame.filter(pl.col("called_back") < pl.col("closed")).select("row", "called_back")
        told = [(row, f"{at:%Y-%m-%d %H:%M}") for row, at in early.iter_rows()]
        column = by_field["called_back"]
        tell(problems, "warning", "early-callback", column, told, "没办结就回访（H1.52）", "回访放在办结之后")


def first_day(schemes: Schemes) -> Any:
    """The first day for which the scheme says everything that is needed."""
    for day in schemes.changes:
        try:
            schemes.at(day)
        except BadData:
            continue
        return day
    return schemes.at(schemes.changes[-1])  # raises what is wrong
