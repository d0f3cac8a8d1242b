"""What a learner reads after an answer: the score, the last time, concrete gaps, what was reached."""

import io
import re

import pytest

from engine.console import practice_view as view
from engine.console.practice_pad import HOW
from engine.console.terminal import Terminal
from engine.console.wrap import columns
from engine.practice.entries import Answered, Blamed, Credited
from engine.practice.reading import load
from engine.practice.reports import wanted

BANK = load()
E1 = BANK.find("E1")
TEXT = "我请老人坐下。事后总结。规定就是这样。"


def answer(score, reached, touched=(), at="2026-06-01T19:30:00+08:00", band="中", **others):
    """An answer to E1 with these points reached and touched."""
    points = tuple(
        Credited(
            p.id, p.phase, p.weight, 1 if n in reached else 0.5 if n in touched else 0,
            *((1, 6) if n in reached else (7, 11) if n in touched else ()),
        )
        for n, p in enumerate(E1.points, 1)
    )  # fmt: skip
    return Answered("x", at, "E1", E1.playbook, TEXT, score, band, points, (), **others)


def shown(show, *arguments):
    """What stands on a screen of 80 columns."""
    out = io.StringIO()
    show(Terminal(out, io.StringIO(), width=80), *arguments)
    assert all(columns(row) < 80 for row in out.getvalue().split("\n"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("score", "band", "told"),
    [
        (84, "好", "84 分（好），"),
        (60, "中", "60 分（中，到“好”差 20 分）"),
        (12, "差", "12 分（差，到“中”差 48 分）"),
    ],
)
def test_distance_to_the_next_band(score, band, told):
    """The first line says how much is missing to the next band, and nothing of it in the highest."""
    assert told in shown(view.result, answer(score, {1}, band=band))


def test_this_time_and_the_last():
    """Done again, an answer is held against the last one: marks gained or lost, points that are new."""
    before = answer(40, {1, 2})
    assert "比上次（6月1日 40 分）多 15 分，新说到 2 点" in shown(view.result, answer(55, {1, 3, 4}), before)
    assert "比上次（6月1日 40 分）少 5 分\n" in shown(view.result, answer(35, {1}), before)
    assert "比上次（6月1日 40 分）一样\n" in shown(view.result, answer(40, {1, 2}), before)
    assert "上次" not in shown(view.result, answer(40, {1, 2}))


def test_gaps_say_what_was_only_touched():
    """The heaviest gap first; of a point that was touched the words are named, and words that earn it."""
    mine = answer(50, {1, 2, 3}, {10})
    told = shown(view.gaps, E1.points, mine.points, mine.text)
    numbers = [int(number) for number in re.findall(r"^ *(\d+)\. ", told, re.M)]
    weights = [E1.points[number - 1].weight for number in numbers]
    assert sorted(numbers) == [4, 5, 6, 7, 8, 9, 10]
    assert weights == sorted(weights, reverse=True)
    assert "你说的“事后总结”只沾边。" in told
    assert "没说" not in told.split("\n", 1)[1]


def test_all_reached():
    """With nothing missing that is said, and every point stands in the list of what was reached."""
    mine = answer(100, set(range(1, 11)), band="好")
    assert shown(view.gaps, E1.points, mine.points, mine.text) == "采分点都说到了。\n"
    rows = shown(view.reached, E1.points, mine.points).split("\n")[1:-1]
    assert [int(row.partition(".")[0]) for row in rows] == list(range(1, 11))
    assert len({row.index("分") for row in rows}) == 1  # one below the other
    assert shown(view.reached, E1.points, answer(0, set()).points) == ""


def test_first_gaps_fit_a_screen():
    """Whatever the question: the score, the gaps up to the first pause and the pause fit 24 rows."""
    for question in BANK.questions:
        rows = []

        def stop(words, rows=rows):
            rows.append(words)
            raise StopIteration

        out = io.StringIO()
        points = [Credited(p.id, p.phase, p.weight, 0.0) for p in question.points]
        try:
            view.gaps(Terminal(out, io.StringIO(), width=80), question.points, points, "", stop)
        except StopIteration:
            assert rows
        assert out.getvalue().count("\n") <= 20, question.id


def test_what_is_wanted_has_words_to_say():
    """A gap says the point and a few words of each meaning; no signs of patterns reach the learner."""
    for question in BANK.questions:
        for point in question.points:
            told = wanted(point)
            assert told.startswith(point.text)
            assert not re.search(r"[|#<>?\\\[\]…]", told[len(point.text) :]), told


def test_labels_in_order():
    """Where evidence overlaps, the numbers stand in their order and the fault last."""
    points = [
        Credited("a", "control", 10, 1, 2, 6),
        Credited("b", "control", 10, 0.5, 0, 6),
        *[Credited(f"c{n}", "control", 10, 0) for n in range(7)],
        Credited("d", "control", 10, 1, 0, 3),
    ]
    told = view.highlighted("请老人坐下来", points, [Blamed("f", 5, 1, 4)])
    assert told == "【1·2?·10·× 请老人坐下来】"


def test_instructions_are_one_row():
    """How to finish, leave and see the question again stands in one row of 80 columns."""
    assert columns(HOW) < 80
