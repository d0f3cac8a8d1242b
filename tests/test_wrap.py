"""Line breaking by Chinese rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.console.wrap import NO_END, NO_START, clip, columns, pad, wrap

MARKS = "，。、；：！？）》”（《“"
TEXT = st.text(alphabet=st.sampled_from("雨中大厅请人" + MARKS + "ab 12-.,()%\n"), max_size=200)


def _calm(text: str) -> bool:
    """No run of marks that would fill a line by itself: such a run has to be broken somewhere."""
    run = longest = 0
    for char in text:
        run = run + 1 if char in NO_START or char in NO_END else 0
        longest = max(longest, run)
    return longest <= 4


@given(TEXT, st.integers(24, 100))
def test_lines_fit(text, width):
    """No line is wider than asked for, whatever the text."""
    assert all(columns(line) <= width for line in wrap(text, width))


@given(TEXT.filter(_calm), st.integers(24, 100), st.sampled_from(["", " 1 ", "   "]))
def test_marks_stay_with_their_words(text, width, first):
    """No later line of a paragraph begins with a closing mark, no earlier one ends with an opening mark."""
    for paragraph in text.splitlines():
        lines = wrap(paragraph, width, first, " " * len(first))
        bodies = [line[len(first) :].strip() for line in lines]
        assert all(body[0] not in "，。、；：！？）》”" for body in bodies[1:] if body)
        assert all(body[-1] not in "（《“" for body in bodies[:-1] if body)


@given(TEXT, st.integers(24, 100))
def test_nothing_is_lost(text, width):
    """All that is not blank is still there, in order."""
    kept = "".join("".join(wrap(text, width)).split())
    assert kept == "".join(text.split())


def test_forty_columns():
    """A long instruction at 40 columns keeps its marks and its indent."""
    text = "说：“各位，我是今天的负责人。让大家淋雨，对不住！5分钟之内，我给大家安排避雨的地方。”"
    lines = wrap(text, 39, " 1 ", "   ")
    assert len(lines) == 4 or len(lines) == 3
    assert all(columns(line) <= 39 for line in lines)
    assert all(line.startswith("   ") for line in lines[1:])


def test_words_stay_whole():
    """File places and numbers are not torn apart."""
    lines = wrap("规则在这个文件里的这一行：playbooks/rain.yaml:75 请看", 30)
    assert any("playbooks/rain.yaml:75" in line for line in lines)


@pytest.mark.parametrize(("text", "width"), [("窗口", 4), ("窗口太窄了", 6), ("", 8), ("a b", 3)])
def test_clip_and_pad(text, width):
    """A clipped line fits; a padded one fills."""
    assert columns(clip(text, width)) <= width
    assert columns(pad(clip(text, width), width)) == width
