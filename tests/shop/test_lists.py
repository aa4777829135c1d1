"""The pages of purchasing lists."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.orders.actions.change_list import change_list
from apps.orders.actions.change_list_lines import change_list_lines
from apps.orders.actions.save_list import save_list
from apps.orders.models import CartLine, PurchasingList
from apps.orgs.models import Membership, RoleGrant
from tests.factories import NOW, Market, fill_cart, make_product, send_cart

SignIn = Callable[[Any], Client]
D = Decimal


@pytest.fixture
def restock(market: Market, mira: Membership) -> PurchasingList:
    found = save_list(actor=mira, name="Restock", now=NOW)
    quantities = {market.screw.pk: D(400), market.gloves.pk: D(4)}
    return change_list_lines(actor=mira, list_uid=found.uid, quantities=quantities, now=NOW)


@pytest.fixture
def browser(mira: Membership, sign_in: SignIn) -> Client:
    return sign_in(mira)


def url(found: PurchasingList, name: str = "list") -> str:
    return reverse(f"shop:{name}", args=[found.uid])


def field(product: Any) -> str:
    return f"q-{product.uid}"


class TestLists:
    def test_many_come_in_pages(
        self, restock: PurchasingList, mira: Membership, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.shop.views.lists.PAGE", 1)
        save_list(actor=mira, name="Tools", now=NOW)

        first = browser.get(reverse("shop:lists")).content.decode()
        second = browser.get(reverse("shop:lists"), {"page": 2}).content.decode()

        assert "Restock" in first
        assert "Next page" in first
        assert "Tools" not in first
        assert "Tools" in second


class TestList:
    def test_it_shows_todays_price_stock_day_and_sum(self, restock: PurchasingList, browser: Client) -> None:
        page = browser.get(url(restock)).content.decode()

        for text in ("Hex screw M8×40", "€600.00", "€40.00", "Add all 2", "€640.00", "1,000"):
            assert text in page

    def test_who_may_not_see_prices_sees_none(self, restock: PurchasingList, browser: Client) -> None:
        RoleGrant.objects.filter(permission="prices.view").delete()

        assert "€" not in browser.get(url(restock)).content.decode()

    def test_a_long_list_takes_as_many_statements(
        self, restock: PurchasingList, market: Market, mira: Membership, browser: Client
    ) -> None:
        def statements() -> int:
            with CaptureQueriesContext(connection) as counted:
                browser.get(url(restock))
            return len(counted)

        browser.get(url(restock))
        few = statements()
        more = [make_product(market.screw.category, f"MORE-{number}") for number in range(20)]
        change_list_lines(actor=mira, list_uid=restock.uid, quantities={product.pk: D(1) for product in more}, now=NOW)

        assert statements() == few

    def test_hundreds_of_lines_come_in_pages_and_go_into_the_cart_together(
        self, restock: PurchasingList, market: Market, mira: Membership, browser: Client
    ) -> None:
        more = [make_product(market.screw.category, f"MORE-{number}") for number in range(110)]
        change_list_lines(actor=mira, list_uid=restock.uid, quantities={product.pk: D(1) for product in more}, now=NOW)

        page = browser.get(url(restock), {"page": "2"}).content.decode()
        browser.post(url(restock, "list_cart_lines"), {"which": "all"})

        assert "Page 2 of 2" in page
        assert "MORE-109" in page
        assert "MORE-1<" not in page
        assert CartLine.objects.count() == 112

    @pytest.mark.parametrize("page", ["0", "99", "nonsense"])
    def test_no_page_is_missing(self, page: str, restock: PurchasingList, browser: Client) -> None:
        assert "Hex screw" in browser.get(url(restock), {"page": page}).content.decode()


class TestAdding:
    def test_all_at_the_typed_quantities(self, restock: PurchasingList, market: Market, browser: Client) -> None:
        answer = browser.post(url(restock, "list_cart_lines"), {"which": "all", field(market.screw): "1,000"})

        cart = CartLine.objects.first().cart
        assert (answer.status_code, answer["Location"]) == (303, reverse("orders:cart", args=[cart.uid]))
        assert sorted(CartLine.objects.values_list("quantity", flat=True)) == [D(4), D(1000)]

    def test_only_the_ticked(self, restock: PurchasingList, market: Market, browser: Client) -> None:
        line = restock.lines.get(product=market.gloves)

        browser.post(url(restock, "list_cart_lines"), {"which": "ticked", "line": [line.uid, "nonsense"]})

        assert CartLine.objects.get().product == market.gloves

    @pytest.mark.parametrize(
        ("fields", "words"), [({"which": "ticked"}, "Tick the lines first."), ({"q": "many"}, "HX-933-0840A2")]
    )
    def test_a_refusal_says_why_and_keeps_what_was_typed(
        self, fields: dict[str, str], words: str, restock: PurchasingList, market: Market, browser: Client
    ) -> None:
        typed = {field(market.screw): fields.pop("q", "700")}

        answer = browser.post(url(restock, "list_cart_lines"), {**fields, **typed})

        assert answer.status_code == 422
        page = answer.content.decode()
        assert words in page
        assert f'value="{typed[field(market.screw)]}"' in page
        assert not CartLine.objects.exists()


class TestChanging:
    def test_a_list_begins_empty_and_takes_parts_by_their_numbers(self, market: Market, browser: Client) -> None:
        answer = browser.post(reverse("shop:lists"), {"name": "Dock 2"})
        found = PurchasingList.objects.get()
        assert answer["Location"] == url(found)

        browser.post(url(found, "list_lines"), {"number": "gl n7 0930b", "quantity": "6"})
        refused = browser.post(url(found, "list_lines"), {"number": "no such", "quantity": "6"})

        assert found.lines.get().quantity == D(6)
        assert refused.status_code == 422
        assert "No part has this number." in refused.content.decode()

    def test_carts_and_orders_offer_to_be_kept(self, market: Market, mira: Membership, browser: Client) -> None:
        order = send_cart(mira, fill_cart(mira, screw=(market.screw, 400))).order
        cart = fill_cart(mira, gloves=(market.gloves, 4))
        assert order
        pages = [reverse("orders:order", args=[order.number]), reverse("orders:cart", args=[cart.uid])]

        assert all("Save as list" in browser.get(page).content.decode() for page in pages)
        browser.post(reverse("shop:lists"), {"name": "From order", "order": order.uid})
        browser.post(reverse("shop:lists"), {"name": "From cart", "cart": cart.uid})

        assert PurchasingList.objects.get(name="From order").lines.get().product == market.screw
        assert PurchasingList.objects.get(name="From cart").lines.get().product == market.gloves

    def test_nobody_keeps_the_cart_of_another_company(
        self, market: Market, mira: Membership, gus: Membership, sign_in: SignIn
    ) -> None:
        cart = fill_cart(mira, gloves=(market.gloves, 4))

        answer = sign_in(gus).post(reverse("shop:lists"), {"name": "Theirs", "cart": cart.uid})

        assert answer.status_code == 404
        assert not PurchasingList.objects.exists()

    def test_quantities_names_and_lines_are_kept(
        self, restock: PurchasingList, market: Market, browser: Client
    ) -> None:
        line = restock.lines.get(product=market.gloves)

        browser.post(url(restock, "list_lines"), {field(market.screw): "500", field(market.gloves): "4"})
        browser.post(url(restock), {"name": "Weekly", "is_shared": "1"})
        browser.post(url(restock, "list_lines_removal"), {"line": line.uid})

        restock.refresh_from_db()
        assert (restock.name, restock.is_shared) == ("Weekly", True)
        assert restock.lines.get().quantity == D(500)

        browser.post(url(restock, "list_removal"))
        assert not PurchasingList.objects.exists()

    def test_a_requester_uses_the_list_of_a_colleague_and_cannot_change_it(
        self, restock: PurchasingList, omar: Membership, sign_in: SignIn
    ) -> None:
        client = sign_in(omar)
        assert client.get(url(restock)).status_code == 404
        change_list(actor=restock.owner, list_uid=restock.uid, name="Restock", is_shared=True, now=NOW)

        page = client.get(url(restock)).content.decode()

        assert "Add all 2" in page
        assert "Keep these quantities" not in page
        assert client.post(url(restock, "list_removal")).status_code == 403
        assert PurchasingList.objects.exists()
