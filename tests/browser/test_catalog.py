"""Finding a part: by keyboard alone, by number, and by narrowing a category."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from apps.catalog.actions.index_products import index_products
from apps.catalog.models import Attribute, AttributeOption, AttributeValue, Category, CategoryAttribute, Product
from apps.orgs.models import Membership
from tests.browser.chromium import DESKTOP, PHONE

SignedIn = Callable[..., Page]


@pytest.fixture
def indexed(screws: Category) -> Category:
    thread = Attribute.objects.create(code="thread", names={"en": "Thread"}, kind="choice")
    CategoryAttribute.objects.create(category=screws, attribute=thread, is_facet=True, is_column=True)
    options = [AttributeOption.objects.create(attribute=thread, code=code) for code in ("M8", "M10")]
    for number, product in enumerate(Product.objects.order_by("pk")):
        AttributeValue.objects.create(product=product, category=screws, attribute=thread, option=options[number % 2])
    with transaction.atomic():
        index_products()
    return screws


def test_a_part_by_keyboard_alone(lena: Membership, indexed: Category, signed_in: SignedIn) -> None:
    page = signed_in(lena)
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("hx 933 083", delay=10)
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "true")

    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")

    page.wait_for_url("**/products/parts/HX-933-0830A2/")


def test_escape_closes_the_suggestions(lena: Membership, indexed: Category, signed_in: SignedIn) -> None:
    page = signed_in(lena)
    page.get_by_role("combobox").fill("hex")
    expect(page.get_by_role("option").first).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("combobox")).to_be_focused()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_filter_narrows_the_table_and_stays_in_the_address(
    viewport: dict[str, int], lena: Membership, indexed: Category, signed_in: SignedIn
) -> None:
    page = signed_in(lena, viewport=viewport)
    page.goto("/products/hex-head-screws-din-933/")
    expect(page.get_by_role("link", name="HX-933-0830A2")).to_be_visible()

    if viewport == PHONE:
        expect(page.get_by_role("checkbox", name="M8")).to_be_hidden()
        page.get_by_text("Filters", exact=True).first.click()
    page.get_by_role("checkbox", name="M8").check(force=True)

    expect(page.get_by_role("link", name="HX-933-0830A2")).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text="Showing 1–2 of 2")).to_be_visible()
    assert "thread=" in page.url
    page.reload()
    expect(page.get_by_role("link", name="M8 Remove")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="HX-933-0830A2")).to_be_visible()


def test_a_product_gets_a_number_of_our_own_without_leaving_its_page(
    lena: Membership, screws: Category, signed_in: SignedIn
) -> None:
    page = signed_in(lena)
    page.goto("/products/parts/HX-933-0820A2/")
    page.get_by_text("Add your own part number").click()
    page.get_by_label("Our number").fill("–")
    page.get_by_label("Our number").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("needs letters or digits")

    page.get_by_label("Our number").fill("NV-10442")
    page.get_by_label("Our number").press("Enter")

    expect(page.locator("#live")).to_have_text("The part number was saved.")
    expect(page.locator("#own-number")).to_contain_text("Yours: NV-10442")
    expect(page.locator("#own-number summary")).to_be_focused()
    page.reload()
    expect(page.locator("#own-number")).to_contain_text("NV-10442")
