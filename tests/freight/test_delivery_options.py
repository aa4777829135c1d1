from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from apps.activity.models import Event
from apps.core.models import Stamp
from apps.freight.actions.save_freight_rule import RuleExists, save_freight_rule
from apps.freight.actions.save_zone import CodesInWrongOrder, save_zone
from apps.freight.models import FreightRule
from apps.freight.queries import DeliveryOption, Destination, delivery_options
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from tests.conftest import Statements
from tests.factories import NOW, SYSTEM, CustomerTypeFactory
from tests.freight.conftest import MONDAY_10, WED, Network
from tests.refusals import refused

YARD = Destination("NO", "0150")


def options(
    member: Membership, net: str = "2184.60", weight_g: int = 214_000, destination: Destination = YARD
) -> dict[str, DeliveryOption]:
    found = delivery_options(
        buying_context(member), net=Decimal(net), weight_g=weight_g, destination=destination, now=MONDAY_10
    )
    return {option.method.kind: option for option in found}


def free_from(amount: str, **audience: Any) -> FreightRule:
    return save_freight_rule(actor=SYSTEM, currency="EUR", free_from=Decimal(amount), now=NOW, **audience)


@pytest.fixture(autouse=True)
def norway(network: Network) -> None:
    network.drives("pallet", network.oslo, network.norway, 2)
    network.costs("pallet", network.norway, "38")
    network.drives("parcel", network.oslo, network.norway, 1, cut_off=time(16, 30))
    network.costs("parcel", network.norway, "12")
    network.costs("parcel", network.norway, "55.555", from_value=Decimal(30))
    network.drives("collection", network.oslo, network.norway, 0)


class TestDeliveryOptions:
    def test_say_price_cut_off_and_day_in_the_supplier_s_order(self, mira: Membership) -> None:
        found = options(mira)

        assert list(found) == ["pallet", "parcel", "collection"]
        pallet = found["pallet"]
        assert (pallet.freight_net, pallet.missing_for_free) == (38, None)
        assert (pallet.cut_off_at, pallet.arrives_on) == (MONDAY_10.replace(hour=14), WED)
        assert found["parcel"].cut_off_at == MONDAY_10.replace(hour=16, minute=30)
        assert found["parcel"].freight_net == Decimal("55.56")
        assert options(mira, weight_g=29_999)["parcel"].freight_net == 12

    def test_a_place_for_parcels_gets_nothing_larger(self, mira: Membership) -> None:
        assert list(options(mira, destination=replace(YARD, parcels_only=True))) == ["parcel", "collection"]

    def test_collection_costs_nothing(self, mira: Membership) -> None:
        free_from("2500")
        found = options(mira)["collection"]

        assert (found.freight_net, found.missing_for_free) == (0, None)
        assert found.arrives_on == date(2026, 11, 23)

    @pytest.mark.parametrize(
        ("net", "price", "missing"),
        [("2184.60", "38", "315.40"), ("2499.99", "38", "0.01"), ("2500", "0", "0"), ("9000", "0", "0")],
    )
    def test_are_free_from_an_amount_on(self, net: str, price: str, missing: str, mira: Membership) -> None:
        free_from("2500")

        found = options(mira, net)["pallet"]

        assert (found.freight_net, found.missing_for_free) == (Decimal(price), Decimal(missing))

    def test_what_costs_nothing_anyway_needs_no_more(self, network: Network, mira: Membership) -> None:
        network.drives("truck", network.oslo, network.norway, 2)
        network.costs("truck", network.norway, "0")
        free_from("2500")

        found = options(mira)["truck"]

        assert (found.freight_net, found.missing_for_free) == (0, 0)

    def test_the_nearest_rule_decides(self, network: Network, mira: Membership, gus: Membership) -> None:
        free_from("1000")
        free_from("2000", customer_type=CustomerTypeFactory())
        free_from("3000", organization=mira.organization)
        free_from("9000", organization=gus.organization)
        free_from("4000", organization=mira.organization, method=network.method("pallet"))

        found = options(mira, "0")

        assert (found["pallet"].missing_for_free, found["parcel"].missing_for_free) == (4000, 3000)

    def test_what_has_no_rate_in_the_currency_is_not_offered(self, gus: Membership, network: Network) -> None:
        network.costs("pallet", network.norway, "440", "NOK")

        assert {kind: option.freight_net for kind, option in options(gus).items()} == {"pallet": 440, "collection": 0}

    def test_nothing_is_offered_where_nobody_drives(self, mira: Membership) -> None:
        assert options(mira, destination=Destination("SE", "111 22")) == {}

    def test_the_warehouse_that_arrives_first_decides(self, mira: Membership, network: Network) -> None:
        network.drives("pallet", network.hamburg, network.norway, 1, cut_off=time(11))

        found = options(mira)["pallet"]

        assert (found.cut_off_at, found.arrives_on) == (MONDAY_10.replace(hour=11), date(2026, 11, 24))

    def test_of_two_that_arrive_on_one_day_the_later_cut_off_counts(self, mira: Membership, network: Network) -> None:
        network.drives("pallet", network.hamburg, network.norway, 2, cut_off=time(15))

        found = options(mira)["pallet"]

        assert (found.cut_off_at, found.arrives_on) == (MONDAY_10.replace(hour=15), WED)

    def test_run_as_many_statements_for_one_method_as_for_three(
        self, mira: Membership, network: Network, statements: Statements
    ) -> None:
        def ask() -> object:
            return delivery_options(buying_context(mira), net=Decimal(1), weight_g=1, destination=YARD, now=MONDAY_10)

        few = statements(ask)
        network.drives("truck", network.hamburg, network.norway, 3)
        network.costs("truck", network.norway, "34")

        assert statements(ask) == few


class TestActions:
    def test_each_is_told_and_makes_what_was_worked_out_stale(self) -> None:
        before = Stamp.value_of("freight"), Event.objects.count()

        free_from("2500")

        assert (Stamp.value_of("freight"), Event.objects.count()) == (before[0] + 1, before[1] + 1)
        assert Event.objects.order_by("pk").last().name == "freight.freight_changed"  # type: ignore[union-attr]

    def test_a_rule_stands_once(self) -> None:
        free_from("2500")

        with refused(RuleExists):
            free_from("100")

    def test_a_rule_is_changed(self) -> None:
        rule = free_from("2500")

        free_from("3000", rule=rule)

        assert FreightRule.objects.get().free_from == 3000

    @pytest.mark.parametrize(("first", "last"), [("0200", "0100"), ("", "0100"), ("0100", "")])
    def test_a_zone_has_both_ends_in_order(self, first: str, last: str) -> None:
        with refused(CodesInWrongOrder):
            save_zone(actor=SYSTEM, code="x", country="NO", postal_from=first, postal_to=last, now=NOW)
