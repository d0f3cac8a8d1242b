"""Schemes: the shipped example, a hall's own changes, versions by date, and what is wrong with a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
import yaml

from engine import paths
from engine.errors import BadData
from engine.model import Duration
from engine.orders.model import Scheme
from engine.orders.scheme import Schemes, parse, read_schemes, shipped_file

SHIPPED = ("scheme.yaml", shipped_file().read_bytes())
DAY = date(2026, 3, 1)


def with_own(text: str) -> tuple[Schemes | None, list[str]]:
    """The schemes with a hall's file of that text, and its findings as `line:column message help`."""
    schemes, found = parse([SHIPPED, ("orders.yaml", text.encode())])
    assert all(item.span.file == "orders.yaml" for item in found), found
    return schemes, [f"{i.span.line}:{i.span.column} {i.message} {i.help}" for i in found]


def changed(text: str) -> Schemes:
    """`with_own` of a file without fault."""
    schemes, found = with_own(text)
    assert schemes is not None, found
    return schemes


class TestShipped:
    """The example that comes with the program."""

    def test_reads_clean(self, tmp_path: Path) -> None:
        """It has no finding, and without a hall's file it is what holds."""
        schemes, found = parse([SHIPPED])
        assert not found
        assert schemes is not None
        read = read_schemes(tmp_path / "orders.yaml").at(DAY)
        assert read == schemes.at(DAY)

    @pytest.mark.parametrize(
        ("statement", "name", "points"),
        [
            ("H4.19", "missing_evidence", -0.5),
            ("H4.20", "both_no", -1),
            ("H4.21", "one_no", -0.5),
            ("H4.22", "both_yes", 1),
            ("H4.23", "opinion", -3),
        ],
    )
    def test_points_of_the_statements(self, statement: str, name: str, points: float) -> None:
        """Each weight is what its statement says."""
        score = read_schemes(Path("none")).at(DAY).points[name]
        assert (score.points, score.source) == (points, (statement,))

    def test_other_values_of_the_statements(self) -> None:
        """Money a point, honours, repeats, rankings and scales as the statements give them."""
        scheme = read_schemes(Path("none")).at(DAY)
        assert (scheme.money.per_point, scheme.money.source[0]) == (300, "H4.04")
        assert (scheme.honours.lost_below, scheme.honours.source) == (0, ("H4.06",))
        assert (scheme.repeats.calls, scheme.repeats.days, scheme.repeats.source) == (3, 0, ("C.22",))
        assert set(scheme.rankings["month"].by) == {"response", "solution", "satisfaction"}  # C.12
        assert set(scheme.rankings["week"].by) == {"response", "closure", "satisfaction"}  # C.48
        assert scheme.scales["three"].levels == ("满意", "基本满意", "不满意")  # W.58
        assert scheme.scales["oneclick"].levels == ("满意", "一般", "差评")  # S8.18

    def test_everything_is_dated_and_cites_statements_that_exist(self) -> None:
        """No item without a date and a source; sources are statements of the project or `own`."""
        scheme = read_schemes(Path("none")).at(DAY)
        known = {"own"}
        text = (paths.shipped("playbooks") / "sources.yaml").read_text("utf-8")
        known |= {entry["id"] for entry in _statements(yaml.safe_load(text))}
        for item in _items(scheme):
            assert item.since == date(2019, 10, 1)  # type: ignore[attr-defined]
            assert item.source, item  # type: ignore[attr-defined]
            assert set(item.source) <= known, item  # type: ignore[attr-defined]

    def test_levels(self) -> None:
        """A level counts as satisfied, dissatisfied or neither; an unknown one is no level."""
        scheme = read_schemes(Path("none")).at(DAY)
        assert scheme.satisfied("基本满意") is True
        assert scheme.satisfied("差评") is False
        assert scheme.satisfied("一般") is None
        with pytest.raises(KeyError):
            scheme.satisfied("还行")

    def test_before_the_first_day(self) -> None:
        """An order of a time that no item covers is refused with how to add it."""
        with pytest.raises(BadData) as caught:
            read_schemes(Path("none")).at(date(2019, 9, 30))
        assert "2019-10-01" in caught.value.message
        assert "since" in caught.value.help


