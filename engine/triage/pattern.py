"""Regular expressions that are compiled when first used: most sentences need few of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property


class Pattern:
    """A regular expression; what is not used costs nothing at the start of the program."""

    def __init__(self, words: str) -> None:
        """`words`: as for `re.compile`."""
        self.words = words

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.words)

    def search(self, text: str, at: int = 0) -> re.Match[str] | None:
        """The first occurrence from `at` on."""
        return self._compiled.search(text, at)

    def match(self, text: str) -> re.Match[str] | None:
        """The occurrence at the beginning."""
        return self._compiled.match(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All occurrences."""
        return self._compiled.finditer(text)
