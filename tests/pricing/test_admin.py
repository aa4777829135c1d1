"""Prices as sales keep them in the admin."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.activity.models import Event
from apps.core.permissions import StaffRole
from apps.pricing.actions.change_prices import NewPrice, change_prices
from apps.pricing.models import Price
from tests.factories import NOW, SYSTEM, Market, make_staff
from tests.forms import more_rows, typed

SignIn = Callable[[Any], Client]
D = Decimal
ADD = "admin:pricing_price_add"


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def sal(db: None, sign_in: SignIn) -> Client:
    return sign_in(make_staff("Sal", StaffRole.SALES))


@pytest.fixture
def price(market: Market) -> Price:
    return Price.objects.get(product=market.screw)


def change(price: Price) -> str:
    return reverse("admin:pricing_price_change", args=[price.pk])


def list_page(market: Market) -> str:
    return reverse("admin:pricing_pricelist_change", args=[market.prices.pk])


def facts(market: Market, **other: Any) -> dict[str, Any]:
    return {"product": market.screw.pk, "price_list": market.prices.pk, "min_quantity": "1", "amount": "1", **other}


class TestPrice:
    def test_is_added_with_quantity_and_days(self, sal: Client, market: Market) -> None:
        days = {"valid_from": "2027-01-01", "valid_until": "2027-01-31"}
        response = sal.post(reverse(ADD), facts(market, min_quantity="500", amount="1,234.5678", **days))

        assert response.status_code == 302
        price = Price.objects.get(product=market.screw, min_quantity=500)
        assert (price.amount, price.valid_until) == (D("1234.5678"), date(2027, 1, 31))

    def test_is_changed_and_ended(self, sal: Client, market: Market, price: Price) -> None:
        assert typed(sal, change(price))["amount"] == "1.5"
        sal.post(change(price), typed(sal, change(price), amount="1.75"))
        price = Price.objects.get(product=market.screw)
        response = sal.post(change(price), typed(sal, change(price), valid_until="2026-12-31"))

        assert response.status_code == 302
        found = Price.objects.get(product=market.screw)
        assert (found.amount, found.valid_from, found.valid_until) == (D("1.75"), None, date(2026, 12, 31))
        assert Event.objects.filter(name="pricing.prices_changed", actor_label="Sal").count() == 2

    def test_is_removed(self, sal: Client, market: Market, price: Price) -> None:
        sal.post(reverse("admin:pricing_price_delete", args=[price.pk]), {"post": "yes"})

        assert not Price.objects.filter(product=market.screw).exists()
        assert Event.objects.filter(name="pricing.prices_changed", actor_label="Sal").count() == 1

    def test_a_refusal_stands_in_the_form(self, sal: Client, market: Market) -> None:
        row = NewPrice(market.screw.pk, D(1), D(1), date(2027, 1, 1))
        change_prices(actor=SYSTEM, price_list=market.prices, prices=[row], now=NOW)

        overlap = sal.post(reverse(ADD), facts(market, amount="0.777", valid_from="2027-02-01"))
        negative = sal.post(reverse(ADD), facts(market, amount="-1"))
        mixed_up = sal.post(reverse(ADD), facts(market, valid_from="2026-02-01", valid_until="2026-01-01"))

        errors = [response.context["adminform"].form.errors for response in (overlap, negative, mixed_up)]
        assert "holds on some of these days" in errors[0]["__all__"][0]
        assert 'value="0.777"' in overlap.content.decode()
        assert "amount" in errors[1]
        assert "before the first" in errors[2]["__all__"][0]
        assert Price.objects.filter(product=market.screw).count() == 2

    def test_the_list_is_found_by_number(self, sal: Client, market: Market) -> None:
        page = sal.get(reverse("admin:pricing_price_changelist"), {"q": "hx933"}).content.decode()

        assert market.screw.sku in page
        assert market.gloves.sku not in page


class TestPriceList:
    def test_lines_are_added_on_its_page(self, sal: Client, market: Market) -> None:
        page = sal.get(list_page(market)).content.decode()
        assert "2 prices" in page
        assert f"?price_list__id__exact={market.prices.pk}" in page
        data = more_rows(
            typed(sal, list_page(market), name="Book 2027"), "prices",
            {"product": market.screw.pk, "min_quantity": "100", "amount": "1.2"},
            {"product": market.gloves.pk, "min_quantity": "10", "amount": "9", "valid_from": "2027-01-01"},
        )  # fmt: skip

        response = sal.post(list_page(market), data)

        assert response.status_code == 302
        assert market.prices.prices.count() == 4
        market.prices.refresh_from_db()
        assert market.prices.name == "Book 2027"

    def test_a_refusal_stands_at_its_row_and_nothing_is_written(self, sal: Client, market: Market) -> None:
        glove = {"product": market.gloves.pk, "min_quantity": "10", "amount": "9", "valid_from": "2027-01-01"}
        data = more_rows(
            typed(sal, list_page(market), name="Other"), "prices", glove, {**glove, "valid_from": "2027-02-01"}
        )

        response = sal.post(list_page(market), data)

        [inline] = response.context["inline_admin_formsets"]
        assert [bool(errors) for errors in inline.formset.errors] == [False, True]
        assert "holds on some of these days" in str(inline.formset.errors[1])
        assert market.prices.prices.count() == 2
        market.prices.refresh_from_db()
        assert market.prices.name == "Price book EUR"


@pytest.mark.parametrize("role", [StaffRole.WAREHOUSE, StaffRole.CATALOG, StaffRole.ADMINISTRATOR])
def test_only_sales_and_administrators_change_prices(role: str, market: Market, price: Price, sign_in: SignIn) -> None:
    client, may = sign_in(make_staff("Kim", role)), role == StaffRole.ADMINISTRATOR

    assert client.get(change(price)).status_code == 200
    assert client.get(list_page(market)).status_code == 200
    assert client.get(reverse(ADD)).status_code == (200 if may else 403)
    assert client.post(change(price), {"min_quantity": "1", "amount": "7"}).status_code == (302 if may else 403)
    assert Price.objects.get(product=market.screw).amount == (7 if may else D("1.5"))
    removal = reverse("admin:pricing_price_delete", args=[Price.objects.get(product=market.screw).pk])
    assert client.post(removal, {"post": "yes"}).status_code == (302 if may else 403)
