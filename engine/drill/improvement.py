"""What follows from a drill: an objective that was not met needs somebody and a date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.drill.causes import Loss
from engine.drill.scoring import Rating, Score
from engine.drill.state import DrillState

UNMET = ("M", "U")
_MOST = 2  # measures in one proposed text
_MEASURES = {
    "harmful": "守住“{what}”：讲清为什么，当面练另一种做法",
    "distracted": "练“先把要紧的办完再接别的”：{what}",
    "stuck": "给“{what}”备好走不通时的第二条路，写进台面卡",
    "unasked": "把“{what}”要问的列进开场必问",
    "off": "备好“{what}”的话，开口练到不看稿",
    "silent": "备好“{what}”的话，开口练到不看稿",
    "unissued": "“{what}”用的文书备在台面，练到随手能发",
    "needless": "练“先想清楚再动手”：{what}",
    "late": "把“{what}”练到时限之内",
    "omitted": "把“{what}”写进岗位卡，再练一遍",
}


class Improvement(NamedTuple):
    """An improvement that was taken on. `who`: role, `name`: person, `due`: stamp."""

    what: str
    who: str
    name: str
    due: str
    evidence: str
    seq: int


class Plan(NamedTuple):
    """An objective that was not met: what is proposed, who would do it, what was taken on."""

    objective: str
    what: str
    rating: str
    proposal: str
    evidence: str  # proposed
    owner: str  # role named by the drill, or ""
    taken: tuple[Improvement, ...]

    @property
    def lacks(self) -> str:
        """What keeps the report open: "" when an owner and a date stand."""
        if not self.taken:
            return "没有改进措施"
        if any(one.who and one.due for one in self.taken):
            return ""
        return "没有责任人" if not any(one.who for one in self.taken) else "没有期限"


def plans(state: DrillState, score: Score, losses: Sequence[Loss]) -> tuple[Plan, ...]:
    """A plan for every objective rated M or U, and for others that somebody took something on for."""
    owners = {entry.id: entry.owner for entry in state.drill.objectives}
    made = []
    for rating in score.ratings:
        taken = tuple(_taken(state, rating.objective))
        if rating.rating in UNMET or taken:
            made.append(
                Plan(
                    rating.objective, rating.what, rating.rating, propose(state, rating, losses),
                    f"再演一次，“{rating.what}”评到 S 以上", owners[rating.objective], taken,
                )
            )  # fmt: skip
    return tuple(made)


def open_plans(found: Sequence[Plan]) -> tuple[Plan, ...]:
    """Those that keep the report open."""
    return tuple(plan for plan in found if plan.rating in UNMET and plan.lacks)


def propose(state: DrillState, rating: Rating, losses: Sequence[Loss]) -> str:
    """The text of an improvement, from what lost most in an objective; harm that touches it comes with it."""
    of = {entry.id: entry.objective for entry in state.drill.expectations}
    mine = [loss for loss in losses if of.get(loss.id) == rating.objective]
    if not mine:
        return f"再练“{rating.what}”"
    texts = (_MEASURES[loss.kind].format(what=loss.what) for loss in mine)
    return "；".join(list(dict.fromkeys(texts))[:_MOST])


def _taken(state: DrillState, objective: str) -> list[Improvement]:
    found = []
    for event in state.of_kind("follow_up"):
        data = event.data
        if data.get("cause") == objective:
            what, who, name, due, evidence = (
                str(data.get(field) or "") for field in ("what", "who", "name", "due", "evidence")
            )
            found.append(Improvement(what, who, name, due, evidence, event.seq))
    return found
