"""A cart in the browser: a changed line swaps its row and the sums, and nothing that is typed or focused is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from apps.orders.models import CartLine
from apps.orgs.models import Membership
from tests.factories import Market, fill_cart, make_address, open_market

SignedIn = Callable[..., Page]
SCREW = "Quantity of HX-933-0840A2"
GLOVES = "Quantity of GL-N7-0930B"


@pytest.fixture
def market(mira: Membership) -> Market:
    make_address(mira.organization)
    return open_market()


@pytest.fixture
def page(mira: Membership, market: Market, signed_in: SignedIn) -> Page:
    fill_cart(mira, screw=(market.screw, 400), gloves=(market.gloves, 4))
    page = signed_in(mira)
    page.goto("/cart/")
    return page


def mark_the_rest(page: Page) -> None:
    """So that a test sees whether more than the row was swapped."""
    page.evaluate("document.querySelector('#lines table').dataset.mark = 'here'")


def test_a_changed_line_swaps_its_row_and_the_sums(page: Page) -> None:
    mark_the_rest(page)
    quantity = page.get_by_label(SCREW)
    quantity.fill("500")
    quantity.press("Enter")

    expect(page.locator("#cart-sum")).to_contain_text("€790.00")
    expect(page.locator("#cart-badge")).to_contain_text("€790.00")
    expect(page.locator("#live")).to_have_text("HX-933-0840A2 was changed.")
    expect(page.locator("tr", has=quantity)).to_contain_text("€750.00")
    expect(page.locator("#lines table[data-mark]")).to_be_visible()
    expect(page.locator("#submit button")).to_be_visible()
    expect(quantity).to_be_focused()
    # The new version went along.
    quantity.fill("600")
    quantity.press("Enter")
    expect(page.locator("#cart-sum")).to_contain_text("€940.00")


def test_the_focus_stays_on_the_button_that_was_pressed(page: Page) -> None:
    more = page.locator("tr", has=page.get_by_label(SCREW)).locator("[data-more]")
    more.click()
    expect(page.locator("#live")).to_have_text("HX-933-0840A2 was changed.")

    expect(more).to_be_focused()


def test_what_is_typed_while_another_line_is_saved_is_saved_too(page: Page) -> None:
    held: list[Route] = []
    page.route("**/lines/**", lambda route: route.continue_() if held else held.append(route))
    screw, gloves = page.get_by_label(SCREW), page.get_by_label(GLOVES)
    with page.expect_request("**/lines/**"):
        screw.fill("500")
        screw.press("Enter")
    gloves.fill("6")
    screw.fill("700")
    gloves.focus()
    held[0].continue_()

    expect(page.locator("#cart-sum")).to_contain_text("€1,110.00")
    expect(screw).to_have_value("700")
    expect(gloves).to_have_value("6")
    assert {int(line.quantity) for line in CartLine.objects.all()} == {700, 6}


def test_a_quantity_that_is_not_one_is_said_at_its_row(page: Page) -> None:
    mark_the_rest(page)
    quantity = page.get_by_label(SCREW)
    quantity.fill("many")
    quantity.press("Enter")

    expect(page.locator("tr", has=quantity).get_by_role("alert")).to_be_visible()
    expect(quantity).to_have_value("many")
    expect(quantity).to_be_focused()
    expect(page.locator("#lines table[data-mark]")).to_be_visible()
