"""`order list`: what is kept beside the ledger never changes what it shows; no row is left out unsaid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.console import orderlist, wrap
from engine.orders import privacy, problems
from tests.ordering import Office, zhiban

HEAD = "工单编号,受理时间,电话,类别,承办单位,内容"


def _sheet(path: Path, *numbers: int, unit: str = "供水所") -> Path:
    rows = [f"N{n},2026-02-{n % 12 + 1:02d} 07:30:00,1390000{n:04d},停水,{unit},停水" for n in numbers]
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


def _lists(home: Path) -> tuple[str, Any]:
    """The list as people and as programs read it."""
    done = zhiban(home, "order", "list")
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(zhiban(home, "order", "list", "--json").stdout)


def _anew(home: Path) -> tuple[str, Any]:
    """The same without anything kept."""
    for file in (home / "cache").glob("*"):
        file.unlink()
    return _lists(home)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A hall with five imported orders."""
    done = zhiban(tmp_path, "order", "import", str(_sheet(tmp_path / "a.csv", *range(5))))
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_the_kept_rows_show_what_the_ledger_shows(home: Path) -> None:
    """After every act and every import the list is the same with the kept rows as without them."""
    first = _lists(home)
    assert (home / "cache" / "open-orders.json").stat().st_mode & 0o077 == 0
    assert "02-01 07:30" in first[0]  # the hour as in the sheet, also when read again
    assert _lists(home) == first
    acts = (
        "dispatch N1 城管队 --second 幸福村", "verify N1 --truth real --evidence 照片", "note N2 一笔",
        "verify N3 --truth malicious --evidence 录音 --approved 主任", "reply N3 --how phone",
        f"import {_sheet(home / 'b.csv', 7, 8)}",
        f"import {_sheet(home / 'c.csv', 0, unit='水务站')} --update",
        "add N9 --kind 停电",
    )  # fmt: skip
    seen = [first]
    for act in acts:
        done = zhiban(home, "order", *act.split())
        assert done.returncode == 0, done.stderr
        shown = _lists(home)
        assert shown == _lists(home) == _anew(home)
        assert shown[1] != seen[-1][1]
        seen.append(shown)
    assert [order["no"] for order in seen[-1][1]] == ["N0", "N1", "N2", "N4", "N7", "N8", "N9"]
    assert seen[-1][1][0]["unit"] == "水务站"


def test_what_was_kept_is_never_the_truth(home: Path) -> None:
    """Damaged or altered kept rows are let go; a changed import is refused though its rows are kept."""
    right = _lists(home)
    kept = home / "cache" / "open-orders.json"
    whole = kept.read_bytes()
    for wrong in (b"", whole[:-9], whole.replace(b"N3", b"N6"), b"\0" * len(whole)):
        kept.write_bytes(wrong)
        assert _lists(home) == right
    assert kept.read_bytes() == whole
    [file] = (home / "data" / "orders").glob("*.arrow")
    held = file.read_bytes()
    file.write_bytes(held[:-1] + bytes([held[-1] ^ 1]))
    done = zhiban(home, "order", "list")
    assert (done.returncode, done.stdout) == (4, "")
    assert "事后被改动" in done.stderr
    file.unlink()
    assert "不见了" in zhiban(home, "order", "list").stderr


def test_folded_orders_keep_their_hour(tmp_path: Path) -> None:
    """What is kept of orders that somebody acted on is in Beijing's time when read again."""
    office = Office(tmp_path / "ledger.db", "2026-02-09 07:30:00", cache=tmp_path / "kept")
    for number in range(200):
        office.add(f"N{number}")
    first = [str(one.order.received) for one in office.ledger.standings()]
    assert (tmp_path / "kept").exists()
    again = [str(one.order.received) for one in office.ledger.standings()]
    assert set(again) == set(first) == {"2026-02-09 07:30:00+08:00"}


def test_a_screen_is_told_what_it_does_not_show(home: Path) -> None:
    """On a terminal the first rows, with the whole number and how to see the rest; in a file all of them."""
    with mock.patch.object(orderlist, "on_screen", return_value=True):
        assert "共" not in zhiban(home, "order", "list").stdout
        with mock.patch.object(orderlist, "_PAGE", 2):
            lines = zhiban(home, "order", "list").stdout.splitlines()
            assert [line.split()[0] for line in lines[:2]] == ["N0", "N1"]
            assert "共 5 件，上面是最早受理的 2 件" in lines[2]
            assert "--limit 0" in "".join(lines[2:])
            assert len(json.loads(zhiban(home, "order", "list", "--json").stdout)) == 5
            assert len(zhiban(home, "order", "list", "--limit", "0").stdout.splitlines()) == 5
    assert len(zhiban(home, "order", "list").stdout.splitlines()) == 5
    assert len(json.loads(zhiban(home, "order", "list", "--limit", "3", "--json").stdout)) == 3
    assert zhiban(home, "order", "list", "--limit", "-1").returncode == 2


@given(st.text("0123456789０５-. +()号x停", max_size=24))
def test_too_few_digits_are_no_number(text: str) -> None:
    """Texts that are let pass unlooked at, for they have too few digits, hold nothing that is masked."""
    with mock.patch.object(privacy, "_FEWEST", 0):
        assert privacy.masked(text) == (slow := privacy.masked(text))
    assert privacy.masked(text) == slow


@given(
    st.text("ab 停水，。（）“”\t\u3000é\u0301", max_size=30),
    st.integers(2, 60),
    st.sampled_from(["", "1 ", "：  "]),
)
def test_a_line_that_fits_is_as_if_broken(text: str, width: int, first: str) -> None:
    """The short way of the wrapper for what fits gives what the long one does."""
    lead = wrap.columns(first)
    if lead + wrap.columns(text) <= width:
        long = [
            row
            for part in text.splitlines() or [""]
            for row in wrap._fill(wrap._units(part), width, first, "")
        ]
        assert wrap.wrap(text, width, first) == long


def test_a_list_of_problems_tells_what_it_leaves_out(tmp_path: Path) -> None:
    """Beyond the cells of one sort that are listed, screen, sheet and JSON tell how many there are."""
    sheet, told = tmp_path / "a.csv", tmp_path / "told.csv"
    bad = [f"N{n},某日,139,停水,供水所,停水" for n in range(5)]
    sheet.write_text("\n".join([HEAD, *bad, "N0,2026-02-12 09:00,139,停水,供水所,停水"]), encoding="utf-8")
    with mock.patch.object(problems, "KEPT", 3):
        done = zhiban(tmp_path, "order", "import", str(sheet), "--problems", str(told))
        found = json.loads(zhiban(tmp_path, "order", "import", str(sheet), "--json").stdout)
    assert done.returncode == 4
    assert "共 5 处，只逐格列出 3 处" in done.stdout
    assert "6 处错误" in done.stdout
    listed = [one["value"] for one in found["problems"] if one["code"] == "time"]
    assert (found["errors"], len(listed)) == (6, 3)
    assert found["unlisted"] >= 2
    lines = [line for line in told.read_text("utf-8-sig").splitlines() if "看不懂这个时间" in line]
    assert len(lines) == 3 + 1
    assert "看不懂这个时间：共 5 处，只逐格列出 3 处" in lines[-1]