def _items(scheme: Scheme) -> list[msgspec.Struct]:
    found: list[msgspec.Struct] = []
    for name in scheme.__struct_fields__:
        value = getattr(scheme, name)
        found += value.values() if isinstance(value, dict) else []
        found += [value] if isinstance(value, msgspec.Struct) else []
    return found


def _statements(data: object) -> list[dict[str, str]]:
    if isinstance(data, list):
        return [entry for entry in data if "id" in entry]
    assert isinstance(data, dict)
    for value in data.values():
        if isinstance(value, list) and value and isinstance(value[0], dict) and "id" in value[0]:
            return value
        if isinstance(value, dict) and "S1.01" in value:
            return [{"id": name} for name in value]
    return [{"id": name} for name in data]


class TestHall:
    """A hall's own file changes the example by name."""

    def test_only_what_it_names(self) -> None:
        """The field that is given changes, the item's other fields and all other items stay."""
        scheme = changed("limits:\n  close: {within: 3d, since: 2026-01-01, basis: 某文}").at(DAY)
        before = read_schemes(Path("none")).at(DAY)
        close = scheme.limits["close"]
        assert close.within == Duration(3, "d")
        assert (close.since, close.basis, close.source) == (date(2026, 1, 1), "某文", ())
        assert (close.start, close.extendable) == ("day", before.limits["close"].extendable)
        assert {k: v for k, v in scheme.limits.items() if k != "close"} == {
            k: v for k, v in before.limits.items() if k != "close"
        }

    def test_by_the_date_of_the_order(self) -> None:
        """Versions hold from their own day on; before the first the example holds."""
        text = (
            "basis: 某文\n"
            "limits:\n"
            "  close:\n"
            "  - {within: 5wd, since: 2027-01-01}\n"
            "  - {within: 3d, since: 2026-01-01}\n"
        )
        schemes = changed(text)
        days = {date(2025, 12, 31): "5d", date(2026, 1, 1): "3d", date(2026, 12, 31): "3d"}
        days[date(2027, 1, 1)] = "5wd"
        for day, within in days.items():
            found = schemes.at(day).limits["close"].within
            assert f"{found.amount}{found.unit}" == within, day
        assert schemes.changes == (date(2019, 10, 1), date(2026, 1, 1), date(2027, 1, 1))
        assert schemes.at(date(2026, 1, 1)) is schemes.at(date(2026, 6, 1))

    def test_off(self) -> None:
        """`off` takes an item away, altogether or from a day on."""
        schemes = changed("limits: {living: off, upload: {off: yes, since: 2026-01-01}}")
        assert "living" not in schemes.at(date(2025, 1, 1)).limits
        assert "upload" in schemes.at(date(2025, 12, 31)).limits
        assert "upload" not in schemes.at(date(2026, 1, 1)).limits

    def test_new_items_and_single_sections(self) -> None:
        """A hall may add limits and reasons, and change what stands alone."""
        text = (
            "since: 2026-01-01\nbasis: 某文\n"
            "limits: {urge: {label: 催办, of: planned, from: dispatched, within: 1wd, start: next_day}}\n"
            "excluded: {court: {label: 已起诉, needs: 立案通知}}\n"
            "money: {per_point: 200, half: none}\n"
        )
        scheme = changed(text).at(DAY)
        assert scheme.limits["urge"].within == Duration(1, "wd")
        assert scheme.excluded["court"].needs == "立案通知"
        assert (scheme.money.per_point, scheme.money.half) == (200, "none")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("limits: {clsoe: off}", ["1:10 limits 的 `clsoe`：本来就没有这一项", "是否想写 `close`？"]),
            ("limit: {}", ["1:1 未知项目 `limit` 是否想写 `limits`？"]),
            (
                "limits: {close: {withn: 3d}}",
                ["1:18 limits 的 `close`：未知字段 `withn` 是否想写 `within`？"],
            ),
            ("limits: {close: {within: 3天}}", ["1:26 ", "是否想写 `3d`？"]),
            ("limits: {close: {within: 3d}}", ["1:10 limits 的 `close`：没有写从哪天起用"]),
            ("limits: {close: {within: 3d, since: 2026-02-29, basis: x}}", ["1:37 ", "写成 2026-01-01"]),
            ("since: 2026-01-01\nlimits: {close: {within: 3d}}", ["2:10 ", "没有写出处"]),
            ("since: 2026-01-01\nbasis: x\nlimits: {n: {label: 新}}", ["3:10 ", "缺少 `of`"]),
            ("since: 2026-01-01\nbasis: x\nlimits: {n: {of: clsed}}", ["3:18 ", "是否想写 `closed`？"]),
            ("since: 2026-01-01\nbasis: x\nlimits: {close: {warn: 9d}}", ["3:10 ", "提前量比时限还长"]),
            ("since: 2026-01-01\nbasis: x\nlimits: {close: {within: 3h}}", ["3:10 ", "时限要按天写"]),
            ("since: 2026-01-01\nbasis: x\nlimits: {close: {from: closed}}", ["3:10 ", "同一步"]),
            (
                "points: {both_not: {points: 1}}",
                ["1:10 `points` 没有", "`both_no`"],
            ),
            ("since: 2026-01-01\nbasis: x\npoints: {both_no: {points: 一}}", ["3:28 ", "要写数"]),
            ("points: {both_no: off}", ["1:10 `both_no` 不能写 off"]),
            (
                "since: 2026-01-01\nbasis: x\nrankings: {week: {by: [respose]}}",
                ["3:12 ", "是否想写 `response`？"],
            ),
            ("since: 2026-01-01\nbasis: x\nscales: {five: {bad: [不满]}}", ["3:10 ", "没有 `不满` 这一档"]),
            (
                "since: 2026-01-01\nbasis: x\nscales: {three: {good: [满意], bad: [基本满意, 不满意]}}",
                ["`基本满意`", "算法不同"],
            ),
            ("since: 2026-01-01\nbasis: x\nrepeats: {calls: 0}", ["3:18 ", "不能小于 1"]),
            ("- a", ["1:1 文件最外层", "如 `limits:`"]),
            ("limits: 3", ["1:9 `limits` 要写成一组"]),
            ("limits: {close: 3d}", ["1:17 ", "或 off"]),
            (
                "basis: x\nlimits:\n  close: [{since: 2026-01-01}, {since: 2026-01-01, within: 4d}]",
                ["两种规定从 2026-01-01 起用"],
            ),
            ("limits: {close: {within: 3d}", ["2:1 ", "花括号没有写完"]),
        ],
    )
    def test_findings(self, text: str, expected: list[str]) -> None:
        """Every fault has its place, what is wrong and what to do; then nothing is used."""
        schemes, found = with_own(text)
        assert schemes is None
        for words in expected:
            assert any(words in line for line in found), found

    def test_all_at_once_and_refused(self, tmp_path: Path) -> None:
        """Reading a file with faults is BadData with all of them; a file that cannot be read is too."""
        own = tmp_path / "orders.yaml"
        own.write_text("limit: {}\nlimits: {close: {withn: 3d}}\n", "utf-8")
        with pytest.raises(BadData) as caught:
            read_schemes(own)
        assert len(caught.value.findings) == 2
        assert f"{own}:1:1" in caught.value.message
        folder = tmp_path / "folder"
        folder.mkdir()
        with pytest.raises(BadData, match="读不了"):
            read_schemes(folder)

    def test_gbk_and_empty(self) -> None:
        """A file in GBK is read; an empty one changes nothing."""
        text = "scheme: 本厅\nsince: 2026-01-01\nbasis: 某文\nlimits: {close: {label: 了结}}\n"
        schemes, found = parse([SHIPPED, ("orders.yaml", text.encode("gbk"))])
        assert schemes is not None
        assert schemes.at(DAY).limits["close"].label == "了结"
        assert [item.code for item in found] == ["encoding"]
        assert changed("# 还没有\n").at(DAY) == read_schemes(Path("none")).at(DAY)
