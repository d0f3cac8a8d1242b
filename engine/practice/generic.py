"""Whether an answer speaks of the scene at all: talk that fits every question is capped.

A few points (安抚情绪, 登记电话, 开展培训) can be reached by words that fit anywhere. An answer that reaches
no more than these and whose words are not those of the question is worth little, however long it is.
"""

from __future__ import annotations

from engine.practice.answer import Answer
from engine.practice.model import Bank, Question
from engine.practice.shape import likeness_of

MOST = 20  # marks for talk that is not bound to the scene
FEW = 3  # points reached, at most, in such talk
UNLIKE = 0.085  # likeness to the question, less than any fair answer of the development set has
SHORT = 40  # signs: a shorter answer has too few words to tell
NOTE = f"多是哪道题都能说的话，没有落到这道题的人和事：最多 {MOST} 分"


def unbound(bank: Bank, question: Question, answer: Answer, reached: int) -> bool:
    """Whether an answer that reaches so many points in full is talk without the scene.

    A question asked after has words of its own, that the bank's profile does not know: never.
    """
    if reached > FEW or len(answer.plain) < SHORT or bank.find(question.id) is not question:
        return False
    return likeness_of(bank, answer).get(question.id, 0.0) < UNLIKE
