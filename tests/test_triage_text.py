"""Normalisation: what was typed → the plain form, and back to what was typed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.triage import LIMIT
from engine.triage.hanzi import SIMPLE
from engine.triage.text import fold, normalise, plain_word


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("ＷｉＦｉ　断了！！！", "wifi断了!"),
        ("還沒到開門時間，櫃檯前吵了起來", "还没到开门时间,柜台前吵了起来"),
        ("系 统 崩 了", "系统崩了"),
        ("户口只带了首页 身份证又过期了", "户口只带了首页,身份证又过期了"),
        ("窗口 \t 停了", "窗口停了"),
        ("open the door", "open the door"),
        ("系\u200b统\x00崩\ufeff了", "系统崩了"),
        ("第一行\r\n第二行", "第一行。第二行"),
        ("崩了😡😡快来", "崩了,快来"),
        ("等等……再说", "等等,再说"),
        ("半个\ud83d代理对", "半个,代理对"),
        ("", ""),
        ("，，，", ","),
        ("①号窗口㎡", "1号窗口m2"),
    ],
)
def test_plain(typed, plain):
    """Each rule of the plain form."""
    assert normalise(typed).plain == plain


@given(st.text(st.characters(), max_size=60))
def test_the_way_back(typed):
    """Every stretch of the plain form is cut from the original, in order; folding again changes nothing."""
    text = normalise(typed)
    assert len(text.origin) == len(text.plain)
    assert list(text.origin) == sorted(text.origin)
    for start in range(len(text.plain)):
        found = text.cut(start, len(text.plain))
        assert typed[found.start : found.end] == found.text
    for at, sign in enumerate(text.plain):
        assert sign in (",", "。") or sign in fold(typed[text.origin[at]])


def test_a_very_long_text_is_cut_with_a_note():
    """A megabyte costs no more than what is read of it."""
    started = time.perf_counter()
    text = normalise("排队" * 500_000)
    assert time.perf_counter() - started < 1
    assert len(text.plain) == LIMIT
    assert str(LIMIT) in text.note
    assert not normalise("排队").note


def test_words_of_signals_are_folded_alike():
    """A word may be written in any form, and may have gaps."""
    assert plain_word("跟…吵") == ("跟", "吵")
    assert plain_word("与...爭執") == ("与", "争执")
    assert plain_word("Ａpp 打不开") == ("app打不开",)
    assert plain_word("…") == ()


def test_the_table_is_sound():
    """One sign for one sign, and what comes out needs no further turn."""
    assert all(len(a) == len(b) == 1 and a != b and b not in SIMPLE for a, b in SIMPLE.items())
