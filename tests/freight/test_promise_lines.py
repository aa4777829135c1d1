from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.catalog.models import Product
from apps.freight.actions.save_delivery_method import save_delivery_method
from apps.freight.actions.save_zone import save_zone
from apps.freight.queries import Destination, Promise, PromiseLine, promise_lines
from apps.inventory.actions.save_warehouse import save_warehouse
from apps.orgs.actions.save_address import AddressFacts, save_address
from apps.orgs.models import Organization
from tests.conftest import Statements
from tests.factories import NOW, SYSTEM, expect_goods, make_category, make_product, put_in_stock
from tests.freight.conftest import FRI, MONDAY_10, THU, WED, Network

YARD = Destination("NO", "0150")
TUE_1_DEC = date(2026, 12, 1)


def line(product: Product, quantity: int | str, requested_date: date | None = None) -> PromiseLine:
    return PromiseLine(product, Decimal(quantity), requested_date)


def promise(
    product: Product,
    quantity: int | str = 1,
    destination: Destination | None = YARD,
    now: datetime = MONDAY_10,
    requested_date: date | None = None,
    **options: Any,
) -> Promise:
    [found] = promise_lines([line(product, quantity, requested_date)], destination, now, **options)
    return found


class TestStock:
    @pytest.fixture(autouse=True)
    def drill_in_oslo(self, network: Network, drill: Product) -> None:
        put_in_stock(drill, network.oslo, 31)
        network.drives("parcel", network.oslo, network.norway, 2)

    def test_leaves_today_before_the_cut_off_and_says_until_when(self, drill: Product) -> None:
        found = promise(drill, 31)

        assert (found.ships_on, found.arrives_on, found.reason, found.parts) == (date(2026, 11, 23), WED, "stock", ())
        assert found.cut_off_at == MONDAY_10.replace(hour=14)

    def test_leaves_tomorrow_after_it(self, drill: Product) -> None:
        assert promise(drill, now=MONDAY_10.replace(hour=14)).arrives_on == THU
        assert promise(drill, now=MONDAY_10.replace(hour=13, minute=59)).arrives_on == WED

    def test_the_day_is_the_warehouse_s_not_the_server_s(self, drill: Product) -> None:
        # In Oslo it is Tuesday for half an hour.
        now = datetime(2026, 11, 23, 23, 30, tzinfo=ZoneInfo("UTC"))

        assert promise(drill, now=now).ships_on == date(2026, 11, 24)

    def test_arrives_on_a_day_on_which_the_address_receives(self, norrvik: Organization, drill: Product) -> None:
        facts = AddressFacts("Gate 3", "Kaiveien 3", "0150", "Oslo", "NO", receiving_weekdays=0b0010001)
        address = save_address(actor=SYSTEM, organization=norrvik, facts=facts, now=NOW)

        assert promise(drill, destination=Destination.of(address)).arrives_on == FRI

    @pytest.mark.parametrize(
        ("now", "arrives"),
        [
            ("2026-12-23 10:00", "2026-12-28"),  # 24 December is a working day, 25 is not
            ("2026-04-01 10:00", "2026-04-08"),  # over Easter
            ("2026-05-13 15:00", "2026-05-19"),  # Ascension Day, then a Friday
        ],
    )
    def test_holidays_are_no_days_on_the_way(self, now: str, arrives: str, drill: Product) -> None:
        moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Europe/Oslo"))

        assert promise(drill, now=moment).arrives_on == date.fromisoformat(arrives)

    def test_leaves_no_warehouse_that_is_closed(self, network: Network, drill: Product) -> None:
        save_warehouse(
            actor=SYSTEM, warehouse=network.oslo, code="OSL", name="Oslo", country="NO", time_zone="Europe/Oslo",
            closures=[date(2026, 11, 23), date(2026, 11, 24)], now=NOW,
        )  # fmt: skip

        assert promise(drill).ships_on == WED

    def test_what_is_wanted_later_comes_later(self, drill: Product) -> None:
        saturday = date(2026, 11, 28)
        found = promise(drill, requested_date=saturday)

        assert (found.arrives_on, found.cut_off_at) == (date(2026, 11, 30), None)
        assert promise(drill, requested_date=date(2026, 11, 24)).arrives_on == WED

    def test_without_an_address_the_day_of_leaving_is_known(self, drill: Product) -> None:
        found = promise(drill, destination=None)

        assert (found.ships_on, found.arrives_on, found.reason) == (date(2026, 11, 23), None, "stock")

    def test_without_a_route_it_is_the_same(self, drill: Product) -> None:
        assert promise(drill, destination=Destination("SE", "111 22")).arrives_on is None


