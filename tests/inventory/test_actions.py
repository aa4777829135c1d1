from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.activity.models import Event
from apps.catalog.models import Product
from apps.inventory.actions.adjust_stock import StockReserved, adjust_stock
from apps.inventory.actions.consume_demands import NotInWarehouse, consume_demands
from apps.inventory.actions.receive_goods import MoreThanExpected, receive_goods
from apps.inventory.actions.release_demands import MoreThanOpen, release_demands
from apps.inventory.actions.reserve_demands import OutOfStock, Wanted, reserve_demands
from apps.inventory.actions.save_receipt import ArrivedAlready, save_receipt
from apps.inventory.actions.save_warehouse import save_warehouse
from apps.inventory.models import Demand, Receipt, Reservation, Stock, StockMovement, Warehouse
from apps.inventory.queries import availability
from apps.orgs.models import Membership, Organization
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
from tests.refusals import refused

FIRST, SECOND = date(2026, 12, 1), date(2026, 12, 8)


def wanted(product: Product, quantity: int | str, requested_date: date | None = None) -> Wanted:
    return Wanted(uuid4(), product, Decimal(quantity), requested_date)


def reserve(organization: Organization, *lines: Wanted, now: datetime = NOW) -> list[Demand]:
    with transaction.atomic():
        demands = reserve_demands(organization=organization, wanted=lines, now=now)
    return [demands[line.source_uid] for line in lines]


def reserved(demand: Demand) -> list[tuple[str, Decimal]]:
    """Where the demand is covered from: code of a warehouse, or the day on which goods come."""
    rows = Reservation.objects.filter(demand=demand).select_related("stock__warehouse", "receipt").order_by("pk")
    return [(row.stock.warehouse.code if row.stock else str(row.receipt.due_on), row.quantity) for row in rows]


