"""Buying from a table, from the search and from a product's own page."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalog.models import AssortmentRule, PackLevel, Product
from apps.orders.models import CartLine
from apps.orgs.models import Membership, RoleGrant
from apps.pricing.actions.change_prices import NewPrice, change_prices
from apps.pricing.queries import Quote
from apps.shop.queries.buying import breaks_at
from tests.factories import NOW, SYSTEM, Market, expect_goods, make_address, make_product, open_market

SignIn = Callable[[Any], Client]
HTMX = {"HX-Request": "true"}
D = Decimal


@pytest.fixture
def market(db: None) -> Market:
    market = open_market()
    Product.objects.filter(pk=market.screw.pk).update(min_quantity=100, order_multiple=50)
    PackLevel.objects.create(product=market.screw, unit="BX", factor=D(200))
    rows = [NewPrice(market.screw.pk, D(1), D("1.50")), NewPrice(market.screw.pk, D(500), D("1.20"))]
    change_prices(actor=SYSTEM, price_list=market.prices, prices=rows, now=NOW)
    return market


def field(product: Product) -> str:
    return f"q-{product.uid}"


def add(client: Client, headers: dict[str, str] | None = None, **fields: Any) -> HttpResponse:
    return client.post(reverse("shop:lines"), fields, headers=headers)


def in_cart() -> list[tuple[str, Decimal]]:
    return sorted(CartLine.objects.values_list("product__sku", "quantity"))


class TestLines:
    def test_a_plain_form_adds_all_filled_rows_and_goes_back(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        fields = {field(market.screw): "2 box", field(market.gloves): "3", "next": "/products/everything/"}

        response = add(sign_in(mira), **fields)

        assert (response.status_code, response["Location"]) == (303, "/products/everything/")
        assert in_cart() == [("GL-N7-0930B", D(3)), ("HX-933-0840A2", D(400))]

    def test_the_button_of_a_row_adds_that_row_alone(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        fields = {field(market.screw): "130", field(market.gloves): "3", "only": market.screw.uid, "place": "listing"}

        response = add(sign_in(mira), HTMX, **fields)

        html = response.content.decode()
        assert in_cart() == [("HX-933-0840A2", D(150))]
        assert "150 in your cart" in html
        assert "130 rounded up to 150" in html
        assert 'id="cart-badge"' in html
        # The gloves still wait in their field.
        assert "1 line ready to add" in " ".join(html.split())
        assert "€30.00" in html

    def test_an_empty_row_adds_the_least_quantity(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        add(sign_in(mira), only=market.screw.uid)

        assert in_cart() == [("HX-933-0840A2", D(100))]

    def test_good_rows_go_and_bad_ones_say_why(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        fields = {field(market.screw): "many", field(market.gloves): "3", "place": "listing"}

        html = add(sign_in(mira), HTMX, **fields).content.decode()

        assert in_cart() == [("GL-N7-0930B", D(3))]
        assert "“many” is not a quantity." in html
        assert 'value="many"' in html

    @pytest.mark.parametrize("typed", ["0", "-1", "1.5", "99999999", "<b>"])
    def test_a_bad_quantity_changes_nothing(
        self, typed: str, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        response = add(sign_in(mira), HTMX, **{field(market.gloves): typed, "place": "listing"})

        assert response.status_code == 422
        assert 'role="alert"' in response.content.decode()
        assert in_cart() == []

    def test_nothing_filled_is_told(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        for fields in ({}, {"only": "x"}, {"q-x": "1"}):
            response = add(sign_in(mira), HTMX, **fields)

            assert response.status_code == 422
            assert "Type a quantity first." in response.content.decode()

    def test_what_is_hidden_cannot_be_added(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        AssortmentRule.objects.create(effect="deny", organization=mira.organization)

        add(sign_in(mira), **{field(market.gloves): "1"})

        assert in_cart() == []


class TestPrice:
    def preview(self, client: Client, market: Market, quantity: str, **more: Any) -> str:
        fields = {"product": market.screw.uid, field(market.screw): quantity, **more}
        response = client.post(reverse("shop:price"), fields, headers=HTMX)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    def test_the_break_that_holds_is_marked_and_the_line_summed(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        html = self.preview(sign_in(mira), market, "500", **{field(market.gloves): "2"})

        assert '<span class="on"><small><bdi dir="ltr">500+</bdi></small>1.200</span>' in html
        assert "= €600.00" in html
        assert "2 lines ready to add" in html
        assert "€620.00" in html

    def test_the_page_of_a_product_says_packs_the_next_break_and_the_day(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        make_address(mira.organization)
        html = self.preview(sign_in(mira), market, "400", place="box")

        assert "400 = <bdi>2 × box</bdi>" in html
        assert "100 more" in html
        assert "20%" in html
        assert "1,000 in stock" in html

    def test_nobody_without_the_right_sees_a_price(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        RoleGrant.objects.filter(permission="prices.view").delete()

        html = self.preview(sign_in(mira), market, "500")

        assert "€" not in html
        assert "1 line ready to add" in html

    def test_what_is_hidden_has_no_price(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        AssortmentRule.objects.create(effect="deny", organization=mira.organization)
        client = sign_in(mira)

        for product in (market.screw.uid, "x", ""):
            assert client.post(reverse("shop:price"), {"product": product}).status_code == 404


class TestPages:
    def pages(self, market: Market) -> list[str]:
        return [
            reverse("shop:category", args=[market.screw.category.slug]),
            reverse("shop:product", args=[market.screw.sku]),
        ]

    def test_offer_the_cart_to_whom_may_fill_one(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        client = sign_in(mira)
        add(client, **{field(market.screw): "150"})
        for url in self.pages(market):
            html = client.get(url).content.decode()
            assert field(market.screw) in html
            assert "150 in your cart" in html

        RoleGrant.objects.filter(permission="cart.edit").delete()
        for url in self.pages(market):
            html = client.get(url).content.decode()
            assert "data-stepper" not in html
            assert market.screw.sku in html

    def test_say_what_is_there_and_when_it_comes(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        make_address(mira.organization)
        expect_goods(market.screw, market.warehouse, 5000, date(2099, 12, 1))
        category, product = (sign_in(mira).get(url).content.decode() for url in self.pages(market))

        assert 'class="p-st">1,000</span>' in category
        assert "1,000 in stock" in product
        assert market.warehouse.name in product
        assert "due" in product

    def test_run_as_many_statements_for_1_row_as_for_20(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        url = self.pages(market)[0]

        def statements() -> int:
            client.get(url)
            with CaptureQueriesContext(connection) as captured:
                client.get(url)
            return len(captured)

        few = statements()
        for number in range(20):
            make_product(market.screw.category, f"HX-A-{number}")

        assert statements() == few


@pytest.mark.parametrize(
    ("quantity", "on", "more"), [("1", "100", "499"), ("100", "100", "400"), ("499", "100", "1"), ("500", "500", None)]
)
def test_the_break_at_a_quantity(quantity: str, on: str, more: str | None) -> None:
    quote = Quote(D("1.5"), 1, "EUR", [(D(100), D("1.5")), (D(500), D("1.2"))], [])

    rows = breaks_at(quote, D(quantity))

    assert [row.start for row in rows if row.is_on] == [D(on)]
    assert [row.more for row in rows if row.more is not None] == ([D(more)] if more else [])
    assert [row.saving for row in rows] == [D(0), D("0.20")]
