"""What staff see of the ledger."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.orgs.models import Membership
from tests.conftest import Statements
from tests.factories import Market, fill_cart, send_cart


@pytest.fixture
def staff(sam: User, sign_in: Callable[[Any], Client], settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    return sign_in(sam)


def order_screws(mira: Membership, market: Market) -> Order:
    send_cart(mira, fill_cart(mira, screw=(market.screw, 100)))
    return Order.objects.latest("pk")


def test_an_entry_names_its_order_and_its_time(staff: Client, market: Market, mira: Membership) -> None:
    order = order_screws(mira, market)
    entry = Entry.objects.select_related("posting").earliest("pk")

    every = staff.get(reverse("admin:ledger_entry_changelist")).content.decode()
    one = staff.get(reverse("admin:ledger_entry_change", args=[entry.pk])).content.decode()

    for page in (every, one):
        assert order.number in page
        assert "23 Nov 2026" in page
        assert entry.posting.key not in page


def test_more_entries_cost_no_more(staff: Client, market: Market, mira: Membership, statements: Statements) -> None:
    def look() -> None:
        staff.get(reverse("admin:ledger_entry_changelist"))

    order_screws(mira, market)
    look()
    few = statements(look)
    order_screws(mira, market)

    assert statements(look) == few
