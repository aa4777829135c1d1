"""Prices as sales keep them in the admin."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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
        assert "before the first" in errors[2]["valid_until"][0]
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


class TestFile:
    def send(self, client: Client, market: Market, text: str) -> Any:
        file = SimpleUploadedFile("book.csv", text.encode())
        return client.post(reverse("admin:pricing_pricelist_upload", args=[market.prices.pk]), {"file": file})

    def test_is_taken_into_the_list(self, sal: Client, market: Market) -> None:
        assert "Import a file" in sal.get(list_page(market)).content.decode()
        response = self.send(sal, market, f"sku,price\n{market.screw.sku},1.75\n")

        assert response.status_code == 302
        assert Price.objects.get(product=market.screw).amount == D("1.75")
        assert Event.objects.get(name="pricing.prices_imported").actor_label == "Sal"

    def test_a_fault_refuses_it_and_is_shown_at_its_line(self, sal: Client, market: Market) -> None:
        response = self.send(sal, market, f"sku,price\n{market.screw.sku},1.75\nNOPE,1\n")

        assert response.status_code == 422
        page = response.content.decode()
        assert "1 row was refused." in page
        assert "No product has the number “NOPE”." in page
        assert Price.objects.get(product=market.screw).amount == D("1.5")

    def test_what_is_no_table_is_refused(self, sal: Client, market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "told apart by" in self.send(sal, market, "sku|price\nA|1\n").content.decode()
        monkeypatch.setattr("apps.pricing.forms.MOST_BYTES", 10)
        assert "Up to 5 MB" in self.send(sal, market, "sku,price\nA,1\n").content.decode()

    def test_is_not_for_the_catalog_role(self, market: Market, sign_in: SignIn) -> None:
        client = sign_in(make_staff("Cat", StaffRole.CATALOG))

        assert self.send(client, market, "sku,price\n").status_code == 403
        assert "Import a file" not in client.get(list_page(market)).content.decode()


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