class TestReserve:
    def test_takes_stock_of_all_warehouses_then_receipts_by_date(
        self, norrvik: Organization, drill: Product, oslo: Warehouse, hamburg: Warehouse
    ) -> None:
        put_in_stock(drill, hamburg, 6)
        put_in_stock(drill, oslo, 25)
        expect_goods(drill, oslo, 50, SECOND)
        expect_goods(drill, hamburg, 5, FIRST)

        [demand] = reserve(norrvik, wanted(drill, 40))

        assert reserved(demand) == [("HAM", 6), ("OSL", 25), ("2026-12-01", 5), ("2026-12-08", 4)]
        assert (demand.rank, demand.organization) == (norrvik.priority_rank, norrvik)

    def test_counts_one_product_on_two_lines_together(
        self, norrvik: Organization, gloves: Product, oslo: Warehouse
    ) -> None:
        put_in_stock(gloves, oslo, 10)
        lines = [wanted(gloves, 6), wanted(gloves, 5)]

        with refused(OutOfStock) as refusal:
            reserve(norrvik, *lines)

        assert [(row.source_uid, row.wanted, row.available) for row in refusal.value.lines] == [
            (lines[1].source_uid, 5, 4)
        ]

    def test_refuses_before_it_writes(self, norrvik: Organization, gloves: Product, drill: Product) -> None:
        with transaction.atomic(), refused(OutOfStock) as refusal:
            reserve_demands(organization=norrvik, wanted=[wanted(drill, 1), wanted(gloves, 1)], now=NOW)

        assert [(row.product, row.available) for row in refusal.value.lines] == [(gloves, 0)]

    def test_takes_the_warehouses_in_the_order_given_then_the_others(
        self, norrvik: Organization, drill: Product, oslo: Warehouse, hamburg: Warehouse
    ) -> None:
        bergen = make_warehouse("BGO")
        for warehouse in (oslo, hamburg, bergen):
            put_in_stock(drill, warehouse, 10)
        for warehouse in (oslo, bergen):
            expect_goods(drill, warehouse, 10, FIRST)
        best_first = [bergen.pk, oslo.pk]

        [demand] = reserve(norrvik, Wanted(uuid4(), drill, Decimal(35), warehouses=best_first))

        stocks = demand.reservations.filter(receipt=None).values_list("stock__warehouse__code", "quantity")
        assert dict(stocks) == {"BGO": 10, "OSL": 10, "HAM": 10}
        assert demand.reservations.get(stock=None).receipt.warehouse == bergen

    def test_what_is_bought_again_waits(self, norrvik: Organization, drill: Product, oslo: Warehouse) -> None:
        put_in_stock(drill, oslo, 31)

        [demand] = reserve(norrvik, wanted(drill, 40))

        assert (demand.open, reserved(demand)) == (40, [("OSL", 31)])

    def test_safety_stock_is_not_promised(self, norrvik: Organization, gloves: Product, oslo: Warehouse) -> None:
        put_in_stock(gloves, oslo, 10, safety=4)
        reserve(norrvik, wanted(gloves, 6))

        with refused(OutOfStock):
            reserve(norrvik, wanted(gloves, 1))

    @pytest.mark.parametrize(
        ("requested", "expected"),
        [(FIRST, [("OSL", 10)]), (date(2026, 12, 2), [("2026-12-01", 8), ("OSL", 2)])],
    )
    def test_what_is_wanted_late_takes_what_comes_first(
        self, requested: date, expected: Any, norrvik: Organization, drill: Product, oslo: Warehouse
    ) -> None:
        put_in_stock(drill, oslo, 10)
        expect_goods(drill, oslo, 8, FIRST)

        [demand] = reserve(norrvik, wanted(drill, 10, requested))

        assert reserved(demand) == expected

    def test_costs_as_many_statements_for_twenty_lines_as_for_one(
        self, norrvik: Organization, oslo: Warehouse, django_assert_num_queries: Any
    ) -> None:
        shelf = make_category("Screws")
        products = [make_product(shelf, f"HX-{number}") for number in range(21)]
        for product in products:
            put_in_stock(product, oslo, 5)
        for lines in (products[:1], products[1:]):
            with transaction.atomic(), django_assert_num_queries(5):
                reserve_demands(organization=norrvik, wanted=[wanted(product, 1) for product in lines], now=NOW)


class TestRelease:
    def test_gives_back_what_waits_then_what_comes_last_then_stock(
        self, norrvik: Organization, drill: Product, oslo: Warehouse
    ) -> None:
        put_in_stock(drill, oslo, 10)
        expect_goods(drill, oslo, 10, SECOND)
        expect_goods(drill, oslo, 10, FIRST)
        [demand] = reserve(norrvik, wanted(drill, 40))
        left = []
        for quantity in (10, 12, 9, 9):
            with transaction.atomic():
                release_demands(quantities={demand.pk: Decimal(quantity)}, now=NOW)
            left.append(reserved(demand))

        assert left == [
            [("OSL", 10), ("2026-12-01", 10), ("2026-12-08", 10)],
            [("OSL", 10), ("2026-12-01", 8)],
            [("OSL", 9)],
            [],
        ]
        demand.refresh_from_db()
        assert (demand.cancelled, demand.open) == (40, 0)

    def test_what_is_given_back_goes_to_who_waits(
        self, norrvik: Organization, fjellbygg: Organization, drill: Product, oslo: Warehouse
    ) -> None:
        put_in_stock(drill, oslo, 10)
        [first], [second] = reserve(norrvik, wanted(drill, 10)), reserve(fjellbygg, wanted(drill, 4))
        with transaction.atomic():
            release_demands(quantities={first.pk: Decimal(7)}, now=NOW)

        assert (reserved(first), reserved(second)) == ([("OSL", 3)], [("OSL", 4)])
        assert availability([drill])[drill.pk].in_stock == 3

    def test_refuses_more_than_is_open(self, norrvik: Organization, drill: Product, oslo: Warehouse) -> None:
        put_in_stock(drill, oslo, 10)
        [demand] = reserve(norrvik, wanted(drill, 10))

        with refused(MoreThanOpen), transaction.atomic():
            release_demands(quantities={demand.pk: Decimal("10.001")}, now=NOW)


