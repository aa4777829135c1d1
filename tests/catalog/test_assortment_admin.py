"""Who sees what, as staff decide it in the admin."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.activity.models import Event
from apps.catalog.actions.save_assortment_rule import save_assortment_rule
from apps.catalog.models import AssortmentRule, Category
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import visible
from apps.core.permissions import StaffRole
from apps.orgs.models import Membership, Organization
from apps.orgs.queries import buying_context
from tests.factories import NOW, SYSTEM, make_category, make_product, make_staff
from tests.forms import typed

SignIn = Callable[[Any], Client]
DAY = date(2026, 11, 23)
ADD = "admin:catalog_assortmentrule_add"


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def cat(db: None, sign_in: SignIn) -> Client:
    return sign_in(make_staff("Cat", StaffRole.CATALOG))


@pytest.fixture
def shelf(db: None) -> Category:
    shelf = make_category("Welding")
    for sku in ("WL-1", "WL-2", "WL-3"):
        make_product(shelf, sku)
    return shelf


def change(rule: AssortmentRule) -> str:
    return reverse("admin:catalog_assortmentrule_change", args=[rule.pk])


def seen(member: Membership) -> list[str]:
    found = visible(buying_context(member), catalog_tree(), DAY)
    return list(found.order_by("sku").values_list("sku", flat=True))


def test_a_shelf_is_hidden_from_one_company(cat: Client, shelf: Category, mira: Membership, gus: Membership) -> None:
    facts = {"effect": "deny", "organization": mira.organization_id, "category": shelf.pk, "reason": "Own welders"}
    response = cat.post(reverse(ADD), facts)

    assert response.status_code == 302
    assert (seen(mira), len(seen(gus))) == ([], 3)


def test_products_are_named_one_a_line_however_they_are_typed(cat: Client, shelf: Category, mira: Membership) -> None:
    cat.post(reverse(ADD), {"effect": "deny", "products": "wl1\n\nWL 3 \n"})

    rule = AssortmentRule.objects.get()
    assert seen(mira) == ["WL-2"]
    data = typed(cat, change(rule))
    assert data["products"] == "WL-1\nWL-3"
    cat.post(change(rule), {**data, "products": "WL-2"})
    assert seen(mira) == ["WL-1", "WL-3"]


def test_a_rule_is_ended_by_its_day_and_removed(cat: Client, shelf: Category, mira: Membership) -> None:
    rule = save_assortment_rule(actor=SYSTEM, effect="deny", category=shelf, now=NOW)
    cat.post(change(rule), typed(cat, change(rule), valid_until="2026-11-22"))
    assert len(seen(mira)) == 3
    cat.post(change(rule), typed(cat, change(rule), valid_until=""))
    assert seen(mira) == []

    cat.post(reverse("admin:catalog_assortmentrule_delete", args=[rule.pk]), {"post": "yes"})

    assert len(seen(mira)) == 3
    assert not AssortmentRule.objects.exists()
    assert Event.objects.filter(name="catalog.assortment_rule_removed").count() == 1


def test_several_are_removed_at_once_each_with_its_event(cat: Client, shelf: Category, mira: Membership) -> None:
    rules = [
        save_assortment_rule(actor=SYSTEM, effect=effect, category=shelf, now=NOW).pk for effect in ("deny", "allow")
    ]
    data = {"action": "delete_selected", "_selected_action": rules, "post": "yes"}
    cat.post(reverse("admin:catalog_assortmentrule_changelist"), data)

    assert not AssortmentRule.objects.exists()
    assert Event.objects.filter(name="catalog.assortment_rule_removed").count() == 2


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        ({"products": "WL-1\nWL-9\nnone"}, "products", "No product has this number: WL-9, none."),
        ({"products": "WL-1", "category": "shelf"}, "__all__", "but not both"),
        ({"valid_from": "2026-12-02", "valid_until": "2026-12-01"}, "__all__", "before the first"),
    ],
)
def test_what_makes_no_sense_is_said_in_the_form(
    facts: dict[str, str], field: str, message: str, cat: Client, shelf: Category
) -> None:
    typed_facts = {name: shelf.pk if value == "shelf" else value for name, value in facts.items()}

    response = cat.post(reverse(ADD), {"effect": "deny", **typed_facts})

    assert message in response.context["adminform"].form.errors[field][0]
    assert not AssortmentRule.objects.exists()


def test_the_page_of_a_rule_says_how_much_it_is_about(cat: Client, shelf: Category, norrvik: Organization) -> None:
    rule = save_assortment_rule(actor=SYSTEM, effect="deny", organization=norrvik, category=shelf, now=NOW)

    page = cat.get(change(rule)).content.decode()

    assert "3 products" in page
    assert f"coverage?organization={norrvik.pk}" in page.replace("coverage/", "coverage")


def test_staff_see_what_a_company_sees(cat: Client, shelf: Category, mira: Membership) -> None:
    make_product(make_category("Screws"), "HX-1")
    named = list(visible(buying_context(mira), catalog_tree(), DAY).filter(sku="WL-2"))
    save_assortment_rule(actor=SYSTEM, effect="deny", category=shelf, reason="Closed", now=NOW)
    save_assortment_rule(actor=SYSTEM, effect="allow", organization=mira.organization, products=named, now=NOW)
    url = reverse("admin:catalog_assortmentrule_coverage")

    response = cat.get(url, {"organization": mira.organization_id})

    assert [(shelf.name, shelf.seen, shelf.total) for shelf in response.context["shelves"]] == [
        ("Welding", 1, 3), ("Screws", 1, 1)
    ]  # fmt: skip
    assert [rule.effect for rule in response.context["rules"]] == ["allow", "deny"]
    assert cat.get(url).status_code == 200


@pytest.mark.parametrize("role", [StaffRole.SALES, StaffRole.WAREHOUSE, StaffRole.ADMINISTRATOR])
def test_sales_write_rules_too_and_the_warehouse_looks(role: str, shelf: Category, sign_in: SignIn) -> None:
    rule = save_assortment_rule(actor=SYSTEM, effect="deny", category=shelf, now=NOW)
    client, may = sign_in(make_staff("Kim", role)), role != StaffRole.WAREHOUSE
    removal = reverse("admin:catalog_assortmentrule_delete", args=[rule.pk])

    assert client.get(change(rule)).status_code == 200
    assert client.get(reverse("admin:catalog_assortmentrule_coverage")).status_code == 200
    assert client.get(reverse(ADD)).status_code == (200 if may else 403)
    assert client.post(removal, {"post": "yes"}).status_code == (302 if may else 403)
    assert AssortmentRule.objects.exists() is not may


def test_a_rule_for_one_person_is_only_shown(cat: Client, shelf: Category, mira: Membership) -> None:
    rule = AssortmentRule.objects.create(effect="deny", organization=mira.organization, membership=mira, category=shelf)

    assert cat.get(change(rule)).status_code == 200
    assert cat.post(change(rule), {"effect": "allow"}).status_code == 403