class TestMoreThanStock:
    @pytest.fixture(autouse=True)
    def drill_in_oslo(self, network: Network, drill: Product) -> None:
        put_in_stock(drill, network.oslo, 31)
        network.drives("parcel", network.oslo, network.norway, 2)

    def test_comes_in_parts(self, network: Network, drill: Product) -> None:
        expect_goods(drill, network.oslo, 200, date(2026, 11, 26))

        found = promise(drill, 40)

        assert (found.arrives_on, found.reason, found.cut_off_at) == (TUE_1_DEC, "receipt", None)
        assert found.parts == ((31, WED), (9, TUE_1_DEC))
        assert found.ships_on == FRI

    def test_is_bought_when_nothing_is_on_its_way(self, drill: Product) -> None:
        found = promise(drill, 40)

        # Twelve days from Monday are a Saturday; it leaves on Monday.
        assert (found.ships_on, found.arrives_on, found.reason) == (date(2026, 12, 7), date(2026, 12, 9), "lead_time")
        assert found.parts == ((31, WED), (9, date(2026, 12, 9)))

    def test_is_not_available_when_it_is_not_bought_again(self, network: Network, gloves: Product) -> None:
        put_in_stock(gloves, network.oslo, 3)

        assert promise(gloves, 4) == Promise(None, None, "unavailable", ((Decimal(3), WED),))
        assert promise(make_product(gloves.category, "GL-2")) == Promise(None, None, "unavailable")

    def test_lines_of_one_product_share_it_in_order(self, network: Network, drill: Product) -> None:
        expect_goods(drill, network.oslo, 10, date(2026, 11, 26))

        found = promise_lines([line(drill, 30), line(drill, 5), line(drill, 10)], YARD, MONDAY_10)

        assert [row.reason for row in found] == ["stock", "receipt", "lead_time"]
        assert found[1].parts == ((1, WED), (4, TUE_1_DEC))
        assert found[2].parts == ((6, TUE_1_DEC), (4, date(2026, 12, 9)))

    def test_what_is_wanted_late_leaves_the_stock_to_the_next(self, network: Network, drill: Product) -> None:
        expect_goods(drill, network.oslo, 31, date(2026, 11, 26))
        late = date(2026, 12, 14)

        first, second = promise_lines([line(drill, 31, late), line(drill, 31)], YARD, MONDAY_10)

        assert (first.arrives_on, first.reason, first.parts) == (late, "receipt", ())
        assert (second.arrives_on, second.reason) == (WED, "stock")

    def test_what_should_have_come_is_expected_today(self, network: Network, drill: Product) -> None:
        expect_goods(drill, network.oslo, 10, date(2026, 11, 2))

        assert promise(drill, 40).arrives_on == THU


class TestWarehouses:
    def test_the_one_that_arrives_first_counts(self, network: Network, drill: Product) -> None:
        put_in_stock(drill, network.oslo, 10)
        put_in_stock(drill, network.hamburg, 10)
        network.drives("parcel", network.oslo, network.germany, 4)
        network.drives("parcel", network.hamburg, network.germany, 1)
        berlin = Destination("DE", "10115")

        assert promise(drill, 10, berlin).arrives_on == date(2026, 11, 24)
        assert promise(drill, 20, berlin).parts == ((10, date(2026, 11, 24)), (10, FRI))

    def test_one_that_nobody_drives_from_does_not(self, network: Network, drill: Product) -> None:
        put_in_stock(drill, network.hamburg, 10)
        network.drives("parcel", network.oslo, network.norway, 2)

        assert promise(drill).reason == "lead_time"

    def test_holidays_of_either_country_count(self, network: Network, drill: Product) -> None:
        put_in_stock(drill, network.oslo, 10)
        network.drives("parcel", network.oslo, network.germany, 1)
        # 17 May 2027 is Whit Monday in Germany and Constitution Day; 3 October only a German holiday.
        thursday = datetime(2025, 10, 2, 10, tzinfo=ZoneInfo("Europe/Oslo"))

        assert promise(drill, destination=Destination("DE", "10115"), now=thursday).arrives_on == date(2025, 10, 6)

    def test_a_chosen_method_decides(self, network: Network, drill: Product) -> None:
        put_in_stock(drill, network.oslo, 10)
        network.drives("parcel", network.oslo, network.norway, 2)
        truck = network.drives("truck", network.oslo, network.norway, 1, weekdays=0b0001000)
        pick_up = network.drives("collection", network.oslo, network.norway, 0)

        assert promise(drill).arrives_on == WED
        assert promise(drill, method=truck).arrives_on == FRI
        assert promise(drill, method=pick_up).arrives_on == date(2026, 11, 23)

    def test_what_is_not_offered_any_more_does_not_count(self, network: Network, drill: Product) -> None:
        put_in_stock(drill, network.oslo, 10)
        network.drives("parcel", network.oslo, network.norway, 2)
        truck = network.drives("truck", network.oslo, network.norway, 1)
        save_delivery_method(actor=SYSTEM, method=truck, code="truck", kind="truck", is_active=False, now=NOW)

        assert promise(drill).arrives_on == WED


class TestZones:
    @pytest.mark.parametrize(
        ("postal_code", "days"),
        [("5003", 3), ("0150", 1), ("01 99", 1), ("0200", 3), ("0250", 3), ("0160", 0), ("", 3)],
    )
    def test_the_narrowest_decides(self, postal_code: str, days: int, network: Network, drill: Product) -> None:
        put_in_stock(drill, network.oslo, 10)
        city = save_zone(actor=SYSTEM, code="oslo", country="NO", postal_from="01", postal_to="01", now=NOW)
        quay = save_zone(actor=SYSTEM, code="quay", country="NO", postal_from="0155", postal_to="0165", now=NOW)
        for zone, transit in ((network.norway, 3), (city, 1), (quay, 0)):
            network.drives("parcel", network.oslo, zone, transit)

        found = promise(drill, destination=Destination("NO", postal_code))

        assert found.arrives_on == date(2026, 11, 23) + timedelta(days=days)


def test_costs_as_many_statements_for_twenty_lines_as_for_one(network: Network, statements: Statements) -> None:
    shelf = make_category("Screws")
    products = [make_product(shelf, f"HX-{number}") for number in range(20)]
    for product in products:
        put_in_stock(product, network.oslo, 5)
        expect_goods(product, network.hamburg, 5, TUE_1_DEC)
    network.drives("parcel", network.oslo, network.norway, 2)

    def ask(lines: list[Product]) -> object:
        return promise_lines([line(product, 7) for product in lines], YARD, MONDAY_10)

    assert statements(lambda: ask(products)) == statements(lambda: ask(products[:1]))