class TestConsume:
    def ship(self, warehouse: Warehouse, demand: Demand, quantity: int) -> None:
        with transaction.atomic():
            consume_demands(quantities={demand.pk: Decimal(quantity)}, warehouse=warehouse, source="SH-1", now=NOW)

    def test_takes_the_goods_out_of_the_warehouse(self, norrvik: Organization, drill: Product, oslo: Warehouse) -> None:
        stock = put_in_stock(drill, oslo, 31)
        [demand] = reserve(norrvik, wanted(drill, 40))

        self.ship(oslo, demand, 20)

        stock.refresh_from_db()
        demand.refresh_from_db()
        assert (stock.on_hand, stock.reserved, demand.fulfilled) == (11, 11, 20)
        movement = StockMovement.objects.order_by("pk").last()
        assert movement is not None
        assert (movement.delta, movement.reason, movement.source) == (-20, "shipment", "SH-1")

    def test_moves_its_reservation_from_another_warehouse(
        self, norrvik: Organization, drill: Product, oslo: Warehouse, hamburg: Warehouse
    ) -> None:
        put_in_stock(drill, oslo, 10)
        put_in_stock(drill, hamburg, 10)
        [demand] = reserve(norrvik, wanted(drill, 10))

        self.ship(hamburg, demand, 8)

        assert reserved(demand) == [("OSL", 2)]
        assert availability([drill])[drill.pk].stock == {oslo.pk: 8, hamburg.pk: 2}

    def test_a_waiting_demand_may_take_what_is_free(
        self, norrvik: Organization, drill: Product, oslo: Warehouse, hamburg: Warehouse
    ) -> None:
        put_in_stock(drill, oslo, 10)
        expect_goods(drill, oslo, 5, FIRST)
        [demand] = reserve(norrvik, wanted(drill, 15))
        [first] = Stock.objects.all()
        with transaction.atomic():
            release_demands(quantities={reserve(norrvik, wanted(drill, 1))[0].pk: Decimal(1)}, now=NOW)
        other = put_in_stock(drill, hamburg, 5)

        self.ship(hamburg, demand, 5)

        other.refresh_from_db()
        first.refresh_from_db()
        assert (other.on_hand, first.reserved) == (0, 10)
        assert reserved(demand) == [("OSL", 10)]

    def test_names_what_is_there_when_it_is_too_little(
        self, norrvik: Organization, drill: Product, oslo: Warehouse, hamburg: Warehouse
    ) -> None:
        put_in_stock(drill, oslo, 31)
        put_in_stock(drill, hamburg, 4, safety=1)
        [demand] = reserve(norrvik, wanted(drill, 31))

        with refused(NotInWarehouse, match="has only 3 of TL-D338-068C") as refusal:
            self.ship(hamburg, demand, 5)

        assert (refusal.value.product, refusal.value.there) == (drill, 3)

    def test_never_takes_what_others_have_reserved(
        self, norrvik: Organization, fjellbygg: Organization, drill: Product, oslo: Warehouse
    ) -> None:
        put_in_stock(drill, oslo, 10)
        reserve(fjellbygg, wanted(drill, 10))
        [demand] = reserve(norrvik, wanted(drill, 1))

        with refused(NotInWarehouse):
            self.ship(oslo, demand, 1)

    def test_refuses_more_than_is_open(self, norrvik: Organization, drill: Product, oslo: Warehouse) -> None:
        put_in_stock(drill, oslo, 10)
        [demand] = reserve(norrvik, wanted(drill, 5))

        with refused(MoreThanOpen):
            self.ship(oslo, demand, 6)


