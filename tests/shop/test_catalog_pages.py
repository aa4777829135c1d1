from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalog.models import (
    AssortmentRule,
    Attribute,
    AttributeOption,
    AttributeValue,
    Category,
    CategoryAttribute,
    CustomerItemCode,
    Family,
    FamilyText,
    Product,
)
from apps.orgs.models import Membership
from tests.factories import make_category, make_product

SignIn = Callable[[Any], Client]


@pytest.fixture
def screws(db: None) -> Category:
    """Two families of screws in four lengths each."""
    category = make_category("Hex head screws DIN 933", make_category("Fasteners"))
    thread = Attribute.objects.create(code="thread", names={"en": "Thread", "ru": "Резьба"}, kind="choice")
    length = Attribute.objects.create(code="length", names={"en": "Length"}, kind="number", unit="mm")
    CategoryAttribute.objects.create(category=category, attribute=thread, position=1, is_facet=True)
    CategoryAttribute.objects.create(category=category, attribute=length, position=2, is_column=True, is_facet=True)
    for place, size in enumerate(("M8", "M10")):
        option = AttributeOption.objects.create(attribute=thread, code=size, position=place)
        family = Family.objects.create(code=f"din933-{size.lower()}", category=category, position=place)
        FamilyText.objects.create(family=family, language="en", name=f"{size}, Stainless A2-70")
        for number in (20, 30, 40, 50):
            product = make_product(category, f"HX-{size}-{number}", family=family, family_position=number)
            shared = {"product": product, "category": category}
            AttributeValue.objects.create(**shared, attribute=thread, option=option)
            AttributeValue.objects.create(**shared, attribute=length, number=Decimal(number))
    return category


def page(client: Client, category: Category, **query: Any) -> str:
    response = client.get(reverse("shop:category", args=[category.slug]), query)
    assert response.status_code == 200
    return response.content.decode()


