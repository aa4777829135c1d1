"""What makes two submissions the same, and how far an order has come."""

from decimal import Decimal
from typing import Any

import pytest

from apps.orders.rules import (
    Counters,
    compared_lines,
    content_hash,
    groups_by_day,
    material_diff,
    next_break,
    progress_of,
)

D = Decimal


def content(**changes: Any) -> dict[str, Any]:
    line = {
        "uid": "1", "sku": "A", "name": "Screw", "quantity": "10", "unit_price": "1.50", "net": "15.00",
        "requested_date": "", "cost_center": "410", "promised_date": "2026-11-25",
    }  # fmt: skip
    whole = {"freight_net": "38.00", "tax": "13.25", "ship_to": {"name": "Gate 3"}, "method": "parcel", "po_number": ""}
    return {**whole, "lines": [line | changes.pop("line", {})], **changes}


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    one = content()

    assert content_hash(one) == content_hash(dict(reversed(one.items())))
    assert content_hash(one) != content_hash(content(po_number="PO-1"))


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({}, []),
        ({"line": {"promised_date": "2026-12-01"}}, []),
        ({"line": {"name": "Schraube"}}, []),
        ({"line": {"unit_price": "1.60", "net": "16.00"}}, ["unit_price", "net"]),
        ({"line": {"quantity": "20", "net": "30.00"}}, ["quantity"]),
        ({"line": {"cost_center": "415"}}, ["cost_center"]),
        ({"freight_net": "0.00"}, ["freight_net"]),
        ({"ship_to": {"name": "Dock 2"}}, ["ship_to"]),
        ({"tax": "14.00"}, ["tax"]),
        ({"lines": []}, ["removed"]),
    ],
)
def test_what_somebody_who_agreed_has_to_know(change: dict[str, Any], kinds: list[str]) -> None:
    assert [row.kind for row in material_diff(content(), content(**change))] == kinds


def test_a_new_line_is_told() -> None:
    assert [row.kind for row in material_diff(content(lines=[]), content())] == ["added"]


@pytest.mark.parametrize(
    ("lines", "progress"),
    [
        ([(10, 0, 0, 0)], "none"),
        ([(10, 10, 0, 0)], "none"),
        ([(10, 0, 4, 0)], "partial"),
        ([(10, 0, 10, 0), (5, 0, 0, 0)], "partial"),
        ([(10, 6, 4, 0)], "shipped"),
        ([(10, 0, 10, 10), (5, 5, 0, 0)], "delivered"),
        ([(10, 0, 10, 9)], "shipped"),
    ],
)
def test_progress_counts_what_was_canceled_as_done(lines: list[tuple[int, ...]], progress: str) -> None:
    assert progress_of(Counters(*map(D, line)) for line in lines) == progress


def test_days_come_in_order_and_unknown_ones_last() -> None:
    assert groups_by_day([3, None, 1, 3]) == [(1, [2]), (3, [0, 3]), (None, [1])]


def test_lines_stand_beside_those_of_the_time_before() -> None:
    def line(uid: str, quantity: str, net: str) -> dict[str, Any]:
        return {**content()["lines"][0], "uid": uid, "quantity": quantity, "net": net}

    old = content(lines=[line("same", "1", "10.00"), line("more", "2", "20.00"), line("gone", "3", "30.00")])
    new = content(lines=[line("same", "1", "10.00"), line("more", "5", "50.00"), line("new", "4", "40.00")])

    rows = compared_lines(old, new)

    told = [((row.now or row.was or {})["uid"], row.fields, row.net_by, row.is_same) for row in rows]
    assert told == [
        ("more", ("quantity", "net"), Decimal("30.00"), False),
        ("new", (), Decimal("40.00"), False),
        ("gone", (), Decimal("-30.00"), False),
        ("same", (), Decimal(0), True),
    ]


@pytest.mark.parametrize(
    ("quantity", "price", "found"),
    [
        ("400", "0.123", ("500", "0.112")),
        ("400", "0.112", None),
        ("500", "0.112", None),
        ("333", "0.123", None),
        ("334", "0.123", ("500", "0.112")),
        ("1400", "0.112", ("2000", "0.096")),
    ],
)
def test_a_cheaper_quantity_is_told_where_it_is_near(quantity: str, price: str, found: tuple[str, str] | None) -> None:
    breaks = [
        (Decimal(start), Decimal(price)) for start, price in (("100", "0.123"), ("500", "0.112"), ("2000", "0.096"))
    ]

    nearest = next_break(Decimal(quantity), Decimal(price), breaks)

    assert nearest == (found and (Decimal(found[0]), Decimal(found[1])))
