"""Points and rates of orders: the rules one by one, and the same in columns."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import BEIJING
from engine.orders import columns, rules
from engine.orders.model import Order
from engine.orders.scheme import parse, read_schemes, shipped_file

AT = datetime(2026, 11, 16, 9, 0, tzinfo=BEIJING)
SCHEMES = read_schemes(shipped_file().with_name("none.yaml"))
SHIPPED = shipped_file().read_bytes()
# from 2026-11-18 on another weight, another price, whole points only, and an honour line above zero
LATER = """
points:
  both_no: {label: 回访双否, points: -2, since: 2026-11-18, basis: 试行办法}
money: {per_point: 200, half: none, since: 2026-11-18, basis: 试行办法}
honours: {lost_below: 1, since: 2026-11-18, basis: 试行办法}
"""


def _order(no="1", **fields):
    return Order(no, fields.pop("received", AT), **fields)


@pytest.fixture(scope="module")
def changing():
    """The shipped scheme with a weight, a price and an honour line that change on a Wednesday."""
    made, findings = parse([("scheme.yaml", SHIPPED), ("orders.yaml", LATER.encode())])
    assert made is not None, findings
    return made


@pytest.mark.parametrize(
    ("fields", "scores", "points", "source"),
    [
        ({}, [], 0, "H4.19"),  # nothing known costs nothing
        ({"evidence": False}, ["missing_evidence"], -0.5, "H4.19"),
        ({"evidence": True}, [], 0, "H4.19"),
        ({"resolved": False, "satisfied": "不满意"}, ["both_no"], -1, "H4.20"),
        ({"resolved": False, "satisfied": "满意"}, ["one_no"], -0.5, "H4.21"),
        ({"resolved": True, "satisfied": "不满意"}, ["one_no"], -0.5, "H4.21"),
        ({"resolved": False}, ["one_no"], -0.5, "H4.21"),
        ({"resolved": True, "satisfied": "满意"}, ["both_yes"], 1, "H4.22"),
        ({"resolved": True, "satisfied": "基本满意"}, ["both_yes"], 1, "W.58"),
        ({"resolved": True, "satisfied": "一般"}, [], 0, "S8.18"),  # neither yes nor no
        ({"resolved": False, "satisfied": "差评"}, ["both_no"], -1, "S8.18"),
        ({"resolved": True, "satisfied": "非常满意"}, ["both_yes"], 1, "W.57"),
        ({"resolved": False, "satisfied": "非常不满意"}, ["both_no"], -1, "W.57"),
        ({"resolved": True}, [], 0, "H4.22"),
        ({"opinion": True}, ["opinion"], -3, "H4.23"),
        ({"opinion": True, "evidence": False, "resolved": False, "satisfied": "不满意"},
         ["missing_evidence", "both_no", "opinion"], -4.5, "H4.23"),
        ({"opinion": True, "resolved": False, "excluded": "malicious"}, [], 0, "C.09"),
    ],
)  # fmt: skip
def test_points_of_one_order(fields, scores, points, source):
    """Each score of the scheme counts in its case only; an excluded order has none."""
    order = _order(**fields)
    scheme = SCHEMES.at(order.received.date())
    assert sorted(rules.scored(order, scheme)) == sorted(scores)
    counts = rules.tally([order], SCHEMES)
    assert counts.points == points
    assert counts.money == points * 300  # H4.04: 300 a point, half a point half of it
    assert rules.lost(counts, scheme) == (points < 0)  # H4.06
    assert source[0] in "HCSW"


def test_a_rate_does_not_count_what_the_sheet_did_not_tell():
    """Rows of a sheet without the column are in the rate only once it is known that they count."""
    orders = [
        _order("1", untold="responded closed"),
        _order("2", untold="responded closed", responded=AT),
        _order("3", untold="closed"),
        _order("4", responded=AT, closed=AT),
    ]
    for counts in (rules.tally(orders, SCHEMES), columns.Counted(columns.frame(orders), SCHEMES, {}).total()):
        assert (counts.good["response"], counts.over["response"]) == (2, 3)
        assert (counts.good["closure"], counts.over["closure"]) == (1, 1)


def test_rates_leave_out_the_excluded_first():
    """H1.01, C.12, C.48: excluded orders are counted apart and are in no rate."""
    closed = AT + timedelta(days=1)
    orders = [
        _order("1", responded=AT, closed=closed, resolved=True, satisfied="满意"),
        _order("2", responded=AT, closed=closed, resolved=False, satisfied="不满意"),
        _order("3", responded=AT, resolved=None, satisfied="一般"),
        _order("4"),
        _order("5", excluded="malicious", resolved=False, satisfied="不满意"),
        _order("6", excluded="elsewhere"),
    ]
    counts = rules.tally(orders, SCHEMES)
    assert (counts.received, counts.analysed) == (6, 4)
    assert counts.excluded == {"malicious": 1, "elsewhere": 1}
    rates = {id: counts.rate(id) for id in ("response", "solution", "satisfaction", "closure")}
    assert rates == {"response": 3 / 4, "solution": 1 / 2, "satisfaction": 1 / 3, "closure": 2 / 4}
    assert counts.points == 1 - 1


def test_each_order_by_the_scheme_of_its_day(changing):
    """A weight that changes counts for orders received from its day on; money is reckoned per scheme."""
    before = _order(
        "1", received=AT + timedelta(days=1, hours=14, minutes=59), resolved=False, satisfied="不满意"
    )
    after = _order("2", received=AT + timedelta(days=1, hours=15), resolved=False, satisfied="不满意")
    half = _order("3", received=AT + timedelta(days=3), evidence=False)
    assert before.received.date() == date(2026, 11, 17)
    assert after.received == datetime(2026, 11, 18, tzinfo=BEIJING)
    counts = rules.tally([before, after, half], changing)
    assert counts.points == -1 + -2 + -0.5
    assert counts.money == -1 * 300 + -2 * 200  # half a point is worth nothing from then on
    rows = columns.frame([before, after, half])
    assert columns.Counted(rows, changing, {}).total() == counts


def test_ranking_orders_by_the_rates_in_turn():
    """Best first by the named rates, equals share a place, those without a rate come last."""
    yes, no = {"resolved": True, "satisfied": "满意"}, {"resolved": False, "satisfied": "满意"}
    orders = [
        _order("1", unit="甲", responded=AT, **yes),
        _order("2", unit="乙", responded=AT, **yes),
        _order("3", unit="丙", responded=AT, **no),
        _order("4", unit="丁", excluded="malicious"),
        _order("5", unit="戊", **no),
    ]
    scheme = SCHEMES.at(AT.date())
    ranked = rules.ranking(rules.grouped(orders, SCHEMES, lambda order: order.unit), scheme, "month")
    places = {entry.name: entry.place for entry in ranked}
    assert places["丁"] == 0
    assert ranked[-1].name == "丁"
    assert places["甲"] == places["乙"] == 1
    assert (places["丙"], places["戊"]) == (3, 4)
    assert [entry.name for entry in ranked if entry.lost] == ["丙", "戊"]


LEVELS = ["", "满意", "基本满意", "不满意", "一般", "差评", "非常满意", "非常不满意", "没听说过的"]
moments = st.integers(0, 60 * 24 * 6).map(lambda minutes: AT + timedelta(minutes=minutes))
maybe = st.none() | moments
some_orders = st.lists(
    st.builds(
        Order,
        no=st.text("0123456789", min_size=1, max_size=6),
        received=moments,
        kind=st.sampled_from(["", "物业", "停车"]),
        unit=st.sampled_from(["", "城管", "市监"]),
        responded=maybe,
        closed=maybe,
        called_back=maybe,
        evidence=st.none() | st.booleans(),
        resolved=st.none() | st.booleans(),
        satisfied=st.sampled_from(LEVELS),
        excluded=st.sampled_from(["", "", "", "malicious", "elsewhere", "unreasonable"]),
        repeats=st.integers(0, 9),
        opinion=st.booleans(),
        untold=st.sampled_from(["", "responded", "closed", "responded closed"]),
    ),
    max_size=40,
)


@given(some_orders)
def test_columns_agree_with_the_rules(changing, orders):
    """The same orders give the same counts, points and money order by order and in columns."""
    import polars as pl

    rows = columns.frame(orders)
    assert columns.orders(rows) == orders
    counted = columns.Counted(rows, changing, {"unit": pl.col("unit"), "kind": pl.col("kind")})
    assert counted.total() == rules.tally(orders, changing)
    units, both = counted.by("unit", "unit,kind")
    assert {key[0]: counts for key, counts in units.items()} == rules.grouped(
        orders, changing, lambda o: o.unit
    )
    pairs = rules.grouped(orders, changing, lambda order: f"{order.unit},{order.kind}")
    assert {",".join(key): counts for key, counts in both.items()} == pairs


@given(some_orders, some_orders)
def test_changed_orders_take_the_place_of_the_rows(orders, changed):
    """After the overlay each changed order stands there once as changed, all others as before."""
    first = {order.no: order for order in orders}
    last = {order.no: order for order in changed}
    rows = columns.overlaid(columns.frame(first.values()), list(last.values()))
    assert {order.no: order for order in columns.orders(rows)} == {**first, **last}
    assert rows.height == len({**first, **last})


def test_every_field_has_a_column():
    """A field added to the order has a column of the fitting type without anybody thinking of it."""
    order = Order("1", AT)
    assert set(columns.KINDS) == set(msgspec.structs.asdict(order))
    for name, kind in columns.KINDS.items():
        value = getattr(order, name)
        if value is not None:
            held = {"time": datetime, "bool": bool, "int": int, "text": str}[kind]
            assert isinstance(value, held), name
