"""`zhiban order import`: a sheet into the ledger, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from engine.console import importview, record
from engine.console.incidents import write
from engine.console.orderperiod import with_rows
from engine.console.terminal import terminal, warn
from engine.errors import BadData


def bring_in(
    file: Path, maps: Sequence[str], *, dry_run: bool, save_map: bool, sheet: str, update: bool,
    skip_acted: bool, problems: Path | None, force: bool = False, json: bool,
) -> int:  # fmt: skip
    """Check a sheet and, unless `dry_run` or there is an error, import it whole; 4 when there is one."""
    from engine.orders import importing, mapping
    from engine.orders.batches import current
    from engine.orders.register import PREFIX

    by_hand, saved = mapping.said(maps), mapping.load()
    with with_rows(write=not dry_run) as (ledger, batches):
        now = ledger.clock.now()
        acted = [unquote(id.removeprefix(PREFIX)) for id in ledger.journal.heads(PREFIX)]
        there = current(ledger.journal, batches)
        known = importing.Known(batches, acted, ledger.schemes, there)
        checked = importing.check(
            file, known, now, by_hand=by_hand, saved=saved, sheet=sheet, update=update, skip_acted=skip_acted
        )
        errors = checked.problems.errors
        if problems is not None:
            write(importview.sheet(checked.problems), problems, force=force)
        batch = None if dry_run or errors else importing.commit(checked, batches, now)
        if save_map and not errors:
            place = mapping.save(checked.columns)
            warn(f"列的对应记在 {place}")
        if json:
            record.emit(importview.as_json(checked, batch, dry_run))
        else:
            importview.show(terminal(), checked, batch, dry_run)
    return BadData.exit_code if errors else 0
