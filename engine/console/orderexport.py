"""`zhiban order export`: orders as a sheet that can be imported again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from engine.console.incidents import write
from engine.console.orderperiod import period_of, with_rows
from engine.console.orders import warn_of_changes
from engine.errors import UsageError

if TYPE_CHECKING:
    from engine.orders.ledger import Ledger
    from engine.orders.model import Order


def export(
    span: str | None, day: str | None, form: str | None, unit: str, output: Path | None, unmask: str | None,
    *, force: bool,
) -> None:  # fmt: skip
    """The orders of a period (default: all) as a sheet; numbers are masked unless a reason is given."""
    from engine.exports import Column, Sheet, csv, xlsx
    from engine.orders import columns, privacy
    from engine.orders.batches import current
    from engine.orders.mapping import label
    from engine.orders.periods import within

    form = form or (output.suffix.lstrip(".").lower() if output is not None else "csv")
    if form not in ("csv", "xlsx"):
        raise UsageError(f"不认得格式 `{form}`", "文件名以 .csv 或 .xlsx 结尾，或写 --csv、--xlsx")
    with with_rows(write=unmask is not None) as (ledger, batches):
        if unmask is not None:
            ledger.note_unmasked(f"order export {output or form}", unmask)
        warn_of_changes(ledger)
        rows = current(ledger.journal, batches)
        about = period_of(span or ("week" if day else "all"), day, ledger.clock.now().date())
    if about is not None:
        rows = within(rows, about)
    found = columns.orders(rows.sort("received", "no"))
    kinds = {"time": "moment", "bool": "yesno", "int": "number", "text": "text"}
    heads = tuple(Column(label(field), kinds[columns.KINDS[field]]) for field in columns.FIELDS)  # type: ignore[arg-type]
    picked = (order for order in found if not unit or order.unit == unit)
    shown = picked if unmask is not None else map(privacy.order, picked)
    sheet = Sheet("工单", heads, (_row(order, ledger) for order in shown))
    write(csv(sheet) if form == "csv" else xlsx([sheet]), output, force=force)


def _row(order: Order, ledger: Ledger) -> tuple[Any, ...]:
    """An order's cells, ids as the words that `import` reads."""
    from engine.orders.cell_words import UNKNOWN
    from engine.orders.columns import FIELDS
    from engine.orders.mapping import words

    said = words()["words"]
    reasons = ledger.scheme(order).excluded
    told = {
        "urgency": said["urgency"][order.urgency][0],
        "met": said["met"][order.met][0] if order.met else "",
        "excluded": reasons[order.excluded].label if order.excluded in reasons else order.excluded,
    }
    for name in order.untold.split():
        if getattr(order, name) is None:
            told[name] = UNKNOWN[0]  # an empty cell would say that it has not happened
    return tuple(told.get(field, value) for field, value in asdict(order).items() if field in FIELDS)
