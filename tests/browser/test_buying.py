"""Ordering by keyboard alone: a pad of rows, a table, and the search."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from apps.catalog.actions.index_products import index_products
from apps.orders.models import CartLine
from apps.orgs.models import Membership
from tests.browser.chromium import DESKTOP, PHONE
from tests.factories import Market, make_address, open_market

SignedIn = Callable[..., Page]


@pytest.fixture
def market(lena: Membership) -> Market:
    make_address(lena.organization)
    market = open_market()
    with transaction.atomic():
        index_products()
    return market


def test_a_quick_order_by_keyboard_alone(lena: Membership, market: Market, signed_in: SignedIn) -> None:
    page = signed_in(lena)
    page.locator("h1").click()
    page.keyboard.press("q")
    page.wait_for_url("**/products/quick-order/")

    number, quantity = page.get_by_label("New part number"), page.get_by_label("Quantity of the new row")
    number.focus()
    page.keyboard.type("hx 933 0840 a2")
    expect(page.get_by_text("Hex screw M8×40")).to_be_visible()
    page.keyboard.press("Enter")
    expect(quantity).to_be_focused()
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Hex screw M8×40")).to_be_visible()
    expect(number).to_be_focused()
    expect(number).to_have_value("")
    page.keyboard.type("GL-N7-O930B")
    page.keyboard.press("Enter")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Letter O instead of zero?")).to_be_visible()
    expect(number).to_be_focused()

    page.get_by_role("button", name="Use GL-N7-0930B").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 ready", exact=True)).to_be_visible()
    page.keyboard.press("Control+Enter")

    page.wait_for_url("**/cart/")
    expect(page.get_by_text("2 lines are in the cart.")).to_be_visible()
    assert CartLine.objects.count() == 2


def test_the_focus_goes_to_the_next_row_when_one_is_removed(
    lena: Membership, market: Market, signed_in: SignedIn
) -> None:
    page = signed_in(lena)
    page.goto("/products/quick-order/")
    page.get_by_label("One line a part: number, quantity").fill("HX-933-0840A2 5\nGL-N7-0930B 1")
    page.get_by_role("button", name="Check lines").click()
    expect(page.get_by_text("2 ready", exact=True)).to_be_visible()

    page.get_by_role("button", name="Remove row 1").press("Enter")

    expect(page.get_by_text("1 ready", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Remove row 1")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('tr')?.innerText").count("GL-N7-0930B") == 1


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_rows_of_a_table_are_collected_and_added_together(
    viewport: dict[str, int], lena: Membership, market: Market, signed_in: SignedIn
) -> None:
    page = signed_in(lena, viewport=viewport)
    page.goto("/products/everything/")
    page.get_by_label("Quantity of HX-933-0840A2").fill("20")
    expect(page.get_by_text("= €30.00")).to_be_visible()
    page.locator("tr", has_text="GL-N7-0930B").locator("[data-more]").click()
    page.locator("tr", has_text="GL-N7-0930B").locator("[data-more]").click()
    expect(page.get_by_text("2 lines ready to add")).to_be_visible()
    expect(page.get_by_text("€50.00").first).to_be_visible()

    page.get_by_role("button", name="Add 2 lines to cart").click()

    expect(page.get_by_text("20 in your cart")).to_be_visible()
    expect(page.get_by_text("2 lines ready to add")).to_be_hidden()
    expect(page.locator("#cart-badge")).to_contain_text("2 lines")


def test_enter_adds_the_row_it_is_pressed_in(lena: Membership, market: Market, signed_in: SignedIn) -> None:
    page = signed_in(lena)
    page.goto("/products/everything/")
    field = page.get_by_label("Quantity of GL-N7-0930B")
    field.fill("3")
    field.press("Enter")

    expect(page.get_by_text("3 in your cart")).to_be_visible()
    expect(field).to_be_focused()
    assert CartLine.objects.get().product == market.gloves


def test_a_suggestion_is_added_by_keyboard_alone(lena: Membership, market: Market, signed_in: SignedIn) -> None:
    """Also in the usual quantity, which left and right change as long as a part is chosen."""
    page = signed_in(lena)
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("gl-n7", delay=10)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("-")
    expect(page.get_by_role("combobox")).to_have_value("gl-n-7")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#live")).to_have_text("Quantity of GL-N7-0930B: 2")
    page.keyboard.press("Shift+Enter")

    expect(page.locator("#cart-badge")).to_contain_text("1 line")
    expect(page.get_by_role("option", name="2 in your cart")).to_be_visible()
    expect(page.get_by_role("combobox")).to_be_focused()
    line = CartLine.objects.get()
    assert (line.product, line.quantity) == (market.gloves, 2)


def test_suggestions_are_accessible(
    lena: Membership, market: Market, signed_in: SignedIn, check_accessibility: Callable[[Page], None]
) -> None:
    page = signed_in(lena, watched=False)
    page.get_by_role("combobox").fill("hx-933")
    expect(page.get_by_role("option", name="HX-933-0840A2")).to_be_visible()

    check_accessibility(page)


def test_a_suggestion_is_added_by_mouse_and_stays_in_sight(
    lena: Membership, market: Market, signed_in: SignedIn
) -> None:
    page = signed_in(lena)
    page.get_by_role("combobox").fill("hx-933")
    option = page.locator("[data-adds]", has_text="HX-933-0840A2")
    quantity, add = option.locator("input"), option.get_by_text("Add", exact=True)
    expect(option).to_be_visible()
    quantity.fill("many")
    add.click()
    expect(option.locator(".p-err")).to_be_visible()
    expect(quantity).to_have_value("many")

    quantity.fill("12")
    option.locator("[data-more]").click()
    add.click()

    expect(page.locator("#cart-badge")).to_contain_text("€19.50")
    expect(option).to_contain_text("13 in your cart")
    expect(option.locator(".p-err")).to_have_count(0)
    expect(page.get_by_role("combobox")).to_have_value("hx-933")
    quantity.press("Enter")
    expect(option).to_contain_text("26 in your cart")
    page.locator("h1").click()
    expect(option).to_be_hidden()


def test_a_suggestion_renews_the_mark_of_the_same_part_in_the_table(
    lena: Membership, market: Market, signed_in: SignedIn
) -> None:
    page = signed_in(lena)
    page.goto("/products/everything/")
    page.locator("[data-search] input").fill("gl-n7")
    expect(page.get_by_role("option", name="GL-N7-0930B")).to_be_visible()

    page.keyboard.press("Shift+Enter")

    expect(page.locator("tr", has_text="GL-N7-0930B").get_by_text("1 in your cart")).to_be_attached()


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_file_is_read_after_its_columns_are_told(
    has_scripts: bool, lena: Membership, market: Market, signed_in: SignedIn
) -> None:
    page = signed_in(lena, java_script_enabled=has_scripts)
    page.goto("/products/quick-order/")
    content = b"Artikel;Bezeichnung;Menge\nHX-933-0840A2;Schraube;5\nGL-N7-0930B;Handschuh;2\n"
    page.locator("input[type=file]").set_input_files({"name": "restock.csv", "mimeType": "text/csv", "buffer": content})
    if not has_scripts:
        page.get_by_role("button", name="Check lines").click()
    number, quantity = page.get_by_label("Part number", exact=True), page.get_by_label("Quantity", exact=True)
    expect(number).to_be_focused()
    expect(page.get_by_label("The first row has headings")).to_be_checked()
    number.select_option(label="1: Artikel")
    quantity.select_option(label="3: Menge")

    page.get_by_role("button", name="Read these rows").click()

    expect(page.get_by_text("2 ready", exact=True)).to_be_visible()


def test_the_pad_works_without_scripts(lena: Membership, market: Market, signed_in: SignedIn) -> None:
    page = signed_in(lena, java_script_enabled=False)
    page.goto("/products/quick-order/")
    page.get_by_label("New part number").fill("GL-N7-0930B")
    page.get_by_label("Quantity of the new row").fill("2")
    page.get_by_label("Quantity of the new row").press("Enter")
    page.get_by_role("button", name="Add 1 line to cart").click()

    page.wait_for_url("**/cart/")
    assert CartLine.objects.get().quantity == 2
