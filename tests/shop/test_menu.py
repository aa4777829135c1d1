"""All categories below the header, as far as the company sees something in them."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.catalog.models import AssortmentRule
from apps.orgs.models import Membership
from tests.conftest import Statements
from tests.factories import make_category, make_product

SignIn = Callable[[Any], Client]
HTMX = {"HX-Request": "true"}


def menu(client: Client) -> str:
    return client.get(reverse("shop:catalog"), headers=HTMX).content.decode()


def test_htmx_gets_the_first_two_levels_alone(mira: Membership, sign_in: SignIn) -> None:
    fasteners = make_category("Fasteners")
    make_product(make_category("Screws", fasteners), "HX-1")
    make_category("Empty", fasteners)

    html = menu(sign_in(mira))

    assert html.lstrip().startswith('<ul class="p-mega__in">')
    assert html.index("Fasteners") < html.index("Screws")
    assert "Empty" not in html


def test_the_button_is_a_link_to_the_page_of_all_categories(mira: Membership, sign_in: SignIn) -> None:
    make_product(make_category("Screws"), "HX-1")
    client = sign_in(mira)

    assert f'href="{reverse("shop:catalog")}" aria-expanded="false"' in client.get("/help/").content.decode()
    assert "<h1>All products</h1>" in client.get(reverse("shop:catalog")).content.decode()


def test_a_category_without_anything_for_the_company_is_left_out(
    mira: Membership, gus: Membership, sign_in: SignIn
) -> None:
    for name in ("Screws", "Gloves"):
        category = make_category(name)
        make_product(category, f"{name}-1")
    AssortmentRule.objects.create(effect="deny", organization=mira.organization, category=category)

    assert "Gloves" not in menu(sign_in(mira))
    assert "Gloves" in menu(sign_in(gus))


def test_twenty_categories_take_as_many_statements_as_one(
    mira: Membership, sign_in: SignIn, statements: Statements
) -> None:
    make_product(make_category("Screws"), "HX-1")
    client = sign_in(mira)
    few = statements(lambda: menu(client))
    for number in range(20):
        make_product(make_category(f"Below {number}", make_category(f"Shelf {number}")), f"HX-{number}-1")

    assert statements(lambda: menu(client)) == few
