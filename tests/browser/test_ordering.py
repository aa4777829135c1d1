"""The outcome of it all: a buyer sends a cart, an approver decides on a phone, the supplier ships, and it is seen."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from apps.activity.models import Delivery
from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.notifications.tasks import notify
from apps.orders.models import Order
from apps.orgs.models import Membership
from tests.browser.chromium import PHONE
from tests.factories import (
    NOW,
    PASSWORD,
    SYSTEM,
    Market,
    fill_cart,
    hear,
    make_address,
    make_member,
    make_staff,
    open_market,
)

SignedIn = Callable[..., Page]


@pytest.fixture
def market(mira: Membership) -> Market:
    make_address(mira.organization)
    return open_market()


@pytest.fixture
def dana(mira: Membership) -> Membership:
    """Decides about what is above €500."""
    member = make_member(mira.organization, "Dana", "approver")
    terms = PolicyTerms("amount", Decimal(500), [{"kind": "member", "member": member.pk}])
    save_policy(actor=SYSTEM, organization=mira.organization, terms=terms, now=NOW)
    return member


def deliver_mail() -> None:
    """What the workers would do."""
    for delivery in Delivery.objects.filter(state=Delivery.State.WAITING).order_by("pk"):
        hear(notify, delivery)


def test_from_the_cart_to_the_shipment(
    mira: Membership, dana: Membership, market: Market, signed_in: SignedIn, open_page: SignedIn, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    fill_cart(mira, screw=(market.screw, 300))
    buyer = signed_in(mira)
    buyer.goto("/cart/")
    expect(buyer.get_by_text("Place order").first).to_be_visible()
    quantity = buyer.get_by_label("Quantity of HX-933-0840A2")
    quantity.fill("400")
    quantity.press("Enter")
    expect(buyer.get_by_text("Because: Orders above €500.00")).to_be_visible()
    expect(quantity).to_be_focused()
    buyer.get_by_label("Note to Dana").fill("For the hull")
    buyer.keyboard.press("Control+Enter")
    buyer.wait_for_url("**/approvals/*/")

    deliver_mail()
    [asked] = [message for message in mail.outbox if message.to == [dana.user.email]]
    link = re.search(r"https?://\S+(/approvals/\S+/)", str(asked.body))
    assert link
    phone = open_page(viewport=PHONE, is_mobile=True, has_touch=True)
    phone.goto(link[1])
    phone.get_by_label("Work e-mail").fill(dana.user.email)
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Sign in", exact=True).click()
    phone.wait_for_url(f"**{link[1]}")
    expect(phone.get_by_text("For the hull")).to_be_visible()
    phone.get_by_role("button", name="Approve €600.00").tap()
    expect(phone.get_by_text("was approved and ordered")).to_be_visible()

    order = Order.objects.get()
    staff = open_page(watched=False)
    sam = make_staff()
    staff.goto("/account/login/")
    staff.get_by_label("Work e-mail").fill(sam.email)
    staff.get_by_label("Password", exact=True).fill(PASSWORD)
    staff.get_by_role("button", name="Sign in", exact=True).click()
    staff.goto("/staff/")
    staff.get_by_role("link", name=order.number).first.click()
    staff.get_by_role("button", name="Confirm", exact=False).first.click()
    staff.wait_for_load_state()
    order.refresh_from_db()
    assert order.state == Order.State.CONFIRMED
    staff.get_by_label("Carrier").fill("Bring")
    staff.get_by_label("Tracking number").fill("NF140221887")
    staff.get_by_role("button", name="Ship", exact=False).first.click()
    staff.wait_for_load_state()

    buyer.goto(f"/orders/{order.number}/")
    expect(buyer.get_by_text("NF140221887", exact=True)).to_be_visible()


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"viewport": PHONE, "is_mobile": True}])
def test_pages_of_buying_are_accessible(
    look: dict[str, Any], mira: Membership, dana: Membership, market: Market, signed_in: SignedIn,
    check_accessibility: Callable[[Page], None],
) -> None:  # fmt: skip
    from tests.factories import send_cart

    order = send_cart(mira, fill_cart(mira, screw=(market.screw, 10))).order
    request = send_cart(mira, fill_cart(mira, screw=(market.screw, 400))).request
    assert order
    assert request
    fill_cart(mira, screw=(market.screw, 400), gloves=(market.gloves, 11))
    page = signed_in(mira, watched=False, bypass_csp=True, **look)
    pages = ("/", "/cart/", "/orders/", f"/orders/{order.number}/", f"/approvals/{request.uid}/", "/company/rules/")
    for path in pages:
        page.goto(path)
        check_accessibility(page)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, path


def test_recent_orders_fit_beside_what_waits(mira: Membership, market: Market, signed_in: SignedIn) -> None:
    from tests.factories import send_cart

    send_cart(mira, fill_cart(mira, screw=(market.screw, 10)))
    page = signed_in(mira, viewport={"width": 1024, "height": 800})
    table = page.locator("[aria-labelledby=recent] table")

    assert table.evaluate("table => table.scrollWidth - table.parentElement.clientWidth") <= 0
