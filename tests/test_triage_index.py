"""Short cuts of triage change nothing: the index, the first looks without one, what patterns need."""

from __future__ import annotations

import pytest

from engine.paths import shipped as folder
from engine.reader import load_library
from engine.triage import triage
from engine.triage.calm import _PHRASES
from engine.triage.evaluate import read
from engine.triage.frames import FOR_DANGER, FOR_RANK, possible, reasons
from engine.triage.index import DIRECT, Index, Signals, look, signals_of
from engine.triage.learned import FILE
from engine.triage.text import normalise

SENTENCES = [line.text for line in read(folder("playbooks") / "triage" / "sentences.jsonl")][::4]
ODD = ["", "，", "ＡＴＭ壞了", "跟…吵", "系统 崩 了", "没没没没", "a😀b", "吵" * 30]


@pytest.fixture(scope="module")
def library():
    """The shipped playbooks."""
    return load_library(hall=False)


def test_with_and_without_index_the_same_is_heard(library):
    """Both ways find the same signals, in the same order, and of each group the same words."""
    owned = signals_of(library).owned
    index = Index(owned)
    for text in [*SENTENCES[:200], *ODD]:
        plain = normalise(text).plain
        direct, indexed = look(owned, plain), index.scan(plain)
        assert direct.live == indexed.live, text
        for signals in direct.live.values():
            for signal in signals:
                for words in (*signal.groups, signal.unless):
                    assert sorted(direct.said(words)) == sorted(indexed.said(words)), (text, words)


def test_the_first_sentence_of_a_process_is_heard_as_the_hundredth(library):
    """What is said of a sentence does not depend on how many were read before."""
    fresh = load_library(hall=False, cache=False)
    first = [triage(text, fresh) for text in SENTENCES[:DIRECT]]
    for text in SENTENCES[: 3 * DIRECT]:
        triage(text, fresh)
    assert [triage(text, fresh) for text in SENTENCES[:DIRECT]] == first


def test_signals_of_nothing():
    """No playbooks and no facts: nothing is heard, by no way."""
    signals = Signals((), ())
    assert not any(signals.scan("系统崩了").live for _ in range(DIRECT + 2))


def test_patterns_need_what_they_say():
    """Where the words that a routine phrase needs are missing, the phrase does not occur."""
    for text in SENTENCES:
        plain = normalise(text).plain
        for _, pattern in _PHRASES:
            assert pattern.possible(plain) or not list(pattern.finditer(plain)), (text, pattern.words)


@pytest.mark.parametrize("wanted", [FOR_RANK, FOR_DANGER])
def test_signs_that_reasons_need(wanted):
    """Where the signs of a reason are missing, no stretch is void for that reason."""
    for text in SENTENCES[::5]:
        read = normalise(text)
        left = wanted - possible(read.plain, wanted)
        for at in range(0, len(read.plain), 3):
            end = min(at + 2, len(read.plain))
            assert not (left and reasons(read, at, end, left)), text


def test_the_weights_file_is_read_by_places():
    """Every line of the file begins where its first line says."""
    first, _, lines = (folder("playbooks") / "triage" / FILE).read_bytes().partition(b"\n")
    from engine.triage.learned import Weights

    head = Weights(first + b"\n").head
    assert len(head.at) == lines.count(b"\n")
    assert all(lines[at:].startswith(sign.encode()) for sign, at in head.at.items())


def test_beside_the_primary_one_what_blocks_most_people_comes_first(library):
    """The best stays first; then by `reach`, of equal reach the better; add-ons come last."""
    books = {playbook.id: playbook for playbook in library.playbooks}
    several = 0
    for text in SENTENCES:
        result = triage(text, library)
        rest = [(books[id].addon, books[id].reach) for id in result.active[1:]]
        several += len(rest) > 1
        assert rest == sorted(rest), text
        assert result.active[:1] == (() if result.primary == "none" else (result.primary,))
    assert several > 5
