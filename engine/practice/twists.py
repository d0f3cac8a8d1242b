"""The answer to a question asked after (追问), marked like the answer to a question."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from engine.practice.marking import Mark, mark
from engine.practice.model import Bank, Question, Twist


def asked(question: Question, twist: Twist) -> Question:
    """The question as it is marked after the change: the points of the twist, the faults of the question."""
    return msgspec.structs.replace(
        question, text=f"{question.text}{twist.tell}", points=twist.expect, outline=(), asks=()
    )


def mark_twist(bank: Bank, question: Question, twist: Twist, text: str) -> Mark:
    """Mark the answer to one of `question.asks`; `document(mark, asked(question, twist))` tells it."""
    return mark(bank, asked(question, twist), text)


def choose(question: Question, reached: Collection[str], used: Collection[str] = ()) -> Twist | None:
    """The next twist to ask: the first not yet used whose `after` is empty or partly reached."""
    return next(
        (
            twist
            for twist in question.asks
            if twist.id not in used and (not twist.after or set(twist.after) & set(reached))
        ),
        None,
    )