class TestGoodsComeIn:
    def waiting(self, drill: Product) -> dict[str, Demand]:
        """Demands that nothing covers: of a good rank but late, of a bad rank, and of a bad rank but early."""
        near, far = OrganizationFactory(priority_rank=1), OrganizationFactory(priority_rank=5)
        hour = timedelta(hours=1)
        return {
            "bad": reserve(far, wanted(drill, 10), now=NOW + hour)[0],
            "early": reserve(far, wanted(drill, 10), now=NOW)[0],
            "good": reserve(near, wanted(drill, 10), now=NOW + hour * 2)[0],
        }

    def test_those_who_wait_get_them_by_rank_and_age(self, drill: Product, oslo: Warehouse) -> None:
        demands = self.waiting(drill)

        put_in_stock(drill, oslo, 15)

        assert {name: reserved(demand) for name, demand in demands.items()} == {
            "good": [("OSL", 10)],
            "early": [("OSL", 5)],
            "bad": [],
        }

    def test_what_was_reserved_of_the_receipt_is_reserved_in_stock(self, drill: Product, oslo: Warehouse) -> None:
        receipt = expect_goods(drill, oslo, 25, FIRST)
        demands = self.waiting(drill)

        receive_goods(actor=SYSTEM, receipt=receipt, quantity=Decimal(12), now=NOW)

        receipt.refresh_from_db()
        assert (receipt.arrived, receipt.reserved) == (12, 13)
        assert [reserved(demands[name]) for name in ("good", "early", "bad")] == [
            [("OSL", 5)],
            [("2026-12-01", 3), ("OSL", 7)],
            [("2026-12-01", 10)],
        ]

    def test_a_receipt_that_is_all_in_is_closed(self, drill: Product, oslo: Warehouse) -> None:
        receipt = expect_goods(drill, oslo, 25, FIRST)
        receive_goods(actor=SYSTEM, receipt=receipt, quantity=Decimal(25), now=NOW)

        with refused(MoreThanExpected):
            receive_goods(actor=SYSTEM, receipt=receipt, quantity=Decimal(1), now=NOW)

        assert availability([drill])[drill.pk].in_stock == 25
        assert not Receipt.objects.open().exists()

    def test_a_new_receipt_is_for_those_who_wait(self, drill: Product, oslo: Warehouse) -> None:
        demands = self.waiting(drill)

        expect_goods(drill, oslo, 12, FIRST)

        assert [reserved(demands[name]) for name in ("good", "early", "bad")] == [
            [("2026-12-01", 10)],
            [("2026-12-01", 2)],
            [],
        ]

    def test_a_smaller_receipt_lets_the_worst_ranks_wait_again(self, drill: Product, oslo: Warehouse) -> None:
        receipt = expect_goods(drill, oslo, 30, FIRST)
        demands = self.waiting(drill)

        save_receipt(
            actor=SYSTEM, receipt=receipt, product=drill, warehouse=oslo, due_on=SECOND, quantity=Decimal(14), now=NOW
        )

        assert [reserved(demands[name]) for name in ("good", "early", "bad")] == [
            [("2026-12-08", 10)],
            [("2026-12-08", 4)],
            [],
        ]

    def test_no_receipt_is_smaller_than_what_came(self, drill: Product, oslo: Warehouse) -> None:
        receipt = expect_goods(drill, oslo, 30, FIRST)
        receive_goods(actor=SYSTEM, receipt=receipt, quantity=Decimal(20), now=NOW)

        with refused(ArrivedAlready):
            save_receipt(
                actor=SYSTEM, receipt=receipt, product=drill, warehouse=oslo, due_on=FIRST, quantity=Decimal(19),
                now=NOW,
            )  # fmt: skip


