"""What a comparison finds: data, not text."""

from __future__ import annotations

from typing import Literal

from engine.model import Frozen, Span


class Side(Frozen, frozen=True):
    """One version."""

    id: str
    title: str
    version: int
    file: str


class Entry(Frozen, frozen=True):
    """A step, or (`activates`) a playbook that is proposed, in words."""

    key: str
    what: str
    activates: bool = False


class PlanChange(Frozen, frozen=True):
    """Plan entries that come or go in exactly the same situations.

    `situation`: a shortest one in words, `facts` and `happened` the same as data (`?unsure` and `?open`
    for 说不清 and 还没有). `share`: of all situations with every question answered, how many; `count`
    of `total` is the same in numbers (digits: they may be large).
    """

    comes: tuple[Entry, ...]
    goes: tuple[Entry, ...]
    situation: tuple[str, ...]
    facts: dict[str, bool | int | str | list[str]]
    happened: tuple[tuple[str, str], ...]
    share: float
    count: str
    total: str


class Field(Frozen, frozen=True):
    """One field that reads differently; "" where it is absent."""

    name: str
    old: str
    new: str


class Change(Frozen, frozen=True):
    """Something declared that is only in one version, or says something else in the other."""

    kind: Literal["added", "removed", "changed"]
    key: str
    label: str
    fields: tuple[Field, ...] = ()
    span: Span = Span()


class Report(Frozen, frozen=True, omit_defaults=False):
    """Everything that differs."""

    old: Side
    new: Side
    plan: tuple[PlanChange, ...]
    head: tuple[Field, ...] = ()
    rules: tuple[Change, ...] = ()
    steps: tuple[Change, ...] = ()
    facts: tuple[Change, ...] = ()
    hall: tuple[Change, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.plan or self.head or self.rules or self.steps or self.facts or self.hall)
