"""Products side by side, kept in the session."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.catalog.models import AssortmentRule, Attribute, AttributeValue, Category, CategoryAttribute, Product
from apps.orgs.models import Membership
from tests.conftest import Statements
from tests.factories import Market, make_address, make_product, open_market

SignIn = Callable[[Any], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def market(mira: Membership) -> Market:
    make_address(mira.organization)
    return open_market()


@pytest.fixture
def screws(market: Market) -> list[Product]:
    """Five screws of different length and the same head."""
    shelf: Category = market.screw.category
    length = Attribute.objects.create(code="length", names={"en": "Length"}, kind="number", unit="mm")
    head = Attribute.objects.create(code="head", names={"en": "Head"}, kind="text")
    for place, attribute in enumerate((length, head)):
        CategoryAttribute.objects.create(category=shelf, attribute=attribute, position=place)
    products = [make_product(shelf, f"HX-{number}") for number in (20, 30, 40, 50, 60)]
    for product in products:
        number = Decimal(product.sku.removeprefix("HX-"))
        AttributeValue.objects.create(product=product, category=shelf, attribute=length, number=number)
        AttributeValue.objects.create(product=product, category=shelf, attribute=head, text="Hexagon")
    return products


def tick(client: Client, *products: Product, **fields: Any) -> HttpResponse:
    return client.post(reverse("shop:compare"), {"compare": [product.uid for product in products], **fields})


def toggle(client: Client, product: Product, *, is_on: bool = True) -> HttpResponse:
    fields = {"product": product.uid, "sku": product.sku, **({"compare": product.uid} if is_on else {})}
    return client.post(reverse("shop:compare"), fields, headers=HTMX)


def page(client: Client, query: str = "") -> str:
    return client.get(reverse("shop:compare") + query).content.decode()


class TestPage:
    def test_shows_what_tells_products_apart_and_all_on_request(
        self, mira: Membership, screws: list[Product], sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        assert tick(client, *screws[:3])["Location"] == reverse("shop:compare")

        html = page(client)
        assert html.index("HX-20") < html.index("HX-30") < html.index("HX-40")
        assert "Length" in html
        assert "40&nbsp;mm" in html
        assert "Hexagon" not in html
        assert "Hexagon" in page(client, "?all")

    def test_one_is_taken_away(self, mira: Membership, screws: list[Product], sign_in: SignIn) -> None:
        client = sign_in(mira)
        tick(client, *screws[:2])

        fields = {"product": screws[0].uid}
        assert client.post(reverse("shop:compare_removal"), fields).status_code == 303
        assert "HX-20" not in page(client)
        assert "HX-30" in page(client)
        response = client.post(reverse("shop:compare_removal"), {"product": screws[1].uid}, headers=HTMX)
        assert response["HX-Redirect"] == reverse("shop:compare")
        assert "Nothing to compare yet" in page(client)

    def test_another_company_sees_only_what_it_sees_elsewhere(
        self, mira: Membership, screws: list[Product], sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        tick(client, *screws[:2])
        AssortmentRule.objects.create(effect="deny", organization=mira.organization)

        assert "HX-20" not in page(client)
        assert "HX-30" not in toggle(client, screws[2]).content.decode()

    def test_without_prices_there_are_none(self, omar: Membership, screws: list[Product], sign_in: SignIn) -> None:
        client = sign_in(omar)
        tick(client, *screws[:2])

        assert omar.may("prices.view") == ("Your unit price" in page(client))

    def test_four_products_take_as_many_statements_as_one(
        self, mira: Membership, screws: list[Product], sign_in: SignIn, statements: Statements
    ) -> None:
        client = sign_in(mira)
        tick(client, screws[0])
        one = statements(lambda: page(client))
        tick(client, *screws[1:4])

        assert statements(lambda: page(client)) == one


class TestBoxes:
    def test_a_box_answers_with_itself_and_the_bar(
        self, mira: Membership, screws: list[Product], sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        toggle(client, screws[0])
        html = toggle(client, screws[1]).content.decode()

        assert html.lstrip().startswith(f'<input type="checkbox" id="compare-{screws[1].uid}"')
        assert " checked" in html
        assert 'id="compare-bar" hx-swap-oob="true"' in html
        assert "Compare 2" in html
        html = toggle(client, screws[1], is_on=False).content.decode()
        assert " checked" not in html
        assert "HX-20" in html

    def test_a_fifth_is_refused_and_its_box_stays_empty(
        self, mira: Membership, screws: list[Product], sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        tick(client, *screws[:4])

        response = toggle(client, screws[4])
        html = response.content.decode()
        assert response.status_code == 422
        assert " checked" not in html
        assert "At most 4 products" in html
        assert "HX-60" not in page(client)
        tick(client, screws[4])
        assert "At most 4 products" in page(client)
        assert "HX-60" not in page(client)

    @pytest.mark.parametrize(
        "path",
        [
            "/products/everything/",
            "/products/parts/HX-20/",
            "/products/search/?q=HX-2",
            "/products/everything/?view=list",
        ],
    )
    def test_stand_where_products_stand(
        self, path: str, mira: Membership, screws: list[Product], sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        tick(client, *screws[:2])

        html = client.get(path).content.decode()
        assert f'value="{screws[0].uid}" autocomplete="off" checked' in html
        assert "Compare 2" in html

    def test_clearing_empties_the_bar(self, mira: Membership, screws: list[Product], sign_in: SignIn) -> None:
        client = sign_in(mira)
        tick(client, *screws[:2])

        response = client.post(reverse("shop:compare_removal"), headers=HTMX)

        assert response["HX-Trigger"] == '{"compare:cleared": {}}'
        assert 'id="compare-bar" hidden' in response.content.decode()
        assert "Nothing to compare yet" in page(client)
        fields = {"next": "/products/"}
        assert client.post(reverse("shop:compare_removal"), fields)["Location"] == "/products/"

    def test_nonsense_is_nothing(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        client = sign_in(mira)
        fields = {"compare": ["x", "00000000-0000-0000-0000-000000000000"], "product": "<b>"}

        assert client.post(reverse("shop:compare"), fields).status_code == 303
        assert "Nothing to compare yet" in page(client)
