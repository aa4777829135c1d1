"""All categories below the header, by keyboard and without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.catalog.models import Category
from apps.orgs.models import Membership
from tests.factories import make_address

SignedIn = Callable[..., Page]


def test_the_menu_by_keyboard_alone(lena: Membership, screws: Category, signed_in: SignedIn) -> None:
    page = signed_in(lena)
    opener, menu = page.locator("#products-menu"), page.get_by_role("navigation", name="All products")
    opener.focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Hex head screws DIN 933")).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")

    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("link", name="Fasteners")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/hex-head-screws-din-933/")


def test_the_menu_closes_when_the_focus_or_a_click_goes_elsewhere(
    lena: Membership, screws: Category, signed_in: SignedIn
) -> None:
    page = signed_in(lena)
    menu = page.get_by_role("navigation", name="All products")
    page.locator("#products-menu").click()
    expect(menu.get_by_role("link", name="Fasteners")).to_be_visible()
    assert page.url.endswith("/")
    page.get_by_role("combobox").focus()
    expect(menu).to_be_hidden()

    page.locator("#products-menu").click()
    expect(menu).to_be_visible()
    page.mouse.click(20, 850)
    expect(menu).to_be_hidden()


def test_without_scripts_the_button_is_a_link(lena: Membership, screws: Category, signed_in: SignedIn) -> None:
    page = signed_in(lena, java_script_enabled=False)
    page.locator("#products-menu").click()

    expect(page.get_by_role("heading", name="All products")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_menus_of_the_header_are_accessible(
    scheme: str, lena: Membership, screws: Category, signed_in: SignedIn, check_accessibility: Any
) -> None:
    for name in ("Oslo yard, gate 3", "Bergen dock"):
        make_address(lena.organization, name, is_default=name.startswith("Oslo"))
    page = signed_in(lena, watched=False, bypass_csp=True, color_scheme=scheme)
    page.locator("#products-menu").click()
    expect(page.get_by_role("link", name="Hex head screws DIN 933")).to_have_count(2)
    check_accessibility(page)
    page.locator("#ship-to-switch summary").click()
    expect(page.get_by_role("button", name="Bergen dock")).to_be_visible()
    check_accessibility(page)


def test_the_address_is_switched_by_keyboard_alone(lena: Membership, signed_in: SignedIn) -> None:
    for name in ("Oslo yard, gate 3", "Bergen dock"):
        make_address(lena.organization, name, is_default=name.startswith("Oslo"))
    page = signed_in(lena)
    switch = page.locator("#ship-to-switch summary")
    switch.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Bergen dock")).to_be_visible()
    page.keyboard.press("Escape")
    expect(switch).to_be_focused()

    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bergen dock").press("Enter")

    expect(page.get_by_text("Dates, freight and VAT are now for Bergen dock.")).to_be_visible()
    expect(switch).to_contain_text("Bergen dock")
