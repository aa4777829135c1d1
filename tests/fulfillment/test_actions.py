"""What leaves, what arrives, and what that does to stock, credit and the order."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.activity.models import Event
from apps.core.errors import IllegalTransition
from apps.fulfillment.actions.record_delivery import record_delivery
from apps.fulfillment.actions.ship_order import CompanyStopped, NothingToShip, ship_order
from apps.fulfillment.models import Shipment, ShipmentLine
from apps.inventory.actions.consume_demands import NotInWarehouse
from apps.inventory.models import Stock, StockMovement, Warehouse
from apps.ledger.models import Account
from apps.orders.actions.advance_lines import QuantityExceeded
from apps.orders.actions.cancel_order import AlreadyShipping, cancel_order
from apps.orders.actions.cancel_remainder import NothingOpen, NothingShipped, cancel_remainder
from apps.orders.actions.confirm_order import Answer, confirm_order
from apps.orders.models import Order
from apps.orgs.models import Organization
from tests.factories import NOW, Market, make_warehouse, put_in_stock
from tests.fulfillment.conftest import SAM
from tests.refusals import refused

D = Decimal


def held(kind: str) -> Decimal:
    return sum((row.held for row in Account.objects.filter(limit__kind=kind)), D(0))


def ship(order: Order, screws: str = "0", gloves: str = "0", **options: Any) -> Shipment:
    screw_line, gloves_line = order.lines.order_by("position")
    wanted = {screw_line.uid: D(screws), gloves_line.uid: D(gloves)}
    facts = {
        "quantities": {uid: quantity for uid, quantity in wanted.items() if quantity},
        "warehouse": Warehouse.objects.get(code="OSL"),
        "carrier": "Bring",
        "tracking_number": "NF 140 221 887",
        "now": NOW,
    } | options
    return ship_order(actor=SAM, order_uid=order.uid, **facts)


def counters(order: Order) -> list[tuple[Decimal, Decimal, Decimal]]:
    return [(line.cancelled, line.shipped, line.delivered) for line in order.lines.order_by("position")]


class TestShipping:
    def test_all_of_it(self, order: Order, market: Market) -> None:
        shipment = ship(order, "400", "4")

        order.refresh_from_db()
        assert order.progress == Order.Progress.SHIPPED
        assert shipment.number.startswith("SH-")
        assert shipment.ship_to["name"] == "Oslo yard, gate 3"
        assert [row.quantity for row in shipment.lines.order_by("pk")] == [D(400), D(4)]
        stock = Stock.objects.get(product=market.screw)
        assert (stock.on_hand, stock.reserved) == (D(600), D(0))
        assert set(StockMovement.objects.filter(reason="shipment").values_list("source", flat=True)) == {
            shipment.number
        }

    def test_the_company_hears_which_order_and_how_to_find_it(self, order: Order) -> None:
        shipment = ship(order, "400")

        event = Event.objects.get(name="fulfillment.shipment_dispatched")
        assert (event.subject_uid, event.organization_id) == (shipment.uid, order.organization_id)
        assert event.payload == {"order": order.number, "carrier": "Bring", "tracking": "NF 140 221 887"}

    def test_in_parts(self, order: Order) -> None:
        ship(order, "150")
        order.refresh_from_db()
        assert order.progress == Order.Progress.PARTIAL

        ship(order, "250", "4")
        order.refresh_from_db()
        assert order.progress == Order.Progress.SHIPPED
        assert counters(order) == [(0, 400, 0), (0, 4, 0)]
        assert Shipment.objects.count() == 2

    @pytest.mark.parametrize(
        ("screws", "refusal"), [("401", QuantityExceeded), ("-1", QuantityExceeded), ("0", NothingToShip)]
    )
    def test_not_more_than_is_open_and_not_nothing(self, screws: str, refusal: type[Exception], order: Order) -> None:
        with refused(refusal):
            ship(order, screws)

    def test_not_what_is_on_no_line_of_it(self, order: Order) -> None:
        with refused(QuantityExceeded):
            ship(order, quantities={uuid4(): D(1)})

    def test_not_from_where_too_little_is(self, order: Order, market: Market) -> None:
        far = make_warehouse("HAM")
        put_in_stock(market.screw, far, 100)

        with refused(NotInWarehouse, match="Warehouse HAM has only 100 of"):
            ship(order, "400", warehouse=far)

    def test_not_before_it_is_confirmed(self, placed: Order) -> None:
        with refused(IllegalTransition):
            ship(placed, "400")

    @pytest.mark.parametrize("state", ["on_hold", "blocked", "closed"])
    def test_not_to_a_company_that_is_stopped(self, state: str, order: Order) -> None:
        Organization.objects.update(state=state)

        with refused(CompanyStopped, match="Norrvik Shipyard is on hold"):
            ship(order, "400")

    def test_what_has_left_cannot_be_canceled(self, order: Order) -> None:
        ship(order, "1")

        with refused(AlreadyShipping):
            cancel_order(actor=SAM, order_uid=order.uid, reason="", now=NOW)

    def test_the_database_keeps_a_line_once_in_a_shipment(self, order: Order) -> None:
        row = ship(order, "1").lines.get()

        with pytest.raises(IntegrityError), transaction.atomic():
            ShipmentLine.objects.create(
                organization=order.organization, shipment=row.shipment, schedule_line=row.schedule_line, quantity=1
            )


class TestDelivering:
    def test_the_last_one_closes_the_order_and_frees_the_credit(self, order: Order) -> None:
        first, second = ship(order, "150"), ship(order, "250", "4")

        record_delivery(actor=SAM, shipment_uid=second.uid, now=NOW)
        order.refresh_from_db()
        assert (order.state, order.progress) == (Order.State.CONFIRMED, Order.Progress.SHIPPED)
        assert held("credit") == D("847.50")

        record_delivery(actor=SAM, shipment_uid=first.uid, now=NOW)
        order.refresh_from_db()
        assert (order.state, order.progress) == (Order.State.CLOSED, Order.Progress.DELIVERED)
        assert (held("credit"), held("personal")) == (D(0), D("640.00"))
        assert Event.objects.filter(name="orders.order_closed", subject_uid=order.uid).count() == 1

    def test_a_part_leaves_the_order_open(self, order: Order) -> None:
        shipment = record_delivery(actor=SAM, shipment_uid=ship(order, "400").uid, now=NOW)

        order.refresh_from_db()
        assert (order.state, order.progress) == (Order.State.CONFIRMED, Order.Progress.PARTIAL)
        assert (shipment.state, shipment.delivered_at) == (Shipment.State.DELIVERED, NOW)
        assert Event.objects.get(name="fulfillment.shipment_delivered").payload == {"order": order.number}

    def test_once_only(self, order: Order) -> None:
        shipment = record_delivery(actor=SAM, shipment_uid=ship(order, "400").uid, now=NOW)

        with refused(IllegalTransition):
            record_delivery(actor=SAM, shipment_uid=shipment.uid, now=NOW)


class TestRemainder:
    def test_the_rest_is_free_and_the_order_goes_on(self, order: Order, market: Market) -> None:
        ship(order, "300")

        cancel_remainder(actor=SAM, order_uid=order.uid, now=NOW)

        order.refresh_from_db()
        assert (order.state, order.progress) == (Order.State.CONFIRMED, Order.Progress.SHIPPED)
        assert counters(order) == [(100, 300, 0), (4, 0, 0)]
        assert Stock.objects.get(product=market.gloves).reserved == 0
        assert held("personal") == D("450.00")

    def test_with_all_that_left_arrived_it_closes_the_order(self, order: Order) -> None:
        record_delivery(actor=SAM, shipment_uid=ship(order, "400").uid, now=NOW)

        cancel_remainder(actor=SAM, order_uid=order.uid, now=NOW)

        order.refresh_from_db()
        assert (order.state, order.progress) == (Order.State.CLOSED, Order.Progress.DELIVERED)
        assert (held("credit"), held("personal")) == (D(0), D("600.00"))

    def test_after_less_was_confirmed(self, placed: Order) -> None:
        screw, _gloves = placed.lines.order_by("position")
        answers = {screw.uid: Answer(D(350), NOW.date())}
        confirm_order(actor=SAM, order_uid=placed.uid, answers=answers, now=NOW)
        ship(placed, "300")

        cancel_remainder(actor=SAM, order_uid=placed.uid, now=NOW)

        assert counters(placed) == [(100, 300, 0), (4, 0, 0)]
        assert held("personal") == D("450.00")

    def test_without_a_shipment_all_is_to_be_canceled(self, order: Order) -> None:
        with refused(NothingShipped):
            cancel_remainder(actor=SAM, order_uid=order.uid, now=NOW)

    def test_nothing_is_left_to_cancel(self, order: Order) -> None:
        ship(order, "400", "4")

        with refused(NothingOpen):
            cancel_remainder(actor=SAM, order_uid=order.uid, now=NOW)

    def test_of_a_closed_order_nothing_is_canceled(self, order: Order) -> None:
        record_delivery(actor=SAM, shipment_uid=ship(order, "400", "4").uid, now=NOW)

        with refused(IllegalTransition):
            cancel_remainder(actor=SAM, order_uid=order.uid, now=NOW)
