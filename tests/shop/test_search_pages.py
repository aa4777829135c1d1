from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalog.actions.index_products import index_products
from apps.catalog.models import AssortmentRule, Category
from apps.orgs.models import Membership
from tests.factories import make_category, make_product

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

        assert html.count('role="option"') == 4
        assert reverse("shop:category", args=[screws.slug]) in html

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
