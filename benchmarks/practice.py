"""How long a learner waits for the marks of an answer, and how fast a batch is marked."""

from __future__ import annotations

import time

from _report import Figure, median, percentile, run

from engine.practice.marking import mark
from engine.practice.model import Bank, Question
from engine.practice.reading import load

SIGNS = 500  # of an answer: what is said in three minutes
ROUNDS = 5


def answer(question: Question) -> str:
    """An answer of 500 signs: the outline told in full sentences, until it is long enough."""
    told = "。".join(f"我会这样做：{words}" for words in question.outline)
    told += "".join(f"对于{point.text}，我马上去办。" for point in question.points)
    return (told * 5)[:SIGNS]


def times(bank: Bank) -> list[float]:
    """Processor times of one answer to each question, in ms."""
    found = []
    for question in bank.questions:
        text = answer(question)
        start = time.process_time()
        mark(bank, question, text)
        found.append((time.process_time() - start) * 1000)
    return found


def measure() -> list[Figure]:
    """Read the bank, mark each question's answer once cold and several times warm."""
    start = time.process_time()
    bank = load()
    reading = (time.process_time() - start) * 1000
    cold = times(bank)
    warm = [ms for _ in range(ROUNDS) for ms in times(bank)]
    return [
        Figure("practice_read", f"{len(bank.questions)} questions read", reading, "ms"),
        Figure("practice_cold", "the first answer to a question, slowest", max(cold), "ms"),
        Figure("practice_answer", f"an answer of {SIGNS} signs, median", median(warm), "ms", 20),
        Figure(
            "practice_answer_p95", f"an answer of {SIGNS} signs, 95th percentile", percentile(warm, 95), "ms"
        ),
        Figure("practice_batch", "a hundred answers of a batch", sum(warm) / len(warm) * 100, "ms", 1000),
    ]


if __name__ == "__main__":
    run("Practice: an answer marked", measure)
