"""`zhiban order stats`: figures on the screen, and reports."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from engine.console import desk, record, statsview
from engine.console.incidents import write
from engine.console.orderperiod import period_of, with_rows
from engine.console.orders import warn_of_changes
from engine.console.terminal import terminal
from engine.errors import UsageError


def stats(
    span: str | None, day: str | None, form: str | None, output: Path | None, *, force: bool, json: bool
) -> None:
    """Figures on the screen, or a report as `form` says (else the name of `output`)."""
    from engine.orders import comparison, report, reportforms
    from engine.orders.batches import current
    from engine.orders.periods import earlier
    from engine.orders.statistics import statistics

    with with_rows(write=False) as (ledger, batches):
        warn_of_changes(ledger)  # money hangs on the figures
        now, rows = ledger.clock.now(), current(ledger.journal, batches)
        about = period_of(span, day, now.date())
        found, before = statistics(rows, ledger.schemes, about), None
        if about is not None:
            with suppress(UsageError):  # no order then: nothing to compare with
                before = statistics(rows, ledger.schemes, earlier(about))
    form = form or (output.suffix.lstrip(".").lower() if output is not None else None)
    if json:
        record.emit(statsview.as_json(found, comparison.compare(found, before, now) if before else None))
        return
    if form is None:
        statsview.show(terminal(), found, now, comparison.compared(found, before, now) if before else "")
        return
    made = report.paper(found, _hall(), now, before)
    if form in ("html", "htm"):
        write(reportforms.html(made, found).encode(), output, force=force)
    elif form == "docx":
        write(reportforms.docx(made), output, force=force)
    elif form == "md" and output is None:
        desk.stdout(reportforms.markdown(made))
    elif form == "md":
        write(reportforms.markdown(made).encode(), output, force=force)
    else:
        raise UsageError(f"不认得报告格式 `{form}`", "文件名以 .md、.html 或 .docx 结尾")


def _hall() -> str:
    from engine.hall import read_profile

    return read_profile()[0].name
