"""A million hotline orders: imported and reckoned, against reading the same file with polars alone.

Each measurement is a process of its own, in turn. "Reading alone" is `polars.read_csv` with its times made
times; beside it stands reading as mere text. The row-by-row rules run on a sample and are extrapolated.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from _report import Figure, median, run

ORDERS = 1_000_000
SAMPLE = 20_000
LISTED = 10_000
ROUNDS = 3
GOAL_RATIO = 3.0
GOAL_LIST = 200.0


def _peak() -> float:
    """The highest resident memory of this process in MB."""
    import resource

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _hall(folder: Path) -> tuple[Any, Any, Any, datetime]:
    from engine.clock import BEIJING
    from engine.journal import Journal
    from engine.orders.batches import Batches
    from engine.orders.scheme import read_schemes

    journal = Journal(folder / "ledger.db")
    schemes = read_schemes(folder / "none.yaml")
    return journal, Batches(journal, folder / "orders"), schemes, datetime(2027, 1, 1, tzinfo=BEIJING)


def typed(file: Path) -> dict[str, float]:
    """Read with polars alone, times as times."""
    import polars as pl

    start = time.perf_counter()
    pl.read_csv(file, try_parse_dates=True)
    return {"seconds": time.perf_counter() - start, "peak": _peak()}


def text(file: Path) -> dict[str, float]:
    """Read with polars alone, everything as text."""
    import polars as pl

    start = time.perf_counter()
    pl.read_csv(file, infer_schema=False)
    return {"seconds": time.perf_counter() - start, "peak": _peak()}


def whole(file: Path) -> dict[str, float]:
    """Import into an empty ledger, then read it back and reckon all statistics."""
    import polars  # noqa: F401 as in the others, loading polars is not timed

    from engine.orders import importing
    from engine.orders.batches import current
    from engine.orders.statistics import statistics

    with tempfile.TemporaryDirectory() as folder:
        journal, batches, schemes, now = _hall(Path(folder))
        start = time.perf_counter()
        checked = importing.check(file, importing.Known(batches, (), schemes), now)
        importing.commit(checked, batches, now)
        imported = time.perf_counter()
        found = statistics(current(journal, batches), schemes)
        end = time.perf_counter()
        assert found.total.received == checked.rows
        return {
            "seconds": end - start, "import": imported - start, "stats": end - imported, "peak": _peak()
        }  # fmt: skip


def rows(file: Path) -> dict[str, float]:
    """The same counts order by order on the first orders: total, units, weeks, kinds."""
    from engine.orders import columns, importing, rules

    with tempfile.TemporaryDirectory() as folder:
        _, batches, schemes, now = _hall(Path(folder))
        checked = importing.check(file, importing.Known(batches, (), schemes), now)
        orders = columns.orders(checked.new)
        start = time.perf_counter()
        rules.tally(orders, schemes)
        for key in (
            lambda order: order.unit,
            lambda order: order.kind,
            lambda order: str(order.received.date() - timedelta(days=order.received.weekday())),
        ):
            rules.grouped(orders, schemes, key)
        by_hand = time.perf_counter() - start
        import polars as pl

        start = time.perf_counter()
        keys = {"unit": pl.col("unit"), "kind": pl.col("kind"), "week": pl.col("received").dt.truncate("1w")}
        columns.Counted(checked.new, schemes, keys).by("", "unit", "kind", "week")
        return {"seconds": by_hand, "columns": time.perf_counter() - start}


def _unfinished(file: Path, folder: Path) -> tuple[Any, datetime]:
    """A ledger in `folder` with the orders of `file`, none of them called back; its journal and the time."""
    import polars as pl

    from engine.orders import importing

    folder.mkdir()
    journal, batches, schemes, now = _hall(folder)
    checked = importing.check(file, importing.Known(batches, (), schemes), now)
    never = pl.lit(None, pl.Datetime("ms")).alias("called_back")
    checked = checked._replace(new=checked.new.with_columns(never, pl.lit("").alias("excluded")))
    importing.commit(checked, batches, now)
    return journal, now


def listing(file: Path) -> dict[str, float]:
    """10,000 unfinished imported orders: found, put in order, first cold, then again."""
    from engine.orders.batches import Batches
    from engine.orders.ledger import Ledger
    from engine.orders.scheme import read_schemes

    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "data"
        journal, now = _unfinished(file, folder)
        schemes = read_schemes(folder / "none.yaml")
        times = []
        for _ in range(7):
            batches = Batches(journal, folder / "orders", Path(home) / "kept")
            ledger = Ledger(journal, schemes, lambda day: True, _Still(now), batches)
            start = time.perf_counter()
            found = list(ledger.standings())
            times.append(time.perf_counter() - start)
        assert len(found) == LISTED, len(found)
        return {"seconds": median(times), "cold": times[0]}


def workbook(file: Path) -> dict[str, float]:
    """The same 10,000 orders as a workbook: read as an import does, and its rows by openpyxl alone."""
    import openpyxl
    import polars as pl

    from engine.orders import sheets
    from engine.orders.problems import Problems

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.xlsx"
        frame = pl.read_csv(file, try_parse_dates=True)
        book = openpyxl.Workbook()
        for row in (frame.columns, *frame.iter_rows()):
            book.active.append(row)
        book.save(path)
        times: dict[str, list[float]] = {"seconds": [], "alone": []}
        for _ in range(3):
            start = time.perf_counter()
            assert sheets.read(path, Problems()).rows.height == frame.height
            times["seconds"].append(time.perf_counter() - start)
            start = time.perf_counter()
            page = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
            assert sum(1 for _ in page.iter_rows(values_only=True)) == frame.height + 1
            times["alone"].append(time.perf_counter() - start)
        return {what: median(found) for what, found in times.items()}


def command(file: Path) -> dict[str, float]:
    """The whole `zhiban order list`, from start to out: a screen of the 10,000, all of them, none."""
    from start import program, seconds

    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as bare:
        _unfinished(file, Path(home) / "data")[0].close()
        runs: dict[str, list[float]] = {"screen": [], "all": [], "none": []}
        cold = seconds([*program(), "order", "list"], home)
        seconds([*program(), "order", "list"], bare)
        for _ in range(9):
            for what, found in runs.items():
                more = ["--limit", "200"] if what == "screen" else []
                where = bare if what == "none" else home
                found.append(seconds([*program(), "order", "list", *more], where))
        return {"cold": cold, **{what: median(found) for what, found in runs.items()}}


class _Still:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def _of(what: str, file: Path) -> dict[str, float]:
    """One measurement in a process of its own."""
    command = [sys.executable, __file__, "--one", what, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ})
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure() -> list[Figure]:
    """All measurements, in turn."""
    from _orders import sheet

    with tempfile.TemporaryDirectory() as folder:
        file = sheet(ORDERS, Path(folder) / "orders.csv")
        small = sheet(SAMPLE, Path(folder) / "sample.csv")
        some = sheet(LISTED, Path(folder) / "listed.csv")
        size = file.stat().st_size / 1e6
        _of("text", file)  # the file in the system's memory, for all alike
        runs: dict[str, list[dict[str, float]]] = {"typed": [], "whole": [], "text": []}
        for _ in range(ROUNDS):
            for what, found in runs.items():
                found.append(_of(what, file))
        sample, listed, shown = _of("rows", small), _of("listing", some), _of("command", some)
        booked = _of("workbook", some)

    def middle(what: str, name: str = "seconds") -> float:
        return median([found[name] for found in runs[what]])

    ratio = median([w["seconds"] / t["seconds"] for w, t in zip(runs["whole"], runs["typed"], strict=True)])
    bare = median([w["seconds"] / t["seconds"] for w, t in zip(runs["whole"], runs["text"], strict=True)])
    each = sample["seconds"] / SAMPLE
    note = (
        f"{ORDERS:,} orders, 19 columns, {size:.0f} MB CSV; import {middle('whole', 'import'):.2f} s (read, "
        f"check, repeat callers, file and event on the disk), reading back and statistics "
        f"{middle('whole', 'stats'):.2f} s; medians of {ROUNDS}"
    )
    return [
        Figure("orders_ratio", "import and statistics / reading with polars", ratio, "x", GOAL_RATIO, note),
        Figure("orders_whole", "import and statistics", middle("whole"), "s"),
        Figure("orders_typed", "reading alone, times as times", middle("typed"), "s"),
        Figure(
            "orders_text", "reading alone, all as text", middle("text"), "s",
            note=f"import and statistics take {bare:.1f} times that",
        ),
        Figure(
            "orders_rows", "four countings order by order, a million", each * ORDERS, "s",
            note=f"extrapolated from {SAMPLE:,} orders ({sample['seconds'] * 1000:.0f} ms; in columns "
            f"{sample['columns'] * 1000:.0f} ms), reading and objects apart",
        ),
        Figure("orders_peak", "highest memory of import and statistics", middle("whole", "peak"), "MB",
               note=f"reading alone: {middle('typed', 'peak'):.0f} MB"),
        Figure(
            "orders_list", f"{LISTED:,} unfinished orders found and put in order",
            listed["seconds"] * 1000, "ms", GOAL_LIST,
            note=f"imported rows, hash of the file checked; at first {listed['cold'] * 1000:.0f} ms",
        ),
        Figure(
            "orders_xlsx", "a workbook read / by openpyxl's rows alone",
            booked["seconds"] / booked["alone"], "x",
            note=f"{LISTED:,} rows of 19 columns: {LISTED / booked['seconds']:,.0f} rows a second",
        ),
        Figure(
            "orders_screen", f"`zhiban order list` with {LISTED:,} of them, a screen's 200 rows",
            shown["screen"] * 1000, "ms", GOAL_LIST,
            note=f"whole process; with an empty ledger {shown['none'] * 1000:.0f} ms",
        ),
        Figure(
            "orders_listed", f"the same, all {LISTED:,} rows written to a pipe",
            shown["all"] * 1000, "ms",
            note=f"at first, when nothing is kept yet, {shown['cold'] * 1000:.0f} ms (also compiles modules)",
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        print(json.dumps(globals()[sys.argv[2]](Path(sys.argv[3]))))
    else:
        run("hotline orders in bulk", measure)
