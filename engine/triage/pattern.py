"""Regular expressions that are compiled when first used: most sentences need few of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property


class Pattern:
    """A regular expression; what is not used costs nothing at the start of the program."""

    def __init__(self, words: str, needs: str = "") -> None:
        """`words`: as for `re.compile`; `needs`: words, parted by `|`, one of which every occurrence
        contains (empty: not known)."""
        self.words = words
        self._needs = tuple(needs.split("|")) if needs else ()

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.words)

    def possible(self, text: str) -> bool:
        """Whether the text has a word without which there is no occurrence."""
        for word in self._needs:  # a loop: half the time of any()
            if word in text:
                return True
        return not self._needs

    def search(self, text: str, at: int = 0) -> re.Match[str] | None:
        """The first occurrence from `at` on."""
        return self._compiled.search(text, at)

    def match(self, text: str) -> re.Match[str] | None:
        """The occurrence at the beginning."""
        return self._compiled.match(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All occurrences."""
        return self._compiled.finditer(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The occurrence that is the whole text."""
        return self._compiled.fullmatch(text)

    def split(self, text: str) -> list[str]:
        """What stands between the occurrences."""
        return self._compiled.split(text)

    def findall(self, text: str) -> list[str]:
        """All occurrences, as strings."""
        return self._compiled.findall(text)
