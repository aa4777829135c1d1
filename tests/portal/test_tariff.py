"""The prices of the demo: what is larger never costs less, better steel costs more, neighbors fit what is drawn."""

from decimal import Decimal
from itertools import pairwise

import pytest

from apps.portal.management.demo.catalog import items
from apps.portal.management.demo.catalog.builder import Item
from apps.portal.management.demo.prices import HC_2041, SHARE
from apps.portal.management.demo.tariff import family_of, list_prices

ITEMS = items()
PRICES = list_prices(ITEMS, {sku: Decimal(row[1]) / SHARE for sku, row in HC_2041.items()})


def test_what_is_heavier_in_a_family_never_costs_less() -> None:
    families: dict[object, list[Item]] = {}
    for item in ITEMS:
        families.setdefault(family_of(item), []).append(item)

    for members in families.values():
        rising = sorted(members, key=lambda item: item.weight or 0)
        for lighter, heavier in pairwise(rising):
            assert PRICES[lighter.sku] <= PRICES[heavier.sku] or lighter.weight == heavier.weight


def test_marine_steel_costs_more_than_stainless_and_that_more_than_zinc() -> None:
    compared = [sku[:-2] for sku in PRICES if sku.endswith("A4") and f"{sku[:-2]}A2" in PRICES]

    assert len(compared) > 80
    assert all(PRICES[f"{stem}A4"] > PRICES[f"{stem}A2"] for stem in compared)
    zinc = [sku[:-2] for sku in PRICES if sku.endswith("ZN") and f"{sku[:-2]}A2" in PRICES]
    assert all(PRICES[f"{stem}A2"] > PRICES[f"{stem}ZN"] for stem in zinc)


def test_what_is_drawn_costs_what_is_drawn() -> None:
    assert all(PRICES[sku] * SHARE == pytest.approx(Decimal(row[1])) for sku, row in HC_2041.items())


@pytest.mark.parametrize(
    ("sku", "least", "most"),
    [
        ("BR-6000-2RS", 3, 8), ("BR-6310-2RS", 20, 45), ("SF-S3-43", 45, 110), ("PP-EM-27", 9, 16),
        ("TL-D338-065C", 4, 7), ("TL-D338-010C", 1, 4), ("HX-933-0412A2", "0.01", "0.06"), ("BV-12MS", 8, 30),
        ("WL-E7018-32", 20, 50), ("TL-DC-150", 20, 60), ("FL-HLP32-208", 400, 1200),
    ],
)  # fmt: skip
def test_prices_are_such_as_one_pays(sku: str, least: int | str, most: int | str) -> None:
    assert Decimal(least) <= PRICES[sku] <= Decimal(most)


def test_better_rubber_costs_more() -> None:
    rings = [sku[:-1] for sku in PRICES if sku.startswith("OR-") and sku.endswith("F") and f"{sku[:-1]}N" in PRICES]

    assert rings
    assert all(PRICES[f"{stem}F"] > PRICES[f"{stem}N"] for stem in rings)
