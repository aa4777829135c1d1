"""Fifty documents at once for the last ten pieces, and carts of many products in every order."""

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from apps.catalog.models import Product
from apps.core.querysets import LockingQuerySet
from apps.inventory.actions import lock_supply as locking
from apps.inventory.actions.consume_demands import consume_demands
from apps.inventory.actions.receive_goods import receive_goods
from apps.inventory.actions.release_demands import release_demands
from apps.inventory.actions.reserve_demands import OutOfStock, Wanted, reserve_demands
from apps.inventory.models import Demand, Receipt, Reservation, Stock
from apps.inventory.queries import broken_reservations
from apps.orgs.models import Organization
from tests.factories import (
    NOW,
    SYSTEM,
    OrganizationFactory,
    expect_goods,
    make_category,
    make_product,
    make_warehouse,
    put_in_stock,
)

AtOnce = Callable[..., list[Any]]
ACTORS = 50


@pytest.fixture
def buyer(transactional_db: None) -> Organization:
    return OrganizationFactory()


@pytest.fixture
def gloves(transactional_db: None) -> Product:
    """The last ten pieces; it is not bought again."""
    product = make_product(make_category("Gloves"), "GL-N7-0930")
    put_in_stock(product, make_warehouse(), 10)
    return product


@pytest.fixture
def slowly(pause_after: Any) -> None:
    pause_after(locking.rules, "in_order", 0.01)


def reserve(organization: Organization, *products: Product) -> dict[Any, Any]:
    with transaction.atomic():
        wanted = [Wanted(uuid4(), product, Decimal(1)) for product in products]
        return reserve_demands(organization=organization, wanted=wanted, now=NOW)


@pytest.mark.usefixtures("slowly")
def test_the_last_pieces_are_reserved_once(buyer: Organization, gloves: Product, at_once: AtOnce) -> None:
    results = at_once(*(lambda: reserve(buyer, gloves) for _number in range(ACTORS)))

    assert [type(result) for result in results].count(dict) == 10
    assert [type(result) for result in results].count(OutOfStock) == 40
    assert Stock.objects.get().reserved == 10
    assert broken_reservations() == []


@pytest.mark.usefixtures("slowly", "without_locks")
def test_control_without_the_lock_and_the_constraint_too_much_is_promised(
    buyer: Organization, gloves: Product, at_once: AtOnce
) -> None:
    constraint = next(row for row in Stock._meta.constraints if row.name == "stock_reserved_is_there")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Stock, constraint)
    try:
        results = at_once(*(lambda: reserve(buyer, gloves) for _number in range(ACTORS)))

        assert [type(result) for result in results].count(dict) > 10
        assert broken_reservations() != []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE inventory_stock CASCADE")
        with connection.schema_editor() as editor:
            editor.add_constraint(Stock, constraint)


def carts(buyer: Organization) -> list[Callable[[], Any]]:
    """Fifty carts of eight of twenty products, each in an order of its own; every other one is taken back."""
    shelf, warehouse, chance = make_category("Screws"), make_warehouse(), random.Random(7)
    products = [make_product(shelf, f"HX-{number}", lead_days=9) for number in range(20)]
    for product in products:
        put_in_stock(product, warehouse, 15)

    def buy(chosen: list[Product], *, is_taken_back: bool) -> None:
        demands = reserve(buyer, *chosen)
        if is_taken_back:
            with transaction.atomic():
                release_demands(quantities={demand.pk: demand.quantity for demand in demands.values()}, now=NOW)

    return [partial(buy, chance.sample(products, 8), is_taken_back=bool(number % 2)) for number in range(ACTORS)]


def test_many_products_in_any_order_never_lock_each_other_out(buyer: Organization, at_once: AtOnce) -> None:
    results = at_once(*carts(buyer))

    assert results == [None] * ACTORS
    assert sum(Reservation.objects.values_list("quantity", flat=True)) <= ACTORS // 2 * 8
    assert broken_reservations() == []


def test_the_books_agree_while_goods_come_and_go(buyer: Organization, at_once: AtOnce) -> None:
    """Buying, taking back, shipping, counting and taking in, all of five products at once."""
    shelf, near, far, chance = make_category("Screws"), make_warehouse("OSL"), make_warehouse("HAM"), random.Random(8)
    products = [make_product(shelf, f"HX-{number}", lead_days=9) for number in range(5)]
    receipts = [expect_goods(product, near, 40, date(2026, 12, 1)) for product in products]
    for product in products:
        put_in_stock(product, near, 8)
    demands = [row for product in products for _n in range(4) for row in reserve(buyer, product).values()]
    one = Decimal(1)

    def ship(demand: Demand) -> None:
        with transaction.atomic():
            consume_demands(quantities={demand.pk: one}, warehouse=near, source="SH-1", now=NOW)

    def take_back(demand: Demand) -> None:
        with transaction.atomic():
            release_demands(quantities={demand.pk: one}, now=NOW)

    results = at_once(
        *(partial(ship if number % 2 else take_back, demand) for number, demand in enumerate(demands)),
        *(partial(reserve, buyer, *chance.sample(products, 4)) for _number in range(20)),
        *(partial(receive_goods, actor=SYSTEM, receipt=row, quantity=Decimal(15), now=NOW) for row in receipts),
        *(partial(put_in_stock, product, far, 3) for product in products),
    )

    assert [result for result in results if isinstance(result, Exception)] == []
    assert broken_reservations() == []
    assert sum(Receipt.objects.values_list("arrived", flat=True)) == 15 * 5
    assert sum(Stock.objects.values_list("on_hand", flat=True)) == (8 + 15 + 3) * 5 - 10


def test_control_locked_row_by_row_in_the_order_of_the_cart_they_do(
    buyer: Organization, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = LockingQuerySet.locked

    def in_any_order(rows: Any) -> Any:
        keys = list(rows.values_list("pk", flat=True))
        random.Random().shuffle(keys)
        for key in keys:
            locked(rows.model.objects.filter(pk=key)).first()
        return rows.order_by("pk")

    calls = carts(buyer)
    monkeypatch.setattr(LockingQuerySet, "locked", in_any_order)

    results = at_once(*calls)

    assert any("deadlock detected" in str(result) for result in results)
