"""Two people save one product at the same moment."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.catalog.actions import save_product as saving
from apps.catalog.actions.replace_texts import TextFacts
from apps.catalog.actions.save_product import ProductChanged, ProductFacts, save_product
from apps.catalog.models import Product
from tests.factories import NOW, SYSTEM, make_category, make_product

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def screw(transactional_db: None) -> Product:
    return make_product(make_category("Screws"), "HX-0840")


@pytest.fixture(autouse=True)
def slowly(pause_after: Any) -> None:
    pause_after(saving, "product_record")


def both_save(screw: Product, at_once: AtOnce) -> list[Any]:
    def save(days: int) -> Callable[[], Product]:
        facts = ProductFacts(
            sku=screw.sku, category=screw.category, brand=screw.brand, lead_days=days, texts={"en": TextFacts("Screw")}
        )
        return lambda: save_product(actor=SYSTEM, facts=facts, product=screw, version=1, now=NOW)

    return at_once(save(3), save(5))


def test_the_second_is_told_that_the_first_has_changed_it(screw: Product, at_once: AtOnce) -> None:
    results = both_save(screw, at_once)

    assert {type(result) for result in results} == {Product, ProductChanged}
    screw.refresh_from_db()
    assert screw.version == 2


@pytest.mark.usefixtures("without_locks")
def test_control_without_the_lock_one_change_is_lost(screw: Product, at_once: AtOnce) -> None:
    results = both_save(screw, at_once)

    assert ProductChanged not in {type(result) for result in results}
