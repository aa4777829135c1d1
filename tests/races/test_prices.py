"""Two people put a price into one list at the same moment."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from apps.catalog.models import Product
from apps.pricing.actions import change_prices as changing
from apps.pricing.actions.change_prices import NewPrice, change_prices
from apps.pricing.actions.save_price_list import save_price_list
from apps.pricing.models import Price, PriceList
from tests.factories import NOW, SYSTEM, make_category, make_product

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def screw(transactional_db: None) -> Product:
    return make_product(make_category("Screws"), "HX-0840")


@pytest.fixture
def price_list(transactional_db: None) -> PriceList:
    return save_price_list(actor=SYSTEM, name="Price book", kind="base", currency="EUR", now=NOW)


@pytest.fixture(autouse=True)
def slowly(pause_after: Any) -> None:
    pause_after(changing, "_check_days")


def both_price(screw: Product, price_list: PriceList, at_once: AtOnce) -> list[Any]:
    def put(amount: str) -> Callable[[], int]:
        row = NewPrice(screw.pk, Decimal(1), Decimal(amount))
        return lambda: change_prices(actor=SYSTEM, price_list=price_list, prices=[row], now=NOW)

    return at_once(put("1.50"), put("1.60"))


def test_the_second_takes_the_place_of_the_first(screw: Product, price_list: PriceList, at_once: AtOnce) -> None:
    assert both_price(screw, price_list, at_once) == [1, 1]
    assert Price.objects.get().amount in {Decimal("1.50"), Decimal("1.60")}


@pytest.mark.usefixtures("without_locks")
def test_control_without_the_lock_the_database_refuses_one(
    screw: Product, price_list: PriceList, at_once: AtOnce
) -> None:
    results = both_price(screw, price_list, at_once)

    assert IntegrityError in {type(result) for result in results}
