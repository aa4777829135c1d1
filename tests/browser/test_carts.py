"""A cart in the browser: a changed line swaps its row and the sums, and nothing that is typed or focused is lost."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, expect

from apps.orders.actions.add_lines import WantedLine, add_lines
from apps.orders.actions.change_cart import change_cart
from apps.orders.models import Cart, CartLine, Order
from apps.orgs.models import Membership
from tests.factories import NOW, Market, fill_cart, make_address, make_member, open_market

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


def others_add(market: Market, cart: Cart, colleague: Membership) -> None:
    wanted = WantedLine(market.screw, Decimal(10), requested_date=date(2027, 3, 1))
    add_lines(actor=colleague, cart_uid=cart.uid, lines=[wanted], now=NOW + timedelta(minutes=1))


def test_what_others_add_appears_but_never_under_the_hands(page: Page, market: Market, mira: Membership) -> None:
    cart, lena = Cart.objects.get(), make_member(mira.organization, "Lena", "admin", "buyer")
    page.clock.install()
    page.reload()
    screw = page.get_by_label(SCREW).first
    screw.focus()
    others_add(market, cart, lena)
    mark_the_rest(page)
    page.clock.run_for(11_000)
    expect(page.locator("#cart-news")).to_contain_text("Lena added 1 line.")
    expect(page.locator("#lines table[data-mark]")).to_be_visible()
    expect(screw).to_be_focused()

    page.get_by_role("link", name="Show", exact=True).click()
    expect(page.get_by_label(SCREW)).to_have_count(2)
    expect(page.locator("#cart-news")).to_be_empty()

    page.locator("h1").click()
    change_cart(actor=lena, cart_uid=cart.uid, facts={"po_number": "PO-77134"}, now=NOW + timedelta(minutes=2))
    page.clock.run_for(11_000)
    expect(page.get_by_label("PO number")).to_have_value("PO-77134")


@pytest.mark.parametrize("choice", ["Use mine", "Keep theirs"])
def test_who_typed_over_a_change_of_somebody_else_chooses(
    choice: str, page: Page, market: Market, mira: Membership
) -> None:
    lena = make_member(mira.organization, "Lena", "admin", "buyer")
    add_lines(actor=lena, cart_uid=Cart.objects.get().uid, lines=[WantedLine(market.screw, Decimal(100))], now=NOW)
    quantity = page.get_by_label(SCREW)
    quantity.fill("700")
    quantity.press("Enter")
    row = page.locator("tr", has=quantity)
    expect(row.get_by_role("alert")).to_contain_text("Lena changed this line. Quantity is 500 now, yours is 700.")
    expect(quantity).to_have_value("700")
    quantity.fill("710")
    quantity.press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("yours is 710.")
    page.keyboard.press("Control+Enter")
    expect(quantity).to_be_focused()

    row.get_by_text(choice, exact=True).click()

    kept = {"Use mine": 710, "Keep theirs": 500}[choice]
    expect(row.get_by_role("alert")).to_have_count(0)
    expect(quantity).to_have_value(str(kept))
    assert CartLine.objects.get(product=market.screw).quantity == kept


def test_nothing_is_asked_while_nobody_looks(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/changes/" in request.url else None)
    page.clock.install()
    page.reload()
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.clock.run_for(21_000)
    assert asked == []

    page.evaluate("delete document.hidden")
    with page.expect_response("**/changes/**") as answer:
        page.clock.run_for(10_000)
    assert answer.value.status == 204


def test_a_removed_line_is_put_back(page: Page) -> None:
    page.get_by_role("button", name="Remove HX-933-0840A2").click()
    expect(page.get_by_label(SCREW)).to_have_count(0)
    expect(page.get_by_role("button", name="Remove GL-N7-0930B")).to_be_focused()

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_label(SCREW)).to_have_value("400")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_the_last_change_is_undone_at_the_foot(page: Page) -> None:
    page.get_by_label(SCREW).fill("500")
    page.get_by_label(SCREW).press("Enter")
    expect(page.locator("#cart-sum")).to_contain_text("€790.00")

    page.get_by_role("button", name="Undo my last change").press("Enter")

    expect(page.get_by_label(SCREW)).to_have_value("400")
    expect(page.locator("#live")).to_contain_text("Your last change was undone.")
    expect(page.get_by_role("heading", name="2 lines")).to_be_focused()
    expect(page.get_by_role("button", name="Undo my last change")).to_have_count(0)


@pytest.mark.parametrize("held", ["typed", "changed", "under way"])
def test_what_is_typed_is_saved_before_the_cart_is_sent(held: str, page: Page) -> None:
    """With the keys for sending right behind the last digit, in the pause after it, or while it is being saved."""
    slow: list[Route] = []
    if held == "under way":
        page.route("**/lines/**", lambda route: slow.append(route) if not slow else route.continue_())
    quantity = page.get_by_label(SCREW)
    quantity.fill("500")
    if held == "changed":
        quantity.press("Enter")
    if held == "under way":
        with page.expect_request("**/lines/**"):
            quantity.press("Enter")
    page.get_by_label("PO number").fill("PO-77134")
    page.keyboard.press("Control+Enter")
    for route in slow:
        route.continue_()

    page.wait_for_url("**/orders/*/")
    order = Order.objects.get()
    assert order.po_number == "PO-77134"
    assert {(line.sku, int(line.quantity)) for line in order.lines.all()} == {
        ("HX-933-0840A2", 500),
        ("GL-N7-0930B", 4),
    }


def test_a_cart_is_not_sent_with_a_quantity_that_was_refused(page: Page) -> None:
    quantity = page.get_by_label(SCREW)
    quantity.fill("many")
    quantity.press("Control+Enter")
    expect(page.locator("tr", has=quantity).get_by_role("alert")).to_be_visible()
    page.get_by_label(GLOVES).focus()

    page.keyboard.press("Control+Enter")

    expect(quantity).to_be_focused()
    quantity.fill("500")
    quantity.press("Control+Enter")
    page.wait_for_url("**/orders/*/")
    assert {int(line.quantity) for line in Order.objects.get().lines.all()} == {500, 4}
