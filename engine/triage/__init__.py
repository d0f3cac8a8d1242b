"""What has happened? A sentence → the playbooks that it speaks for, danger to life, facts reported.

Deterministic and explainable: scores come from the playbooks' `hear` words by the formula in `rank`,
danger from the vocabulary's safety facts (`safety`), and every result names the words it rests on, cut
from the original text. See docs/triage.md.
"""

from __future__ import annotations

import msgspec

from engine.model import Fact, Library
from engine.triage.facts import HeardFact, facts_in, heard_facts
from engine.triage.index import index_of
from engine.triage.rank import ACTIVE, FALLBACK, NONE, Match, rank
from engine.triage.safety import ALWAYS, Safety, danger
from engine.triage.text import LIMIT, Evidence, normalise

__all__ = [
    "ACTIVE", "FALLBACK", "LIMIT", "NONE", "Evidence", "HeardFact", "Match", "Safety", "Triage",
    "heard_facts", "to_json", "triage",
]  # fmt: skip


class Triage(msgspec.Struct, frozen=True):
    """What a text says. `active` begins with `primary`; both are empty-handed for "none".

    `matches`: everything that something speaks for, best first; those not active are candidates.
    `note`: said when the text was cut.
    """

    primary: str
    active: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    safety: Safety = Safety()
    facts: tuple[HeardFact, ...] = ()
    note: str = ""


def triage(text: str, library: Library, limit: int = 5) -> Triage:
    """Read `text`: the playbooks to activate (at most `limit`), danger and facts."""
    read = normalise(text)
    scan = index_of(library).scan(read.plain)
    safety = danger(read, library, scan)
    playbooks = tuple(p for p in library.playbooks if p.id != ALWAYS)
    matches = rank(read, playbooks, scan)
    active = tuple(m.playbook for m in matches if m.score >= ACTIVE and m.playbook != FALLBACK)
    general = next((m for m in matches if m.playbook == FALLBACK), None)
    if not active and (matches or safety.kind != "none"):
        active = (FALLBACK,)
        matches = (general or Match(FALLBACK, 0.0, safety.evidence), *_without(matches))
    elif active and general is not None and general.score >= ACTIVE and matches[0] is general:
        active = (FALLBACK, *active)
    active = active[:limit]
    return Triage(
        primary=active[0] if active else NONE,
        active=active,
        matches=matches[: max(limit, 1)],
        safety=safety,
        facts=facts_in(read, _facts(library, matches), scan),
        note=read.note,
    )


def _without(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    return tuple(m for m in matches if m.playbook != FALLBACK)


def _facts(library: Library, matches: tuple[Match, ...]) -> list[Fact]:
    """The facts that may be heard: the vocabulary's, those of `always` and of what matched."""
    wanted = {ALWAYS, *(m.playbook for m in matches)}
    return [
        *library.vocabulary.facts,
        *(fact for playbook in library.playbooks if playbook.id in wanted for fact in playbook.facts),
    ]


def to_json(result: Triage) -> dict[str, object]:
    """The contract of `zhiban triage --json`."""
    return {
        "primary": result.primary,
        "active": list(result.active),
        "matches": [
            {"playbook": m.playbook, "score": m.score, "evidence": [e.text for e in m.evidence]}
            for m in result.matches
        ],
        "safety": {
            "kind": result.safety.kind,
            "evidence": [e.text for e in result.safety.evidence],
            "do_first": list(result.safety.do_first),
        },
    }
