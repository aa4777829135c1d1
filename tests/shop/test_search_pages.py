from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalog.actions.index_products import index_products
from apps.catalog.actions.save_item_codes import save_item_codes
from apps.catalog.actions.save_quantity_rule import save_quantity_rule
from apps.catalog.models import AssortmentRule, Category, ItemNumber
from apps.orders.actions.change_cart import change_cart
from apps.orders.actions.save_list import save_list
from apps.orders.models import CartLine
from apps.orgs.models import Membership, RoleGrant
from tests.factories import NOW, SYSTEM, Market, fill_cart, make_address, make_category, make_product, send_cart

SignIn = Callable[[Any], Client]


@pytest.fixture
def screws(db: None) -> Category:
    category = make_category("Hex head screws", make_category("Fasteners"))
    for length in (20, 30, 40):
        make_product(category, f"HX-933-08{length}A2", name=f"Hex screw DIN 933 M8×{length}, A2-70")
    with transaction.atomic():
        index_products()
    return category


class TestSearch:
    def test_a_number_opens_its_product(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        response = sign_in(mira).get(reverse("shop:search"), {"q": "hx 933 0820a2"})

        assert response["Location"] == reverse("shop:product", args=["HX-933-0820A2"])

    def test_words_list_what_has_them(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        html = sign_in(mira).get(reverse("shop:search"), {"q": "hex screw"}).content.decode()

        assert html.count('class="p-sku p-nowrap" href=') == 3

    def test_as_a_list_or_as_a_table_as_the_person_chose_last(
        self, mira: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        client, url = sign_in(mira), reverse("shop:search")
        assert "<table" in client.get(url, {"q": "hex screw"}).content.decode()

        html = client.get(url, {"q": "hex screw", "view": "list"}).content.decode()
        assert html.count('<li class="p-li"') == 3
        assert "?q=hex+screw&amp;view=table" in html
        assert 'class="p-li"' in client.get(url, {"q": "hex screw", "view": "nonsense"}).content.decode()
        assert 'class="p-li"' in client.get(reverse("shop:category", args=[screws.slug])).content.decode()

        client.get(url, {"q": "hex screw", "view": "table"})
        assert 'class="p-li"' not in client.get(url, {"q": "hex screw"}).content.decode()

    def test_a_slip_is_told(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        html = sign_in(mira).get(reverse("shop:search"), {"q": "scrwe"}).content.decode()

        assert "results for “screw”" in html
        assert "HX-933-0820A2" in html

    def test_nothing_says_what_to_do(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        html = sign_in(mira).get(reverse("shop:search"), {"q": "<b>zzzz</b>"}).content.decode()

        assert "No part matches" in html
        assert "<b>zzzz" not in html

    @pytest.mark.parametrize("typed", ["HX-933-082OA2", "HX-933-0820B2", "hx 933 0802a2", "НХ-933-082ОА2"])
    def test_a_mistyped_number_asks_whether_another_is_meant(
        self, typed: str, mira: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        page = client.get(reverse("shop:search"), {"q": typed})

        assert page.status_code == 200
        assert "Did you mean one of these?" in page.content.decode()
        for html in (page.content.decode(), client.get(reverse("shop:suggestions"), {"q": typed}).content.decode()):
            assert "Did you mean" in html
            assert "HX-933-0820A2" in html

    def test_the_name_of_a_category_leads_there(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        html = sign_in(mira).get(reverse("shop:search"), {"q": "Fasteners"}).content.decode()

        assert reverse("shop:category", args=["fasteners"]) in html
        assert "No part matches" not in html

    @pytest.mark.parametrize("question", ["", " ", "a" * 1000, "'", "\x00", "\u202e", "🔩", "1e400"])
    def test_no_question_breaks_it(self, question: str, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        client = sign_in(mira)

        for name in ("shop:search", "shop:suggestions"):
            assert client.get(reverse(name), {"q": question}).status_code in {200, 303}


class TestSuggestions:
    def test_offer_products_and_categories(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        html = sign_in(mira).get(reverse("shop:suggestions"), {"q": "hex"}).content.decode()

        assert html.count('role="option"') == 5
        assert reverse("shop:category", args=[screws.slug]) in html
        assert "All 3 results" in html

    def test_tell_price_stock_and_the_number_that_was_typed(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        save_item_codes(actor=mira, codes={"NV-10442": market.screw}, now=NOW)
        ItemNumber.objects.create(product=market.screw, kind="mpn", code="0057 8 20", code_key="0057820")

        html = sign_in(mira).get(reverse("shop:suggestions"), {"q": "0057 8"}).content.decode()

        for told in ("€1.50", "1,000 in stock", "NV-10442", "<mark>0057 8</mark> 20"):
            assert told in html
        assert html.count('data-adds="') == 1

    def test_tell_no_price_to_who_may_not_see_it(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        RoleGrant.objects.filter(permission="prices.view").delete()

        html = sign_in(mira).get(reverse("shop:suggestions"), {"q": "HX-933"}).content.decode()

        assert "1,000 in stock" in html
        assert "€" not in html

    def test_lists_and_orders_by_name_number_and_po(
        self, lena: Membership, gus: Membership, market: Market, sign_in: SignIn
    ) -> None:
        make_address(lena.organization)
        cart = fill_cart(lena, screw=(market.screw, 400))
        change_cart(actor=lena, cart_uid=cart.uid, facts={"po_number": "PO-77120"}, now=NOW)
        order = send_cart(lena, cart).order
        save_list(actor=lena, name="Weekly yard restock", order_uid=order.uid, now=NOW)
        client, url = sign_in(lena), reverse("shop:suggestions")

        assert reverse("orders:order", args=[order.number]) in client.get(url, {"q": order.number}).content.decode()
        assert order.number in client.get(url, {"q": "po-77120"}).content.decode()
        assert "Weekly yard restock" in client.get(url, {"q": "weekly YARD"}).content.decode()
        assert "Bought last" in client.get(url).content.decode()
        other = sign_in(gus)
        for question in (order.number, "po-77120", "weekly yard", ""):
            assert 'role="option"' not in other.get(url, {"q": question}).content.decode()

    def test_an_empty_field_shows_what_was_searched_last(
        self, mira: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        client, url = sign_in(mira), reverse("shop:suggestions")
        assert 'role="option"' not in client.get(url).content.decode()
        for question in ("hex screw", "bolts", "hex screw"):
            client.get(reverse("shop:search"), {"q": question})

        html = client.get(url, {"q": " "}).content.decode()

        assert html.index("hex screw") < html.index("bolts")
        assert html.count('role="option"') == 2

    def test_mark_what_was_asked_for_and_nothing_else(
        self, mira: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        make_product(screws, "HX-1", name="Screw <b>M8×40</b>")
        with transaction.atomic():
            index_products()
        client, url = sign_in(mira), reverse("shop:suggestions")

        html = client.get(url, {"q": "933 m8 40"}).content.decode()
        assert "DIN <mark>933</mark> <mark>M8</mark>×<mark>40</mark>, A2-70" in html
        assert "HX-<mark>933</mark>-08<mark>40</mark>A2" in html
        # A slip: the word that was looked for is marked.
        assert "Hex <mark>screw</mark> DIN" in client.get(url, {"q": "scrwe"}).content.decode()
        assert "<mark>HX-933-0820A2</mark>" in client.get(url, {"q": "HX-933-082OA2"}).content.decode()
        assert "&lt;b&gt;<mark>M8×40</mark>&lt;/b&gt;" in client.get(url, {"q": "m8x40 screw"}).content.decode()
        assert "<mark>" not in client.get(url, {"q": ""}).content.decode()

    def test_as_many_results_as_the_search_has(
        self, mira: Membership, screws: Category, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = sign_in(mira)
        monkeypatch.setattr("apps.shop.queries.browsing.RESULTS", 2)

        html = client.get(reverse("shop:suggestions"), {"q": "screw"}).content.decode()

        assert "More than 2 results" in html
        assert "results" not in client.get(reverse("shop:suggestions"), {"q": "HX-933-0820B2"}).content.decode()

    def test_have_the_usual_quantity_in_them(
        self, lena: Membership, gus: Membership, market: Market, sign_in: SignIn
    ) -> None:
        """What the company ordered last of a part, as far as it is sold so; else the least. Never what others did."""
        make_address(lena.organization)
        send_cart(lena, fill_cart(lena, screw=(market.screw, 410)))
        url, field = reverse("shop:suggestions"), f'id="quantity-suggested-{market.screw.uid}"'

        def suggested(member: Membership) -> str:
            html = sign_in(member).get(url, {"q": "HX-933"}).content.decode()
            return html[html.index(field) :].split(">")[0]

        assert 'value="410"' in suggested(lena)
        assert "Bought " in sign_in(lena).get(url, {"q": "HX-933"}).content.decode()
        assert 'value="410"' not in suggested(gus)
        facts = {"product": market.screw, "order_multiple": Decimal(100)}
        save_quantity_rule(actor=SYSTEM, organization=lena.organization, **facts, now=NOW)
        assert 'value="500"' in suggested(lena)

    def test_say_what_the_cart_has_and_offer_no_button_to_who_may_not_buy(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        fill_cart(mira, screw=(market.screw, 400))
        client, url = sign_in(mira), reverse("shop:suggestions")
        assert "400 in your cart" in client.get(url, {"q": "HX-933"}).content.decode()

        RoleGrant.objects.filter(permission="cart.edit").delete()

        html = sign_in(mira).get(url, {"q": "HX-933"}).content.decode()
        assert "HX-<mark>" in html or "<mark>HX" in html
        assert "data-stepper" not in html
        assert "data-adds" not in html

    def test_what_is_added_is_said_where_it_is_suggested(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        client, key = sign_in(mira), str(market.screw.uid)

        def add(quantity: str) -> tuple[int, str]:
            typed = {"only": key, f"q-{key}": quantity, "place": "suggestion"}
            answer = client.post(reverse("shop:lines"), typed, headers={"HX-Request": "true"})
            return answer.status_code, answer.content.decode()

        status, html = add("400")
        assert status == 200
        assert f'id="suggested-{key}" hx-swap-oob="true"' in html
        assert "400 in your cart" in html
        assert 'id="cart-badge"' in html

        assert "in-cart-" not in html

        status, html = add("many")
        assert status == 422
        assert '<span class="p-err">' in html[html.index(f'id="suggested-{key}"') :]
        assert "HX-933-0840A2: " in html[html.index('id="live"') :]
        assert CartLine.objects.get().quantity == 400

    def test_the_mark_of_the_same_part_on_the_page_is_renewed_where_there_is_one(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        key = str(market.screw.uid)
        typed = {"only": key, f"q-{key}": "400", "place": "suggestion", "marked": "1"}

        html = sign_in(mira).post(reverse("shop:lines"), typed, headers={"HX-Request": "true"}).content.decode()

        assert "400 in your cart" in html[html.index(f'id="in-cart-{key}" hx-swap-oob="true"') :]

    def test_never_offer_what_is_hidden(
        self, mira: Membership, gus: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        AssortmentRule.objects.create(effect="deny", organization=gus.organization)

        for question in ("hex", "HX-933", "HX-933-0820A2", "Fasteners"):
            html = sign_in(gus).get(reverse("shop:suggestions"), {"q": question}).content.decode()
            assert 'role="option"' not in html

    def test_run_as_many_statements_for_many_hits_as_for_few(
        self, mira: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        client = sign_in(mira)

        def statements() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("shop:suggestions"), {"q": "hex"})
            return len(captured)

        few = statements()
        for number in range(30):
            make_product(screws, f"HX-{number}", name=f"Hex screw {number}")
            make_product(make_category(f"Hex nuts {number}"), f"HN-{number}", name=f"Hex nut {number}")
        with transaction.atomic():
            index_products()

        assert statements() == few


def test_the_search_field_is_on_every_page_of_who_may_browse(mira: Membership, sign_in: SignIn) -> None:
    client = sign_in(mira)

    assert 'role="search"' in client.get(reverse("portal:home")).content.decode()
    assert 'role="search"' not in Client().get(reverse("account_login")).content.decode()
