"""A sheet into the ledger: read, matched, checked against itself and the ledger, then all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import BadData
from engine.orders import privacy
from engine.orders.batches import Batch, Batches
from engine.orders.cells import Cells
from engine.orders.columns import FIELDS, KINDS, TOLD, is_untold, untold
from engine.orders.mapping import REQUIRED, Column, Mapped, label, mapped
from engine.orders.model import Repeats
from engine.orders.problems import Level, Problems, letter
from engine.orders.scheme import Schemes
from engine.orders.sheets import Table, read

if TYPE_CHECKING:
    import polars as pl

_LISTED = 20  # callers who are listed


class Caller(NamedTuple):
    """Somebody who keeps calling about one matter; `phone` is masked."""

    phone: str
    kind: str
    subject: str
    calls: int
    last: str  # number of the latest order


class Checked(NamedTuple):
    """What an import would do. `new`: the rows that would be written, replaced ones among them."""

    table: Table
    columns: Mapped
    problems: Problems
    rows: int
    new: pl.DataFrame
    same: int  # rows that the ledger already holds just so
    updates: int
    callers: tuple[Caller, ...]
    repeaters: int  # all of them; `callers` holds the most frequent


class Known(NamedTuple):
    """What is there: imports, and the numbers of orders that somebody has acted on here.

    `orders`: all orders as they stand, for repeated calls; None: the imported ones.
    """

    batches: Batches
    acted: Collection[str]
    schemes: Schemes
    orders: pl.DataFrame | None = None


def check(
    path: Path,
    known: Known,
    now: datetime,
    *,
    by_hand: Mapping[str, str] | None = None,
    saved: Mapping[str, str] | None = None,
    sheet: str = "",
    update: bool = False,
    skip_acted: bool = False,
) -> Checked:
    """Read a sheet and find everything that is wrong with it; nothing is written.

    `by_hand`, `saved`: column → field; `update`: rows that differ from the ledger replace what it holds;
    `skip_acted`: rows of orders that somebody acted on here are passed over, where they differ, not refused.
    Errors of `sheets.read`; UsageError when `by_hand` names no column; BadData when there is no row.
    """
    problems = Problems()
    table = read(path, problems, sheet)
    columns = mapped(table.headers, by_hand or {}, saved or {}, problems)
    if not table.rows.height:
        raise BadData(
            f"{table.file} 只有表头（第 {table.header_row} 行），没有工单", "检查导出时选的时间范围和筛选"
        )
    by_field = columns.by_field()
    if not by_field.keys() >= set(REQUIRED):
        return Checked(table, columns, problems, table.rows.height, table.rows.clear(), 0, 0, (), 0)
    frame = Cells(table, columns, known.schemes, now, problems).frame()
    new, same, updates = _against(frame, by_field, known, problems, update, skip_acted)
    repeats = known.schemes.at(now.date()).repeats
    there = known.batches.frame if known.orders is None else known.orders
    new, callers = repeated(new, there, repeats)
    return Checked(
        table, columns, problems, frame.height, new, same, updates, tuple(callers[:_LISTED]), len(callers)
    )


def commit(checked: Checked, batches: Batches, now: datetime) -> Batch | None:
    """Write what was checked; None: there is nothing new. BadData: there are errors."""
    if checked.problems.errors:
        raise BadData(f"{checked.table.file} 有 {checked.problems.errors} 处错误，什么也没有导入")
    if not checked.new.height:
        return None
    mapping = {column.header or letter(column.at): column.field for column in checked.columns.columns}
    source = checked.table.file
    return batches.add(checked.new, source=source, mapping=mapping, updates=checked.updates, now=now)


def _against(
    frame: pl.DataFrame,
    by_field: Mapping[str, Column],
    known: Known,
    problems: Problems,
    update: bool,
    skip_acted: bool,
) -> tuple[pl.DataFrame, int, int]:
    """Rows that the ledger does not hold just so; how many it does; how many replace what it holds."""
    import polars as pl

    there = known.batches.frame
    column = by_field["no"]
    old = there.join(frame.select("no"), on="no", how="semi") if there.height else there
    acted = pl.Series(sorted(known.acted), dtype=pl.String)
    if not old.height and not len(acted):
        return frame, 0, 0
    compared = [field for field in FIELDS if field in by_field and field != "no"]
    both = frame.join(old, on="no", how="left", suffix=":old", maintain_order="left", coalesce=True)
    held = pl.col("no").is_in(old["no"].implode())
    # what was masked when it was exported must not wipe out what the ledger knows
    silent = {
        field: pl.col(field).str.contains("*" if field == "phone" else "**", literal=True)
        for field in compared if KINDS[field] == "text"
    }  # fmt: skip
    # nor what it did not know then, and says so
    silent |= {field: is_untold(field) for field in TOLD if field in by_field}
    silent |= {"repeats": ~pl.col("given")} if "repeats" in by_field else {}
    both = both.with_columns(
        untold({name: is_untold(name) & (~held | is_untold(name, "untold:old")) for name in TOLD}),
        *(
            pl.when(held & test).then(pl.col(f"{field}:old")).otherwise(pl.col(field)).alias(field)
            for field, test in silent.items()
        ),
    )
    differs = {field: pl.col(field).ne_missing(pl.col(f"{field}:old")) for field in compared}
    both = both.with_columns(
        held.alias("held"),
        pl.col("no").is_in(acted.implode()).alias("acted"),
        pl.any_horizontal(*differs.values()).alias("other") if differs else pl.lit(False).alias("other"),
        pl.concat_list(
            pl.when(test).then(pl.lit(label(field))) for field, test in differs.items()
        ).list.drop_nulls().list.join("、").alias("what"),
        (held & pl.col("untold").ne_missing(pl.col("untold:old")) & pl.lit(update)).alias("told"),
    )  # fmt: skip
    bad = both.filter(pl.col("acted") & (~pl.col("held") | pl.col("other"))).select("row", "no")
    message, help = "在台账里已经办过，以台账为准，", "要改就在台账里办"
    if skip_acted:
        _tell(problems, column, bad, message + "跳过这一行", help, level="info")
    else:
        _tell(problems, column, bad, message + "表不能改它", f"跳过这样的行，加 --skip-acted；{help}")
    differs_here = pl.col("other") | pl.col("told")  # told: that it has not happened, which nobody knew
    changed = both.filter(pl.col("held") & differs_here & ~pl.col("acted"))
    if not update:
        for what, part in changed.select("row", "no", "what").group_by("what", maintain_order=True):
            message = f"台账里已有，和这一行不同（{what[0]}）"
            _tell(problems, column, part, message, "以新表为准，加 --update；不是同一单，改编号")
    same = both.filter(pl.col("held") & ~pl.col("other")).height - changed.filter(~pl.col("other")).height
    kept = [field for field in FIELDS if field not in by_field]  # the sheet does not speak of these
    both = both.with_columns(
        pl.when("held").then(pl.col(f"{field}:old")).otherwise(pl.col(field)).alias(field) for field in kept
    )
    new = both.filter(~pl.col("acted") & (~pl.col("held") | differs_here)).select(
        "row", *FIELDS, "untold", "given"
    )
    return new, same, changed.height


def _tell(
    problems: Problems, column: Column, rows: pl.DataFrame, message: str, help: str, level: Level = "error"
) -> None:
    cells = [(row, no) for row, no in rows.select("row", "no").iter_rows()]
    problems.add(
        level, "in-ledger", message, help, cells=cells, column=letter(column.at), header=column.header
    )


def repeated(new: pl.DataFrame, there: pl.DataFrame, repeats: Repeats) -> tuple[pl.DataFrame, list[Caller]]:
    """`new` with the number of earlier calls about the same matter (unless its row is `given` one), and
    the callers.

    `matters.earlier` in columns.
    """
    import polars as pl

    if not new.height:
        return new, []
    wanted = ["no", "received", "phone", "kind", "subject", "repeats"]
    rows = new.select(wanted).with_columns(stands=pl.col("repeats"))
    if there.height:
        older = there.select(wanted).join(rows.select("no"), on="no", how="anti")
        older = older.with_columns(stands=pl.col("repeats") + 1)
        rows = pl.concat([rows, older])
    twice = rows.filter(pl.col("phone").is_duplicated() & (pl.col("phone") != ""))
    if twice["phone"].str.contains(r"[^0-9]").any() or rows["phone"].str.contains(r"[^0-9]").any():
        twice = rows.with_columns(pl.col("phone").str.replace_all(r"[^0-9]", ""))
    long = (pl.col("phone").str.len_bytes() > 11) & pl.col("phone").str.starts_with("86")
    twice = twice.with_columns(
        pl.when(long).then(pl.col("phone").str.slice(2)).otherwise("phone").alias("phone"),
        pl.col("kind", "subject").str.replace_all(r"\s+", ""),
    ).filter(pl.col("phone").str.len_bytes() >= 7, (pl.col("kind") != "") | (pl.col("subject") != ""))
    key = ["phone", "kind", "subject"]
    twice = twice.filter(pl.struct(key).is_duplicated(), pl.col("received").is_not_null())
    if not twice.height:
        return new, []
    # an earlier order that was itself a repeat stands for all those calls
    told = pl.col("stands").max() if not repeats.days else pl.lit(0)
    counted = (
        twice.sort("received")
        .rolling("received", period=f"{repeats.days or 36500}d", closed="both", group_by=key)
        .agg(pl.max_horizontal(pl.len() - 1, told).cast(pl.Int32).alias("earlier"), pl.col("no").last())
    )
    # orders of one moment see one another: the last of them carries the count of all
    counts = twice.join(
        counted.group_by([*key, "received"]).agg(pl.col("earlier").max()), on=[*key, "received"], how="left"
    ).select("no", "earlier")
    counted_here = pl.max_horizontal("repeats", pl.col("earlier").fill_null(0))
    new = (
        new.join(counts.unique("no"), on="no", how="left", maintain_order="left")
        .with_columns(pl.when("given").then("repeats").otherwise(counted_here).alias("repeats"))
        .drop("earlier")
    )
    often = counted.group_by(key).agg((pl.col("earlier").max() + 1).alias("calls"), pl.col("no").last())
    here = twice.join(new.select("no"), on="no", how="semi").select(key)
    often = often.filter(pl.col("calls") >= repeats.calls).join(here, on=key, how="semi")
    often = often.sort(["calls", *key], descending=[True, False, False, False])
    return new, [
        Caller(privacy.phone(phone), kind, privacy.masked(subject), number, no)
        for phone, kind, subject, number, no in often.iter_rows()
    ]
