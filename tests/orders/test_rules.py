"""What makes two submissions the same, and how far an order has come."""

from decimal import Decimal
from typing import Any

import pytest

from apps.orders.rules import Counters, content_hash, groups_by_day, material_diff, progress_of

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
