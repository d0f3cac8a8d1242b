"""What is wrong with cells of one column, told without telling anybody's number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.orders import privacy
from engine.orders.problems import Level, Problems, letter

if TYPE_CHECKING:
    from engine.orders.mapping import Column


def tell(
    problems: Problems,
    level: Level,
    code: str,
    column: Column,
    cells: Iterable[tuple[int, object]],
    message: str,
    help: str,
    number: int = 0,
) -> None:
    """Note the same problem of some cells (row, value) of a column; `number` as for `Problems.add`.

    Values are masked but for the order's own number, in whatever column: columns may be mixed up.
    """
    if column.field != "no":
        hide = privacy.phone if column.field == "phone" else privacy.masked
        cells = ((row, hide(str(value))) for row, value in cells)
    where = {"column": letter(column.at), "header": column.header}
    problems.add(level, code, message, help, cells=cells, number=number, **where)
