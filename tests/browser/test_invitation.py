"""A company's admin invites somebody; the mail's link makes them a member."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from apps.activity.models import Delivery
from apps.notifications.tasks import mail_invitation
from apps.orgs.models import Membership
from tests.browser.chromium import DESKTOP, PHONE
from tests.factories import hear

SignedIn = Callable[..., Page]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_the_form_to_the_first_page(
    viewport: dict[str, int], lena: Membership, signed_in: SignedIn, open_page: SignedIn
) -> None:
    page = signed_in(lena, viewport=viewport)
    page.goto("/company/people/")
    page.get_by_label("E-mail addresses").fill("ines@norrvik.example, nonsense")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Not an e-mail address: nonsense")).to_be_visible()
    expect(page.get_by_label("E-mail addresses")).to_have_value("ines@norrvik.example, nonsense")

    page.get_by_label("E-mail addresses").fill("ines@norrvik.example")
    page.get_by_label("Role", exact=True).select_option(label="Buyer")
    page.get_by_label("Per order").fill("300")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("1 invitation was sent.")).to_be_visible()

    delivery = Delivery.objects.get()
    hear(mail_invitation, delivery)
    link = re.search(r"https?://\S+", mail.outbox[0].body)
    assert link
    newcomer = open_page(viewport=viewport)
    newcomer.goto(link[0])
    newcomer.get_by_label("Your name").fill("Ines")
    newcomer.get_by_label("Password").fill("a-good-long-one-7")
    newcomer.get_by_role("button", name="Join the company").click()

    expect(newcomer.get_by_role("heading", name=re.compile("^Good (morning|afternoon|evening), Ines$"))).to_be_visible()
    page.goto("/company/people/")
    expect(page.get_by_text("ines@norrvik.example")).to_be_visible()
