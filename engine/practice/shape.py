"""What kind of text an answer is: one to this question, a list of keywords, one to another question."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from engine.practice.answer import Answer
from engine.practice.model import Bank, Question

Shape = Literal["answer", "keywords", "elsewhere", "empty"]
_GLUE = re.compile(r"[我他她您你会把请的了给让再就先]")
ELSEWHERE = 0.4  # less than this share of the likeness to another question: an answer to that one
CLEAR = 0.15  # likeness to that other question, at least
LONG = 120  # signs: a shorter answer has too few telling words
SHORT = 8  # signs of a bare clause, at most; it has no word that makes it a sentence
BARE = 0.8  # of the clauses, at least, in a list of keywords
MEAN = 4.6  # signs of its clauses on the mean, at most


def shape_of(bank: Bank, question: Question, answer: Answer) -> Shape:
    """The shape of an answer to `question`."""
    if sum("\u4e00" <= sign <= "\u9fff" for sign in answer.plain) < 4:
        return "empty"
    if _keywords(answer):
        return "keywords"
    if _elsewhere(bank, question, answer):
        return "elsewhere"
    return "answer"


def _keywords(answer: Answer) -> bool:
    """Most of it is bare words between marks."""
    clauses = answer.clauses
    bare = [clause for clause in clauses if len(clause) <= SHORT and not _GLUE.search(clause)]
    if len(clauses) < 5 or len(bare) < BARE * len(clauses):
        return False
    return sum(map(len, clauses)) <= MEAN * len(clauses)


def _pairs(text: str) -> Iterable[str]:
    return (a + b for a, b in pairwise(text) if "\u4e00" <= a <= "\u9fff" and "\u4e00" <= b <= "\u9fff")


@lru_cache(maxsize=2)
def _profiles(bank: Bank) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """How telling a pair of signs is, and each question's own pairs."""
    own = {q.id: Counter(_pairs(_words(q))) for q in bank.questions}
    spread = Counter(pair for counts in own.values() for pair in counts)
    weight = {pair: math.log(len(own) / n) for pair, n in spread.items()}
    vectors = {}
    for id, counts in own.items():
        vector = {pair: weight[pair] * (1 + math.log(n)) for pair, n in counts.items() if weight[pair] > 0}
        length = math.sqrt(sum(v * v for v in vector.values())) or 1.0
        vectors[id] = {pair: v / length for pair, v in vector.items()}
    return weight, vectors


def _words(question: Question) -> str:
    parts = [question.text, *question.outline]
    for point in question.points:
        parts.append(point.text)
        parts += [group.written for way in point.ways for group in way.groups]
    return "|".join(parts)


def _elsewhere(bank: Bank, question: Question, answer: Answer) -> bool:
    """The words speak clearly for another question."""
    if len(answer.plain) < LONG:
        return False
    likeness = likeness_of(bank, answer)
    here = likeness.get(question.id, 0.0)
    best = max(likeness.values(), default=0.0)
    return best > CLEAR and here < best * ELSEWHERE


def likeness_of(bank: Bank, answer: Answer) -> dict[str, float]:
    """How much the words of an answer are those of each question."""
    weight, vectors = _profiles(bank)
    counts = Counter(pair for pair in _pairs(answer.plain) if pair in weight)
    found = {p: weight[p] * (1 + math.log(n)) for p, n in counts.items()}
    length = math.sqrt(sum(v * v for v in found.values())) or 1.0
    return {id: sum(v * own.get(p, 0.0) for p, v in found.items()) / length for id, own in vectors.items()}
