import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.catalog.models import Category
from apps.orgs.models import Membership
from tests.browser.chromium import PHONE
from tests.factories import make_address, make_product

SignedIn = Callable[..., Page]
# Axe puts styles of its own into the page to measure contrast, which our policy would refuse and report.
FOR_AXE = {"watched": False, "bypass_csp": True}
PAGES = ["/", "/products/", "/products/hex-head-screws-din-933/", "/products/hex-head-screws-din-933/?view=list",
         "/products/search/?q=HX-933-08", "/products/parts/HX-933-0820A2/", "/compare/",
         "/products/quick-order/", "/company/people/", "/company/addresses/new/", "/company/cost-centers/",
         "/company/log/", "/account/profile/"]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_of_accessibility(
    scheme: str, lena: Membership, screws: Category, signed_in: SignedIn, check_accessibility: Any
) -> None:
    page = signed_in(lena, color_scheme=scheme, **FOR_AXE)
    for path in PAGES:
        page.goto(path)

        check_accessibility(page)


def test_the_sign_in_page_has_none_either(
    open_page: SignedIn, transactional_db: None, check_accessibility: Any
) -> None:
    page = open_page(**FOR_AXE)
    page.goto("/account/login/")

    check_accessibility(page)


def test_no_page_breaks_the_content_policy_or_reports_an_error(
    lena: Membership, screws: Category, signed_in: SignedIn
) -> None:
    """The fixture fails when a console has said anything."""
    page = signed_in(lena)
    for path in PAGES:
        assert page.goto(path).status == 200


def test_nothing_sticks_out_on_a_phone(lena: Membership, screws: Category, signed_in: SignedIn) -> None:
    page = signed_in(lena, viewport=PHONE, has_touch=True)
    for path in PAGES:
        page.goto(path)

        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], path


def test_where_goods_go_is_changed_on_a_phone(lena: Membership, signed_in: SignedIn) -> None:
    make_address(lena.organization)
    make_address(lena.organization, "Dock 2 workshop", is_default=False)
    page = signed_in(lena, viewport=PHONE, is_mobile=True, has_touch=True)

    page.get_by_label("Ship to: Oslo yard, gate 3").tap()
    page.get_by_role("button", name="Dock 2 workshop").tap()

    expect(page.get_by_label("Ship to: Dock 2 workshop")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0


def test_arabic_reads_right_to_left(lena: Membership, signed_in: SignedIn) -> None:
    page = signed_in(lena)

    page.get_by_role("contentinfo").get_by_role("button", name="العربيّة").click()

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    logo = page.locator(".p-logo").first.bounding_box()
    assert logo
    assert logo["x"] > 720


def test_the_theme_is_chosen_in_the_footer_and_stays(lena: Membership, signed_in: SignedIn) -> None:
    page = signed_in(lena)
    page.get_by_role("contentinfo").get_by_role("button", name=re.compile("light or dark|dark", re.IGNORECASE)).click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/company/people/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_letters_lead_to_pages_but_not_while_typing(lena: Membership, signed_in: SignedIn) -> None:
    page = signed_in(lena)
    page.goto("/company/people/")
    page.get_by_label("E-mail addresses").fill("")
    page.get_by_label("E-mail addresses").press("g")
    page.get_by_label("E-mail addresses").press("p")
    assert page.url.endswith("/company/people/")
    page.locator("h1").click()

    page.keyboard.press("g")
    page.keyboard.press("p")

    page.wait_for_url("**/products/")


def test_everything_works_without_scripts(lena: Membership, screws: Category, signed_in: SignedIn) -> None:
    page = signed_in(lena, java_script_enabled=False)

    page.goto("/products/hex-head-screws-din-933/")
    expect(page.get_by_role("link", name="HX-933-0820A2")).to_be_visible()
    page.get_by_role("link", name="Company").first.click()
    page.get_by_role("link", name="per order for Lena, change").click()
    page.get_by_label("Per order").fill("750")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("€750.00")).to_be_visible()


def test_letters_of_other_languages_load_their_own_font(
    lena: Membership, screws: Category, signed_in: SignedIn
) -> None:
    make_product(screws, "SR-1", name="Śruba z łbem sześciokątnym, ışık, šroub")
    page = signed_in(lena)
    fonts: list[str] = []
    page.on("requestfinished", lambda request: fonts.append(request.url) if ".woff2" in request.url else None)

    page.goto("/products/parts/HX-933-0820A2/", wait_until="networkidle")
    assert not any("latin-ext" in url for url in fonts)
    page.goto("/products/parts/SR-1/", wait_until="networkidle")

    assert any("ibm-plex-sans-latin-ext" in url for url in fonts)
    assert page.evaluate("document.fonts.check('600 22px Plex', 'Śłćışř')")
