"""Personal data: masked by default everywhere, in full only with a reason that is journalled."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import parse
from engine.journal import Journal
from engine.orders import privacy
from engine.orders.model import Order
from engine.orders.register import ledger_file
from tests.ordering import zhiban

PHONE, IDENTITY = "13812345678", "372330198001011234"
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("请打13812345678找他", "请打138******78找他"),
        ("138-1234-5678。", "138-****-**78。"),
        ("+86 138 1234 5678", "+86 138 **** **78"),
        ("8613812345678", "86138******78"),
        ("1381234567（少一位）", "138*****67（少一位）"),
        ("座机0543-4567891", "座机054*-*****91"),
        ("(0543)4567891", "(054*)*****91"),
        ("打4567891", "打456**91"),
        ("身份证372330198001011234。", "身份证372**************4。"),
        ("37233019800101123x", "372**************x"),
        ("372330 19800101 1234", "372*** ******** ***4"),
        ("旧证372330800101123", "旧证372***********3"),
        ("两个：13812345678、13987654321", "两个：138******78、139******21"),
        # what is no such number stays
        ("打12345热线", "打12345热线"),
        ("单号20260105000123", "单号20260105000123"),
        ("2026-01-05 09:12 来电", "2026-01-05 09:12 来电"),
        ("20260105来电", "20260105来电"),
        ("3号楼1201室，欠3500.50元", "3号楼1201室，欠3500.50元"),
        ("邮编256600", "邮编256600"),
    ],
)
def test_free_text(text: str, hidden: str) -> None:
    """Telephone and identity numbers in free text keep their ends; other numbers stay."""
    assert privacy.masked(text) == hidden


@given(
    before=st.text("停水三天，ab.：", max_size=6),
    number=st.sampled_from([PHONE, IDENTITY, "0543-4567891", "37233019800101123X"]),
    wide=st.booleans(),
)
def test_no_number_survives(before: str, number: str, wide: bool) -> None:
    """Wherever it stands, half or full width, the middle of a number never comes through."""
    before = re.sub(r"[a-zA-Z.]+$", "", before)
    written = number.translate(FULL_WIDTH) if wide else number
    shown = privacy.masked(f"{before}{written}的电话")
    assert shown.startswith(before)
    assert len(shown) == len(before) + len(number) + 3
    assert not re.search(r"[0-9０-９]{5}", shown)
    assert privacy.masked(shown) == shown


def test_every_text_of_an_order() -> None:
    """No column of an order that may be shown has a number in full, but its own number and times stay."""
    kinds = {field.name for field in msgspec.structs.fields(Order) if field.type is str}
    fixed = {"no", "phone", "urgency", "met", "excluded", "untold"}  # ids, and the number itself
    texts: dict[str, Any] = dict.fromkeys(kinds - fixed, f"见{PHONE}和{IDENTITY}")
    order = Order("20260105000123", parse("2026-01-05T09:00:00+08:00"), phone=PHONE, **texts)
    shown = msgspec.json.encode(privacy.order(order)).decode()
    assert PHONE not in shown
    assert IDENTITY not in shown
    assert privacy.order(order).no == order.no


@pytest.mark.parametrize(("text", "hidden"), [("12345", "*****"), ("", ""), ("无", "无")])
def test_a_telephone_field_hides_whatever_stands_there(text: str, hidden: str) -> None:
    """A short number in the telephone column is hidden whole; words stay."""
    assert privacy.phone(text) == hidden


class TestCommands:
    """The commands, as another program sees them."""

    def test_masked_by_default(self, tmp_path: Path) -> None:
        """list, next, show, JSON and text: no number in full, in fields, events or evidence."""
        zhiban(tmp_path, "order", "add", "A1", "--phone", PHONE, "--content", f"找{PHONE}，{IDENTITY}")
        zhiban(tmp_path, "order", "note", "A1", f"他改用 {PHONE}")
        zhiban(tmp_path, "order", "verify", "A1", "--truth", "real", "--evidence", f"录音{PHONE}.mp3")
        for command in (["list"], ["list", "--all"], ["next"], ["show", "A1"]):
            for form in ([], ["--json"]):
                done = zhiban(tmp_path, "order", *command, *form)
                assert done.returncode == 0
                assert done.stdout
                for secret in (PHONE, IDENTITY):
                    assert secret not in done.stdout + done.stderr, command

    def test_numbers_in_any_column(self, tmp_path: Path) -> None:
        """A number among the units, kinds and places, or in the wrong column of a refused sheet: reports of
        every form, figures, exports and the list of problems hide it.
        """
        sheet, found = tmp_path / "a.csv", ""
        heads = "工单编号,受理时间,来电号码,类别,承办单位,地点,满意度"
        sheet.write_text(f"{heads}\nA1,2026-02-12 09:00,{PHONE},停水{PHONE},张{PHONE},{PHONE}旁,\n", "utf-8")
        assert zhiban(tmp_path, "order", "import", str(sheet)).returncode == 0
        for command in ("stats", "stats --json", "stats --md", "list", "list --json", "next --json"):
            done = zhiban(tmp_path, "order", *command.split())
            assert done.returncode == 0, command
            found += done.stdout
        for command, name in (
            ("stats", "a.html"),
            ("stats", "a.docx"),
            ("export", "a.csv"),
            ("export", "a.xlsx"),
        ):
            made = tmp_path / "out" / name
            made.parent.mkdir(exist_ok=True)
            assert zhiban(tmp_path, "order", command, "-o", str(made)).returncode == 0
            if zipfile.is_zipfile(made):
                with zipfile.ZipFile(made) as parts:
                    found += "".join(parts.read(part).decode("utf-8", "replace") for part in parts.namelist())
            else:
                found += made.read_text("utf-8")
        sheet.write_text(f"{heads}\nA2,{PHONE},,,,,找{PHONE}\n", "utf-8")
        for more in ([], ["--json"], ["--problems", str(tmp_path / "p.csv")]):
            done = zhiban(tmp_path, "order", "import", str(sheet), *more)
            assert done.returncode == 4
            found += done.stdout
        found += (tmp_path / "p.csv").read_text("utf-8")
        assert PHONE not in found

    def test_in_full_with_a_reason(self, tmp_path: Path) -> None:
        """--unmask shows the number and journals who was shown why: in the order, or in its own record."""
        zhiban(tmp_path, "order", "add", "A1", "--phone", PHONE)
        shown = zhiban(tmp_path, "order", "show", "A1", "--unmask", "上门核实", "--json")
        data = json.loads(shown.stdout)
        assert data["phone"] == PHONE
        last = data["events"][-1]
        assert (last["kind"], last["what"], last["why"]) == ("unmasked", "order show", "上门核实")
        assert PHONE in zhiban(tmp_path, "order", "list", "--unmask", "逐个回访").stdout
        with Journal(tmp_path / "data" / ledger_file().name) as journal:
            [(_, events)] = journal.events_under("u-").items()
        assert events[0].data == {"what": "order list", "why": "逐个回访"}

    @pytest.mark.parametrize("why", ["", " "])
    @pytest.mark.parametrize("command", [["list"], ["show", "A1"]])
    def test_not_without_a_reason(self, tmp_path: Path, command: list[str], why: str) -> None:
        """An empty reason is refused, and nothing is shown."""
        zhiban(tmp_path, "order", "add", "A1", "--phone", PHONE)
        done = zhiban(tmp_path, "order", *command, "--unmask", why)
        assert done.returncode == 2
        assert "理由" in done.stderr
        assert not done.stdout


def test_a_look_is_no_act(tmp_path: Path) -> None:
    """An imported row that was only looked at in full is still brought up to date by the next sheet."""
    sheet = tmp_path / "a.csv"
    for closed in ("", "2026-02-12 10:00"):
        sheet.write_text(
            f"工单编号,受理时间,类别,电话,办结时间\n1,2026-02-11 09:00,停水,{PHONE},{closed}\n", "utf-8"
        )
        done = zhiban(tmp_path, "order", "import", str(sheet), "--update")
        assert done.returncode == 0, done.stdout
        assert PHONE in zhiban(tmp_path, "order", "show", "1", "--unmask", "上门核实").stdout
    assert json.loads(zhiban(tmp_path, "order", "show", "1", "--json").stdout)["closed"]
