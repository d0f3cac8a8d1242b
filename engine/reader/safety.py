"""Life safety can be made stricter or said in local words, never weaker: what a hall may not touch."""

from __future__ import annotations

from collections.abc import Iterable

from engine.reader import values
from engine.reader.build import ALWAYS_ID
from engine.reader.nodes import Pair, null, texts
from engine.reader.outline import Entry, Outline, RawRule
from engine.reader.report import Desk, Findings
from engine.reader.times import later

# what a hall may change about a step or fact that life safety rests on
_SAFE_STEP = {"what", "say", "who", "to", "ways", "issue", "source", "evidence", "check"}
_SAFE_FACT = {"label", "ask", "hear", "source"}
SAFETY_HELP = "人身安全的规则只能加严，不能去掉或放宽"


def is_protected(base: Outline, rule: RawRule) -> bool:
    """Whether a rule is about life safety."""
    return base.id == ALWAYS_ID or rule.phase == "safety"


def protected_names(outlines: Iterable[Outline]) -> set[str]:
    """Names of facts and steps that safety rules use, through derived facts as well."""
    outlines = list(outlines)
    found: set[str] = set()
    for out in outlines:
        for rule in out.rules:
            if is_protected(out, rule):
                found |= {want.name.text for want in rule.do}
                found |= texts(rule.pairs["when"].value) if "when" in rule.pairs else set()
    grown = True
    while grown:
        before = len(found)
        for out in outlines:
            for name, entry in out.facts.items():
                if name in found and "when" in entry.pairs:
                    found |= texts(entry.pairs["when"].value)
        grown = len(found) > before
    return found


def check_override(desk: Desk, what: str, old: Entry, entry: Entry) -> None:
    """Report fields of an override that could weaken what a safety rule needs."""
    safe = _SAFE_STEP if what == "步骤" else _SAFE_FACT
    for field, pair in entry.pairs.items():
        if field in safe and not null(pair.value):
            continue
        if field == "within" and what == "步骤" and _tightens(old, pair):
            continue
        text = f"不能改{what} `{entry.name.text}` 的 `{field}`：人身安全的规则要用它"
        desk.error("safety", pair.key.span, text, SAFETY_HELP)


def _tightens(old: Entry, pair: Pair) -> bool:
    """Whether a deadline is not later than the original one, as far as plain durations tell."""
    quiet = Desk(Findings())
    new = values.plain_duration(quiet, "within", pair.value)
    if "within" not in old.pairs:
        return new is not None
    own = values.plain_duration(quiet, "within", old.pairs["within"].value)
    return bool(new and own and (new.unit == "wd") == (own.unit == "wd") and not later(new, own))
