"""`make screenshots`: every page of the demo as pictures, in var/screenshots. Looked at by people, not compared."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import CHROMIUM, DESKTOP, PHONE, QUIET

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "var" / "screenshots"
PASSWORD = "portico-demo"

PAGES = {
    "home": "/",
    "products": "/products/",
    "shelf": "/products/fasteners/",
    "category": "/products/hex-head-screws-din-933/",
    "category-list": "/products/hex-head-screws-din-933/?view=list",
    "category-table": "/products/hex-head-screws-din-933/?view=table",
    "compare": "/compare/",
    "product": "/products/parts/HX-933-0840A2/",
    "search": "/products/search/?q=hex+screw",
    "quick-order": "/products/quick-order/",
    "cart": "/cart/",
    "orders": "/orders/",
    "approvals": "/approvals/",
    "lists": "/lists/",
    "notifications": "/notifications/",
    "notification-settings": "/notifications/settings/",
    "help": "/help/",
    "terms": "/terms/",
    "people": "/company/people/",
    "rules": "/company/rules/",
    "addresses": "/company/addresses/",
    "address": "/company/addresses/new/",
    "cost-centers": "/company/cost-centers/",
    "log": "/company/log/",
    "profile": "/account/profile/",
    "security": "/account/2fa/",
    "not-found": "/nowhere/",
}
LOOKS = {
    "desktop": {"viewport": DESKTOP},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
    "arabic": {"viewport": DESKTOP, "language": "ar"},
    "chinese": {"viewport": DESKTOP, "language": "zh-hans"},
}


@contextmanager
def portal() -> Iterator[str]:
    """The demo on a port of its own, on the servers that the environment names."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {**os.environ, "PORT": port, "BASE_URL": f"http://localhost:{port}", "WEB_CONCURRENCY": "1"}
    for command in (["migrate", "--no-input", "-v0"], ["load_demo", "--if-empty"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", port, "config.wsgi:application"]
    web = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _attempt in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/-/readiness", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield environment["BASE_URL"]
    finally:
        web.terminate()
        web.wait(timeout=20)


def open_as(browser: Browser, base: str, email: str, look: dict[str, object]) -> Page:
    options = {key: value for key, value in look.items() if key != "language"}
    page = browser.new_context(base_url=base, locale="en-US", **options).new_page()  # type: ignore[arg-type]
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_load_state()
    if "language" in look:
        page.locator(f"footer button[name=language][value={look['language']}]").click()
        page.wait_for_load_state()
    return page


def main() -> None:
    if CHROMIUM is None:
        sys.exit("Pictures need Chromium.")
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    with portal() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for name, look in LOOKS.items():
            options = {key: value for key, value in look.items() if key != "language"}
            entrance = browser.new_context(base_url=base, locale="en-US", **options).new_page()  # type: ignore[arg-type]
            entrance.goto("/account/login/")
            entrance.screenshot(path=TARGET / f"sign-in-{name}.png", full_page=True)
            page = open_as(browser, base, "mira@norrvik.example", look)
            for title, path in PAGES.items():
                page.goto(path)
                page.screenshot(path=TARGET / f"{title}-{name}.png", full_page=True)
            page.goto("/")
            page.locator("footer button[name=language][value=en]").click()
        staff = open_as(browser, base, "sam@halden.example", LOOKS["desktop"])
        for title, path in {"staff": "/staff/", "staff-orders": "/staff/orders/order/"}.items():
            staff.goto(path)
            staff.screenshot(path=TARGET / f"{title}.png", full_page=True)
        browser.close()
    sys.stdout.write(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET}\n")


if __name__ == "__main__":
    main()
