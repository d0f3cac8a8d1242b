"""The features of the learned scorer: single signs and pairs of signs of the plain form.

A number counts as one sign (8:05 and 40 are alike), and the begin and end of the text as signs of
their own. Pairs do not need words to be known: 系统崩 is heard in 系統又崩潰了 as well.
"""

from __future__ import annotations

import re
from itertools import pairwise
from operator import add

_NUMBER = re.compile(r"\d+(?:[:.]\d+)*")
_BEGIN, _END = "^", "$"


def grams(plain: str) -> set[str]:
    """The signs and pairs that occur in a text in plain form."""
    signs = f"{_BEGIN}{_NUMBER.sub('0', plain)}{_END}"
    return {*signs, *map(add, signs, signs[1:])}


def placed(plain: str) -> list[tuple[str, int, int]]:
    """Every sign and pair with its place `plain[start:end]`; the begin and end have none of their own."""
    if not _NUMBER.search(plain):
        size = len(plain)
        one = zip(plain, range(size), range(1, size + 1), strict=True)
        two = map(add, _BEGIN + plain, plain + _END)
        return [*one, *zip(two, (0, *range(size)), (*range(1, size + 1), size), strict=True)]
    signs = [(_BEGIN, 0, 0)]
    at = 0
    for number in _NUMBER.finditer(plain):
        signs += [(plain[i], i, i + 1) for i in range(at, number.start())]
        signs.append(("0", *number.span()))
        at = number.end()
    signs += [(plain[i], i, i + 1) for i in range(at, len(plain))]
    signs.append((_END, len(plain), len(plain)))
    pairs = [(a + b, start, end) for (a, start, _), (b, _, end) in pairwise(signs)]
    return [*signs[1:-1], *pairs]
