"""`playbook diff`: in which situations the plans of two versions differ, and what their texts change."""

from __future__ import annotations

from engine.compare.fields import differences
from engine.compare.plans import compare_plans
from engine.compare.report import Change, Entry, PlanChange, Report, Side
from engine.compare.versions import Version
from engine.model import Library

__all__ = ["Change", "Entry", "PlanChange", "Report", "Side", "compare"]


def compare(old: Library, old_id: str, new: Library, new_id: str) -> Report:
    """Two versions of a playbook, or two playbooks (own names count as the same where they are spelt alike).

    Hall values stand at their declared defaults on both sides. BadData when a condition needs a hall
    value that has none.
    """
    before, after = Version(old, old_id, old_id), Version(new, new_id, old_id)
    return Report(before.side, after.side, tuple(compare_plans(before, after)), **differences(before, after))
