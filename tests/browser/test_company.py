"""The page of a company's people: a role is changed in its row, an order is tried on the rules below."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.orgs.actions.invite_members import Offer, invite_members
from apps.orgs.models import Invitation, Membership, Role
from tests.browser.chromium import DESKTOP, PHONE
from tests.factories import NOW, make_address

SignedIn = Callable[..., Page]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_role_is_changed_in_its_row(
    viewport: dict[str, int], lena: Membership, omar: Membership, signed_in: SignedIn
) -> None:
    page = signed_in(lena, viewport=viewport)
    page.goto("/company/people/")

    page.get_by_label("Role of Omar").select_option(label="Buyer")
    row = page.locator("tr", has_text="omar@norrvik.example")
    expect(row.get_by_text("Saved")).to_be_visible()
    assert [role.code for role in omar.roles()] == ["buyer"]

    page.get_by_label("Role of Lena").select_option(label="Buyer")
    expect(page.get_by_text("A company needs an admin.")).to_be_visible()
    expect(page.get_by_label("Role of Lena").locator("option:checked")).to_have_text("Admin, Buyer")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_without_a_script_it_is_saved_by_its_button(lena: Membership, omar: Membership, signed_in: SignedIn) -> None:
    page = signed_in(lena, java_script_enabled=False)
    page.goto("/company/people/")

    page.get_by_label("Role of Omar").select_option(label="Approver")
    page.get_by_role("button", name="Save Omar").click()

    expect(page.get_by_label("Role of Omar").locator("option:checked")).to_have_text("Approver")
    assert [role.code for role in omar.roles()] == ["approver"]


def test_an_order_is_tried_on_the_rules_below(
    lena: Membership, mira: Membership, omar: Membership, signed_in: SignedIn
) -> None:
    Membership.objects.filter(pk=omar.pk).update(approver=mira)
    page = signed_in(lena)
    page.goto("/company/people/")

    page.get_by_label("If", exact=True).select_option(label="Omar")
    page.get_by_label("orders for").fill("1,200")
    page.get_by_role("button", name="Show the way").click()

    expect(page.get_by_text("Mira Omar’s limit is €1,000.00 per order")).to_be_visible()
    expect(page).to_have_url("/company/people/")


def test_an_invitation_is_sent_again_from_its_menu(
    lena: Membership, signed_in: SignedIn, check_accessibility: Callable[[Page], None]
) -> None:
    make_address(lena.organization)
    offer = Offer(Role.objects.get(code="requester"), lena.unit, None)
    [invitation] = invite_members(actor=lena, emails=["ines@norrvik.example"], offer=offer, now=NOW)
    # What looks for faults puts styles of its own into the page.
    page = signed_in(lena, watched=False, bypass_csp=True)
    page.goto("/company/people/")

    page.get_by_label("More for ines@norrvik.example").click()
    check_accessibility(page)
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_text("ines@norrvik.example was invited once more.")).to_be_visible()
    assert bytes(Invitation.objects.get().nonce) != bytes(invitation.nonce)
