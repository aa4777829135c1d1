"""Staff mend a product in the browser: rows are added, a wrong one says why, and the mended one is saved."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from apps.catalog.models import Category, Product
from tests.factories import PASSWORD, make_staff


def test_a_product_is_mended_row_by_row(open_page: Callable[..., Page], screws: Category, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    product = Product.objects.get(sku="HX-933-0840A2")
    page = open_page(watched=False)
    page.goto("/account/login/")
    page.get_by_label("Work e-mail").fill(make_staff("Cat", "catalog").email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"/staff/catalog/product/{product.pk}/change/")
    page.locator("#numbers-group").get_by_text("Add another").click()
    page.locator("[name=numbers-0-kind]").select_option("gtin")
    page.locator("[name=numbers-0-code]").fill("4006381333932")
    page.locator("[name=lead_days]").fill("12")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("its length or its check digit is wrong")).to_be_visible()
    expect(page.locator("[name=lead_days]")).to_have_value("12")
    page.locator("[name=numbers-0-code]").fill("4006381333931")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/staff/catalog/product/")

    product.refresh_from_db()
    assert product.lead_days == 12
    assert product.numbers.get().code == "4006381333931"
