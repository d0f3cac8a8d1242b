"""A learner as the entries tell: one fold for the session, for progress and for exports."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cached_property

from engine.errors import UsageError
from engine.practice.entries import Answered, Card, Entry, Replied, Reviewed, key

LONGEST = 20  # signs of a name


class Learner:
    """All of one learner, oldest first. The same entries in any order, any of them twice, give the same."""

    def __init__(self, name: str, entries: Iterable[Entry] = ()) -> None:
        self.name = name
        once = {key(entry): entry for entry in entries}
        self.entries = sorted(once.values(), key=lambda entry: (entry.at, key(entry)))

    @cached_property
    def cards(self) -> dict[str, Card]:
        """Point → its state, the latest that was reached."""
        found: dict[str, Card] = {}
        for entry in self.entries:
            if not isinstance(entry, Replied):
                found |= entry.cards
        return found

    @cached_property
    def answers(self) -> list[Answered]:
        """The questions answered."""
        return [entry for entry in self.entries if isinstance(entry, Answered)]

    @cached_property
    def replies(self) -> list[Replied]:
        """The follow-up questions replied to."""
        return [entry for entry in self.entries if isinstance(entry, Replied)]

    @cached_property
    def reviews(self) -> list[Reviewed]:
        """The points reviewed by themselves."""
        return [entry for entry in self.entries if isinstance(entry, Reviewed)]

    @cached_property
    def _last(self) -> dict[str, Answered]:
        return {answer.question: answer for answer in self.answers}

    def last(self, question: str) -> Answered | None:
        """The latest answer to a question."""
        return self._last.get(question)


def name_of(text: str) -> str:
    """A learner's name as it is kept. UsageError when it is none."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not name or len(name) > LONGEST:
        raise UsageError(f"学员的名字要 1 到 {LONGEST} 个字", "例如：--learner 小王")
    # a stroke parts names from numbers in the record
    if "/" in name or not name.isprintable():
        raise UsageError(f"学员的名字不能有 / 或看不见的字符：{name[:LONGEST]!r}", "例如：--learner 小王")
    try:
        name.encode("gb18030")
    except UnicodeEncodeError:
        raise UsageError("学员的名字里有乱码", "例如：--learner 小王") from None
    return name
