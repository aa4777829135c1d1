"""Products side by side: boxes by keyboard, the bar, the page, and without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.catalog.models import Category
from apps.orgs.models import Membership
from tests.browser.chromium import PHONE

SignedIn = Callable[..., Page]
CATEGORY = "/products/hex-head-screws-din-933/"


@pytest.mark.parametrize("view", ["table", "list"])
def test_boxes_by_keyboard_alone(view: str, lena: Membership, screws: Category, signed_in: SignedIn) -> None:
    page = signed_in(lena)
    page.goto(f"{CATEGORY}?view={view}")
    first, second = page.get_by_label("Compare HX-933-0820A2"), page.get_by_label("Compare HX-933-0830A2")
    first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("1 to compare")).to_be_visible()
    expect(first).to_be_focused()
    expect(first).to_be_checked()
    second.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("link", name="Compare 2")).to_be_visible()

    page.reload()
    expect(second).to_be_checked()
    page.get_by_role("link", name="Compare 2").focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/compare/")
    expect(page.get_by_role("columnheader", name="HX-933-0830A2")).to_be_visible()
    page.get_by_role("button", name="Take HX-933-0820A2 away").press("Enter")
    expect(page.get_by_role("columnheader", name="HX-933-0820A2")).to_have_count(0)


def test_clearing_unticks_the_boxes(lena: Membership, screws: Category, signed_in: SignedIn) -> None:
    page = signed_in(lena)
    page.goto(CATEGORY)
    box = page.get_by_label("Compare HX-933-0820A2")
    box.check()
    expect(page.get_by_text("1 to compare")).to_be_visible()

    page.get_by_role("button", name="Clear", exact=True).click()

    expect(page.get_by_text("1 to compare")).to_be_hidden()
    expect(box).not_to_be_checked()
    expect(box).to_be_focused()
    assert page.url.endswith(CATEGORY)


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"viewport": PHONE, "is_mobile": True}])
def test_page_and_bar_are_accessible(
    look: dict[str, Any], lena: Membership, screws: Category, signed_in: SignedIn, check_accessibility: Any
) -> None:
    page = signed_in(lena, watched=False, bypass_csp=True, **look)
    page.goto(f"{CATEGORY}?view=table")
    for sku in ("HX-933-0820A2", "HX-933-0830A2"):
        page.get_by_label(f"Compare {sku}").check()
    for path in (f"{CATEGORY}?view=list", f"{CATEGORY}?view=table", "/compare/", "/products/parts/HX-933-0820A2/"):
        page.goto(path)
        check_accessibility(page)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, path


def test_without_scripts(lena: Membership, screws: Category, signed_in: SignedIn) -> None:
    page = signed_in(lena, java_script_enabled=False)
    page.goto(CATEGORY)
    page.get_by_label("Compare HX-933-0820A2").check()
    page.get_by_label("Compare HX-933-0840A2").check()
    page.get_by_role("button", name="Compare the ticked").click()
    expect(page.get_by_role("columnheader", name="HX-933-0840A2")).to_be_visible()

    page.goto("/products/parts/HX-933-0850A2/")
    page.get_by_label("Compare HX-933-0850A2").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_url("**/compare/")
    expect(page.get_by_role("columnheader", name="HX-933-0850A2")).to_be_visible()
    page.get_by_role("button", name="Take HX-933-0850A2 away").click()
    expect(page.get_by_role("columnheader", name="HX-933-0850A2")).to_have_count(0)
