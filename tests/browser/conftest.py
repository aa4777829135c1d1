"""Chromium against a live server. Every page is also watched for console errors and refused content."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from apps.catalog.models import Category
from apps.orgs.models import Membership, Organization
from tests.browser.chromium import CHROMIUM, DESKTOP, QUIET
from tests.factories import PASSWORD, OrganizationFactory, make_category, make_member, make_product

# A refused form answers 422, or 409 when somebody else was faster, and Chromium reports every status above 400 as an
# error of the network. htmx reports a request that a later one replaced; what fails is told as sendError or
# responseError.
EXPECTED = ("status of 422", "status of 409", "htmx:afterRequest", "htmx:sendAbort")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "Chromium is not installed: browser tests cannot run"
        if os.environ.get("PORTICO_BROWSER_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """A new browser of one person; at the end, nothing may have been complained about in its console."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.BASE_URL = live_server.url
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_browser(*, watched: bool = True, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **{"viewport": DESKTOP, "locale": "en-US", **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        if watched:
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert [text for text in complaints if not any(told in text for told in EXPECTED)] == []


@pytest.fixture
def signed_in(open_page: Callable[..., Page]) -> Callable[..., Page]:
    def sign_in(who: Membership, **options: Any) -> Page:
        page = open_page(**options)
        page.goto("/account/login/")
        page.get_by_label("Work e-mail").fill(who.user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/")
        return page

    return sign_in


@pytest.fixture
def check_accessibility() -> Callable[[Page], None]:
    def check(page: Page) -> None:
        results = Axe().run(page)
        serious = [
            f"{row['id']}: {row['help']} {[node['target'] for node in row['nodes']]}"
            for row in results.response["violations"]
            if row["impact"] in {"serious", "critical"}
        ]
        assert serious == []

    return check


@pytest.fixture
def norrvik(transactional_db: None) -> Organization:
    return OrganizationFactory(legal_name="Norrvik Shipyard", number="C-20417")


@pytest.fixture
def lena(norrvik: Organization) -> Membership:
    return make_member(norrvik, "Lena", "admin", "buyer")


@pytest.fixture
def screws(transactional_db: None) -> Category:
    category = make_category("Hex head screws DIN 933", make_category("Fasteners"))
    for length in range(20, 60, 10):
        make_product(category, f"HX-933-08{length}A2", name=f"Hex screw DIN 933 M8×{length}, A2-70")
    return category
