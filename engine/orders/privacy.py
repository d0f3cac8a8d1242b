"""Personal data masked: telephone and identity numbers in fields and in free text.

What looks like one is masked, valid or not: a mistyped number is somebody's too.
"""

from __future__ import annotations

import re

import msgspec

from engine.orders.model import Order

_SEP = r"[ \-－—·.]?"
_DIGITS = str.maketrans("０１２３４５６７８９＋（）Ｘｘ", "0123456789+()Xx")
_NOT_IN_NUMBER = r"(?<![0-9A-Za-z])"
_IDENTITY = re.compile(rf"{_NOT_IN_NUMBER}[1-9](?:{_SEP}[0-9]){{16}}{_SEP}[0-9Xx](?![0-9A-Za-z])")
_OLD_IDENTITY = re.compile(rf"{_NOT_IN_NUMBER}[1-9][0-9]{{14}}(?![0-9A-Za-z])")
_MOBILE = re.compile(rf"(?<![0-9])(?:\+?86{_SEP})?1[3-9](?:{_SEP}[0-9]){{8,10}}(?![0-9])")
_LANDLINE = re.compile(
    r"(?<![0-9])(?:\(0[1-9][0-9]{1,2}\)|0[1-9][0-9]{1,2})[ \-－—]?[2-9][0-9]{6,7}(?![0-9])"
    r"|(?<![0-9\-/.:])(?!20[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9](?![0-9]))[2-9][0-9]{6,7}(?![0-9\-/.:年])"
)
_DIGIT = re.compile("[0-9０-９]")
_FEWEST = 7  # no pattern matches fewer digits
# every text but the number of the order: telephones are written into any of them
_TEXTS = (
    "channel", "name", "subject", "kind", "claim", "content", "place", "unit", "second_unit",
    "met_why", "satisfied", "excluded_why",
)  # fmt: skip


def phone(text: str) -> str:
    """A telephone field: the first three and last two digits stay, whatever is written there."""
    digits = [n for n, char in enumerate(text) if char.isdigit()]
    if len(digits) > 11 and "".join(text[n] for n in digits).translate(_DIGITS).startswith("86"):
        digits = digits[2:]  # the country's prefix is nobody's secret
    hidden = set(digits[3:-2]) if len(digits) > 5 else set(digits)
    return "".join("*" if n in hidden else char for n, char in enumerate(text))


def identity(text: str) -> str:
    """An identity number: the first three and the last digit stay."""
    signs = [n for n, char in enumerate(text) if char.isalnum()]
    hidden = set(signs[3:-1])
    return "".join("*" if n in hidden else char for n, char in enumerate(text))


def masked(text: str) -> str:
    """Free text without telephone and identity numbers, half or full width, with or without separators."""
    if len(_DIGIT.findall(text)) < _FEWEST:
        return text
    plain = text.translate(_DIGITS)  # same length: places stay
    found = list(text)
    for pattern, hide in (
        (_IDENTITY, identity), (_OLD_IDENTITY, identity), (_MOBILE, phone), (_LANDLINE, phone),
    ):  # fmt: skip
        for match in pattern.finditer(plain):
            start, end = match.span()
            found[start:end] = hide(plain[start:end])
        plain = "".join(found).translate(_DIGITS)
    return "".join(found)


def order(order: Order) -> Order:
    """An order that may be shown, printed and exported."""
    fields = {name: masked(getattr(order, name)) for name in _TEXTS}
    return msgspec.structs.replace(order, phone=phone(order.phone), **fields)