class TestAdjust:
    def test_leaves_what_is_reserved(self, norrvik: Organization, gloves: Product, oslo: Warehouse) -> None:
        put_in_stock(gloves, oslo, 10)
        reserve(norrvik, wanted(gloves, 7))

        with refused(StockReserved, match="7 of the 10 in stock are reserved: no more than 3 can go"):
            put_in_stock(gloves, oslo, -4)

        assert put_in_stock(gloves, oslo, -3).on_hand == 7

    def test_is_told_with_its_reason(self, gloves: Product, oslo: Warehouse) -> None:
        adjust_stock(actor=SYSTEM, product=gloves, warehouse=oslo, delta=Decimal("2.5"), reason="return", now=NOW)

        event = Event.objects.get(name="inventory.stock_changed")
        assert event.payload == {"warehouse": "OSL", "delta": "+2.5", "reason": "return"}
        assert StockMovement.objects.get().reason == "return"

    def test_of_the_safety_stock_alone_moves_nothing(self, gloves: Product, oslo: Warehouse) -> None:
        put_in_stock(gloves, oslo, 10)
        put_in_stock(gloves, oslo, 0, safety=4)

        assert availability([gloves])[gloves.pk].in_stock == 6
        assert StockMovement.objects.count() == 1


def test_a_warehouse_is_closed_on_exactly_the_days_that_are_named(oslo: Warehouse) -> None:
    days = [date(2026, 12, 28), date(2026, 12, 29)]
    facts = {"code": "OSL", "name": "Oslo", "country": "NO", "time_zone": "Europe/Oslo", "warehouse": oslo}
    save_warehouse(actor=SYSTEM, closures=days, now=NOW, **facts)

    saved = save_warehouse(actor=SYSTEM, closures=days[1:], now=NOW, **facts)

    assert [row.day for row in saved.closures.all()] == days[1:]
    assert Warehouse.objects.get().name == "Oslo"


class TestAvailability:
    def test_is_one_statement_for_any_number_of_products(
        self, drill: Product, gloves: Product, oslo: Warehouse, hamburg: Warehouse, django_assert_num_queries: Any
    ) -> None:
        put_in_stock(drill, oslo, 31, safety=40)
        put_in_stock(drill, hamburg, 5)
        expect_goods(drill, oslo, 40, FIRST)
        with django_assert_num_queries(1):
            found = availability([drill, gloves])

        assert found[drill.pk].stock == {oslo.pk: 0, hamburg.pk: 5}
        assert [(row.quantity, row.due_on, row.warehouse_id) for row in found[drill.pk].receipts] == [
            (40, FIRST, oslo.pk)
        ]
        assert (found[drill.pk].lead_days, found[gloves.pk].lead_days) == (12, None)
        assert (found[gloves.pk].in_stock, found[gloves.pk].receipts) == (0, [])


class TestDatabase:
    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ({"reserved": 11}, "stock_reserved_is_there"),
            ({"on_hand": -1, "reserved": -1}, "stock_not_negative"),
        ],
    )
    def test_refuses_stock_that_cannot_be(
        self, change: dict[str, int], constraint: str, gloves: Product, oslo: Warehouse
    ) -> None:
        put_in_stock(gloves, oslo, 10)

        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Stock.objects.update(**change)

    def test_a_demand_cannot_be_done_twice(self, norrvik: Organization, drill: Product) -> None:
        [demand] = reserve(norrvik, wanted(drill, 10))

        with pytest.raises(IntegrityError, match="demand_not_overdone"), transaction.atomic():
            Demand.objects.update(fulfilled=6, cancelled=5)
        with pytest.raises(IntegrityError, match="source_uid"):
            reserve(norrvik, Wanted(UUID(str(demand.source_uid)), drill, Decimal(1)))

    def test_movements_stand(self, gloves: Product, oslo: Warehouse) -> None:
        put_in_stock(gloves, oslo, 10)

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            StockMovement.objects.update(delta=1)

    def test_a_demand_is_seen_by_its_company_only(self, mira: Membership, gus: Membership, drill: Product) -> None:
        [demand] = reserve(mira.organization, wanted(drill, 1))

        assert list(Demand.visible_to(mira)) == [demand]
        assert not Demand.visible_to(gus).exists()
