"""What has happened? A sentence → the playbooks that it speaks for, danger to life, facts reported.

Deterministic and explainable: scores come from the playbooks' `hear` words by the formula in `rank`,
danger from the vocabulary's safety facts (`safety`), and every result names the words it rests on, cut
from the original text. See docs/triage.md.
"""

from __future__ import annotations

import msgspec

from engine.model import Library
from engine.triage.facts import HeardFact, facts_in, heard_facts
from engine.triage.index import ALWAYS, signals_of
from engine.triage.learned import SILENT, Weights, shipped
from engine.triage.rank import ACTIVE, BEHIND, FALLBACK, NONE, Match, Ranking, rank
from engine.triage.safety import Safety, danger
from engine.triage.taught import Taught, own
from engine.triage.text import LIMIT, Evidence, normalise, tells

__all__ = [
    "ACTIVE", "FALLBACK", "LIMIT", "NONE", "Evidence", "HeardFact", "Match", "Safety", "Triage",
    "heard_facts", "to_json", "triage",
]  # fmt: skip


CLOSE = 0.25  # a lead of less is a doubt
THIN = 0.45  # a best score of less is one, too
MOST_ASKED = 3  # labels between which the officer is asked


class Triage(msgspec.Struct, frozen=True):
    """What a text says. `active` begins with `primary`, then what blocks most people (`reach` of the
    playbook), add-ons last; both are empty-handed for "none".

    `matches`: everything that something speaks for, best first; those not active are candidates.
    `note`: said when the text was cut. `doubt`: the labels between which only the officer can tell
    (`none` may be among them); empty when the case is clear.
    """

    primary: str
    active: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    safety: Safety = Safety()
    facts: tuple[HeardFact, ...] = ()
    note: str = ""
    doubt: tuple[str, ...] = ()


def triage(
    text: str,
    library: Library,
    limit: int = 5,
    weights: Weights | None = None,
    lessons: Taught | None = None,
) -> Triage:
    """Read `text`: the playbooks to activate (at most `limit`), danger and facts.

    `weights`: other than those that come with the program; `lessons`: other than the hall's own.
    """
    read = normalise(text)
    signals = signals_of(library)
    scan = signals.scan(read.plain)
    weights = shipped() if weights is None else weights
    reading = weights.read(read.plain) if tells(read.plain) else SILENT
    safety = danger(read, library, scan, weights, reading)
    taught = (own() if lessons is None else lessons).about(read.plain)
    ranking = rank(read, signals.owners, scan, weights, reading, taught)
    matches = ranking.matches
    active: tuple[str, ...] = ()
    # thin words of a playbook that the weights do not know make it a candidate, no more
    clear = [m for m in matches if m.playbook in reading.values or m.score >= ACTIVE]
    if clear and clear[0].score > ranking.routine:
        beside = [m.playbook for m in clear[1:] if _beside(m, clear[0])]
        active = (clear[0].playbook, *sorted(beside, key=signals.place))
    elif safety.kind != "none" or (matches and matches[0].score > ranking.routine):
        general = next((m for m in matches if m.playbook == FALLBACK), None)
        active = (FALLBACK,)
        matches = (general or Match(FALLBACK, 0.0, safety.evidence), *_without(matches))
    active = active[:limit]
    return Triage(
        primary=active[0] if active else NONE,
        active=active,
        matches=matches[: max(limit, 1)],
        safety=safety,
        facts=facts_in(read, signals.facts_in(scan, {ALWAYS, *(m.playbook for m in matches[:limit])}), scan),
        note=read.note,
        doubt=_doubt(ranking, active),
    )


def _beside(match: Match, best: Match) -> bool:
    """Active beside the primary one."""
    return match.score >= max(ACTIVE, best.score - BEHIND) and match.playbook != FALLBACK


def _doubt(ranking: Ranking, active: tuple[str, ...]) -> tuple[str, ...]:
    """The best labels when the two best are close and not both active, or the evidence is thin."""
    scores = sorted(
        [(-m.score, m.playbook) for m in ranking.matches] + [(-ranking.routine, NONE)], key=lambda s: s[0]
    )
    best = -scores[0][0]
    close = [label for score, label in scores if best + score < CLOSE or best < THIN]
    if len(close) < 2 or all(label in active for label in close):
        return ()
    return tuple(close[:MOST_ASKED])


def _without(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    return tuple(m for m in matches if m.playbook != FALLBACK)


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