class TestCategoryPage:
    def test_groups_by_family_in_engineering_order(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        html = page(sign_in(mira), screws)

        places = [html.index(text) for text in ("M8, Stainless", "HX-M8-20", "HX-M8-50", "M10, Stainless", "HX-M10-20")]
        assert places == sorted(places)

    def test_other_orders_are_flat(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        Product.objects.filter(sku="HX-M10-50").update(popularity=9)

        html = page(sign_in(mira), screws, sort="popular")

        assert "Stainless" not in html
        assert html.index("HX-M10-50") < html.index("HX-M8-20")

    def test_a_choice_narrows_and_counts_say_what_each_other_would_leave(
        self, mira: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        option = AttributeOption.objects.get(code="M8")

        html = page(sign_in(mira), screws, thread=option.pk, length_min="30")

        assert "HX-M8-30" in html
        assert "HX-M8-20" not in html
        assert "HX-M10-30" not in html
        assert "1–3</bdi> of 3" in html
        assert "3 match your filters" in " ".join(html.split())

    @pytest.mark.parametrize(
        "query",
        [{"thread": "x"}, {"thread": "99999999"}, {"length_min": "abc"}, {"length_max": "NaN"}, {"page": "-1"},
         {"page": "99999999999"}, {"sort": "evil"}, {"length_min": "1e400"}],
    )  # fmt: skip
    def test_nonsense_in_the_address_breaks_nothing(
        self, query: dict[str, str], mira: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        assert sign_in(mira).get(reverse("shop:category", args=[screws.slug]), query).status_code == 200

    def test_as_a_list_each_product_tells_its_values(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        html = page(sign_in(mira), screws, view="list")

        assert html.count('<li class="p-li"') == 8
        assert "M8 · Length 20\N{NO-BREAK SPACE}mm" in html
        assert "<table" not in html

    def test_htmx_gets_the_listing_alone(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        response = sign_in(mira).get(reverse("shop:category", args=[screws.slug]), headers={"HX-Request": "true"})

        assert response.content.decode().lstrip().startswith('<div id="listing">')

    @pytest.mark.parametrize("view", ["table", "list"])
    def test_runs_as_many_statements_for_8_products_as_for_24(
        self, view: str, mira: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        client = sign_in(mira)

        def statements() -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                page(client, screws, view=view)
            return len(captured)

        statements()
        few = statements()
        family = Family.objects.first()
        for number in range(30):
            make_product(screws, f"HX-X-{number}", family=family, family_position=100 + number)

        assert statements() == few

    def test_shows_the_reader_s_language(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        client = sign_in(mira)
        client.post(reverse("accounts:language"), {"language": "ru"})

        assert "Резьба" in page(client, screws)

    def test_pages_go_on(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        for number in range(30):
            make_product(screws, f"HX-X-{number:02}")
        client = sign_in(mira)

        assert "1–24</bdi> of 38" in page(client, screws)
        assert "25–38</bdi> of 38" in page(client, screws, page=2)
        assert "25–38</bdi> of 38" in page(client, screws, page=99)


class TestAssortment:
    def test_a_hidden_product_is_nowhere(
        self, mira: Membership, gus: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        AssortmentRule.objects.create(effect="deny", organization=gus.organization, category=screws)
        stranger, buyer = sign_in(gus), sign_in(mira)
        pages = [
            reverse("shop:category", args=[screws.slug]),
            reverse("shop:product", args=["HX-M8-20"]),
        ]

        for url in pages:
            assert stranger.get(url).status_code == 404
            assert buyer.get(url).status_code == 200
        assert "Fasteners" not in stranger.get(reverse("shop:catalog")).content.decode()
        assert "Fasteners" in buyer.get(reverse("shop:catalog")).content.decode()

    def test_a_company_s_own_number_shows_to_that_company_only(
        self, mira: Membership, gus: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        CustomerItemCode.objects.create(
            organization=mira.organization, product=Product.objects.first(), code="SHIP-0815", code_key="SHIP0815"
        )

        assert "SHIP-0815" in page(sign_in(mira), screws)
        assert "SHIP-0815" not in page(sign_in(gus), screws)


class TestProductPage:
    def test_shows_names_numbers_and_technical_data(self, mira: Membership, screws: Category, sign_in: SignIn) -> None:
        html = sign_in(mira).get(reverse("shop:product", args=["HX-M8-20"])).content.decode()

        for text in ("Product HX-M8-20", "Thread", "M8", "Length", "Other sizes", "HX-M8-30"):
            assert text in html

    def test_gets_the_number_of_the_company(
        self, mira: Membership, omar: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        url = reverse("shop:product", args=["HX-M8-20"])
        client = sign_in(mira)

        assert client.post(url, {"code": "NV 7"}).status_code == 303
        changed = client.post(url, {"code": "NV 9", "replacing": "NV7"}, headers={"HX-Request": "true"})

        assert changed.status_code == 200
        assert "Technical data" not in changed.content.decode()
        assert [row.code for row in CustomerItemCode.objects.visible_to(mira)] == ["NV 9"]
        looks = sign_in(omar).get(url).content.decode()
        assert "NV 9" in looks
        assert 'name="code"' not in looks
        assert sign_in(omar).post(url, {"code": "NV 1"}).status_code == 403

    @pytest.mark.parametrize("code", ["–/–", "nv-7"])
    def test_a_refused_number_changes_nothing_and_stays_in_its_field(
        self, code: str, mira: Membership, screws: Category, sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        client.post(reverse("shop:product", args=["HX-M8-30"]), {"code": "NV 7"})
        url = reverse("shop:product", args=["HX-M8-20"])

        # Nor does the number of another product go with it.
        refused = client.post(url, {"code": code, "replacing": "NV7"})

        assert refused.status_code == 422
        assert f'value="{code}"' in refused.content.decode()
        assert [row.product.sku for row in CustomerItemCode.objects.visible_to(mira)] == ["HX-M8-30"]
        assert client.get(url).status_code == 200

    def test_an_unknown_number_is_not_found(self, mira: Membership, sign_in: SignIn) -> None:
        assert sign_in(mira).get(reverse("shop:product", args=["nope/1 2"])).status_code == 404
