"""The checker sees what no constraint can."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from apps.inventory.models import Demand
from apps.ledger.actions.save_limit import save_limit
from apps.orders.models import Order, OrderLine
from apps.orders.queries.checks import broken_orders
from apps.orgs.models import Membership, Organization
from tests.factories import NOW, SYSTEM, Market, fill_cart, send_cart


@pytest.fixture
def order(market: Market, mira: Membership, norrvik: Organization) -> Order:
    save_limit(actor=SYSTEM, organization=norrvik, kind="credit", amount=Decimal(50_000), now=NOW)
    found = send_cart(mira, fill_cart(mira, screw=(market.screw, 400), gloves=(market.gloves, 4))).order
    assert found
    return found


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda: Order.objects.update(progress="shipped"), "is shipped, by its lines none"),
        (lambda: OrderLine.objects.filter(position=1).update(net=1), "has goods of 640.00, its lines 41.00"),
        (lambda: Order.objects.update(tax=1), "has a VAT of 1.00, its groups 169.50"),
        (lambda: Demand.objects.filter(quantity=4).update(fulfilled=1), "its demand 4.000, 1.000, 0"),
        (lambda: OrderLine.objects.filter(position=2).update(cancelled=4), "holds 640.000 of personal, owed are 600"),
    ],
    ids=["progress", "goods", "VAT", "demand", "holds"],
)
def test_what_was_changed_behind_the_actions_is_found(spoil: Callable[[], Any], said: str, order: Order) -> None:
    assert broken_orders() == []

    with transaction.atomic():
        spoil()
        found = broken_orders()
        transaction.set_rollback(True)

    assert any(said in line for line in found), found


def test_it_costs_the_same_for_many_orders(
    order: Order, market: Market, mira: Membership, django_assert_num_queries: Any
) -> None:
    send_cart(mira, fill_cart(mira, screw=(market.screw, 1)))

    with django_assert_num_queries(3):
        broken_orders()
