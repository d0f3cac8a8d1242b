"""Helpers of the order tests: a ledger with a simulated clock, and the program run in-process."""

from __future__ import annotations

import contextlib
import io
import os
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from engine.clock import BEIJING, RealClock, SimulatedClock
from engine.journal import Journal
from engine.model import Profile
from engine.orders.agenda import agenda
from engine.orders.ledger import Ledger
from engine.orders.model import Order
from engine.orders.register import Rows
from engine.orders.scheme import read_schemes
from engine.orders.standing import Standing
from engine.workdays import is_workday


class Done(NamedTuple):
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


def zhiban(home: Path, *arguments: str) -> Done:
    """Run the program in this process with its own home, on a Friday morning before a worked Saturday."""
    import cli

    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.dict(os.environ, {"ZHIBAN_HOME": str(home), "COLUMNS": "80"}),
        mock.patch.object(RealClock, "now", return_value=at("2026-02-13 09:00:00")),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main(args=list(arguments), prog_name="zhiban")
        except SystemExit as left:
            code = int(left.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def at(text: str) -> datetime:
    """A moment at +08:00."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


class Office:
    """A ledger and its clock; the acts of an order by short names."""

    def __init__(
        self, path: Path | None, start: str, rows: Rows | None = None, cache: Path | None = None
    ) -> None:
        self.clock = SimulatedClock(at(start))
        self.journal = Journal(path)
        working = partial(is_workday, profile=Profile())
        self.schemes = read_schemes(Path("none"))
        self.ledger = Ledger(self.journal, self.schemes, working, self.clock, rows, cache)

    def until(self, text: str) -> None:
        """Let time pass."""
        left = at(text) - self.clock.now()
        assert left >= timedelta(0), f"{text} is past"
        self.clock.advance(left)

    def add(self, no: str, **fields: Any) -> Standing:
        """Receive an order now."""
        return self.ledger.receive(Order(no, fields.pop("received", self.clock.now()), **fields))

    def act(self, no: str, kind: str, **data: Any) -> Standing:
        """Do something now."""
        return self.ledger.act(no, kind, data)

    def state(self, no: str, limit: str) -> str:
        """How a clock of an order stands now."""
        watches = self.ledger.watches(self.ledger.get(no))
        [watch] = [watch for watch in watches if watch.limit == limit]
        return watch.state(self.clock.now())

    def due(self, no: str, limit: str) -> datetime | None:
        """When a clock of an order is due."""
        watches = self.ledger.watches(self.ledger.get(no))
        [watch] = [watch for watch in watches if watch.limit == limit]
        return watch.due

    def todos(self) -> list[tuple[str, int]]:
        """Number and rank of each line of the agenda."""
        pairs = ((one, self.ledger.watches(one)) for one in self.ledger.standings())
        return [(todo.order.no, todo.rank) for todo in agenda(pairs, self.clock.now())]

    def through(self, no: str, unit: str = "供水所", *, short_of: str = "") -> None:
        """All acts up to the reply, in order; `short_of`: the first that is left out."""
        course: list[tuple[str, dict[str, Any]]] = [
            ("dispatched", {"unit": unit, "second": "幸福村"}),
            ("verified", {"truth": "real", "evidence": "照片"}),
            ("responded", {"evidence": "录音"}),
            ("met", {"how": "met", "evidence": "合影"}),
            ("planned", {"text": "今天修"}),
            ("arranged", {}),
            ("concluded", {"text": "修好了", "evidence": "照片"}),
            ("replied", {"how": "phone", "evidence": "录音"}),
        ]
        for kind, data in course:
            if kind == short_of:
                return
            self.ledger.act(no, kind, data)
