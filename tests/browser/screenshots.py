"""`make screenshots`: every page of the demo as pictures, in var/screenshots. Looked at by people, not compared."""

import html
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import CHROMIUM, DESKTOP, PHONE, QUIET

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "var" / "screenshots"
PASSWORD = "portico-demo"

# What is drawn, and pages that are reached by a form; links lead to all others.
SHOWN = {
    "shelf": "/products/fasteners/",
    "shop-category": "/products/hex-head-screws-din-933/",
    "category-list": "/products/hex-head-screws-din-933/?view=list",
    "category-table": "/products/hex-head-screws-din-933/?view=table",
    "shop-product": "/products/parts/HX-933-0840A2/",
    "shop-search": "/products/search/?q=hex+screw",
    "not-found": "/nowhere/",
}
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
    "arabic": {"viewport": DESKTOP, "language": "ar"},
    "chinese": {"viewport": DESKTOP, "language": "zh-hans"},
}
HREF = re.compile(r'href="(/[^"#]*)')


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


def open_as(browser: Browser, base: str, email: str, look: dict[str, Any]) -> Page:
    options = {key: value for key, value in look.items() if key != "language"}
    page = browser.new_context(base_url=base, locale="en-US", **options).new_page()
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_load_state()
    if "language" in look:
        page.locator(f"footer button[name=language][value={look['language']}]").click()
        page.wait_for_load_state()
    return page


def pages_from(start: str, page: Page, known: dict[str, str]) -> dict[str, str]:
    """One page of every route that links lead to from the start, beside the known ones: route -> path."""
    found: dict[str, str] = {}
    waiting, seen = [start], {start}
    while waiting:
        path = waiting.pop(0)
        try:
            route = resolve(path.partition("?")[0]).view_name.replace(":", "-")
        except Resolver404:
            continue
        if route in found:
            continue
        answer = page.request.get(path)
        if not answer.ok or "text/html" not in answer.headers["content-type"]:
            continue
        found[route] = path
        links = [html.unescape(link) for link in HREF.findall(answer.text())]
        waiting += [link for link in dict.fromkeys(links) if link not in seen]
        seen.update(links)
    return {route: path for route, path in found.items() if route not in known}


def take(page: Page, pages: dict[str, str], look: str) -> None:
    for title, path in pages.items():
        page.goto(path)
        page.screenshot(path=TARGET / f"{title}-{look}.png", full_page=True)


def main() -> None:
    if CHROMIUM is None:
        sys.exit("Pictures need Chromium.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    with portal() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        entrance = browser.new_context(base_url=base).new_page()
        outside = pages_from("/account/login/", entrance, {})
        pages: dict[str, dict[str, str]] = {"mira": SHOWN, "lena": {}}
        for person, own in pages.items():
            page = open_as(browser, base, f"{person}@norrvik.example", LOOKS["desktop"])
            known = {**outside, **pages["mira"]}
            pages[person] = {**own, **pages_from("/", page, known)}
        for name, look in LOOKS.items():
            options = {key: value for key, value in look.items() if key != "language"}
            entrance = browser.new_context(base_url=base, locale=look.get("language", "en-US"), **options).new_page()
            take(entrance, outside, name)
            for person, own in pages.items():
                page = open_as(browser, base, f"{person}@norrvik.example", look)
                take(page, own, name)
                page.goto("/")
                page.locator("footer button[name=language][value=en]").click()
        for name in ("desktop", "dark", "phone"):
            page = open_as(browser, base, "sam@halden.example", LOOKS[name])
            take(page, pages_from("/staff/", page, {**outside, **pages["mira"]}), name)
        browser.close()
    sys.stdout.write(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET}\n")


if __name__ == "__main__":
    main()
