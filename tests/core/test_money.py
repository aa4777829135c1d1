"""Amounts in whole cents, and parts that add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import line_net, round_half_up, spread

D = Decimal


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("0.005", "EUR", "0.01"), ("-0.005", "EUR", "-0.01"), ("2.675", "EUR", "2.68"), ("10.5", "JPY", "11")],
)
def test_half_a_cent_goes_away_from_zero(amount: str, currency: str, expected: str) -> None:
    assert round_half_up(D(amount), currency) == D(expected)


def test_a_line_is_rounded_once() -> None:
    assert line_net(D(400), D("0.123"), 1, "EUR") == D("49.20")
    assert line_net(D(3), D("1.2345"), 100, "EUR") == D("0.04")


@given(
    st.decimals(min_value=D("-99999.99"), max_value=D("99999.99"), places=2),
    st.lists(st.decimals(min_value=D(0), max_value=D(9999), places=2), min_size=1, max_size=40),
)
def test_parts_add_up_and_none_is_a_cent_away_from_its_share(total: Decimal, weights: list[Decimal]) -> None:
    parts = spread(total, weights, "EUR")

    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        assert all(abs(part - total * weight / whole) < D("0.01") for part, weight in zip(parts, weights, strict=True))


def test_without_weights_the_first_takes_all() -> None:
    assert spread(D("1.00"), [D(0), D(0)], "EUR") == [D("1.00"), D(0)]
    assert spread(D("1.00"), [], "EUR") == []
