"""Several people at the packing table who send the same order at the same moment."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from apps.core.permissions import StaffActor
from apps.fulfillment.actions.record_delivery import record_delivery
from apps.fulfillment.actions.ship_order import ship_order
from apps.fulfillment.models import Shipment
from apps.inventory.models import Demand, Stock
from apps.orders.actions import advance_lines as advancing
from apps.orders.actions.advance_lines import QuantityExceeded
from apps.orders.actions.confirm_order import confirm_order
from apps.orders.models import Order
from apps.orgs.models import Membership
from apps.portal.queries import broken_invariants
from tests.factories import NOW, Market, fill_cart, send_cart

AtOnce = Callable[..., list[Any]]
SAM = StaffActor(user_id=1, label="Sam")


@pytest.fixture
def order(transactional_db: None, market: Market, mira: Membership) -> Order:
    """Ten gloves, confirmed."""
    placed = send_cart(mira, fill_cart(mira, gloves=(market.gloves, 10))).order
    assert placed
    return confirm_order(actor=SAM, order_uid=placed.uid, answers={}, now=NOW)


@pytest.fixture(autouse=True)
def slowly(pause_after: Any) -> None:
    pause_after(advancing.rules, "progress_of", 0.1)


def ship(order: Order, market: Market, pieces: int) -> Callable[[], Shipment]:
    line = order.lines.get()
    return partial(
        ship_order,
        actor=SAM,
        order_uid=order.uid,
        quantities={line.uid: Decimal(pieces)},
        warehouse=market.warehouse,
        carrier="",
        tracking_number="",
        now=NOW,
    )


def test_what_is_open_leaves_once(order: Order, market: Market, at_once: AtOnce) -> None:
    results = at_once(ship(order, market, 6), ship(order, market, 6))

    assert sorted(type(result).__name__ for result in results) == [QuantityExceeded.__name__, Shipment.__name__]
    assert (order.lines.get().shipped, Stock.objects.get(product=market.gloves).on_hand) == (6, 4)
    assert broken_invariants() == []


def test_two_that_fit_are_both_counted(order: Order, market: Market, at_once: AtOnce) -> None:
    results = at_once(ship(order, market, 4), ship(order, market, 4))

    assert [type(result) for result in results] == [Shipment, Shipment]
    assert order.lines.get().shipped == Demand.objects.get().fulfilled == 8
    assert broken_invariants() == []


@pytest.mark.usefixtures("without_locks")
def test_control_without_the_locks_one_is_forgotten(order: Order, market: Market, at_once: AtOnce) -> None:
    results = at_once(ship(order, market, 4), ship(order, market, 4))

    assert [type(result) for result in results] == [Shipment, Shipment]
    assert (order.lines.get().shipped, Demand.objects.get().fulfilled) == (4, 8)
    assert broken_invariants() != []


def test_the_last_two_deliveries_at_once_close_the_order_once(order: Order, market: Market, at_once: AtOnce) -> None:
    halves = [ship(order, market, 5)() for _number in range(2)]

    results = at_once(*(partial(record_delivery, actor=SAM, shipment_uid=row.uid, now=NOW) for row in halves))

    assert {type(result) for result in results} == {Shipment}
    order.refresh_from_db()
    assert (order.state, order.progress) == (Order.State.CLOSED, Order.Progress.DELIVERED)
    assert broken_invariants() == []
