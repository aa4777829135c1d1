from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.catalog.models import Product
from apps.catalog.queries.tree import catalog_tree
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from apps.pricing.actions.assign_price_list import AlreadyAssigned, NotAssignable, assign_price_list
from apps.pricing.actions.change_prices import NewPrice, change_prices
from apps.pricing.actions.open_agreement import open_agreement
from apps.pricing.actions.save_discount import save_discount
from apps.pricing.actions.save_price_list import BaseListExists, save_price_list
from apps.pricing.models import Price, PriceList
from apps.pricing.queries import Quote, price_chain, quote_prices
from tests.factories import NOW, SYSTEM, make_category, make_product
from tests.refusals import refused

DAY = date(2026, 11, 23)


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture
def screw(db: None) -> Product:
    return make_product(make_category("Screws"), "HX-933-0840A2", min_quantity=d("100"), order_multiple=d("100"))


@pytest.fixture
def base(screw: Product) -> PriceList:
    base = save_price_list(actor=SYSTEM, name="Base EUR", kind="base", currency="EUR", now=NOW)
    prices = [NewPrice(screw.pk, d("100"), d("0.150")), NewPrice(screw.pk, d("500"), d("0.140"))]
    change_prices(actor=SYSTEM, price_list=base, prices=prices, now=NOW)
    return base


def quote(member: Membership, product: Product, quantity: str = "100", day: date = DAY) -> Quote | None:
    chain = price_chain(buying_context(member), day)
    return quote_prices(chain, catalog_tree(), {product: d(quantity)}, day)[product.pk]


class TestQuotePrices:
    def test_the_base_list_is_for_everybody(self, mira: Membership, screw: Product, base: PriceList) -> None:
        found = quote(mira, screw, "600")

        assert found
        assert found.amount == d("0.14")
        assert found.breaks == [(d("100"), d("0.15")), (d("500"), d("0.14"))]
        assert [step.kind for step in found.steps] == ["base"]
        assert found.list_price == d("0.15")

    def test_a_contract_is_nearer_and_its_company_s_alone(
        self, mira: Membership, screw: Product, base: PriceList, norrvik: Any
    ) -> None:
        contract = open_agreement(
            actor=SYSTEM, organization=norrvik, number="HC-2041", valid_from=DAY, valid_until=DAY, now=NOW
        )
        change_prices(
            actor=SYSTEM, price_list=contract.price_list, prices=[NewPrice(screw.pk, d("100"), d("0.123"))], now=NOW
        )

        today, tomorrow = quote(mira, screw), quote(mira, screw, day=DAY + timedelta(days=1))

        assert today
        assert tomorrow
        assert (today.amount, today.steps[0].name) == (d("0.123"), "HC-2041")
        assert today.list_price == d("0.15")
        assert tomorrow.amount == d("0.15")

    def test_another_company_never_sees_a_contract_s_price(
        self, mira: Membership, gus: Membership, screw: Product, base: PriceList
    ) -> None:
        type(gus.organization).objects.filter(pk=gus.organization_id).update(currency="EUR")
        contract = open_agreement(
            actor=SYSTEM, organization=mira.organization, number="HC-2041", valid_from=DAY, now=NOW
        )
        change_prices(
            actor=SYSTEM, price_list=contract.price_list, prices=[NewPrice(screw.pk, d("100"), d("0.123"))], now=NOW
        )
        gus.organization.refresh_from_db()

        found = quote(gus, screw)

        assert found
        assert found.amount == d("0.15")

    def test_a_discount_takes_from_the_base_list_only(self, mira: Membership, screw: Product, base: PriceList) -> None:
        save_discount(actor=SYSTEM, rate=d("0.10"), customer_type=mira.organization.customer_type, now=NOW)

        found = quote(mira, screw)

        assert found
        assert found.amount == d("0.135")
        assert [step.kind for step in found.steps] == ["base", "discount"]

    def test_lists_of_another_currency_are_not_in_the_chain(
        self, gus: Membership, screw: Product, base: PriceList
    ) -> None:
        assert gus.organization.currency == "NOK"
        assert quote(gus, screw) is None

    def test_an_assigned_list_stands_between_contract_and_base(
        self, mira: Membership, screw: Product, base: PriceList
    ) -> None:
        group = save_price_list(actor=SYSTEM, name="Shipyards", kind="list", currency="EUR", now=NOW)
        assign_price_list(actor=SYSTEM, price_list=group, customer_type=mira.organization.customer_type, now=NOW)
        change_prices(actor=SYSTEM, price_list=group, prices=[NewPrice(screw.pk, d("500"), d("0.130"))], now=NOW)

        few, many = quote(mira, screw, "100"), quote(mira, screw, "500")

        assert few
        assert many
        assert (few.amount, many.amount) == (d("0.15"), d("0.13"))
        assert many.breaks == [(d("100"), d("0.15")), (d("500"), d("0.13"))]

    def test_takes_one_statement_for_any_number_of_products(
        self, mira: Membership, screw: Product, base: PriceList, django_assert_num_queries: Any
    ) -> None:
        products = [make_product(screw.category, f"P-{number}") for number in range(60)]
        chain, tree = price_chain(buying_context(mira), DAY), catalog_tree()

        with django_assert_num_queries(1):
            found = quote_prices(chain, tree, {product: d("1") for product in [screw, *products]}, DAY)

        assert len(found) == 61


class TestAssignPriceList:
    def test_only_lists_are_given_and_once(self, base: PriceList, norrvik: Any) -> None:
        with refused(NotAssignable):
            assign_price_list(actor=SYSTEM, price_list=base, organization=norrvik, now=NOW)
        group = save_price_list(actor=SYSTEM, name="Shipyards", kind="list", currency="EUR", now=NOW)
        assign_price_list(actor=SYSTEM, price_list=group, organization=norrvik, now=NOW)

        with refused(AlreadyAssigned):
            assign_price_list(actor=SYSTEM, price_list=group, organization=norrvik, now=NOW)


class TestDatabase:
    def test_one_standing_price_for_a_slot(self, screw: Product, base: PriceList) -> None:
        with pytest.raises(IntegrityError, match="price_one_standing_per_slot"), transaction.atomic():
            Price.objects.create(price_list=base, product=screw, min_quantity=d("100"), amount=d("1"))

    def test_dated_prices_of_a_slot_never_overlap(self, screw: Product, base: PriceList) -> None:
        slot = {"price_list": base, "product": screw, "min_quantity": d("100"), "amount": d("1")}
        Price.objects.create(**slot, valid_from=DAY, valid_until=DAY)
        Price.objects.create(**slot, valid_from=DAY + timedelta(days=1))

        with pytest.raises(IntegrityError, match="price_one_dated_per_day"), transaction.atomic():
            Price.objects.create(**slot, valid_until=DAY)

    def test_one_base_list_for_a_currency(self, base: PriceList) -> None:
        with refused(BaseListExists):
            save_price_list(actor=SYSTEM, name="Another", kind="base", currency="EUR", now=NOW)
